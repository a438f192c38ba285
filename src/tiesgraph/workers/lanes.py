"""Which task runs next: those that are known as light soon, newcomers not much later, and none without end.

What is heavy is known only when it has run for a while. So a task starts as a newcomer. One that turns
out heavy keeps its worker where one of the heavy places is free; else it gives the worker up and is begun
anew when a place is. Its client waits meanwhile, and so does not ask the next heavy thing at once: the heavy
cannot crowd out the others, however many they are.

What was heavy is likely to be so the next time. A task of a kind that was is no newcomer: it waits for a heavy
place, and of those who do one is begun at a time: the next when the one before has had its first turn. So a crowd of
them is begun beside the others and not before them, and a worker is made for none that could not run. One of a kind
that was not heavy, but not light either, is of middling weight: under strain it stands back from the beginning.

Where those that wait do so for a while, tasks of familiar kinds, that is of those that are often light, go ahead. While
several stand back, or run for long while others wait, and for a while behind that, there is strain: it is not unlikely
that the next newcomer is as heavy. Then some workers are kept for the familiar, and newcomers begin one at a time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator

from tiesgraph.workers.kinds import Kinds
from tiesgraph.workers.limits import Limits, too_many
from tiesgraph.workers.order import Order

__all__ = ["Lanes"]

_STRAIN = 10.0
"""Seconds for which there is strain behind what brought it about."""

_MEANWHILE = 1.0
"""Seconds in which somebody asks for something that may be light, where others come at all."""

_LONG = 0.003
"""Seconds of processor time beyond which a light task is long."""

_SAMPLE = 16
"""Of so many short tasks in calm times one is asked of what kind it is, to know it later: to say so takes a while."""


class Lanes:
    """The orders at hand: those that wait, those given up for now, and those that run."""

    def __init__(self, limits: Limits, /) -> None:
        self._limits = limits
        self._heavy_places = limits.workers - limits.reserved
        self._kept = min(limits.abreast, limits.reserved - 1)
        self._familiar: deque[Order] = deque()
        self._waiting: deque[Order] = deque()
        self._parked: deque[Order] = deque()
        self._running: set[Order] = set()
        self._heavy = 0
        self._young: set[Order] = set()
        self._young_familiar: set[Order] = set()
        self._kinds = Kinds()
        self._light = 0
        self._begun: Order | None = None
        self._behind: set[Order] = set()
        self._strain_ends = 0.0
        self._latest = -math.inf

    def __iter__(self) -> Iterator[Order]:
        """All orders at hand."""
        yield from (*self.without_worker, *self._running)

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
        return len(self._familiar) + len(self._waiting) + len(self._parked)

    @property
    def without_worker(self) -> Iterator[Order]:
        """Those orders."""
        yield from (*self._familiar, *self._waiting, *self._parked)

    def admit(self, order: Order, now: float, /) -> None:
        """Take an order in.

        Raises:
            Overloaded: too many wait already.
        """
        # Those for whom there is a place, and soon a worker, do not count.
        if self.waiting >= self._limits.queue + max(0, self._limits.workers - len(self._running)):
            raise too_many(self.waiting)
        self._lane(order, choosy=now < self._strain_ends or self._is_behindhand(now)).append(order)
        if not order.suspect:
            self._latest = now

    def abreast_behind(self, now: float, /) -> int:
        """How many of those that stand back may run: one less where others come meanwhile, for whom to make way."""
        most = self._limits.side_by_side
        return max(1, most - 1) if now - self._latest < _MEANWHILE else most

    def _is_behindhand(self, now: float) -> bool:
        """Whether the first of those that wait has waited for so long that light ones had better go ahead."""
        return bool(self._waiting) and now - self._waiting[0].asked > self._limits.young / 2

    def _lane(self, order: Order, *, choosy: bool) -> deque[Order]:
        """Where an order waits."""
        if not (choosy or self._kinds.any_heavy):
            return self._waiting
        if self._kinds.is_heavy(order.like):
            order.suspect = True
            return self._parked
        order.middling = choosy and self._kinds.is_middling(order.like)
        order.familiar = choosy and not order.middling and self._kinds.is_familiar(order.like)
        return self._familiar if order.familiar else self._waiting

    def has_to_stand_back(self, order: Order, spent: float, /) -> bool:
        """Whether an order that has taken `spent` seconds of processor time is to make way for others."""
        if order.stands_back or spent < self._limits.slow:
            return False
        return spent >= self._limits.light or not self._kinds.is_familiar(order.like)

    def stand_back(self, order: Order, now: float, /) -> None:
        """Have an order make way for others: it is not light. Where several do there is strain."""
        order.stands_back = True
        self._behind.add(order)
        if not order.middling and self._kinds.is_familiar(order.like):
            self._kinds.was_not_light(order.like)
        if len(self._behind) > self._limits.side_by_side:
            self.strain(now)

    def strain(self, now: float, /) -> None:
        """Begin times of strain, or have them go on."""
        begins = now >= self._strain_ends
        self._strain_ends = now + _STRAIN
        if begins:
            waiting, self._waiting = self._waiting, deque()
            for one in waiting:
                self._lane(one, choosy=True).append(one)

    @property
    def _is_jammed(self) -> bool:
        """Whether some wait, and of those that run more than a few are young no longer.

        Whether these are heavy, or only wait for a processor, is not known so soon.
        """
        grown = len(self._running) - len(self._young) - len(self._young_familiar)
        return bool(self._waiting) and grown > self._limits.abreast

    def was_heavy(self, order: Order, now: float, /) -> None:
        """Take all others of its kind for heavy, those at hand and those to come."""
        self.strain(now)
        self._kinds.was_heavy(order.like)
        for one in self:
            one.suspect = one.suspect or one.like.close == order.like.close
        for lane in (self._familiar, self._waiting):
            suspects = [one for one in lane if one.suspect]
            self._parked.extend(suspects)
            for one in suspects:
                lane.remove(one)

    def was_middling(self, order: Order, /) -> None:
        """Have others of its kind stand back from the beginning, where there is strain."""
        order.middling = True
        self._kinds.was_middling(order.like)

    def was_done(self, order: Order, spent: float, /) -> None:
        """Learn from an order that is done what to think of others of its kind.

        Args:
            order: the order.
            spent: the seconds of processor time that it took.
        """
        if order.suspect and spent < self._limits.heavy:
            self._kinds.was_not_heavy(order.like)
        if spent >= self._limits.light:
            self.was_middling(order)
            return
        if order.middling:
            self._kinds.was_not_middling(order.like)
        self._light += 1
        # To say of what kind one is takes little beside what a long one took.
        told = order.is_known or spent >= _LONG or self._light % _SAMPLE == 0
        if told and not order.familiar:
            self._kinds.was_light(order.like)

    def again(self, order: Order, /) -> None:
        """Put an order that lost its worker at the head of those that wait."""
        self.leave(order)
        lane = self._parked if order.suspect else self._familiar if order.familiar else self._waiting
        lane.appendleft(order)

    def next(self, now: float, idle: int, /) -> Order | None:
        """The order that is begun now, or None where there is none, or no worker for it.

        Args:
            now: by the clock of the event loop.
            idle: how many workers are free.
        """
        room = min(idle, self._limits.workers - len(self._running))
        if room <= 0:
            return None
        if self._is_jammed:
            self.strain(now)
        if self._familiar and len(self._young_familiar) < 2 * self._limits.abreast:
            order = self._familiar.popleft()
            self._young_familiar.add(order)
            self._running.add(order)
            return order
        strained = now < self._strain_ends
        abreast = 1 if strained else self._limits.abreast
        if strained and room <= self._kept:
            return None
        if self._parked and self._heavy < self._heavy_places and self._begun is None:
            order = self._begun = self._parked.popleft()
            order.heavy = True
            self._heavy += 1
        elif self._waiting and len(self._young) < abreast:
            order = self._waiting.popleft()
            if not order.middling:
                self._young.add(order)
        else:
            return None
        order.doubtful = strained or order.heavy
        self._running.add(order)
        return order

    def grow_up(self, order: Order, /) -> None:
        """Count a running order as young no longer."""
        self._young.discard(order)
        self._young_familiar.discard(order)

    def had_its_turn(self, order: Order, /) -> None:
        """A heavy order has run for a while, so that the next may begin."""
        if order is self._begun:
            self._begun = None

    def weigh(self, order: Order, /) -> bool:
        """Count a running order as heavy; whether there is a place for it, else it is parked."""
        if self._heavy < self._heavy_places:
            order.heavy = True
            self._heavy += 1
            return True
        self._running.discard(order)
        self._behind.discard(order)
        self.grow_up(order)
        self._parked.append(order)
        return False

    def leave(self, order: Order, /) -> bool:
        """Forget an order, wherever it is; whether it was running."""
        if order in self._running:
            self._running.discard(order)
            self.grow_up(order)
            self.had_its_turn(order)
            self._behind.discard(order)
            self._heavy -= order.heavy
            order.heavy = False
            return True
        for lane in (self._familiar, self._waiting, self._parked):
            if order in lane:
                lane.remove(order)
        return False
