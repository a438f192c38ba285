"""Which literals their datatype has a value for, and how two of them compare.

The lexical forms are those of XML Schema 1.1, part 2. A datatype that is not listed here says nothing of
its literals, so that each of them is well formed. Comparing is left to the engine: SHACL's ranges and
`sh:lessThan` are SPARQL's operators.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Collection, Mapping

import pyoxigraph as ox

from tiesgraph.corpus import Term
from tiesgraph.names import RDF, XSD

__all__ = ["holding", "is_well_formed"]

_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DATE = rf"(?P<year>{_YEAR})-(?P<month>{_MONTH})-(?P<day>{_DAY})"
_DAYS, _MONTHS = r"(?:\d+D)?", r"(?:\d+Y)?(?:\d+M)?"
_CLOCK = r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_REAL = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN"

_FORMS: Mapping[str, re.Pattern[str]] = {
    XSD + name: re.compile(form, re.ASCII)
    for name, form in {
        "base64Binary": r"(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){2}(?:= ?=|[A-Za-z0-9+/] ?=))?",
        "boolean": r"true|false|1|0",
        "date": rf"{_DATE}{_ZONE}?",
        "dateTime": rf"{_DATE}T{_TIME}{_ZONE}?",
        "dateTimeStamp": rf"{_DATE}T{_TIME}{_ZONE}",
        "dayTimeDuration": rf"-?P(?=\d|T){_DAYS}{_CLOCK}",
        "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
        "double": _REAL,
        "duration": rf"-?P(?=\d|T){_MONTHS}{_DAYS}{_CLOCK}",
        "float": _REAL,
        "gDay": rf"---{_DAY}{_ZONE}?",
        "gMonth": rf"--{_MONTH}{_ZONE}?",
        "gMonthDay": rf"--(?P<month>{_MONTH})-(?P<day>{_DAY}){_ZONE}?",
        "gYear": rf"{_YEAR}{_ZONE}?",
        "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}?",
        "hexBinary": r"(?:[0-9A-Fa-f]{2})*",
        "language": r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*",
        "time": rf"{_TIME}{_ZONE}?",
        "yearMonthDuration": rf"-?P(?=\d){_MONTHS}",
    }.items()
}

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_BOUNDS: Mapping[str, tuple[int | None, int | None]] = {
    XSD + name: bounds
    for name, bounds in {
        "byte": (-(2**7), 2**7 - 1),
        "int": (-(2**31), 2**31 - 1),
        "integer": (None, None),
        "long": (-(2**63), 2**63 - 1),
        "negativeInteger": (None, -1),
        "nonNegativeInteger": (0, None),
        "nonPositiveInteger": (None, 0),
        "positiveInteger": (1, None),
        "short": (-(2**15), 2**15 - 1),
        "unsignedByte": (0, 2**8 - 1),
        "unsignedInt": (0, 2**32 - 1),
        "unsignedLong": (0, 2**64 - 1),
        "unsignedShort": (0, 2**16 - 1),
    }.items()
}
_LONGEST = 4_000
"""Digits: Python reads no longer integers, and no bound needs them."""


def is_well_formed(literal: ox.Literal, /) -> bool:
    """Whether the datatype of `literal` has a value for its text; true of a datatype that nobody here knows."""
    datatype, text = literal.datatype.value, literal.value
    if datatype == RDF + "langString":
        return literal.language is not None
    if datatype in _BOUNDS:
        return _is_within(text.strip(" \t\r\n"), *_BOUNDS[datatype])
    form = _FORMS.get(datatype)
    if form is None:
        return True
    match = form.fullmatch(text.strip(" \t\r\n"))
    return match is not None and _is_day(match.groupdict())


def _is_within(text: str, least: int | None, most: int | None) -> bool:
    if not _WHOLE.fullmatch(text):
        return False
    if len(text) > _LONGEST:
        return (most if text[0] != "-" else least) is None
    number = int(text)
    return (least is None or number >= least) and (most is None or number <= most)


def _is_day(parts: Mapping[str, str | None]) -> bool:
    """Whether the month has that day; true where there is none. A day without a year may be of a leap year."""
    month, day, year = parts.get("month"), parts.get("day"), parts.get("year")
    if month is None or day is None:
        return True
    # The calendar repeats every 400 years, and the library's begins with the year 1.
    return int(day) <= calendar.monthrange(2000 + int((year or "2000")[-9:]) % 400, int(month))[1]


def holding(pairs: Collection[tuple[Term, Term]], operator: str, /) -> set[tuple[Term, Term]]:
    """Those of `pairs` for which SPARQL's `operator` (`<`, `<=`, `>`, `>=`) holds; never where it is an error.

    What has no order (an IRI and a number, a year and a month) is not held, which is what SHACL asks
    (section 4.3): such a value is in no range.
    """
    comparable: Callable[[Term], bool] = lambda term: isinstance(term, ox.Literal)  # noqa: E731
    listed = [pair for pair in pairs if all(map(comparable, pair))]
    if not listed:
        return set()
    rows = " ".join(f"({number} {left} {right})" for number, (left, right) in enumerate(listed))
    query = f"SELECT ?n {{ VALUES (?n ?left ?right) {{ {rows} }} FILTER (?left {operator} ?right) }}"
    answer = ox.Store().query(query)
    if not isinstance(answer, ox.QuerySolutions):
        raise TypeError("a SELECT query has rows")
    return {listed[int(row["n"].value)] for row in answer}
