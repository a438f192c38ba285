"""The application: what all routes share, and which route modules there are.

Nothing here keeps state: the store and the runner come in with `create_app`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect

from tiesgraph import __version__
from tiesgraph.errors import TiesgraphError
from tiesgraph.store import Store
from tiesgraph.web import health, home, questions, sparql
from tiesgraph.web.exchange import accept
from tiesgraph.web.problem import details, problem, respond
from tiesgraph.web.protocol import METHODS
from tiesgraph.web.runner import QueryRunner, ThreadRunner
from tiesgraph.web.site import Edition, Site

__all__ = ["create_app"]

_EXPOSED = ("Allow", "Content-Encoding", "ETag", "Last-Modified", "Link", "Location", "Vary")
_ROUTES = (sparql, questions, health, home)


def create_app(store: Store, /, *, runner: QueryRunner | None = None, edition: Edition | None = None) -> FastAPI:
    """The whole application over one store, which it only reads.

    Args:
        store: the graph.
        runner: where queries run; threads of this process unless another is given.
        edition: which graph it is; one of its own unless another is given.
    """
    site = Site(store=store, runner=runner or ThreadRunner(store), edition=edition or Edition.unnamed())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        site.runner.close()

    app = FastAPI(
        title="tiesgraph",
        version=__version__,
        summary="The security ties of Japan and Europe as an RDF graph in which every statement knows its page",
        lifespan=lifespan,
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=list(METHODS),
        allow_headers=["*"],
        expose_headers=list(_EXPOSED),
    )
    _add_errors(app)
    for module in _ROUTES:
        module.add_routes(app, site)
    return app


def _add_errors(app: FastAPI) -> None:
    """Every error that reaches a client is a problem document."""

    async def ours(request: Request, error: Exception) -> Response:
        members = details(error) if isinstance(error, TiesgraphError) else problem(500, "something went wrong here")
        return respond(members, accept=accept(request))

    async def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return await ours(request, error)
        members = problem(error.status_code, str(error.detail))
        return respond(members, accept=accept(request), headers=error.headers)

    async def gone(request: Request, _error: Exception) -> Response:
        # Nobody reads this; it only keeps a vanished client from being logged as a failure of ours.
        return respond(problem(400, "the client went away"), accept=accept(request))

    app.add_exception_handler(TiesgraphError, ours)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, ours)
