"""Contradictions written out: as records in JSON and CSV, and as the triples that the graph has of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import pyoxigraph as ox

from tiesgraph.contradictions.record import CONTRADICTIONS, Contradiction, Label, Side
from tiesgraph.jsonld import write_jsonld
from tiesgraph.media import CSV, GRAPH_FORMATS, JSONLD, PLAIN_JSON, Format
from tiesgraph.names import prefixes
from tiesgraph.rdftext import write_rdf
from tiesgraph.store import Store

__all__ = ["FORMATS", "write_contradictions"]

FORMATS: Sequence[Format] = (PLAIN_JSON, CSV, *GRAPH_FORMATS)
"""What contradictions can be written as, the preferred one first."""

_COLUMNS = ("iri", "title", "kind", "chapter", "pages", "rules", "nodes")
_SIDES = ("place", "page", "reading", "sources")


def write_contradictions(found: Sequence[Contradiction], fmt: Format, /, *, store: Store) -> bytes:
    """The contradictions, in their order, in one of `FORMATS`.

    Args:
        found: what to write.
        fmt: the format.
        store: the graph that they are of.

    Raises:
        NotAcceptable: the format has no form for something in them.
    """
    if fmt == PLAIN_JSON:
        return (json.dumps([_record(one) for one in found], ensure_ascii=False, indent=2) + "\n").encode()
    if fmt == CSV:
        return _to_csv(found).encode()
    triples = [
        triple
        for one in found
        for triple in sorted(store.triples(ox.NamedNode(one.iri), graph=CONTRADICTIONS), key=_place)
    ]
    return write_jsonld(triples, prefixes()) if fmt == JSONLD else write_rdf(triples, fmt, prefixes())


def _place(triple: ox.Triple) -> tuple[bool, str, str]:
    """Where a triple stands in a node's description: the class first."""
    return not triple.predicate.value.endswith("#type"), triple.predicate.value, str(triple.object)


def _record(one: Contradiction) -> dict[str, object]:
    return {
        "iri": one.iri,
        "title": one.title,
        "kind": one.kind or None,
        "chapter": one.chapter[0] if one.chapter else None,
        "pages": list(one.pages),
        "rules": [_named(label) for label in one.rules],
        "nodes": [_named(label) for label in one.nodes],
        "places": [
            {
                "place": _named(side.place) if side.place else None,
                "page": side.page,
                "reading": side.reading,
                "sources": [_named(label) for label in side.sources],
            }
            for side in one.sides
        ],
        "message": one.words,
    }


def _named(label: Label) -> dict[str, str]:
    return {"iri": label.iri, "label": label.text}


def _to_csv(found: Sequence[Contradiction]) -> str:
    """One contradiction a row, with a header; several IRIs or pages are parted by spaces."""
    sides = [f"{order} {column}" for order in ("first", "second") for column in _SIDES]
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, [*_COLUMNS, *sides, "message"], restval="")
    writer.writeheader()
    for one in found:
        row: dict[str, object] = {
            "iri": one.iri,
            "title": one.title,
            "kind": one.kind,
            "chapter": one.chapter[0] if one.chapter else "",
            "pages": " ".join(map(str, one.pages)),
            "rules": " ".join(label.iri for label in one.rules),
            "nodes": " ".join(label.iri for label in one.nodes),
            "message": one.words,
        }
        for order, side in zip(("first", "second"), one.sides, strict=False):
            row |= {f"{order} {column}": value for column, value in _cells(side).items()}
        writer.writerow(row)
    return stream.getvalue()


def _cells(side: Side) -> dict[str, object]:
    return {
        "place": side.place.iri if side.place else "",
        "page": side.page if side.page is not None else "",
        "reading": side.reading,
        "sources": " ".join(label.iri for label in side.sources),
    }
