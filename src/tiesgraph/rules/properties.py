"""Rules from what the ontology says of properties, and of sameness: tables 4 and 5 of OWL 2 RL.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, combinations

import pyoxigraph as ox

from tiesgraph.names import OWL, RDF, RDFS
from tiesgraph.rules.ontology import Ontology
from tiesgraph.rules.rule import Axiom, Guard, Pattern, Rule, Slot
from tiesgraph.store import Subject, Term

__all__ = ["EQUALITY", "X", "Y", "Z", "atom", "property_rules", "same", "thing"]

P, X, Y, Z = (ox.Variable(name) for name in "pxyz")
SAME, TYPE = OWL["sameAs"], RDF["type"]

_ANNOTATIONS = frozenset(RDFS[name] for name in ("label", "comment", "seeAlso", "isDefinedBy"))
# The only properties of the languages themselves that an ontology may say more about.

EQUALITY = (
    Rule(("eq-sym",), (), ((X, SAME, Y),), (Y, SAME, X)),
    Rule(("eq-trans",), (), ((X, SAME, Y), (Y, SAME, Z)), (X, SAME, Z)),
    Rule(("eq-rep-s",), (), ((X, SAME, Y), (X, P, Z)), (Y, P, Z)),
    Rule(("eq-rep-p",), (), ((P, SAME, ox.Variable("q")), (X, P, Y)), (X, ox.Variable("q"), Y)),
    Rule(("eq-rep-o",), (), ((X, SAME, Y), (Z, P, X)), (Z, P, Y)),
    Rule(("eq-diff1",), (), ((X, SAME, Y), (X, OWL["differentFrom"], Y)), None),
)
"""The rules of sameness, which hold for any graph. That everything is the same as itself (eq-ref) is never spelled
out: nothing else follows from it."""


def atom(ontology: Ontology, subject: Slot, prop: Term, value: Slot, /) -> Pattern:
    """The pattern that `subject` has `value` for a property, which may be the unnamed inverse of one.

    Raises:
        AxiomError: it is no property of which anything may be said.
    """
    if isinstance(prop, ox.NamedNode):
        if prop.value.startswith((RDF, RDFS, OWL)) and prop not in _ANNOTATIONS:
            raise ontology.error(prop, "is a term of the language itself")
        return (subject, prop, value)
    of = ontology.values(prop, OWL["inverseOf"])
    if len(of) == 1 and isinstance(of[0], ox.NamedNode):
        return atom(ontology, value, of[0], subject)
    raise ontology.error(prop, "is no property")


def thing(ontology: Ontology, node: Term, /) -> Term:
    """A thing that an axiom names.

    Raises:
        AxiomError: it is without a name, so that no rule can speak of it.
    """
    if isinstance(node, ox.BlankNode):
        raise ontology.error(node, "is a thing without a name; give it an IRI")
    return node


def same(
    names: tuple[str, ...], axioms: tuple[Axiom, ...], body: tuple[Pattern, ...], one: Slot, other: Slot
) -> Iterator[Rule]:
    """What follows where `one` and `other` must be the same: that they are; a contradiction if they are unlike texts.

    The second is rules dt-diff and eq-diff1 with the first.
    """
    yield Rule(names, axioms, body, (one, SAME, other), (Guard("distinct", (one, other)),))
    yield Rule((*names, "dt-diff", "eq-diff1"), axioms, body, None, (Guard("unequal", (one, other)),))


def property_rules(ontology: Ontology, /) -> Iterator[Rule]:
    """The rules of all axioms about properties.

    Raises:
        AxiomError: an axiom is broken, or about a term of the language.
    """
    return chain(
        _of_types(ontology),
        _of_pairs(ontology),
        _of_classes(ontology),
        _of_chains(ontology),
        _of_groups(ontology),
        _of_denials(ontology),
    )


def _of_types(ontology: Ontology) -> Iterator[Rule]:
    """prp-fp, prp-ifp, prp-irp, prp-symp, prp-asyp, prp-trp."""

    def body(prop: Term, *ends: tuple[Slot, Slot]) -> tuple[Pattern, ...]:
        return tuple(atom(ontology, subject, prop, value) for subject, value in ends)

    made: dict[str, Callable[[Term, tuple[Axiom, ...]], Iterator[Rule]]] = {
        "FunctionalProperty": lambda p, by: same(("prp-fp",), by, body(p, (X, Y), (X, Z)), Y, Z),
        "InverseFunctionalProperty": lambda p, by: same(("prp-ifp",), by, body(p, (X, Z), (Y, Z)), X, Y),
        "IrreflexiveProperty": lambda p, by: iter([Rule(("prp-irp",), by, body(p, (X, X)), None)]),
        "SymmetricProperty": lambda p, by: iter([Rule(("prp-symp",), by, body(p, (X, Y)), body(p, (Y, X))[0])]),
        "AsymmetricProperty": lambda p, by: iter([Rule(("prp-asyp",), by, body(p, (X, Y), (Y, X)), None)]),
        "TransitiveProperty": lambda p, by: iter(
            [Rule(("prp-trp",), by, body(p, (X, Y), (Y, Z)), body(p, (X, Z))[0])],
        ),
    }
    for kind, make in made.items():
        for prop in ontology.instances(OWL[kind]):
            yield from make(prop, (ontology.axiom(prop, TYPE, OWL[kind]),))


def _of_pairs(ontology: Ontology) -> Iterator[Rule]:
    """prp-spo1, prp-eqp1, prp-eqp2, prp-inv1, prp-inv2, prp-pdw."""

    def each(relation: ox.NamedNode) -> Iterator[tuple[tuple[Axiom, ...], Pattern, Pattern, Pattern]]:
        for one, other in ontology.pairs(relation):
            # An unnamed inverse is written out wherever it stands: of itself it says nothing.
            if not (relation == OWL["inverseOf"] and isinstance(one, ox.BlankNode)):
                by = (ontology.axiom(one, relation, other),)
                first, second = (atom(ontology, X, prop, Y) for prop in (one, other))
                yield by, first, second, atom(ontology, Y, other, X)

    for by, first, second, _ in each(RDFS["subPropertyOf"]):
        yield Rule(("prp-spo1",), by, (first,), second)
    for by, first, second, _ in each(OWL["equivalentProperty"]):
        yield Rule(("prp-eqp1",), by, (first,), second)
        yield Rule(("prp-eqp2",), by, (second,), first)
    for by, first, _, turned in each(OWL["inverseOf"]):
        yield Rule(("prp-inv1",), by, (first,), turned)
        yield Rule(("prp-inv2",), by, (turned,), first)
    for by, first, second, _ in each(OWL["propertyDisjointWith"]):
        yield Rule(("prp-pdw",), by, (first, second), None)


def _of_classes(ontology: Ontology) -> Iterator[Rule]:
    """prp-dom, prp-rng, prp-key."""
    for name, side, end in (("prp-dom", RDFS["domain"], X), ("prp-rng", RDFS["range"], Y)):
        for prop, kind in ontology.pairs(side):
            by = (ontology.axiom(prop, side, kind),)
            yield Rule((name,), by, (atom(ontology, X, prop, Y),), (end, TYPE, kind))
    for kind, keys in ontology.pairs(OWL["hasKey"]):
        values = [(prop, ox.Variable(f"k{n}")) for n, prop in enumerate(ontology.members(keys))]
        if not values:
            raise ontology.error(kind, "has a key of no property")
        held = (atom(ontology, end, prop, value) for prop, value in values for end in (X, Y))
        body = ((X, TYPE, kind), (Y, TYPE, kind), *held)
        yield from same(("prp-key",), (ontology.axiom(kind, OWL["hasKey"], keys),), body, X, Y)


def _of_chains(ontology: Ontology) -> Iterator[Rule]:
    """prp-spo2."""
    for prop, links in ontology.pairs(OWL["propertyChainAxiom"]):
        members = ontology.members(links)
        if not members:
            raise ontology.error(prop, "has a chain without links")
        knots = [ox.Variable(f"u{n}") for n in range(len(members) + 1)]
        body = tuple(atom(ontology, knots[n], link, knots[n + 1]) for n, link in enumerate(members))
        by = (ontology.axiom(prop, OWL["propertyChainAxiom"], links),)
        yield Rule(("prp-spo2",), by, body, atom(ontology, knots[0], prop, knots[-1]))


def _of_groups(ontology: Ontology) -> Iterator[Rule]:
    """prp-adp, eq-diff2, eq-diff3: of each two members of a list."""
    for group, heads, by in groups(ontology, OWL["AllDisjointProperties"]):
        for one, other in combinations(heads, 2):
            body = (atom(ontology, X, one, Y), atom(ontology, X, other, Y))
            yield Rule(("prp-adp",), by, body, None)
        if len(heads) < 2:
            raise ontology.error(group, "names fewer than two properties")
    for group, heads, by in groups(ontology, OWL["AllDifferent"]):
        name = "eq-diff2" if ontology.values(group, OWL["members"]) else "eq-diff3"
        for one, other in combinations(heads, 2):
            yield Rule((name,), by, ((thing(ontology, one), SAME, thing(ontology, other)),), None)


def groups(ontology: Ontology, kind: ox.NamedNode, /) -> Iterator[tuple[Subject, list[Term], tuple[Axiom, ...]]]:
    """The lists that stand for all pairs of their members: the node that has one, its members, the axiom."""
    for group in ontology.instances(kind):
        for relation in (OWL["members"], OWL["distinctMembers"]):
            for head in ontology.values(group, relation):
                yield group, ontology.members(head), (ontology.axiom(group, TYPE, kind),)


def _of_denials(ontology: Ontology) -> Iterator[Rule]:
    """prp-npa1, prp-npa2."""
    targets = (("prp-npa1", OWL["targetIndividual"]), ("prp-npa2", OWL["targetValue"]))
    for denial, source in ontology.pairs(OWL["sourceIndividual"]):
        prop = ontology.one(denial, OWL["assertionProperty"])
        for name, relation in targets:
            for target in ontology.values(denial, relation):
                body = (atom(ontology, thing(ontology, source), prop, thing(ontology, target)),)
                yield Rule((name,), (ontology.axiom(denial, OWL["sourceIndividual"], source),), body, None)
