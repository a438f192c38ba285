"""Answers that are cut: whole rows, well-formed documents, and a plain sign, whatever the texts in them are."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pyoxigraph as ox
import pytest

from tiesgraph.cut import Cap
from tiesgraph.errors import AnswerCut
from tiesgraph.media import CSV, GRAPH_FORMATS, JSON, JSONLD, RESULT_FORMATS, TSV, XML, Format
from tiesgraph.query import run
from tiesgraph.store import Store

HOSTILE = (
    "plain",
    '},{"',
    '},{"s":{"type":"literal","value":"x"}}',
    "},{}",
    '"',
    '""',
    "\\",
    '\\"},{',
    "line\nend",
    "line\r\nend",
    "</result></results></sparql>",
    "a,b",
    "",
    "Käse 漢 \U0001f600",
    '"type":"literal"},{"o":{',
)
LIMITS = [*range(180, 600, 7), *range(600, 3_000, 37), 100_000]


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    subjects = [ox.NamedNode(f"http://example.org/{n}") for n in range(len(HOSTILE))]
    triples = [
        ox.Triple(subject, ox.NamedNode("http://example.org/p"), ox.Literal(text))
        for subject, text in zip(subjects, HOSTILE, strict=True)
    ]
    made.add(triples, graph=ox.NamedNode("http://example.org/g"))
    return made


ROWS = "SELECT ?s ?o ?none { ?s ?p ?o } ORDER BY ?s"
GAPS = "SELECT ?x { { ?s ?p ?o BIND(?o AS ?x) } UNION { ?s ?p ?o } } ORDER BY ?s ?x"
TRIPLES = "CONSTRUCT WHERE { ?s ?p ?o }"


def rows(body: bytes, fmt: Format) -> list[list[str]]:
    """The rows of a document, read by the engine, which refuses what is not well formed."""
    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.from_media_type(fmt.media_type))
    assert isinstance(found, ox.QuerySolutions)
    return [[str(row[variable]) for variable in found.variables] for row in found]


@pytest.mark.parametrize("fmt", [JSON, XML, TSV], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("query", [ROWS, GAPS], ids=["rows", "gaps"])
@pytest.mark.parametrize("most", [1, 2, 7, len(HOSTILE) - 1, 10 * len(HOSTILE)])
def test_there_are_as_many_rows_as_there_may_be(store: Store, fmt: Format, query: str, most: int) -> None:
    whole = rows(run(store, query).serialize(fmt), fmt)
    output = run(store, query).write(fmt, cap=Cap(rows=most))
    assert rows(output.body, fmt) == whole[:most]
    assert (output.cut is not None) == (len(whole) > most)


@pytest.mark.parametrize("fmt", [JSON, XML, TSV], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("query", [ROWS, GAPS], ids=["rows", "gaps"])
def test_wherever_the_engine_is_stopped_whole_rows_are_left(store: Store, fmt: Format, query: str) -> None:
    whole = rows(run(store, query).serialize(fmt), fmt)
    seen = set()
    for size in LIMITS:
        output = run(store, query).write(fmt, cap=Cap(bytes=size))
        kept = rows(output.body, fmt)
        assert kept == whole[: len(kept)]
        # Where nothing but the end tags did not fit, it is said to be cut as well.
        assert output.cut is not None or kept == whole
        seen.add(len(kept))
    assert len(seen) > 5


@pytest.mark.parametrize("size", LIMITS)
def test_csv_is_cut_behind_a_row_too(store: Store, size: int) -> None:
    whole = run(store, ROWS).serialize(CSV)
    output = run(store, ROWS).write(CSV, cap=Cap(bytes=size))
    assert whole.startswith(output.body)
    assert output.body.endswith(b"\r\n")
    assert output.body.count(b'"') % 2 == 0
    assert (output.cut is None) == (output.body == whole)


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("cap", [Cap(rows=3), Cap(bytes=700), Cap(rows=0)], ids=str)
def test_triples_are_cut(store: Store, fmt: Format, cap: Cap) -> None:
    def read(body: bytes) -> list[str]:
        rdf = ox.RdfFormat.from_media_type(fmt.media_type)
        return [str(quad.triple) for quad in ox.parse(body, format=rdf)]

    whole = read(run(store, TRIPLES).serialize(fmt))
    output = run(store, TRIPLES).write(fmt, cap=cap)
    kept = read(output.body)
    assert output.cut is not None
    assert set(kept) < set(whole)
    assert len(kept) <= cap.rows
    assert (b"not the whole answer" in output.body) == (fmt != JSONLD)


def test_json_and_xml_results_link_to_what_it_means(store: Store) -> None:
    iri = "https://w3id.org/tiesgraph/problem/answer-cut"
    cap = Cap(rows=2)
    document = json.loads(run(store, ROWS).write(JSON, cap=cap).body)
    assert document["head"] == {"link": [iri], "vars": ["s", "o", "none"]}
    head = ElementTree.fromstring(run(store, ROWS).write(XML, cap=cap).body)[0]  # noqa: S314 - we wrote it
    assert head[-1].get("href") == iri


@pytest.mark.parametrize("fmt", RESULT_FORMATS, ids=lambda fmt: fmt.name)
def test_what_is_short_enough_is_left_as_it_is(store: Store, fmt: Format) -> None:
    for query in (ROWS, GAPS, "ASK {}", "SELECT * { ?s ?nothing ?here }", "SELECT * {}"):
        output = run(store, query).write(fmt, cap=Cap(rows=len(HOSTILE) * 2))
        assert (output.body, output.cut) == (run(store, query).serialize(fmt), None)


def test_there_has_to_be_room_for_the_head(store: Store) -> None:
    with pytest.raises(AnswerCut, match="variables"):
        run(store, ROWS).write(XML, cap=Cap(bytes=50))


def test_the_message_says_which_limit_it_was(store: Store) -> None:
    by_rows = run(store, ROWS).write(JSON, cap=Cap(rows=2)).cut
    by_size = run(store, ROWS).write(JSON, cap=Cap(bytes=1024)).cut
    assert by_rows is not None
    assert "cut after 2 rows; one answer has at most 2 rows" in by_rows.message
    assert by_size is not None
    assert "at most 1 KiB" in by_size.message
