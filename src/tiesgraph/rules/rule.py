"""What a rule is: patterns that must hold, conditions on what they match, and the pattern that then holds too.

One form serves three ends: written out as SPARQL it closes a graph (`close`), read backwards it tells from
what a statement follows (`explain`), and filled in it can be checked by anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeGuard

import pyoxigraph as ox

from tiesgraph.datatypes import in_space, unequal
from tiesgraph.store import Store, Subject, Term

__all__ = ["FUNCTIONS", "Axiom", "Bindings", "Guard", "Pattern", "Rule", "Slot", "fill", "matches", "unify"]

Slot = ox.Variable | Term
Pattern = tuple[Slot, Slot, Slot]
"""A triple in which variables may stand."""

Bindings = Mapping[ox.Variable, Term]


@dataclass(frozen=True)
class Axiom:
    """What the ontology states.

    Attributes:
        text: the statement in Turtle, with prefixed names.
        graphs: the named graphs that make it.
        triples: the triple or triples of it, with lists and class expressions.
    """

    text: str
    graphs: tuple[ox.NamedNode, ...]
    triples: frozenset[ox.Triple]


@dataclass(frozen=True)
class Guard:
    """A condition on terms: `distinct` ones, unequal literals, a literal `in` or `outside` a datatype's values."""

    kind: Literal["distinct", "unequal", "in", "outside"]
    terms: tuple[Slot, Slot]

    def holds(self, found: Bindings, /) -> bool:
        """Whether the terms that are `found` for the variables fulfil the condition."""
        one, other = (found[term] if isinstance(term, ox.Variable) else term for term in self.terms)
        return _HOLDS[self.kind](one, other)

    def sparql(self) -> str:
        """The condition as a FILTER."""
        one, other = self.terms
        return f"FILTER(<{_GUARD}{self.kind}>({one}, {other}))"


@dataclass(frozen=True)
class Rule:
    """Whenever all of `body` holds and the guards agree, `head` holds; without a head, it is a contradiction.

    Attributes:
        names: the rules of OWL 2 RL (https://www.w3.org/TR/owl2-profiles/, section 4.3) that it puts
            together: several where a class has no name of its own.
        axioms: what the ontology states to bring it about; none for rules that hold for any graph.
        body: the patterns.
        head: the conclusion, or None.
        guards: further conditions.
    """

    names: tuple[str, ...]
    axioms: tuple[Axiom, ...]
    body: tuple[Pattern, ...]
    head: Pattern | None
    guards: tuple[Guard, ...] = ()

    def sparql(self, *, focus: int | None = None, within: ox.NamedNode | None = None) -> str:
        """The rule as a SPARQL query for its conclusions, or for the rows of a contradiction.

        Args:
            focus: the place of the pattern that is to be matched in the graph `within` alone.
            within: that graph.
        """
        parts = [_written(pattern) for pattern in self.body]
        if focus is not None:
            # First, so that the engine begins with what is little.
            parts.insert(0, f"GRAPH {within} {{ {parts.pop(focus)} }}")
        where = " ".join([*parts, *(guard.sparql() for guard in self.guards)])
        if self.head is None:
            return f"SELECT * WHERE {{ {where} }}"
        return f"CONSTRUCT {{ {_written(self.head)} }} WHERE {{ {where} }}"


def fill(pattern: Pattern, found: Bindings, /) -> ox.Triple:
    """The triple that `pattern` becomes.

    Raises:
        KeyError: a variable has no value.
        TypeError: the values make no triple.
    """
    return ox.Triple(*(found[slot] if isinstance(slot, ox.Variable) else slot for slot in pattern))  # type: ignore[arg-type]


def unify(pattern: Pattern, triple: ox.Triple, /, *, found: Bindings | None = None) -> dict[ox.Variable, Term] | None:
    """What the variables of `pattern` must be for it to become `triple`, given what is `found`; None if it cannot."""
    bound = dict(found or {})
    for slot, term in zip(pattern, (triple.subject, triple.predicate, triple.object), strict=True):
        known = bound.setdefault(slot, term) if isinstance(slot, ox.Variable) else slot
        if known != term:
            return None
    return bound


def matches(store: Store, body: Sequence[Pattern], /, *, found: Bindings) -> Iterator[dict[ox.Variable, Term]]:
    """All ways in which `body` holds in the default graph of `store`, given what is `found`."""
    if not body:
        yield dict(found)
        return
    # The pattern with the fewest open places first; chains thus grow from a known end.
    following = min(body, key=lambda pattern: sum(_is_open(slot, found) for slot in pattern))
    rest = list(body)
    rest.remove(following)
    subject, predicate, value = (found.get(s) if isinstance(s, ox.Variable) else s for s in following)
    if not (_can_be_subject(subject) and (predicate is None or isinstance(predicate, ox.NamedNode))):
        return
    for triple in store.triples(subject, predicate, value):
        bound = unify(following, triple, found=found)
        if bound is not None:
            yield from matches(store, rest, found=bound)


def _is_open(slot: Slot, found: Bindings) -> bool:
    return isinstance(slot, ox.Variable) and slot not in found


def _can_be_subject(term: Term | None) -> TypeGuard[Subject | None]:
    return not isinstance(term, ox.Literal)


def _written(pattern: Pattern) -> str:
    return " ".join(str(slot) for slot in pattern) + " ."


_GUARD = "urn:tiesgraph:guard:"
_HOLDS: Mapping[str, Callable[[Term, Term], bool]] = MappingProxyType(
    {
        "distinct": lambda one, other: one != other,
        "unequal": unequal,
        "in": lambda literal, datatype: in_space(literal, datatype) is True,
        "outside": lambda literal, datatype: in_space(literal, datatype) is False,
    }
)


def _as_function(kind: str) -> Callable[[Term, Term], ox.Literal]:
    def function(one: Term, other: Term) -> ox.Literal:
        return ox.Literal(_HOLDS[kind](one, other))

    return function


FUNCTIONS = MappingProxyType({ox.NamedNode(_GUARD + kind): _as_function(kind) for kind in _HOLDS})
"""What the guards' filters call: to be handed to the engine with the query."""
