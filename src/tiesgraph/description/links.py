"""The links out, as VoID has them (https://www.w3.org/TR/void/, section 5), and the things to look at first.

A link set holds the links of one property into one dataset. Which datasets there are, and how their IRIs begin, stands
in `data/dataset.ttl`. Codes (ISO 3166, UN M49) are texts, not links: those are counted as properties are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

from tiesgraph.description.home import OURS, about, english, number
from tiesgraph.errors import CorpusError
from tiesgraph.names import BASE, DCTERMS, RDF, RDFS, TIES, VOID, graph_iri, graph_name, page_number
from tiesgraph.store import Store

__all__ = ["examples_of_classes", "link_sets"]

ALIGNMENTS = graph_iri("alignments")


def link_sets(store: Store, /) -> Iterator[ox.Triple]:
    """One link set for each property that leads into each dataset outside.

    Raises:
        CorpusError: a link leads into a dataset that nobody has described.
    """
    targets = {
        triple.object.value: triple.subject
        for triple in store.triples(None, VOID["uriSpace"])
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.Literal)
    }
    links: Counter[tuple[ox.NamedNode, ox.NamedNode]] = Counter()
    for prop, iri in _links(store):
        space = next((space for space in targets if iri.startswith(space)), None)
        if space is None:
            raise CorpusError(
                f"{iri} lies in no dataset that is described",
                place=graph_name(ALIGNMENTS),
                mend="Describe it in data/dataset.ttl, with its void:uriSpace.",
            )
        links[targets[space], prop] += 1
    for (target, prop), triples in sorted(links.items(), key=str):
        yield from _link_set(store, target, prop, triples)


def _links(store: Store) -> Iterator[tuple[ox.NamedNode, str]]:
    """The links out, each as its property and the IRI it leads to.

    What an alignment says of itself is evidence for a link, and none.
    """
    notes = {triple.subject for triple in store.triples(None, RDF["type"], TIES["Alignment"], graph=ALIGNMENTS)}
    for triple in store.triples(graph=ALIGNMENTS):
        if triple.subject in notes or not isinstance(triple.object, ox.NamedNode):
            continue
        if not triple.object.value.startswith(BASE):
            yield triple.predicate, triple.object.value


def _link_set(store: Store, target: ox.NamedNode, prop: ox.NamedNode, triples: int) -> Iterator[ox.Triple]:
    local = prop.value.rpartition("#")[2].rpartition("/")[2]
    node = OURS.part(f"{target.value.rpartition('#')[2]}-{local}")
    title = next(
        (t.object.value for t in store.triples(target, DCTERMS["title"]) if isinstance(t.object, ox.Literal)), ""
    )
    yield from about(
        node,
        {
            RDF["type"]: VOID["Linkset"],
            RDFS["label"]: english(f"Links to {title} by {local}"),
            VOID["target"]: (OURS.dataset, target),
            VOID["subjectsTarget"]: OURS.dataset,
            VOID["objectsTarget"]: target,
            VOID["linkPredicate"]: prop,
            VOID["triples"]: number(triples),
        },
    )
    yield ox.Triple(OURS.dataset, VOID["subset"], node)


def examples_of_classes(store: Store, /) -> Iterator[ox.Triple]:
    """A thing to look at for each class of ours: the one that most pages speak of, the first by IRI among equals."""
    pages: dict[ox.NamedNode, set[ox.NamedNode]] = defaultdict(set)
    for graph in store.graphs():
        if page_number(graph) is not None:
            for triple in store.triples(graph=graph):
                if isinstance(triple.subject, ox.NamedNode):
                    pages[triple.subject].add(graph)
    members: dict[str, list[ox.NamedNode]] = defaultdict(list)
    for triple in store.triples(None, RDF["type"]):
        kind = triple.object
        if isinstance(kind, ox.NamedNode) and kind.value.startswith(TIES) and isinstance(triple.subject, ox.NamedNode):
            members[kind.value].append(triple.subject)
    best = {min(found, key=lambda node: (-len(pages[node]), node.value)) for found in members.values()}
    for node in sorted(best, key=lambda node: node.value):
        yield ox.Triple(OURS.dataset, VOID["exampleResource"], node)
