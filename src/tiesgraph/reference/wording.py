"""What a shape demands, said in English: each constraint of SHACL as a phrase, with the names in it to be linked.

The words are made from the shapes, so that they cannot say something else than is checked. A constraint for
which there are no words is an error: left out, it would seem not to be there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from tiesgraph.errors import ShapesError
from tiesgraph.names import RDF, RDFS, SH, SKOS, XSD
from tiesgraph.reference.reading import Name
from tiesgraph.shacl import Path, Shape, Shapes
from tiesgraph.shacl.paths import Alternative, Chain, Inverse, Property, Repeated
from tiesgraph.store import Term

__all__ = ["Code", "Phrase", "Wording", "count", "joined", "plain"]


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of a phrase that is to be read letter by letter: a pattern, a value."""

    text: str


Phrase = tuple[str | Name | Code, ...]
"""A piece of a sentence: words, and what is to be linked or set apart in it."""

DATATYPES: Mapping[ox.NamedNode, str] = {
    RDF["langString"]: "a text with a language tag",
    XSD["anyURI"]: "an address",
    XSD["boolean"]: "true or false",
    XSD["date"]: "a day",
    XSD["dateTime"]: "a moment",
    XSD["decimal"]: "a decimal number",
    XSD["duration"]: "a length of time",
    XSD["gYear"]: "a year",
    XSD["gYearMonth"]: "a month",
    XSD["integer"]: "a whole number",
    XSD["string"]: "a text without a language tag",
}

KINDS = {
    "BlankNode": "a blank node",
    "BlankNodeOrIRI": "a thing, not a literal",
    "BlankNodeOrLiteral": "a blank node or a literal",
    "IRI": "a thing with an IRI",
    "IRIOrLiteral": "a thing with an IRI, or a literal",
    "Literal": "a literal",
}

_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# How phrases begin that are about all values together.
_OF_ALL = ("among them", "less than every", "none of which", "not more than any", "one in each", "the same as")
# What a phrase is not made of: counted by `count`, or said elsewhere on the page.
_APART = frozenset({"closed", "flags", "maxCount", "minCount", "sparql"})


