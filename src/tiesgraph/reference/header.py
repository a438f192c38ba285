"""What a vocabulary says of itself: its title, its makers, its version and the one before."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.names import DCTERMS, OWL, VANN
from tiesgraph.reference.reading import Name, Reader

__all__ = ["Header", "header"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The metadata of an ontology or a concept scheme; "" or empty where it does not say.

    Attributes:
        name: how it is called.
        title, abstract, description: in words.
        version: its number.
        version_iri: the name of this version.
        earlier: the names of the versions before it.
        created, issued, modified: days, `2026-11-22`.
        licence: the address of its licence.
        citation: how to cite it.
        prefix, namespace: under which its terms are written.
        makers, publishers: who they are.
    """

    name: Name
    title: str
    abstract: str
    description: str
    version: str
    version_iri: str
    earlier: tuple[str, ...]
    created: str
    issued: str
    modified: str
    licence: str
    citation: str
    prefix: str
    namespace: str
    makers: tuple[str, ...]
    publishers: tuple[str, ...]


def header(read: Reader, node: ox.NamedNode, /, *, people: Reader | None = None) -> Header:
    """What the vocabulary `node` says of itself.

    Args:
        read: the vocabulary's store.
        node: the ontology or scheme.
        people: where its makers have their names, if elsewhere.
    """
    name = read.name(node)

    def told(prop: ox.NamedNode) -> str:
        return read.text(node, prop)

    def day(prop: str) -> str:
        return told(DCTERMS[prop])[:10]

    def iri(prop: ox.NamedNode) -> tuple[str, ...]:
        return tuple(one.iri for one in read.objects(node, prop))

    def persons(prop: str) -> tuple[str, ...]:
        nodes = [t.object for t in read.triples(node, DCTERMS[prop])]
        return tuple(one.text for one in (people or read).names(nodes))

    return Header(
        name=name,
        title=told(DCTERMS["title"]) or name.text,
        abstract=told(DCTERMS["abstract"]),
        description=told(DCTERMS["description"]),
        version=told(OWL["versionInfo"]),
        version_iri="".join(iri(OWL["versionIRI"])[:1]),
        earlier=iri(OWL["priorVersion"]),
        created=day("created"),
        issued=day("issued"),
        modified=day("modified"),
        licence="".join(iri(DCTERMS["license"])[:1]),
        citation=told(DCTERMS["bibliographicCitation"]),
        prefix=told(VANN["preferredNamespacePrefix"]),
        namespace=told(VANN["preferredNamespaceUri"]),
        makers=persons("creator"),
        publishers=persons("publisher"),
    )
