"""The SPARQL 1.1 Protocol at /sparql, one rule a test, on an app over a handful of triples."""

import gc
import sys
import threading

import pyoxigraph as ox
import pytest
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_client import AppClient
from tiesgraph.store import Store
from tiesgraph.web import create_app

EX = "http://example.org/"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
SELECT = "SELECT ?s { ?s <http://example.org/p> ?o }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
ROWS_JSON = "application/sparql-results+json"


def make_store() -> Store:
    store = Store()
    for name in ("1", "2"):
        triple = ox.Triple(ox.NamedNode(f"{EX}s{name}"), ox.NamedNode(EX + "p"), ox.Literal("Käse 漢"))
        store.add([triple], graph=ox.NamedNode(f"{EX}g{name}"))
    return store


@pytest.fixture(scope="module")
def client() -> AppClient:
    return AppClient(create_app(make_store()))


def subjects(response: Response) -> list[str]:
    assert response.status_code == 200, response.text
    bindings = response.json()["results"]["bindings"]
    return sorted(row["s"]["value"].removeprefix(EX) for row in bindings)


# ---- the three ways to send a query


def test_get(client: AppClient) -> None:
    assert subjects(client.get("/sparql", params={"query": SELECT})) == ["s1", "s2"]


def test_form_post(client: AppClient) -> None:
    assert subjects(client.post("/sparql", data={"query": SELECT})) == ["s1", "s2"]


def test_direct_post(client: AppClient) -> None:
    assert subjects(client.post("/sparql", content=SELECT, headers=DIRECT)) == ["s1", "s2"]


@pytest.mark.parametrize(
    "content_type",
    ["application/sparql-query; charset=UTF-8", 'application/sparql-query;charset="utf-8"', "Application/SPARQL-Query"],
)
def test_content_types_are_compared_as_media_types(client: AppClient, content_type: str) -> None:
    assert client.post("/sparql", content=SELECT, headers={"Content-Type": content_type}).status_code == 200


def test_a_plus_in_a_url_is_a_space_and_nothing_is_decoded_twice(client: AppClient) -> None:
    response = client.get("/sparql?query=SELECT+(%22a%2Bb%20%2541%22+AS+%3Fs)+%7B%7D")
    assert subjects(response) == ["a+b %41"]


def test_text_outside_ascii_survives(client: AppClient) -> None:
    query = 'SELECT ?s { ?s ?p "Käse 漢" }'
    assert subjects(client.get("/sparql", params={"query": query})) == ["s1", "s2"]
    assert subjects(client.post("/sparql", content=query.encode(), headers=DIRECT)) == ["s1", "s2"]


def test_relative_iris_are_resolved_against_the_endpoint(client: AppClient) -> None:
    response = client.get("/sparql", params={"query": "SELECT (STR(<x>) AS ?s) {}"})
    assert subjects(response) == ["http://testserver/x"]


# ---- the dataset


def test_default_graph_uri(client: AppClient) -> None:
    params = {"query": SELECT, "default-graph-uri": EX + "g1"}
    assert subjects(client.get("/sparql", params=params)) == ["s1"]
    assert subjects(client.post("/sparql", data=params)) == ["s1"]


def test_dataset_parameters_of_a_direct_post_stand_in_the_url(client: AppClient) -> None:
    params = {"default-graph-uri": [EX + "g1", EX + "g2"]}
    assert subjects(client.post("/sparql", params=params, content=SELECT, headers=DIRECT)) == ["s1", "s2"]


def test_named_graph_uri(client: AppClient) -> None:
    params = {"query": "SELECT ?s { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": EX + "g2"}
    assert subjects(client.get("/sparql", params=params)) == ["s2"]


def test_dataset_parameters_override_from(client: AppClient) -> None:
    query = "SELECT ?s FROM <http://example.org/g1> { ?s ?p ?o }"
    assert subjects(client.get("/sparql", params={"query": query, "default-graph-uri": EX + "g2"})) == ["s2"]


def test_a_graph_that_is_not_loaded_is_empty(client: AppClient) -> None:
    assert subjects(client.get("/sparql", params={"query": SELECT, "default-graph-uri": EX + "none"})) == []


# ---- formats


@pytest.mark.parametrize(
    ("query", "accept", "wanted"),
    [
        (SELECT, ROWS_JSON, ROWS_JSON),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("ASK {}", ROWS_JSON, ROWS_JSON),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "text/turtle", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (f"DESCRIBE <{EX}s1>", "*/*", "text/turtle; charset=utf-8"),
        (SELECT, "*/*", ROWS_JSON),
    ],
)
def test_the_answer_comes_as_asked_for(client: AppClient, query: str, accept: str, wanted: str) -> None:
    response = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, wanted)
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize("name", ["format", "output"])
def test_a_format_parameter_counts_before_the_header(client: AppClient, name: str) -> None:
    header = {"Accept": ROWS_JSON}
    asked = {"query": SELECT, name: "csv"}
    for response in (
        client.get("/sparql", params=asked, headers=header),
        client.post("/sparql", data=asked, headers=header),
        client.post("/sparql", params={name: "csv"}, content=SELECT, headers={**DIRECT, **header}),
    ):
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
    described = client.get("/sparql", params={name: "xml"}, headers={"Accept": "text/turtle"})
    assert described.headers["content-type"] == "application/rdf+xml"


