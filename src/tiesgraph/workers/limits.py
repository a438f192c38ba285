"""How much one task may take, how many run at once, and what those are told that meet a limit."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from tiesgraph.errors import MemoryLimitReached, Overloaded, TimeLimitReached, WorkerLost

__all__ = [
    "MIB",
    "Limits",
    "crashed",
    "crowded_out",
    "ending",
    "killed",
    "too_long",
    "too_many",
    "too_much_memory",
    "too_much_together",
]

MIB = 1024 * 1024

_ASK_LESS = "say more of what you look for, follow fewer paths, or ask in several queries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a pool allows.

    Attributes:
        seconds: from asking to the answer, waiting included; a caller may ask for less.
        memory: bytes that a worker may take beyond the store, which all of them share.
        total: bytes that all of them together may take.
        workers: how many tasks run at once: by default eight for each processor, and no more than 32. Each shares the
            memory of all others, which the system takes the longer to look through the more they are.
        abreast: how many of those are young: as many as the machine has processors for, or little more. Most tasks
            are over while they are young, and few workers with warm caches do them sooner than many would.
        queue: how many more may wait; whatever comes then is turned away.
        young: seconds of processor time for which a task is.
        slow: seconds of processor time after which a task stands back behind younger ones, where nothing speaks for it.
        side_by_side: how many of those that stand back run, while the others pause; one less while others come.
        heavy: seconds of processor time after which it needs one of the places that heavy ones may have, and others
            much like it are thought to be as heavy.
    """

    seconds: float = 30.0
    memory: int = 512 * MIB
    total: int = field(default_factory=lambda: _machine() // 2)
    workers: int = field(default_factory=lambda: min(32, 8 * len(os.sched_getaffinity(0))))
    abreast: int = field(default_factory=lambda: len(os.sched_getaffinity(0)) + 1)
    queue: int = 256
    young: float = 0.01
    slow: float = 0.01
    side_by_side: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))
    heavy: float = 0.2

    @property
    def grown_up(self) -> float:
        """Seconds after which a task is young no more though it spent less: it may wait for something else.

        One of a familiar kind, which is soon over, has the next begun sooner: when it is as old as it may be `young`.
        """
        return 20 * self.young

    @property
    def light(self) -> float:
        """Seconds of processor time within which a task is light; where its kind is, it has them before it stands back.

        Those of middling weight would else not get through where light ones alone keep the processors busy.
        """
        return 3 * self.slow

    @property
    def reserved(self) -> int:
        """How many workers heavy tasks leave to the others: a quarter, and none where there is but one."""
        return min(max(1, self.workers // 4), self.workers - 1)


def _machine() -> int:
    """The bytes of memory of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def too_long(seconds: float, /) -> TimeLimitReached:
    """For a task that ran until its time was over."""
    return TimeLimitReached(
        f"there was no answer within {seconds:g} seconds, and the work was stopped",
        mend=f"Ask for less: {_ASK_LESS}. On a machine of your own `tiesgraph serve --timeout` sets the limit.",
    )


def too_much_memory(memory: int, /) -> MemoryLimitReached:
    """For a task that wanted more than `memory` bytes."""
    return MemoryLimitReached(
        f"the work took more than {memory // MIB:,} MiB of memory, and was stopped",
        mend=f"Ask for less: {_ASK_LESS}; ordering, grouping and DISTINCT hold all rows at once. "
        "On a machine of your own `tiesgraph serve --memory` sets the limit.",
    )


def too_much_together() -> MemoryLimitReached:
    """For the task that takes the most memory, when all together take too much."""
    return MemoryLimitReached(
        "the memory that all queries may take together ran out, and this one took the most of it",
        mend=f"Ask again in a while, or for less: {_ASK_LESS}.",
        retry_after=30,
    )


def too_many(waiting: int, /) -> Overloaded:
    """For a task that comes when `waiting` others wait already."""
    return Overloaded(
        f"{waiting:,} queries are waiting here already", mend="Ask again in a few seconds.", retry_after=5
    )


def crowded_out(seconds: float, /) -> Overloaded:
    """For a task whose time was over while it waited for others."""
    return Overloaded(
        f"no worker became free for this within {seconds:g} seconds: others ask much at the moment",
        mend=f"Ask again in a while, or for less: {_ASK_LESS}.",
        retry_after=30,
    )


def ending() -> Overloaded:
    """For a task that a server about to end cannot finish."""
    return Overloaded("the server is ending", mend="Ask again when it is back.", retry_after=10)


def killed() -> WorkerLost:
    """For a task whose workers were killed from outside, three times."""
    return WorkerLost(
        "the process that worked on this was killed from outside, and so were the next two", mend="Ask again."
    )


def crashed(signal_name: str, /) -> WorkerLost:
    """For a task that ended its worker by a signal of its own doing."""
    return WorkerLost(
        f"the process that worked on this crashed ({signal_name}); only this query is lost",
        mend="Ask in a simpler way, with less nesting. This is a defect of the query engine, and worth reporting.",
    )
