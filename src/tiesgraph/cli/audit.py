"""`tiesgraph audit`: where does the report contradict itself?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiesgraph.cli.source import corpus_option, open_source
from tiesgraph.names import prefixes, shorten

if TYPE_CHECKING:
    from tiesgraph.contradictions import Contradiction, Side

__all__ = ["command"]

_FORMATS = ("table", "json", "csv", "ttl", "nt", "rdfxml", "jsonld")


def _print_table(found: Sequence[Contradiction]) -> None:
    """A table for each chapter: the kind, and what does not agree."""
    from tiesgraph.cli.tables import print_table
    from tiesgraph.contradictions import by_chapter

    for number, (chapter, members) in enumerate(by_chapter(found).items()):
        click.echo(f"{chr(10) if number else ''}{chapter} ({len(members)})")
        print_table(["kind", "what does not agree"], ([one.kind, _cell(one)] for one in members))


def _cell(one: Contradiction) -> str:
    """What a contradiction comes to, the two places, the rules that find it, and its name, a line each."""
    rules = "; ".join(rule.text for rule in one.rules)
    lines = [one.words, *(_told(side) for side in one.sides), f"Found by: {rules}", shorten(one.iri, prefixes()), ""]
    return "\n".join(lines)


def _told(side: Side) -> str:
    """One place in a line: `Footnote 26 of chapter 3 (page 22): 5 listed (source:mod-2019f)`."""
    where = side.place.text if side.place else "Somewhere"
    page = f" (page {side.page})" if side.page is not None and not where.startswith("Page") else ""
    known = prefixes()
    sources = ", ".join(shorten(source.iri, known) for source in side.sources)
    return f"{where}{page}: {side.reading}{f' ({sources})' if sources else ''}"


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
