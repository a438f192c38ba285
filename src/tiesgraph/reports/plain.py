"""Findings as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping

import pyoxigraph as ox

from tiesgraph.corpus import Term
from tiesgraph.names import BASE, shorten
from tiesgraph.reports.located import Located, Report

__all__ = ["record", "subject", "to_csv", "to_json", "to_text", "words"]

_OURS = re.compile(re.escape(BASE) + r"[\w#/.%-]*[\w#/%-]")
_COLUMNS = ("shape", "severity", "node", "path", "value", "message", "pages", "places")


def record(one: Located, /) -> dict[str, object]:
    """A finding as plain values, for JSON and CSV."""
    finding = one.finding
    return {
        "shape": finding.shape,
        "severity": finding.severity,
        "node": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "message": finding.message,
        "pages": list(one.pages),
        "places": [str(place) for place in one.places],
    }


def subject(one: Located, table: Mapping[str, str], /) -> str:
    """What a finding is about, in one line: the node, the property and the value, as far as there are any."""
    result = one.finding.result
    path = result.path if isinstance(result.path, ox.NamedNode) else None
    value = result.value if result.value != result.focus else None
    terms = (term for term in (result.focus, path, value) if term is not None)
    return " ".join(_shown(term, table) for term in terms)


def _shown(term: Term, table: Mapping[str, str]) -> str:
    """A term as Turtle writes it."""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value, table)
    if isinstance(term, ox.Literal):
        return str(term).replace(f"^^<{term.datatype.value}>", f"^^{shorten(term.datatype.value, table)}")
    return str(term)


def words(one: Located, table: Mapping[str, str], /) -> str:
    """What is wrong, as people read it: our names in it by their prefixes."""
    return _OURS.sub(lambda iri: shorten(iri[0], table), one.finding.message)


def to_text(report: Report, /) -> str:
    """One finding a line, as compilers write them, so that an editor can go to the place."""
    table = report.prefixes
    lines = []
    for one in report.findings:
        first, *others = one.places or ("-",)
        also = f" (also {', '.join(map(str, others))})" if others else ""
        rule = shorten(one.finding.shape, table)
        lines.append(f"{first}: {one.finding.severity}: {subject(one, table)}: {words(one, table)} [{rule}]{also}\n")
    return "".join(lines)


def to_json(report: Report, /) -> str:
    """A list of records."""
    return json.dumps([record(one) for one in report.findings], ensure_ascii=False, indent=2) + "\n"


def to_csv(report: Report, /) -> str:
    """One finding a row, with a header; several pages or places are parted by spaces."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, _COLUMNS)
    writer.writeheader()
    for row in map(record, report.findings):
        joined = {name: " ".join(map(str, value)) for name, value in row.items() if isinstance(value, list)}
        writer.writerow({**row, **joined})
    return stream.getvalue()
