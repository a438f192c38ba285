"""The pages about ontology and concept schemes: everything is on them, at its own name, and links lead somewhere."""

import os
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app_client import AppClient
from conftest import ROOT, Snippets
from tiesgraph.errors import UnknownResource
from tiesgraph.names import CONCEPT, OWL, RDF, SKOS, TIES, graph_iri
from tiesgraph.reference import Concept, Name, PropertyTerm, schemes, vocabulary
from tiesgraph.store import Store
from tiesgraph.web import create_app

VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """What a test asks of a page: its anchors, its links, and whether what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.ids += [told["id"]] if "id" in told else []
        self.links += [told["href"]] if tag == "a" and "href" in told else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def client(graph: Store) -> AppClient:
    return AppClient(create_app(graph))


@pytest.fixture(scope="module")
def pages(client: AppClient, graph: Store) -> dict[str, Page]:
    """All pages of the documentation, by path."""
    names = [one.header.name.local for one in schemes(graph)]
    paths = ["/docs", "/docs/ontology", *(f"/docs/concepts/{name}" for name in names)]
    return {path: Page(client.get(path).text) for path in paths}


def texts(names: tuple[Name, ...]) -> list[str]:
    return [name.text for name in names]


def test_every_term_of_the_ontology_stands_on_its_page_at_its_own_name(pages: dict[str, Page], graph: Store) -> None:
    kinds = [OWL["Class"], OWL["ObjectProperty"], OWL["DatatypeProperty"]]
    nodes = {str(t.subject).strip("<>") for kind in kinds for t in graph.triples(None, RDF["type"], kind)}
    terms = {node.removeprefix(TIES) for node in nodes if node.startswith(TIES)}
    assert len(terms) > 200
    assert terms - set(pages["/docs/ontology"].ids) == set()


@pytest.mark.parametrize("path", ["/ontology", "/ontology/0.1.0"])
def test_a_term_is_found_by_its_iri(path: str, client: AppClient) -> None:
    """A browser keeps the fragment of …/ontology#Visit on its way to the document."""
    document = client.get(path, headers={"Accept": "text/html"}).headers["location"]
    page = Page(client.get(path.rpartition("/")[0] + "/" + document).text)
    assert {"Visit", "visitor"} <= set(page.ids)


def test_every_scheme_and_concept_stands_on_a_page(pages: dict[str, Page], graph: Store) -> None:
    concepts = [str(t.subject).strip("<>") for t in graph.triples(None, SKOS["inScheme"])]
    assert concepts
    places = (concept.removeprefix(CONCEPT).split("/") for concept in concepts)
    assert [(home, name) for home, name in places if name not in pages[f"/docs/concepts/{home}"].ids] == []


