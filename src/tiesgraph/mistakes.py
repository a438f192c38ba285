"""What the mistakes in a query mean: where each is, and how to mend it.

The engine names the furthest place that it looked at, which often lies behind the mistake, and what it might
have read there. So the commonest mistakes are looked for first, token by token: how a query begins, quotes,
brackets, prefixes, misspelt words, and what people carry over from SQL. Only a query that the engine has refused
is looked at, so that a rule here may be coarse.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from tiesgraph.errors import QuerySyntaxError
from tiesgraph.syntax import Token, place, position, tokens, undeclared

__all__ = ["diagnose"]

_PROLOGUE = frozenset({"BASE", "PREFIX", "VERSION"})
_FORMS = ("ASK", "CONSTRUCT", "DESCRIBE", "SELECT")
_PAIRS = {"}": "{", ")": "(", "]": "["}
_BROKEN_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:[^<>\"{}|^`\\\n?$&]*>")

# SPARQL 1.1 (section 19.8) and the draft of 1.2.
_KEYWORDS = """
A ADD ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CLEAR COALESCE CONSTRUCT COPY COUNT CREATE DATA DEFAULT DELETE
DESC DESCRIBE DISTINCT DROP EXISTS FALSE FILTER FROM GRAPH GROUP GROUP_CONCAT HAVING IN INSERT INTO LIMIT LOAD MAX
MIN MINUS MOVE NAMED NOT OFFSET OPTIONAL ORDER PREFIX REDUCED SAMPLE SELECT SEPARATOR SERVICE SILENT SUM TO TRUE
UNDEF UNION USING VALUES VERSION WHERE WITH
"""
_FUNCTIONS = """
ABS CEIL CONCAT CONTAINS DATATYPE DAY ENCODE_FOR_URI FLOOR HASLANG HASLANGDIR HOURS IF IRI ISBLANK ISIRI ISLITERAL
ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LCASE MD5 MINUTES MONTH NOW OBJECT PREDICATE RAND REGEX REPLACE
ROUND SAMETERM SECONDS SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN
STRSTARTS STRUUID SUBJECT SUBSTR TIMEZONE TRIPLE TZ UCASE URI UUID YEAR
"""
_WORDS = frozenset(_KEYWORDS.split() + _FUNCTIONS.split())


def _error(text: str, token: Token, message: str, mend: str | None = None) -> QuerySyntaxError:
    line, column = position(text, token.start)
    return QuerySyntaxError(message, line=line, column=column, token=token.text, mend=mend)


def _prefix_mend(prefix: str, known: Mapping[str, str]) -> str | None:
    """What to write where `prefix` was not declared."""
    if prefix in known:
        return f"Add this line at the top: PREFIX {prefix}: <{known[prefix]}>"
    near = difflib.get_close_matches(prefix[:40], known, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}: <{known[near[0]]}>?" if near else f"Declare it: PREFIX {prefix}: <…>"


def _first_word(text: str, found: list[Token]) -> QuerySyntaxError | None:
    """An error where the text does not begin as a query does."""
    before = None
    for token in found:
        if token.kind == "word":
            word = token.text.upper()
            if word in _FORMS:
                return None
            if before and before.text.upper() == "PREFIX":
                return _error(text, token, "a prefix ends in a colon", f"PREFIX {token.text}: <…>")
            if word not in _PROLOGUE:
                near = difflib.get_close_matches(word, _FORMS, n=1)
                mend = f"Did you mean {near[0]}?" if near else None
                return _error(text, token, f"a query begins with {', '.join(_FORMS)}, not with {token.text}", mend)
        elif token.kind not in ("iri", "name", "string"):
            return _error(text, token, f"a query begins with {', '.join(_FORMS)}, not with {token.text}")
        before = token
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


def _misspelt(text: str, found: Sequence[Token]) -> QuerySyntaxError | None:
    """An error where a word is none of SPARQL's."""
    for before, token in pairwise([Token("", "", 0), *found]):
        word = token.text.upper()
        if token.kind != "word" or word in _WORDS:
            continue
        near = difflib.get_close_matches(word[:40], sorted(_WORDS), n=1, cutoff=0.7) if len(word) > 2 else []
        if before.text.upper() == "AS":
            mend = f"Did you mean ?{token.text}?"
        else:
            mend = f"Did you mean {near[0]}?" if near else f'A variable would be ?{token.text}, a text "{token.text}".'
        return _error(text, token, f"{token.text} is no word of SPARQL", mend)
    return None


