"""`tiesgraph audit`: where does the report contradict itself?"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from tiesgraph.cli.findings import Located, finish, located, print_json, record
from tiesgraph.cli.source import corpus_option, open_source
from tiesgraph.names import prefixes, shorten

__all__ = ["command"]


def _print_table(findings: list[Located]) -> None:
    """One finding a row: the pages, the node, and what does not agree."""
    from tiesgraph.cli.tables import print_table

    known = prefixes()
    rows = (
        [", ".join(map(str, one.pages)), shorten(one.finding.focus, known), one.finding.message] for one in findings
    )
    print_table(["page", "node", "what does not agree"], rows)


def _print_csv(findings: list[Located]) -> None:
    """One finding a row, with a header; several pages or places are parted by spaces."""
    records = [record(one) for one in findings]
    names = ["shape", "severity", "node", "path", "value", "message", "pages", "places"]
    writer = csv.DictWriter(sys.stdout, names)
    writer.writeheader()
    for row in records:
        joined = {name: " ".join(map(str, value)) for name, value in row.items() if isinstance(value, list)}
        writer.writerow({**row, **joined})


@click.command(name="audit")
@click.option(
    "--format",
    "-f",
    "name",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to write the findings.",
)
@corpus_option
@click.pass_context
def command(ctx: click.Context, name: str, corpus: Path | None) -> None:
    """List the places where the report contradicts itself. Exit 0: none; 1: some; 2: a file cannot be read.

    \b
    Examples:
      tiesgraph audit
      tiesgraph audit --format csv > contradictions.csv

    A number that differs from what the report lists for it, one event with two dates, a "first" that
    something earlier defeats: found by shapes over the graph, each with its pages.
    """
    store = open_source(corpus=corpus)

    from tiesgraph.validate import audit

    findings = located(audit(store), root=corpus)
    if name == "json":
        print_json(findings)
    elif name == "csv":
        _print_csv(findings)
    else:
        _print_table(findings)
    finish(ctx, findings)
