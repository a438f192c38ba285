"""`/questions`: the named questions that come with the graph."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tiesgraph.query import question, questions
from tiesgraph.web.exchange import Reply, send
from tiesgraph.web.protocol import QUERY
from tiesgraph.web.site import Site

__all__ = ["add_routes"]


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The list of questions, and each one's SPARQL."""

    @app.get("/questions", summary="The named questions, in English")
    async def listed() -> list[dict[str, object]]:
        return [
            {"name": one.name, "question": one.text, "topic": one.topic, "keywords": list(one.keywords)}
            for one in questions()
        ]

    @app.get("/questions/{name}.rq", summary="A named question, in SPARQL", response_class=Response)
    async def asked(request: Request, name: str) -> Response:
        found = question(name)
        if found is None:
            raise HTTPException(404, f"no question is called {name}")
        tag = site.edition.tag("question", name)
        return send(request, Reply(body=found.sparql.encode(), content_type=QUERY, tag=tag))
