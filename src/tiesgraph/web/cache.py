"""Answers of queries: worked out once for all who ask at the same time, and kept, because the graph does not change.

An answer is kept only if it is whole and its query has the same one each time; and only while the runner says that
what it asks is what it was. Whoever asks while another
waits for the same waits with them.
"""

from __future__ import annotations

import asyncio

from tiesgraph.cut import Cap
from tiesgraph.syntax import is_volatile
from tiesgraph.web.runner import Job, Written, answer
from tiesgraph.web.shelf import Shelf
from tiesgraph.workers import Runner

__all__ = ["Answers"]

_OVERHEAD = 1_000
"""What keeping an answer takes beside its bytes and its query's."""


class Answers:
    """Answers queries through a runner, and keeps what may be asked again.

    Attributes:
        shelf: what is kept.
        joined: how often somebody joined others who waited for the same.
    """

    def __init__(self, runner: Runner, /, *, room: int, cap: Cap) -> None:
        self.shelf: Shelf[Job, Written] = Shelf(room)
        self.cap = cap
        self.joined = 0
        self._runner = runner
        self._epoch = runner.epoch
        self._under_way: dict[tuple[Job, float | None], asyncio.Future[Written]] = {}

    async def get(self, job: Job, /, *, seconds: float | None = None) -> Written:
        """The answer of a query, in at most `seconds`, where that is less than the runner's own limit.

        Raises:
            TiesgraphError: see `answer` and `Pool.run`.
        """
        if job.cap != self.cap:
            job = job._replace(cap=self.cap)
        if is_volatile(job.text):
            return await self._runner.run(answer, job, seconds=seconds)
        self._renew()
        if self._epoch is not None and (kept := self.shelf.get(job)) is not None:
            return kept
        while (other := self._under_way.get((job, seconds))) is not None:
            self.joined += 1
            try:
                return await asyncio.shield(other)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if not other.cancelled() or (task is not None and task.cancelling()):
                    raise
                # Only the one who asked first went away: one of those who joined asks now.
        return await self._work_out(job, seconds)

    async def _work_out(self, job: Job, seconds: float | None) -> Written:
        """The answer from the runner, for all who join meanwhile."""
        epoch = self._epoch
        shared = asyncio.get_running_loop().create_future()
        self._under_way[job, seconds] = shared
        try:
            written = await self._runner.run(answer, job, seconds=seconds)
        except asyncio.CancelledError:
            shared.cancel()
            raise
        except BaseException as error:
            shared.set_exception(error)
            # Taken note of here, or asyncio complains where nobody had joined.
            shared.exception()
            raise
        finally:
            del self._under_way[job, seconds]
        shared.set_result(written)
        self._renew()
        if written.cut is None and epoch is not None and epoch == self._epoch:
            self.shelf.put(job, written, size=len(written.body) + len(job.text) + _OVERHEAD)
        return written

    def _renew(self) -> None:
        """Forget what was kept where it is no longer what would be answered."""
        if self._epoch != self._runner.epoch:
            self._epoch = self._runner.epoch
            self.shelf.clear()