def test_a_format_that_does_not_fit_leaves_the_header_as_it_is(client: AppClient) -> None:
    # Some clients send the parameter whatever the query is.
    response = client.get("/sparql", params={"query": SELECT, "format": "turtle"}, headers={"Accept": "text/csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    misspelt = client.get("/sparql", params={"query": SELECT, "format": "cvs"}, headers={"Accept": "text/csv"})
    assert (misspelt.status_code, misspelt.json()["detail"]) == (400, "no format is called cvs")


def test_several_accept_headers_are_one(client: AppClient) -> None:
    headers = [("Accept", "application/x-unknown"), ("Accept", "text/csv")]
    response = client.get("/sparql", params={"query": SELECT}, headers=headers)
    assert response.headers["content-type"].startswith("text/csv")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    accept=st.text(alphabet='abcjlnoqrstux/*;,=01."\\ +-', max_size=60),
    query=st.sampled_from([SELECT, CONSTRUCT, "ASK {}", "?"]),
)
def test_no_accept_header_is_a_failure_of_ours(client: AppClient, accept: str, query: str) -> None:
    response = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert response.status_code in (200, 400, 406)


def test_a_large_answer_is_gzipped_where_asked_for(client: AppClient) -> None:
    query = "SELECT ?s { VALUES ?s { " + " ".join(map(str, range(500))) + " } }"
    plain = client.post("/sparql", data={"query": query}, headers={"Accept-Encoding": "identity"})
    packed = client.post("/sparql", data={"query": query}, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
    assert "Accept-Encoding" in packed.headers["vary"]


def test_an_answer_that_the_client_holds_is_not_sent_again(client: AppClient) -> None:
    first = client.get("/sparql", params={"query": SELECT})
    assert first.headers["cache-control"] == "public, no-cache"
    again = client.get("/sparql", params={"query": SELECT}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert client.get("/sparql", params={"query": SELECT}, headers=since).status_code == 304
    assert client.get("/sparql", params={"query": SELECT, "format": "csv"}).headers["etag"] != first.headers["etag"]


def test_an_answer_that_is_never_the_same_has_no_validators(client: AppClient) -> None:
    headers = client.get("/sparql", params={"query": "SELECT (rand() AS ?n) {}"}).headers
    assert "etag" not in headers
    assert "last-modified" not in headers


def test_an_answer_to_a_post_has_no_validators(client: AppClient) -> None:
    headers = client.post("/sparql", data={"query": SELECT}).headers
    assert "etag" not in headers
    assert "last-modified" not in headers


# ---- what is refused, and how


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"method": "GET", "params": {"query": ""}}, 400),
        ({"method": "GET", "params": {"default-graph-uri": EX}}, 400),
        ({"method": "GET", "params": {"query": "SELECT * { ?s ?p }"}}, 400),
        ({"method": "GET", "params": {"query": "SELECT * { ?s nope:x ?o }"}}, 400),
        ({"method": "GET", "params": {"query": ["ASK {}", "ASK {}"]}}, 400),
        ({"method": "GET", "params": {"query": SELECT, "default-graph-uri": "no iri"}}, 400),
        ({"method": "GET", "url": "/sparql?query=%FF"}, 400),
        ({"method": "POST", "data": {"foo": "bar"}}, 400),
        ({"method": "POST", "data": {"query": ["ASK {}", "ASK {}"]}}, 400),
        ({"method": "POST", "params": {"query": "ASK {}"}, "data": {"query": "ASK {}"}}, 400),
        ({"method": "POST", "data": {"query": "ASK {}", "update": "CLEAR ALL"}}, 400),
        ({"method": "POST", "content": b"", "headers": DIRECT}, 400),
        ({"method": "POST", "content": b"SELECT ('\xff' AS ?x) {}", "headers": DIRECT}, 400),
        ({"method": "POST", "content": b"query=\xff", "headers": FORM}, 400),
        ({"method": "POST", "content": b"ASK {}", "headers": {"Content-Type": "application/json"}}, 415),
        ({"method": "POST", "content": b"ASK {}"}, 415),
        (
            {
                "method": "POST",
                "content": b"A",
                "headers": {"Content-Type": "application/sparql-query; charset=utf-16"},
            },
            415,
        ),
        ({"method": "GET", "params": {"query": "INSERT DATA { <a:a> <a:b> 1 }"}}, 400),
        ({"method": "GET", "params": {"query": "ASK {} ; CLEAR ALL"}}, 400),
        ({"method": "GET", "params": {"update": "CLEAR ALL"}}, 403),
        ({"method": "POST", "data": {"update": "CLEAR ALL"}}, 403),
        ({"method": "POST", "content": b"CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}}, 403),
        ({"method": "GET", "params": {"query": "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}}, 501),
        ({"method": "GET", "params": {"query": "SELECT * " + "{" * 200 + "}" * 200}}, 413),
        ({"method": "POST", "content": b"ASK {} #" + b"x" * 5_000_000, "headers": DIRECT}, 413),
        ({"method": "GET", "params": {"query": SELECT}, "headers": {"Accept": "image/png"}}, 406),
        ({"method": "GET", "params": {"query": SELECT}, "headers": {"Accept": "text/turtle"}}, 406),
        ({"method": "GET", "headers": {"Accept": "text/csv"}}, 406),
        ({"method": "PUT", "content": b"ASK {}", "headers": DIRECT}, 405),
        ({"method": "DELETE", "params": {"query": "ASK {}"}}, 405),
        ({"method": "PATCH", "content": b"ASK {}", "headers": DIRECT}, 405),
        ({"method": "PROPFIND"}, 405),
        ({"method": "GET", "url": "/sparql/no/such/thing"}, 404),
    ],
    ids=str,
)
def test_a_bad_request_is_answered_with_its_status(client: AppClient, request_: dict[str, object], status: int) -> None:
    response = client.request(**{"url": "/sparql", **request_})  # type: ignore[arg-type]
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PROPFIND"])
def test_405_says_what_is_allowed(client: AppClient, method: str) -> None:
    assert client.request(method, "/sparql").headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_an_answer_bears_hints_on_its_query(client: AppClient) -> None:
    query = "PREFIX ties: <https://w3id.org/tiesgraph/ontology#> SELECT ?s { ?s ties:signd ?d FILTER(<urn:f>(?s)) }"
    response = client.get("/sparql", params={"query": query})
    assert subjects(response) == []
    assert response.headers["tiesgraph-hint"] == (
        '"no function is called <urn:f>: where it is called there is no value", '
        '"ties:signd does not occur in this graph"'
    )
    assert "tiesgraph-hint" not in client.get("/sparql", params={"query": SELECT}).headers
    query = query.replace("signd", "kä\\'se")
    hint = client.get("/sparql", params={"query": query}).headers["tiesgraph-hint"]
    assert hint.endswith('"ties:k%C3%A4\\\\\'se does not occur in this graph"')


# ---- HEAD, OPTIONS, CORS


def test_head_is_get_without_the_body(client: AppClient) -> None:
    headers = {"Accept": "text/csv", "X-Request-ID": "one"}
    get = client.get("/sparql", params={"query": SELECT}, headers=headers)
    head = client.head("/sparql", params={"query": SELECT}, headers=headers)
    assert head.content == b""
    assert head.headers == get.headers
    assert client.head("/sparql", params={"query": "nonsense"}).status_code == 400


def test_options_names_the_methods(client: AppClient) -> None:
    assert client.options("/sparql").headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_any_page_may_ask(client: AppClient) -> None:
    origin = {"Origin": "https://app.example"}
    for params in ({"query": SELECT}, {"query": "nonsense"}, {}):
        response = client.get("/sparql", params=params, headers=origin)
        assert response.headers["access-control-allow-origin"] == "*"
    preflight = client.options(
        "/sparql",
        headers={
            **origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,authorization",
        },
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, POST"
    assert "content-type" in preflight.headers["access-control-allow-headers"]


# ---- the service description, and the other paths


@pytest.mark.parametrize(
    ("accept", "rdf"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_without_a_query_the_service_describes_itself(client: AppClient, accept: str, rdf: ox.RdfFormat) -> None:
    response = client.get("/sparql", headers={"Accept": accept})
    triples = {(quad.predicate.value, str(quad.object)) for quad in ox.parse(response.content, format=rdf)}
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert (sd + "endpoint", "<http://testserver/sparql>") in triples
    assert (sd + "supportedLanguage", f"<{sd}SPARQL11Query>") in triples


def test_health(client: AppClient) -> None:
    assert client.get("/health").json()["status"] == "ok"


def test_the_front_page_is_for_people_and_for_programs(client: AppClient) -> None:
    page = client.get("/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert 'href="/ask"' in page.text
    facts = client.get("/", headers={"Accept": "application/json"}).json()
    assert facts["sparql"] == "/sparql"


def test_the_results_of_a_refused_query_are_let_go_of_where_they_were_made(client: AppClient) -> None:
    """The engine's results cannot be dropped in another thread, in which the garbage collector may run."""
    gc.disable()
    try:
        for _ in range(5):
            asked = {"query": "SELECT ?s { ?s ?p ?o }"}
            assert client.get("/sparql", params=asked, headers={"Accept": "image/png"}).status_code == 406
        lost: list[object] = []
        before, sys.unraisablehook = sys.unraisablehook, lost.append
        try:
            thread = threading.Thread(target=gc.collect)
            thread.start()
            thread.join()
        finally:
            sys.unraisablehook = before
    finally:
        gc.enable()
    assert lost == []
