"""What HTTP lets a client ask of any resource (RFC 9110), one rule a test, on routes that do nothing else."""

import gzip
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from app_client import AppClient
from tiesgraph.media import CSV, JSON, TURTLE
from tiesgraph.store import Store
from tiesgraph.web import create_app, problems
from tiesgraph.web.envelope import ANY_PATH, Envelope
from tiesgraph.web.exchange import Reply, choose, send, unchanged
from tiesgraph.web.openapi import documented

BODY = b"Every statement knows the page that makes it.\n" * 100
MODIFIED = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINK = '<https://w3id.org/tiesgraph/>; rel="about"'


def make_app() -> FastAPI:
    """An application around routes that do nothing but exchange."""
    app = FastAPI(middleware=[Middleware(Envelope)], openapi_url=None)
    problems.add_handlers(app)

    @app.get("/thing", **documented("A thing", CSV, JSON))
    async def thing(request: Request) -> Response:
        fmt = choose(request, offered=(CSV, JSON))
        reply = Reply(body=BODY, content_type=fmt.content_type, tag="v1", modified=MODIFIED, links=[LINK])
        return send(request, reply)

    @app.get("/costly", **documented("A thing that is asked for its tag first", TURTLE))
    async def costly(request: Request) -> Response:
        return unchanged(request, tag="v1", modified=MODIFIED) or Response(b"worked out", status_code=200)

    @app.get("/packed", **documented("A thing that lies there compressed", TURTLE))
    async def packed(request: Request) -> Response:
        body = gzip.compress(BODY, mtime=0)
        return send(request, Reply(body=body, content_type="text/turtle", tag="v1", coding="gzip"))

    @app.get("/number/{number}", **documented("A number", CSV))
    async def number(number: int) -> Response:
        return Response(str(number))

    @app.get("/broken", **documented("A failure", CSV))
    async def broken() -> Response:
        raise ZeroDivisionError("a secret of ours")

    @app.post("/thing", openapi_extra={"requestBody": {"content": {"text/csv": {}}}})
    async def put(request: Request) -> Response:
        return send(request, Reply(body=b"taken", content_type="text/plain", tag="v1"))

    @app.post("/parcel")
    async def parcel() -> Response:
        return Response(b"taken")

    @app.get(ANY_PATH)
    async def anything(path: str) -> Response:
        raise HTTPException(404, f"nothing at {path}")

    return app


@pytest.fixture(scope="module")
def client() -> AppClient:
    return AppClient(make_app(), raise_errors=False)


@pytest.fixture(scope="module")
def site() -> AppClient:
    """The whole server."""
    return AppClient(create_app(Store()), raise_errors=False)


# ---- methods


@pytest.mark.parametrize("path", ["/", "/sparql", "/questions", "/health", "/openapi.json", "/problem", "/nowhere"])
def test_head_is_get_without_the_body_everywhere(site: AppClient, path: str) -> None:
    plain = {"Accept-Encoding": "identity", "X-Request-ID": "one"}
    get, head = site.get(path, headers=plain), site.head(path, headers=plain)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers == get.headers
    assert int(head.headers["content-length"]) == len(get.content)


def test_head_tells_the_length_of_what_a_get_would_send_compressed(client: AppClient) -> None:
    headers = {"Accept-Encoding": "br"}
    with_body = client.get("/thing", headers=headers)
    assert client.head("/thing", headers=headers).headers == with_body.headers
    assert int(with_body.headers["content-length"]) < len(BODY)


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/thing", "GET, HEAD, OPTIONS, POST"), ("/number/7", "GET, HEAD, OPTIONS"), ("/parcel", "OPTIONS, POST")],
)
def test_options_and_405_name_the_methods_of_a_path(client: AppClient, path: str, methods: str) -> None:
    options = client.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, methods)
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", *(["GET"] if "GET" not in methods else [])):
        refused = client.request(method, path)
        assert (refused.status_code, refused.headers["allow"]) == (405, methods)
        assert refused.headers["content-type"] == "application/problem+json"


