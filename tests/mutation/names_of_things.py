"""Faults in what a node is and what it is called: labels, classes, names, misspellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pyoxigraph as ox

from mutation.field import Change, Field, Operator, instead, moved, name, of, path_of, text
from tiesgraph.names import BASE, CONCEPT, RDF, RDFS, SKOS, TIES
from tiesgraph.store import Subject, Term

LABEL, ALT_LABEL, TYPE = RDFS["label"], SKOS["altLabel"], RDF["type"]
MANY = 40
"""A node with more statements than this about it or to it is left alone: half the graph would change with it."""


def misspelt(iri: str, rng: Random) -> ox.NamedNode | None:
    """The IRI with two neighbouring letters of its local name in the wrong order."""
    start = max(iri.rfind("#"), iri.rfind("/")) + 1
    spots = [i for i in range(start, len(iri) - 1) if iri[i] != iri[i + 1] and iri[i : i + 2].isalpha()]
    if not spots:
        return None
    spot = rng.choice(spots)
    return ox.NamedNode(iri[:spot] + iri[spot + 1] + iri[spot] + iri[spot + 2 :])


def labels(field: Field) -> Iterator[ox.Quad]:
    """The labels, each of a node that has just this one."""
    return (quad for quad in field.where(LABEL) if quad.subject in field.classes)


def types(field: Field) -> Iterator[ox.Quad]:
    """The statements that give a node its one class."""
    return (q for q in field.where(TYPE) if field.own_class(q.subject) == q.object and few(field, q.subject))


def few(field: Field, node: Term) -> bool:
    """Whether little enough is said of a node and links to it that it can be changed as a whole."""
    return len(field.about(node)) + len(field.pointing(node)) <= MANY


def a_label_is_lost(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return [quad], []


def a_node_has_a_second_label(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return [], [moved(quad, value=ox.Literal(text(quad.object) + " (copy)", language="en"))]


def a_label_is_in_another_language(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return instead(quad, value=ox.Literal(text(quad.object), language="de"))


def a_label_says_no_language(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return instead(quad, value=ox.Literal(text(quad.object)))


def a_label_is_empty(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    return instead(quad, value=ox.Literal(rng.choice(["", " "]), language="en"))


def a_name_in_the_original_says_no_language(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return instead(quad, value=ox.Literal(text(quad.object)))


def a_class_is_lost(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return [quad], []


def a_class_is_misspelt(_field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    wrong = misspelt(text(quad.object), rng)
    return instead(quad, value=wrong) if wrong else None


def a_node_is_of_a_class_of_another_kind(field: Field, quad: ox.Quad, rng: Random) -> Change:
    return instead(quad, value=rng.choice(other_kinds(field, quad)))


def a_node_is_of_two_classes(field: Field, quad: ox.Quad, rng: Random) -> Change:
    return [], [moved(quad, value=rng.choice(other_kinds(field, quad)))]


def other_kinds(field: Field, quad: ox.Quad) -> list[Term]:
    """The classes whose nodes are named under other paths than that of the statement's class."""
    own = field.kinds[quad.object]
    return sorted((cls for cls, path in field.kinds.items() if path != own and cls in field.allowed), key=str)


def a_node_is_named_under_another_kind(field: Field, quad: ox.Quad, rng: Random) -> Change:
    """Everywhere, so that nothing is missing."""
    own = path_of(node := name(quad.subject))
    path = rng.choice(sorted({path for path in field.kinds.values() if path.startswith("id/")} - {own}))
    return renamed(field, node, ox.NamedNode(f"{BASE}{path}/{text(node).rpartition('/')[2]}"))


