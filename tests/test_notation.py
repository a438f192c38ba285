"""Terms are written as Turtle reads them."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiesgraph.names import ID, RDF, TIES, XSD, prefixes
from tiesgraph.notation import statement, term
from tiesgraph.query import parse_term

KINDS = ["string", "integer", "decimal", "boolean", "date", "gYear", "double"]


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (ID["actor/japan"], "actor:japan"),
        (ox.NamedNode("http://example.org/a"), "<http://example.org/a>"),
        (ox.Literal('a "b"\n'), '"a \\"b\\"\\n"'),
        (ox.Literal("käse", language="de"), '"käse"@de'),
        (ox.Literal("12", datatype=XSD["integer"]), "12"),
        (ox.Literal("-1.50", datatype=XSD["decimal"]), "-1.50"),
        (ox.Literal("true", datatype=XSD["boolean"]), "true"),
        (ox.Literal("1", datatype=XSD["boolean"]), '"1"^^xsd:boolean'),
        (ox.Literal("1.", datatype=XSD["decimal"]), '"1."^^xsd:decimal'),
        (ox.Literal("many", datatype=XSD["integer"]), '"many"^^xsd:integer'),
        (ox.Literal("2019", datatype=XSD["gYear"]), '"2019"^^xsd:gYear'),
    ],
)
def test_a_term_is_written_short(node: ox.NamedNode | ox.Literal, text: str) -> None:
    assert term(node) == text
    assert parse_term(text, known=prefixes()) == node


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])), st.sampled_from(KINDS))
def test_any_literal_that_is_written_is_read_as_it_was(value: str, kind: str) -> None:
    literal = ox.Literal(value, datatype=XSD[kind])
    assert parse_term(term(literal), known=prefixes()) == literal


def test_a_statement_says_a_for_its_type() -> None:
    assert statement(ox.Triple(ID["actor/japan"], RDF["type"], TIES["State"])) == "actor:japan a ties:State"
    assert statement(ox.Triple(ID["actor/japan"], TIES["partOf"], ID["actor/world"])).split() == [
        "actor:japan",
        "ties:partOf",
        "actor:world",
    ]
