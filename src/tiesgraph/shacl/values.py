"""The constraint components of SHACL Core that judge each value by itself (sections 4.1, 4.3, 4.4, 4.6 to 4.8).

Each is a function that picks the bad values out of a set, whichever nodes they are values of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.datatypes import is_well_formed
from tiesgraph.errors import ShapesError
from tiesgraph.names import SH
from tiesgraph.shacl.judge import Component, Judge, Pairs, Result
from tiesgraph.shacl.order import holding
from tiesgraph.shacl.shapes import Shape
from tiesgraph.store import Term

__all__ = ["OF_VALUES"]

_Found = Iterator[tuple[Term, Result]]
_Bad = Callable[[Judge, Shape, Term, set[Term]], set[Term]]


@dataclass(frozen=True)
class _Each:
    """A component that judges each value node by itself.

    Attributes:
        name: of the component, without what all of them end in.
        words: what it says of a bad value where the shape has no words of its own; {0} is the parameter.
        bad: picks the bad ones out of a set of value nodes.
    """

    name: str
    words: str
    bad: _Bad

    def __call__(self, judge: Judge, shape: Shape, wanted: Term, pairs: Pairs, /) -> _Found:
        bad = self.bad(judge, shape, wanted, {value for values in pairs.values() for value in values})
        if not bad:
            return
        words = self.words.format(judge.name(wanted))
        for focus, values in pairs.items():
            for value in values:
                if value in bad:
                    yield focus, judge.result(shape, self.name, focus, words=words, value=value)


# ---- values by their kind (4.1)


def _no_instance(judge: Judge, _shape: Shape, cls: Term, values: set[Term]) -> set[Term]:
    return values - judge.facts.are_instances(values, cls)


def _of_other_datatype(_judge: Judge, _shape: Shape, datatype: Term, values: set[Term]) -> set[Term]:
    return {v for v in values if not isinstance(v, ox.Literal) or v.datatype != datatype or not is_well_formed(v)}


_NODE_KINDS: Mapping[str, tuple[type[Term], ...]] = {
    "BlankNode": (ox.BlankNode,),
    "IRI": (ox.NamedNode,),
    "Literal": (ox.Literal,),
    "BlankNodeOrIRI": (ox.BlankNode, ox.NamedNode),
    "BlankNodeOrLiteral": (ox.BlankNode, ox.Literal),
    "IRIOrLiteral": (ox.NamedNode, ox.Literal),
}


def _of_other_kind(_judge: Judge, shape: Shape, kind: Term, values: set[Term]) -> set[Term]:
    kinds = _NODE_KINDS.get(kind.value.removeprefix(SH)) if isinstance(kind, ox.NamedNode) else None
    if kinds is None:
        raise ShapesError(f"{kind} is no kind of node", place=str(shape.node))
    return {value for value in values if not isinstance(value, kinds)}


# ---- values by their place in a range, or their text (4.3, 4.4)


def _outside(operator: str) -> _Bad:
    """The bad values of a range: those that do not stand in that relation to its end."""

    def bad(_judge: Judge, _shape: Shape, end: Term, values: set[Term]) -> set[Term]:
        return values - {value for value, _ in holding([(value, end) for value in values], operator)}

    return bad


def _text(value: Term) -> str | None:
    """The text of a value as SPARQL's STR gives it; a blank node has none."""
    return value.value if isinstance(value, ox.NamedNode | ox.Literal) else None


def _too_short(_judge: Judge, shape: Shape, _length: Term, values: set[Term]) -> set[Term]:
    least = shape.number("minLength") or 0
    return {value for value in values if (text := _text(value)) is None or len(text) < least}


def _too_long(_judge: Judge, shape: Shape, _length: Term, values: set[Term]) -> set[Term]:
    most = shape.number("maxLength") or 0
    return {value for value in values if (text := _text(value)) is None or len(text) > most}