def test_tags_are_closed_and_anchors_are_unique(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert page.open == [], path
        assert len(page.ids) == len(set(page.ids)), path


def test_links_within_the_documentation_lead_to_what_is_there(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        for link in page.links:
            target, _, anchor = link.partition("#")
            target = target or path
            if target.startswith("/docs"):
                assert target in pages, f"{path}: {link}"
                assert not anchor or anchor in pages[target].ids, f"{path}: {link}"


def test_links_to_other_pages_are_answered(pages: dict[str, Page], client: AppClient) -> None:
    own = {link.partition("#")[0] for page in pages.values() for link in page.links}
    tried = sorted(
        link for link in own if link.startswith(("/ontology", "/concept/level", "/concept/status", "/shapes"))
    )
    assert tried
    assert [link for link in tried if client.get(link).status_code not in (200, 303)] == []


def the_property(store: Store) -> PropertyTerm:
    """The one property of a store that is called ties:shows."""
    return next(term for term in vocabulary(store).properties if term.name.iri == TIES + "shows")


@pytest.mark.parametrize(
    ("ontology", "told", "wanted"),
    [
        pytest.param(
            "ties:shows a owl:ObjectProperty , owl:TransitiveProperty , owl:SymmetricProperty .",
            lambda term: term.traits,
            ("symmetric", "transitive"),
            id="what kind of relation it is",
        ),
        pytest.param(
            "ties:shows a owl:ObjectProperty ; owl:propertyChainAxiom ( ties:holds ties:lit ) . "
            'ties:lit rdfs:label "lit"@en .',
            lambda term: [texts(chain) for chain in term.chains],
            [["ties:holds", "lit"]],
            id="from which properties it follows, in their order",
        ),
        pytest.param(
            "ties:shows a owl:ObjectProperty . ties:shownBy a owl:ObjectProperty ; owl:inverseOf ties:shows .",
            lambda term: texts(term.inverse),
            ["ties:shownBy"],
            id="its inverse, though that is declared on the other side",
        ),
        pytest.param(
            "ties:shows a owl:ObjectProperty ; rdfs:subPropertyOf ties:sends . "
            "ties:guides rdfs:subPropertyOf ties:shows .",
            lambda term: (texts(term.above), texts(term.below)),
            (["ties:sends"], ["ties:guides"]),
            id="what is above and below it",
        ),
        pytest.param(
            'ties:shows a owl:DatatypeProperty ; skos:scopeNote "b"@en , "a"@en ; skos:example "x"@en .',
            lambda term: (term.kind, term.notes, term.examples),
            ("datatype property", ("a", "b"), ("x",)),
            id="every note and example",
        ),
    ],
)
def test_a_property_is_told_with_all_that_the_ontology_says(
    snippets: Snippets, ontology: str, told: Callable[[PropertyTerm], object], wanted: object
) -> None:
    assert told(the_property(snippets(ontology=ontology))) == wanted


def test_shapes_tell_what_bears_a_property_and_what_its_values_are(snippets: Snippets) -> None:
    store = snippets(
        ontology="ties:shows a owl:ObjectProperty . ties:Ship a owl:Class ; rdfs:label 'ship'@en .",
        concepts="<https://w3id.org/tiesgraph/concept/level> a skos:ConceptScheme ; rdfs:label 'Levels'@en .",
        shapes="tsh:S sh:targetClass ties:Ship ; sh:property tsh:shows , tsh:other . "
        "tsh:shows sh:path ties:shows ; sh:node tsh:L . tsh:other sh:path ties:shows ; sh:node tsh:D . "
        "tsh:L sh:property [ sh:path skos:inScheme ; sh:hasValue <https://w3id.org/tiesgraph/concept/level> ] . "
        "tsh:D sh:or ( [ sh:datatype xsd:date ] [ sh:class ties:Ship ] ) .",
    )
    term = the_property(store)
    assert texts(term.bearers) == ["ship"]
    assert texts(term.values) == ["Levels", "ship", "xsd:date"]
    assert [texts(one.properties) for one in vocabulary(store).classes] == [["ties:shows"]]
    assert [texts(one.properties) for one in schemes(store)] == [["ties:shows"]]


SCHEME = "<https://w3id.org/tiesgraph/concept/level>"


def outline(concepts: tuple[Concept, ...]) -> list[object]:
    return [[concept.name.text, *outline(concept.narrower)] for concept in concepts]


def test_concepts_stand_in_their_tree_by_rank_and_label_with_all_their_names(snippets: Snippets) -> None:
    (one,) = schemes(
        snippets(
            concepts=f"{SCHEME} a skos:ConceptScheme ; dcterms:title 'Levels'@en . "
            f"level:b skos:inScheme {SCHEME} ; skos:prefLabel 'b'@en ; skos:altLabel 'z'@en , 'y'@en ; ties:rank 2 . "
            f"level:a skos:inScheme {SCHEME} ; skos:prefLabel 'a'@en . "
            f"level:c skos:inScheme {SCHEME} ; skos:prefLabel 'c'@en ; skos:broader level:b . "
            f"level:d skos:inScheme {SCHEME} ; skos:prefLabel 'd'@en ; ties:rank 1 ."
        )
    )
    assert outline(one.concepts) == [["d"], ["b", ["c"]], ["a"]]
    assert one.concepts[1].others == ("y", "z")
    assert one.size == 4


def test_cycles_of_somebody_elses_end_where_they_close(snippets: Snippets) -> None:
    store = snippets(
        ontology="ties:A a owl:Class ; rdfs:subClassOf ties:B . ties:B a owl:Class ; rdfs:subClassOf ties:A . "
        "ties:C a owl:Class . ties:D a owl:Class ; rdfs:subClassOf ties:C . ties:E rdfs:subClassOf ties:D , ties:E .",
        concepts=f"{SCHEME} a skos:ConceptScheme . level:a skos:inScheme {SCHEME} . "
        f"level:b skos:inScheme {SCHEME} ; skos:broader level:a , level:c . "
        f"level:c skos:inScheme {SCHEME} ; skos:broader level:b .",
    )
    assert [branch.name.short for branch in vocabulary(store).tree] == ["ties:C"]
    (one,) = schemes(store)
    assert outline(one.concepts) == [["level:a", ["level:b", ["level:c"]]]]


def test_a_page_links_the_version_before(snippets: Snippets) -> None:
    store = snippets(
        ontology="<https://w3id.org/tiesgraph/ontology> a owl:Ontology ; owl:versionInfo '0.2.0' ; "
        "owl:priorVersion <https://w3id.org/tiesgraph/ontology/0.1.0> . ties:A a owl:Class ."
    )
    page = Page(AppClient(create_app(store)).get("/docs/ontology").text)
    assert "/ontology/0.1.0" in page.links


def test_what_somebody_writes_into_a_definition_stays_text(snippets: Snippets) -> None:
    text = "<script>alert(1)</script>"
    store = snippets(ontology=f'ties:A a owl:Class ; rdfs:label "{text}"@en ; skos:definition "{text}"@en .')
    page = AppClient(create_app(store)).get("/docs/ontology").text
    assert text not in page
    assert page.count("&lt;script&gt;") >= 2


def test_a_graph_without_our_ontology_has_no_page_of_it(snippets: Snippets) -> None:
    store = snippets(p025="actor:japan a ties:State .")
    with pytest.raises(UnknownResource):
        vocabulary(store)
    client = AppClient(create_app(store))
    assert client.get("/docs/ontology").status_code == 404
    assert client.get("/docs/concepts/level").status_code == 404
    assert client.get("/docs").status_code == 200


def test_the_graph_that_a_user_serves_is_read_too(snippets: Snippets) -> None:
    """Files of no named graph of ours: everything is in the default graph."""
    store = Store()
    store.add(snippets(x="ties:A a owl:Class ; rdfs:label 'a thing'@en .").triples(), graph=graph_iri("elsewhere"))
    assert [term.name.text for term in vocabulary(store).classes] == ["a thing"]


def test_a_page_is_the_same_bytes_whenever_it_is_made() -> None:
    code = f"""
import hashlib, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from datetime import UTC, datetime
from pathlib import Path
from app_client import AppClient
from tiesgraph.names import graph_iri
from tiesgraph.store import Store
from tiesgraph.web import create_app
from tiesgraph.web.site import Edition
store = Store()
for folder, graph in (("ontology", "ontology"), ("ontology/concepts", "concepts"), ("shapes", "shapes")):
    for file in sorted(Path({str(ROOT)!r}, folder).glob("*.ttl")):
        store.load(file, graph=graph_iri(graph))
edition = Edition(version="0", graph_hash="0" * 64, modified=datetime(2026, 1, 1, tzinfo=UTC))
client = AppClient(create_app(store, edition=edition))
for path in ("/docs", "/docs/ontology", "/docs/concepts/level"):
    response = client.get(path)
    assert response.status_code == 200, (path, response.text)
    print(hashlib.sha256(response.content).hexdigest())
"""
    told = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code]
        told.add(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    assert len(told) == 1
    assert len(told.pop().split()) == 3
