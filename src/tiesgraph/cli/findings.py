"""Findings as `check` and `audit` print them, and how the commands end."""

from __future__ import annotations

import click

from tiesgraph.cli.tables import print_table, show_term
from tiesgraph.media import Format
from tiesgraph.names import shorten
from tiesgraph.reports import Report, words, write_report

__all__ = ["finish", "print_grouped", "print_report"]


def print_report(report: Report, fmt: Format, /) -> None:
    """The report on stdout.

    Raises:
        NotAcceptable: the format has no form for something in it.
    """
    click.echo(write_report(report, fmt), nl=False)


def print_grouped(report: Report, /) -> None:
    """A table for each shape: the place, the node, the property and value, and what is wrong."""
    table = report.prefixes
    for number, (shape, members) in enumerate(report.by_shape.items()):
        about = report.about(shape)
        heading = f"{shorten(shape, table)} ({len(members)}){': ' if about else ''}{about}"
        click.echo(f"{chr(10) if number else ''}{heading}")
        rows = []
        for one in members:
            result = one.finding.result
            path = shorten(one.finding.path, table) if one.finding.path else ""
            value = show_term(result.value, table) if result.value != result.focus else ""
            cells = ("\n".join(map(str, one.places)), show_term(result.focus, table), f"{path} {value}".strip())
            rows.append([*cells, one.finding.severity, words(one, table)])
        print_table(["place", "node", "property and value", "severity", "what is wrong"], rows)


def finish(ctx: click.Context, report: Report, /, *, broken: int = 0) -> None:
    """Say on stderr how many findings there are, and end: 1 where one is as severe as the threshold, else 0.

    Where there are `broken` files, which were not checked, it says so and ends with 2.
    """
    count = len(report.findings)
    click.echo(f"{count} finding{'' if count == 1 else 's'}", err=True)
    if broken:
        click.echo(f"{broken} file{' is' if broken == 1 else 's are'} not well formed, and not checked", err=True)
    ctx.exit(2 if broken else 1 if report.failures else 0)
