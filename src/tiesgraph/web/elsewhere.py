"""The third runner: queries are asked of a store elsewhere, and all other work is done as ever.

What a store answers is read up to the limits of an answer, and written anew in the format that the client wants:
so each format can be had of each store, what is cut says so, and what is broken never gets to a client.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from tiesgraph.errors import TiesgraphError
from tiesgraph.remote import failure
from tiesgraph.remote.address import Address
from tiesgraph.remote.dialect import PLAIN, dialect, interrupted, most_rows
from tiesgraph.remote.form import Form, Kind, Prepared, prepare
from tiesgraph.remote.known import Knowledge
from tiesgraph.syntax import may_name_graphs
from tiesgraph.web.reading import Given, read, rows
from tiesgraph.web.runner import Job, Written, answer
from tiesgraph.workers import Runner
from tiesgraph.workers import limits as told
from tiesgraph.workers.kinds import Likeness
from tiesgraph.workers.limits import MIB, Limits
from tiesgraph.workers.outcomes import Outcomes

if TYPE_CHECKING:
    from tiesgraph.remote.client import Client, Received
    from tiesgraph.store import Store

__all__ = ["Elsewhere"]

A = TypeVar("A")
R = TypeVar("R")

_log = logging.getLogger(__name__)

_ACCEPT: dict[Kind, str] = {
    "rows": "application/sparql-results+json, application/sparql-results+xml;q=0.9",
    "boolean": "application/sparql-results+json, application/sparql-results+xml;q=0.9",
    "graph": "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8",
}

_SMALL = 32 * 1024
"""Bytes of an answer that are read in a moment; a larger one is given to a worker."""

_ABOUT = 16 * MIB
"""Bytes that the answer to a question about the store itself may have."""

_PATIENCE = 10.0
"""Seconds that such a question may take: a server starts no later than that for a store that does not answer."""

_LOOK = 5.0
"""Seconds between two looks at the mark of the store."""


class Elsewhere:
    """Asks queries of a store, and has another runner do what is to be done here.

    Attributes:
        address: of the store's query service.
        dialect: the ways of the store, as far as it has said who it is.
        outcomes: what became of the queries.
        running: how many are being asked now.
        waiting: how many more wait for that.
        limits: how long, how much and how many at once.
    """

    def __init__(
        self,
        address: Address,
        /,
        *,
        here: Runner,
        limits: Limits,
        identity: str | None = None,
        default_graph: str | None = None,
    ) -> None:
        """Stand before the store at `address`.

        Args:
            address: of its query service.
            here: does all other work, over the graph at hand.
            limits: how long, how much and how many at once.
            identity: what the store's mark must say for its content to be that of the graph at hand.
            default_graph: the named graph of the store that is taken for its default graph.
        """
        self.address = address
        self.dialect = PLAIN
        self.outcomes = Outcomes()
        self.running = 0
        self.waiting = 0
        self._here = here
        self.limits = limits
        self._free = asyncio.Semaphore(limits.workers)
        self._held = 0
        self._ending = False
        self._timeouts: set[asyncio.Timeout] = set()
        self._knowledge = Knowledge(self._ask, identity=identity, default_graph=default_graph)
        self._client: Client | None = None
        self._looking: asyncio.Task[None] | None = None

    @property
    def epoch(self) -> int | None:
        """Changes when the content of the store does; None where that is not known to be the graph at hand."""
        return self._knowledge.epoch

    async def open(self) -> None:
        """Begin, and look what is in the store; that it cannot be reached now is told in the log."""
        from tiesgraph.remote.client import Client

        await self._here.open()
        self._client = Client(self.address, connections=self.limits.workers)
        await self.look()
        self._looking = asyncio.create_task(self._keep_looking())

    async def look(self) -> None:
        """Look what is in the store, as is done again and again."""
        await self._knowledge.look()

    async def close(self) -> None:
        """End all work."""
        if self._looking is not None:
            self._looking.cancel()
        if self._client is not None:
            await self._client.close()
        await self._here.close()

    async def run(self, task: Callable[[Store, A], R], argument: A, /, *, seconds: float | None = None) -> R:
        """What `task(store, argument)` returns; where the task is to answer a query, what the store answers.

        Raises:
            StoreFailed: the store cannot be reached, refuses, fails or answers nonsense.
            TiesgraphError: as `Pool.run` and the task do.
        """
        if cast("object", task) is not answer:
            return await self._here.run(task, argument, seconds=seconds)
        seconds = min(seconds or self.limits.seconds, self.limits.seconds)
        try:
            written = await self._within(cast("Job", argument), seconds)
        except asyncio.CancelledError:
            self.outcomes.abandoned += 1
            raise
        except TiesgraphError:
            self.outcomes.failed += 1
            raise
        self.outcomes.done += 1
        return cast("R", written)

    def start(
        self,
        task: Callable[[Store, A], R],
        argument: A,
        /,
        *,
        seconds: float | None = None,
        kind: Callable[[A], Likeness] | None = None,  # noqa: ARG002
    ) -> asyncio.Future[R]:
        """The same as something to wait for, or to cancel."""
        return asyncio.get_running_loop().create_task(self.run(task, argument, seconds=seconds))

    def drain(self, seconds: float, /) -> None:
        """Take no more tasks, and give those at hand `seconds`."""
        self._ending = True
        end = asyncio.get_running_loop().time() + seconds
        for timeout in self._timeouts:
            timeout.reschedule(min(end, timeout.when() or end))
        self._here.drain(seconds)

    async def _within(self, job: Job, seconds: float) -> Written:
        """The answer, or the error that the time is over."""
        if self._ending:
            raise told.ending()
        began = False
        timeout = asyncio.timeout(seconds)
        try:
            async with timeout, self._turn():
                began = True
                self._timeouts.add(timeout)
                return await self._answer(job, asyncio.get_running_loop().time() + seconds)
        except TimeoutError as error:
            if self._ending:
                raise told.ending() from error
            if began:
                self.outcomes.over_time += 1
                raise failure.too_slow(self.address, seconds) from error
            self.outcomes.crowded_out += 1
            raise told.crowded_out(seconds) from error
        finally:
            self._timeouts.discard(timeout)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One of the places for those who are asked at the same time.

        Raises:
            Overloaded: too many wait for one.
        """
        if self._free.locked() and self.waiting >= self.limits.queue:
            self.outcomes.turned_away += 1
            raise told.too_many(self.waiting)
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            self._free.release()

    async def _answer(self, job: Job, deadline: float) -> Written:
        form = Form(job.text, job.dataset, job.base, job.bind, hinted=self.epoch is not None)
        query: Prepared = await self._here.run(prepare, form, seconds=_left(deadline))
        graphs = await self._knowledge.dataset(job.dataset, query.graphs, graphs=may_name_graphs(job.text))
        ways = self.dialect.parameters(_left(deadline))
        with self._holding() as hold:
            received = await self._post(
                [("query", query.text), *graphs, *ways], _ACCEPT[query.kind], room=job.cap.bytes, hold=hold
            )
            most = most_rows(received.headers)
            if most is not None:
                # As many rows as the store gives at the most may be all there are, or not.
                job = job._replace(cap=replace(job.cap, rows=min(job.cap.rows, most - 1)))
            body, whole, kind, _ = received
            given = Given(body, whole, kind, query.kind, self.address, job, query.hints)
            if len(body) <= _SMALL:
                return read(given)
            return await self._here.run(_read, given, seconds=_left(deadline))

    @contextmanager
    def _holding(self) -> Iterator[Callable[[int], None]]:
        """Counts the bytes of an answer while it is held; more than all of them may take is an error."""
        own = 0

        def hold(number: int) -> None:
            nonlocal own
            own += number
            self._held += number
            if self._held > self.limits.total:
                self.outcomes.over_memory += 1
                raise told.too_much_together()

        try:
            yield hold
        finally:
            self._held -= own

    async def _post(
        self, form: list[tuple[str, str]], accept: str, *, room: int, hold: Callable[[int], None]
    ) -> Received:
        if self._client is None:
            raise told.ending()
        received = await self._client.post(form, accept=accept, room=room, hold=hold)
        self.dialect = dialect(received.headers)
        if interrupted(received.headers):
            raise failure.too_slow(self.address, self.limits.seconds)
        return received

    async def _ask(self, text: str, parameters: list[tuple[str, str]]) -> Sequence[Mapping[str, str]]:
        """The rows of a SELECT query about the store itself."""
        seconds = min(self.limits.seconds, _PATIENCE)
        try:
            async with asyncio.timeout(seconds):
                with self._holding() as hold:
                    form = [("query", text), *parameters]
                    received = await self._post(form, _ACCEPT["rows"], room=_ABOUT, hold=hold)
                    return rows(received.body, received.media_type, self.address)
        except TimeoutError as error:
            raise failure.too_slow(self.address, seconds) from error

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            await self.look()


def _left(deadline: float) -> float:
    """The seconds until then; a little where it has passed."""
    return max(0.01, deadline - asyncio.get_running_loop().time())


def _read(_store: Store, given: Given) -> Written:
    """What `read` does, as the work of a worker."""
    return read(given)
