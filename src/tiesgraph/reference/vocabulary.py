"""The ontology as a page shows it: each term with what it means, what it is near to and where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.errors import UnknownResource
from tiesgraph.names import ONTOLOGY, OWL, RDF, RDFS, SKOS, TIES
from tiesgraph.reference.header import Header, header
from tiesgraph.reference.reading import Name, Reader
from tiesgraph.store import Store

__all__ = ["Branch", "ClassTerm", "Outside", "PropertyTerm", "Vocabulary", "has_terms", "vocabulary"]

KINDS = {
    OWL["ObjectProperty"]: "object property",
    OWL["DatatypeProperty"]: "datatype property",
    OWL["AnnotationProperty"]: "annotation property",
}
TRAITS = {
    OWL[f"{name}Property"]: name.lower()
    for name in ("Asymmetric", "Functional", "InverseFunctional", "Irreflexive", "Symmetric", "Transitive")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTerm:
    """A class.

    Attributes:
        name: how it is called.
        definition: what it means.
        notes, examples: how it is used, and of what in the report.
        above, below: the classes right above and below it.
        disjoint: the classes that share no member with it.
        properties: what its members may have, by its shape.
        leading: the properties whose values are its members.
    """

    name: Name
    definition: str
    notes: tuple[str, ...]
    examples: tuple[str, ...]
    above: tuple[Name, ...]
    below: tuple[Name, ...]
    disjoint: tuple[Name, ...]
    properties: tuple[Name, ...]
    leading: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyTerm:
    """A property.

    Attributes:
        name: how it is called.
        kind: "object property" and so on.
        traits: "transitive" and so on.
        definition: what it means.
        notes, examples: how it is used, and of what in the report.
        above, below: the properties right above and below it.
        inverse: the properties that say the same the other way round.
        chains: the sequences of properties from which it follows.
        domain, range: what follows of its bearers and values.
        bearers: the classes whose shapes list it.
        values: the classes, datatypes or schemes that the shapes let its values be of.
    """

    name: Name
    kind: str
    traits: tuple[str, ...]
    definition: str
    notes: tuple[str, ...]
    examples: tuple[str, ...]
    above: tuple[Name, ...]
    below: tuple[Name, ...]
    inverse: tuple[Name, ...]
    chains: tuple[tuple[Name, ...], ...]
    domain: tuple[Name, ...]
    range: tuple[Name, ...]
    bearers: tuple[Name, ...]
    values: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A term of another vocabulary that the graph uses: its name, its kind, and the address where it is explained."""

    name: Name
    kind: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A class in the tree of classes, with those below it."""

    name: Name
    below: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The whole ontology.

    Attributes:
        header: what it says of itself.
        modules: what its modules say of themselves.
        tree: the classes, those below others under them.
        classes, properties: each in the order of their names.
        outside: the terms of other vocabularies.
    """

    header: Header
    modules: tuple[Header, ...]
    tree: tuple[Branch, ...]
    classes: tuple[ClassTerm, ...]
    properties: tuple[PropertyTerm, ...]
    outside: tuple[Outside, ...]


def has_terms(store: Store, /) -> bool:
    """Whether `store` declares classes or properties of ours."""
    read = Reader(store, "ontology")
    return any(read.instances(kind, under=TIES) for kind in (OWL["Class"], *KINDS))


def vocabulary(store: Store, /) -> Vocabulary:
    """The ontology as `store` has it.

    Raises:
        UnknownResource: it has none of ours.
    """
    read = Reader(store, "ontology")
    home = ox.NamedNode(ONTOLOGY)
    classes = read.instances(OWL["Class"], under=TIES)
    properties = [node for kind in KINDS for node in read.instances(kind, under=TIES)]
    if not classes and not properties:
        raise UnknownResource("this graph has no ontology of ours", mend="tiesgraph's own graph has.")
    bearers, values = read.pairs("bearers.rq"), read.pairs("values.rq")
    terms = [_property(read, node, bearers, values) for node in properties]
    return Vocabulary(
        header=header(read, home),
        modules=tuple(header(read, node) for node in read.instances(OWL["Ontology"], under=f"{ONTOLOGY}/")),
        tree=tuple(_branch(read, node) for node in _tops(read, classes)),
        classes=tuple(_class(read, node, terms) for node in classes),
        properties=tuple(sorted(terms, key=lambda term: (term.name.local.lower(), term.name.iri))),
        outside=_outside(read),
    )


