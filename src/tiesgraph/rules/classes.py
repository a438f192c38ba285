"""Rules from what the ontology says of classes: tables 6 and 7 of OWL 2 RL.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules

A class without a name is written here as the node that it is; `hidden` puts the rules together so that
no such node is left in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

import pyoxigraph as ox

from tiesgraph.names import OWL, RDF, RDFS
from tiesgraph.rules.ontology import Ontology
from tiesgraph.rules.properties import X, Y, Z, atom, groups, same, thing
from tiesgraph.rules.rule import Axiom, Pattern, Rule
from tiesgraph.store import Subject, Term

__all__ = ["EXPRESSIONS", "class_rules"]

TYPE = RDF["type"]

EXPRESSIONS = tuple(
    OWL[name]
    for name in (
        *("intersectionOf", "unionOf", "complementOf", "oneOf", "someValuesFrom", "allValuesFrom", "hasValue"),
        *("maxCardinality", "maxQualifiedCardinality"),
    )
)
"""The properties by which a class is put together from others."""


def class_rules(ontology: Ontology, /) -> Iterator[Rule]:
    """The rules of all class expressions and of all axioms about classes.

    Raises:
        AxiomError: an expression is broken.
    """
    return chain(_of_sets(ontology), _of_restrictions(ontology), _of_counts(ontology), _of_axioms(ontology))


def _of_sets(ontology: Ontology) -> Iterator[Rule]:
    """cls-int1, cls-int2, cls-uni, cls-com, cls-oo."""
    for node, head in ontology.pairs(OWL["intersectionOf"]):
        members = ontology.members(head)
        by = (ontology.axiom(node, OWL["intersectionOf"], head),)
        if not members:
            raise ontology.error(node, "puts no classes together")
        yield Rule(("cls-int1",), by, tuple((X, TYPE, member) for member in members), (X, TYPE, node))
        for member in members:
            yield Rule(("cls-int2",), by, ((X, TYPE, node),), (X, TYPE, member))
    for node, head in ontology.pairs(OWL["unionOf"]):
        for member in ontology.members(head):
            by = (ontology.axiom(node, OWL["unionOf"], head),)
            yield Rule(("cls-uni",), by, ((X, TYPE, member),), (X, TYPE, node))
    for node, other in ontology.pairs(OWL["complementOf"]):
        by = (ontology.axiom(node, OWL["complementOf"], other),)
        yield Rule(("cls-com",), by, ((X, TYPE, node), (X, TYPE, other)), None)
    for node, head in ontology.pairs(OWL["oneOf"]):
        for member in ontology.members(head):
            if isinstance(member, ox.Literal):
                raise ontology.error(node, "lists literals, for which OWL 2 RL has no rule")
            by = (ontology.axiom(node, OWL["oneOf"], head),)
            yield Rule(("cls-oo",), by, (), (thing(ontology, member), TYPE, node))


def _of_restrictions(ontology: Ontology) -> Iterator[Rule]:
    """cls-svf1, cls-svf2, cls-avf, cls-hv1, cls-hv2."""
    for node, kind in ontology.pairs(OWL["someValuesFrom"]):
        by, has = _restriction(ontology, node, OWL["someValuesFrom"], kind)
        if kind == OWL["Thing"]:
            yield Rule(("cls-svf2",), by, (has,), (X, TYPE, node))
        else:
            yield Rule(("cls-svf1",), by, (has, (Y, TYPE, kind)), (X, TYPE, node))
    for node, kind in ontology.pairs(OWL["allValuesFrom"]):
        by, has = _restriction(ontology, node, OWL["allValuesFrom"], kind)
        yield Rule(("cls-avf",), by, ((X, TYPE, node), has), (Y, TYPE, kind))
    for node, value in ontology.pairs(OWL["hasValue"]):
        by = (ontology.axiom(node, OWL["hasValue"], value),)
        held = atom(ontology, X, ontology.one(node, OWL["onProperty"]), thing(ontology, value))
        if isinstance(held[0], ox.Literal):
            raise ontology.error(node, "wants a literal to have a property")
        yield Rule(("cls-hv1",), by, ((X, TYPE, node),), held)
        yield Rule(("cls-hv2",), by, (held,), (X, TYPE, node))


def _of_counts(ontology: Ontology) -> Iterator[Rule]:
    """cls-maxc1, cls-maxc2, cls-maxqc1 to cls-maxqc4."""
    for node, count in ontology.pairs(OWL["maxCardinality"]):
        by, has = _restriction(ontology, node, OWL["maxCardinality"], count)
        if _number(ontology, node, count) == 0:
            yield Rule(("cls-maxc1",), by, ((X, TYPE, node), has), None)
        else:
            other = atom(ontology, X, ontology.one(node, OWL["onProperty"]), Z)
            yield from same(("cls-maxc2",), by, ((X, TYPE, node), has, other), Y, Z)
    for node, count in ontology.pairs(OWL["maxQualifiedCardinality"]):
        by, has = _restriction(ontology, node, OWL["maxQualifiedCardinality"], count)
        kinds = [*ontology.values(node, OWL["onClass"]), *ontology.values(node, OWL["onDataRange"])]
        if len(kinds) != 1:
            raise ontology.error(node, f"wants one owl:onClass or owl:onDataRange, and has {len(kinds)}")
        anything = kinds[0] == OWL["Thing"]
        first = ((X, TYPE, node), has, *(() if anything else ((Y, TYPE, kinds[0]),)))
        if _number(ontology, node, count) == 0:
            yield Rule(("cls-maxqc2" if anything else "cls-maxqc1",), by, first, None)
        else:
            other = atom(ontology, X, ontology.one(node, OWL["onProperty"]), Z)
            second = (other, *(() if anything else ((Z, TYPE, kinds[0]),)))
            yield from same(("cls-maxqc4" if anything else "cls-maxqc3",), by, (*first, *second), Y, Z)


def _of_axioms(ontology: Ontology) -> Iterator[Rule]:
    """cax-sco, cax-eqc1, cax-eqc2, cax-dw, cax-adc; and a thing stated to be of a class without a name."""
    for lower, upper in ontology.pairs(RDFS["subClassOf"]):
        by = (ontology.axiom(lower, RDFS["subClassOf"], upper),)
        yield Rule(("cax-sco",), by, ((X, TYPE, lower),), (X, TYPE, upper))
    for one, other in ontology.pairs(OWL["equivalentClass"]):
        by = (ontology.axiom(one, OWL["equivalentClass"], other),)
        yield Rule(("cax-eqc1",), by, ((X, TYPE, one),), (X, TYPE, other))
        yield Rule(("cax-eqc2",), by, ((X, TYPE, other),), (X, TYPE, one))
    for one, other in ontology.pairs(OWL["disjointWith"]):
        by = (ontology.axiom(one, OWL["disjointWith"], other),)
        yield Rule(("cax-dw",), by, ((X, TYPE, one), (X, TYPE, other)), None)
    for group, members, listed in groups(ontology, OWL["AllDisjointClasses"]):
        if len(members) < 2:
            raise ontology.error(group, "names fewer than two classes")
        for first, second in combinations(members, 2):
            yield Rule(("cax-adc",), listed, ((X, TYPE, first), (X, TYPE, second)), None)
    for member, unnamed in ontology.unnamed_types(EXPRESSIONS):
        by = (ontology.axiom(member, TYPE, unnamed),)
        yield Rule((), by, (), (thing(ontology, member), TYPE, unnamed))


def _restriction(
    ontology: Ontology, node: Subject, relation: ox.NamedNode, value: Term
) -> tuple[tuple[Axiom, ...], Pattern]:
    """The axiom of a restriction, and the pattern that ?x has ?y for its property."""
    by = (ontology.axiom(node, relation, value),)
    return by, atom(ontology, X, ontology.one(node, OWL["onProperty"]), Y)


def _number(ontology: Ontology, node: Subject, count: Term) -> int:
    if isinstance(count, ox.Literal) and count.value in ("0", "1"):
        return int(count.value)
    raise ontology.error(node, "counts to other than 0 or 1, for which OWL 2 RL has no rule")
