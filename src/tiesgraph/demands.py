"""What the shapes demand and allow of a class, property by property, read from the shapes themselves.

A class answers to the shapes of its superclasses as well; where several of them are closed, a property is allowed
only if all of them allow it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from tiesgraph.errors import ShapesError
from tiesgraph.names import ID, OWL, RDF, RDFS, SH, SKOS, TIES, XSD, graph_iri, prefixes, shorten, slug
from tiesgraph.shacl import Facts, read_shapes
from tiesgraph.shacl.paths import Alternative, Inverse, Property
from tiesgraph.store import Store, Subject, Term

__all__ = ["Demand", "Demands", "kebab"]

_ONTOLOGY, _SHAPES, _CONCEPTS = graph_iri("ontology"), graph_iri("shapes"), graph_iri("concepts")
_MADE = frozenset({graph_iri("inferred"), graph_iri("derived"), _ONTOLOGY, _SHAPES})
_LABEL, _OPEN = RDFS["label"], "…"


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What is demanded of one property, or of several of which one will do.

    Attributes:
        shape: the property shape that says so.
        paths: the property; or those of which one at least is wanted.
        inverse: whether the thing is the property's object.
        least: how many values there are to be; 0 where it may be left out.
        words: what it is, in words.
        placeholders: for each property a value in Turtle whose open part is an ellipsis.
        values: the concepts to choose from, or none where the value comes from no closed list.
    """

    shape: Subject
    paths: tuple[ox.NamedNode, ...]
    inverse: bool
    least: int
    words: str
    placeholders: tuple[str, ...]
    values: tuple[ox.NamedNode, ...]

    @property
    def is_label(self) -> bool:
        """Whether it is the label, which everything has from the beginning."""
        return self.paths == (_LABEL,)