_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def _unlike(_judge: Judge, shape: Shape, pattern: Term, values: set[Term]) -> set[Term]:
    flags = shape.one("flags")
    try:
        options = sum((_FLAGS[flag] for flag in set(_text(flags) or "")), re.NOFLAG) if flags else re.NOFLAG
        form = re.compile(_text(pattern) or "", options)
    except (re.error, KeyError) as error:
        raise ShapesError(f"sh:pattern cannot be run: {error}", place=str(shape.node)) from error
    return {value for value in values if (text := _text(value)) is None or not form.search(text)}


def _of_other_language(judge: Judge, _shape: Shape, languages: Term, values: set[Term]) -> set[Term]:
    ranges = [(_text(one) or "").lower() for one in judge.shapes.members(languages)]

    def fits(value: Term) -> bool:
        tag = (value.language or "").lower() if isinstance(value, ox.Literal) else ""
        return tag != "" and any(one == "*" or tag == one or tag.startswith(f"{one}-") for one in ranges)

    return {value for value in values if not fits(value)}


# ---- values by other shapes (4.6, 4.7)


def _against_all(judge: Judge, _shape: Shape, shapes: Term, values: set[Term]) -> set[Term]:
    return {value for one in judge.shapes.members(shapes) for value in judge.failing(one, values)}


def _against_each(judge: Judge, _shape: Shape, shapes: Term, values: set[Term]) -> set[Term]:
    left = values
    for one in judge.shapes.members(shapes):
        left = judge.failing(one, left)
    return left


def _not_of_one(judge: Judge, _shape: Shape, shapes: Term, values: set[Term]) -> set[Term]:
    met = Counter(value for one in judge.shapes.members(shapes) for value in values - judge.failing(one, values))
    return {value for value in values if met[value] != 1}


def _conforming(judge: Judge, _shape: Shape, other: Term, values: set[Term]) -> set[Term]:
    return values - judge.failing(other, values)


def _failing(judge: Judge, _shape: Shape, other: Term, values: set[Term]) -> set[Term]:
    return judge.failing(other, values)


def _unlisted(judge: Judge, _shape: Shape, allowed: Term, values: set[Term]) -> set[Term]:
    return values - set(judge.shapes.members(allowed))


OF_VALUES: Mapping[str, Component] = {
    "class": _Each("Class", "The value is no instance of {0}.", _no_instance),
    "datatype": _Each("Datatype", "The value is no well-formed {0}.", _of_other_datatype),
    "nodeKind": _Each("NodeKind", "The value is not of the kind {0}.", _of_other_kind),
    "minExclusive": _Each("MinExclusive", "The value is not greater than {0}.", _outside(">")),
    "minInclusive": _Each("MinInclusive", "The value is not {0} or greater.", _outside(">=")),
    "maxExclusive": _Each("MaxExclusive", "The value is not less than {0}.", _outside("<")),
    "maxInclusive": _Each("MaxInclusive", "The value is not {0} or less.", _outside("<=")),
    "minLength": _Each("MinLength", "The value has fewer characters than {0}.", _too_short),
    "maxLength": _Each("MaxLength", "The value has more characters than {0}.", _too_long),
    "pattern": _Each("Pattern", "The value does not match {0}.", _unlike),
    "languageIn": _Each("LanguageIn", "The value is in none of the languages allowed.", _of_other_language),
    "not": _Each("Not", "The value meets {0}, which it must not.", _conforming),
    "and": _Each("And", "The value does not meet all of the shapes.", _against_all),
    "or": _Each("Or", "The value meets none of the shapes.", _against_each),
    "xone": _Each("Xone", "The value does not meet exactly one of the shapes.", _not_of_one),
    "node": _Each("Node", "The value does not meet {0}.", _failing),
    "in": _Each("In", "The value is none of those allowed.", _unlisted),
}
"""Parameter, by its local name in SHACL's namespace → its component."""
