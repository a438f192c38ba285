"""The answer of a SELECT query as RDF, for readers of Turtle who would rather have rows than statements.

The vocabulary is that of the result sets in the W3C's SPARQL tests
(https://www.w3.org/2001/sw/DataAccess/tests/result-set); each solution says `dcterms:source` of the pages behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from tiesgraph.names import DCTERMS, PAGE, RDF, RS, XSD, prefixes
from tiesgraph.store import Term

__all__ = ["turtle"]


def turtle(columns: Sequence[str], rows: Sequence[Sequence[Term | None]], pages: Sequence[Sequence[int]], /) -> bytes:
    """The rows as a result set, in Turtle.

    Args:
        columns: the variables, without question marks.
        rows: a value for each column, None where it is unbound.
        pages: for each row, the printed pages that tell of it.
    """
    shown = {prefix: prefixes()[prefix] for prefix in ("dcterms", "page", "xsd")}
    written = ox.serialize(_triples(columns, rows, pages), format=ox.RdfFormat.TURTLE, prefixes={"rs": RS, **shown})
    return written or b""


def _triples(
    columns: Sequence[str], rows: Sequence[Sequence[Term | None]], pages: Sequence[Sequence[int]]
) -> Iterator[ox.Triple]:
    whole = ox.BlankNode("answer")
    yield ox.Triple(whole, RDF["type"], RS["ResultSet"])
    for column in columns:
        yield ox.Triple(whole, RS["resultVariable"], ox.Literal(column))
    for index, (row, told) in enumerate(zip(rows, pages, strict=True), 1):
        solution = ox.BlankNode(f"row{index}")
        yield ox.Triple(whole, RS["solution"], solution)
        yield ox.Triple(solution, RS["index"], ox.Literal(str(index), datatype=XSD["integer"]))
        for page in told:
            yield ox.Triple(solution, DCTERMS["source"], PAGE[str(page)])
        for place, (column, value) in enumerate(zip(columns, row, strict=True), 1):
            if value is None:
                continue
            binding = ox.BlankNode(f"row{index}c{place}")
            yield ox.Triple(solution, RS["binding"], binding)
            yield ox.Triple(binding, RS["variable"], ox.Literal(column))
            yield ox.Triple(binding, RS["value"], value)
