"""How long the shapes take over the whole graph: tiesgraph's validator beside pySHACL, in turns, in one process.

    python tests/bench/shapes.py
    python tests/bench/shapes.py --runs 5 --json out.json

Both judge what the files assert. pySHACL is given the constraints of SHACL Core alone, because it takes minutes
over those in SPARQL: it gets one prepared graph, no inference, no imports. tiesgraph's validator is timed with the
same constraints and with all of them. Both have to find the same; what they find is counted.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import rdflib

from tiesgraph.bridge import quiet_about_literals, rdflib_term
from tiesgraph.names import SH, prefixes
from tiesgraph.pack import open_asserted
from tiesgraph.shacl import Facts, run
from tiesgraph.store import Store
from tiesgraph.validate import NOT_CHECKED, SHAPES

Case = Callable[[], int]
"""Judges, and says how many results there are."""


def as_rdflib(facts: Facts) -> rdflib.Graph:
    """The same graph as rdflib holds it."""
    graph = rdflib.Graph(bind_namespaces="none")
    with quiet_about_literals():
        for node, prop, value in facts.triples():
            graph.add((rdflib_term(node), rdflib_term(prop), rdflib_term(value)))
    return graph


def cases(data: Store, shapes: Facts) -> Mapping[str, Case]:
    """What is timed, by name."""
    sparql = (SH["sparql"], SH["target"])
    core = Facts(triple for triple in engine_triples(shapes) if triple.predicate not in sparql)
    prepared, rules = as_rdflib(Facts(data.triples())), as_rdflib(core)

    def reference() -> int:
        _, report, text = pyshacl.validate(prepared, shacl_graph=rules, inplace=True, do_owl_imports=False)
        if not isinstance(report, rdflib.Graph):
            raise SystemExit(f"pySHACL failed: {text}")
        return len(list(report.objects(None, rdflib.SH.result)))

    def ours(wanted: Facts) -> Case:
        return lambda: len(run(Facts(data.triples()), shapes=wanted, engine=data, prefixes=prefixes()))

    return {"pySHACL, core": reference, "tiesgraph, core": ours(core), "tiesgraph, all": ours(shapes)}


def engine_triples(facts: Facts) -> Sequence[ox.Triple]:
    """The triples of facts, as the engine has them."""
    return [ox.Triple(*triple) for triple in facts.triples()]


def timed(case: Case) -> tuple[float, float, int]:
    """Seconds by the clock, seconds of the processor, and how many results."""
    clock, processor = time.perf_counter(), time.process_time()
    found = case()
    return time.perf_counter() - clock, time.process_time() - processor, found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="how often each is timed [3]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of every run to FILE")
    options = parser.parse_args(arguments)
    store = open_asserted()
    data = store.subset(graph for graph in store.graphs() if graph not in NOT_CHECKED)
    known = cases(data, Facts(store.triples(graph=SHAPES)))
    sys.stdout.write(f"{data.size():,} triples, {options.runs} runs each, in turns\n")
    # What is prepared stays: the collector need not look through it again for whoever comes next.
    gc.freeze()
    figures: dict[str, list[tuple[float, float, int]]] = {name: [] for name in known}
    for _ in range(options.runs):
        for name, case in known.items():
            figures[name].append(timed(case))
    sys.stdout.write(f"{'':18}{'clock s':>10}{'processor s':>13}{'results':>9}\n")
    for name, runs in figures.items():
        clock, processor = (statistics.median(run[part] for run in runs) for part in (0, 1))
        sys.stdout.write(f"{name:18}{clock:10.2f}{processor:13.2f}{runs[0][2]:9}\n")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
