"""Does every term exist? RDF takes any IRI, so a slip of the pen passes in silence everywhere else.

Known are: our terms and shapes where the ontology and the shapes define them; our concepts and things
where some file states something about them; terms of outside vocabularies where the vocabulary's own
published list has them, or where our ontology declares them (with a type) for want of such a list.
"""

import difflib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from tiesgraph.corpus import Corpus
from tiesgraph.errors import UnknownTermError
from tiesgraph.names import (
    BASE,
    DCAT,
    GRAPH,
    OWL,
    RDF,
    SD,
    TIES,
    TSH,
    VOID_EXT,
    graph_iri,
    graph_name,
    is_place,
    prefixes,
    shorten,
)
from tiesgraph.store import Store

__all__ = ["UnknownTerm", "require_known", "unknown_added_terms", "unknown_among", "unknown_terms", "unused_terms"]

ONTOLOGY_GRAPH = graph_iri("ontology")
SHAPE_GRAPHS = (graph_iri("shapes"), graph_iri("audit"))


@dataclass(frozen=True, kw_only=True)
class UnknownTerm:
    """A term that is used and does not exist.

    Attributes:
        iri: the term.
        nearest: the known term most like it, or None where none is like it.
        graphs: the named graphs that use it.
    """

    iri: str
    nearest: str | None
    graphs: tuple[ox.NamedNode, ...]


def unknown_terms(store: Store, /) -> list[UnknownTerm]:
    """All terms used in `store` that do not exist, by IRI."""
    used = _used(store)
    terms = _terms(store)
    ours = {iri for iri in used if iri.startswith(BASE) and not iri.startswith(GRAPH)}
    defined = _defined(store)
    # A version of the ontology, this one or an earlier, has a name and no statements of its own.
    told = (triple.object for prop in ("versionIRI", "priorVersion") for triple in store.triples(None, OWL[prop]))
    versions = {node.value for node in told if isinstance(node, ox.NamedNode)}
    missing = {iri for iri in ours - defined - versions if not is_place(iri)}
    missing |= {iri for iri in used - defined if _is_outside_term(iri, terms) and not _outside_has(iri)}
    return [
        UnknownTerm(iri=iri, nearest=_nearest(iri, defined), graphs=tuple(_users(store, ox.NamedNode(iri))))
        for iri in sorted(missing)
    ]


def unknown_among(triples: Iterable[ox.Triple], /, *, store: Store) -> dict[str, str | None]:
    """The terms used in somebody's own statements that do not exist, each with the known one most like it.

    Args:
        triples: the statements. What they state something about exists by that; terms of ours have to be known,
            or typed by them.
        store: the graph, with its ontology, concepts and shapes, and without the statements.
    """
    stated = list(triples)
    subjects = ((t.subject.value, t.predicate) for t in stated if isinstance(t.subject, ox.NamedNode))
    own = {iri for iri, prop in subjects if not iri.startswith((TIES, TSH)) or prop == RDF["type"]}
    used = {node.value for triple in stated for node in triple if isinstance(node, ox.NamedNode)}
    missing = sorted(iri for iri in used - own if not _is_known(store, iri, ()))
    defined = _defined(store) | own if missing else set()
    return {iri: _nearest(iri, defined) for iri in missing}


def unknown_added_terms(store: Store, graphs: Collection[ox.NamedNode], /) -> list[UnknownTerm]:
    """The terms used in `graphs`, which were added to a graph of ours, that do not exist, by IRI.

    Names in our namespaces must be known, and terms of vocabularies whose lists are at hand. What a user's
    own vocabulary has, nobody here can tell.
    """
    used = {n.value for graph in graphs for t in store.triples(graph=graph) for n in t if isinstance(n, ox.NamedNode)}
    missing = sorted(iri for iri in used if not _is_known(store, iri, graphs))
    defined = _defined(store) if missing else set()
    return [UnknownTerm(iri=iri, nearest=_nearest(iri, defined), graphs=tuple(graphs)) for iri in missing]


