"""What the servers are asked: named questions of the package, short queries and look-ups, and whether answers agree."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tiesgraph.query import question

__all__ = ["NAMED", "Workload", "rows", "workloads"]

NAMED = (
    "recommendations-in-order",
    "nato-secretaries-general-in-japan",
    "recipients-of-msdf-fuel-and-water",
    "japan-france-goodwill-exercises",
    "two-plus-two-meetings-by-state",
    "vice-minister-visits",
    "vigilant-isles-iterations",
    "similarities-and-differences-of-the-conclusion",
    "japan-times-articles-of-the-uk-chapter",
    "most-cited-works-of-the-uk-chapter",
    "statements-of-british-office-holders",
    "royal-navy-msdf-exercises",
)
"""Twelve that stand for all: sorted by how long pyoxigraph takes for each over the whole dataset, all named
questions were cut into twelve equal parts, and these are the middles of the parts."""

_PREFIXES = """PREFIX ties: <https://w3id.org/tiesgraph/ontology#>
PREFIX page: <https://w3id.org/tiesgraph/report/page/>
PREFIX actor: <https://w3id.org/tiesgraph/id/actor/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
_SHORT = {
    "what involves an actor": [
        f"{_PREFIXES}SELECT ?what ?l ?day {{ ?what ties:involves actor:{actor} ; rdfs:label ?l ; ties:earliest ?day }}"
        for actor in ("united-kingdom", "france", "germany", "nato", "msdf", "asdf", "australia", "united-states")
    ],
    "what a page states": [
        f"SELECT ?s ?p ?o {{ GRAPH <https://w3id.org/tiesgraph/graph/p{page:03}> {{ ?s ?p ?o }} }}"
        for page in range(20, 58)
    ],
    "what a page cites": [
        f"{_PREFIXES}SELECT ?note ?as {{ ?note ties:onPage page:{page} ; ties:citation/ties:cites/ties:citedAs ?as }}"
        for page in range(20, 58)
    ],
    "what is said of an actor, with names": [
        f"{_PREFIXES}SELECT ?p ?o ?label {{ actor:{actor} ?p ?o OPTIONAL {{ ?o rdfs:label ?label }} }}"
        for actor in ("japan", "united-kingdom", "france", "germany", "nato", "msdf", "gsdf", "royal-navy")
    ],
}
_POINT = [
    f"SELECT ?o {{ <https://w3id.org/tiesgraph/report/page/{page}> <{prop}> ?o }}"
    for page in range(1, 100)
    for prop in ("https://w3id.org/tiesgraph/ontology#number", "http://www.w3.org/2000/01/rdf-schema#label")
]
_NUMBERS = frozenset(
    f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "decimal", "double", "float", "int", "long")
)
_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True, slots=True)
class Workload:
    """Queries that are asked in turn; where they are to be distinct, each with a LIMIT of its own.

    A LIMIT beyond the number of rows changes no answer. It is a constant of the query, so that a cache that
    looks past comments and spaces has nothing to give either.
    """

    name: str
    texts: Sequence[str]
    distinct: bool


def workloads() -> list[Workload]:
    """What is measured."""
    named = [one.sparql for name in NAMED if (one := question(name)) is not None]
    if len(named) != len(NAMED):
        raise SystemExit("a named question of the benchmark is none of the package's any more")
    # In turn of each kind.
    longest = max(map(len, _SHORT.values()))
    short = [texts[turn % len(texts)] for turn in range(longest) for texts in _SHORT.values()]
    return [
        Workload("repeated", named, distinct=False),
        Workload("mix", named, distinct=True),
        Workload("light", short, distinct=True),
        Workload("point", _POINT, distinct=True),
    ]


def rows(body: bytes, /) -> Counter[tuple[str, ...]]:
    """The rows of an answer in JSON, in no order, written alike however a server writes them."""
    told = json.loads(body)
    names = sorted(told["head"].get("vars", []))
    found = told.get("results", {}).get("bindings", [])
    return Counter(tuple(_term(row.get(name)) for name in names) for row in found)


def _term(term: dict[str, str] | None) -> str:
    if term is None:
        return ""
    kind, value = term["type"], term["value"]
    if kind == "bnode":
        return "_:"
    if kind == "uri":
        return f"<{value}>"
    datatype = term.get("datatype", _STRING)
    if datatype in _NUMBERS:
        return f"{float(value):.9g}"
    language = term.get("xml:lang", "").lower()
    return f'"{value}"@{language}' if language else f'"{value}"^^{datatype}'
