"""RDF as people write it: terms and statements in Turtle, with the prefixes of the one table."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from tiesgraph.names import RDF, XSD, prefixes, shorten
from tiesgraph.store import Term

__all__ = ["statement", "term"]

_BARE = frozenset((XSD["integer"], XSD["boolean"], XSD["decimal"]))
# Turtle writes these without quotes: 12, true, 1.5 (https://www.w3.org/TR/turtle/#abbrev).


def term(node: Term, /, *, known: Mapping[str, str] | None = None) -> str:
    """`node` as Turtle writes it: `ties:State`, `"2019"^^xsd:gYear`, `12`; what it writes can be read again.

    Args:
        node: any term.
        known: prefix → namespace; our own table otherwise.
    """
    table = prefixes() if known is None else known
    match node:
        case ox.NamedNode():
            return shorten(node.value, table)
        case ox.Literal() if node.datatype in _BARE and _is_bare(node):
            return node.value
        case ox.Literal() if node.language is None and node.datatype != XSD["string"]:
            return f"{ox.Literal(node.value)}^^{shorten(node.datatype.value, table)}"
        case _:
            return str(node)


def statement(triple: ox.Triple, /, *, known: Mapping[str, str] | None = None) -> str:
    """`triple` as Turtle writes it, without the full stop: `actor:japan a ties:State`."""
    subject, predicate, value = (term(node, known=known) for node in triple)
    return f"{subject} {'a' if triple.predicate == RDF['type'] else predicate} {value}"


def _is_bare(literal: ox.Literal) -> bool:
    text = literal.value
    if literal.datatype == XSD["boolean"]:
        return text in ("true", "false")
    whole, point, part = text.removeprefix("-").partition(".")
    if literal.datatype == XSD["integer"]:
        return whole.isdecimal() and whole.isascii() and not point
    return bool(point) and part.isdecimal() and part.isascii() and (not whole or whole.isdecimal())
