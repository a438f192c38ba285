"""The pool: hands tasks to workers, and ends those that meet a limit or that nobody waits for any more.

Everything here happens on the event loop of the server and takes microseconds: the work is done elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tiesgraph.errors import TiesgraphError
from tiesgraph.workers import limits as told
from tiesgraph.workers.kinds import Likeness
from tiesgraph.workers.lanes import Lanes
from tiesgraph.workers.limits import Limits
from tiesgraph.workers.line import Worker
from tiesgraph.workers.notices import Death
from tiesgraph.workers.order import Order
from tiesgraph.workers.outcomes import Outcomes
from tiesgraph.workers.rota import Rota
from tiesgraph.workers.staff import KILLED, Staff
from tiesgraph.workers.verdict import FOREIGN, verdict
from tiesgraph.workers.wire import Reply, request

if TYPE_CHECKING:
    from tiesgraph.store import Store

__all__ = ["Pool"]

A = TypeVar("A")
R = TypeVar("R")

_log = logging.getLogger(__name__)

_BEAT = 0.01
"""Seconds between two looks at what runs: how exactly limits are kept."""

_QUICK_BEAT = 0.004
"""The same while some wait, for whom others should soon make way."""

_BEATS_A_SUM = 10
"""Beats between two sums of the memory taken."""

_LULL = 5.0
"""Seconds without a task after which workers beyond the few kept at hand are let go."""

_AT_WORK = 0.05
"""Seconds after which a worker has surely begun with its task."""

_LOST = 3.0
"""How many workers may be lost under a task."""


class Pool:
    """Runs tasks, which are functions of the store and one argument, in processes that can be killed.

    A task is a function of a module, found by its name: it, its argument and what it returns or raises go through
    pickles. It may import what it needs, since that does not outlive the worker, and need not mind how long it
    takes or how much memory.

    Made in a process of a single thread, before any event loop; `open` and all else belong to one event loop.
    """

    epoch: int | None = 0
    """The store never changes."""

    def __init__(self, store: Store, /, *, limits: Limits | None = None) -> None:
        """Fork the nursery; see `Nursery.start`."""
        self.limits = limits or Limits()
        self.outcomes = Outcomes()
        self.lanes = Lanes(self.limits)
        self._rota = Rota(self.limits)
        self.staff = Staff(store, self.limits, self)
        self._ending = False
        self._beat: asyncio.TimerHandle | None = None
        self._lull: asyncio.TimerHandle | None = None
        self._beats = 0

    # ---- what others call

    async def open(self) -> None:
        """Begin to take in workers."""
        self.staff.open()

    async def run(self, task: Callable[[Store, A], R], argument: A, /, *, seconds: float | None = None) -> R:
        """What `task(store, argument)` returns, worked out in a worker.

        Where whoever waits for this is cancelled, the work is stopped.

        Args:
            task: a function of a module.
            argument: what can be pickled.
            seconds: the time it may take, waiting included, where less than the pool's own limit is wanted.

        Raises:
            TiesgraphError: whatever the task raises of that kind.
            LimitReached: it took too long or too much memory, or was not begun because too many others are.
            WorkerLost: it crashed its worker, or three workers were killed under it.
            RuntimeError: it failed in another way; a note tells how.
        """
        return await self.start(task, argument, seconds=seconds)

    def start(
        self,
        task: Callable[[Store, A], R],
        argument: A,
        /,
        *,
        seconds: float | None = None,
        kind: Callable[[A], Likeness] | None = None,
    ) -> asyncio.Future[R]:
        """The same as something to wait for; where it is cancelled, the work is stopped.

        Args but for those of `run`:
            kind: tells what the argument has in common with others for which the task is as heavy, or as light.

        Raises:
            LimitReached: it is not begun.
        """
        loop = asyncio.get_running_loop()
        seconds = min(seconds or self.limits.seconds, self.limits.seconds)
        if self._ending:
            raise told.ending()
        now = loop.time()
        # Of one that says nothing of its kind the task itself tells whether it is light.
        likeness = partial(Likeness, object, lambda: task) if kind is None else partial(kind, argument)
        order = Order(request(task, argument), seconds, now + seconds, loop.create_future(), likeness)
        try:
            self.lanes.admit(order, now)
        except TiesgraphError:
            self.outcomes.turned_away += 1
            raise
        self.ready()
        if self._beat is None:
            self._beat = loop.call_later(_BEAT, self._look)
            if self._lull is not None:
                self._lull.cancel()
        return order.answer

    def drain(self, seconds: float, /) -> None:
        """Take no more tasks, and give those at hand `seconds`."""
        self._ending = True
        asyncio.get_running_loop().call_later(seconds, self._fail_all)

    async def close(self) -> None:
        """End all work and all workers."""
        self._ending = True
        if self._beat is not None:
            self._beat.cancel()
        self._fail_all()
        self.staff.close()

    @property
    def able(self) -> bool:
        """Whether it takes tasks."""
        return not self._ending

    # ---- what the staff tells

    def ready(self) -> None:
        """Begin what can be begun, and see that there will be workers for the rest."""
        while (idle := self.staff.idle) and self.lanes.waiting:
            now = asyncio.get_running_loop().time()
            order = self.lanes.next(now, idle)
            if order is None:
                break
            worker = self.staff.begin(order, now)
            if order.heavy or order.middling:
                # One that is known not to be light makes way for others from the beginning.
                self.lanes.stand_back(order, now)
                worker.stand_back()
        self.staff.replenish()

    def answered(self, worker: Worker, reply: Reply, /) -> None:
        """Pass on what a worker sent, and give it the next task or let it go."""
        order = worker.order
        if order is None:
            return
        self.lanes.leave(order)
        self.lanes.was_done(order, worker.at_work(order))
        self.staff.let_go(worker, worn=reply.spent)
        if reply.done:
            self.outcomes.done += 1
        else:
            self.outcomes.failed += 1
        if order.answer.done():
            self.outcomes.abandoned += order.answer.cancelled()
        elif reply.done:
            order.answer.set_result(reply.value)
        else:
            order.answer.set_exception(reply.value)
        self.ready()

    def bereaved(self, order: Order, death: Death, /) -> None:
        """Begin a task once more whose worker was killed from outside; end it where it is itself to blame."""
        if order.answer.done():
            # Nobody waits for it any more.
            self._drop(order)
            return
        if death.code not in FOREIGN:
            self._refuse(order, verdict(order, death, self.limits, self.outcomes))
            return
        self.outcomes.lost += 1
        # One that had gone before it was given the task says nothing about the task; many may go at once.
        itself = death is not KILLED and asyncio.get_running_loop().time() - order.began > _AT_WORK
        order.lost += 1.0 if itself else 0.2
        if order.lost >= _LOST:
            self._refuse(order, told.killed())
            return
        _log.warning("a worker was lost (%s); its task is begun again", death.how)
        self.lanes.again(order)
        self.ready()

    def _refuse(self, order: Order, error: Exception) -> None:
        """End an order with an error, whether it runs or waits."""
        if not order.answer.done():
            order.answer.set_exception(error)
        self._drop(order)

    def _abandon(self, order: Order) -> None:
        """Stop what nobody waits for any more."""
        self.outcomes.abandoned += 1
        self._drop(order)

    def _drop(self, order: Order) -> None:
        """Forget an order and kill the worker that is at it."""
        self.lanes.leave(order)
        self.staff.stop(order)
        self.ready()

    def _fail_all(self) -> None:
        for order in list(self.lanes):
            self._refuse(order, told.ending())

    def _look(self) -> None:
        """Keep the limits of what runs and waits, and see that they are kept again soon."""
        loop = asyncio.get_running_loop()
        try:
            self._keep_limits(loop.time())
        finally:
            # Whatever happens: without this no limit would be kept any more.
            at_hand = self.lanes.running or self.lanes.waiting
            beat = _QUICK_BEAT if self.lanes.waiting else _BEAT
            self._beat = loop.call_later(beat, self._look) if at_hand else None
            if not at_hand:
                self._lull = loop.call_later(_LULL, self.staff.rest)

    def _keep_limits(self, now: float) -> None:
        for worker, order in self.staff.busy():
            if order.answer.cancelled():
                # A worker whose memory is warm is worth more than what is left of a task that is soon over.
                if now - order.began >= self.limits.slow:
                    self._abandon(order)
            elif now >= order.deadline:
                self.outcomes.over_time += 1
                if order.stands_back and order.seconds == self.limits.seconds:
                    self.lanes.was_heavy(order, now)
                self._refuse(order, told.too_long(order.seconds))
            else:
                self._weigh(worker, order, now)
        self._rota.turn(self.staff.busy(), now, most=self.lanes.abreast_behind(now))
        for order in [one for one in self.lanes if now >= one.deadline]:
            self.outcomes.crowded_out += 1
            self._refuse(order, told.crowded_out(order.seconds))
        for order in [one for one in self.lanes.without_worker if one.answer.cancelled()]:
            self._abandon(order)
        self._beats += 1
        if self._beats % _BEATS_A_SUM == 0:
            self._sum_up()
        self.ready()

    def _sum_up(self) -> None:
        """See that all together do not take too much memory."""
        if (order := self.staff.greediest(self.limits.total)) is not None:
            self.outcomes.over_memory += 1
            self._refuse(order, told.too_much_together())

    def _weigh(self, worker: Worker, order: Order, now: float) -> None:
        """Have a task stand back, and count as heavy, as it gets older."""
        age = now - order.began
        if age < min(self.limits.young, self.limits.slow) or (worker.is_paused and order.suspect == order.heavy):
            return
        spent = worker.at_work(order)
        if spent >= self.limits.young or age >= (self.limits.young if order.familiar else self.limits.grown_up):
            self.lanes.grow_up(order)
        if self.lanes.has_to_stand_back(order, spent):
            self.lanes.stand_back(order, now)
            worker.stand_back()
        if not order.middling and spent >= self.limits.light:
            self.lanes.was_middling(order)
        if not order.suspect and spent >= self.limits.heavy:
            self.lanes.was_heavy(order, now)
        if order.suspect and not order.heavy and not self.lanes.weigh(order):
            self.outcomes.parked += 1
            self.staff.dismiss(worker, at_once=True)
        elif order.heavy and spent >= 2 * self.limits.slow:
            self.lanes.had_its_turn(order)
