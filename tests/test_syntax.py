"""The tokens of a query."""

from tiesgraph.syntax import tokens, undeclared


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
