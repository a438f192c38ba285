"""The nursery that there is, and the heir that is kept ready to take its place."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Protocol

from tiesgraph.workers.limits import Limits
from tiesgraph.workers.notices import Barren, Birth, Death, Heir
from tiesgraph.workers.nursery import QUIET, Nursery, NurseryLost
from tiesgraph.workers.process import adopt_orphans

if TYPE_CHECKING:
    from tiesgraph.store import Store

__all__ = ["Family", "Lineage"]

_log = logging.getLogger(__name__)

_PAUSE = 0.2
"""Seconds before a worker or an heir is asked for anew that could not be made, or an heir that ended."""

_MOST = 4
"""How often it takes four times as long until a nursery gets ready, where those before it ended over that."""


class Family(Protocol):
    """Who is told what the nursery tells."""

    def born(self, birth: Birth, /, *, generation: int) -> None:
        """There is a worker, of the nursery of that number."""
        ...

    def died(self, death: Death, /) -> None:
        """A child of the nursery ended; it may be one that nobody misses."""
        ...

    def barren(self) -> None:
        """A worker that was asked for could not be made; this is told after a pause."""
        ...

    def nursery_lost(self) -> None:
        """The nursery is gone."""
        ...

    def nursery_made(self, *, ripe: bool) -> None:
        """There is another; whether it is the heir, which makes workers as good as before and was asked for one."""
        ...


class Lineage:
    """One nursery after the other, each the heir of the one before where there is one."""

    def __init__(self, store: Store, limits: Limits, family: Family, /, *, first: int) -> None:
        """Fork the first nursery, which makes `first` workers at once; see `Nursery.start`."""
        self._store = store
        self._limits = limits
        self._family = family
        self._lifeline = os.pipe()
        self._heir: Nursery | None = None
        self._closed = False
        self._is_ready = False
        self._in_vain = 0
        self.generation = 0
        self._nursery = self._start(first=first)

    def _start(self, *, first: int = 0, again: bool = False) -> Nursery:
        memory, lifeline = self._limits.memory, self._lifeline[0]
        quiet = QUIET * 4 ** min(self._in_vain, _MOST)
        return Nursery.start(self._store, memory=memory, lifeline=lifeline, first=first, quiet=quiet, again=again)

    @property
    def pid(self) -> int:
        """The process id of the nursery."""
        return self._nursery.pid

    @property
    def heir(self) -> int | None:
        """The process id of the heir, where there is one."""
        return self._heir.pid if self._heir is not None else None

    def open(self) -> None:
        """Begin to read what the nursery tells."""
        asyncio.get_running_loop().add_reader(self._nursery.fileno(), self._noticed)

    def close(self) -> None:
        """End the nursery and its heir, and with them all workers."""
        self._closed = True
        asyncio.get_running_loop().remove_reader(self._nursery.fileno())
        self._nursery.close()
        self._without_heir()
        for end in self._lifeline:
            os.close(end)
        adopt_orphans(yes=False)

    def ask(self) -> None:
        """Ask for one more worker.

        Raises:
            NurseryLost: there is nobody to ask at the moment.
        """
        self._nursery.ask()

    def want_heir(self) -> None:
        """See that there will be an heir, now that the nursery has got ready."""
        self._is_ready = True
        if not self._closed and self._heir is None:
            # Those whose nursery is gone would else be strangers' children, and so would the heir.
            adopt_orphans(yes=True)
            try:
                self._nursery.ask(heir=True)
            except NurseryLost:
                # That is noticed where its socket is read, and the next one is asked.
                return

    def _noticed(self) -> None:
        """Take in what the nursery tells."""
        try:
            notice = self._nursery.notice()
        except NurseryLost:
            self._lost()
            return
        match notice:
            case Birth():
                self._family.born(notice, generation=self.generation)
            case Heir():
                self._heir = Nursery.of(notice)
                asyncio.get_running_loop().add_reader(self._heir.fileno(), self._heir_gone)
            case Death():
                self._family.died(notice)
            case Barren(error, heir):
                _log.error("no worker can be made: %s", os.strerror(error))
                if heir:
                    self._want_heir_soon()
                else:
                    asyncio.get_running_loop().call_later(_PAUSE, self._family.barren)

    def _heir_gone(self) -> None:
        """Have another: an heir says nothing, but its socket ends with it."""
        self._without_heir()
        _log.warning("the process that is to make workers next is gone; another is made")
        self._want_heir_soon()

    def _want_heir_soon(self) -> None:
        """Ask the same nursery for another; the next one has to get ready first, and is asked then."""
        # Where something is so wrong that each ends at once, this must not become a storm of forks.
        asyncio.get_running_loop().call_later(_PAUSE, self._want_heir_of, self.generation)

    def _want_heir_of(self, generation: int) -> None:
        if generation == self.generation:
            self.want_heir()

    def _without_heir(self) -> None:
        if self._heir is not None:
            asyncio.get_running_loop().remove_reader(self._heir.fileno())
            self._heir.close()
            self._heir = None

    def _lost(self) -> None:
        """Put the heir in the nursery's place; where there is none, make a nursery.

        Where it was lost before it had got ready, that may be what ended it, and its workers with it: say, that there
        is too little memory. So the next gets ready the later, and its workers have the more time.
        """
        asyncio.get_running_loop().remove_reader(self._nursery.fileno())
        self._nursery.close()
        self._family.nursery_lost()
        self.generation += 1
        _log.error("the process that makes workers is gone; another is made")
        self._in_vain = 0 if self._is_ready else self._in_vain + 1
        self._is_ready = ripe = self._succeed()
        if not ripe:
            self._nursery = self._start(again=True)
        self.open()
        self._family.nursery_made(ripe=ripe)
        if ripe:
            self.want_heir()

    def _succeed(self) -> bool:
        """Whether there is an heir that takes the nursery's place."""
        if self._heir is None:
            return False
        heir, self._heir = self._heir, None
        asyncio.get_running_loop().remove_reader(heir.fileno())
        try:
            heir.ask()
        except NurseryLost:
            # Both were ended at once.
            heir.close()
            return False
        self._nursery = heir
        return True