def _class(read: Reader, node: ox.NamedNode, terms: Iterable[PropertyTerm]) -> ClassTerm:
    listed = [term.name for term in terms if any(bearer.iri == node.value for bearer in (*term.bearers, *term.domain))]
    leading = [term.name for term in terms if any(one.iri == node.value for one in (*term.values, *term.range))]
    disjoint = [*read.objects(node, OWL["disjointWith"]), *read.subjects(OWL["disjointWith"], node)]
    return ClassTerm(
        name=read.name(node),
        definition=read.text(node, SKOS["definition"], RDFS["comment"]),
        notes=read.texts(node, SKOS["scopeNote"]),
        examples=read.texts(node, SKOS["example"]),
        above=read.objects(node, RDFS["subClassOf"]),
        below=read.subjects(RDFS["subClassOf"], node),
        disjoint=_in_order(disjoint),
        properties=_in_order(listed),
        leading=_in_order(leading),
    )


def _property(
    read: Reader,
    node: ox.NamedNode,
    bearers: Mapping[str, set[ox.NamedNode]],
    values: Mapping[str, set[ox.NamedNode]],
) -> PropertyTerm:
    types = {triple.object for triple in read.triples(node, RDF["type"])}
    chains = [read.sequence(triple.object) for triple in read.triples(node, OWL["propertyChainAxiom"])]
    return PropertyTerm(
        name=read.name(node),
        kind=next(word for kind, word in KINDS.items() if kind in types),
        traits=tuple(word for trait, word in TRAITS.items() if trait in types),
        definition=read.text(node, SKOS["definition"], RDFS["comment"]),
        notes=read.texts(node, SKOS["scopeNote"]),
        examples=read.texts(node, SKOS["example"]),
        above=read.objects(node, RDFS["subPropertyOf"]),
        below=read.subjects(RDFS["subPropertyOf"], node),
        inverse=_in_order([*read.objects(node, OWL["inverseOf"]), *read.subjects(OWL["inverseOf"], node)]),
        chains=tuple(sorted(chains, key=lambda chain: [name.text for name in chain])),
        domain=read.objects(node, RDFS["domain"]),
        range=read.objects(node, RDFS["range"]),
        bearers=read.names(bearers.get(node.value, ())),
        values=read.names(values.get(node.value, ())),
    )


def _in_order(names: Iterable[Name]) -> tuple[Name, ...]:
    return tuple(sorted(set(names), key=lambda name: (name.text.lower(), name.iri)))


def _tops(read: Reader, classes: Iterable[ox.NamedNode]) -> list[ox.NamedNode]:
    """The classes that no other of ours is above."""
    return [node for node in classes if not any(n.iri.startswith(TIES) for n in read.objects(node, RDFS["subClassOf"]))]


def _branch(read: Reader, node: ox.NamedNode, way: tuple[str, ...] = ()) -> Branch:
    """`node` with the classes below it; `way` leads there from the top, so that a cycle ends where it closes."""
    below = (name for name in read.subjects(RDFS["subClassOf"], node) if name.iri not in (*way, node.value))
    return Branch(
        name=read.name(node),
        below=tuple(_branch(read, ox.NamedNode(name.iri), (*way, node.value)) for name in below),
    )


def _outside(read: Reader) -> tuple[Outside, ...]:
    """The terms of other vocabularies that the ontology declares with their kind and where they are explained."""
    found = []
    for kind, word in {OWL["Class"]: "class", **KINDS}.items():
        for node in read.instances(kind):
            places = read.objects(node, RDFS["seeAlso"])
            if places and not node.value.startswith(TIES):
                found.append(Outside(name=read.name(node), kind=word, place=places[0].iri))
    return tuple(sorted(found, key=lambda one: one.name.short.lower()))
