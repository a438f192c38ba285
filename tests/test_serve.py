"""`tiesgraph serve` as a process: what it says, what it loads, how it ends."""

from __future__ import annotations

import gzip
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from served import COMMAND, served

QUAD = "<http://example.org/a> <http://example.org/p> <http://example.org/b> <http://example.org/g> .\n"
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(9)) + " }"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "data.nq"
    file.write_text(QUAD + "".join(f'<http://example.org/{i}> <http://example.org/q> "{i}" .\n' for i in range(100)))
    return file


def test_it_serves_the_files_it_is_given_exactly(data: Path) -> None:
    with served("--data", data) as (_, url):
        rows = httpx.get(url, params={"query": "SELECT ?g { GRAPH ?g { ?s ?p ?o } }"}, headers={"Accept": "text/csv"})
        assert rows.text.split() == ["g", "http://example.org/g"]
        union = httpx.get(url, params={"query": "ASK { ?s <http://example.org/p> ?o }"}).json()
        assert union["boolean"] is False


TRIPLE = "<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n"
FORMATS = {
    "a.ttl": TRIPLE,
    "b.nt": TRIPLE,
    "c.trig": TRIPLE + "<http://example.org/g> { " + TRIPLE + " }",
    "d.nq": QUAD,
    "e.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
    '<rdf:Description rdf:about="http://example.org/a"><e:p rdf:resource="http://example.org/b"/></rdf:Description>'
    "</rdf:RDF>",
    "f.jsonld": '{"@id": "http://example.org/a", "http://example.org/p": {"@id": "http://example.org/b"}}',
}


def test_it_serves_every_format_plain_and_gzipped_without_union_or_inference(tmp_path: Path) -> None:
    arguments, wanted = [], set()
    for name, text in FORMATS.items():
        (tmp_path / name).write_text(text)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        for file in (name, f"{name}.gz"):
            graph = f"http://example.org/from/{file}"
            arguments += ["--named", f"{graph}={tmp_path / file}"]
            # Quads keep their graphs.
            wanted |= {graph} if "nq" not in file else set()
    schema = "<http://example.org/p> <http://www.w3.org/2000/01/rdf-schema#range> <http://example.org/C> .\n"
    (tmp_path / "schema.ttl").write_text(schema)
    with served("--data", tmp_path / "schema.ttl", *arguments) as (_, url):

        def rows(query: str) -> list[str]:
            answer = httpx.get(url, params={"query": query}, headers={"Accept": "text/csv"})
            return answer.text.split()[1:]

        asked = f"SELECT ?g {{ GRAPH ?g {{ {TRIPLE} }} }}"
        assert set(rows(asked)) == wanted | {"http://example.org/g"}
        assert rows("SELECT ?s ?o { ?s ?p ?o }") == ["http://example.org/p,http://example.org/C"]
        assert rows("SELECT ?s { GRAPH ?g { ?s a ?c } }") == []


def test_the_answers_of_the_same_files_have_the_same_validators_after_a_restart(data: Path) -> None:
    seen = []
    for _ in range(2):
        with served("--data", data) as (_, url):
            # One name at any port: an answer depends on the address that relative IRIs are read against.
            told = httpx.get(url, headers={"Host": "ties.example"})
            query = "SELECT ?o { <http://example.org/1> ?p ?o } ORDER BY ?o"
            answer = httpx.get(url, params={"query": query}, headers={"Host": "ties.example"})
            seen.append((told.headers["last-modified"], answer.headers["etag"], answer.headers["last-modified"]))
    assert seen[0] == seen[1]


@pytest.mark.parametrize(("number", "codes"), [(signal.SIGTERM, (0, -signal.SIGTERM)), (signal.SIGINT, (0,))])
def test_it_ends_at_a_signal_and_says_no_more(data: Path, number: signal.Signals, codes: tuple[int, ...]) -> None:
    with served("--data", data) as (process, url):
        assert httpx.get(url, params={"query": "ASK {}"}).status_code == 200
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=10)
        assert (stdout, stderr) == ("", "")
        assert process.returncode in codes


def test_it_ends_within_ten_seconds_though_a_query_never_does(data: Path) -> None:
    with served("--data", data) as (process, url):
        with pytest.raises(httpx.TimeoutException):
            httpx.get(url, params={"query": ENDLESS}, timeout=0.5)
        # The event loop is free meanwhile.
        assert httpx.get(url.replace("/sparql", "/health")).status_code == 200
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        assert time.monotonic() - start < 10


def test_a_taken_port_is_misuse_and_said_clearly(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = [*COMMAND, "--port", str(port), "--data", str(data)]
        result = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert f"cannot listen at 127.0.0.1 port {port}" in result.stderr
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr


def test_starting_loads_neither_reasoner_nor_validator(data: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from tiesgraph.cli import serve
import uvicorn, tiesgraph.pack, tiesgraph.web
from tiesgraph.cli.source import open_source
tiesgraph.web.create_app(open_source(corpus=None, data=(Path({str(data)!r}),)))
print(sorted({{"rdflib", "owlrl", "pyshacl", "rich", "pytest"}} & set(sys.modules)))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout == "[]\n"
