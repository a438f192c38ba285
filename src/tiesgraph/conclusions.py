"""What is concluded from, and which conclusions are kept: the same for the reasoner and for the rules.

OWL 2 RL concludes far more than a reader of the graph can use: that everything is the same as itself, that
a literal is of its datatype, that an unnamed list is a thing. Both ways of closing the graph (`infer`,
`rules`) drop such conclusions by the one filter here, so that what they keep can be compared.
"""

import pyoxigraph as ox

from tiesgraph.names import OWL, RDF, RDFS, SH, XSD, graph_iri
from tiesgraph.store import Store

__all__ = ["INFERRED", "NOT_PREMISES", "VOCABULARIES", "is_kept", "is_stated", "premise_graphs", "structures"]

INFERRED = graph_iri("inferred")

NOT_PREMISES = frozenset(
    graph_iri(name) for name in ("shapes", "audit", "commentary", "inferred", "provenance", "dataset")
)
"""Graphs that speak of our graph and its shapes, not of the world: nothing follows from them."""

VOCABULARIES = (RDF, RDFS, OWL, XSD, SH)
"""The languages that graph, ontology and shapes are written in: conclusions about their terms are noise."""

_SCHEMA = frozenset((RDFS["domain"], RDFS["range"]))
# Domains and ranges are carried up the class tree: true, and misleading as documentation.

_IDENTITIES = frozenset(
    (
        OWL["sameAs"],
        OWL["equivalentClass"],
        OWL["equivalentProperty"],
        RDFS["subClassOf"],
        RDFS["subPropertyOf"],
    )
)
"""Relations that everything has to itself."""

_ABOUT_THINGS = frozenset((OWL["sameAs"], OWL["differentFrom"]))
# What OWL says of things and not of its own expressions; a curator's unnamed node may have them.


def premise_graphs(store: Store, /) -> list[ox.NamedNode]:
    """The named graphs of `store` that state something of the world, by IRI."""
    return [graph for graph in store.graphs() if graph not in NOT_PREMISES]


def is_stated(store: Store, triple: ox.Triple, /) -> bool:
    """Whether a graph from which things follow states `triple`.

    A store without named graphs (a dataset that a user serves) states what its default graph holds.
    """
    graphs = store.graphs_stating(triple.subject, triple.predicate, triple.object)
    if graphs:
        return not NOT_PREMISES.issuperset(graphs)
    return any(store.triples(triple.subject, triple.predicate, triple.object))


def structures(store: Store, /) -> frozenset[ox.BlankNode]:
    """The blank nodes that are lists, class expressions and other parts of axioms, not things without a name."""
    language = (OWL, RDF + "first", RDF + "rest", RDF + "List", RDFS + "Datatype")
    found = set()
    for row in store.select("SELECT ?node ?property ?value { ?node ?property ?value FILTER(isBlank(?node)) }"):
        term = row["value"] if row["property"] == RDF["type"] else row["property"]
        if isinstance(term, ox.NamedNode) and term not in _ABOUT_THINGS and term.value.startswith(language):
            found.add(row["node"])
    return frozenset(found)


def is_kept(triple: ox.Triple, /, *, dropped: frozenset[ox.BlankNode]) -> bool:
    """Whether a conclusion is worth keeping. Let go are:

    - identities: `x owl:sameAs x`, a class or a property below or equivalent to itself;
    - inferred domains and ranges;
    - statements about, or whose value is, a term of RDF, RDFS, OWL, XSD or SHACL (`x a owl:Thing`);
    - statements about, or whose value is, a node of `dropped`: class expressions and lists;
    - the identity of a thing with a literal.

    A conclusion about a literal, or with a blank node as its property, is no RDF and cannot come here.
    """
    if triple.predicate in _SCHEMA:
        return False
    if triple.predicate in _IDENTITIES and triple.subject == triple.object:
        return False
    if triple.predicate == OWL["sameAs"] and isinstance(triple.object, ox.Literal):
        return False
    for node in (triple.subject, triple.object):
        if isinstance(node, ox.NamedNode) and node.value.startswith(VOCABULARIES):
            return False
        if isinstance(node, ox.BlankNode) and node in dropped:
            return False
    return True
