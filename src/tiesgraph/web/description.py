"""What the server says of the graph it serves, and of itself: the service description, and the statistics.

Our own graph carries its description, in which the endpoint and the dumps stand by their names under our base, as
everything does. A document that is fetched is for a client who found *this* server: in it these few say where the
client came to, so that the links work wherever a copy is served. All that is no place stays as it is.

Of any other dataset everything is worked out from what it holds, once, and said under the server's own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox
from fastapi import Request

from tiesgraph.census import Census, count
from tiesgraph.description import DATASET_GRAPH, OURS, PARTITIONS_GRAPH, Home, is_described, partitions, service, totals
from tiesgraph.document import Document, document
from tiesgraph.dump import order
from tiesgraph.errors import MisuseError
from tiesgraph.media import GRAPH_FORMATS, NQUADS, TRIG
from tiesgraph.names import BASE, DCAT, FOAF, SCHEMA, SD, VOID, prefixes
from tiesgraph.store import Store

__all__ = ["FORMATS", "Descriptions", "root_of"]

FORMATS = (*GRAPH_FORMATS, TRIG, NQUADS)
"""What a description can be had in."""

PLACES = frozenset(
    {
        *(DCAT[name] for name in ("accessURL", "downloadURL", "endpointDescription", "endpointURL", "landingPage")),
        *(VOID[name] for name in ("dataDump", "sparqlEndpoint")),
        FOAF["homepage"],
        SCHEMA["target"],
        SD["endpoint"],
    }
)
"""The properties whose values are where something is fetched."""

DEFAULT = ox.DefaultGraph()


@dataclass(frozen=True)
class Descriptions:
    """What can be said of one store, which only ever is read."""

    store: Store

    @cached_property
    def is_ours(self) -> bool:
        """Whether the store is our graph, which describes itself."""
        return is_described(self.store)

    def dataset(self, root: str, /) -> Document:
        """The description of the service, its dataset and its graphs; of our graph all but the partitions.

        Args:
            root: the URL of this server's front page, as the client has it.
        """
        if self.is_ours:
            return self._own(root, DATASET_GRAPH)
        return _other(Home(root), self._service(Home(root)))

    def statistics(self, root: str, /) -> Document:
        """The same, with the counts by class and property.

        Args:
            root: the URL of this server's front page, as the client has it.
        """
        if self.is_ours:
            return self._own(root, DATASET_GRAPH, PARTITIONS_GRAPH)
        home, census = Home(root), self._census
        counts = (*totals(home, census, objects=len(census.objects)), *partitions(home, census, prefixes()))
        return _other(home, (*self._service(home), *counts))

    def _own(self, root: str, *graphs: ox.NamedNode) -> Document:
        """The document with what `graphs` say, at `root`."""
        plain = document(self.store, OURS.dataset)
        told = tuple(quad for graph in graphs for quad in _placed(self.store, graph, root))
        return Document(topic=plain.topic, quads=told, labels=(), own=plain.own)

    def _service(self, home: Home) -> Iterator[ox.Triple]:
        default, graphs = self._sizes
        return service(home, default=default, graphs=graphs, union=self.store.is_union)

    @cached_property
    def _sizes(self) -> tuple[int, dict[ox.NamedNode, int]]:
        return self.store.size(), {graph: self.store.size(graph) for graph in self.store.graphs()}

    @cached_property
    def _census(self) -> Census:
        """The counts of all triples, each once, whatever the graph."""
        return count(dict.fromkeys(quad.triple for quad in self.store.engine))


def _placed(store: Store, graph: ox.NamedNode, root: str) -> Iterator[ox.Quad]:
    """The quads of `graph` by subject, with places at `root` instead of our base."""
    for triple in sorted(store.triples(graph=graph), key=order):
        value = triple.object
        if triple.predicate in PLACES and isinstance(value, ox.NamedNode) and value.value.startswith(BASE):
            value = ox.NamedNode(root + value.value.removeprefix(BASE))
        yield ox.Quad(triple.subject, triple.predicate, value, graph)


def _other(home: Home, triples: Iterable[ox.Triple]) -> Document:
    """The document about a dataset that is not ours."""
    told = dict.fromkeys(triples)
    quads = tuple(ox.Quad(triple.subject, triple.predicate, triple.object, DEFAULT) for triple in told)
    return Document(topic=home.dataset, quads=quads, labels=(), own=())


def root_of(request: Request, /) -> str:
    """The URL of the front page, as the client has it; ends in a slash.

    Raises:
        MisuseError: the Host header is no name of a host.
    """
    root = str(request.base_url)
    try:
        ox.NamedNode(root)
    except ValueError as error:
        raise MisuseError("the Host header names no host") from error
    return root
