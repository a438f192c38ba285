"""What nobody honest posts to `/check`: refused in words, nothing fetched, nobody else harmed, memory given back."""

from __future__ import annotations

import gzip
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from conftest import CASES
from served import family

SERVER = """
import sys
import uvicorn
from pathlib import Path
from tiesgraph.corpus import Corpus
from tiesgraph.pipeline import build
from tiesgraph.cli.serve import listen
from tiesgraph.web import create_app
from tiesgraph.workers import Limits, Pool

store, _ = build(Corpus.at(Path(sys.argv[1])), version="0")
runner = Pool(store, limits=Limits(seconds=3, memory=256 * 1024 * 1024, workers=4))
opened = listen("127.0.0.1", 0)
print(opened.getsockname()[1], flush=True)
config = uvicorn.Config(create_app(store, runner=runner), log_level="critical")
uvicorn.Server(config).run(sockets=[opened])
"""


@dataclass
class Served:
    """A server, and a listener beside it that nothing should ever call."""

    url: str
    process: subprocess.Popen[str]
    lure: str
    calls: list[object]

    def post(
        self, body: bytes | Iterator[bytes], kind: str | None = "text/turtle", query: str = "", **headers: str
    ) -> httpx.Response:
        """A POST to `/check`."""
        given = {**({"Content-Type": kind} if kind else {}), **headers}
        return httpx.post(f"{self.url}/check{query}", content=body, headers=given, timeout=60)

    def line(self) -> socket.socket:
        """A connection to the server."""
        host, port = self.url.removeprefix("http://").split(":")
        return socket.create_connection((host, int(port)), timeout=30)

    def resident(self) -> int:
        """The memory of the server and of all processes that it began, what they share counted once, in MiB."""
        total = 0
        for pid in (self.process.pid, *family(self.process.pid)):
            # A worker may end at any time.
            with suppress(OSError):
                shares = re.search(r"Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))
                total += int(shares[1]) if shares else 0
        assert total
        return total // 1024


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as lure:
        address = f"http://127.0.0.1:{lure.getsockname()[1]}/lure"

        def watch() -> None:
            while True:
                try:
                    calls.append(lure.accept())
                except OSError:
                    return

        threading.Thread(target=watch, daemon=True).start()
        command = [sys.executable, "-c", SERVER, str(CASES / "corpus")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                port = process.stdout.readline().strip()
                yield Served(f"http://127.0.0.1:{port}", process, address, calls)
            finally:
                process.kill()
        lure.shutdown(socket.SHUT_RDWR)


PREFIXES = """@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
XML, JSON = "application/rdf+xml", "application/ld+json"
RDF = 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/"'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def rdfxml(text: str, doctype: str = "") -> str:
    return f'{doctype}<r:RDF {RDF}><r:Description r:about="http://e/a"><e:p>{text}</e:p></r:Description></r:RDF>'


def shape(says: str) -> str:
    return (
        PREFIXES
        + f"ex:a a ex:T ; ex:p 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' . ex:S sh:targetClass ex:T ; {says} ."
    )


def constraint(where: str) -> str:
    return shape(f"sh:sparql [ sh:select '''SELECT $this {where}''' ]")


EVERYTHING = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9))

FIRST, REST = (f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}>" for name in ("first", "rest"))
TTL, POSTED = "text/turtle", "?shapes=posted"
IMPORTS = "<a:a> <http://www.w3.org/2002/07/owl#imports> "
FETCHED = "nothing is fetched"
STATEMENTS = "".join(f"<a:{n}> <a:p> 1 .\n" for n in range(60_000))
CHAIN = "".join(f"_:b{n} <a:p> _:b{n + 1} .\n" for n in range(20_000))
ENDLESS = f"{{ {{ SELECT $this (COUNT(*) AS ?n) {{ {EVERYTHING} }} GROUP BY $this }} }}"
GRID = "".join(f"ex:n{n} a ex:T .\n" for n in range(2_000)) + "".join(
    f"ex:S sh:property [ sh:path ex:q{n} ; sh:minCount 1 ] .\n" for n in range(500)
)
ROW = "".join(f"ex:S{n} sh:node ex:S{n + 1} .\n" for n in range(10_000))
CIRCLE = "".join(f"ex:S{n} sh:node ex:S{(n + 1) % 1_000} .\n" for n in range(1_000))
STEPS = "".join(f"_:p{n} sh:inversePath _:p{n + 1} .\n" for n in range(10_000))
ELEMENTS = "<e:A><e:p>" * 10_000 + "</e:p></e:A>" * 10_000
PRODUCT = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r"
SWELLING = " ".join(f"BIND (CONCAT({', '.join([f'?x{n}'] * 10)}) AS ?x{n + 1})" for n in range(10))

REFUSED: dict[str, tuple[str, str | None, str, int, str]] = {
    "a billion laughs": (rdfxml("&l9;", f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>'), XML, "", 400, "DOCTYPE"),
    "an external entity": (rdfxml("&x;", '<!DOCTYPE r [<!ENTITY x SYSTEM "LURE">]>'), XML, "", 400, "DOCTYPE"),
    "an external DTD": (rdfxml("x", '<!DOCTYPE r SYSTEM "LURE">'), XML, "", 400, "DOCTYPE"),
    "a deep nest of blank nodes": ("[ <a:p> " * 50_000 + "1" + " ]" * 50_000 + " .", TTL, "", 413, "chain"),
    "a long chain of blank nodes": (CHAIN, TTL, "", 413, "chain"),
    "deep JSON": ('{"http://e/p":' * 200_000 + "1" + "}" * 200_000, JSON, "", 413, "brackets"),
    "too many statements": (STATEMENTS, TTL, "", 413, "statements"),
    "deep XML": (rdfxml(ELEMENTS), XML, "", 413, "elements"),
    "a long namespace for many names": (
        *(f"@prefix a: <http://{'x' * 200_000}> .\n" + "a:a a:p a:b .\n" * 15_000, TTL, "", 413, "characters"),
    ),
    "a huge literal": (f"<a:a> <a:p> '{'x' * 1_000_000}' .", TTL, "", 413, "characters"),
    "a huge IRI": (f"<a:a> <a:p> <a:{'x' * 1_000_000}> .", TTL, "", 413, "characters"),
    "an import over HTTP": (IMPORTS + "<LURE> .", TTL, "", 400, FETCHED),
    "an import of a file": (IMPORTS + "<file:///etc/passwd> .", TTL, "", 400, FETCHED),
    "a remote context": ('{"@context": "LURE", "p": 1}', JSON, "", 400, FETCHED),
    "a remote context among others": ('{"@context": [{"p": "http://e/p"}, "LURE"], "p": 1}', JSON, "", 400, FETCHED),
    "a context that imports": ('{"@context": {"@import": "LURE"}, "p": 1}', JSON, "", 400, FETCHED),
    "a context within": ('{"http://e/p": {"@context": "LURE", "q": 1}}', JSON, "", 400, FETCHED),
    "shapes that nobody asked for": (shape("sh:nodeKind sh:Literal"), TTL, "", 400, "shapes of its own"),
    "a shape that calls out": (constraint("{ SERVICE <LURE> { ?s ?p ?o } }"), TTL, POSTED, 400, "SERVICE"),
    "a shape that loads": (constraint("FROM <LURE> { ?s ?p ?o }"), TTL, POSTED, 400, "FROM"),
    "a shape in itself": (shape("sh:node ex:S"), TTL, POSTED, 400, "refers to itself"),
    "shapes in a long row": (shape("sh:node ex:S0") + ROW, TTL, POSTED, 400, "100 deep"),
    "a circle of many shapes": (shape("sh:node ex:S0") + CIRCLE, TTL, POSTED, 400, "100 deep"),
    "a path of ten thousand steps": (shape("sh:property [ sh:path _:p0 ]") + STEPS, TTL, POSTED, 413, "chain"),
    "a path of lists in lists": (
        *(shape(f"sh:property [ sh:path {'( ex:p ' * 5_000 + 'ex:p' + ' )' * 5_000} ]"), TTL, POSTED),
        *(400, "property path"),
    ),
    "a path within itself": (
        shape("sh:property [ sh:path _:p ] . _:p sh:inversePath _:p"),
        TTL,
        POSTED,
        400,
        "no property path",
    ),
    "a list without an end": (shape(f"sh:in _:l . _:l {FIRST} 1 ; {REST} _:l"), TTL, POSTED, 400, "RDF list"),
    "a shape in a list of its own": (shape("sh:not [ sh:or ( ex:S ) ]"), TTL, POSTED, 400, "refers to itself"),
    "a million findings": (shape("sh:name 'S'") + GRID, TTL, POSTED, 413, "10,000 findings"),
    "a shape that talks too much": (shape(f"sh:message '{'m' * 90_000}'"), TTL, POSTED, 413, "sh:message"),
    "a query nested too deep": (constraint("{" * 500 + "}" * 500), TTL, POSTED, 400, "nesting"),
    "a constraint that never ends": (constraint(ENDLESS), TTL, POSTED, 504, "within 3 seconds"),
    "a component that never ends": (
        shape(
            "ex:param 1 . ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:param ] ; sh:validator "
            f"[ a sh:SPARQLAskValidator ; sh:ask 'ASK {{ {{ SELECT (COUNT(*) AS ?n) {{ {PRODUCT} }} }} }}' ]"
        ),
        *(TTL, POSTED, 504, "within 3 seconds"),
    ),
    "a target that never ends": (
        shape(f"sh:target [ a sh:SPARQLTarget ; sh:select 'SELECT (COUNT(*) AS ?this) {{ {PRODUCT} }}' ]"),
        *(TTL, POSTED, 504, "within 3 seconds"),
    ),
    "a pattern that never ends": (
        *(shape('sh:property [ sh:path ex:p ; sh:pattern "^(a+)+$" ]'), TTL, POSTED),
        *(504, "within 3 seconds"),
    ),
    "a constraint that takes all memory": (
        *(constraint(f"{{ BIND ('0123456789' AS ?x0) {SWELLING} FILTER (STRLEN(?x10) > 0) }}"), TTL, POSTED),
        *(507, "MiB of memory"),
    ),
    "another charset": ("<a:a> <a:p> 'x' .", "text/turtle; charset=iso-8859-1", "", 415, "charset"),
    "JSON-LD that is called Turtle": ('{"@id": "http://e/a", "http://e/p": 1}', TTL, "", 400, "not well formed"),
    "Turtle that is called JSON-LD": ("<a:a> <a:p> 1 .", JSON, "", 400, "not well formed"),
    "a web page that is called RDF/XML": ("<!doctype html><html><p>x</html>", XML, "", 400, "not well formed"),
    "a file within a form": (
        "--x\r\n\r\n<a:a> <a:p> 1 .\r\n--x--",
        "multipart/form-data; boundary=x",
        "",
        415,
        "no RDF",
    ),
    "two types at once": ("<a:a> <a:p> 1 .", "text/turtle, application/ld+json", "", 415, "is no RDF"),
    "no RDF": ("hello", "text/markdown", "", 415, "is no RDF"),
    "no type": ("<a:a> <a:p> 1 .", None, "", 415, "is no RDF"),
}
"""Claim → document, its type, the query string, the status, words of the detail."""


def check_problem(response: httpx.Response, status: int, words: str) -> None:
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    problem = response.json()
    assert words in problem["detail"]
    assert problem["status"] == status


@pytest.mark.parametrize("claim", REFUSED)
def test_it_is_refused_in_words_and_the_next_is_served(server: Served, claim: str) -> None:
    text, kind, query, status, words = REFUSED[claim]
    check_problem(server.post(text.replace("LURE", server.lure).encode(), kind, query), status, words)
    assert server.post(b"<a:a> <a:p> 1 .").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<a:a> <a:p> '\xe9' .", "text/turtle", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "text/turtle", "not UTF-8"),
        ("<a:a> <a:p> 'x' .".encode("utf-16"), "text/turtle", "not UTF-8"),
        (('<?xml version="1.0" encoding="utf-16"?>' + rdfxml("x")).encode("utf-16"), XML, "not UTF-8"),
        (('<?xml version="1.0" encoding="latin1"?>' + rdfxml("x")).encode(), XML, "UTF-8"),
    ],
)
def test_a_charset_that_is_not_what_it_says_is_refused(server: Served, body: bytes, kind: str, words: str) -> None:
    check_problem(server.post(body, kind), 400, words)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_compressed_body_is_not_unpacked(server: Served, coding: str) -> None:
    bomb = gzip.compress(b"#" * 10_000_000)
    check_problem(server.post(bomb, "text/turtle", "", **{"Content-Encoding": coding}), 415, "is not unpacked")


@pytest.mark.parametrize("head", ["Content-Length: 104857600", "Transfer-Encoding: chunked"])
def test_a_hundred_megabytes_are_refused_and_leave_nothing_behind(server: Served, head: str) -> None:
    server.post(b"<a:a> <a:p> 1 .")
    before = server.resident()
    block = b"#" * 65_536 if "Length" in head else b"10000\r\n" + b"#" * 65_536 + b"\r\n"
    with server.line() as line:
        line.sendall(f"POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\n{head}\r\n\r\n".encode())

        def pour() -> None:
            # The server closes its end as soon as it has answered.
            with suppress(OSError):
                for _ in range(1600):
                    line.sendall(block)

        pouring = threading.Thread(target=pour)
        pouring.start()
        answer = b""
        while b"bytes" not in answer and (piece := line.recv(65_536)):
            answer += piece
        pouring.join()
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"it has more than 4,194,304 bytes" in answer
    assert server.resident() - before < 40


def test_what_says_its_size_is_refused_unread(server: Served) -> None:
    with server.line() as line:
        line.sendall(
            b"POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\nContent-Length: 104857600\r\n\r\n"
        )
        answer = line.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413")


def test_others_are_served_while_a_check_does_not_end(server: Served) -> None:
    text, kind, query, *_ = REFUSED["a constraint that never ends"]
    ended = threading.Event()

    def endless() -> None:
        server.post(text.encode(), kind, query)
        ended.set()

    threads = [threading.Thread(target=endless) for _ in range(2)]
    for thread in threads:
        thread.start()
    answers = [httpx.get(f"{server.url}/sparql", params={"query": "ASK {}"}, timeout=30) for _ in range(5)]
    answers.append(server.post(b"<a:a> <a:p> 1 ."))
    served_meanwhile = not ended.is_set()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 6
    assert served_meanwhile


def test_after_all_that_nothing_was_fetched_and_the_memory_is_back(server: Served) -> None:
    before = server.resident()
    greedy = ("a deep nest of blank nodes", "a huge literal", "a constraint that takes all memory", "deep JSON")
    for claim in (*greedy, "a million findings", "a long namespace for many names", "deep XML"):
        text, kind, query, *_ = REFUSED[claim]
        for _ in range(3):
            server.post(text.encode(), kind, query)
    assert server.resident() - before < 40
    for text, kind, query, *_ in REFUSED.values():
        if "LURE" in text:
            server.post(text.replace("LURE", server.lure).encode(), kind, query)
    assert server.calls == []
    assert server.process.poll() is None
