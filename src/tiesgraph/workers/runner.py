"""What runs tasks: a pool of workers, or, for tests and small embeddings, the process itself."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from tiesgraph.store import Store
    from tiesgraph.workers.kinds import Likeness

__all__ = ["Inline", "Runner"]

A = TypeVar("A")
R = TypeVar("R")


class Runner(Protocol):
    """Runs tasks of the store; see `Pool` for what each method does."""

    @property
    def epoch(self) -> int | None:
        """Changes when what is asked does; None where that may be another thing than the store at hand."""
        ...

    async def open(self) -> None:
        """Begin."""
        ...

    async def run(self, task: Callable[[Store, A], R], argument: A, /, *, seconds: float | None = None) -> R:
        """What `task(store, argument)` returns."""
        ...

    def start(
        self,
        task: Callable[[Store, A], R],
        argument: A,
        /,
        *,
        seconds: float | None = None,
        kind: Callable[[A], Likeness] | None = None,
    ) -> asyncio.Future[R]:
        """The same as something to wait for, or to cancel."""
        ...

    def drain(self, seconds: float, /) -> None:
        """Take no more tasks, and give those at hand `seconds`."""
        ...

    async def close(self) -> None:
        """End all work."""
        ...


class Inline:
    """Runs tasks where they are asked for, without any limit: for applications in one process, and for tests."""

    epoch: int | None = 0

    def __init__(self, store: Store, /) -> None:
        self._store = store

    async def open(self) -> None:
        """Nothing is to be done."""

    async def run(self, task: Callable[[Store, A], R], argument: A, /, *, seconds: float | None = None) -> R:  # noqa: ARG002
        """What `task(store, argument)` returns; the event loop waits for it."""
        try:
            return task(self._store, argument)
        except BaseException as error:
            # The engine's results may only be let go of in the thread that made them, and the garbage collector
            # runs in any: so the frames that an error came through give them up here and now.
            traceback.clear_frames(error.__traceback__)
            raise

    def start(
        self,
        task: Callable[[Store, A], R],
        argument: A,
        /,
        *,
        seconds: float | None = None,
        kind: Callable[[A], Likeness] | None = None,  # noqa: ARG002
    ) -> asyncio.Future[R]:
        """The same as something to wait for."""
        return asyncio.get_running_loop().create_task(self.run(task, argument, seconds=seconds))

    def drain(self, seconds: float, /) -> None:
        """Nothing is ever at hand when somebody asks for this."""

    async def close(self) -> None:
        """Nothing is to be done."""
