"""What a client reads when something is wrong: one shape for all errors (RFC 9457), or text."""

from typing import NoReturn

import pytest

from app_client import AppClient
from tiesgraph import errors
from tiesgraph.errors import QuerySyntaxError, TiesgraphError
from tiesgraph.guard import LIMITS
from tiesgraph.store import Store
from tiesgraph.web import create_app
from tiesgraph.web.problem import details, problem
from tiesgraph.workers import Inline


@pytest.fixture
def client() -> AppClient:
    return AppClient(create_app(Store()))


def test_a_malformed_query_is_placed(client: AppClient) -> None:
    response = client.get("/sparql", params={"query": "SELECT ?x\nWHERE {\n  ?x tis:date ?d }"})
    assert response.status_code == 400
    assert response.json() == {
        "type": "https://w3id.org/tiesgraph/problem/query-syntax",
        "title": "Query syntax",
        "status": 400,
        "detail": "the prefix tis: is not declared",
        "place": "line 3, column 6",
        "mend": response.json()["mend"],
        "line": 3,
        "column": 6,
        "token": "tis:date",
    }
    assert "ties:" in response.json()["mend"]


def test_errors_come_as_text_where_text_is_asked_for(client: AppClient) -> None:
    response = client.get("/sparql", params={"query": "SELECT * {"}, headers={"Accept": "text/plain"})
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text == "400 Query syntax\nline 1, column 10: { is not closed\n"


def test_errors_come_as_a_page_where_a_browser_asks(client: AppClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    response = client.get("/sparql", params={"query": "SELECT <b> {"}, headers=browser)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>400 Query syntax</h1>" in response.text
    assert "<b>" not in response.text
    assert 'href="/problem/query-syntax"' in response.text


@pytest.mark.parametrize("accept", ["*/*", "application/sparql-results+json", "text/csv;q=0.1", ""])
def test_errors_are_problem_documents_otherwise(client: AppClient, accept: str) -> None:
    response = client.get("/sparql", params={"query": "?"}, headers={"Accept": accept})
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/nowhere", "/questions/none-such.rq"])
def test_plain_http_errors_have_the_same_shape(client: AppClient, path: str) -> None:
    body = client.get(path).json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body == problem(404, body["detail"], mend=body.get("mend"))


def test_the_type_of_a_problem_is_a_page_that_explains_it(client: AppClient) -> None:
    kind = client.get("/sparql", params={"query": "SELECT * {"}).json()["type"]
    path = kind.removeprefix("https://w3id.org/tiesgraph")
    told = client.get(path, headers={"Accept": "application/json"}).json()
    assert told == {
        "type": kind,
        "title": "Query syntax",
        "description": "A text that is no SPARQL query.",
        "status": 400,
        "exit_code": 2,
        "broader": "https://w3id.org/tiesgraph/problem/query",
    }
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "A text that is no SPARQL query." in page.text
    assert "HTTP status 400" in client.get(path, headers={"Accept": "text/plain"}).text


def test_every_kind_of_problem_is_listed_and_explained(client: AppClient) -> None:
    listed = client.get("/problem").json()
    assert len(listed) == len(errors.__all__)
    for one in listed:
        path = one["type"].removeprefix("https://w3id.org/tiesgraph")
        assert client.get(path, headers={"Accept": "application/json"}).json() == one
        assert one["description"]
    assert client.get("/problem/none-such").status_code == 404


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_has_a_status_an_exit_code_and_a_problem_document(name: str) -> None:
    kind = getattr(errors, name)
    error = kind("what", mend="how") if kind is QuerySyntaxError else kind("what", place="where", mend="how")
    assert isinstance(error, TiesgraphError)
    assert error.exit_code in (1, 2)
    assert 400 <= error.http_status < 600
    members = details(error)
    assert members["detail"] == "what"
    assert members["mend"] == "how"
    assert members["status"] == error.http_status
    assert str(members["type"]).rpartition("/")[2]


class Broken(Inline):
    """A runner that fails in a way nobody foresaw."""

    async def run(self, *_what: object, **_how: object) -> NoReturn:
        raise ZeroDivisionError("a secret of ours")


def test_a_failure_of_ours_tells_no_secrets() -> None:
    store = Store()
    client = AppClient(create_app(store, runner=Broken(store)), raise_errors=False)
    response = client.get("/sparql", params={"query": "ASK {}"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_a_query_at_the_limits_does_not_crash_the_engine(client: AppClient) -> None:
    depth, chain = LIMITS.depth - 2, LIMITS.clauses - 10
    for query in (
        "SELECT * " + "{" * depth + "}" * depth,
        "SELECT * { FILTER(" + "STR(" * depth + "1" + ")" * depth + ") }",
        "SELECT * { FILTER(" + "(" * depth + "1" + ")" * depth + ") }",
        "SELECT * { FILTER(" + "!" * chain + "1) }",
        "SELECT * { FILTER(" + "1||" * chain + "1) }",
        "SELECT * { FILTER(" + "1+" * chain + "1) }",
        "SELECT * { " + "FILTER(1) " * chain + "}",
        "SELECT * { " + "{} UNION " * (chain // 2) + "{} }",
        "SELECT * { " + "OPTIONAL {} " * (chain // 2) + "}",
        "SELECT * { " + "MINUS {} " * (chain // 2) + "}",
        "SELECT * { " + "FILTER EXISTS {} " * (chain // 3) + "}",
    ):
        assert client.post("/sparql", data={"query": query}).status_code == 200
