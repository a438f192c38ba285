"""A user's own statements beside the report's: files added to the finished graph, with all that then follows.

Each file becomes a named graph of its own, `graph:added-<name of the file>`, never one of the report's, so that
`GRAPH ?g` cites it as it cites a page. What newly follows joins `graph:inferred` and `graph:derived`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.bounds import BOUNDS, dated_by, renew_bounds
from tiesgraph.conclusions import INFERRED, is_stated
from tiesgraph.corpus import Corpus, Source, parse_file
from tiesgraph.errors import CorpusError, MisuseError
from tiesgraph.names import DCTERMS, OWL, PROV, RDF, graph_iri, graph_name, slug
from tiesgraph.rules import Closing, Rule, close, compile_rules, refuse
from tiesgraph.store import Store
from tiesgraph.terms import require_known

__all__ = ["Addition", "Additions", "add_files", "files_among"]

_FORMATS = (".ttl", ".nt", ".rdf", ".jsonld")
_PROVENANCE = graph_iri("provenance")


@dataclass(frozen=True, kw_only=True)
class Addition:
    """One file that was added.

    Attributes:
        file: where it lies.
        graph: the named graph that it became.
        statements: how many it makes.
        digest: SHA-256 of its bytes.
    """

    file: Path
    graph: ox.NamedNode
    statements: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Additions:
    """What was added to a graph, and what came of it.

    Attributes:
        files: the files, in the order of their names.
        new: the statements that nothing in the graph stated before.
        inferred: what newly follows from them by the ontology's rules, their own axioms included.
        derived: the calendar bounds that came with them.
    """

    files: tuple[Addition, ...]
    new: tuple[ox.Triple, ...]
    inferred: tuple[ox.Triple, ...]
    derived: tuple[ox.Triple, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over the names and the bytes of the files: equal exactly when the additions are."""
        told = "\0".join(f"{one.graph.value} {one.digest}" for one in self.files)
        return hashlib.sha256(told.encode()).hexdigest()


