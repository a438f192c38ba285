"""The endpoint in the words of the SPARQL 1.1 Service Description (https://www.w3.org/TR/sparql11-service-description/).

What is not said is not offered: no update, so no sd:inputFormat; no federation; no extension functions; nothing is
fetched from elsewhere. Queries see what is there, inferences included, and nothing is inferred while they run: simple
entailment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from tiesgraph.description.home import Home, about, english, number
from tiesgraph.names import FORMATS, RDF, RDFS, SD, VOID, page_number

__all__ = ["GRAPH_FORMATS", "service"]

RESULT_FORMATS = tuple(FORMATS[f"SPARQL_Results_{name}"] for name in ("CSV", "JSON", "TSV", "XML"))
GRAPH_FORMATS = tuple(FORMATS[name] for name in ("JSON-LD", "N-Triples", "RDF_XML", "Turtle"))

_SIMPLE = ox.NamedNode("http://www.w3.org/ns/entailment/Simple")


def service(
    home: Home, /, *, default: int, graphs: Mapping[ox.NamedNode, int], union: bool = False
) -> Iterator[ox.Triple]:
    """The service with its dataset.

    Args:
        home: whose.
        default: how many triples the default graph has.
        graphs: named graph → how many triples it has.
        union: whether the default graph is the union of the named ones.
    """
    yield from about(
        home.service,
        {
            RDF["type"]: SD["Service"],
            SD["endpoint"]: home.endpoint,
            SD["supportedLanguage"]: SD["SPARQL11Query"],
            SD["resultFormat"]: (*RESULT_FORMATS, *GRAPH_FORMATS),
            SD["feature"]: SD["UnionDefaultGraph"] if union else [],
            SD["defaultEntailmentRegime"]: _SIMPLE,
            SD["defaultDataset"]: home.dataset,
        },
    )
    whole = home.part("default-graph")
    named = {graph: home.named_graph(graph) for graph in graphs}
    yield from about(
        home.dataset,
        {
            RDF["type"]: (SD["Dataset"], VOID["Dataset"]),
            VOID["sparqlEndpoint"]: home.endpoint,
            SD["defaultGraph"]: whole,
            SD["namedGraph"]: named.values(),
            VOID["subset"]: graphs,
        },
    )
    label = "Default graph: every triple of the named graphs, once" if union else "Default graph"
    yield from about(whole, {RDF["type"]: SD["Graph"], RDFS["label"]: english(label), VOID["triples"]: number(default)})
    for graph, triples in graphs.items():
        yield from about(named[graph], {RDF["type"]: SD["NamedGraph"], SD["name"]: graph, SD["graph"]: graph})
        yield from about(graph, {RDF["type"]: (SD["Graph"], VOID["Dataset"]), VOID["triples"]: number(triples)})
        page = page_number(graph)
        if page is not None:
            yield ox.Triple(graph, RDFS["label"], english(f"What page {page} states"))
