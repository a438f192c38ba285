"""Search: by names and gists, forgiving, with the kinds of what it finds."""

from html import unescape

import pytest

from app_client import AppClient
from tiesgraph.search import Index
from tiesgraph.store import Store
from tiesgraph.web import create_app


@pytest.fixture(scope="module")
def index(graph: Store) -> Index:
    return Index(graph)


@pytest.fixture(scope="module")
def client(graph: Store) -> AppClient:
    return AppClient(create_app(graph))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Vendémiaire", "Vendémiaire"),
        ("VENDEMIAIRE", "Vendémiaire"),
        ("vendem", "Vendémiaire"),
        ("thersa may", "Theresa May"),
        ("hms argyl", "HMS Argyll"),
        ("msdf", "Maritime Self-Defense Force"),
        ("acquisition cross-servicing", "acquisition and cross-servicing agreement"),
    ],
)
def test_what_is_meant_comes_first(text: str, first: str, index: Index) -> None:
    assert index.find(text).entries[0].label == first


def test_a_kind_narrows_the_hits_and_leaves_the_counts(index: Index) -> None:
    every, ships = index.find("hms"), index.find("hms", kind="ship")
    assert ships.kinds == every.kinds
    assert 0 < ships.total < every.total
    assert {entry.kind for entry in ships.entries} == {"ship"}


def test_hits_can_be_turned_over_without_a_gap(index: Index) -> None:
    whole = index.find("japan", limit=20).entries
    assert index.find("japan", limit=10).entries + index.find("japan", limit=10, offset=10).entries == whole


@pytest.mark.parametrize("text", ["", "  ", "!?", '"', "zzzzqqqq xxyyzz"])
def test_nothing_is_found_where_nothing_fits(text: str, index: Index) -> None:
    assert index.find(text).total == 0


@pytest.mark.parametrize(
    "text", ['" OR label:x', "NEAR(a b)", "a AND NOT b", "col:umn", "x*", "'; DROP TABLE entry; --"]
)
def test_words_are_never_read_as_a_query_language(text: str, index: Index) -> None:
    index.find(text)
    assert index.find("japan").total > 0


def test_the_page_and_the_data_tell_the_same(client: AppClient) -> None:
    page = client.get("/search", params={"q": "theresa may"}, headers={"Accept": "text/html"})
    data = client.get("/search", params={"q": "theresa may"}, headers={"Accept": "application/json"}).json()
    assert data["entries"]
    assert [entry["label"] for entry in data["entries"] if entry["label"] not in unescape(page.text)] == []
    assert 'href="/id/person/theresa-may"' in page.text


def test_a_slip_is_owned_up_to(client: AppClient) -> None:
    text = client.get("/search", params={"q": "thersa may"}, headers={"Accept": "text/html"}).text
    assert "<strong>theresa may</strong>" in text


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "99999999"])
def test_no_such_page_is_a_clear_error(number: str, client: AppClient) -> None:
    response = client.get("/search", params={"q": "japan", "page": number}, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert "page" in response.json()["detail"]
