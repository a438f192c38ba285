"""Queries answered without the application: the same answers, and only what is exactly of the known form."""

from __future__ import annotations

import socket
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from served import served
from tiesgraph.query import EVERYTHING
from tiesgraph.store import Store
from tiesgraph.web.direct import Direct, unescaped
from tiesgraph.web.runner import Job
from tiesgraph.web.site import Site

KNOWN = b"Host: ties.example\r\nAccept: text/csv\r\n"
LEARNT = Job(text="ASK {}", dataset=EVERYTHING, base="http://x/", accept=("text/csv",), asked=(), codings=("identity",))


def get(target: str, headers: bytes = KNOWN) -> bytes:
    return f"GET {target} HTTP/1.1\r\n".encode() + headers + b"\r\n"


def target(query: str) -> str:
    return f"/sparql?query={urllib.parse.quote_plus(query)}"


@pytest.fixture
def direct() -> Direct:
    made = Direct(Site.of(Store()))
    made.learn(get(target("ASK {}")), LEARNT)
    return made


def test_a_query_with_known_headers_is_known_for_what_it_is(direct: Direct) -> None:
    query = "SELECT * { ?s ?p 'é+%26&=' }\n# 100%"
    assert direct.job(get(target(query))) == LEARNT._replace(text=query)


@pytest.mark.parametrize(
    "data",
    [
        get(target("ASK {}"), b"Host: other.example\r\nAccept: text/csv\r\n"),
        get(target("ASK {}") + "&timeout=1"),
        get(target("ASK {}") + "#part"),
        get("/sparql?query="),
        get("/sparql?query=%20"),
        get("/sparql?query=ASK%7"),
        get("/sparql?query=ASK%FF"),
        get("/sparql?query=ASK\x01{}"),
        get("/sparql"),
        get("/elsewhere?query=ASK+{}"),
        get(target("SELECT (NOW() AS ?now) {}")),
        get(target("ASK {}"))[:-2],
        get(target("ASK {}")) * 2,
        get(target("ASK {}")).replace(b"HTTP/1.1", b"HTTP/1.0"),
        get(target("ASK {}")).replace(b"GET", b"POST"),
        b"",
    ],
)
def test_whatever_is_of_another_form_goes_the_usual_way(direct: Direct, data: bytes) -> None:
    assert direct.job(data) is None


@pytest.mark.parametrize(
    "more",
    [
        b'If-None-Match: "x"\r\n',
        b"X-Request-ID: mine\r\n",
        b"Connection: close\r\n",
        b"Content-Length: 1\r\n",
        b"Accept: text/plain\r\n",
        b"X-Forwarded-For: 10.0.0.1\r\n",
        b" folded\r\n",
    ],
)
def test_nothing_is_learnt_of_headers_that_mean_more(more: bytes) -> None:
    made = Direct(Site.of(Store()))
    request = get(target("ASK {}"), KNOWN + more)
    made.learn(request, LEARNT)
    assert made.job(request) is None


@given(st.text())
def test_a_text_is_unescaped_as_it_was_escaped(text: str) -> None:
    assert unescaped(urllib.parse.quote_plus(text).encode()) == text


@given(st.lists(st.sampled_from(["a", "=", "+", "%", "%4", "%zz", "%41", "%C3%A9", "%e9", "_", "%0A", "%3D"])))
def test_what_can_be_unescaped_is_what_the_standard_library_makes_of_it(parts: list[str]) -> None:
    value = "".join(parts)
    found = unescaped(value.encode())
    assert found is None or found == urllib.parse.unquote_plus(value, errors="strict")


