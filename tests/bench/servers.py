"""tiesgraph beside the native Oxigraph server and rdflib-endpoint: the same triples, in turns, in one table.

    python tests/bench/servers.py --oxigraph path/to/venv/bin --rdflib-endpoint path/to/venv/bin
    python tests/bench/servers.py --tiesgraph path/to/venv/bin --seconds 5 --rounds 5 --json out.json

The other servers come from environments of their own; one that is not given is left out, and this is said:
    pip install oxigraph
    pip install 'rdflib-endpoint[cli]'

All serve the graph that tiesgraph carries: the default graph with each triple once, and the named graphs. Before
anything is timed they are asked everything, and their rows are compared: a tiesgraph that answers otherwise than
Oxigraph ends the run. rdflib-endpoint takes seconds for a question: it is asked each once, alone, with at most 5
seconds for each (a question that takes longer counts as if it took 5; after three of those no more are asked), and only
what it answers alike counts.

    repeated  twelve named questions again and again: caches may help
    mix       the same twelve, each time with another constant (LIMIT), so that each has to be worked out
    light     short queries of one to four patterns with up to some hundred rows, each time with other constants
    point     one triple pattern with subject and predicate, each time with other constants

Figures are medians over rounds in which the servers take turns; ratios are medians of the ratios in each round, of
answers per second, or of how many times longer or larger the others are.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from contestants import Contestant, Running, contestants, get, running
from load import ceiling, drive, driver
from startup import say, write_triples
from workload import NAMED, Workload, rows, workloads

CELLS = (
    *(("repeated", clients) for clients in (1, 8, 64)),
    *(("mix", clients) for clients in (1, 8, 64)),
    *(("light", clients) for clients in (1, 8, 64)),
    ("point", 8),
)
_PATIENCE, _SHOWN, _LATE = 5.0, 12, 3
"""For a slow server: seconds for a question, how many are asked, and after how many late ones no more."""
Figures = dict[str, dict[str, list[float]]]
"""Row → server → one figure a round."""


def compare(servers: Sequence[Running], work: Sequence[Workload]) -> None:
    """Ask everything of all.

    Raises:
        SystemExit: they disagree.
    """
    first, *others = servers
    for text in (text for one in work[1:] for text in one.texts[:60]):
        wanted = rows(get(first.url, text))
        for other in others:
            if rows(get(other.url, text)) != wanted:
                raise SystemExit(f"{first.contestant.name} and {other.contestant.name} do not agree on:\n{text}")


def patiently(entrant: Contestant, wanted: Running, work: Sequence[Workload]) -> tuple[Figures, list[str]]:
    """Figures of a server that takes seconds, and what is to be said of them; `wanted` tells the right answers."""
    found: Figures = {}
    remarks = []
    stack = contextlib.ExitStack()
    with stack:
        server = stack.enter_context(running(entrant))
        found["memory at first, MiB"] = {entrant.name: [server.memory() / 2**20]}
        for one in work[1:]:
            asked, right, late, taken = 0, 0, 0, 0.0
            for turn, text in enumerate(one.texts[:_SHOWN]):
                if late == _LATE:
                    break
                asked += 1
                start = time.perf_counter()
                try:
                    right += rows(get(server.url, text, seconds=_PATIENCE)) == rows(get(wanted.url, text))
                except OSError:
                    # It goes on with that question, so that only another process is free for the next one.
                    late += 1
                    stack.close()
                    server = stack.enter_context(running(entrant))
                    taken += _PATIENCE
                    continue
                seconds = time.perf_counter() - start
                taken += seconds
                if one.name == "mix":
                    found[f"{NAMED[turn]}, p50 ms"] = {entrant.name: [seconds * 1000]}
            found[f"{one.name}, 8 clients, /s"] = {entrant.name: [right / taken]}
            remarks.append(f"{entrant.name}, {one.name}: {right} of {asked} right, {late} not within {_PATIENCE:g} s")
    return found, remarks


def cold(entrants: Sequence[Contestant], runs: int) -> Figures:
    """Milliseconds from starting a process to its first answer."""
    found: Figures = {"cold start, ms": {entrant.name: [] for entrant in entrants}}
    for run in range(runs + 1):
        for entrant in entrants:
            # The first run warms the file cache. One that takes many seconds is not waited for often.
            if entrant.swift or run == 1:
                with running(entrant) as server:
                    say(f"  cold start {run}/{runs} {entrant.name}: {server.seconds:.3f} s")
                if run:
                    found["cold start, ms"][entrant.name].append(server.seconds * 1000)
    return found


def latencies(servers: Sequence[Running], named: Workload, times: int) -> Figures:
    """Milliseconds of each named question, asked one after the other, each time with another constant."""
    found: Figures = {}
    for name, text in zip(NAMED, named.texts, strict=True):
        taken: dict[str, list[float]] = {server.contestant.name: [] for server in servers}
        for _ in range(times):
            for server in servers:
                start = time.perf_counter()
                get(server.url, f"{text}\nLIMIT {int(time.time() * 1e6)}")
                taken[server.contestant.name].append((time.perf_counter() - start) * 1000)
        for label, part in (("p50", 0.5), ("p95", 0.95)):
            found[f"{name}, {label} ms"] = {
                who: [sorted(values)[int((len(values) - 1) * part)]] for who, values in taken.items() if values
            }
    return found


def throughput(servers: Sequence[Running], work: Mapping[str, Workload], seconds: float, rounds: int) -> Figures:
    """Answers a second, by workload and number of clients."""
    found: Figures = {}
    for turn in range(rounds + 1):
        for name, clients in CELLS:
            if not turn and clients != 8:
                continue
            for server in servers:
                rate = drive(server.url, work[name], clients=clients, seconds=seconds if turn else 1)
                if not turn:
                    continue
                row = f"{name}, {clients} client{'s' if clients > 1 else ''}"
                for kind, value in (("/s", rate.per_second), (" p99 ms", rate.p99)):
                    by_server = found.setdefault(f"{row},{kind}" if kind != "/s" else f"{row}, /s", {})
                    by_server.setdefault(server.contestant.name, []).append(value)
        say(f"  round {turn}/{rounds} is over")
    return found


def table(figures: Figures, names: Sequence[str]) -> str:
    """The figures as text; a ratio says how many times better tiesgraph is."""
    others = names[1:]
    lines = ["".join([f"{'':58}", *(f"{name:>16}" for name in names), *(f"{'/ ' + name:>18}" for name in others)])]
    for row, values in figures.items():
        cells = [f"{_shown(statistics.median(values[name])):>16}" if values.get(name) else f"{'':16}" for name in names]
        ratios = [f"{_ratio(row, values, name):>18}" for name in others]
        lines.append("".join([f"{row:58}", *cells, *ratios]))
    return "\n".join(lines)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ratio(row: str, values: Mapping[str, Sequence[float]], other: str) -> str:
    ours, theirs = values.get("tiesgraph"), values.get(other)
    if not ours or not theirs:
        return ""
    if len(ours) != len(theirs):
        ours, theirs = [statistics.median(ours)], [statistics.median(theirs)]
    pairs = zip(ours, theirs, strict=True)
    return f"{statistics.median(mine / other if row.endswith('/s') else other / mine for mine, other in pairs):.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and give 0, or 2 where tiesgraph cannot be started."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    own = Path(sys.executable).parent
    parser.add_argument("--tiesgraph", type=Path, metavar="BIN", default=own, help="where tiesgraph is [this python's]")
    parser.add_argument("--oxigraph", type=Path, metavar="BIN", help="where the program oxigraph is")
    parser.add_argument("--rdflib-endpoint", type=Path, metavar="BIN", help="where rdflib-endpoint is")
    parser.add_argument("--seconds", type=float, default=2, help="of each cell of the table in each round [2]")
    parser.add_argument("--rounds", type=int, default=3, help="how often the servers take turns [3]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of every round to FILE")
    options = parser.parse_args(arguments)
    if not shutil.which(str(options.tiesgraph / "tiesgraph")):
        say(f"there is no tiesgraph in {options.tiesgraph}: name its folder with --tiesgraph")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        quads = Path(scratch) / "graph.nq"
        say(f"{write_triples(options.tiesgraph / 'python', None, quads):,} quads are served")
        entrants = contestants(options.tiesgraph, options.oxigraph, options.rdflib_endpoint, quads)
        names = [entrant.name for entrant in entrants]
        figures, remarks = measured(entrants, options.seconds, options.rounds)
    for absent in {"oxigraph", "rdflib-endpoint"} - set(names):
        sys.stdout.write(f"{absent} was not given, and is not in the table\n")
    sys.stdout.write("".join(f"{remark}\n" for remark in remarks))
    sys.stdout.write(table(figures, names) + "\n")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def measured(entrants: Sequence[Contestant], seconds: float, rounds: int) -> tuple[Figures, list[str]]:
    """All figures, and what is to be said of them."""
    work = {one.name: one for one in workloads()}
    most = ceiling(clients=8, seconds=seconds)
    remarks = [f"load by {driver()}: {most:,.0f} answers a second from a server that does nothing"]
    figures = cold(entrants, rounds)
    slow: list[Figures] = []
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(running(entrant)) for entrant in entrants if entrant.swift]
        rest = {server.contestant.name: [server.memory() / 2**20] for server in servers}
        compare(servers, list(work.values()))
        say("  the answers were compared")
        for entrant in entrants:
            if not entrant.swift:
                its, told = patiently(entrant, servers[0], list(work.values()))
                slow.append(its)
                remarks += told
                say(f"  {entrant.name} was asked")
        figures |= latencies(servers, work["mix"], 20)
        figures |= throughput(servers, work, seconds, rounds)
        figures["memory at first, MiB"] = rest
        figures["memory afterwards, MiB"] = {one.contestant.name: [one.memory() / 2**20] for one in servers}
    for its in slow:
        for row, values in its.items():
            figures.setdefault(row, {}).update(values)
    return figures, remarks


if __name__ == "__main__":
    sys.exit(main())
