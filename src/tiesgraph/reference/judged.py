"""How much of a graph a shape is about: the nodes that the check would hold against it."""

from __future__ import annotations

import pyoxigraph as ox

from tiesgraph.names import RDF, RDFS, SH, prefixes
from tiesgraph.shacl import Shape, Shapes
from tiesgraph.store import Store, Term
from tiesgraph.validate import checked_graphs

__all__ = ["judged"]


def judged(store: Store, shapes: Shapes, shape: Shape, /) -> int | None:
    """How many nodes of the checked graphs of `store` the targets of a shape choose; None where it has no targets.

    A store without graphs of ours (a dataset that a user serves) is looked at whole.

    Raises:
        ShapesError: a target is no property or class.
    """
    homes = checked_graphs(store)
    looked = _Graphs(store, homes)
    found: set[Term] = set()
    said = shape.says
    for cls in (*said.get("targetClass", ()), *([shape.node] if shapes.is_class(shape.node) else ())):
        found |= looked.instances(cls)
    for prop in said.get("targetSubjectsOf", ()):
        found.update(quad.subject for quad in looked.quads(prop))
    for prop in said.get("targetObjectsOf", ()):
        found.update(quad.object for quad in looked.quads(prop))
    found.update(said.get("targetNode", ()))
    for target in said.get("target", ()):
        found |= looked.chosen(shapes.facts.text(target, SH["select"]) or "")
    chooses = any(term.startswith("target") for term in said) or shapes.is_class(shape.node)
    return len(found) if chooses else None


class _Graphs:
    """Some named graphs of a store, or the default graph where there are none."""

    def __init__(self, store: Store, homes: list[ox.NamedNode]) -> None:
        self._store = store
        default: list[ox.NamedNode | ox.DefaultGraph] = [ox.DefaultGraph()]
        self._homes = frozenset(homes or default)

    def quads(self, prop: Term, value: Term | None = None) -> list[ox.Quad]:
        if not isinstance(prop, ox.NamedNode):
            return []
        quads = self._store.engine.quads_for_pattern(None, prop, value, None)
        return [quad for quad in quads if quad.graph_name in self._homes]

    def instances(self, cls: Term) -> set[Term]:
        classes, todo = {cls}, [cls]
        while todo:
            triples = self._store.triples(None, RDFS["subClassOf"], todo.pop())
            new = {triple.subject for triple in triples} - classes
            classes |= new
            todo += new
        return {quad.subject for one in classes for quad in self.quads(RDF["type"], one)}

    def chosen(self, query: str) -> set[Term]:
        rows = self._store.engine.query(query, prefixes=dict(prefixes()), default_graph=list(self._homes))
        if not isinstance(rows, ox.QuerySolutions):
            return set()
        return {node for row in rows if (node := row["this"]) is not None}
