"""SPARQL in shapes, run on the engine: targets, and the constraints of SHACL's second chapter.

A constraint is asked of each focus node, with `$this` bound to it. Such a variable has its value in every group
of the query, nested ones too (SHACL, appendix A), which is more than the engine's own substitution does: so each
group begins with the value. It may as well begin with a hundred: all groups are joined by `$this`, so that the rows
are those of a hundred queries, in a sixth of the time. What cannot be bound so, or would reach out, is refused by
name: no constraint is ever passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import pyoxigraph as ox

from tiesgraph.errors import QueryError, ShapesError
from tiesgraph.guard import refuse_unsafe
from tiesgraph.names import OWL, SH
from tiesgraph.shacl.facts import Facts
from tiesgraph.shacl.judge import Judge, Pairs, Result
from tiesgraph.shacl.shapes import TRUE, Shape
from tiesgraph.store import Store, Subject, Term
from tiesgraph.syntax import Token, tokens

__all__ = ["constraint", "refuse_unsafe_texts", "target"]

_THIS = ox.Variable("this")
_AT_ONCE = 100
_SHAPES_GRAPH = ox.NamedNode("urn:x-tiesgraph:shapes")
_TEXTS = tuple(SH[name] for name in ("ask", "construct", "select", "update"))


def constraint(judge: Judge, shape: Shape, wanted: Term, pairs: Pairs, /) -> Iterator[tuple[Term, Result]]:
    """The component of `sh:sparql`: what the constraint `wanted` finds at each focus node.

    Raises:
        ShapesError: it is no SPARQL, or of a kind that cannot have `$this` bound.
    """
    shapes = judge.shapes.facts
    if TRUE in shapes.values(SH["deactivated"]).get(wanted, ()):
        return
    text = shapes.text(wanted, SH["select"])
    if text is None:
        raise ShapesError("a SPARQL constraint without sh:select", place=str(shape.node))
    _refuse_unbindable(text, shape.node)
    if shape.path is not None:
        text = text.replace("$PATH", str(shape.path))
    engine, bound = _bindings(judge, shape, text)
    # The engine looks at each prefix that it is handed, once a query: the unused ones would take half of the time.
    table = {**judge.prefixes, **_declared(shapes, wanted)}
    prefixes = {prefix: namespace for prefix, namespace in table.items() if f"{prefix}:" in text}
    own = tuple(m for m in shapes.values(SH["message"]).get(wanted, ()) if isinstance(m, ox.Literal))
    wishes = _annotations(shapes, wanted)
    for focus, row in _answers(engine, text, bound, pairs, shape.node, prefixes):
        path = _bound(row, "path")
        value = _bound(row, "value")
        yield (
            focus,
            Result(
                shape=shape.node,
                focus=focus,
                path=path if isinstance(path, ox.NamedNode) else shape.path_node,
                value=value if value is not None or shape.path is not None else focus,
                messages=_words(row, own or shape.messages),
                severity=shape.severity,
                component=SH["SPARQLConstraintComponent"],
                constraint=wanted,
                annotations=_annotated(row, wishes),
            ),
        )


def target(engine: Store, shapes: Facts, node: Term, /, *, shape: Subject, prefixes: Mapping[str, str]) -> set[Term]:
    """The nodes of the graph in `engine` that the SPARQL target `node` of `shape` chooses.

    Raises:
        ShapesError: it is no SPARQL target, or its query does not project ?this.
    """
    text = shapes.text(node, SH["select"])
    if text is None:
        raise ShapesError("a target that is no SPARQL target", place=str(shape))
    table = {**prefixes, **_declared(shapes, node)}
    rows = _rows(engine, text, shape, table)
    return {found for row in rows if (found := _bound(row, "this")) is not None}


def refuse_unsafe_texts(shapes: Facts, /) -> None:
    """Stop at SPARQL that would call out or break the engine, wherever a shapes graph has any.

    Raises:
        ShapesError: says which, and why.
    """
    for prop in _TEXTS:
        for node, values in shapes.values(prop).items():
            for text in (value.value for value in values if isinstance(value, ox.Literal)):
                try:
                    refuse_unsafe(text)
                except QueryError as error:
                    place = f"{node}, {error.place}" if error.place else str(node)
                    raise ShapesError(error.message, place=place, mend=error.mend) from error
                if "FROM" in _words_of(text):
                    mend = "Ask the graph that is checked."
                    raise ShapesError("FROM is refused: nothing is fetched", place=str(node), mend=mend)


def _words_of(text: str) -> set[str]:
    return {token.text.upper() for token in tokens(text) if token.kind == "word"}


def _refuse_unbindable(text: str, place: Subject) -> None:
    """Stop at what SHACL forbids in a query with bound variables (appendix A): their values could get lost there."""
    for word in sorted(_words_of(text) & {"MINUS", "VALUES"}):
        raise ShapesError(f"{word} is not allowed in a SPARQL constraint", place=str(place))
    found = list(tokens(text))
    for token, following in pairwise(found):
        if token.text.upper() == "AS" and following.text[1:] == "this":
            raise ShapesError("a SPARQL constraint may not give $this a value", place=str(place))
    for number, token in enumerate(found):
        if token.text.upper() == "SELECT" and not _hands_on(found[number + 1 :]):
            raise ShapesError("each SELECT of a SPARQL constraint selects $this by name", place=str(place))


def _hands_on(rest: Sequence[Token]) -> bool:
    """Whether a SELECT clause, which `rest` begins with, projects `$this` by name."""
    for token in rest:
        if token.kind == "variable" and token.text[1:] == "this":
            return True
        if token.text == "{":
            break
    return False


def _declared(shapes: Facts, node: Term) -> dict[str, str]:
    """The prefixes that a query gets from its `sh:prefixes`, and from what this imports (section 5.2.1)."""
    table: dict[str, str] = {}
    owners = list(shapes.values(SH["prefixes"]).get(node, ()))
    for owner in owners:
        for declaration in shapes.values(SH["declare"]).get(owner, ()):
            prefix, namespace = (shapes.text(declaration, SH[name]) for name in ("prefix", "namespace"))
            if prefix is not None and namespace is not None:
                table[prefix] = namespace
        owners += (one for one in shapes.values(OWL["imports"]).get(owner, ()) if one not in owners)
    return table


def _bindings(judge: Judge, shape: Shape, text: str) -> tuple[Store, dict[str, Term]]:
    """What a query may ask of the shape itself, and the engine to ask (section 5.3.2)."""
    names = {token.text[1:] for token in tokens(text) if token.kind == "variable"}
    bound: dict[str, Term] = {"currentShape": shape.node} if "currentShape" in names else {}
    if "shapesGraph" not in names:
        return judge.engine, bound
    engine = Store()
    engine.engine.extend(judge.engine.engine)
    engine.engine.extend(ox.Quad(*triple, _SHAPES_GRAPH) for triple in judge.shapes.facts.triples())
    return engine, {**bound, "shapesGraph": _SHAPES_GRAPH}


def _answers(
    engine: Store,
    text: str,
    bound: Mapping[str, Term],
    nodes: Iterable[Term],
    place: Subject,
    prefixes: Mapping[str, str],
) -> Iterator[tuple[Term, ox.QuerySolution]]:
    """The rows of a query for each of `nodes` as `$this`, with the node."""
    groups = _groups(text)
    # A limit is one for each node.
    size = 1 if _words_of(text) & {"LIMIT", "OFFSET"} else _AT_ONCE
    named = sorted((node for node in nodes if not isinstance(node, ox.BlankNode)), key=str)
    for start in range(0, len(named), size):
        rows = [{**bound, "this": node} for node in named[start : start + size]]
        for row in _rows(engine, _bind(groups, rows), place, prefixes):
            focus = _bound(row, "this")
            if focus is not None:
                yield focus, row
    # No query can name a blank node: there the engine's own substitution has to do.
    for node in sorted((node for node in nodes if isinstance(node, ox.BlankNode)), key=str):
        for row in _rows(engine, _bind(groups, [bound]), place, prefixes, focus=node):
            yield node, row


def _groups(text: str) -> list[str]:
    """The query in pieces, each but the first beginning inside a group that is to begin with the values.

    A group of EXISTS needs none: the values of the row that it is asked of stand in it (SPARQL 1.1, 18.6); the
    body of a SELECT within it does.
    """
    ends: list[int] = []
    in_exists: list[bool] = []  # for each group that is open
    awaits_body = False
    before = ""
    for token, following in pairwise(tokens(text)):
        word = token.text.upper()
        if word == "{":
            exists = before == "EXISTS"
            in_exists.append(exists or (any(in_exists[-1:]) and not awaits_body))
            awaits_body = awaits_body and exists
            if not in_exists[-1] and following.text.upper() != "SELECT":
                ends.append(token.start + 1)
        elif word == "}":
            in_exists = in_exists[:-1]
        awaits_body = awaits_body or word == "SELECT"
        before = word
    return [text[begin:end] for begin, end in pairwise([0, *ends, len(text)])]


def _bind(groups: Sequence[str], rows: Sequence[Mapping[str, Term]]) -> str:
    """The query with rows of values for its variables at the beginning of each group; all rows have the same names."""
    if not rows[0]:
        return "".join(groups)
    names = " ".join(f"?{name}" for name in rows[0])
    values = " ".join(f"({' '.join(map(str, row.values()))})" for row in rows)
    return f" VALUES ({names}) {{ {values} }} ".join(groups)


def _rows(
    engine: Store, text: str, place: Subject, prefixes: Mapping[str, str], *, focus: Term | None = None
) -> list[ox.QuerySolution]:
    substitutions = {_THIS: focus} if focus is not None else None
    try:
        return list(engine.select(text, prefixes=prefixes, substitutions=substitutions))
    except SyntaxError as error:
        raise ShapesError(f"its query is no SPARQL: {error.msg}", place=str(place)) from error
    except RuntimeError as error:
        raise ShapesError(f"its query cannot be run: {error}", place=str(place)) from error


def _words(row: ox.QuerySolution, templates: Sequence[ox.Literal]) -> tuple[ox.Literal, ...]:
    """The messages of a result: the row's own ?message, else the templates with `{?name}` filled in."""
    own = _bound(row, "message")
    if isinstance(own, ox.Literal):
        return (own,)

    def value(match: re.Match[str]) -> str:
        term = _bound(row, match[1])
        return match[0] if term is None else getattr(term, "value", str(term))

    filled = [(re.sub(r"\{[?$](\w+)\}", value, template.value), template.language) for template in templates]
    return tuple(ox.Literal(text, language=language) for text, language in filled) or (
        ox.Literal("The node breaks a rule that has no words."),
    )


