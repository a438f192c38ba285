"""Which queries the engine never gets to see.

The engine crashes the process on a deeply nested text and reaches out to whatever SERVICE names, and it has
no switch against either. So the text is judged by its tokens first, and always towards refusing: what the
engine might read as a call or as a nesting counts as one, also where keywords are glued to what follows
(`SERVICEex:a {…}` is a call to the engine, which looks for no end of a word).
"""

import re
import string
from dataclasses import dataclass
from itertools import pairwise

from tiesgraph.errors import FederationRefused, QueryRefused, QueryTooLarge
from tiesgraph.syntax import Token, may_be_comparison, place, tokens

__all__ = ["LIMITS", "Limits", "refuse_unsafe", "refuse_update"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much query is too much.

    Measured on pyoxigraph 0.5.13 with an 8 MB stack: 1,000 nested function calls crash it, 200 do not;
    10,000 chained operators or clauses crash it, 1,000 do not.
    """

    characters: int = 1_048_576
    depth: int = 100
    clauses: int = 1_000


LIMITS = Limits()

_UPDATES = frozenset({"ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH"})
_PROLOGUE = frozenset({"BASE", "PREFIX", "VERSION"})
# Words that open no clause of their own, so that a long VALUES or IN list of constants costs nothing.
_LIGHT = frozenset({"TRUE", "FALSE", "UNDEF", "A"})

_CALL = re.compile("service", re.IGNORECASE)
_OPENING = re.compile(r"[\[({]")
_WORDS_AND_SPACES = (string.ascii_letters + string.digits + "_" + string.whitespace).encode()
_GROWING = re.compile(r"[!+\-*/|^=<>&]|\w+")


def refuse_unsafe(text: str, /, *, limits: Limits = LIMITS) -> None:
    """Let a query through to the engine, or say why it may not pass.

    Raises:
        QueryTooLarge: longer, deeper or with more clauses than `limits` allow.
        FederationRefused: it calls another endpoint (SERVICE).
    """
    if len(text) > limits.characters:
        raise QueryTooLarge(
            f"the query has {len(text):,} characters; {limits.characters:,} are the limit",
            mend="Ask in several queries, or with a shorter VALUES list.",
        )
    if _is_plain(text, limits):
        return
    depth = clauses = 0
    end = Token("end", "", len(text))
    for token, following in pairwise([*tokens(text), end]):
        if _calls(token, following):
            raise _call(place(text, token))
        if token.kind == "iri" and may_be_comparison(token.text):
            _refuse_coarsely(text, token, limits)
        depth = max(0, depth + (token.kind == "open") - (token.kind == "close"))
        clauses += _is_clause(token, following)
        if depth > limits.depth:
            raise _too_large(place(text, token), f"{limits.depth:,} levels of nesting")
        if clauses > limits.clauses:
            raise _too_large(place(text, token), f"{limits.clauses:,} clauses and operators")


def _is_plain(text: str, limits: Limits) -> bool:
    """Whether a text is well below the limits however its characters are read: most are, and this is seen at once."""
    marks = len(text.encode("utf-8", "surrogatepass").translate(None, _WORDS_AND_SPACES))
    return (
        sum(map(text.count, "{[(")) <= limits.depth
        and "SERVICE" not in text.upper()
        # Every word ends at a space or a mark, and every group, operator and call is one mark or more.
        and len(text.split()) + 2 * marks <= limits.clauses
    )


def refuse_update(text: str, /) -> None:
    """Say of a text that the engine does not take for a query whether it is an update.

    Raises:
        QueryRefused: it is.
    """
    for token in tokens(text):
        if token.kind == "word" and token.text.upper() in _UPDATES:
            raise QueryRefused(
                f"{token.text} is an update; this graph is read only",
                place=place(text, token),
                mend="Ask with SELECT, ASK, CONSTRUCT or DESCRIBE.",
            )
        if token.kind == "word" and token.text.upper() not in _PROLOGUE:
            return


def _calls(token: Token, following: Token) -> bool:
    """Whether the engine may read a call here: no other keyword holds the word; behind a call's name is a group."""
    if token.kind == "word":
        return bool(_CALL.search(token.text))
    return token.kind == "name" and following.text == "{" and bool(_CALL.search(token.text.partition(":")[0]))


def _is_clause(token: Token, following: Token) -> bool:
    """Whether a token makes the query's tree grow: a word, operator, group or call, but no part of a constant."""
    match token.kind:
        case "word":
            return token.text.upper() not in _LIGHT
        case "operator":
            return token.text != "^^"
        case "name":
            return following.text == "("
    return token.text == "{"


def _refuse_coarsely(text: str, token: Token, limits: Limits) -> None:
    """Judge a text whose tokens cannot be told apart for sure, as if it had no strings and no comments."""
    found = _CALL.search(text)
    if found:
        raise _call(place(text, Token("word", found.group(), found.start())))
    if len(_OPENING.findall(text)) > limits.depth:
        raise _too_large(place(text, token), f"{limits.depth:,} brackets beside an IRI that may be a comparison")
    if len(_GROWING.findall(text)) > limits.clauses:
        raise _too_large(place(text, token), f"{limits.clauses:,} words beside an IRI that may be a comparison")


def _call(where: str) -> FederationRefused:
    return FederationRefused(
        "this endpoint calls no other endpoint: SERVICE is refused",
        place=where,
        mend="Run the federated query at the other endpoint and name this one in its SERVICE.",
    )


def _too_large(where: str, what: str) -> QueryTooLarge:
    return QueryTooLarge(
        f"the query has more than {what}",
        place=where,
        mend="Ask in several queries, or with a VALUES list in the place of a chain.",
    )
