"""Property paths: how SHACL writes them (section 2.3.1), what they reach, and how SPARQL writes them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.corpus import Term
from tiesgraph.errors import ShapesError
from tiesgraph.names import RDF, SH
from tiesgraph.shacl.facts import Facts

__all__ = ["Alternative", "Chain", "Inverse", "Path", "Property", "Repeated", "read_list", "read_path"]

_NIL = RDF["nil"]
_DEEPEST = 100


class Path(ABC):
    """A way from a node to others; as text it is a SPARQL property path."""

    @abstractmethod
    def reach(self, node: Term, facts: Facts, /) -> list[Term]:
        """The nodes at its other end, each once."""

    @abstractmethod
    def back(self, node: Term, facts: Facts, /) -> list[Term]:
        """The nodes from which it leads to `node`, each once."""


@dataclass(frozen=True)
class Property(Path):
    """One step along a property."""

    iri: ox.NamedNode

    def reach(self, node: Term, facts: Facts, /) -> list[Term]:
        """See `Path`."""
        return list(facts.values(self.iri).get(node, ()))

    def back(self, node: Term, facts: Facts, /) -> list[Term]:
        """See `Path`."""
        return list(facts.bearers(self.iri).get(node, ()))

    def __str__(self) -> str:
        return str(self.iri)


@dataclass(frozen=True)
class Inverse(Path):
    """A path walked backwards."""

    path: Path

    def reach(self, node: Term, facts: Facts, /) -> list[Term]:
        return self.path.back(node, facts)

    def back(self, node: Term, facts: Facts, /) -> list[Term]:
        return self.path.reach(node, facts)

    def __str__(self) -> str:
        return f"^({self.path})"


@dataclass(frozen=True)
class Chain(Path):
    """One path after another."""

    parts: tuple[Path, ...]

    def reach(self, node: Term, facts: Facts, /) -> list[Term]:
        found = [node]
        for part in self.parts:
            found = _each(found, part.reach, facts)
        return found

    def back(self, node: Term, facts: Facts, /) -> list[Term]:
        found = [node]
        for part in reversed(self.parts):
            found = _each(found, part.back, facts)
        return found

    def __str__(self) -> str:
        return "/".join(f"({part})" for part in self.parts)


@dataclass(frozen=True)
class Alternative(Path):
    """Any one of several paths."""

    parts: tuple[Path, ...]

    def reach(self, node: Term, facts: Facts, /) -> list[Term]:
        return list(dict.fromkeys(end for part in self.parts for end in part.reach(node, facts)))

    def back(self, node: Term, facts: Facts, /) -> list[Term]:
        return list(dict.fromkeys(end for part in self.parts for end in part.back(node, facts)))

    def __str__(self) -> str:
        return "|".join(f"({part})" for part in self.parts)


@dataclass(frozen=True)
class Repeated(Path):
    """A path walked never (where `optional`), once, or any number of times (where `many`)."""

    path: Path
    optional: bool
    many: bool

    def reach(self, node: Term, facts: Facts, /) -> list[Term]:
        return self._walk(node, self.path.reach, facts)

    def back(self, node: Term, facts: Facts, /) -> list[Term]:
        return self._walk(node, self.path.back, facts)

    def _walk(self, node: Term, step: Callable[[Term, Facts], list[Term]], facts: Facts) -> list[Term]:
        found = dict.fromkeys([node] if self.optional else [])
        todo = step(node, facts)
        while todo:
            end = todo.pop()
            if end not in found:
                found[end] = None
                todo += step(end, facts) if self.many else []
        return list(found)

    def __str__(self) -> str:
        sign = {(True, True): "*", (False, True): "+", (True, False): "?"}[self.optional, self.many]
        return f"({self.path}){sign}"


def _each(nodes: Iterable[Term], step: Callable[[Term, Facts], list[Term]], facts: Facts) -> list[Term]:
    return list(dict.fromkeys(end for node in nodes for end in step(node, facts)))


def read_path(shapes: Facts, node: Term, /, *, inside: frozenset[Term] = frozenset()) -> Path:
    """The path that `node` of a shapes graph describes.

    Args:
        shapes: the shapes graph.
        node: the value of `sh:path`.
        inside: the paths that this one is a part of.

    Raises:
        ShapesError: it is no path of SHACL's, or one that contains itself or a hundred others.
    """
    if isinstance(node, ox.NamedNode):
        return Property(node)
    if not isinstance(node, ox.BlankNode) or node in inside or len(inside) > _DEEPEST:
        raise ShapesError(f"{node} is no property path")
    inner = inside | {node}
    if node in shapes.values(RDF["first"]):
        return Chain(tuple(read_path(shapes, part, inside=inner) for part in read_list(shapes, node)))
    for prop, value in shapes.about(node):
        match prop.value.removeprefix(SH):
            case "inversePath":
                return Inverse(read_path(shapes, value, inside=inner))
            case "alternativePath":
                parts = read_list(shapes, value)
                return Alternative(tuple(read_path(shapes, part, inside=inner) for part in parts))
            case "zeroOrMorePath" | "oneOrMorePath" | "zeroOrOnePath" as kind:
                part = read_path(shapes, value, inside=inner)
                return Repeated(part, optional=kind.startswith("zero"), many=kind.endswith("MorePath"))
    raise ShapesError(f"{node} is no property path")


def read_list(graph: Facts, head: Term, /) -> list[Term]:
    """The members of an RDF list.

    Raises:
        ShapesError: it is none: it has no end, or a part without a value or with two.
    """
    members: list[Term] = []
    seen: set[Term] = set()
    beginning = head
    while head != _NIL:
        if isinstance(head, ox.Literal) or head in seen:
            raise _no_list(beginning)
        seen.add(head)
        first = list(graph.values(RDF["first"]).get(head, ()))
        rest = list(graph.values(RDF["rest"]).get(head, ()))
        if len(first) != 1 or len(rest) != 1:
            raise _no_list(beginning)
        members += first
        head = rest[0]
    return members


def _no_list(head: Term) -> ShapesError:
    mend = "Each part has one rdf:first and one rdf:rest, and the last one's rest is rdf:nil: ( … ) in Turtle."
    return ShapesError("an RDF list that is not well formed", place=str(head), mend=mend)
