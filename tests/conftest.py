"""What the tests share: the toy corpus, graphs made from snippets of Turtle, and the real graph, made once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tiesgraph.corpus import Corpus
from tiesgraph.names import graph_iri, prefixes
from tiesgraph.pack import open_graph
from tiesgraph.pipeline import build
from tiesgraph.store import Store

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).resolve().parent / "cases"

Snippets = Callable[..., Store]

SUMMARY = pytest.StashKey[list[str]]()
"""What tests have measured, to be told at the end: the last line always, the rest where pytest is verbose."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what tests have measured."""
    lines = config.stash.get(SUMMARY, [])
    for line in lines if terminalreporter.verbosity > 0 else lines[-1:]:
        terminalreporter.write_line(line)


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy corpus, to be broken at will."""
    return Path(shutil.copytree(CASES / "corpus", tmp_path / "toy"))


@pytest.fixture(scope="session")
def toy_graph() -> Store:
    """The finished graph of the toy corpus. Not to be changed."""
    return build(Corpus.at(CASES / "corpus"), version="0")[0]


@pytest.fixture(scope="session")
def graph() -> Store:
    """The finished real graph. Not to be changed."""
    return open_graph()


@pytest.fixture
def snippets(tmp_path: Path) -> Snippets:
    """Makes a store of named graphs, each from the Turtle text given under its name; all our prefixes are declared."""

    def make(**texts: str) -> Store:
        store = Store()
        header = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())
        for name, text in texts.items():
            file = tmp_path / f"{name}.ttl"
            file.write_text(header + text, encoding="utf-8")
            store.load(file, graph=graph_iri(name))
        return store

    return make
