"""A concept scheme as a page shows it: its concepts as a tree, with their other names and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.names import CONCEPT, SKOS, TIES
from tiesgraph.reference.header import Header, header
from tiesgraph.reference.reading import Name, Reader
from tiesgraph.store import Store

__all__ = ["Concept", "Scheme", "schemes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One value of a list.

    Attributes:
        name: how it is called.
        others: its other names.
        definition: what it means, or "".
        notes: how it is used.
        rank: its place in an ordered scheme, or None.
        narrower: the concepts under it.
    """

    name: Name
    others: tuple[str, ...]
    definition: str
    notes: tuple[str, ...]
    rank: int | None
    narrower: tuple[Concept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A list of values.

    Attributes:
        header: what it says of itself.
        definition: what its concepts are.
        concepts: the top ones, with those under them.
        size: how many concepts it has in all.
        properties: the properties whose values it holds.
    """

    header: Header
    definition: str
    concepts: tuple[Concept, ...]
    size: int
    properties: tuple[Name, ...]


def schemes(store: Store, /) -> list[Scheme]:
    """All concept schemes of ours in `store`, in the order of their titles."""
    read, terms = Reader(store, "concepts"), Reader(store, "ontology")
    values = terms.pairs("values.rq")
    found = [_scheme(read, terms, node, values) for node in read.instances(SKOS["ConceptScheme"], under=CONCEPT)]
    return sorted(found, key=lambda one: (one.header.title.lower(), one.header.name.iri))


def _scheme(read: Reader, terms: Reader, node: ox.NamedNode, values: Mapping[str, set[ox.NamedNode]]) -> Scheme:
    members = {t.subject for t in read.triples(None, SKOS["inScheme"], node) if isinstance(t.subject, ox.NamedNode)}
    below = {member: _above(read, member) & members for member in members}
    return Scheme(
        header=header(read, node, people=terms),
        definition=read.text(node, SKOS["definition"]),
        concepts=_concepts(read, {member for member, above in below.items() if not above}, below),
        size=len(members),
        properties=terms.names(ox.NamedNode(prop) for prop, homes in values.items() if node in homes),
    )


def _above(read: Reader, member: ox.NamedNode) -> set[ox.NamedNode]:
    return {t.object for t in read.triples(member, SKOS["broader"]) if isinstance(t.object, ox.NamedNode)}


def _concepts(
    read: Reader,
    members: set[ox.NamedNode],
    below: Mapping[ox.NamedNode, set[ox.NamedNode]],
    way: tuple[ox.NamedNode, ...] = (),
) -> tuple[Concept, ...]:
    """The concepts `members` with those under them, by rank and then by label; `way` leads there from the top."""
    found = [
        Concept(
            name=read.name(member),
            others=read.texts(member, SKOS["altLabel"]),
            definition=read.text(member, SKOS["definition"]),
            notes=(*read.texts(member, SKOS["scopeNote"]), *read.texts(member, SKOS["example"])),
            rank=int(rank) if (rank := read.text(member, TIES["rank"])).isdigit() else None,
            # A cycle of somebody else's concepts ends where it closes.
            narrower=_concepts(
                read, {one for one, above in below.items() if member in above and one not in way}, below, (*way, member)
            ),
        )
        for member in members
    ]
    return tuple(sorted(found, key=lambda one: (one.rank is None, one.rank or 0, one.name.text.lower(), one.name.iri)))
