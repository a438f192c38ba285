"""`/check`: a document, or a node of the graph, held against the shapes; nothing of it is fetched or stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.errors import MisuseError
from tiesgraph.media import CSV, GRAPH_FORMATS, HTML, PLAIN_JSON, SARIF, TEXT, TURTLE, Format, media_type
from tiesgraph.posted import CEILING, READABLE, Examined, Posted, examine, too_large
from tiesgraph.web.exchange import Reply, choose, quoted, received, send, url
from tiesgraph.web.openapi import documented, parameter
from tiesgraph.web.presence import attended
from tiesgraph.web.protocol import FORM, decode_form
from tiesgraph.web.rows import local
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["add_routes"]

# Plain JSON and text before the RDF formats that go by the same names.
_FORMATS = (PLAIN_JSON, TEXT, *GRAPH_FORMATS, CSV, SARIF, HTML)
_SECONDS = 10.0
_SHOWN = 100_000  # bytes of a document that the page shows again
_OWN = "no-store"  # what somebody posts is nobody else's business, nor a cache's

_TARGET = parameter(
    "target",
    {"type": "string", "maxLength": 2_000, "examples": ["actor:japan"]},
    "A node of the graph to check instead of a document: its IRI, or its name with one of the graph's prefixes",
)
_OPTIONS = (
    _TARGET,
    parameter("with", {"type": "string", "enum": ["graph"]}, "Check the document as an addition to the graph"),
    parameter("shapes", {"type": "string", "enum": ["posted"]}, "Run the shapes in the document as well"),
)
_STRING = {"type": "string"}
_BODIES: dict[str, Any] = {
    **{fmt.media_type: {"schema": _STRING} for fmt in READABLE},
    FORM: {
        "schema": {
            "type": "object",
            "properties": dict.fromkeys(("document", "type", "target", "with", "shapes", "format"), _STRING),
        }
    },
}


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The form and the check."""

    @app.get("/check", **documented("The form for checking one's own RDF", HTML, negotiated=False))
    async def form(request: Request) -> Response:
        return page(request, site, "check.html", **_blank(), address=url(request))

    @app.post(
        "/check",
        **documented(
            "Check RDF of one's own, or a node of the graph: the validation report",
            *_FORMATS,
            problems=(404, 413, 415, 504),
            parameters=_OPTIONS,
            body=_BODIES,
        ),
    )
    async def check(request: Request) -> Response:
        body = await received(request, limit=CEILING.size, refusal=too_large)
        kind = request.headers.get("content-type", "")
        given = dict(request.query_params)
        if media_type(kind) == FORM:
            given |= dict(decode_form(body, "the form"))
            body, kind = given.get("document", "").encode(), given.get("type") or READABLE[0].media_type
        _refuse_unknown(given)
        fmt = choose(request, offered=_FORMATS, default=TURTLE)
        return await _answered(request, site, _posted(given, body, kind, fmt=fmt))


def _refuse_unknown(given: dict[str, str]) -> None:
    """Refuse an option that would have no effect.

    Raises:
        MisuseError: `with` or `shapes` has another value than its one.
    """
    for name, value in (("with", "graph"), ("shapes", "posted")):
        if given.get(name) not in (None, "", value):
            raise MisuseError(f"{name} is {value}, or is left out", mend=f"/check?{name}={value}")


def _posted(given: dict[str, str], body: bytes, kind: str, *, fmt: Format) -> Posted:
    """What a request asks to be checked.

    Raises:
        MisuseError: it brings nothing to be checked, or two things.
    """
    target = given.get("target") or None
    if target and body.strip():
        raise MisuseError("a request checks a document or a target, never both")
    if not target and not body.strip():
        raise MisuseError("there is nothing to check", mend="Send a document, or name a target=IRI.")
    return Posted(
        body=body,
        content_type=kind,
        target=target,
        with_graph=bool(given.get("with")),
        own_shapes=bool(given.get("shapes")),
        fmt=fmt,
    )


async def _answered(request: Request, site: Site, posted: Posted) -> Response:
    if posted.with_graph or posted.target:
        site.require_graph()
    examined = await attended(request.receive, site.runner.run(examine, posted, seconds=_SECONDS))
    if posted.fmt == HTML:
        response = page(request, site, "check.html", **_filled(posted, examined), address=url(request))
        response.headers["Cache-Control"] = _OWN
        return response
    headers = [("Tiesgraph-Hint", quoted(examined.hints))] if examined.hints else []
    return send(
        request,
        Reply(body=examined.body, content_type=posted.fmt.content_type, cache=_OWN, headers=headers),
    )


def _blank() -> dict[str, Any]:
    """What the page shows before anything is checked."""
    return {**_frame(), "document": _example(), "type": READABLE[0].media_type, "groups": None}


def _filled(posted: Posted, examined: Examined) -> dict[str, Any]:
    """What the page shows of a check."""
    groups: Sequence[dict[str, Any]] = json.loads(examined.body)
    text = posted.body.decode("utf-8", "replace") if len(posted.body) <= _SHOWN else ""
    return {
        **_frame(),
        "document": text,
        "type": media_type(posted.content_type) or READABLE[0].media_type,
        "target": posted.target or "",
        "with_graph": posted.with_graph,
        "own_shapes": posted.own_shapes,
        "groups": groups,
        "count": examined.findings,
        "hints": examined.hints,
    }


def _frame() -> dict[str, Any]:
    kinds = [(fmt.media_type, fmt.media_type.rpartition("/")[2]) for fmt in READABLE]
    names = {"target": "", "with_graph": False, "own_shapes": False, "count": 0, "hints": ()}
    return {"kinds": kinds, "local": local, **names}


@cache
def _example() -> str:
    return (files("tiesgraph.web") / "examples" / "check.ttl").read_text(encoding="utf-8")
