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

from tiesgraph.media import FORMATS, GRAPH_FORMATS, PLAIN_JSON, PROBLEM, RESULT_FORMATS, Format
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.site import Site

__all__ = ["SPARQL_GET", "SPARQL_POST", "add_routes", "documented", "parameter"]

_STRINGS = {"type": "array", "items": {"type": "string", "format": "iri"}}
_PROBLEMS = {PROBLEM.media_type: {"schema": {"type": "object"}}}
_TOLD = {406: "No format that the client accepts", 400: "A request that makes no sense"}


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
        return {} if fmt.media_type.endswith("json") else {"type": "string"}

    return {fmt.media_type: {"schema": schema(fmt)} for fmt in formats}


def documented(
    summary: str,
    /,
    *formats: Format,
    problems: Sequence[int] = (),
    parameters: Sequence[dict[str, Any]] = (),
    negotiated: bool = True,
) -> dict[str, Any]:
    """What to give `app.get` beside the path, for a route that reads its request itself.

    Args:
        summary: one line.
        formats: what the answer can be had in.
        problems: statuses of the errors that it may end in, those of negotiation apart.
        parameters: of the query string, which the function does not declare.
        negotiated: whether Accept and `format` choose among the formats.
    """
    statuses = sorted({*problems, *((400, 406) if negotiated else ())})
    told = {code: {"description": _TOLD.get(code, HTTPStatus(code).phrase), "content": _PROBLEMS} for code in statuses}
    return {
        "summary": summary,
        "response_class": Response,
        "responses": {200: {"description": "The answer", "content": _content(formats)}, **told},
        "openapi_extra": {"parameters": [*parameters, *((_FORMAT,) if negotiated else ())]},
    }


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The description."""

    @app.get("/openapi.json", **documented("This description, as OpenAPI", PLAIN_JSON))
    async def description(request: Request) -> Response:
        fmt = choose(request, offered=(PLAIN_JSON,))
        body = json.dumps(app.openapi()).encode()
        return send(request, Reply(body=body, content_type=fmt.content_type, tag=site.edition.tag("openapi")))


_RESPONSES: dict[str, Any] = {
    "200": {"description": "The answer", "content": _content((*RESULT_FORMATS, *GRAPH_FORMATS))},
    "400": {"description": "No SPARQL query; with line and column", "content": _PROBLEMS},
    "406": {"description": "No format that the client accepts fits the answer", "content": _PROBLEMS},
    "413": {"description": "The query is too long or too deep", "content": _PROBLEMS},
    "501": {"description": "The query calls another endpoint", "content": _PROBLEMS},
}

_GRAPHS = [
    parameter("default-graph-uri", _STRINGS, "A graph of the default graph; may be repeated"),
    parameter("named-graph-uri", _STRINGS, "A named graph; may be repeated"),
    _FORMAT,
]

SPARQL_GET: dict[str, Any] = {
    "summary": "Ask a SPARQL 1.1 query; without one, the service description",
    "parameters": [parameter("query", {"type": "string"}, "SELECT, ASK, CONSTRUCT or DESCRIBE"), *_GRAPHS],
    "responses": {**_RESPONSES, "403": {"description": "An update", "content": _PROBLEMS}},
}

SPARQL_POST: dict[str, Any] = {
    "summary": "Ask a SPARQL 1.1 query that is too long for a URL",
    "parameters": _GRAPHS,
    "requestBody": {
        "required": True,
        "content": {
            "application/sparql-query": {"schema": {"type": "string"}},
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["query"],
                    "properties": {
                        "query": {"type": "string"},
                        "default-graph-uri": _STRINGS,
                        "named-graph-uri": _STRINGS,
                        "format": {"type": "string"},
                    },
                }
            },
        },
    },
    "responses": {
        **_RESPONSES,
        "403": {"description": "An update", "content": _PROBLEMS},
        "415": {"description": "A body that is neither a form nor a query", "content": _PROBLEMS},
    },
}
