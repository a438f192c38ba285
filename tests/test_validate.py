"""Findings name the node, the graph and the mend; what runs on the engine agrees with pyshacl."""

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from conftest import CASES, ROOT, Snippets
from tiesgraph.bridge import to_rdflib
from tiesgraph.corpus import Corpus
from tiesgraph.names import BASE, SH, TIES, TSH, graph_iri
from tiesgraph.pipeline import load
from tiesgraph.store import Store, Term
from tiesgraph.validate import Finding, audit, check, idle_shapes, validate

PAGE = "data/pages/3-united-kingdom/p025.ttl"
SELECT = SH["select"]
PREFIXES = "<https://w3id.org/tiesgraph/prefixes>"


def short(finding: Finding) -> tuple[str, str, str, tuple[str, ...]]:
    return (
        finding.severity,
        finding.shape.removeprefix(TSH),
        finding.focus.removeprefix(BASE),
        finding.places,
    )


def test_the_toy_is_right_and_its_report_contradicts_itself(toy_graph: Store) -> None:
    assert check(toy_graph) == []
    assert [short(finding) for finding in audit(toy_graph)] == [
        ("warning", "TallyAudit", "id/tally/visits", ("p022",)),
        ("warning", "TwoDatesAudit", "id/visit/to-london", ("p022", "p025")),
    ]
    assert audit(toy_graph)[0].message == "The page states 3, and lists 2."


@pytest.mark.parametrize(
    ("old", "new", "shape", "focus", "message"),
    [
        ('ties:gist "An', 'rdfs:comment "An', "EventShape-gist", "id/visit/long-stay", "needs its gist"),
        ("host actor:japan", "host visit:to-london", "EventShape-host", "id/visit/long-stay", "A host is an actor"),
        (
            "ties:began ",
            'ties:ended "2017"^^xsd:gYear ; ties:began ',
            "EventShape",
            "id/visit/long-stay",
            "It ended (2017) before it began (2018-04)",
        ),
        ("visit:to-l", 'actor:japan ties:gist "x" . visit:to-l', "StateShape", "id/actor/japan", "register"),
    ],
)
def test_a_broken_triple_is_found_with_its_node_page_and_mend(
    toy: Path, old: str, new: str, shape: str, focus: str, message: str
) -> None:
    text = (toy / PAGE).read_text()
    assert old in text
    header = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    (toy / PAGE).write_text(header + text.replace(old, new))
    findings = check(load(Corpus.at(toy)))
    assert [short(finding) for finding in findings] == [("violation", shape, focus, ("p025",))]
    assert message in findings[0].message


def reference(data: Store, shapes: Store) -> set[tuple[str, ...]]:
    """What pyshacl finds, SPARQL and all: the focus node, the path and the message of each result."""
    graph = to_rdflib(shapes) + prefix_table()
    _, report, _ = pyshacl.validate(to_rdflib(data), shacl_graph=graph, advanced=True)
    assert isinstance(report, rdflib.Graph)
    sh = rdflib.Namespace(SH)
    return {
        tuple(str(report.value(r, part) or "") for part in (sh.focusNode, sh.resultPath, sh.resultMessage))
        for r in report.objects(None, sh.result)
    }


def prefix_table() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "ontology" / "prefixes.ttl")


BROKEN = """
event:a a ties:Visit ; ties:began "2019"^^xsd:gYear ; ties:ended "2018"^^xsd:gYear ; ties:value 1, 2 .
event:b a ties:Visit ; ties:began "2017"^^xsd:gYear ; ties:ended "2018"^^xsd:gYear ; ties:member event:a, event:c .
event:c a ties:Event ; ties:value 2 ; ties:member event:a .
event:d ties:value 9 .
ties:Visit rdfs:subClassOf ties:Event .
"""


