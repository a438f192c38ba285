"""Answers of queries: worked out once for all who ask at the same time, and kept, because the graph does not change.

An answer is kept only if it is whole and its query has the same one each time; and only while the runner says that
what it asks is what it was. Whoever asks while another waits for the same waits with them.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from tiesgraph.cut import Cap
from tiesgraph.syntax import is_volatile, outline, pattern
from tiesgraph.web.runner import Job, Written, answer, as_text
from tiesgraph.web.shelf import Shelf
from tiesgraph.workers import Runner
from tiesgraph.workers.kinds import Likeness

__all__ = ["Answers", "Sought"]

_OVERHEAD = 1_000
"""What keeping an answer takes beside its bytes and its query's."""


def _kind(job: Job) -> Likeness:
    """What a query has in common with those that ask as much."""
    return Likeness(partial(outline, job.text), partial(pattern, job.text))


def _key(job: Job) -> tuple[str, str]:
    """What an answer is kept under; see `Shelf`."""
    return job.text, as_text(*job[1:])


class Sought:
    """An answer that is being worked out, and for how many.

    Attributes:
        answer: what they wait for.
    """

    __slots__ = ("_many", "answer")

    def __init__(self, answer: asyncio.Future[Written], /) -> None:
        self.answer = answer
        self._many = 1

    def join(self) -> None:
        """One more waits for it."""
        self._many += 1

    def leave(self) -> None:
        """One of those who wait does so no longer; when the last one goes the work is stopped."""
        self._many -= 1
        if not self._many:
            self.answer.cancel()


class Answers:
    """Answers queries through a runner, and keeps what may be asked again.

    Attributes:
        shelf: what is kept.
        joined: how often somebody joined others who waited for the same.
    """

    def __init__(self, runner: Runner, /, *, room: int, cap: Cap) -> None:
        self.shelf: Shelf[tuple[str, str], tuple[Any, ...]] = Shelf(room)
        self.cap = cap
        self.joined = 0
        self._runner = runner
        self._epoch = runner.epoch
        self._under_way: dict[tuple[Job, float | None], Sought] = {}

    async def get(self, job: Job, /, *, seconds: float | None = None) -> Written:
        """The answer of a query, in at most `seconds`, where that is less than the runner's own limit.

        Raises:
            TiesgraphError: see `answer` and `Pool.run`.
        """
        if (kept := self.kept(job)) is not None:
            return kept
        sought = self.seek(job, seconds=seconds)
        try:
            return await asyncio.shield(sought.answer)
        except asyncio.CancelledError:
            sought.leave()
            raise
        finally:
            # An error holds this frame, and what is sought the error.
            del sought

    def kept(self, job: Job, /) -> Written | None:
        """The answer of a query where it is at hand."""
        if is_volatile(job.text):
            return None
        self._renew()
        kept = None if self._epoch is None else self.shelf.get(_key(self._capped(job)))
        return None if kept is None else Written._make(kept)

    def seek(self, job: Job, /, *, seconds: float | None = None) -> Sought:
        """Have the answer of a query worked out, which is not at hand; whoever does not wait for it leaves.

        Raises:
            TiesgraphError: see `Pool.start`.
        """
        job = self._capped(job)
        if is_volatile(job.text):
            return Sought(self._runner.start(answer, job, seconds=seconds, kind=_kind))
        self._renew()
        key = job, seconds
        sought = self._under_way.get(key)
        if sought is not None and not sought.answer.cancelled():
            self.joined += 1
            sought.join()
            return sought
        epoch = self._epoch
        sought = self._under_way[key] = Sought(self._runner.start(answer, job, seconds=seconds, kind=_kind))

        def arrived(future: asyncio.Future[Written]) -> None:
            if self._under_way.get(key) is sought:
                del self._under_way[key]
            # Asked of each, or asyncio complains of errors for which nobody waits any more.
            if not future.cancelled() and future.exception() is None:
                self._keep(job, future.result(), epoch)

        sought.answer.add_done_callback(arrived)
        return sought

    def _capped(self, job: Job) -> Job:
        return job if job.cap is self.cap or job.cap == self.cap else job._replace(cap=self.cap)

    def _keep(self, job: Job, written: Written, epoch: int | None) -> None:
        """Keep a whole answer, if what was asked when its query came is what would be asked now."""
        self._renew()
        if written.cut is None and epoch is not None and epoch == self._epoch:
            self.shelf.put(_key(job), tuple(written), size=len(written.body) + len(job.text) + _OVERHEAD)

    def _renew(self) -> None:
        """Forget what was kept where it is no longer what would be answered."""
        epoch = self._runner.epoch
        if self._epoch != epoch:
            self._epoch = epoch
            self.shelf.clear()
