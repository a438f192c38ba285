"""Answers of SELECT queries as pages and pictures want them: rows of plain values, and cells with links."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tiesgraph.coding import IDENTITY
from tiesgraph.media import JSON
from tiesgraph.names import BASE, XSD, path_of, prefixes, shorten
from tiesgraph.query import EVERYTHING
from tiesgraph.web.runner import Job
from tiesgraph.web.site import Site

__all__ = ["Cell", "Table", "ask", "asked", "local"]

_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))
_DATES = frozenset(XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value of one row.

    Attributes:
        text: what a reader sees; empty where the variable is unbound.
        href: where it leads, of an IRI; on this server where it is one of ours.
        kind: "iri", "number", "date" or "text".
    """

    text: str = ""
    href: str | None = None
    kind: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The answer of a SELECT query.

    Attributes:
        columns: the variables, in order, without their question marks.
        bindings: a mapping for each row, as SPARQL 1.1 Query Results JSON has them.
    """

    columns: tuple[str, ...]
    bindings: tuple[dict[str, dict[str, str]], ...]

    def values(self) -> list[dict[str, str | int | float | None]]:
        """The rows as plain JSON values: numbers as numbers, all else as text, None where unbound."""
        return [{name: _value(row.get(name)) for name in self.columns} for row in self.bindings]

    def cells(self) -> list[list[Cell]]:
        """The rows as a page shows them, in the order of the columns."""
        return [[_cell(row.get(name)) for name in self.columns] for row in self.bindings]


async def ask(site: Site, text: str, /, *, bind: tuple[tuple[str, str], ...] = ()) -> Table:
    """The answer to a SELECT query of ours, with the variables in `bind` fixed.

    Raises:
        TiesgraphError: it cannot be answered.
    """
    job = Job(
        text=text,
        dataset=EVERYTHING,
        base=BASE,
        accept=(JSON.media_type,),
        asked=(),
        codings=(IDENTITY,),
        bind=bind,
    )
    written = await site.answers.get(job)
    rows: dict[str, Any] = json.loads(bytes(written.body))
    return Table(columns=tuple(rows["head"]["vars"]), bindings=tuple(rows["results"]["bindings"]))


async def asked(site: Site, name: str, /) -> Table:
    """The answer to the query of a page, `web/queries/NAME.rq`.

    Raises:
        TiesgraphError: it cannot be answered.
    """
    return await ask(site, _kept(name))


@cache
def _kept(name: str) -> str:
    return (files("tiesgraph.web") / "queries" / f"{name}.rq").read_text(encoding="utf-8")


def _value(term: dict[str, str] | None) -> str | int | float | None:
    if term is None:
        return None
    if term.get("datatype") in _NUMBERS:
        number = float(term["value"])
        return int(number) if number.is_integer() else number
    return term["value"]


def _cell(term: dict[str, str] | None) -> Cell:
    if term is None:
        return Cell()
    value = term["value"]
    if term["type"] == "uri":
        return Cell(text=shorten(value, prefixes()), href=local(value), kind="iri")
    kinds = {**dict.fromkeys(_NUMBERS, "number"), **dict.fromkeys(_DATES, "date")}
    if term.get("datatype") == XSD + "boolean":
        value = "yes" if value in ("true", "1") else "no"
    return Cell(text=value, kind=kinds.get(term.get("datatype", ""), "text"))


def local(iri: str, /) -> str:
    """Where a page links for `iri`: its path on this server where it is one of ours."""
    return "/" + path_of(iri) if iri.startswith(BASE) else iri
