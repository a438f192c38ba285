"""Every IRI of ours, dereferenced: a thing sends the client on to a document about it, in a format that it takes.

`id/actor/japan` is Japan, and no document: 303 (https://www.w3.org/TR/cooluris/). `id/actor/japan.ttl` is a
document about it, as are the other endings. `about/id/actor/japan` is the same document whatever its format.
A path counts whatever the host is, and redirects are relative, so that a server may stand anywhere.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from tiesgraph.catalog import Catalog
from tiesgraph.document import about, document, is_known, licence_of, versioned
from tiesgraph.errors import UnknownResource
from tiesgraph.media import GRAPH_FORMATS, HTML, NQUADS, TEXT, TRIG, Format
from tiesgraph.names import BASE, path_of
from tiesgraph.resource import Schema
from tiesgraph.web.envelope import ANY_PATH
from tiesgraph.web.exchange import Reply, choose, send, unchanged
from tiesgraph.web.openapi import documented
from tiesgraph.web.portraits import shown
from tiesgraph.web.reference import Documentation
from tiesgraph.web.site import Site

__all__ = ["add_routes", "documented_thing", "reference"]

FORMATS = (*GRAPH_FORMATS, TRIG, NQUADS, HTML)
# Whoever takes anything gets Turtle; browsers say that they would rather have HTML.

_FAMILIES = {
    "/id/{kind}/{name}": "A thing that the report speaks of",
    "/concept/{scheme}": "A concept scheme",
    "/concept/{scheme}/{name}": "A concept",
    "/report": "The report",
    "/report/{part}/{name}": "A chapter, section, page, footnote or citation of the report",
    "/source/{name}": "A work that the report cites",
    "/interview/{name}": "An interview or message that the report cites",
    "/graph/{name}": "A named graph",
    "/audit/{name}": "A contradiction in the report",
    "/ontology": "The ontology",
    "/ontology/{name}": "A module or the version of the ontology",
    "/shapes": "The shapes",
    "/shapes/{name}": "A shape",
}


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The resources. They come last of all routes: whatever path no other route has may be an IRI of ours."""
    catalog, schema, docs = Catalog(site.store), Schema(site.store), Documentation(site)

    async def resource(request: Request) -> Response:
        path = request.path_params.get("path") or request.scope["path"].removeprefix("/")
        if catalog.at(path) is not None:
            ways = {fmt: reference(path, path, fmt.suffix) for fmt in FORMATS}
            links = [f'<{way}>; rel="describedby"; type="{fmt.media_type}"' for fmt, way in ways.items()]
            target = ways[choose(request, offered=FORMATS)]
            body = f"See {target}\n".encode()
            headers = [("Location", target)]
            return send(
                request, Reply(body=body, content_type=TEXT.content_type, links=links, status=303, headers=headers)
            )
        for fmt in FORMATS:
            stem = path.removesuffix(fmt.suffix)
            if stem != path and (topic := catalog.at(stem)) is not None:
                return await _told(request, site, schema, docs, topic, fmt, here=path)
        raise await _missing(request, catalog, path)

    async def described(request: Request, path: str) -> Response:
        topic = catalog.at(path)
        if topic is None:
            raise await _missing(request, catalog, path)
        fmt = choose(request, offered=FORMATS)
        return await _told(request, site, schema, docs, topic, fmt, here=f"about/{path}")

    for family, summary in _FAMILIES.items():
        app.add_api_route(family, resource, methods=["GET"], **documented_thing(family, summary))
    app.add_api_route("/about/{path:path}", described, methods=["GET"], include_in_schema=False)
    app.add_api_route(ANY_PATH, resource, methods=["GET"], include_in_schema=False)


def documented_thing(template: str, summary: str, /) -> dict[str, Any]:
    """What the OpenAPI description says of a family of paths, whose parts FastAPI does not see."""
    names = re.findall(r"{(\w+)}", template)
    parts = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    told = documented(summary, problems=(301, 404), parameters=parts)
    told["responses"][303] = {"description": "The document about it in the format that fits"}
    del told["responses"][200]
    return {**told, "status_code": 303}


