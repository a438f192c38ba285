"""A dataset in three files of N-Quads, so that its default graph can be used before the rest has been read.

One file holds the default graph, one the named graphs, and a small one every quad with a blank node, of whichever
graph. A parser that is to load a file gives its blank nodes new names, so those of two files would not meet; the
small file is read by one that leaves them alone.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.errors import PackError

__all__ = ["Parts", "write_parts"]

DEFAULT, NAMED, BLANK = "default.nq", "named.nq", "blank.nq"

_PIECE = 1 << 20
"""Bytes of a file that are loaded at once; it takes some milliseconds."""


class Parts:
    """The files of one folder as they were when they were opened, whatever has become of them since.

    They can be read where the process has let go of all its open files, and in its forks.
    """

    def __init__(self, folder: Path, /) -> None:
        """Open the files.

        Raises:
            PackError: one is missing or cut short.
        """
        self._folder = folder
        self._stats: list[os.stat_result] = []
        self._default, self._named, self._blank = (self._open(name) for name in (DEFAULT, NAMED, BLANK))

    def _open(self, name: str) -> mmap.mmap | bytes:
        try:
            with (self._folder / name).open("rb") as file:
                self._stats.append(os.fstat(file.fileno()))
                if not self._stats[-1].st_size:
                    return b""
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise PackError(f"the packed graph cannot be read: {error}", place=name) from error
        if content[-1:] != b"\n":
            raise PackError("the packed graph is cut short", place=name)
        return content

    def load_default(self, engine: ox.Store, /) -> bool:
        """Load the default graph, and what has blank nodes; whether the folder has still been the same at the end.

        Raises:
            PackError: a file is damaged.
        """
        try:
            # In one transaction and without the interpreter, which others need meanwhile; for `lenient` see `_load`.
            engine.load(path=str(self._folder / DEFAULT), format=ox.RdfFormat.N_QUADS, lenient=True)
            self._add_blank(engine)
            return all(
                os.path.samestat(stat, (self._folder / name).stat())
                for stat, name in zip(self._stats, (DEFAULT, NAMED, BLANK), strict=True)
            )
        except (OSError, SyntaxError) as error:
            raise PackError(f"the packed graph cannot be read: {error}", place=DEFAULT) from error

    def load_named(self, engine: ox.Store, /) -> Iterator[None]:
        """Load the named graphs beside what `load_default` has loaded, a piece at each step.

        Raises:
            PackError: a file is damaged.
        """
        yield from _load(engine, self._named, NAMED)

    def load_all(self, engine: ox.Store, /) -> Iterator[None]:
        """Load everything, a piece at each step; blank nodes have the same names each time.

        Raises:
            PackError: a file is damaged.
        """
        self._add_blank(engine)
        yield from _load(engine, self._default, DEFAULT)
        yield from _load(engine, self._named, NAMED)

    def _add_blank(self, engine: ox.Store) -> None:
        try:
            engine.extend(ox.parse(bytes(self._blank), format=ox.RdfFormat.N_QUADS))
        except SyntaxError as error:
            raise PackError(f"the packed graph cannot be read: {error}", place=BLANK) from error


def _load(engine: ox.Store, content: mmap.mmap | bytes, name: str) -> Iterator[None]:
    begin = 0
    while begin < len(content):
        end = content.find(b"\n", min(begin + _PIECE, len(content)) - 1) + 1
        try:
            # Lenient: the IRIs were looked at when the file was written, and a fifth of the time is saved.
            engine.load(content[begin:end], format=ox.RdfFormat.N_QUADS, lenient=True)
        except SyntaxError as error:
            raise PackError(f"the packed graph cannot be read: {error}", place=name) from error
        yield
        begin = end


def write_parts(quads: Iterable[ox.Quad], folder: Path, /) -> str:
    """Write a dataset's files into a folder; the SHA-256 of all its lines, sorted.

    Equal datasets give equal bytes.

    Raises:
        OSError: they cannot be written.
    """
    lines: dict[str, list[bytes]] = {DEFAULT: [], NAMED: [], BLANK: []}
    for quad in quads:
        lines[_file_of(quad)].append(f"{quad} .\n".encode())
    for name, some in lines.items():
        (folder / name).write_bytes(b"".join(sorted(some)))
    return hashlib.sha256(b"".join(sorted(chain(*lines.values())))).hexdigest()


def _file_of(quad: ox.Quad) -> str:
    if any(isinstance(term, ox.BlankNode) for term in (quad.subject, quad.object, quad.graph_name)):
        return BLANK
    return DEFAULT if isinstance(quad.graph_name, ox.DefaultGraph) else NAMED
