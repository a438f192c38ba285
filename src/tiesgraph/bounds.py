"""The first and last possible day of every dated thing.

The files keep the report's precision: a day, a month or a year, never padded. Such literals do not
compare with each other in SPARQL, so the build derives bounds that do (design, section 4):
`ties:earliest` and `ties:latest` (xsd:date) and `ties:year` (xsd:integer).
"""

import calendar
import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from tiesgraph.conclusions import is_stated
from tiesgraph.errors import CorpusError
from tiesgraph.names import RDFS, TIES, XSD, graph_iri, graph_name
from tiesgraph.store import Store, Subject

__all__ = ["BOUNDS", "DERIVED", "add_bounds", "dated_by", "dates_behind", "days_of", "renew_bounds"]

DERIVED = graph_iri("derived")
BOUNDS = EARLIEST, LATEST, YEAR = TIES["earliest"], TIES["latest"], TIES["year"]
"""The properties that are derived."""

_MANY = 50  # nodes from which on it is quicker to go through all dates than to ask for each node's

FORMS = {
    XSD + "date": re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    XSD + "gYearMonth": re.compile(r"(\d{4})-(\d{2})"),
    XSD + "gYear": re.compile(r"(\d{4})"),
}
"""Datatype → its lexical form. No time zones: the report gives dates, not instants."""


@dataclass
class _Dates:
    """What the dates of one node say: first and last days, and the years it happened in, each with its date."""

    first: list[tuple[datetime.date, ox.Triple]] = field(default_factory=list)
    last: list[tuple[datetime.date, ox.Triple]] = field(default_factory=list)
    years: list[tuple[int, ox.Triple]] = field(default_factory=list)


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
    triples = [triple for node, dates in _dated(store).items() for triple in _bounds(node, dates)]
    store.add(triples, graph=DERIVED)
    return len(triples)


def renew_bounds(store: Store, nodes: Iterable[Subject], /) -> tuple[list[ox.Triple], list[ox.Triple]]:
    """Derive the bounds of `nodes` anew, of which more or other dates may be stated now; what came and what went.

    Raises:
        CorpusError: a date is ill-formed; names the node and the graphs that state it.
    """
    came: list[ox.Triple] = []
    went: list[ox.Triple] = []
    asked = list(dict.fromkeys(nodes))
    everything = _dated(store) if len(asked) > _MANY else None
    for node in asked:
        dates = (_dated(store, node) if everything is None else everything).get(node, _Dates())
        known = {t for prop in BOUNDS for t in store.triples(node, prop, None, graph=DERIVED)}
        right = set(_bounds(node, dates))
        came += sorted(right - known, key=str)
        went += sorted(known - right, key=str)
    store.add(came, graph=DERIVED)
    store.remove(went, graph=DERIVED)
    return came, went


def dated_by(store: Store, triples: Iterable[ox.Triple], /) -> set[Subject]:
    """The nodes that `triples` give a date, or a date that they have is made one by them (as a new kind of date)."""
    given = list(triples)
    kinds = _below(store, TIES["date"]) | _below(store, TIES["began"]) | _below(store, TIES["ended"])
    named = {triple.subject for triple in given if triple.predicate in kinds}
    fresh = {triple.subject for triple in given if triple.predicate == RDFS["subPropertyOf"]}
    lower = {low for prop in fresh & kinds if isinstance(prop, ox.NamedNode) for low in _below(store, prop)}
    return named | {triple.subject for prop in lower for triple in store.triples(None, prop)}


def dates_behind(store: Store, bound: ox.Triple, /) -> list[ox.Triple]:
    """The dates from which a bound of a node is derived: those that reach to its day, or lie in its year."""
    dates = _dated(store, bound.subject).get(bound.subject, _Dates())
    found = {
        EARLIEST: [triple for first, triple in dates.first if _day(bound.subject, EARLIEST, first) == bound],
        LATEST: [triple for last, triple in dates.last if _day(bound.subject, LATEST, last) == bound],
        YEAR: [triple for year, triple in dates.years if _year(bound.subject, year) == bound],
    }
    return sorted(set(found.get(bound.predicate, ())), key=str)


def _dated(store: Store, node: Subject | None = None) -> dict[Subject, _Dates]:
    """What the dates that are stated of each node, or of `node` alone, say.

    A date that is only inferred says no more than the one it is inferred from, and less exactly.
    """
    opens, closes = _below(store, TIES["began"]), _below(store, TIES["ended"])
    dated: dict[Subject, _Dates] = {}
    for prop in sorted(_below(store, TIES["date"]) | opens | closes, key=lambda p: p.value):
        for triple in store.triples(node, prop, None):
            if is_stated(store, triple):
                first, last = _days(store, triple)
                dates = dated.setdefault(triple.subject, _Dates())
                if prop not in closes:
                    dates.first.append((first, triple))
                    # A year's or a month's date lies in one calendar year: the first day's is the only one.
                    dates.years.append((first.year, triple))
                if prop not in opens:
                    dates.last.append((last, triple))
    return dated


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
            f"{triple.subject} has an ill-formed {triple.predicate}, {triple.object}: {error}",
            place=", ".join(graph_name(graph) for graph in homes),
            mend='Write "2019-04-25"^^xsd:date, "2019-04"^^xsd:gYearMonth or "2019"^^xsd:gYear.',
        ) from error


def _bounds(node: Subject, dates: _Dates) -> Iterator[ox.Triple]:
    if dates.first:
        yield _day(node, EARLIEST, min(first for first, _ in dates.first))
    if dates.last:
        yield _day(node, LATEST, max(last for last, _ in dates.last))
    for year in sorted({year for year, _ in dates.years}):
        yield _year(node, year)


def _day(node: Subject, bound: ox.NamedNode, day: datetime.date) -> ox.Triple:
    return ox.Triple(node, bound, ox.Literal(day.isoformat(), datatype=XSD["date"]))


def _year(node: Subject, year: int) -> ox.Triple:
    return ox.Triple(node, YEAR, ox.Literal(str(year), datatype=XSD["integer"]))
