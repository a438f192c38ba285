"""Why a statement holds: down to pages, footnotes and sources, or what is told where it does not hold."""

import json
import random

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from conftest import Snippets
from tiesgraph.bounds import DERIVED, add_bounds
from tiesgraph.cli import main
from tiesgraph.conclusions import INFERRED
from tiesgraph.errors import MisuseError, NotStatedError
from tiesgraph.explain import Explainer, Explanation, as_json, as_text
from tiesgraph.names import RDF, TIES, graph_iri, prefixes
from tiesgraph.notation import statement
from tiesgraph.query import parse_term
from tiesgraph.rules import close
from tiesgraph.store import Store, Term

ONTOLOGY = """
ties:partOf a owl:TransitiveProperty .
ties:participant rdfs:subPropertyOf ties:involves .
ties:involves owl:propertyChainAxiom ( ties:involves ties:partOf ) .
ties:held rdfs:subPropertyOf ties:date .
"""
ENTITIES = 'actor:msdf ties:partOf actor:sdf . actor:sdf ties:partOf actor:japan . actor:japan rdfs:label "Japan"@en .'
PAGE = """
exercise:x ties:participant actor:msdf ; ties:held "2016-10"^^xsd:gYearMonth ; ties:evidence note:3-58 , note:3-57 .
note:3-58 a ties:Footnote ; ties:number 58 ; ties:onPage page:28 ; ties:citation cite:3-58-1 .
cite:3-58-1 ties:cites source:mod-2019f ; ties:pinpoint "p. 4" .
note:3-57 a ties:Footnote ; ties:number 57 ; ties:onPage page:27 ; ties:citation cite:3-57-1 .
cite:3-57-1 ties:cites interview:an-official .
"""
OTHER = 'exercise:x ties:participant actor:msdf ; ties:held "2016"^^xsd:gYear .'
SOURCES = 'source:mod-2019f ties:citedAs "MOD, 2019f"@en . interview:an-official rdfs:label "Official, May 2019"@en .'


@pytest.fixture
def store(snippets: Snippets) -> Store:
    made = snippets(ontology=ONTOLOGY, entities=ENTITIES, sources=SOURCES, p027=PAGE, p030=OTHER)
    add_bounds(made)
    close(made)
    return made


def node(text: str) -> Term:
    return RDF["type"] if text == "a" else parse_term(text, known=prefixes())


def explain(store: Store, text: str) -> Explanation:
    subject, predicate, value = (node(part) for part in text.split(" ", 2))
    return Explainer(store).explain(ox.Triple(subject, predicate, value))  # type: ignore[arg-type]


def test_a_stated_fact_has_its_pages_footnotes_and_sources(store: Store) -> None:
    assert as_text(explain(store, "exercise:x ties:participant actor:msdf")).splitlines() == [
        "exercise:x ties:participant actor:msdf",
        "    stated on page 27",
        "        footnote note:3-57 on page 27: Official, May 2019",
        "        footnote note:3-58 on page 28: MOD, 2019f (p. 4)",
        "    stated on page 30",
    ]


def test_an_inferred_fact_has_its_rules_axioms_and_premises_down_to_the_pages(store: Store) -> None:
    assert as_text(explain(store, "exercise:x ties:involves actor:japan")).splitlines() == [
        "exercise:x ties:involves actor:japan",
        "    inferred by prp-spo2: property chain: "
        "if ?x ties:involves ?y and ?y ties:partOf ?z, then ?x ties:involves ?z",
        "    axiom: ties:involves owl:propertyChainAxiom ( ties:involves ties:partOf )  [ontology]",
        "├── exercise:x ties:involves actor:msdf",
        "│       inferred by prp-spo1: subproperty: if ?x ties:participant ?y, then ?x ties:involves ?y",
        "│       axiom: ties:participant rdfs:subPropertyOf ties:involves  [ontology]",
        "│   └── exercise:x ties:participant actor:msdf",
        "│           stated on page 27",
        "│               footnote note:3-57 on page 27: Official, May 2019",
        "│               footnote note:3-58 on page 28: MOD, 2019f (p. 4)",
        "│           stated on page 30",
        "└── actor:msdf ties:partOf actor:japan",
        "        inferred by prp-trp: transitive property: "
        "if ?x ties:partOf ?y and ?y ties:partOf ?z, then ?x ties:partOf ?z",
        "        axiom: ties:partOf a owl:TransitiveProperty  [ontology]",
        "    ├── actor:msdf ties:partOf actor:sdf",
        "    │       stated in graph:entities",
        "    └── actor:sdf ties:partOf actor:japan",
        "            stated in graph:entities",
    ]


