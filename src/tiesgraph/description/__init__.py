"""The graph's own description: what it is, how much it holds, where and how it is had, and what to ask it.

`add_description` puts it into our graph as named graphs of its own, so that it is queried like anything else.
`service`, `totals` and `partitions` say what can be said of any dataset.

Our description counts itself: a query that counts the graph finds the number that the graph states. So the counting
goes on until what is said no longer changes, which it soon does: new numbers are no new statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

import pyoxigraph as ox

from tiesgraph.census import Types, count, types
from tiesgraph.description.catalogue import catalogue, kinds, provenance
from tiesgraph.description.examples import examples
from tiesgraph.description.home import OURS, Home, number
from tiesgraph.description.links import examples_of_classes, link_sets
from tiesgraph.description.service import service
from tiesgraph.description.statistics import partitions, totals
from tiesgraph.errors import PackError
from tiesgraph.names import RDF, VOID, graph_iri
from tiesgraph.query import Question
from tiesgraph.store import Store, Term

__all__ = [
    "DATASET_GRAPH",
    "EXAMPLES_GRAPH",
    "OURS",
    "PARTITIONS_GRAPH",
    "Home",
    "add_description",
    "is_described",
    "partitions",
    "service",
    "totals",
]

DATASET_GRAPH, PARTITIONS_GRAPH, EXAMPLES_GRAPH = (graph_iri(name) for name in ("dataset", "partitions", "examples"))
INFERRED = graph_iri("inferred")

_ROUNDS = 10


def add_description(
    store: Store, /, *, questions: Iterable[Question], table: Mapping[str, str], version: str, files: str
) -> None:
    """Put into the finished `store` what it can say of itself.

    Args:
        store: the graph, with the curated part of its description.
        questions: what to ask it.
        table: its prefixes.
        version: of tiesgraph.
        files: SHA-256 of the curated files.

    Raises:
        CorpusError: a link out leads nowhere described, or a question is no query.
        PackError: the description does not settle.
    """
    store.add(examples(questions), graph=EXAMPLES_GRAPH)
    base = _Base.of(store, [*link_sets(store), *examples_of_classes(store), *provenance(version=version, files=files)])
    found: tuple[list[ox.Triple], list[ox.Triple]] = [], []
    for _ in range(_ROUNDS):
        before, found = found, _describe(base, found, table)
        if found == before:
            store.add(found[0], graph=DATASET_GRAPH)
            store.add(found[1], graph=PARTITIONS_GRAPH)
            return
    raise PackError("the graph's description of itself does not settle")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """The graph as it is before its description, and what that says whatever the counts.

    Attributes:
        triples: of the default graph.
        known: the same, to look one up.
        curated: those of the curated part of the description.
        graphs: named graph → how many triples it has.
        told: node → its classes, without what is inferred.
        still: what is said whatever the counts.
        pattern: what the IRIs of the things described match.
    """

    triples: list[ox.Triple]
    known: frozenset[ox.Triple]
    curated: frozenset[ox.Triple]
    graphs: Mapping[ox.NamedNode, int]
    told: Types
    still: list[ox.Triple]
    pattern: str | None

    @classmethod
    def of(cls, store: Store, still: list[ox.Triple], /) -> _Base:
        triples = list(store.triples())
        asserted = (graph for graph in store.graphs() if graph != INFERRED)
        patterns = (t.object for t in store.triples(OURS.dataset, VOID["uriRegexPattern"]))
        return cls(
            triples=triples,
            known=frozenset(triples),
            curated=frozenset(store.triples(graph=DATASET_GRAPH)),
            graphs={graph: store.size(graph) for graph in store.graphs()},
            told=types(t for graph in asserted for t in store.triples(None, RDF["type"], graph=graph)),
            still=still,
            pattern=next((value.value for value in patterns if isinstance(value, ox.Literal)), None),
        )


def _describe(
    base: _Base, before: tuple[list[ox.Triple], list[ox.Triple]], table: Mapping[str, str]
) -> tuple[list[ox.Triple], list[ox.Triple]]:
    """The description and the partitions of a graph that already holds the ones `before`."""
    described, parts = before
    new = [triple for triple in (*described, *parts) if triple not in base.known]
    own = types(described)
    told = {**base.told, **{node: {*base.told.get(node, ()), *own[node]} for node in own}}
    census = count([*base.triples, *new], told=told)
    graphs = {
        **base.graphs,
        DATASET_GRAPH: len(base.curated | set(described)),
        PARTITIONS_GRAPH: len(parts),
    }
    graphs = dict(sorted(graphs.items(), key=lambda pair: pair[0].value))
    values = _own_count(t.object for t in (*base.triples, *new) if t.predicate != VOID["distinctObjects"])
    entry = list(catalogue(list(graphs), curated=base.curated))
    said = chain(
        base.still,
        entry,
        kinds((*base.curated, *entry)),
        service(OURS, default=census.triples, graphs=graphs, union=True),
        totals(OURS, census, objects=values, entities=base.pattern),
    )
    return list(dict.fromkeys(said)), list(dict.fromkeys(partitions(OURS, census, table)))


def _own_count(values: Iterable[Term]) -> int | None:
    """How many distinct `values` there are once this number is one of them: None where no number tells the truth."""
    others = set(values)
    if number(len(others)) in others:
        return len(others)
    return None if number(len(others) + 1) in others else len(others) + 1


def is_described(store: Store, /) -> bool:
    """Whether `store` is our graph, whose own description is part of it."""
    return store.is_union and any(store.triples(OURS.dataset, VOID["triples"], graph=DATASET_GRAPH))
