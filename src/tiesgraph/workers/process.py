"""What a forked process does to itself before it works: what it keeps open, ignores, may use and is called."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["limit_memory", "resident", "settle", "threads"]

_PAGE = os.sysconf("SC_PAGE_SIZE")


def settle(name: str, /, *, keep: Iterable[int]) -> None:
    """Make a process just forked one that waits for orders.

    It closes every file but the three standard ones and those to `keep`: a client's socket that a fork holds
    open never ends for the client. It ignores the signals that tell a server to end, which reach all processes
    of a terminal or a service at once: the server lets its work end first, and closing its sockets ends the rest.
    """
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    kept = sorted(fd for fd in keep if fd > 2)
    for low, high in zip([2, *kept], [*kept, os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(low + 1, high)
    # What `ps` and `top` show; a convenience, and not every kernel lets it be written.
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name, encoding="ascii")


def limit_memory(more: int, /) -> None:
    """Let this process take `more` bytes of address space beyond what it has now, and leave no core.

    Writing out the memory of a process that crashed would take longer than whatever it did before.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = _pages(0) * _PAGE + more
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # Where the whole machine runs short, a worker is the one to go.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")


def resident(pid: int | None = None, /) -> int:
    """The bytes of a process (this one where None) that are in memory, with those that it shares with its parent.

    Raises:
        OSError: there is no such process.
    """
    return _pages(1, pid or "self") * _PAGE


def _pages(column: int, pid: int | str = "self") -> int:
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[column])


def threads() -> int:
    """How many threads this process has, the engine's included."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())