def test_options_tells_what_can_be_posted(client: AppClient, site: AppClient) -> None:
    assert client.options("/thing").headers["accept-post"] == "text/csv"
    assert "application/sparql-query" in site.options("/sparql").headers["accept-post"]
    assert "accept-post" not in client.options("/costly").headers


def test_nothing_but_reading_is_for_a_path_that_nothing_has(client: AppClient, site: AppClient) -> None:
    for one in (client, site):
        assert one.get("/nowhere").status_code == 404
        assert one.options("/nowhere").headers["allow"] == "GET, HEAD, OPTIONS"
        assert one.request("PUT", "/nowhere").status_code == 405


# ---- pages of other hosts


@pytest.mark.parametrize("path", ["/thing", "/nowhere", "/broken", "/number/x"])
def test_any_page_may_read_any_answer_and_its_headers(client: AppClient, path: str) -> None:
    headers = client.get(path, headers={"Origin": "https://app.example"}).headers
    assert headers["access-control-allow-origin"] == "*"
    exposed = {name.strip() for name in headers["access-control-expose-headers"].split(",")}
    assert {"ETag", "Link", "Last-Modified", "Location", "Tiesgraph-Hint"} <= exposed


def test_a_cache_may_hand_an_answer_on_to_another_page(client: AppClient) -> None:
    assert client.get("/thing").headers["access-control-allow-origin"] == "*"


