"""Where a described graph is at home: the IRIs of its description, and the URLs where it is served.

Our own graph is at home under our base, wherever a copy is served: these IRIs identify. A dataset of the user's is at
home at the server that serves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import pyoxigraph as ox

from tiesgraph.names import BASE, XSD, graph_name, shorten
from tiesgraph.store import Subject, Term

__all__ = ["OURS", "Home", "about", "english", "number"]


@dataclass(frozen=True, slots=True)
class Home:
    """The IRIs under which one graph is described.

    Attributes:
        root: what they all begin with; ends in a slash.
    """

    root: str

    @property
    def dataset(self) -> ox.NamedNode:
        """The graph itself: a dataset of DCAT, of VoID and of the service description."""
        return ox.NamedNode(f"{self.root}dataset")

    def part(self, name: str, /) -> ox.NamedNode:
        """A node of the description that is served with the dataset's: a distribution, a link set, the service."""
        return ox.NamedNode(f"{self.root}dataset#{name}")

    @property
    def service(self) -> ox.NamedNode:
        """The SPARQL service as a thing."""
        return self.part("service")

    @property
    def endpoint(self) -> ox.NamedNode:
        """The URL where the service answers."""
        return ox.NamedNode(f"{self.root}sparql")

    @property
    def statistics(self) -> ox.NamedNode:
        """The document of statistics: the place that VoID (section 7.2) reserves for it on every server."""
        return ox.NamedNode(f"{self.root}.well-known/void")

    def partition(self, *iris: ox.NamedNode, table: Mapping[str, str]) -> ox.NamedNode:
        """A part of the statistics: of a class, then of a property of its members, then of a class of the values."""
        names = (shorten(iri.value, table).strip("<>") for iri in iris)
        return ox.NamedNode(f"{self.statistics.value}#{'/'.join(quote(name, safe=':') for name in names)}")

    def named_graph(self, graph: ox.NamedNode, /) -> ox.NamedNode:
        """The place that `graph` has in the dataset."""
        return self.part(f"graph-{quote(graph_name(graph), safe='')}")

    def dump(self, name: str, /) -> ox.NamedNode:
        """The URL of the file called `name`."""
        return ox.NamedNode(f"{self.root}dumps/{name}")


OURS = Home(BASE)


def about(subject: Subject, told: Mapping[ox.NamedNode, Term | Iterable[Term]], /) -> Iterator[ox.Triple]:
    """What `told` says of `subject`: property → value or values."""
    for prop, values in told.items():
        if isinstance(values, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple):
            yield ox.Triple(subject, prop, values)
        else:
            yield from (ox.Triple(subject, prop, value) for value in values)


def number(value: int, /) -> ox.Literal:
    """`value` as xsd:integer."""
    return ox.Literal(str(value), datatype=XSD["integer"])


def english(text: str, /) -> ox.Literal:
    """`text` as English."""
    return ox.Literal(text, language="en")
