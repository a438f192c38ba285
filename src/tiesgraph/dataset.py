"""A dataset from files that a user names, exactly as they are: no union, no inference, nothing renamed.

The format follows the file's name; `.gz` is unpacked. Quads keep their graphs; triples go into the
default graph, or into the graph that the user names for their file.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.errors import CorpusError, MisuseError
from tiesgraph.store import Store

__all__ = ["fingerprint", "open_dataset", "parse_named"]

# The engine says in its message once more where it was.
_PLACE = re.compile(r"^Parser error (?:at|between) line \d+.*?: ")


def parse_named(text: str, /) -> tuple[ox.NamedNode, Path]:
    """The graph and the file of `IRI=FILE`; an equals sign may stand in either, so the last that leaves a file counts.

    Raises:
        MisuseError: there is no equals sign, no IRI before it or no file behind it.
    """
    places = [index for index, character in enumerate(text) if character == "="]
    if not places:
        raise MisuseError(f"--named wants IRI=FILE, not {text}", mend="--named https://example.org/g=graph.ttl")
    place = next((index for index in places if Path(text[index + 1 :]).is_file()), places[0])
    try:
        return ox.NamedNode(text[:place]), Path(text[place + 1 :])
    except ValueError as error:
        raise MisuseError(f"no absolute IRI before the equals sign: {text}") from error


def open_dataset(data: Sequence[Path], /, *, named: Sequence[tuple[ox.NamedNode, Path]] = ()) -> Store:
    """A store with the RDF of `data` and of the `named` graphs' files, and nothing else.

    Raises:
        CorpusError: a file is missing, of no known format, or not well formed; with file, line and column.
    """
    store = Store(union=False)
    for file in data:
        _load(store.engine, file, None)
    for graph, file in named:
        _load(store.engine, file, graph)
    return store


def fingerprint(data: Sequence[Path], /, *, named: Sequence[tuple[ox.NamedNode, Path]] = ()) -> tuple[str, datetime]:
    """What tells this dataset from any other, and when it last changed: by the files' names, sizes and times.

    Raises:
        CorpusError: a file is missing.
    """
    told, times = [], [0.0]
    for graph, file in [*((None, file) for file in data), *named]:
        try:
            status = file.stat()
        except OSError as error:
            raise CorpusError(f"the file cannot be read: {error.strerror}", place=str(file)) from error
        told += [graph.value if graph else "", str(file.resolve()), str(status.st_size), str(status.st_mtime_ns)]
        times.append(status.st_mtime)
    digest = hashlib.sha256("\0".join(told).encode()).hexdigest()
    return digest, datetime.fromtimestamp(int(max(times)), UTC)


def _load(engine: ox.Store, file: Path, graph: ox.NamedNode | None) -> None:
    packed = file.suffix == ".gz"
    ending = file.with_suffix("").suffix if packed else file.suffix
    rdf = ox.RdfFormat.from_extension(ending.removeprefix("."))
    if rdf is None:
        raise CorpusError(
            "no RDF format has this file name ending",
            place=str(file),
            mend="Known: .ttl .nt .rdf .jsonld .trig .nq, each also with .gz",
        )
    base = file.resolve().as_uri()
    try:
        if packed:
            with gzip.open(file) as stream:
                engine.bulk_load(stream.read(), format=rdf, base_iri=base, to_graph=graph)
        else:
            engine.bulk_load(path=str(file), format=rdf, base_iri=base, to_graph=graph)
    except SyntaxError as error:
        where = ":".join(str(part) for part in (file, error.lineno, error.offset) if part is not None)
        reason = _PLACE.sub("", error.msg or "")
        raise CorpusError(f"not well formed: {reason}", place=where) from error
    except ValueError as error:
        raise CorpusError(f"cannot be loaded into a named graph: {error}", place=str(file)) from error
    except (OSError, EOFError) as error:
        raise CorpusError(f"the file cannot be read: {error}", place=str(file)) from error
