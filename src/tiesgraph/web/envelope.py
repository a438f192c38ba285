"""What holds for every path of the server, whatever answers there: HEAD, OPTIONS, and pages of other hosts.

One piece of ASGI around the application, so that a route is written for GET or POST alone:
HEAD is GET without the body (RFC 9110, section 9.3.2), OPTIONS names the methods of a path, and the
headers of the Fetch standard's CORS protocol let any page read any answer. Nothing here is secret and
nothing is written, so there is no reason to ask a page where it comes from.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["ANY_PATH", "CORS", "Envelope", "allowed"]

EXPOSED = (
    "Accept-Post",
    "Allow",
    "Content-Encoding",
    "Content-Location",
    "ETag",
    "Last-Modified",
    "Link",
    "Location",
    "Retry-After",
    "Tiesgraph-Cut",
    "Tiesgraph-Hint",
    "Vary",
    "X-Request-ID",
)
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": ", ".join(EXPOSED)}
"""On every response, asked for by a page or not: a cache may hand it to one that is."""

ANY_PATH = "/{path:path}"
"""The path of the route that is asked when no other has the path."""

_ROUTED = ("DELETE", "GET", "PATCH", "POST", "PUT")
_DAY = "86400"


def allowed(routes: Sequence[BaseRoute], scope: Scope, /) -> list[str]:
    """The methods that the path of `scope` has, sorted, with HEAD and OPTIONS; none where there is no such path.

    The route that takes any path there is counts only for a path that no other has.
    """
    own = [route for route in routes if getattr(route, "path", None) != ANY_PATH]
    for among in (own, routes):
        found = {method for method in _ROUTED if _route(among, scope, method)}
        if found:
            return sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set()))
    return []


def _route(routes: Sequence[BaseRoute], scope: Scope, method: str) -> BaseRoute | None:
    """The route that takes the path of `scope` by `method`, or None."""
    asked = {**scope, "method": method}
    return next((route for route in routes if route.matches(asked)[0] is Match.FULL), None)


def _taken(route: BaseRoute | None) -> str:
    """The media types that the body of a POST may have, as the route is documented."""
    extra = getattr(route, "openapi_extra", None) or {}
    return ", ".join(extra.get("requestBody", {}).get("content", {}))


class Envelope:
    """The ASGI application around the routes; `scope["app"]` is the FastAPI application that has them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def enveloped(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(CORS)
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if scope["method"] == "OPTIONS":
            response = _options(scope)
            if response is not None:
                await response(scope, receive, enveloped)
                return
        # A copy: the server still has to know that it answers HEAD.
        await self._app({**scope, "method": "GET"} if head else scope, receive, enveloped)


def _options(scope: Scope) -> Response | None:
    """The answer to OPTIONS, a browser's preflight included, or None where there is no such path."""
    routes = scope["app"].router.routes
    methods = ["GET", "HEAD", "OPTIONS", "POST"] if scope["path"] == "*" else allowed(routes, scope)
    if not methods:
        return None
    headers = {"Allow": ", ".join(methods)}
    if taken := _taken(_route(routes, scope, "POST")):
        headers["Accept-Post"] = taken
    asked = Headers(scope=scope)
    if "access-control-request-method" in asked:
        headers |= {
            "Access-Control-Allow-Methods": ", ".join(methods),
            "Access-Control-Allow-Headers": asked.get("access-control-request-headers", "*"),
            "Access-Control-Max-Age": _DAY,
            "Vary": "Access-Control-Request-Headers",
        }
    return Response(status_code=204, headers=headers)
