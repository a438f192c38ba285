"""The page of a named question: the answer as a table, the report's pages behind each row, a chart where one suits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.media import CSV, JSON, TSV, TURTLE, XML
from tiesgraph.names import XSD, prefixes, shorten
from tiesgraph.pages import Behind, behind_rows
from tiesgraph.query import Question
from tiesgraph.resource import Schema
from tiesgraph.resultset import turtle
from tiesgraph.store import Term
from tiesgraph.web.readable import Readable, readable
from tiesgraph.web.rows import Table, ask
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["Bind", "as_turtle", "bars", "shown", "told"]

Bind = tuple[tuple[str, str], ...]
"""Parameters of a question and their values, as Turtle writes them."""

_FEWEST, _MOST = 2, 40
"""How many bars a chart may have: one alone compares nothing, and more cannot be read."""


_OFFERED = (CSV, JSON, TURTLE, TSV, XML)
"""What the page offers the answer in, the most wanted first."""


async def shown(request: Request, site: Site, schema: Schema, question: Question, bind: Bind, /) -> Response:
    """The page of `question`, answered with its parameters fixed by `bind`.

    Raises:
        TiesgraphError: it cannot be answered.
    """
    table = await ask(site, question.sparql, bind=bind)
    answer, pages = await run_in_threadpool(told, site, schema, question, table)
    whole = await ask(site, question.sparql) if question.parameters else table
    again = f"?{request.url.query}" if request.url.query else ""
    return page(
        request,
        site,
        "question.html",
        question=question,
        columns=answer.columns,
        rows=list(zip(answer.rows, pages, strict=True)),
        fields=[(one, _choices(schema, whole, one.name, dict(bind).get(one.name))) for one in question.parameters],
        endings=[(_NAMES.get(fmt, fmt.name.upper()), f"{question.name}.{fmt.name}{again}") for fmt in _OFFERED],
        drawn=bars(question, table, again) is not None,
        again=again,
    )


async def as_turtle(site: Site, question: Question, bind: Bind, /) -> bytes:
    """The answer as a result set in Turtle, each row with the pages behind it.

    Raises:
        TiesgraphError: it cannot be answered.
    """
    table = await ask(site, question.sparql, bind=bind)
    behind = await run_in_threadpool(_behind, site, question, table)
    return turtle(table.columns, _terms(table), [one.pages for one in behind])


_NAMES = {TURTLE: "Turtle"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that a parameter may have: how an address gives it, what a reader sees, whether it is the one given."""

    value: str
    label: str
    chosen: bool


def _choices(schema: Schema, whole: Table, name: str, given: str | None) -> list[Choice]:
    """The values of a parameter: those that the question's whole answer has, in its order."""
    table = prefixes()
    found: dict[str, Choice] = {}
    for row in whole.bindings:
        term = _term(row.get(name))
        if isinstance(term, ox.NamedNode):
            value = shorten(term.value, table)
            chosen = given in (value, str(term))
            found.setdefault(value, Choice(value=value, label=schema.label(term), chosen=chosen))
        elif isinstance(term, ox.Literal):
            plain = term.datatype == XSD["integer"]
            value = term.value if plain else str(term)
            found.setdefault(value, Choice(value=value, label=term.value, chosen=given == value))
    return list(found.values())


def told(site: Site, schema: Schema, question: Question, table: Table) -> tuple[Readable, list[tuple[int, ...]]]:
    """The answer for readers, and the pages behind each row."""
    behind = _behind(site, question, table)
    things = [[thing.value for thing in one.things] for one in behind]
    answer = readable(table, name=lambda iri: schema.label(ox.NamedNode(iri)), things=things)
    return answer, [one.pages for one in behind]


def _behind(site: Site, question: Question, table: Table) -> list[Behind]:
    if not site.settled:
        # Which pages state something is asked of the graph at hand, and the rows come from another.
        return [Behind() for _ in table.bindings]
    return behind_rows(site.store, question.sparql, _terms(table))


def _terms(table: Table) -> list[list[Term | None]]:
    return [[_term(row.get(name)) for name in table.columns] for row in table.bindings]


def _term(binding: dict[str, str] | None) -> Term | None:
    """The term of a binding in SPARQL 1.1 Query Results JSON, section 3.2.2."""
    if binding is None:
        return None
    value = binding["value"]
    match binding["type"]:
        case "uri":
            return ox.NamedNode(value)
        case "bnode":
            return ox.BlankNode(value)
    if "xml:lang" in binding:
        return ox.Literal(value, language=binding["xml:lang"])
    return ox.Literal(value, datatype=ox.NamedNode(binding["datatype"]) if "datatype" in binding else None)


def bars(question: Question, table: Table, again: str, /) -> dict[str, Any] | None:
    """A bar chart (Vega-Lite) of an answer that gives each of a few names one number; None of any other answer."""
    if not table.bindings:
        return None
    kinds = [{cell.kind for cell in column if cell.text} for column in zip(*table.cells(), strict=True)]
    numbers = [name for name, kind in zip(table.columns, kinds, strict=True) if kind == {"number"}]
    texts = [name for name, kind in zip(table.columns, kinds, strict=True) if kind == {"text"}]
    names = [row[texts[0]]["value"] for row in table.bindings if texts and texts[0] in row]
    if len(numbers) != 1 or len(set(names)) != len(table.bindings) or not _FEWEST <= len(names) <= _MOST:
        return None
    label, number = texts[0], numbers[0]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": question.text,
        "description": question.text,
        "data": {
            "url": f"/questions/{question.name}.json{again}",
            "format": {"type": "json", "property": "results.bindings"},
        },
        "transform": [
            {"calculate": f"datum['{label}'] ? datum['{label}'].value : ''", "as": "label"},
            {"calculate": f"datum['{number}'] ? toNumber(datum['{number}'].value) : 0", "as": "number"},
        ],
        "width": "container",
        "height": {"step": 26},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": {"field": "label", "type": "nominal", "title": None, "sort": None, "axis": {"labelLimit": 320}},
            "x": {"field": "number", "type": "quantitative", "title": number, "axis": {"tickMinStep": 1}},
            "tooltip": [{"field": "label", "title": label}, {"field": "number", "title": number}],
        },
    }
