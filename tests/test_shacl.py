"""Our validator finds what pySHACL, the reference, finds; and says what it does not run."""

from __future__ import annotations

import random
from collections import Counter

import pyoxigraph as ox
import pytest

from conftest import CASES, ROOT
from shacl_reference import Row, ours, theirs
from tiesgraph.errors import ShapesError
from tiesgraph.names import SH, graph_iri, prefixes
from tiesgraph.shacl import Facts
from tiesgraph.shacl.paths import read_path
from tiesgraph.store import Store
from tiesgraph.validate import NOT_CHECKED, SHAPES
from w3c_shacl import engine

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in {**prefixes(), "ex": "http://e/"}.items())

DATA = """
ex:a a ex:Sub ; ex:n 1, 2, 3 ; ex:t "one"@en, "uno"@it, "two"@en ; ex:d "2019-02-30"^^xsd:date ; ex:link ex:b, ex:c ;
    ex:from "2018"^^xsd:gYear ; ex:to "2017"^^xsd:gYear ; ex:most 2 ; ex:same ex:b, ex:c ; ex:o ex:o1, ex:o2 .
ex:b a ex:Thing ; ex:n 5 ; ex:t "plain" ; ex:link "text", ex:a ; ex:from 3 ; ex:to 4 ; ex:same ex:c ; ex:o "x" .
ex:c a ex:Thing, ex:Other ; ex:n 2.5, "x" ; ex:link [ a ex:Thing ; ex:n 9 ] ; ex:t "drei"@de-AT ; ex:next ex:d .
ex:d a ex:Other ; ex:next ex:e . ex:e ex:next ex:c ; ex:n -1 .
ex:o1 a ex:Hand ; a ex:Thumb . ex:o2 a ex:Hand .
ex:Sub rdfs:subClassOf ex:Thing .
"""

SHAPES_OF = {
    "a class": "sh:path ex:link ; sh:class ex:Thing",
    "a datatype": "sh:path ex:n ; sh:datatype xsd:integer",
    "a day that does not exist": "sh:path ex:d ; sh:datatype xsd:date",
    "a kind of node": "sh:path ex:link ; sh:nodeKind sh:BlankNodeOrIRI",
    "counts": "sh:path ex:n ; sh:minCount 2 ; sh:maxCount 2",
    "a range": "sh:path ex:n ; sh:minInclusive 2 ; sh:maxExclusive 5",
    "an open range": "sh:path ex:n ; sh:minExclusive 2 ; sh:maxInclusive 5",
    "a length": "sh:path ex:t ; sh:minLength 4 ; sh:maxLength 4",
    "a pattern": 'sh:path ex:t ; sh:pattern "^[OU]" ; sh:flags "i"',
    "languages": 'sh:path ex:t ; sh:languageIn ( "en" "de" )',
    "one value a language": "sh:path ex:t ; sh:uniqueLang true",
    "equal values": "sh:path ex:link ; sh:equals ex:same",
    "disjoint values": "sh:path ex:link ; sh:disjoint ex:same",
    "an order": "sh:path ex:from ; sh:lessThan ex:to",
    "an order with equals": "sh:path ex:n ; sh:lessThanOrEquals ex:most",
    "not another shape": "sh:path ex:link ; sh:not [ sh:class ex:Other ]",
    "all of several shapes": "sh:path ex:link ; sh:and ( [ sh:class ex:Thing ] [ sh:nodeKind sh:IRI ] )",
    "one or the other": "sh:path ex:n ; sh:or ( [ sh:datatype xsd:string ] [ sh:minInclusive 3 ] )",
    "exactly one": "sh:path ex:n ; sh:xone ( [ sh:maxInclusive 2 ] [ sh:datatype xsd:integer ] )",
    "another shape": "sh:path ex:link ; sh:node [ sh:property [ sh:path ex:n ; sh:maxCount 1 ] ]",
    "properties of values": "sh:path ex:link ; sh:property [ sh:path ex:n ; sh:maxCount 1 ; sh:message 'one' ]",
    "qualified counts": "sh:path ex:o ; sh:qualifiedValueShape [ sh:class ex:Hand ] ; sh:qualifiedMinCount 1",
    "a value that must be there": "sh:path ex:n ; sh:hasValue 2",
    "values of a list": "sh:path ex:n ; sh:in ( 1 2 3 )",
    "an inverse path": "sh:path [ sh:inversePath ex:link ] ; sh:maxCount 0",
    "a sequence": "sh:path ( ex:link ex:n ) ; sh:maxCount 1",
    "an alternative": "sh:path [ sh:alternativePath ( ex:n ex:t ) ] ; sh:maxCount 3",
    "any number of steps": "sh:path [ sh:zeroOrMorePath ex:next ] ; sh:class ex:Thing",
    "one step or more": "sh:path [ sh:oneOrMorePath ex:next ] ; sh:maxCount 2",
    "one step or none": "sh:path [ sh:zeroOrOnePath ex:next ] ; sh:class ex:Thing",
    "a severity": "sh:path ex:n ; sh:maxCount 1 ; sh:severity sh:Info",
    "words": "sh:path ex:n ; sh:maxCount 1 ; sh:message 'one is enough'",
    "a shape that is switched off": "sh:path ex:n ; sh:maxCount 0 ; sh:deactivated true",
    "a query": "sh:path ex:n ; sh:sparql [ sh:select 'SELECT $this ?value { $this $PATH ?value FILTER (?value=2) }' ]",
}
"""Claim → what a property shape of ex:Thing says."""

