"""`tiesgraph audit`: where does the report contradict itself?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiesgraph.cli.source import corpus_option, open_source
from tiesgraph.names import prefixes, shorten

if TYPE_CHECKING:
    from tiesgraph.contradictions import Contradiction

__all__ = ["command"]

_FORMATS = ("table", "json", "csv", "ttl", "nt", "rdfxml", "jsonld")


def _print_table(found: Sequence[Contradiction]) -> None:
    """A table for each chapter: the pages, the kind, what does not agree, and the name to cite it by."""
    from tiesgraph.cli.tables import print_table
    from tiesgraph.contradictions import by_chapter

    known = prefixes()
    for number, (chapter, members) in enumerate(by_chapter(found).items()):
        click.echo(f"{chr(10) if number else ''}{chapter} ({len(members)})")
        rows = ([", ".join(map(str, one.pages)), one.kind, one.words, shorten(one.iri, known)] for one in members)
        print_table(["page", "kind", "what does not agree", "cite as"], rows)


@click.command(name="audit")
@click.option(
    "--format",
    "-f",
    "name",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="How to write the contradictions.",
)
@click.option(
    "--kind",
    "kinds",
    metavar="KIND",
    multiple=True,
    help="Only those of this kind: arithmetic, attribution, date, scope or wording. May be repeated.",
)
@click.option(
    "--chapter",
    "chapters",
    metavar="NUMBER",
    type=int,
    multiple=True,
    help="Only those of this chapter. May be repeated.",
)
@corpus_option
@click.pass_context
def command(
    ctx: click.Context, name: str, kinds: tuple[str, ...], chapters: tuple[int, ...], corpus: Path | None
) -> None:
    """List the places where the report contradicts itself. Exit 0: none; 1: some; 2: a file cannot be read.

    \b
    Examples:
      tiesgraph audit
      tiesgraph audit --chapter 3 --kind arithmetic
      tiesgraph audit --format csv > contradictions.csv

    A number that differs from what the report lists for it, one event with two dates, a "first" that
    something earlier defeats: found by rules when the graph is built, or noted by hand where no rule can see it.
    Each has both places with what they say and on which sources, and an IRI to cite it by.
    """
    store = open_source(corpus=corpus)

    from tiesgraph.contradictions import FORMATS, chosen, contradictions, write_contradictions
    from tiesgraph.media import named

    found = chosen(contradictions(store), kinds=kinds, chapters=chapters)
    fmt = named(name, offered=FORMATS)
    if fmt is None:
        _print_table(found)
    else:
        click.echo(write_contradictions(found, fmt, store=store), nl=False)
    click.echo(f"{len(found)} contradiction{'' if len(found) == 1 else 's'}", err=True)
    ctx.exit(1 if found else 0)
