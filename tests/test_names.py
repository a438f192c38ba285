"""IRIs are spelled in one place, and the prefix table is one."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, ROOT
from tiesgraph import names
from tiesgraph.names import (
    BASE,
    TIES,
    graph_iri,
    graph_name,
    page_graph,
    page_iri,
    page_number,
    prefixes,
    shorten,
    slug,
)

TABLE = {"ties": TIES, "id": BASE + "id/", "actor": BASE + "id/actor/"}


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        (TIES + "date", "ties:date"),
        (BASE + "id/actor/japan", "actor:japan"),
        (BASE + "id/japan", "id:japan"),
        (BASE + "id/ship/hms-argyll", f"<{BASE}id/ship/hms-argyll>"),
        ("http://example.org/x", "<http://example.org/x>"),
    ],
)
def test_an_iri_is_shortened_by_the_longest_prefix_that_leaves_a_plain_name(iri: str, name: str) -> None:
    assert shorten(iri, TABLE) == name


@pytest.mark.parametrize(("page", "name"), [(1, "p001"), (25, "p025"), (102, "p102")])
def test_a_page_and_its_graph_lead_to_each_other(page: int, name: str) -> None:
    assert graph_name(page_graph(page)) == name
    assert page_number(page_graph(page)) == page
    assert page_iri(page).value == f"{BASE}report/page/{page}"


@pytest.mark.parametrize("name", ["entities", "p25", "page", "pxyz"])
def test_other_graphs_are_no_pages(name: str) -> None:
    assert page_number(graph_iri(name)) is None


def test_a_namespace_is_asked_for_terms_alone() -> None:
    assert TIES["date"] == ox.NamedNode(TIES + "date")
    with pytest.raises(TypeError, match="local name"):
        TIES[0]


def test_the_table_is_read_from_its_file() -> None:
    assert dict(prefixes(CASES / "corpus" / "ontology" / "prefixes.ttl")) == {
        "actor": BASE + "id/actor/",
        "ties": BASE + "ontology#",
    }


def test_the_code_and_the_table_agree() -> None:
    spelled = {name: value for name, value in vars(names).items() if isinstance(value, names.Namespace)}
    table = prefixes()
    assert {name: table[name.lower()] for name in spelled if name.lower() in table} == {
        name: str(value) for name, value in spelled.items() if name.lower() in table
    }


def test_files_declare_prefixes_as_the_table_has_them() -> None:
    table = prefixes()
    wrong = []
    for file in sorted(file for folder in ("ontology", "shapes", "data") for file in (ROOT / folder).rglob("*.ttl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("@prefix"):
                prefix, iri = line.split()[1].rstrip(":"), line.split()[2].strip("<>")
                if table.get(prefix) != iri:
                    wrong.append(f"{file.relative_to(ROOT)}: {line}")
    assert wrong == []


def test_no_other_module_spells_an_iri_of_ours() -> None:
    source = Path(names.__file__).parent
    assert [
        file.name for file in source.rglob("*.py") if file.name != "names.py" and "w3id.org" in file.read_text()
    ] == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Japan–Italy naval exercise, 2019", "japan-italy-naval-exercise-2019"),
        ("Émile Ōshima's  Straße", "emile-oshimas-strasse"),
        ("Søren Łukasiewicz Þór œuvre", "soren-lukasiewicz-thor-oeuvre"),
        ("İzmir", "izmir"),
        ("3-25", "3-25"),
        ("-- HMS *Argyll* --", "hms-argyll"),
        ("護衛艦", ""),
        ("", ""),
    ],
)
def test_a_slug_keeps_to_letters_digits_and_hyphens(name: str, wanted: str) -> None:
    assert slug(name) == wanted
