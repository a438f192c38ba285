"""What a check or an audit found, written out: one report, one writer a format."""

from __future__ import annotations

from collections.abc import Sequence

from tiesgraph.media import CSV, GRAPH_FORMATS, JUNIT, PLAIN_JSON, SARIF, TEXT, Format
from tiesgraph.reports.junit import to_junit
from tiesgraph.reports.located import RANKS, Located, Report, in_corpus, in_files
from tiesgraph.reports.plain import record, subject, to_csv, to_json, to_text, words
from tiesgraph.reports.rdf import to_rdf
from tiesgraph.reports.sarif import to_sarif
from tiesgraph.reports.unread import unread

__all__ = [
    "FORMATS",
    "RANKS",
    "Located",
    "Report",
    "in_corpus",
    "in_files",
    "record",
    "subject",
    "unread",
    "words",
    "write_report",
]

_TEXTS = {TEXT: to_text, PLAIN_JSON: to_json, CSV: to_csv, JUNIT: to_junit, SARIF: to_sarif}

FORMATS: Sequence[Format] = (*_TEXTS, *GRAPH_FORMATS)
"""What a report can be written as."""


def write_report(report: Report, fmt: Format, /) -> bytes:
    """The report in one of `FORMATS`.

    Raises:
        NotAcceptable: the format has no form for something in it.
    """
    if fmt in _TEXTS:
        return _TEXTS[fmt](report).encode()
    return to_rdf(report, fmt)
