"""Findings as the validation report that SHACL defines (section 3.6), in each RDF format."""

from __future__ import annotations

from tiesgraph.jsonld import write_jsonld
from tiesgraph.media import JSONLD, Format
from tiesgraph.names import prefixes
from tiesgraph.rdftext import write_rdf
from tiesgraph.reports.located import Report
from tiesgraph.shacl.report import report as as_triples

__all__ = ["to_rdf"]


def to_rdf(report: Report, fmt: Format, /) -> bytes:
    """The `sh:ValidationReport`, with those of our prefixes that it needs.

    Raises:
        NotAcceptable: the format has no form for something in it.
    """
    triples = as_triples((one.finding.result for one in report.findings), shapes=report.shapes)
    return write_jsonld(triples, prefixes()) if fmt == JSONLD else write_rdf(triples, fmt, prefixes())
