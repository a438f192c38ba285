"""Answers as people read them: names that lead to what they name, in place of IRIs, and headings of plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tiesgraph.names import BASE
from tiesgraph.web.rows import Cell, Table, local

__all__ = ["Column", "Readable", "readable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The head of a column: its words, and `kind`, which is that of its cells where they agree and else "text"."""

    title: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A table for readers: as many cells in each row as there are columns."""

    columns: list[Column]
    rows: list[list[Cell]]


def readable(
    table: Table, /, *, name: Callable[[str], str | None], things: Sequence[Iterable[str]] | None = None
) -> Readable:
    """An answer with names for IRIs, and links on names.

    A column of IRIs whose names stand in another column gives that one its links and is left out. A text that is the
    name of one of the things behind its row leads there.

    Args:
        table: the answer.
        name: what an IRI is called; None where it has no name.
        things: for each row, the IRIs of the things behind it.
    """
    rows = table.cells()
    iris = [[_iri(row.get(column)) for column in table.columns] for row in table.bindings]
    left_out = []
    for index in range(len(table.columns)):
        if not any(row[index] for row in iris):
            continue
        names = [name(row[index] or "") for row in iris]
        beside = _column_of(names, rows, iris, index)
        for row, called in zip(rows, names, strict=True):
            if beside is not None and row[index].href:
                row[beside] = replace(row[beside], href=row[index].href)
            elif called and row[index].href:
                row[index] = replace(row[index], text=called)
        if beside is not None:
            left_out.append(index)
    for row, behind in zip(rows, things or [()] * len(rows), strict=True):
        known = {called: iri for iri in sorted(behind, reverse=True) if iri.startswith(BASE) and (called := name(iri))}
        row[:] = [_led(cell, known) for cell in row]
    kept = [index for index in range(len(table.columns)) if index not in left_out]
    return Readable(
        columns=[Column(title=_words(table.columns[i]), kind=_kind([row[i] for row in rows])) for i in kept],
        rows=[[row[i] for i in kept] for row in rows],
    )


def _iri(term: Mapping[str, str] | None) -> str | None:
    return term["value"] if term is not None and term["type"] == "uri" else None


def _column_of(
    names: Sequence[str | None], rows: list[list[Cell]], iris: list[list[str | None]], index: int
) -> int | None:
    """Which other column has the names of the IRIs in a column, in every row."""
    bound = [at for at, row in enumerate(iris) if row[index]]
    others = (other for other in range(len(rows[0])) if other != index and not any(row[other] for row in iris))
    return next((one for one in others if all(names[at] and rows[at][one].text == names[at] for at in bound)), None)


def _led(cell: Cell, known: Mapping[str, str]) -> Cell:
    if cell.kind != "text" or cell.href or cell.text not in known:
        return cell
    return replace(cell, href=local(known[cell.text]))


def _words(variable: str) -> str:
    """The words of a variable's name: `inForce` is "in force"."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f" {found[1].lower()}", variable).replace("_", " ")


def _kind(cells: Iterable[Cell]) -> str:
    kinds = {cell.kind for cell in cells if cell.text}
    return kinds.pop() if len(kinds) == 1 else "text"
