"""Dereferencing over HTTP: redirects, one document a format, headers, and what an unknown path gets."""

from __future__ import annotations

from urllib.parse import urljoin

import httpx
import pytest

from app_client import AppClient
from conftest import Snippets
from tiesgraph.media import GRAPH_FORMATS, HTML, NQUADS, TRIG, Format
from tiesgraph.names import BASE, ONTOLOGY
from tiesgraph.web import create_app

ACSA = "/id/agreement/japan-uk-acsa"
FORMATS = (*GRAPH_FORMATS, TRIG, NQUADS, HTML)


@pytest.fixture
def client(snippets: Snippets) -> AppClient:
    store = snippets(
        entities="agreement:japan-uk-acsa a ties:Agreement ; rdfs:label 'ACSA'@en . "
        "agreement:v1.ttl a ties:Agreement . "
        f"agreement:v1 a ties:Agreement . <{BASE}id/agreement/a:b> a ties:Agreement .",
        ontology=f"<{ONTOLOGY}> a owl:Ontology ; dcterms:license <https://licence.example/> ; "
        f"owl:versionIRI <{ONTOLOGY}/0.1.0> . ties:Agreement a owl:Class .",
    )
    return AppClient(create_app(store))


def location(response: httpx.Response) -> str:
    return urljoin(str(response.request.url), response.headers["location"]).removeprefix("http://testserver")


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (None, ".ttl"),
        ("*/*", ".ttl"),
        ("text/turtle", ".ttl"),
        ("application/n-triples", ".nt"),
        ("application/rdf+xml", ".rdf"),
        ("application/ld+json", ".jsonld"),
        ("application/json", ".jsonld"),
        ("application/trig", ".trig"),
        ("application/n-quads", ".nq"),
        ("application/rdf+xml;q=0.5, text/turtle;q=0.9", ".ttl"),
    ],
)
def test_a_thing_sends_on_to_the_document_that_the_client_takes(
    client: AppClient, accept: str | None, suffix: str
) -> None:
    response = client.get(ACSA, headers={"Accept": accept} if accept else {})
    assert (response.status_code, location(response)) == (303, ACSA + suffix)
    assert "Accept" in response.headers["vary"]
    assert client.get(location(response)).status_code == 200


@pytest.mark.parametrize("path", [ACSA, "/ontology", "/ontology/0.1.0", "/graph/entities", "/id/agreement/a:b"])
def test_redirects_are_relative_so_that_they_hold_behind_a_proxy(client: AppClient, path: str) -> None:
    target = client.get(path).headers["location"]
    assert urljoin(f"https://proxy.example/folder{path}", target) == f"https://proxy.example/folder{path}.ttl"


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_each_format_has_a_url_of_its_own_that_no_header_changes(client: AppClient, fmt: Format) -> None:
    response = client.get(ACSA + fmt.suffix, headers={"Accept": "text/csv"})
    assert response.status_code == 200
    assert response.headers["content-type"] == fmt.content_type
    assert response.headers["vary"] == "Accept-Encoding"
    assert b"japan-uk-acsa" in response.content


def test_links_lead_from_thing_to_documents_and_from_one_format_to_the_others(client: AppClient) -> None:
    thing = client.get(ACSA).headers["link"]
    assert thing.count('rel="describedby"') == len(FORMATS)
    links = client.get(f"{ACSA}.ttl").headers["link"]
    assert links.count('rel="alternate"') == len(FORMATS) - 1
    assert '<japan-uk-acsa.jsonld>; rel="alternate"; type="application/ld+json"' in links
    assert f'<{BASE}id/agreement/japan-uk-acsa>; rel="describes"' in links
    assert f'<{BASE}about/id/agreement/japan-uk-acsa>; rel="canonical"' in links
    assert '<https://licence.example/>; rel="license"' in links


def test_the_document_answers_to_its_own_name_in_the_format_that_fits(client: AppClient) -> None:
    response = client.get(f"/about{ACSA}", headers={"Accept": "application/ld+json"})
    assert response.status_code == 200
    assert urljoin(f"http://x.example/about{ACSA}", response.headers["content-location"]).endswith(f"e{ACSA}.jsonld")
    assert response.content == client.get(f"{ACSA}.jsonld").content
    assert "Accept," in response.headers["vary"]


def test_a_client_that_holds_the_document_is_told_so(client: AppClient) -> None:
    first = client.get(f"{ACSA}.ttl")
    for held in (first.headers["etag"], f'"other", {first.headers["etag"]}', "*"):
        again = client.get(f"{ACSA}.ttl", headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"{ACSA}.nt", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_head_is_get_without_the_body(client: AppClient) -> None:
    for path in (ACSA, f"{ACSA}.ttl", f"/about{ACSA}", "/id/agreement/none"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        # Each request has a name of its own.
        assert {**head.headers, "x-request-id": ""} == {**get.headers, "x-request-id": ""}


def test_a_name_with_a_dot_is_a_name_before_it_is_a_format(client: AppClient) -> None:
    thing = client.get("/id/agreement/v1.ttl")
    assert (thing.status_code, location(thing)) == (303, "/id/agreement/v1.ttl.ttl")
    assert client.get("/id/agreement/v1.ttl.ttl").status_code == 200
    assert client.get("/id/agreement/v1.nt").status_code == 200


@pytest.mark.parametrize(
    ("path", "right"),
    [
        (f"{ACSA}/", ACSA),
        ("/id/agreement/Japan-UK-ACSA", ACSA),
        ("/ID/agreement/japan-uk-acsa.ttl", f"{ACSA}.ttl"),
        ("/ontology/", "/ontology"),
        (f"{ACSA}/?format=ttl", f"{ACSA}?format=ttl"),
    ],
)
def test_case_and_slashes_at_the_end_are_sent_to_the_right_path(client: AppClient, path: str, right: str) -> None:
    response = client.get(path)
    assert (response.status_code, location(response)) == (301, right)


@pytest.mark.parametrize(
    "path", ["/id/agreement/japan-uk-asca", "/id/agreement/japan-uk-asca.ttl", "/id/agreement/acsa"]
)
def test_an_unknown_name_is_a_problem_with_what_may_have_been_meant(client: AppClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["candidates"] == [f"{BASE}id/agreement/japan-uk-acsa"]
    assert problem["mend"] == "Did you mean /id/agreement/japan-uk-acsa?"
    text = client.get(path, headers={"Accept": "text/plain"}).text
    assert "Did you mean /id/agreement/japan-uk-acsa?" in text


@pytest.mark.parametrize("path", ["/nothing", "/id/%22", "/id/%00", "/%F0%9F%8C%8A/%20", "/.well-known/none", "/id//x"])
def test_any_other_path_is_not_found_and_never_an_error_of_ours(client: AppClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_format_that_nobody_writes_is_not_acceptable(client: AppClient) -> None:
    response = client.get(ACSA, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "text/turtle" in response.json()["mend"]


def test_other_routes_keep_their_paths_and_methods(client: AppClient) -> None:
    assert client.get("/health").status_code == 200
    assert client.post("/health").status_code == 405
    assert client.post(ACSA).status_code == 405
