"""The judge: what shapes find in a graph, worked out for all focus nodes of a shape at a time.

pySHACL sets each property shape up anew for each focus node (240,000 times on the bundled graph, nine
tenths of its time). Here a shape looks at the values of all its nodes at once. The components are in
`values`, `nodes` and `sparql`; those that a shapes graph defines itself are left to pySHACL (`reference`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox

from tiesgraph.errors import DocumentTooLarge, ShapesError
from tiesgraph.names import SH, shorten
from tiesgraph.shacl.facts import Facts
from tiesgraph.shacl.paths import Property
from tiesgraph.shacl.shapes import Shape, Shapes
from tiesgraph.store import Store, Subject, Term

__all__ = ["Component", "Judge", "Pairs", "Result"]

_DEEPEST = 100  # shapes that refer to each other in a row

Pairs = Mapping[Term, Collection[Term]]
"""Focus node → its value nodes."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One validation result, in the terms of SHACL (section 3.6.2).

    Attributes:
        shape: the shape whose constraint it breaks (sh:sourceShape).
        focus: the node that breaks it.
        path: the path concerned: a property, or the node that describes it in the shapes graph; or None.
        value: the value concerned, or None.
        messages: in words.
        severity: the IRI of the shape's severity.
        component: the IRI of the constraint component.
        constraint: the constraint in SPARQL (sh:sourceConstraint), or None.
        annotations: what else the constraint has results say, by property (SHACL Advanced Features, section 7).
    """

    shape: Subject
    focus: Term
    path: Term | None
    value: Term | None
    messages: tuple[ox.Literal, ...]
    severity: ox.NamedNode
    component: ox.NamedNode
    constraint: Term | None = None
    annotations: tuple[tuple[ox.NamedNode, Term], ...] = ()


class Component(Protocol):
    """A kind of constraint: finds, for one constraint of a shape, the results by focus node."""

    def __call__(self, judge: Judge, shape: Shape, wanted: Term, pairs: Pairs, /) -> Iterator[tuple[Term, Result]]:
        """The results of the constraint whose parameter is `wanted`, each with the focus node it is about."""
        ...


class Judge:
    """The shapes of one graph over the facts of another.

    Args:
        facts: the data graph.
        engine: the same in the engine, as the default graph; constraints in SPARQL see its named graphs too.
        shapes: the shapes.
        components: local name of a parameter in SHACL's namespace → the component that it brings.
        prefixes: what constraints in SPARQL may use without declaring it.
        most: more results than these are too many to tell; None: none are.
    """

    def __init__(
        self,
        facts: Facts,
        /,
        *,
        engine: Store,
        shapes: Shapes,
        components: Mapping[str, Component],
        prefixes: Mapping[str, str],
        most: int | None = None,
    ) -> None:
        self.facts = facts
        self.engine = engine
        self.shapes = shapes
        self.prefixes = prefixes
        self._components = components
        self._open: list[Subject] = []
        self._most = most
        self._told = 0

    def results(self, shape: Shape, nodes: Collection[Term], /) -> dict[Term, list[Result]]:
        """What `shape` finds wrong, by the node of `nodes` where it began; nodes that conform are left out.

        Raises:
            ShapesError: the shape cannot be run, contains itself, or a hundred others one in the other.
            DocumentTooLarge: there are too many results.
        """
        if not shape.is_active or not nodes:
            return {}
        if shape.node in self._open:
            raise ShapesError("a shape that refers to itself is not run", place=str(shape.node))
        if len(self._open) > _DEEPEST:
            raise ShapesError(f"shapes refer to each other more than {_DEEPEST} deep", place=str(shape.node))
        found: dict[Term, list[Result]] = {}
        pairs = self.pairs(shape, nodes)
        self._open.append(shape.node)
        for name, component in self._components.items():
            for wanted in shape.says.get(name, ()):
                for focus, result in component(self, shape, wanted, pairs):
                    found.setdefault(focus, []).append(result)
                    self._count(result)
        self._open.pop()
        return found

    def _count(self, result: Result) -> None:
        """Count a result that is told: not one by which a shape decides about another."""
        if self._most is None or len(self._open) > 1:
            return
        self._told += 1
        if self._told > self._most:
            first = " ".join(message.value for message in result.messages)
            raise DocumentTooLarge(
                f"it has more than {self._most:,} findings, among them: {self.name(result.focus)}: {first[:200]}",
                mend="Mend what is wrong with all of its nodes first, or check it in parts.",
            )

    def failing(self, shape: Term, nodes: Collection[Term], /) -> set[Term]:
        """Those of `nodes` that do not conform to `shape`."""
        return set(self.results(self.shapes.shape(shape), nodes))

    def pairs(self, shape: Shape, nodes: Iterable[Term], /) -> Pairs:
        """The value nodes of each of `nodes`: what the shape's path reaches, or the node itself."""
        if shape.path is None:
            return {node: (node,) for node in nodes}
        if isinstance(shape.path, Property):
            table = self.facts.values(shape.path.iri)
            return {node: table.get(node, ()) for node in nodes}
        return {node: shape.path.reach(node, self.facts) for node in nodes}

    def result(
        self,
        shape: Shape,
        component: str,
        focus: Term,
        /,
        *,
        words: str,
        value: Term | None = None,
        path: Term | None = None,
    ) -> Result:
        """A result of one of SHACL's own components; `words` are used where the shape has none of its own."""
        return Result(
            shape=shape.node,
            focus=focus,
            path=path or shape.path_node,
            value=value,
            messages=shape.messages or (ox.Literal(words),),
            severity=shape.severity,
            component=SH[f"{component}ConstraintComponent"],
        )

    def name(self, term: Term, /) -> str:
        """A term in words."""
        return shorten(term.value, self.prefixes) if isinstance(term, ox.NamedNode) else str(term)
