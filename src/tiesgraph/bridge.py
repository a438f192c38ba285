"""The only bridge between the engine and rdflib.

rdflib is imported by its functions alone, because a server must start without it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyoxigraph as ox

from tiesgraph.corpus import Term
from tiesgraph.store import Store

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

__all__ = ["engine_term", "engine_triple", "quiet_about_literals", "rdflib_term", "to_rdflib"]


def to_rdflib(
    store: Store, /, *, graphs: Sequence[ox.NamedNode] | None = None, indexed_by: str = "default"
) -> rdflib.Graph:
    """The triples of `graphs` (the default graph where None) as one graph of rdflib's, in the store it so calls."""
    import rdflib

    graph = rdflib.Graph(store=indexed_by, bind_namespaces="none")
    with quiet_about_literals():
        for name in graphs if graphs is not None else (None,):
            for subject, predicate, value in store.triples(graph=name):
                graph.add((rdflib_term(subject), rdflib_term(predicate), rdflib_term(value)))
    return graph


@contextmanager
def quiet_about_literals() -> Iterator[None]:
    """Keep rdflib from logging a traceback for each ill-formed literal: finding those is the shapes' office."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def engine_triple(triple: tuple[Node, Node, Node], /) -> ox.Triple:
    """The engine's counterpart of one of rdflib's triples.

    Raises:
        ValueError: a part of it has none.
        TypeError: its subject or predicate is of a kind that RDF does not allow.
    """
    return ox.Triple(*(engine_term(node) for node in triple))  # type: ignore[arg-type]


def rdflib_term(term: Term, /) -> Node:
    """rdflib's counterpart of one of the engine's terms.

    Raises:
        ValueError: it has none (a triple as a term).
    """
    import rdflib

    match term:
        case ox.NamedNode():
            return rdflib.URIRef(term.value)
        case ox.BlankNode():
            return rdflib.BNode(term.value)
        case ox.Literal():
            datatype = None if term.language else rdflib.URIRef(term.datatype.value)
            if datatype == rdflib.XSD.string:
                # rdflib holds "a" and "a"^^xsd:string apart, RDF 1.1 does not.
                datatype = None
            # The lexical form is what the page's file says: it must not be tidied on the way.
            return rdflib.Literal(term.value, lang=term.language, datatype=datatype, normalize=False)
    raise ValueError(f"rdflib has no counterpart of {term}")


def engine_term(node: Node, /) -> Term:
    """The engine's counterpart of one of rdflib's terms.

    Raises:
        ValueError: it has none (a variable, a formula).
    """
    import rdflib

    match node:
        case rdflib.URIRef():
            return ox.NamedNode(node)
        case rdflib.BNode():
            return ox.BlankNode(node)
        case rdflib.Literal():
            if node.language:
                return ox.Literal(str(node), language=node.language)
            return ox.Literal(str(node), datatype=ox.NamedNode(node.datatype) if node.datatype else None)
    raise ValueError(f"the engine has no counterpart of {node!r}")
