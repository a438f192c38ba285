"""`/questions`: the named questions that come with the graph."""

from __future__ import annotations

import json

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tiesgraph.media import PLAIN_JSON, SPARQL
from tiesgraph.query import question, questions
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site

__all__ = ["add_routes"]


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The list of questions, and each one's SPARQL."""

    @app.get("/questions", **documented("The named questions, in English", PLAIN_JSON))
    async def listed(request: Request) -> Response:
        fmt = choose(request, offered=(PLAIN_JSON,))
        told = [
            {"name": one.name, "question": one.text, "topic": one.topic, "keywords": list(one.keywords)}
            for one in questions()
        ]
        tag = site.edition.tag("questions")
        return send(request, Reply(body=json.dumps(told).encode(), content_type=fmt.content_type, tag=tag))

    @app.get(
        "/questions/{name}.rq",
        **documented("A named question, in SPARQL", SPARQL, problems=(404,), negotiated=False),
    )
    async def asked(request: Request, name: str) -> Response:
        found = question(name)
        if found is None:
            raise HTTPException(404, f"no question is called {name}")
        tag = site.edition.tag("question", name)
        return send(request, Reply(body=found.sparql.encode(), content_type=SPARQL.content_type, tag=tag))