def _is_known(store: Store, iri: str, added: Collection[ox.NamedNode]) -> bool:
    """Whether a name that `added` graphs use exists; the lists of outside vocabularies are looked at last."""
    node = ox.NamedNode(iri)
    if iri.startswith((TIES, TSH)):
        homes = (ONTOLOGY_GRAPH, *SHAPE_GRAPHS)
        return any(True for graph in homes for _ in store.triples(node, RDF["type"], graph=graph))
    if iri.startswith(BASE):
        return iri.startswith(GRAPH) or is_place(iri) or any(store.triples(node))
    if any(graph not in added for graph in _users(store, node)) or any(store.triples(node, RDF["type"])):
        return True
    namespace = _namespace(iri)
    if iri == namespace or namespace not in prefixes().values():
        return True
    return namespace not in _vocabularies() or _outside_has(iri)


def require_known(store: Store, /, *, corpus: Corpus, among: Collection[ox.NamedNode] | None = None) -> None:
    """Stop at terms that do not exist.

    Args:
        store: the graph.
        corpus: the files, for their lines.
        among: the graphs to look at, if they were added to a graph whose own terms are known.

    Raises:
        UnknownTermError: names each with file and line, and the known term nearest to the first.
    """
    unknown = unknown_terms(store) if among is None else unknown_added_terms(store, among)
    if not unknown:
        return
    lines = [_describe(term, corpus) for term in unknown]
    first, mend = lines[0]
    rest = [f"{place}: {message}" for (place, message), _ in lines[1:]]
    (place, message) = first
    raise UnknownTermError("\n".join([message, *rest]), place=place, mend=mend)


def unused_terms(store: Store, /, *, also: Store | None = None) -> list[str]:
    """The `ties:` terms that the ontology defines and neither data nor shapes (nor `also`: test cases) use."""
    used: set[str] = set()
    for source in (store, also) if also is not None else (store,):
        for quad in source.engine.quads_for_pattern(None, None, None, None):
            if quad.graph_name not in (ONTOLOGY_GRAPH, ox.DefaultGraph()):
                used.update(n.value for n in (quad.subject, quad.predicate, quad.object) if isinstance(n, ox.NamedNode))
    terms = {iri for iri in _subjects(store, ONTOLOGY_GRAPH, typed=True) if iri.startswith(TIES)}
    return sorted(terms - used)


def _describe(term: UnknownTerm, corpus: Corpus) -> tuple[tuple[str, str], str | None]:
    places = [place for graph in term.graphs for place in corpus.locate(term.iri, graph=graph)]
    place = ", ".join(places[:3]) or ", ".join(graph_name(graph) for graph in term.graphs)
    table = corpus.prefixes or prefixes()
    name = shorten(term.iri, table)
    mend = f"The nearest known one is {shorten(term.nearest, table)}." if term.nearest else None
    kind = "term" if not term.iri.startswith(BASE) or "#" in term.iri else "name"
    return (place, f"unknown {kind} {name}"), mend


def _used(store: Store) -> set[str]:
    """All IRIs that occur in `store`."""
    return {node.value for triple in store.triples() for node in triple if isinstance(node, ox.NamedNode)}


def _terms(store: Store) -> set[str]:
    """The IRIs that `store` uses as a property or as a class."""
    classes = {triple.object for triple in store.triples(None, RDF["type"])}
    predicates = {triple.predicate for triple in store.triples()}
    return {node.value for node in classes | predicates if isinstance(node, ox.NamedNode)}


def _is_outside_term(iri: str, terms: set[str]) -> bool:
    """Whether `iri` is to be found in a vocabulary not ours: it is used as one, or bears the name of one we know."""
    namespace = _namespace(iri)
    known = namespace in _vocabularies() and iri != namespace
    return not iri.startswith(BASE) and (known or iri in terms)


def _defined(store: Store) -> set[str]:
    """The IRIs that something is said about in the place where their kind is defined."""
    ontology = set(_subjects(store, ONTOLOGY_GRAPH, typed=True))
    shapes = {iri for graph in SHAPE_GRAPHS for iri in _subjects(store, graph)}
    things = {t.subject.value for t in store.triples() if isinstance(t.subject, ox.NamedNode)}
    return ontology | shapes | {iri for iri in things if iri.startswith(BASE) and not iri.startswith((TIES, TSH))}


