"""The nursery's own side: a loop that makes workers and heirs on demand, and tells how its children ended."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiesgraph.workers.notices import LAST_WORDS, Barren, Birth, Death, Heir, Notice, send_notice
from tiesgraph.workers.precedence import interrupt_nobody
from tiesgraph.workers.process import (
    are_there_only,
    as_a_fork,
    be_called,
    end_with,
    gather_pages,
    go_on_with_parent_gone,
    keep_heap,
)
from tiesgraph.workers.worker import work

if TYPE_CHECKING:
    from tiesgraph.store import Store

__all__ = ["HEIR", "WORKER", "Cradle"]

WORKER = b"+"
HEIR = b"="
"""What it is asked for."""

_DONE = object()
_BREATH = 0.004
"""Seconds between two pieces of what makes workers faster, which is not to hold up those there are."""

_THREADS = 2
"""One that waits for the other, which has a deep stack and does the work."""


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    handle: int
    said: int


class Cradle:
    """What a nursery does, and its heir once the nursery is gone.

    It forks from a thread with a deep stack, which is its workers' only one: the engine recurses over a query's
    structure. And nothing is asked of the engine in that thread: it keeps a random number generator for each, which
    would go on alike in all forks, so that two of them would give out the same UUID.
    """

    def __init__(
        self,
        store: Store,
        control: socket.socket,
        /,
        *,
        memory: int,
        lifeline: int,
        quiet: float = 0.0,
        ripe: bool = False,
    ) -> None:
        """Nothing happens yet.

        Args:
            store: that the workers get.
            control: where orders come from and notices go to.
            memory: bytes that a worker may take.
            lifeline: see `Nursery.start`.
            quiet: seconds before it begins with what makes workers faster.
            ripe: whether what makes workers faster is done already.
        """
        self._store = store
        self._control = control
        self._memory = memory
        self._lifeline = lifeline
        self._quiet = quiet
        self._children: dict[int, _Child] = {}
        self._poll = select.poll()
        self._ripe = ripe

    def mind(self, first: int) -> None:
        """Make and bury children until the parent is gone.

        The first workers are made at once, so that there is somebody to answer. What makes workers faster is done
        after that, a little at a time, and once it is done one worker more is made without being asked for.
        """
        # What is here now stays: looking through it for garbage would only unshare it.
        gc.freeze()
        self._poll.register(self._control, select.POLLIN)
        for _ in range(first):
            self._bear()
        getting_ready, elsewhere = self._getting_ready(), ThreadPoolExecutor(1)
        quiet_until = time.monotonic() + self._quiet
        while True:
            pause = None if self._ripe else 1000 * max(_BREATH, quiet_until - time.monotonic())
            events = self._poll.poll(pause)
            if not events and elsewhere.submit(next, getting_ready, _DONE).result() is _DONE:
                elsewhere.shutdown()
                # A fork made before that thread has put its memory in order would share none of what it then touches.
                are_there_only(_THREADS)
                self._ripe = True
                gc.freeze()
                self._bear()
            for descriptor, _ in events:
                if descriptor != self._control.fileno():
                    self._bury(self._children.pop(descriptor))
                elif order := self._order():
                    self._beget() if order == HEIR else self._bear()
                else:
                    # What the engine gave out in one thread it lets go of in that thread alone.
                    if not self._ripe:
                        elsewhere.submit(getting_ready.close).result()
                    self._end()
                    return

    def inherit(self) -> None:
        """Wait for the first order, which tells that the nursery is gone, and take its place."""
        # Orders are left for `mind` to take.
        select.select([self._control], [], [])
        be_called("ties-nursery")
        self.mind(0)

    def _getting_ready(self) -> Generator[None, None, None]:
        keep_heap()
        yield from self._store.narrowing()
        yield from gather_pages()

    def _order(self) -> bytes:
        """What the parent asks for; nothing where it is gone, also where it left notices unread."""
        try:
            return self._control.recv(1)
        except ConnectionError:
            return b""

    def _bear(self) -> None:
        """Fork a worker and tell the parent."""
        ours, theirs = socket.socketpair()
        said = os.memfd_create("said")
        try:
            pid = os.fork()
        except OSError as error:
            self._failed(error, ours, theirs, said)
            return
        if pid == 0:
            with as_a_fork():
                # Whatever it says, the engine's last words included, is for the parent's log alone.
                os.dup2(said, 1)
                os.dup2(said, 2)
                # A trace behind those words would push them out of what is kept, and they tell what happened.
                os.unsetenv("RUST_BACKTRACE")
                be_called("ties-worker")
                interrupt_nobody()
                end_with(self._lifeline)
                if self._ripe:
                    go_on_with_parent_gone()
                self._forget(ours)
                work(self._store, theirs, memory=self._memory)
        theirs.close()
        child = self._raise(pid, said)
        with ours:
            self._tell(Birth(pid, ours, child.handle, self._ripe))

    def _beget(self) -> None:
        """Fork what can take this process's place with all that it has in memory, and tell the parent."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        said = os.open(os.devnull, os.O_RDONLY)
        try:
            pid = os.fork()
        except OSError as error:
            self._failed(error, ours, theirs, said, heir=True)
            return
        if pid == 0:
            with as_a_fork():
                be_called("ties-heir")
                self._forget(ours)
                os.close(said)
                heir = Cradle(self._store, theirs, memory=self._memory, lifeline=self._lifeline, ripe=self._ripe)
                heir.inherit()
        theirs.close()
        self._raise(pid, said)
        with ours:
            self._tell(Heir(pid, ours))

    def _raise(self, pid: int, said: int) -> _Child:
        """See that the end of a child will be noticed."""
        handle = os.pidfd_open(pid)
        child = self._children[handle] = _Child(pid, handle, said)
        self._poll.register(handle, select.POLLIN)
        return child

    def _failed(
        self, error: OSError, ours: socket.socket, theirs: socket.socket, said: int, *, heir: bool = False
    ) -> None:
        """Tell the parent that no child could be made, and close what was made for it."""
        self._tell(Barren(error.errno or 0, heir))
        for descriptor in (ours.detach(), theirs.detach(), said):
            os.close(descriptor)

    def _forget(self, ours: socket.socket) -> None:
        """In a child: close what the nursery has for itself."""
        ours.close()
        self._control.close()
        for child in self._children.values():
            os.close(child.handle)
            os.close(child.said)

    def _bury(self, child: _Child) -> None:
        """Take in a child that ended, and tell the parent how."""
        _, status = os.waitpid(child.pid, 0)
        words = os.pread(child.said, LAST_WORDS, max(0, os.fstat(child.said).st_size - LAST_WORDS))
        self._poll.unregister(child.handle)
        os.close(child.handle)
        os.close(child.said)
        self._tell(Death(child.pid, os.waitstatus_to_exitcode(status), words.decode("utf-8", "replace")))

    def _tell(self, notice: Notice) -> None:
        # A parent that is gone is seen where the next order is read.
        with contextlib.suppress(ConnectionError):
            send_notice(self._control, notice)

    def _end(self) -> None:
        for child in self._children.values():
            signal.pidfd_send_signal(child.handle, signal.SIGKILL)
            os.waitpid(child.pid, 0)
