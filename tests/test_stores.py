"""The graph in real stores of other makers: put there by `push`, and asked through `serve --endpoint`.

Whatever a named question is answered with here, it must be answered with there: the same rows, as often, of the
same values. Where a store gets an answer wrong, the question stands in the table with what is wrong; one that stands
there and is always answered right fails the test as well.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from served import served
from stores import OXIGRAPH, VIRTUOSO, Running, oxigraph, virtuoso
from tiesgraph.media import JSON
from tiesgraph.query import Question, questions, run
from tiesgraph.store import Store

PUSH = [sys.executable, "-c", "from tiesgraph.cli import main; main()", "push"]
XSD = "http://www.w3.org/2001/XMLSchema#"

Rows = Counter[tuple[tuple[str, ...], ...]]

INTEGERS = "an expression that is true or false comes out as 1 or 0, mostly as an integer"
REPEATED = "rows come more often than they should"
EXTRA = "all rows are there, and others that a path should have left out"

DIFFERENT: dict[str, dict[str, str]] = {
    "oxigraph": {},
    "virtuoso": {
        "areas-of-the-japan-nato-programmes": INTEGERS,
        "dialogue-sessions-with-germany-of-both-kinds": INTEGERS,
        "documents-of-mays-2017-visit": INTEGERS,
        # DISTINCT keeps equal rows in which a variable is unbound.
        "events-of-2018-in-the-uk-chapter": REPEATED,
        # A path with * gives a node once for each way to it, where SPARQL 1.1 (18.4) wants it once.
        "japans-contributions-in-money": REPEATED,
        "japans-security-objectives": REPEATED,
        "political-military-dialogue-sessions-with-france": INTEGERS,
        "recipients-of-msdf-fuel-and-water": INTEGERS,
        "royal-navy-msdf-exercises": INTEGERS,
        "stated-counts-against-lists": INTEGERS,
    },
}
"""The questions that a store answers otherwise, and what it gets wrong (Oxigraph 0.5.13, Virtuoso 7.2.5)."""

UNSTEADY = {
    "oxigraph": (),
    # In one of some fourteen databases of the same graph, one of two paths with * in a query was not followed.
    "virtuoso": (REPEATED, EXTRA),
}
"""What a store gets wrong at some times, and not at others, where a question follows a path of any length."""

KINDS = [
    pytest.param(
        "oxigraph",
        marks=pytest.mark.skipif(
            OXIGRAPH is None, reason="needs Oxigraph's server: no program oxigraph is on the path"
        ),
    ),
    pytest.param(
        "virtuoso",
        marks=pytest.mark.skipif(VIRTUOSO is None, reason="needs Virtuoso: no program virtuoso-t is on the path"),
    ),
]


def pushed(store: Running, *options: str) -> str:
    """What `tiesgraph push` tells."""
    command = [*PUSH, *store.pushed, *options, store.graphs]
    done = subprocess.run(command, env={**os.environ, **store.environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def store(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The store with the real graph in it."""
    starting = {"oxigraph": oxigraph, "virtuoso": virtuoso}[kind]
    with starting(tmp_path_factory.mktemp(kind)) as running:
        assert ", 0 there already" in pushed(running)
        yield running


@pytest.fixture(scope="module")
def front(store: Running) -> Iterator[httpx.Client]:
    """A client of a server before it."""
    # The machine may be busy with other things, and Virtuoso is slow where a query looks into each of many graphs.
    patient = "--timeout", "300"
    with served("--endpoint", store.query, *store.served, *patient) as (_, url), httpx.Client(timeout=320) as client:
        client.base_url = httpx.URL(url).join("/")
        yield client


def rows(body: bytes) -> Rows:
    """The rows of an answer in JSON, each with its values and their types."""
    found = json.loads(body)["results"]["bindings"]
    return Counter(tuple(sorted((name, *_term(value)) for name, value in row.items())) for row in found)


def _term(value: dict[str, str]) -> tuple[str, str, str]:
    kind = value.get("xml:lang", "").lower() or value.get("datatype", "").removeprefix(XSD)
    return value["type"], value["value"], "" if kind == "string" else kind


def _true_as_integers(found: Rows) -> Rows:
    """Rows in which what is true or false, or 1 or 0, is the same."""
    numbers = {"true": "1", "false": "0"}

    def plain(cell: tuple[str, ...]) -> tuple[str, ...]:
        name, kind, value, datatype = cell
        truth = datatype == "boolean" or (datatype == "integer" and value in ("0", "1"))
        return (name, kind, numbers.get(value, value), "integer") if truth else cell

    return Counter({tuple(map(plain, row)): number for row, number in found.items()})


_PATH = re.compile(r"\b\w+:\w+\)?[*+](?=[\s/|);.])")
"""A path of any length in a query."""


def _verdict(question: Question, here: Rows, there: httpx.Response) -> str | None:
    """How an answer differs, in the words of the table; None where it does not."""
    if there.status_code != 200:
        return str(there.json()["detail"])
    found = rows(there.content)
    if found == here:
        return None
    if _true_as_integers(found) == _true_as_integers(here):
        return INTEGERS
    if set(found) == set(here):
        return REPEATED
    if not here - found and _PATH.search(question.sparql):
        return EXTRA
    return f"{(found - here).total()} rows too many and {(here - found).total()} too few"