NODE_SHAPES = {
    "a closed shape": "sh:closed true ; sh:ignoredProperties ( rdf:type ex:t ) ; sh:property [ sh:path ex:n ]",
    "a closed shape that allows nothing": "sh:closed true",
    "the node itself": "sh:nodeKind sh:BlankNode",
    "a pattern of names": "sh:pattern 'a$'",
    "a value of one's own": "sh:hasValue ex:a",
    "siblings apart": """sh:property [ sh:path ex:o ; sh:qualifiedValueShape [ sh:class ex:Thumb ] ;
            sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ] ,
        [ sh:path ex:o ; sh:qualifiedValueShape [ sh:class ex:Hand ] ;
            sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMaxCount 0 ]""",
    "a query in a shape that another refers to": """sh:node [
        sh:sparql [ sh:select 'SELECT $this { $this <http://e/n> 2 }' ] ]""",
    "a query over a blank node": """sh:property [ sh:path ex:link ;
        sh:sparql [ sh:message 'm' ; sh:select 'SELECT $this { $this <http://e/link> ?x FILTER isBlank(?x) }' ] ]""",
}
"""Claim → what a node shape of ex:Thing says."""


def facts(text: str) -> Facts:
    return Facts(quad.triple for quad in ox.parse(HEADER + text, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("claim", [*SHAPES_OF, *NODE_SHAPES])
def test_a_component_finds_what_pyshacl_finds(claim: str) -> None:
    says = SHAPES_OF.get(claim) or NODE_SHAPES[claim]
    kind = "sh:PropertyShape" if claim in SHAPES_OF else "sh:NodeShape"
    data, shapes = facts(DATA), facts(f"ex:S a {kind} ; sh:targetClass ex:Thing ; {says} .")
    found = ours(data, shapes)
    assert apart(found, theirs(data, shapes)) == []
    assert found or "switched off" in claim, "the case tries nothing"


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT $this { { $this ex:n 2 } UNION { FILTER ($this = ex:c) } }", id="alternatives"),
        pytest.param("SELECT $this ?value { OPTIONAL { $this ex:d ?value } FILTER (!BOUND(?value)) }", id="an option"),
        pytest.param("SELECT $this (COUNT(?n) AS ?value) { $this ex:n ?n } GROUP BY $this", id="a count"),
        pytest.param("SELECT $this { FILTER NOT EXISTS { $this ex:n ?n } }", id="what is not"),
        pytest.param(
            "SELECT $this { FILTER EXISTS { { SELECT $this { $this ex:n ?n } } } FILTER EXISTS { ?x ex:link $this } }",
            id="a query in what is",
        ),
        pytest.param(
            "SELECT $this ?value { { SELECT $this (MAX(?n) AS ?value) { $this ex:most ?n } GROUP BY $this } }",
            id="the greatest of each",
        ),
        pytest.param("SELECT DISTINCT $this { ?x ex:link $this ; ?p ?o }", id="the other way round"),
        pytest.param("SELECT $this ?value { $this ex:n ?value } ORDER BY ?value LIMIT 1", id="a limit for each"),
        pytest.param(
            "SELECT DISTINCT $this ?value { $this a ?class BIND (EXISTS { $this ex:next ?y } AS ?value) }",
            id="a question of each",
        ),
    ],
)
def test_a_query_over_many_nodes_is_asked_of_each(query: str) -> None:
    data = facts(DATA)
    shapes = facts(
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf rdf:type ; sh:sparql ex:Q ."
        f"ex:Q sh:select '''{query}''' ; sh:prefixes ex:Table ."
        'ex:Table sh:declare [ sh:prefix "ex" ; sh:namespace "http://e/" ] .'
    )
    found = ours(data, shapes)
    assert apart(found, theirs(data, shapes)) == []
    assert found


