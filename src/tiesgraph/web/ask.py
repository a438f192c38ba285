"""`/ask`: the query editor. Without scripts it is a form; with them it is Yasgui over this server's endpoint."""

from __future__ import annotations

from itertools import groupby

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.media import HTML
from tiesgraph.names import BASE, prefixes
from tiesgraph.query import Question, question, questions
from tiesgraph.web.openapi import documented, parameter
from tiesgraph.web.site import Site
from tiesgraph.web.view import STYLED, page

__all__ = ["add_routes", "by_topic"]

_FIRST = "agreements-with-the-european-states"
"""The question that an editor without a query begins with."""

_PARAMETERS = (
    parameter("query", {"type": "string"}, "The query to begin with: the permanent address of a query is this page's"),
)


def by_topic() -> list[tuple[str, list[Question]]]:
    """The named questions under their topics."""
    return [(topic, list(found)) for topic, found in groupby(questions(), key=lambda one: one.topic)]


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The editor's page."""

    @app.get("/ask", **documented("The query editor", HTML, parameters=_PARAMETERS, negotiated=False))
    async def ask(request: Request) -> Response:
        first = question(_FIRST)
        given = request.query_params.get("query") or (first.sparql if first else "SELECT * WHERE { ?s ?p ?o } LIMIT 10")
        return page(
            request,
            site,
            "ask.html",
            policy=STYLED,
            query=given,
            topics=by_topic(),
            prefixes=dict(prefixes()),
            base=BASE,
        )
