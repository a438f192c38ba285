"""From files to the finished graph: load, terms, shapes over the asserted, bounds, inference, consistency, audit,
commentary on the shapes, description.

The order matters: a page's mistake is told before anything is derived from it, and shapes see only what
pages state. Each stage is timed into the manifest, and tells of its progress.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tiesgraph.corpus import Corpus
from tiesgraph.errors import InvalidGraphError
from tiesgraph.names import graph_name, prefixes
from tiesgraph.provenance import add_provenance
from tiesgraph.store import Store

__all__ = ["Manifest", "Progress", "add_provenance", "build", "fingerprint", "load"]

Progress = Callable[[str, int, int], None]
"""Called with a stage's name and how many of its steps are done, of how many."""

CODE = (
    *("names", "notation", "datatypes", "corpus", "store", "parts", "bridge", "provenance", "terms"),
    *("shacl/*", "validate", "bounds", "conclusions", "infer", "rules/*", "contradictions/*", "pipeline"),
    *("cases", "census", "commentary", "dump", "media", "outline", "query", "rdffile", "reference/*", "description/*"),
)
QUESTIONS = "queries/*.rq"
ENGINES = ("owlrl", "pyoxigraph", "pyshacl", "rdflib")

HERE = Path(__file__).resolve().parent


@dataclass(kw_only=True)
class Manifest:
    """What the pack says of itself.

    Attributes:
        version: of tiesgraph, when the pack was made.
        content_hash: of the files and the code it was made from: it tells whether the pack is stale.
        graph_hash: SHA-256 of its N-Quads, sorted: it tells one graph from another.
        triples: how many distinct ones the graph has.
        graphs: short name of a named graph → how many triples it has.
        files: short name of a named graph → the curated files it was loaded from.
        seconds: stage → how long it took.
    """

    version: str
    content_hash: str
    graph_hash: str = ""
    triples: int = 0
    graphs: dict[str, int] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def build(corpus: Corpus, /, *, progress: Progress | None = None, version: str | None = None) -> tuple[Store, Manifest]:
    """Make the graph: load, terms, shapes over what is asserted, date bounds, inference, consistency, audit,
    description.

    Raises:
        CorpusError: a file is broken or out of place, or a date in it is ill-formed.
        UnknownTermError: a term does not exist.
        InvalidGraphError: the shapes find violations.
        InconsistencyError: statements cannot hold together.
    """
    # The reasoner and the validator come with rdflib, which a server never loads.
    from tiesgraph.bounds import add_bounds
    from tiesgraph.commentary import add_commentary
    from tiesgraph.contradictions import add_contradictions
    from tiesgraph.infer import add_inferences
    from tiesgraph.rules import require_consistent

    manifest = Manifest(version=version or _installed_version("tiesgraph"), content_hash=fingerprint(corpus))
    tell = progress or _silent
    with _timed("load", manifest):
        store = load(corpus, progress=tell)
    stages: dict[str, Callable[[], object]] = {
        "terms": lambda: _require_known(store, corpus),
        "shapes": lambda: _require_valid(store, corpus),
        "bounds": lambda: add_bounds(store),
        "inference": lambda: add_inferences(store),
        # The rules compare literals, and values with datatypes, which owlrl does not.
        "consistency": lambda: require_consistent(store),
        "audit": lambda: add_contradictions(store),
        "commentary": lambda: add_commentary(store, folder=corpus.cases),
        "description": lambda: _describe(store, corpus, manifest.version),
    }
    for stage, work in stages.items():
        tell(stage, 0, 1)
        with _timed(stage, manifest):
            work()
        tell(stage, 1, 1)
    manifest.triples = len(store)
    manifest.graphs = {graph_name(graph): store.size(graph) for graph in store.graphs()}
    for source in corpus.sources:
        manifest.files.setdefault(graph_name(source.graph), []).append(source.name)
    return store, manifest


def load(corpus: Corpus, /, *, progress: Progress | None = None) -> Store:
    """The files of `corpus` as named graphs, each page graph with its provenance.

    Raises:
        CorpusError: a file is not well formed.
    """
    store = Store()
    for done, source in enumerate(corpus.sources):
        (progress or _silent)("load", done, len(corpus.sources))
        store.load(source.path, graph=source.graph, place=source.name)
    add_provenance(store)
    (progress or _silent)("load", len(corpus.sources), len(corpus.sources))
    return store


def fingerprint(corpus: Corpus, /) -> str:
    """SHA-256 over the corpus, the code that computes and the engines' versions: what the graph depends on."""
    digest = hashlib.sha256(corpus.content_hash().encode())
    for file in sorted(file for file in corpus.cases.rglob("*") if file.is_file()):
        digest.update(f"{file.parent.name}/{file.name}\0".encode() + file.read_bytes())
    for pattern in (*(f"{module}.py" for module in CODE), QUESTIONS):
        for file in sorted(HERE.glob(pattern)):
            digest.update(file.read_bytes())
    for engine in ENGINES:
        digest.update(f"{engine} {_installed_version(engine)}\n".encode())
    return digest.hexdigest()


def _require_known(store: Store, corpus: Corpus) -> None:
    from tiesgraph.terms import require_known

    require_known(store, corpus=corpus)


def _require_valid(store: Store, corpus: Corpus) -> None:
    from tiesgraph.validate import check

    wrong = [finding for finding in check(store) if finding.severity == "violation"]
    if wrong:
        lines = []
        for finding in wrong[:10]:
            places = [place for graph in finding.graphs for place in corpus.locate(finding.focus, graph=graph)]
            lines.append(f"- {finding.focus}: {finding.message} [{', '.join(places or finding.places)}]")
        raise InvalidGraphError(
            "\n".join([f"the graph breaks its own shapes in {len(wrong)} places", *lines]),
            mend="`tiesgraph check` lists them all.",
        )


def _describe(store: Store, corpus: Corpus, version: str) -> None:
    from tiesgraph.description import add_description
    from tiesgraph.query import questions

    table = corpus.prefixes or prefixes()
    add_description(store, questions=questions(), table=table, version=version, files=corpus.content_hash())


@contextmanager
def _timed(stage: str, manifest: Manifest) -> Iterator[None]:
    start = time.perf_counter()
    yield
    manifest.seconds[stage] = round(time.perf_counter() - start, 3)


def _installed_version(package: str) -> str:
    # Only a build or a checkout asks, and the import would cost every start of a server 15 ms.
    from importlib.metadata import version

    return version(package)


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""
