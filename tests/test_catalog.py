"""What stands at a path, and what may have been meant by one where nothing stands."""

from __future__ import annotations

import pytest

from conftest import Snippets
from tiesgraph.catalog import Catalog
from tiesgraph.names import BASE, TSH


@pytest.fixture
def catalog(snippets: Snippets) -> Catalog:
    return Catalog(
        snippets(
            entities="agreement:japan-uk-acsa a ties:Agreement ; rdfs:label 'Japan–UK mutual supply accord' . "
            "agreement:japan-uk-isa a ties:Agreement . agreement:germany-nato-sofa a ties:Agreement . "
            "actor:japan a ties:State . actor:JAPAN2 a ties:State . actor:japan2 a ties:State . "
            f"<{BASE}concept/level> a skos:ConceptScheme . level:ministerial a skos:Concept . ties:State a owl:Class . "
            "tsh:StateShape a sh:NodeShape ."
        )
    )


@pytest.mark.parametrize("path", ["id/agreement/japan-uk-acsa", "concept/level", "graph/entities", "ontology"])
def test_what_the_store_tells_of_stands_at_its_path(catalog: Catalog, path: str) -> None:
    found = catalog.at(path)
    assert found is not None
    assert found.value == BASE + path


def test_a_shape_stands_below_the_shapes(catalog: Catalog) -> None:
    assert catalog.at("shapes/StateShape") == TSH["StateShape"]
    assert catalog.at("shapes/Stateshape") is None


@pytest.mark.parametrize(
    "path",
    ["", "id", "id/agreement/", "id/agreement/x", 'id/"', "id/a b", "dataset", "graph/x", "shapes/", "shapes/a#b"],
)
def test_nothing_stands_at_other_paths(catalog: Catalog, path: str) -> None:
    assert catalog.at(path) is None


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("id/agreement/Japan-UK-ACSA", "id/agreement/japan-uk-acsa"),
        ("ID/Agreement/japan-uk-acsa/", "id/agreement/japan-uk-acsa"),
        ("concept/level/", "concept/level"),
        ("graph/Entities", "graph/entities"),
        ("ontology/", "ontology"),
        ("shapes/stateshape", "shapes/StateShape"),
        ("id/actor/Japan2", None),
        ("id/agreement/japan-uk-asca", None),
        ("id/agreement/japan-uk-acsa", "id/agreement/japan-uk-acsa"),
    ],
)
def test_case_and_slashes_at_the_end_are_mended_where_only_one_name_fits(
    catalog: Catalog, path: str, right: str | None
) -> None:
    assert catalog.respelt(path) == right


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("id/agreement/japan-uk-asca", "id/agreement/japan-uk-acsa"),
        ("id/agreement/uk-japan-isa", "id/agreement/japan-uk-isa"),
        ("id/agreement/acsa", "id/agreement/japan-uk-acsa"),
        ("id/agreement/mutual-supply-accord", "id/agreement/japan-uk-acsa"),
        ("id/agreements/germany-nato-sofa", "id/agreement/germany-nato-sofa"),
        ("concept/levle", "concept/level"),
        ("concept/level/minsterial", "concept/level/ministerial"),
        ("graph/entites", "graph/entities"),
        ("id/agreement/zzz", None),
        ("", None),
    ],
)
def test_the_likeliest_name_comes_first(catalog: Catalog, path: str, first: str | None) -> None:
    near = catalog.near(path)
    assert (near[0] if near else None) == (BASE + first if first else None)
    assert len(near) <= 5
