"""What the graph says of one resource: its concise bounded description.

The description holds the triples whose subject is the resource and, for every blank node reached, that
node's own triples in turn (https://www.w3.org/submissions/CBD/). Curated data has no blank nodes, but a
dataset that a user serves may.
"""

from __future__ import annotations

import pyoxigraph as ox

from tiesgraph.store import Store, Subject

__all__ = ["describe"]


def describe(store: Store, resource: ox.NamedNode, /, *, graph: ox.NamedNode | None = None) -> list[ox.Triple]:
    """The concise bounded description of `resource`; empty where nothing is stated of it.

    Args:
        store: the graph.
        resource: whose description.
        graph: the named graph to look in; the default graph, the union of all, otherwise.
    """
    found: list[ox.Triple] = []
    seen: set[Subject] = {resource}
    waiting: list[Subject] = [resource]
    while waiting:
        for triple in store.triples(waiting.pop(), graph=graph):
            found.append(triple)
            if isinstance(triple.object, ox.BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                waiting.append(triple.object)
    return found
