"""The audit of the real report finds exactly the contradictions that readers found on its pages, each on its page.

`tests/audit.csv` is kept by hand: a finding that comes or goes is looked up in the report before it is entered. Its
last column is what an erratum would cite; two findings that are one contradiction share it. `tests/audit-cited.txt`
has every name that there has ever been: somebody may have cited it, so it only grows, and each still answers.
"""

import csv
import re

import pyoxigraph as ox
import pytest

from conftest import ROOT, Snippets
from tiesgraph.contradictions import CONTRADICTIONS, Contradiction, add_contradictions, chosen, contradictions
from tiesgraph.errors import InvalidGraphError, MisuseError, UnknownResource
from tiesgraph.names import BASE, CONTRADICTION, DCTERMS, OWL, RDFS, TSH
from tiesgraph.store import Store
from tiesgraph.validate import Finding, audit, check

KINDS = {"arithmetic", "attribution", "date", "scope", "wording"}


@pytest.fixture(scope="module")
def findings(graph: Store) -> list[Finding]:
    return audit(graph)


@pytest.fixture(scope="module")
def found(graph: Store) -> list[Contradiction]:
    return contradictions(graph)


@pytest.fixture(scope="module")
def kept() -> list[dict[str, str]]:
    with (ROOT / "tests" / "audit.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_audit_finds_what_readers_found(findings: list[Finding], kept: list[dict[str, str]]) -> None:
    found = {(f.shape.removeprefix(TSH), f.focus.removeprefix(BASE), f.places[0].lstrip("p0")) for f in findings}
    assert kept
    assert sorted(found) == sorted({(row["rule"], row["node"], row["page"]) for row in kept})


def test_every_finding_explains_itself(findings: list[Finding]) -> None:
    for finding in findings:
        assert finding.severity == "warning"
        assert len(finding.message.split()) >= 5
        assert "{?" not in finding.message, f"{finding.shape} leaves a place in its message open"


def test_every_finding_is_a_contradiction_of_its_kind_under_its_name(
    found: list[Contradiction], kept: list[dict[str, str]]
) -> None:
    rows = {
        (rule.iri.removeprefix(TSH), node.iri.removeprefix(BASE), one.kind, one.iri.removeprefix(CONTRADICTION))
        for one in found
        for rule in one.rules
        for node in one.nodes
    }
    expected = {(row["rule"], row["node"], row["kind"], row["contradiction"]) for row in kept}
    assert expected <= rows
    assert {row[3] for row in rows} == {row[3] for row in expected}
    assert len(found) == len({row["contradiction"] for row in kept})


def test_every_contradiction_has_two_places_with_what_they_say(found: list[Contradiction]) -> None:
    for one in found:
        assert one.kind in KINDS
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.iri.removeprefix(CONTRADICTION))
        assert [bool(side.place and side.reading) for side in one.sides] == [True, True]
        assert one.sides[0].reading != one.sides[1].reading
        assert one.sides[0].page is not None
        assert one.chapter is not None
        assert one.pages


def test_most_places_name_the_sources_that_they_rest_on(found: list[Contradiction]) -> None:
    assert sum(any(side.sources for side in one.sides) for one in found) > len(found) * 0.8


def test_what_a_reader_noted_and_a_rule_finds_is_one_contradiction(found: list[Contradiction]) -> None:
    (one,) = [one for one in found if len(one.rules) > 1]
    assert one.iri == CONTRADICTION + "date-of-joint-political-declaration-2013"
    assert {rule.iri.removeprefix(TSH) for rule in one.rules} == {"DiscrepancyNoted", "SourceBeforeFact"}


def test_the_graph_keeps_to_its_shapes_with_its_contradictions(graph: Store) -> None:
    assert check(graph) == []


def test_some_kinds_and_chapters_can_be_chosen(found: list[Contradiction]) -> None:
    some = chosen(found, kinds=["date", "scope"], chapters=[4])
    assert {one.kind for one in some} == {"date", "scope"}
    assert {one.chapter[0] for one in some if one.chapter} == {4}
    for choice in ({"kinds": ["spelling"]}, {"chapters": [12]}):
        with pytest.raises(MisuseError):
            chosen(found, **choice)


