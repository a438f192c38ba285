"""`/docs`: the ontology and the concept schemes, each on one page to be read from the top or found a term in.

A term's place on the page is its own name, so that `…/ontology#Visit` leads there however a reader comes by it.
"""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.errors import UnknownResource
from tiesgraph.media import GRAPH_FORMATS, HTML
from tiesgraph.names import BASE, CONCEPT, TIES
from tiesgraph.reference import schemes, vocabulary
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["add_routes"]

_NAMES = {".ttl": "Turtle", ".jsonld": "JSON-LD", ".rdf": "RDF/XML", ".nt": "N-Triples"}
"""What people call the formats."""


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The list of what there is, the ontology, and a page for each scheme."""
    # The store is not to change, so each is read once.
    terms, lists = cache(lambda: vocabulary(site.store)), cache(lambda: schemes(site.store))

    @app.get("/docs", **documented("The documentation of ontology and concept schemes", HTML, negotiated=False))
    async def listed(request: Request) -> Response:
        return page(request, site, "docs.html", schemes=await run_in_threadpool(lists))

    @app.get("/docs/ontology", **documented("The ontology on one page", HTML, problems=(404,), negotiated=False))
    async def ontology(request: Request) -> Response:
        found, values = await run_in_threadpool(terms), await run_in_threadpool(lists)
        return page(
            request,
            site,
            "docs-ontology.html",
            it=found,
            schemes=values,
            data=_data("/ontology"),
            href=_within_ontology,
        )

    @app.get(
        "/docs/concepts/{name}", **documented("A concept scheme on one page", HTML, problems=(404,), negotiated=False)
    )
    async def concepts(request: Request, name: str) -> Response:
        known = {one.header.name.local: one for one in await run_in_threadpool(lists)}
        if name not in known:
            raise UnknownResource(f"there is no concept scheme called {name}", mend="/docs lists them.")
        return page(
            request, site, "docs-scheme.html", it=known[name], data=_data(f"/concept/{quote(name)}"), href=_href
        )


def _data(path: str) -> list[tuple[str, str]]:
    """The name and the address of each format in which what stands at `path` can be had."""
    return [(_NAMES[fmt.suffix], path + fmt.suffix) for fmt in GRAPH_FORMATS if fmt.suffix in _NAMES]


def _href(iri: str) -> str | None:
    """Where a page links for `iri`: to a page of the documentation, to its own document, or out."""
    if iri.startswith(TIES):
        return "/docs/ontology#" + quote(iri.removeprefix(TIES))
    if iri.startswith(CONCEPT) and "/" not in iri.removeprefix(CONCEPT):
        return "/docs/concepts/" + quote(iri.removeprefix(CONCEPT))
    if iri.startswith(BASE):
        return "/" + quote(iri.removeprefix(BASE), safe="/:@!$&'()*+,;=~#")
    return iri if iri.startswith(("https://", "http://")) else None


def _within_ontology(iri: str) -> str | None:
    """The same on the ontology's own page, wherever that stands."""
    return "#" + quote(iri.removeprefix(TIES)) if iri.startswith(TIES) else _href(iri)
