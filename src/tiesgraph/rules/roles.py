"""Which class expressions may stand where: the grammar of OWL 2 RL, so that no axiom is half heard.

https://www.w3.org/TR/owl2-profiles/#Class_Expressions_3. A rule engine would pass over, without a word, an
axiom such as «every A is a B or a C»: there is no rule for it. Here it is an error that names it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from tiesgraph.errors import AxiomError
from tiesgraph.names import OWL, RDF, RDFS
from tiesgraph.rules.classes import EXPRESSIONS
from tiesgraph.rules.ontology import Ontology
from tiesgraph.store import Term

__all__ = ["check_roles"]

_BELOW = frozenset(OWL[name] for name in ("intersectionOf", "unionOf", "someValuesFrom", "hasValue", "oneOf"))
_ABOVE = frozenset(
    OWL[name]
    for name in (
        *("intersectionOf", "allValuesFrom", "hasValue", "complementOf", "maxCardinality", "maxQualifiedCardinality"),
    )
)


def check_roles(ontology: Ontology, /) -> None:
    """See that every class expression stands where rules can make use of it.

    Raises:
        AxiomError: one does not; names the axiom.
    """
    for node, lower in _uses(ontology):
        _check(ontology, node, lower=lower)


def _uses(ontology: Ontology) -> Iterator[tuple[Term, bool]]:
    """Each class that an axiom names, and whether it stands for what is known (below) or for what follows."""
    for lower, upper in ontology.pairs(RDFS["subClassOf"]):
        yield from ((lower, True), (upper, False))
    for one, other in ontology.pairs(OWL["equivalentClass"]):
        yield from ((node, lower) for node in (one, other) for lower in (True, False))
    for side in (RDFS["domain"], RDFS["range"]):
        yield from ((kind, False) for _, kind in ontology.pairs(side))
    for one, other in ontology.pairs(OWL["disjointWith"]):
        yield from ((one, True), (other, True))
    yield from ((kind, True) for kind, _ in ontology.pairs(OWL["hasKey"]))
    for group in ontology.instances(OWL["AllDisjointClasses"]):
        for head in ontology.values(group, OWL["members"]):
            yield from ((member, True) for member in ontology.members(head))
    yield from ((kind, False) for _, kind in ontology.unnamed_types(EXPRESSIONS))
    # A named class that is put together stands for both, as if it were said to be equivalent.
    for relation in EXPRESSIONS:
        for node, _ in ontology.pairs(relation):
            if isinstance(node, ox.NamedNode):
                yield from ((node, True), (node, False))


def _check(ontology: Ontology, node: Term, *, lower: bool, inside: tuple[Term, ...] = ()) -> None:
    if node in inside:
        raise ontology.error(node, "is defined by itself")
    made = [(relation, value) for relation in EXPRESSIONS for value in ontology.values(node, relation)]
    if not made:
        _check_name(ontology, node, lower=lower)
    for relation, value in made:
        if relation not in (_BELOW if lower else _ABOVE):
            raise _misplaced(ontology, node, relation, lower=lower)
        for part, part_lower in _parts(ontology, node, relation, value, lower=lower):
            if isinstance(part, ox.BlankNode):
                _check(ontology, part, lower=part_lower, inside=(*inside, node))
            else:
                _check_name(ontology, part, lower=part_lower)


def _parts(
    ontology: Ontology, node: Term, relation: ox.NamedNode, value: Term, *, lower: bool
) -> Iterator[tuple[Term, bool]]:
    """The classes that a class is put together from by `relation`, and whether each stands below."""
    if relation in (OWL["intersectionOf"], OWL["unionOf"]):
        yield from ((member, lower) for member in ontology.members(value))
    elif relation in (OWL["someValuesFrom"], OWL["allValuesFrom"]) and value != OWL["Thing"]:
        yield value, lower
    elif relation == OWL["complementOf"]:
        yield value, True
    elif relation == OWL["maxQualifiedCardinality"]:
        yield from ((kind, True) for kind in ontology.values(node, OWL["onClass"]) if kind != OWL["Thing"])


def _check_name(ontology: Ontology, node: Term, *, lower: bool) -> None:
    """Nothing may be said of the classes that the languages themselves are made of."""
    if not isinstance(node, ox.NamedNode):
        raise ontology.error(node, "is no class")
    allowed = (OWL["Nothing"], *(() if lower else (OWL["Thing"], RDFS["Resource"])))
    if node.value.startswith(OWL) and node not in allowed:
        raise ontology.error(node, "is a term of the language itself")
    if node.value.startswith((RDF, RDFS)) and node not in allowed and not _is_datatype(node):
        raise ontology.error(node, "is a term of the language itself")


def _is_datatype(node: ox.NamedNode) -> bool:
    return node in (RDFS["Literal"], *(RDF[name] for name in ("langString", "PlainLiteral", "XMLLiteral", "HTML")))


def _misplaced(ontology: Ontology, node: Term, relation: ox.NamedNode, *, lower: bool) -> AxiomError:
    name = f"owl:{relation.value.removeprefix(OWL)}"
    if lower:
        return ontology.error(node, f"puts {name} where OWL 2 RL asks what is known: it can only say what follows")
    return ontology.error(node, f"puts {name} where OWL 2 RL says what follows: it can only ask what is known")
