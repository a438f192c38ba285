"""What the graph says of one resource, and where: its concise bounded description.

The description holds the statements whose subject is the resource and, for every blank node reached, that
node's own statements in turn (https://www.w3.org/submissions/CBD/). Curated data has few blank nodes, but a
dataset that a user serves may have many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from tiesgraph.names import RDF, RDFS
from tiesgraph.store import Store, Subject

__all__ = ["describe", "in_order", "stated"]

DEFAULT = ox.DefaultGraph()
TYPE, LABEL = RDF["type"], RDFS["label"]


def describe(store: Store, resource: Subject, /) -> list[ox.Quad]:
    """The concise bounded description of `resource`, over all graphs; empty where nothing is stated of it.

    A statement comes once for each named graph that states it. The resource's own come first, in the order of
    `in_order`, then each blank node's.
    """
    found: list[ox.Quad] = []
    seen: set[Subject] = {resource}
    waiting: list[Subject] = [resource]
    while waiting:
        quads = store.engine.quads_for_pattern(waiting.pop(), None, None, None)
        for quad in in_order(stated(quads)):
            found.append(quad)
            if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
                seen.add(quad.object)
                waiting.append(quad.object)
    return found


def stated(quads: Iterable[ox.Quad], /) -> Iterator[ox.Quad]:
    """`quads` without those of the default graph that only repeat a named graph's."""
    every = list(quads)
    named = {quad.triple for quad in every if quad.graph_name != DEFAULT}
    return (quad for quad in every if quad.graph_name != DEFAULT or quad.triple not in named)


def in_order(quads: Iterable[ox.Quad], /) -> list[ox.Quad]:
    """`quads` by subject, and of each its type and label first."""

    def rank(quad: ox.Quad) -> tuple[str, bool, bool, str, str, str]:
        prop = quad.predicate
        return str(quad.subject), prop != TYPE, prop != LABEL, prop.value, str(quad.object), str(quad.graph_name)

    return sorted(quads, key=rank)
