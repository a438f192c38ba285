"""What follows from what the files state, by the rules of OWL 2 RL: `graph:inferred`.

owlrl closes the graph; this module gives it what it needs, keeps what a reader can use and drops the
rest (axioms of the vocabularies themselves, reflexive identities, statements about literals or blank
nodes), and turns owlrl's error messages into an error that names the statements in conflict.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

import pyoxigraph as ox

from tiesgraph.errors import InconsistencyError
from tiesgraph.names import OWL, RDF, RDFS, SH, XSD, graph_iri, graph_name, prefixes, shorten
from tiesgraph.store import Store, add_rdflib, to_rdflib

if TYPE_CHECKING:
    import rdflib

__all__ = ["INFERRED", "add_inferences"]

INFERRED = graph_iri("inferred")

NOT_PREMISES = frozenset(graph_iri(name) for name in ("shapes", "audit", "inferred", "provenance", "dataset"))
"""Graphs that speak of our graph and its shapes, not of the world: nothing follows from them."""

PAIRS = {
    OWL + "AllDisjointClasses": (OWL + "members", OWL + "disjointWith"),
    OWL + "AllDisjointProperties": (OWL + "members", OWL + "propertyDisjointWith"),
    OWL + "AllDifferent": (OWL + "distinctMembers", OWL + "differentFrom"),
}
"""owlrl never compares the last member of these lists, so they are handed over as the pairs they mean."""

SCHEMA = frozenset(RDFS + name for name in ("domain", "range"))
"""owlrl carries domains and ranges up the class tree: true, and misleading as documentation."""

VOCABULARIES = (RDF, RDFS, OWL, XSD, SH)


def add_inferences(store: Store, /) -> int:
    """Close `store` under OWL 2 RL and put what is new and useful into `graph:inferred`; how many triples.

    Raises:
        InconsistencyError: statements cannot hold together; names each clash with its statements and their graphs.
    """
    from owlrl import OWLRL_Semantics

    premises = [graph for graph in store.graphs() if graph not in NOT_PREMISES]
    graph = to_rdflib(store, graphs=premises)
    known = set(graph)
    _leave_out_texts(graph)
    _spell_out_pairs(graph)
    rules = OWLRL_Semantics(graph, axioms=False, daxioms=False)
    rules.closure()
    if rules.error_messages:
        clashes = [_explain(store, str(message)) for message in sorted(rules.error_messages)]
        raise InconsistencyError("the ontology says that these statements cannot hold together", statements=clashes)
    for triple in [t for t in graph if t in known or not _useful(t)]:
        graph.remove(triple)
    return add_rdflib(store, graph, into=INFERRED)


def _leave_out_texts(graph: rdflib.Graph) -> None:
    """Take away the texts that no rule can use: owlrl would go through each in every round."""
    import rdflib

    speaking = (rdflib.RDFS.subPropertyOf, rdflib.RDFS.domain, rdflib.OWL.equivalentProperty)
    used = {prop for axiom in speaking for prop in graph.subjects(axiom, None)}
    for triple in list(graph):
        value = triple[2]
        if isinstance(value, rdflib.Literal) and (value.language or value.datatype is None) and triple[1] not in used:
            graph.remove(triple)


def _spell_out_pairs(graph: rdflib.Graph) -> None:
    import rdflib
    from rdflib.collection import Collection

    for kind, (members, pair) in PAIRS.items():
        for group in list(graph.subjects(rdflib.RDF.type, rdflib.URIRef(kind))):
            lists = [*graph.objects(group, rdflib.URIRef(members)), *graph.objects(group, rdflib.OWL.members)]
            for one, other in (pair for each in lists for pair in combinations(Collection(graph, each), 2)):
                graph.add((one, rdflib.URIRef(pair), other))


def _useful(triple: tuple[rdflib.term.Node, ...]) -> bool:
    """Whether a reader of the graph can use an inferred triple."""
    from rdflib import BNode, Literal, URIRef

    subject, predicate, value = triple
    if not isinstance(subject, URIRef) or not isinstance(predicate, URIRef) or isinstance(value, BNode):
        return False
    if subject == value or str(subject).startswith(VOCABULARIES) or str(predicate) in SCHEMA:
        return False
    return isinstance(value, Literal) or not str(value).startswith(VOCABULARIES)


def _explain(store: Store, message: str) -> str:
    """One clash in words, with the asserted statements behind it and where they are made."""
    table = prefixes()
    terms = [ox.NamedNode(iri) for iri in dict.fromkeys(re.findall(r"\w+://[^\s,()']+", message))]
    words = re.sub(r"\w+://[^\s,()']+", lambda match: shorten(match[0], table), message)
    lines = [f"- {words}"]
    for triple in _behind(store, terms):
        homes = [graph_name(g) for g in store.graphs_stating(triple.subject, triple.predicate, triple.object)]
        parts = (shorten(n.value, table) if isinstance(n, ox.NamedNode) else str(n) for n in triple)
        lines.append(f"    {' '.join(parts)}  [{', '.join(homes)}]")
    return "\n".join(lines)


def _behind(store: Store, terms: list[ox.NamedNode]) -> list[ox.Triple]:
    """The statements outside the ontology from which `terms`, named in a clash, come to be connected."""
    vocabulary = graph_iri("ontology")
    named = set(terms)
    defined = {term for term in terms if any(store.triples(term, RDF["type"], None, graph=vocabulary))}
    found: list[ox.Triple] = []
    for thing in (term for term in terms if term not in defined):
        for triple in [*store.triples(thing), *store.triples(None, None, thing)]:
            reaches = _above(store, triple.predicate) & defined
            classes = {triple.object} if triple.predicate == RDF["type"] else _implied(store, triple, thing)
            reaches |= {up for c in classes if isinstance(c, ox.NamedNode) for up in _above(store, c)} & defined
            if (reaches or {triple.subject, triple.object} <= named) and triple not in found:
                found.append(triple)
    return sorted(found, key=str)


def _implied(store: Store, triple: ox.Triple, thing: ox.NamedNode) -> set[ox.NamedNode]:
    """The classes that `triple` puts `thing` into by the domain or the range of its property."""
    side = RDFS["domain"] if triple.subject == thing else RDFS["range"]
    found = {t.object for prop in _above(store, triple.predicate) for t in store.triples(prop, side)}
    return {node for node in found if isinstance(node, ox.NamedNode)}


def _above(store: Store, term: ox.NamedNode) -> set[ox.NamedNode]:
    """`term` with all classes or properties above it."""
    found, todo = {term}, [term]
    while todo:
        lower = todo.pop()
        for relation in (RDFS["subClassOf"], RDFS["subPropertyOf"]):
            for triple in store.triples(lower, relation):
                if isinstance(triple.object, ox.NamedNode) and triple.object not in found:
                    found.add(triple.object)
                    todo.append(triple.object)
    return found
