"""A worker: one process that does one task after the other, until a limit or the other end of its socket ends it."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import time
import traceback
from typing import TYPE_CHECKING, Any

from tiesgraph.errors import TiesgraphError
from tiesgraph.workers.limits import too_much_memory
from tiesgraph.workers.process import limit_memory, resident
from tiesgraph.workers.wire import Reply, packed, receive, send

if TYPE_CHECKING:
    from tiesgraph.store import Store

__all__ = ["work"]

_GROWTH = 32 * 1024 * 1024
_QUICK = 0.02
"""Seconds in which no task can make a worker grow so much that it is worth looking."""


def work(store: Store, line: socket.socket, /, *, memory: int) -> None:
    """Do the tasks that come by `line`, each within the seconds that come with it and `memory` bytes.

    The timer has the default action, which needs no interpreter: it ends the process within the engine, too.
    Returns when the other end closes the line.
    """
    try:
        _serve(store, line, memory)
    except BaseException:  # noqa: BLE001 - the nursery tells the server what is written here
        os.write(2, traceback.format_exc().encode())
        os._exit(1)


def _serve(store: Store, line: socket.socket, memory: int) -> None:
    # Made while there is memory to make it in.
    exhausted = pickle.dumps(Reply(done=False, value=too_much_memory(memory), spent=True))
    limit_memory(memory)
    at_first = resident()
    while (order := receive(line)) is not None:
        seconds, pickled = order
        signal.setitimer(signal.ITIMER_REAL, seconds)
        began = time.monotonic()
        try:
            done, value = _outcome(store, pickled)
            spent = time.monotonic() - began > _QUICK and resident() - at_first > _GROWTH
            reply, apart = packed(Reply(done, value, spent))
            del value
        except MemoryError:
            reply, apart = exhausted, b""
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            send(line, reply, apart)
        except OSError:
            return


def _outcome(store: Store, pickled: bytes | memoryview) -> tuple[bool, Any]:
    """Whether the task returned, and what it returned or the error it raised.

    Raises:
        MemoryError: there was too little.
    """
    try:
        task, argument = pickle.loads(pickled)  # noqa: S301 - the server wrote it
        return True, task(store, argument)
    except MemoryError:
        raise
    except TiesgraphError as error:
        # The frames that it came through hold results of the engine.
        error.__cause__ = error.__context__ = None
        return False, error.with_traceback(None)
    except BaseException as error:  # noqa: BLE001 - the server raises it where it is waited for, whatever it is
        failure = RuntimeError(f"a task failed in a worker: {type(error).__name__}")
        failure.add_note(traceback.format_exc())
        return False, failure
