"""Shapes as their graph describes them (SHACL, section 2), each read when it is first asked for."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.errors import ShapesError
from tiesgraph.names import RDF, RDFS, SH
from tiesgraph.shacl.facts import Facts
from tiesgraph.shacl.paths import Path, read_list, read_path
from tiesgraph.store import Subject, Term

__all__ = ["TRUE", "Shape", "Shapes"]

TRUE = ox.Literal(value=True)

_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")
_KINDS = (SH["NodeShape"], SH["PropertyShape"])
_SEVERITIES = frozenset(SH[name] for name in ("Violation", "Warning", "Info"))

_SILENT = frozenset(
    {"deactivated", "defaultValue", "description", "flags", "group", "ignoredProperties", "message", "name", "order"}
    | {"path", "qualifiedMaxCount", "qualifiedMinCount", "qualifiedValueShapesDisjoint", "severity", *_TARGETS}
    # A shape may be a constraint in SPARQL at the same time, or own the prefixes.
    | {"ask", "declare", "prefixes", "select"}
)
"""What a shape may say that is no constraint in itself: words, targets, and what goes with a constraint."""

_ELSEWHERE = frozenset({"entailment", "expression", "js", "rule", "shapesGraph", "values"})
"""What SHACL or its extensions have for a shape, and nobody runs here."""


@dataclass(frozen=True, eq=False)
class Shape:
    """One shape.

    Attributes:
        node: the shape itself.
        path: where its values are, from a focus node; None for a node shape, whose value is the focus node.
        path_node: what `sh:path` says, in the shapes graph; None for a node shape.
        severity: the IRI that its results bear.
        messages: its own words for its results; none where the component speaks.
        is_active: whether it demands anything at all (`sh:deactivated`).
        says: local name of a `sh:` term → what the shape gives for it.
    """

    node: Subject
    path: Path | None
    path_node: Term | None
    severity: ox.NamedNode
    messages: tuple[ox.Literal, ...]
    is_active: bool
    says: Mapping[str, Sequence[Term]]

    def one(self, name: str, /) -> Term | None:
        """Its only value of the `sh:` term called `name`, or None.

        Raises:
            ShapesError: it has two.
        """
        values = self.says.get(name, ())
        if len(values) > 1:
            raise ShapesError(f"it has two values of sh:{name}", place=str(self.node))
        return values[0] if values else None

    def number(self, name: str, /) -> int | None:
        """Its only value of `name`, a whole number from 0 on, or None.

        Raises:
            ShapesError: it is none.
        """
        value = self.one(name)
        if value is None:
            return None
        if not isinstance(value, ox.Literal) or not value.value.removeprefix("+").isdecimal():
            raise ShapesError(f"sh:{name} wants a whole number, not {value}", place=str(self.node))
        return int(value.value)


class Shapes:
    """The shapes of one graph.

    Args:
        facts: the shapes graph.
        constraints: the local names of the `sh:` terms that are constraints.
    """

    def __init__(self, facts: Facts, /, *, constraints: Sequence[str] = ()) -> None:
        self.facts = facts
        self._constraints = frozenset(constraints)
        self._known: dict[Term, Shape] = {}

    def targeted(self) -> list[Subject]:
        """The shapes that choose their focus nodes themselves, by name; a class that is a shape does (2.1.3.3)."""
        found = {node for name in _TARGETS for node in self.facts.values(SH[name])}
        typed = self.facts.bearers(RDF["type"])
        shapes = {node for kind in _KINDS for node in typed.get(kind, ())}
        chosen = found | (shapes & self.facts.instances(RDFS["Class"]))
        return sorted((node for node in chosen if isinstance(node, ox.NamedNode | ox.BlankNode)), key=str)

    def is_constraint(self, term: str, /) -> bool:
        """Whether the `sh:` term of this local name is a constraint."""
        return term in self._constraints

    def is_class(self, node: Term, /) -> bool:
        """Whether the shapes graph calls `node` a class, so that a shape of that name targets its instances."""
        return bool(self.facts.are_instances([node], RDFS["Class"]))

    def members(self, head: Term, /) -> list[Term]:
        """The members of a list in the shapes graph."""
        return read_list(self.facts, head)

    def parents(self, shape: Shape, /) -> list[Shape]:
        """The shapes that have `shape` as a property shape."""
        return [self.shape(node) for node in self.facts.bearers(SH["property"]).get(shape.node, ())]

    def shape(self, node: Term, /) -> Shape:
        """The shape that `node` is.

        Raises:
            ShapesError: it is not well formed, or asks for what is not run here.
        """
        if node not in self._known:
            self._known[node] = self._read(node)
        return self._known[node]

    def _read(self, node: Term) -> Shape:
        if isinstance(node, ox.Literal | ox.Triple):
            raise ShapesError(f"{node} is no shape")
        says: dict[str, list[Term]] = {}
        for prop, value in self.facts.about(node):
            if prop.value.startswith(SH):
                says.setdefault(prop.value.removeprefix(SH), []).append(value)
        self._refuse_unknown(node, says)
        paths = says.get("path", [])
        if len(paths) > 1:
            raise ShapesError("it has two paths", place=str(node))
        severity = next(iter(says.get("severity", ())), SH["Violation"])
        # A severity may be anybody's own, but SHACL's namespace has three.
        known = isinstance(severity, ox.NamedNode) and (severity in _SEVERITIES or not severity.value.startswith(SH))
        if not known or not isinstance(severity, ox.NamedNode):
            raise ShapesError(f"{severity} is no severity of SHACL's", place=str(node))
        return Shape(
            node=node,
            path=read_path(self.facts, paths[0]) if paths else None,
            path_node=paths[0] if paths else None,
            severity=severity,
            messages=tuple(m for m in says.get("message", ()) if isinstance(m, ox.Literal)),
            is_active=TRUE not in says.get("deactivated", ()),
            says={name: tuple(sorted(values, key=str)) for name, values in says.items()},
        )

    def _refuse_unknown(self, node: Subject, says: Mapping[str, object]) -> None:
        """A constraint that nobody runs would pass in silence."""
        for name in sorted(set(says) - self._constraints - _SILENT):
            if name in _ELSEWHERE:
                raise ShapesError(f"sh:{name} is not run here", place=str(node), mend="Take it away.")
            near = difflib.get_close_matches(name, self._constraints | _SILENT, n=1)
            raise ShapesError(
                f"sh:{name} is no term for a shape",
                place=str(node),
                mend=f"The nearest one is sh:{near[0]}." if near else None,
            )