@pytest.mark.parametrize(
    "path",
    [
        "ex:next",
        "[ sh:inversePath ex:next ]",
        "( ex:next ex:next ex:n )",
        "[ sh:alternativePath ( ex:next ex:n ex:t ) ]",
        "[ sh:zeroOrMorePath ex:next ]",
        "[ sh:oneOrMorePath ex:next ]",
        "[ sh:zeroOrOnePath ex:next ]",
        "[ sh:inversePath ( ex:link ex:next ) ]",
        "[ sh:inversePath [ sh:alternativePath ( ex:link ex:next ) ] ]",
        "[ sh:inversePath [ sh:zeroOrMorePath ex:next ] ]",
        "[ sh:inversePath [ sh:inversePath ex:next ] ]",
        "( [ sh:zeroOrMorePath [ sh:alternativePath ( ex:next [ sh:inversePath ex:link ] ) ] ] rdf:type )",
    ],
)
def test_a_path_reaches_what_sparql_reaches(path: str) -> None:
    """pySHACL is no reference here: it walks no path backwards but a single property."""
    data, shapes = facts(DATA), facts(f"ex:S sh:path {path} .")
    read = read_path(shapes, next(iter(shapes.values(SH["path"])[ox.NamedNode("http://e/S")])))
    store = Store()
    store.engine.extend(ox.Quad(*triple) for triple in data.triples())
    for node in map(ox.NamedNode, ("http://e/a", "http://e/c", "http://e/d", "http://e/o1")):
        rows = store.select(f"SELECT DISTINCT (STR(?end) AS ?text) {{ {node} {read} ?end }}")
        reached = sorted(term.value for term in read.reach(node, data) if not isinstance(term, ox.Triple))
        assert reached == sorted(row["text"].value for row in rows)


@pytest.mark.parametrize(
    "target",
    [
        "sh:targetClass ex:Thing, ex:Other",
        "sh:targetNode ex:a, ex:nowhere, 'text'",
        "sh:targetSubjectsOf ex:from",
        "sh:targetObjectsOf ex:link",
    ],
)
def test_targets_choose_what_pyshacl_chooses(target: str) -> None:
    data, shapes = facts(DATA), facts(f"ex:S a sh:NodeShape ; {target} ; sh:hasValue ex:nothing .")
    assert ours(data, shapes) == theirs(data, shapes) != Counter()


def test_a_class_that_is_a_shape_targets_its_instances() -> None:
    data, shapes = facts(DATA), facts("ex:Thing a sh:NodeShape, rdfs:Class ; sh:hasValue ex:nothing .")
    assert ours(data, shapes) == theirs(data, shapes) != Counter()


def test_a_component_that_the_shapes_define_themselves_is_run() -> None:
    shapes = facts("""
        ex:Component a sh:ConstraintComponent ; sh:parameter ex:P ; sh:validator ex:V .
        ex:P a sh:Parameter ; sh:path ex:most .
        ex:V a sh:SPARQLAskValidator ; sh:message "too much" ; sh:ask "ASK { FILTER (?value <= $most) }" .
        ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:S-n .
        ex:S-n sh:path ex:n ; ex:most 2 ; sh:minCount 2 .
        ex:T a sh:NodeShape ; sh:targetClass ex:Other ; sh:nodeKind sh:BlankNode .
        """)
    found = ours(facts(DATA), shapes)
    assert found == theirs(facts(DATA), shapes)
    assert {row[0] for row in found} == {"<http://e/S-n>", "<http://e/T>"}


@pytest.fixture(scope="module")
def core() -> Facts:
    """Our own shapes, without the audit's and without SPARQL, which takes pySHACL minutes over a large graph."""
    store = Store()
    for file in [*sorted((ROOT / "shapes").glob("*.ttl")), ROOT / "ontology" / "prefixes.ttl"]:
        if file.name != "audit.ttl":
            store.load(file, graph=SHAPES)
    return Facts(triple for triple in store.triples() if triple.predicate != SH["sparql"])