RULES = """
tsh:DiscrepancyNoted a sh:NodeShape ; rdfs:label "Noted"@en ; sh:targetClass ties:Discrepancy ;
    sh:severity sh:Warning ; sh:sparql tsh:DiscrepancyNoted-select .
tsh:DiscrepancyNoted-select sh:prefixes <https://w3id.org/tiesgraph/prefixes> ; sh:message "They differ." ;
    sh:select "SELECT $this WHERE { $this ties:gist ?gist }" .
tsh:TwoDates a sh:NodeShape ; rdfs:label "Two dates"@en ; sh:targetClass ties:Visit ;
    sh:severity sh:Warning ; sh:sparql tsh:TwoDates-select .
tsh:TwoDates-select sh:prefixes <https://w3id.org/tiesgraph/prefixes> ; sh:message "{?first} and {?second} differ." ;
    sh:resultAnnotation tsh:First , tsh:Second ;
    sh:select '''SELECT $this (ties:held AS ?path) (STR(?a) AS ?first) (STR(?b) AS ?second)
        WHERE { $this ties:held ?a , ?b FILTER (STR(?a) < STR(?b)) }''' .
tsh:First sh:annotationProperty ties:firstReading ; sh:annotationVarName "first" .
tsh:Second sh:annotationProperty ties:secondReading ; sh:annotationVarName "second" .
"""
VISIT = 'event:a a ties:Visit ; rdfs:label "A visit"@en ; ties:held "2005", "2006" . '
NOTED = 'discrepancy:d a ties:Discrepancy ; rdfs:label "D"@en ; ties:gist "D."@en ; ties:about event:a . '


def test_a_finding_is_named_after_its_rule_and_node(snippets: Snippets) -> None:
    store = snippets(audit=RULES, entities=VISIT)
    assert add_contradictions(store) == 1
    (one,) = contradictions(store)
    assert (one.iri, one.title) == (CONTRADICTION + "two-dates-a", "Two dates: A visit")
    assert [side.reading for side in one.sides] == ["2005", "2006"]
    assert (one.kind, one.chapter, one.pages) == ("", None, ())


def test_a_name_has_no_part_in_what_else_is_found(snippets: Snippets) -> None:
    rules = (ROOT / "shapes" / "audit.ttl").read_text(encoding="utf-8")
    seen: list[set[str]] = []
    for years in (["2005", "2006"], ["2004", "2005", "2006"]):
        says = ", ".join(f'"{year}"^^xsd:gYear' for year in years)
        store = snippets(
            ontology="ties:held rdfs:label 'held'@en . ties:Visit rdfs:subClassOf ties:Event .",
            audit=rules,
            p025=f"event:a a ties:Visit ; rdfs:label 'A visit'@en ; ties:held {says} .",
            provenance="graph:p025 ties:page 25 . page:25 a ties:Page .",
        )
        add_contradictions(store)
        seen.append({one.iri.removeprefix(CONTRADICTION) for one in contradictions(store)})
        assert not any(store.triples(None, DCTERMS["identifier"], graph=CONTRADICTIONS))
    assert seen[0] == {"two-dates-a-held-2005-2006"}
    assert seen[0] < seen[1]


def test_every_name_that_there_has_been_still_answers(graph: Store, found: list[Contradiction]) -> None:
    lines = (ROOT / "tests" / "audit-cited.txt").read_text(encoding="utf-8").splitlines()
    cited = [line for line in lines if not line.startswith("#")]
    assert cited == sorted(set(cited))
    now = {one.iri.removeprefix(CONTRADICTION) for one in found}
    assert sorted(now - set(cited)) == [], "a new name goes into tests/audit-cited.txt"
    for name in set(cited) - now:
        said = {triple.predicate for triple in graph.triples(ox.NamedNode(CONTRADICTION + name))}
        assert {OWL["deprecated"], RDFS["label"], RDFS["comment"]} <= said, f"{name} is gone without a word"


def test_two_of_one_rule_at_one_node_are_told_apart_by_what_they_say(snippets: Snippets) -> None:
    store = snippets(audit=RULES, entities=VISIT + 'event:a ties:held "2007" .')
    add_contradictions(store)
    names = [one.iri.removeprefix(CONTRADICTION) for one in contradictions(store)]
    assert names == [f"two-dates-a-held-{years}" for years in ("2005-2006", "2005-2007", "2006-2007")]


def test_a_discrepancy_takes_in_what_it_says_a_rule_finds(snippets: Snippets) -> None:
    store = snippets(audit=RULES, entities=VISIT + NOTED + "discrepancy:d ties:foundBy tsh:TwoDates .")
    assert add_contradictions(store) == 1
    (one,) = contradictions(store)
    assert one.iri == CONTRADICTION + "d"
    assert [rule.text for rule in one.rules] == ["Noted", "Two dates"]


def test_a_discrepancy_that_no_rule_finds_may_not_say_so(snippets: Snippets) -> None:
    store = snippets(audit=RULES, entities=NOTED + "discrepancy:d ties:foundBy tsh:TwoDates .")
    with pytest.raises(InvalidGraphError, match="and it does not"):
        add_contradictions(store)


def test_a_graph_that_nobody_audited_is_no_graph_without_contradictions(snippets: Snippets) -> None:
    with pytest.raises(UnknownResource):
        contradictions(snippets(entities=VISIT))
