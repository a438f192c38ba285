"""The document about a resource: what belongs to it, where each statement comes from, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import Snippets
from tiesgraph.dataset import open_dataset
from tiesgraph.document import document
from tiesgraph.errors import UnknownResource
from tiesgraph.media import GRAPH_FORMATS, NQUADS, TRIG, TURTLE, Format
from tiesgraph.names import ABOUT, BASE, DATASET, ONTOLOGY, OWL, TIES, graph_iri, prefixes
from tiesgraph.outline import Outline
from tiesgraph.provenance import add_provenance
from tiesgraph.store import Store

HEADER = f"<{ONTOLOGY}> dcterms:license <https://licence.example/> ; owl:versionInfo '9' ."


@pytest.fixture
def store(snippets: Snippets) -> Store:
    made: Store = snippets(
        entities="actor:japan a ties:State ; rdfs:label 'Japan'@en ; "
        "ties:partOf [ rdfs:label 'Asia' ; ties:partOf [] ] .",
        p025="actor:japan ties:gist 'On 25.'@en . note:3-45 a ties:Footnote ; ties:citation cite:3-45-1 ; "
        "ties:onPage page:25 . cite:3-45-1 a ties:Citation ; ties:cites source:x-2019 .",
        p027="actor:japan ties:gist 'On 25.'@en ; ties:about topic:sea .",
        concepts=f"<{BASE}concept/topic> a skos:ConceptScheme . topic:sea skos:inScheme <{BASE}concept/topic> ; "
        "skos:prefLabel 'sea'@en . topic:sky skos:inScheme <https://elsewhere.example/scheme> .",
        sources="source:x-2019 a ties:Work ; rdfs:label 'X of 2019'@en .",
        report="page:25 a ties:Page ; ties:number 25 .",
        ontology=HEADER + f"ties:State a owl:Class ; rdfs:subClassOf [ a owl:Restriction ] . "
        f"<{ONTOLOGY}> owl:versionIRI <{ONTOLOGY}/9> . skos:prefLabel rdfs:subPropertyOf rdfs:label . "
        f"<{BASE}prefixes> a owl:Ontology ; sh:declare <{BASE}prefixes/ex> . <{BASE}prefixes/ex> sh:prefix 'ex' .",
        shapes="tsh:StateShape a sh:NodeShape .",
    )
    add_provenance(made)
    return made


def ask(store: Store, topic: str, pattern: str) -> bool:
    """Whether the document about `topic` says `pattern`."""
    told = ox.Store()
    told.extend(ox.Quad(t.subject, t.predicate, t.object) for t in document(store, node(topic)).triples)
    return bool(told.query(f"ASK {{ {pattern} }}", prefixes=dict(prefixes())))


def node(path: str) -> ox.NamedNode:
    return ox.NamedNode(BASE + path)


def test_it_holds_the_concise_bounded_description(store: Store) -> None:
    assert ask(store, "id/actor/japan", "actor:japan a ties:State ; ties:partOf [ rdfs:label 'Asia' ; ties:partOf [] ]")


def test_it_names_what_it_links_to_and_says_nothing_else_of_it(store: Store) -> None:
    assert ask(store, "id/actor/japan", "topic:sea skos:prefLabel 'sea'@en")
    assert not ask(store, "id/actor/japan", "topic:sea skos:inScheme ?scheme")


@pytest.mark.parametrize(
    ("topic", "pattern"),
    [
        ("concept/topic", "topic:sea skos:prefLabel 'sea'@en"),
        ("report/note/3-45", "cite:3-45-1 ties:cites source:x-2019 . source:x-2019 rdfs:label ?name"),
        ("report/citation/3-45-1", "note:3-45 ties:onPage page:25"),
        ("report/page/25", "graph:p025 prov:wasDerivedFrom page:25 . note:3-45 ties:citation cite:3-45-1"),
        ("prefixes", "?declaration sh:prefix 'ex'"),
        ("ontology", "ties:State rdfs:subClassOf [ a owl:Restriction ] . skos:prefLabel rdfs:subPropertyOf rdfs:label"),
        ("ontology/9", "ties:State a owl:Class"),
        ("shapes", "tsh:StateShape a sh:NodeShape"),
        ("graph/p025", "graph:p025 ties:page 25 . note:3-45 a ties:Footnote . cite:3-45-1 a ties:Citation"),
    ],
)
def test_what_means_little_without_its_parts_comes_with_them(store: Store, topic: str, pattern: str) -> None:
    assert ask(store, topic, pattern)


def test_a_module_of_the_ontology_comes_with_the_terms_of_its_file(store: Store) -> None:
    outline = Outline(together={ONTOLOGY + "/x": (ONTOLOGY + "/x", f"{ONTOLOGY}#State")})
    store.add([ox.Triple(node("ontology/x"), OWL["versionIRI"], node("ontology/x/1"))], graph=graph_iri("ontology"))
    for topic in (node("ontology/x"), node("ontology/x/1")):
        told = document(store, topic, outline=outline).triples
        assert any(triple.subject == TIES["State"] for triple in told)
        assert not any(triple.subject == TIES["State"] for triple in document(store, topic).triples)


@pytest.mark.parametrize(
    ("topic", "pattern"),
    [
        ("concept/topic", "topic:sky ?p ?o"),
        ("ontology", "?declaration sh:prefix 'ex'"),
        ("graph/p025", "source:x-2019 ?p ?o"),
        ("graph/p025", "actor:japan a ties:State"),
    ],
)
def test_what_is_no_part_is_left_out(store: Store, topic: str, pattern: str) -> None:
    assert not ask(store, topic, pattern)


def test_it_tells_its_topic_dataset_licence_version_and_where_it_comes_from(store: Store) -> None:
    found = document(store, node("id/actor/japan"))
    assert found.iri == ABOUT["id/actor/japan"]
    assert ask(
        store,
        "id/actor/japan",
        f"""<{found.iri.value}> a foaf:Document ; foaf:primaryTopic actor:japan ; void:inDataset <{DATASET}> ;
        dcterms:license <https://licence.example/> ; owl:versionInfo '9' ; dcterms:source page:25 , page:27 ;
        prov:wasDerivedFrom graph:entities , graph:p025 , graph:p027""",
    )
    # The label of a concept is no statement about Japan.
    assert not ask(store, "id/actor/japan", "?document prov:wasDerivedFrom graph:concepts")


def triples(body: bytes, fmt: Format) -> set[str]:
    """What `body` says, with its blank nodes renamed by what is said of them."""
    quads = ox.parse(body, format=ox.RdfFormat.from_media_type(fmt.media_type))
    dataset = ox.Dataset(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


@pytest.mark.parametrize("topic", ["id/actor/japan", "concept/topic", "ontology", "graph/p025", "report/page/25"])
def test_every_format_says_the_same_triples_in_the_same_bytes_each_time(store: Store, topic: str) -> None:
    formats: Sequence[Format] = (*GRAPH_FORMATS, TRIG, NQUADS)
    written = [triples(document(store, node(topic)).serialize(fmt), fmt) for fmt in formats]
    assert all(one == written[0] for one in written[1:])
    for fmt in formats:
        assert len({document(store, node(topic)).serialize(fmt) for _ in range(5)}) == 1


@pytest.mark.parametrize("fmt", [TRIG, NQUADS], ids=lambda fmt: fmt.name)
def test_formats_with_graphs_tell_which_graphs_state_a_triple(store: Store, fmt: Format) -> None:
    body = document(store, node("id/actor/japan")).serialize(fmt)
    quads = list(ox.parse(body, format=ox.RdfFormat.from_media_type(fmt.media_type)))
    gist = {q.graph_name.value for q in quads if q.predicate.value == f"{ONTOLOGY}#gist"}
    assert gist == {f"{BASE}graph/p025", f"{BASE}graph/p027"}
    default = {quad.subject for quad in quads if quad.graph_name == ox.DefaultGraph()}
    assert default == {ABOUT["id/actor/japan"]}


def test_of_another_dataset_it_claims_neither_licence_nor_version(tmp_path: Path) -> None:
    file = tmp_path / "mine.trig"
    file.write_text(
        f'<{BASE}id/actor/me> <http://example.org/p> "x" . GRAPH <urn:x:g> {{ <{BASE}id/actor/me> a <urn:x:C> }}'
    )
    store = open_dataset([file])
    lines = document(store, node("id/actor/me")).serialize(TURTLE).decode()
    assert "foaf:primaryTopic" in lines
    assert "void:inDataset" not in lines
    assert "license" not in lines
    assert "<http://example.org/p>" in lines
    assert "<urn:x:C>" in lines


@pytest.mark.parametrize("topic", ["id/actor/nobody", "ontology/8", "graph/p999"])
def test_of_what_nothing_is_known_there_is_none(store: Store, topic: str) -> None:
    with pytest.raises(UnknownResource):
        document(store, node(topic))
