"""A short way to the routes that are asked most: past what FastAPI does for models and parameters.

FastAPI's routing and its handling of dependencies take longer than a small query does. A route whose function
takes nothing but the request needs neither, so it is called straight away; it stays a route like any other,
in the description too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from tiesgraph.errors import TiesgraphError

__all__ = ["Shortcut"]

Handler = Callable[[Request], Awaitable[Response]]


class Shortcut:
    """The ASGI application around FastAPI's routing; `scope["app"]` is the application that has the routes."""

    def __init__(
        self, app: ASGIApp, *, paths: Collection[str], trouble: Callable[[Request, Exception], Response]
    ) -> None:
        """Go straight to the routes at `paths`; `trouble` answers for errors that clients may see."""
        self._app = app
        self._paths = frozenset(paths)
        self._trouble = trouble
        self._handlers: dict[tuple[str, str], Handler] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = self._handler(scope) if scope["type"] == "http" and scope["path"] in self._paths else None
        if handler is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await handler(request)
        except (TiesgraphError, HTTPException, ClientDisconnect) as error:
            response = self._trouble(request, error)
        await response(scope, receive, send)

    def _handler(self, scope: Scope) -> Handler | None:
        if not self._handlers:
            routes = (route for route in scope["app"].routes if isinstance(route, APIRoute))
            self._handlers = {
                (method, route.path): route.endpoint
                for route in routes
                if route.path in self._paths
                for method in route.methods or ()
            }
        return self._handlers.get((scope["method"], scope["path"]))