class Client:
    """One connection, on which requests are written as they are."""

    def __init__(self, host: str, port: int) -> None:
        self._line = socket.create_connection((host, port), timeout=20)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, request: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
        """Status line, headers and body of the response."""
        self._line.sendall(request)
        return self.response()

    def response(self) -> tuple[bytes, dict[bytes, bytes], bytes]:
        """The next response, whose body has a length."""
        got = self._rest
        while b"\r\n\r\n" not in got:
            got += self._piece()
        head, _, body = got.partition(b"\r\n\r\n")
        status, *lines = head.split(b"\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in lines)
        length = int(headers[b"content-length"])
        while len(body) < length:
            body += self._piece()
        # The next response may have come with this one.
        self._rest = body[length:]
        return status, headers, body[:length]

    def _piece(self) -> bytes:
        piece = self._line.recv(65536)
        assert piece, "the server hung up"
        return piece

    def send(self, request: bytes) -> None:
        """Send only."""
        self._line.sendall(request)

    def close(self) -> None:
        """Hang up."""
        self._line.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    data = tmp_path_factory.mktemp("direct") / "data.nt"
    data.write_text("".join(f'<http://x.org/{n}> <http://x.org/p> "{n}" .\n' for n in range(20_000)))
    with served("--data", data, "--timeout", "2", "--max-rows", "15000") as (_, url):
        parts = urllib.parse.urlsplit(url)
        address = parts.hostname or "", parts.port or 0
        with Client(*address) as client:
            # Answered by the whole application: until it is made, problems are told on plainer pages.
            client.ask(get("/health"))
        yield address


QUERIES = (
    "SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 3",
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "ASK { ?s <http://x.org/p> '7' }",
    "CONSTRUCT { ?s <p> [] } WHERE { ?s ?p '7' }",
    "SELECT (<http://x.org/f>(1) AS ?x) {}",
    "SELECT * { ?s <https://w3id.org/tiesgraph/ontology#absent> ?o }",
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s ?p ",
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "DELETE WHERE { ?s ?p ?o }",
    "SELECT * { ?s ?p <relative> }",
)


@pytest.mark.parametrize("accept", [b"*/*", b"text/csv", b"application/rdf+xml", b"text/html"])
@pytest.mark.parametrize("query", QUERIES)
def test_the_answer_is_the_same_as_the_applications(server: tuple[str, int], query: str, accept: bytes) -> None:
    client = Client(*server)
    known = b"Host: ties.example\r\nAccept: " + accept + b"\r\n"
    wanted = client.ask(get(target(query), known + b"X-Other: 1\r\n"))
    for number in range(3):
        # The first of these is learnt from.
        client.ask(get(target(f"ASK {{}} # {time.monotonic()} {number}"), known))
    found = client.ask(get(target(query), known))
    client.close()
    for headers in (wanted[1], found[1]):
        assert headers.pop(b"x-request-id")
        assert headers.pop(b"date")
    assert found == wanted


def test_pipelined_requests_are_answered_in_order(server: tuple[str, int]) -> None:
    client = Client(*server)
    client.ask(get(target("ASK {}")))
    wanted = [f"SELECT ?o {{ <http://x.org/{n}> ?p ?o }}" for n in range(1, 6)]
    client.send(get(target(wanted[0])))
    client.send(b"".join(get(target(query)) for query in wanted[1:]))
    assert [client.response()[2].split() for _ in wanted] == [[b"o", str(n).encode()] for n in range(1, 6)]
    client.close()


def test_a_client_that_hangs_up_leaves_the_server_well(server: tuple[str, int]) -> None:
    for _ in range(3):
        client = Client(*server)
        client.ask(get(target("ASK {}")))
        client.send(get(target("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")))
        client.close()
    client = Client(*server)
    assert client.ask(get(target("ASK { ?s ?p '9' }")))[0] == b"HTTP/1.1 200 OK"
    client.close()


def test_a_limit_is_told_as_ever(server: tuple[str, int]) -> None:
    client = Client(*server)
    client.ask(get(target("ASK {}")))
    status, _, body = client.ask(get(target("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?j }")))
    assert status == b"HTTP/1.1 504 Gateway Timeout"
    assert b"within 2 seconds" in body
    client.close()


def test_a_long_answer_comes_whole(server: tuple[str, int]) -> None:
    client = Client(*server)
    client.ask(get(target("ASK {}")))
    _, _, body = client.ask(get(target("SELECT * { ?s ?p ?o } LIMIT 14000")))
    assert body.count(b"\r\n") == 14_001
    client.close()


def test_a_server_told_to_end_answers_first(tmp_path: Path) -> None:
    data = tmp_path / "data.nt"
    data.write_text("".join(f'<http://x.org/{n}> <http://x.org/p> "{n}" .\n' for n in range(1_500)))
    with served("--data", data) as (process, url):
        parts = urllib.parse.urlsplit(url)
        with Client(parts.hostname or "", parts.port or 0) as client:
            client.ask(get(target("ASK {}")))
            client.send(get(target("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c = ?f) }")))
            time.sleep(0.2)
            process.terminate()
            status, headers, body = client.response()
        # On a machine that is very busy it takes longer than a server that ends has time for, and this is said.
        assert b" 503 " in status or (status, body.split()) == (b"HTTP/1.1 200 OK", [b"n", b"1500"])
        assert headers[b"connection"] == b"close"
        process.wait(timeout=10)
