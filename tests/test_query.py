"""Queries are run and written out alike for the command line and the server."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from tiesgraph.describe import describe
from tiesgraph.errors import (
    CorpusError,
    FederationRefused,
    MisuseError,
    NotAcceptable,
    QueryRefused,
    QuerySyntaxError,
)
from tiesgraph.media import CSV, JSON, JSONLD, RDFXML, TSV, TURTLE, XML
from tiesgraph.names import prefixes
from tiesgraph.query import Dataset, Question, parse_term, question, questions, run
from tiesgraph.store import Store

EX = "http://example.org/"
G1, G2 = ox.NamedNode(EX + "g1"), ox.NamedNode(EX + "g2")


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add([ox.Triple(node("a"), node("p"), ox.Literal("one"))], graph=G1)
    store.add([ox.Triple(node("b"), node("p"), ox.Literal("two"))], graph=G2)
    return store


def rows(store: Store, text: str, dataset: Dataset | None = None) -> list[list[str | None]]:
    _, found = run(store, text, dataset=dataset or Dataset(), base=EX).table()
    return sorted(
        [str(term.value) if isinstance(term, ox.NamedNode | ox.Literal) else None for term in row] for row in found
    )


SUBJECTS = "SELECT ?s { ?s <http://example.org/p> ?o }"
GRAPHS = "SELECT ?g { GRAPH ?g { ?s <http://example.org/p> ?o } }"

DATASETS = {
    "all of it": (SUBJECTS, Dataset(), [["a"], ["b"]]),
    "one default graph": (SUBJECTS, Dataset(default=(EX + "g1",)), [["a"]]),
    "two default graphs merged": (SUBJECTS, Dataset(default=(EX + "g1", EX + "g2")), [["a"], ["b"]]),
    "default graphs hide the named": (GRAPHS, Dataset(default=(EX + "g1",)), []),
    "named graphs empty the default": (SUBJECTS, Dataset(named=(EX + "g1",)), []),
    "one named graph": (GRAPHS, Dataset(named=(EX + "g2",)), [["g2"]]),
    "the request overrides FROM": (
        "SELECT ?s FROM <http://example.org/g1> { ?s <http://example.org/p> ?o }",
        Dataset(default=(EX + "g2",)),
        [["b"]],
    ),
    "a graph that is not there is empty": (SUBJECTS, Dataset(default=(EX + "nowhere",)), []),
}


@pytest.mark.parametrize(("text", "dataset", "wanted"), DATASETS.values(), ids=DATASETS)
def test_a_query_sees_the_graphs_it_is_given(
    store: Store, text: str, dataset: Dataset, wanted: list[list[str]]
) -> None:
    assert rows(store, text, dataset) == [[EX + name for name in row] for row in wanted]


def test_from_names_a_graph_of_the_store_and_fetches_nothing(store: Store) -> None:
    assert rows(store, "SELECT ?s FROM <http://example.org/g1> { ?s ?p ?o }") == [[EX + "a"]]
    assert rows(store, "SELECT ?s FROM <http://127.0.0.1:9/x> { ?s ?p ?o }") == []


def test_a_graph_is_named_by_an_iri(store: Store) -> None:
    with pytest.raises(MisuseError, match="no IRI"):
        run(store, SUBJECTS, dataset=Dataset(default=("not an iri",)))


def test_relative_iris_are_resolved(store: Store) -> None:
    assert rows(store, "SELECT (STR(<x>) AS ?s) {}") == [[EX + "x"]]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SELECT (<http://example.org/f>(1) AS ?x) {}", [[None]]),
        ("SELECT (COALESCE(<http://example.org/f>(1), <http://example.org/g>(2), 'else') AS ?x) {}", [["else"]]),
        ("SELECT ?s { ?s ?p ?o FILTER(<http://example.org/f>(?s)) }", []),
        ("SELECT (1/0 AS ?x) {}", [[None]]),
    ],
)
def test_an_error_in_an_expression_is_no_error_of_the_query(
    store: Store, text: str, wanted: list[list[str | None]]
) -> None:
    assert rows(store, text) == wanted


def test_unknown_prefixes_are_known_only_where_given(store: Store) -> None:
    with pytest.raises(QuerySyntaxError, match="ex: is not declared"):
        run(store, "SELECT ?s { ?s ex:p ?o }")
    assert len(list(run(store, "SELECT ?s { ?s ex:p ?o }", known={"ex": EX}).table()[1])) == 2


def test_a_declared_prefix_beats_a_known_one(store: Store) -> None:
    text = "PREFIX ex: <http://elsewhere.example/> SELECT ?s { ?s ex:p ?o }"
    assert list(run(store, text, known={"ex": EX}).table()[1]) == []


def test_variables_can_be_bound(store: Store) -> None:
    found = list(run(store, "SELECT ?s ?o { ?s ?p ?o }", bind={"s": node("b")}).table()[1])
    assert found == [[node("b"), ox.Literal("two")]]


def test_only_selected_variables_can_be_bound(store: Store) -> None:
    with pytest.raises(MisuseError, match="selects"):
        run(store, "SELECT ?o { ?s ?p ?o }", bind={"s": node("b")})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("INSERT DATA { <a:a> <a:b> 1 }", QueryRefused),
        ("ASK {} ; CLEAR ALL", QuerySyntaxError),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", FederationRefused),
        ("", QuerySyntaxError),
        ("SELECT * { ?s ?p }", QuerySyntaxError),
    ],
)
def test_what_is_no_query_is_not_run(store: Store, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run(store, text)


def test_rows_are_written_in_their_formats(store: Store) -> None:
    text = "SELECT ?s ?none { <http://example.org/a> <http://example.org/p> ?s }"
    assert run(store, text).serialize(CSV) == b"s,none\r\none,\r\n"
    assert run(store, text).serialize(TSV) == b'?s\t?none\n"one"\t\n'
    assert b'"vars":["s","none"]' in run(store, text).serialize(JSON)
    assert b"<literal>one</literal>" in run(store, text).serialize(XML)


def test_turtle_declares_the_prefixes_it_uses_and_no_others(store: Store) -> None:
    text = f"CONSTRUCT {{ <{prefixes()['ties']}x> <http://example.org/p> 1 }} {{}}"
    body = run(store, text).serialize(TURTLE).decode()
    assert body.splitlines() == [f"@prefix ties: <{prefixes()['ties']}> .", "ties:x <http://example.org/p> 1 ."]


@pytest.mark.parametrize(
    ("text", "fmt"),
    [
        ("SELECT * {}", TURTLE),
        ("CONSTRUCT {} {}", CSV),
        ('SELECT ("a\\u0001b" AS ?x) {}', XML),
        ('CONSTRUCT { <a:a> <a:b> "a\\u0001b" } {}', RDFXML),
        ("CONSTRUCT { <a:a> <http://example.org/> 1 } {}", RDFXML),
        ("CONSTRUCT { <a:a> <a:b> <<( <a:a> <a:b> 1 )>> } {}", JSONLD),
    ],
)
def test_a_format_that_cannot_say_it_is_refused(store: Store, text: str, fmt: object) -> None:
    assert isinstance(fmt, type(CSV))
    with pytest.raises(NotAcceptable):
        run(store, text).serialize(fmt)


def test_ask_and_triples_make_tables_too(store: Store) -> None:
    names, found = run(store, "ASK { ?s ?p ?o }").table()
    assert (names, [str(row[0]) for row in found]) == (["answer"], [str(ox.Literal(True))])
    names, found = run(store, "DESCRIBE <http://example.org/a>").table()
    assert (names, len(list(found))) == (["subject", "predicate", "object"], 1)


NESTED = "<a:a> <a:p> [ <a:q> [ <a:r> 1 ] ] . <a:z> <a:p> <a:a> . <a:b> <a:p> 2 ."


def test_a_description_follows_blank_nodes_and_stops_at_iris() -> None:
    store = Store()
    store.add([quad.triple for quad in ox.parse(NESTED, format=ox.RdfFormat.TURTLE)], graph=G1)
    ours = describe(store, ox.NamedNode("a:a"))
    assert [quad.predicate.value for quad in ours] == ["a:p", "a:q", "a:r"]
    engines = run(store, "DESCRIBE <a:a>").answer
    assert isinstance(engines, ox.QueryTriples)
    assert set(engines) == {quad.triple for quad in ours}
    assert describe(store, ox.NamedNode("a:nothing")) == []


def test_a_description_of_a_ring_of_blank_nodes_ends() -> None:
    store = Store()
    ring = "<a:a> <a:p> _:x . _:x <a:p> _:y . _:y <a:p> _:x ."
    store.add([quad.triple for quad in ox.parse(ring, format=ox.RdfFormat.TURTLE)], graph=G1)
    assert len(describe(store, ox.NamedNode("a:a"))) == 3


QUESTION = """# Who met whom in 2017?
# topic: visits
# keywords: visit, minister
# keywords: host
# parameter: ?host, the state that was visited
SELECT * { ?visit ?p ?host }
# not a header
"""


def test_a_named_question_is_read_from_its_comments() -> None:
    one = Question.parse("visits", QUESTION)
    assert (one.text, one.topic, one.keywords) == ("Who met whom in 2017?", "visits", ("visit", "minister", "host"))
    assert [(parameter.name, parameter.text) for parameter in one.parameters] == [
        ("host", "the state that was visited")
    ]
    assert one.sparql == QUESTION


def test_a_named_question_must_ask() -> None:
    with pytest.raises(CorpusError, match="English"):
        Question.parse("bad", "SELECT * {}")


def test_questions_are_found_and_sorted_by_topic(tmp_path: Path) -> None:
    (tmp_path / "b.rq").write_text("# B?\n# topic: alpha\nASK {}")
    (tmp_path / "a.rq").write_text("# A?\n# topic: beta\nASK {}")
    (tmp_path / "notes.txt").write_text("no question")
    found = questions(tmp_path)
    assert [one.name for one in found] == ["b", "a"]
    assert question("a", among=found) == found[1]
    assert question("c", among=found) is None


@pytest.mark.parametrize("one", questions(), ids=lambda one: one.name)
def test_every_named_question_is_a_query_by_itself(one: Question) -> None:
    run(Store(), one.sparql)
    assert one.topic != "other", "give it a topic"
    assert one.keywords, "give it keywords"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ex:a", node("a")),
        ("<http://example.org/a>", node("a")),
        ('"a"@en', ox.Literal("a", language="en")),
        ("12", ox.Literal("12", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))),
    ],
)
def test_terms_are_read_as_turtle_writes_them(text: str, wanted: object) -> None:
    assert parse_term(text, known={"ex": EX}) == wanted


@pytest.mark.parametrize("text", ["ex:a", "a b", "", "1 . <a:a> <a:b> 2", "1, 2"])
def test_what_is_no_single_term_is_refused(text: str) -> None:
    with pytest.raises(MisuseError):
        parse_term(text, known={})
