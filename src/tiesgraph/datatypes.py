"""Which literals a datatype of OWL 2 RL has room for: its lexical forms and its values.

From XML Schema Datatypes 1.1 (https://www.w3.org/TR/xmlschema11-2/) and the datatype map of OWL 2 RL
(https://www.w3.org/TR/owl2-profiles/#Entities_3). The store turns derived integer types into
`xsd:integer`, so that whether 5 is an `xsd:nonNegativeInteger` can only be told by its value.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import pyoxigraph as ox

from tiesgraph.names import RDF, RDFS, XSD
from tiesgraph.store import Term

__all__ = ["in_space", "is_datatype", "is_well_formed", "unequal"]

_DAY = r"(-?(?:[1-9]\d{3,}|0\d{3}))-(\d{2})-(\d{2})"
_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
_CLOCK = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_SPAN = r"(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_NAME = r"[^\W\d][\w.\-·]*"

_FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        # Digits are 0 to 9; only names may have letters of any script.
        XSD + name: re.compile(form, re.NOFLAG if name in ("NMTOKEN", "Name", "NCName") else re.ASCII)
        for name, form in {
            "boolean": r"true|false|1|0",
            "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
            "integer": r"[+-]?\d+",
            "double": r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|INF)|NaN",
            "float": r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|INF)|NaN",
            "date": rf"{_DAY}{_ZONE}?",
            "dateTime": rf"{_DAY}T{_CLOCK}{_ZONE}?",
            "dateTimeStamp": rf"{_DAY}T{_CLOCK}{_ZONE}",
            "time": rf"{_CLOCK}{_ZONE}?",
            "gYear": rf"-?(?:[1-9]\d{{3,}}|0\d{{3}}){_ZONE}?",
            "gYearMonth": rf"-?(?:[1-9]\d{{3,}}|0\d{{3}})-(?:0[1-9]|1[0-2]){_ZONE}?",
            "gMonth": rf"--(?:0[1-9]|1[0-2]){_ZONE}?",
            "gMonthDay": rf"--(?:02-(?:0[1-9]|[12]\d)|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
            rf"|(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])){_ZONE}?",
            "gDay": rf"---(?:0[1-9]|[12]\d|3[01]){_ZONE}?",
            "duration": rf"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?{_SPAN}",
            "yearMonthDuration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?",
            "dayTimeDuration": rf"-?P(?=.)(?:\d+D)?{_SPAN}",
            "hexBinary": r"(?:[0-9a-fA-F]{2})*",
            "base64Binary": r"(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){2}(?:= ?=|[A-Za-z0-9+/] ?=))?",
            "anyURI": r"[^\s<>\"{}|\\^`]*",
            "normalizedString": r"[^\t\n\r]*",
            "token": r"(?:[^\s]+(?: [^\s]+)*)?",
            "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
            "NMTOKEN": r"[\w.\-:·]+",
            "Name": r"[^\W\d][\w.\-:·]*|:[\w.\-:·]*",
            "NCName": _NAME,
        }.items()
    }
)
"""Datatype → its lexical form. Any text is a string, and any mark-up a literal of rdf's."""

_INTEGERS: Mapping[str, tuple[int | None, int | None]] = MappingProxyType(
    {
        XSD + name: ends
        for name, ends in {
            "integer": (None, None),
            "nonNegativeInteger": (0, None),
            "positiveInteger": (1, None),
            "nonPositiveInteger": (None, 0),
            "negativeInteger": (None, -1),
            "long": (-(2**63), 2**63 - 1),
            "int": (-(2**31), 2**31 - 1),
            "short": (-(2**15), 2**15 - 1),
            "byte": (-128, 127),
            "unsignedLong": (0, 2**64 - 1),
            "unsignedInt": (0, 2**32 - 1),
            "unsignedShort": (0, 2**16 - 1),
            "unsignedByte": (0, 255),
        }.items()
    }
)
"""Kind of integer → its least and its greatest value."""

_STRINGS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        XSD + name: frozenset(XSD + above for above in wider)
        for name, wider in {
            "string": (),
            "normalizedString": ("string",),
            "token": ("string", "normalizedString"),
            "language": ("string", "normalizedString", "token"),
            "NMTOKEN": ("string", "normalizedString", "token"),
            "Name": ("string", "normalizedString", "token"),
            "NCName": ("string", "normalizedString", "token", "Name"),
        }.items()
    }
)
"""Kind of string → the kinds that hold all its values."""

