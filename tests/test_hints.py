"""What is told of a query that is answered but may not mean what its author thinks."""

import pytest

from conftest import Snippets
from tiesgraph.hints import absent_names
from tiesgraph.names import prefixes
from tiesgraph.query import questions, run
from tiesgraph.store import Store

DATA = """
actor:japan a ties:State ; rdfs:label "Japan"@en .
agreement:acsa a ties:Agreement ; ties:signed "2017-01-26"^^xsd:date ; ties:party actor:japan .
ties:signed rdfs:label "signed"@en .
"""
HEAD = "PREFIX ties: <https://w3id.org/tiesgraph/ontology#>\nPREFIX actor: <https://w3id.org/tiesgraph/id/actor/>\n"

CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "a good query has none": ("SELECT * { ?a a ties:Agreement ; ties:party actor:japan ; ties:signed ?d . }", ()),
    "a misspelt property": (
        "SELECT * { ?a ties:signd ?d }",
        ("ties:signd does not occur in this graph: did you mean ties:signed?",),
    ),
    "a misspelt thing": (
        "SELECT * { ?a ?p actor:japn }",
        ("actor:japn does not occur in this graph: did you mean actor:japan?",),
    ),
    "one before a full stop": (
        "SELECT * { ?a a ties:Agreemnt. }",
        ("ties:Agreemnt does not occur in this graph: did you mean ties:Agreement?",),
    ),
    "a whole IRI": (
        "SELECT * { ?a ?p <https://w3id.org/tiesgraph/id/actor/japn> }",
        ("<https://w3id.org/tiesgraph/id/actor/japn> does not occur in this graph: did you mean actor:japan?",),
    ),
    "a prefix of the query's own": (
        "PREFIX t: <https://w3id.org/tiesgraph/ontology#> SELECT * { ?a t:signd ?d }",
        ("t:signd does not occur in this graph: did you mean t:signed?",),
    ),
    "a vocabulary that the graph uses": (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT * { ?a rdfs:lable ?d }",
        ("rdfs:lable does not occur in this graph: did you mean rdfs:label?",),
    ),
    "nothing is near": ("SELECT * { ?a ties:zzzzz ?d }", ("ties:zzzzz does not occur in this graph",)),
    "each name once, in order": (
        "SELECT * { ?b ties:partie ?c . ?a ties:signd ?d . ?e ties:signd ?f }",
        (
            "ties:partie does not occur in this graph: did you mean ties:party?",
            "ties:signd does not occur in this graph: did you mean ties:signed?",
        ),
    ),
    "a graph": (
        "SELECT * { GRAPH <https://w3id.org/tiesgraph/graph/p0> { ?s ?p ?o } }",
        ("<https://w3id.org/tiesgraph/graph/p0> does not occur in this graph: did you mean graph:p001?",),
    ),
    "a name in a string": ('SELECT * { ?a ?p "ties:signd" }', ()),
    "a name in a comment": ("SELECT * { ?a ?p ?d } # ties:signd", ()),
    "a name of a template": ("CONSTRUCT { ?a ties:mine [ ties:own ?d ] } WHERE { ?a ties:signed ?d }", ()),
    "a name behind a template": (
        "CONSTRUCT { ?a ties:mine ?d } WHERE { ?a ties:signd ?d }",
        ("ties:signd does not occur in this graph: did you mean ties:signed?",),
    ),
    "a datatype": ('SELECT * { ?a ?p "1"^^ties:number }', ()),
    "a name of somebody else's": ("PREFIX ex: <http://example.org/> SELECT * { ?a ex:b <http://example.org/c> }", ()),
    "a prefix alone": ("SELECT * { ?a ?p ties: }", ()),
    "an unknown function": (
        "SELECT * { ?a ?p ?o FILTER(<http://example.org/f>(?a)) }",
        ("no function is called <http://example.org/f>: where it is called there is no value",),
    ),
    "an unknown function of ours": (
        "SELECT * { ?a ?p ?o FILTER(ties:near(?a)) }",
        ("no function is called <https://w3id.org/tiesgraph/ontology#near>: where it is called there is no value",),
    ),
}


@pytest.fixture
def store(snippets: Snippets) -> Store:
    return snippets(p001=DATA)


@pytest.mark.parametrize(("text", "wanted"), CASES.values(), ids=CASES)
def test_what_is_told(store: Store, text: str, wanted: tuple[str, ...]) -> None:
    assert run(store, HEAD + text).hints == wanted


def test_a_query_full_of_misspellings_gets_the_first_few(store: Store) -> None:
    names = " ".join(f"ties:x{n}" for n in range(50))
    assert len(run(store, HEAD + f"SELECT * {{ VALUES ?p {{ {names} }} ?a ?p ?b }}").hints) == 5


def test_a_hint_is_brief_however_long_the_name(store: Store) -> None:
    calls = " ".join(f"FILTER(<http://example.org/{n}{'f' * 5_000}>(1))" for n in range(9))
    hints = run(store, HEAD + f"SELECT * {{ ?a ties:{'x' * 100_000} ?b {calls} }}").hints
    assert len(hints) == 6
    assert max(map(len, hints)) < 300


def test_the_named_questions_have_no_misspellings(graph: Store) -> None:
    found = {one.name: absent_names(graph, one.sparql, known=prefixes()) for one in questions()}
    assert {name: hints for name, hints in found.items() if hints} == {}