def sparql_shape(target: str, select: str, *, message: str = "x", more: str = "") -> str:
    return f"""
    tsh:A a sh:NodeShape ; {target} ; sh:sparql tsh:A-x .
    tsh:A-x sh:prefixes {PREFIXES} ; sh:message "{message}" ; {more} sh:select \'\'\'{select}\'\'\' .
    """


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param(
            sparql_shape(
                "sh:targetClass ties:Event",
                """SELECT $this ?began ?ended WHERE {
                    $this ties:began ?began ; ties:ended ?ended FILTER (STR(?ended) < STR(?began)) }""",
                message="{?began} after {?ended}",
            ),
            id="a filter over two values",
        ),
        pytest.param(
            sparql_shape(
                "sh:targetSubjectsOf ties:member",
                """SELECT $this ?value (COUNT(?m) AS ?n) WHERE { $this ties:value ?value ; ties:member ?m }
                   GROUP BY $this ?value HAVING (COUNT(?m) != ?value)""",
                message="{?value} stated, {?n} listed",
            ),
            id="a count",
        ),
        pytest.param(
            sparql_shape(
                "sh:targetObjectsOf ties:member", "SELECT $this WHERE { FILTER NOT EXISTS { $this ties:member ?m } }"
            ),
            id="a node bound from outside alone",
        ),
        pytest.param(
            f"""
            tsh:A a sh:NodeShape ; sh:target tsh:T ;
                sh:property [ sh:path ties:value ; sh:maxCount 1 ; sh:message "one" ] .
            tsh:T a sh:SPARQLTarget ; sh:prefixes {PREFIXES} ;
                sh:select "SELECT ?this WHERE {{ ?this ties:value ?v }}" .
            """,
            id="a target in SPARQL with a core constraint",
        ),
        pytest.param(
            """
            tsh:B a sh:NodeShape ; sh:targetClass ties:Event ; sh:property tsh:A .
            tsh:A a sh:PropertyShape ; sh:path ties:value .
            """
            + sparql_shape(
                "sh:deactivated false",
                "SELECT $this ?value WHERE { $this $PATH ?value FILTER (?value > 1) }",
                message="value {?value}",
            ).replace("tsh:A a sh:NodeShape ;", "tsh:A"),
            id="a property shape with its path filled in",
        ),
        pytest.param(
            sparql_shape(
                "sh:targetClass ties:Event", "SELECT $this WHERE { $this ?p ?o }", more="sh:deactivated true ;"
            ),
            id="a constraint that is switched off",
        ),
    ],
)
def test_constraints_on_the_engine_find_what_pyshacl_finds(snippets: Snippets, shapes: str) -> None:
    store = snippets(p001=BROKEN, shapes=shapes)
    data, rules = store.subset([graph_iri("p001")]), store.subset([graph_iri("shapes")])
    ours = {(f.focus, f.path or "", f.message) for f in validate(data, shapes=rules)}
    assert ours == reference(data, rules)
    assert ours or "deactivated true" in shapes


def test_a_shape_that_meets_nothing_is_idle(snippets: Snippets) -> None:
    store = snippets(p001=BROKEN, shapes="tsh:A sh:targetClass ties:Event . tsh:B sh:targetClass ties:Treaty .")
    data, shapes = store.subset([graph_iri("p001")]), store.subset([graph_iri("shapes")])
    assert idle_shapes(data, shapes=shapes) == [TSH + "B"]


def test_the_audit_may_ask_for_what_is_inferred(snippets: Snippets) -> None:
    store = snippets(
        p001="event:a a ties:Visit .",
        inferred="event:a ties:involves actor:japan .",
        audit=sparql_shape(
            "sh:targetClass ties:Visit ; sh:severity sh:Warning",
            """SELECT $this ?who ?plain WHERE {
                GRAPH graph:inferred { $this ties:involves ?who }
                BIND (EXISTS { $this ties:involves ?who } AS ?plain) }""",
            message="{?who} {?plain}",
        ),
    )
    assert [finding.message for finding in audit(store)] == [f"{BASE}id/actor/japan false"]


def test_the_real_graph_breaks_no_shape(graph: Store) -> None:
    assert [finding for finding in check(graph) if finding.severity == "violation"] == []


def test_the_real_audit_finds_what_pyshacl_finds(graph: Store) -> None:
    """For the constraints that pyshacl can run: it knows no named graphs."""
    data = graph.subset(g for g in graph.graphs() if g not in (graph_iri("shapes"), graph_iri("audit")))
    rules = Store()
    for triple in graph.triples(graph=graph_iri("audit")):
        asks_graphs = any("GRAPH" in str(t.object) for t in graph.triples(as_node(triple.object), SELECT))
        if not asks_graphs:
            rules.add([triple], graph=graph_iri("audit"))
    ours = {(f.focus, f.path or "", f.message) for f in validate(data, shapes=rules)}
    assert ours == reference(data, rules)


def as_node(term: Term) -> ox.NamedNode:
    return term if isinstance(term, ox.NamedNode) else TIES["none"]


def test_every_real_shape_meets_a_node(graph: Store) -> None:
    """Of the data, or of its own valid case where the pages encoded so far have none."""
    data = graph.subset(g for g in graph.graphs() if g != graph_iri("inferred"))
    idle = {iri for rules in ("shapes", "audit") for iri in idle_shapes(data, shapes=graph.subset([graph_iri(rules)]))}
    in_cases = {file.parent.name for file in CASES.glob("shapes/*/valid.ttl")}
    assert sorted(iri for iri in idle if iri.removeprefix(TSH) not in in_cases) == []
