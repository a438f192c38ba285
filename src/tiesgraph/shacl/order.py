"""How two values compare: SHACL's ranges and `sh:lessThan` are SPARQL's operators, so the engine is asked."""

from __future__ import annotations

from collections.abc import Collection

import pyoxigraph as ox

from tiesgraph.store import Store, Term

__all__ = ["holding"]


def holding(pairs: Collection[tuple[Term, Term]], operator: str, /) -> set[tuple[Term, Term]]:
    """Those of `pairs` for which SPARQL's `operator` (`<`, `<=`, `>`, `>=`) holds; never where it is an error.

    What has no order (an IRI and a number, a year and a month) is not held, which is what SHACL asks
    (section 4.3): such a value is in no range.
    """
    listed = [pair for pair in pairs if all(isinstance(term, ox.Literal) for term in pair)]
    if not listed:
        return set()
    rows = " ".join(f"({number} {left} {right})" for number, (left, right) in enumerate(listed))
    query = f"SELECT ?n {{ VALUES (?n ?left ?right) {{ {rows} }} FILTER (?left {operator} ?right) }}"
    return {listed[int(row["n"].value)] for row in Store().select(query)}
