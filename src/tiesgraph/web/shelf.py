"""What is kept for the next who asks, as long as there is room: the least asked for goes first.

A process that is forked from the one that keeps it has no use for it, and lets go of its copy.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

__all__ = ["Shelf"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """A mapping with room for so many bytes, which forgets what was asked for longest ago.

    There may be tens of thousands of things. Plain tuples of texts, bytes and numbers are best, for keys too: what
    can be part of no circle is not looked through for garbage, which otherwise holds up everybody for tens of
    milliseconds at a time.

    Attributes:
        room: the bytes it may hold.
        held: those it holds.
        hits: how often something was found.
        misses: how often not.
    """

    def __init__(self, room: int, /) -> None:
        self.room = room
        self.held = 0
        self.hits = 0
        self.misses = 0
        self._things: OrderedDict[K, tuple[V, int]] = OrderedDict()
        _shelves.add(self)

    def __len__(self) -> int:
        """How many things it holds."""
        return len(self._things)

    def get(self, key: K, /) -> V | None:
        """What is kept under `key`, or None."""
        found = self._things.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._things.move_to_end(key)
        return found[0]

    def put(self, key: K, thing: V, /, *, size: int) -> None:
        """Keep a thing of so many bytes, key included; not one that would take more than an eighth of the room."""
        if size > self.room // 8:
            return
        before = self._things.pop(key, None)
        if before is not None:
            self.held -= before[1]
        self._things[key] = thing, size
        self.held += size
        while self.held > self.room:
            _, (_, freed) = self._things.popitem(last=False)
            self.held -= freed

    def clear(self) -> None:
        """Forget everything."""
        self._things.clear()
        self.held = 0


_shelves: WeakSet[Shelf[Any, Any]] = WeakSet()


def _clear_all() -> None:
    for shelf in _shelves:
        shelf.clear()


os.register_at_fork(after_in_child=_clear_all)
