"""The benchmarks are run by hand; that they start and say what they do is tested."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tiesgraph.store import Store
from tiesgraph.validate import check

BENCH = Path(__file__).resolve().parent / "bench"
SCRIPTS = [file for file in sorted(BENCH.glob("*.py")) if "__main__" in file.read_text(encoding="utf-8")]


def test_there_are_benchmarks() -> None:
    assert SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_benchmark_documents_itself(script: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(script), "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert f"python tests/bench/{script.name}" in done.stdout


def test_a_missing_environment_is_said(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH / "startup.py"), "--venv", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "there is no tiesgraph" in done.stderr


@pytest.fixture
def generate(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], Store]:
    monkeypatch.syspath_prepend(str(BENCH))
    grown = importlib.import_module("generator").grown
    return lambda triples, seed: grown(triples, seed=seed)


def quads(store: Store) -> list[str]:
    return sorted(map(str, store.engine))


def test_a_made_up_graph_is_the_same_each_time_and_another_seed_makes_another(
    generate: Callable[[int, int], Store],
) -> None:
    first, second, other = (quads(generate(20_000, seed)) for seed in (1, 1, 2))
    assert first == second != other


def test_a_made_up_graph_has_the_size_that_is_asked_for_and_conforms(generate: Callable[[int, int], Store]) -> None:
    store = generate(20_000, 1)
    assert 20_000 <= len(store) <= 21_000
    assert check(store) == []


def test_a_short_soak_ends_with_nothing_that_was_not_asked_for(tmp_path: Path) -> None:
    script = SCRIPTS[0].with_name("soak.py")
    told = tmp_path / "soak.json"
    options = [
        "--seconds",
        "8",
        "--clients",
        "16",
        "--limit",
        "3",
        "--no-times",
        "--json",
        str(told),
    ]
    done = subprocess.run(
        [sys.executable, str(script), *options], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(told.read_text(encoding="utf-8"))
    assert seen["wrong"] == []
    assert seen["statuses"]["attack light"]["200"] > 0
    assert any(key.endswith(" death") for key in seen["statuses"])
