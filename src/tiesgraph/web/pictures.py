"""`/pictures`: each with its caption, its query and its numbers; the drawing itself is the browser's work."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tiesgraph.media import HTML, PLAIN_JSON, SPARQL, Format
from tiesgraph.picture import Picture, pictures
from tiesgraph.resource import Schema
from tiesgraph.web.exchange import Reply, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.readable import readable
from tiesgraph.web.rows import ask
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["add_routes"]


def _told(summary: str, fmt: Format) -> dict[str, Any]:
    return documented(summary, fmt, problems=(404,), negotiated=False)


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The gallery; and of each picture the page, the rows, the specification and the query."""
    schema = Schema(site.store)
    known = {picture.name: picture for picture in pictures()}

    def named(name: str) -> Picture:
        if name not in known:
            raise HTTPException(404, f"no picture is called {name}; there are {', '.join(known)}")
        return known[name]

    @app.get("/pictures", **documented("Pictures of the graph", HTML, negotiated=False))
    async def gallery(request: Request) -> Response:
        return page(request, site, "pictures.html", pictures=list(known.values()))

    @app.get(
        "/pictures/{name}.vl.json",
        **_told("A picture's Vega-Lite specification", PLAIN_JSON),
    )
    async def specification(request: Request, name: str) -> Response:
        body = json.dumps(named(name).specification, ensure_ascii=False).encode()
        return send(request, Reply(body=body, content_type=PLAIN_JSON.content_type, vary=()))

    @app.get(
        "/pictures/{name}.json",
        **_told("The rows that a picture draws", PLAIN_JSON),
    )
    async def rows(request: Request, name: str) -> Response:
        table = await ask(site, named(name).question.sparql)
        body = json.dumps(table.values(), ensure_ascii=False).encode()
        tag = site.edition.tag("picture", name)
        return send(request, Reply(body=body, content_type=PLAIN_JSON.content_type, tag=tag, vary=()))

    @app.get("/pictures/{name}.rq", **_told("A picture's query", SPARQL))
    async def query(request: Request, name: str) -> Response:
        body = named(name).question.sparql.encode()
        return send(request, Reply(body=body, content_type=SPARQL.content_type, vary=()))

    @app.get(
        "/pictures/{name}",
        **_told("A picture, with its numbers and its query", HTML),
    )
    async def drawn(request: Request, name: str) -> Response:
        picture = named(name)
        table = await ask(site, picture.question.sparql)
        shown = readable(table, name=lambda iri: schema.label(ox.NamedNode(iri)))
        return page(request, site, "picture.html", picture=picture, columns=shown.columns, rows=shown.rows)
