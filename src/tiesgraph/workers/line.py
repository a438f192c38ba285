"""The server's end of one worker: what it is at, what it says, and how it is made to stand back or to end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from tiesgraph.workers.notices import Birth
from tiesgraph.workers.order import Order
from tiesgraph.workers.process import resident
from tiesgraph.workers.wire import HEAD, Frames, Reply

__all__ = ["Worker"]

_MARGIN = 0.25
"""Seconds by which a worker's own timer lets the server come first."""

_CPU_TIME = 2
"""Together with a process id the clock of that process's processor time (Linux, `clock_getcpuclockid`)."""


class Worker(asyncio.Protocol):
    """The server's end of one worker.

    Attributes:
        pid: its process id.
        ripe: see `Birth`.
        orphan: whether the nursery that it is from is gone.
        order: what it is at.
        stands_back: whether it lets others run before it, from some task on for good.
    """

    def __init__(
        self, birth: Birth, answered: Callable[[Worker, Reply], None], hung_up: Callable[[Worker], None]
    ) -> None:
        self.pid = birth.pid
        self.ripe = birth.ripe
        self.orphan = False
        self.order: Order | None = None
        self.stands_back = False
        self._handle = birth.handle
        self._answered = answered
        self._hung_up = hung_up
        self._paused_at: float | None = None
        self._at_first = 0
        self._at_first = self.taken()
        self._frames = Frames()
        self._line: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what writes to the worker."""
        # Not every event loop derives its transports from asyncio's classes.
        self._line = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Pass a reply on when it is whole."""
        for frame in self._frames.take(data):
            self._answered(self, frame.value)

    def connection_lost(self, _reason: Exception | None) -> None:
        """The worker ended, or was ended."""
        self._line = None
        self._hung_up(self)

    def begin(self, order: Order, now: float, /) -> None:
        """Have the worker do a task."""
        self.order = order
        order.began = now
        order.spent = self.spent()
        order.stands_back = False
        order.paused = 0.0
        head = HEAD.pack(len(order.pickled), 0, max(0.0, order.deadline - now) + _MARGIN)
        # Where it has just ended, the nursery tells, and the task is begun again.
        if self._line is not None and not self._line.is_closing():
            self._line.write(head + order.pickled)

    def at_work(self, order: Order, /) -> float:
        """The seconds of processor time that a task has taken; of one that waits for others' they are few."""
        return self.spent() - order.spent

    def spent(self) -> float:
        """The seconds of processor time that it has taken in all."""
        try:
            return time.clock_gettime(~self.pid << 3 | _CPU_TIME)
        except OSError:
            # It has ended, which is being noticed elsewhere.
            return 0.0

    def taken(self) -> int:
        """The bytes of memory that it has taken since it was made."""
        try:
            return resident(self.pid) - self._at_first
        except (OSError, ValueError):
            # It has ended, which is being noticed elsewhere.
            return 0

    def stand_back(self) -> None:
        """Let younger tasks run before this one. There is no way back: such a worker is good for tasks like this alone.

        It has a single thread, and so `/proc` need not be asked for others: what is asked for there is undone when
        the process ends, which the nursery would have to wait for, and what stands back ends slowly.
        """
        self.stands_back = True
        with suppress(OSError):
            os.sched_setscheduler(self.pid, os.SCHED_IDLE, os.sched_param(0))

    @property
    def is_paused(self) -> bool:
        """Whether it is stopped for the time being."""
        return self._paused_at is not None

    def pause(self, now: float, /) -> None:
        """Stop it where it is, until it is resumed; but an orphan: who would end it, if this process were gone?"""
        if self._paused_at is None and not self.orphan:
            self._paused_at = now
            self._send(signal.SIGSTOP)

    def resume(self, now: float, /) -> float:
        """Let it go on; the seconds for which it was paused."""
        if self._paused_at is None:
            return 0.0
        paused, self._paused_at = now - self._paused_at, None
        self._send(signal.SIGCONT)
        return paused

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def end(self, *, at_once: bool) -> None:
        """Let it end when it next looks for work, or at once whatever it does."""
        if at_once:
            self._send(signal.SIGKILL)
        os.close(self._handle)
        self.hang_up()

    def hang_up(self) -> None:
        """Close its socket, at which it ends when it next looks for work."""
        if self._line is not None:
            self._line.abort()