_ALONE = frozenset(
    [
        *(XSD + name for name in ("boolean", "double", "float", "date", "time", "gYear", "gYearMonth", "duration")),
        *(XSD + name for name in ("hexBinary", "base64Binary", "anyURI")),
        *(RDF + name for name in ("langString", "XMLLiteral", "HTML")),
    ]
)
"""Datatypes that share no value with another."""

_ONE_TEXT = frozenset([*_STRINGS, *(XSD + name for name in ("date", "gYear", "gYearMonth")), RDF + "langString"])
"""Datatypes in which another text is another value, but for time zones."""

_ZONED = re.compile(_ZONE + "$")

_KNOWN = frozenset([*_INTEGERS, *_STRINGS, *_ALONE, *(XSD + name for name in ("decimal", "dateTime", "dateTimeStamp"))])


def is_datatype(iri: str, /) -> bool:
    """Whether `iri` is a datatype by its name alone: of XML Schema, or one that RDF brings along."""
    return iri.startswith(XSD) or iri in _KNOWN or iri in (RDFS + "Literal", RDF + "PlainLiteral")


def is_well_formed(literal: ox.Literal, /) -> bool:
    """Whether the text of `literal` is one of its datatype's; of a datatype that nobody knows here, any is."""
    datatype = literal.datatype.value
    ends = _INTEGERS.get(datatype)
    if ends is not None:
        return bool(_FORMS[XSD + "integer"].fullmatch(literal.value)) and _between(Decimal(literal.value), ends)
    form = _FORMS.get(datatype)
    match = form.fullmatch(literal.value) if form else None
    if form is None or match is None:
        return form is None
    # Python reads no number of thousands of digits; the calendar repeats itself every 400 years, and 400 divides 10⁸.
    return not match.groups() or _is_day(*(int(part[:1] + part[1:][-8:]) for part in match.groups()))


def in_space(term: Term, datatype: Term, /) -> bool | None:
    """Whether the value of `term` is one of `datatype`'s; None where that is unknown or `term` is no literal."""
    if not isinstance(term, ox.Literal) or not isinstance(datatype, ox.NamedNode):
        return None
    own, wanted = term.datatype.value, datatype.value
    if own == wanted or wanted == RDFS + "Literal":
        return True
    if wanted == RDF + "PlainLiteral":
        return own in (XSD + "string", RDF + "langString")
    if own not in _KNOWN or wanted not in _KNOWN or not is_well_formed(term):
        return None
    return _has_value(term, own, wanted)


def _has_value(literal: ox.Literal, own: str, wanted: str) -> bool:
    """Whether a well-formed literal of another datatype of ours has a value of `wanted`."""
    if own in _INTEGERS or own == XSD + "decimal":
        value = Decimal(literal.value)
        if wanted in _INTEGERS:
            return value == int(value) and _between(int(value), _INTEGERS[wanted])
        return wanted == XSD + "decimal"
    if own in _STRINGS and wanted in _STRINGS:
        return wanted in _STRINGS[own] or bool(_FORMS[wanted].fullmatch(literal.value))
    if {own, wanted} == {XSD + "dateTime", XSD + "dateTimeStamp"}:
        return bool(_FORMS[wanted].fullmatch(literal.value))
    return False


def unequal(one: Term, other: Term, /) -> bool:
    """Whether two terms are literals that cannot have the same value (dt-diff)."""
    if not isinstance(one, ox.Literal) or not isinstance(other, ox.Literal) or one == other:
        return False
    numbers = [_number(literal) for literal in (one, other)]
    if None not in numbers:
        return numbers[0] != numbers[1]
    if one.datatype == other.datatype:
        return one.datatype.value in _ONE_TEXT and not (_ZONED.search(one.value) or _ZONED.search(other.value))
    return in_space(one, other.datatype) is False and in_space(other, one.datatype) is False


def _number(literal: ox.Literal) -> Decimal | None:
    exact = literal.datatype.value in _INTEGERS or literal.datatype.value == XSD + "decimal"
    return Decimal(literal.value) if exact and is_well_formed(literal) else None


def _between(value: int | Decimal, ends: tuple[int | None, int | None]) -> bool:
    low, high = ends
    return (low is None or value >= low) and (high is None or value <= high)


def _is_day(year: int, month: int, day: int) -> bool:
    # Leap years go on backwards without end (XSD 1.1, 3.3.9); the calendar of the library begins with year 1.
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year % 400 + 400, month)[1]
