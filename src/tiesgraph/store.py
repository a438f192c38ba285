"""The graph in the engine: what loads it, and the only bridge between the engine and rdflib.

A named graph holds what one place states. Beside them the default graph holds every triple once,
however many pages state it: an engine's own union mode would count a fact once a page.
rdflib is imported by the bridge functions alone, because a server must start without it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from tiesgraph.corpus import Subject, Term, parse_file
from tiesgraph.errors import MisuseError, PackError
from tiesgraph.names import graph_name
from tiesgraph.paths import closed_relations, shortened
from tiesgraph.syntax import may_name_graphs

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

__all__ = [
    "Answer",
    "Store",
    "Subject",
    "Term",
    "engine_term",
    "engine_triple",
    "quiet_about_literals",
    "rdflib_term",
    "to_rdflib",
]

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

DEFAULT = ox.DefaultGraph()


class Store:
    """An RDF dataset in memory, whose default graph is the union of its named graphs, each triple once.

    Args:
        union: False for a dataset whose default graph is whatever is loaded into it, as with a user's files.
    """

    def __init__(self, *, union: bool = True) -> None:
        self.engine = ox.Store()
        """The engine itself, for whoever needs what this class does not wrap."""
        self.is_union = union
        """Whether the default graph only repeats what the named graphs say."""
        self.met: set[str] = set()
        """IRIs that are known to occur. Nothing is ever taken out of a store, so that they always will."""
        self.sound: dict[str, set[str]] = {}
        """Words of queries whose names are known to occur, by how those queries begin, which says what names mean."""
        self.names: dict[str, list[str]] = {}
        """The names of a namespace that occur, kept for hints once the store is final."""
        self._default_alone: ox.Store | None = None
        self._closed: frozenset[str] = frozenset()

    @classmethod
    def unpack(cls, file: Path, /) -> Store:
        """The dataset of an N-Quads file that `dump` wrote, default graph and all.

        Raises:
            PackError: the file is missing or damaged.
        """
        store = cls()
        try:
            # Lenient: the IRIs were looked at when the file was written, and a fifth of the time is saved.
            # In one transaction, not in batches as `bulk_load` does it: a tenth faster at this size.
            store.engine.load(path=str(file), format=ox.RdfFormat.N_QUADS, lenient=True)
        except (OSError, SyntaxError) as error:
            raise PackError(f"the packed graph cannot be read: {error}", place=file.name) from error
        return store

    def narrowing(self) -> Iterator[None]:
        """Make a second engine that holds the default graph alone, a piece of the way at each step.

        The engine finds the triples of a pattern in lists that all graphs share. Where every triple stands in a
        named graph as well, half of what it looks at is in vain, and a fork of a process that looks at it gets a
        copy. A query that names no graph takes about a quarter less time with an engine of its own.
        Which paths are short (`paths`) is found out, too. Once this has been begun, nothing may be added to the store.
        """
        quads = self.engine.quads_for_pattern(None, None, None, DEFAULT)
        alone = ox.Store()
        while piece := list(islice(quads, 2_000)):
            alone.extend(piece)
            yield
        if len(alone) * 4 < len(self.engine) * 3:
            for relation in closed_relations(alone):
                self._closed |= {relation} if relation else set()
                yield
            self._default_alone = alone

    @property
    def is_final(self) -> bool:
        """Whether nothing may be added any more."""
        return self._default_alone is not None

    def plan(self, text: str, /) -> tuple[ox.Store, str]:
        """The engine that answers a query soonest, of those that answer it alike, and how it is best put to it."""
        if self._default_alone is None or may_name_graphs(text):
            return self.engine, text
        return self._default_alone, shortened(text, self._closed)

    def __len__(self) -> int:
        """The number of distinct triples: the size of the default graph."""
        return self.size()

    def load(self, file: Path, /, *, graph: ox.NamedNode, place: str | None = None) -> int:
        """Put the triples of an RDF file into `graph` and the default graph; how many it states.

        Raises:
            CorpusError: see `corpus.parse_file`.
        """
        triples = list(parse_file(file, place=place, scope=f"{graph_name(graph)}-{file.stem}"))
        self.add(triples, graph=graph)
        return len(triples)

    def add(self, triples: Iterable[ox.Triple], /, *, graph: ox.NamedNode) -> None:
        """Put `triples` into `graph` and into the default graph."""
        known = list(triples)
        for home in (graph, DEFAULT):
            self.engine.extend(ox.Quad(t.subject, t.predicate, t.object, home) for t in known)

    def remove(self, triples: Iterable[ox.Triple], /, *, graph: ox.NamedNode) -> None:
        """Take `triples` out of `graph`, and those that no other graph states out of the default graph."""
        for triple in triples:
            self.engine.remove(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
            if not self.graphs_stating(triple.subject, triple.predicate, triple.object):
                self.engine.remove(ox.Quad(triple.subject, triple.predicate, triple.object, DEFAULT))

    def graphs(self) -> list[ox.NamedNode]:
        """The named graphs, by IRI."""
        named = (graph for graph in self.engine.named_graphs() if isinstance(graph, ox.NamedNode))
        return sorted(named, key=lambda graph: graph.value)

    def size(self, graph: ox.NamedNode | None = None) -> int:
        """The number of triples of `graph`, or of the default graph."""
        return sum(1 for _ in self.engine.quads_for_pattern(None, None, None, graph or DEFAULT))

    def triples(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
        *,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Triple]:
        """The triples that fit, of `graph` or else of the default graph; None fits anything."""
        for quad in self.engine.quads_for_pattern(subject, predicate, value, graph or DEFAULT):
            yield quad.triple

    def graphs_stating(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> list[ox.NamedNode]:
        """The named graphs that hold a triple which fits, by IRI."""
        quads = self.engine.quads_for_pattern(subject, predicate, value, None)
        found = {quad.graph_name for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
        return sorted(found, key=lambda graph: graph.value)

    def subset(self, graphs: Iterable[ox.NamedNode], /) -> Store:
        """A dataset of its own with `graphs` alone, its default graph their union."""
        part = Store()
        quads = (quad for graph in graphs for quad in self.engine.quads_for_pattern(None, None, None, graph))
        twice = ((quad, ox.Quad(quad.subject, quad.predicate, quad.object, DEFAULT)) for quad in quads)
        part.engine.bulk_extend(quad for pair in twice for quad in pair)
        return part

    def query(
        self,
        text: str,
        /,
        *,
        prefixes: Mapping[str, str] | None = None,
        substitutions: Mapping[ox.Variable, Term] | None = None,
    ) -> Answer:
        """The engine's answer to a SPARQL query; `prefixes` serve where the text declares none of that name.

        Raises:
            SyntaxError: the text is no SPARQL 1.1 query.
        """
        return self.engine.query(
            text,
            prefixes=dict(prefixes) if prefixes else None,
            substitutions={**substitutions} if substitutions else None,
        )

    def select(
        self,
        text: str,
        /,
        *,
        prefixes: Mapping[str, str] | None = None,
        substitutions: Mapping[ox.Variable, Term] | None = None,
    ) -> ox.QuerySolutions:
        """The rows of a SELECT query of ours.

        Raises:
            SyntaxError: the text is no SPARQL 1.1 query.
            MisuseError: it is one of another form.
        """
        answer = self.query(text, prefixes=prefixes, substitutions=substitutions)
        if not isinstance(answer, ox.QuerySolutions):
            raise MisuseError("a SELECT query is wanted here")
        return answer

    def dump(self, file: Path, /) -> None:
        """Write the whole dataset as N-Quads, sorted, so that equal graphs give equal bytes."""
        lines = sorted(f"{quad} .\n" for quad in self.engine)
        file.write_text("".join(lines), encoding="utf-8", newline="\n")


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
