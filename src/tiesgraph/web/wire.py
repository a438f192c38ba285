"""HTTP/1.1 as uvicorn speaks it, with short cuts for what is asked most.

What a client sends again, byte for byte, gets what it got before, byte for byte, if the application says that
it lasts: the graph does not change while a server runs. Neither the request is parsed for that nor the
application asked; only the date and the request's id are new.

A query from a client whose headers are known is answered without the application, too (`direct`). And a response
goes out in one write, not in one for its head and one for its body.

All of these step aside for whatever is not plain: pipelined requests, slow readers, connections about to close.
Clients also get only so long to say what they want.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from tiesgraph.errors import TiesgraphError
from tiesgraph.web.direct import Direct, Sending
from tiesgraph.web.journal import Journal, Memo, memo_of, new_id
from tiesgraph.web.patience import HEAD_SECONDS, Patient
from tiesgraph.web.shelf import Shelf
from tiesgraph.web.tally import first_step
from tiesgraph.web.write import let_go, lines, lines_of_all, send_at_once

if TYPE_CHECKING:
    from tiesgraph.web.cache import Sought
    from tiesgraph.web.runner import Job, Written

__all__ = ["Recalled", "protocol"]

_LARGEST = 256 * 1024
"""Bytes of a body beyond which it is sent in pieces, which the application sees to."""

_END = b"\r\n\r\n"


class Recalled(NamedTuple):
    """A response that can be given again: its status line, its headers but for the date and the id, and the rest."""

    status: int
    path: str
    step: str
    line: bytes
    headers: bytes
    body: bytes
    query: str | None


class _Turn(NamedTuple):
    """A query that is being answered: the request, what it asks for, since when, and what is waited for."""

    data: bytes
    job: Job
    began: float
    sought: Sought | None


def protocol(journal: Journal, shelf: Shelf[bytes, tuple[Any, ...]], direct: Direct, /) -> type[asyncio.Protocol]:
    """The protocol class for uvicorn, which notes in `journal` what it answers by itself, from `shelf` or `direct`."""

    class Wire(_Wire):
        _journal = journal
        _shelf = shelf
        _direct = direct

    return Wire


class _Wire(Patient):
    _journal: Journal
    _shelf: Shelf[bytes, tuple[Any, ...]]
    _direct: Direct

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Whether nothing of a request has come that is not part of one that was answered.
        self._clean = True
        self._asked: bytes | None = None
        # The query that is being answered without the application, and what came behind it.
        self._turn: _Turn | None = None
        self._sending: asyncio.Task[None] | None = None
        self._later = b""
        self._last = False

    @property
    def _is_busy(self) -> bool:
        """Whether a request is being read or answered."""
        return self._turn is not None or not self._clean or super()._is_busy

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer, and work for nobody."""
        if self._sending is not None:
            self._sending.cancel()
        if self._turn is not None:
            turn = self._turn
            self._over()
            if turn.sought is not None:
                turn.sought.leave()
            self._note(turn, 0, 0)
        let_go(self.cycle)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection, after the answer that is under way."""
        if self._turn is None:
            super().shutdown()
        else:
            self._last = True

    def data_received(self, data: bytes) -> None:
        """Answer what was answered before, or is a query from a client that is known; leave the rest to uvicorn."""
        if self._turn is not None:
            self._later += data
            self.flow.pause_reading()
            return
        rests = self._clean and (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused
        if rests:
            if (recalled := self._shelf.get(data)) is not None:
                self._wait_no_more()
                self._recall(Recalled._make(recalled))
                return
            if (job := self._direct.job(data)) is not None and not self._is_crowded():
                self._begin(data, job)
                return
        self._read(data, rests=rests)

    def _read(self, data: bytes, /, *, rests: bool) -> None:
        """Have uvicorn read what came."""
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
            send_at_once(self.cycle)

    def on_response_complete(self) -> None:
        """Keep a response that lasts for whoever asks the same, and what the headers of its request stand for."""
        asked, self._asked = self._asked, None
        self._idle = self.loop.time()
        memo = memo_of(self.cycle.scope)  # type: ignore[arg-type] # a scope by any name
        if asked is not None and memo is not None and memo.lasting and self.cycle.keep_alive:
            if b"\r\nx-request-id:" not in asked.lower():
                path = str(self.cycle.scope["path"])
                self._keep(asked, memo.status, lines(memo.headers), memo.body, memo.query, path=path)
            if memo.job is not None and memo.status == 200:
                self._direct.learn(asked, memo.job)
        if memo is not None:
            memo.body = b""
        let_go(self.cycle)
        super().on_response_complete()

    def _keep(self, asked: bytes, status: int, head: bytes, body: bytes, query: str | None, /, *, path: str) -> None:
        if len(body) > _LARGEST:
            return
        recalled = Recalled(status, path, first_step(path), STATUS_LINE[status], head, body, query)
        self._shelf.put(asked, tuple(recalled), size=len(asked) + len(head) + len(body) + 1_000)

    def _recall(self, recalled: Recalled) -> None:
        """Send a response again."""
        number = new_id()
        own = b"x-request-id: %b\r\n\r\n" % number.encode()
        dated = lines_of_all(self.server_state.default_headers)
        self.transport.write(b"".join((recalled.line, dated, recalled.headers, own, recalled.body)))
        journal, size = self._journal, len(recalled.body)
        journal.tally.recalled += 1
        if journal.writes:
            memo = Memo(number, query=recalled.query, status=recalled.status, sent=size)
            journal.note({"path": recalled.path, "method": "GET", "client": self.client}, memo, 0.0)
        else:
            journal.tally.note_step(recalled.step, recalled.status, 0.0, size)
        self._answered()

    def _begin(self, data: bytes, job: Job, /) -> None:
        """Answer a query without the application."""
        self._wait_no_more()
        self._unset_keepalive_if_required()
        self._journal.tally.in_flight += 1
        began = time.perf_counter()
        try:
            if (kept := self._direct.kept(job)) is not None:
                self._turn = turn = _Turn(data, job, began, None)
                # What is asked twice may be asked more often.
                self._tell(turn, kept, keep=kept.lasting)
                return
            sought = self._direct.seek(job)
        except TiesgraphError as error:
            self._turn = turn = _Turn(data, job, began, None)
            self._tell(turn, self._direct.refused(job, error))
            return
        self._turn = _Turn(data, job, began, sought)
        sought.answer.add_done_callback(self._arrived)

    def _arrived(self, future: asyncio.Future[Written]) -> None:
        """The answer is there, or will never be."""
        turn = self._turn
        if turn is None or turn.sought is None or turn.sought.answer is not future:
            return
        try:
            error = asyncio.CancelledError() if future.cancelled() else future.exception()
            if error is None:
                self._tell(turn, self._direct.told(turn.job, future.result()))
            elif isinstance(error, TiesgraphError):
                self._tell(turn, self._direct.refused(turn.job, error))
            elif isinstance(error, RuntimeError):
                # What is wrong here is told, and logged, where everything else is.
                self._over()
                later, self._later = self._later, b""
                self.flow.resume_reading()
                self._read(turn.data + later, rests=True)
            else:
                self.transport.abort()
        except BaseException:
            self.transport.abort()
            raise

    def _over(self) -> None:
        """End the turn."""
        self._turn = None
        self._journal.tally.in_flight -= 1

    def _note(self, turn: _Turn, status: int, sent: int, *, number: str = "") -> None:
        """Count a query, and write its line."""
        seconds = time.perf_counter() - turn.began
        if self._journal.writes:
            memo = Memo(number or new_id(), query=turn.job.text, status=status, sent=sent)
            self._journal.note({"path": "/sparql", "method": "GET", "client": self.client}, memo, seconds)
        else:
            self._journal.tally.note_step("sparql", status or 499, seconds, sent)

    def _tell(self, turn: _Turn, sending: Sending, *, keep: bool = False) -> None:
        """Send a response, all at once or, where it is large, beginning with a piece."""
        number = new_id()
        own = b"x-request-id: %b\r\n\r\n" % number.encode()
        if self._last:
            own = b"connection: close\r\n" + own
        status, head, body, _ = sending
        first, dated = body[:_LARGEST], lines_of_all(self.server_state.default_headers)
        self.transport.write(b"".join((STATUS_LINE[status], dated, head, own, first)))
        if len(body) > _LARGEST:
            self._sending = self.loop.create_task(self._send_on(turn, sending, number))
            return
        self._over()
        self._note(turn, status, len(body), number=number)
        if keep:
            self._keep(turn.data, status, head, bytes(body), turn.job.text, path="/sparql")
        self._go_on()

    async def _send_on(self, turn: _Turn, sending: Sending, number: str) -> None:
        """Send the other pieces of a large body, as fast as the client takes them, and others before each."""
        body = sending.body
        try:
            for begin in range(_LARGEST, len(body), _LARGEST):
                async with asyncio.timeout(HEAD_SECONDS):
                    await self.flow.drain()
                self.transport.write(body[begin : begin + _LARGEST])
                await asyncio.sleep(0)
        except BaseException as error:
            self.transport.abort()
            # Whoever does not take what was asked for has gone.
            if not isinstance(error, TimeoutError | asyncio.CancelledError):
                raise
            return
        finally:
            self._sending = None
        self._over()
        self._note(turn, sending.status, len(body), number=number)
        self._go_on()

    def _go_on(self) -> None:
        """Be ready for the next request, which may be here already."""
        if self.transport.is_closing():
            return
        if self._last:
            self.transport.close()
            return
        self._answered()
        self.flow.resume_reading()
        later, self._later = self._later, b""
        if later:
            self.data_received(later)

    def _is_crowded(self) -> bool:
        """Whether uvicorn would turn a request away."""
        most = self.limit_concurrency
        return most is not None and (len(self.connections) >= most or len(self.tasks) >= most)
