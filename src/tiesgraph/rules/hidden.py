"""Rules put together until no class without a name is left in them.

The tables of OWL 2 RL pass from a class to another through the nodes of class expressions, and through
what literals are: `x` is of the class `[…]`, therefore of `ties:State`. No graph of ours keeps such
steps (`conclusions.is_kept`). So each rule that concludes them is joined with each that needs them, and
the joined rule, which bears both names, goes from what is kept to what is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from itertools import count

import pyoxigraph as ox

from tiesgraph.datatypes import is_datatype
from tiesgraph.names import OWL, RDF, RDFS
from tiesgraph.rules.ontology import Ontology
from tiesgraph.rules.rule import Guard, Pattern, Rule, Slot
from tiesgraph.store import Term

__all__ = ["without_hidden"]

TYPE = RDF["type"]
_EVERYTHING = frozenset((OWL["Thing"], RDFS["Resource"]))
_VARIABLES = ("x", "y", "z", "u", "v", "w")


def without_hidden(rules: Iterable[Rule], /, *, hidden: Set[Term], ontology: Ontology) -> list[Rule]:
    """`rules` with those that conclude a class of `hidden` joined to those that need it, each once.

    Raises:
        AxiomError: a class without a name is defined by itself, or everything is said to be of a class.
    """
    fresh = count()
    known = [plain for rule in rules for plain in _of_datatypes(rule, hidden)]
    for node in sorted(hidden, key=str):
        makers = [rule for rule in known if _makes(rule, node)]
        users = [rule for rule in known if _needs(rule, node)]
        if any(rule in users for rule in makers):
            raise ontology.error(node, "is defined by itself")
        known = [rule for rule in known if rule not in makers and rule not in users]
        known += [joined for user in users for joined in _joined(user, makers, node, fresh)]
    plain = (_tidy(rule) for rule in known if rule.head not in rule.body)
    found = list(dict.fromkeys(rule for rule in plain if not _is_idle(rule)))
    for rule in found:
        _check_bound(rule, ontology)
    return found


def _makes(rule: Rule, node: Term) -> bool:
    return rule.head is not None and rule.head[1:] == (TYPE, node)


def _needs(rule: Rule, node: Term) -> bool:
    return any(pattern[1:] == (TYPE, node) for pattern in rule.body)


def _of_datatypes(rule: Rule, hidden: Set[Term]) -> Iterator[Rule]:
    """The rule with the classes that need no statement written as conditions: none, if nothing can come of it."""
    body, guards, names = [], list(rule.guards), list(rule.names)
    for pattern in rule.body:
        kind = pattern[2] if pattern[1] == TYPE else None
        if kind == OWL["Nothing"]:
            return
        if isinstance(kind, ox.NamedNode) and is_datatype(kind.value) and kind not in hidden:
            guards.append(Guard("in", (pattern[0], kind)))
            names.insert(0, "dt-type2")
        elif kind not in _EVERYTHING or len(rule.body) == 1:
            body.append(pattern)
    head = rule.head
    goal = head[2] if head is not None and head[1] == TYPE else None
    if goal in _EVERYTHING:
        return
    if goal == OWL["Nothing"]:
        head, names = None, [*names, "cls-nothing2"]
    elif head is not None and isinstance(goal, ox.NamedNode) and is_datatype(goal.value) and goal not in hidden:
        guards.append(Guard("outside", (head[0], goal)))
        head, names = None, [*names, "dt-not-type"]
    yield Rule(tuple(names), rule.axioms, tuple(body), head, tuple(guards))


def _joined(user: Rule, makers: list[Rule], node: Term, fresh: Iterator[int]) -> Iterator[Rule]:
    """`user` with each pattern that needs `node` replaced by the body of a rule that makes it, in all ways."""
    place = next((n for n, pattern in enumerate(user.body) if pattern[1:] == (TYPE, node)), None)
    if place is None:
        if user.head not in user.body:
            yield user
        return
    rest = replace(user, body=user.body[:place] + user.body[place + 1 :])
    for maker in makers:
        joined = _join(rest, _apart(maker, next(fresh)), user.body[place][0])
        if joined is not None:
            yield from _joined(joined, makers, node, fresh)


def _join(user: Rule, maker: Rule, end: Slot) -> Rule | None:
    """`user` given what `maker` asks instead of what it makes of `end`; None if it makes that of something else."""
    subject = maker.head[0] if maker.head is not None else end
    old, new = (subject, end) if isinstance(subject, ox.Variable) else (end, subject)
    if not isinstance(old, ox.Variable) and old != new:
        return None
    joined = Rule(
        names=(*maker.names, *user.names),
        axioms=tuple(dict.fromkeys((*maker.axioms, *user.axioms))),
        body=tuple(dict.fromkeys((*maker.body, *user.body))),
        head=user.head,
        guards=tuple(dict.fromkeys((*maker.guards, *user.guards))),
    )
    return _replaced(joined, {old: new}) if isinstance(old, ox.Variable) else joined


def _replaced(rule: Rule, values: Mapping[ox.Variable, Slot]) -> Rule:
    """`rule` with its variables replaced."""

    def slot(old: Slot) -> Slot:
        return values.get(old, old) if isinstance(old, ox.Variable) else old

    def pattern(old: Pattern) -> Pattern:
        return (slot(old[0]), slot(old[1]), slot(old[2]))

    return replace(
        rule,
        body=tuple(dict.fromkeys(pattern(old) for old in rule.body)),
        head=pattern(rule.head) if rule.head is not None else None,
        guards=tuple(Guard(guard.kind, (slot(guard.terms[0]), slot(guard.terms[1]))) for guard in rule.guards),
    )


def _variables(rule: Rule) -> list[ox.Variable]:
    """The variables of a rule in the order in which they appear."""
    patterns = (*rule.body, *(() if rule.head is None else (rule.head,)))
    slots = [slot for pattern in patterns for slot in pattern]
    slots += [slot for guard in rule.guards for slot in guard.terms]
    return list(dict.fromkeys(slot for slot in slots if isinstance(slot, ox.Variable)))


def _apart(rule: Rule, turn: int) -> Rule:
    """`rule` with variables that no other rule has."""
    return _replaced(rule, {old: ox.Variable(f"{old.value}_{turn}") for old in _variables(rule)})


def _tidy(rule: Rule) -> Rule:
    """`rule` with short variables in the order of the alphabet, and without axioms that are part of another."""
    found = _variables(rule)
    short = [*_VARIABLES, *(f"v{n}" for n in range(len(found)))]
    axioms = tuple(one for one in rule.axioms if not any(one.triples < other.triples for other in rule.axioms))
    values: dict[ox.Variable, Slot] = {old: ox.Variable(new) for old, new in zip(found, short, strict=False)}
    return replace(_replaced(rule, values), axioms=axioms)


def _is_idle(rule: Rule) -> bool:
    """Whether nothing can come of the rule: the values are always in the datatype, or it speaks of literals alone."""
    stated = {slot for pattern in rule.body for slot in pattern}
    return any(
        guard.terms[1] == RDFS["Literal"] if guard.kind == "outside" else guard.terms[0] not in stated
        for guard in rule.guards
        if guard.kind in ("in", "outside")
    )


def _check_bound(rule: Rule, ontology: Ontology) -> None:
    """Refuse a rule that would conclude something of everything, or speak of a node without a name."""
    stated = {slot for pattern in rule.body if pattern[2] not in _EVERYTHING for slot in pattern}
    wanted = [*(rule.head or ()), *(slot for guard in rule.guards for slot in guard.terms)]
    if any(isinstance(slot, ox.Variable) and slot not in stated for slot in wanted):
        kinds = [slot for slot in (*wanted, OWL["Thing"]) if isinstance(slot, ox.NamedNode) and slot != TYPE]
        raise ontology.error(kinds[0], "is said of everything there is")
    for slot in (*stated, *wanted):
        if isinstance(slot, ox.BlankNode):
            raise ontology.error(slot, "is a thing without a name; give it an IRI")
