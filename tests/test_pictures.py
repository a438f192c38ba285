"""Pictures: each has a query that answers, a drawing of fields that the query selects, and a page."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app_client import AppClient
from tiesgraph.errors import CorpusError
from tiesgraph.picture import Picture, pictures
from tiesgraph.query import run
from tiesgraph.store import Store
from tiesgraph.web import create_app

PICTURES = pictures()
IDS = [picture.name for picture in PICTURES]


def mentions(value: Any, key: str) -> Iterator[Any]:
    """What stands under `key`, wherever in a JSON value."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name == key:
                yield part
            yield from mentions(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from mentions(part, key)


def test_there_are_pictures() -> None:
    assert len(PICTURES) >= 8


@pytest.mark.parametrize("picture", PICTURES, ids=IDS)
def test_its_query_selects_every_field_that_is_drawn(picture: Picture, graph: Store) -> None:
    columns = set(run(graph, picture.question.sparql).table()[0])
    made = set(mentions(picture.specification, "as"))
    drawn = {field for field in mentions(picture.specification, "field") if isinstance(field, str)}
    assert drawn - columns - made == set()


@pytest.mark.parametrize("picture", PICTURES, ids=IDS)
def test_it_loads_its_rows_from_this_server_alone(picture: Picture) -> None:
    urls = set(mentions(picture.specification, "url"))
    assert f"/pictures/{picture.name}.json" in urls
    assert [url for url in urls if not url.startswith(("/pictures/", "/assets/"))] == []


@pytest.fixture(scope="module")
def client(graph: Store) -> AppClient:
    return AppClient(create_app(graph))


@pytest.mark.parametrize("picture", PICTURES, ids=IDS)
def test_its_page_carries_the_numbers_without_any_script(picture: Picture, client: AppClient) -> None:
    rows = client.get(f"/pictures/{picture.name}.json").json()
    page = client.get(f"/pictures/{picture.name}")
    assert rows
    assert page.status_code == 200
    assert page.text.count("<tr>") == len(rows) + 1
    assert client.get(f"/pictures/{picture.name}.vl.json").json() == picture.specification
    assert client.get(f"/pictures/{picture.name}.rq").text == picture.question.sparql


def test_an_unknown_picture_is_not_found_and_the_known_are_named(client: AppClient) -> None:
    response = client.get("/pictures/none")
    assert response.status_code == 404
    assert "timeline" in response.json()["detail"]


def test_a_picture_without_a_caption_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "one.rq").write_text("# What?\nSELECT ?x { }", encoding="utf-8")
    (tmp_path / "one.vl.json").write_text(json.dumps({"title": "One"}), encoding="utf-8")
    with pytest.raises(CorpusError, match="description"):
        pictures(tmp_path)
