"""The benchmarks are run by hand; that they start and say what they do is tested."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = [
    file
    for file in sorted((Path(__file__).resolve().parent / "bench").glob("*.py"))
    if "__main__" in file.read_text(encoding="utf-8")
]


def test_there_are_benchmarks() -> None:
    assert SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_benchmark_documents_itself(script: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(script), "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert f"python tests/bench/{script.name}" in done.stdout


def test_a_missing_environment_is_said(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPTS[0].with_name("startup.py")), "--venv", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "there is no tiesgraph" in done.stderr
