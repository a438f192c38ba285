"""The audit of the real report finds exactly the contradictions that readers found on its pages, each on its page.

`tests/audit.csv` is kept by hand: a finding that comes or goes is looked up in the report before it is entered.
"""

import csv

import pytest

from conftest import ROOT
from tiesgraph.names import BASE, TSH
from tiesgraph.store import Store
from tiesgraph.validate import Finding, audit


@pytest.fixture(scope="module")
def findings(graph: Store) -> list[Finding]:
    return audit(graph)


def test_the_audit_finds_what_readers_found(findings: list[Finding]) -> None:
    with (ROOT / "tests" / "audit.csv").open(encoding="utf-8", newline="") as lines:
        kept = {(row["rule"], row["node"], row["page"]) for row in csv.DictReader(lines)}
    found = {(f.shape.removeprefix(TSH), f.focus.removeprefix(BASE), f.places[0].lstrip("p0")) for f in findings}
    assert kept
    assert sorted(found) == sorted(kept)


def test_every_finding_explains_itself(findings: list[Finding]) -> None:
    for finding in findings:
        assert finding.severity == "warning"
        assert len(finding.message.split()) >= 5
        assert "{?" not in finding.message, f"{finding.shape} leaves a place in its message open"
