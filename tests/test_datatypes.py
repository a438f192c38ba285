"""Lexical forms and values, by the tables of XML Schema Datatypes 1.1."""

import pyoxigraph as ox
import pytest

from tiesgraph.datatypes import in_space, is_well_formed, unequal
from tiesgraph.names import RDF, RDFS, TIES, XSD


def lit(text: str) -> ox.Literal:
    """`1^integer`, `2019^gYear`, `word@en`, `text`."""
    value, caret, kind = text.rpartition("^")
    if caret:
        return ox.Literal(value, datatype=XSD[kind])
    value, at, language = text.rpartition("@")
    return ox.Literal(value, language=language) if at else ox.Literal(text)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("boolean", ["true", "0"], ["True", "yes", ""]),
        ("decimal", ["1", "-1.50", ".5", "5."], ["1e3", ".", ""]),
        ("integer", ["007", "-3", "+3", "9" * 5000], ["3.0", "three", "", "３"]),
        ("nonPositiveInteger", ["0", "-" + "9" * 5000], ["1", "9" * 5000]),
        ("unsignedInt", ["4294967295"], ["-1", "4294967296", "9" * 5000]),
        ("nonNegativeInteger", ["0", "5"], ["-5"]),
        ("byte", ["-128", "127"], ["128"]),
        ("double", ["1e3", "NaN", "-INF"], ["inf", "1e"]),
        (
            "date",
            ["2019-02-28", "2016-02-29", "2000-02-29", "2019-01-01Z", "-0001-01-01"],
            ["2019-02-29", "1900-02-29"],
        ),
        (
            "date",
            ["12019-01-01", "9" * 5000 + "-02-28"],
            ["2019-13-01", "2019-1-1", "19-01-01", "2019-04-31", "2019", "02019-01-01"],
        ),
        ("dateTime", ["2019-01-01T24:00:00", "2019-01-01T10:00:00.5+09:00"], ["2019-01-01T25:00:00", "2019-01-01"]),
        ("dateTimeStamp", ["2019-01-01T10:00:00Z"], ["2019-01-01T10:00:00"]),
        ("time", ["10:00:00"], ["10:00"]),
        ("gYear", ["2019", "-0044"], ["19", "2019-01"]),
        ("gYearMonth", ["2019-12"], ["2019-13", "2019"]),
        ("gMonth", ["--07"], ["--13", "07"]),
        ("gMonthDay", ["--02-29", "--12-31Z"], ["--02-30", "--04-31", "--00-01"]),
        ("gDay", ["---31"], ["---32", "---00"]),
        ("yearMonthDuration", ["P1Y", "-P2M"], ["P1D", "P"]),
        ("dayTimeDuration", ["P1DT1H", "PT0S"], ["P1Y", "P", "P1DT"]),
        ("duration", ["P2D", "-P1Y2M", "PT1.5S"], ["P", "P1DT", "2D"]),
        ("hexBinary", ["", "0aFF"], ["0", "0g"]),
        ("base64Binary", ["", "AAAA", "AAA="], ["A", "===="]),
        ("anyURI", ["https://example.org/a", ""], ["a b"]),
        ("token", ["a b", ""], [" a", "a  b"]),
        ("language", ["en", "zh-Hant"], ["e_n"]),
        ("NCName", ["a-1", "é"], ["1a", "a:b"]),
        ("string", ["anything\n"], []),
        ("notYetInvented", ["anything"], []),
    ],
)
def test_a_literal_has_the_form_of_its_datatype(kind: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not is_well_formed(ox.Literal(text, datatype=XSD[kind]))] == []
    assert [text for text in bad if is_well_formed(ox.Literal(text, datatype=XSD[kind]))] == []


@pytest.mark.parametrize(
    ("literal", "datatype", "answer"),
    [
        ("5^integer", XSD["nonNegativeInteger"], True),
        ("-5^integer", XSD["nonNegativeInteger"], False),
        ("5^integer", XSD["decimal"], True),
        ("5.0^decimal", XSD["integer"], True),
        ("5.5^decimal", XSD["integer"], False),
        ("5^integer", XSD["double"], False),
        ("5^integer", XSD["string"], False),
        ("2019^gYear", XSD["date"], False),
        ("2019-01-01^date", XSD["date"], True),
        ("2019-01-01^date", RDFS["Literal"], True),
        ("2019-01-01T10:00:00Z^dateTime", XSD["dateTimeStamp"], True),
        ("2019-01-01T10:00:00^dateTime", XSD["dateTimeStamp"], False),
        ("word", XSD["token"], True),
        ("two  words", XSD["token"], False),
        ("word^token", XSD["string"], True),
        ("word@en", RDF["langString"], True),
        ("word", RDF["langString"], False),
        ("word@en", XSD["string"], False),
        ("word@en", RDF["PlainLiteral"], True),
        ("x^integer", XSD["date"], None),
        ("word", TIES["Unheard"], None),
        ("word^unheard", XSD["date"], None),
    ],
)
def test_a_datatype_has_room_for_a_value_or_has_not(literal: str, datatype: ox.NamedNode, answer: bool | None) -> None:
    assert in_space(lit(literal), datatype) is answer


def test_a_thing_is_in_no_datatype() -> None:
    assert in_space(TIES["State"], XSD["string"]) is None


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("1^integer", "2^integer", True),
        ("1^integer", "1.0^decimal", False),
        ("1^integer", "1", True),
        ("a", "b", True),
        ("a", "a", False),
        ("a@en", "a@fr", True),
        ("2018^gYear", "2019^gYear", True),
        ("2019-01-01Z^date", "2019-01-01+00:00^date", False),
        ("2019^gYear", "2019-01^gYearMonth", True),
        ("1.0^double", "1^double", False),
        ("a^unheard", "b^unheard", False),
    ],
)
def test_literals_are_unequal_where_no_reading_makes_them_one(one: str, other: str, answer: bool) -> None:
    assert unequal(lit(one), lit(other)) is answer
    assert unequal(lit(other), lit(one)) is answer
