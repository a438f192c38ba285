"""SPARQL in shapes, run on the engine: targets and constraints of SHACL's second chapter.

A constraint runs once a focus node with `$this` bound to it (SHACL, section 5.3.1). What this module
cannot carry it refuses by name, so that no constraint is ever passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.errors import ShapesError
from tiesgraph.names import RDF, RDFS, SH
from tiesgraph.store import Store, Subject, Term

__all__ = ["Result", "focus_nodes", "results", "shapes_with_targets"]

THIS = ox.Variable("this")
TARGETS = tuple(SH[name] for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target"))
TRUE = ox.Literal(value=True)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One validation result, in the terms of SHACL (section 3.6.2).

    Attributes:
        shape: the shape whose constraint it breaks.
        focus: the node that breaks it.
        path: the property concerned, where it is a plain one.
        value: the value concerned, or None.
        message: in words.
        severity: the IRI of the shape's severity.
    """

    shape: Subject
    focus: Term
    path: ox.NamedNode | None
    value: Term | None
    message: str
    severity: ox.NamedNode


def shapes_with_targets(shapes: Store, /) -> list[Subject]:
    """The shapes that choose their focus nodes themselves, by name."""
    found = {triple.subject for target in TARGETS for triple in shapes.triples(None, target)}
    return sorted(found, key=str)


def focus_nodes(shape: Subject, /, *, shapes: Store, data: Store, prefixes: Mapping[str, str]) -> set[Term]:
    """The nodes of `data` that the targets of `shape` choose.

    Raises:
        ShapesError: a SPARQL target is no SPARQL, or is not one that projects ?this.
    """
    found: set[Term] = {triple.object for triple in shapes.triples(shape, SH["targetNode"])}
    for target in shapes.triples(shape, SH["targetClass"]):
        for cls in _below(target.object, data):
            found.update(triple.subject for triple in data.triples(None, RDF["type"], cls))
    for target in shapes.triples(shape, SH["targetSubjectsOf"]):
        found.update(triple.subject for triple in data.triples(None, _named(target.object)))
    for target in shapes.triples(shape, SH["targetObjectsOf"]):
        found.update(triple.object for triple in data.triples(None, _named(target.object)))
    for target in shapes.triples(shape, SH["target"]):
        text = _text(shapes, target.object, "select")
        if text is None:
            raise ShapesError("a target that is no SPARQL target", place=str(shape))
        found.update(node for row in _rows(data, text, shape, prefixes) if (node := row[THIS]) is not None)
    return found


def results(*, shapes: Store, data: Store, prefixes: Mapping[str, str]) -> Iterator[Result]:
    """What the SPARQL constraints of `shapes` find in `data`, shape by shape.

    Raises:
        ShapesError: a constraint is no SPARQL, or sits where it cannot be run.
    """
    for triple in sorted(shapes.triples(None, SH["sparql"]), key=str):
        shape, constraint = triple.subject, triple.object
        if _flag(shapes, shape, "deactivated") or _flag(shapes, constraint, "deactivated"):
            continue
        text = _text(shapes, constraint, "select")
        if text is None:
            raise ShapesError("a SPARQL constraint without sh:select", place=str(shape))
        path = _path(shapes, shape)
        if path is not None:
            text = text.replace("$PATH", str(path))
        nodes = _reached(shape, shapes=shapes, data=data, prefixes=prefixes)
        severity = _value(shapes, shape, "severity") or SH["Violation"]
        message = _text(shapes, constraint, "message") or _text(shapes, shape, "message")
        for focus in sorted(nodes, key=str):
            seen = set()
            for row in _rows(data, text, shape, prefixes, focus):
                found = Result(
                    shape=shape,
                    focus=_bound(row, "this") or focus,
                    path=_as_property(_bound(row, "path") or path),
                    value=_bound(row, "value") or (focus if path is None else None),
                    message=_words(row, message),
                    severity=_named(severity),
                )
                if found not in seen:
                    seen.add(found)
                    yield found


def _reached(shape: Subject, *, shapes: Store, data: Store, prefixes: Mapping[str, str]) -> set[Term]:
    """The focus nodes of `shape`: its own targets, and those of the node shapes it is a property shape of."""
    nodes = focus_nodes(shape, shapes=shapes, data=data, prefixes=prefixes)
    for use in shapes.triples(None, None, shape):
        if use.predicate != SH["property"] or _path(shapes, use.subject) is not None:
            raise ShapesError(
                f"its SPARQL constraint cannot be run where {use.predicate} uses the shape",
                place=str(shape),
                mend="Put the constraint on a shape with a target, or on a property shape of such a one.",
            )
        nodes |= _reached(use.subject, shapes=shapes, data=data, prefixes=prefixes)
    return nodes


def _rows(
    data: Store, text: str, shape: Subject, prefixes: Mapping[str, str], focus: Term | None = None
) -> list[ox.QuerySolution]:
    try:
        return list(data.select(text, prefixes=prefixes, substitutions={THIS: focus} if focus is not None else None))
    except SyntaxError as error:
        raise ShapesError(f"its query is no SPARQL: {error.msg}", place=str(shape)) from error
    except RuntimeError as error:
        # The engine binds $this only where the query projects it, as SHACL asks.
        raise ShapesError(f"its query cannot be run: {error}", place=str(shape)) from error


def _words(row: ox.QuerySolution, template: str | None) -> str:
    """The message of a result: the row's own ?message, else the template with `{?name}` filled in."""
    own = _bound(row, "message")
    if isinstance(own, ox.Literal):
        return own.value

    def value(match: re.Match[str]) -> str:
        term = _bound(row, match[1])
        return match[0] if term is None else getattr(term, "value", str(term))

    return re.sub(r"\{[?$](\w+)\}", value, template or "the node breaks a rule that has no words")


def _bound(row: ox.QuerySolution, name: str) -> Term | None:
    # Asking a row for a variable that its query does not project raises KeyError.
    try:
        value: Term | None = row[name]
    except KeyError:
        return None
    return value


def _below(cls: Term, data: Store) -> set[Term]:
    found, todo = {cls}, [cls]
    while todo:
        for triple in data.triples(None, RDFS["subClassOf"], todo.pop()):
            if triple.subject not in found:
                found.add(triple.subject)
                todo.append(triple.subject)
    return found


def _path(shapes: Store, shape: Subject) -> Term | None:
    return _value(shapes, shape, "path")


def _as_property(term: Term | None) -> ox.NamedNode | None:
    return term if isinstance(term, ox.NamedNode) else None


def _named(term: Term) -> ox.NamedNode:
    if isinstance(term, ox.NamedNode):
        return term
    raise ShapesError(f"{term} stands where SHACL wants an IRI")


def _value(shapes: Store, node: Term, name: str) -> Term | None:
    if isinstance(node, ox.Literal):
        return None
    return next((triple.object for triple in shapes.triples(node, SH[name])), None)


def _text(shapes: Store, node: Term, name: str) -> str | None:
    value = _value(shapes, node, name)
    return value.value if isinstance(value, ox.Literal) else None


def _flag(shapes: Store, node: Term, name: str) -> bool:
    return _value(shapes, node, name) == TRUE
