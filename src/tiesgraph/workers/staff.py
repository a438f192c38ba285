"""The workers of a pool as the server sees them: who is free, who is at what, and who has to be replaced."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from tiesgraph.workers.limits import MIB, Limits
from tiesgraph.workers.line import Worker
from tiesgraph.workers.lineage import Lineage
from tiesgraph.workers.notices import Birth, Death
from tiesgraph.workers.nursery import NurseryLost
from tiesgraph.workers.order import Order
from tiesgraph.workers.precedence import be_prompt
from tiesgraph.workers.process import give_back
from tiesgraph.workers.wire import Reply

if TYPE_CHECKING:
    from tiesgraph.store import Store

__all__ = ["KILLED", "Overseer", "Staff"]

_log = logging.getLogger(__name__)

_PAUSE = 0.2
"""Seconds before a worker is asked for anew that ended though it had nothing to do."""

_PATIENCE = 1.0
"""Seconds that those whose nursery is gone may take to end with the server."""

_GROWN = 8 * MIB
"""Bytes beyond which a worker is replaced when there is time for it."""

_WARM = 0.05
"""Seconds of processor time after which a worker has copies of much of the graph."""

KILLED = Death(0, -signal.SIGKILL, "")
"""What a task is told whose worker went down with the nursery."""


class Overseer(Protocol):
    """Who is told what becomes of workers."""

    def ready(self) -> None:
        """A worker is free."""
        ...

    def answered(self, worker: Worker, reply: Reply, /) -> None:
        """A worker has done its task; it is not free before the overseer lets it go."""
        ...

    def bereaved(self, order: Order, death: Death, /) -> None:
        """A task's worker ended, and nobody here had told it to."""
        ...


