"""Answers for readers: names in place of IRIs, links on names, headings of plain words."""

from collections.abc import Mapping

import pytest

from tiesgraph.names import ID, XSD
from tiesgraph.web.readable import readable
from tiesgraph.web.rows import Cell, Table

JAPAN, FRANCE, THING = ID + "actor/japan", ID + "actor/france", ID + "event/one"
NAMES = {JAPAN: "Japan", FRANCE: "France", THING: "One"}


def iri(value: str) -> dict[str, str]:
    return {"type": "uri", "value": value}


def text(value: str) -> dict[str, str]:
    return {"type": "literal", "value": value}


def typed(value: str, kind: str) -> dict[str, str]:
    return {"type": "literal", "value": value, "datatype": XSD + kind}


def table(*rows: Mapping[str, dict[str, str]]) -> Table:
    columns = dict.fromkeys(name for row in rows for name in row)
    return Table(columns=tuple(columns), bindings=tuple(dict(row) for row in rows))


def test_an_iri_is_shown_by_its_name_and_leads_to_it() -> None:
    found = readable(table({"who": iri(JAPAN)}, {"who": iri("http://example.org/x")}), name=NAMES.get)
    assert [row[0].text for row in found.rows] == ["Japan", "<http://example.org/x>"]
    assert found.rows[0][0].href == "/id/actor/japan"


def test_iris_whose_names_stand_beside_them_become_the_links_of_these() -> None:
    rows = table({"label": text("Japan"), "thing": iri(JAPAN)}, {"label": text("France"), "thing": iri(FRANCE)})
    found = readable(rows, name=NAMES.get)
    assert [column.title for column in found.columns] == ["label"]
    assert [row[0].href for row in found.rows] == ["/id/actor/japan", "/id/actor/france"]


def test_iris_whose_names_stand_beside_only_some_of_them_stay() -> None:
    rows = table({"label": text("Japan"), "thing": iri(JAPAN)}, {"label": text("Gaul"), "thing": iri(FRANCE)})
    assert [cell.text for cell in readable(rows, name=NAMES.get).rows[1]] == ["Gaul", "France"]


def test_the_name_of_a_thing_behind_the_row_leads_there() -> None:
    rows = table({"what": text("One")}, {"what": text("One")})
    found = readable(rows, name=NAMES.get, things=[[THING], [JAPAN]])
    assert [row[0].href for row in found.rows] == ["/id/event/one", None]


def test_an_answer_without_rows_has_its_columns() -> None:
    found = readable(Table(columns=("inForce",), bindings=()), name=NAMES.get)
    assert ([column.title for column in found.columns], found.rows) == (["in force"], [])


@pytest.mark.parametrize(
    ("term", "cell"),
    [
        (typed("true", "boolean"), Cell(text="yes")),
        (typed("0", "boolean"), Cell(text="no")),
        (typed("7", "integer"), Cell(text="7", kind="number")),
        (typed("2017-12", "gYearMonth"), Cell(text="2017-12", kind="date")),
    ],
)
def test_a_value_is_shown_as_what_it_is(term: dict[str, str], cell: Cell) -> None:
    found = readable(table({"value": term}), name=NAMES.get)
    assert found.rows == [[cell]]
    assert found.columns[0].kind == cell.kind
