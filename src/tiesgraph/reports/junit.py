"""Findings as JUnit's XML, which every CI service shows: a suite for each shape, a case for each finding.

A finding below the threshold is a case that passes and says what it found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from tiesgraph.names import shorten
from tiesgraph.reports.located import Located, Report
from tiesgraph.reports.plain import subject

__all__ = ["to_junit"]

# XML 1.0 (section 2.2) has no place for these, not even as references.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(report: Report, /) -> str:
    """The findings as one `testsuites` document; where there is none, a single case that passes."""
    table = report.prefixes
    root = ET.Element("testsuites", name="tiesgraph check")
    for shape, members in report.by_shape.items():
        name = shorten(shape, table)
        failures = str(sum(map(report.fails, members)))
        suite = ET.SubElement(root, "testsuite", name=name, tests=str(len(members)), failures=failures, errors="0")
        for one in members:
            _case(suite, name, one, table, fails=report.fails(one))
    if not report.findings:
        suite = ET.SubElement(root, "testsuite", name="shapes", tests="1", failures="0", errors="0")
        ET.SubElement(suite, "testcase", classname="shapes", name="no findings")
    root.set("tests", str(max(1, len(report.findings))))
    root.set("failures", str(report.failures))
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body.decode() + "\n"


def _case(suite: ET.Element, shape: str, one: Located, table: Mapping[str, str], *, fails: bool) -> None:
    case = ET.SubElement(suite, "testcase", classname=shape, name=_clean(subject(one, table)))
    place = next(iter(one.places), None)
    if place:
        case.set("file", _clean(place.file))
        if place.line is not None:
            case.set("line", str(place.line))
    message = _clean(one.finding.message)
    if fails:
        told = ET.SubElement(case, "failure", type=one.finding.severity, message=message)
        told.text = _clean("\n".join([one.finding.message, *map(str, one.places)]))
    else:
        ET.SubElement(case, "system-out").text = f"{one.finding.severity}: {message}"


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
