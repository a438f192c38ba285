"""Findings as SARIF 2.1.0 (OASIS), which editors and code hosting show at the line concerned."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from urllib.parse import quote

from tiesgraph import __version__
from tiesgraph.names import BASE, shorten
from tiesgraph.rdffile import Place
from tiesgraph.reports.located import Located, Report
from tiesgraph.reports.plain import subject

__all__ = ["to_sarif"]

_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(report: Report, /) -> str:
    """One run with a rule for each shape that found something."""
    shapes = list(report.by_shape)
    rules = [_rule(report, shape) for shape in shapes]
    driver = {"name": "tiesgraph", "version": __version__, "informationUri": BASE, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, one, shapes.index(one.finding.shape)) for one in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(report: Report, shape: str) -> dict[str, object]:
    first = report.by_shape[shape][0]
    rule: dict[str, object] = {
        "id": shorten(shape, report.prefixes),
        "shortDescription": {"text": report.about(shape) or first.finding.message or shape},
        "defaultConfiguration": {"level": _LEVELS[first.finding.severity]},
    }
    # A shape without a name of its own has no address either.
    return rule | ({"helpUri": shape} if shape.startswith(("http:", "https:")) else {})


def _result(report: Report, one: Located, rule: int) -> dict[str, object]:
    finding = one.finding
    # What it is about stays the same when lines move.
    about = "\0".join((finding.shape, finding.focus, finding.path or "", finding.value or ""))
    logical = {"logicalLocations": [{"fullyQualifiedName": finding.focus, "kind": "resource"}]}
    first, *others = [{"physicalLocation": _physical(place)} for place in one.places] or [{}]
    return {
        "ruleId": shorten(finding.shape, report.prefixes),
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{subject(one, report.prefixes)}: {finding.message}"},
        "locations": [first | logical],
        **({"relatedLocations": others} if others else {}),
        "partialFingerprints": {"finding/v1": hashlib.sha256(about.encode()).hexdigest()},
    }


def _physical(place: Place) -> dict[str, object]:
    path = Path(place.file)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    region = {"region": {"startLine": place.line}} if place.line is not None else {}
    return {"artifactLocation": {"uri": uri}, **region}
