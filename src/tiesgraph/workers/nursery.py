"""The nursery: one process with one thread at work that holds the store, and of which every worker is a fork.

A fork copies no memory but what either side then writes, so that a worker costs a few megabytes and is there
in milliseconds. What a fork does copy is every lock as it stands, and only the thread that forks: a lock that
another thread holds stays held for ever. So the nursery is forked while its parent has a single thread (the
engine's loader starts none that outlive it; `Nursery.start` looks), and when it forks, all that its other thread does
is wait for its end.

The parent speaks to it by a socket of messages. Each that it sends asks for one worker or for an heir. The nursery
answers with a worker's process id, its socket and a descriptor by which it can be killed without mistaking it for
another; and when a worker has ended, with how it ended and the last it said. Where the socket ends, the
parent is gone: all workers are killed and the nursery ends. A worker that outlives the nursery goes on: at a
pipe from the parent it notices when that is gone, too.

An heir is a fork as well. It does nothing, and shares all its memory, until the nursery is gone; then it is the next.
"""

from __future__ import annotations

import contextlib
import os
import socket
from functools import partial
from typing import TYPE_CHECKING

from tiesgraph.workers.cradle import HEIR, WORKER, Cradle
from tiesgraph.workers.notices import Heir, Notice, receive_notice
from tiesgraph.workers.precedence import stand_behind
from tiesgraph.workers.process import (
    are_there_only,
    as_a_fork,
    give_back,
    let_go_of_files,
    on_deep_stack,
    settle,
)

if TYPE_CHECKING:
    from tiesgraph.store import Store

__all__ = ["QUIET", "Nursery", "NurseryLost"]

QUIET = 0.2
"""Seconds that the first workers get for themselves."""


class NurseryLost(Exception):  # noqa: N818 - it says what happened
    """The nursery has ended, so that no worker can be had any more."""


class Nursery:
    """The parent's end of a nursery."""

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid = pid
        self._control = control

    @classmethod
    def start(
        cls,
        store: Store,
        /,
        *,
        memory: int,
        lifeline: int,
        first: int = 0,
        quiet: float = QUIET,
        again: bool = False,
    ) -> Nursery:
        """Fork the nursery, which makes `first` workers at once, and does what makes workers faster `quiet` seconds on.

        Workers end when nobody can write any more to the pipe of which `lifeline` is the end that is read.

        One that is lost, and its heir with it, is made `again` from a server that may have threads by now. They only
        read: of the engine's locks they can hold none that keeps another reader out, the C library sees to its own,
        and the interpreter to its own. It is done all the same only where there would be no more workers otherwise.

        Raises:
            RuntimeError: this process has several threads.
        """
        if again:
            # What is half read could not be read to its end in a fork.
            store.complete()
        elif not are_there_only(1):
            raise RuntimeError("a process with several threads cannot be forked safely")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid:
            theirs.close()
            return cls(pid, ours)
        with as_a_fork():
            settle("ties-nursery")
            stand_behind()
            if again:
                # The server's answers, of which there was a copy.
                give_back()
            let_go_of_files(keep=[theirs.fileno(), lifeline])
            cradle = Cradle(store, theirs, memory=memory, lifeline=lifeline, quiet=quiet)
            on_deep_stack(partial(cradle.mind, first))
        raise AssertionError("a fork goes no further")

    @classmethod
    def of(cls, heir: Heir, /) -> Nursery:
        """What an heir is once it is asked for something."""
        return cls(heir.pid, heir.line)

    def fileno(self) -> int:
        """The descriptor that can be read when there is a notice, or nobody to send any."""
        return self._control.fileno()

    def ask(self, *, heir: bool = False) -> None:
        """Ask for one more worker, or for an heir.

        Raises:
            NurseryLost: there is nobody to ask.
        """
        try:
            self._control.send(HEIR if heir else WORKER)
        except OSError as error:
            raise NurseryLost from error

    def notice(self) -> Notice:
        """The next notice.

        Raises:
            NurseryLost: there will be none.
        """
        try:
            notice = receive_notice(self._control)
        except OSError as error:
            raise NurseryLost from error
        if notice is None:
            raise NurseryLost
        return notice

    def close(self) -> None:
        """Let it kill its children and end; its own end is waited for."""
        self._control.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
