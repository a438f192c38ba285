"""Every IRI the code needs, spelled once.

The graph's IRIs are identifiers under one base; whoever needs one asks here, so that a change of
base or of a prefix is a change of this module and of `ontology/prefixes.ttl`, and of nothing else.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox

__all__ = [
    "ABOUT",
    "BASE",
    "CHAPTER",
    "CONCEPT",
    "CONTRADICTION",
    "DATASET",
    "DCAT",
    "DCTERMS",
    "DUMPS",
    "ENDPOINT",
    "FOAF",
    "FORMATS",
    "GRAPH",
    "ID",
    "ONTOLOGY",
    "OWL",
    "PAGE",
    "PROV",
    "QUESTION",
    "RDF",
    "RDFS",
    "RS",
    "SCHEMA",
    "SD",
    "SH",
    "SHAPES",
    "SKOS",
    "SPEX",
    "TIES",
    "TSH",
    "VANN",
    "VOID",
    "VOID_EXT",
    "XSD",
    "Namespace",
    "chapter_iri",
    "graph_iri",
    "graph_name",
    "is_place",
    "page_graph",
    "page_iri",
    "page_number",
    "path_of",
    "prefixes",
    "prefixes_file",
    "shorten",
    "slug",
]


class Namespace(str):
    """The start of a family of IRIs: `TIES["date"]` is the term, `TIES + "date"` its text."""

    __slots__ = ()

    def __getitem__(self, local: object) -> ox.NamedNode:  # type: ignore[override]
        # A namespace is asked for terms, never for characters: slicing one would be a mistake.
        if not isinstance(local, str):
            raise TypeError(f"a namespace is asked for a local name, not {local!r}")
        return ox.NamedNode(self + local)


BASE = "https://w3id.org/tiesgraph/"
ONTOLOGY = BASE + "ontology"
SHAPES = BASE + "shapes"
DATASET = BASE + "dataset"

TIES = Namespace(ONTOLOGY + "#")
TSH = Namespace(SHAPES + "#")
ID = Namespace(BASE + "id/")
CONCEPT = Namespace(BASE + "concept/")
CONTRADICTION = Namespace(BASE + "audit/")
GRAPH = Namespace(BASE + "graph/")
PAGE = Namespace(BASE + "report/page/")
CHAPTER = Namespace(BASE + "report/chapter/")
ABOUT = Namespace(BASE + "about/")
"""The documents about things: what `about/id/actor/japan` tells is about `id/actor/japan`."""
QUESTION = Namespace(BASE + "question/")

DUMPS = Namespace(BASE + "dumps/")
ENDPOINT = BASE + "sparql"

RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
PROV = Namespace("http://www.w3.org/ns/prov#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
SCHEMA = Namespace("https://schema.org/")
VANN = Namespace("http://purl.org/vocab/vann/")
VOID = Namespace("http://rdfs.org/ns/void#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
# Extensions that editors go by: data types in VoID partitions, DESCRIBE queries among examples.
VOID_EXT = Namespace("http://ldf.fi/void-ext#")
SPEX = Namespace("https://purl.expasy.org/sparql-examples/ontology#")
# W3C's names of formats (https://www.w3.org/ns/formats/).
FORMATS = Namespace("http://www.w3.org/ns/formats/")


def graph_iri(name: str, /) -> ox.NamedNode:
    """The named graph called `name`: `graph_iri("entities")`."""
    return GRAPH[name]


def graph_name(graph: ox.NamedNode, /) -> str:
    """The short name of one of our named graphs; the whole IRI of any other."""
    return graph.value.removeprefix(GRAPH)


def is_place(iri: str, /) -> bool:
    """Whether `iri` is where something is fetched, not a thing described: the front page, the endpoint, a dump."""
    return iri in (BASE, ENDPOINT) or iri.startswith(DUMPS)


def path_of(iri: str, /) -> str:
    """The path below the base at which a server answers for `iri`, one of ours.

    It is what follows the base; but a shape, whose IRI is a fragment, has a document of its own below the shapes'.
    """
    path = iri.removeprefix(BASE)
    return path.replace("#", "/", 1) if iri.startswith(TSH) else path


def page_graph(page: int, /) -> ox.NamedNode:
    """The named graph of what printed page `page` states: `graph:p025` for 25."""
    return GRAPH[f"p{page:03d}"]


def page_number(graph: ox.NamedNode, /) -> int | None:
    """The printed page whose statements `graph` holds, or None where it is no page graph."""
    name = graph_name(graph)
    return int(name[1:]) if len(name) == 4 and name[0] == "p" and name[1:].isdigit() else None


def page_iri(page: int, /) -> ox.NamedNode:
    """The printed page itself, as a part of the report: `page:25`."""
    return PAGE[str(page)]


def chapter_iri(number: str, /) -> ox.NamedNode:
    """The chapter of the report that bears `number`."""
    return CHAPTER[number]


def prefixes_file() -> Path:
    """Where the prefix table lies: in the checkout this module runs from, else in the installed pack."""
    here = Path(__file__).resolve().parent
    checkout = here.parent.parent / "ontology" / "prefixes.ttl"
    return checkout if checkout.is_file() else here / "_pack" / "ontology" / "prefixes.ttl"


@cache
def prefixes(file: Path | None = None, /) -> Mapping[str, str]:
    """The one prefix table (prefix → namespace), sorted by prefix, read once from its Turtle file.

    The file declares each as `sh:declare [ sh:prefix "ties" ; sh:namespace "…"^^xsd:anyURI ]`
    (SHACL, section 5.2.1), so that the graph carries its own table.

    Raises:
        OSError: the file is missing, which only a broken installation brings about.
        SyntaxError: it is no Turtle.
    """
    declared: dict[str, dict[str, str]] = {}
    for quad in ox.parse(path=str(file or prefixes_file()), format=ox.RdfFormat.TURTLE):
        if quad.predicate in (SH["prefix"], SH["namespace"]) and isinstance(quad.object, ox.Literal):
            declared.setdefault(str(quad.subject), {})[quad.predicate.value.removeprefix(SH)] = quad.object.value
    table = {row["prefix"]: row["namespace"] for row in declared.values()}
    return MappingProxyType(dict(sorted(table.items())))


def shorten(iri: str, table: Mapping[str, str], /) -> str:
    """`iri` as a prefixed name of `table` (the longest namespace that fits), else in angle brackets."""
    fits = [prefix for prefix, namespace in table.items() if iri.startswith(namespace)]
    best = max(fits, key=lambda prefix: len(table[prefix]), default=None)
    if best is None or not all(c.isalnum() or c in "-_." for c in iri[len(table[best]) :]):
        return f"<{iri}>"
    return f"{best}:{iri[len(table[best]) :]}"


# What Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans({"æ": "ae", "đ": "d", "ð": "d", "ı": "i", "ł": "l", "ø": "o", "œ": "oe", "þ": "th"})


def slug(name: str, /) -> str:
    """`name` as the last part of an IRI of ours: lower case, words joined by hyphens, letters without diacritics.

    Whatever has no counterpart among the letters a to z and the digits is left out, so that it may come out empty.
    """
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter) and letter not in "'’")
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
