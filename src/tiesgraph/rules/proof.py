"""From what a statement follows: the rules read backwards, down to what the graphs state.

The graph is closed, so that whatever a proof needs stands in it; what it does not keep is how each
statement came about. A statement's possible last steps are found by matching rules with the graph. The
search goes back breadth first and, after each level, forward from stated leaves: a statement is proved
only by a step whose premises are proved, so that no proof rests on itself, and the first proof found of
a height not above the level is as low as any. It ends because the graph is finite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.conclusions import INFERRED, NOT_PREMISES, is_stated
from tiesgraph.names import RDF
from tiesgraph.rules.compiler import compile_rules
from tiesgraph.rules.rule import Rule, fill, matches, unify
from tiesgraph.store import Store, Term

__all__ = ["Proof", "Prover"]


@dataclass(frozen=True)
class Proof:
    """Why a statement holds.

    Attributes:
        triple: the statement.
        rule: what it follows by; None where a graph states it.
        premises: the proofs of what the rule asks, in the order of its patterns, each once.
    """

    triple: ox.Triple
    rule: Rule | None = None
    premises: tuple[Proof, ...] = ()

    def leaves(self) -> list[ox.Triple]:
        """The stated statements that it all rests on, each once."""
        if self.rule is None:
            return [self.triple]
        return list(dict.fromkeys(leaf for premise in self.premises for leaf in premise.leaves()))


@dataclass(frozen=True, slots=True)
class _Step:
    rule: Rule
    premises: tuple[ox.Triple, ...]


class Prover:
    """Finds proofs in a closed store, which it only reads. Threads may share one.

    Args:
        store: the graph.
        rules: what was compiled of it, where that is at hand.

    Raises:
        AxiomError: an axiom of the store cannot be made a rule.
    """

    def __init__(self, store: Store, /, *, rules: Sequence[Rule] | None = None) -> None:
        self.store = store
        """The graph."""
        self._rules: dict[Term | None, list[Rule]] = {}
        for rule in compile_rules(store) if rules is None else rules:
            if rule.head is not None:
                _, predicate, value = rule.head
                key = value if predicate == RDF["type"] else predicate
                self._rules.setdefault(None if isinstance(key, ox.Variable) else key, []).append(rule)

    def prove(self, triple: ox.Triple, /) -> Proof | None:
        """The lowest proof of `triple`; None if it neither is stated nor follows."""
        return Proof(triple) if is_stated(self.store, triple) else _Search(self, triple).proof()

    def steps(self, triple: ox.Triple, /) -> Iterator[tuple[Rule, tuple[ox.Triple, ...]]]:
        """Every way in which `triple` follows at once from statements of the graph."""
        key = triple.object if triple.predicate == RDF["type"] else triple.predicate
        for rule in (*self._rules.get(key, ()), *self._rules.get(None, ())):
            bound = unify(rule.head, triple) if rule.head is not None else None
            if bound is not None:
                for found in matches(self.store, rule.body, found=bound):
                    premises = tuple(dict.fromkeys(fill(pattern, found) for pattern in rule.body))
                    if triple not in premises and all(guard.holds(found) for guard in rule.guards):
                        yield rule, premises

    def is_premise(self, triple: ox.Triple, /) -> bool:
        """Whether something may follow from `triple`: it is stated or inferred, and not about shapes alone."""
        graphs = self.store.graphs_stating(triple.subject, triple.predicate, triple.object)
        return not graphs or INFERRED in graphs or not NOT_PREMISES.issuperset(graphs)


class _Search:
    """The search for one proof. What it learns of a statement it keeps until it ends."""

    def __init__(self, prover: Prover, goal: ox.Triple, /) -> None:
        self._prover = prover
        self._goal = goal
        self._stated: dict[ox.Triple, bool] = {}
        self._steps: dict[ox.Triple, list[_Step]] = {}
        self._best: dict[ox.Triple, tuple[int, int, _Step]] = {}

    def proof(self) -> Proof | None:
        """The proof, or None once everything from which the goal might follow has been looked at."""
        frontier, level = [self._goal], 0
        while frontier:
            for goal in frontier:
                self._steps[goal] = self._expand(goal)
            level += 1
            self._settle()
            if self._goal in self._best and self._best[self._goal][0] <= level:
                break
            premises = dict.fromkeys(p for goal in frontier for step in self._steps[goal] for p in step.premises)
            frontier = [p for p in premises if p not in self._steps and not self._is_stated(p)]
        return self._built(self._goal) if self._goal in self._best else None

    def _expand(self, goal: ox.Triple) -> list[_Step]:
        steps = [
            _Step(rule, premises)
            for rule, premises in self._prover.steps(goal)
            if all(self._is_stated(p) or self._prover.is_premise(p) for p in premises)
        ]
        # Where a step rests on stated premises alone, no other is lower.
        at_once = [step for step in steps if all(self._is_stated(p) for p in step.premises)]
        return at_once or steps

    def _is_stated(self, triple: ox.Triple) -> bool:
        if triple not in self._stated:
            self._stated[triple] = is_stated(self._prover.store, triple)
        return self._stated[triple]

    def _settle(self) -> None:
        """Carry proofs forward until nothing gets a lower or, at the same height, a smaller one."""
        changed = True
        while changed:
            changed = False
            for goal, steps in self._steps.items():
                for step in steps:
                    cost = self._cost(step)
                    if cost is not None and (goal not in self._best or cost < self._best[goal][:2]):
                        self._best[goal] = (*cost, step)
                        changed = True

    def _cost(self, step: _Step) -> tuple[int, int] | None:
        """The height and the size of the best proof that ends in `step`; None if a premise has none yet."""
        height, size = 0, 1
        for premise in step.premises:
            if self._is_stated(premise):
                size += 1
            elif premise in self._best:
                height, size = max(height, self._best[premise][0]), size + self._best[premise][1]
            else:
                return None
        return height + 1, size

    def _built(self, goal: ox.Triple) -> Proof:
        if self._is_stated(goal):
            return Proof(goal)
        step = self._best[goal][2]
        return Proof(goal, step.rule, tuple(self._built(premise) for premise in step.premises))
