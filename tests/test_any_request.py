"""Whatever headers a client sends to whichever route, it gets what it asked for or is told why not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_client import AppClient
from tiesgraph.media import FORMATS
from tiesgraph.query import questions
from tiesgraph.store import Store
from tiesgraph.web import create_app

NAME = min(one.name for one in questions())
DESCRIPTION: dict[str, Any] = create_app(Store()).openapi()
OPERATIONS = {path: methods["get"] for path, methods in DESCRIPTION["paths"].items() if "get" in methods}
SAMPLES = {
    "/questions/{name}": f"/questions/{NAME}",
    "/questions/{name}.rq": f"/questions/{NAME}.rq",
    "/problem/{name}": "/problem/misuse",
    "/id/{kind}/{name}": "/id/actor/japan",
    "/graph/{name}": "/graph/p001",
}
"""What stands for a path that has parts; where it is not given there is nothing, which is tried as well."""

FURTHER = ("/id/actor/japan.ttl", "/id/actor/japan.trig", "/about/id/actor/japan", "/nowhere")
QUERIES = ("", "?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%202", "?query=ASK%20%7B%7D")

TYPES = sorted({name for fmt in FORMATS for name in (fmt.media_type, *fmt.aliases)} | {"image/png", "text/html"})
RANGES = st.sampled_from([*TYPES, *TYPES, "*/*", "text/*", "application/*", "image/*"])
QUALITIES = st.sampled_from(["0", "0.1", "0.5", "0.500", "0.9", "1", None, None])
ACCEPTS = st.lists(st.tuples(RANGES, QUALITIES), max_size=5, unique_by=lambda element: element[0])
WORDS = st.sampled_from(
    ["", "json", "ttl", "csv", "turtel", "text/turtle", "application/rdf xml", "/", "html", "é", "*/*"]
)
LOOSE = st.text(alphabet='abghiprtzW*/;,=0189."\\ -', max_size=30)
CODINGS = st.sampled_from(["", "gzip", "br", "gzip;q=0, br", "identity;q=0", "*;q=0", "*", "x-gzip, identity;q=0.5"])
REFUSING = ("identity;q=0", "*;q=0")


@pytest.fixture(scope="module")
def client(toy_graph: Store) -> AppClient:
    return AppClient(create_app(toy_graph))


def wanted(content_type: str, accept: list[tuple[str, str | None]]) -> bool:
    """Whether an Accept header takes a media type, under its own name or another of its names."""
    weights = {name: float(quality or "1") for name, quality in accept}
    kind = content_type.partition(";")[0]
    names = next(((fmt.media_type, fmt.aliases) for fmt in FORMATS if fmt.media_type == kind), (kind, ()))
    for found in (
        [weights[names[0]]] if names[0] in weights else [],
        [weights[name] for name in names[1] if name in weights],
        [weights[name] for name in (f"{kind.partition('/')[0]}/*",) if name in weights],
        [weights["*/*"]] if "*/*" in weights else [],
    ):
        if found:
            return max(found) > 0
    return not accept


def url_of(path: str) -> str:
    return SAMPLES.get(path, path.translate({ord("{"): "a", ord("}"): "b"}))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([*OPERATIONS, *FURTHER]),
    query=st.sampled_from(QUERIES),
    accept=ACCEPTS,
    one_header=st.booleans(),
    encoding=CODINGS,
    match=LOOSE,
    since=LOOSE,
    head=st.booleans(),
)
def test_an_answer_is_acceptable_or_says_that_nothing_is(
    client: AppClient,
    path: str,
    query: str,
    accept: list[tuple[str, str | None]],
    one_header: bool,
    encoding: str,
    match: str,
    since: str,
    head: bool,
) -> None:
    elements = [name if quality is None else f"{name};q={quality}" for name, quality in accept]
    headers = [("Accept-Encoding", encoding), ("If-None-Match", match), ("If-Modified-Since", since)]
    headers += [("Accept", ", ".join(elements))] if one_header else [("Accept", element) for element in elements]
    response = client.request(
        "HEAD" if head else "GET", url_of(path) + (query if path == "/sparql" else ""), headers=headers
    )
    assert response.status_code < 500
    offered = OPERATIONS[path]["responses"].get("200", {}).get("content", {}) if path in OPERATIONS else {}
    if response.status_code == 200 and "406" in OPERATIONS.get(path, {}).get("responses", {}):
        assert wanted(response.headers["content-type"], accept)
    if response.status_code == 406:
        assert "Accept" in response.headers["vary"]
        # What a query gives depends on its form.
        assert path == "/sparql" or encoding in REFUSING or not any(wanted(kind, accept) for kind in offered)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([*OPERATIONS, *FURTHER]),
    accept=LOOSE,
    encoding=LOOSE,
    word=WORDS | LOOSE,
    name=st.sampled_from(["format", "output"]),
)
def test_no_header_and_no_format_is_a_failure_of_ours(
    client: AppClient, path: str, accept: str, encoding: str, word: str, name: str
) -> None:
    headers = {"Accept": accept, "Accept-Encoding": encoding}
    assert client.get(url_of(path), params={name: word}, headers=headers).status_code < 500
