"""The graph in the engine, and what loads it.

A named graph holds what one place states. Beside them the default graph holds every triple once,
however many pages state it: an engine's own union mode would count a fact once a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from threading import Lock

import pyoxigraph as ox

from tiesgraph.corpus import Subject, Term, parse_file
from tiesgraph.errors import MisuseError
from tiesgraph.names import graph_name
from tiesgraph.parts import Parts, write_parts
from tiesgraph.planning import Plans, closed_relations

__all__ = ["Answer", "Store", "Subject", "Term"]

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

DEFAULT = ox.DefaultGraph()


class Store:
    """An RDF dataset in memory, whose default graph is the union of its named graphs, each triple once.

    Args:
        union: False for a dataset whose default graph is whatever is loaded into it, as with a user's files.
    """

    def __init__(self, *, union: bool = True) -> None:
        self.is_union = union
        """Whether the default graph only repeats what the named graphs say."""
        self.met: set[str] = set()
        """IRIs that are known to occur. Nothing is ever taken out of a store, so that they always will."""
        self.sound: dict[str, set[str]] = {}
        """Words of queries whose names are known to occur, by how those queries begin, which says what names mean."""
        self.names: dict[str, list[str]] = {}
        """The names of a namespace that occur, kept for hints once the store is final."""
        self._engine = ox.Store()
        self._parts: Parts | None = None
        self._completing = Lock()
        self._default_alone: ox.Store | None = None
        self._plans: Plans | None = None

    @classmethod
    def unpack(cls, folder: Path, /) -> Store:
        """The dataset that `pack` wrote to a folder. Its named graphs are read when they are needed, or `complete`.

        Raises:
            PackError: a file is missing or damaged.
        """
        store = cls()
        store._parts = Parts(folder)
        # Another process may have put a new pack in its place meanwhile.
        return store if store._parts.load_default(store._engine) else cls.unpack(folder)

    def pack(self, folder: Path, /) -> str:
        """Write the dataset to files of a folder, as `unpack` wants them; the SHA-256 of its N-Quads, sorted.

        Raises:
            OSError: they cannot be written.
        """
        return write_parts(self.engine, folder)

    @property
    def engine(self) -> ox.Store:
        """The engine itself, with all graphs, for whoever needs what this class does not wrap.

        Raises:
            PackError: there are graphs that had not been read yet, and their file is damaged.
        """
        self.complete()
        return self._engine

    def complete(self) -> None:
        """Read what has not been read yet: 0.2 seconds of work, of which the interpreter is free.

        Raises:
            PackError: a file is damaged.
        """
        if self._parts is None:
            return
        with self._completing:
            # Another thread may have done it.
            if self._parts is not None:
                for _ in self._parts.load_named(self._engine):
                    pass
                self._parts = None

    def narrowing(self) -> Iterator[None]:
        """Make a second engine that holds the default graph alone, a piece of the way at each step.

        The engine finds the triples of a pattern in lists that all graphs share. Where every triple stands in a
        named graph as well, half of what it looks at is in vain, and a fork of a process that looks at it gets a
        copy. A query that names no graph takes about a quarter less time with an engine of its own.
        Which paths are short (`planning`) is found out, too. Once this has been begun, nothing may be added.
        """
        alone, whole = self._engine, ox.Store()
        if self._parts is not None:
            # There is such an engine, and it is the other that is made.
            for _ in self._parts.load_all(whole):
                yield
        else:
            alone, whole = whole, alone
            quads = whole.quads_for_pattern(None, None, None, DEFAULT)
            while piece := list(islice(quads, 2_000)):
                alone.extend(piece)
                yield
        if len(alone) * 4 < len(whole) * 3:
            closed = set()
            for relation in closed_relations(alone):
                closed |= {relation} if relation else set()
                yield
            self._plans = Plans(alone, closed=closed)
            self._default_alone = alone
        self._engine, self._parts = whole, None

    @property
    def is_final(self) -> bool:
        """Whether nothing may be added any more."""
        return self._default_alone is not None

    def plan(self, text: str, /) -> tuple[ox.Store, str]:
        """The engine that answers a query soonest, of those that answer it alike, and how it is best put to it."""
        alone = self._engine if self._parts is not None else self._default_alone
        if self._plans is None:
            self._plans = Plans(self._engine if alone is None else alone)
        plan = self._plans.of(text)
        return (self.engine if alone is None or plan.names_graphs else alone), plan.text

    def mentions(self, name: ox.NamedNode, /) -> bool:
        """Whether any quad holds a name."""
        is_whole = self._parts is None
        return _mentions(self._engine, name) or (not is_whole and _mentions(self.engine, name))

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
        return sum(1 for _ in self.triples(graph=graph))

    def triples(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
        *,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Triple]:
        """The triples that fit, of `graph` or else of the default graph; None fits anything."""
        engine = self._engine if graph is None else self.engine
        for quad in engine.quads_for_pattern(subject, predicate, value, graph or DEFAULT):
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


def _mentions(engine: ox.Store, name: ox.NamedNode) -> bool:
    found = engine.quads_for_pattern
    return (
        next(found(name, None, None, None), None)
        or next(found(None, name, None, None), None)
        or next(found(None, None, name, None), None)
        or next(found(None, None, None, name), None)
    ) is not None
