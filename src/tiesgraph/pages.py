"""Which things an answer is about, and which pages of the report tell of them.

The rows of a question mostly carry names and dates, not the things behind them. So the question is asked once
more for all its variables: the things that a row was found by are then in sight, and each page graph that says
something of one of them is a page to read. Actors, places and concepts are passed over where a row has
something more telling, because most pages speak of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.names import RDF, SKOS, TIES, page_number, prefixes
from tiesgraph.store import Store, Term
from tiesgraph.syntax import Token, tokens

__all__ = ["Behind", "behind_rows"]

_EVERYWHERE = (TIES["Actor"], TIES["Place"], TIES["Office"], SKOS["Concept"], SKOS["ConceptScheme"])


@dataclass(frozen=True, slots=True)
class _Parts:
    """A SELECT query taken apart: what stands before it, the variables it selects as they are, its pattern, and
    the things that the pattern names."""

    prologue: str
    variables: tuple[str, ...]
    pattern: str
    constants: tuple[ox.NamedNode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind one row of an answer.

    Attributes:
        things: what the row was found by; what the query names itself is not among them.
        pages: the printed pages that tell of them, in order; none where that cannot be told.
    """

    things: frozenset[ox.NamedNode] = frozenset()
    pages: tuple[int, ...] = ()


def behind_rows(store: Store, text: str, rows: Sequence[Sequence[Term | None]], /) -> list[Behind]:
    """For each row, the things that it was found by and the pages that tell of them.

    Args:
        store: the graph.
        text: the SELECT query that the rows answer; one of ours, which is run once more.
        rows: the answer, each row in the order of the projection.

    Raises:
        SyntaxError: the text is no SPARQL query.
    """
    parts = _taken_apart(text)
    if parts is None:
        return [Behind() for _ in rows]
    columns = [variable.value for variable in store.select(text).variables]
    kept = [index for index, name in enumerate(columns) if name in parts.variables]
    names = [columns[index] for index in kept]
    found: dict[tuple[str, ...], set[ox.NamedNode]] = {}
    solutions = store.select(f"{parts.prologue} SELECT * WHERE {parts.pattern}")
    every = [variable.value for variable in solutions.variables]
    for solution in solutions:
        key = tuple(str(solution[name]) if name in every else "None" for name in names)
        values = (solution[name] for name in every)
        found.setdefault(key, set()).update(value for value in values if isinstance(value, ox.NamedNode))
    known: dict[ox.NamedNode, tuple[bool, frozenset[int]]] = {}
    answer = []
    for row in rows:
        things = found.get(tuple(str(row[index]) for index in kept), set())
        pages = _pages(store, things, known) or _pages(store, parts.constants, known)
        answer.append(Behind(things=frozenset(things), pages=pages))
    return answer


def _pages(
    store: Store, things: Iterable[ox.NamedNode], known: dict[ox.NamedNode, tuple[bool, frozenset[int]]]
) -> tuple[int, ...]:
    told: dict[bool, set[int]] = {True: set(), False: set()}
    for thing in things:
        if thing not in known:
            kinds = {triple.object for triple in store.triples(thing, RDF["type"])}
            numbers = (page_number(graph) for graph in store.graphs_stating(thing))
            known[thing] = (not kinds.isdisjoint(_EVERYWHERE), frozenset(n for n in numbers if n is not None))
        everywhere, pages = known[thing]
        told[everywhere] |= pages
    return tuple(sorted(told[False] or told[True]))


def _taken_apart(text: str) -> _Parts | None:
    """The parts of a SELECT query; None of one that has no pattern in braces."""
    found = [token for token in tokens(text) if token.kind != "space"]
    select = next((i for i, token in enumerate(found) if token.text.upper() == "SELECT"), None)
    if select is None:
        return None
    brace = next((i for i in range(select, len(found)) if found[i].text == "{"), None)
    if brace is None:
        return None
    end = _closing(found, brace)
    plain = _plain(found[select + 1 : brace])
    return _Parts(
        prologue=text[: found[select].start],
        variables=plain,
        pattern=text[found[brace].start : found[end].start + 1],
        constants=tuple(_named(found[brace:end])),
    )


def _named(pattern: Sequence[Token]) -> Iterator[ox.NamedNode]:
    """The IRIs that a pattern spells with one of our prefixes."""
    table = prefixes()
    for token in pattern:
        prefix, colon, local = token.text.partition(":")
        if token.kind == "name" and colon and prefix in table and local:
            yield ox.NamedNode(table[prefix] + local)


def _closing(found: Sequence[Token], brace: int) -> int:
    depth = 0
    for index in range(brace, len(found)):
        depth += {"{": 1, "}": -1}.get(found[index].text, 0)
        if depth == 0:
            return index
    raise SyntaxError("{ is not closed")


def _plain(projection: Sequence[Token]) -> tuple[str, ...]:
    """The variables that stand in a projection by themselves, rather than in an expression."""
    depth, names = 0, []
    for token in projection:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "variable" and depth == 0:
            names.append(token.text[1:])
    return tuple(names)