@pytest.mark.parametrize(
    ("bound", "date", "page"),
    [
        ('ties:latest "2016-12-31"^^xsd:date', 'ties:held "2016"^^xsd:gYear', 30),
        ('ties:earliest "2016-01-01"^^xsd:date', 'ties:held "2016"^^xsd:gYear', 30),
    ],
)
def test_a_bound_has_the_date_that_it_comes_from(store: Store, bound: str, date: str, page: int) -> None:
    told = explain(store, f"exercise:x {bound}")
    assert told.kind == "calculated"
    assert [statement(premise.triple) for premise in told.premises] == [f"exercise:x {date}"]
    assert [place.mention.page for leaf in told.leaves() for place in leaf.places] == [page]


def test_a_proof_may_go_through_a_bound(snippets: Snippets) -> None:
    store = snippets(
        ontology="ties:held rdfs:subPropertyOf ties:date . ties:year rdfs:subPropertyOf ties:inYear .",
        p027='exercise:x ties:held "2016"^^xsd:gYear .',
    )
    add_bounds(store)
    close(store)
    kinds = []
    told: Explanation | None = explain(store, "exercise:x ties:inYear 2016")
    while told:
        kinds.append(told.kind)
        told = told.premises[0] if told.premises else None
    assert kinds == ["inferred", "calculated", "stated"]


def test_the_same_premise_is_told_once(snippets: Snippets) -> None:
    store = snippets(
        ontology="ties:p owl:propertyChainAxiom ( ties:q ties:q ) . ties:r rdfs:subPropertyOf ties:q . "
        "ties:s owl:propertyChainAxiom ( ties:p ties:q ) .",
        p001="actor:x ties:r actor:x .",
    )
    close(store)
    told = explain(store, "actor:x ties:s actor:x")
    flat = [one for premise in told.premises for one in (premise, *premise.premises)]
    assert [one.repeated for one in flat if statement(one.triple) == "actor:x ties:q actor:x"] == [False, True]
    assert as_text(told).count("explained above") == 1
    assert json.dumps(as_json(told)).count('"repeated": true') == 1


def test_an_explanation_as_json(store: Store) -> None:
    told = as_json(explain(store, "exercise:x ties:involves actor:msdf"))
    rule, premises = told["rule"], told["premises"]
    assert isinstance(rule, dict)
    assert isinstance(premises, list)
    assert told["statement"] == "exercise:x ties:involves actor:msdf"
    assert told["kind"] == "inferred"
    assert rule["names"] == ["prp-spo1"]
    assert rule["axioms"] == [
        {"text": "ties:participant rdfs:subPropertyOf ties:involves", "graphs": [graph_iri("ontology").value]}
    ]
    assert premises[0]["kind"] == "stated"
    assert premises[0]["places"][0] == {
        "graph": graph_iri("p027").value,
        "page": 27,
        "origin": "p. 27",
        "footnotes": [
            {
                "iri": "https://w3id.org/tiesgraph/report/note/3-57",
                "number": "57",
                "page": 27,
                "citations": [
                    {
                        "iri": "https://w3id.org/tiesgraph/interview/an-official",
                        "text": "Official, May 2019",
                        "words": "",
                    }
                ],
            },
            {
                "iri": "https://w3id.org/tiesgraph/report/note/3-58",
                "number": "58",
                "page": 28,
                "citations": [
                    {"iri": "https://w3id.org/tiesgraph/source/mod-2019f", "text": "MOD, 2019f", "words": "p. 4"}
                ],
            },
        ],
    }


