"""`tiesgraph check`: does the graph keep to its own shapes?"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from tiesgraph.cli.findings import Located, finish, located, print_json
from tiesgraph.cli.source import corpus_option, progress
from tiesgraph.names import prefixes, shorten

__all__ = ["command"]


def _print_text(findings: list[Located]) -> None:
    """The findings under their shapes: the node, where its statement stands, and what is wrong with it."""
    table = prefixes()
    for number, (shape, group) in enumerate(groupby(findings, key=lambda one: one.finding.shape)):
        members = list(group)
        click.echo(f"{chr(10) if number else ''}{shorten(shape, table)} ({len(members)})")
        for one in members:
            said = f" {shorten(one.finding.path, table)}" if one.finding.path else ""
            value = f" {one.finding.value}" if one.finding.value else ""
            click.echo(f"  {shorten(one.finding.focus, table)}{said}{value}")
            click.echo(f"      {one.finding.message}")
            for place in one.places:
                click.echo(f"      {place}")


@click.command(name="check")
@click.option(
    "--format",
    "-f",
    "name",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write the findings.",
)
@corpus_option
@click.pass_context
def command(ctx: click.Context, name: str, corpus: Path | None) -> None:
    """Run the shapes over what the files assert. Exit 0: clean; 1: findings; 2: a file cannot be read.

    \b
    Examples:
      tiesgraph check
      tiesgraph check --corpus path/to/checkout
      tiesgraph check --format json

    Each finding names its node, the file and line where its statement stands, and what to do.
    """
    from tiesgraph.pack import open_asserted
    from tiesgraph.validate import check

    with progress() as draw:
        store = open_asserted(root=corpus, progress=draw)
    findings = located(check(store), root=corpus)
    if name == "json":
        print_json(findings)
    else:
        _print_text(findings)
    finish(ctx, findings)
