"""Both engines close the real graph alike, and closing what is added comes to the same as closing all."""

import random
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, ROOT
from tiesgraph.conclusions import INFERRED, NOT_PREMISES
from tiesgraph.infer import add_inferences
from tiesgraph.names import graph_iri, page_graph
from tiesgraph.rules import close
from tiesgraph.store import Store

GIVEN = sorted((CASES / "rules").glob("*/given.ttl"))
CLAIMS = sorted((CASES / "infer").glob("*/given.ttl"))
BASE, ADDED = graph_iri("p001"), graph_iri("p002")


def without(graph: Store, *dropped: ox.NamedNode) -> Store:
    return graph.subset(name for name in graph.graphs() if name not in dropped)


def test_the_rules_close_the_real_graph_as_owlrl_does(graph: Store) -> None:
    """All of graph:inferred, and nothing else. What both drop alike is told at `conclusions.is_kept`."""
    store = without(graph, INFERRED)
    closing = close(store)
    assert closing.contradictions == ()
    assert set(closing.inferred) == set(graph.triples(graph=INFERRED))
    assert len(closing.inferred) == len(set(closing.inferred))
    assert set(store.triples()) == set(graph.triples())
    assert store.graphs() == graph.graphs()


def test_a_closed_graph_stays_as_it_is(graph: Store) -> None:
    store = without(graph)
    assert close(store, added=store.triples(graph=page_graph(25))).inferred == ()


@pytest.mark.parametrize("page", [22, 27])
def test_a_page_that_is_added_brings_what_it_brings_when_all_is_closed(graph: Store, page: int) -> None:
    store = without(graph, INFERRED, page_graph(page))
    close(store)
    new = list(graph.triples(graph=page_graph(page)))
    store.add(new, graph=page_graph(page))
    close(store, added=new)
    # What the page now states itself was an inference before.
    known = {t for t in store.triples(graph=INFERRED) if store.graphs_stating(*t) == [INFERRED]}
    assert known == set(graph.triples(graph=INFERRED))
    assert set(store.triples()) == set(graph.triples())


@pytest.mark.parametrize("given", CLAIMS, ids=[file.parent.name for file in CLAIMS])
def test_both_engines_agree_on_what_the_real_ontology_infers(given: Path) -> None:
    stores = (Store(), Store())
    for store in stores:
        for file in sorted((ROOT / "ontology").glob("*.ttl")):
            store.load(file, graph=graph_iri("ontology"))
        store.load(given, graph=BASE)
    add_inferences(stores[0])
    close(stores[1])
    assert set(stores[0].triples(graph=INFERRED)) == set(stores[1].triples(graph=INFERRED))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("given", GIVEN, ids=[file.parent.name for file in GIVEN])
def test_facts_and_axioms_may_come_later(given: Path, seed: int) -> None:
    """Whatever the order in which statements come, and axioms among them, the same follows in the end."""
    at_once, step_by_step = Store(), Store()
    at_once.load(given, graph=BASE)
    close(at_once)
    lines = [triple for triple in sorted(at_once.triples(graph=BASE), key=str) if not _is_inside(triple)]
    random.Random(seed).shuffle(lines)  # noqa: S311 - any order will do
    later = set(lines[: len(lines) // 2])
    step_by_step.add((t for t in at_once.triples(graph=BASE) if t not in later), graph=BASE)
    close(step_by_step)
    step_by_step.add(later, graph=ADDED)
    close(step_by_step, added=later)
    assert set(step_by_step.triples()) == set(at_once.triples())


def _is_inside(triple: ox.Triple) -> bool:
    """Whether a statement is a part of an expression, which comes whole or not at all."""
    return isinstance(triple.subject, ox.BlankNode)


def test_graphs_that_no_premise_comes_from_are_named() -> None:
    assert {graph.value.rpartition("/")[2] for graph in NOT_PREMISES} == {
        *("shapes", "audit", "commentary", "inferred", "provenance", "dataset")
    }
