"""Explaining statements of one store: where each is stated, or its proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

import pyoxigraph as ox

from tiesgraph.bounds import DERIVED, dates_behind
from tiesgraph.conclusions import INFERRED
from tiesgraph.errors import MisuseError, NotStatedError
from tiesgraph.explain.explanation import Explanation, Place, Step
from tiesgraph.explain.nearest import absent
from tiesgraph.notation import statement
from tiesgraph.resource import Schema
from tiesgraph.resource.facts import mentions, value_of
from tiesgraph.rules import Proof, Prover, in_words
from tiesgraph.store import Store, Subject, Term

__all__ = ["Explainer"]

_BOUNDS = {
    "earliest": "the first day that the dates of a thing allow is the first day of the first of them",
    "latest": "the last day that the dates of a thing allow is the last day of the last of them",
    "year": "a thing happened in the years of its dates, and a span in the year in which it began",
}


class Explainer:
    """Explains statements of a store, which it only reads. Threads may share one.

    The ontology's rules are compiled when the first inferred statement is asked about.
    """

    def __init__(self, store: Store, /) -> None:
        self._store = store
        self._schema = Schema(store)

    @cached_property
    def _prover(self) -> Prover:
        return Prover(self._store)

    def explain(self, triple: ox.Triple, /) -> Explanation:
        """Why `triple` holds, by the lowest proof there is where it is inferred.

        Raises:
            NotStatedError: it does not hold; with what does and is most like it.
            AxiomError: an axiom of the store cannot be made a rule.
        """
        if not any(self._store.triples(triple.subject, triple.predicate, triple.object)):
            raise absent(self._store, triple.subject, triple.predicate, triple.object)
        return self._of(triple, set())

    def explain_all(
        self,
        subject: Subject,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
        /,
        *,
        most: int = 100,
    ) -> list[Explanation]:
        """Why each statement of `subject` holds, with `predicate` and `value` where they are given; by Turtle.

        Raises:
            NotStatedError: there is none.
            AxiomError: an axiom of the store cannot be made a rule.
            MisuseError: there are more than `most`.
        """
        found = sorted(self._store.triples(subject, predicate, value), key=statement)
        if not found:
            raise absent(self._store, subject, predicate, value)
        if len(found) > most:
            raise MisuseError(
                f"{len(found)} statements are too many to explain at once", mend="Name the property, or the value too."
            )
        return [self._of(triple, set()) for triple in found]

    def _of(self, triple: ox.Triple, told: set[ox.Triple]) -> Explanation:
        """The explanation of a statement that is in the store; `told` are those that stand before it."""
        graphs = self._store.graphs_stating(triple.subject, triple.predicate, triple.object)
        stating = [graph for graph in graphs if graph not in (INFERRED, DERIVED)]
        if stating or not graphs:
            return self._made(triple, places=self._places(triple, stating))
        if DERIVED in graphs:
            return self._calculated(triple)
        proof = self._prover.prove(triple)
        if proof is None:
            raise NotStatedError(
                f"{statement(triple)} stands among what is inferred, and nothing here implies it",
                mend="The graph was closed by other rules than those of OWL 2 RL, or has lost statements since.",
            )
        return self._inferred(proof, told)

    def _inferred(self, proof: Proof, told: set[ox.Triple]) -> Explanation:
        if proof.rule is None:
            return self._of(proof.triple, told)
        step = Step(names=proof.rule.names, words=in_words(proof.rule), axioms=proof.rule.axioms)
        if proof.triple in told:
            return self._made(proof.triple, step=step, repeated=True)
        told.add(proof.triple)
        premises = tuple(self._inferred(premise, told) for premise in proof.premises)
        return self._made(proof.triple, step=step, premises=premises)

    def _calculated(self, triple: ox.Triple) -> Explanation:
        name = triple.predicate.value.rpartition("#")[2]
        dates = tuple(self._of(date, set()) for date in dates_behind(self._store, triple))
        return self._made(triple, step=Step(names=("bounds",), words=_BOUNDS[name]), premises=dates)

    def _made(
        self,
        triple: ox.Triple,
        *,
        places: tuple[Place, ...] = (),
        step: Step | None = None,
        premises: tuple[Explanation, ...] = (),
        repeated: bool = False,
    ) -> Explanation:
        derived = step is not None and step.names == ("bounds",)
        return Explanation(
            triple=triple,
            labels=(
                value_of(triple.subject, self._schema),
                replace(value_of(triple.predicate, self._schema), text=self._schema.word(triple.predicate)),
                value_of(triple.object, self._schema),
            ),
            kind="stated" if step is None else "calculated" if derived else "inferred",
            places=places,
            step=step,
            premises=premises,
            repeated=repeated,
        )

    def _places(self, triple: ox.Triple, graphs: Iterable[ox.NamedNode]) -> tuple[Place, ...]:
        """The graphs that state `triple`, pages first; with footnotes where its subject has a name."""
        subject = triple.subject if isinstance(triple.subject, ox.NamedNode) else ox.NamedNode("urn:nameless")
        found = (
            Place(graph=graph, mention=mention)
            for graph in graphs
            for mention in mentions(self._store, self._schema, subject, [graph])
        )
        return tuple(sorted(found, key=lambda one: (one.mention.page is None, one.mention.page or 0, one.graph.value)))
