"""The page about a resource, for readers: what `resource` gathers, in a template."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pyoxigraph as ox
from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.media import HTML, Format
from tiesgraph.names import BASE, path_of
from tiesgraph.resource import Schema, portrait
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["href", "shown"]


async def shown(
    request: Request, site: Site, schema: Schema, node: ox.NamedNode, /, *, alternates: dict[Format, str]
) -> Response:
    """The page about `node`.

    Args:
        request: its parameter `kind` limits what links here to one kind of things, and shows all of these.
        site: whose graph it is.
        schema: of the site's store.
        node: a resource that the store knows.
        alternates: the addresses of the same as data.
    """
    whole = request.query_params.get("kind") or None
    found = await run_in_threadpool(portrait, site.store, schema, node, outline=site.outline, whole=whole)
    explained = any(getattr(route, "path", None) == "/explain" for route in request.app.routes)

    def why(*statement: str) -> str | None:
        """Where the reasons are told for a statement, given as N-Triples has it; None where nothing explains.

        One without an object stands for all that have this subject and property.
        """
        given = {end: term for end, term in zip(_ENDS, statement, strict=True) if term}
        return f"/explain?{urlencode(given)}" if explained else None

    return page(
        request,
        site,
        "resource.html",
        it=found,
        alternates={fmt: target for fmt, target in alternates.items() if fmt != HTML},
        names=_NAMES,
        href=href,
        why=why,
    )


_ENDS = ("subject", "predicate", "object")

_NAMES = {
    ".ttl": "Turtle",
    ".jsonld": "JSON-LD",
    ".rdf": "RDF/XML",
    ".nt": "N-Triples",
    ".trig": "TriG",
    ".nq": "N-Quads",
}
"""What people call the formats."""


def href(iri: str, /) -> str | None:
    """Where a page links for `iri`: on this server where it is one of ours, nowhere where it is no address.

    A term of the ontology has no path of its own; it is shown by a parameter of the ontology's page.
    """
    if not iri.startswith(BASE):
        return iri if iri.startswith(("https://", "http://")) else None
    path, _, term = path_of(iri).partition("#")
    way = "/" + quote(path, safe="/:@!$&'()*+,;=~")
    return f"{way}.html?{urlencode({'term': term})}" if term else way
