"""Nothing is fetched: whatever a query, a document or a request names, no connection is made to it.

A listener at a port of this machine counts. Everything here names that port; and it is the proxy of the processes
that are tried, so that they would come by on their way to any other host, too.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from served import served

TIES = "https://w3id.org/tiesgraph/ontology#"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


class Listener:
    """Takes connections at a port, counts them and hangs up."""

    def __init__(self) -> None:
        self.seen = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.seen += 1
            connection.close()

    def close(self) -> None:
        """Listen no more."""
        # Closing alone leaves whoever is waiting in accept there.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    one = Listener()
    with pytest.MonkeyPatch.context() as patch:
        for name in PROXIES:
            patch.setenv(name, one.url)
        for name in ("no_proxy", "NO_PROXY"):
            patch.delenv(name, raising=False)
        yield one
    assert one.seen == 0
    # The listener does see what there is to see.
    with socket.create_connection(("127.0.0.1", int(one.url.rpartition(":")[2]))) as connection:
        assert connection.recv(1) == b""
    assert one.seen == 1
    one.close()


TURTLE = f"""
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ties: <{TIES}> .
"""

DOCUMENTS: dict[str, tuple[str, str]] = {
    "an import": ("text/turtle", TURTLE + "<URL/mine> a owl:Ontology ; owl:imports <URL/other> ."),
    "a graph of shapes": (
        "text/turtle",
        TURTLE + "<URL/mine> sh:shapesGraph <URL/shapes> ; sh:suggestedShapesGraph <URL/s> .",
    ),
    "shapes that import": (
        "text/turtle",
        TURTLE + "<URL/mine> owl:imports <URL/shapes> . <URL/Shape> a sh:NodeShape ; sh:targetClass ties:Event ;"
        " sh:sparql [ sh:prefixes <URL/prefixes> ; sh:message 'no' ; sh:select 'SELECT $this { $this ?p ?o }' ] .",
    ),
    "a shape that calls": (
        "text/turtle",
        TURTLE + "<URL/Shape> a sh:NodeShape ; sh:targetNode <URL/x> ; sh:sparql [ sh:message 'no' ;"
        " sh:select 'SELECT $this { $this ?p ?o SERVICE <URL/sparql> { $this ?a ?b } }' ] . <URL/x> rdfs:label 'x' .",
    ),
    "a script": (
        "text/turtle",
        TURTLE + "<URL/Shape> a sh:NodeShape ; sh:targetNode <URL/x> ; sh:js [ sh:jsFunctionName 'f' ;"
        " sh:jsLibrary [ sh:jsLibraryURL 'URL/script.js' ] ] . <URL/x> rdfs:label 'x' .",
    ),
    "terms defined elsewhere": (
        "text/turtle",
        TURTLE + "<URL/x> a <URL/Class> , ties:Event ; rdfs:isDefinedBy <URL/schema> ; rdfs:seeAlso <URL/see> .",
    ),
    "a graph that imports": ("application/trig", TURTLE + "<URL/g> { <URL/g> owl:imports <URL/other> }"),
    "a context": ("application/ld+json", '{"@context": "URL/context.jsonld", "@id": "URL/x", "name": "x"}'),
    "contexts": ("application/ld+json", '{"@context": [{"n": "URL/n"}, "URL/c"], "@id": "URL/x", "n": "x"}'),
    "a context that imports": (
        "application/ld+json",
        '{"@context": {"@version": 1.1, "@import": "URL/c", "n": "URL/n"}, "@id": "URL/x", "n": "x"}',
    ),
    "a context of a term": (
        "application/ld+json",
        '{"@context": {"@version": 1.1, "n": {"@id": "URL/n", "@context": "URL/c"}}, "@id": "URL/x", "n": {"m": 1}}',
    ),
    "an external entity": (
        "application/rdf+xml",
        '<!DOCTYPE r [<!ENTITY e SYSTEM "URL/e">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:n="URL/n#">'
        '<rdf:Description rdf:about="URL/x"><n:p>&e;</n:p></rdf:Description></rdf:RDF>',
    ),
    "a parameter entity": (
        "application/rdf+xml",
        '<!DOCTYPE r [<!ENTITY % e SYSTEM "URL/e"> %e;]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ),
    "an external grammar": (
        "application/rdf+xml",
        '<!DOCTYPE rdf:RDF SYSTEM "URL/rdf.dtd"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ),
    "a schema, a style and an inclusion": (
        "application/rdf+xml",
        '<?xml-stylesheet href="URL/s.xsl" type="text/xsl"?>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:n="URL/n#" xml:base="URL/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="URL/n# URL/n.xsd">'
        '<rdf:Description rdf:about="x"><n:p rdf:parseType="Literal">'
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="URL/i"/></n:p></rdf:Description></rdf:RDF>',
    ),
}
SUFFIXES = {
    "text/turtle": "ttl",
    "application/trig": "trig",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
}

QUERIES = (
    "SELECT * { SERVICE <URL/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL/sparql> { ?s ?p ?o } }",
    "SELECT * { BIND(<URL/sparql> AS ?e) SERVICE ?e { ?s ?p ?o } }",
    "PREFIX s: <URL/> SELECT * { { SELECT * { OPTIONAL { SERVICE s:sparql { ?s ?p ?o } } } } }",
    "BASE <URL/> ASK { FILTER NOT EXISTS { SERVICE <sparql> { ?s ?p ?o } } }",
    "SELECT * FROM <URL/g> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL/g> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH <URL/g> { ?s ?p ?o } }",
    "CONSTRUCT { ?s ?p ?o } FROM <URL/g> FROM NAMED <URL/g> WHERE { ?s ?p ?o }",
    "DESCRIBE <URL/x>",
    "LOAD <URL/x>",
    "LOAD SILENT <URL/x> INTO GRAPH <URL/g>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <URL/sparql> { ?s ?p ?o } }",
    "SELECT (<URL/function>(1) AS ?x) {}",
    "SELECT (IRI('URL/x') AS ?x) {}",
)


@pytest.fixture(scope="module")
def url(listener: Listener) -> Iterator[str]:
    assert listener.url
    with served("--log-format", "json") as (_, endpoint):
        yield endpoint


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=120) as one:
        yield one


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_fetches_nothing(query: str, url: str, client: httpx.Client, listener: Listener) -> None:
    text = query.replace("URL", listener.url)
    for accept in ("text/csv", "text/html", "application/ld+json"):
        answer = client.get(url, params={"query": text}, headers={"Accept": accept})
        assert answer.status_code < 500 or answer.status_code == 501, answer.text
        if "SERVICE" in query and "INSERT" not in query:
            assert answer.status_code == 501
        elif " FROM " in query and answer.status_code == 200:
            assert "w3id.org/tiesgraph/id/" not in answer.text
    assert listener.seen == 0


def test_neither_does_a_parameter_a_header_or_an_update(url: str, client: httpx.Client, listener: Listener) -> None:
    elsewhere, ask = f"{listener.url}/x", {"query": "ASK { ?s ?p ?o }"}
    for name in ("default-graph-uri", "named-graph-uri", "using-graph-uri", "base", "format"):
        client.get(url, params={**ask, name: elsewhere})
    answer = client.get(url, params={**ask, "default-graph-uri": elsewhere}, headers={"Accept": "text/csv"})
    assert "true" not in answer.text
    headers = {
        "Host": elsewhere.split("/")[2],
        "X-Forwarded-Host": elsewhere.split("/")[2],
        "Referer": elsewhere,
        "Origin": listener.url,
        "Link": f'<{elsewhere}>; rel="http://www.w3.org/ns/json-ld#context"',
        "Accept": f'application/ld+json;profile="{elsewhere}"',
    }
    for name, value in headers.items():
        client.get(url, params=ask, headers={name: value})
    client.post(url, data={"update": f"LOAD <{elsewhere}>"})
    client.post(url, data={**ask, "using-graph-uri": elsewhere})
    client.post(url, content=f"LOAD <{elsewhere}>", headers={"Content-Type": "application/sparql-update"})
    assert listener.seen == 0


@pytest.mark.parametrize(
    "path",
    ["/check", "/explain", "/search", "/ask", "/compare", "/audit", "/questions", "/data", "/id/x", "/", "/nowhere"],
)
def test_nor_does_a_page(path: str, url: str, client: httpx.Client, listener: Listener) -> None:
    elsewhere = f"{listener.url}/x"
    names = ("iri", "q", "target", "statement", "query", "s", "p", "o", "subject", "url", "partner", "graph")
    for accept in ("text/html", "application/json"):
        page = url.replace("/sparql", path)
        client.get(page, params=dict.fromkeys(names, elsewhere), headers={"Accept": accept})
    client.get(url.replace("/sparql", f"/{listener.url}/x"))
    assert listener.seen == 0


def test_nor_does_a_request_as_proxies_get_them(url: str, listener: Listener) -> None:
    host, port = url.split("/")[2].split(":")
    for method in ("GET", "CONNECT"):
        with socket.create_connection((host, int(port)), timeout=20) as line:
            line.sendall(f"{method} {listener.url}/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            assert line.recv(65536).startswith(b"HTTP/1.1 4")
    assert listener.seen == 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_is_posted_fetches_nothing(
    name: str, url: str, client: httpx.Client, listener: Listener
) -> None:
    kind, text = DOCUMENTS[name]
    answer = client.post(
        url.replace("/sparql", "/check?shapes=posted"),
        content=text.replace("URL", listener.url),
        headers={"Content-Type": kind, "Accept": "application/json"},
    )
    # The check has a limit of its own, which a busy machine may meet.
    assert answer.status_code < 500 or answer.status_code in (501, 504), answer.text
    assert listener.seen == 0


@pytest.mark.parametrize("kind", SUFFIXES)
def test_neither_do_files(kind: str, listener: Listener, tmp_path: Path) -> None:
    files = []
    for number, (its, text) in enumerate(DOCUMENTS.values()):
        if its == kind:
            file = tmp_path / f"mine-{number}.{SUFFIXES[kind]}"
            file.write_text(text.replace("URL", listener.url), encoding="utf-8")
            files.append(str(file))
    # Of those that are refused each is tried by itself: the first ends the command.
    for some in [files] if kind in ("text/turtle", "application/trig") else [[file] for file in files]:
        done = tiesgraph("check", *some, "--shapes", some[0])
        assert done.returncode in (0, 1, 2), done.stderr
        assert "Traceback" not in done.stderr
    assert listener.seen == 0


def test_nor_do_files_that_are_served(listener: Listener, tmp_path: Path, client: httpx.Client) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text(DOCUMENTS["an import"][1].replace("URL", listener.url), encoding="utf-8")
    with served("--data", mine) as (_, endpoint):
        query = f"ASK {{ ?s <http://www.w3.org/2002/07/owl#imports> <{listener.url}/other> }}"
        assert client.get(endpoint, params={"query": query}).json()["boolean"] is True
    assert listener.seen == 0


@pytest.mark.parametrize("query", [QUERIES[0], QUERIES[1], "LOAD <URL/x>"])
def test_nor_does_a_query_on_the_command_line(query: str, listener: Listener) -> None:
    done = tiesgraph("query", query.replace("URL", listener.url))
    assert (done.returncode, done.stdout) == (2, "")
    assert listener.seen == 0


def tiesgraph(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from tiesgraph.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
