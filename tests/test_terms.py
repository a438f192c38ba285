"""A slip of the pen in a term is told with its place and the term that was meant."""

from pathlib import Path

import pytest

from conftest import CASES, ROOT, Snippets
from tiesgraph.corpus import Corpus
from tiesgraph.errors import UnknownTermError
from tiesgraph.names import shorten
from tiesgraph.pipeline import load
from tiesgraph.store import Store
from tiesgraph.terms import require_known, unknown_terms, unused_terms

PAGE = "data/pages/3-united-kingdom/p025.ttl"


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "words"),
    [
        pytest.param(
            PAGE, "ties:began", "ties:begann", f"{PAGE}:14", ["ties:begann", "ties:began"], id="a property of ours"
        ),
        pytest.param(
            PAGE, "a ties:Visit", "a ties:Vist", f"{PAGE}:7", ["ties:Vist", "ties:Visit"], id="a class of ours"
        ),
        pytest.param(
            PAGE, "actor:japan ", "actor:japn ", f"{PAGE}:13", ["actor:japn", "actor:japan"], id="the name of a thing"
        ),
        pytest.param(
            "data/pages/3-united-kingdom/p022.ttl",
            "level:minister",
            "level:ministre",
            "data/pages/3-united-kingdom/p022.ttl",
            ["concept/level/ministre", "concept/level/minister"],
            id="a concept",
        ),
        pytest.param(
            "shapes/core.ttl",
            "sh:minCount",
            "sh:mincount",
            "shapes/core.ttl",
            ["shacl#mincount", "shacl#minCount"],
            id="a term of SHACL's",
        ),
        pytest.param(
            "shapes/core.ttl",
            "sh:datatype rdf:langString",
            "sh:datatype rdf:langstring",
            "shapes/core.ttl",
            ["rdf-syntax-ns#langstring"],
            id="a term that stands as a value",
        ),
        pytest.param(
            "shapes/core.ttl",
            "sh:targetClass ties:Event",
            "sh:targetClass ties:Evnt",
            "shapes/core.ttl:",
            ["ties:Evnt"],
            id="a target",
        ),
        pytest.param(
            "data/entities/states.ttl",
            "rdfs:label",
            "rdfs:lable",
            "data/entities/states.ttl",
            ["rdf-schema#lable"],
            id="an outside term",
        ),
        pytest.param(
            "ontology/core.ttl",
            "rdfs:subClassOf ties:Event",
            "rdfs:subClassOf ties:Evnt",
            "ontology/core.ttl:",
            ["ties:Evnt"],
            id="a term of the ontology's own",
        ),
    ],
)
def test_an_unknown_term_is_told_with_its_place_and_the_nearest(
    toy: Path, file: str, old: str, new: str, place: str, words: list[str]
) -> None:
    text = (toy / file).read_text()
    assert old in text
    (toy / file).write_text(text.replace(old, new))
    corpus = Corpus.at(toy)
    with pytest.raises(UnknownTermError) as caught:
        require_known(load(corpus), corpus=corpus)
    assert str(caught.value).startswith(place)
    assert [word for word in words if word not in str(caught.value)] == []


def test_the_toy_has_no_unknown_terms(toy_graph: Store) -> None:
    assert unknown_terms(toy_graph) == []


def test_an_outside_term_may_be_declared_by_our_ontology(snippets: Snippets) -> None:
    page = "source:x a fabio:Book ."
    assert [term.iri.rpartition("/")[2] for term in unknown_terms(snippets(p025=page))] == ["Book"]
    assert unknown_terms(snippets(ontology="fabio:Book a owl:Class .", p025=page)) == []


def test_versions_have_names_and_nothing_more(snippets: Snippets) -> None:
    header = "<https://w3id.org/tiesgraph/ontology> owl:versionIRI <https://w3id.org/tiesgraph/ontology/0.2.0> ; "
    prior = "owl:priorVersion <https://w3id.org/tiesgraph/ontology/0.1.0> ."
    assert unknown_terms(snippets(ontology=header + prior)) == []


def test_the_real_graph_has_no_unknown_terms(graph: Store) -> None:
    assert unknown_terms(graph) == []


def test_every_term_of_the_ontology_is_used(graph: Store) -> None:
    """By data, by a shape, or by a case."""
    cases = Store()
    for folder in ("infer", "shapes"):
        for file in sorted((CASES / folder).rglob("*.ttl")):
            cases.load(file, graph=next(iter(graph.graphs())))
    table = Corpus.at(ROOT).prefixes
    assert [shorten(term, table) for term in unused_terms(graph, also=cases)] == []
