"""Which task runs next: newcomers soon, heavy ones in the places that are theirs, and none without end.

What is heavy is known only when it has run for a while. So a task starts as a newcomer. One that turns
out heavy keeps its worker where one of the heavy places is free; else it gives the worker up and is begun
anew when a place is. Its client waits meanwhile, and so does not ask the next heavy thing at once: the heavy
cannot crowd out the others, however many they are.

What was heavy is likely to be so the next time. A task of a kind that was is no newcomer: it waits for a heavy
place, and of those who do one is begun at a time, with a pause behind it, so that a crowd of them is begun beside
the others and not before them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tiesgraph.workers.limits import Limits, too_many

__all__ = ["Lanes", "Order"]

_KINDS = 1_000
"""How many kinds of heavy orders are remembered."""


@dataclass(eq=False, slots=True)
class Order:
    """A task that somebody waits for.

    Attributes:
        pickled: what the worker is sent.
        seconds: the time it has, from when it was asked for.
        deadline: when that is over, by the clock of the event loop.
        answer: what its caller waits for.
        kind: tells what it has in common with others that are likely to be as heavy.
        began: when its present worker took it up.
        spent: the processor time that its worker had spent by then.
        heavy: whether it has one of the heavy places.
        stands_back: whether it makes way for younger ones.
        paused: the seconds for which it was stopped in favour of others.
        suspect: whether such others were heavy, or it was so itself before.
        lost: how many workers were lost under it; one that was gone before counts for less.
    """

    pickled: bytes
    seconds: float
    deadline: float
    answer: asyncio.Future[Any] = field(repr=False)
    kind: Callable[[], Hashable] | None = field(default=None, repr=False)
    began: float = 0.0
    spent: float = 0.0
    heavy: bool = False
    stands_back: bool = False
    paused: float = 0.0
    suspect: bool = False
    lost: float = 0.0


class Lanes:
    """The orders at hand: those that wait, those given up for now, and those that run."""

    def __init__(self, limits: Limits, /) -> None:
        self._limits = limits
        self._heavy_places = limits.workers - limits.reserved
        self._waiting: deque[Order] = deque()
        self._parked: deque[Order] = deque()
        self._running: set[Order] = set()
        self._heavy = 0
        self._young: set[Order] = set()
        self._known: dict[Hashable, None] = {}
        self._next_heavy = 0.0

    def __iter__(self) -> Iterator[Order]:
        """All orders at hand."""
        yield from (*self._waiting, *self._parked, *self._running)

    @property
    def running(self) -> int:
        """How many orders have a worker."""
        return len(self._running)

    @property
    def heavy(self) -> int:
        """How many of those are heavy."""
        return self._heavy

    @property
    def waiting(self) -> int:
        """How many orders have none, or none any more."""
        return len(self._waiting) + len(self._parked)

    @property
    def without_worker(self) -> Iterator[Order]:
        """Those orders."""
        yield from (*self._waiting, *self._parked)

    def admit(self, order: Order, /) -> None:
        """Take an order in.

        Raises:
            Overloaded: too many wait already.
        """
        # Those for whom there is a place, and soon a worker, do not count.
        if self.waiting >= self._limits.queue + max(0, self._limits.workers - len(self._running)):
            raise too_many(self.waiting)
        # Of what kind it is takes a while to say, and mostly nothing is known to be heavy.
        if self._known and order.kind is not None and order.kind() in self._known:
            order.suspect = True
            self._parked.append(order)
        else:
            self._waiting.append(order)

    def learn(self, order: Order, /, *, heavy: bool) -> None:
        """Note for others of its kind that an order was heavy, or that it was not."""
        if order.kind is None:
            return
        kind = order.kind()
        self._known.pop(kind, None)
        if heavy:
            self._known[kind] = None
            while len(self._known) > _KINDS:
                del self._known[next(iter(self._known))]

    def again(self, order: Order, /) -> None:
        """Put an order that lost its worker at the head of those that wait."""
        self.leave(order)
        (self._parked if order.suspect else self._waiting).appendleft(order)

    def next(self, now: float, /) -> Order | None:
        """The order that is begun now, or None where there is none, or no worker for it."""
        if len(self._running) >= self._limits.workers:
            return None
        if self._parked and self._heavy < self._heavy_places and now >= self._next_heavy:
            order = self._parked.popleft()
            order.heavy = True
            self._heavy += 1
            self._next_heavy = now + self._limits.slow
        elif self._waiting and len(self._young) < self._limits.abreast:
            order = self._waiting.popleft()
            self._young.add(order)
        else:
            return None
        self._running.add(order)
        return order

    def grow_up(self, order: Order, /) -> None:
        """Count a running order as young no longer."""
        self._young.discard(order)

    def weigh(self, order: Order, /) -> bool:
        """Count a running order as heavy; whether there is a place for it, else it is parked."""
        if self._heavy < self._heavy_places:
            order.heavy = True
            self._heavy += 1
            return True
        self._running.discard(order)
        self._young.discard(order)
        self._parked.append(order)
        return False

    def leave(self, order: Order, /) -> bool:
        """Forget an order, wherever it is; whether it was running."""
        if order in self._running:
            self._running.discard(order)
            self._young.discard(order)
            self._heavy -= order.heavy
            order.heavy = False
            return True
        for lane in (self._waiting, self._parked):
            if order in lane:
                lane.remove(order)
        return False
