"""Whether the client is still there: work for one that has gone is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

__all__ = ["attended"]

R = TypeVar("R")

_PATIENCE = 0.05
"""Seconds before it is worth looking; most work is done sooner."""


async def attended(receive: Receive, work: Awaitable[R], /) -> R:
    """What `work` comes to, which is cancelled when the client goes away.

    Args:
        receive: of a request whose body has been read.
        work: to be waited for.

    Raises:
        ClientDisconnect: the client went away first.
    """
    loop = asyncio.get_running_loop()
    here = asyncio.current_task()
    watchers: list[asyncio.Task[None]] = []
    gone = False

    async def watch() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        if here is not None:
            here.cancel()

    timer = loop.call_later(_PATIENCE, lambda: watchers.append(loop.create_task(watch())))
    try:
        return await work
    except asyncio.CancelledError:
        if not gone or here is None or here.uncancel():
            raise
        raise ClientDisconnect from None
    finally:
        timer.cancel()
        for watcher in watchers:
            watcher.cancel()
