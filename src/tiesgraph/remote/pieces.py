"""A dataset taken apart for an upload: each graph with its hash, and in pieces that a store takes at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.dump import Dump, statements
from tiesgraph.media import NQUADS
from tiesgraph.remote.mark import identity
from tiesgraph.store import Store

__all__ = ["Parcel", "parcels", "whole_identity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One graph to be sent.

    Attributes:
        graph: its IRI, or "" for the default graph.
        lines: its triples as N-Triples, sorted, those with blank nodes first.
        bound: how many of those there are: they go in one piece, since a blank node's name means nothing in another.
        digest: the hash of the lines.
    """

    graph: str
    lines: list[bytes]
    bound: int
    digest: str

    def pieces(self, size: int, /) -> Iterator[bytes]:
        """The lines in pieces of about `size` bytes; at least one, which may be empty."""
        piece: list[bytes] = []
        held, sent = 0, False
        for index, line in enumerate(self.lines):
            if held + len(line) > size and index >= self.bound and piece:
                yield b"".join(piece)
                piece, held, sent = [], 0, True
            piece.append(line)
            held += len(line)
        if piece or not sent:
            yield b"".join(piece)


def parcels(store: Store, /) -> list[Parcel]:
    """The graphs of a dataset, by IRI, the default graph last: the largest, and of no use without the others."""
    lines: dict[str, list[tuple[bool, bytes]]] = {}
    for quad in statements(store, Dump(fmt=NQUADS)):
        home = "" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value
        lines.setdefault(home, []).append(_line(quad))
    if store.is_union:
        # Each triple once, however many graphs state it.
        lines[""] = list(dict.fromkeys(line for graph in lines.values() for line in graph))
    return [_parcel(graph, found) for graph, found in sorted(lines.items(), key=lambda one: (not one[0], one[0]))]


def whole_identity(store: Store, /) -> str:
    """The hash of a dataset, as the mark of an upload gives it."""
    return identity({parcel.graph: parcel.digest for parcel in parcels(store)})


def _line(quad: ox.Quad) -> tuple[bool, bytes]:
    """A triple as a line, behind whether it is without blank nodes: those sort first."""
    plain = not any(isinstance(node, ox.BlankNode) for node in (quad.subject, quad.object))
    return plain, f"{quad.triple} .\n".encode()


def _parcel(graph: str, found: list[tuple[bool, bytes]]) -> Parcel:
    found.sort()
    lines = [line for _, line in found]
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    return Parcel(graph=graph, lines=lines, bound=sum(not plain for plain, _ in found), digest=digest)
