"""How much of what a graph holds: the counts that VoID (https://www.w3.org/TR/void/) has terms for.

Counting is apart from telling, because the description of a graph that describes itself is counted too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from tiesgraph.names import RDF
from tiesgraph.store import Subject, Term

__all__ = ["Census", "Partition", "Types", "count", "types"]


@dataclass(slots=True)
class Partition:
    """The statements of one property about the members of one class.

    Attributes:
        triples: how many there are.
        classes: class of a value → how many of them have a value of it.
        datatypes: the data types of values.
    """

    triples: int = 0
    classes: Counter[ox.NamedNode] = field(default_factory=Counter)
    datatypes: set[ox.NamedNode] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """The counts of one graph.

    Attributes:
        triples: how many.
        subjects: all that something is said of.
        objects: all values.
        properties: property → how many triples.
        classes: class → how many members.
        partitions: class → property → its statements about the members.
    """

    triples: int
    subjects: frozenset[Subject]
    objects: frozenset[Term]
    properties: Mapping[ox.NamedNode, int]
    classes: Mapping[ox.NamedNode, int]
    partitions: Mapping[ox.NamedNode, Mapping[ox.NamedNode, Partition]]


Types = Mapping[Term, Iterable[ox.NamedNode]]
"""Node → its classes."""


def types(triples: Iterable[ox.Triple], /) -> dict[Term, set[ox.NamedNode]]:
    """The classes of every node that `triples` give one, classes without a name apart."""
    found: dict[Term, set[ox.NamedNode]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == RDF["type"] and isinstance(triple.object, ox.NamedNode):
            found[triple.subject].add(triple.object)
    return dict(found)


def count(triples: Iterable[ox.Triple], /, *, told: Types | None = None) -> Census:
    """The counts of distinct `triples`.

    Args:
        triples: the graph, each triple once.
        told: the classes by which values are partitioned, where these are fewer than the graph itself has: without
            inferred ones, a value is counted as what it was called and not once for every class above that.
    """
    known = list(triples)
    kinds = types(known)
    told = kinds if told is None else told
    partitions: dict[ox.NamedNode, dict[ox.NamedNode, Partition]] = defaultdict(lambda: defaultdict(Partition))
    for triple in known:
        for kind in kinds.get(triple.subject, ()):
            partition = partitions[kind][triple.predicate]
            partition.triples += 1
            if isinstance(triple.object, ox.Literal):
                partition.datatypes.add(triple.object.datatype)
            else:
                partition.classes.update(told.get(triple.object, ()))
    return Census(
        triples=len(known),
        subjects=frozenset(triple.subject for triple in known),
        objects=frozenset(triple.object for triple in known),
        properties=Counter(triple.predicate for triple in known),
        classes=Counter(kind for classes in kinds.values() for kind in classes),
        partitions={kind: dict(by_property) for kind, by_property in partitions.items()},
    )
