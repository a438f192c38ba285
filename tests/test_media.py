"""Content negotiation, one rule of RFC 9110 a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiesgraph.media import (
    CSV,
    GRAPH_FORMATS,
    JSON,
    JSONLD,
    NTRIPLES,
    RDFXML,
    RESULT_FORMATS,
    TSV,
    TURTLE,
    XML,
    Format,
    choose,
    media_type,
    named,
    negotiate,
    unknown_word,
)

RESULT_CASES: dict[str, tuple[list[str], Format | None]] = {
    "no header means anything, so the first on offer": ([], JSON),
    "an empty header says nothing": ([""], JSON),
    "an exact type": (["text/csv"], CSV),
    "the higher q wins": (["text/csv;q=0.2, application/sparql-results+xml;q=0.9"], XML),
    "q counts to three decimals": (["text/csv;q=0.999, application/sparql-results+json;q=0.998"], CSV),
    "q without spaces or with many": (["application/sparql-results+json;q=0.2,text/csv ;  q=0.7"], CSV),
    "q may be written in capitals": (["text/csv;Q=0.1, text/tab-separated-values;Q=0.3"], TSV),
    "types are compared without case": (["Application/SPARQL-Results+XML"], XML),
    "parameters of the type do not matter": (["application/sparql-results+xml; charset=utf-8"], XML),
    "a comma in quotes ends nothing": (['text/csv;x="a,b;q=0"'], CSV),
    "q=0 refuses": (["application/sparql-results+json;q=0, application/sparql-results+xml"], XML),
    "q=0 refuses under a wildcard too": (["*/*, application/sparql-results+json;q=0"], XML),
    "q=0 is not undone by an alias": (["application/*, application/sparql-results+json;q=0, text/*;q=0"], XML),
    "a type beats its range": (["*/*;q=0.9, text/csv;q=0.1, application/*;q=0.2, text/*;q=0.3"], TSV),
    "a range takes the first format in it": (["text/*"], CSV),
    "what was named beats what a wildcard admits": (["*/*, application/sparql-results+xml"], XML),
    "among equals the client's order counts": (["text/tab-separated-values, text/csv"], TSV),
    "unknown types are passed over": (["application/x-unknown, text/csv;q=0.1"], CSV),
    "several headers are one list": (["application/x-unknown", "text/csv"], CSV),
    "plain JSON asks for JSON results": (["application/json"], JSON),
    "plain XML asks for XML results": (["application/xml"], XML),
    "the type beats its alias at equal q": (["application/json, application/sparql-results+json"], JSON),
    "nothing fits": (["image/png"], None),
    "an RDF type does not fit rows": (["text/turtle"], None),
    "everything refused": (["*/*;q=0"], None),
    "a q that is no number voids its element": (["text/csv;q=abc"], JSON),
    "a q above one voids its element": (["text/csv;q=7, text/tab-separated-values"], TSV),
    "an unreadable header counts as absent": ([";;;"], JSON),
    "a lone q is no range": (["q=1"], JSON),
}

GRAPH_CASES: dict[str, tuple[list[str], Format | None]] = {
    "no header": ([], TURTLE),
    "N-Triples": (["application/n-triples"], NTRIPLES),
    "RDF/XML": (["application/rdf+xml"], RDFXML),
    "JSON-LD": (["application/ld+json"], JSONLD),
    "JSON-LD with its profile": (['application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"'], JSONLD),
    "a result type before an RDF type": (["application/sparql-results+json, text/turtle;q=0.5"], TURTLE),
    "rows do not fit triples": (["text/csv"], None),
}


@pytest.mark.parametrize(("accept", "wanted"), RESULT_CASES.values(), ids=RESULT_CASES)
def test_rows_are_negotiated(accept: list[str], wanted: Format | None) -> None:
    assert negotiate(accept, offered=RESULT_FORMATS) == wanted


@pytest.mark.parametrize(("accept", "wanted"), GRAPH_CASES.values(), ids=GRAPH_CASES)
def test_triples_are_negotiated(accept: list[str], wanted: Format | None) -> None:
    assert negotiate(accept, offered=GRAPH_FORMATS) == wanted


def test_the_default_comes_before_what_is_offered_first() -> None:
    assert negotiate([], offered=RESULT_FORMATS, default=CSV) == CSV
    assert negotiate(["*/*"], offered=RESULT_FORMATS, default=TSV) == TSV
    assert negotiate(["application/json"], offered=RESULT_FORMATS, default=TSV) == JSON


BROWSER = ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"]

ASKED_CASES: dict[str, tuple[list[str], list[str], tuple[Format, ...], Format | None]] = {
    "a word decides": (["csv"], [], RESULT_FORMATS, CSV),
    "a word goes before the header": (["tsv"], ["text/csv"], RESULT_FORMATS, TSV),
    "a word in a browser's address bar": (["csv"], BROWSER, RESULT_FORMATS, CSV),
    "json is what is JSON there": (["json"], [], RESULT_FORMATS, JSON),
    "json of triples is JSON-LD": (["json"], [], GRAPH_FORMATS, JSONLD),
    "xml is what is XML there": (["xml"], [], RESULT_FORMATS, XML),
    "xml of triples is RDF/XML": (["xml"], [], GRAPH_FORMATS, RDFXML),
    "turtle": (["turtle"], [], GRAPH_FORMATS, TURTLE),
    "n3 is answered in Turtle": (["n3"], [], GRAPH_FORMATS, TURTLE),
    "case does not count": (["TTL"], [], GRAPH_FORMATS, TURTLE),
    "JSON-LD with its dash": (["JSON-LD"], [], GRAPH_FORMATS, JSONLD),
    "N-Triples with its dash": (["n-triples"], [], GRAPH_FORMATS, NTRIPLES),
    "rdf": (["rdf"], [], GRAPH_FORMATS, RDFXML),
    "rdf+xml": (["rdf+xml"], [], GRAPH_FORMATS, RDFXML),
    "rdf+xml whose plus was not escaped": (["rdf xml"], [], GRAPH_FORMATS, RDFXML),
    "a file ending": ([".nt"], [], GRAPH_FORMATS, NTRIPLES),
    "a media type": (["application/sparql-results+xml"], [], RESULT_FORMATS, XML),
    "a media type whose plus was not escaped": (["application/rdf xml"], [], GRAPH_FORMATS, RDFXML),
    "a list of media types": (["application/ld+json,application/x-json+ld"], [], GRAPH_FORMATS, JSONLD),
    "the first that fits": (["turtle", "csv"], [], RESULT_FORMATS, CSV),
    "what does not fit leaves the header": (["turtle"], ["text/csv"], RESULT_FORMATS, CSV),
    "what does not fit leaves the default": (["turtle"], [], RESULT_FORMATS, JSON),
    "a media type that does not fit leaves the header": (["text/turtle"], ["text/csv"], RESULT_FORMATS, CSV),
    "an empty value says nothing": ([""], ["text/csv"], RESULT_FORMATS, CSV),
    "a lone slash says nothing": (["/"], ["text/csv"], RESULT_FORMATS, CSV),
    "nothing fits": (["csv"], ["text/csv"], GRAPH_FORMATS, None),
}


@pytest.mark.parametrize(("asked", "accept", "offered", "wanted"), ASKED_CASES.values(), ids=ASKED_CASES)
def test_a_format_parameter_is_an_alias(
    asked: list[str], accept: list[str], offered: tuple[Format, ...], wanted: Format | None
) -> None:
    assert choose(accept, asked=asked, offered=offered) == wanted


def test_a_misspelt_format_is_told_from_one_that_does_not_fit() -> None:
    assert unknown_word(["turtle", "", "image/png", "turtel"]) == "turtel"
    assert unknown_word(["TTL", "json-ld", "n-quads", "text", "html", ".csv"]) is None


def test_a_content_type_is_reduced_to_its_type() -> None:
    assert media_type("Text/CSV; charset=utf-8") == "text/csv"
    assert media_type("") == ""


def test_text_formats_name_their_encoding() -> None:
    assert CSV.content_type == "text/csv; charset=utf-8"
    assert JSON.content_type == "application/sparql-results+json"


def test_formats_are_found_by_the_command_lines_names() -> None:
    assert named("ttl", offered=GRAPH_FORMATS) == TURTLE
    assert named("csv", offered=GRAPH_FORMATS) is None


@given(st.lists(st.text(alphabet='abjnostux/*;,q=01."\\ \t+-', max_size=40), max_size=3))
def test_no_header_breaks_negotiation(headers: list[str]) -> None:
    assert negotiate(headers, offered=RESULT_FORMATS) in (*RESULT_FORMATS, None)
