"""Whose turn it is among the tasks that stand back: those that have had the least so far run, the others pause.

What has run for long will most likely run for long still. So of the tasks that are no longer young as many run
as there are processors, those with the least time spent first, and the rest are stopped as a shell stops a job.
A task of middling weight is soon through whatever is beside it, and one that eats memory eats no more meanwhile.
Whoever runs goes on until it has spent twice as much: changing over takes time, too. Those that are known to be
heavy come after those that are not.

They are stopped, and not left to the system's lowest priority: a process that gets no processor may hold a lock of
the kernel's that the nursery needs to fork. One that is stopped holds none: that happens where it leaves the kernel.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from tiesgraph.workers.lanes import Order
from tiesgraph.workers.limits import Limits
from tiesgraph.workers.line import Worker

__all__ = ["Rota"]


class Rota:
    """Takes turns."""

    def __init__(self, limits: Limits, /) -> None:
        self._limits = limits

    def turn(self, busy: Iterable[tuple[Worker, Order]], now: float, /) -> None:
        """Have those run whose turn it is.

        Args:
            busy: all workers that have a task.
            now: by the clock of the event loop.
        """
        behind = [(worker, order) for worker, order in busy if order.stands_back]
        behind.sort(key=lambda one: (one[1].suspect, self._level(*one), one[0].is_paused, one[1].began))
        for place, (worker, order) in enumerate(behind):
            if place < self._limits.side_by_side:
                order.paused += worker.resume(now)
            else:
                worker.pause(now)

    def _level(self, worker: Worker, order: Order) -> int:
        """How often the time that a task has spent is twice that of one that begins to stand back."""
        return int(math.log2(max(1.0, worker.at_work(order) / max(self._limits.slow, 0.001))))
