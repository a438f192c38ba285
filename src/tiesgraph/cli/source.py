"""Which graph a command works on, and how its making is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from tiesgraph.store import Store

__all__ = ["Progress", "add_option", "corpus_option", "dataset_options", "open_source", "progress"]

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and out of how much."""

_PATIENCE = 1.0  # seconds without a bar

F = TypeVar("F", bound=Callable[..., object])


def corpus_option(command: F, /) -> F:
    """Add `--corpus DIR` to a command."""
    return click.option(
        "--corpus",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Work from the source tree in DIR (ontology, shapes, data) instead of the bundled graph.",
    )(command)


def dataset_options(command: F, /) -> F:
    """Add `--data FILE` and `--named IRI=FILE` to a command."""
    for add in (
        click.option(
            "--named",
            metavar="IRI=FILE",
            multiple=True,
            help="Load the RDF of FILE into the named graph IRI. May be repeated.",
        ),
        click.option(
            "--data",
            metavar="FILE",
            multiple=True,
            type=click.Path(dir_okay=False, path_type=Path),
            help="Use this RDF, exactly as it is, instead of the bundled graph. May be repeated.",
        ),
    ):
        command = add(command)
    return command


def add_option(command: F, /) -> F:
    """Add `--add FILE` to a command."""
    return click.option(
        "--add",
        metavar="PATH",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Add your own statements to the graph: a file of triples, or a folder of such. May be repeated.",
    )(command)


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A progress bar on stderr once the work has taken a second, or None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from threading import Timer

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bars = Bars(*columns, console=Console(stderr=True), transient=True)
    tasks = {}

    def draw(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(tasks[stage], completed=done, total=total)

    # What is over in a moment needs no bar, and would only flicker.
    later = Timer(_PATIENCE, bars.start)
    later.daemon = True
    later.start()
    try:
        yield draw
    finally:
        later.cancel()
        later.join()
        bars.stop()


def open_source(
    *,
    corpus: Path | None,
    data: tuple[Path, ...] = (),
    named: tuple[str, ...] = (),
    add: tuple[Path, ...] = (),
) -> Store:
    """The graph that the options name: the user's files as they are, a source tree, or else the bundle.

    To the latter two the files of `add` are added; what came of it is told on stderr.

    Raises:
        MisuseError: options exclude each other, or a path to add stands for no file of triples.
        TiesgraphError: see `dataset.open_dataset`, `pack.open_graph` and `additions.add_files`.
    """
    if data or named:
        from tiesgraph.dataset import open_dataset, parse_named
        from tiesgraph.errors import MisuseError

        if corpus or add:
            raise MisuseError(f"{'--corpus' if corpus else '--add'} and --data exclude each other")
        return open_dataset(data, named=[parse_named(text) for text in named])
    from tiesgraph.pack import open_graph

    with progress() as draw:
        store = open_graph(progress=draw, root=corpus)
    if add:
        _add(store, add)
    return store


def _add(store: Store, paths: tuple[Path, ...]) -> None:
    from tiesgraph.additions import add_files
    from tiesgraph.names import prefixes, shorten

    added = add_files(store, paths)
    for one in added.files:
        click.echo(f"{one.file}: {one.statements} statements, in {shorten(one.graph.value, prefixes())}", err=True)
    follows = len(added.inferred) + len(added.derived)
    click.echo(f"{len(added.new)} are new to the graph; {follows} more follow", err=True)
