"""What became of the tasks of a pool: what `/stats` and `/metrics` tell."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Outcomes"]


@dataclass(slots=True)
class Outcomes:
    """What became of the tasks of a pool so far: numbers that only grow.

    Attributes:
        done: answered.
        failed: ended with an error of their own.
        turned_away: not taken in, because too many waited.
        crowded_out: waited until their time was over.
        over_time: stopped at the time limit.
        over_memory: stopped at the memory limit.
        abandoned: stopped because nobody waited for them any more.
        crashed: ended their worker.
        lost: lost a worker that was killed from outside.
        parked: gave their worker up for others, to be begun again.
    """

    done: int = 0
    failed: int = 0
    turned_away: int = 0
    crowded_out: int = 0
    over_time: int = 0
    over_memory: int = 0
    abandoned: int = 0
    crashed: int = 0
    lost: int = 0
    parked: int = 0
