"""The shapes tell 95 of 100 faults that a curator may make; `python tests/mutants.py` shows them all.

`tests/mutants-missed.csv` is kept by hand: which kinds of fault may go unseen, how many of those made here at most,
and why no shape can know. A fault that goes unseen and is not in it wants a better shape, or a reason.
"""

import csv

import pytest

from conftest import ROOT, SUMMARY
from mutants import judge_of, missed, table, told
from mutation.judge import COUNT, GROUPS, Verdict, grouped
from mutation.table import FAULTS, HARMLESS
from tiesgraph.store import Store

Verdicts = dict[str, list[Verdict]]


@pytest.fixture(scope="module")
def verdicts(graph: Store, pytestconfig: pytest.Config) -> Verdicts:
    """Kind of change → what the check says of each such change in the real graph."""
    judge = judge_of(graph)
    kinds = [*FAULTS, *HARMLESS]
    found: Verdicts = {kind.name: [] for kind in kinds}
    # What is harmless stands by itself: whatever is told there is told of it, and of no fault near it.
    groups = grouped(judge.field, FAULTS, count=COUNT, groups=GROUPS)
    for group in [*groups, *grouped(judge.field, HARMLESS, count=COUNT, groups=1)]:
        for verdict in judge.verdicts(group):
            found[verdict.mutant.operator].append(verdict)
    lines = table(one for kind in FAULTS for one in found[kind.name])
    pytestconfig.stash[SUMMARY] = [*pytestconfig.stash.get(SUMMARY, []), *lines]
    return found


def faults(verdicts: Verdicts) -> list[Verdict]:
    return [one for kind in FAULTS for one in verdicts[kind.name]]


def test_faults_of_many_kinds_are_made_in_hundreds(verdicts: Verdicts) -> None:
    assert len(FAULTS) >= 30
    assert len({kind.name for kind in (*FAULTS, *HARMLESS)}) == len(FAULTS) + len(HARMLESS)
    assert sorted(kind for kind, made in verdicts.items() if not made) == []
    assert len(faults(verdicts)) >= 400


def test_nearly_all_are_told(verdicts: Verdicts) -> None:
    found = faults(verdicts)
    assert told(found) / len(found) >= 0.95, "\n".join(table(found))


def test_those_that_go_unseen_are_known_with_the_reason(verdicts: Verdicts) -> None:
    with (ROOT / "tests" / "mutants-missed.csv").open(encoding="utf-8", newline="") as lines:
        known = {row["fault"]: row for row in csv.DictReader(lines)}
    assert sorted(known.keys() - {kind.name for kind in FAULTS}) == [], "there are no such faults"
    assert [row for row in known.values() if not row["reason"]] == []
    for fault in (kind.name for kind in FAULTS):
        most = int(known[fault]["most"]) if fault in known else 0
        assert len(missed(verdicts[fault])) <= most, "\n".join(missed(verdicts[fault]))


def test_nothing_is_told_where_nothing_is_wrong(verdicts: Verdicts) -> None:
    found = [one for kind in HARMLESS for one in verdicts[kind.name]]
    assert found
    assert [(one.mutant.operator, one.mutant.node, one.rules) for one in found if one.rules] == []
