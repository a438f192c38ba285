"""The tokens of a query, and what its syntax errors mean.

The engine tells little about a mistake. So the text is cut into tokens (SPARQL 1.1, section 19.8), which
keeps strings, comments and IRIs apart from keywords and brackets; nothing is parsed.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tiesgraph.errors import QuerySyntaxError

__all__ = ["NAME", "Token", "diagnose", "is_volatile", "place", "tokens", "undeclared"]


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

_VOLATILE = re.compile(r"\b(?:BNODE|NOW|RAND|STRUUID|UUID)\s*\(", re.IGNORECASE)

_PROLOGUE = frozenset({"BASE", "PREFIX", "VERSION"})
_FORMS = ("ASK", "CONSTRUCT", "DESCRIBE", "SELECT")
_PAIRS = {"}": "{", ")": "(", "]": "["}


def tokens(text: str, /) -> Iterator[Token]:
    """The tokens of a query without its spaces and comments; never fails: what is no token is `other`."""
    for match in _PATTERN.finditer(text):
        if match.lastgroup and match.lastgroup != "space":
            yield Token(match.lastgroup, match.group(), match.start())


def _at(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, counted from 1; lines end as the engine counts them, at a line feed."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _error(text: str, token: Token, message: str, mend: str | None = None) -> QuerySyntaxError:
    line, column = _at(text, token.start)
    return QuerySyntaxError(message, line=line, column=column, token=token.text, mend=mend)


def place(text: str, token: Token, /) -> str:
    """Where a token stands, in words: `line 2, column 5`."""
    return "line {}, column {}".format(*_at(text, token.start))


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


def is_volatile(text: str, /) -> bool:
    """Whether a query may call a function whose value differs from one run to the next; better said once too often."""
    return bool(_VOLATILE.search(text))


def _prefix_mend(prefix: str, known: Mapping[str, str]) -> str | None:
    """What to write where `prefix` was not declared."""
    if prefix in known:
        return f"Add this line at the top: PREFIX {prefix}: <{known[prefix]}>"
    near = difflib.get_close_matches(prefix, known, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}: <{known[near[0]]}>?" if near else f"Declare it: PREFIX {prefix}: <…>"


def _first_word(text: str, found: list[Token]) -> QuerySyntaxError | None:
    """An error where the text does not begin as a query does."""
    for token in found:
        if token.kind == "word":
            word = token.text.upper()
            if word in _FORMS:
                return None
            if word not in _PROLOGUE:
                near = difflib.get_close_matches(word, _FORMS, n=1)
                mend = f"Did you mean {near[0]}?" if near else None
                return _error(text, token, f"a query begins with {', '.join(_FORMS)}, not with {token.text}", mend)
        elif token.kind not in ("iri", "name", "string"):
            return _error(text, token, f"a query begins with {', '.join(_FORMS)}, not with {token.text}")
    return None


def _unbalanced(text: str, found: list[Token]) -> QuerySyntaxError | None:
    """An error where a quote or a bracket is not closed, or closes nothing."""
    stack: list[Token] = []
    for token in found:
        if token.kind == "other" and token.text in "\"'":
            return _error(text, token, "this string is not closed")
        if token.kind == "open":
            stack.append(token)
        if token.kind == "close":
            if not stack or stack[-1].text != _PAIRS[token.text]:
                opened = f"; {stack[-1].text} was opened at {place(text, stack[-1])}" if stack else ""
                return _error(text, token, f"{token.text} closes nothing{opened}")
            stack.pop()
    return _error(text, stack[-1], f"{stack[-1].text} is not closed") if stack else None


def diagnose(text: str, reason: str, /, *, known: Mapping[str, str]) -> QuerySyntaxError:
    """The engine's complaint about a query, in words that help.

    Args:
        text: the query.
        reason: the engine's message (`error at 2:9: expected …`).
        known: our prefixes, to suggest one.

    The engine names the furthest place that it looked at, which often lies behind the mistake; the
    commonest mistakes are therefore looked for first: how the query begins, quotes, brackets, prefixes.
    """
    found = list(tokens(text))
    if not found:
        return QuerySyntaxError("the query is empty", line=1, column=1)
    if error := _first_word(text, found) or _unbalanced(text, found):
        return error
    if missing := undeclared(text):
        prefix = missing[0].text.partition(":")[0]
        return _error(text, missing[0], f"the prefix {prefix}: is not declared", _prefix_mend(prefix, known))
    return _near(text, reason, found)


def _near(text: str, reason: str, found: list[Token]) -> QuerySyntaxError:
    """The engine's own place and words."""
    where = re.match(r"error at (\d+):(\d+): (?:expected )?(?:one of )?", reason)
    if not where:
        return QuerySyntaxError(reason)
    line, column = int(where[1]), int(where[2])
    said = [part.strip() for part in reason[where.end() :].split(", ")]
    sentences = [part for part in said if re.fullmatch(r"[A-Z][a-z]*\b(?: [\w()'?]+)+", part)]
    lines = text.split("\n")
    offset = sum(len(row) + 1 for row in lines[: line - 1]) + column - 1
    before = [token for token in found if token.start < offset]
    if before and before[-1].start + len(before[-1].text) >= offset:
        token = before[-1]
    else:
        token = next((later for later in found if later.start >= offset), found[-1])
    message = sentences[0][0].lower() + sentences[0][1:] if sentences else f"the query cannot be read near {token.text}"
    return _error(text, token, message)