def files_among(paths: Sequence[Path], /) -> list[Path]:
    """The files that `paths` stand for: themselves, and of a folder all files in it whose names end as RDF's do.

    Raises:
        MisuseError: a folder has none, or a file holds graphs of its own.
        CorpusError: there is no such file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix in _FORMATS and file.is_file())
            if not inside:
                raise MisuseError(f"there is no RDF file in {path}", mend=f"File names end in {', '.join(_FORMATS)}.")
            found += inside
        elif not path.is_file():
            raise CorpusError("there is no such file", place=str(path))
        elif path.suffix in (".trig", ".nq"):
            raise MisuseError(
                f"{path} has graphs of its own, and an added file becomes one graph",
                mend=f"Add a file that ends in {', '.join(_FORMATS)}, or serve the dataset alone with --data.",
            )
        elif path.suffix not in _FORMATS:
            raise CorpusError(
                "no format of triples has this file name ending", place=str(path), mend=f"Known: {', '.join(_FORMATS)}."
            )
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def add_files(store: Store, paths: Sequence[Path], /) -> Additions:
    """Add the statements of files to a finished graph, and what follows from them.

    Args:
        store: the graph, as `pack.open_graph` gives it; it is of no further use where anything is raised.
        paths: files of triples (Turtle, N-Triples, RDF/XML, JSON-LD) and folders of such files.

    Raises:
        MisuseError: a path stands for no file of triples.
        CorpusError: a file is not well formed (with file, line and column), or a date in it is ill-formed.
        UnknownTermError: a name in our namespaces, or a term of a vocabulary known here, does not exist; with file
            and line.
        AxiomError: a file states an axiom of which no rule can be made.
        InconsistencyError: the statements cannot hold together with the graph's; names them with their places.
    """
    files = files_among(paths)
    sources = tuple(
        Source(path=file, name=str(file), graph=graph) for file, graph in zip(files, _names(store, files), strict=True)
    )
    stated = {source: list(parse_file(source.path, scope=graph_name(source.graph))) for source in sources}
    every = dict.fromkeys(triple for triples in stated.values() for triple in triples)
    new = [triple for triple in every if not is_stated(store, triple)]
    for source, triples in stated.items():
        store.add(triples, graph=source.graph)
    for triple in new:
        # What is stated now need not be inferred any more.
        store.engine.remove(ox.Quad(triple.subject, triple.predicate, triple.object, INFERRED))
    added = tuple(_addition(source, len(triples)) for source, triples in stated.items())
    store.add(_provenance(added), graph=_PROVENANCE)
    corpus = Corpus(root=Path(), sources=sources)
    require_known(store, corpus=corpus, among=[source.graph for source in sources])
    try:
        derived, closing, inferred = _follow(store, new)
    except CorpusError as error:
        raise type(error)(error.message, place=_place(error, corpus), mend=error.mend) from error
    refuse(store, closing.rules, closing.contradictions)
    return Additions(files=added, new=tuple(new), inferred=tuple(inferred), derived=tuple(derived))


def _names(store: Store, files: Sequence[Path]) -> Iterator[ox.NamedNode]:
    """A graph for each file, called after it and like no other there is."""
    taken = set(store.graphs())
    for file in files:
        stem = slug(file.stem) or "file"
        candidates = (graph_iri(f"added-{stem}{f'-{n}' if n > 1 else ''}") for n in count(1))
        graph = next(one for one in candidates if one not in taken)
        taken.add(graph)
        yield graph


def _addition(source: Source, statements: int) -> Addition:
    try:
        digest = hashlib.sha256(source.path.read_bytes()).hexdigest()
    except OSError as error:
        raise CorpusError(f"the file cannot be read: {error.strerror}", place=source.name) from error
    return Addition(file=source.path, graph=source.graph, statements=statements, digest=digest)


def _provenance(added: Iterable[Addition]) -> Iterator[ox.Triple]:
    """What `graph:provenance` says of the files: their names, not where they lie, and which they were to the byte."""
    for one in added:
        yield ox.Triple(one.graph, RDF["type"], PROV["Entity"])
        yield ox.Triple(one.graph, DCTERMS["title"], ox.Literal(one.file.name))
        yield ox.Triple(one.graph, DCTERMS["identifier"], ox.Literal(f"sha256:{one.digest}"))


def _follow(store: Store, new: Sequence[ox.Triple]) -> tuple[list[ox.Triple], Closing, list[ox.Triple]]:
    """The bounds that came, the closing, and what was newly inferred.

    Bounds may move, and then the old ones go. Hardly anything ever follows from a bound; where something might,
    the graph is closed afresh.
    """
    came, went = renew_bounds(store, dated_by(store, new))
    if not went or not _lead_on(compile_rules(store), store):
        closing = close(store, added=[*new, *came])
        return came, closing, list(closing.inferred)
    before = list(store.triples(graph=INFERRED))
    store.remove(before, graph=INFERRED)
    closing = close(store)
    known = frozenset(before)
    return came, closing, [triple for triple in closing.inferred if triple not in known]


def _lead_on(rules: Iterable[Rule], store: Store) -> bool:
    """Whether anything may follow from a bound: by an axiom about it, or because things are the same."""
    named = any(pattern[1] in BOUNDS for rule in rules for pattern in rule.body)
    return named or any(store.triples(None, OWL["sameAs"]))


def _place(error: CorpusError, corpus: Corpus) -> str | None:
    """Where an error is in the added files: its place, with their names and lines for the names of their graphs."""
    named = re.search(r"<([^<>\s]+)>", error.message)
    places = []
    for name in (error.place or "").split(", "):
        files = [source.name for source in corpus.sources if graph_name(source.graph) == name]
        lines = corpus.locate(named[1], graph=graph_iri(name)) if files and named else []
        places += lines or files or [name]
    return ", ".join(places) or None
