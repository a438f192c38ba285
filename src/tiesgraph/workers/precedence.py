"""Who comes first at the processors: the server, behind it the nursery, and behind that those who work for long."""

from __future__ import annotations

import os
import struct
from contextlib import suppress

from tiesgraph.workers.process import of_c_library

__all__ = ["be_prompt", "interrupt_nobody", "stand_behind"]

# Of <linux/sched/types.h>, and the call's number, for which the GNU C library has no function before its version 2.41.
_SCHED_ATTR = struct.Struct("=IIQiIQQQ")
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274}
_RESET_ON_FORK = 1

_TURN = 100_000
"""Nanoseconds that the server asks to run at a time, the least there is."""

_BEHIND = 5
"""How nice the nursery and its workers are: they get a third of the server's share where both want to run."""


def stand_behind() -> None:
    """Have this process, and its forks, get less of the processors than the server where there are too few of them.

    The server is to wait least: all that the others do goes through it.
    """
    os.nice(_BEHIND)


def be_prompt() -> None:
    """Have the system run this process as soon as it has something to do, in place of whatever else runs.

    It asks for short turns, which come sooner than long ones, and give it no more in all (Linux, from 6.12 on).
    Its forks do not.
    """
    call, number = of_c_library("syscall"), _SCHED_SETATTR.get(os.uname().machine)
    if call is not None and number is not None and os.sched_getscheduler(0) == os.SCHED_OTHER:
        nice = os.getpriority(os.PRIO_PROCESS, 0)
        call(number, 0, _SCHED_ATTR.pack(_SCHED_ATTR.size, os.SCHED_OTHER, _RESET_ON_FORK, nice, 0, _TURN, 0, 0), 0)


def interrupt_nobody() -> None:
    """Have this process, when it gets something to do, wait for a processor that is free.

    The server has to hand out more than one task before it is through with an answer; a worker that begins at once in
    its place has it begin again with cold caches.
    """
    # Where it is not allowed it is done without.
    with suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
