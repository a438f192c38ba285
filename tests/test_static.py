"""Lint, types and formatting, so that one command checks all."""

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

BIN = Path(sys.executable).parent
TURTLE = ("ontology", "shapes", "data", "tests/cases")


def run(*command: str) -> str:
    """What the program says, empty where it is content."""
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("ruff", "check", "."), id="lint"),
        pytest.param(("ruff", "format", "--check", "."), id="format"),
        pytest.param(("mypy",), id="types"),
    ],
)
def test_the_code_is_clean(command: tuple[str, ...]) -> None:
    assert run(*command) == ""


@pytest.mark.parametrize("folder", TURTLE)
def test_the_turtle_is_tidy(folder: str) -> None:
    files = sorted(str(file.relative_to(ROOT)) for file in (ROOT / folder).rglob("*.ttl"))
    assert files, f"no Turtle under {folder}"
    assert run("turtlefmt", "--check", *files) == ""
