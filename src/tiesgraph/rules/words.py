"""Rules told in words, for readers who do not know the tables of OWL 2 RL."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pyoxigraph as ox

from tiesgraph.names import RDF
from tiesgraph.notation import term
from tiesgraph.rules.rule import Guard, Pattern, Rule, Slot

__all__ = ["TITLES", "in_words"]

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "cax-adc": "classes that exclude one another",
        "cax-dw": "disjoint classes",
        "cax-eqc1": "equivalent class",
        "cax-eqc2": "equivalent class",
        "cax-sco": "subclass",
        "cls-avf": "all values are of a class",
        "cls-com": "complement of a class",
        "cls-hv1": "a fixed value",
        "cls-hv2": "class of what has a value",
        "cls-int1": "intersection of classes",
        "cls-int2": "part of an intersection",
        "cls-maxc1": "no value allowed",
        "cls-maxc2": "one value at most",
        "cls-maxqc1": "no value of that class allowed",
        "cls-maxqc2": "no value allowed",
        "cls-maxqc3": "one value of that class at most",
        "cls-maxqc4": "one value at most",
        "cls-nothing2": "the empty class",
        "cls-oo": "a class by its list of members",
        "cls-svf1": "some value is of a class",
        "cls-svf2": "class of what has a property",
        "cls-uni": "union of classes",
        "dt-diff": "literals that differ",
        "dt-not-type": "a literal outside its datatype",
        "dt-type2": "a literal's datatype",
        "eq-diff1": "the same and different",
        "eq-diff2": "things that all differ",
        "eq-diff3": "things that all differ",
        "eq-rep-o": "the same thing as a value",
        "eq-rep-p": "the same property",
        "eq-rep-s": "the same thing",
        "eq-sym": "sameness holds both ways",
        "eq-trans": "sameness is carried on",
        "prp-adp": "properties that exclude one another",
        "prp-asyp": "property that never holds both ways",
        "prp-dom": "domain of a property",
        "prp-eqp1": "equivalent property",
        "prp-eqp2": "equivalent property",
        "prp-fp": "property with one value at most",
        "prp-ifp": "property that one thing at most has with a value",
        "prp-inv1": "inverse property",
        "prp-inv2": "inverse property",
        "prp-irp": "property that nothing has to itself",
        "prp-key": "key of a class",
        "prp-npa1": "statement denied",
        "prp-npa2": "statement denied",
        "prp-pdw": "disjoint properties",
        "prp-rng": "range of a property",
        "prp-spo1": "subproperty",
        "prp-spo2": "property chain",
        "prp-symp": "symmetric property",
        "prp-trp": "transitive property",
        "scm-cls": "every class is below itself",
        "scm-dp": "every property is below itself",
        "scm-eqc1": "equivalent classes are below each other",
        "scm-eqc2": "classes below each other are equivalent",
        "scm-eqp1": "equivalent properties are below each other",
        "scm-eqp2": "properties below each other are equivalent",
        "scm-hv": "narrower property, narrower class",
        "scm-int": "an intersection is below its parts",
        "scm-op": "every property is below itself",
        "scm-sco": "subclass of a subclass",
        "scm-spo": "subproperty of a subproperty",
        "scm-uni": "a union is above its parts",
    }
)
"""Name of a rule in OWL 2 RL → what it is about."""


def in_words(rule: Rule, /) -> str:
    """A rule as a sentence: `property chain: if ?x ties:involves ?y and ?y ties:partOf ?z, then …`."""
    titles = ", ".join(dict.fromkeys(TITLES[name] for name in rule.names))
    given = [*(_statement(pattern) for pattern in rule.body), *(_condition(guard) for guard in rule.guards)]
    then = "that cannot be" if rule.head is None else _statement(rule.head)
    sentence = f"if {' and '.join(given)}, then {then}" if given else then
    return f"{titles}: {sentence}" if titles else sentence


def _statement(pattern: Pattern) -> str:
    subject, predicate, value = (_slot(slot) for slot in pattern)
    return f"{subject} {'a' if pattern[1] == RDF['type'] else predicate} {value}"


def _condition(guard: Guard) -> str:
    one, other = (_slot(term) for term in guard.terms)
    match guard.kind:
        case "distinct":
            return f"{one} is not {other} itself"
        case "unequal":
            return f"{one} and {other} are different literals"
        case "in":
            return f"{one} is a literal of {other}"
        case "outside":
            return f"{one} is a literal that {other} does not have"


def _slot(slot: Slot) -> str:
    return str(slot) if isinstance(slot, ox.Variable) else term(slot)
