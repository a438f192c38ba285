"""`/data`: what can be fetched, under which licence, and how to cite it."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.media import HTML
from tiesgraph.web import exchange
from tiesgraph.web.exchange import Reply, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site
from tiesgraph.web.view import page, render

__all__ = ["add_routes"]

_CFF = "application/yaml; charset=utf-8"
_BIB = "application/x-bibtex; charset=utf-8"


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The page, and the citation as the programs of researchers read it."""

    @app.get("/data", **documented("What can be fetched, and how to cite it", HTML, negotiated=False))
    async def data(request: Request) -> Response:
        here = exchange.url(request).removesuffix("/data")
        bibtex = render(site, "citation.bib", here="/data").decode()
        return page(request, site, "data.html", bibtex=bibtex, here_url=here)

    @app.get("/citation.bib", **documented("How to cite the graph and the report, as BibTeX", negotiated=False))
    async def bib(request: Request) -> Response:
        body = render(site, "citation.bib", here="/citation.bib")
        return send(request, Reply(body=body, content_type=_BIB, tag=site.edition.tag("bib"), vary=()))

    @app.get("/citation.cff", **documented("How to cite the graph, as CFF", negotiated=False))
    async def cff(request: Request) -> Response:
        body = (files("tiesgraph.web") / "static" / "CITATION.cff").read_bytes()
        return send(request, Reply(body=body, content_type=_CFF, tag=site.edition.tag("cff"), vary=()))
