"""The graph as a catalogue entry: DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/), with what DCAT-AP 3 expects beside it.

A distribution tells no size and no checksum: the files hold this description, and none can hold its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import pyoxigraph as ox

from tiesgraph.description.home import OURS, about, english
from tiesgraph.description.service import GRAPH_FORMATS
from tiesgraph.dump import DATASET_FORMATS, DERIVED, Dump, dumps
from tiesgraph.media import JSONLD, NQUADS, NTRIPLES, TRIG, TURTLE
from tiesgraph.names import BASE, DCAT, DCTERMS, FOAF, FORMATS, PROV, RDF, RDFS, SCHEMA, VOID, graph_iri, graph_name
from tiesgraph.store import Term

__all__ = ["catalogue", "kinds", "provenance"]

PROTOCOL = ox.NamedNode("https://www.w3.org/TR/sparql11-protocol/")
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"

# DCAT-AP names formats by the EU's file type table, and RDF by the recommendation that a file keeps to.
_EU = {
    TRIG: "RDF_TRIG",
    NQUADS: "RDF_N_QUADS",
    JSONLD: "JSON_LD",
    TURTLE: "RDF_TURTLE",
    NTRIPLES: "RDF_N_TRIPLES",
}
_SPECIFICATION = {
    TRIG: "trig",
    NQUADS: "n-quads",
    JSONLD: "json-ld11",
    TURTLE: "turtle",
    NTRIPLES: "n-triples",
}
_KINDS = {
    DCAT["compressFormat"]: DCTERMS["MediaType"],
    DCAT["landingPage"]: FOAF["Document"],
    DCAT["mediaType"]: DCTERMS["MediaType"],
    DCTERMS["accessRights"]: DCTERMS["RightsStatement"],
    DCTERMS["accrualPeriodicity"]: DCTERMS["Frequency"],
    DCTERMS["conformsTo"]: DCTERMS["Standard"],
    DCTERMS["format"]: DCTERMS["MediaTypeOrExtent"],
    DCTERMS["language"]: DCTERMS["LinguisticSystem"],
    DCTERMS["license"]: DCTERMS["LicenseDocument"],
    DCTERMS["spatial"]: DCTERMS["Location"],
}
_TITLES = {TRIG: "TriG", NQUADS: "N-Quads", JSONLD: "JSON-LD", TURTLE: "Turtle", NTRIPLES: "N-Triples"}


def catalogue(graphs: list[ox.NamedNode], /, *, curated: Collection[ox.Triple]) -> Iterator[ox.Triple]:
    """Catalogue, dataset, distributions and data service of our graph.

    Args:
        graphs: its named graphs.
        curated: what is said of the dataset by hand; its licence and its publisher are also those of the parts.
    """
    files = {dump: OURS.part(dump.name) for dump in dumps()}
    asking = OURS.part("sparql")
    licence, publisher = (_values(curated, DCTERMS[name]) for name in ("license", "publisher"))
    yield from _entry([*files.values(), asking], [OURS.dump(dump.name) for dump in files])
    for dump, node in files.items():
        yield from _distribution(dump, node)
    yield from _service(asking)
    for node in (*files.values(), asking, OURS.service):
        yield from about(node, {DCTERMS["license"]: licence})
    yield from about(OURS.service, {DCTERMS["publisher"]: publisher})
    for graph in graphs:
        yield ox.Triple(graph, VOID["dataDump"], OURS.dump(Dump(fmt=TURTLE, graph=graph, packed=True).name))


def _values(curated: Iterable[ox.Triple], prop: ox.NamedNode) -> list[Term]:
    """What is said of the dataset by `prop`."""
    return [triple.object for triple in curated if triple.subject == OURS.dataset and triple.predicate == prop]


def _entry(distributions: list[ox.NamedNode], urls: list[ox.NamedNode]) -> Iterator[ox.Triple]:
    """The catalogue with its entry, and the document of statistics."""
    yield from about(
        OURS.part("catalog"),
        {
            RDF["type"]: DCAT["Catalog"],
            DCAT["dataset"]: OURS.dataset,
            DCAT["service"]: OURS.service,
            FOAF["homepage"]: ox.NamedNode(BASE),
        },
    )
    yield from about(
        OURS.dataset,
        {
            RDF["type"]: (DCAT["Dataset"], VOID["Dataset"]),
            DCAT["landingPage"]: ox.NamedNode(BASE),
            DCAT["distribution"]: distributions,
            VOID["dataDump"]: urls,
            VOID["feature"]: (*GRAPH_FORMATS, FORMATS["N-Quads"], FORMATS["TriG"]),
        },
    )
    yield from about(
        OURS.statistics,
        {
            RDF["type"]: VOID["DatasetDescription"],
            DCTERMS["title"]: english("Statistics of tiesgraph"),
            FOAF["primaryTopic"]: OURS.dataset,
        },
    )


def _distribution(dump: Dump, node: ox.NamedNode) -> Iterator[ox.Triple]:
    content = "What the files assert" if dump.asserted else "The whole graph"
    apart = dump.fmt in DATASET_FORMATS
    graphs = "named graphs kept apart" if apart else "each triple once, without graph names"
    url = OURS.dump(dump.name)
    yield from about(
        node,
        {
            RDF["type"]: DCAT["Distribution"],
            DCTERMS["title"]: english(f"{content} as {_TITLES[dump.fmt]}, gzipped"),
            DCTERMS["description"]: english(f"{content}, {graphs}."),
            DCAT["accessURL"]: url,
            DCAT["downloadURL"]: url,
            DCAT["mediaType"]: ox.NamedNode(MEDIA_TYPES + dump.fmt.media_type),
            DCAT["compressFormat"]: ox.NamedNode(f"{MEDIA_TYPES}application/gzip"),
            DCTERMS["format"]: ox.NamedNode(FILE_TYPES + _EU[dump.fmt]),
            DCTERMS["conformsTo"]: ox.NamedNode(f"https://www.w3.org/TR/{_SPECIFICATION[dump.fmt]}/"),
        },
    )


def _service(asking: ox.NamedNode) -> Iterator[ox.Triple]:
    """The endpoint as a data service, and as a distribution of the dataset that is had through it."""
    yield from about(
        OURS.service,
        {
            RDF["type"]: DCAT["DataService"],
            RDFS["label"]: english("SPARQL endpoint of tiesgraph"),
            DCTERMS["title"]: english("SPARQL endpoint of tiesgraph"),
            DCTERMS["description"]: english("Answers SPARQL 1.1 queries over the graph. It takes no update."),
            DCAT["endpointURL"]: OURS.endpoint,
            # A request without a query is answered with the service description.
            DCAT["endpointDescription"]: OURS.endpoint,
            DCAT["servesDataset"]: OURS.dataset,
            DCTERMS["conformsTo"]: PROTOCOL,
        },
    )
    yield from about(
        asking,
        {
            RDF["type"]: DCAT["Distribution"],
            DCTERMS["title"]: english("Any part of the graph, by SPARQL query"),
            DCTERMS["description"]: english("Ask the endpoint for what you need."),
            DCAT["accessURL"]: OURS.endpoint,
            DCAT["accessService"]: OURS.service,
            DCTERMS["conformsTo"]: PROTOCOL,
        },
    )


def kinds(triples: Iterable[ox.Triple], /) -> Iterator[ox.Triple]:
    """What kind of thing each value of a catalogue's properties is: validators of DCAT-AP ask, and fetch nothing."""
    for triple in triples:
        kind = _KINDS.get(triple.predicate)
        if kind is not None and isinstance(triple.object, ox.NamedNode):
            yield ox.Triple(triple.object, RDF["type"], kind)


