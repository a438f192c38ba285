"""How much the graph holds of each class, chapter by chapter, exactly as `data/expected.toml` has it.

A count there changes only together with the facts: a node that is lost, doubled or put into the wrong
chapter shows here. A node counts for a chapter where one of the chapter's pages states something of it.
"""

import tomllib
from collections import defaultdict

from conftest import ROOT
from tiesgraph.names import TIES, prefixes
from tiesgraph.store import Store

COUNTS = """
SELECT ?class ?chapter (COUNT(DISTINCT ?node) AS ?n) WHERE {
    GRAPH ?graph { ?node ?property ?value }
    ?graph ties:page ?number .
    ?page a ties:Page ; ties:number ?number ; ties:inChapter/ties:number ?chapter .
    GRAPH ?home { ?node a ?class }
    FILTER (?home != graph:inferred && STRSTARTS(STR(?class), STR(ties:)))
}
GROUP BY ?class ?chapter
"""

PAGES = """
SELECT ?number (COUNT(*) AS ?statements) (SUM(IF(?property = ties:evidence, 1, 0)) AS ?links) WHERE {
    GRAPH ?graph { ?node ?property ?value }
    ?graph ties:page ?number .
}
GROUP BY ?number
"""

KEPT = """
SELECT ?number ?statements ?links WHERE {
    ?page a ties:Page ; ties:number ?number ; ties:statementCount ?statements ; ties:evidenceCount ?links .
}
"""

FOOTNOTES = {"1": 4, "2": 102, "3": 143, "4": 159, "5": 134, "6": 125, "7": 8}
"""As the report prints them: 675 in all."""


def counted(graph: Store) -> dict[str, dict[str, int]]:
    """Class → chapter → how many."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in graph.select(COUNTS, prefixes=prefixes()):
        name = row["class"].value.removeprefix(TIES + "")
        found[name][row["chapter"].value] = int(row["n"].value)
    return found


def test_the_graph_holds_what_is_expected(graph: Store) -> None:
    expected = tomllib.loads((ROOT / "data" / "expected.toml").read_text(encoding="utf-8"))
    assert expected
    assert dict(counted(graph)) == expected


def test_every_footnote_is_there(graph: Store) -> None:
    assert counted(graph)["Footnote"] == FOOTNOTES


def page_counts(graph: Store, query: str) -> dict[int, tuple[int, int]]:
    """Page → its statements, and those of them that link to a footnote."""
    rows = graph.select(query, prefixes=prefixes())
    return {int(row["number"].value): (int(row["statements"].value), int(row["links"].value)) for row in rows}


def test_each_page_keeps_its_counts(graph: Store) -> None:
    counts = page_counts(graph, PAGES)
    assert counts
    assert page_counts(graph, KEPT) == counts
