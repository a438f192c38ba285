"""The nursery: one process with one thread that holds the store, and of which every worker is a fork.

A fork copies no memory but what either side then writes, so that a worker costs a few megabytes and is there
in milliseconds. What a fork does copy is every lock as it stands, and only the thread that forks: a lock that
another thread holds stays held for ever. So the nursery is forked while its parent has a single thread (the
engine's loader starts none that outlive it; `Nursery.start` looks), and starts none itself.

The parent speaks to it by a socket of messages. Each byte it sends asks for one worker. The nursery answers
with a worker's process id, its socket and a descriptor by which it can be killed without mistaking it for
another; and when a worker has ended, with how it ended and the last it said. Where the socket ends, the
parent is gone: all workers are killed and the nursery ends. A worker that outlives the nursery goes on: at a
pipe from the parent it notices when that is gone, too.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiesgraph.workers.notices import Birth, Death
from tiesgraph.workers.process import (
    end_with,
    give_back,
    go_on_with_parent_gone,
    interrupt_nobody,
    keep_heap,
    let_go_of_files,
    settle,
    stand_behind,
    threads,
)
from tiesgraph.workers.worker import work

if TYPE_CHECKING:
    from tiesgraph.store import Store

__all__ = ["Nursery", "NurseryLost"]

_NOTICE = struct.Struct("<Bii")
_BIRTH, _DEATH, _BARREN = range(3)
_DONE = object()
_PAUSE = 0.2
"""Seconds that the first workers get for themselves."""
_BREATH = 0.004
"""Seconds between two pieces of what makes workers faster, which is not to hold up those there are."""
_LAST_WORDS = 4_000
_MESSAGE = _NOTICE.size + _LAST_WORDS


class NurseryLost(Exception):  # noqa: N818 - it says what happened
    """The nursery has ended, so that no worker can be had any more."""


class Nursery:
    """The parent's end of a nursery."""

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid = pid
        self._control = control

    @classmethod
    def start(cls, store: Store, /, *, memory: int, lifeline: int, first: int = 0, again: bool = False) -> Nursery:
        """Fork the nursery, which makes `first` workers at once.

        Workers end when nobody can write any more to the pipe of which `lifeline` is the end that is read.

        One that is lost is made `again` from a server that may have threads by now. They only read: of the
        engine's locks they can hold none that keeps another reader out, the C library sees to its own, and the
        interpreter to its own. It is done all the same only where there would be no more workers otherwise.

        Raises:
            RuntimeError: this process has several threads.
        """
        if not again:
            _wait_for_threads()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid:
            theirs.close()
            return cls(pid, ours)
        with _last_resort():
            settle("ties-nursery")
            stand_behind()
            if again:
                # The server's answers, of which there was a copy.
                give_back()
            let_go_of_files(keep=[theirs.fileno(), lifeline])
            _Cradle(store, theirs, memory, lifeline).mind(first)
        os._exit(0)

    def fileno(self) -> int:
        """The descriptor that can be read when there is a notice."""
        return self._control.fileno()

    def ask(self) -> None:
        """Ask for one more worker.

        Raises:
            NurseryLost: there is nobody to ask.
        """
        try:
            self._control.send(b"+")
        except OSError as error:
            raise NurseryLost from error

    def notice(self) -> Birth | Death:
        """The next notice.

        Raises:
            NurseryLost: there will be none.
        """
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, 2)
        except OSError as error:
            raise NurseryLost from error
        if not message:
            raise NurseryLost
        kind, pid, code = _NOTICE.unpack_from(message)
        if kind == _BIRTH:
            return Birth(pid, socket.socket(fileno=descriptors[0]), descriptors[1], bool(code))
        return Death(pid, code, message[_NOTICE.size :].decode("utf-8", "replace"))

    def close(self) -> None:
        """Let it kill its workers and end; its own end is waited for."""
        self._control.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _wait_for_threads() -> None:
    """Let a thread that was joined be gone for the system, too, which takes a moment.

    Raises:
        RuntimeError: there are others.
    """
    for _ in range(100):
        if threads() == 1:
            return
        time.sleep(0.001)
    raise RuntimeError("a process with several threads cannot be forked safely")


