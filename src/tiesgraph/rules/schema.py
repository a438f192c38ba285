"""Rules about the ontology itself: table 9 of OWL 2 RL, as far as what follows by them is kept.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules

Left out, because their conclusions are dropped (`conclusions.is_kept`) and whatever would follow from
those follows by other rules too: scm-dom1, scm-dom2, scm-rng1, scm-rng2 (inferred domains and ranges);
of scm-cls, scm-op and scm-dp all but what sameness makes of them (identities, owl:Thing, owl:Nothing);
and scm-svf1, scm-svf2, scm-avf1, scm-avf2, which in OWL 2 RL only ever compare classes without a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.names import OWL, RDF, RDFS
from tiesgraph.rules.ontology import Ontology
from tiesgraph.rules.properties import X, Y, Z
from tiesgraph.rules.rule import Axiom, Guard, Pattern, Rule
from tiesgraph.store import Term

__all__ = ["SCHEMA", "schema_rules"]

SUB, BELOW, EQUAL = RDFS["subClassOf"], RDFS["subPropertyOf"], OWL["equivalentClass"]

_APART = (Guard("distinct", (X, Y)),)


def _hierarchy(below: ox.NamedNode, same: ox.NamedNode, names: tuple[str, str, str]) -> tuple[Rule, ...]:
    carried, split, met = names
    return (
        Rule((carried,), (), ((X, below, Y), (Y, below, Z)), (X, below, Z), (Guard("distinct", (X, Z)),)),
        Rule((split,), (), ((X, same, Y),), (X, below, Y), _APART),
        Rule((split,), (), ((X, same, Y),), (Y, below, X), _APART),
        Rule((met,), (), ((X, below, Y), (Y, below, X)), (X, same, Y), _APART),
    )


def _identified(kind: ox.NamedNode, below: ox.NamedNode, name: str) -> tuple[Rule, ...]:
    """What is below itself is below whatever is the same: the only use of that identity."""
    body = ((X, RDF["type"], kind), (X, OWL["sameAs"], Y))
    return (
        Rule((name, "eq-rep-o"), (), body, (X, below, Y), _APART),
        Rule((name, "eq-rep-s"), (), body, (Y, below, X), _APART),
    )


SCHEMA = (
    *_hierarchy(SUB, EQUAL, ("scm-sco", "scm-eqc1", "scm-eqc2")),
    *_hierarchy(BELOW, OWL["equivalentProperty"], ("scm-spo", "scm-eqp1", "scm-eqp2")),
    *_identified(OWL["Class"], SUB, "scm-cls"),
    *_identified(OWL["ObjectProperty"], BELOW, "scm-op"),
    *_identified(OWL["DatatypeProperty"], BELOW, "scm-dp"),
)
"""The rules of class and property trees, which hold for any graph."""


@dataclass(frozen=True)
class _Edge:
    """That all of one class is of another: by which rule and axioms, and given which statements."""

    upper: Term
    name: str
    axioms: tuple[Axiom, ...]
    given: tuple[Pattern, ...] = ()


def schema_rules(ontology: Ontology, /, *, hidden: Set[Term]) -> Iterator[Rule]:
    """What follows about named classes through those without a name: scm-int, scm-uni, scm-hv."""
    edges: dict[Term, list[_Edge]] = {}
    for lower, edge in (*_told(ontology), *_put_together(ontology), *_restricted(ontology)):
        edges.setdefault(lower, []).append(edge)
    for start in edges:
        if isinstance(start, ox.NamedNode) and start not in hidden:
            for path in _paths(edges, start, (), hidden):
                end = path[-1].upper
                told = len(path) == 1 and path[0].name in ("scm-sco", "scm-eqc1")
                if end != start and not told:
                    yield _rule(start, path)


def _rule(start: Term, path: tuple[_Edge, ...]) -> Rule:
    names = tuple(dict.fromkeys(edge.name for edge in path if edge.name != "scm-sco"))
    return Rule(
        names=(*names, "scm-sco") if len(path) > 1 else names,
        axioms=tuple(dict.fromkeys(axiom for edge in path for axiom in edge.axioms)),
        body=tuple(dict.fromkeys(pattern for edge in path for pattern in edge.given)),
        head=(start, SUB, path[-1].upper),
    )


def _paths(
    edges: dict[Term, list[_Edge]], node: Term, path: tuple[_Edge, ...], hidden: Set[Term]
) -> Iterator[tuple[_Edge, ...]]:
    """The ways up from `node` to named classes through nameless ones, none of which is met twice."""
    for edge in edges.get(node, ()):
        if edge.upper not in hidden:
            yield (*path, edge)
        elif all(edge.upper != before.upper for before in path):
            yield from _paths(edges, edge.upper, (*path, edge), hidden)


def _told(ontology: Ontology) -> Iterator[tuple[Term, _Edge]]:
    for lower, upper in ontology.pairs(SUB):
        yield lower, _Edge(upper, "scm-sco", (ontology.axiom(lower, SUB, upper),))
    for one, other in ontology.pairs(EQUAL):
        by = (ontology.axiom(one, EQUAL, other),)
        yield one, _Edge(other, "scm-eqc1", by)
        yield other, _Edge(one, "scm-eqc1", by)


def _put_together(ontology: Ontology) -> Iterator[tuple[Term, _Edge]]:
    for node, head in ontology.pairs(OWL["intersectionOf"]):
        by = (ontology.axiom(node, OWL["intersectionOf"], head),)
        for member in ontology.members(head):
            yield node, _Edge(member, "scm-int", by)
    for node, head in ontology.pairs(OWL["unionOf"]):
        by = (ontology.axiom(node, OWL["unionOf"], head),)
        for member in ontology.members(head):
            yield member, _Edge(node, "scm-uni", by)


def _restricted(ontology: Ontology) -> Iterator[tuple[Term, _Edge]]:
    """Classes of what has a value, of which one asks for the narrower property."""
    relation = OWL["hasValue"]
    pairs = [(node, value, ontology.one(node, OWL["onProperty"])) for node, value in ontology.pairs(relation)]
    for node, value, prop in pairs:
        for other, same, above in pairs:
            if node != other and value == same:
                by = (ontology.axiom(node, relation, value), ontology.axiom(other, relation, same))
                yield node, _Edge(other, "scm-hv", by, () if prop == above else ((prop, BELOW, above),))
