"""What is known of kinds of tasks: which were heavy, or of middling weight, and which are familiar as light.

Of a task that is much like a heavy one it is best to think ill, and one that is somewhat like many light ones may go
ahead of those of which nothing is known. Neither decides how long it may take: a task is told by what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property

__all__ = ["Kinds", "Likeness"]

_MANY = 1_000
"""How many kinds of either sort are remembered."""

_OFTEN = 4
"""How many light tasks make a kind familiar."""


class Likeness:
    """What a task has in common with others; to say so takes a while, so it is worked out when it is first asked."""

    def __init__(self, closely: Callable[[], Hashable], loosely: Callable[[], Hashable], /) -> None:
        """What tells it: with those that are most likely as heavy, and with those that are likely as light."""
        self._closely = closely
        self._loosely = loosely

    @cached_property
    def close(self) -> Hashable:
        """What it has in common with those that are most likely as heavy."""
        return self._closely()

    @cached_property
    def loose(self) -> Hashable:
        """What it has in common with those that are likely as light."""
        return self._loosely()


class Kinds:
    """The kinds that were seen."""

    def __init__(self) -> None:
        self._heavy: dict[Hashable, int] = {}
        self._middling: dict[Hashable, int] = {}
        self._light: dict[Hashable, int] = {}

    @property
    def any_heavy(self) -> bool:
        """Whether any is thought ill of."""
        return bool(self._heavy)

    def is_heavy(self, kind: Likeness, /) -> bool:
        """Whether the last one much like it was heavy."""
        return bool(self._heavy) and kind.close in self._heavy

    def is_middling(self, kind: Likeness, /) -> bool:
        """Whether the last one much like it was too heavy to be light, whatever else it was."""
        return bool(self._middling) and kind.close in self._middling

    def is_familiar(self, kind: Likeness, /) -> bool:
        """Whether many somewhat like it were light, and none was heavy since."""
        return self._light.get(kind.loose, 0) >= _OFTEN

    def was_heavy(self, kind: Likeness, /) -> None:
        """Think ill of those much like it, and trust those somewhat like it no more."""
        self.was_not_light(kind)
        _note(self._heavy, kind.close, 1)

    def was_not_heavy(self, kind: Likeness, /) -> None:
        """Think ill of them no more."""
        self._heavy.pop(kind.close, None)

    def was_middling(self, kind: Likeness, /) -> None:
        """Have those much like it stand back from the beginning, and trust those somewhat like it no more."""
        self.was_not_light(kind)
        _note(self._middling, kind.close, 1)

    def was_not_middling(self, kind: Likeness, /) -> None:
        """Have them begin as others do."""
        self._middling.pop(kind.close, None)

    def was_light(self, kind: Likeness, /) -> None:
        """Trust those somewhat like it a little more."""
        _note(self._light, kind.loose, min(_OFTEN, self._light.get(kind.loose, 0) + 1))

    def was_not_light(self, kind: Likeness, /) -> None:
        """Trust them no more."""
        self._light.pop(kind.loose, None)


def _note(known: dict[Hashable, int], kind: Hashable, number: int) -> None:
    """Note a number for a kind, and forget what was noted longest ago."""
    known.pop(kind, None)
    known[kind] = number
    while len(known) > _MANY:
        del known[next(iter(known))]
