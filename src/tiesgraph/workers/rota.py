"""Whose turn it is among the tasks that stand back: those that have had the least so far run, the others pause.

What has run for long will most likely run for long still. So of the tasks that are no longer young no more run than
there are processors, those with the least time spent first, and the rest are stopped as a shell stops a job.
A task of middling weight is soon through whatever is beside it, and one that eats memory eats no more meanwhile.
Whoever runs goes on until it has spent three times as much: changing over takes time, too.

Those that are known to be heavy come after those that are not. And of those that are much alike, and of which nothing
is known, the one that is furthest comes first: it tells soonest what to think of the others, which wait for that.

They are stopped, and not left to the system's lowest priority alone: a process that gets no processor may hold a lock
of the kernel's that the nursery needs to fork. One that is stopped holds none: that happens where it leaves the kernel.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator

from tiesgraph.workers.limits import Limits
from tiesgraph.workers.line import Worker
from tiesgraph.workers.order import Order

__all__ = ["Rota"]


class Rota:
    """Takes turns."""

    def __init__(self, limits: Limits, /) -> None:
        self._limits = limits

    def turn(self, busy: Iterable[tuple[Worker, Order]], now: float, /, *, most: int) -> None:
        """Have those run whose turn it is.

        Args:
            busy: all workers that have a task.
            now: by the clock of the event loop.
            most: how many of those that stand back may run.
        """
        behind = [(worker, order, worker.at_work(order)) for worker, order in busy if order.stands_back]
        scouts = set(_furthest((order, spent) for _, order, spent in behind if not order.suspect))
        behind.sort(
            key=lambda one: (
                one[1].suspect,
                one[1] not in scouts,
                self._level(one[2]),
                one[0].is_paused,
                one[1].began,
            )
        )
        for place, (worker, order, _) in enumerate(behind):
            if place < most:
                order.paused += worker.resume(now)
            else:
                worker.pause(now)

    def _level(self, spent: float) -> int:
        """How often the time that a task has spent is three times that of one that begins to stand back."""
        return int(math.log(max(1.0, spent / max(self._limits.slow, 0.001)), 3))


def _furthest(orders: Iterable[tuple[Order, float]], /) -> Iterator[Order]:
    """Of each kind the order that has spent the most time."""
    kinds: dict[Hashable, tuple[Order, float]] = {}
    for order, spent in orders:
        first = kinds.get(order.like.close)
        if first is None or spent > first[1]:
            kinds[order.like.close] = order, spent
    return (order for order, _ in kinds.values())