def _annotations(shapes: Facts, constraint: Term) -> list[tuple[ox.NamedNode, str, tuple[Term, ...]]]:
    """What the results of a constraint are to say: property, variable, and what counts where this has no value."""
    found = []
    for node in shapes.values(SH["resultAnnotation"]).get(constraint, ()):
        for prop in shapes.values(SH["annotationProperty"]).get(node, ()):
            if not isinstance(prop, ox.NamedNode):
                raise ShapesError("sh:annotationProperty is no property", place=str(node))
            local = prop.value[max(prop.value.rfind("#"), prop.value.rfind("/")) + 1 :]
            values = tuple(shapes.values(SH["annotationValue"]).get(node, ()))
            found.append((prop, shapes.text(node, SH["annotationVarName"]) or local, values))
    return sorted(found, key=str)


def _annotated(
    row: ox.QuerySolution, wishes: Sequence[tuple[ox.NamedNode, str, tuple[Term, ...]]]
) -> tuple[tuple[ox.NamedNode, Term], ...]:
    found = []
    for prop, name, values in wishes:
        value = _bound(row, name)
        found += [(prop, one) for one in ((value,) if value is not None else values)]
    return tuple(found)


def _bound(row: ox.QuerySolution, name: str) -> Term | None:
    # Asking a row for a variable that its query does not project raises KeyError.
    try:
        value: Term | None = row[name]
    except KeyError:
        return None
    return value