def test_a_preflight_is_answered_with_what_is_there(client: AppClient) -> None:
    asked = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match,x-own",
    }
    answer = client.options("/thing", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, POST"
    assert answer.headers["access-control-allow-headers"] == "if-none-match,x-own"


# ---- formats


def test_a_format_is_chosen_by_header_or_by_parameter(client: AppClient) -> None:
    types = {
        "": "text/csv; charset=utf-8",
        "?format=json": "application/sparql-results+json",
        "?output=json": "application/sparql-results+json",
        "?format=": "text/csv; charset=utf-8",
        "?format=turtle": "text/csv; charset=utf-8",
    }
    assert {query: client.get(f"/thing{query}").headers["content-type"] for query in types} == types


@pytest.mark.parametrize(
    ("path", "accept", "status", "mend"),
    [
        ("/thing", "image/png", 406, "It can be had as text/csv, application/sparql-results+json."),
        ("/thing?format=jsn", "*/*", 400, "Known: "),
    ],
)
def test_what_cannot_be_had_is_said_with_what_can(
    client: AppClient, path: str, accept: str, status: int, mend: str
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == status
    assert response.json()["mend"].startswith(mend)


# ---- conditional requests


GZIP = {"Accept-Encoding": "gzip"}
LATER, EARLIER = "Sun, 01 Mar 2026 12:00:00 GMT", "Sun, 01 Mar 2026 11:59:59 GMT"

CONDITIONS: dict[str, tuple[dict[str, str], int]] = {
    "none": ({}, 200),
    "the same tag": ({"If-None-Match": '"v1"'}, 304),
    "another tag": ({"If-None-Match": '"v2"'}, 200),
    "a list of tags": ({"If-None-Match": '"v2", "v1"'}, 304),
    "a tag with a comma in it": ({"If-None-Match": '"v,1", "v1"'}, 304),
    "a weak tag": ({"If-None-Match": 'W/"v1"'}, 304),
    "any tag": ({"If-None-Match": "*"}, 304),
    "a tag without quotes is none": ({"If-None-Match": "v1"}, 200),
    "an empty list": ({"If-None-Match": ""}, 200),
    "the tag of the plain form, and gzip asked for": ({"If-None-Match": '"v1"', **GZIP}, 200),
    "the tag of the gzipped form, and gzip asked for": ({"If-None-Match": '"v1-gzip"', **GZIP}, 304),
    "the tag of the gzipped form, and no gzip asked for": ({"If-None-Match": '"v1-gzip"'}, 200),
    "its date": ({"If-Modified-Since": LATER}, 304),
    "a later date": ({"If-Modified-Since": "Mon, 02 Mar 2026 00:00:00 GMT"}, 304),
    "an earlier date": ({"If-Modified-Since": EARLIER}, 200),
    "a date in the form of RFC 850": ({"If-Modified-Since": "Sunday, 01-Mar-26 12:00:00 GMT"}, 304),
    "a date in the form of asctime": ({"If-Modified-Since": "Sun Mar  1 12:00:00 2026"}, 304),
    "what is no date": ({"If-Modified-Since": "yesterday"}, 200),
    "a date beyond all zones": ({"If-Modified-Since": "Sun, 01 Mar 2026 12:00:00 +99999999999999"}, 200),
    "a tag goes before a date": ({"If-None-Match": '"v2"', "If-Modified-Since": LATER}, 200),
    "a tag goes before an earlier date": ({"If-None-Match": '"v1"', "If-Modified-Since": EARLIER}, 304),
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("headers", "status"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_client_that_holds_it_is_told_so(
    client: AppClient, headers: dict[str, str], status: int, method: str
) -> None:
    response = client.request(method, "/thing", headers={"Accept-Encoding": "", **headers})
    assert response.status_code == status
    if status == 304:
        assert response.content == b""
        full = client.get("/thing", headers={"Accept-Encoding": headers.get("Accept-Encoding", "")})
        for name in ("etag", "last-modified", "cache-control", "vary", "link"):
            assert response.headers[name] == full.headers[name]


@pytest.mark.parametrize("tag", ['"v1"', '"v1-br"', '"v1-gzip"', "*"])
def test_a_route_that_works_for_its_body_can_ask_first(client: AppClient, tag: str) -> None:
    held = client.get("/costly", headers={"If-None-Match": tag})
    assert (held.status_code, held.headers["vary"]) == (304, "Accept, Accept-Encoding")
    assert client.get("/costly", headers={"If-None-Match": '"v2"'}).status_code == 200


def test_a_post_is_never_answered_with_304(client: AppClient) -> None:
    assert client.post("/thing", headers={"If-None-Match": '"v1"'}).status_code == 200


# ---- compression


@pytest.mark.parametrize(
    ("wanted", "coding"),
    [("", None), ("gzip", "gzip"), ("br", "br"), ("gzip, br", "br"), ("br;q=0.1, gzip", "gzip"), ("zstd", None)],
)
def test_a_large_body_is_compressed_as_the_client_likes(client: AppClient, wanted: str, coding: str | None) -> None:
    response = client.get("/thing", headers={"Accept-Encoding": wanted})
    assert response.headers.get("content-encoding") == coding
    assert response.content == BODY
    assert response.headers["etag"] == (f'"v1-{coding}"' if coding else '"v1"')
    assert "Accept-Encoding" in response.headers["vary"]


def test_a_small_body_is_left_alone(site: AppClient) -> None:
    assert "content-encoding" not in site.get("/health", headers={"Accept-Encoding": "gzip, br"}).headers


def test_a_client_that_takes_no_coding_is_refused(client: AppClient) -> None:
    assert client.get("/thing", headers={"Accept-Encoding": "identity;q=0"}).status_code == 406
    assert client.get("/thing", headers={"Accept-Encoding": "identity;q=0, gzip"}).status_code == 200


def test_a_body_that_lies_there_compressed_is_sent_as_it_is(client: AppClient) -> None:
    response = client.get("/packed", headers={"Accept-Encoding": "gzip"})
    assert (response.headers["content-encoding"], response.headers["etag"]) == ("gzip", '"v1-gzip"')
    assert response.content == BODY


# ---- what stays out


def test_ranges_are_not_offered(client: AppClient) -> None:
    response = client.get("/thing", headers={"Range": "bytes=0-9"})
    assert (response.status_code, response.headers["accept-ranges"]) == (200, "none")


def test_a_parameter_of_the_wrong_type_is_a_problem_document(client: AppClient) -> None:
    response = client.get("/number/seven")
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")
    assert "number" in response.json()["detail"]


def test_a_failure_of_ours_tells_no_secrets(client: AppClient) -> None:
    response = client.get("/broken")
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in response.text
