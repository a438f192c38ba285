"""The real graph as a field for faults: what can be changed, and what the shapes would say of it.

A place is a statement of the curated files (pages, registers, sources, structure, links), never of the ontology,
its concepts or the shapes. Most operators want a statement that stands in one file only: taken from one of two
pages, a fact is still in the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from random import Random

import pyoxigraph as ox

from tiesgraph.names import BASE, OWL, RDF, RDFS, SH, SKOS, TIES, graph_name, page_number
from tiesgraph.store import Store, Subject, Term

CURATED = ("alignments", "entities", "report", "sources")

Change = tuple[list[ox.Quad], list[ox.Quad]]
"""The statements that go and those that come."""


Places = Callable[["Field"], Iterable[ox.Quad]]
"""The statements at which a fault can be made."""

Make = Callable[["Field", ox.Quad, Random], Change | None]
"""Makes a fault at one of them; None where it cannot be made there after all."""


@dataclass(frozen=True)
class Operator:
    """One kind of fault.

    Attributes:
        name: what is wrong, as a claim.
        places: where it can be made.
        make: makes it.
    """

    name: str
    places: Places
    make: Make


@dataclass(frozen=True)
class Field:
    """The asserted graph, with what operators ask of it.

    Attributes:
        store: ontology, shapes and data, nothing derived.
    """

    store: Store

    @cached_property
    def quads(self) -> list[ox.Quad]:
        """All statements of the curated files."""
        engine = self.store.engine
        homes = [g for g in self.store.graphs() if page_number(g) is not None or graph_name(g) in CURATED]
        return [quad for home in homes for quad in engine.quads_for_pattern(None, None, None, home)]

    @cached_property
    def hashes(self) -> dict[ox.Quad, int]:
        """Statement → a number that is its own."""
        return {quad: digest(str(quad)) for quad in self.quads}

    @cached_property
    def of(self) -> dict[Term, list[ox.Quad]]:
        """Node → the statements about it."""
        found: dict[Term, list[ox.Quad]] = defaultdict(list)
        for quad in self.quads:
            found[quad.subject].append(quad)
        return dict(found)

    @cached_property
    def to(self) -> dict[Term, list[ox.Quad]]:
        """Node → the statements that point to it."""
        found: dict[Term, list[ox.Quad]] = defaultdict(list)
        for quad in self.quads:
            if isinstance(quad.object, ox.NamedNode):
                found[quad.object].append(quad)
        return dict(found)

    @cached_property
    def times(self) -> dict[ox.Triple, int]:
        """Triple → how many files state it."""
        found: dict[ox.Triple, int] = defaultdict(int)
        for quad in self.quads:
            found[quad.triple] += 1
        return dict(found)

    @cached_property
    def once(self) -> dict[ox.NamedNode, list[ox.Quad]]:
        """Property → the statements with it that stand in one file only."""
        found: dict[ox.NamedNode, list[ox.Quad]] = defaultdict(list)
        for quad in self.quads:
            if self.times[quad.triple] == 1:
                found[quad.predicate].append(quad)
        return dict(found)

    @cached_property
    def above(self) -> dict[Term, set[Term]]:
        """Class → itself and all classes over it."""
        rows = self.store.select(f"SELECT ?c ?s {{ ?c a {OWL['Class']} ; {RDFS['subClassOf']}* ?s }}")
        found: dict[Term, set[Term]] = defaultdict(set)
        for row in rows:
            if str(row["s"]).startswith(OURS):
                found[row["c"]].add(row["s"])
        return dict(found)

    @cached_property
    def classes(self) -> dict[Term, set[Term]]:
        """Node → its classes of ours, and those over them."""
        found: dict[Term, set[Term]] = defaultdict(set)
        for quad in self.quads:
            if quad.predicate == RDF["type"] and isinstance(quad.subject, ox.NamedNode):
                found[quad.subject] |= self.above.get(quad.object, set())
        return dict(found)

    @cached_property
    def members(self) -> dict[Term, list[ox.NamedNode]]:
        """Class → its nodes, those of lower classes included."""
        found: dict[Term, list[ox.NamedNode]] = defaultdict(list)
        for node in sorted(self.classes, key=str):
            for cls in self.classes[node]:
                found[cls].append(name(node))
        return dict(found)

    @cached_property
    def kinds(self) -> dict[Term, str]:
        """Class → the path under which its nodes are named: `id/event`."""
        own = {self.own_class(node): path_of(node) for node in sorted(self.classes, key=str, reverse=True)}
        return {cls: path for cls, path in own.items() if cls is not None}

    def is_a(self, node: Term | None, *classes: str) -> bool:
        """Whether a node is of one of the classes of ours with these names."""
        return node is not None and bool(self.classes.get(node, set()) & {TIES[one] for one in classes})

    @cached_property
    def values(self) -> dict[ox.NamedNode, set[Term]]:
        """Property → the classes that its values have somewhere in the graph."""
        found: dict[ox.NamedNode, set[Term]] = defaultdict(set)
        for quad in self.quads:
            if isinstance(quad.object, ox.NamedNode):
                found[quad.predicate] |= self.classes.get(quad.object, set())
        return dict(found)

    @cached_property
    def schemes(self) -> dict[Term, list[ox.NamedNode]]:
        """Concept scheme → its concepts."""
        found: dict[Term, list[ox.NamedNode]] = defaultdict(list)
        for triple in self.store.triples(None, SKOS["inScheme"]):
            if isinstance(triple.subject, ox.NamedNode):
                found[triple.object].append(triple.subject)
        return {scheme: sorted(concepts, key=str) for scheme, concepts in sorted(found.items(), key=str)}

    @cached_property
    def scheme(self) -> dict[Term, Term]:
        """Concept → its scheme."""
        return {concept: scheme for scheme, concepts in self.schemes.items() for concept in concepts}

    @cached_property
    def single(self) -> set[Term]:
        """The properties that some shape allows one value of, whatever the class."""
        rows = self.store.select(f"SELECT DISTINCT ?p {{ ?shape {SH['path']} ?p ; {SH['maxCount']} 1 }}")
        return {row["p"] for row in rows if isinstance(row["p"], ox.NamedNode)}

    @cached_property
    def allowed(self) -> dict[Term, set[Term]]:
        """Class → the properties that its closed shape knows."""
        query = f"""SELECT ?class ?p {{ ?s {SH["targetClass"]} ?class ; {SH["closed"]} true ; {SH["property"]} ?part .
            ?part {SH["path"]} ?p }}"""
        found: dict[Term, set[Term]] = defaultdict(set)
        for row in self.store.select(query):
            found[row["class"]].add(row["p"])
        return dict(found)

    @cached_property
    def required(self) -> dict[Term, list[frozenset[Term]]]:
        """Class → the sets of properties of one of which it must have a value."""
        query = f"""SELECT ?class ?part ?p {{ ?s {SH["targetClass"]} ?class ; {SH["property"]} ?part .
            ?part {SH["minCount"]} ?n ; {SH["path"]} ?path .
            {{ ?path {SH["alternativePath"]}/{RDF["rest"]}*/{RDF["first"]} ?p }} UNION {{ BIND (?path AS ?p) }}
            FILTER (ISIRI(?p)) }}"""
        found: dict[Term, dict[Term, set[Term]]] = defaultdict(lambda: defaultdict(set))
        for row in self.store.select(query):
            found[row["class"]][row["part"]].add(row["p"])
        return {cls: [frozenset(group) for group in parts.values()] for cls, parts in found.items()}

    def where(self, *properties: ox.NamedNode) -> Iterator[ox.Quad]:
        """The statements with one of the properties, each of them stated once in the whole graph."""
        return (quad for prop in dict.fromkeys(properties) for quad in self.once.get(prop, ()))

    def value(self, node: Term, prop: ox.NamedNode) -> Term | None:
        """A value of the node's property, or None."""
        return next((quad.object for quad in self.about(node) if quad.predicate == prop), None)

    def about(self, node: Term) -> list[ox.Quad]:
        """The statements about a node."""
        return self.of.get(node, [])

    def pointing(self, node: Term) -> list[ox.Quad]:
        """The statements that point to a node."""
        return self.to.get(node, [])

    def own_class(self, node: Term) -> Term | None:
        """The one class of ours that the node is given, or None where it has none or several."""
        given = {q.object for q in self.about(node) if q.predicate == RDF["type"] and str(q.object).startswith(OURS)}
        return given.pop() if len(given) == 1 else None


