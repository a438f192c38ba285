"""A shape as a page shows it: of what it demands what, in words, why, and an example either way."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import pyoxigraph as ox

from tiesgraph.errors import UnknownResource
from tiesgraph.names import RDF, RDFS, SH, SHAPES, TIES, TSH, graph_iri
from tiesgraph.reference.header import Header, header
from tiesgraph.reference.judged import judged
from tiesgraph.reference.reading import Name, Reader
from tiesgraph.reference.shapepage import Clause, Example, Rule, ShapePage
from tiesgraph.reference.wording import Wording, count, plain
from tiesgraph.shacl import Facts, Shape, Shapes, read_shapes
from tiesgraph.shacl.shapes import TRUE
from tiesgraph.store import Store, Subject, Term

__all__ = ["ShapeReference"]

_FOUND = re.compile(r"\{[?$](\w+)\}")
_PARTS = frozenset({"closed", "ignoredProperties", "property", "sparql"})


class ShapeReference:
    """The shapes of one store, which is not to change.

    Args:
        store: the graph, with its shapes and its ontology.
    """

    def __init__(self, store: Store, /) -> None:
        self._store = store
        self._read = Reader(store, "ontology")
        self._pages: dict[ox.NamedNode, ShapePage] = {}

    @cached_property
    def _facts(self) -> Facts:
        homes = [graph_iri(name) for name in ("shapes", "audit")]
        found = [triple for home in homes for triple in self._store.triples(graph=home)]
        return Facts(found or self._of_a_user())

    def _of_a_user(self) -> Iterator[ox.Triple]:
        """Shapes of ours in a dataset of a user's, which has its own graphs and may be large: them and no more."""
        todo: list[Subject] = [t.subject for t in self._store.triples(None, RDF["type"], SH["NodeShape"])]
        seen = set(todo)
        while todo:
            for triple in self._store.triples(todo.pop()):
                yield triple
                part = triple.object
                if isinstance(part, ox.BlankNode) or (isinstance(part, ox.NamedNode) and part.value.startswith(TSH)):
                    todo += [part] if part not in seen else []
                    seen.add(part)

    @cached_property
    def _shapes(self) -> Shapes:
        return read_shapes(self._facts)

    @cached_property
    def wording(self) -> Wording:
        """The words for these shapes."""
        return Wording(self._shapes, self._read.name)

    @cached_property
    def header(self) -> Header:
        """What the shapes say of themselves as a whole."""
        return header(Reader(self._store, "shapes"), ox.NamedNode(SHAPES), people=self._read)

    @cached_property
    def nodes(self) -> tuple[ox.NamedNode, ...]:
        """The node shapes of ours, by name."""
        found = self._facts.bearers(RDF["type"]).get(SH["NodeShape"], ())
        ours = {node for node in found if isinstance(node, ox.NamedNode) and node.value.startswith(TSH)}
        return tuple(sorted(ours, key=lambda node: node.value))

    @cached_property
    def parts(self) -> tuple[ox.NamedNode, ...]:
        """The property shapes of ours, by name."""
        found = (node for node in self._facts.values(SH["path"]) if isinstance(node, ox.NamedNode))
        return tuple(sorted((node for node in found if node.value.startswith(TSH)), key=lambda node: node.value))

    def page(self, node: ox.NamedNode, /) -> ShapePage:
        """What is to be told of the shape `node`.

        Raises:
            UnknownResource: there is no such node shape.
            ShapesError: it is not well formed.
        """
        if node not in self.nodes:
            raise UnknownResource(f"there is no shape {node.value}", mend="/shapes lists them.")
        if node not in self._pages:
            self._pages[node] = self._page(node, self._shapes.shape(node))
        return self._pages[node]

    def about(self, iri: str, /) -> tuple[Name, ...]:
        """The shapes that judge the members of the class `iri`, or what has the property of that name."""
        term, targets = ox.NamedNode(iri), ("targetClass", "targetSubjectsOf", "targetObjectsOf")
        return self._read.names(node for name in targets for node in self._facts.bearers(SH[name]).get(term, ()))

    def users(self, node: ox.NamedNode, /) -> tuple[Name, ...]:
        """The shapes that hand nodes to the shape `node`."""
        return self._read.names(self._above(node, self.nodes))

    def handing(self, node: ox.NamedNode, /) -> frozenset[str]:
        """The IRIs of the property shapes that hand their values to the shape `node`."""
        return frozenset(part.value for part in self._above(node, set(self.parts)))

    def demand(self, part: ox.NamedNode, /) -> str:
        """What a property shape by itself demands, in a sentence."""
        return _sentence(plain(self.wording.demand([self._shapes.shape(part)])))

    def scope(self, node: ox.NamedNode, /) -> str:
        """Of what a shape demands anything, and whether it may have what the shape does not name, in sentences."""
        shape = self._shapes.shape(node)
        about, itself = self.wording.target(shape), self.wording.values([shape], apart=_PARTS)
        told = [f"Judges {plain(about)}." if about else "Judges what other shapes hand it."]
        told += [f"Demands {plain(itself)}."] if itself else []
        told += ["There may be no other properties than those of its property shapes."] if _is_closed(shape) else []
        return " ".join(told)

    def _page(self, node: ox.NamedNode, shape: Shape) -> ShapePage:
        clauses = list(self._clauses(shape))
        return ShapePage(
            name=self._read.name(node),
            reason=self._facts.text(node, RDFS["comment"]) or "",
            about=self.wording.target(shape),
            classes=self._read.names(shape.says.get("targetClass", ())),
            judged=judged(self._store, self._shapes, shape),
            severity=shape.severity.value.removeprefix(SH),
            itself=self.wording.values([shape], apart=_PARTS),
            needed=tuple(clause for clause in clauses if clause.least),
            allowed=tuple(clause for clause in clauses if not clause.least),
            closed=_is_closed(shape),
            rules=tuple(self._rules(shape)),
            users=self.users(node),
            example=self._example(node),
        )

    def _clauses(self, shape: Shape) -> Iterator[Clause]:
        """What the property shapes of a shape demand, those of one path together, by property."""
        together: dict[str, list[Shape]] = {}
        for part in shape.says.get("property", ()):
            one = self._shapes.shape(part)
            together.setdefault(str(one.path), []).append(one)
        clauses = [self._clause(parts) for parts in together.values()]
        yield from sorted(clauses, key=lambda clause: plain(clause.path).lower())

    def _clause(self, parts: Sequence[Shape]) -> Clause:
        bounds = self.wording.bounds(parts)
        return Clause(
            path=self.wording.path(parts[0]),
            count=count(*bounds),
            values=self.wording.of_each(parts),
            least=bounds[0],
            messages=tuple(dict.fromkeys(message.value for part in parts for message in part.messages)),
        )

    def _rules(self, shape: Shape) -> Iterator[Rule]:
        for node in shape.says.get("sparql", ()):
            message = self._facts.text(node, SH["message"]) or " ".join(one.value for one in shape.messages)
            name = node.value.removeprefix(TSH) if isinstance(node, ox.NamedNode) else ""
            yield Rule(
                name=name,
                words=tuple(_FOUND.split(message)),
                query=_dedented(self._facts.text(node, SH["select"]) or ""),
            )

    def _above(self, node: ox.NamedNode, wanted: Collection[ox.NamedNode]) -> Iterator[ox.NamedNode]:
        """The nearest of the `wanted` shapes that lead to `node`, whatever lies between."""
        seen: set[Term] = {node}
        todo: list[Term] = [node]
        while todo:
            for prop, whole in self._wholes.get(todo.pop(), ()):
                if whole not in seen and prop.value.startswith((SH, RDF)):
                    seen.add(whole)
                    if isinstance(whole, ox.NamedNode) and whole in wanted:
                        yield whole
                    else:
                        todo.append(whole)

    @cached_property
    def _wholes(self) -> dict[Term, list[tuple[ox.NamedNode, Term]]]:
        """Node → by which properties it is a value of which other nodes."""
        found: dict[Term, list[tuple[ox.NamedNode, Term]]] = {}
        for subject, prop, value in self._facts.triples():
            if not isinstance(value, ox.Literal):
                found.setdefault(value, []).append((prop, subject))
        return found

    def _example(self, node: Term) -> Example | None:
        passing, failing = (self._texts(node, f"{kind}Example") for kind in ("passing", "failing"))
        if not passing or not failing:
            return None
        return Example(
            passing=passing[0],
            failing=failing[0],
            messages=tuple(self._texts(node, "failureMessage")),
            lines=tuple(sorted(int(line) for line in self._texts(node, "failureLine"))),
        )

    def _texts(self, node: Term, prop: str) -> list[str]:
        if isinstance(node, ox.Literal):
            return []
        told = (triple.object for triple in self._store.triples(node, TIES[prop]))
        return sorted(one.value for one in told if isinstance(one, ox.Literal))


def _is_closed(shape: Shape) -> bool:
    return TRUE in shape.says.get("closed", ())


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _dedented(query: str) -> str:
    return textwrap.dedent(query.strip("\n")).rstrip()
