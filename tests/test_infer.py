"""What follows, rule by rule, and what is told where nothing can: cases/infer/<claim>/given.ttl and then.ttl."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, ROOT, Snippets
from tiesgraph.conclusions import INFERRED
from tiesgraph.errors import InconsistencyError
from tiesgraph.infer import add_inferences
from tiesgraph.names import ID, OWL, RDF, graph_iri
from tiesgraph.store import Store

CLAIMS = sorted((CASES / "infer").glob("*/given.ttl"))


def test_there_are_cases() -> None:
    assert CLAIMS


@pytest.fixture(scope="module")
def ontology() -> Store:
    """The real ontology, without its concepts."""
    store = Store()
    for file in sorted((ROOT / "ontology").glob("*.ttl")):
        store.load(file, graph=graph_iri("ontology"))
    return store


@pytest.mark.parametrize("given", CLAIMS, ids=[file.parent.name for file in CLAIMS])
def test_it_follows(given: Path, ontology: Store) -> None:
    store = ontology.subset(ontology.graphs())
    store.load(given, graph=graph_iri("p001"))
    add_inferences(store)
    then = Store()
    then.load(given.with_name("then.ttl"), graph=graph_iri("p001"))
    assert len(then)
    assert [str(triple) for triple in then.triples() if triple not in set(store.triples())] == []


def test_every_disjointness_of_the_ontology_stops_the_build(ontology: Store) -> None:
    thing = ID["actor/x"]
    pairs = [(t.subject, t.object) for t in ontology.triples(None, OWL["disjointWith"])]
    assert pairs
    for one, other in pairs:
        store = ontology.subset(ontology.graphs())
        store.add([ox.Triple(thing, RDF["type"], cls) for cls in (one, other)], graph=graph_iri("p001"))
        with pytest.raises(InconsistencyError, match="actor:x"):
            add_inferences(store)


DISJOINT = "ties:Event a owl:Class ; owl:disjointWith ties:Actor . ties:Actor a owl:Class ."


@pytest.mark.parametrize(
    ("ontology", "page", "words"),
    [
        pytest.param(
            DISJOINT,
            "actor:x a ties:Actor . actor:x a ties:Event .",
            ["actor:x", "rdf:type ties:Event  [p025]", "rdf:type ties:Actor  [p025]"],
            id="two classes that have nothing in common",
        ),
        pytest.param(
            DISJOINT
            + "ties:host a owl:ObjectProperty ; rdfs:range ties:Actor ."
            + "ties:Visit a owl:Class ; rdfs:subClassOf ties:Event .",
            "event:x a ties:Visit . event:y ties:host event:x .",
            ["event:x", "rdf:type ties:Visit  [p025]", "event:y ties:host event:x  [p025]"],
            id="a class by a property's range against one by a subclass",
        ),
        pytest.param(
            "ties:partOf a owl:IrreflexiveProperty .",
            "actor:x ties:partOf actor:x .",
            ["actor:x ties:partOf actor:x  [p025]"],
            id="an irreflexive property",
        ),
        pytest.param(
            "[] a owl:AllDisjointClasses ; owl:members ( ties:A ties:B ties:C ) . "
            "ties:A a owl:Class . ties:B a owl:Class . ties:C a owl:Class .",
            "actor:x a ties:A . actor:x a ties:C .",
            ["rdf:type ties:C  [p025]"],
            id="the last member of a list, which owlrl alone would pass over",
        ),
        pytest.param(
            "[] a owl:AllDifferent ; owl:distinctMembers ( actor:x actor:y actor:z ) .",
            "actor:x owl:sameAs actor:z .",
            ["actor:x owl:sameAs actor:z  [p025]"],
            id="the last of things said to differ",
        ),
    ],
)
def test_an_inconsistency_names_its_statements_and_pages(
    snippets: Snippets, ontology: str, page: str, words: list[str]
) -> None:
    store = snippets(ontology=ontology, p025=page)
    with pytest.raises(InconsistencyError) as caught:
        add_inferences(store)
    assert [word for word in words if word not in str(caught.value)] == []
    assert store.size(INFERRED) == 0


def test_only_what_is_new_and_useful_is_kept(snippets: Snippets) -> None:
    store = snippets(
        ontology="ties:State a owl:Class ; rdfs:subClassOf ties:Actor . ties:Actor a owl:Class . "
        "ties:partOf a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:domain ties:State . "
        "ties:held a owl:DatatypeProperty ; rdfs:subPropertyOf ties:date . ties:date a owl:DatatypeProperty .",
        entities='actor:a a ties:State ; rdfs:label "a"@en ; ties:partOf actor:b . actor:b ties:partOf actor:c .',
        p025='actor:c ties:held "2018"^^xsd:gYear .',
        shapes="tsh:X a sh:NodeShape ; sh:targetClass ties:State .",
    )
    add_inferences(store)
    short = {str(t).replace("https://w3id.org/tiesgraph/", "") for t in store.triples(graph=INFERRED)}
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert short == {
        f"<id/actor/a> {kind} <ontology#Actor>",
        f"<id/actor/b> {kind} <ontology#Actor>",
        f"<id/actor/b> {kind} <ontology#State>",
        "<id/actor/a> <ontology#partOf> <id/actor/c>",
        '<id/actor/c> <ontology#date> "2018"^^<http://www.w3.org/2001/XMLSchema#gYear>',
    }
