"""The finished graph, kept: where it lies, when it is stale, and how it is opened.

The pack is a folder: the dataset in its files (see `parts`), `manifest.json`, the outline and the prefix
table. A wheel carries one, made when it was built, so that starting needs no reasoning. A checkout keeps one
beside its source and makes it anew when the files or the code that computes have changed.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.corpus import Corpus
from tiesgraph.errors import PackError
from tiesgraph.names import graph_name
from tiesgraph.outline import Outline
from tiesgraph.pipeline import Manifest, Progress, build, fingerprint, load
from tiesgraph.store import Store

__all__ = [
    "PACK",
    "Manifest",
    "Progress",
    "build",
    "checkout_root",
    "fingerprint",
    "load",
    "locate",
    "open_asserted",
    "open_graph",
    "open_outline",
    "read_manifest",
    "write_pack",
]

HERE = Path(__file__).resolve().parent
PACK = HERE / "_pack"


def open_graph(*, root: Path | None = None, progress: Progress | None = None) -> Store:
    """The finished graph: of the wheel, or of a checkout (made anew where its pack is stale).

    Args:
        root: a corpus to work from instead; nothing is kept of it unless it is this checkout's own.
        progress: told of each step while the graph is made.

    Raises:
        CorpusError, UnknownTermError, InvalidGraphError, InconsistencyError: the files cannot be made a graph.
        PackError: the pack is missing, damaged or cannot be written.
    """
    checkout = checkout_root()
    if root is not None and (checkout is None or root.resolve() != checkout):
        return build(Corpus.at(root), progress=progress)[0]
    if checkout is not None:
        corpus = Corpus.at(checkout)
        if not _is_fresh(corpus):
            # Whoever comes while another makes the pack waits for it, and then finds it fresh.
            with _alone():
                if not _is_fresh(corpus):
                    store, manifest = build(corpus, progress=progress)
                    write_pack(store, manifest, root=checkout, into=PACK)
                    return store
    elif not PACK.is_dir():
        raise PackError("this installation carries no graph", mend="Install tiesgraph again.")
    return Store.unpack(PACK)


def open_asserted(*, root: Path | None = None, progress: Progress | None = None) -> Store:
    """What the files assert, with the shapes: all that a check needs, and no more work than that.

    Raises:
        CorpusError, UnknownTermError: a file cannot be taken as it is.
        PackError: the pack is missing or damaged.
    """
    source = root if root is not None else checkout_root()
    if source is None:
        return open_graph()
    from tiesgraph.terms import require_known

    corpus = Corpus.at(source)
    store = load(corpus, progress=progress)
    require_known(store, corpus=corpus)
    return store


def open_outline(*, root: Path | None = None) -> Outline:
    """The outline of the graph that `open_graph` opens: kept in the pack, or made from the files.

    Args:
        root: a corpus to work from instead.

    Raises:
        CorpusError: a file is broken.
        PackError: the pack is damaged.
    """
    if root is not None:
        return Outline.of(Corpus.at(root))
    checkout = checkout_root()
    # A pack may be older than outlines are.
    if checkout is not None and not Outline.is_in(PACK):
        return Outline.of(Corpus.at(checkout))
    return Outline.read(PACK)


def write_pack(store: Store, manifest: Manifest, /, *, root: Path, into: Path) -> None:
    """Write the pack beside `into` and then put it in its place whole: nothing half-built is ever seen there.

    Raises:
        PackError: the folder cannot be written.
    """
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{into.name}.", dir=into.parent) as scratch:
            new, old = Path(scratch) / "new", Path(scratch) / "old"
            (new / "ontology").mkdir(parents=True)
            manifest.graph_hash = store.pack(new)
            shutil.copyfile(root / "ontology" / "prefixes.ttl", new / "ontology" / "prefixes.ttl")
            Outline.of(Corpus.at(root)).write(new)
            (new / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
            if into.exists():
                into.rename(old)
            new.rename(into)
    except OSError as error:
        raise _unwritten(error, into) from error


def _unwritten(error: OSError, where: Path) -> PackError:
    """For a pack that cannot be kept: the disk is full, or the folder not ours to write."""
    return PackError(
        f"the pack cannot be written: {error.strerror or error}",
        place=str(where),
        mend="Make room there, or have the folder writable: a checkout keeps its finished graph beside its source. "
        "An installed tiesgraph brings its own and writes nothing.",
    )


def read_manifest(folder: Path | None = None, /) -> Manifest:
    """What the pack in `folder` (our own where None) says of itself.

    Raises:
        PackError: there is none, or it is damaged.
    """
    folder = folder or PACK
    try:
        return Manifest(**json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise PackError(f"the pack has no readable manifest: {error}", place=folder.name) from error


def locate(iri: str, /, *, graph: ox.NamedNode, root: Path | None = None) -> list[str]:
    """Where the files write what `graph` states of `iri`: file and line in a checkout, else the file's name."""
    source = root if root is not None else checkout_root()
    if source is not None:
        return Corpus.at(source).locate(iri, graph=graph) or [graph_name(graph)]
    files = read_manifest().files.get(graph_name(graph), [])
    return files if len(files) == 1 else [graph_name(graph)]


def checkout_root() -> Path | None:
    """The checkout that this code runs from, or None where it is an installed copy."""
    root = HERE.parent.parent
    return root if (root / "pyproject.toml").is_file() and (root / "ontology").is_dir() else None


def _is_fresh(corpus: Corpus) -> bool:
    try:
        return read_manifest().content_hash == fingerprint(corpus)
    except PackError:
        return False


@contextmanager
def _alone() -> Iterator[None]:
    """Only one process of this machine at a time gets in here."""
    try:
        PACK.parent.mkdir(parents=True, exist_ok=True)
        lock = PACK.with_suffix(".lock").open("w")
    except OSError as error:
        raise _unwritten(error, PACK) from error
    with lock:
        # The lock ends with the file, and with the process whatever ends that.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
