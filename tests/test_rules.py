"""The rules of OWL 2 RL, table by table: cases/rules/<rule>/ and cases/contradictions/<rule>/, by both engines.

A case's `given.ttl` is all there is, and `then.ttl` all that is kept of what follows; `told.txt` is what a
contradiction is told as. What owlrl and the rules are known to take differently stands in this module.
"""

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, Snippets
from tiesgraph.conclusions import INFERRED
from tiesgraph.errors import AxiomError, InconsistencyError
from tiesgraph.infer import add_inferences
from tiesgraph.names import graph_iri
from tiesgraph.notation import statement
from tiesgraph.rules import Rule, close, compile_rules, in_words, require_consistent
from tiesgraph.rules.words import TITLES
from tiesgraph.store import Store

GIVEN = sorted((CASES / "rules").glob("*/given.ttl"))
CLASHES = sorted((CASES / "contradictions").glob("*/given.ttl"))

PASSED_OVER = {
    "dt-diff",
    "dt-diff-by-one-value-at-most",
    "dt-not-type-by-a-number-too-small",
    "dt-not-type-by-a-range",
}
"""Contradictions that owlrl has no rule for: it does not compare literals, nor values with a datatype's."""

NO_RULES = {
    *("eq-ref", "prp-ap", "cls-thing", "cls-nothing1", "dt-type1", "dt-eq"),
    *("scm-dom1", "scm-dom2", "scm-rng1", "scm-rng2"),
    *("scm-svf1", "scm-svf2", "scm-avf1", "scm-avf2"),
}
"""Rules of the tables that are none here: what they conclude (identities, terms of the language, inferred
domains and ranges, relations of classes without a name) is never kept, and nothing that is kept needs it."""


def load(file: Path) -> Store:
    store = Store()
    store.load(file, graph=graph_iri("p001"))
    return store


def plain(store: Store, graph: ox.NamedNode) -> list[str]:
    """The statements of a graph in Turtle, things without a name as `[]`."""
    return sorted(
        " ".join("[]" if word.startswith("_:") else word for word in statement(triple).split(" "))
        for triple in store.triples(graph=graph)
    )


def close_by_rules(store: Store) -> None:
    close(store)
    require_consistent(store)


ENGINES: dict[str, Callable[[Store], object]] = {"rules": close_by_rules, "owlrl": add_inferences}


def test_there_are_cases() -> None:
    assert GIVEN
    assert CLASHES


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("given", GIVEN, ids=[file.parent.name for file in GIVEN])
def test_this_follows_and_nothing_else(given: Path, engine: str) -> None:
    store = load(given)
    ENGINES[engine](store)
    assert plain(store, INFERRED) == plain(load(given.with_name("then.ttl")), graph_iri("p001"))


@pytest.mark.parametrize("given", CLASHES, ids=[file.parent.name for file in CLASHES])
def test_this_cannot_hold_together(given: Path) -> None:
    told = given.with_name("told.txt").read_text(encoding="utf-8")
    with pytest.raises(InconsistencyError) as caught:
        close_by_rules(load(given))
    # Which of two equal patterns meets which statement is the engine's choice.
    assert sorted(str(caught.value).splitlines()[1:]) == sorted(told.splitlines())


@pytest.mark.parametrize("given", CLASHES, ids=[file.parent.name for file in CLASHES])
def test_owlrl_finds_the_same_contradictions_but_those_it_passes_over(given: Path) -> None:
    if given.parent.name in PASSED_OVER:
        add_inferences(load(given))
    else:
        with pytest.raises(InconsistencyError):
            add_inferences(load(given))


def test_every_rule_has_a_case_and_a_title() -> None:
    used = {name for file in (*GIVEN, *CLASHES) for rule in compile_rules(load(file)) for name in rule.names}
    assert used == set(TITLES)
    assert not used & NO_RULES


A_CLASS = "ties:A a owl:Class . ties:B a owl:Class . ties:C a owl:Class . "


