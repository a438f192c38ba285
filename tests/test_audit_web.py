"""`/audit` lists the contradictions for people and programs, and each has a document under its own name."""

import csv
import io

import pytest

from app_client import AppClient
from conftest import Snippets
from tiesgraph.web import create_app

CONTRADICTIONS = """
contradiction:two-dates-a a ties:Contradiction ; rdfs:label "Two dates: A visit"@en ;
    sh:sourceShape tsh:TwoDates ; sh:focusNode event:a ; sh:resultMessage "2005 & 2006 differ."@en ;
    ties:discrepancyKind discrepancykind:date ; ties:inChapter chapter:3 ;
    ties:firstLocus page:25 ; ties:firstReading "2005" ; ties:secondLocus note:3-45 ; ties:secondReading "2006" .
contradiction:d a ties:Contradiction ; rdfs:label "D"@en ; sh:sourceShape tsh:DiscrepancyNoted ;
    sh:focusNode discrepancy:d ; sh:resultMessage "They differ."@en ; ties:discrepancyKind discrepancykind:scope .
"""
REPORT = """
chapter:3 a ties:Chapter ; rdfs:label "Chapter 3"@en ; ties:number 3 .
page:25 a ties:Page ; rdfs:label "Page 25"@en ; ties:number 25 .
note:3-45 a ties:Footnote ; rdfs:label "Footnote 45"@en ; ties:onPage page:25 ; ties:citation cite:3-45-1 .
cite:3-45-1 ties:cites source:mod-2005 .
source:mod-2005 rdfs:label "MOD 2005"@en .
"""


@pytest.fixture
def client(snippets: Snippets) -> AppClient:
    return AppClient(create_app(snippets(contradictions=CONTRADICTIONS, report=REPORT)))


def test_programs_get_records(client: AppClient) -> None:
    records = client.get("/audit", headers={"Accept": "application/json"}).json()
    assert [(one["iri"].rpartition("/")[2], one["kind"], one["pages"]) for one in records] == [
        ("d", "scope", []),
        ("two-dates-a", "date", [25]),
    ]
    assert [side["reading"] for side in records[1]["places"]] == ["2005", "2006"]
    assert records[1]["places"][1]["sources"] == [
        {"iri": "https://w3id.org/tiesgraph/source/mod-2005", "label": "MOD 2005"}
    ]


def test_spreadsheets_get_rows(client: AppClient) -> None:
    response = client.get("/audit?format=csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [(row["chapter"], row["first page"], row["second reading"]) for row in rows] == [
        ("", "", ""),
        ("3", "25", "2006"),
    ]


@pytest.mark.parametrize(
    "media", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_graphs_get_triples(client: AppClient, media: str) -> None:
    response = client.get("/audit", headers={"Accept": media})
    assert response.headers["content-type"].startswith(media)
    assert "two-dates-a" in response.text


def test_people_get_a_page_by_chapter_with_the_address_to_cite(client: AppClient) -> None:
    text = client.get("/audit", headers={"Accept": "text/html"}).text
    assert "<h2>Chapter 3</h2>" in text
    assert "2005 &amp; 2006 differ." in text
    assert "<code>https://w3id.org/tiesgraph/audit/two-dates-a</code>" in text
    assert 'href="/report/page/25"' in text
    assert 'href="/shapes/TwoDates"' in text
    assert "<script" not in text
    assert 'href="/pictures/audit"' in text


def test_the_page_leads_to_the_same_choice_as_data(client: AppClient) -> None:
    text = client.get("/audit?kind=date&chapter=3", headers={"Accept": "text/html"}).text
    assert 'href="/audit?format=csv&amp;kind=date&amp;chapter=3"' in text


def test_the_front_page_and_every_head_lead_there(client: AppClient) -> None:
    for path in ("/", "/data"):
        assert client.get(path, headers={"Accept": "text/html"}).text.count('href="/audit"') == 2


def test_some_can_be_chosen(client: AppClient) -> None:
    assert len(client.get("/audit?format=json&kind=date").json()) == 1
    assert len(client.get("/audit?format=json&chapter=3&kind=").json()) == 1


@pytest.mark.parametrize("query", ["kind=spelling", "chapter=9", "chapter=three", "chapter=-3", "format=docx"])
def test_a_choice_that_there_is_not_is_refused(client: AppClient, query: str) -> None:
    assert client.get(f"/audit?{query}").status_code == 400


def test_a_graph_that_was_not_audited_says_so(snippets: Snippets) -> None:
    response = AppClient(create_app(snippets(report=REPORT))).get("/audit")
    assert response.status_code == 404
    assert "has not been audited" in response.text


def test_each_has_a_document(client: AppClient) -> None:
    response = client.get("/audit/two-dates-a", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.headers["location"]) == (303, "two-dates-a.ttl")
    assert "ties:Contradiction" in client.get("/audit/two-dates-a.ttl").text


def test_one_that_was_withdrawn_still_says_what_became_of_it(snippets: Snippets) -> None:
    withdrawn = """contradiction:old owl:deprecated true ; rdfs:label "Old"@en ; dcterms:isReplacedBy contradiction:d ;
        rdfs:comment "The encoding was at fault."@en ."""
    client = AppClient(create_app(snippets(contradictions=CONTRADICTIONS, dataset=withdrawn)))
    assert "The encoding was at fault." in client.get("/about/audit/old", headers={"Accept": "text/html"}).text
    assert "contradiction:d" in client.get("/audit/old.ttl").text
    assert "audit/old" not in client.get("/audit?format=json").text


def test_what_has_not_changed_is_not_sent_again(client: AppClient) -> None:
    first = client.get("/audit?format=csv")
    again = client.get("/audit?format=csv", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    other = client.get("/audit?format=csv&kind=date", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
