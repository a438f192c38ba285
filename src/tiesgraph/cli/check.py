"""`tiesgraph check`: does the graph keep to its shapes? And does somebody's own RDF?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
import pyoxigraph as ox

from tiesgraph.cli.findings import finish, print_grouped, print_report
from tiesgraph.cli.source import Progress, corpus_option, progress
from tiesgraph.errors import MisuseError, NotWellFormed
from tiesgraph.media import named
from tiesgraph.rdffile import SUFFIXES, RdfFile, format_of, parse_rdf, read_rdf
from tiesgraph.reports import FORMATS, Located, Report, in_corpus, in_files, unread
from tiesgraph.shacl import Watch
from tiesgraph.validate import Severity

__all__ = ["command"]

_NAMES = ["table", *(fmt.name for fmt in FORMATS)]
_INPUT = {ending.removeprefix("."): rdf for ending, rdf in SUFFIXES.items()}


def _files(paths: Sequence[str], rdf: ox.RdfFormat | None) -> tuple[list[RdfFile], list[Located]]:
    """The RDF that the arguments name: files, the RDF files of folders, `-` for stdin; and what cannot be read of it.

    Raises:
        MisuseError: a path is not there, a folder has no RDF, or stdin has no format.
        CorpusError: a file is not there, or in no known format.
    """
    found, broken = [], []
    for name, read in _named(paths, rdf):
        try:
            found.append(read())
        except NotWellFormed as error:
            broken.append(unread(name, error))
    return found, broken


def _named(paths: Sequence[str], rdf: ox.RdfFormat | None) -> Iterator[tuple[str, Callable[[], RdfFile]]]:
    """The name of each file, and how it is read."""
    for path in paths:
        if path == "-":
            if rdf is None:
                raise MisuseError("the format of stdin is not known", mend="Say it: --input-format ttl")
            yield "stdin", partial(parse_rdf, sys.stdin.buffer.read(), rdf, name="stdin")
        elif Path(path).is_dir():
            inside = sorted(file for file in Path(path).rglob("*") if file.is_file() and format_of(file.name))
            if not inside:
                raise MisuseError("no RDF file is in this folder", place=path, mend=f"Known: {' '.join(SUFFIXES)}")
            yield from ((str(file), partial(read_rdf, file)) for file in inside)
        else:
            yield path, partial(read_rdf, Path(path), rdf=rdf)


def _of_graph(corpus: Path | None, shapes: Sequence[RdfFile], draw: Progress | None) -> Report:
    """What the shapes say of the graph itself."""
    from tiesgraph.pack import open_asserted
    from tiesgraph.shacl import Facts
    from tiesgraph.validate import SHAPES, check

    store = open_asserted(root=corpus, progress=draw)
    also = [one.triple for file in shapes for one in file.statements]
    found = check(store, also=also, watch=_watch(draw))
    rules = Facts([*store.triples(graph=SHAPES), *also])
    return Report(findings=tuple(in_corpus(found, root=corpus)), shapes=rules)


def _of_files(
    files: Sequence[RdfFile],
    *,
    corpus: Path | None,
    shapes: Sequence[RdfFile],
    with_graph: bool,
    draw: Progress | None,
) -> tuple[Report, tuple[str, ...]]:
    """What the shapes say of somebody's files, and what is to be said besides."""
    from tiesgraph.checkup import check_files
    from tiesgraph.pack import open_asserted

    store = open_asserted(root=corpus, progress=draw)
    found = check_files(files, graph=store, with_graph=with_graph, shapes=shapes, watch=_watch(draw))
    places = tuple(in_files(found.findings, files, root=corpus))
    own = {prefix: iri for file in files for prefix, iri in file.prefixes.items()}
    return Report(findings=places, shapes=found.shapes, own_prefixes=own), found.hints


def _watch(draw: Progress | None) -> Watch | None:
    if draw is None:
        return None
    return lambda _focus, done, total: draw("shapes", done + 1, total)


@click.command(name="check")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option(
    "--format",
    "-f",
    "name",
    type=click.Choice(_NAMES),
    default="table",
    show_default=True,
    help="How to write the findings.",
)
@click.option("--with-graph", is_flag=True, help="Check the files as additions to the graph: new findings only.")
@click.option("--shapes", metavar="FILE", multiple=True, help="Check by the shapes in FILE as well. May be repeated.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="info",
    show_default=True,
    help="End with 1 only where a finding is as severe as this.",
)
@click.option("--input-format", type=click.Choice(sorted(_INPUT)), help="What the files are, whatever they are called.")
@corpus_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    name: str,
    with_graph: bool,
    shapes: tuple[str, ...],
    fail_on: Severity,
    input_format: str | None,
    corpus: Path | None,
) -> None:
    """Run the shapes over the graph, or over your own RDF. Exit 0: clean; 1: findings; 2: bad input.

    \b
    Examples:
      tiesgraph check
      tiesgraph check mine.ttl more/
      tiesgraph check mine.ttl --with-graph --format text
      cat mine.nt | tiesgraph check - --input-format nt --format sarif > findings.sarif
      tiesgraph check --shapes my-shapes.ttl --fail-on violation

    Each finding names its node, the file and line where its statement stands, and what to do. A term of
    ours that does not exist is a finding too, with the one that may be meant. Nothing is fetched: what a
    file imports has to be named as well. Folders are searched for RDF files. A file that is not well formed
    is told of at its line, the others are checked, and the end is 2.
    """
    if with_graph and not paths:
        raise MisuseError("--with-graph is for files", mend="tiesgraph check FILE --with-graph")
    files, broken = _files(paths, _INPUT[input_format] if input_format else None)
    rules = [read_rdf(Path(path)) for path in shapes]
    hints: tuple[str, ...] = ()
    with progress() as draw:
        if paths:
            report, hints = _of_files(files, corpus=corpus, shapes=rules, with_graph=with_graph, draw=draw)
        else:
            report = _of_graph(corpus, rules, draw)
    report = replace(report, findings=(*broken, *report.findings), threshold=fail_on)
    fmt = named(name, offered=FORMATS)
    if fmt is None:
        print_grouped(report)
    else:
        print_report(report, fmt)
    for hint in hints:
        click.echo(hint, err=True)
    finish(ctx, report, broken=len(broken))