def test_the_named_questions_are_answered_alike(graph: Store, kind: str, front: httpx.Client) -> None:
    verdicts = {}
    for question in questions():
        here = rows(run(graph, question.sparql).serialize(JSON))
        verdict = _verdict(question, here, front.get(f"/questions/{question.name}.json"))
        # What becomes of a path hangs on the plan that the store chooses, by samples of its data.
        if verdict and not (verdict in UNSTEADY[kind] and _PATH.search(question.sparql)):
            verdicts[question.name] = verdict
    known = DIFFERENT[kind]
    hidden = {name: known[name] for name in known if name not in verdicts and known[name] in UNSTEADY[kind]}
    assert {**verdicts, **hidden} == known


COUNTS = {
    "the default graph": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "a fact of several pages": "SELECT (COUNT(?it) AS ?n) { ?it a <https://w3id.org/tiesgraph/ontology#Exercise> }",
    "each page": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } "
    "?g <https://w3id.org/tiesgraph/ontology#page> ?page } GROUP BY ?g",
}


@pytest.mark.parametrize("what", COUNTS)
def test_nothing_is_counted_twice(graph: Store, front: httpx.Client, what: str) -> None:
    there = front.get("/sparql", params={"query": COUNTS[what]}, headers={"Accept": JSON.media_type})
    assert rows(there.content) == rows(run(graph, COUNTS[what]).serialize(JSON))


FORMATS = ["text/csv", "text/tab-separated-values", "application/sparql-results+xml", "application/sparql-results+json"]


@pytest.mark.parametrize("accept", FORMATS)
def test_rows_come_in_every_format(front: httpx.Client, accept: str) -> None:
    query = 'SELECT ?x { ?x <http://www.w3.org/2000/01/rdf-schema#label> "Japan"@en } ORDER BY ?x'
    got = front.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert (got.status_code, got.headers["content-type"].partition(";")[0]) == (200, accept)
    assert "https://w3id.org/tiesgraph/id/actor/japan" in got.text


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_triples_come_in_every_format(front: httpx.Client, accept: str) -> None:
    query = "CONSTRUCT { ?s ?p ?o } { VALUES ?s { <https://w3id.org/tiesgraph/id/actor/japan> } ?s ?p ?o }"
    got = front.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert (got.status_code, got.headers["content-type"].partition(";")[0]) == (200, accept)
    assert "Japan" in got.text


PAGES = [
    *("/", "/ask", "/questions", "/pictures", "/compare", "/search?q=japan", "/docs", "/dumps", "/data", "/audit"),
    *(
        "/id/actor/japan.html",
        "/id/actor/japan.ttl",
        "/graph/p025.ttl",
        "/report/page/25.html",
        "/dataset.ttl",
        "/sparql",
    ),
    "/explain?subject=exercise:guardian-north-16&predicate=ties:involves&object=actor:japan",
    "/questions/cancelled-exercises",
    "/health/ready",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there(front: httpx.Client, page: str) -> None:
    assert front.get(page).status_code == 200


def test_pictures_have_their_rows(front: httpx.Client) -> None:
    names = sorted(set(re.findall(r'href="/pictures/([a-z0-9-]+)"', front.get("/pictures").text)))
    assert names
    assert [name for name in names if not front.get(f"/pictures/{name}.json").json()] == []


def test_answers_have_validators_and_are_kept(front: httpx.Client) -> None:
    first = front.get("/questions/cancelled-exercises.csv")
    again = front.get("/questions/cancelled-exercises.csv", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert front.get("/stats").json()["store"]["holds_this_graph"] is True


def test_parameters_of_questions_are_fixed(front: httpx.Client) -> None:
    whole, some = (
        front.get("/questions/agreements-by-partner.csv", params=parameters).text.splitlines()
        for parameters in ({}, {"partner": "actor:france"})
    )
    assert set(some) < set(whole)
    assert len(some) > 1


def test_an_endless_query_is_ended(front: httpx.Client) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    got = front.get("/sparql", params={"query": query, "timeout": "1.5"})
    assert (got.status_code, got.json()["title"]) == (504, "Time limit reached")


def test_what_is_there_is_not_sent_again(store: Running) -> None:
    assert re.search(r"^0 graphs sent \(0.0 MiB\), \d+ there already", pushed(store))


def test_other_content_is_told_from_ours(store: Running, tmp_path: Path) -> None:
    """A server that has other files at hand stands before a stranger."""
    file = tmp_path / "a.nt"
    file.write_text("<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n")
    with served("--endpoint", store.query, *store.served, "--data", file) as (_, url):
        assert "etag" not in httpx.get(url, params={"query": "ASK { ?s ?p ?o }"}, timeout=60).headers
        assert httpx.get(httpx.URL(url).join("/search?q=a"), timeout=60).status_code == 501


@pytest.mark.skipif(VIRTUOSO is None, reason="needs Virtuoso: no program virtuoso-t is on the path")
def test_a_store_that_gives_only_so_many_rows_is_not_believed_to_have_no_more(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    triples = (f"<http://example.org/{n}> <http://example.org/p> <http://example.org/b> .\n" for n in range(50))
    file.write_text("".join(triples))
    with ExitStack() as stack:
        store = stack.enter_context(virtuoso(tmp_path, rows=20))
        pushed(store, "--data", str(file))
        _, url = stack.enter_context(served("--endpoint", store.query, *store.served, "--data", file))
        got = httpx.get(url, params={"query": "SELECT * { ?s ?p ?o }"}, headers={"Accept": "text/csv"}, timeout=60)
        assert (got.text.count("\r\n"), "tiesgraph-cut" in got.headers) == (20, True)
        store.process.kill()
        store.process.wait()
        kept = httpx.get(url, params={"query": "SELECT * { ?s ?p ?o }"}, timeout=60)
        assert (kept.status_code, kept.json()["title"]) == (502, "Store unreachable")
