"""Tables on stdout, and RDF terms as people read them in their cells."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from tiesgraph.names import shorten
from tiesgraph.store import Term

__all__ = ["print_table", "show_term"]


def print_table(names: Sequence[str], rows: Iterable[Sequence[str]], /) -> int:
    """Print a table with these column names; how many rows it has."""
    from rich import box
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    # A cell that is too wide for the terminal is folded: a shortened IRI would be of no use.
    table = Table(*(Column(name, overflow="fold") for name in names), box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    # Into a pipe the table goes as wide as it is, so that no cell is cut or folded.
    width = None if sys.stdout.isatty() else 100_000
    Console(file=sys.stdout, width=width, highlight=False).print(table)
    return len(table.rows)


def show_term(term: Term | ox.Triple | None, table: Mapping[str, str], /) -> str:
    """A term for a cell: an IRI shortened by `table`, the text of a literal, nothing where unbound."""
    match term:
        case None:
            return ""
        case ox.NamedNode():
            return shorten(term.value, table)
        case ox.Literal():
            return f"{term.value}@{term.language}" if term.language else term.value
        case ox.BlankNode() | ox.Triple():
            return str(term)
