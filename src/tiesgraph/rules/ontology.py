"""The axioms of a store, as the compiler wants them: by subject and property, with lists read and places known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import chain

import pyoxigraph as ox

from tiesgraph.conclusions import NOT_PREMISES, is_stated
from tiesgraph.errors import AxiomError
from tiesgraph.names import OWL, RDF, RDFS, graph_name
from tiesgraph.notation import term
from tiesgraph.rules.rule import Axiom
from tiesgraph.store import Store, Subject, Term

__all__ = ["Ontology", "is_axiom"]

_PREDICATES = (
    *(RDFS[name] for name in ("subClassOf", "subPropertyOf", "domain", "range")),
    *(RDF["first"], RDF["rest"]),
    *(
        OWL[name]
        for name in (
            *("equivalentClass", "disjointWith", "equivalentProperty", "inverseOf", "propertyDisjointWith"),
            *("propertyChainAxiom", "hasKey", "members", "distinctMembers"),
            *("sourceIndividual", "assertionProperty", "targetIndividual", "targetValue"),
            *("onProperty", "someValuesFrom", "allValuesFrom", "hasValue", "intersectionOf", "unionOf"),
            *("complementOf", "oneOf", "maxCardinality", "maxQualifiedCardinality", "onClass", "onDataRange"),
        )
    ),
)
"""The terms in which axioms of OWL 2 RL are stated."""

_TYPES = (
    *(
        OWL[name]
        for name in (
            *("FunctionalProperty", "InverseFunctionalProperty", "IrreflexiveProperty", "SymmetricProperty"),
            *("AsymmetricProperty", "TransitiveProperty", "Class"),
            *("AllDisjointClasses", "AllDisjointProperties", "AllDifferent", "NegativePropertyAssertion"),
        )
    ),
    RDFS["Datatype"],
)
"""Types that the rules ask for."""

_CLASSES = (OWL["Class"], RDFS["Datatype"])
# What every class expression is: its brackets say so.

_BEYOND = tuple(
    OWL[name]
    for name in (
        *("disjointUnionOf", "hasSelf", "minCardinality", "minQualifiedCardinality", "cardinality"),
        *("qualifiedCardinality", "onDatatype", "withRestrictions", "datatypeComplementOf", "onProperties"),
    )
)
"""Terms of OWL 2 for which its profile RL has no rule."""


def is_axiom(triple: ox.Triple, /) -> bool:
    """Whether `triple` is, or is part of, what rules are made of."""
    if triple.predicate == RDF["type"]:
        return triple.object in _TYPES or isinstance(triple.object, ox.BlankNode)
    return triple.predicate in _PREDICATES


class Ontology:
    """What the graphs of a store state in the language of OWL; what is inferred there is left out: it follows again.

    Args:
        store: the graph.
        without: statements to be taken as not made.

    Raises:
        AxiomError: a term of OWL's is used for which RL has no rule.
    """

    def __init__(self, store: Store, /, *, without: Set[ox.Triple] = frozenset()) -> None:
        self._store = store
        self._without = without
        self._facts: dict[Term, list[ox.Triple]] = {}
        self._said: dict[Term, list[ox.Triple]] = {}
        typed = (store.triples(None, RDF["type"], kind) for kind in _TYPES)
        for triple in chain(*(store.triples(None, predicate) for predicate in _PREDICATES), *typed):
            # A user's own lists of things are no axioms, and do no harm here.
            if self.is_stated(triple):
                key = triple.object if triple.predicate == RDF["type"] else triple.predicate
                self._facts.setdefault(key, []).append(triple)
                self._said.setdefault(triple.subject, []).append(triple)
        self._refuse_beyond()

    def is_stated(self, triple: ox.Triple, /) -> bool:
        """Whether a graph from which things follow states `triple`, and it is not to be taken as not made."""
        return triple not in self._without and is_stated(self._store, triple)

    def pairs(self, predicate: ox.NamedNode, /) -> list[tuple[Subject, Term]]:
        """Who is stated to have which value of `predicate`."""
        return [(triple.subject, triple.object) for triple in self._facts.get(predicate, ())]

    def instances(self, kind: ox.NamedNode, /) -> list[Subject]:
        """Whatever is stated to be of the type `kind`."""
        return [triple.subject for triple in self._facts.get(kind, ())]

    def values(self, node: Term, predicate: ox.NamedNode, /) -> list[Term]:
        """The values that `node` is stated to have of `predicate`."""
        return [triple.object for triple in self._said.get(node, ()) if triple.predicate == predicate]

    def one(self, node: Term, predicate: ox.NamedNode, /) -> Term:
        """The one value that `node` has of `predicate`.

        Raises:
            AxiomError: there is none, or there are several.
        """
        found = self.values(node, predicate)
        if len(found) != 1:
            raise self.error(node, f"wants one {term(predicate)}, and has {len(found)}")
        return found[0]

    def members(self, head: Term, /) -> list[Term]:
        """The members of the list that begins at `head`.

        Raises:
            AxiomError: it runs in a circle, or a place in it holds nothing or several things.
        """
        found: list[Term] = []
        seen: set[Term] = set()
        while head != RDF["nil"]:
            if head in seen:
                raise self.error(head, "is a list that runs in a circle")
            seen.add(head)
            found.append(self.one(head, RDF["first"]))
            head = self.one(head, RDF["rest"])
        return found

    def unnamed_types(self, expressions: Sequence[ox.NamedNode], /) -> Iterator[tuple[Subject, Term]]:
        """Things that are stated to be of a class without a name, put together by one of `expressions`."""
        for node in dict.fromkeys(node for relation in expressions for node, _ in self.pairs(relation)):
            if isinstance(node, ox.BlankNode):
                for triple in self._store.triples(None, RDF["type"], node):
                    if self.is_stated(triple):
                        yield triple.subject, node

    def axiom(self, subject: Subject, predicate: ox.NamedNode, value: Term, /) -> Axiom:
        """A statement as an axiom, with all that its unnamed parts say."""
        triple = ox.Triple(subject, predicate, value)
        text = f"{self.text(subject)} {'a' if predicate == RDF['type'] else term(predicate)} {self.text(value)}"
        homes = self._store.graphs_stating(subject, predicate, value)
        return Axiom(
            # What an expression without a name says of itself stands inside its brackets already.
            text=self.text(subject) if isinstance(subject, ox.BlankNode) else text,
            graphs=tuple(graph for graph in homes if graph not in NOT_PREMISES),
            triples=frozenset({triple, *self._parts(subject, set()), *self._parts(value, set())}),
        )

    def error(self, node: Term, reason: str, /) -> AxiomError:
        """The error that an axiom about `node` cannot be compiled, with the graphs that speak of it."""
        own = [] if isinstance(node, ox.Literal) else list(self._store.triples(node))
        said = self._said.get(node) or own or list(self._store.triples(None, None, node))
        homes = {home for t in said for home in self._store.graphs_stating(t.subject, t.predicate, t.object)}
        place = ", ".join(sorted(graph_name(home) for home in homes - NOT_PREMISES)) or None
        return AxiomError(f"no rule can be made: {self.text(node)} {reason}", place=place)

    def text(self, node: Term, /) -> str:
        """A node as Turtle writes it, lists and unnamed expressions spelled out."""
        return self._text(node, ())

    def _text(self, node: Term, above: tuple[Term, ...]) -> str:
        if not isinstance(node, ox.BlankNode):
            return term(node)
        if node in above:
            return "…"
        above = (*above, node)
        if self.values(node, RDF["first"]):
            # Written out cell by cell, so that a broken list can be shown in the error that it is.
            firsts = " ".join(self._text(value, above) for value in self.values(node, RDF["first"]))
            rest = " ".join(self._text(value, above) for value in self.values(node, RDF["rest"]))
            return f"( {firsts} {'' if rest == 'rdf:nil' else rest[2:-2]}".rstrip() + " )"
        said = [
            f"{'a' if t.predicate == RDF['type'] else term(t.predicate)} {self._text(t.object, above)}"
            for t in self._said.get(node, ())
            if t.object not in _CLASSES
        ]
        return f"[ {' ; '.join(said)} ]"

    def _parts(self, node: Term, seen: set[Term]) -> Iterator[ox.Triple]:
        """What is said of an unnamed node and of those inside it."""
        if isinstance(node, ox.BlankNode) and node not in seen:
            seen.add(node)
            for triple in self._said.get(node, ()):
                yield triple
                yield from self._parts(triple.object, seen)

    def _refuse_beyond(self) -> None:
        uses = chain(
            *(self._store.triples(None, used) for used in _BEYOND),
            self._store.triples(None, RDF["type"], OWL["ReflexiveProperty"]),
        )
        for triple in uses:
            if self.is_stated(triple):
                used = triple.object if triple.predicate == RDF["type"] else triple.predicate
                raise self.error(triple.subject, f"has {term(used)}, for which OWL 2 RL has no rule")