_COMPUTED = {graph_iri(name) for name in ("commentary", "examples", "partitions")}


def provenance(*, version: str, files: str) -> Iterator[ox.Triple]:
    """How the computed graphs came about. It tells no time: the same files and code give the same graph.

    Args:
        version: of tiesgraph.
        files: SHA-256 of the curated files.
    """
    build, software, curated = (OURS.part(name) for name in ("build", "software", "files"))
    yield from about(
        software,
        {
            RDF["type"]: PROV["SoftwareAgent"],
            RDFS["label"]: english(f"tiesgraph {version}"),
            SCHEMA["softwareVersion"]: ox.Literal(version),
        },
    )
    yield from about(
        curated,
        {
            RDF["type"]: PROV["Entity"],
            RDFS["label"]: english("The curated files: ontology, shapes, data"),
            DCTERMS["identifier"]: ox.Literal(f"sha256:{files}"),
        },
    )
    yield from about(
        build,
        {
            RDF["type"]: PROV["Activity"],
            RDFS["label"]: english(f"Build of the graph by tiesgraph {version}"),
            PROV["used"]: curated,
            PROV["wasAssociatedWith"]: software,
        },
    )
    made = (OURS.dataset, *sorted(DERIVED | _COMPUTED, key=graph_name))
    for node in made:
        yield ox.Triple(node, PROV["wasGeneratedBy"], build)
