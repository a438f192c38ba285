"""Compact JSON-LD: what it looks like, and that it says the same as the triples it was made from."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare

from tiesgraph.errors import NotAcceptable
from tiesgraph.jsonld import write_jsonld

TABLE = {"ex": "http://example.org/", "deep": "http://example.org/deep/", "xsd": "http://www.w3.org/2001/XMLSchema#"}


def read(turtle: str) -> list[ox.Triple]:
    head = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in TABLE.items())
    return [quad.triple for quad in ox.parse(head + turtle, format=ox.RdfFormat.TURTLE)]


def canonical(triples: list[ox.Triple]) -> set[str]:
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


SAMPLES = {
    "an IRI value": "ex:a ex:p ex:b .",
    "a type": "ex:a a ex:C , ex:D .",
    "one language": 'ex:a ex:p "x"@en , "y"@en .',
    "two languages": 'ex:a ex:p "x"@en , "y"@de .',
    "a text with a language and one without": 'ex:a ex:p "x"@en , "y" .',
    "one datatype": 'ex:a ex:p "2017-10"^^xsd:gYearMonth .',
    "datatypes": 'ex:a ex:p "2017"^^xsd:gYear , "2017-10"^^xsd:gYearMonth , 7 , 7.5 , true .',
    "texts and IRIs": 'ex:a ex:p "x" , ex:b .',
    "a text that looks like a compact IRI": 'ex:a ex:p "ex:b" .',
    "a text that looks like a keyword": 'ex:a ex:p "@id" , "@type" .',
    "a list": "ex:a ex:p ( 1 ex:b [ ex:q ex:c ] ) .",
    "blank nodes": "ex:a ex:p [ ex:q [ ex:r ex:a ] ] .",
    "a namespace within a namespace": "deep:a deep:p deep:b .",
    "an IRI that is a namespace": "ex:a ex:p <http://example.org/deep/> .",
    "a local name that begins with slashes": "ex:a ex:p <http://example.org///x> .",
    "a local name with a colon and an escape": "ex:a ex:p <http://example.org/x:y%20z?q#f> .",
    "an IRI whose scheme is a prefix": "ex:a ex:p <ex:b> , ex:b .",
    "a property that is a number": "ex:a <http://example.org/3-45> 1 .",
    "an unknown namespace": "<urn:x:a> <urn:x:p> <urn:x:b> .",
}


# rdflib's own reader of JSON-LD makes a graph of a class that rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("turtle", SAMPLES.values(), ids=SAMPLES.keys())
def test_two_readers_find_the_same_triples_in_it(turtle: str) -> None:
    triples = read(turtle)
    written = write_jsonld(triples, TABLE)
    back = [quad.triple for quad in ox.parse(written, format=ox.RdfFormat.JSON_LD)]
    assert canonical(back) == canonical(triples)
    nt = "".join(f"{triple} .\n" for triple in triples)
    theirs, ours = rdflib.Graph().parse(data=written, format="json-ld"), rdflib.Graph().parse(data=nt, format="nt")
    assert rdflib.compare.isomorphic(theirs, ours)


def test_names_are_short_and_the_context_says_once_what_holds_of_a_property() -> None:
    triples = read('ex:a a ex:C ; ex:knows ex:b ; ex:name "A"@en ; ex:born "1990"^^xsd:gYear .')
    assert json.loads(write_jsonld(triples, TABLE)) == {
        "@context": {
            "ex": TABLE["ex"],
            "xsd": TABLE["xsd"],
            "ex:born": {"@type": "xsd:gYear"},
            "ex:knows": {"@type": "@id"},
            "ex:name": {"@language": "en"},
        },
        "@graph": [{"@id": "ex:a", "@type": "ex:C", "ex:knows": "ex:b", "ex:name": "A", "ex:born": "1990"}],
    }


def test_nothing_makes_an_empty_document() -> None:
    assert json.loads(write_jsonld([], TABLE)) == {"@context": {}, "@graph": []}


def test_a_triple_as_a_term_is_refused() -> None:
    node = ox.NamedNode("http://example.org/a")
    with pytest.raises(NotAcceptable, match="application/ld"):
        write_jsonld([ox.Triple(node, node, ox.Triple(node, node, node))], TABLE)