def test_all_cases_of_our_shapes_together_are_judged_as_pyshacl_judges_them(core: Facts) -> None:
    store = Store()
    for file in sorted((ROOT / "ontology").rglob("*.ttl")):
        store.load(file, graph=graph_iri("ontology"))
    cases = sorted((CASES / "shapes").glob("*/*.ttl"))
    for number, file in enumerate(cases):
        store.load(file, graph=graph_iri(f"case-{number}"))
    data = Facts(store.triples())
    found = ours(data, core, engine=store)
    assert len(found) > 300, "the cases break next to nothing"
    assert apart(found, theirs(data, core)) == []


def test_a_damaged_real_graph_is_judged_as_pyshacl_judges_it(graph: Store, core: Facts) -> None:
    """Three hundred triples are taken away, turned round or given another value."""
    chance = random.Random(7)  # noqa: S311 - the damage is to be the same each time
    data = graph.subset(name for name in graph.graphs() if name not in NOT_CHECKED)
    pages = [name for name in data.graphs() if name.value.rpartition("/")[2].startswith("p0")]
    triples = sorted((t for name in pages for t in data.triples(graph=name)), key=str)
    for triple in chance.sample(triples, 300):
        for quad in list(data.engine.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)):
            data.engine.remove(quad)
        others = [triple.subject, ox.Literal("x"), chance.choice(triples).object]
        wrong = ox.Triple(triple.subject, triple.predicate, chance.choice(others))
        if chance.random() < 0.7:
            data.add([wrong], graph=pages[0])
    facts = Facts(data.triples())
    found = ours(facts, core, engine=data)
    assert len(found) > 200
    assert apart(found, theirs(facts, core)) == []


# ---- where pySHACL is no reference


def components(data: str, shapes: str) -> list[str]:
    """The components of what we find, by name."""
    found = ours(facts(data), facts(shapes))
    return sorted(row[5].rpartition("#")[2].removesuffix("ConstraintComponent>") for row in found.elements())


def test_what_has_no_order_is_not_less() -> None:
    """Section 4.5.3; pySHACL fails, or takes a year for its first day."""
    data = 'ex:a ex:from "2018"^^xsd:gYear ; ex:to "2019-01"^^xsd:gYearMonth . ex:b ex:from ex:a ; ex:to 3 .'
    shape = "ex:S a sh:PropertyShape ; sh:targetSubjectsOf ex:from ; sh:path ex:from ; sh:lessThan ex:to ."
    assert components(data, shape) == ["LessThan", "LessThan"]


def test_a_flag_is_raised_by_the_word_true_alone() -> None:
    """Section 4.4.5; pySHACL takes "1"^^xsd:boolean for it."""
    shape = 'ex:S a sh:PropertyShape ; sh:targetNode ex:a ; sh:path ex:t ; sh:uniqueLang "1"^^xsd:boolean .'
    assert components('ex:a ex:t "a"@en, "b"@en .', shape) == []


def test_a_number_is_judged_as_the_file_spells_it() -> None:
    """The engine takes an xsd:byte for an integer, whatever its value."""
    shape = "ex:S a sh:PropertyShape ; sh:targetSubjectsOf ex:n ; sh:path ex:n ; sh:datatype {} ."
    data = 'ex:a ex:n "300"^^xsd:byte, "3"^^xsd:int, 3 .'
    assert components(data, shape.format("xsd:byte")) == ["Datatype"] * 3
    assert components(data, shape.format("xsd:integer")) == ["Datatype"] * 2


def test_a_query_may_ask_for_its_shape() -> None:
    """Section 5.3.2; pySHACL has no $shapesGraph."""
    shape = """ex:S a sh:NodeShape ; sh:targetClass ex:Thing ; ex:wants ex:o ; sh:sparql ex:Q .
        ex:Q sh:select '''SELECT $this { GRAPH $shapesGraph { $currentShape ex:wants ?p }
            FILTER NOT EXISTS { $this ?p ?value } }''' ; sh:prefixes ex:Table .
        ex:Table owl:imports ex:More . ex:More sh:declare [ sh:prefix "ex" ; sh:namespace "http://e/" ] ."""
    assert components(DATA, shape) == ["SPARQL", "SPARQL"]


