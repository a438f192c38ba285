"""Where queries run: off the event loop, behind an interface that killable workers can take over.

Everything that a query needs goes in as one `Job` and everything that the response needs comes out as
one `Written`, both plain values, so that a runner may hand them to a thread or to another process.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import traceback
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from tiesgraph.coding import encode, pick
from tiesgraph.errors import NotAcceptable, TiesgraphError
from tiesgraph.media import choose
from tiesgraph.names import prefixes
from tiesgraph.query import Dataset, parse_term, run
from tiesgraph.store import Store

__all__ = ["Job", "QueryRunner", "ThreadRunner", "Written", "answer"]

_STACK = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Job:
    """A query to answer.

    Attributes:
        text: of the query.
        dataset: its graphs.
        base: of its relative IRIs.
        accept: the Accept headers of whoever asks.
        asked: formats that the request names beside them.
        codings: the content codings that the client takes, the most wanted first.
        bind: values for variables that the query selects, as Turtle writes them with our prefixes.
    """

    text: str
    dataset: Dataset
    base: str
    accept: tuple[str, ...]
    asked: tuple[str, ...]
    codings: tuple[str, ...]
    bind: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """An answer ready to send: the body, its Content-Type, what content coding the body has, and hints on the query."""

    body: bytes
    content_type: str
    coding: str
    hints: tuple[str, ...] = ()


class QueryRunner(Protocol):
    """Answers jobs without blocking the event loop."""

    async def run(self, job: Job, /) -> Written:
        """The answer, or the TiesgraphError that `answer` raises."""
        ...

    def close(self) -> None:
        """Take no more jobs."""
        ...


def answer(store: Store, job: Job, /) -> Written:
    """Run a query and write its answer; the work of a worker.

    Raises:
        QueryError: it is no query, or refused.
        MisuseError: a value to bind is no RDF term, or its variable is not selected.
        NotAcceptable: the client takes none of the formats that fit the answer, or no content coding.
    """
    values = {name: parse_term(text, known=prefixes()) for name, text in job.bind}
    result = run(store, job.text, dataset=job.dataset, base=job.base, bind=values)
    fmt = choose(job.accept, asked=job.asked, offered=result.formats)
    if fmt is None:
        offered = ", ".join(one.media_type for one in result.formats)
        raise NotAcceptable("the answer has no format that you accept", mend=f"It can be had as {offered}.")
    body = result.serialize(fmt)
    coding = pick(job.codings, size=len(body))
    return Written(encode(body, coding), fmt.content_type, coding, result.hints)


def _detached(error: BaseException) -> BaseException:
    """An error without the frames it came through, which hold results of the engine.

    The engine's results may only be let go of in the thread that made them: elsewhere they are leaked.
    """
    if not isinstance(error, TiesgraphError):
        error.add_note("".join(traceback.format_exception(error)))
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class ThreadRunner:
    """Answers in threads of this process.

    The engine lets go of the interpreter's lock while it works, so that threads do run side by side; but a
    thread cannot be stopped. The threads are daemons, so that a query without end does not keep the process
    from ending, and have deep stacks, because the engine recurses over a query's structure.
    """

    def __init__(self, store: Store, /, *, threads: int = 4) -> None:
        self._store = store
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Written]] | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._work, name=f"query-{n}", daemon=True) for n in range(threads)]
        before = threading.stack_size(_STACK)
        try:
            for thread in self._threads:
                thread.start()
        finally:
            threading.stack_size(before)

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
            job, future = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(answer(self._store, job))
            except BaseException as error:  # noqa: BLE001 - the waiting request raises it, whatever it is
                future.set_exception(_detached(error))

    async def run(self, job: Job, /) -> Written:
        """The answer of the next free thread."""
        future: Future[Written] = Future()
        self._jobs.put((job, future))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let each thread end after the job it is at."""
        for _ in self._threads:
            self._jobs.put(None)
