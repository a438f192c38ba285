"""What follows from what the files state, by the rules of OWL 2 RL: `graph:inferred`.

owlrl closes the graph; this module gives it what it needs, keeps what a reader can use (`conclusions`)
and turns owlrl's error messages into an error that names the statements in conflict.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

import pyoxigraph as ox

from tiesgraph.bridge import engine_triple, to_rdflib
from tiesgraph.conclusions import INFERRED, is_kept, premise_graphs, structures
from tiesgraph.errors import InconsistencyError
from tiesgraph.names import OWL, RDF, RDFS, graph_iri, graph_name, prefixes, shorten
from tiesgraph.store import Store

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

__all__ = ["add_inferences"]

_LANGUAGE = (RDF, RDFS, OWL)

PAIRS = {
    OWL + "AllDisjointClasses": (OWL + "members", OWL + "disjointWith"),
    OWL + "AllDisjointProperties": (OWL + "members", OWL + "propertyDisjointWith"),
    OWL + "AllDifferent": (OWL + "distinctMembers", OWL + "differentFrom"),
}
"""owlrl never compares the last member of these lists, so they are handed over as the pairs they mean."""


def add_inferences(store: Store, /) -> int:
    """Close `store` under OWL 2 RL and put what is new and useful into `graph:inferred`; how many triples.

    Raises:
        InconsistencyError: statements cannot hold together; names each clash with its statements and their graphs.
    """
    import rdflib

    graph = to_rdflib(store, graphs=premise_graphs(store), indexed_by="SimpleMemory")
    known = set(graph)
    _leave_out_texts(graph)
    _spell_out_pairs(graph)
    _spell_out_keys(graph)
    known.update(graph)
    clashes = _close(graph)
    if clashes:
        told = [_explain(store, message) for message in clashes]
        raise InconsistencyError("the ontology says that these statements cannot hold together", statements=told)
    dropped = structures(store)
    # owlrl also says things of literals, and by properties without a name: neither is RDF.
    sayable = (t for t in graph if not isinstance(t[0], rdflib.Literal) and isinstance(t[1], rdflib.URIRef))
    found = (engine_triple(triple) for triple in sayable if triple not in known)
    useful = [triple for triple in found if is_kept(triple, dropped=dropped)]
    store.add(useful, graph=INFERRED)
    return len(useful)


def _close(graph: rdflib.Graph) -> list[str]:
    """Let owlrl put into `graph` all that follows; its error messages, in alphabetical order."""
    import rdflib
    from owlrl import OWLRL_Semantics

    class OnlyWhatMatters(OWLRL_Semantics):  # type: ignore[misc] # owlrl carries no types
        """owlrl without the work that comes to nothing; what it concludes is the same.

        It would say of everything that it is the same as itself (eq-ref), from which nothing else follows and
        which is dropped; and try its rules in every round on every statement, of which each looks only at
        those made in the language of OWL (the first round also notes which nodes have no name).
        """

        def rules(self, t: tuple[Node, Node, Node], cycle_num: int) -> None:
            told = t[2] if t[1] == rdflib.RDF.type else t[1]
            # rdflib has a startswith of its own, which takes no tuple.
            if cycle_num == 1 or (isinstance(told, rdflib.URIRef) and str(told).startswith(_LANGUAGE)):
                super().rules(t, cycle_num)

        def store_triple(self, t: tuple[Node, Node, Node]) -> None:
            if not (t[1] == rdflib.OWL.sameAs and t[0] == t[2]):
                super().store_triple(t)

    rules = OnlyWhatMatters(graph, axioms=False, daxioms=False)
    rules.closure()
    return sorted(str(message) for message in rules.error_messages)


def _leave_out_texts(graph: rdflib.Graph) -> None:
    """Take away the texts that no rule can use: owlrl would go through each in every round."""
    import rdflib
    from rdflib import OWL as owl  # noqa: N811 - the names of this module are strings

    # Sameness hands every statement on, so that where it may come about no text can be spared.
    makers = (owl.FunctionalProperty, owl.InverseFunctionalProperty)
    relations = (owl.sameAs, owl.hasKey, owl.maxCardinality, owl.maxQualifiedCardinality)
    if any((None, rdflib.RDF.type, kind) in graph for kind in makers) or any(
        (None, r, None) in graph for r in relations
    ):
        return
    speaking = (rdflib.RDFS.subPropertyOf, rdflib.RDFS.domain, owl.equivalentProperty, owl.propertyDisjointWith)
    naming = (owl.equivalentProperty, owl.propertyDisjointWith, owl.onProperty, owl.assertionProperty, rdflib.RDF.first)
    used = {prop for axiom in speaking for prop in graph.subjects(axiom, None)}
    used |= {prop for axiom in naming for prop in graph.objects(None, axiom)} | {owl.hasValue, owl.targetValue}
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


def _spell_out_keys(graph: rdflib.Graph) -> None:
    """Hand over each key with its last property twice, because owlrl never compares the last."""
    import rdflib
    from rdflib.collection import Collection

    for triple in list(graph.triples((None, rdflib.OWL.hasKey, None))):
        properties = list(Collection(graph, triple[2]))
        graph.remove(triple)
        again = Collection(graph, rdflib.BNode(), [*properties, *properties[-1:]])
        graph.add((triple[0], triple[1], again.uri))


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
