"""How many of the faults that a curator may make does the check tell? Prints the share by kind of fault.

    python tests/mutants.py                   # as the tests have it
    python tests/mutants.py --missed          # with the faults that go unseen, one by one
    python tests/mutants.py --count 40        # more faults of each kind (and more time)
    python tests/mutants.py --seed 2          # at other places
    python tests/mutants.py --only "label"    # the kinds with these words in their name
    python tests/mutants.py --alone 20        # run so many by themselves too: each verdict must be the same

Works on the graph of this checkout, in memory. Ends with 1 where --alone finds a verdict that differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from random import Random

from mutation.field import Field
from mutation.judge import COUNT, GROUPS, SEED, Judge, Verdict, grouped
from mutation.table import FAULTS, HARMLESS
from tiesgraph.names import graph_iri
from tiesgraph.pack import open_graph
from tiesgraph.store import Store

DERIVED = (graph_iri("derived"), graph_iri("inferred"))


def judge_of(graph: Store) -> Judge:
    """The judge of faults in the finished graph `graph`, which stays as it is."""
    asserted = graph.subset(name for name in graph.graphs() if name not in DERIVED)
    return Judge(Field(asserted), list(graph.triples(graph=graph_iri("inferred"))))


def table(verdicts: Iterable[Verdict]) -> list[str]:
    """The lines of a table: kind of fault, how many were told of how many, and by which rules; and the sum."""
    kinds: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        kinds.setdefault(verdict.mutant.operator, []).append(verdict)
    width = max(map(len, kinds), default=0)
    lines = []
    for kind, found in kinds.items():
        rules = sorted({rule.rpartition("#")[2] for verdict in found for rule in verdict.rules})
        more = f" … {len(rules) - 4} more" if len(rules) > 4 else ""
        lines.append(f"{kind:{width}}  {told(found):3} of {len(found):3}  {', '.join(rules[:4])}{more}")
    every = [verdict for found in kinds.values() for verdict in found]
    share = 100 * told(every) / len(every) if every else 0
    return [*lines, f"{len(kinds)} kinds of fault, {told(every)} of {len(every)} told: {share:.1f} %"]


def told(verdicts: Iterable[Verdict]) -> int:
    """How many faults some rule tells."""
    return sum(1 for verdict in verdicts if verdict.rules)


def missed(verdicts: Iterable[Verdict]) -> list[str]:
    """The faults that go unseen, one a line: the kind, the node, what went and what came."""
    return [
        f"{one.mutant.operator}: {one.mutant.node}\n"
        + "".join(f"    - {quad.triple}\n" for quad in one.mutant.gone)
        + "".join(f"    + {quad.triple}\n" for quad in one.mutant.come)
        for one in verdicts
        if not one.rules
    ]


def main() -> int:
    """Run the command; its exit code."""
    lines, _, description = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=lines, epilog=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=COUNT, help="faults of each kind")
    parser.add_argument("--groups", type=int, default=GROUPS, help="how many runs of the check they are spread over")
    parser.add_argument("--seed", default=SEED, help="other seeds choose other places")
    parser.add_argument("--only", default="", help="only the kinds with these words in their name")
    parser.add_argument("--missed", action="store_true", help="list the faults that go unseen")
    parser.add_argument("--alone", type=int, default=0, metavar="N", help="run N of them by themselves as well")
    options = parser.parse_args()
    judge = judge_of(open_graph())
    groups = []
    # What is harmless stands by itself: whatever is told there is told of it, and of no fault near it.
    for kinds, number in ((FAULTS, options.groups), (HARMLESS, 1)):
        wanted = [kind for kind in kinds if options.only in kind.name]
        groups += grouped(judge.field, wanted, count=options.count, groups=number, seed=options.seed)
    verdicts = [verdict for group in groups for verdict in judge.verdicts(group)]
    names = {kind.name for kind in HARMLESS}
    faults = [one for one in verdicts if one.mutant.operator not in names]
    harmless = [one for one in verdicts if one.mutant.operator in names]
    sys.stdout.write("\n".join([*table(faults), f"{told(harmless)} of {len(harmless)} harmless changes told", ""]))
    if options.missed:
        sys.stdout.write("\n" + "\n".join(missed(faults)))
    sample = Random(options.seed).sample(verdicts, min(options.alone, len(verdicts)))  # noqa: S311
    other = [one for one in sample if bool(judge.verdicts([one.mutant])[0].rules) != bool(one.rules)]
    if sample:
        sys.stdout.write(f"{len(sample)} run alone: {len(sample) - len(other)} with the same verdict\n")
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main())
