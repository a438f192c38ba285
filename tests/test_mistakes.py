"""What the mistakes in a query are called, where they are, and how they are mended."""

import pytest

from tiesgraph.errors import QuerySyntaxError
from tiesgraph.mistakes import diagnose
from tiesgraph.query import run
from tiesgraph.store import Store

PREFIXES = {"actor": "https://example.org/id/actor/", "ties": "https://example.org/ontology#"}


DIAGNOSES = {
    "a misspelt form": ("SELEC * {}", 1, 1, "SELEC", "Did you mean SELECT?"),
    "an undeclared prefix of ours": (
        "SELECT ?x\nWHERE {\n  ?x ties:date ?d }",
        3,
        6,
        "ties:date",
        "Add this line at the top: PREFIX ties: <https://example.org/ontology#>",
    ),
    "a prefix near one of ours": (
        "SELECT * { actr:japan ?p ?o }",
        1,
        12,
        "actr:japan",
        "Did you mean actor: <https://example.org/id/actor/>?",
    ),
    "a foreign prefix": ("SELECT * { zzz:y ?p ?o }", 1, 12, "zzz:y", "Declare it: PREFIX zzz: <…>"),
    "an open group": ("SELECT * {\n  ?s ?p ?o", 1, 10, "{", None),
    "a bracket too many": ("SELECT * { ?s ?p ?o }}", 1, 22, "}", None),
    "the wrong bracket": ("SELECT * { FILTER(1 }", 1, 21, "}", None),
    "an open string": ("SELECT * { ?s ?p 'abc }", 1, 18, "'", None),
    "no query at all": ("42", 1, 1, "42", None),
}


@pytest.mark.parametrize(("text", "line", "column", "token", "mend"), DIAGNOSES.values(), ids=DIAGNOSES)
def test_a_mistake_is_placed_and_mended(text: str, line: int, column: int, token: str, mend: str | None) -> None:
    error = diagnose(text, "error at 1:1: expected something", known=PREFIXES)
    assert (error.line, error.column, error.token, error.mend) == (line, column, token, mend)


def test_an_empty_query_has_a_place_too() -> None:
    error = diagnose(" # nothing", "error at 1:1: expected something", known=PREFIXES)
    assert (error.line, error.column, error.message) == (1, 1, "the query is empty")


def test_the_engines_own_words_are_kept_where_they_are_words() -> None:
    text = "SELECT ?a (COUNT(*) AS ?n) { ?a ?b ?c }"
    error = diagnose(
        text,
        f"error at 1:{len(text) + 1}: expected one of The SELECT contains a variable that is unbound, [_]",
        known={},
    )
    assert isinstance(error, QuerySyntaxError)
    assert error.message == "the SELECT contains a variable that is unbound"


def test_the_engines_place_is_moved_to_the_token() -> None:
    error = diagnose("SELECT * {\n  ?s ?p }", "error at 2:10: expected one of LATERAL, SERVICE, [_]", known={})
    assert (error.line, error.column, error.token) == (2, 9, "}")


REFUSED = {
    "a misspelt keyword": ("SELECT * { ?x a ?y FITLER(?y > 3) }", "1:20", "FITLER", "Did you mean FILTER?"),
    "a misspelt modifier": ("SELECT * {}\nLIMT 3", "2:1", "LIMT", "Did you mean LIMIT?"),
    "a misspelt function": ("SELECT (CUONT(?x) AS ?n) {}", "1:9", "CUONT", "Did you mean COUNT?"),
    "an alias without its question mark": ("SELECT (COUNT(?x) AS n) {}", "1:22", "n", "Did you mean ?n?"),
    "a text without quotes": (
        "SELECT * { ?x ?p Tokyo }",
        "1:18",
        "Tokyo",
        'A variable would be ?Tokyo, a text "Tokyo".',
    ),
    "a prefix without its colon": ("PREFIX ties <http://x/> ASK {}", "1:8", "ties", "PREFIX ties: <…>"),
    "commas between variables": ("SELECT ?x, ?y { ?x ?p ?y }", "1:10", ",", "SELECT ?a ?b"),
    "a bare condition": ("SELECT * { ?x ?p ?y FILTER ?y > 3 }", "1:28", "?y", "FILTER(…)"),
    "an order by nothing": ("SELECT * { ?x ?p ?y } ORDER ?x", "1:23", "ORDER", "ORDER BY ?x"),
    "a space in an IRI": (
        "SELECT * { <http://x/a b> ?p ?y }",
        "1:12",
        "<",
        "An IRI holds no space; write %20 for one.",
    ),
    "a name given twice": (
        "SELECT * { ?x ?p ?y . BIND(1 AS ?y) }",
        "1:33",
        "?y",
        "Give the value a name of its own.",
    ),
    "a star beside groups": ("SELECT * { ?s ?p ?o } GROUP BY ?s", "1:32", "?s", None),
}


@pytest.mark.parametrize(("text", "place", "token", "mend"), REFUSED.values(), ids=REFUSED)
def test_what_the_engine_refuses_is_told_in_words(text: str, place: str, token: str, mend: str | None) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        run(Store(), text)
    error = caught.value
    assert (f"{error.line}:{error.column}", error.token, error.mend) == (place, token, mend)