class Wording:
    """The words for the shapes of one graph.

    Args:
        shapes: the shapes, each of which is read when it is asked for.
        name: how a class, a property, a scheme or a shape is called.
    """

    def __init__(self, shapes: Shapes, name: Callable[[ox.NamedNode], Name], /) -> None:
        self._shapes = shapes
        self._name = name
        self._words: dict[str, Callable[[Term, Shape], Phrase]] = {
            "and": lambda value, _: _spread(map(self.of, self._shapes.members(value)), " and "),
            "class": self._of_class,
            "datatype": self._of_datatype,
            "disjoint": lambda value, _: ("none of which is also among the values of ", self._term(value)),
            "equals": lambda value, _: ("the same as the values of ", self._term(value)),
            "hasValue": lambda value, _: ("among them ", self._term(value)),
            "in": lambda value, _: ("one of ", *_spread(((self._term(v),) for v in self._shapes.members(value)), ", ")),
            "languageIn": lambda value, _: (f"in the language {self._listed(value)}",),
            "lessThan": lambda value, _: ("less than every value of ", self._term(value)),
            "lessThanOrEquals": lambda value, _: ("not more than any value of ", self._term(value)),
            "maxExclusive": lambda value, _: ("less than ", self._term(value)),
            "maxInclusive": lambda value, _: ("up to ", self._term(value)),
            "maxLength": lambda value, _: ("of ", self._term(value), " characters at most"),
            "minExclusive": lambda value, _: ("more than ", self._term(value)),
            "minInclusive": lambda value, _: ("from ", self._term(value), " on"),
            "minLength": lambda value, _: ("of ", self._term(value), " characters at least"),
            "node": lambda value, _: self.of(value),
            "nodeKind": lambda value, _: (KINDS[_local(value)],),
            "not": lambda value, _: ("not ", *self.of(value)),
            "or": lambda value, _: ("either ", *_spread(map(self.of, self._shapes.members(value)), ", or ")),
            "pattern": lambda value, _: ("matching ", self._term(value)),
            "property": lambda value, _: ("with ", *self.demand([self._shapes.shape(value)])),
            "qualifiedValueShape": self._of_some,
            "uniqueLang": lambda *_: ("one in each language at most",),
            "xone": lambda value, _: ("exactly one of: ", *_spread(map(self.of, self._shapes.members(value)), "; ")),
        }

    @property
    def constraints(self) -> frozenset[str]:
        """The local names of the `sh:` terms that there are words for."""
        return frozenset(self._words) | _APART

    def of(self, node: Term, /) -> Phrase:
        """What meets the shape `node`: by its name where it has one, else by all that it demands."""
        if isinstance(node, ox.NamedNode):
            if (scheme := self._scheme(node)) is not None:
                return "a concept of the scheme ", self._term(scheme)
            name = self._name(node)
            if comment := self._shapes.facts.text(node, RDFS["comment"]):
                return f"{_inner(comment)} (", replace(name, text=_lower(name.text)), ")"
        shape = self._shapes.shape(node)
        return joined([self.values([shape])])

    def values(self, shapes: Iterable[Shape], /, *, apart: Collection[str] = ()) -> Phrase:
        """What all of `shapes`, which are about the same nodes, say of each, in the order of what weighs most.

        Args:
            shapes: one or more.
            apart: the local names of the constraints that are said elsewhere.
        """
        said: dict[Phrase, None] = {}
        for shape in shapes:
            for term in sorted(set(shape.says).difference(apart), key=_weight):
                if term in self._words:
                    said.update(dict.fromkeys(self._words[term](value, shape) for value in shape.says[term]))
                elif term not in _APART and self._shapes.is_constraint(term):
                    raise ShapesError(f"there are no words for sh:{term}", place=str(shape.node))
        return joined(said)

    def demand(self, shapes: Sequence[Shape], /) -> Phrase:
        """What property shapes with one path demand of it: `value (ties:value): exactly one, a whole number`."""
        path = self.path(shapes[0])
        return *path, ": ", *joined([(count(*self.bounds(shapes)),), self.of_each(shapes)])

    def of_each(self, shapes: Sequence[Shape], /) -> Phrase:
        """What property shapes with one path demand of the values, of which there may be several."""
        said = self.values(shapes)
        _, most = self.bounds(shapes)
        about_all = said and isinstance(said[0], str) and said[0].startswith(_OF_ALL)
        return said if most == 1 or not said or about_all else ("each ", *said)

    def bounds(self, shapes: Iterable[Shape], /) -> tuple[int, int | None]:
        """How many values there are to be, by all of `shapes`: at least and at most."""
        every = list(shapes)
        # A value that has to be among them is one at least.
        least = max((shape.number("minCount") or len(shape.says.get("hasValue", ())) for shape in every), default=0)
        most = [number for shape in every if (number := shape.number("maxCount")) is not None]
        return least, min(most, default=None)

    def path(self, shape: Shape, /) -> Phrase:
        """Where the values of a property shape are found."""
        if shape.path is None:
            raise ShapesError("it has no path", place=str(shape.node))
        return self._path(shape.path)

    def target(self, shape: Shape, /) -> Phrase:
        """What a shape is about; empty where it chooses nothing itself."""
        said = shape.says
        parts: list[Phrase] = []
        if classes := said.get("targetClass"):
            parts.append(("every ", *_spread(((self._term(one),) for one in classes), " or ")))
        if subjects := said.get("targetSubjectsOf"):
            parts.append(("whatever has a value of ", *_spread(((self._term(one),) for one in subjects), " or ")))
        if objects := said.get("targetObjectsOf"):
            parts.append(("whatever is a value of ", *_spread(((self._term(one),) for one in objects), " or ")))
        parts += [(self._term(node),) for node in said.get("targetNode", ())]
        for node in said.get("target", ()):
            words = self._shapes.facts.text(node, RDFS["label"]) or "what a query chooses"
            parts.append((_lower(words),))
        return _spread(parts, ", ")

    # ---- pieces

    def _path(self, path: Path) -> Phrase:
        match path:
            case Property(iri):
                return (self._name(iri),)
            case Inverse(inner):
                return "that of which it is ", *self._path(inner)
            case Alternative(parts):
                return _spread(map(self._path, parts), " or ")
            case Chain(parts):
                return _spread(map(self._path, parts), ", and from there ")
            case Repeated(inner, optional, many):
                times = "any number of times" if many and optional else "once or more" if many else "or none"
                return *self._path(inner), f" ({times})"
        raise ShapesError(f"there are no words for the path {path}")

    def _term(self, term: Term) -> Name | Code:
        if isinstance(term, ox.NamedNode):
            return self._name(term)
        return Code(term.value if isinstance(term, ox.Literal) else str(term))

    def _of_class(self, cls: Term, _shape: Shape) -> Phrase:
        name = self._term(cls)
        words = "" if isinstance(name, Code) else name.text
        return f"{_article(words)} ", name

    def _of_datatype(self, datatype: Term, _shape: Shape) -> Phrase:
        if not isinstance(datatype, ox.NamedNode) or datatype not in DATATYPES:
            return "a literal of the type ", self._term(datatype)
        return f"{DATATYPES[datatype]} (", self._name(datatype), ")"

    def _of_some(self, node: Term, shape: Shape) -> Phrase:
        least, most = shape.number("qualifiedMinCount") or 0, shape.number("qualifiedMaxCount")
        return f"{count(least, most)} of which is ", *self.of(node)

    def _listed(self, head: Term) -> str:
        return " or ".join(one.value for one in self._shapes.members(head) if isinstance(one, ox.Literal))

    def _scheme(self, node: ox.NamedNode) -> ox.NamedNode | None:
        """The concept scheme that a shape wants its nodes to be in, where that is all it wants."""
        shape = self._shapes.shape(node)
        parts = shape.says.get("property", ())
        if len(parts) != 1:
            return None
        part = self._shapes.shape(parts[0])
        scheme = part.one("hasValue")
        is_in = part.path == Property(SKOS["inScheme"])
        return scheme if is_in and isinstance(scheme, ox.NamedNode) else None


