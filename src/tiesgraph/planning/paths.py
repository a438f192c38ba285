"""Paths of any length over relations whose closure the graph holds: what they find is one step away.

Where everything that is part of a part is stated to be part of the whole, `ties:partOf*` finds what
`ties:partOf?` finds, and `ties:partOf+` what `ties:partOf` finds. The engine walks the former step by step and
from everything it could begin at, which takes many times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

import pyoxigraph as ox

from tiesgraph.names import OWL, RDF

__all__ = ["closed_relations", "shortened"]

_PIECE = 5_000
_DECLARED = re.compile(r"PREFIX\s*([\w.\-]*):\s*<([^<>\s]*)>", re.IGNORECASE)
# Strings, comments and IRIs are taken whole, so that nothing is looked for in them.
_PATH = re.compile(
    r"""
      \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
    | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' | \#[^\r\n]*
    | (?:<(?P<iri>[^<>"{}|^`\x00-\x20]*)> | (?<![\w:.\-%\\])(?P<prefix>[A-Za-z][\w.\-]*)?:(?P<local>[A-Za-z]\w*))
      (?P<sign>[*+](?=[\s/|)]))?
    """,
    re.VERBOSE | re.DOTALL,
)
# Each begins with its own sign, which is looked for much faster than a place where one may stand.
_SIGNS = (re.compile(r"\*(?<=[\w>]\*)(?=[\s/|)])"), re.compile(r"\+(?<=[\w>]\+)(?=[\s/|)])"))
_ANY_STEPS = {"*": "?", "+": " "}


def closed_relations(engine: ox.Store, /) -> Iterator[str | None]:
    """The IRIs of the transitive relations whose closure the default graph of `engine` holds.

    Looking for them takes a while in a large graph: each None is a place to do something else in between.
    """
    relations = [q.subject for q in engine.quads_for_pattern(None, RDF["type"], OWL["TransitiveProperty"], None)]
    for relation in dict.fromkeys(one for one in relations if isinstance(one, ox.NamedNode)):
        steps: dict[object, set[object]] = {}
        for number, quad in enumerate(engine.quads_for_pattern(None, relation, None, ox.DefaultGraph())):
            steps.setdefault(quad.subject, set()).add(quad.object)
            if number % _PIECE == _PIECE - 1:
                yield None
        whole = True
        for number, ends in enumerate(steps.values()):
            whole = whole and all(steps.get(end, ends) <= ends for end in ends)
            if number % _PIECE == _PIECE - 1:
                yield None
        if whole:
            yield relation.value


def shortened(text: str, /, closed: Set[str]) -> str:
    """A query with each path of any length over one of the relations `closed` as one of a step at most.

    It has as many characters as before, each in its place, so that what is told of places holds. A query that
    is hard to read is left as it is.
    """
    if not closed or not any(sign.search(text) for sign in _SIGNS) or "\\u" in text or "\\U" in text:
        return text
    declared: dict[str, str] = {}
    for prefix, namespace in _DECLARED.findall(text):
        if declared.setdefault(prefix, namespace) != namespace:
            return text
    ambiguous = False

    def shorter(match: re.Match[str]) -> str:
        nonlocal ambiguous
        iri, sign = match["iri"], match["sign"]
        if iri is not None:
            # `?a<b:c#d>` may be a comparison and a comment, and `1<'>'` one with a string.
            ambiguous = ambiguous or ("://" not in iri and any(mark in iri for mark in "#'"))
        elif match["local"] is not None:
            iri = declared.get(match["prefix"] or "", "") + match["local"]
        return match[0] if sign is None or iri not in closed else match[0][:-1] + _ANY_STEPS[sign]

    found = _PATH.sub(shorter, text)
    return text if ambiguous else found