class Staff:
    """The workers there are, and the nursery that more come from."""

    def __init__(self, store: Store, limits: Limits, overseer: Overseer, /) -> None:
        """Fork the nursery; see `Nursery.start`."""
        self._limits = limits
        self._overseer = overseer
        self._spare = max(1, limits.reserved)
        self._all: dict[int, Worker] = {}
        self._idle: list[Worker] = []
        self._behind: list[Worker] = []
        self._joining: set[asyncio.Task[None]] = set()
        self._ending: set[int] = set()
        self._orphans: set[int] = set()
        self._lost: list[Order] = []
        self._closed = False
        self._ripe = False
        self.engaged = 0
        self._asked = self._spare
        self.lineage = Lineage(store, limits, self, first=self._asked)

    def open(self) -> None:
        """Begin to take in workers."""
        self.lineage.open()

    def close(self) -> None:
        """End all workers and the nursery."""
        self._closed = True
        self._dismiss_all()
        self.lineage.close()
        end = time.monotonic() + _PATIENCE
        while self._orphans and time.monotonic() < end:
            self._bury_orphans()
            time.sleep(0.001)

    def __len__(self) -> int:
        """How many workers there are."""
        return len(self._all)

    @property
    def idle(self) -> int:
        """How many of them are free."""
        return len(self._idle)

    @property
    def idle_ones(self) -> Sequence[Worker]:
        """Those that are free."""
        return tuple(self._idle)

    def busy(self) -> list[tuple[Worker, Order]]:
        """Those that are not, with their tasks."""
        return [(worker, worker.order) for worker in self._all.values() if worker.order is not None]

    def begin(self, order: Order, now: float, /) -> Worker:
        """Give a task to a free worker, the one that was busy last: its memory is still at hand.

        One that may well be heavy, and its worker's last, gets the one that was not busy for longest; one that stands
        back from the beginning one that did so before, if there is any.
        """
        free = self._behind if self._behind and (order.heavy or order.middling) else self._idle
        worker = free.pop(0 if order.doubtful else -1)
        worker.begin(order, now)
        return worker

    def let_go(self, worker: Worker, /, *, worn: bool) -> None:
        """A worker has done its task: it is free, or replaced where it is `worn`."""
        worker.order = None
        # An orphan cannot be paused, and where the nursery had no heir it shares its memory with other orphans alone.
        superfluous = worker.orphan and len(self._idle) >= self._spare
        if worker.stands_back:
            superfluous = worker.orphan or len(self._behind) >= self._limits.side_by_side
        if worn or superfluous or worker.ripe < self._ripe:
            self.dismiss(worker, at_once=False)
        else:
            (self._behind if worker.stands_back else self._idle).append(worker)

    def dismiss(self, worker: Worker, /, *, at_once: bool) -> None:
        """Do without a worker from now on."""
        del self._all[worker.pid]
        if not worker.orphan:
            self._ending.add(worker.pid)
        self._forget(worker)
        worker.end(at_once=at_once)

    def _forget(self, worker: Worker) -> None:
        """Give no task to a worker any more."""
        for free in (self._idle, self._behind):
            if worker in free:
                free.remove(worker)

    def replenish(self) -> None:
        """Ask for as many workers as are missing: some stay free for what comes next, as far as there may be more."""
        most = self._limits.workers + self._spare
        while not self._closed and len(self._idle) + self._asked < self._spare and len(self._all) + self._asked < most:
            try:
                self.lineage.ask()
            except NurseryLost:
                # That is noticed where its socket is read.
                return
            self._asked += 1

    def trim(self) -> None:
        """Let go of the free workers that a rush has left behind, and have those that grew in it replaced.

        A worker has a copy of whatever it looked at. Those that were busy last keep theirs: they are the next to work.
        """
        kept = max(1, self._spare // 4)
        self._bury_orphans()
        for worker in [*self._behind, *(one for one in self._idle if one.orphan)]:
            self.dismiss(worker, at_once=False)
        for worker in self._idle[: max(0, len(self._idle) - self._spare)]:
            self.dismiss(worker, at_once=False)
        for place, worker in enumerate(reversed(self.idle_ones)):
            if worker.taken() > _GROWN or (place >= kept and worker.spent() > _WARM):
                self.dismiss(worker, at_once=False)
        self.replenish()

    def rest(self) -> None:
        """Give back what a rush has left behind."""
        if not self._closed:
            self.trim()
            gc.collect()
            give_back()

    def stop(self, order: Order, /) -> None:
        """Kill the worker that is at a task, where one is."""
        for worker, at in self.busy():
            if at is order:
                self.dismiss(worker, at_once=True)

    def greediest(self, total: int, /) -> Order | None:
        """Where all tasks that stand back take more than `total` bytes together, the one that takes the most."""
        taken = {order: worker.taken() for worker, order in self.busy() if order.stands_back}
        return max(taken, key=lambda order: taken[order]) if sum(taken.values()) > total else None

    def _dismiss_all(self) -> None:
        for worker in list(self._all.values()):
            self.dismiss(worker, at_once=True)

    def born(self, birth: Birth, /, *, generation: int) -> None:
        """Take in a worker."""
        task = asyncio.get_running_loop().create_task(self._join(birth, generation))
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    def barren(self) -> None:
        """Ask anew for a worker that could not be made."""
        self._asked -= 1
        self.replenish()

    async def _join(self, birth: Birth, generation: int) -> None:
        worker = Worker(birth, self._overseer.answered, self._hung_up)
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=birth.line)
        if self._closed:
            worker.end(at_once=True)
            return
        self.engaged += 1
        if generation != self.lineage.generation:
            self._orphaned(worker)
        elif birth.ripe and not self._ripe:
            # This one was not asked for: it tells that from now on workers are better than those there are.
            self._ripe = True
            self.lineage.want_heir()
            be_prompt()
        else:
            self._asked -= 1
        self._all[worker.pid] = worker
        # Those that have worked come first: they have at hand what they looked at.
        self._idle.insert(0, worker)
        # Also one that was on its way when the nursery got ready.
        for other in [one for one in self._idle if one.ripe < self._ripe]:
            self.dismiss(other, at_once=False)
        self._overseer.ready()

    def _hung_up(self, worker: Worker) -> None:
        """Wait for the nursery's notice of a worker's death, which may have come before the worker joined."""
        self._forget(worker)
        if worker.orphan:
            asyncio.get_running_loop().call_later(_PAUSE, self._bury_orphans)
        if self._all.get(worker.pid) is worker:
            asyncio.get_running_loop().call_later(_PAUSE, self._unnoticed, worker)

    def _unnoticed(self, worker: Worker) -> None:
        if self._all.get(worker.pid) is worker:
            self.died(Death(worker.pid, -signal.SIGKILL, ""))

    def died(self, death: Death, /) -> None:
        """Replace a worker that nobody here ended."""
        worker = self._all.get(death.pid)
        if worker is None:
            self._ending.discard(death.pid)
            return
        order = worker.order
        self.dismiss(worker, at_once=False)
        self._ending.discard(death.pid)
        if order is not None:
            self._overseer.bereaved(order, death)
            self.replenish()
        else:
            _log.warning("an idle worker ended (%s) %s", death.how, death.words.strip())
            # Where something is so wrong that each ends at once, this must not become a storm of forks.
            asyncio.get_running_loop().call_later(_PAUSE, self.replenish)

    def nursery_lost(self) -> None:
        """Replace those workers that may be at work for long; the others go on."""
        for worker, order in self.busy():
            if order.stands_back:
                self.dismiss(worker, at_once=True)
                self._lost.append(order)
        for worker in list(self._behind):
            self.dismiss(worker, at_once=False)
        self._orphans |= self._ending
        self._ending.clear()
        for worker in self._all.values():
            self._orphaned(worker)
        asyncio.get_running_loop().call_later(_PAUSE, self._bury_orphans)

    def nursery_made(self, *, ripe: bool) -> None:
        """Have as many workers as before, and what was lost begun again."""
        self._ripe = ripe
        self._asked = int(ripe)
        self.replenish()
        lost, self._lost = self._lost, []
        for order in lost:
            self._overseer.bereaved(order, KILLED)

    def _orphaned(self, worker: Worker) -> None:
        worker.orphan = True
        self._orphans.add(worker.pid)

    def _bury_orphans(self) -> None:
        """See to those that have ended, which are this process's children by now."""
        for pid in list(self._orphans):
            with suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG) == (0, 0):
                    continue
            self._orphans.discard(pid)
