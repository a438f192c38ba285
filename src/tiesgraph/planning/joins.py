"""Of what a query says of one thing, that first which is said of the fewest.

The engine takes whatever names a relation and a value for equally rare, and begins with what stands first in the text:
`?it a ties:Exercise ; ties:involves actor:msdf` looks at all exercises. The order of triple patterns means nothing
(SPARQL 1.1, section 18.2.2.5: a basic graph pattern is a set), and how many triples each finds can be counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tiesgraph.names import RDF
from tiesgraph.syntax import tokens

__all__ = ["Count", "rarest_first"]

Count = Callable[[str, str | int], int]
"""How many things have a relation, by its IRI, to a thing, by its IRI, or to an integer."""

_NAME = r"(?:[A-Za-z][\w\-]*)?:\w[\w\-]*(?![\w\-%\\:]|\.\w)"
_IRI = r"<[^<>\"{}|^`\x00-\x20]*>"
_STEP = rf"(?:{_NAME}|{_IRI})"
_VERB = rf"(?:a(?=\s)|{_STEP}(?:/{_STEP})*)"
_VALUE = rf"(?:[?$]\w+|{_STEP}|[0-9]+(?![\w.]))"
_LINE = rf"{_VERB}\s+{_VALUE}(?:\s*,\s*{_VALUE})*"
_SEVERAL = re.compile(rf"(?P<subject>[?$]\w+)\s+(?P<lines>{_LINE}(?:\s*;\s*{_LINE})*)(?=\s*[;.}}])")
_FIRST = re.compile(_VERB)
_STEPS = re.compile(rf"a\Z|{_STEP}")
_SEMICOLON, _COMMA = re.compile(r"\s*;\s*"), re.compile(r"\s*,\s*")
_FURTHER = 4.0
"""Things from which a step leads to one, roughly."""
_DECLARED = re.compile(r"PREFIX\s*([\w.\-]*):\s*<([^<>\s]*)>", re.IGNORECASE)


def rarest_first(text: str, /, *, count: Count) -> str:
    """A query with what it says of each variable in the order of how few things that is said of.

    Only what is written plainly, one line after the other with semicolons or commas, is looked at; whatever holds
    for a variable, and not for a value, stays behind that in its order.
    """
    declared: dict[str, str] | None = None
    changed = []
    for match in _SEVERAL.finditer(text):
        lines = _lines(match["lines"])
        fixed = [line for line in lines if line[1][0] not in "?$"]
        if len(fixed) < 2:
            continue
        declared = dict(_DECLARED.findall(text)) if declared is None else declared
        rarity = {line: _rarity(*line, declared, count) for line in fixed}
        order = [*sorted(fixed, key=rarity.__getitem__), *(line for line in lines if line not in rarity)]
        if order != lines:
            changed.append((match, order))
    if not changed:
        return text
    # What looks like it may be within a string, a comment or an IRI.
    begins = {token.start for token in tokens(text) if token.kind == "variable"}
    for match, order in reversed(changed):
        if match.start() in begins:
            said = " ; ".join(f"{verb} {value}" for verb, value in order)
            text = text[: match.start("lines")] + said + text[match.end("lines") :]
    return text


def _lines(said: str) -> list[tuple[str, str]]:
    """Each verb with each of its values."""
    return [
        (verb[0], value)
        for line in _SEMICOLON.split(said)
        if (verb := _FIRST.match(line)) is not None
        for value in _COMMA.split(line[verb.end() :].strip())
    ]


def _rarity(verb: str, value: str, declared: dict[str, str], count: Count) -> float:
    """About how many things a verb leads from to a value: as many as its last step does, and some for each before."""
    steps = _STEPS.findall(verb)
    relation = _iri(steps[-1], declared)
    wanted = int(value) if value.isdecimal() else _iri(value, declared)
    if relation is None or wanted is None:
        return float("inf")
    return count(relation, wanted) * _FURTHER ** (len(steps) - 1)


def _iri(name: str, declared: dict[str, str]) -> str | None:
    """The IRI that a name in a query stands for; None where that is unknown."""
    if name == "a":
        return RDF["type"].value
    if name[0] == "<":
        return name[1:-1]
    prefix, _, local = name.partition(":")
    return declared[prefix] + local if prefix in declared else None
