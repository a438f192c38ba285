"""What is noted of each request: an id, how it ended, how long it took; and that no client is waited for without end.

The outermost piece of ASGI. It gives every request an id (the client's own X-Request-ID where it sends a sound
one), counts for `/metrics`, and writes a log line where lines are wanted. Large bodies go out in pieces, each
of which the client has some time to take: one that reads slowly keeps a piece in memory, not all.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tiesgraph.web.tally import Tally

if TYPE_CHECKING:
    from tiesgraph.web.runner import Job

__all__ = ["MEMO", "Headers", "Journal", "Memo", "memo_of", "new_id"]

MEMO = "tiesgraph.memo"
"""Where in an ASGI scope the memo of the request is."""

Headers = list[tuple[bytes, bytes]]
"""Names in lower case, and values, as ASGI has them."""

REQUESTS = logging.getLogger("tiesgraph.requests")
"""Gets a line for each request, with the particulars as the attribute `request` of the record."""

_SOUND = re.compile(rb"[A-Za-z0-9._:\-]{1,128}")
_PIECE = 256 * 1024
_PATIENCE = 30.0
"""Seconds that a client has to take one piece."""

_START = secrets.token_hex(4)
_numbers = itertools.count(1)


@dataclass(slots=True)
class Memo:
    """What those who deal with a request note of it for each other.

    Attributes:
        id: of the request.
        query: the SPARQL query it asks, where it asks one.
        lasting: whether the same request will get the same response as long as this server runs.
        status: of the response, once it has begun.
        headers: of the response.
        body: all of it, of a lasting response.
        sent: the bytes of its body.
        job: what its query comes to, together with its headers.
    """

    id: str
    query: str | None = None
    lasting: bool = False
    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    sent: int = 0
    job: Job | None = None


def new_id() -> str:
    """An id that no other request has."""
    return f"{_START}-{next(_numbers):x}"


def memo_of(scope: Scope, /) -> Memo | None:
    """The memo of a request, or None where no journal is kept."""
    memo: Memo | None = scope.get(MEMO)
    return memo


class Journal:
    """The ASGI application around all others."""

    def __init__(self, app: ASGIApp, *, tally: Tally, log_queries: bool = False) -> None:
        self._app = app
        self._tally = tally
        self._log_queries = log_queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        memo = scope[MEMO] = Memo(_id_of(scope))
        began = time.perf_counter()
        self._tally.in_flight += 1

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                memo.status, memo.headers = message["status"], message["headers"]
                message = {**message, "headers": [*message["headers"], (b"x-request-id", memo.id.encode())]}
                await send(message)
            else:
                await _in_pieces(message, memo, send)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._tally.in_flight -= 1
            self.note(scope, memo, time.perf_counter() - began)

    @property
    def tally(self) -> Tally:
        """What is counted."""
        return self._tally

    @property
    def writes(self) -> bool:
        """Whether lines are wanted."""
        return REQUESTS.isEnabledFor(logging.INFO)

    def note(self, scope: Scope, memo: Memo, seconds: float) -> None:
        """Count a request that has ended, and write its line. One without a response was left by its client."""
        status = memo.status or 499
        self._tally.note(scope["path"], status, seconds, memo.sent)
        if self.writes:
            client = scope.get("client")
            told: dict[str, Any] = {
                "id": memo.id,
                "client": client[0] if client else None,
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "bytes": memo.sent,
                "milliseconds": round(seconds * 1000, 2),
            }
            if self._log_queries and memo.query is not None:
                told["query"] = memo.query
            REQUESTS.info("%s %s %d", told["method"], told["path"], status, extra={"request": told})


def _id_of(scope: Scope) -> str:
    """The id that the client gives its request, or a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SOUND.fullmatch(value):
            return str(value, "ascii")
    return new_id()


async def _in_pieces(message: Message, memo: Memo, send: Send) -> None:
    """Send a part of a body, waiting for the client for each piece, but not for ever.

    Raises:
        TimeoutError: the client does not take it; the server then ends the connection.
    """
    body = message.get("body", b"")
    memo.sent += len(body)
    if memo.lasting:
        memo.body = body
    if len(body) <= _PIECE:
        await send(message)
        return
    for begin in range(0, len(body), _PIECE):
        end = begin + _PIECE
        more = end < len(body) or message.get("more_body", False)
        async with asyncio.timeout(_PATIENCE):
            await send({**message, "body": body[begin:end], "more_body": more})
            # A client that takes them at once must not have the server to itself, nor one that is gone.
            await asyncio.sleep(0)