async def _told(
    request: Request, site: Site, schema: Schema, docs: Documentation, topic: ox.NamedNode, fmt: Format, *, here: str
) -> Response:
    """The document about `topic`, asked for at the path `here`."""
    path = path_of(topic.value)
    beside = {one: reference(here, path, one.suffix) for one in FORMATS}
    links = [f'<{way}>; rel="alternate"; type="{one.media_type}"' for one, way in beside.items() if one != fmt]
    links += [f'<{about(topic).value}>; rel="canonical"', f'<{topic.value}>; rel="describes"']
    if licence := licence_of(site.store):
        links.append(f'<{licence}>; rel="license"')
    # Under its own name it comes in the format that was asked for; a name with an ending is one format for good.
    vary = () if here == path + fmt.suffix else ("Accept",)
    if fmt == HTML:
        term = _term(request, site, topic)
        documented = await docs.of(request, term)
        response = documented or await shown(request, site, schema, term, alternates=beside)
        told = {
            "Link": ", ".join(links),
            "Content-Location": beside[fmt],
            "Vary": ", ".join((*vary, "Accept-Encoding")),
        }
        response.headers.update(told)
        return response
    tag = site.edition.tag("document", path, fmt.name)
    if same := unchanged(request, tag=tag, modified=site.edition.modified):
        return same
    reply = Reply(
        body=document(site.store, topic, outline=site.outline).serialize(fmt),
        content_type=fmt.content_type,
        tag=tag,
        modified=site.edition.modified,
        links=links,
        vary=vary,
        headers=[("Content-Location", beside[fmt])],
    )
    return send(request, reply)


def _term(request: Request, site: Site, space: ox.NamedNode) -> ox.NamedNode:
    """The term of a vocabulary that the parameter `term` names; the vocabulary where there is none.

    Raises:
        UnknownResource: the vocabulary has no such term.
    """
    name = request.query_params.get("term")
    if not name:
        # A version that is served is shown as what it is a version of.
        return versioned(site.store, space) or space
    try:
        term = ox.NamedNode(f"{space.value}#{name}")
    except ValueError as error:
        raise UnknownResource(f"{name} is no name of a term") from error
    if not is_known(site.store, term):
        raise UnknownResource(f"{space.value} has no term {name}")
    return term


async def _missing(request: Request, catalog: Catalog, path: str) -> Exception:
    """The error for a path that nothing stands at: on to the right spelling of it, or what may have been meant."""
    bare = path.rstrip("/")
    suffix = next((fmt.suffix for fmt in FORMATS if bare.endswith(fmt.suffix)), "")
    stem = bare.removesuffix(suffix)
    right = await run_in_threadpool(catalog.respelt, stem)
    if right is not None and right + suffix != path:
        query = f"?{request.url.query}" if request.url.query else ""
        return HTTPException(301, f"it is called {right}", {"Location": reference(path, right, suffix) + query})
    near = await run_in_threadpool(catalog.near, stem)
    if not near:
        # No name is like it; a route may be.
        return HTTPException(404)
    return UnknownResource(
        f"nothing is known of {BASE}{path}", candidates=near, mend=f"Did you mean /{near[0].removeprefix(BASE)}?"
    )


def _quoted(path: str) -> str:
    """A path as it stands in a URL: colons and the like are left alone (RFC 3986, section 3.3)."""
    return quote(path, safe="/:@!$&'()*+,;=~")


def reference(here: str, path: str, suffix: str, /) -> str:
    """From the path `here` to the document of `path`: relative, so that it holds behind any proxy and in any folder."""
    folder, _, name = f"/{_quoted(path)}{suffix}".rpartition("/")
    way = posixpath.relpath(folder or "/", f"/{_quoted(here)}".rpartition("/")[0] or "/")
    # A colon before any slash would make a scheme of what is before it (RFC 3986, section 4.2).
    return f"{way}/{name}" if way != "." or ":" in name else name
