"""What the endpoint says of itself: a SPARQL 1.1 Service Description, given at GET without a query.

https://www.w3.org/TR/sparql11-service-description/
"""

from __future__ import annotations

import pyoxigraph as ox

from tiesgraph.media import Format
from tiesgraph.names import RDF, SD

__all__ = ["serialize", "service_description"]

_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")


def service_description(endpoint: str, /) -> list[ox.Triple]:
    """The description of the service at the URL `endpoint`."""
    service, here = ox.BlankNode("service"), ox.NamedNode(endpoint)
    dataset, default = ox.BlankNode("dataset"), ox.BlankNode("default")
    triples = [
        ox.Triple(service, RDF["type"], SD["Service"]),
        ox.Triple(service, SD["endpoint"], here),
        ox.Triple(service, SD["supportedLanguage"], SD["SPARQL11Query"]),
        ox.Triple(service, SD["defaultDataset"], dataset),
        ox.Triple(dataset, RDF["type"], SD["Dataset"]),
        ox.Triple(dataset, SD["defaultGraph"], default),
        ox.Triple(default, RDF["type"], SD["Graph"]),
    ]
    formats = (ox.NamedNode(_FORMATS + name) for name in _RESULTS + _GRAPHS)
    return triples + [ox.Triple(service, SD["resultFormat"], fmt) for fmt in formats]


def serialize(triples: list[ox.Triple], fmt: Format, /) -> bytes:
    """Triples in one of the graph formats."""
    rdf = ox.RdfFormat.from_media_type(fmt.media_type)
    return ox.serialize(triples, format=rdf, prefixes={"sd": SD}) or b""
