"""How tiesgraph grows with its graph: loading, questions, inference, the check and memory, small graphs and large.

    python tests/bench/growth.py
    python tests/bench/growth.py --sizes 20000 200000 2000000 --plot growth.svg --json growth.json

The graphs are made up by `generator.py`, each holding the one vocabulary. Each size is measured in a process of its
own. An exponent of 1 means that twice the graph takes twice the time; it is taken between one size and the next.
owlrl, the reference for inference, is tried at the smallest size alone. The plot needs the extra `bench` (Altair).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from generator import SIZES, grown

from tiesgraph.bounds import add_bounds
from tiesgraph.infer import add_inferences
from tiesgraph.media import JSON
from tiesgraph.query import question, run
from tiesgraph.rules import close
from tiesgraph.store import Store
from tiesgraph.validate import check

QUESTIONS = (
    "recommendations-in-order",
    "agreements-by-partner",
    "cancelled-exercises",
    "ship-visits-by-state",
    "exercises-by-partner-and-year",
    "skills-of-japan-nato-exercises",
    "two-plus-two-meetings-by-state",
    "staff-talks-by-service",
)
LOOK_UP = [f"SELECT ?p ?o {{ <https://w3id.org/tiesgraph/report/page/{page}> ?p ?o }}" for page in range(110, 114)]
Figures = dict[str, float]
R = TypeVar("R")


def measured(size: int, *, reference: bool) -> Figures:
    """Seconds, milliseconds and MiB at one size."""
    found: Figures = {}
    store = _timed(found, "generate, s", lambda: grown(size))
    found["asserted triples"] = float(len(store))
    if reference:
        other = grown(size)
        _timed(found, "inference by owlrl, s", lambda: add_inferences(other))
    findings = _timed(found, "check, s", lambda: check(store))
    if findings:
        raise SystemExit(f"the shapes find {len(findings)} things wrong at {size:,}: {findings[0].message}")
    _timed(found, "date bounds, s", lambda: add_bounds(store))
    _timed(found, "inference by rules, s", lambda: close(store))
    found["triples"] = float(len(store))
    with tempfile.TemporaryDirectory() as scratch:
        store.pack(Path(scratch))
        found |= _served(Path(scratch))
    found["memory of all this at most, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def _timed(found: Figures, name: str, work: Callable[[], R]) -> R:
    start = time.perf_counter()
    done = work()
    found[name] = time.perf_counter() - start
    return done


def _served(folder: Path) -> Figures:
    """What a server sees of a graph: in a process that has nothing else."""
    program = f"import growth, json, pathlib; print(json.dumps(growth.loaded(pathlib.Path({str(folder)!r}))))"
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=here)
    figures: Figures = json.loads(done.stdout)
    return figures


def loaded(folder: Path) -> Figures:
    """Load a graph as a server does, and ask it."""
    found: Figures = {}
    before = _resident()
    store = _timed(found, "load, s", lambda: _whole(folder))
    for _ in store.narrowing():
        pass
    found["memory of the graph, MiB"] = _resident() - before
    found["look-up, ms"] = statistics.median(_asked(store, text) for text in LOOK_UP for _ in range(20))
    for name in QUESTIONS:
        one = question(name)
        if one is None:
            raise SystemExit(f"no question is called {name}")
        found[f"{name}, ms"] = statistics.median(_asked(store, one.sparql) for _ in range(3))
    return found


def _whole(folder: Path) -> Store:
    store = Store.unpack(folder)
    store.complete()
    return store


def _asked(store: Store, text: str) -> float:
    start = time.perf_counter()
    run(store, text).serialize(JSON)
    return (time.perf_counter() - start) * 1000


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def exponents(all_figures: Sequence[Figures], row: str) -> list[float | None]:
    """Between each size and the next: to which power of the number of triples a figure grows."""
    found: list[float | None] = []
    for one, other in pairwise(all_figures):
        if not one.get(row) or not other.get(row):
            found.append(None)
        else:
            found.append(math.log(other[row] / one[row]) / math.log(other["triples"] / one["triples"]))
    return found


def table(all_figures: Sequence[Figures]) -> str:
    """The figures as text, a column for each size, and the exponents."""
    rows = list(dict.fromkeys(row for figures in all_figures for row in figures))
    lines = []
    for row in rows:
        cells = [_cell(figures.get(row)) for figures in all_figures]
        powers = [f"{power:>8.2f}" if power is not None else f"{'':8}" for power in exponents(all_figures, row)]
        counted = row in ("triples", "asserted triples")
        lines.append("".join([f"{row:44}", *cells, *([] if counted else powers)]))
    head = f"{'':44}" + " " * 14 * len(all_figures) + f"{'exponents':>10}"
    return "\n".join([head, *lines])


def _cell(value: float | None) -> str:
    return f"{'':14}" if value is None else f"{value:>14,.{0 if value >= 100 else 2}f}"


def draw(all_figures: Sequence[Figures], file: Path) -> None:
    """Draw the figures over the number of triples, both axes logarithmic."""
    import altair

    rows = [row for row in all_figures[-1] if row.endswith((", s", ", ms")) and row != "generate, s"]
    values: list[Mapping[str, object]] = [
        {
            "triples": figures["triples"],
            "seconds": figures[row] / (1000 if row.endswith("ms") else 1),
            "what": row.rpartition(",")[0],
        }
        for figures in all_figures
        for row in rows
        if row in figures
    ]
    chart = altair.Chart({"values": values}, title="How tiesgraph grows with its graph", width=620, height=420)
    lines = chart.mark_line(point=True).encode(
        x=altair.X("triples:Q", scale=altair.Scale(type="log"), title="triples"),
        y=altair.Y("seconds:Q", scale=altair.Scale(type="log"), title="seconds"),
        color=altair.Color("what:N", title=None, scale=altair.Scale(scheme="tableau20")),
    )
    lines.save(str(file))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help=f"triples {list(SIZES)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw them into FILE (.svg, .png or .json)")
    parser.add_argument("--alone", type=int, metavar="SIZE", help=argparse.SUPPRESS)
    parser.add_argument("--reference", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.alone:
        sys.stdout.write(json.dumps(measured(options.alone, reference=options.reference)))
        return 0
    all_figures: list[Figures] = []
    for size in sorted(options.sizes):
        command = [sys.executable, str(Path(__file__).resolve()), "--alone", str(size)]
        command += ["--reference"] if size == min(options.sizes) else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        all_figures.append(json.loads(done.stdout))
        sys.stderr.write(f"  {size:,} triples are done\n")
    sys.stdout.write(table(all_figures) + "\n")
    if options.json:
        options.json.write_text(json.dumps(all_figures, indent=1) + "\n", encoding="utf-8")
    if options.plot:
        draw(all_figures, options.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
