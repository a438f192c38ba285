"""A server before a store elsewhere: what it asks, what it makes of the answers, and what it tells of failures."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from fake_store import JSON, FakeStore, Request, fake_store, rows
from tiesgraph.cut import Cap
from tiesgraph.names import DATASET, graph_iri
from tiesgraph.remote.address import Address
from tiesgraph.remote.pieces import whole_identity
from tiesgraph.store import Store
from tiesgraph.web.app import create_app
from tiesgraph.web.elsewhere import Elsewhere
from tiesgraph.web.site import Settings
from tiesgraph.workers import Inline, Limits

SELECT = "SELECT ?n { ?s ?p ?n }"
ONE = rows({"n": "1"})
TURTLE = {"Accept": "text/turtle"}
CSV = {"Accept": "text/csv"}

Ask = Callable[..., list[httpx.Response]]


@pytest.fixture
def elsewhere() -> Iterator[FakeStore]:
    with fake_store() as store:
        yield store


def graph_at_hand() -> Store:
    store = Store()
    triple = ox.Triple(ox.NamedNode("http://example.org/a"), ox.NamedNode("http://example.org/p"), ox.Literal("b"))
    store.add([triple], graph=graph_iri("p001"))
    return store


def asked(
    elsewhere: FakeStore,
    *requests: dict[str, Any],
    limits: Limits | None = None,
    settings: Settings | None = None,
    default_graph: str | None = None,
    between: Callable[[], None] | None = None,
    url: str | None = None,
) -> list[httpx.Response]:
    """The responses of a server before `elsewhere`, to one request after the other."""
    store = graph_at_hand()
    runner = Elsewhere(
        Address(url=url or elsewhere.url),
        here=Inline(store),
        limits=limits or Limits(seconds=3),
        identity=whole_identity(store),
        default_graph=default_graph,
    )
    app = create_app(store, runner=runner, settings=settings)

    async def session() -> list[httpx.Response]:
        await runner.open()
        try:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                found: list[httpx.Response] = []
                for one in requests:
                    if found and between:
                        between()
                        await runner.look()
                    found.append(await client.request(one.pop("method", "GET"), one.pop("url", "/sparql"), **one))
                return found
        finally:
            await runner.close()

    return asyncio.run(session())


def query(text: str = SELECT, **options: Any) -> dict[str, Any]:
    return {"params": {"query": text}, **options}


def marked(identity: str, *, triples: int = 1, answer: str = ONE) -> Callable[[Request], None]:
    """What a store answers that bears a mark."""
    mark = rows(
        {"of": DATASET, "is": f"sha256:{identity}", "modified": "2026-01-01T00:00:00Z", "triples": str(triples)}
    )
    mark = mark.replace('"vars":["n"]', '"vars":["of","is","modified","triples"]')
    mark = mark.replace(f'"literal","value":"{DATASET}"', f'"uri","value":"{DATASET}"')

    def tell(request: Request) -> None:
        if "graph/pushed>" in request.query:
            request.send(body=mark)
        elif "COUNT(*) AS ?triples" in request.query:
            request.send(body=rows({"triples": str(triples)}, names="triples"))
        else:
            request.send(body=answer)

    return tell


# ---- what is asked, and what comes of it


def test_a_query_goes_by_post_and_its_answer_comes_in_whichever_format(elsewhere: FakeStore) -> None:
    elsewhere.answer = lambda request: request.send(body=ONE)
    wanted = {"text/csv": "n\r\n1\r\n", "text/tab-separated-values": '?n\n"1"\n'}
    got = asked(elsewhere, *(query(headers={"Accept": kind}) for kind in wanted))
    assert [(one.status_code, one.text) for one in got] == [(200, text) for text in wanted.values()]
    assert {(one.method, one.query) for one in elsewhere.queries} == {("POST", SELECT)}


def test_an_answer_in_xml_is_read_too(elsewhere: FakeStore) -> None:
    xml = (
        '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="n"/></head><results>'
        '<result><binding name="n"><uri>http://example.org/a</uri></binding></result></results></sparql>'
    )
    elsewhere.answer = lambda request: request.send(body=xml, content_type="application/sparql-results+xml")
    assert asked(elsewhere, query(headers=CSV))[0].text == "n\r\nhttp://example.org/a\r\n"


@pytest.mark.parametrize("kind", ["application/n-triples", "text/turtle"])
def test_triples_come_in_whichever_format(elsewhere: FakeStore, kind: str) -> None:
    triple = "<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n"
    elsewhere.answer = lambda request: request.send(body=triple, content_type=kind)
    got = asked(elsewhere, query("CONSTRUCT WHERE { ?s ?p ?o }", headers={"Accept": "application/n-triples"}))[0]
    assert (got.status_code, got.text) == (200, triple)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('{"head":{},"boolean":true}', True),
        (rows({"__ASK_RETVAL": "1"}, names="__ASK_RETVAL"), True),
        (rows({"__ASK_RETVAL": "0"}, names="__ASK_RETVAL"), False),
        (rows(names="__ASK_RETVAL"), False),
    ],
)
def test_yes_and_no_are_read_as_stores_say_them(elsewhere: FakeStore, body: str, value: bool) -> None:
    elsewhere.answer = lambda request: request.send(body=body)
    assert asked(elsewhere, query("ASK { ?s ?p ?o }"))[0].json()["boolean"] is value


def test_values_of_parameters_and_the_base_stand_in_the_query(elsewhere: FakeStore) -> None:
    asked(elsewhere, query("SELECT * { <a> ?p ?o }"))
    assert elsewhere.queries[-1].query == "BASE <http://testserver/sparql> SELECT * { <a> ?p ?o }"


def test_the_default_graph_may_be_a_named_one(elsewhere: FakeStore) -> None:
    def tell(request: Request) -> None:
        graphs = '{"head":{"vars":["graph"]},"results":{"bindings":[{"graph":{"type":"uri","value":"http://example.org/g"}}]}}'
        request.send(body=graphs if "DISTINCT ?graph" in request.query else rows())

    elsewhere.answer = tell
    asked(elsewhere, query(), query("SELECT * { GRAPH ?g { ?s ?p ?n } }"), default_graph="http://example.org/all")
    plain, into = [one for one in elsewhere.queries if "?n }" in one.query]
    assert plain.form[1:] == [("default-graph-uri", "http://example.org/all")]
    assert into.form[1:] == [*plain.form[1:], ("named-graph-uri", "http://example.org/g")]


def test_what_is_wrong_with_a_query_is_told_without_asking(elsewhere: FakeStore) -> None:
    got = asked(
        elsewhere, query("SELECT * { ?s ?p }"), query("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    )
    assert [one.status_code for one in got] == [400, 501]
    assert got[0].json()["line"] == 1
    assert elsewhere.queries == []


@pytest.mark.parametrize("where", ["FROM <http://example.org/g>", "FROM NAMED <http://example.org/g>"])
def test_a_graph_that_the_store_has_not_is_refused_because_it_might_be_fetched(
    elsewhere: FakeStore, where: str
) -> None:
    got = asked(elsewhere, query(f"SELECT * {where} {{ ?s ?p ?o }}"))[0]
    assert (got.status_code, "no graph <http://example.org/g>" in got.json()["detail"]) == (400, True)
    assert [one.query for one in elsewhere.queries] == [
        "SELECT * { GRAPH <http://example.org/g> { ?s ?p ?o } } LIMIT 1"
    ]


# ---- what may be kept


def test_answers_are_kept_and_have_validators_while_the_store_bears_our_mark(elsewhere: FakeStore) -> None:
    elsewhere.answer = marked(whole_identity(graph_at_hand()))
    first, again = asked(elsewhere, query(), query())
    assert (first.headers["etag"], first.headers["cache-control"]) == (again.headers["etag"], "public, no-cache")
    assert [one.query for one in elsewhere.queries].count(SELECT) == 1


def test_answers_of_another_content_are_not_kept_and_have_none(elsewhere: FakeStore) -> None:
    elsewhere.answer = marked("0" * 64)
    first, _ = asked(elsewhere, query(), query())
    assert ("etag" in first.headers, first.headers["cache-control"]) == (False, "no-store")
    assert [one.query for one in elsewhere.queries].count(SELECT) == 2


def test_a_mark_is_not_believed_where_the_default_graph_has_another_size(elsewhere: FakeStore) -> None:
    inner = marked(whole_identity(graph_at_hand()))

    def tell(request: Request) -> None:
        counting = "COUNT(*) AS ?triples" in request.query
        request.send(body=rows({"triples": "7"}, names="triples")) if counting else inner(request)

    elsewhere.answer = tell
    assert "etag" not in asked(elsewhere, query())[0].headers


def test_what_was_kept_is_forgotten_when_the_content_changes(elsewhere: FakeStore) -> None:
    elsewhere.answer = marked(whole_identity(graph_at_hand()))

    def change() -> None:
        elsewhere.answer = lambda request: request.send(body=rows({"n": "2"}) if request.query == SELECT else rows())

    first, second = asked(elsewhere, query(headers=CSV), query(headers=CSV), between=change)
    assert (first.text, second.text) == ("n\r\n1\r\n", "n\r\n2\r\n")
    assert "etag" not in second.headers


PAGES = ["/search?q=a", "/id/actor/japan", "/docs", "/dumps", "/audit", "/explain?subject=actor:japan", "/dataset"]


@pytest.mark.parametrize("page", [*PAGES, "/sparql"])
def test_what_is_made_of_the_graph_at_hand_says_that_the_store_has_another(elsewhere: FakeStore, page: str) -> None:
    got = asked(elsewhere, {"url": page})[0]
    assert (got.status_code, got.json()["title"]) == (501, "Not at hand")
    assert "tiesgraph push" in got.json()["mend"]


@pytest.mark.parametrize("page", PAGES)
def test_and_is_there_while_the_store_has_that_graph(elsewhere: FakeStore, page: str) -> None:
    elsewhere.answer = marked(whole_identity(graph_at_hand()))
    assert asked(elsewhere, {"url": page})[0].status_code in (200, 303, 404)


def test_stats_and_metrics_tell_of_the_store(elsewhere: FakeStore) -> None:
    elsewhere.answer = lambda request: request.send(body=rows(), Server="Virtuoso/07.20")
    _, stats, metrics = asked(elsewhere, query(), {"url": "/stats"}, {"url": "/metrics"})
    told = stats.json()["store"]
    assert (told["endpoint"], told["software"], told["holds_this_graph"], told["done"]) == (
        elsewhere.url,
        "Virtuoso",
        False,
        1,
    )
    assert 'tiesgraph_store_queries_total{outcome="done"} 1.0' in metrics.text


# ---- limits


def many(number: int) -> str:
    return rows(*({"n": str(index)} for index in range(number)))


def test_rows_beyond_the_cap_are_cut_and_it_is_said(elsewhere: FakeStore) -> None:
    elsewhere.answer = lambda request: request.send(body=many(100))
    got = asked(elsewhere, query(headers=CSV), settings=Settings(cap=Cap(rows=10)))[0]
    assert (got.text.count("\r\n"), "cut after 10 rows" in got.headers["tiesgraph-cut"]) == (11, True)
    assert "etag" not in got.headers


def endless(head: bytes, piece: bytes, kind: str) -> Callable[[Request], None]:
    def tell(request: Request) -> None:
        if "graph/pushed>" in request.query:
            request.send(body=rows())
            return
        handler = request.handler
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(head)
        while True:
            handler.wfile.write(piece)

    return tell


def test_an_answer_without_end_is_cut_at_whole_rows(elsewhere: FakeStore) -> None:
    row = b'{"n":{"type":"literal","value":"x"}}'
    elsewhere.answer = endless(b'{"head":{"vars":["n"]},"results":{"bindings":[' + row, b"," + row, JSON)
    got = asked(elsewhere, query(headers=CSV), settings=Settings(cap=Cap(bytes=10_000)))[0]
    assert got.status_code == 200
    assert set(got.text.split("\r\n")[1:-1]) == {"x"}
    assert "not the whole answer" in got.headers["tiesgraph-cut"]


def test_triples_without_end_are_cut_at_whole_triples(elsewhere: FakeStore) -> None:
    triple = b"<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n"
    elsewhere.answer = endless(b"", triple, "application/n-triples")
    nt = {"Accept": "application/n-triples"}
    got = asked(elsewhere, query("CONSTRUCT WHERE { ?s ?p ?o }", headers=nt), settings=Settings(cap=Cap(bytes=9_999)))[
        0
    ]
    assert got.text.startswith(triple.decode())
    assert "not the whole answer" in got.headers["tiesgraph-cut"]


def test_as_many_rows_as_the_store_gives_at_the_most_may_not_be_all(elsewhere: FakeStore) -> None:
    elsewhere.answer = lambda request: request.send(body=many(5), X_SPARQL_MaxRows="5")
    assert "tiesgraph-cut" in asked(elsewhere, query())[0].headers
    elsewhere.answer = lambda request: request.send(body=many(4), X_SPARQL_MaxRows="5")
    assert "tiesgraph-cut" not in asked(elsewhere, query())[0].headers


def slow(request: Request) -> None:
    if "graph/pushed>" not in request.query:
        time.sleep(0.6)
    request.send(body=rows())


def test_a_store_that_takes_too_long_is_asked_no_longer(elsewhere: FakeStore) -> None:
    elsewhere.answer = slow
    got = asked(elsewhere, query(), limits=Limits(seconds=0.2))[0]
    assert (got.status_code, got.json()["title"]) == (504, "Time limit reached")
    assert elsewhere.url in got.json()["detail"]


def test_a_client_may_give_a_store_less_time(elsewhere: FakeStore) -> None:
    elsewhere.answer = slow
    got = asked(elsewhere, {"params": {"query": SELECT, "timeout": "100ms"}})[0]
    assert got.status_code == 504
    assert "0.1 seconds" in got.json()["detail"]


def test_a_store_with_a_way_to_be_told_the_time_is_told_it(elsewhere: FakeStore) -> None:
    elsewhere.answer = lambda request: request.send(body=rows(), Server="Virtuoso/07.20.3229")
    asked(elsewhere, query())
    assert 2000 < int(dict(elsewhere.queries[-1].form)["timeout"]) <= 3000


def test_an_answer_that_the_store_broke_off_is_none(elsewhere: FakeStore) -> None:
    elsewhere.answer = lambda request: request.send(body=ONE, X_SQL_State="S1TAT")
    assert asked(elsewhere, query())[0].status_code == 504


def test_who_finds_all_places_taken_waits_or_is_told_to_come_back(elsewhere: FakeStore) -> None:
    elsewhere.answer = slow
    store = graph_at_hand()
    limits = Limits(seconds=3, workers=1, queue=1)
    runner = Elsewhere(Address(url=elsewhere.url), here=Inline(store), limits=limits)
    app = create_app(store, runner=runner)

    async def session() -> list[int]:
        await runner.open()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
            texts = (f"SELECT ?n{i} {{ ?s ?p ?n{i} }}" for i in range(3))
            got = await asyncio.gather(*(client.get("/sparql", params={"query": text}) for text in texts))
        await runner.close()
        return [one.status_code for one in got]

    assert sorted(asyncio.run(session())) == [200, 200, 503]
    assert (runner.outcomes.done, runner.outcomes.turned_away) == (2, 1)


def test_at_the_end_answers_at_hand_get_a_little_time_and_new_ones_none(elsewhere: FakeStore) -> None:
    elsewhere.answer = slow
    store = graph_at_hand()
    runner = Elsewhere(Address(url=elsewhere.url), here=Inline(store), limits=Limits(seconds=3))
    app = create_app(store, runner=runner)

    async def session() -> list[httpx.Response]:
        await runner.open()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
            first = asyncio.create_task(client.get("/sparql", params={"query": SELECT}))
            while not runner.running:
                await asyncio.sleep(0.01)
            runner.drain(0.05)
            got = [await client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}), await first]
        await runner.close()
        return got

    for response in asyncio.run(session()):
        assert (response.status_code, response.json()["detail"]) == (503, "the server is ending")


# ---- failures


def drop(request: Request) -> None:
    """End the connection in the middle of an answer."""
    request.handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
    request.handler.connection.shutdown(socket.SHUT_RDWR)


FAILURES: dict[str, tuple[Callable[[Request], None], int, str]] = {
    "it fails": (lambda r: r.send(500, "out of luck", "text/plain"), 502, "(500 Internal Server Error): out of luck"),
    "it fails in HTML": (lambda r: r.send(500, "<h1>Oh</h1> no", "text/html"), 502, ": Oh no"),
    "it takes no such query": (
        lambda r: r.send(400, "no", "text/plain"),
        502,
        "does not take this (400 Bad Request): no",
    ),
    "it wants a password": (lambda r: r.send(401, "", "text/plain"), 502, "401 Unauthorized"),
    "it is not there": (lambda r: r.send(404, "", "text/plain"), 502, "404 Not Found"),
    "it is busy": (lambda r: r.send(503, "", "text/plain", Retry_After="7"), 503, "takes no more at the moment"),
    "it gave up": (lambda r: r.send(504, "", "text/plain"), 504, "gave up"),
    "it sends us elsewhere": (
        lambda r: r.send(302, "", Location="http://example.org/x"),
        502,
        "no redirect is followed",
    ),
    "it is a web page": (
        lambda r: r.send(200, "<h1>Hi</h1>", "text/html"),
        502,
        "text/html, which was not asked for: Hi",
    ),
    "it says not what it sends": (lambda r: r.send(200, ONE, ""), 502, "says not what it is"),
    "its JSON is broken": (lambda r: r.send(200, ONE[:-5]), 502, "cannot be read"),
    "its JSON is of another kind": (lambda r: r.send(200, '{"a":1}'), 502, "cannot be read"),
    "it says yes where rows are wanted": (lambda r: r.send(200, '{"head":{},"boolean":true}'), 502, "yes or no"),
    "it breaks the connection": (drop, 502, "no connection to the store"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_of_the_store_is_a_problem_that_says_which_store_and_what(elsewhere: FakeStore, name: str) -> None:
    answer, status, words = FAILURES[name]
    elsewhere.answer = lambda request: (
        request.send(body=rows()) if "graph/pushed>" in request.query else answer(request)
    )
    got = asked(elsewhere, query())[0]
    assert (got.status_code, got.headers["content-type"]) == (status, "application/problem+json")
    told = got.json()
    assert words in told["detail"]
    assert elsewhere.url in told["detail"]
    assert "example.org" not in told["detail"]


def test_a_store_that_sends_us_elsewhere_is_not_followed() -> None:
    with fake_store() as trap, fake_store() as elsewhere:
        elsewhere.answer = lambda request: request.send(307, "", Location=trap.url)
        got = asked(elsewhere, query())[0]
        assert (got.status_code, trap.asked) == (502, [])
        assert trap.url in got.json()["mend"]


def test_a_store_that_is_not_running_is_told_and_asked_again_when_it_is(elsewhere: FakeStore) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    got = asked(elsewhere, query(), {"url": "/health"}, {"url": "/health/ready"}, url=url)
    assert [one.status_code for one in got] == [502, 200, 502]
    assert "Is it running" in got[0].json()["mend"]


def test_a_connection_that_the_store_had_closed_is_made_anew(elsewhere: FakeStore) -> None:
    number = 0

    def tell(request: Request) -> None:
        nonlocal number
        number += 1
        if number == 2:
            request.handler.connection.shutdown(socket.SHUT_RDWR)
        else:
            request.send(body=ONE)

    elsewhere.answer = tell
    assert asked(elsewhere, query())[0].status_code == 200
