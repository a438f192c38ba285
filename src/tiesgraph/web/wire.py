"""HTTP/1.1 as uvicorn speaks it, with two short cuts for responses that are known whole.

What a client sends again, byte for byte, gets what it got before, byte for byte, if the application says that
it lasts: the graph does not change while a server runs. Neither the request is parsed for that nor the
application asked; only the date and the request's id are new.

And a response goes out in one write, not in one for its head and one for its body.

Both step aside for whatever is not plain: pipelined requests, slow readers, connections about to close.
Clients also get only so long to say what they want.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from tiesgraph.web.journal import Journal, Memo, memo_of, new_id
from tiesgraph.web.shelf import Shelf

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

__all__ = ["Recalled", "protocol"]

_HEAD_SECONDS = 30.0
"""How long a client may take to send the head of a request."""

_LARGEST = 256 * 1024
"""Bytes of a body beyond which it is sent in pieces, which the application sees to."""

_END = b"\r\n\r\n"


class Recalled(NamedTuple):
    """A response that can be given again: its status line, its headers but for the date and the id, and the rest."""

    status: int
    path: str
    line: bytes
    headers: bytes
    body: bytes
    query: str | None


def protocol(journal: Journal, shelf: Shelf[bytes, Recalled], /) -> type[asyncio.Protocol]:
    """The protocol class for uvicorn, which notes in `journal` what it answers by itself from `shelf`."""

    class Wire(_Wire):
        _journal = journal
        _shelf = shelf

    return Wire


class _Wire(HttpToolsProtocol):
    _journal: Journal
    _shelf: Shelf[bytes, Recalled]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Whether nothing of a request has come that is not part of one that was answered.
        self._clean = True
        self._asked: bytes | None = None
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Answer what was answered before, and leave everything else to uvicorn."""
        rests = self._clean and (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused
        if rests and (recalled := self._shelf.get(data)) is not None:
            self._recall(recalled)
            return
        before = self.cycle
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.cycle is before:
            # The head is not whole yet, or the body goes on.
            self._clean = False
            if self._patience is None and (before is None or before.response_complete):
                self._wait()
            return
        self._wait_no_more()
        plain = data.endswith(_END) and data.count(_END) == 1 and not self.pipeline and not self.cycle.more_body
        self._asked = data if rests and plain and data.startswith(b"GET ") else None
        self._clean = plain
        if not self.pipeline:
            _send_at_once(self.cycle)

    def on_response_complete(self) -> None:
        """Keep a response that lasts for whoever asks the same."""
        asked, self._asked = self._asked, None
        memo = memo_of(self.cycle.scope)  # type: ignore[arg-type] # a scope by any name
        if asked is not None and memo is not None and memo.lasting and self.cycle.keep_alive:
            self._keep(asked, memo)
        super().on_response_complete()

    def _keep(self, asked: bytes, memo: Memo) -> None:
        if memo.sent > _LARGEST or b"\r\nx-request-id:" in asked.lower():
            return
        headers = b"".join(b"%b: %b\r\n" % header for header in memo.headers)
        path = str(self.cycle.scope["path"])
        recalled = Recalled(memo.status, path, STATUS_LINE[memo.status], headers, memo.body, memo.query)
        self._shelf.put(asked, recalled, size=len(asked) + len(headers) + len(memo.body) + 1_000)

    def _recall(self, recalled: Recalled) -> None:
        """Send a response again."""
        memo = Memo(new_id(), query=recalled.query, status=recalled.status, sent=len(recalled.body))
        dated = b"".join(b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        number = b"x-request-id: %b\r\n\r\n" % memo.id.encode()
        self.transport.write(b"".join((recalled.line, dated, recalled.headers, number, recalled.body)))
        self.server_state.total_requests += 1
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
        self._journal.note_recalled({"path": recalled.path, "method": "GET", "client": self.client}, memo)

    def _wait(self) -> None:
        self._patience = self.loop.call_later(_HEAD_SECONDS, self.timeout_keep_alive_handler)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def _send_at_once(cycle: RequestResponseCycle) -> None:
    """Have a response go out in one write where its length is known and nothing stands in the way."""
    in_parts = cycle.send
    held: list[Message] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and not held and not cycle.response_started:
            held.append(message)
            return
        if held:
            start = held.pop()
            if _is_plain(cycle, start, message):
                _write(cycle, start, message)
                return
            await in_parts(start)  # type: ignore[arg-type] # a message by any name
        await in_parts(message)  # type: ignore[arg-type]

    cycle.send = send  # type: ignore[assignment, method-assign]


def _is_plain(cycle: RequestResponseCycle, start: Message, message: Message) -> bool:
    length = b"%d" % len(message.get("body", b""))
    return (
        not message.get("more_body", False)
        and not cycle.disconnected
        and not cycle.flow.write_paused
        and not cycle.waiting_for_100_continue
        and cycle.keep_alive
        and cycle.scope["method"] != "HEAD"
        and (b"content-length", length) in start["headers"]
        and not any(name in (b"connection", b"transfer-encoding") for name, _ in start["headers"])
    )


def _write(cycle: RequestResponseCycle, start: Message, message: Message) -> None:
    headers = [*cycle.default_headers, *start["headers"]]
    head = b"".join(b"%b: %b\r\n" % header for header in headers)
    if head.count(b"\n") != len(headers) or head.count(b"\r") != len(headers):
        raise RuntimeError("a header holds a line end")
    cycle.transport.write(b"".join((STATUS_LINE[start["status"]], head, b"\r\n", message.get("body", b""))))
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
