"""Running rules as SPARQL over a store: which queries to ask, and where new statements stand meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager

import pyoxigraph as ox

from tiesgraph.conclusions import INFERRED, NOT_PREMISES
from tiesgraph.names import RDF, graph_iri
from tiesgraph.rules.rule import FUNCTIONS, Pattern, Rule
from tiesgraph.store import Store, Term

__all__ = ["premises_alone", "queries", "rows", "standing_apart", "triples"]

_NEW = graph_iri("closing")
_DEFAULT = ox.DefaultGraph()


@contextmanager
def premises_alone(store: Store) -> Iterator[None]:
    """The default graph, for a while, without what only graphs state from which nothing follows."""
    aside = [
        ox.Quad(triple.subject, triple.predicate, triple.object, _DEFAULT)
        for graph in NOT_PREMISES - {INFERRED}
        for triple in store.triples(graph=graph)
        if NOT_PREMISES.issuperset(store.graphs_stating(triple.subject, triple.predicate, triple.object))
        and not any(store.triples(triple.subject, triple.predicate, triple.object, graph=INFERRED))
    ]
    for quad in aside:
        store.engine.remove(quad)
    try:
        yield
    finally:
        store.engine.extend(aside)


def queries(rules: Iterable[Rule], new: Iterable[ox.Triple], /) -> Iterator[str]:
    """The queries for what follows from `new` statements: each rule from each of its patterns that one of them fits."""
    keys = {triple.predicate for triple in new} | {t.object for t in new if t.predicate == RDF["type"]}
    for rule in rules:
        fitting = (n for n, pattern in enumerate(rule.body) if _fits(pattern, keys))
        yield from (rule.sparql(focus=n, within=_NEW) for n in fitting)


def _fits(pattern: Pattern, keys: Set[Term]) -> bool:
    """Whether a statement with one of these properties, or a type with one of these classes, may fit `pattern`."""
    _, predicate, value = pattern
    if predicate == RDF["type"] and not isinstance(value, ox.Variable):
        return value in keys
    return isinstance(predicate, ox.Variable) or predicate in keys


@contextmanager
def standing_apart(store: Store, triples: Iterable[ox.Triple]) -> Iterator[None]:
    """`triples`, for a while, in a graph of their own."""
    store.engine.extend(ox.Quad(triple.subject, triple.predicate, triple.object, _NEW) for triple in triples)
    try:
        yield
    finally:
        store.engine.remove_graph(_NEW)


def triples(store: Store, query: str, /) -> Iterator[ox.Triple]:
    """The conclusions that a rule's query finds; one may come more than once."""
    answer = store.engine.query(query, custom_functions=dict(FUNCTIONS))
    # A query for triples is answered with triples; the engine's types cannot know.
    yield from answer if isinstance(answer, ox.QueryTriples) else ()


def rows(store: Store, query: str, /) -> Iterator[dict[ox.Variable, Term]]:
    """What the variables are, each time that the query of a rule without a head fits."""
    answer = store.engine.query(query, custom_functions=dict(FUNCTIONS))
    if isinstance(answer, ox.QuerySolutions):
        for row in answer:
            yield {variable: row[variable] for variable in answer.variables}
