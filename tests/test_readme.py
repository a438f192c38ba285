"""What the README shows works: its queries answer on the real graph, and every command is told of."""

import re

import click
import pytest

from conftest import ROOT
from tiesgraph.cli import main
from tiesgraph.query import run
from tiesgraph.store import Store

README = (ROOT / "README.md").read_text(encoding="utf-8")
QUERIES = {
    "a fact with its source": re.findall(r"```sparql\n(.*?)```", README, re.DOTALL),
    "asked with curl": re.findall(r"<<'EOF'\n(.*?)\nEOF", README, re.DOTALL),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_of_the_readme_answers(name: str, graph: Store) -> None:
    (query,) = QUERIES[name]
    _, rows = run(graph, query).table()
    assert list(rows)


def test_the_fact_of_the_readme_has_its_page_footnote_and_source(graph: Store) -> None:
    (query,) = QUERIES["a fact with its source"]
    _, rows = run(graph, query).table()
    assert [[getattr(term, "value", None) for term in row] for row in rows] == [
        ["2017-01-26", "25", "47", "Government of the UK and Government of Japan, 2017"]
    ]


def test_the_readme_tells_of_every_command() -> None:
    names = main.list_commands(click.Context(main))
    assert names
    assert [name for name in names if f"`tiesgraph {name}`" not in README] == []


@pytest.mark.parametrize("mark", ["serve-command", "test-command"])
def test_the_two_commands_do_all_the_set_up(mark: str) -> None:
    (block,) = re.findall(rf"<!-- {mark} -->\n```sh\n(.*?)\n```", README, re.DOTALL)
    assert block.startswith("python3 -m venv .venv && .venv/bin/pip install ")
