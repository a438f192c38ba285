"""What stands before routes that make what they send of the graph at hand, where a store elsewhere is asked.

They are right as long as the store holds that graph. While it does not, or that is not known, they say so.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from tiesgraph.web.site import Site

__all__ = ["AtHand"]


class AtHand:
    """The application of one route, behind the question whether the graph at hand is what is served."""

    def __init__(self, app: ASGIApp, site: Site, /) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._site.require_graph()
        await self._app(scope, receive, send)
