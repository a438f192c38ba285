"""The page about a resource: what it shows, where each statement is said to stand, and that no text in it can run."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest

from app_client import AppClient
from conftest import Snippets
from tiesgraph.names import BASE, ONTOLOGY, OWL, RDF, TIES, graph_iri
from tiesgraph.outline import Outline
from tiesgraph.provenance import add_provenance
from tiesgraph.resource import Portrait, Schema, Section, portrait
from tiesgraph.store import Store
from tiesgraph.web import create_app

ONTOLOGY_TERMS = """
ties:Actor a owl:Class ; rdfs:label 'actor'@en .
ties:State a owl:Class ; rdfs:label 'state'@en ; rdfs:subClassOf ties:Actor .
ties:Agreement a owl:Class ; rdfs:label 'agreement'@en ; skos:definition 'What actors agree on.'@en .
ties:involves a owl:ObjectProperty ; rdfs:label 'involves'@en ; rdfs:range ties:Actor .
ties:party a owl:ObjectProperty ; rdfs:label 'party'@en ; rdfs:subPropertyOf ties:involves .
ties:date a owl:DatatypeProperty ; rdfs:label 'date'@en .
ties:signed a owl:DatatypeProperty ; rdfs:label 'signed'@en ; rdfs:subPropertyOf ties:date .
ties:covers a owl:ObjectProperty ; rdfs:label 'covers'@en ; rdfs:range skos:Concept .
"""
HOSTILE = "</title><script>alert(1)</script>\\\" onload=alert(2) x='{{ 7 * 7 }}"


@pytest.fixture
def store(snippets: Snippets) -> Store:
    made: Store = snippets(
        ontology=f"<{ONTOLOGY}> a owl:Ontology ; rdfs:label 'ontology'@en ; owl:versionIRI <{ONTOLOGY}/1> ."
        + ONTOLOGY_TERMS,
        entities="agreement:x a ties:Agreement ; rdfs:label 'The X agreement'@en . "
        "actor:japan a ties:State ; rdfs:label 'Japan'@en . actor:france a ties:State ; rdfs:label 'France'@en .",
        p025="agreement:x ties:party actor:japan ; ties:signed '2017-01-26'^^xsd:date ; ties:evidence note:3-47 ; "
        "ties:gist 'It helps.'@en . note:3-47 a ties:Footnote ; rdfs:label 'Footnote 47' ; ties:number 47 ; "
        "ties:onPage page:25 ; ties:citation cite:3-47-1 . cite:3-47-1 a ties:Citation ; ties:cites source:s ; "
        "ties:pinpoint 'p. 4' . event:b rdfs:label 'B' ; ties:about agreement:x . "
        "event:a rdfs:label 'A' ; ties:about agreement:x .",
        p047="agreement:x ties:party actor:japan , actor:france .",
        inferred="agreement:x ties:involves actor:japan , actor:france ; ties:date '2017-01-26'^^xsd:date ; "
        "ties:covers provision:arms . actor:japan a ties:Actor .",
        sources="source:s a ties:Work ; rdfs:label 'S of 2019'@en ; ties:citedAs 'S, 2019' ; "
        "schema:url 'https://s.example/'^^xsd:anyURI , 'javascript:alert(1)'^^xsd:anyURI .",
        report=f"page:25 a ties:Page ; rdfs:label 'Page 25' ; ties:inChapter chapter:3 . page:26 a ties:Page . "
        f"chapter:3 a ties:Chapter ; rdfs:label 'Chapter 3' ; dcterms:isPartOf <{BASE}report> . "
        f"<{BASE}report> a ties:Report ; rdfs:label 'The report' .",
        concepts=f"<{BASE}concept/provision> a skos:ConceptScheme ; rdfs:label 'Provisions'@en . "
        f"provision:arms a skos:Concept ; skos:prefLabel 'arms'@en ; skos:inScheme <{BASE}concept/provision> ; "
        "skos:definition 'Weapons.'@en .",
        mine=f'person:evil a ties:State ; rdfs:label "{HOSTILE}" ; '
        f'ties:gist "{HOSTILE}" ; ties:party <javascript:alert(3)> . '
        "".join(f"event:n{n} a ties:State ; ties:about actor:japan ." for n in range(30)),
    )
    add_provenance(made)
    return made


def look(store: Store, path: str, *, outline: Outline | None = None, whole: str | None = None) -> Portrait:
    return portrait(store, Schema(store), ox.NamedNode(BASE + path), outline=outline or Outline(), whole=whole)


def told(found: Portrait) -> dict[tuple[str, str], list[tuple[list[str], list[str], bool]]]:
    """Heading and property → values, where they are stated, and whether they are inferred."""
    return {
        (part.heading, word): [
            ([one.text for one in fact.values], [mention.origin for mention in fact.mentions], fact.inferred)
            for fact in facts
        ]
        for part in found.parts
        for word, _, facts in part.rows
    }


def test_statements_are_grouped_by_meaning_each_with_its_pages(store: Store) -> None:
    assert told(look(store, "id/agreement/x")) == {
        ("What", "covers"): [(["arms"], ["inferred"], True)],
        ("Who", "party"): [(["France"], ["p. 47"], False), (["Japan"], ["p. 25", "p. 47"], False)],
        ("When", "signed"): [(["2017-01-26"], ["p. 25"], False)],
        ("Evidence", "evidence"): [(["Footnote 47"], ["p. 25"], False)],
    }


def test_beside_the_page_stand_its_footnotes_and_what_they_cite(store: Store) -> None:
    signed = next(
        fact
        for part in look(store, "id/agreement/x").parts
        for word, _, facts in part.rows
        for fact in facts
        if word == "signed"
    )
    (note,) = signed.mentions[0].notes
    assert (note.number, note.value.iri) == ("47", f"{BASE}report/note/3-47")
    assert [(one.source.text, one.words) for one in note.citations] == [("S, 2019", "p. 4")]


def test_what_only_repeats_a_statement_is_put_apart(store: Store) -> None:
    assert [(fact.word, fact.inferred) for fact in look(store, "id/agreement/x").follows] == [
        ("involves", True),
        ("date", True),
    ]


def test_the_head_has_the_name_the_most_telling_class_and_the_gist(store: Store) -> None:
    found = look(store, "id/agreement/x")
    assert (found.title, [fact.values[0].text for fact in found.leads]) == ("The X agreement", ["It helps."])
    assert [kind.text for kind in look(store, "id/actor/japan").kinds] == ["state"]


@pytest.mark.parametrize(
    ("path", "trail"),
    [
        ("report/citation/3-47-1", ["The report", "Chapter 3", "Page 25", "Footnote 47"]),
        ("report/note/3-47", ["The report", "Chapter 3", "Page 25"]),
        ("report/page/25", ["The report", "Chapter 3"]),
        ("graph/p025", ["The report", "Chapter 3", "Page 25"]),
        ("concept/provision/arms", ["Provisions"]),
        ("id/agreement/x", []),
    ],
)
def test_the_trail_leads_down_from_the_report_or_the_scheme(store: Store, path: str, trail: list[str]) -> None:
    assert [one.text for one in look(store, path).trail] == trail


def test_a_page_of_the_report_tells_of_its_things_in_reading_order(store: Store) -> None:
    subjects = tuple(f"{BASE}id/{name}" for name in ("event/b", "agreement/x", "event/a"))
    outline = Outline(subjects={f"{BASE}graph/p025": subjects})
    found = look(store, "report/page/25", outline=outline)
    assert [topic.value.text for topic in found.topics] == ["B", "The X agreement", "A"]
    assert [topic.value.text for topic in look(store, "report/page/25").topics] == ["A", "B", "The X agreement"]
    agreement = found.topics[1]
    assert (agreement.text, [note.number for note in agreement.notes]) == ("It helps.", ["47"])
    assert [word for word, _, _ in agreement.rows] == ["party", "signed"]
    assert [note.number for note in found.notes] == ["47"]
    assert found.around[0] is None
    assert found.around[1] is not None


def test_links_come_from_both_ends_by_kind_without_those_that_only_follow(store: Store) -> None:
    found = look(store, "id/actor/japan")
    assert [(group.kind, group.total, len(group.shown)) for group in found.incoming] == [
        ("state", 30, 8),
        ("agreement", 1, 1),
    ]
    agreement = found.incoming[1].shown[0]
    assert [(role.word, role.inferred) for role in agreement.roles] == [("party", False)]
    assert [mention.origin for mention in agreement.mentions] == ["p. 25", "p. 47"]
    (states,) = look(store, "id/actor/japan", whole="state").incoming
    assert len(states.shown) == 30


def test_vocabularies_schemes_and_graphs_show_what_is_in_them(store: Store) -> None:
    for path, name in (("ontology", "agreement"), ("concept/provision", "arms"), ("graph/sources", "S of 2019")):
        found = look(store, path)
        assert found.contains
        assert name in [one.value.text for group in found.incoming for one in group.shown]


def test_a_chain_of_properties_reads_as_its_steps(store: Store) -> None:
    chain: list[ox.BlankNode | ox.NamedNode] = [ox.BlankNode("1"), ox.BlankNode("2"), RDF["nil"]]
    axiom = [ox.Triple(TIES["covers"], OWL["propertyChainAxiom"], chain[0])]
    for here, rest, step in zip(chain, chain[1:], ("party", "involves"), strict=False):
        assert isinstance(here, ox.BlankNode)
        axiom += [ox.Triple(here, RDF["first"], TIES[step]), ox.Triple(here, RDF["rest"], rest)]
    store.add(axiom, graph=graph_iri("ontology"))
    found = told(look(store, "ontology#covers"))
    assert found["In the model", "property chain axiom"][0][0] == ["party then involves"]


def test_an_unknown_property_finds_a_section_by_its_value(store: Store) -> None:
    schema = Schema(store)
    prop = ox.NamedNode("http://example.org/p")
    assert schema.section(prop, ox.Literal("x")) is Section.WHAT
    assert schema.section(prop, ox.NamedNode(f"{BASE}id/actor/japan")) is Section.LINKED
    assert schema.section(prop, ox.NamedNode("http://example.org/x")) is Section.ELSEWHERE


@pytest.fixture
def client(store: Store) -> AppClient:
    return AppClient(create_app(store))


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", ["id/person/evil", "graph/mine", "ontology.html?term=State", "source/s"])
def test_a_hostile_text_stays_a_text(client: AppClient, path: str) -> None:
    response = client.get(f"/{path}", headers={"Accept": "text/html"}, follow_redirects=True)
    assert response.status_code == 200
    tags = Tags(response.text).found
    assert not [tag for tag, _ in tags if tag in ("script", "style", "iframe", "object", "base")]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on") or name == "style"]
    links = [attributes.get("href") or "" for tag, attributes in tags if tag == "a"]
    assert all(link.startswith(("/", "#", "http://", "https://")) or re.fullmatch(r"[\w.-]+", link) for link in links)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_hostile_label_is_shown_as_it_is(client: AppClient) -> None:
    text = client.get("/id/person/evil.html").text
    assert HOSTILE.replace("\\", "") in unescape(text)
    assert "<script>" not in text


def test_the_page_links_pages_footnotes_sources_terms_and_data(client: AppClient) -> None:
    text = client.get("/id/agreement/x.html").text
    links = {attributes.get("href") for tag, attributes in Tags(text).found if tag == "a"}
    assert {"/report/page/25", "/report/note/3-47", "/source/s", "/id/actor/japan", "x.ttl", "x.jsonld"} <= links
    assert "/ontology.html?term=party" in links
    assert 'title="S, 2019, p. 4"' in text


def test_all_of_a_kind_are_a_link_away(client: AppClient) -> None:
    few = client.get("/id/actor/japan.html").text
    assert "?kind=state#links" in few
    assert "All 30" in few
    every = client.get("/id/actor/japan.html?kind=state").text
    assert every.count('class="what"') == 30


def test_a_version_is_shown_as_what_it_is_a_version_of(client: AppClient) -> None:
    assert "<h1>ontology</h1>" in client.get("/ontology/1.html").text


@pytest.mark.parametrize("term", ["None", 'a"b', "<x>"])
def test_a_term_that_is_none_is_not_found(client: AppClient, term: str) -> None:
    assert client.get("/ontology.html", params={"term": term}).status_code == 404


def test_a_browser_is_sent_to_the_page(client: AppClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
    assert client.get("/id/agreement/x", headers={"Accept": accept}).headers["location"] == "x.html"
    page = client.get("/id/agreement/x.html")
    again = client.get("/id/agreement/x.html", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304