@pytest.mark.parametrize(
    ("text", "message", "nearest"),
    [
        (
            "actor:msdf ties:partOf actor:japn",
            "actor:msdf ties:partOf actor:japn does not hold",
            ["actor:msdf ties:partOf actor:japan", "actor:msdf ties:partOf actor:sdf"],
        ),
        ("actor:mdsf ties:partOf actor:sdf", "nothing is stated of actor:mdsf", ["actor:msdf", "actor:sdf"]),
        ("actor:msdf ties:partof actor:sdf", "nothing has the property ties:partof", ["ties:partOf"]),
        (
            "exercise:x ties:partOf actor:msdf",
            "exercise:x ties:partOf actor:msdf does not hold",
            ["exercise:x ties:involves actor:msdf", "exercise:x ties:participant actor:msdf"],
        ),
        ("actor:japan ties:partOf exercise:x", "does not hold", []),
    ],
)
def test_what_does_not_hold_is_told_with_what_does(store: Store, text: str, message: str, nearest: list[str]) -> None:
    with pytest.raises(NotStatedError) as caught:
        explain(store, text)
    assert message in caught.value.message
    assert list(caught.value.nearest)[: len(nearest)] == nearest
    assert caught.value.mend


def test_what_nothing_implies_though_it_stands_among_the_inferred_is_told(snippets: Snippets) -> None:
    store = snippets(ontology=ONTOLOGY, inferred="actor:x ties:involves actor:y .")
    with pytest.raises(NotStatedError, match="nothing here implies it"):
        explain(store, "actor:x ties:involves actor:y")


def test_all_values_of_a_property_are_explained(store: Store) -> None:
    subject = node("actor:msdf")
    assert isinstance(subject, ox.NamedNode)
    found = Explainer(store).explain_all(subject, TIES["partOf"])
    assert [statement(one.triple) for one in found] == [
        "actor:msdf ties:partOf actor:japan",
        "actor:msdf ties:partOf actor:sdf",
    ]
    with pytest.raises(MisuseError, match="2 statements are too many"):
        Explainer(store).explain_all(subject, TIES["partOf"], most=1)


def test_a_dataset_without_named_graphs_is_explained_too() -> None:
    store = Store()
    triple = ox.Triple(ox.NamedNode("x:a"), ox.NamedNode("x:p"), ox.Literal("b"))
    store.engine.add(ox.Quad(triple.subject, triple.predicate, triple.object, ox.DefaultGraph()))
    assert as_text(Explainer(store).explain(triple)).splitlines() == [
        '<x:a> <x:p> "b"',
        "    stated in the default graph",
    ]


def test_statements_of_the_real_graph_are_explained_down_to_where_they_are_stated(graph: Store) -> None:
    explainer = Explainer(graph)
    drawn = random.Random(1).sample(sorted(graph.triples(), key=str), 400)  # noqa: S311 - any will do
    kinds = set()
    for triple in drawn:
        told = explainer.explain(triple)
        kinds.add(told.kind)
        assert [leaf for leaf in told.leaves() if not leaf.places] == []
        assert json.loads(json.dumps(as_json(told)))["statement"] == statement(triple)
        homes = graph.graphs_stating(triple.subject, triple.predicate, triple.object)
        assert (told.kind == "stated") == bool({*homes} - {INFERRED, DERIVED})
    assert kinds == {"stated", "inferred", "calculated"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["agreement:japan-uk-acsa", "ties:signed"], 0, ["2017-01-26", "stated on page 25", "note:3-47"]),
        (["actor:msdf", "a", "ties:Actor"], 0, ["inferred by", "axiom: ", "stated on page"]),
        (["actor:msdf", "?", "actor:japan"], 0, ["actor:msdf ties:partOf actor:japan"]),
        (["actor:msdf", "ties:partOf", "actor:france"], 1, ["does not hold", "actor:japan"]),
        (["actor:msdff"], 1, ["nothing is stated", "actor:msdf"]),
        (["nonsense"], 2, ["no RDF term"]),
        (["'x'", "a"], 2, ["something with a name"]),
        (["actor:msdf", "'x'"], 2, ["no property"]),
        ([], 2, ["Missing argument"]),
    ],
)
def test_the_command_ends_as_the_others_do(arguments: list[str], code: int, words: list[str]) -> None:
    result = CliRunner().invoke(main, ["explain", *arguments])
    assert result.exit_code == code
    assert [word for word in words if word not in (result.stderr if code else result.stdout)] == []


def test_the_command_writes_json() -> None:
    result = CliRunner().invoke(main, ["explain", "actor:msdf", "a", "ties:Actor", "--format", "json"])
    (told,) = json.loads(result.stdout)
    assert told["kind"] == "inferred"
