"""The constraint components of SHACL Core that look at all values of a node together (sections 4.2, 4.5, 4.7, 4.8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from tiesgraph.errors import ShapesError
from tiesgraph.shacl.judge import Component, Judge, Pairs, Result
from tiesgraph.shacl.order import holding
from tiesgraph.shacl.paths import Property
from tiesgraph.shacl.shapes import TRUE, Shape
from tiesgraph.store import Term

__all__ = ["OF_NODES"]

_Found = Iterator[tuple[Term, Result]]


def _too_few(judge: Judge, shape: Shape, _count: Term, pairs: Pairs, /) -> _Found:
    least = shape.number("minCount") or 0
    for focus, values in pairs.items():
        if len(values) < least:
            words = f"It has {len(values)} values here and wants {least} at least."
            yield focus, judge.result(shape, "MinCount", focus, words=words)


def _too_many(judge: Judge, shape: Shape, _count: Term, pairs: Pairs, /) -> _Found:
    most = shape.number("maxCount") or 0
    for focus, values in pairs.items():
        if len(values) > most:
            words = f"It has {len(values)} values here and may have {most} at most."
            yield focus, judge.result(shape, "MaxCount", focus, words=words)


def _lacking(judge: Judge, shape: Shape, wanted: Term, pairs: Pairs, /) -> _Found:
    for focus, values in pairs.items():
        if wanted not in values:
            yield focus, judge.result(shape, "HasValue", focus, words=f"{judge.name(wanted)} is not among its values.")


def _twice_in_a_language(judge: Judge, shape: Shape, wanted: Term, pairs: Pairs, /) -> _Found:
    if wanted != TRUE:
        return
    for focus, values in pairs.items():
        tags = Counter(v.language.lower() for v in values if isinstance(v, ox.Literal) and v.language)
        for tag in (tag for tag, times in tags.items() if times > 1):
            words = f"It has more than one value in the language {tag}."
            yield focus, judge.result(shape, "UniqueLang", focus, words=words)


def _others(judge: Judge, shape: Shape, prop: Term, focus: Term) -> list[Term]:
    """The values of the property that a constraint compares with."""
    if not isinstance(prop, ox.NamedNode):
        raise ShapesError(f"{prop} stands where SHACL wants an IRI", place=str(shape.node))
    return list(judge.facts.values(prop).get(focus, ()))


def _different(judge: Judge, shape: Shape, prop: Term, pairs: Pairs, /) -> _Found:
    for focus, values in pairs.items():
        for value in sorted(set(values) ^ set(_others(judge, shape, prop, focus)), key=str):
            words = f"It has not the same values here and for {judge.name(prop)}."
            yield focus, judge.result(shape, "Equals", focus, words=words, value=value)


def _shared(judge: Judge, shape: Shape, prop: Term, pairs: Pairs, /) -> _Found:
    for focus, values in pairs.items():
        for value in sorted(set(values) & set(_others(judge, shape, prop, focus)), key=str):
            words = f"It has the same value for {judge.name(prop)}."
            yield focus, judge.result(shape, "Disjoint", focus, words=words, value=value)


def _not_less(operator: str, name: str) -> Component:
    """The component of values that are to come before all those of another property."""

    def component(judge: Judge, shape: Shape, prop: Term, pairs: Pairs, /) -> _Found:
        found = [(f, a, b) for f, values in pairs.items() for a in values for b in _others(judge, shape, prop, f)]
        right = holding({(a, b) for _, a, b in found}, operator)
        for focus, value, other in found:
            if (value, other) not in right:
                words = f"It is not {operator} {other}, its {judge.name(prop)}, or cannot be compared with it."
                yield focus, judge.result(shape, name, focus, words=words, value=value)

    return component


def _of_properties(judge: Judge, _shape: Shape, prop: Term, pairs: Pairs, /) -> _Found:
    child = judge.shapes.shape(prop)
    if child.path is None:
        raise ShapesError("it is used with sh:property and has no path", place=str(child.node))
    found = judge.results(child, {value for values in pairs.values() for value in values})
    if found:
        for focus, values in pairs.items():
            for value in values:
                for result in found.get(value, ()):
                    yield focus, result


def _qualified(judge: Judge, shape: Shape, wanted: Term, pairs: Pairs, /) -> _Found:
    values = {value for values in pairs.values() for value in values}
    good = values - judge.failing(wanted, values)
    if shape.one("qualifiedValueShapesDisjoint") == TRUE:
        family = {other for parent in judge.shapes.parents(shape) for other in parent.says.get("property", ())}
        siblings = {s for other in family for s in judge.shapes.shape(other).says.get("qualifiedValueShape", ())}
        for sibling in siblings - {wanted}:
            good &= judge.failing(sibling, good)
    least, most = shape.number("qualifiedMinCount"), shape.number("qualifiedMaxCount")
    for focus, all_values in pairs.items():
        count = sum(value in good for value in all_values)
        words = f"It has {count} values that meet {judge.name(wanted)}"
        if least is not None and count < least:
            yield focus, judge.result(shape, "QualifiedMinCount", focus, words=f"{words} and wants {least} at least.")
        if most is not None and count > most:
            yield focus, judge.result(shape, "QualifiedMaxCount", focus, words=f"{words} and may have {most} at most.")


def _closed(judge: Judge, shape: Shape, wanted: Term, pairs: Pairs, /) -> _Found:
    if wanted != TRUE:
        return
    paths = (judge.shapes.shape(prop).path for prop in shape.says.get("property", ()))
    allowed: set[Term] = {path.iri for path in paths if isinstance(path, Property)}
    ignored = shape.one("ignoredProperties")
    allowed |= set(judge.shapes.members(ignored)) if ignored is not None else set()
    kinds = sorted(judge.name(cls) for cls in shape.says.get("targetClass", ()))
    what = " or ".join(kinds) or "such a node"
    for focus, values in pairs.items():
        for node in values:
            for prop in judge.facts.properties.get(node, ()):
                if prop not in allowed:
                    words = f"{judge.name(prop)} is no property of {what}: take it away, or allow it in the shape."
                    for value in judge.facts.values(prop)[node]:
                        yield focus, judge.result(shape, "Closed", focus, words=words, value=value, path=prop)


OF_NODES: Mapping[str, Component] = {
    "property": _of_properties,
    "minCount": _too_few,
    "maxCount": _too_many,
    "uniqueLang": _twice_in_a_language,
    "equals": _different,
    "disjoint": _shared,
    "lessThan": _not_less("<", "LessThan"),
    "lessThanOrEquals": _not_less("<=", "LessThanOrEquals"),
    "qualifiedValueShape": _qualified,
    "closed": _closed,
    "hasValue": _lacking,
}
"""Parameter, by its local name in SHACL's namespace → its component."""
