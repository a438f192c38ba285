"""The application while it opens: queries are answered at once, and all else when the rest has been imported.

FastAPI and what the pages need take longer to import than the graph takes to load. The endpoint needs neither.
So a server answers queries first, makes the whole application meanwhile, and then leaves everything to that.
"""

from __future__ import annotations

import asyncio
import gc

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tiesgraph.errors import TiesgraphError
from tiesgraph.web.endpoint import asked
from tiesgraph.web.envelope import Envelope
from tiesgraph.web.exchange import accept
from tiesgraph.web.exchange import asked as formats_asked
from tiesgraph.web.journal import Journal
from tiesgraph.web.problem import details, extra_headers, problem, respond
from tiesgraph.web.site import Site

__all__ = ["Opening"]

_PAUSE = 0.2
"""Seconds that the first queries get for themselves, before the rest is imported beside them."""


class Opening:
    """The ASGI application that becomes `build_app(site)`, whose lifespan it lives."""

    def __init__(self, site: Site, /) -> None:
        self._site = site
        front = Journal(Envelope(self._endpoint), tally=site.tally, log_queries=site.settings.log_queries)
        self._front: ASGIApp = front
        self._whole: ASGIApp | None = None
        self._building: asyncio.Future[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._whole is not None:
            await self._whole(scope, receive, send)
        elif _is_query(scope):
            await self._front(scope, receive, send)
        else:
            whole = await asyncio.shield(self._begin())
            await whole(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """From the first message of the server to its last."""
        await receive()
        await self._site.runner.open()
        asyncio.get_running_loop().call_later(_PAUSE, self._begin)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._site.runner.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _begin(self) -> asyncio.Future[ASGIApp]:
        """The whole application, which is being made from now on."""
        if self._building is None:
            # The pages need the named graphs, too. What cannot be read is told where it is looked for.
            asyncio.get_running_loop().run_in_executor(None, self._site.store.complete)
            self._building = asyncio.get_running_loop().run_in_executor(None, self._build)
        return self._building

    def _build(self) -> ASGIApp:
        from tiesgraph.web.app import build_app

        self._whole = build_app(self._site)
        # What is here now stays, and looking through it for garbage would hold up everybody each time.
        gc.freeze()
        return self._whole

    async def _endpoint(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await asked(request, self._site)
        except (TiesgraphError, HTTPException, ClientDisconnect) as error:
            response = _trouble(request, error)
        if response is None:
            whole = await asyncio.shield(self._begin())
            await whole(scope, receive, send)
        else:
            await response(scope, receive, send)


def _is_query(scope: Scope) -> bool:
    """Whether a request asks a query, as far as can be seen from outside."""
    if scope["path"] != "/sparql":
        return False
    return scope["method"] == "POST" or (scope["method"] in ("GET", "HEAD") and b"query=" in scope["query_string"])


def _trouble(request: Request, error: Exception) -> Response:
    match error:
        case TiesgraphError():
            members, headers = details(error), extra_headers(error)
        case HTTPException():
            members, headers = problem(error.status_code, error.detail), None
        case _:
            # Nobody reads this.
            members, headers = problem(400, "the client went away"), None
    return respond(members, accept=accept(request), asked=formats_asked(request), headers=headers)
