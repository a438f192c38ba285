"""Findings as `check` and `audit` print them: each with the files where it can be looked up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiesgraph.names import page_number

if TYPE_CHECKING:
    import pyoxigraph as ox

    from tiesgraph.validate import Finding

__all__ = ["Located", "finish", "located", "print_json", "record"]


@dataclass(frozen=True)
class Located:
    """A finding, the files and lines that state its node, and the printed pages concerned."""

    finding: Finding
    places: tuple[str, ...]
    pages: tuple[int, ...]


def located(findings: Iterable[Finding], /, *, root: Path | None) -> list[Located]:
    """The findings with their places, in their order.

    Args:
        findings: what the shapes found.
        root: the corpus they were found in; the checkout or the bundle where None.
    """
    from tiesgraph.pack import locate

    known: dict[tuple[str, ox.NamedNode], list[str]] = {}
    found = []
    for finding in findings:
        places: list[str] = []
        for graph in finding.graphs:
            key = finding.focus, graph
            if key not in known:
                known[key] = locate(finding.focus, graph=graph, root=root)
            places += known[key]
        pages = sorted({page for graph in finding.graphs if (page := page_number(graph)) is not None})
        found.append(Located(finding, tuple(dict.fromkeys(places)), tuple(pages)))
    return found


def record(one: Located, /) -> dict[str, object]:
    """A finding as plain values, for JSON and CSV."""
    finding = one.finding
    return {
        "shape": finding.shape,
        "severity": finding.severity,
        "node": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "message": finding.message,
        "pages": list(one.pages),
        "places": list(one.places),
    }


def print_json(findings: Sequence[Located], /) -> None:
    """The findings on stdout, as a list of records."""
    click.echo(json.dumps([record(one) for one in findings], ensure_ascii=False, indent=2))


def finish(ctx: click.Context, findings: Sequence[Located], /) -> None:
    """Say on stderr how many there are, and end the command: 0 where there is none, else 1."""
    click.echo(f"{len(findings)} finding{'' if len(findings) == 1 else 's'}", err=True)
    ctx.exit(1 if findings else 0)
