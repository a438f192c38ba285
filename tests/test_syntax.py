"""The tokens of a query."""

import pytest

from tiesgraph.syntax import outline, pattern, tokens, undeclared


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


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("SELECT * { ?a ?b ?c }", "SELECT *\n{ ?a ?b ?c } # mine\n", True),
        ("# the first\nASK { ?a ?b 1 }", "# the second\nASK { ?a ?b 22 }", True),
        ("ASK { ?a <http://x.org/a#b> ?c }", "ASK { ?a <http://x.org/a#d> ?c }", False),
        ("ASK { ?a ?b ?c }", "ASK { ?a ?b ?d }", False),
        ("ASK {}" + " " * 10_000, "ASK {}" + " " * 9_000 + "# x", True),
    ],
)
def test_queries_that_are_much_alike_have_one_outline(one: str, other: str, alike: bool) -> None:
    assert (outline(one).strip() == outline(other).strip()) == alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("SELECT ?p { <http://e/a#b> ?p 1 }", "SELECT ?p { <http://e/c> ?p 23 } # mine", True),
        ("ASK { ?s a ties:Visit }", "ASK { ?s a ties:Exercise }", True),
        ("ASK { ?s ?p 'it is' }", "ASK { ?s ?p 'that' }", True),
        ("ASK { ?s ?p ?o }", "ASK { ?s ?p* ?o }", False),
        ("ASK { ?s ?p ?o }", "SELECT * { ?s ?p ?o }", False),
    ],
)
def test_queries_that_ask_the_same_of_other_things_have_one_pattern(one: str, other: str, alike: bool) -> None:
    assert ((pattern(one) or "").split() == (pattern(other) or "").split()) == alike


def test_a_long_query_has_no_pattern() -> None:
    assert pattern("ASK { ?s ?p ?o }" + " " * 2_000) is None
