"""The graph as files to take away: which there are, what each is called, and what stands in it.

A dump holds the named graphs, each once. The default graph of our endpoint only repeats them, and would double the
file; where the default graph is no such union (a dataset of the user's), it is part of the dump. A format without
graph names gets each triple once. Equal graphs give equal bytes: statements are sorted, blank nodes named by RDF
Dataset Canonicalization (https://www.w3.org/TR/rdf-canon/), and gzip is told no time.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from tiesgraph.errors import MisuseError
from tiesgraph.media import GRAPH_FORMATS, JSONLD, NQUADS, NTRIPLES, TRIG, TURTLE, Format
from tiesgraph.names import RDF, graph_iri, graph_name
from tiesgraph.rdftext import write_rdf
from tiesgraph.store import Store

__all__ = ["DATASET_FORMATS", "DERIVED", "FORMATS", "Dump", "dumps", "order", "pack", "statements", "text", "write"]

DERIVED = frozenset({graph_iri("derived"), graph_iri("inferred")})
"""The graphs that a computation made; all others are asserted."""

DATASET_FORMATS = (TRIG, NQUADS, JSONLD)
"""Those that keep the named graphs apart, the preferred first."""

FORMATS = (*DATASET_FORMATS, *(fmt for fmt in GRAPH_FORMATS if fmt != JSONLD))

_STEM, _ASSERTED, _FOLDER, _PACKED = "tiesgraph", "-asserted", "graph/", ".gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """One file.

    Attributes:
        fmt: how it is written.
        graph: the one named graph that it holds, or None for all.
        asserted: whether it leaves out what was derived and inferred.
        packed: whether it is gzipped.
    """

    fmt: Format
    graph: ox.NamedNode | None = None
    asserted: bool = False
    packed: bool = False

    @property
    def name(self) -> str:
        """What it is called: `tiesgraph-asserted.trig.gz`, `graph/p025.ttl`."""
        stem = f"{_STEM}{_ASSERTED if self.asserted else ''}"
        if self.graph is not None:
            stem = f"{_FOLDER}{graph_name(self.graph)}"
        return f"{stem}{self.fmt.suffix}{_PACKED if self.packed else ''}"

    @property
    def media_type(self) -> str:
        """What it is sent as: a gzipped file is a file of its own kind, not a compressed transfer of another."""
        return "application/gzip" if self.packed else self.fmt.content_type

    @classmethod
    def parse(cls, name: str, /) -> Dump | None:
        """The dump that is called `name`, or None where none is."""
        plain = name.removesuffix(_PACKED)
        fmt = next((one for one in FORMATS if plain.endswith(one.suffix)), None)
        if fmt is None:
            return None
        stem, packed = plain.removesuffix(fmt.suffix), plain != name
        if stem in (_STEM, _STEM + _ASSERTED):
            return cls(fmt=fmt, asserted=stem != _STEM, packed=packed)
        short = stem.removeprefix(_FOLDER)
        if short == stem or not short or "/" in short:
            return None
        return cls(fmt=fmt, graph=graph_iri(short), packed=packed)


def dumps() -> list[Dump]:
    """The files of the whole graph that are offered by name: with graph names, asserted alone, and merged."""
    whole = [Dump(fmt=fmt, packed=True) for fmt in DATASET_FORMATS]
    return [
        *whole,
        *(replace(one, asserted=True) for one in whole),
        *(Dump(fmt=fmt, packed=True) for fmt in (TURTLE, NTRIPLES)),
    ]


def statements(store: Store, dump: Dump, /) -> list[ox.Quad]:
    """The quads that belong into `dump`, by graph, subject, property and value; blank nodes bear canonical names.

    Raises:
        MisuseError: the store has no such named graph, or knows of none that were derived.
    """
    if dump.graph is not None and dump.graph not in store.graphs():
        raise MisuseError(f"there is no named graph {graph_name(dump.graph)}")
    if dump.asserted and not store.is_union:
        raise MisuseError("nothing was derived from this dataset: all of it is asserted")
    return sorted(_canonical(_chosen(store, dump)), key=_quad_order)


def write(store: Store, dump: Dump, /, *, table: Mapping[str, str]) -> bytes:
    """The file's content.

    Args:
        store: the graph.
        dump: which file.
        table: prefixes for the formats that have any.

    Raises:
        MisuseError: see `statements`.
        NotAcceptable: the format has no form for what the graph says.
    """
    return pack(dump, text(dump, statements(store, dump), table=table))


def text(dump: Dump, quads: Iterable[ox.Quad], /, *, table: Mapping[str, str]) -> bytes:
    """The quads of a dump as it writes them, before any packing."""
    if dump.fmt in (TRIG, NQUADS) or (dump.fmt == JSONLD and dump.graph is None):
        return write_rdf(list(quads), dump.fmt, table)
    triples = {quad.triple: None for quad in quads}
    return write_rdf(sorted(triples, key=order), dump.fmt, table)


def pack(dump: Dump, body: bytes, /) -> bytes:
    """`body`, gzipped where the dump is: to equal bytes whatever the time of day."""
    return gzip.compress(body, compresslevel=9, mtime=0) if dump.packed else body


def _chosen(store: Store, dump: Dump) -> Iterator[ox.Quad]:
    for quad in store.engine.quads_for_pattern(None, None, None, dump.graph):
        if isinstance(quad.graph_name, ox.DefaultGraph) and store.is_union:
            continue
        if not (dump.asserted and quad.graph_name in DERIVED):
            yield quad


def _canonical(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """`quads` with canonical blank nodes. Only what touches one is handed over: the rest has no part in their names."""
    touching = ox.Dataset()
    for quad in quads:
        if any(isinstance(node, ox.BlankNode) for node in (quad.subject, quad.object, quad.graph_name)):
            touching.add(quad)
        else:
            yield quad
    touching.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    yield from touching


def _quad_order(quad: ox.Quad) -> tuple[str, str, bool, str, str]:
    home = quad.graph_name
    return ("" if isinstance(home, ox.DefaultGraph) else str(home)), *order(quad.triple)


def order(triple: ox.Triple, /) -> tuple[str, bool, str, str]:
    """By subject, where what it is comes before whatever else is said of it, by property and by value."""
    return str(triple.subject), triple.predicate != RDF["type"], triple.predicate.value, str(triple.object)
