"""`tiesgraph export`: the graph as a file."""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from pathlib import Path

import click
import pyoxigraph as ox

from tiesgraph.cli.source import corpus_option, dataset_options, open_source
from tiesgraph.dump import FORMATS, Dump, pack, statements, text
from tiesgraph.errors import MisuseError
from tiesgraph.media import TRIG, TURTLE, Format
from tiesgraph.media import named as format_named
from tiesgraph.names import graph_name, prefixes
from tiesgraph.store import Store

__all__ = ["command"]


def _graph(store: Store, name: str) -> ox.NamedNode:
    """The named graph that a user means by its short name or by its IRI.

    Raises:
        MisuseError: there is none; with the nearest.
    """
    known = {graph_name(graph): graph for graph in store.graphs()}
    found = known.get(name) or next((graph for graph in known.values() if graph.value == name), None)
    if found is None:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "Their names: tiesgraph stats"
        raise MisuseError(f"there is no named graph {name}", mend=hint)
    return found


def _format(name: str | None, output: Path | None, *, default: Format) -> Format:
    """The format asked for: by name, else by the ending of the file, else `default`.

    Raises:
        MisuseError: the ending tells none.
    """
    if name is not None:
        return format_named(name, offered=FORMATS) or default
    if output is None:
        return default
    ending = output.with_suffix("").suffix if output.suffix == ".gz" else output.suffix
    found = next((fmt for fmt in FORMATS if fmt.suffix == ending), None)
    if found is None:
        endings = " ".join(fmt.suffix for fmt in FORMATS)
        raise MisuseError(f"{output} tells no format", mend=f"Known endings: {endings}; or say --format.")
    return found


def _put(body: bytes, output: Path) -> None:
    """Write the file whole or not at all.

    Raises:
        MisuseError: it cannot be written.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=output.parent, prefix=f".{output.name}.", delete=False) as scratch:
            scratch.write(body)
        mask = os.umask(0)
        os.umask(mask)
        Path(scratch.name).chmod(0o666 & ~mask)
        Path(scratch.name).replace(output)
    except OSError as error:
        raise MisuseError(f"{output} cannot be written: {error.strerror or error}") from error


@click.command(name="export")
@click.option("--graph", metavar="NAME", help="Only this named graph: p025, entities … or an IRI.")
@click.option("--asserted", is_flag=True, help="Leave out what the build derived and inferred.")
@click.option(
    "--format",
    "-f",
    "name",
    type=click.Choice([fmt.name for fmt in FORMATS]),
    help="How to write it. [default: by the file's name, else trig, or ttl for one graph]",
)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to FILE, gzipped where its name ends in .gz. [default: stdout]",
)
@dataset_options
@corpus_option
def command(
    graph: str | None,
    asserted: bool,
    name: str | None,
    output: Path | None,
    data: tuple[Path, ...],
    named: tuple[str, ...],
    corpus: Path | None,
) -> None:
    """Write the graph, or a part of it, as RDF.

    \b
    Examples:
      tiesgraph export > tiesgraph.trig
      tiesgraph export -o tiesgraph.nq.gz
      tiesgraph export --asserted -o asserted.jsonld
      tiesgraph export --graph p025

    TriG, N-Quads and JSON-LD keep the named graphs; Turtle, N-Triples and RDF/XML hold each triple once.
    The same graph always gives the same bytes.
    """
    if graph is not None and asserted:
        raise MisuseError("--graph and --asserted exclude each other")
    fmt = _format(name, output, default=TRIG if graph is None else TURTLE)
    store = open_source(corpus=corpus, data=data, named=named)
    dump = Dump(
        fmt=fmt,
        graph=None if graph is None else _graph(store, graph),
        asserted=asserted,
        packed=output is not None and output.suffix == ".gz",
    )
    quads = statements(store, dump)
    body = pack(dump, text(dump, quads, table=prefixes()))
    if output is None:
        sys.stdout.buffer.write(body)
    else:
        _put(body, output)
    graphs = len({quad.graph_name for quad in quads})
    click.echo(f"{len(quads)} statements of {graphs} graph{'' if graphs == 1 else 's'}", err=True)
