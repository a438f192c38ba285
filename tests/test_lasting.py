"""What a graph that does not change is worth to a client of `/sparql`: validators, 304 without work, and cuts."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from httpx import Response

from app_client import AppClient
from test_protocol import EX, SELECT, make_store
from tiesgraph.cut import Cap
from tiesgraph.store import Store
from tiesgraph.web import Settings, create_app
from tiesgraph.workers import Inline

ORDERED = SELECT + " ORDER BY ?s"


class Counting(Inline):
    """Counts how often it is asked."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.asked = 0

    async def run(self, *what: object, **how: object) -> object:  # type: ignore[override]
        """What the task returns."""
        self.asked += 1
        return await super().run(*what, **how)  # type: ignore[arg-type]


@pytest.fixture
def runner() -> Counting:
    return Counting(make_store())


@pytest.fixture
def client(runner: Counting) -> AppClient:
    return AppClient(create_app(make_store(), runner=runner))  # type: ignore[arg-type] # of any task it makes one


def asked(client: AppClient, query: str, **headers: str) -> Response:
    return client.get("/sparql", params={"query": query}, headers=headers)


def test_an_answer_is_worked_out_once_and_a_client_that_has_it_gets_a_304(client: AppClient, runner: Counting) -> None:
    first, second = asked(client, ORDERED), asked(client, ORDERED)
    assert (first.status_code, first.content) == (200, second.content)
    tag = first.headers["etag"]
    assert tag == second.headers["etag"]
    assert tag.startswith('"')
    again = asked(client, ORDERED, **{"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert runner.asked == 1


def test_a_304_needs_no_work_at_all(runner: Counting) -> None:
    edition = create_app(make_store()).state.site.edition
    makes = [AppClient(create_app(make_store(), runner=runner, edition=edition)) for _ in range(2)]  # type: ignore[arg-type]
    tag = asked(makes[0], ORDERED).headers["etag"]
    assert asked(makes[1], ORDERED, **{"If-None-Match": f'"other", W/{tag}'}).status_code == 304
    assert runner.asked == 1


def test_a_tag_tells_apart_what_is_asked_for(client: AppClient) -> None:
    answers = [
        asked(client, ORDERED),
        asked(client, ORDERED + " DESC(?o)"),
        asked(client, ORDERED, Accept="text/csv"),
        client.get("/sparql", params={"query": ORDERED, "format": "csv"}),
        client.get("/sparql", params={"query": ORDERED, "default-graph-uri": EX + "g1"}),
    ]
    assert len({answer.headers["etag"] for answer in answers}) == len(answers)


def test_an_invalid_query_is_never_unchanged(client: AppClient) -> None:
    for condition in ({"If-None-Match": "*"}, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}):
        assert asked(client, "nonsense", **condition).status_code == 400


def test_what_differs_each_time_is_not_kept_by_anybody(client: AppClient, runner: Counting) -> None:
    for _ in range(2):
        response = asked(client, "SELECT (STRUUID() AS ?id) {}")
        assert "etag" not in response.headers
        assert response.headers["cache-control"] == "no-store"
    assert runner.asked == 2


def test_the_tag_of_an_answer_with_blank_nodes_is_weak(client: AppClient) -> None:
    response = asked(client, "CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }")
    assert response.headers["etag"].startswith('W/"')


def test_a_post_is_kept_but_has_no_validator(client: AppClient, runner: Counting) -> None:
    for _ in range(2):
        response = client.post("/sparql", data={"query": ORDERED})
        assert response.status_code == 200
        assert "etag" not in response.headers
    assert runner.asked == 1


@pytest.fixture
def short() -> AppClient:
    store = Store()
    triples = [ox.Triple(ox.NamedNode(EX + "s"), ox.NamedNode(EX + "p"), ox.Literal(n)) for n in range(50)]
    store.add(triples, graph=ox.NamedNode(EX + "g"))
    return AppClient(create_app(store, settings=Settings(cap=Cap(rows=10))))


@pytest.mark.parametrize(
    ("query", "accept", "noted"),
    [
        ("SELECT ?o { ?s ?p ?o }", "application/sparql-results+json", True),
        ("SELECT ?o { ?s ?p ?o }", "application/sparql-results+xml", True),
        ("SELECT ?o { ?s ?p ?o }", "text/csv", False),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle", True),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/ld+json", False),
    ],
)
def test_an_answer_that_is_cut_says_so_and_is_not_kept(short: AppClient, query: str, accept: str, noted: bool) -> None:
    response = asked(short, query, Accept=accept, **{"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    assert "cut after 10" in response.headers["tiesgraph-cut"]
    assert response.headers["link"] == '<https://w3id.org/tiesgraph/problem/answer-cut>; rel="help"'
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    assert ("answer-cut" in response.text or "not the whole answer" in response.text) == noted
    assert short.get("/problem/answer-cut").status_code == 200
    whole = asked(short, query + " LIMIT 10", Accept=accept)
    assert "tiesgraph-cut" not in whole.headers


@pytest.mark.parametrize(
    ("value", "status"), [("5", 200), ("0.5", 200), ("500ms", 200), (" 2 s ", 200), ("0", 200), ("30000", 200)]
)
def test_a_time_is_given_in_seconds(client: AppClient, value: str, status: int) -> None:
    assert client.get("/sparql", params={"query": ORDERED, "timeout": value}).status_code == status
    assert client.post("/sparql", data={"query": ORDERED, "timeout": value}).status_code == status


@pytest.mark.parametrize("value", ["", "soon", "-1", "1e3", "5m", "٣"])
def test_what_is_no_time_is_refused(client: AppClient, value: str) -> None:
    response = client.get("/sparql", params={"query": ORDERED, "timeout": value})
    assert (response.status_code, response.json()["detail"]) == (400, f"no time: timeout={value}")


def test_json_is_still_json_however_it_is_asked_for(client: AppClient) -> None:
    assert json.loads(asked(client, ORDERED).content)["head"] == {"vars": ["s"]}
