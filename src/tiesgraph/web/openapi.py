"""What the OpenAPI description says of `/sparql`, whose parameters the protocol defines and FastAPI does not read."""

from __future__ import annotations

from typing import Any

from tiesgraph.media import GRAPH_FORMATS, PROBLEM, RESULT_FORMATS

__all__ = ["SPARQL_GET", "SPARQL_POST"]

_STRINGS = {"type": "array", "items": {"type": "string", "format": "iri"}}
_ANSWER = {fmt.media_type: {"schema": {"type": "string"}} for fmt in (*RESULT_FORMATS, *GRAPH_FORMATS)}
_PROBLEMS = {PROBLEM.media_type: {"schema": {"type": "object"}}}

_RESPONSES: dict[str, Any] = {
    "200": {"description": "The answer", "content": _ANSWER},
    "400": {"description": "No SPARQL query; with line and column", "content": _PROBLEMS},
    "406": {"description": "No format that the client accepts fits the answer", "content": _PROBLEMS},
    "413": {"description": "The query is too long or too deep", "content": _PROBLEMS},
    "501": {"description": "The query calls another endpoint", "content": _PROBLEMS},
}


def _parameter(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


_GRAPHS = [
    _parameter("default-graph-uri", _STRINGS, "A graph of the default graph; may be repeated"),
    _parameter("named-graph-uri", _STRINGS, "A named graph; may be repeated"),
]

SPARQL_GET: dict[str, Any] = {
    "summary": "Ask a SPARQL 1.1 query; without one, the service description",
    "parameters": [_parameter("query", {"type": "string"}, "SELECT, ASK, CONSTRUCT or DESCRIBE"), *_GRAPHS],
    "responses": _RESPONSES,
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
