"""A page broken in ten ways: `tiesgraph check` names each node, its place in the page's file, and the mend."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from tiesgraph.names import prefixes, shorten

PAGE = "data/pages/3-united-kingdom/p029.ttl"

BREAKS = {
    "a label lost": ("contingent:argyll-izumo-2018-us-submarine", r"    rdfs:label .*\n", ""),
    "a day that does not exist": ("exercise:hms-argyll-izumo-2018", "2018-12-22", "2018-12-32"),
    "a place that takes part": ("exercise:hms-argyll-kaga-2018", "actor:royal-navy", "place:indian-ocean"),
    "a number in words": ("tally:hms-argyll-exercises-with-msdf", "ties:value 2", 'ties:value "two"'),
    "a concept of another scheme": ("exercise:hms-albion-shimokita-2018", "domain:maritime", "status:held"),
    "a property of another class": (
        "operation:hms-argyll-2018-deployment",
        "ties:participant",
        'ties:signed "2018"^^xsd:gYear ;\n    ties:participant',
    ),
    "evidence that is no footnote": ("contingent:argyll-izumo-2018-wildcat", "note:3-69", "page:29"),
    "a gist too long": ("superlative:hms-albion-largest-in-25-years", 'gist "No', 'gist "No' + " very" * 41),
    "one force too many": ("contingent:argyll-izumo-2018-seahawk", "actor:msdf", "actor:msdf , actor:royal-navy"),
    "a text without its language": ("contingent:argyll-izumo-2018-p-1", '"@en', '"'),
}
"""Claim → the node whose block is broken, what is taken away (a pattern), and what is put there."""


def broken(text: str) -> str:
    """The page's text with all the breaks, each in its own node's block."""
    for node, old, new in BREAKS.values():
        block = re.search(rf"^{re.escape(node)} .*?\n(?=\n|\Z)", text, re.MULTILINE | re.DOTALL)
        assert block, f"{node} has no block in {PAGE}"
        changed, times = re.subn(old, lambda _, new=new: new, block[0], count=1)  # type: ignore[misc]
        assert times == 1, f"{old} does not stand in the block of {node}"
        text = text.replace(block[0], changed)
    return text


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[dict[str, object]]]:
    """The exit code and the findings of the command on a copy of the corpus with the broken page."""
    copy = tmp_path_factory.mktemp("broken")
    for folder in ("ontology", "shapes", "data"):
        shutil.copytree(ROOT / folder, copy / folder)
    (copy / PAGE).write_text(broken((copy / PAGE).read_text(encoding="utf-8")), encoding="utf-8")
    program = str(Path(sys.executable).parent / "tiesgraph")
    command = [program, "check", "--corpus", str(copy), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def test_the_exit_code_tells_of_findings(checked: tuple[int, list[dict[str, object]]]) -> None:
    assert checked[0] == 1


@pytest.mark.parametrize("claim", BREAKS)
def test_it_is_found_with_node_place_and_mend(checked: tuple[int, list[dict[str, object]]], claim: str) -> None:
    node = BREAKS[claim][0]
    found = [finding for finding in checked[1] if shorten(str(finding["node"]), prefixes()) == node]
    assert found
    for finding in found:
        assert any(re.fullmatch(re.escape(PAGE) + r":\d+", place) for place in as_list(finding["places"]))
        assert finding["severity"] == "violation"
        assert finding["message"]


def test_nothing_else_is_found(checked: tuple[int, list[dict[str, object]]]) -> None:
    nodes = {shorten(str(finding["node"]), prefixes()) for finding in checked[1]}
    # A link has two ends: the page that is taken for a footnote is told of too.
    assert sorted(nodes - {node for node, _, _ in BREAKS.values()} - {"page:29"}) == []


def as_list(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(item) for item in value]
