"""`/sparql`: the SPARQL 1.1 Protocol over HTTP, with the service description where no query is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tiesgraph.errors import NotAcceptable, QueryTooLarge
from tiesgraph.media import GRAPH_FORMATS, accepts_gzip, negotiate
from tiesgraph.web.description import serialize, service_description
from tiesgraph.web.exchange import Reply, accept, send, url
from tiesgraph.web.openapi import SPARQL_GET, SPARQL_POST
from tiesgraph.web.protocol import METHODS, QUERY, read
from tiesgraph.web.runner import Job
from tiesgraph.web.site import Site

__all__ = ["add_routes"]

_VARY = "Accept, Accept-Encoding"
_BODY_LIMIT = 4 * 1024 * 1024
_ALLOW = ", ".join(METHODS)


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The endpoint: documented for GET and POST; HEAD, OPTIONS and the methods it refuses come by one more route."""

    async def sparql(request: Request) -> Response:
        body = await _body(request) if request.method == "POST" else b""
        operation = read(
            method=request.method,
            query_string=request.scope["query_string"],
            content_type=request.headers.get("content-type", ""),
            body=body,
        )
        if operation is None:
            return _described(request, site)
        job = Job(
            text=operation.text,
            dataset=operation.dataset,
            base=url(request),
            accept=tuple(accept(request)),
            gzip=accepts_gzip(request.headers.getlist("accept-encoding")),
        )
        written = await site.runner.run(job)
        headers = {"Content-Type": written.content_type, "Vary": _VARY}
        if written.gzip:
            headers["Content-Encoding"] = "gzip"
        if request.method == "HEAD":
            # The headers speak of the body that a GET would get (RFC 9110, section 9.3.2).
            return Response(b"", headers={**headers, "Content-Length": str(len(written.body))})
        return Response(written.body, headers=headers)

    async def other(request: Request) -> Response:
        if request.method == "HEAD":
            return await sparql(request)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _ALLOW, "Accept-Post": QUERY})
        raise HTTPException(405, f"{request.method} is not for a query endpoint", {"Allow": _ALLOW})

    app.add_api_route("/sparql", sparql, methods=["GET"], operation_id="query", openapi_extra=SPARQL_GET)
    app.add_api_route("/sparql", sparql, methods=["POST"], operation_id="post_query", openapi_extra=SPARQL_POST)
    # Without a list of methods the route takes whatever the two above did not.
    app.router.routes.append(Route("/sparql", _Any(other), include_in_schema=False))


async def _body(request: Request) -> bytes:
    """The body of a request, refused as soon as it grows too large."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _BODY_LIMIT:
            raise QueryTooLarge(f"the request has more than {_BODY_LIMIT:,} bytes")
        parts.append(part)
    return b"".join(parts)


def _described(request: Request, site: Site) -> Response:
    """The service description, in the RDF format that the client prefers."""
    fmt = negotiate(accept(request), offered=GRAPH_FORMATS)
    if fmt is None:
        raise NotAcceptable("the service description is RDF", mend="Give a query to get rows, or accept text/turtle.")
    here = url(request)
    body = serialize(service_description(here), fmt)
    tag = site.edition.tag("description", here, fmt.name)
    return send(request, Reply(body=body, content_type=fmt.content_type, tag=tag, modified=site.edition.modified))


class _Any:
    """A handler as an ASGI application, to which Starlette gives every method there is."""

    def __init__(self, handler: Callable[[Request], Awaitable[Response]]) -> None:
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._handler(Request(scope, receive))
        await response(scope, receive, send)