@pytest.mark.parametrize(
    ("axioms", "words"),
    [
        pytest.param(
            "ties:A rdfs:subClassOf [ a owl:Class ; owl:unionOf ( ties:B ties:C ) ] .",
            ["[ owl:unionOf ( ties:B ties:C ) ]", "can only ask what is known"],
            id="what follows may not be one of several things",
        ),
        pytest.param(
            "ties:A owl:equivalentClass [ a owl:Class ; owl:unionOf ( ties:B ties:C ) ] .",
            ["owl:unionOf", "can only ask what is known"],
            id="half an axiom is not enough",
        ),
        pytest.param(
            "ties:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ties:p ; owl:someValuesFrom ties:B ] .",
            ["owl:someValuesFrom", "can only ask what is known"],
            id="nothing may be said to exist without a name",
        ),
        pytest.param(
            "[ a owl:Restriction ; owl:onProperty ties:p ; owl:allValuesFrom ties:B ] rdfs:subClassOf ties:A .",
            ["owl:allValuesFrom", "can only say what follows"],
            id="that there are no others is never known",
        ),
        pytest.param(
            "ties:A rdfs:subClassOf [ owl:intersectionOf ( ties:B [ owl:unionOf ( ties:B ties:C ) ] ) ] .",
            ["[ owl:unionOf ( ties:B ties:C ) ]"],
            id="a part of an expression that would go unheard",
        ),
        pytest.param(
            "ties:A rdfs:subClassOf [ owl:onProperty ties:p ; owl:maxCardinality 2 ] .",
            ["counts to other than 0 or 1"],
            id="counting to two",
        ),
        pytest.param(
            "ties:A rdfs:subClassOf [ owl:onProperty ties:p ; owl:minCardinality 1 ] .",
            ["owl:minCardinality", "has no rule"],
            id="a least number",
        ),
        pytest.param(
            "ties:p a owl:ReflexiveProperty .", ["ties:p", "owl:ReflexiveProperty"], id="a reflexive property"
        ),
        pytest.param("ties:A owl:disjointUnionOf ( ties:B ties:C ) .", ["owl:disjointUnionOf"], id="a disjoint union"),
        pytest.param("owl:Thing rdfs:subClassOf ties:A .", ["owl:Thing"], id="a class of everything"),
        pytest.param(
            "ties:A rdfs:subClassOf owl:TransitiveProperty .",
            ["owl:TransitiveProperty", "the language itself"],
            id="a class of the language's",
        ),
        pytest.param(
            "ties:p rdfs:subPropertyOf rdfs:subClassOf .",
            ["rdfs:subClassOf", "the language itself"],
            id="a property of the language's",
        ),
        pytest.param("ties:p owl:propertyChainAxiom () .", ["ties:p", "without links"], id="an empty chain"),
        pytest.param("ties:A owl:hasKey () .", ["ties:A", "key of no property"], id="an empty key"),
        pytest.param(
            "ties:p owl:propertyChainAxiom _:l . _:l rdf:first ties:p ; rdf:rest _:l .",
            ["runs in a circle"],
            id="a list that runs in a circle",
        ),
        pytest.param(
            "ties:p owl:propertyChainAxiom _:l . _:l rdf:first ties:p .", ["wants one rdf:rest"], id="a list cut short"
        ),
        pytest.param(
            "ties:A rdfs:subClassOf [ owl:allValuesFrom ties:B ] .",
            ["wants one owl:onProperty, and has 0"],
            id="a restriction of no property",
        ),
        pytest.param("ties:A rdfs:subClassOf [ rdfs:label 'x' ] .", ["is no class"], id="a class that is nothing"),
        pytest.param(
            "ties:p rdfs:subPropertyOf [ rdfs:label 'x' ] .", ["is no property"], id="a property that is nothing"
        ),
        pytest.param(
            "[ owl:oneOf ( [] ) ] rdfs:subClassOf ties:A .", ["give it an IRI"], id="a listed thing without a name"
        ),
        pytest.param(
            '[ owl:oneOf ( "x" ) ] rdfs:subClassOf ties:A .', ["lists literals"], id="a list of literals as a class"
        ),
        pytest.param(
            "ties:A rdfs:subClassOf _:x . _:x owl:onProperty ties:p ; owl:allValuesFrom _:x .",
            ["is defined by itself"],
            id="an expression inside itself",
        ),
    ],
)
def test_an_axiom_of_which_no_rule_can_be_made_is_named(snippets: Snippets, axioms: str, words: list[str]) -> None:
    with pytest.raises(AxiomError) as caught:
        compile_rules(snippets(p001=A_CLASS + axioms))
    assert [word for word in words if word not in str(caught.value)] == []
    assert caught.value.place == "p001"


def test_what_is_stated_of_shapes_and_of_graphs_makes_no_rule_and_no_premise(snippets: Snippets) -> None:
    apart = "ties:p rdfs:range ties:A . actor:x ties:q actor:y ."
    store = snippets(ontology="ties:q rdfs:range ties:B .", shapes=apart, audit=apart, provenance=apart)
    assert {name for rule in compile_rules(store) for name in rule.names if name == "prp-rng"} == {"prp-rng"}
    before = set(store.triples())
    assert close(store).inferred == ()
    assert set(store.triples()) == before
    assert plain(store, graph_iri("shapes")) == ["actor:x ties:q actor:y", "ties:p rdfs:range ties:A"]


def test_a_statement_of_a_page_counts_also_where_a_shape_makes_it_too(snippets: Snippets) -> None:
    fact = "actor:x ties:q actor:y ."
    store = snippets(ontology="ties:q rdfs:range ties:B .", shapes=fact, p001=fact)
    assert [statement(triple) for triple in close(store).inferred] == ["actor:y a ties:B"]


def test_a_rule_is_told_in_words_and_with_its_axiom(snippets: Snippets) -> None:
    store = snippets(ontology="ties:involves owl:propertyChainAxiom ( ties:involves ties:partOf ) .")
    (rule,) = (rule for rule in compile_rules(store) if rule.names == ("prp-spo2",))
    assert in_words(rule) == "property chain: if ?x ties:involves ?y and ?y ties:partOf ?z, then ?x ties:involves ?z"
    assert [axiom.text for axiom in rule.axioms] == [
        "ties:involves owl:propertyChainAxiom ( ties:involves ties:partOf )"
    ]
    assert [axiom.graphs for axiom in rule.axioms] == [(graph_iri("ontology"),)]


def test_a_rule_through_a_class_without_a_name_bears_all_names(snippets: Snippets) -> None:
    store = snippets(
        ontology="[ a owl:Restriction ; owl:onProperty ties:p ; owl:someValuesFrom xsd:date ] rdfs:subClassOf ties:A ."
    )
    rules: list[Rule] = [rule for rule in compile_rules(store) if "cls-svf1" in rule.names]
    assert [rule.names for rule in rules] == [("dt-type2", "cls-svf1", "cax-sco")]
    assert in_words(rules[0]).endswith("if ?x ties:p ?y and ?y is a literal of xsd:date, then ?x a ties:A")