def _subjects(store: Store, graph: ox.NamedNode, *, typed: bool = False) -> Iterator[str]:
    for triple in store.triples(None, RDF["type"] if typed else None, None, graph=graph):
        if isinstance(triple.subject, ox.NamedNode):
            yield triple.subject.value


def _users(store: Store, term: ox.NamedNode) -> list[ox.NamedNode]:
    graphs = {*store.graphs_stating(term), *store.graphs_stating(None, term), *store.graphs_stating(None, None, term)}
    return sorted(graphs, key=lambda graph: graph.value)


def _nearest(iri: str, known: set[str]) -> str | None:
    """The known term of the same namespace whose name is most like `iri`'s."""
    namespace = _namespace(iri)
    rivals = {other[len(namespace) :]: other for other in known if other.startswith(namespace)}
    if namespace in _vocabularies():
        rivals |= {term.removeprefix(namespace): term for term in _vocabularies()[namespace]}
    close = difflib.get_close_matches(iri[len(namespace) :], rivals, n=1)
    return rivals[close[0]] if close else None


def _outside_has(iri: str) -> bool:
    """Whether the outside vocabulary of `iri` lists it."""
    # rdf:_1, rdf:_2 … are without end and in no list.
    return iri in _vocabularies().get(_namespace(iri), frozenset()) or iri.startswith(RDF + "_")


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


_MORE = {
    # SPARQL 1.1 Service Description (https://www.w3.org/TR/sparql11-service-description/), section 3
    SD: (
        *("Aggregate", "Dataset", "EntailmentProfile", "EntailmentRegime", "Feature", "Function", "Graph"),
        *("GraphCollection", "Language", "NamedGraph", "Service", "BasicFederatedQuery", "DereferencesURIs"),
        *("EmptyGraphs", "RequiresDataset", "SPARQL10Query", "SPARQL11Query", "SPARQL11Update", "UnionDefaultGraph"),
        *("availableGraphs", "defaultDataset", "defaultEntailmentRegime", "defaultGraph", "endpoint", "feature"),
        *("defaultSupportedEntailmentProfile", "entailmentRegime", "extensionAggregate", "extensionFunction"),
        *("graph", "inputFormat", "languageExtension", "name", "namedGraph", "propertyFeature", "resultFormat"),
        *("supportedEntailmentProfile", "supportedLanguage"),
    ),
    # VoID's extension (http://ldf.fi/void-ext), as far as it is for data types
    VOID_EXT: ("datatype", "datatypePartition", "datatypes"),
    # What DCAT 3 has and DCAT 2 has not (https://www.w3.org/TR/vocab-dcat-3/)
    DCAT: (
        *("DatasetSeries", "first", "hasCurrentVersion", "hasVersion", "inSeries", "isVersionOf", "last"),
        *("next", "nextVersion", "prev", "previousVersion", "seriesMember", "version"),
    ),
}
"""Namespace → terms that rdflib has no list of."""


@cache
def _vocabularies() -> dict[str, frozenset[str]]:
    """Namespace → its terms, for the vocabularies whose lists rdflib carries, and for those that are listed here."""
    from rdflib import namespace as lists

    names = [
        *("DCAT", "DCMITYPE", "DCTERMS", "FOAF", "GEO", "ORG", "OWL", "PROV", "RDF", "RDFS"),
        *("SDO", "SH", "SKOS", "TIME", "VANN", "VOID", "WGS", "XSD"),
    ]
    closed = [getattr(lists, name) for name in names]
    # A term whose name is no Python identifier, sh:class for one, stands apart in _extras.
    known = {
        str(space._NS): frozenset({*(str(term) for term in dir(space)), *(space._NS + name for name in space._extras)})
        for space in closed
    }
    for space, terms in _MORE.items():
        known[str(space)] = known.get(str(space), frozenset()) | {space + term for term in terms}
    return known
