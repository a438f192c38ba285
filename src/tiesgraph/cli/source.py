"""Which graph a command works on, and how its making is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from tiesgraph.store import Store

__all__ = ["Progress", "corpus_option", "dataset_options", "open_source", "progress"]

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


def open_source(*, corpus: Path | None, data: tuple[Path, ...] = (), named: tuple[str, ...] = ()) -> Store:
    """The graph that the options name: the user's files as they are, a source tree, or else the bundle.

    Raises:
        MisuseError: both files and a source tree are named.
        CorpusError: a file cannot be taken.
        PackError: the bundle cannot be used.
    """
    if data or named:
        from tiesgraph.dataset import open_dataset, parse_named
        from tiesgraph.errors import MisuseError

        if corpus:
            raise MisuseError("--corpus and --data exclude each other")
        return open_dataset(data, named=[parse_named(text) for text in named])
    from tiesgraph.pack import open_graph

    with progress() as draw:
        return open_graph(progress=draw, root=corpus)
