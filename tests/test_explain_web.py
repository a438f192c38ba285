"""`/explain`: negotiated, cacheable, and clear about what it cannot explain."""

import pytest

from app_client import AppClient
from conftest import Snippets
from tiesgraph.rules import close
from tiesgraph.web import create_app

INVOLVES = {"subject": "exercise:x", "predicate": "ties:involves", "object": "actor:msdf"}


@pytest.fixture
def client(snippets: Snippets) -> AppClient:
    store = snippets(
        ontology="ties:participant rdfs:subPropertyOf ties:involves .",
        p027='exercise:x ties:participant actor:msdf , actor:asdf ; rdfs:label "X"@en .',
    )
    close(store)
    return AppClient(create_app(store))


def test_an_inferred_statement_is_explained_in_json(client: AppClient) -> None:
    response = client.get("/explain", params=INVOLVES)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    (told,) = response.json()
    assert (told["kind"], told["rule"]["names"]) == ("inferred", ["prp-spo1"])
    assert [place["page"] for place in told["premises"][0]["places"]] == [27]


def test_it_can_be_had_as_text(client: AppClient) -> None:
    response = client.get("/explain", params=INVOLVES, headers={"Accept": "text/plain"})
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines()[0] == "exercise:x ties:involves actor:msdf"
    assert "stated on page 27" in response.text
    assert client.get("/explain", params={**INVOLVES, "format": "text"}).text == response.text


@pytest.mark.parametrize(
    "parameters",
    [
        {"subject": "exercise:x", "predicate": "ties:involves"},
        {"subject": "https://w3id.org/tiesgraph/id/exercise/x", "predicate": "ties:involves", "object": "?"},
        {"subject": "<https://w3id.org/tiesgraph/id/exercise/x>", "predicate": "ties:involves", "object": ""},
    ],
)
def test_a_value_that_is_left_open_stands_for_all(client: AppClient, parameters: dict[str, str]) -> None:
    told = client.get("/explain", params=parameters).json()
    assert [one["statement"] for one in told] == [
        "exercise:x ties:involves actor:asdf",
        "exercise:x ties:involves actor:msdf",
    ]


def test_an_explanation_is_not_sent_twice(client: AppClient) -> None:
    tag = client.get("/explain", params=INVOLVES).headers["etag"]
    assert client.get("/explain", params=INVOLVES, headers={"If-None-Match": tag}).status_code == 304
    other = client.get("/explain", params={**INVOLVES, "object": "actor:asdf"})
    assert other.headers["etag"] != tag


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("", 400, "there is no subject"),
        ("subject=nonsense", 400, "no RDF term"),
        ("subject=%22x%22", 400, "something with a name"),
        ("subject=actor:msdf&predicate=%22x%22", 400, "no property"),
        ("subject=nowhere:x", 400, "no RDF term"),
        ("subject=actor:msdf&subject=actor:asdf", 400, "a statement has one"),
        (f"subject={'x' * 2_001}", 400, "more than 2000 characters"),
        ("subject=exercise:x&predicate=ties:involves&object=actor:gsdf", 404, "does not hold"),
        ("subject=exercise:y", 404, "nothing is stated of exercise:y"),
    ],
)
def test_what_cannot_be_explained_is_a_problem(client: AppClient, query: str, status: int, detail: str) -> None:
    response = client.get(f"/explain?{query}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert detail in response.json()["detail"]


def test_what_does_not_hold_comes_with_what_does(client: AppClient) -> None:
    told = client.get("/explain", params={**INVOLVES, "object": "actor:mdsf"}).json()
    assert told["type"].endswith("/problem/not-stated")
    assert told["nearest"][0] == "exercise:x ties:involves actor:msdf"
    assert client.get("/problem/not-stated").status_code == 200


def test_it_is_in_the_description(client: AppClient) -> None:
    described = client.get("/openapi.json").json()["paths"]["/explain"]["get"]
    names = {one["name"]: one["required"] for one in described["parameters"]}
    assert names == {"subject": True, "predicate": False, "object": False, "format": False}
    assert set(described["responses"]["200"]["content"]) == {"application/json", "text/plain", "text/html"}


def test_readers_get_a_page_with_the_reasons_under_what_they_are_reasons_for(client: AppClient) -> None:
    page = client.get("/explain", params=INVOLVES, headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.index("subproperty") < page.text.index('"because"')
    assert 'href="/report/page/27"' in page.text


def test_readers_who_ask_of_nothing_get_the_form(client: AppClient) -> None:
    page = client.get("/explain", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert 'name="subject"' in page.text