def _broken_iri(text: str, found: Sequence[Token]) -> QuerySyntaxError | None:
    """An error where what seems to be an IRI holds a space, and so was read as a comparison."""
    for token in found:
        if token.kind == "operator" and (iri := _BROKEN_IRI.match(text, token.start)):
            return _error(text, token, f"no IRI: {iri.group()}", "An IRI holds no space; write %20 for one.")
    return None


def _habits(text: str, found: Sequence[Token]) -> Iterator[QuerySyntaxError]:
    """Errors of what is often forgotten or carried over from elsewhere."""
    selecting = False
    for token, after in pairwise(found):
        word = token.text.upper() if token.kind == "word" else ""
        selecting = word == "SELECT" or (selecting and token.text != "{" and word not in ("WHERE", "FROM"))
        if selecting and token.kind == "variable" and after.text == ",":
            yield _error(text, after, "variables are listed without commas", "SELECT ?a ?b")
        if word in ("FILTER", "HAVING") and after.kind in ("variable", "number", "string"):
            yield _error(text, after, f"the condition of {word} stands in parentheses", f"{word}(…)")
        if word in ("ORDER", "GROUP") and after.text.upper() != "BY":
            yield _error(text, token, f"{word} goes with BY", f"{word} BY {after.text}")


def _bound_twice(text: str, found: Sequence[Token], offset: int) -> QuerySyntaxError | None:
    """An error where the last thing before `offset` gives a value to a variable that was there already."""
    before = [token for token in found if token.start < offset]
    while before and before[-1].kind == "close":
        before.pop()
    if len(before) < 2 or before[-1].kind != "variable" or before[-2].text.upper() != "AS":
        return None
    *earlier, _, name = before
    if name.text[1:] not in {token.text[1:] for token in earlier if token.kind == "variable"}:
        return None
    return _error(text, name, f"{name.text} stands for something already", "Give the value a name of its own.")


def diagnose(text: str, reason: str, /, *, known: Mapping[str, str]) -> QuerySyntaxError:
    """The engine's complaint about a query, in words that help.

    Args:
        text: the query.
        reason: the engine's message (`error at 2:9: expected …`).
        known: our prefixes, to suggest one.
    """
    found = list(tokens(text))
    if not found:
        return QuerySyntaxError("the query is empty", line=1, column=1)
    if error := _first_word(text, found) or _unbalanced(text, found) or _broken_iri(text, found):
        return error
    if missing := undeclared(text):
        prefix = missing[0].text.partition(":")[0]
        return _error(text, missing[0], f"the prefix {prefix}: is not declared", _prefix_mend(prefix, known))
    return _misspelt(text, found) or next(_habits(text, found), None) or _near(text, reason, found)


def _offset(text: str, line: int, column: int) -> int:
    """Where a line and column, counted from 1, lie in the text."""
    return sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column - 1


def _near(text: str, reason: str, found: list[Token]) -> QuerySyntaxError:
    """The engine's own place and words."""
    where = re.match(r"error at (\d+):(\d+): (?:expected )?(?:one of )?", reason)
    if not where:
        return QuerySyntaxError(reason)
    offset = _offset(text, int(where[1]), int(where[2]))
    if error := _bound_twice(text, found, offset):
        return error
    said = [part.strip() for part in reason[where.end() :].split(", ")]
    sentences = [part for part in said if re.fullmatch(r"[A-Z]+[a-z]*\b(?: [\w()'?*]+)+", part)]
    before = [token for token in found if token.start < offset]
    if before and before[-1].start + len(before[-1].text) >= offset:
        token = before[-1]
    else:
        token = next((later for later in found if later.start >= offset), found[-1])
    message = sentences[0] if sentences else f"the query cannot be read near {token.text}"
    return _error(text, token, message[0].lower() + message[1:] if message[1].islower() else message)
