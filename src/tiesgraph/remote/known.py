"""What is known of the content of a store elsewhere: whether it is the graph at hand, and which graphs there are.

A store may be written to by others at any time. Only while it bears the mark of the graph at hand may an
answer be kept, and only then are pages made from that graph the store's.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from tiesgraph.errors import LimitReached, QueryRefused, StoreFailed
from tiesgraph.query import Dataset
from tiesgraph.remote.mark import ASKED, DEFAULT, PUSHED, Mark, Notes

__all__ = ["Ask", "Knowledge", "parameters"]

Row = Mapping[str, str]
Ask = Callable[[str, list[tuple[str, str]]], Awaitable[Sequence[Row]]]
"""Asks a SELECT query, with further parameters of the protocol: the rows, of plain texts."""

_log = logging.getLogger(__name__)

_GRAPHS = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } }"
_COUNT = "SELECT (COUNT(*) AS ?triples) { ?s ?p ?o }"
_MOST = 10_000


class Knowledge:
    """What is known of one store.

    Attributes:
        epoch: changes when the content of the store does; None where that is not the graph at hand, or not known to be.
    """

    def __init__(self, ask: Ask, /, *, identity: str | None, default_graph: str | None) -> None:
        """Know nothing yet.

        Args:
            ask: asks the store.
            identity: what the store's mark must say for its content to be that of the graph at hand, if any may.
            default_graph: the named graph that is taken for the default graph.
        """
        self.epoch: int | None = None
        self._ask = ask
        self._identity = identity
        self._default = default_graph
        self._mark: Mark | None = None
        self._epochs = 0
        self._names: list[str] | None = None
        self._met: set[str] = set()
        self._out_of_reach = False

    async def look(self) -> None:
        """Look at the mark. Where the store cannot be asked, what was known of it stays; the log tells."""
        try:
            await self._look()
            self._out_of_reach = False
        except (StoreFailed, LimitReached) as error:
            if not self._out_of_reach:
                _log.warning("%s", error.message)
            self._out_of_reach = True

    async def dataset(self, asked: Dataset, named: Sequence[str], /, *, graphs: bool = True) -> list[tuple[str, str]]:
        """The parameters of the protocol that say which graphs a query sees.

        Args:
            asked: the graphs that the request names.
            named: those that the query names itself.
            graphs: whether the query looks into named graphs; where not, their many names are not sent.

        Raises:
            QueryRefused: one is not in the store, which might therefore want to fetch it.
        """
        for graph in (*asked.default, *asked.named, *named):
            await self._require(graph)
        if asked or named:
            return parameters(asked)
        if self._default is None:
            return []
        if not graphs:
            return parameters(Dataset((self._default,)))
        if self._names is None:
            self._names = await self._all()
        return parameters(Dataset((self._default,), tuple(self._names)))

    async def _look(self) -> None:
        rows = await self._ask(ASKED, [])
        said = ((row.get("of", ""), row.get("is", ""), row.get("modified"), row.get("triples")) for row in rows)
        notes = Notes.gather(said)
        if notes.whole == self._mark:
            return
        self._mark = notes.whole
        self.epoch = None
        self._met.clear()
        own = {PUSHED.value, DEFAULT, self._default}
        self._names = sorted(set(notes.graphs) - own) if notes.whole else None
        if notes.whole is None or notes.whole.identity != self._identity:
            _log.warning("the store does not hold the graph at hand: answers are not kept, and some pages are not made")
            return
        counted = await self._ask(_COUNT, await self.dataset(Dataset(), (), graphs=False))
        found = counted[0].get("triples", "") if counted else ""
        number = int(found) if found.isdigit() else 0
        if number != notes.whole.triples:
            _log.warning(
                "the store's default graph has %d statements where %d were sent: answers are not kept. "
                "If they were sent to a named graph, serve with --default-graph.",
                number,
                notes.whole.triples,
            )
            return
        self._epochs += 1
        self.epoch = self._epochs

    async def _all(self) -> list[str]:
        """The named graphs of a store without a mark."""
        rows = await self._ask(_GRAPHS, [])
        if len(rows) > _MOST:
            raise StoreFailed(
                f"the store has more than {_MOST:,} named graphs, which cannot be named with each query",
                mend="Serve without --default-graph.",
            )
        return sorted({row["graph"] for row in rows if "graph" in row} - {PUSHED.value, str(self._default)})

    async def _require(self, graph: str) -> None:
        if graph in self._met or graph == self._default:
            return
        if not await self._ask(f"SELECT * {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} LIMIT 1", []):
            raise QueryRefused(
                f"the store has no graph <{graph}>, and nothing is fetched",
                mend="FROM and its like name graphs of the store.",
            )
        if len(self._met) < _MOST:
            self._met.add(graph)


def parameters(dataset: Dataset, /) -> list[tuple[str, str]]:
    """A dataset as the protocol has it (SPARQL 1.1 Protocol, 2.1.4)."""
    return [
        *(("default-graph-uri", graph) for graph in dataset.default),
        *(("named-graph-uri", graph) for graph in dataset.named),
    ]
