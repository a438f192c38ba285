"""What a forked process does to itself before it works: what it keeps open, ignores, may use and is called."""

from __future__ import annotations

import fcntl
import functools
import os
import resource
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = [
    "adopt_orphans",
    "are_there_only",
    "as_a_fork",
    "be_called",
    "end_with",
    "give_back",
    "go_on_with_parent_gone",
    "keep_heap",
    "let_go_of_files",
    "limit_memory",
    "of_c_library",
    "on_deep_stack",
    "resident",
    "settle",
]

_STACK = 64 * 1024 * 1024

# Of <malloc.h>.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3

# Of <linux/mman.h>.
_MADV_COLLAPSE = 25
_HUGE = 2 * 1024 * 1024

# Of <sys/prctl.h>.
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36

_PAGE = os.sysconf("SC_PAGE_SIZE")


def settle(name: str, /) -> None:
    """Make a process just forked one that waits for orders, and so its own forks.

    It ignores the signals that tell a server to end, which reach all processes of a terminal or a service at
    once: the server lets its work end first, and closing its sockets ends the rest.
    """
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGALRM, signal.SIGIO):
        signal.signal(number, signal.SIG_DFL)
    be_called(name)


def be_called(name: str, /) -> None:
    """Have `ps` and `top` show a name; a convenience, and not every kernel lets it be written."""
    with suppress(OSError):
        _write("/proc/self/comm", name)


@contextmanager
def as_a_fork() -> Iterator[None]:
    """End this process with what it does here, come what may: the parent's code, of which a fork has a copy, is not
    for it to run on in.
    """
    try:
        yield
    except BaseException:  # noqa: BLE001 - there is nobody to raise it to
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def on_deep_stack(task: Callable[[], None], /) -> None:
    """Do something in a thread that has a deep stack, and so have the processes that it forks.

    Raises:
        BaseException: whatever the task raises.
    """
    done: Future[None] = Future()

    def do() -> None:
        try:
            task()
            done.set_result(None)
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            done.set_exception(error)

    before = threading.stack_size(_STACK)
    thread = threading.Thread(target=do)
    thread.start()
    threading.stack_size(before)
    thread.join()
    done.result()


def adopt_orphans(*, yes: bool) -> None:
    """Whether processes whose parent ends become this one's children, where it is among their ancestors."""
    _set_option(_PR_SET_CHILD_SUBREAPER, int(yes))


def let_go_of_files(*, keep: Iterable[int]) -> None:
    """Have none of the files of the process that was forked, but the outputs and those to `keep`.

    A client's socket that a fork holds open never ends for the client. They are not closed, but exchanged for
    nothing: the fork has copies of the objects that they belong to, and whichever of these goes at some time
    closes its number, which must not be another file's by then.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    kept = {1, 2, nothing, *keep}
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if number not in kept:
            os.dup2(nothing, number)
    os.close(nothing)


def end_with(lifeline: int, /) -> None:
    """Have the system end this process when nobody can write to a pipe any more, whatever it does by then.

    Args:
        lifeline: the descriptor of the end that is read, to which nothing is ever written; it is closed.
    """
    # What is set belongs to an open file, which forks would share.
    own = os.open(f"/proc/self/fd/{lifeline}", os.O_RDONLY | os.O_NONBLOCK)
    os.close(lifeline)
    fcntl.fcntl(own, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(own, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    line = select.poll()
    line.register(own, select.POLLHUP)
    if line.poll(0):
        os._exit(0)


def go_on_with_parent_gone() -> None:
    """Have the system continue this process, where it is stopped, when its parent ends: it could not end otherwise."""
    _set_option(_PR_SET_PDEATHSIG, int(signal.SIGCONT))


def _set_option(option: int, value: int) -> None:
    set_option = of_c_library("prctl")
    if set_option is not None:
        set_option(option, value, 0, 0, 0)


def of_c_library(name: str) -> Any:
    """A function of the C library; None where it has none of that name."""
    return getattr(_c_library(), name, None)


@functools.cache
def _c_library() -> Any:
    # It takes longer to import than to fork a worker, and nothing else needs it.
    import ctypes

    return ctypes.CDLL(None)


def limit_memory(more: int, /) -> None:
    """Let this process take `more` bytes of address space beyond what it has now, and leave no core.

    Writing out the memory of a process that crashed would take longer than whatever it did before.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = _pages("self")[0] * _PAGE + more
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # Where the whole machine runs short, a worker is the one to go.
    with suppress(OSError):
        _write("/proc/self/oom_score_adj", "800")


def keep_heap() -> None:
    """Have the C library keep the memory that a task gives back, for the next one, where it is the GNU one.

    It would otherwise hand it to the system and get it again with each query, which takes about a tenth of the time.
    """
    set_option = of_c_library("mallopt")
    if set_option is not None:
        for option, size in ((_M_TRIM_THRESHOLD, 1 << 30), (_M_TOP_PAD, 1 << 26), (_M_MMAP_THRESHOLD, 1 << 30)):
            set_option(option, size)


def gather_pages() -> Iterator[None]:
    """Have the system put memory of this process together to huge pages, where it can, a few milliseconds at a time.

    To fork copies a table of all pages, and to end goes through it once more: of 2 MiB each there are few.
    """
    advise = of_c_library("madvise")
    if advise is None:
        return
    # See `of_c_library`.
    import ctypes

    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for begin, end in list(_own_memory()):
        for place in range(-(-begin // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE):
            # What cannot be put together stays as it is.
            advise(place, _HUGE, _MADV_COLLAPSE)
            yield


def _own_memory() -> Iterator[tuple[int, int]]:
    """Where in this process's address space there is memory of its own that it can write to, its stack apart."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        place, allowed, _, _, inode, *name = line.split(maxsplit=5)
        if allowed == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
            begin, _, end = place.partition("-")
            yield int(begin, 16), int(end, 16)


def give_back() -> None:
    """Hand what this process has freed to the system, where the C library is the GNU one and keeps it otherwise."""
    trim = of_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def resident(pid: int | None = None, /) -> int:
    """The bytes of a process (this one where None) that are in memory and come from no file; a fork begins with
    as many as its parent has, which it shares until one of them writes.

    Raises:
        OSError: there is no such process.
    """
    _, all_pages, from_files, *_ = _pages(pid or "self")
    return (all_pages - from_files) * _PAGE


def _pages(pid: int | str) -> list[int]:
    """The numbers of pages in `/proc/<pid>/statm`: address space, in memory, of these from files, and others."""
    file = os.open(f"/proc/{pid}/statm", os.O_RDONLY)
    try:
        return [int(number) for number in os.read(file, 200).split()]
    finally:
        os.close(file)


def _write(path: str, text: str) -> None:
    """Say something to the system.

    With little code: a fork gets a copy of each page on which there is something that it runs.

    Raises:
        OSError: it does not want to know.
    """
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, text.encode("ascii"))
    finally:
        os.close(file)


def are_there_only(threads: int, /) -> bool:
    """Whether this process has no more threads, the engine's included, once those that were joined have ended.

    For the system that takes a moment longer, in which they put in order what they leave of memory.
    """
    for _ in range(100):
        if sum(1 for _ in Path("/proc/self/task").iterdir()) <= threads:
            return True
        time.sleep(0.001)
    return False
