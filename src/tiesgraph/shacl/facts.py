"""What a graph says, laid out so that one question about many nodes costs one look each.

A validator asks for the values of one property at thousands of nodes. The engine answers each such
question in microseconds, but it is asked hundreds of thousands of times; read once into dictionaries
by property, the whole graph is looked through in less time than the questions alone would take.

Besides, the engine keeps the value of a number and not its spelling: `"300"^^xsd:byte` comes back as the
integer 300. Facts made of triples as a parser gives them are as the file has them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from tiesgraph.corpus import Subject, Term
from tiesgraph.names import RDF, RDFS

__all__ = ["Facts"]

_NOTHING: Mapping[Term, Collection[Term]] = {}


class Facts:
    """A graph of triples, each once however often it is given."""

    def __init__(self, triples: Iterable[ox.Triple], /) -> None:
        # The values of a node stand in a dictionary without values: each once, in the order given.
        self._forward: dict[ox.NamedNode, dict[Term, dict[Term, None]]] = {}
        for triple in triples:
            values = self._forward.setdefault(triple.predicate, {}).setdefault(triple.subject, {})
            values[triple.object] = None
        self._inverse: dict[ox.NamedNode, dict[Term, list[Term]]] = {}
        self._classes: dict[Term, frozenset[Term]] = {}

    def triples(self) -> Iterator[tuple[Subject, ox.NamedNode, Term]]:
        """All of them, as subject, predicate and object."""
        for prop, table in self._forward.items():
            for node, values in table.items():
                if not isinstance(node, ox.Literal):
                    yield from ((node, prop, value) for value in values)

    @cached_property
    def properties(self) -> Mapping[Term, Collection[ox.NamedNode]]:
        """Node → the properties that it has."""
        found: dict[Term, list[ox.NamedNode]] = {}
        for prop, table in self._forward.items():
            for node in table:
                found.setdefault(node, []).append(prop)
        return found

    def values(self, prop: ox.NamedNode, /) -> Mapping[Term, Collection[Term]]:
        """Node → its values of `prop`, each once; nodes without one are left out."""
        return self._forward.get(prop, _NOTHING)

    def bearers(self, prop: ox.NamedNode, /) -> Mapping[Term, Sequence[Term]]:
        """Value of `prop` → the nodes that have it, each once."""
        if prop not in self._inverse:
            table: dict[Term, list[Term]] = {}
            for node, values in self.values(prop).items():
                for value in values:
                    table.setdefault(value, []).append(node)
            self._inverse[prop] = table
        return self._inverse[prop]

    @cached_property
    def wholes(self) -> Mapping[Term, Subject]:
        """Blank node → a node that it is a value of."""
        return {value: node for node, _, value in self.triples() if isinstance(value, ox.BlankNode)}

    def classes_below(self, cls: Term, /) -> frozenset[Term]:
        """`cls` and its subclasses, direct or not, as the graph has them."""
        if cls not in self._classes:
            below = self.bearers(RDFS["subClassOf"])
            found, todo = {cls}, [cls]
            while todo:
                new = set(below.get(todo.pop(), ())) - found
                found |= new
                todo += new
            self._classes[cls] = frozenset(found)
        return self._classes[cls]

    def instances(self, cls: Term, /) -> set[Term]:
        """The nodes whose type is `cls` or below it: SHACL instances (section 2.1.3.2)."""
        typed = self.bearers(RDF["type"])
        return {node for kind in self.classes_below(cls) for node in typed.get(kind, ())}

    def are_instances(self, nodes: Collection[Term], cls: Term, /) -> set[Term]:
        """Those of `nodes` that are instances of `cls`."""
        kinds, types = self.classes_below(cls), self.values(RDF["type"])
        return {node for node in nodes if not kinds.isdisjoint(types.get(node, ()))}

    def about(self, node: Term, /) -> Iterator[tuple[ox.NamedNode, Term]]:
        """The properties of `node`, each with a value of it."""
        return ((prop, value) for prop in self.properties.get(node, ()) for value in self._forward[prop][node])

    def text(self, node: Term, prop: ox.NamedNode, /) -> str | None:
        """The text of the first literal that `node` has for `prop`, or None."""
        literals = (value for value in self.values(prop).get(node, ()) if isinstance(value, ox.Literal))
        return next((literal.value for literal in literals), None)
