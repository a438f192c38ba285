"""Every inferred statement has a proof: its steps are instances of their rules, its leaves stand in the files."""

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, Snippets
from tiesgraph.conclusions import INFERRED, NOT_PREMISES
from tiesgraph.infer import add_inferences
from tiesgraph.names import graph_iri
from tiesgraph.notation import statement
from tiesgraph.rules import Proof, Prover, Rule, close
from tiesgraph.rules.rule import FUNCTIONS
from tiesgraph.store import Store

SAMPLE = 2_500
GIVEN = sorted((CASES / "rules").glob("*/given.ttl"))


def steps(proof: Proof, *, below: tuple[ox.Triple, ...] = ()) -> Iterator[Proof]:
    """The proof and all in it; none may rest on itself."""
    assert proof.triple not in below
    yield proof
    for premise in proof.premises:
        yield from steps(premise, below=(*below, proof.triple))


def follows(step: Proof, rule: Rule) -> bool:
    """Whether the rule, run by the engine over the premises alone, concludes the statement."""
    alone = ox.Store()
    alone.extend(
        ox.Quad(p.triple.subject, p.triple.predicate, p.triple.object, ox.DefaultGraph()) for p in step.premises
    )
    answer = alone.query(rule.sparql(), custom_functions=dict(FUNCTIONS))
    assert isinstance(answer, ox.QueryTriples)
    return step.triple in set(answer)


def check(store: Store, proof: Proof | None) -> None:
    assert proof is not None
    for step in steps(proof):
        homes = set(store.graphs_stating(step.triple.subject, step.triple.predicate, step.triple.object))
        if step.rule is None:
            assert homes - NOT_PREMISES, f"{statement(step.triple)} is stated nowhere"
            assert step.premises == ()
        else:
            assert INFERRED in homes
            assert follows(step, step.rule), f"{statement(step.triple)} is no instance of {step.rule.names}"
            for axiom in step.rule.axioms:
                for triple in axiom.triples:
                    assert set(store.graphs_stating(triple.subject, triple.predicate, triple.object)) - NOT_PREMISES


def test_inferred_statements_of_the_real_graph_are_proved_down_to_the_files(graph: Store) -> None:
    """A sample, drawn anew only when the graph changes, with some of each property."""
    inferred = sorted(graph.triples(graph=INFERRED), key=str)
    chosen = {triple.predicate: triple for triple in inferred}.values()
    drawn = random.Random(len(inferred)).sample(inferred, SAMPLE)  # noqa: S311 - any will do
    prover = Prover(graph)
    for triple in (*chosen, *drawn):
        check(graph, prover.prove(triple))


@pytest.mark.parametrize("given", GIVEN, ids=[file.parent.name for file in GIVEN])
def test_whatever_follows_by_a_rule_is_proved(given: Path) -> None:
    store = Store()
    store.load(given, graph=graph_iri("p001"))
    close(store)
    prover = Prover(store)
    for triple in store.triples(graph=INFERRED):
        check(store, prover.prove(triple))


def owlrl_concludes(proof: Proof, rule: Rule) -> bool:
    """Whether owlrl comes to the statement from the premises and the rule's axioms."""
    store = Store()
    store.add((t for axiom in rule.axioms for t in axiom.triples), graph=graph_iri("ontology"))
    store.add((premise.triple for premise in proof.premises), graph=graph_iri("p001"))
    add_inferences(store)
    return proof.triple in set(store.triples())


def test_one_step_by_each_rule_of_the_real_graph_is_one_of_owlrls_too(graph: Store) -> None:
    prover = Prover(graph)
    met: dict[Rule, Proof] = {}
    for triple in sorted(graph.triples(graph=INFERRED), key=str)[::5]:
        proof = prover.prove(triple)
        assert proof is not None
        met.update((step.rule, step) for step in steps(proof) if step.rule is not None)
    assert len(met) > 40
    assert [rule.names for rule, step in met.items() if not owlrl_concludes(step, rule)] == []


def proved(store: Store, text: str) -> Proof | None:
    found = [triple for triple in store.triples() if statement(triple) == text]
    return Prover(store).prove(found[0])


CHAIN = "ties:partOf a owl:TransitiveProperty ."


def test_the_lowest_proof_is_found(snippets: Snippets) -> None:
    ring = [*"abcdefgh"]
    facts = " ".join(f"actor:{one} ties:partOf actor:{other} ." for one, other in pairwise(ring))
    store = snippets(ontology=CHAIN, p001=facts, p002="actor:a ties:partOf actor:g .")
    close(store)
    proof = proved(store, "actor:a ties:partOf actor:h")
    assert proof is not None
    assert [statement(leaf) for leaf in proof.leaves()] == [
        "actor:a ties:partOf actor:g",
        "actor:g ties:partOf actor:h",
    ]


def test_a_proof_goes_round_no_circle(snippets: Snippets) -> None:
    store = snippets(
        ontology=CHAIN + "ties:partOf owl:inverseOf ties:hasPart . ties:hasPart owl:inverseOf ties:partOf .",
        p001="actor:a ties:partOf actor:b . actor:b ties:partOf actor:c . actor:c ties:partOf actor:a .",
    )
    close(store)
    for triple in store.triples(graph=INFERRED):
        check(store, Prover(store).prove(triple))


def test_what_does_not_follow_has_no_proof_however_much_goes_round(snippets: Snippets) -> None:
    store = snippets(
        ontology=CHAIN + "ties:partOf a owl:SymmetricProperty .",
        inferred="actor:a ties:partOf actor:b . actor:b ties:partOf actor:a , actor:c . actor:c ties:partOf actor:a .",
    )
    assert proved(store, "actor:a ties:partOf actor:b") is None


def test_what_only_shapes_state_proves_nothing(snippets: Snippets) -> None:
    store = snippets(
        ontology="ties:q rdfs:range ties:B .", shapes="actor:x ties:q actor:y .", inferred="actor:y a ties:B ."
    )
    assert proved(store, "actor:y a ties:B") is None


def test_what_is_stated_needs_no_rule(snippets: Snippets) -> None:
    store = snippets(ontology="ties:q rdfs:range ties:B .", p001="actor:x ties:q actor:y . actor:y a ties:B .")
    assert proved(store, "actor:y a ties:B") == Proof(next(store.triples(None, None, graph=graph_iri("p001"))), None)