def count(least: int, most: int | None, /) -> str:
    """How many there are to be, in words."""
    if most is None:
        return f"at least {_number(least)}" if least else "any number"
    if least == most:
        return f"exactly {_number(least)}" if least else "none"
    return f"{_number(least)} to {_number(most)}" if least else f"at most {_number(most)}"


def plain(phrase: Phrase, /) -> str:
    """A phrase as text: each name with its prefixed name after it."""
    return "".join(_plain(piece) for piece in phrase)


def joined(phrases: Iterable[Phrase], /) -> Phrase:
    """Phrases with commas between them; empty ones are passed over."""
    return _spread((phrase for phrase in phrases if phrase), ", ")


def _plain(piece: str | Name | Code) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Code):
        return piece.text
    # An IRI in angle brackets would be no help.
    return piece.text if piece.text == piece.short or piece.short.startswith("<") else f"{piece.text} ({piece.short})"


def _spread(phrases: Iterable[Phrase], between: str) -> Phrase:
    def pieces() -> Iterator[str | Name | Code]:
        for place, phrase in enumerate(phrases):
            if place:
                yield between
            yield from phrase

    return tuple(pieces())


_ORDER = (
    *("class", "datatype", "nodeKind", "node", "or", "and", "xone", "in", "hasValue"),
    *("languageIn", "uniqueLang", "minInclusive", "minExclusive", "maxInclusive", "maxExclusive"),
    *("minLength", "maxLength", "pattern", "not"),
)


def _weight(term: str) -> tuple[int, str]:
    """What a value is comes before how it is written, where something begins before where it ends."""
    return _ORDER.index(term) if term in _ORDER else len(_ORDER), term


def _number(value: int) -> str:
    return _NUMBERS[value] if value < len(_NUMBERS) else str(value)


def _article(words: str) -> str:
    return "an" if words[:1].lower() in ("a", "e", "i", "o", "u") else "a"


def _lower(words: str) -> str:
    """Words within a sentence: `No circle` becomes `no circle`, `UN code` stays."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _inner(sentence: str) -> str:
    """A sentence within another."""
    return _lower(sentence).rstrip(".")


def _local(term: Term) -> str:
    return term.value.removeprefix(SH) if isinstance(term, ox.NamedNode) else str(term)
