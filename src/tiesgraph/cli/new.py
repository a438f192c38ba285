"""`tiesgraph new`: the beginning of a file about a thing that the graph has not yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiesgraph.cli.source import corpus_option, progress
from tiesgraph.errors import MisuseError
from tiesgraph.names import prefixes, shorten, slug

if TYPE_CHECKING:
    from tiesgraph.skeleton import Skeleton
    from tiesgraph.store import Store

__all__ = ["command"]


def _list(store: Store) -> None:
    """All kinds on stdout, with what each is."""
    from tiesgraph.demands import Demands
    from tiesgraph.skeleton import ENTITY, PAGE_KIND, kinds

    demands = Demands(store)
    told = {kind: demands.said_of(cls) for kind, cls in kinds(store).items()}
    told |= {
        ENTITY: "Who acts: of no kind yet, to be made more exact.",
        PAGE_KIND: "The file of what one page of the report states.",
    }
    width = max(map(len, told))
    for kind in sorted(told):
        click.echo(f"{kind:{width}}  {told[kind]}")


def _target(out: str | None, folder: Path | None, stem: str) -> Path | None:
    """Where to write, or None for stdout.

    Raises:
        MisuseError: the options exclude each other, or something is there already.
    """
    if out is not None and folder is not None:
        raise MisuseError("--to and --output exclude each other")
    if out == "-":
        return None
    file = Path(out) if out is not None else (folder or Path()) / f"{stem}.ttl"
    if file.suffix != ".ttl":
        raise MisuseError(f"{file} is no name of a Turtle file", mend="It ends in .ttl.")
    if file.exists():
        raise MisuseError(f"{file} is there already", mend="Nothing was written: choose another name with --output.")
    return file


def _write(text: str, file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Never over another's file, even one that came this moment.
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise MisuseError(f"{file} cannot be written: {error.strerror or error}") from error


def _tell(begun: Skeleton, file: Path | None) -> None:
    """What was begun and what is missing, on stderr."""
    table = prefixes()
    click.echo(f"{shorten(begun.node.value, table)}{f', in {file}' if file else ''}", err=True)
    if begun.open:
        click.echo("Still needed:", err=True)
    for demand in begun.open:
        click.echo(f"  {demand.words}", err=True)
    if file:
        click.echo(f"When it is filled in: tiesgraph check {file} --with-graph", err=True)


@click.command(name="new")
@click.argument("kind", required=False)
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="List the kinds and what each is.")
@click.option("--page", metavar="N", type=int, help="The page of the report that states what the file will say.")
@click.option("--slug", "local", metavar="TEXT", help="The end of the thing's IRI, where not its name.")
@click.option("--to", "folder", metavar="DIR", type=click.Path(path_type=Path), help="The folder to write into.")
@click.option("--output", "-o", "out", metavar="FILE", help="The file to write; - for stdout.")
@corpus_option
def command(
    kind: str | None,
    name: str | None,
    *,
    listing: bool,
    page: int | None,
    local: str | None,
    folder: Path | None,
    out: str | None,
    corpus: Path | None,
) -> None:
    """Begin a Turtle file about the thing NAME of a KIND, with what the shapes want of it as comments.

    \b
    Examples:
      tiesgraph new --list
      tiesgraph new relationship 'Japan–Italy' --to mine
      tiesgraph new visit 'A minister in Rome, May 2019' --slug minister-in-rome --page 84 --to mine
      tiesgraph new entity 'Italian Navy' -o -
      tiesgraph new page 84 --to mine

    The file is tidy Turtle from the beginning. What is needed, and what may be said, stands in it as
    statements in comments, to be filled in; `tiesgraph check FILE --with-graph` tells what is still
    missing. The file is named for the thing, a footnote or citation for its numbers (footnote 3-25).
    Nothing is ever overwritten.
    """
    from tiesgraph.pack import open_asserted
    from tiesgraph.skeleton import PAGE_KIND, kinds, of_page, of_thing, resolve

    if not listing and (kind is None or name is None):
        raise MisuseError("it takes a kind and a name", mend="tiesgraph new visit 'Somebody in Rome, 2019'")
    with progress() as draw:
        store = open_asserted(root=corpus, progress=draw)
    if listing or kind is None or name is None:
        _list(store)
        return
    meant = resolve(kind, known=kinds(store))
    stem = f"p{int(name):03d}" if meant == PAGE_KIND and name.isdecimal() else slug(local or name)
    file = _target(out, folder, stem)
    called = file.stem if file else stem
    if meant == PAGE_KIND:
        begun = of_page(store, name, file=called)
    else:
        begun = of_thing(store, meant, name, local=local, page=page, file=called)
    if file:
        _write(begun.text, file)
    else:
        click.echo(begun.text, nl=False)
    _tell(begun, file)
