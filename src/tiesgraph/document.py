"""The document about a resource: what linked data gives for an IRI of ours.

A document holds the concise bounded description of its topic, with the parts that mean little alone (a
scheme's concepts, a footnote's citations); the labels of what that links to, so that a reader sees names;
and a few statements about itself: topic, dataset, licence, version, and the pages and named graphs that it
comes from. Every format says the same triples; the formats with graphs also say which graph states each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from tiesgraph.describe import describe, in_order, stated
from tiesgraph.errors import UnknownResource
from tiesgraph.jsonld import write_jsonld
from tiesgraph.media import JSONLD, NQUADS, TRIG, Format
from tiesgraph.names import (
    ABOUT,
    BASE,
    DATASET,
    DCTERMS,
    FOAF,
    ONTOLOGY,
    OWL,
    PROV,
    RDF,
    RDFS,
    SH,
    SHAPES,
    SKOS,
    TIES,
    VOID,
    graph_iri,
    page_iri,
    page_number,
    path_of,
    prefixes,
)
from tiesgraph.outline import Outline
from tiesgraph.rdftext import write_rdf
from tiesgraph.store import Store, Subject

__all__ = ["Document", "about", "document", "is_known", "licence_of", "versioned"]

DEFAULT = ox.DefaultGraph()

PARTS = (
    (SKOS["ConceptScheme"], SKOS["inScheme"], True),
    (TIES["Report"], DCTERMS["isPartOf"], True),
    (TIES["Chapter"], TIES["inChapter"], True),
    (TIES["Page"], PROV["wasDerivedFrom"], True),
    (TIES["Page"], TIES["onPage"], True),
    (TIES["Footnote"], TIES["citation"], False),
    (TIES["Citation"], TIES["citation"], True),
    (OWL["Ontology"], SH["declare"], False),
    (SH["NodeShape"], SH["property"], False),
    (SH["NodeShape"], SH["sparql"], False),
    (SH["NodeShape"], SH["target"], False),
)
"""Class, property, whether the property points to the topic: what is described along with a topic of the class."""

SPACES = {
    ONTOLOGY: (graph_iri("ontology"),),
    SHAPES: (graph_iri("shapes"), graph_iri("audit"), graph_iri("commentary")),
}
"""Documents whose terms are their fragments, and the named graphs that these come from."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """What is told about one topic.

    Attributes:
        topic: the resource.
        quads: what is told about it and its parts, each statement once for each named graph that states it.
        labels: the names of what these link to, likewise.
        own: what the document says of itself.
    """

    topic: ox.NamedNode
    quads: tuple[ox.Quad, ...]
    labels: tuple[ox.Quad, ...]
    own: tuple[ox.Triple, ...]

    @property
    def iri(self) -> ox.NamedNode:
        """The document's own name, whatever its format."""
        return about(self.topic)

    @cached_property
    def triples(self) -> list[ox.Triple]:
        """Everything that it says, each once: the topic first, itself last."""
        told = dict.fromkeys(quad.triple for quad in (*self.quads, *self.labels))
        return [*told, *self.own]

    def serialize(self, fmt: Format, /) -> bytes:
        """The whole document, to equal bytes each time.

        Raises:
            NotAcceptable: the format has no form for something in it.
        """
        if fmt == JSONLD:
            return write_jsonld(self.triples, prefixes())
        if fmt not in (TRIG, NQUADS):
            return write_rdf(self.triples, fmt, prefixes())
        told = sorted(dict.fromkeys((*self.quads, *self.labels)), key=lambda quad: str(quad.graph_name))
        own = (ox.Quad(t.subject, t.predicate, t.object, DEFAULT) for t in self.own)
        return write_rdf([*own, *told], fmt, prefixes())


def about(topic: ox.NamedNode, /) -> ox.NamedNode:
    """The name of the document about `topic`."""
    return ABOUT[path_of(topic.value)]


def is_known(store: Store, topic: ox.NamedNode, /) -> bool:
    """Whether `store` has anything to tell about `topic`."""
    engine = store.engine
    return (
        next(engine.quads_for_pattern(topic, None, None, None), None) is not None
        or engine.contains_named_graph(topic)
        or versioned(store, topic) is not None
        or (topic.value in SPACES and next(_terms(store, topic), None) is not None)
    )


