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
from tiesgraph.document import document
from tiesgraph.errors import UnknownResource
from tiesgraph.media import GRAPH_FORMATS, NQUADS, TEXT, TRIG, Format
from tiesgraph.names import BASE
from tiesgraph.web.envelope import ANY_PATH
from tiesgraph.web.exchange import Reply, choose, send, unchanged
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site

__all__ = ["add_routes"]

FORMATS = (*GRAPH_FORMATS, TRIG, NQUADS)

_FAMILIES = {
    "/id/{kind}/{name}": "A thing that the report speaks of",
    "/concept/{scheme}": "A concept scheme",
    "/concept/{scheme}/{name}": "A concept",
    "/report": "The report",
    "/report/{part}/{name}": "A chapter, section, page, footnote or citation of the report",
    "/source/{name}": "A work that the report cites",
    "/interview/{name}": "An interview or message that the report cites",
    "/graph/{name}": "A named graph",
    "/ontology": "The ontology",
    "/ontology/{name}": "A module or the version of the ontology",
    "/shapes": "The shapes",
}


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The resources. They come last of all routes: whatever path no other route has may be an IRI of ours."""
    catalog = Catalog(site.store)

    async def resource(request: Request) -> Response:
        path = request.path_params.get("path") or request.scope["path"].removeprefix("/")
        if catalog.at(path) is not None:
            links = [_link(path, path, fmt, "describedby") for fmt in FORMATS]
            target = _reference(path, path, choose(request, offered=FORMATS).suffix)
            body = f"See {target}\n".encode()
            headers = [("Location", target)]
            return send(
                request, Reply(body=body, content_type=TEXT.content_type, links=links, status=303, headers=headers)
            )
        for fmt in FORMATS:
            stem = path.removesuffix(fmt.suffix)
            if stem != path and (topic := catalog.at(stem)) is not None:
                return _told(request, site, topic, fmt, here=path)
        raise await _missing(request, catalog, path)

    async def described(request: Request, path: str) -> Response:
        topic = catalog.at(path)
        if topic is None:
            raise await _missing(request, catalog, path)
        fmt = choose(request, offered=FORMATS)
        return _told(request, site, topic, fmt, here=f"about/{path}")

    for family, summary in _FAMILIES.items():
        app.add_api_route(family, resource, methods=["GET"], **_documented(family, summary))
    app.add_api_route("/about/{path:path}", described, methods=["GET"], include_in_schema=False)
    app.add_api_route(ANY_PATH, resource, methods=["GET"], include_in_schema=False)


def _documented(template: str, summary: str) -> dict[str, Any]:
    """What the OpenAPI description says of a family of paths, whose parts FastAPI does not see."""
    names = re.findall(r"{(\w+)}", template)
    parts = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    told = documented(summary, problems=(301, 404), parameters=parts)
    told["responses"][303] = {"description": "The document about it in the format that fits"}
    del told["responses"][200]
    return {**told, "status_code": 303}


def _told(request: Request, site: Site, topic: ox.NamedNode, fmt: Format, *, here: str) -> Response:
    """The document about `topic`, asked for at the path `here`."""
    path = topic.value.removeprefix(BASE)
    tag = site.edition.tag("document", path, fmt.name)
    if same := unchanged(request, tag=tag, modified=site.edition.modified):
        return same
    found = document(site.store, topic)
    links = [_link(here, path, one, "alternate") for one in FORMATS if one != fmt]
    links += [f'<{found.iri.value}>; rel="canonical"', f'<{topic.value}>; rel="describes"']
    if found.licence:
        links.append(f'<{found.licence}>; rel="license"')
    reply = Reply(
        body=found.serialize(fmt),
        content_type=fmt.content_type,
        tag=tag,
        modified=site.edition.modified,
        links=links,
        # Under its own name it comes in the format that was asked for; a name with an ending is one format for good.
        vary=() if here == path + fmt.suffix else ("Accept",),
        headers=[("Content-Location", _reference(here, path, fmt.suffix))],
    )
    return send(request, reply)


async def _missing(request: Request, catalog: Catalog, path: str) -> Exception:
    """The error for a path that nothing stands at: on to the right spelling of it, or what may have been meant."""
    bare = path.rstrip("/")
    suffix = next((fmt.suffix for fmt in FORMATS if bare.endswith(fmt.suffix)), "")
    stem = bare.removesuffix(suffix)
    right = await run_in_threadpool(catalog.respelt, stem)
    if right is not None and right + suffix != path:
        query = f"?{request.url.query}" if request.url.query else ""
        return HTTPException(301, f"it is called {right}", {"Location": _reference(path, right, suffix) + query})
    near = await run_in_threadpool(catalog.near, stem)
    if not near:
        # No name is like it; a route may be.
        return HTTPException(404)
    return UnknownResource(
        f"nothing is known of {BASE}{path}", candidates=near, mend=f"Did you mean /{near[0].removeprefix(BASE)}?"
    )


def _link(here: str, path: str, fmt: Format, relation: str) -> str:
    return f'<{_reference(here, path, fmt.suffix)}>; rel="{relation}"; type="{fmt.media_type}"'


def _quoted(path: str) -> str:
    """A path as it stands in a URL: colons and the like are left alone (RFC 3986, section 3.3)."""
    return quote(path, safe="/:@!$&'()*+,;=~")


def _reference(here: str, path: str, suffix: str) -> str:
    """From the path `here` to the document of `path`: relative, so that it holds behind any proxy and in any folder."""
    folder, _, name = f"/{_quoted(path)}{suffix}".rpartition("/")
    way = posixpath.relpath(folder or "/", f"/{_quoted(here)}".rpartition("/")[0] or "/")
    # A colon before any slash would make a scheme of what is before it (RFC 3986, section 4.2).
    return f"{way}/{name}" if way != "." or ":" in name else name