class Demands:
    """The shapes of a graph, asked class by class.

    Args:
        store: the graph, with its ontology, concepts and shapes.

    Raises:
        ShapesError: a query in a shape would call out.
    """

    def __init__(self, store: Store, /) -> None:
        self._store = store
        self._facts = Facts(store.triples(graph=_SHAPES))
        self._shapes = read_shapes(self._facts)

    def classes(self) -> list[ox.NamedNode]:
        """The classes of ours that some shape with properties is about, by IRI."""
        found = (
            triple.subject
            for triple in self._store.triples(None, RDF["type"], OWL["Class"], graph=_ONTOLOGY)
            if isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(TIES)
        )
        return sorted((cls for cls in set(found) if self._shapes_of(cls)), key=lambda cls: cls.value)

    def of(self, cls: ox.NamedNode, /) -> list[Demand]:
        """What is demanded of a thing of class `cls`, then what is allowed, each in the order of the properties.

        Raises:
            ShapesError: a property shape has a path that is no property, no choice of such and no inverse of one.
        """
        shapes = self._shapes_of(cls)
        sets = {shape: self._property_shapes(shape) for shape in shapes}
        every = [one for members in sets.values() for one in members]
        wanted: dict[tuple[bool, tuple[ox.NamedNode, ...]], Demand] = {}
        for shape in sorted(every, key=str):
            least = self._shapes.shape(shape).number("minCount") or 0
            if least:
                inverse, paths = self._path(shape)
                wanted[inverse, paths] = self._demand(shape, paths, inverse, least, every)
        met = {path for inverse, paths in wanted if not inverse for path in paths}
        allowed = self._allowed(sets) - met
        optional: list[Demand] = []
        for shape in sorted(every, key=str):
            inverse, paths = self._path(shape)
            if not inverse and len(paths) == 1 and paths[0] in allowed:
                optional.append(self._demand(shape, paths, inverse, 0, every))
                allowed.remove(paths[0])
        order = {demand: self._order(demand) for demand in [*wanted.values(), *optional]}
        return sorted(wanted.values(), key=order.__getitem__) + sorted(optional, key=order.__getitem__)

    def rules(self, cls: ox.NamedNode, /) -> dict[Subject, str]:
        """The shapes that hold a thing of class `cls` to what only a query can tell, each with what it says."""
        above = [cls, *self._related(cls, down=False)]
        targets = self._facts.bearers(SH["targetClass"])
        about = {shape for one in above for shape in targets.get(one, ()) if isinstance(shape, Subject)}
        ruled = sorted((shape for shape in about if self._values(shape, SH["sparql"])), key=str)
        return {shape: self._text(shape, RDFS["comment"]) for shape in ruled}

    def said_of(self, cls: ox.NamedNode, /) -> str:
        """What the shape of `cls`, or in its want the ontology, says of it in a sentence."""
        for shape in self._targets.get(cls, []):
            if words := self._text(shape, RDFS["comment"]):
                return words
        return self._text(cls, SKOS["definition"])

    def narrower(self, cls: ox.NamedNode, /) -> list[ox.NamedNode]:
        """The classes below `cls`, by IRI."""
        return sorted(self._related(cls, down=True), key=lambda one: one.value)

    def namespace(self, cls: ox.NamedNode, /) -> str:
        """The namespace of things of class `cls`: the one under which the graph names most of them.

        Where it has none, what it names of the subclasses and then of the superclasses counts; else it is
        `id/<kind>/`, as the design has it.
        """
        below = [cls, *self._related(cls, down=True)]
        for group in ([cls], below, *([one] for one in self._related(cls, down=False))):
            spaces = Counter[str]()
            for one in group:
                spaces.update(_spaces(self._subjects(RDF["type"], one)))
            if spaces:
                return min(spaces, key=lambda space: (-spaces[space], space))
        return f"{ID}{kebab(cls.value.removeprefix(TIES))}/"

    # ---- shapes

    @cached_property
    def _targets(self) -> dict[ox.NamedNode, list[Subject]]:
        """Class → the shapes that are about it and have properties."""
        found: dict[ox.NamedNode, list[Subject]] = {}
        for shape, classes in self._facts.values(SH["targetClass"]).items():
            for cls in classes:
                if isinstance(cls, ox.NamedNode) and isinstance(shape, Subject) and self._property_shapes(shape):
                    found.setdefault(cls, []).append(shape)
        return {cls: sorted(shapes, key=str) for cls, shapes in found.items()}

    def _shapes_of(self, cls: ox.NamedNode) -> list[Subject]:
        above = [cls, *self._related(cls, down=False)]
        return [shape for one in above for shape in self._targets.get(one, [])]

    def _property_shapes(self, shape: Subject) -> list[Subject]:
        return [one for one in self._values(shape, SH["property"]) if isinstance(one, ox.NamedNode | ox.BlankNode)]

    def _allowed(self, sets: dict[Subject, list[Subject]]) -> set[ox.NamedNode]:
        """The properties that all closed shapes allow; without any, those that some shape knows."""
        known = {
            shape: {path for one in members for inverse, paths in [self._path(one)] if not inverse for path in paths}
            for shape, members in sets.items()
        }
        closed = [paths for shape, paths in known.items() if self._values(shape, SH["closed"])]
        return set.intersection(*closed) if closed else set[ox.NamedNode]().union(*known.values())

    def _demand(
        self, shape: Subject, paths: tuple[ox.NamedNode, ...], inverse: bool, least: int, every: list[Subject]
    ) -> Demand:
        """A demand with what the other shapes of its properties say of the values."""
        ranges = {path: [one for one in every if self._path(one) == (False, (path,))] for path in paths}
        values = [concept for path in paths for one in ranges[path] for concept in self._concepts(one)]
        words = self._text(shape, SH["message"]) if least else self._text(paths[0], SKOS["definition"])
        return Demand(
            shape=shape,
            paths=paths,
            inverse=inverse,
            least=least,
            words=words or self._text(shape, SH["message"]),
            placeholders=tuple(
                self._subject_of(path) if inverse else self._placeholder(ranges[path]) for path in paths
            ),
            values=tuple(sorted(set(values), key=lambda one: one.value)),
        )

    def _path(self, shape: Subject) -> tuple[bool, tuple[ox.NamedNode, ...]]:
        """Whether the path is an inverse one, and its property, or the properties that it lets choose from."""
        match self._shapes.shape(shape).path:
            case Property(iri):
                return False, (iri,)
            case Alternative(parts):
                properties = tuple(part.iri for part in parts if isinstance(part, Property))
                if len(properties) == len(parts):
                    return False, properties
            case Inverse(Property(iri)):
                return True, (iri,)
        raise ShapesError("its path is neither a property nor a choice of such", place=str(shape))

    # ---- values

    def _placeholder(self, shapes: list[Subject]) -> str:
        """A value in Turtle to be filled in, by what the shapes of one property say of its values."""
        # A class tells more than a datatype does.
        for shape in sorted(shapes, key=lambda one: not self._values(one, SH["class"])):
            for concept in self._concepts(shape):
                return self._prefixed(concept.value.rpartition("/")[0] + "/")
            for cls in self._values(shape, SH["class"]):
                if isinstance(cls, ox.NamedNode):
                    return self._prefixed(self.namespace(cls))
            for datatype in self._values(shape, SH["datatype"]):
                if isinstance(datatype, ox.NamedNode):
                    return _literal(datatype)
            for node in self._values(shape, SH["node"]):
                if any(XSD["gYearMonth"] in self._leaves(one) for one in self._values(node, SH["or"])):
                    return f'"{_OPEN}"^^xsd:date'
        return _OPEN

    def _concepts(self, shape: Subject) -> list[ox.NamedNode]:
        """The concepts of the scheme that the values of a property shape are taken from; none if from no scheme."""
        found: list[ox.NamedNode] = []
        for node in self._values(shape, SH["node"]):
            for part in self._values(node, SH["property"]):
                for scheme in self._values(part, SH["hasValue"]):
                    members = self._store.triples(None, SKOS["inScheme"], scheme, graph=_CONCEPTS)
                    found += [t.subject for t in members if isinstance(t.subject, ox.NamedNode)]
        return found

    def _subject_of(self, path: ox.NamedNode) -> str:
        """The namespace of most things that have the property `path`."""
        spaces = _spaces(self._subjects(path))
        return self._prefixed(spaces.most_common(1)[0][0]) if spaces else _OPEN

    def _prefixed(self, space: str) -> str:
        names = [prefix for prefix, namespace in prefixes().items() if namespace == space]
        return f"{names[0]}:{_OPEN}" if names else f"<{space}{_OPEN}>"

    # ---- reading

    def _subjects(self, predicate: ox.NamedNode, value: Term | None = None) -> Iterator[str]:
        """The IRIs of which places state (nothing that was inferred) something by `predicate`."""
        for quad in self._store.engine.quads_for_pattern(None, predicate, value, None):
            is_stated = isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name not in _MADE
            if is_stated and isinstance(quad.subject, ox.NamedNode):
                yield quad.subject.value

    def _related(self, cls: ox.NamedNode, *, down: bool) -> list[ox.NamedNode]:
        """The classes of ours above (or below) `cls`, the nearest first."""
        found: list[ox.NamedNode] = []
        edge = [cls]
        while edge:
            one = edge.pop(0)
            pattern = (None, RDFS["subClassOf"], one) if down else (one, RDFS["subClassOf"], None)
            ends = (t.subject if down else t.object for t in self._store.triples(*pattern, graph=_ONTOLOGY))
            new = {end for end in ends if isinstance(end, ox.NamedNode) and end.value.startswith(TIES)} - {cls, *found}
            found += (ordered := sorted(new, key=lambda end: end.value))
            edge += ordered
        return found

    def _values(self, node: Term, prop: ox.NamedNode) -> list[Term]:
        return sorted(self._facts.values(prop).get(node, ()), key=str)

    def _leaves(self, choices: Term) -> set[Term]:
        return {datatype for one in self._shapes.members(choices) for datatype in self._values(one, SH["datatype"])}

    def _text(self, node: Subject, prop: ox.NamedNode) -> str:
        told = (t.object for t in self._store.triples(node, prop))
        return " ".join(sorted(one.value for one in told if isinstance(one, ox.Literal)))

    def _order(self, demand: Demand) -> tuple[bool, str]:
        """Our own properties before those of others, each by its name."""
        path = demand.paths[0].value
        return not path.startswith(TIES), path


def kebab(name: str, /) -> str:
    """The local name of a class in lower case, its words joined by hyphens: `armed-force` of `ArmedForce`."""
    return slug(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name))


def _literal(datatype: ox.NamedNode) -> str:
    """A literal in Turtle whose text is an ellipsis."""
    if datatype == RDF["langString"]:
        return f'"{_OPEN}"@en'
    if datatype == XSD["string"]:
        return f'"{_OPEN}"'
    return (
        _OPEN if datatype in (XSD["integer"], XSD["decimal"]) else f'"{_OPEN}"^^{shorten(datatype.value, prefixes())}'
    )


def _spaces(iris: Iterable[str]) -> Counter[str]:
    """The namespaces of our prefixes in which things are named, each with how many."""
    known = set(prefixes().values())
    return Counter(space for iri in iris if (space := iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]) in known)
