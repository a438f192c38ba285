"""Statements that cannot hold together, by the rules of OWL 2 RL that conclude nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from tiesgraph.datatypes import is_well_formed
from tiesgraph.errors import InconsistencyError
from tiesgraph.names import graph_name
from tiesgraph.notation import statement
from tiesgraph.rules.compiler import compile_rules
from tiesgraph.rules.evaluation import premises_alone, queries, rows, standing_apart
from tiesgraph.rules.proof import Prover
from tiesgraph.rules.rule import Rule, fill
from tiesgraph.rules.words import in_words
from tiesgraph.store import Store

__all__ = ["Contradiction", "contradictions", "refuse", "require_consistent"]

_SHOWN = 10  # contradictions of one query that are told


@dataclass(frozen=True)
class Contradiction:
    """Statements that cannot hold together.

    Attributes:
        rule: by which; None for a literal whose text is none of its datatype's (dt-not-type).
        statements: the statements, in the order of the rule's patterns.
    """

    rule: Rule | None
    statements: tuple[ox.Triple, ...]


def require_consistent(store: Store, /) -> None:
    """See that nothing in a closed store contradicts anything else there.

    Raises:
        InconsistencyError: names the statements of each contradiction, and what those that are inferred rest on.
        AxiomError: an axiom cannot be made a rule.
    """
    rules = compile_rules(store)
    with premises_alone(store):
        found = list(contradictions(store, rules))
    refuse(store, rules, found)


def refuse(store: Store, rules: Sequence[Rule], found: Sequence[Contradiction], /) -> None:
    """Stop if any contradiction was `found`.

    Raises:
        InconsistencyError: see `require_consistent`.
    """
    if found:
        prover = Prover(store, rules=rules)
        raise InconsistencyError(
            "the ontology says that these statements cannot hold together",
            statements=[_told(store, one, prover) for one in found],
        )


def contradictions(
    store: Store,
    rules: Iterable[Rule],
    /,
    *,
    basis: Sequence[ox.Triple] | None = None,
    fresh: Iterable[Rule] = (),
) -> Iterator[Contradiction]:
    """What the rules without a head find in the default graph.

    At most ten come of one query, and each set of statements comes once a rule.

    Args:
        store: the graph.
        rules: the rules; those with a head are passed over.
        basis: statements that one of a contradiction's must be, where the rest is known to be consistent.
        fresh: rules to which that does not apply.
    """
    yield from _ill_formed(store, basis)
    everywhere = frozenset(fresh)
    seen: set[tuple[Rule, frozenset[ox.Triple]]] = set()
    with standing_apart(store, basis or ()):
        for rule in (rule for rule in rules if rule.head is None):
            for query in [rule.sparql()] if basis is None or rule in everywhere else queries([rule], basis):
                for found in islice(rows(store, query), _SHOWN):
                    one = Contradiction(rule, tuple(fill(pattern, found) for pattern in rule.body))
                    if (rule, frozenset(one.statements)) not in seen:
                        seen.add((rule, frozenset(one.statements)))
                        yield one


def _ill_formed(store: Store, basis: Iterable[ox.Triple] | None) -> Iterator[Contradiction]:
    """Literals whose text is none of their datatype's (dt-not-type), with the first statement that has them."""
    if basis is None:
        query = "SELECT DISTINCT ?value { ?node ?property ?value FILTER(isLiteral(?value)) }"
        values = (row["value"] for row in store.select(query))
        basis = (
            next(store.triples(None, None, value))
            for value in values
            if isinstance(value, ox.Literal) and not is_well_formed(value)
        )
    for triple in basis:
        if isinstance(triple.object, ox.Literal) and not is_well_formed(triple.object):
            yield Contradiction(None, (triple,))


def _told(store: Store, contradiction: Contradiction, prover: Prover) -> str:
    rule = contradiction.rule
    reason = in_words(rule) if rule else "a literal whose text is none of its datatype's"
    lines = [f"- {', '.join(rule.names) if rule else 'dt-not-type'}: {reason}"]
    for triple in contradiction.statements:
        lines.append(f"    {_placed(store, triple)}")
        proof = prover.prove(triple)
        if proof is not None and proof.rule is not None:
            lines.extend(f"        from {_placed(store, leaf)}" for leaf in proof.leaves())
    for axiom in rule.axioms if rule else ():
        lines.append(f"    {axiom.text}  [{_names(axiom.graphs)}]")
    return "\n".join(lines)


def _placed(store: Store, triple: ox.Triple) -> str:
    return f"{statement(triple)}  [{_names(store.graphs_stating(triple.subject, triple.predicate, triple.object))}]"


def _names(graphs: Iterable[ox.NamedNode]) -> str:
    return ", ".join(graph_name(graph) for graph in graphs)
