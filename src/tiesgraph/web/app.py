"""The application: what all routes share, and which route modules there are.

Nothing here keeps state: the store and the runner come in with `create_app`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Route

from tiesgraph import __version__
from tiesgraph.outline import Outline
from tiesgraph.store import Store
from tiesgraph.web import (
    ask,
    audit,
    check,
    compare,
    data,
    dataset,
    dumps,
    explain,
    files,
    health,
    home,
    metrics,
    openapi,
    pictures,
    problems,
    questions,
    reference,
    resources,
    search,
    sparql,
    stats,
)
from tiesgraph.web.athand import AtHand
from tiesgraph.web.envelope import Envelope
from tiesgraph.web.journal import Journal
from tiesgraph.web.shortcut import Shortcut
from tiesgraph.web.site import Edition, Settings, Site
from tiesgraph.workers import Inline, Pool, Runner

__all__ = ["build_app", "create_app"]

_ROUTES = (
    sparql,
    ask,
    questions,
    pictures,
    search,
    compare,
    audit,
    check,
    data,
    dataset,
    dumps,
    reference,
    explain,
    files,
    health,
    metrics,
    stats,
    home,
    problems,
    openapi,
    # The resources last: their paths are all that nothing else has.
    resources,
)


_OF_THE_GRAPH = (search, audit, dataset, dumps, reference, explain, resources)
"""Those that make what they send of the graph at hand, not of answers to queries."""


def create_app(
    store: Store,
    /,
    *,
    runner: Runner | None = None,
    edition: Edition | None = None,
    outline: Outline | None = None,
    settings: Settings | None = None,
) -> FastAPI:
    """The whole application over one store, which it only reads.

    Args:
        store: the graph.
        runner: what does the work; this process itself, without limits, unless another is given.
        edition: which graph it is; one of its own unless another is given.
        outline: the reading order of its pages, where that is known.
        settings: limits and the like.

    The `Site` that its routes share is `app.state.site`.
    """
    return build_app(Site.of(store, runner=runner, edition=edition, outline=outline, settings=settings))


def build_app(site: Site, /) -> FastAPI:
    """The whole application of a site."""

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
        middleware=[
            Middleware(Journal, tally=site.tally, log_queries=site.settings.log_queries),
            Middleware(Envelope),
            Middleware(Shortcut, paths=["/sparql"], trouble=problems.trouble),
        ],
        # Each of these is a route of ours, or is left out: FastAPI's pages load scripts from another host.
        openapi_url=None,
    )
    app.state.site = site
    problems.add_handlers(app)
    for module in _ROUTES:
        before = len(app.routes)
        module.add_routes(app, site)
        if module in _OF_THE_GRAPH and not isinstance(site.runner, Pool | Inline):
            for route in app.routes[before:]:
                # Asked at each request: what the store elsewhere holds may change.
                cast("Route", route).app = AtHand(cast("Route", route).app, site)
    return app
