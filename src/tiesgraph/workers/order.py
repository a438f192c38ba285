"""A task that somebody waits for, and what is known of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tiesgraph.workers.kinds import Likeness

__all__ = ["Order"]


@dataclass(eq=False, slots=True)
class Order:
    """A task that somebody waits for.

    Attributes:
        pickled: what the worker is sent.
        seconds: the time it has, from when it was asked for.
        deadline: when that is over, by the clock of the event loop.
        answer: what its caller waits for.
        tell: says what it has in common with others.
        began: when its present worker took it up.
        spent: the processor time that its worker had spent by then.
        heavy: whether it has one of the heavy places.
        stands_back: whether it makes way for younger ones.
        paused: the seconds for which it was stopped in favour of others.
        suspect: whether one much like it was heavy, or it was so itself before.
        middling: whether one much like it stood back, and so it does from the beginning.
        familiar: whether it goes ahead of newcomers.
        doubtful: whether it was a newcomer in times of strain, or is known to be heavy.
        lost: how many workers were lost under it; one that was gone before counts for less.
    """

    pickled: bytes
    seconds: float
    deadline: float
    answer: asyncio.Future[Any] = field(repr=False)
    tell: Callable[[], Likeness] = field(repr=False)
    began: float = 0.0
    spent: float = 0.0
    heavy: bool = False
    stands_back: bool = False
    paused: float = 0.0
    suspect: bool = False
    middling: bool = False
    familiar: bool = False
    doubtful: bool = False
    lost: float = 0.0
    _like: Likeness | None = field(default=None, repr=False)

    @property
    def asked(self) -> float:
        """When it was asked for, by the clock of the event loop."""
        return self.deadline - self.seconds

    @property
    def is_known(self) -> bool:
        """Whether somebody asked already what it has in common with others."""
        return self._like is not None

    @property
    def like(self) -> Likeness:
        """What it has in common with others, which takes a while to say when it is first asked."""
        if self._like is None:
            self._like = self.tell()
        return self._like
