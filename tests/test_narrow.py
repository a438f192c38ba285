"""A second engine with the default graph alone answers what names no graph, and nothing else, as the first one does."""

from __future__ import annotations

import copy

import pyoxigraph as ox
import pytest

from tiesgraph.media import JSON
from tiesgraph.query import questions, run
from tiesgraph.store import Store
from tiesgraph.syntax import is_volatile, may_name_graphs

GLUED = "SELECT * { ?s ?p trueGRAPH ?g { ?s ?p ?o } }"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o graph?g{?s ?p ?o} }",
        "SELECT * { OPTIONAL{?s ?p ?o}GRAPH<x:g>{?s ?p ?o} }",
        GLUED,
        "SELECT * { ?s ?p 5GRAPH ?g { ?s ?p ?o } }",
        "SELECT * FROM <x:g> { ?s ?p ?o }",
        "SELECT * FROM x:g { ?s ?p ?o }",
        "SELECT * FROM:g { ?s ?p ?o }",
        "SELECT *FROM#a comment\n<x:g>{ ?s ?p ?o }",
        "SELECT * FROM\n# another\nNAMED <x:g> { ?s ?p ?o }",
        "ASKFROM<x:g>{?s ?p ?o}",
        "ASK FROM NAMED x:g { ?s ?p ?o }",
    ],
)
def test_a_query_that_may_name_graphs_is_found(text: str) -> None:
    assert may_name_graphs(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s <https://w3id.org/tiesgraph/ontology#x> ?o }",
        "# Which messages come from: Japan? And which graph tells?\nSELECT * { ?s ?p ?o }",
        "SELECT (?a AS ?from) { ?a ?photograph ?c }",
        "ASK {}",
    ],
)
def test_one_that_names_none_is_not(text: str) -> None:
    assert not may_name_graphs(text)


@pytest.mark.parametrize(
    ("text", "volatile"),
    [
        ("SELECT (NOW() AS ?x) {}", True),
        ("SELECT (now ( ) AS ?x) {}", True),
        ("SELECT (NOW # a comment\n () AS ?x) {}", True),
        ("SELECT (STRUUID() AS ?x) {}", True),
        ('SELECT * { ?s ?p "RAND" ; ?now ?brand }', False),
        ("# The report is RAND's\nSELECT * {}", False),
        (r'SELECT * { ?s ?p "\u0041" }', True),
    ],
)
def test_what_differs_each_time_is_known(text: str, volatile: bool) -> None:
    assert is_volatile(text) == volatile


@pytest.fixture(scope="module")
def narrow(toy_graph: Store) -> Store:
    made = copy.copy(toy_graph)
    for _ in made.narrowing():
        pass
    return made


def test_each_query_goes_where_it_is_answered_right(toy_graph: Store, narrow: Store) -> None:
    assert narrow.plan("ASK {}")[0] is not narrow.engine
    for text in ("SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o", GLUED):
        assert narrow.plan(text)[0] is narrow.engine
    assert toy_graph.plan("ASK {}")[0] is toy_graph.engine


@pytest.mark.parametrize("name", [one.name for one in questions()][::4])
def test_the_named_questions_have_the_same_answers(toy_graph: Store, narrow: Store, name: str) -> None:
    (text,) = (one.sparql for one in questions() if one.name == name)
    assert run(narrow, text).serialize(JSON) == run(toy_graph, text).serialize(JSON)


def test_a_dataset_in_one_graph_gets_no_second_engine() -> None:
    store = Store(union=False)
    store.engine.extend(ox.Quad(ox.NamedNode(f"x:{n}"), ox.NamedNode("x:p"), ox.Literal(n)) for n in range(50))
    for _ in store.narrowing():
        pass
    assert store.plan("ASK {}")[0] is store.engine
