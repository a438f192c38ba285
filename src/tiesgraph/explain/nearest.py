"""What to tell of a statement that does not hold: what does, and is most like it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import pyoxigraph as ox

from tiesgraph.errors import NotStatedError
from tiesgraph.notation import statement, term
from tiesgraph.store import Store, Subject, Term

__all__ = ["absent"]

_MOST = 5
_SUBJECTS = "SELECT DISTINCT ?name ?namespace { ?name ?property ?value FILTER(STRSTARTS(STR(?name), ?namespace)) }"
_PROPERTIES = "SELECT DISTINCT ?name { ?thing ?name ?value }"


def absent(store: Store, subject: Subject, predicate: ox.NamedNode | None, value: Term | None, /) -> NotStatedError:
    """The error that there is no such statement; None stands for any property or value."""
    if not any(store.triples(subject)):
        return _unknown(subject, "nothing is stated of {}", _names(store, subject))
    if predicate is not None and not any(store.triples(None, predicate)):
        return _unknown(predicate, "nothing has the property {}", _properties(store))
    others = list(store.triples(subject, predicate)) if predicate is not None else []
    related = list(store.triples(subject, None, value)) if value is not None else []
    near = _nearest(value, others) or sorted(map(statement, related))[:_MOST]
    asked = f"{term(subject)} {term(predicate) if predicate else '?'} {term(value) if value is not None else '?'}"
    return NotStatedError(
        f"{asked} does not hold: no page states it and nothing implies it",
        nearest=near,
        mend=f"What does hold: {'; '.join(near)}." if near else _properties_of(store, subject),
    )


def _unknown(node: Term, told: str, known: Iterable[str]) -> NotStatedError:
    near = difflib.get_close_matches(term(node), list(known), n=3)
    return NotStatedError(
        told.format(term(node)), nearest=near, mend=f"The nearest known: {', '.join(near)}." if near else None
    )


def _names(store: Store, node: Term) -> list[str]:
    """The names of everything in the namespace of `node` of which something is stated."""
    if not isinstance(node, ox.NamedNode):
        return []
    start = node.value[: max(node.value.rfind("#"), node.value.rfind("/")) + 1]
    rows = store.select(_SUBJECTS, substitutions={ox.Variable("namespace"): ox.Literal(start)})
    return [term(row["name"]) for row in rows]


def _properties(store: Store) -> list[str]:
    return [term(row["name"]) for row in store.select(_PROPERTIES)]


def _nearest(value: Term | None, others: Iterable[ox.Triple]) -> list[str]:
    """The statements of the same subject and property, those first whose values are most like `value`."""
    wanted = "" if value is None else term(value)
    likeness = {one: difflib.SequenceMatcher(None, wanted, term(one.object)).ratio() for one in others}
    return [statement(one) for one in sorted(likeness, key=lambda one: (-likeness[one], statement(one)))[:_MOST]]


def _properties_of(store: Store, subject: Subject) -> str:
    found = sorted({term(triple.predicate) for triple in store.triples(subject)})
    return f"{term(subject)} has {', '.join(found)}."
