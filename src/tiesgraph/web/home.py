"""The front page: what this is, what is in it, what it answers, and how to ask, fetch, cite and check."""

from __future__ import annotations

import asyncio
import json

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.media import HTML, PLAIN_JSON
from tiesgraph.names import BASE
from tiesgraph.query import Question, question
from tiesgraph.resource import Schema
from tiesgraph.web import exchange
from tiesgraph.web.answers import told
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.readable import Readable
from tiesgraph.web.rows import ask, asked
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["add_routes"]

_LINKS = {
    "sparql": "/sparql",
    "ask": "/ask",
    "questions": "/questions",
    "pictures": "/pictures",
    "health": "/health",
    "openapi": "/openapi.json",
}

_LIVE = (
    "agreements-with-the-european-states",
    "two-plus-two-meetings-by-state",
    "recommendations-in-order",
    "japan-nato-exercises",
    "divergences-over-china-and-russia",
    "stated-counts-against-lists",
)
"""The named questions that the front page answers."""

_ROWS = 5
"""How many rows of each answer it shows."""


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The front page, for readers as HTML and for programs as JSON."""
    schema = Schema(site.store)

    @app.get("/", **documented("What this is", HTML, PLAIN_JSON))
    async def home(request: Request) -> Response:
        fmt = choose(request, offered=(HTML, PLAIN_JSON))
        if fmt == PLAIN_JSON:
            facts = {"name": "tiesgraph", "version": site.edition.version, "base": BASE, **_LINKS}
            tag = site.edition.tag("home", fmt.name)
            return send(request, Reply(body=json.dumps(facts).encode(), content_type=fmt.content_type, tag=tag))
        figures = await asked(site, "figures")
        answers = await asyncio.gather(*(_answer(site, schema, name) for name in _LIVE))
        return page(
            request,
            site,
            "home.html",
            figures=figures.values(),
            answers=[answer for answer in answers if answer is not None],
            shown=_ROWS,
            here_url=exchange.url(request).rstrip("/"),
        )


async def _answer(site: Site, schema: Schema, name: str) -> tuple[Question, Readable] | None:
    """A named question with its answer."""
    found = question(name)
    if found is None:
        return None
    answer, _ = await run_in_threadpool(told, site, schema, found, await ask(site, found.sparql))
    return found, answer
