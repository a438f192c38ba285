"""`tiesgraph audit`: where does the report contradict itself?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tiesgraph.cli.findings import finish, print_report
from tiesgraph.cli.source import corpus_option, open_source
from tiesgraph.media import named
from tiesgraph.names import prefixes, shorten
from tiesgraph.reports import FORMATS, Located, Report, in_corpus

__all__ = ["command"]


def _print_table(findings: Sequence[Located]) -> None:
    """One finding a row: the pages, the node, and what does not agree."""
    from tiesgraph.cli.tables import print_table

    known = prefixes()
    rows = (
        [", ".join(map(str, one.pages)), shorten(one.finding.focus, known), one.finding.message] for one in findings
    )
    print_table(["page", "node", "what does not agree"], rows)


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

    from tiesgraph.shacl import Facts
    from tiesgraph.validate import AUDIT, audit

    found = tuple(in_corpus(audit(store), root=corpus))
    report = Report(findings=found, shapes=Facts(store.triples(graph=AUDIT)))
    fmt = named(name, offered=FORMATS)
    if fmt is None:
        _print_table(found)
    else:
        print_report(report, fmt)
    finish(ctx, report)