@contextlib.contextmanager
def _last_resort() -> Iterator[None]:
    """Let no error of a fork run on in the parent's code, of which the fork has a copy."""
    try:
        yield
    except BaseException:  # noqa: BLE001 - there is nobody to raise it to
        sys.excepthook(*sys.exc_info())
        os._exit(1)


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    handle: int
    said: int


class _Cradle:
    """The nursery's own side."""

    def __init__(self, store: Store, control: socket.socket, memory: int, lifeline: int) -> None:
        self._store = store
        self._control = control
        self._memory = memory
        self._lifeline = lifeline
        self._children: dict[int, _Child] = {}
        self._poll = select.poll()
        self._ripe = False

    def mind(self, first: int) -> None:
        """Make and bury workers until the parent is gone.

        The first ones are made at once, so that there is somebody to answer. What makes workers faster is done
        after that, a little at a time, and once it is done one worker more is made without being asked for.
        """
        # What is here now stays: looking through it for garbage would only unshare it.
        gc.freeze()
        self._poll.register(self._control, select.POLLIN)
        for _ in range(first):
            self._bear()
        getting_ready = self._getting_ready()
        quiet_until = time.monotonic() + _PAUSE
        while True:
            pause = None if self._ripe else 1000 * max(_BREATH, quiet_until - time.monotonic())
            events = self._poll.poll(pause)
            if not events and next(getting_ready, _DONE) is _DONE:
                self._ripe = True
                gc.freeze()
                self._bear()
            for descriptor, _ in events:
                if descriptor != self._control.fileno():
                    self._bury(self._children.pop(descriptor))
                elif wanted := self._orders():
                    for _ in range(wanted):
                        self._bear()
                else:
                    self._end()
                    return

    def _getting_ready(self) -> Iterator[None]:
        keep_heap()
        yield from self._store.narrowing()

    def _orders(self) -> int:
        """How many workers the parent asks for; 0 where it is gone, also where it left notices unread."""
        try:
            return len(self._control.recv(64))
        except ConnectionError:
            return 0

    def _bear(self) -> None:
        """Fork a worker and tell the parent."""
        ours, theirs = socket.socketpair()
        said = os.memfd_create("said")
        try:
            pid = os.fork()
        except OSError as error:
            self._tell(_BARREN, 0, error.errno or 0)
            for descriptor in (ours.detach(), theirs.detach(), said):
                os.close(descriptor)
            return
        if pid == 0:
            with _last_resort():
                # Whatever it says, the engine's last words included, is for the parent's log alone.
                os.dup2(said, 1)
                os.dup2(said, 2)
                # A trace behind those words would push them out of what is kept, and they tell what happened.
                os.environ.pop("RUST_BACKTRACE", None)
                settle("ties-worker")
                interrupt_nobody()
                end_with(self._lifeline)
                if self._ripe:
                    go_on_with_parent_gone()
                self._forget(ours)
                work(self._store, theirs, memory=self._memory)
            os._exit(0)
        theirs.close()
        handle = os.pidfd_open(pid)
        self._children[handle] = _Child(pid, handle, said)
        self._poll.register(handle, select.POLLIN)
        with ours, contextlib.suppress(ConnectionError):
            socket.send_fds(self._control, [_NOTICE.pack(_BIRTH, pid, self._ripe)], [ours.fileno(), handle])

    def _forget(self, ours: socket.socket) -> None:
        """In a worker: close what the nursery has for itself."""
        ours.close()
        self._control.close()
        for child in self._children.values():
            os.close(child.handle)
            os.close(child.said)

    def _bury(self, child: _Child) -> None:
        """Take in a worker that ended, and tell the parent how."""
        _, status = os.waitpid(child.pid, 0)
        words = os.pread(child.said, _LAST_WORDS, max(0, os.fstat(child.said).st_size - _LAST_WORDS))
        self._poll.unregister(child.handle)
        os.close(child.handle)
        os.close(child.said)
        self._tell(_DEATH, child.pid, os.waitstatus_to_exitcode(status), words)

    def _tell(self, kind: int, pid: int, code: int, words: bytes = b"") -> None:
        # A parent that is gone is seen where the next order is read.
        with contextlib.suppress(ConnectionError):
            self._control.send(_NOTICE.pack(kind, pid, code) + words)

    def _end(self) -> None:
        for child in self._children.values():
            signal.pidfd_send_signal(child.handle, signal.SIGKILL)
            os.waitpid(child.pid, 0)