def test_a_runner_of_the_w3c_suite_can_call_it() -> None:
    shapes = "@prefix sh: <http://www.w3.org/ns/shacl#> . <#S> sh:targetNode <#a> ; sh:nodeKind sh:Literal ."
    conforms, report = engine(("", "http://e/d"), (shapes, "http://e/s"))
    assert not conforms
    assert "<http://www.w3.org/ns/shacl#focusNode> <http://e/s#a>" in report


# ---- what is not run is told


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ("ex:S sh:targetClass ex:T ; sh:sparql ex:X . ex:X sh:select 'SELECT $this WHERE nonsense' .", "no SPARQL"),
        ("ex:S sh:targetClass ex:T ; sh:sparql ex:X . ex:X sh:select 'SELECT ?x { $this ?p ?x }' .", "selects .this"),
        ("ex:S sh:targetClass ex:T ; sh:sparql ex:X . ex:X sh:message 'x' .", "without sh:select"),
        (
            "ex:S sh:targetClass ex:T ; sh:sparql [ sh:select 'SELECT $this { ?s ?p ?o MINUS { $this ?p ?o } }' ] .",
            "MINUS is not allowed",
        ),
        ("ex:S sh:targetClass ex:T ; sh:sparql [ sh:select 'SELECT $this { VALUES ?x { 1 } }' ] .", "VALUES"),
        ("ex:S sh:targetClass ex:T ; sh:sparql [ sh:select 'SELECT $this { BIND (1 AS ?this) }' ] .", "give .this"),
        (
            "ex:S sh:targetClass ex:T ; sh:sparql [ sh:select 'SELECT $this { { SELECT ?o { ?s ?p ?o } } }' ] .",
            "selects .this",
        ),
        ("ex:X sh:select 'SELECT $this { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }' .", "SERVICE is refused"),
        ("ex:X sh:ask 'ASK FROM <http://127.0.0.1:9/> { ?s ?p ?o }' .", "FROM is refused"),
        ("ex:S sh:targetClass ex:T ; sh:target ex:X .", "no SPARQL target"),
        ("ex:S sh:targetClass ex:T ; sh:severity sh:Waring ; sh:nodeKind sh:Literal .", "no severity"),
        ("ex:S sh:targetClass ex:T ; sh:severity 'bad' ; sh:nodeKind sh:Literal .", "no severity"),
        ("ex:S sh:targetClass ex:T ; sh:minLength 'x' .", "whole number"),
        ("ex:S sh:targetClass ex:T ; sh:minLength 1, 2 .", "two values of sh:minLength"),
        ("ex:S sh:targetClass ex:T ; sh:minLenght 1 .", r"sh:minLenght is no term.*\n.*sh:minLength"),
        ("ex:S sh:targetClass ex:T ; sh:js ex:X .", "sh:js is not run here"),
        ("ex:S sh:targetClass ex:T ; sh:pattern '(' .", "sh:pattern cannot be run"),
        ("ex:S sh:targetClass ex:T ; sh:pattern 'a' ; sh:flags 'z' .", "sh:pattern cannot be run"),
        ("ex:S sh:targetClass ex:T ; sh:nodeKind sh:Iri .", "no kind of node"),
        ("ex:S sh:targetClass ex:T ; sh:property ex:X .", "has no path"),
        ("ex:S sh:targetClass ex:T ; sh:property 'x' .", "no shape"),
        ("ex:S sh:targetClass ex:T ; sh:node ex:S .", "refers to itself"),
        ("ex:S sh:targetClass ex:T ; sh:path ex:p, ex:q .", "two paths"),
        ("ex:S sh:targetClass ex:T ; sh:path [ ex:p ex:q ] .", "no property path"),
        ("ex:S sh:targetClass ex:T ; sh:path _:p . _:p sh:inversePath _:p .", "no property path"),
        ("ex:S sh:targetClass ex:T ; sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .", "not well formed"),
        ("ex:S sh:targetSubjectsOf 'x' ; sh:nodeKind sh:IRI .", "wants an IRI"),
        ("ex:S sh:targetClass ex:T ; sh:path ex:p ; sh:lessThan 'x' .", "wants an IRI"),
    ],
)
def test_a_shape_that_cannot_be_run_is_told(shapes: str, words: str) -> None:
    with pytest.raises(ShapesError, match=words):
        ours(facts("ex:a a ex:T ; ex:p 1 ."), facts(shapes))


def apart(left: Counter[Row], right: Counter[Row]) -> list[tuple[str, Row]]:
    """The rows that only one of two has, and which."""
    return sorted([("only ours", row) for row in left - right] + [("only theirs", row) for row in right - left])