def digest(words: str) -> int:
    """A number that anybody gets from the same words."""
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest())


OURS = f"<{TIES}"


def name(node: Term) -> ox.NamedNode:
    """The node, which the curated files call by name: they have no blank ones."""
    assert isinstance(node, ox.NamedNode)
    return node


def literal(quad: ox.Quad) -> ox.Literal:
    """The value of a statement whose value is a literal."""
    assert isinstance(quad.object, ox.Literal)
    return quad.object


def text(term: Term) -> str:
    """The characters of a literal or an IRI."""
    return term.value if isinstance(term, ox.Literal | ox.NamedNode) else str(term)


def path_of(node: Term) -> str:
    """The path under which a node is named: `id/event`."""
    return text(node).removeprefix(BASE).rpartition("/")[0]


def of(*properties: ox.NamedNode) -> Places:
    """The places where one of the properties has a value."""
    return lambda field: field.where(*properties)


def moved(
    quad: ox.Quad,
    *,
    subject: Subject | None = None,
    predicate: ox.NamedNode | None = None,
    value: Term | None = None,
    graph: ox.NamedNode | None = None,
) -> ox.Quad:
    """The statement with some of its parts changed."""
    return ox.Quad(
        subject or quad.subject,
        predicate or quad.predicate,
        quad.object if value is None else value,
        graph or quad.graph_name,
    )


def instead(quad: ox.Quad, *, predicate: ox.NamedNode | None = None, value: Term | None = None) -> Change:
    """The change that puts another property or value in the place of a statement's."""
    return [quad], [moved(quad, predicate=predicate, value=value)]


def rewritten(quad: ox.Quad, words: str, datatype: ox.NamedNode | None = None) -> Change:
    """The change that gives a literal other characters, and keeps its language or datatype unless another is given."""
    old = literal(quad)
    if old.language and datatype is None:
        return instead(quad, value=ox.Literal(words, language=old.language))
    return instead(quad, value=ox.Literal(words, datatype=datatype or old.datatype))
