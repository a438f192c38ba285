"""Queries made ready for a store elsewhere: what is refused, and what is sent."""

from __future__ import annotations

import pytest

from tiesgraph.errors import FederationRefused, MisuseError, QueryRefused, QuerySyntaxError, TiesgraphError
from tiesgraph.query import EVERYTHING, questions, run
from tiesgraph.remote.form import Form, Prepared, prepare
from tiesgraph.store import Store

BASE = "http://example.org/sparql"


def made(text: str, *bind: tuple[str, str]) -> Prepared:
    return prepare(Store(), Form(text, EVERYTHING, BASE, bind, hinted=False))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT * { ?s ?p ?o }", "rows"),
        ("ASK { ?s ?p ?o }", "boolean"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "graph"),
        ("DESCRIBE <http://example.org/a>", "graph"),
    ],
)
def test_a_query_is_sent_as_it_is_and_its_kind_is_known(text: str, kind: str) -> None:
    assert made(text) == Prepared(text, kind, (), ())  # type: ignore[arg-type] # one of the three


REFUSED: list[tuple[str, type[TiesgraphError]]] = [
    ("SELECT * {", QuerySyntaxError),
    ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", FederationRefused),
    ("INSERT DATA { <a:a> <a:b> <a:c> }", QueryRefused),
    ('SELECT (<bif:http_get>("http://example.org/") AS ?x) {}', FederationRefused),
    ('PREFIX b: <bif:> SELECT (b:file_to_string("x") AS ?x) {}', FederationRefused),
    ('PREFIX b: <b> SELECT (b:if\\:x("x") AS ?x) {} # relative IRIs get our base', QuerySyntaxError),
    ('PREFIX b: <BIF:> SELECT (b:x("x") AS ?x) {}', FederationRefused),
    ('SELECT (<sql:f>("x") AS ?x) {}', FederationRefused),
    ('SELECT (<java:org.example.F>("x") AS ?x) {}', FederationRefused),
    ('SELECT ?x { ?x <bif:contains> "x" }', FederationRefused),
    ('SELECT * { ?s ?p "\\u0022 } SERVICE <http://example.org/> { ?s ?p " }', QueryRefused),
    ('SELECT * { ?s ?p "\\u0022" }', QueryRefused),
    ('SELECT * { ?s ?p "\\U00000022" }', QueryRefused),
    ("SELECT * { ?s ?p ?o } # \\u000A", QueryRefused),
    ('SELECT (<\\u0062if:f>("x") AS ?x) {}', QueryRefused),
]


@pytest.mark.parametrize(("text", "error"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_another_engine_may_take_for_a_command_is_refused(text: str, error: type[TiesgraphError]) -> None:
    with pytest.raises(error):
        made(text)


@pytest.mark.parametrize("text", ['SELECT * { ?s ?p "bif: is a prefix" }', 'SELECT * { ?s ?p "Sh\\u014Dwa" }'])
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert made(text).text == text


@pytest.mark.parametrize(
    ("text", "graphs"),
    [
        ("SELECT * FROM <http://example.org/g> { ?s ?p ?o }", ("http://example.org/g",)),
        ("SELECT * FROM NAMED <g> FROM <http://example.org/h> {}", ("http://example.org/g", "http://example.org/h")),
        ("PREFIX e: <http://example.org/> SELECT * FROM e:g {}", ("http://example.org/g",)),
        ("BASE <http://example.com/> SELECT * FROM <g> {}", ("http://example.com/g",)),
        ('SELECT * { ?s ?p "FROM <http://example.org/g>" }', ()),
    ],
)
def test_the_graphs_that_a_query_names_are_known(text: str, graphs: tuple[str, ...]) -> None:
    assert made(text).graphs == graphs


def test_values_are_joined_to_what_is_found() -> None:
    text = "SELECT ?x ?y { ?x ?p ?y } ORDER BY ?x # the end"
    assert made(text, ("x", "actor:japan"), ("y", '"a"@en')).text == (
        f'{text}\nVALUES (?x ?y) {{ (<https://w3id.org/tiesgraph/id/actor/japan> "a"@en) }}'
    )


def test_a_value_that_no_query_can_hold_is_refused() -> None:
    with pytest.raises(MisuseError):
        made("SELECT ?x { ?x ?p ?y } VALUES ?y { 1 }", ("x", "1"))
    with pytest.raises(MisuseError):
        made("SELECT ?x { ?x ?p ?y }", ("z", "1"))


def test_a_named_question_with_values_means_the_same_as_here(graph: Store) -> None:
    """The first value of each parameter that the whole answer has."""
    met = 0
    for question in questions():
        for parameter in question.parameters:
            names, rows = run(graph, question.sparql).table()
            first = next((row[names.index(parameter.name)] for row in rows if parameter.name in names), None)
            if first is None:
                continue
            here = run(graph, question.sparql, bind={parameter.name: first}).table()[1]
            sent = made(question.sparql, (parameter.name, str(first))).text
            assert [*map(str, here)] == [*map(str, run(graph, sent).table()[1])], question.name
            met += 1
    assert met
