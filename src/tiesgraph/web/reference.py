"""`/docs`: the ontology and the concept schemes, each on one page to be read from the top or found a term in; and a
page for each shape.

A term's place on the page is its own name, so that `…/ontology#Visit` leads there however a reader comes by it.
"""

from __future__ import annotations

from functools import cached_property
from urllib.parse import quote

import pyoxigraph as ox
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.errors import UnknownResource
from tiesgraph.media import GRAPH_FORMATS, HTML
from tiesgraph.names import BASE, CONCEPT, ONTOLOGY, SHAPES, TIES, path_of
from tiesgraph.reference import Scheme, ShapeReference, Vocabulary, has_terms, schemes, vocabulary
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["Documentation", "add_routes"]

_NAMES = {".ttl": "Turtle", ".jsonld": "JSON-LD", ".rdf": "RDF/XML", ".nt": "N-Triples"}
"""What people call the formats."""


class Documentation:
    """The pages about one graph's vocabulary. The graph is not to change, so each part of it is read once."""

    def __init__(self, site: Site, /) -> None:
        self._site = site

    @cached_property
    def _terms(self) -> Vocabulary:
        return vocabulary(self._site.store)

    @cached_property
    def _schemes(self) -> dict[str, Scheme]:
        return {one.header.name.local: one for one in schemes(self._site.store)}

    @cached_property
    def _shapes(self) -> ShapeReference:
        return ShapeReference(self._site.store)

    async def of(self, request: Request, node: ox.NamedNode, /) -> Response | None:
        """The page that documents `node`, or None where none does.

        A browser that was sent here from ontology#Visit looks for that place on the page.
        """
        if request.query_params.get("kind"):
            return None
        if node.value == ONTOLOGY and has_terms(self._site.store):
            return await self.ontology(request)
        if not node.value.startswith(SHAPES):
            return None
        shapes = await run_in_threadpool(lambda: frozenset(self._shapes.nodes))
        if node.value == SHAPES and shapes:
            return await self.shapes(request)
        return await self.shape(request, node) if node in shapes else None

    async def contents(self, request: Request, /) -> Response:
        """The list of what is documented."""
        found = await run_in_threadpool(lambda: self._schemes)
        return page(request, self._site, "docs.html", schemes=list(found.values()))

    async def ontology(self, request: Request, /) -> Response:
        """The ontology on one page.

        Raises:
            UnknownResource: the graph has none of ours.
        """
        terms, lists = await run_in_threadpool(lambda: (self._terms, self._schemes))
        return page(
            request,
            self._site,
            "docs-ontology.html",
            it=terms,
            schemes=list(lists.values()),
            data=_data("/ontology"),
            href=_within_ontology,
            checked=self._shapes.about,
        )

    async def shapes(self, request: Request, /) -> Response:
        """The list of the shapes, by the files in which they are kept."""
        pages = await run_in_threadpool(lambda: {node.value: self._shapes.page(node) for node in self._shapes.nodes})
        groups = {name: [pages[iri] for iri in of if iri in pages] for name, of in self._site.outline.shapes.items()}
        listed = {iri for of in self._site.outline.shapes.values() for iri in of}
        groups["other"] = [one for iri, one in pages.items() if iri not in listed]
        return page(
            request,
            self._site,
            "docs-shapes.html",
            it=self._shapes.header,
            groups={name: of for name, of in groups.items() if of},
            data=_data("/shapes"),
            href=_href,
        )

    async def shape(self, request: Request, node: ox.NamedNode, /) -> Response:
        """The shape `node` on a page.

        Raises:
            UnknownResource: there is none.
        """
        found = await run_in_threadpool(self._shapes.page, node)
        data = _data("/" + quote(path_of(node.value)))
        return page(request, self._site, "docs-shape.html", it=found, data=data, href=_href)

    async def scheme(self, request: Request, name: str, /) -> Response:
        """The concept scheme called `name` on one page.

        Raises:
            UnknownResource: there is none.
        """
        known = await run_in_threadpool(lambda: self._schemes)
        if name not in known:
            raise UnknownResource(f"there is no concept scheme called {name}", mend="/docs lists them.")
        data = _data(f"/concept/{quote(name)}")
        return page(request, self._site, "docs-scheme.html", it=known[name], data=data, href=_href)


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The list of what there is, the ontology, and a page for each scheme."""
    docs = Documentation(site)

    @app.get("/docs", **documented("The documentation of ontology and concept schemes", HTML, negotiated=False))
    async def listed(request: Request) -> Response:
        return await docs.contents(request)

    @app.get("/docs/ontology", **documented("The ontology on one page", HTML, problems=(404,), negotiated=False))
    async def ontology(request: Request) -> Response:
        return await docs.ontology(request)

    @app.get(
        "/docs/concepts/{name}", **documented("A concept scheme on one page", HTML, problems=(404,), negotiated=False)
    )
    async def concepts(request: Request, name: str) -> Response:
        return await docs.scheme(request, name)


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
        return "/" + quote(path_of(iri), safe="/:@!$&'()*+,;=~#")
    return iri if iri.startswith(("https://", "http://")) else None


def _within_ontology(iri: str) -> str | None:
    """The same on the ontology's own page, wherever that stands."""
    return "#" + quote(iri.removeprefix(TIES)) if iri.startswith(TIES) else _href(iri)
