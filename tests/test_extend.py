"""EXTENDING.md works: its commands run in order in an empty folder, print what it says, and need no code changed."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from conftest import ROOT
from tiesgraph import pack
from tiesgraph.cli import main
from tiesgraph.names import TIES
from tiesgraph.store import Store

GUIDE = (ROOT / "EXTENDING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:<!-- (?P<mark>[^>]*) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
BLOCKS = list(BLOCK.finditer(GUIDE))
FILES = {
    block["mark"].removeprefix("file: "): block["text"] for block in BLOCKS if (block["mark"] or "").startswith("file:")
}
TURTLE = sorted(name for name in FILES if name.endswith(".ttl"))


class Walk:
    """The guide walked through once: what its commands printed, and the files as they were begun."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed: list[tuple[str, str, int]] = []
        """Command, stdout and exit code."""
        self.wanted: list[tuple[str, str, int]] = []
        self.begun: dict[str, str] = {}
        self.said: dict[str, str] = {}

    def through(self) -> None:
        for block, after in zip(BLOCKS, [*BLOCKS[1:], None], strict=True):
            mark = block["mark"] or ""
            if mark.startswith("file: "):
                file = self.folder / mark.removeprefix("file: ")
                if file.exists():
                    self.begun[mark.removeprefix("file: ")] = file.read_text(encoding="utf-8")
                file.write_text(block["text"], encoding="utf-8")
            elif block["kind"] == "sh":
                code = int(mark.removeprefix("exit: ")) if mark.startswith("exit: ") else 0
                prints = after["text"] if after is not None and after["mark"] == "prints" else None
                for line in block["text"].splitlines():
                    self._run(line, prints, code)

    def _run(self, line: str, prints: str | None, code: int) -> None:
        program, *arguments = shlex.split(line)
        if program != "tiesgraph" or arguments[0] == "serve":
            return
        result = CliRunner().invoke(main, arguments)
        self.said[line] = result.stderr
        self.printed.append((line, result.stdout if prints is not None else "", result.exit_code))
        self.wanted.append((line, prints or "", code))


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, graph: Store) -> Walk:
    walk = Walk(tmp_path_factory.mktemp("guide"))
    with pytest.MonkeyPatch.context() as patch:
        # `new` and `check` change nothing in the graph that they open: the one at hand saves the loading.
        patch.setattr(pack, "open_asserted", lambda **_: graph)
        patch.chdir(walk.folder)
        walk.through()
    return walk


def test_the_commands_print_what_the_guide_says(walk: Walk) -> None:
    assert len(walk.printed) >= 7
    assert walk.printed == walk.wanted


def test_the_filled_files_are_clean(walk: Walk) -> None:
    assert walk.said["tiesgraph check italy --with-graph"] == "0 findings\n"


def triples(text: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}


@pytest.mark.parametrize("name", TURTLE)
def test_a_file_is_its_skeleton_filled_in(name: str, walk: Walk) -> None:
    begun, filled = triples(walk.begun[name]), triples(FILES[name])
    assert begun <= filled
    properties = {triple.predicate.value.removeprefix(TIES) for triple in filled - begun}
    if "a ties:PageGraph" in walk.begun[name] and "# Needed:" not in walk.begun[name]:
        # A page's file begins empty: it is there for more about what the graph has already.
        assert properties == {"ofRelationship"}
    else:
        assert properties <= set(re.findall(r" ties:(\w+) ", walk.begun[name]))


def test_the_files_of_the_guide_are_tidy(walk: Walk) -> None:
    formatter = Path(sys.executable).with_name("turtlefmt")
    files = [walk.folder / name for name in TURTLE]
    done = subprocess.run([formatter, "--check", *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_server_of_the_guide_answers(walk: Walk) -> None:
    (serve,) = (line for line in GUIDE.splitlines() if line.startswith("tiesgraph serve"))
    (curl,) = (line for line in GUIDE.splitlines() if line.startswith("curl "))
    query = (walk.folder / curl.rpartition("query@")[2]).read_text(encoding="utf-8")
    (wanted,) = (prints for line, prints, _ in walk.wanted if line.startswith("tiesgraph query japan-italy.rq"))
    command = [sys.executable, "-c", "from tiesgraph.cli import main; main()", *shlex.split(serve)[1:], "--port", "0"]
    with subprocess.Popen(command, cwd=walk.folder, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            lines = iter(process.stderr.readline, "")
            url = next(found[0] for line in lines if (found := re.search(r"http://\S+/sparql", line)))
            answer = httpx.post(url, data={"query": query}, headers={"Accept": "text/csv"}, timeout=60)
            page = httpx.get(url.replace("/sparql", "/id/relationship/japan-italy"), follow_redirects=True, timeout=60)
        finally:
            process.kill()
    assert answer.text.splitlines() == wanted.splitlines()
    assert page.status_code == 200
    assert "Japan–Italy" in page.text
