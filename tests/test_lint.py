"""What a good ontology keeps to, one query a rule: cases/lint/<family>/<rule>/rule.rq selects the ?term that breaks it.

The rule's comment says what it demands. Beside it lie ontologies that trip it (`trips*`, in which exactly the names
with "wrong" in them are at fault) and ones that do not (`passes*`): Turtle for the graph of the ontology, TriG where
a rule looks into several graphs. A family may say in `given.rq` what its rules start from: triples in `graph:lint`.
Over the real graph no rule finds anything.

Families: the terms, the concepts, the metadata that FOOPS! and LOV ask for, the profile OWL 2 RL and the
restrictions of OWL 2 DL. OOPS! and ROBOT's report were combed for the rules.
"""

from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES
from tiesgraph.names import graph_iri, prefixes
from tiesgraph.store import Store

LINT = CASES / "lint"
RULES = sorted(LINT.glob("*/*/rule.rq"))
TOYS = sorted(file for file in LINT.glob("*/*/*") if file.suffix in (".ttl", ".trig"))
TRIPS = [file for file in TOYS if file.stem.startswith("trips")]
PASSES = [file for file in TOYS if file.stem.startswith("passes")]
ONTOLOGY, GIVEN = graph_iri("ontology"), graph_iri("lint")


def names(files: list[Path]) -> list[str]:
    return [f"{file.parent.parent.name}-{file.parent.name}-{file.stem}".removesuffix("-rule") for file in files]


def test_every_rule_says_what_it_demands_and_has_its_cases() -> None:
    assert RULES
    assert [rule for rule in RULES if not rule.read_text(encoding="utf-8").startswith("# ")] == []
    for toys in (TRIPS, PASSES):
        assert sorted({rule.parent for rule in RULES} ^ {toy.parent for toy in toys}) == []
    known = {*RULES, *TRIPS, *PASSES, *LINT.glob("*/given.rq")}
    assert sorted(file for file in LINT.rglob("*") if file.is_file() and file not in known) == []


def load(file: Path) -> Store:
    """A toy as a store: Turtle is the ontology, TriG says itself what is what."""
    store = Store()
    if file.suffix == ".ttl":
        store.load(file, graph=ONTOLOGY)
    else:
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.TRIG):
            assert isinstance(quad.graph_name, ox.NamedNode), "a TriG case states everything in some graph"
            store.add([quad.triple], graph=quad.graph_name)
    return store


def prepared(store: Store, family: Path) -> Store:
    """`store`, or where the family's rules start from more than what is stated, its ontology with that."""
    given = family / "given.rq"
    if not given.is_file():
        return store
    part = store.subset([ONTOLOGY])
    answer = part.query(given.read_text(encoding="utf-8"), prefixes=prefixes())
    assert isinstance(answer, ox.QueryTriples)
    part.add(answer, graph=GIVEN)
    return part


def found(rule: Path, store: Store) -> list[str]:
    """What breaks the rule, by IRI."""
    rows = prepared(store, rule.parent.parent).select(rule.read_text(encoding="utf-8"), prefixes=prefixes())
    return sorted(str(row["term"]).strip("<>") for row in rows)


def wrong(store: Store) -> list[str]:
    """The names of a toy that say themselves that they are wrong (their versions do not count)."""
    nodes = {node.value for triple in store.triples() for node in triple if isinstance(node, ox.NamedNode)}
    names = {iri for iri in nodes if "wrong" in iri.lower()}
    return sorted(iri for iri in names if iri.rpartition("/")[0] not in names)


@pytest.mark.parametrize("toy", TRIPS, ids=names(TRIPS))
def test_a_rule_finds_what_is_wrong_and_nothing_else(toy: Path) -> None:
    store = load(toy)
    assert wrong(store), "the toy names nothing as wrong"
    assert found(toy.with_name("rule.rq"), store) == wrong(store)


@pytest.mark.parametrize("toy", PASSES, ids=names(PASSES))
def test_a_rule_lets_pass_what_keeps_to_it(toy: Path) -> None:
    assert found(toy.with_name("rule.rq"), load(toy)) == []


@pytest.mark.parametrize("rule", RULES, ids=names(RULES))
def test_the_real_graph_keeps_to_the_rule(rule: Path, graph: Store) -> None:
    assert found(rule, graph) == []
