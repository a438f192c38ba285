"""The first and last possible day of every dated thing.

The files keep the report's precision: a day, a month or a year, never padded. Such literals do not
compare with each other in SPARQL, so the build derives bounds that do (design, section 4):
`ties:earliest` and `ties:latest` (xsd:date) and `ties:year` (xsd:integer).
"""

import calendar
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from tiesgraph.errors import CorpusError
from tiesgraph.names import RDFS, TIES, XSD, graph_iri, graph_name
from tiesgraph.store import Store, Subject

__all__ = ["DERIVED", "add_bounds", "days_of"]

DERIVED = graph_iri("derived")

FORMS = {
    XSD + "date": re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    XSD + "gYearMonth": re.compile(r"(\d{4})-(\d{2})"),
    XSD + "gYear": re.compile(r"(\d{4})"),
}
"""Datatype → its lexical form. No time zones: the report gives dates, not instants."""


@dataclass
class _Dates:
    """What the dates of one node say: first and last days, and the calendar years it happened in."""

    first: list[datetime.date] = field(default_factory=list)
    last: list[datetime.date] = field(default_factory=list)
    years: set[int] = field(default_factory=set)


def days_of(literal: ox.Literal, /) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a date, a month or a year.

    Raises:
        ValueError: it is of another datatype, or there is no such date.
    """
    form = FORMS.get(literal.datatype.value)
    match = form.fullmatch(literal.value) if form else None
    if match is None:
        raise ValueError(f"{literal} is no xsd:date, xsd:gYearMonth or xsd:gYear")
    year, month, day = (*(int(part) for part in match.groups()), None, None)[:3]
    if year is None or not 1 <= (month or 1) <= 12:
        raise ValueError(f"{literal} is no month of a year")
    ends = month or 12
    last = day or calendar.monthrange(year, ends)[1]
    return datetime.date(year, month or 1, day or 1), datetime.date(year, ends, last)


def add_bounds(store: Store, /) -> int:
    """Derive the bounds of every dated node into `graph:derived`; how many triples.

    A date opens and closes (both bounds are its own); `ties:began` and its sub-properties only open,
    `ties:ended` and its only close, so that a span which goes on has no latest day. `ties:year` has a
    value for each year of a date, and for a span that of its beginning.

    Raises:
        CorpusError: a date is ill-formed; names the node and the graphs that state it.
    """
    opens, closes = _below(store, TIES["began"]), _below(store, TIES["ended"])
    dated: dict[Subject, _Dates] = {}
    for prop in sorted(_below(store, TIES["date"]) | opens | closes, key=lambda p: p.value):
        for triple in store.triples(None, prop, None):
            first, last = _days(store, triple)
            dates = dated.setdefault(triple.subject, _Dates())
            if prop not in closes:
                dates.first.append(first)
                # A year's or a month's date lies in one calendar year: the first day's is the only one.
                dates.years.add(first.year)
            if prop not in opens:
                dates.last.append(last)
    triples = [triple for node, dates in dated.items() for triple in _bounds(node, dates)]
    store.add(triples, graph=DERIVED)
    return len(triples)


def _below(store: Store, prop: ox.NamedNode) -> set[ox.NamedNode]:
    """`prop` and its sub-properties, direct or not, as the ontology has them."""
    found, todo = {prop}, [prop]
    while todo:
        for triple in store.triples(None, RDFS["subPropertyOf"], todo.pop()):
            if isinstance(triple.subject, ox.NamedNode) and triple.subject not in found:
                found.add(triple.subject)
                todo.append(triple.subject)
    return found


def _days(store: Store, triple: ox.Triple) -> tuple[datetime.date, datetime.date]:
    try:
        if not isinstance(triple.object, ox.Literal):
            raise ValueError(f"{triple.object} is no date at all")
        return days_of(triple.object)
    except ValueError as error:
        homes = store.graphs_stating(triple.subject, triple.predicate, None)
        raise CorpusError(
            f"{triple.subject} has an ill-formed {triple.predicate}: {error}",
            place=", ".join(graph_name(graph) for graph in homes),
            mend='Write "2019-04-25"^^xsd:date, "2019-04"^^xsd:gYearMonth or "2019"^^xsd:gYear.',
        ) from error


def _bounds(node: Subject, dates: _Dates) -> Iterator[ox.Triple]:
    if dates.first:
        yield ox.Triple(node, TIES["earliest"], ox.Literal(min(dates.first).isoformat(), datatype=XSD["date"]))
    if dates.last:
        yield ox.Triple(node, TIES["latest"], ox.Literal(max(dates.last).isoformat(), datatype=XSD["date"]))
    for year in sorted(dates.years):
        yield ox.Triple(node, TIES["year"], ox.Literal(str(year), datatype=XSD["integer"]))
