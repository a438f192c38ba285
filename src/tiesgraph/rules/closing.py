"""Closing a graph under the rules: all that follows, or all that newly follows from what was added.

Rules run as SPARQL over the store, round by round. After the first round a rule runs only where a
statement that the round before found fits one of its patterns (semi-naive evaluation): the new
statements stand in a named graph of their own for that time, and the query begins there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.conclusions import INFERRED, is_kept, structures
from tiesgraph.rules.compiler import compile_rules
from tiesgraph.rules.consistency import Contradiction, contradictions
from tiesgraph.rules.evaluation import premises_alone, queries, standing_apart, triples
from tiesgraph.rules.ontology import is_axiom
from tiesgraph.rules.rule import Rule
from tiesgraph.store import Store

__all__ = ["Closing", "close"]


@dataclass(frozen=True)
class Closing:
    """What closing a graph came to.

    Attributes:
        rules: all rules, contradictions among them.
        inferred: what was put into `graph:inferred`.
        contradictions: what cannot hold together; at most ten for each rule.
        rounds: how often the rules were run until nothing new came.
    """

    rules: tuple[Rule, ...]
    inferred: tuple[ox.Triple, ...]
    contradictions: tuple[Contradiction, ...]
    rounds: int


def close(store: Store, /, *, added: Iterable[ox.Triple] | None = None) -> Closing:
    """Put what follows by the rules into `graph:inferred`.

    Args:
        store: the graph; what stands in `graph:shapes`, `graph:audit` and `graph:provenance` is no premise.
        added: statements that came to an otherwise closed store, in which they already stand: only what
            follows from these is looked for. Axioms among them bring rules of their own. None for a store
            that is not closed at all.

    Contradictions are found, not raised: see `refuse`.

    Raises:
        AxiomError: an axiom cannot be made a rule; the store is left as it was.
    """
    new = None if added is None else list(dict.fromkeys(added))
    rules = compile_rules(store)
    fresh = rules if new is None else _brought(store, rules, new)
    with premises_alone(store):
        rounds, found = _run(store, rules, fresh, new or [])
        basis = None if new is None else [*new, *found]
        wrong = list(contradictions(store, rules, basis=basis, fresh=fresh))
    store.add(found, graph=INFERRED)
    return Closing(tuple(rules), tuple(found), tuple(wrong), rounds)


def _brought(store: Store, rules: Sequence[Rule], added: Iterable[ox.Triple]) -> list[Rule]:
    """The rules that there would not be without the axioms among what was `added`."""
    axioms = frozenset(triple for triple in added if is_axiom(triple))
    before = frozenset(compile_rules(store, without=axioms)) if axioms else frozenset(rules)
    return [rule for rule in rules if rule not in before]


def _run(
    store: Store, rules: Sequence[Rule], fresh: Sequence[Rule], added: Sequence[ox.Triple]
) -> tuple[int, list[ox.Triple]]:
    """How many rounds it took, and what was found; which then stands in the default graph.

    In the first round the `fresh` rules run over everything, the others from what was `added`.
    """
    dropped = structures(store)
    making = [rule for rule in rules if rule.head is not None]
    first = [*(rule.sparql() for rule in fresh if rule.head is not None), *queries(making, added)]
    found: list[ox.Triple] = []
    rounds, new = 1, _conclusions(store, first, added, dropped)
    while new:
        found += new
        rounds, new = rounds + 1, _conclusions(store, queries(making, new), new, dropped)
    return rounds, found


def _conclusions(
    store: Store, asked: Iterable[str], new: Iterable[ox.Triple], dropped: frozenset[ox.BlankNode]
) -> list[ox.Triple]:
    """What the queries find that is worth keeping and not known; it is put into the default graph."""
    found: dict[ox.Triple, ox.Quad] = {}
    with standing_apart(store, new):
        for triple in (triple for query in asked for triple in triples(store, query)):
            if triple not in found:
                quad = ox.Quad(triple.subject, triple.predicate, triple.object, ox.DefaultGraph())
                if quad not in store.engine and is_kept(triple, dropped=dropped):
                    found[triple] = quad
    store.engine.extend(found.values())
    return list(found)
