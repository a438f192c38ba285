"""`tiesgraph push`: the graph into a store that somebody else runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tiesgraph.cli.source import Progress, add_option, corpus_option, dataset_options, open_source

__all__ = ["command"]

_MIB = 1024 * 1024


@click.command(name="push")
@click.argument("url", metavar="URL")
@click.option(
    "--default-graph",
    metavar="IRI",
    help="Put what is the default graph here into the named graph IRI there: for stores that have no default graph.",
)
@click.option("--user", help="Who to be there; the password is in TIESGRAPH_STORE_PASSWORD or a netrc file.")
@click.option(
    "--piece",
    metavar="MIB",
    default=4,
    show_default=True,
    type=click.IntRange(min=1),
    help="How much is sent at once: less than the store takes in one request.",
)
@click.option(
    "--replace",
    is_flag=True,
    help="Remove graphs of an earlier push that are not among these, and replace a default graph that was not pushed.",
)
@add_option
@dataset_options
@corpus_option
def command(
    url: str,
    default_graph: str | None,
    user: str | None,
    piece: int,
    replace: bool,
    data: tuple[Path, ...],
    named: tuple[str, ...],
    add: tuple[Path, ...],
    corpus: Path | None,
) -> None:
    """Put the graph into a store, by the SPARQL 1.1 Graph Store HTTP Protocol at URL.

    \b
    Examples:
      tiesgraph push http://127.0.0.1:7878/store                     an Oxigraph server
      tiesgraph push http://127.0.0.1:3030/ties/data                 Fuseki
      TIESGRAPH_STORE_PASSWORD=dba tiesgraph push --user dba --default-graph https://example.org/all \
        http://127.0.0.1:8890/sparql-graph-crud-auth                 Virtuoso

    Each named graph is replaced by ours, and the default graph by the union of all, each triple once; other graphs
    of the store stay as they are. Where more would be lost than that, nothing is done without --replace. What the
    store has already is not sent again: after a failure, or a change, the same command goes on from there. The
    store itself keeps the notes for that, in graph:pushed, by which `tiesgraph serve --endpoint` knows what it
    stands before.

    Whoever has no password in the environment (TIESGRAPH_STORE_USER, TIESGRAPH_STORE_PASSWORD) may keep it in a
    netrc file. The store says how it is sent (Digest, Basic).
    """
    from tiesgraph.remote.address import Address
    from tiesgraph.remote.graphstore import Service
    from tiesgraph.remote.pieces import parcels
    from tiesgraph.remote.upload import upload

    address = Address.parse(url, environment=os.environ, user=user)
    store = open_source(corpus=corpus, data=data, named=named, add=add)
    service = Service(address, trouble=lambda text: click.echo(text, err=True))
    try:
        with _shown() as draw:
            came = upload(
                service, parcels(store), piece=piece * _MIB, default_graph=default_graph, replace=replace, progress=draw
            )
    finally:
        service.close()
    removed = f", {came.removed} removed" if came.removed else ""
    click.echo(
        f"{came.sent} graphs sent ({came.bytes / _MIB:.1f} MiB), {came.there} there already{removed}: "
        f"{address.shown} holds the graph",
        err=True,
    )


@contextmanager
def _shown() -> Iterator[Progress]:
    """What shows how far an upload has come: a bar on a terminal, else a line at each tenth."""
    if not sys.stderr.isatty():
        tenth = 0

        def tell(_what: str, done: int, total: int) -> None:
            nonlocal tenth
            if done * 10 // max(1, total) > tenth:
                tenth = done * 10 // max(1, total)
                click.echo(f"{tenth * 10} % of {total / _MIB:.1f} MiB", err=True)

        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=None)
        yield lambda what, done, total: bars.update(task, description=what, completed=done, total=total)
