"""Statistics in VoID (https://www.w3.org/TR/void/, section 4): how much of what, by property and by class.

The partitions go to the depth that query editors read (https://github.com/sib-swiss/sparql-guidelines): class,
properties of its members, and for each property the classes and the data types of its values. VoID itself has no term
for the latter; void-ext:datatypePartition is what editors look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from tiesgraph.census import Census
from tiesgraph.description.home import Home, about, number
from tiesgraph.names import ONTOLOGY, RDF, TIES, VOID, VOID_EXT

__all__ = ["partitions", "totals"]


def totals(home: Home, census: Census, /, *, objects: int | None, entities: str | None = None) -> Iterator[ox.Triple]:
    """The counts of the whole dataset, and the vocabularies it uses.

    Args:
        home: whose.
        census: the counts.
        objects: how many distinct values there are, or None where it cannot be told.
        entities: the pattern (void:uriRegexPattern) that the IRIs of the things described match, where there is one.
    """
    yield from about(
        home.dataset,
        {
            RDF["type"]: VOID["Dataset"],
            VOID["triples"]: number(census.triples),
            VOID["properties"]: number(len(census.properties)),
            VOID["classes"]: number(len(census.classes)),
            VOID["distinctSubjects"]: number(len(census.subjects)),
            VOID["distinctObjects"]: [] if objects is None else number(objects),
            VOID["vocabulary"]: _vocabularies(census),
        },
    )
    if entities is not None:
        fits = re.compile(entities)
        matching = (node for node in census.subjects if isinstance(node, ox.NamedNode) and fits.search(node.value))
        yield ox.Triple(home.dataset, VOID["entities"], number(sum(1 for _ in matching)))


def _vocabularies(census: Census) -> list[ox.NamedNode]:
    """The vocabularies of the properties and classes in use, ours by the name of the ontology."""
    terms = {*census.properties, *census.classes}
    spaces = {re.sub(r"[^#/]*$", "", term.value) for term in terms}
    return [ox.NamedNode(ONTOLOGY if space == TIES else space) for space in sorted(spaces)]


def partitions(home: Home, census: Census, table: Mapping[str, str], /) -> Iterator[ox.Triple]:
    """The counts by property, and by class and property. IRIs are shortened by `table` to make names of nodes."""
    for prop, triples in sorted(census.properties.items(), key=_by_iri):
        part = home.partition(prop, table=table)
        yield ox.Triple(home.dataset, VOID["propertyPartition"], part)
        yield from about(part, {VOID["property"]: prop, VOID["triples"]: number(triples)})
    for kind, entities in sorted(census.classes.items(), key=_by_iri):
        part = home.partition(kind, table=table)
        yield ox.Triple(home.dataset, VOID["classPartition"], part)
        yield from about(part, {VOID["class"]: kind, VOID["entities"]: number(entities)})
        yield from _properties(home, census, kind, table)


def _properties(home: Home, census: Census, kind: ox.NamedNode, table: Mapping[str, str]) -> Iterator[ox.Triple]:
    """The properties of the members of `kind`, with the classes and the data types of their values."""
    whole = home.partition(kind, table=table)
    for prop, found in sorted(census.partitions[kind].items(), key=_by_iri):
        part = home.partition(kind, prop, table=table)
        yield ox.Triple(whole, VOID["propertyPartition"], part)
        yield from about(part, {VOID["property"]: prop, VOID["triples"]: number(found.triples)})
        for of, triples in sorted(found.classes.items(), key=_by_iri):
            values = home.partition(kind, prop, of, table=table)
            yield ox.Triple(part, VOID["classPartition"], values)
            yield from about(values, {VOID["class"]: of, VOID["triples"]: number(triples)})
        for datatype in sorted(found.datatypes, key=lambda node: node.value):
            values = home.partition(kind, prop, datatype, table=table)
            yield ox.Triple(part, VOID_EXT["datatypePartition"], values)
            yield ox.Triple(values, VOID_EXT["datatype"], datatype)


def _by_iri(pair: tuple[ox.NamedNode, object]) -> str:
    return pair[0].value
