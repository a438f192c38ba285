"""`/check`: what can be asked of it, and how it answers."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from app_client import AppClient
from tiesgraph.names import BASE
from tiesgraph.store import Store
from tiesgraph.web import create_app

TURTLE = {"Content-Type": "text/turtle"}
PREFIXES = """@prefix actor: <https://w3id.org/tiesgraph/id/actor/> .
@prefix ex: <http://example.org/> .
@prefix ties: <https://w3id.org/tiesgraph/ontology#> .
"""
WRONG = PREFIXES + "ex:v a ties:Visit ;\n ties:host actor:japan , ex:nobody .\n"
SHAPE = """@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:S a sh:NodeShape ; sh:targetClass ties:Visit ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:message "p!" ] .
"""


@pytest.fixture(scope="module")
def client(toy_graph: Store) -> AppClient:
    return AppClient(create_app(toy_graph))


def post(client: AppClient, body: str, query: str = "", **headers: str) -> list[tuple[str, str]]:
    """The message and the places of each finding."""
    wanted = {**TURTLE, "Accept": "application/json", **headers}
    response = client.post(f"/check{query}", content=body.encode(), headers=wanted)
    assert response.status_code == 200, response.text
    return [(one["message"].partition(":")[0], " ".join(one["places"])) for one in response.json()]


# ---- what is checked


def test_a_document_is_checked_alone(client: AppClient) -> None:
    assert post(client, WRONG) == [
        ("An event needs its gist", "document:4"),
        ("A host is an actor", "document:5"),
        ("A host is an actor", "document:5"),
    ]


def test_or_as_an_addition_to_the_graph(client: AppClient) -> None:
    assert [place for _, place in post(client, WRONG, "?with=graph")] == ["document:4", "document:5"]


def test_or_by_its_own_shapes_too_where_that_is_asked_for(client: AppClient) -> None:
    assert ("p!", "document:4") in post(client, WRONG + SHAPE, "?shapes=posted")


def test_a_node_of_the_graph_is_judged_by_shapes_and_audit(client: AppClient) -> None:
    asked = f"/check?target={BASE}id/visit/to-london"
    response = client.post(asked, headers={"Accept": "application/json"})
    (found,) = response.json()
    assert (found["severity"], found["pages"]) == ("warning", [22, 25])


@pytest.mark.parametrize("name", [f"{BASE}id/actor/japan", "actor:japan"])
def test_a_sound_node_conforms(client: AppClient, name: str) -> None:
    response = client.post(f"/check?target={name}", headers={"Accept": "text/turtle"})
    assert "sh:conforms true" in response.text


def test_what_was_not_looked_at_is_told(client: AppClient) -> None:
    response = client.post("/check", content=WRONG.encode(), headers=TURTLE)
    assert "checked with it, they are known" in response.headers["tiesgraph-hint"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/n-triples", "<http://e/a> <http://example.org/p> <http://e/b> ."),
        ("application/n-quads", "<http://e/a> <http://example.org/p> <http://e/b> <http://e/g> ."),
        ("application/trig", "<http://e/g> { <http://e/a> <http://example.org/p> <http://e/b> }"),
        ("application/ld+json; charset=UTF-8", '{"@id": "http://e/a", "http://example.org/p": {"@id": "http://e/b"}}'),
        ("application/json", '{"@id": "http://e/a", "http://example.org/p": {"@id": "http://e/b"}}'),
        (
            "application/rdf+xml",
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
            '<r:Description r:about="http://e/a"><e:p r:resource="http://e/b"/></r:Description></r:RDF>',
        ),
    ],
)
def test_any_rdf_is_taken(client: AppClient, kind: str, body: str) -> None:
    response = client.post("/check", content=body.encode(), headers={"Content-Type": kind})
    assert response.status_code == 200
    assert "No shape is about any node here" in response.headers["tiesgraph-hint"]


# ---- how it answers


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/turtle; charset=utf-8"),
        ("", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/json", "application/json"),
        ("application/sarif+json", "application/sarif+json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
    ],
)
def test_the_report_is_negotiated_and_never_kept(client: AppClient, accept: str, kind: str) -> None:
    response = client.post("/check", content=WRONG.encode(), headers={**TURTLE, "Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, kind)
    assert response.headers["cache-control"] == "no-store"
    assert response.content


def test_every_rdf_format_says_the_same(client: AppClient) -> None:
    told = set()
    for kind in ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"):
        body = client.post("/check", content=WRONG.encode(), headers={**TURTLE, "Accept": kind}).content
        rdf = ox.RdfFormat.from_media_type(kind)
        assert rdf is not None
        dataset = ox.Dataset(ox.parse(body, format=rdf))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        told.add("\n".join(sorted(map(str, dataset))))
    assert len(told) == 1


def test_a_report_is_had_by_a_format_parameter_too(client: AppClient) -> None:
    response = client.post("/check?format=jsonld", content=WRONG.encode(), headers=TURTLE)
    assert response.headers["content-type"] == "application/ld+json"
    assert json.loads(response.text)["@graph"]


# ---- the page


def test_the_page_has_a_form_with_an_example_that_finds_what_it_says(graph: Store) -> None:
    client = AppClient(create_app(graph))
    page = client.get("/check", headers={"Accept": "text/html"})
    assert page.status_code == 200
    example = page.text.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    document = example.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"').replace("&amp;", "&")
    found = post(client, document, "?with=graph")
    assert {message for message, _ in found} >= {
        "There is no name actor",
        "There is no term ties",
        "The held date is an xsd",
    }


def test_a_form_is_answered_with_the_findings_at_their_lines(client: AppClient) -> None:
    given = urlencode({"document": WRONG, "type": "text/turtle", "with": "graph", "target": ""})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    text = client.post("/check", content=given, headers=headers).text
    assert "2 findings" in text
    assert ">line 5<" in text
    assert 'href="/shapes/EventShape-host"' in text
    assert "checked> as an addition" in text


def test_what_is_posted_stays_text(client: AppClient) -> None:
    hostile = PREFIXES + 'ex:v a ties:Visit ; ties:gist "</textarea><script>alert(1)</script>" ; ties:hots ex:x .'
    text = client.post("/check", content=hostile.encode(), headers={**TURTLE, "Accept": "text/html"}).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


# ---- what is refused


@pytest.mark.parametrize(
    ("query", "body", "status", "words"),
    [
        ("", "", 400, "nothing to check"),
        ("?target=actor:japan", "<a:a> <a:p> 1 .", 400, "never both"),
        ("?target=actor:nobody", "", 404, "nothing is known of"),
        ("?target=x", "", 404, "no IRI"),
        ("?with=context", "<a:a> <a:p> 1 .", 400, "with is graph"),
        ("?shapes=all", "<a:a> <a:p> 1 .", 400, "shapes is posted"),
        ("", PREFIXES + SHAPE, 400, "holds shapes of its own"),
        ("", "<a:a> oops", 400, "not well formed"),
        ("?format=turtel", "<a:a> <a:p> 1 .", 400, "no format is called turtel"),
    ],
)
def test_a_request_that_makes_no_sense_is_told(
    client: AppClient, query: str, body: str, status: int, words: str
) -> None:
    response = client.post(f"/check{query}", content=body.encode(), headers=TURTLE)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert words in response.json()["detail"]


def test_a_mistake_in_a_document_is_placed(client: AppClient) -> None:
    problem = client.post("/check", content=b"<a:a> <a:p> 1 .\n<a:a> oops", headers=TURTLE).json()
    assert problem["place"].startswith("document:2:")
    assert problem["mend"] == "The line reads: <a:a> oops"


def test_data_without_shapes_are_not_said_to_conform() -> None:
    response = AppClient(create_app(Store())).post("/check", content=b"<a:a> <a:p> 1 .", headers=TURTLE)
    assert response.status_code == 404
    assert "have no shapes" in response.json()["detail"]


def test_a_form_in_parts_is_not_taken(client: AppClient) -> None:
    response = client.post("/check", files={"document": b"<a:a> <a:p> 1 ."})
    assert response.status_code == 415
