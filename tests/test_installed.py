"""The installed package answers by itself: run against the built wheel, with the source tree out of the way."""

import csv
import io
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tiesgraph.names import prefixes
from tiesgraph.pack import read_manifest

pytestmark = pytest.mark.installed

TIESGRAPH = str(Path(sys.executable).parent / "tiesgraph")
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
START_SECONDS = 60


def test_the_prefix_table_is_there() -> None:
    assert prefixes()["ties"].endswith("/ontology#")


def test_a_query_answers_with_the_whole_graph() -> None:
    done = subprocess.run(
        [TIESGRAPH, "query", COUNT, "--format", "csv"], capture_output=True, text=True, check=True, cwd=Path.home()
    )
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert rows == [["n"], [str(read_manifest().triples)]]


def test_the_shapes_have_their_examples() -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?shape ties:passingExample ?passes ; ties:failingExample ?fails }"
    done = subprocess.run(
        [TIESGRAPH, "query", query, "--format", "csv"], capture_output=True, text=True, check=True, cwd=Path.home()
    )
    _, [number] = csv.reader(io.StringIO(done.stdout))
    assert int(number) > 100


def test_the_check_is_clean() -> None:
    done = subprocess.run([TIESGRAPH, "check"], capture_output=True, text=True, check=False, cwd=Path.home())
    assert (done.returncode, done.stdout) == (0, done.stdout), done.stdout + done.stderr


def test_a_file_is_checked_beside_the_graph(tmp_path: Path) -> None:
    (tmp_path / "mine.ttl").write_text(
        "@prefix actor: <https://w3id.org/tiesgraph/id/actor/> .\n"
        "@prefix ties: <https://w3id.org/tiesgraph/ontology#> .\n"
        "actor:japan ties:signd actor:france .\n"
    )
    command = [TIESGRAPH, "check", "mine.ttl", "--with-graph", "--format", "text"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "mine.ttl:3: violation: actor:japan ties:signd actor:france: There is no term ties:signd." in done.stdout


@pytest.fixture
def server() -> Iterator[str]:
    """A server of its own on a free port; the address of its endpoint."""
    command = [TIESGRAPH, "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=Path.home())
    try:
        yield address(process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def address(process: subprocess.Popen[str]) -> str:
    """The address of its endpoint, which the server tells as soon as it listens."""
    assert process.stderr is not None
    said = ""
    os.set_blocking(process.stderr.fileno(), False)
    while select.select([process.stderr], [], [], START_SECONDS)[0]:
        chunk = process.stderr.read() or ""
        said += chunk
        words = [word.strip("()/") for word in said.split() if word.startswith("http://")]
        if words and "\n" in said:
            return words[0]
        if not chunk:
            break
    raise AssertionError(f"the server did not start: {said}")


def test_a_document_is_checked_over_http(server: str) -> None:
    address = server.removesuffix("/sparql") + "/check"
    assert "<textarea" in httpx.get(address).text
    answer = httpx.post(address, content=b"<a:a> <a:p> 1 .", headers={"Content-Type": "text/turtle"})
    assert answer.status_code == 200
    assert "sh:conforms true" in answer.text


def test_the_server_answers(server: str) -> None:
    answer = httpx.get(server, params={"query": COUNT}, headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    assert answer.text.split() == ["n", str(read_manifest().triples)]
