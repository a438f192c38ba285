"""Pages for readers: whole without scripts, escaped, and under a policy that lets nothing foreign in."""

import re
from collections.abc import Callable

import pytest

from app_client import AppClient
from tiesgraph.query import question
from tiesgraph.store import Store
from tiesgraph.web import create_app

Snippets = Callable[..., Store]

PAGES = [
    "/",
    "/ask",
    "/pictures",
    "/pictures/timeline",
    "/search",
    "/search?q=japan",
    "/compare",
    "/check",
    "/data",
    "/questions",
    "/questions/recommendations-in-order",
    "/docs",
    "/docs/ontology",
    "/docs/concepts/level",
    "/problem",
    "/problem/query-syntax",
]


@pytest.fixture(scope="module")
def client(graph: Store) -> AppClient:
    return AppClient(create_app(graph))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_no_inline_script_and_loads_nothing_from_elsewhere(path: str, client: AppClient) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert re.findall(r"<script(?![^>]* src=)(?![^>]*application/json)[^>]*>", response.text) == []
    assert re.findall(r"""\son\w+\s*=""", response.text) == []
    loaded = re.findall(r"<(?:script|img|iframe)[^>]* src=\"([^\"]+)|<link[^>]* href=\"([^\"]+)", response.text)
    assert [one for pair in loaded for one in pair if one and not one.startswith("/")] == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_a_title_and_a_language(path: str, client: AppClient) -> None:
    text = client.get(path, headers={"Accept": "text/html"}).text
    assert len(re.findall(r"<h1", text)) == 1
    assert '<html lang="en">' in text
    assert re.search(r"<title>[^<]+ · tiesgraph</title>", text)


@pytest.mark.parametrize(
    ("path", "status", "wanted"),
    [
        ("/nowhere", 404, 'href="/search"'),
        ("/id/actor/japam", 404, '<a href="/id/actor/japan">'),
        ("/sparql?query=SELECT+%2A+%7B", 400, 'href="/ask?query=SELECT+%2A+%7B"'),
        ("/compare?with=italy", 400, 'href="/problem/misuse"'),
        ("/explain?subject=actor:japan&predicate=ties:party&object=actor:france", 404, "<code>"),
    ],
)
def test_an_error_is_told_on_a_page_of_the_site_that_leads_on(
    path: str, status: int, wanted: str, client: AppClient
) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == status
    assert "script-src 'self';" in response.headers["content-security-policy"]
    assert '<nav aria-label="Main">' in response.text
    assert wanted in response.text


def test_the_front_page_answers_six_questions_and_counts_what_is_there(client: AppClient, graph: Store) -> None:
    text = client.get("/", headers={"Accept": "text/html"}).text
    assert text.count("<h3><a href=") == 6
    assert f"{len(graph):,}" in text


def test_the_front_page_with_all_that_it_loads_is_light(client: AppClient) -> None:
    text = client.get("/", headers={"Accept": "text/html"}).text
    loaded = re.findall(r"<(?:script|img|iframe)[^>]* src=\"([^\"]+)|<link[^>]* href=\"([^\"]+)", text)
    addresses = ["/", *(one or other for one, other in loaded)]
    accept = {"Accept": "text/html,*/*;q=0.5", "Accept-Encoding": "gzip"}
    sizes = {address: int(client.get(address, headers=accept).headers["content-length"]) for address in addresses}
    assert len(sizes) >= 3
    assert sum(sizes.values()) < 100_000


def test_the_editor_begins_with_the_query_of_its_address(client: AppClient) -> None:
    text = client.get("/ask", params={"query": "SELECT ?x { ?x a <x:y> }"}).text
    assert "SELECT ?x { ?x a &lt;x:y&gt; }</textarea>" in text


def test_the_editor_lists_the_named_questions(client: AppClient) -> None:
    found = question("cancelled-exercises")
    assert found is not None
    assert found.text in client.get("/ask").text


@pytest.mark.parametrize("name", ["site.css", "icon.svg", "ask.js", "ask.css", "chart.js", "chart.css", "world.json"])
def test_an_asset_is_kept_for_good_under_the_address_that_pages_use(name: str, client: AppClient) -> None:
    pages = "".join(client.get(path).text for path in PAGES)
    addresses = set(re.findall(rf"/assets/{re.escape(name)}\?v=\w+", pages)) or {f"/assets/{name}"}
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200
        assert ("immutable" in response.headers["cache-control"]) == ("?v=" in address)


def test_an_asset_under_an_old_address_is_not_kept(client: AppClient) -> None:
    assert "immutable" not in client.get("/assets/site.css?v=old").headers["cache-control"]


def test_a_hostile_label_stays_text(snippets: Snippets) -> None:
    store = snippets(
        p025="""actor:evil a ties:Agreement ;
        rdfs:label "<script>alert(1)</script>"@en ; ties:party actor:japan , actor:france ;
        ties:signed "2010-01-01"^^xsd:date .""",
    )
    text = AppClient(create_app(store)).get("/pictures/agreements").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_partners_stand_side_by_side_with_all_that_the_graph_has(client: AppClient) -> None:
    text = client.get("/compare?with=germany&with=nato").text
    assert re.findall(r'<th scope="col"><a href="/id/actor/([\w-]+)">', text) == ["germany", "nato"]
    assert "/id/agreement/japan-germany-acsa" in text
    assert "/id/agreement/japan-uk-acsa" not in text


@pytest.mark.parametrize(("query", "said"), [("with=germany", "two to four"), ("with=italy&with=france", "italy")])
def test_partners_that_cannot_be_compared_are_a_clear_error(query: str, said: str, client: AppClient) -> None:
    response = client.get(f"/compare?{query}", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert said in f"{response.json()['detail']} {response.json()['mend']}"


def test_the_citations_agree(client: AppClient) -> None:
    cff, bib = client.get("/citation.cff").text, client.get("/citation.bib").text
    version = re.search(r"^version: (.*)$", cff, re.MULTILINE)
    assert version is not None
    assert f"version      = {{{version[1]}}}" in bib
    assert "RR-A186-1" in cff
    assert "RR-A186-1" in bib
    assert bib.splitlines()[0] in client.get("/data").text
