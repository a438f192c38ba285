"""How a query is best put to the engine: what another text asks of the same graph, and gets the same for, but sooner.

The engine decides by the form of a query in which order it looks for things, and does not know how many there are.
Paths over relations whose closure is stated become short (`paths`); a value is worked out behind what it is joined
with (`binds`); of what is said of one thing, that which is said of the fewest comes first (`joins`).

A query may find its rows in another order than with the engine's own way. As the same text is always put in the same
way, it finds them in the same order each time.
"""

from __future__ import annotations

from collections.abc import Set
from itertools import islice
from typing import NamedTuple

import pyoxigraph as ox

from tiesgraph.names import XSD
from tiesgraph.planning.binds import values_last
from tiesgraph.planning.joins import rarest_first
from tiesgraph.planning.paths import closed_relations, shortened
from tiesgraph.syntax import may_name_graphs, tells_tokens_apart

__all__ = ["Plan", "Plans", "closed_relations"]

_LONGEST = 10_000
"""Characters of a query beyond which it takes too long to look at it, for what that may save."""

_KEPT, _LONGEST_KEPT = 500, 2_000
_COUNTS = 10_000
_MANY = 1_000
"""Triples that are not counted any further."""


class Plan(NamedTuple):
    """What was found out of a query: whether it may name graphs, and the text to put in its place."""

    names_graphs: bool
    text: str


class Plans:
    """The plans of queries to a graph to which nothing is added any more.

    Those that differ behind the last brace alone, where LIMIT and OFFSET are, have a plan in common, which is kept.
    """

    def __init__(self, engine: ox.Store, /, *, closed: Set[str] = frozenset()) -> None:
        """Plan for the default graph of `engine`, which holds the closure of the transitive relations `closed`."""
        self._engine = engine
        self._closed = closed
        self._kept: dict[str, Plan] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def of(self, text: str, /) -> Plan:
        """The plan of a query. Where the engine finds an error in it, the text that was given is to be tried."""
        end = _end(text)
        body = text[:end]
        plan = self._kept.get(body)
        if plan is None:
            plan = self._make(body)
            if len(body) <= _LONGEST_KEPT:
                if len(self._kept) >= _KEPT:
                    self._kept.clear()
                self._kept[body] = plan
        return plan if end == len(text) else Plan(plan.names_graphs, plan.text + text[end:])

    def _make(self, body: str) -> Plan:
        names_graphs = may_name_graphs(body)
        put = body if names_graphs else shortened(body, self._closed)
        if len(body) <= _LONGEST and tells_tokens_apart(body):
            put = rarest_first(values_last(put), count=self._count)
        return Plan(names_graphs, put)

    def _count(self, relation: str, value: str | int) -> int:
        """How many things have a relation to a thing, by their IRIs, or to a number; at most `_MANY`."""
        key = relation, str(value)
        count = self._counts.get(key)
        if count is None:
            if len(self._counts) >= _COUNTS:
                self._counts.clear()
            count = self._counts[key] = self._counted(relation, value)
        return count

    def _counted(self, relation: str, value: str | int) -> int:
        try:
            predicate = ox.NamedNode(relation)
            node = ox.NamedNode(value) if isinstance(value, str) else ox.Literal(str(value), datatype=XSD["integer"])
        except ValueError:
            return _MANY
        found = self._engine.quads_for_pattern(None, predicate, node, ox.DefaultGraph())
        return sum(1 for _ in islice(found, _MANY))


def _end(text: str) -> int:
    """Where the last group of a query ends, as far as that is plain; else where the query does."""
    end = text.rfind("}") + 1
    # The brace may be in a string. And what has none, such as a DESCRIBE of a name, may yet name graphs.
    is_plain = end > 0 and text.find('"', end) < 0 and text.find("'", end) < 0
    return end if is_plain else len(text)
