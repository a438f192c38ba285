"""The OpenAPI description: how a route tells what it takes and gives, and the description itself.

FastAPI derives what it can from the functions. What it cannot see, because negotiation and the SPARQL
Protocol decide it, the routes say here: `documented` for any route, `SPARQL_GET` and `SPARQL_POST` for the
endpoint, whose parameters the protocol reads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.media import (
    FORMATS,
    GRAPH_FORMATS,
    HTML,
    NQUADS,
    PLAIN_JSON,
    PROBLEM,
    RESULT_FORMATS,
    TEXT,
    TRIG,
    Format,
)
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.site import Site

__all__ = ["SPARQL_GET", "SPARQL_POST", "add_routes", "documented", "parameter"]

_STRINGS = {"type": "array", "items": {"type": "string", "format": "iri"}}
_PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457)",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "place": {"type": "string", "description": "Where it is wrong"},
        "mend": {"type": "string", "description": "What to do about it"},
        "line": {"type": "integer", "description": "Of the query, counted from 1"},
        "column": {"type": "integer", "description": "Counted from 1"},
        "token": {"type": "string", "description": "What stands there"},
    },
}
_PROBLEMS = {
    PROBLEM.media_type: {"schema": _PROBLEM},
    HTML.media_type: {"schema": {"type": "string"}},
    TEXT.media_type: {"schema": {"type": "string"}},
}
_ANY = {"description": "Any other problem", "content": _PROBLEMS}
_TOLD = {
    400: "A request that makes no sense, or no SPARQL: with line and column",
    403: "An update: nothing is written here",
    408: "The request came too slowly",
    406: "No format that the client accepts",
    413: "The request is too long or too deep",
    415: "A body of a kind that nobody reads here",
    500: "A failure of the server's, or a query that crashed its worker",
    501: "The query calls another endpoint, or a page is asked for that a store elsewhere has nothing for",
    502: "A store elsewhere, where one is asked, refuses, fails or cannot be reached",
    503: "Too much is asked at once; Retry-After says when to ask again",
    504: "It took longer than it may",
    507: "It took more memory than it may",
}


def parameter(name: str, schema: dict[str, Any], text: str, /) -> dict[str, Any]:
    """An optional parameter of the query string."""
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


_FORMAT = parameter(
    "format",
    {"type": "string", "examples": list(dict.fromkeys(fmt.name for fmt in FORMATS))},
    "The format by name or media type; where it fits it counts before Accept",
)


def _content(formats: Sequence[Format]) -> dict[str, Any]:
    def schema(fmt: Format) -> dict[str, Any]:
        return {} if fmt.media_type.endswith(("json", "yaml")) else {"type": "string"}

    return {fmt.media_type: {"schema": schema(fmt)} for fmt in formats} or {"*/*": {"schema": {}}}


def documented(
    summary: str,
    /,
    *formats: Format,
    problems: Sequence[int] = (),
    parameters: Sequence[dict[str, Any]] = (),
    negotiated: bool = True,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What to give `app.get` beside the path, for a route that reads its request itself.

    Args:
        summary: one line.
        formats: what the answer can be had in; none stands for whatever it is.
        problems: statuses of the errors that it may end in, those of negotiation apart.
        parameters: of the query string, which the function does not declare.
        negotiated: whether Accept and `format` choose among the formats.
        body: what a POST may carry: media type → schema.
    """
    extra: dict[str, Any] = {"parameters": [*parameters, *((_FORMAT,) if negotiated else ())]}
    if body:
        extra["requestBody"] = {"required": True, "content": body}
    statuses = sorted({*problems, *((400, 406) if negotiated else ())})
    told = {code: {"description": _TOLD.get(code, HTTPStatus(code).phrase), "content": _PROBLEMS} for code in statuses}
    return {
        "summary": summary,
        "response_class": Response,
        "responses": {200: {"description": "The answer", "content": _content(formats)}, **told, "default": _ANY},
        "openapi_extra": extra,
    }


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The description."""

    @app.get("/openapi.json", **documented("This description, as OpenAPI", PLAIN_JSON))
    async def description(request: Request) -> Response:
        fmt = choose(request, offered=(PLAIN_JSON,))
        body = json.dumps(app.openapi()).encode()
        return send(request, Reply(body=body, content_type=fmt.content_type, tag=site.edition.tag("openapi")))


_GRAPHS = [
    parameter("default-graph-uri", _STRINGS, "A graph of the default graph; may be repeated"),
    parameter("named-graph-uri", _STRINGS, "A named graph; may be repeated"),
]

_TIMEOUT = parameter(
    "timeout",
    {"type": "string", "examples": ["5", "500ms"]},
    "Seconds that the query may take, or with ms milliseconds, where that is less than what the server allows",
)

_QUERY = {"type": "string", "examples": ["SELECT * WHERE { ?s ?p ?o } LIMIT 10"]}

_POSTED: dict[str, Any] = {
    "application/sparql-query": {"schema": _QUERY},
    "application/x-www-form-urlencoded": {
        "schema": {
            "type": "object",
            "required": ["query"],
            "properties": {
                "query": _QUERY,
                "default-graph-uri": _STRINGS,
                "named-graph-uri": _STRINGS,
                "format": {"type": "string"},
                "timeout": {"type": "string"},
            },
        }
    },
}

_LIMITS = (500, 501, 502, 503, 504, 507)

SPARQL_GET: dict[str, Any] = documented(
    "Ask a SPARQL 1.1 query; without one, the service description",
    *RESULT_FORMATS,
    *GRAPH_FORMATS,
    TRIG,
    NQUADS,
    problems=(403, 413, *_LIMITS),
    parameters=[parameter("query", _QUERY, "SELECT, ASK, CONSTRUCT or DESCRIBE"), *_GRAPHS, _TIMEOUT],
)

SPARQL_POST: dict[str, Any] = documented(
    "Ask a SPARQL 1.1 query that is too long for a URL",
    *RESULT_FORMATS,
    *GRAPH_FORMATS,
    problems=(403, 408, 413, 415, *_LIMITS),
    parameters=[*_GRAPHS, _TIMEOUT],
    body=_POSTED,
)
