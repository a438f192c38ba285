"""What the engine rewrites when it loads a literal, and that no file of ours holds such a one.

The engine keeps numbers, dates and durations by value: `007` comes back as `7`, an xsd:int as an xsd:integer. What a
file states must come back as it stands there, so the files keep to the forms that do.
"""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, ROOT
from tiesgraph.corpus import ROOTS, Term, parse_file
from tiesgraph.names import RDFS, SH, XSD
from tiesgraph.store import Store

FILES = sorted(file for folder in ROOTS for file in (ROOT / folder).rglob("*.ttl"))
TOYS = sorted((CASES / "literals").glob("*.ttl"))
TAG = re.compile(r'"@([A-Za-z]+(?:-[A-Za-z0-9]+)*)')
"""A language tag in Turtle: the parser itself writes it small, so that it must be looked for in the text."""


def stored(literal: ox.Literal) -> Term:
    """What the engine gives back for a literal."""
    store = ox.Store()
    node = ox.NamedNode("urn:x")
    store.add(ox.Quad(node, node, literal))
    quads: list[ox.Quad] = list(store)
    return quads[0].object


def rewritten(file: Path) -> list[str]:
    """The literals of a file that do not come back from the engine as they stand there."""
    literals = {triple.object for triple in parse_file(file) if isinstance(triple.object, ox.Literal)}
    changed = [str(literal) for literal in literals if stored(literal) != literal]
    tags = set(TAG.findall(file.read_text(encoding="utf-8")))
    return sorted([*changed, *(f"@{tag}" for tag in tags if tag != tag.lower())])


@pytest.mark.parametrize(
    ("datatype", "forms"),
    [
        ("integer", {"007": "7", "+7": "7", "-0": "0"}),
        ("decimal", {"1.0": "1", "1.50": "1.5", "01.5": "1.5", "+1.5": "1.5", ".5": "0.5", "1.": "1"}),
        ("double", {"1.0": "1", "1.0E0": "1", "1.5e3": "1500", "+INF": "INF"}),
        ("float", {"1.0": "1", "1e0": "1"}),
        ("boolean", {"1": "true", "0": "false"}),
        ("date", {"2019-04-25+00:00": "2019-04-25Z", "2019-04-25-00:00": "2019-04-25Z"}),
        ("gYear", {"2019+00:00": "2019Z"}),
        (
            "dateTime",
            {"2019-04-25T10:00:00.50Z": "2019-04-25T10:00:00.5Z", "2019-04-25T24:00:00": "2019-04-26T00:00:00"},
        ),
        ("time", {"10:00:00.0": "10:00:00", "24:00:00": "00:00:00"}),
        ("duration", {"P12M": "P1Y", "P14M": "P1Y2M", "PT24H": "P1D", "PT60S": "PT1M", "P0D": "PT0S", "P1Y0M": "P1Y"}),
        ("dayTimeDuration", {"PT24H": "P1D"}),
        ("yearMonthDuration", {"P12M": "P1Y"}),
    ],
)
def test_a_form_that_is_not_the_canonical_one_is_rewritten(datatype: str, forms: dict[str, str]) -> None:
    assert {form: stored(ox.Literal(form, datatype=XSD[datatype])) for form in forms} == {
        form: ox.Literal(canonical, datatype=XSD[datatype]) for form, canonical in forms.items()
    }


REWRITTEN = {
    **dict.fromkeys(["byte", "int", "long", "short"], ("7", "integer")),
    **dict.fromkeys(["unsignedByte", "unsignedInt", "unsignedLong", "unsignedShort"], ("7", "integer")),
    **dict.fromkeys(["nonNegativeInteger", "positiveInteger"], ("7", "integer")),
    **dict.fromkeys(["negativeInteger", "nonPositiveInteger"], ("-7", "integer")),
    "dateTimeStamp": ("2019-04-25T10:00:00Z", "dateTime"),
}
"""Datatype → one of its values, and the datatype under which that comes back."""

KEPT = {
    "anyURI": "http://example.org/",
    "boolean": "true",
    "date": "2019-04-25",
    "dateTime": "2019-04-25T10:00:00Z",
    "decimal": "1.5",
    "double": "1.5",
    "duration": "P2D",
    "gYear": "2019",
    "gYearMonth": "2019-04",
    "integer": "7",
    "string": "007",
}
"""Datatype → one of its values, which comes back as it is."""


@pytest.mark.parametrize("datatype", REWRITTEN)
def test_a_datatype_derived_from_another_is_lost(datatype: str) -> None:
    value, base = REWRITTEN[datatype]
    assert stored(ox.Literal(value, datatype=XSD[datatype])) == ox.Literal(value, datatype=XSD[base])


@pytest.mark.parametrize("datatype", KEPT)
def test_the_usual_form_comes_back_as_it_is(datatype: str) -> None:
    literal = ox.Literal(KEPT[datatype], datatype=XSD[datatype])
    assert stored(literal) == literal


def test_what_is_out_of_range_or_ill_formed_comes_back_as_it_is() -> None:
    for form, datatype in (("9223372036854775808", "integer"), ("2019-02-30", "date"), ("2019-13", "gYearMonth")):
        literal = ox.Literal(form, datatype=XSD[datatype])
        assert stored(literal) == literal


def test_a_language_tag_loses_its_capitals() -> None:
    (quad,) = ox.parse('<urn:x> <urn:x> "x"@en-GB .', format=ox.RdfFormat.TURTLE)
    assert isinstance(quad.object, ox.Literal)
    assert quad.object.language == "en-gb"


def test_there_are_files_and_toys() -> None:
    assert FILES
    assert TOYS


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_file_holds_what_the_engine_rewrites(file: Path) -> None:
    assert rewritten(file) == []


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.stem)
def test_the_guard_finds_what_is_rewritten(toy: Path) -> None:
    assert bool(rewritten(toy)) == toy.stem.startswith("trips")


def test_no_range_and_no_shape_asks_for_a_datatype_that_is_lost(graph: Store) -> None:
    """Of whatever datatype a value must be, one of it comes back as that; a new one gets its sample in this module."""
    asked = {t.object for prop in (RDFS["range"], SH["datatype"]) for t in graph.triples(None, prop)}
    named = {
        node.value.removeprefix(XSD) for node in asked if isinstance(node, ox.NamedNode) and node.value.startswith(XSD)
    }
    assert named
    assert sorted(named - set(KEPT)) == []
