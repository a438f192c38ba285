"""The server process around the application: uvicorn, with our protocol, and an end that lets work be done first."""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import uvicorn

from tiesgraph.web.direct import Direct
from tiesgraph.web.journal import Journal
from tiesgraph.web.opening import Opening
from tiesgraph.web.shelf import Shelf
from tiesgraph.web.site import Site
from tiesgraph.web.wire import protocol
from tiesgraph.workers import Inline, Pool

__all__ = ["serve"]

_GRACE = 6
"""Seconds that requests in flight get at the end; a service manager usually waits ten."""

_DRAIN = 5.0
"""Seconds after which what is still being worked on is answered with an error, while there is time to send it."""

_TAKING_IN = 60_000
"""Milliseconds for which the system keeps trying to send to a client that does not take anything."""


def serve(site: Site, /, *, at: socket.socket, drain: Callable[[float], None]) -> None:
    """Serve a site until SIGINT or SIGTERM; then let requests in flight end, and return.

    Args:
        site: what is served.
        at: the socket that listens.
        drain: called at the end with the seconds that work at hand has left.
    """
    at.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _TAKING_IN)
    app = Opening(site)
    # What a store elsewhere holds may change: the application has to be asked whether it did.
    shelf: Shelf[bytes, tuple[Any, ...]] = Shelf(site.settings.kept if isinstance(site.runner, Pool | Inline) else 0)
    journal = Journal(app, tally=site.tally, log_queries=site.settings.log_queries)
    config = uvicorn.Config(
        app,
        http=protocol(journal, shelf, Direct(site)),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_most_connections(),
        timeout_graceful_shutdown=_GRACE,
    )
    # What is here now stays: looking through it for garbage takes time and finds nothing.
    gc.freeze()
    # uvicorn raises the signal that ended it once more, when all is closed: for Ctrl-C that is no failure.
    with suppress(KeyboardInterrupt):
        _Server(config, drain).run(sockets=[at])


def _most_connections() -> int:
    """As many as this process may have files open, but for some hundred of its own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or soft < hard:
        soft = min(hard, 65_536) if hard != resource.RLIM_INFINITY else 65_536
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(64, soft - 256)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, drain: Callable[[float], None]) -> None:
        super().__init__(config)
        self._drain = drain
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets=sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None and sig in (signal.SIGINT, signal.SIGTERM):
            self._loop.call_soon_threadsafe(self._drain, _DRAIN)