def a_node_is_blank(field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return renamed(field, node := name(quad.subject), ox.BlankNode("m" + re.sub(r"\W", "", text(node))))


def renamed(field: Field, node: ox.NamedNode, new: Subject) -> Change:
    """All that is said of a node, and all links to it, moved to another name."""
    gone = list(dict.fromkeys([*field.about(node), *field.pointing(node)]))
    come = [moved(q, subject=new if q.subject == node else None, value=new if q.object == node else None) for q in gone]
    return gone, come


def a_page_misspells_the_node_it_speaks_of(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    wrong = misspelt(text(quad.subject), rng)
    block = [q for q in field.about(quad.subject) if q.graph_name == quad.graph_name]
    if wrong is None or any(q.predicate == TYPE for q in block) or any(field.times[q.triple] > 1 for q in block):
        return None
    return block, [moved(q, subject=wrong) for q in block]


def a_link_misspells_a_node(_field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    wrong = misspelt(text(quad.object), rng)
    return instead(quad, value=wrong) if wrong else None


def links(field: Field) -> Iterator[ox.Quad]:
    """The statements whose value is a thing of ours."""
    return (
        quad
        for quad in field.quads
        if isinstance(quad.object, ox.NamedNode)
        and quad.object.value.startswith(BASE)
        and not quad.object.value.startswith(CONCEPT)
        and quad.predicate != TYPE
        and field.times[quad.triple] == 1
    )


def concepts(field: Field) -> Iterator[ox.Quad]:
    """The statements whose value is a concept of a scheme."""
    return (quad for quad in field.quads if quad.object in field.scheme and field.times[quad.triple] == 1)


def a_concept_is_misspelt(_field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    wrong = misspelt(text(quad.object), rng)
    return instead(quad, value=wrong) if wrong else None


def a_concept_is_of_another_scheme(field: Field, quad: ox.Quad, rng: Random) -> Change:
    others = [scheme for scheme in field.schemes if scheme != field.scheme[quad.object]]
    return instead(quad, value=rng.choice(field.schemes[rng.choice(others)]))


def a_concept_is_given_in_words(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return instead(quad, value=ox.Literal(text(quad.object).rpartition("/")[2]))


def ours(field: Field) -> Iterator[ox.Quad]:
    """The statements with a property of ours."""
    return (q for q in field.quads if q.predicate.value.startswith(TIES + "") and field.times[q.triple] == 1)


def outside(field: Field) -> Iterator[ox.Quad]:
    """The statements with a property of some other vocabulary."""
    return (
        q
        for q in field.quads
        if not q.predicate.value.startswith(TIES + "") and q.predicate != TYPE and field.times[q.triple] == 1
    )


def a_property_is_misspelt(_field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    wrong = misspelt(quad.predicate.value, rng)
    return instead(quad, predicate=wrong) if wrong else None


def a_property_belongs_to_other_classes(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    """The value stays; the property becomes one that takes such values, of nodes of other classes."""
    cls = field.own_class(quad.subject)
    if cls is None or cls not in field.allowed:
        return None
    rivals = {
        q.predicate for q in ours(field) if q.predicate not in field.allowed[cls] and alike(q.object, quad.object)
    }
    return instead(quad, predicate=rng.choice(sorted(rivals, key=str))) if rivals else None


def alike(one: Term, other: Term) -> bool:
    """Whether two values are literals of one datatype, or neither is a literal."""
    if isinstance(one, ox.Literal) and isinstance(other, ox.Literal):
        return one.datatype == other.datatype
    return not isinstance(one, ox.Literal) and not isinstance(other, ox.Literal)


def something_required_is_lost(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    """All values of a property, or of all in a group of which one is required."""
    groups = [g for cls in field.classes.get(name(quad.subject), ()) for g in field.required.get(cls, [])]
    for group in sorted(groups, key=str):
        if quad.predicate in group and quad.predicate not in (LABEL, TYPE):
            gone = [q for q in field.about(quad.subject) if q.predicate in group]
            return (gone, []) if len(gone) <= 3 else None
    return None


def own_things(field: Field) -> Iterator[ox.Quad]:
    """Where the class is given of a node that may be renamed: a thing of ours under `id/`."""
    return (quad for quad in types(field) if path_of(name(quad.subject)).startswith("id/"))


OPERATORS = (
    Operator("a label is lost", labels, a_label_is_lost),
    Operator("a node has a second label", labels, a_node_has_a_second_label),
    Operator("a label is in another language", labels, a_label_is_in_another_language),
    Operator("a label says no language", labels, a_label_says_no_language),
    Operator("a label is empty", labels, a_label_is_empty),
    Operator("another name says no language", of(ALT_LABEL), a_name_in_the_original_says_no_language),
    Operator("a class is lost", types, a_class_is_lost),
    Operator("a class is misspelt", types, a_class_is_misspelt),
    Operator("a node is of a class of another kind", own_things, a_node_is_of_a_class_of_another_kind),
    Operator("a node is of two classes", own_things, a_node_is_of_two_classes),
    Operator("a node is named under another kind", own_things, a_node_is_named_under_another_kind),
    Operator("a node is blank", own_things, a_node_is_blank),
    Operator("a page misspells the node it speaks of", ours, a_page_misspells_the_node_it_speaks_of),
    Operator("a link misspells a node", links, a_link_misspells_a_node),
    Operator("a concept is misspelt", concepts, a_concept_is_misspelt),
    Operator("a concept is of another scheme", concepts, a_concept_is_of_another_scheme),
    Operator("a concept is given in words", concepts, a_concept_is_given_in_words),
    Operator("a property of ours is misspelt", ours, a_property_is_misspelt),
    Operator("an outside property is misspelt", outside, a_property_is_misspelt),
    Operator("a property belongs to other classes", ours, a_property_belongs_to_other_classes),
    Operator("something required is lost", ours, something_required_is_lost),
)
