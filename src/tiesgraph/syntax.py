"""The tokens of a query (SPARQL 1.1, section 19.8).

They keep strings, comments and IRIs apart from keywords and brackets, for whoever has to judge a query without
running it; nothing is parsed.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "NAME",
    "Token",
    "is_volatile",
    "may_be_comparison",
    "may_name_graphs",
    "outline",
    "pattern",
    "place",
    "position",
    "tells_tokens_apart",
    "tokens",
    "undeclared",
]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: its kind (a group name of the pattern below), text and place, counted from 0."""

    kind: str
    text: str
    start: int


# An IRI holds no space, quote, brace or angle bracket, which tells `<a>` from `?a < ?b && ?c > ?d`.
# A backslash outside a string escapes one character of a local name: `ex:rock\'n\'roll`.
_LOCAL = r"(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\.)"
_NAME = rf"(?:[^\W\d_][\w.\-]*)?:{_LOCAL}*"
NAME = re.compile(_NAME)
"""A prefixed name, wherever in a text."""

_PATTERN = re.compile(
    rf"""
      (?P<space>\s+|\#[^\r\n]*)
    | (?P<iri><[^<>"{{}}|^`\x00-\x20]*>)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<blank>_:[\w.\-]+)
    | (?P<name>{_NAME})
    | (?P<number>\.?\d[\d.]*(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<open>[\[({{])
    | (?P<close>[\])}}])
    | (?P<operator>\|\||&&|\^\^|!=|<=|>=|[!+\-*/|^=<>])
    | (?P<point>[.;,])
    | (?P<other>\\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)

# `?a<ex:b#c>` may be an IRI, or a comparison and a comment; `1<'>'` an IRI, or a comparison with a string.
# Only the grammar tells. Behind a scheme and two slashes no comparison can follow, so those are IRIs.
_AMBIGUOUS = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.\-]*://)[^<>\"{}|^`\x00-\x20]*[#'][^<>\"{}|^`\x00-\x20]*>")

_VOLATILE = re.compile(r"\b(?:BNODE|NOW|RAND|STRUUID|UUID)\s*[(#]")
_FROM = re.compile(r"FROM\s*(?:NAMED\b|[#<:]|[\w.\-]+:)")
_COMMENTS = re.compile(r"(?<!\S)#[^\r\n]*")
_NO_DIGITS = str.maketrans("", "", "0123456789")
_THINGS = re.compile(
    r"""<[^<>"{}|^`\x00-\x20]*>|"[^"\r\n]*"|'[^'\r\n]*'|(?<=:)[\w.\-]+|\#[^\r\n]*|[\s\d]+""", re.VERBOSE
)
_BEGINNING = 2_000
_COMMENT_LINES = re.compile(r"^\s*#.*$", re.MULTILINE)


def tokens(text: str, /) -> Iterator[Token]:
    """The tokens of a query without its spaces and comments; never fails: what is no token is `other`."""
    for match in _PATTERN.finditer(text):
        if match.lastgroup and match.lastgroup != "space":
            yield Token(match.lastgroup, match.group(), match.start())


def may_be_comparison(text: str, /) -> bool:
    """Whether something that is a token of the kind `iri`, or among a text's, may be read as a comparison instead."""
    return bool(_AMBIGUOUS.search(text))


def tells_tokens_apart(text: str, /) -> bool:
    """Whether the engine takes for strings, comments and IRIs of a query what `tokens` does; else it may or may not."""
    return "\\u" not in text and "\\U" not in text and not may_be_comparison(text)


def position(text: str, offset: int, /) -> tuple[int, int]:
    """Line and column of an offset, counted from 1; lines end as the engine counts them, at a line feed."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def place(text: str, token: Token, /) -> str:
    """Where a token stands, in words: `line 2, column 5`."""
    return "line {}, column {}".format(*position(text, token.start))


def undeclared(text: str, /) -> list[Token]:
    """The prefixed names of a query, in order, whose prefix the query does not declare before them."""
    declared: set[str] = set()
    found = []
    declaring = False
    for token in tokens(text):
        if token.kind == "name":
            prefix = token.text.partition(":")[0]
            if declaring:
                declared.add(prefix)
            elif prefix not in declared:
                found.append(token)
        declaring = token.kind == "word" and token.text.upper() == "PREFIX"
    return found


def may_name_graphs(text: str, /) -> bool:
    """Whether a query may say GRAPH or FROM; better said once too often.

    The engine looks for no end of a word: `trueGRAPH` holds the keyword, but `tiesgraph` in an IRI does not.
    """
    upper = text.upper()
    return _names_graphs(upper) and ("#" not in text or _names_graphs(_COMMENT_LINES.sub("", upper)))


def _names_graphs(upper: str) -> bool:
    if "FROM" in upper and _FROM.search(upper):
        return True
    place = upper.find("GRAPH")
    while place >= 0:
        if not upper[place - 1 : place].isalpha() or upper.endswith(("TRUE", "FALSE"), 0, place):
            return True
        place = upper.find("GRAPH", place + 1)
    return False


def outline(text: str, /) -> str:
    """The beginning of a query without its spaces, comments and digits: the same for those that differ in nothing else.

    It says nothing of what a query means, only that it is much like another.
    """
    text = text[:_BEGINNING]
    if "#" in text:
        text = _COMMENTS.sub("", text)
    return " ".join(text.translate(_NO_DIGITS).split())


def pattern(text: str, /) -> str | None:
    """What is left of a query without its names, strings, numbers, comments and spaces; None where it is long.

    Those that ask the same of other things have it in common, and now and then others as well.
    """
    return _THINGS.sub(" ", text) if len(text) <= _BEGINNING else None


@functools.lru_cache(maxsize=2)  # several ask in turn, of texts that may be large
def is_volatile(text: str, /) -> bool:
    """Whether a query may call a function whose value differs from one run to the next; better said once too often."""
    upper = text.upper()
    if "\\U" in upper:
        # Such an escape may stand for any letter, of a function's name too.
        return True
    # Looking for the words alone takes a hundredth of the time, and most queries have none.
    seldom = "NOW" in upper or "RAND" in upper or "UUID" in upper or "BNODE" in upper
    return seldom and bool(_VOLATILE.search(upper))
