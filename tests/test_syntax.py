"""The tokens of a query, and what its mistakes are called."""

import pytest

from tiesgraph.errors import QuerySyntaxError
from tiesgraph.syntax import diagnose, tokens, undeclared

PREFIXES = {"actor": "https://example.org/id/actor/", "ties": "https://example.org/ontology#"}


def test_tokens_keep_their_places() -> None:
    found = [(token.kind, token.text, token.start) for token in tokens("ASK{?s a:b 'x'@en}#end")]
    assert found == [
        ("word", "ASK", 0),
        ("open", "{", 3),
        ("variable", "?s", 4),
        ("name", "a:b", 7),
        ("string", "'x'", 11),
        ("language", "@en", 14),
        ("close", "}", 17),
    ]


def test_only_undeclared_prefixes_are_named() -> None:
    text = "PREFIX a: <a:> SELECT * { a:x b:y 'c:z' . <d:w> ?p :e }"
    assert [token.text for token in undeclared(text)] == ["b:y", ":e"]


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
