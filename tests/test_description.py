"""What the graph says of itself: every number is what a query counts, every convention what clients look for."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

import pyoxigraph as ox
import pytest

from conftest import ROOT, Snippets
from tiesgraph import __version__
from tiesgraph.census import count
from tiesgraph.description import DATASET_GRAPH, EXAMPLES_GRAPH, OURS, PARTITIONS_GRAPH, add_description
from tiesgraph.description.examples import examples
from tiesgraph.errors import CorpusError
from tiesgraph.names import (
    DCAT,
    DCTERMS,
    FOAF,
    ID,
    ONTOLOGY,
    OWL,
    QUESTION,
    RDF,
    RDFS,
    SD,
    SH,
    SPEX,
    TIES,
    VOID,
    XSD,
    graph_iri,
    prefixes,
)
from tiesgraph.query import Question, questions
from tiesgraph.store import Store

TABLE = prefixes()


def value(graph: Store, node: ox.NamedNode, prop: ox.NamedNode) -> str:
    """The one value that `node` has for `prop`."""
    (found,) = {triple.object for triple in graph.triples(node, prop)}
    assert isinstance(found, ox.Literal | ox.NamedNode)
    return found.value


def rows(graph: Store, query: str) -> list[tuple[str, ...]]:
    """The rows of a query as texts, empty where unbound."""
    found = graph.select(query, prefixes=TABLE)
    return [tuple("" if cell is None else cell.value for cell in row) for row in found]


def counts(graph: Store, query: str) -> dict[tuple[str, ...], int]:
    """Key → number, of a query whose last variable is a number."""
    return {tuple(row[:-1]): int(row[-1]) for row in rows(graph, query)}


# ---- numbers


@pytest.mark.parametrize(
    ("prop", "query"),
    [
        ("triples", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        ("properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
        ("classes", "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }"),
        ("distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        ("distinctObjects", "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"),
        (
            "entities",
            f"SELECT (COUNT(*) AS ?n) {{ <{OURS.dataset.value}> void:uriRegexPattern ?like "
            "{ SELECT DISTINCT ?s { ?s ?p ?o FILTER(isIRI(?s)) } } FILTER(REGEX(STR(?s), ?like)) }",
        ),
    ],
)
def test_the_totals_are_what_a_query_counts(graph: Store, prop: str, query: str) -> None:
    assert value(graph, OURS.dataset, VOID[prop]) == rows(graph, query)[0][0]


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        pytest.param(
            "SELECT ?g ?n { ?d sd:namedGraph ?it . ?it sd:name ?g ; sd:graph/void:triples ?n }",
            "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
            id="named graphs",
        ),
        pytest.param(
            "SELECT ?c ?n { ?d a dcat:Dataset ; void:classPartition ?it . ?it void:class ?c ; void:entities ?n }",
            "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c",
            id="classes",
        ),
        pytest.param(
            "SELECT ?p ?n { ?d a dcat:Dataset ; void:propertyPartition ?it . ?it void:property ?p ; void:triples ?n }",
            "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
            id="properties",
        ),
        pytest.param(
            "SELECT ?c ?p ?n { ?it void:class ?c ; void:propertyPartition ?of . "
            "?of void:property ?p ; void:triples ?n }",
            "SELECT ?c ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?c ?p",
            id="properties of the members of a class",
        ),
        pytest.param(
            "SELECT ?c ?p ?k ?n { ?it void:class ?c ; void:propertyPartition ?of . "
            "?of void:property ?p ; void:classPartition [ void:class ?k ; void:triples ?n ] }",
            "SELECT ?c ?p ?k (COUNT(*) AS ?n) { "
            "{ SELECT DISTINCT ?o ?k { GRAPH ?g { ?o a ?k } FILTER(?g != graph:inferred) } } ?s ?p ?o ; a ?c } "
            "GROUP BY ?c ?p ?k",
            id="classes of values, without inferred ones",
        ),
        pytest.param(
            "SELECT ?c ?p ?t (1 AS ?n) { ?it void:class ?c ; void:propertyPartition ?of . "
            "?of void:property ?p ; void-ext:datatypePartition/void-ext:datatype ?t }",
            "SELECT DISTINCT ?c ?p ?t (1 AS ?n) { ?s a ?c ; ?p ?o FILTER(isLiteral(?o)) BIND(DATATYPE(?o) AS ?t) }",
            id="data types of values",
        ),
        pytest.param(
            "SELECT ?p ?space ?n { ?it a void:Linkset ; void:linkPredicate ?p ; void:triples ?n ; "
            "void:objectsTarget/void:uriSpace ?space }",
            "SELECT ?p ?space (COUNT(*) AS ?n) { GRAPH graph:alignments { ?s ?p ?o } "
            "?there void:uriSpace ?space FILTER(?p != ties:alignsWith && isIRI(?o) && "
            "STRSTARTS(STR(?o), ?space) && !STRSTARTS(?space, 'https://w3id.org/')) } GROUP BY ?p ?space",
            id="links out",
        ),
    ],
)
def test_each_part_is_what_a_query_counts(graph: Store, told: str, counted: str) -> None:
    found = counts(graph, told)
    assert found
    assert found == counts(graph, counted)


def test_every_link_out_is_in_a_link_set(graph: Store) -> None:
    total = rows(graph, "SELECT (SUM(?n) AS ?all) { ?it a void:Linkset ; void:triples ?n }")[0][0]
    assert int(total) == int(rows(graph, "SELECT (COUNT(*) AS ?n) { ?a ties:alignsWith ?b }")[0][0])


def test_the_default_graph_is_the_union_that_the_service_says_it_is(graph: Store) -> None:
    assert any(graph.triples(OURS.service, SD["feature"], SD["UnionDefaultGraph"]))
    assert value(graph, OURS.part("default-graph"), VOID["triples"]) == str(len(graph))
    named = {quad.triple for quad in graph.engine if isinstance(quad.graph_name, ox.NamedNode)}
    assert named == set(graph.triples())


def test_every_named_graph_is_described(graph: Store) -> None:
    described = rows(graph, "SELECT ?g { ?g a sd:Graph ; rdfs:label ?label FILTER(STRSTARTS(STR(?g), STR(graph:))) }")
    assert sorted(iri for (iri,) in described) == [home.value for home in graph.graphs()]


def test_there_is_an_example_of_each_class_of_ours(graph: Store) -> None:
    shown = "SELECT DISTINCT ?c { ?d void:exampleResource ?it . ?it a ?c FILTER(STRSTARTS(STR(?c), STR(ties:))) }"
    there = "SELECT DISTINCT ?c { ?it a ?c FILTER(STRSTARTS(STR(?c), STR(ties:))) }"
    assert len(rows(graph, there)) > 50
    assert sorted(rows(graph, shown)) == sorted(rows(graph, there))


def test_the_example_is_what_most_pages_speak_of(graph: Store) -> None:
    assert any(graph.triples(OURS.dataset, VOID["exampleResource"], ID["actor/japan"]))


# ---- what is said by hand


def test_the_version_is_the_same_everywhere(graph: Store) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited
    assert {
        project["version"],
        cited[1],
        __version__,
        value(graph, OURS.dataset, DCAT["version"]),
        value(graph, ox.NamedNode(ONTOLOGY), OWL["versionInfo"]),
    } == {__version__}
    assert f"version {__version__}," in value(graph, OURS.dataset, DCTERMS["bibliographicCitation"])


def test_the_period_begins_with_the_earliest_date(graph: Store) -> None:
    period = ox.NamedNode(value(graph, OURS.dataset, DCTERMS["temporal"]))
    earliest = rows(graph, "SELECT (MIN(?day) AS ?first) { ?it ties:earliest ?day }")[0][0]
    assert value(graph, period, DCAT["startDate"]) == earliest


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        # What DCAT-AP 3 makes mandatory (https://semiceu.github.io/DCAT-AP/releases/3.0.1/), and what it
        # recommends and we have.
        ("Catalog", ["dcterms:title", "dcterms:description", "dcterms:publisher", "dcat:dataset", "dcat:service"]),
        (
            "Dataset",
            [
                *("dcterms:title", "dcterms:description", "dcterms:publisher", "dcat:theme", "dcat:keyword"),
                *("dcat:distribution", "dcterms:spatial", "dcterms:temporal", "dcterms:license", "dcat:version"),
            ],
        ),
        ("Distribution", ["dcat:accessURL", "dcterms:title", "dcterms:description", "dcterms:license"]),
        ("DataService", ["dcterms:title", "dcat:endpointURL", "dcat:endpointDescription", "dcat:servesDataset"]),
    ],
)
def test_a_catalogue_finds_what_it_asks_for(graph: Store, kind: str, wanted: list[str]) -> None:
    there = {node for (node,) in rows(graph, f"SELECT ?it {{ ?it a dcat:{kind} }}")}
    assert there
    for prop in wanted:
        having = {node for (node,) in rows(graph, f"SELECT DISTINCT ?it {{ ?it a dcat:{kind} ; {prop} ?value }}")}
        assert having == there, prop


def test_the_publisher_has_a_name(graph: Store) -> None:
    authors = ox.NamedNode(value(graph, OURS.dataset, DCTERMS["publisher"]))
    assert value(graph, authors, FOAF["name"]) == "The tiesgraph authors"


# ---- what editors ask, in the patterns of @sib-swiss/sparql-editor (src/metadata.ts there), without configuration


def test_an_editor_finds_the_prefixes(graph: Store) -> None:
    found = rows(graph, "SELECT ?short ?long { ?any sh:prefix ?short ; sh:namespace ?long }")
    assert sorted(found) == sorted(TABLE.items())
    declared = rows(graph, "SELECT ?short { ?one sh:prefixes/sh:declare/sh:prefix ?short } LIMIT 1")
    assert declared


def test_an_editor_finds_every_question_with_its_query(graph: Store) -> None:
    found = rows(
        graph,
        f"""PREFIX spex: <{SPEX}>
        SELECT ?one ?text ?query {{
            ?one a sh:SPARQLExecutable ; rdfs:comment ?text ; sh:select|sh:ask|sh:construct|spex:describe ?query }}""",
    )
    assert {(iri, text) for iri, text, _ in found} == {(QUESTION[q.name].value, q.text) for q in questions()}
    for iri, _, query in found:
        asked = next(q.sparql for q in questions() if QUESTION[q.name].value == iri)
        assert asked.rstrip().endswith(query)
        assert not query.startswith("#")
    assert Counter(rows(graph, "SELECT ?at { ?one a sh:SPARQLExecutable ; schema:target ?at }")) == {
        (OURS.endpoint.value,): len(found)
    }


def test_a_question_found_so_can_be_asked(graph: Store) -> None:
    query = value(graph, QUESTION["agreements-signed-and-in-force"], SH["select"])
    assert len(list(graph.select(query))) > 1


def test_an_editor_finds_which_properties_a_class_has_and_what_their_values_are(graph: Store) -> None:
    found = rows(
        graph,
        """SELECT ?class ?property ?values ?datatype {
            ?part void:class ?class ; void:propertyPartition ?of . ?of void:property ?property .
            OPTIONAL {
                { ?of void:classPartition [ void:class ?values ] }
                UNION { ?of void-ext:datatypePartition [ void-ext:datatype ?datatype ] }
            } }""",
    )
    assert (TIES + "Agreement", TIES + "signed", "", XSD + "date") in found
    assert (TIES + "Agreement", TIES + "party", TIES + "State", "") in found
    # Where a graph's description led to class partitions, an editor would look at those alone.
    assert rows(graph, "SELECT ?g { ?g sd:graph/void:classPartition ?part }") == []


# ---- the making of it


def test_a_link_that_leads_nowhere_described_stops_the_build(snippets: Snippets) -> None:
    store = snippets(alignments="actor:japan schema:sameAs <http://elsewhere.example/1> .")
    with pytest.raises(CorpusError, match=r"elsewhere\.example"):
        add_description(store, questions=[], table=TABLE, version="1", files="")


def test_what_is_described_is_in_graphs_of_its_own(snippets: Snippets) -> None:
    store = snippets(p025="actor:japan a ties:State .")
    before = set(store.triples(graph=graph_iri("p025")))
    add_description(store, questions=[], table=TABLE, version="1", files="")
    assert set(store.graphs()) == {graph_iri("p025"), DATASET_GRAPH, PARTITIONS_GRAPH}
    assert set(store.triples(graph=graph_iri("p025"))) == before
    assert value(store, OURS.dataset, VOID["triples"]) == str(len(store))


def test_a_description_does_not_depend_on_the_order_of_the_graph(snippets: Snippets) -> None:
    one = snippets(p025="actor:japan a ties:State . actor:france a ties:State ; ties:partOf actor:japan .")
    other = snippets(p025="actor:france ties:partOf actor:japan ; a ties:State . actor:japan a ties:State .")
    for store in (one, other):
        add_description(store, questions=[], table=TABLE, version="1", files="")
    assert set(one.engine) == set(other.engine)


@pytest.mark.parametrize(
    ("query", "prop", "kind"),
    [
        ("SELECT * { ?s ?p ?o }", SH["select"], SH["SPARQLSelectExecutable"]),
        ("PREFIX a: <http://e/> ASK { ?s ?p ?o }", SH["ask"], SH["SPARQLAskExecutable"]),
        ("CONSTRUCT WHERE { ?s ?p ?o }", SH["construct"], SH["SPARQLConstructExecutable"]),
        ("DESCRIBE <http://e/select>", SPEX["describe"], None),
    ],
)
def test_an_example_is_of_the_kind_of_its_query(query: str, prop: ox.NamedNode, kind: ox.NamedNode | None) -> None:
    asked = Question.parse("why", f"# Why?\n# keywords: reason, cause\n{query}")
    told = set(examples([asked]))
    me = QUESTION["why"]
    assert ox.Triple(me, prop, ox.Literal(query)) in told
    kinds = {triple.object for triple in told if triple.predicate == RDF["type"]}
    assert kinds == {SH["SPARQLExecutable"], *([kind] if kind else [])}


def test_a_question_that_asks_nothing_is_no_example() -> None:
    with pytest.raises(CorpusError, match=r"why\.rq"):
        list(examples([Question.parse("why", "# Why?\nBASE <http://e/>")]))


def test_a_census_counts_each_class_and_property(snippets: Snippets) -> None:
    store = snippets(
        p025="actor:b a ties:State . "
        "actor:a a ties:State ; ties:partOf actor:b , actor:c ; rdfs:label 'A'@en , 'B'@en ."
    )
    census = count(store.triples())
    assert (census.triples, len(census.subjects), len(census.objects)) == (6, 2, 5)
    assert dict(census.classes) == {TIES["State"]: 2}
    part = census.partitions[TIES["State"]][TIES["partOf"]]
    assert (part.triples, dict(part.classes), part.datatypes) == (2, {TIES["State"]: 1}, set())
    assert census.partitions[TIES["State"]][RDFS["label"]].datatypes == {RDF["langString"]}


def test_the_examples_have_a_graph_of_their_own(graph: Store) -> None:
    assert {t.subject for t in graph.triples(graph=EXAMPLES_GRAPH)} == {QUESTION[q.name] for q in questions()}