def document(store: Store, topic: ox.NamedNode, /, *, outline: Outline | None = None) -> Document:
    """The document about `topic`.

    Args:
        store: the graph.
        topic: an IRI under our base.
        outline: which terms a module of the ontology has; without one, its document holds the module's head alone.

    Raises:
        UnknownResource: the store says nothing of it.
    """
    if not is_known(store, topic):
        raise UnknownResource(f"nothing is known of {topic.value}")
    told = _Collected(store)
    whole = versioned(store, topic) or topic
    for node in (whole, *_parts(store, whole, outline or Outline())):
        told.add(node)
    labels = _Collected(store)
    if store.engine.contains_named_graph(topic):
        told.quads.update(dict.fromkeys(in_order(store.engine.quads_for_pattern(None, None, None, topic))))
    else:
        for value in dict.fromkeys(quad.object for quad in told.quads):
            if isinstance(value, ox.NamedNode) and value not in told.seen:
                labels.add_label(value)
    return Document(
        topic=topic,
        quads=tuple(told.quads),
        labels=tuple(labels.quads),
        own=tuple(_own(store, topic, told.quads)),
    )


class _Collected:
    """Quads in the order in which they are collected; the default graph's copies of a named graph's are left out."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.quads: dict[ox.Quad, None] = {}
        self.seen: set[Subject] = set()

    def add(self, node: Subject) -> None:
        """The description of `node`."""
        found = describe(self._store, node)
        self.quads.update(dict.fromkeys(found))
        self.seen.update(quad.subject for quad in found)

    def add_label(self, node: ox.NamedNode) -> None:
        """What `node` is called."""
        for prop in (RDFS["label"], SKOS["prefLabel"]):
            found = in_order(stated(self._store.engine.quads_for_pattern(node, prop, None, None)))
            self.quads.update(dict.fromkeys(found))
            if found:
                return


def _parts(store: Store, topic: ox.NamedNode, outline: Outline) -> Iterator[Subject]:
    """What is described along with `topic`, by name."""
    if topic.value in SPACES:
        yield from sorted(set(_terms(store, topic)), key=str)
        return
    yield from map(ox.NamedNode, outline.together.get(topic.value, ()))
    types = {quad.object for quad in store.engine.quads_for_pattern(topic, RDF["type"], None, None)}
    for kind, prop, inverse in PARTS:
        if kind in types:
            ends = (None, topic) if inverse else (topic, None)
            quads = store.engine.quads_for_pattern(ends[0], prop, ends[1], None)
            found = {quad.subject if inverse else quad.object for quad in quads}
            yield from sorted((node for node in found if isinstance(node, ox.NamedNode)), key=_by_number)


def _by_number(node: ox.NamedNode) -> tuple[str, int, str]:
    """Names that end in a number by that number: page 9 before page 10."""
    text = node.value.rstrip("0123456789")
    digits = node.value[len(text) :]
    return text, int(digits) if digits else -1, digits


def _terms(store: Store, space: ox.NamedNode) -> Iterator[Subject]:
    """The terms of a hash namespace, its modules, and what the same named graphs say of terms of others."""
    homes = [graph for graph in SPACES[space.value] if store.engine.contains_named_graph(graph)]
    starts = (f"{space.value}#", f"{space.value}/")
    pools: list[ox.NamedNode | None] = [*homes] or [None]
    for home in pools:
        for quad in store.engine.quads_for_pattern(None, None, None, home):
            subject = quad.subject
            if isinstance(subject, ox.NamedNode):
                ours = subject.value.startswith(starts)
                if ours or (home is not None and not subject.value.startswith(BASE)):
                    yield subject


def versioned(store: Store, topic: ox.NamedNode, /) -> ox.NamedNode | None:
    """The ontology of which `topic` is the version in the store, or None."""
    quad = next(store.engine.quads_for_pattern(None, OWL["versionIRI"], topic, None), None)
    return quad.subject if quad is not None and isinstance(quad.subject, ox.NamedNode) else None


def licence_of(store: Store, /) -> str | None:
    """The IRI of the licence of our own graph; of another's, which may well use our terms, nothing is known."""
    told = store.engine.quads_for_pattern(ox.NamedNode(ONTOLOGY), DCTERMS["license"], None, None)
    return next((quad.object.value for quad in told if isinstance(quad.object, ox.NamedNode)), None)


def _own(store: Store, topic: ox.NamedNode, quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """What the document says of itself."""
    here = about(topic)
    yield ox.Triple(here, RDF["type"], FOAF["Document"])
    yield ox.Triple(here, FOAF["primaryTopic"], topic)
    if licence := licence_of(store):
        yield ox.Triple(here, VOID["inDataset"], ox.NamedNode(DATASET))
        yield ox.Triple(here, DCTERMS["license"], ox.NamedNode(licence))
        for quad in stated(store.engine.quads_for_pattern(ox.NamedNode(ONTOLOGY), OWL["versionInfo"], None, None)):
            yield ox.Triple(here, OWL["versionInfo"], quad.object)
    graphs = {quad.graph_name for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
    for graph in sorted(graphs, key=str):
        page = page_number(graph)
        if page is not None:
            yield ox.Triple(here, DCTERMS["source"], page_iri(page))
    for graph in sorted(graphs, key=str):
        yield ox.Triple(here, PROV["wasDerivedFrom"], graph)
