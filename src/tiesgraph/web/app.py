"""The application: what all routes share, and which route modules there are.

Nothing here keeps state: the store and the runner come in with `create_app`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

from tiesgraph import __version__
from tiesgraph.outline import Outline
from tiesgraph.store import Store
from tiesgraph.web import (
    ask,
    compare,
    data,
    dataset,
    dumps,
    explain,
    files,
    health,
    home,
    openapi,
    pictures,
    problems,
    questions,
    reference,
    resources,
    search,
    sparql,
)
from tiesgraph.web.envelope import Envelope
from tiesgraph.web.site import Edition, Site
from tiesgraph.workers import Inline, Runner

__all__ = ["create_app"]

_ROUTES = (
    sparql,
    ask,
    questions,
    pictures,
    search,
    compare,
    data,
    dataset,
    dumps,
    reference,
    explain,
    files,
    health,
    home,
    problems,
    openapi,
    # The resources last: their paths are all that nothing else has.
    resources,
)


def create_app(
    store: Store,
    /,
    *,
    runner: Runner | None = None,
    edition: Edition | None = None,
    outline: Outline | None = None,
) -> FastAPI:
    """The whole application over one store, which it only reads.

    Args:
        store: the graph.
        runner: what does the work; this process itself, without limits, unless another is given.
        edition: which graph it is; one of its own unless another is given.
        outline: the reading order of its pages, where that is known.
    """
    site = Site(
        store=store,
        runner=runner or Inline(store),
        edition=edition or Edition.unnamed(),
        outline=outline or Outline(),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await site.runner.open()
        yield
        await site.runner.close()

    app = FastAPI(
        title="tiesgraph",
        version=__version__,
        summary="The security ties of Japan and Europe as an RDF graph in which every statement knows its page",
        lifespan=lifespan,
        middleware=[Middleware(Envelope)],
        # Each of these is a route of ours, or is left out: FastAPI's pages load scripts from another host.
        openapi_url=None,
    )
    problems.add_handlers(app)
    for module in _ROUTES:
        module.add_routes(app, site)
    return app
