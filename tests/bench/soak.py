"""A long soak: a server on the real graph, and many clients at once, of whom a good part mean it ill.

    python tests/bench/soak.py                                  # ten minutes, 64 clients
    python tests/bench/soak.py --seconds 300 --clients 32
    python tests/bench/soak.py --seconds 8 --clients 16 --no-times   # as the tests run it
    python tests/bench/soak.py --json out.json

It starts `tiesgraph serve` in a process of its own and knows the right answers beforehand. Then there are rounds, each
of a while at rest (clients that ask for single things of the graph, each query unlike any other), a while of ordinary
traffic (the named questions beside that: repeated, with If-None-Match, and written so that no cache knows them), and a
longer while of attack: queries of death, clients that read slowly or vanish, workers killed from outside and, once
a round, the process that makes them and the one kept ready to take its place. At the end the server gets SIGTERM with
queries in flight.

It fails (exit code 1) where anything was not as it has to be: an answer that is wrong, or cut without saying so; a
status that was not asked for; a broken connection; a query of death that outlived its limit by more than half a second;
light queries whose 99th percentile under attack is over three times that at rest; memory that does not come back;
an end that takes over ten seconds or leaves a process behind. With --no-times nothing is judged that depends on how
busy the machine is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from soaking.asks import DEATHS, Ask, with_answers
from soaking.client import Client, Got, fault
from soaking.crowd import GROUPS, Crowd, Traffic
from soaking.ledger import Ledger, percentile
from soaking.server import Server, in_use, memory

MIB = 1024 * 1024
GRACE = 0.5
RATIO = 3.0
LEFT_OVER = 64
"""MiB beyond what the server says that its cache holds."""
END_WITHIN = 10.0
SERVE = [sys.executable, "-c", "from tiesgraph.cli import main; main()", "serve"]


@dataclass(slots=True)
class Soak:
    """A run as it goes: what was seen, and what is wrong with it.

    Attributes:
        options: of the command line.
        server: that is soaked.
        figures: what is told at the end.
        wrong: what must not have been.
    """

    options: argparse.Namespace
    server: Server
    figures: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    rise: int = 0

    def expect(self, holds: bool, what: str, /) -> None:
        """Note what does not hold."""
        if not holds:
            self.wrong.append(what)


def say(text: str, /) -> None:
    """Talk goes to stderr, the table to stdout."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def ask_all(url: str, asks: Sequence[Ask], ledger: Ledger, phase: str) -> None:
    """Ask each once, one after the other."""
    client = Client(url)
    for ask in asks:
        got = client.get(ask)
        ledger.note(phase, ask.kind, got.status)
        if (what := fault(ask, got)) is not None:
            ledger.blame(what)
    client.close()


def watch(soak: Soak, done: threading.Event) -> None:
    """See how much more memory the machine has in use, clients included.

    To sum up what each process shares with others takes the system so long that light queries have to wait for it.
    """
    before = in_use()
    while not done.wait(1.0):
        soak.rise = max(soak.rise, in_use() - before)


def kill(soak: Soak, done: threading.Event) -> None:
    """Kill a worker every few seconds, and amid the attack the nursery's heir and then the nursery."""
    whom = {4: "ties-heir", 8: "ties-nursery"}
    for turn in range(1_000_000):
        if done.wait(2.0):
            return
        soak.server.kill_one(whom.get(turn, "ties-worker"))


def round_of(soak: Soak, crowd: Crowd, seconds: float) -> None:
    """Rest, ordinary traffic, attack, and the time that the last queries of death have."""
    crowd.enter("rest")
    time.sleep(seconds * 0.2)
    crowd.enter("ordinary")
    time.sleep(seconds * 0.2)
    crowd.enter("attack")
    done = threading.Event()
    killer = threading.Thread(target=kill, args=(soak, done))
    killer.start()
    time.sleep(seconds * 0.6)
    done.set()
    killer.join()
    crowd.enter("pause")
    time.sleep(soak.options.limit + 1.0)


def settled(soak: Soak, *, within: float) -> int:
    """The memory once it neither falls nor rises any more."""
    seen = [soak.server.memory]
    end = time.monotonic() + within
    while time.monotonic() < end and (len(seen) < 8 or max(seen[-8:]) - min(seen[-8:]) > MIB):
        time.sleep(1)
        seen.append(soak.server.memory)
    return seen[-1]


def end_in_flight(soak: Soak, light: Ask) -> None:
    """Have the server end while it is at work: what can be answered is, the rest is told that it ends."""
    url = soak.server.url
    deaths = [DEATHS[n].distinct("the last") for n in range(4)]

    def posted(ask: Ask) -> Got:
        client = Client(url)
        try:
            return client.post(ask)
        finally:
            client.close()

    with ThreadPoolExecutor(len(deaths)) as threads:
        ends = [threads.submit(posted, ask) for ask in deaths]
        time.sleep(0.5)
        client = Client(url)
        soak.expect(fault(light, client.get(light.distinct("last"))) is None, "a light query before the end failed")
        client.close()
        took, left = soak.server.end(within=END_WITHIN + 5)
        for ask, end in zip(deaths, ends, strict=True):
            try:
                status = end.result().status
            except OSError as error:
                soak.wrong.append(f"{ask.kind} at the end: the connection failed: {error!r}")
            else:
                soak.expect(status in {503, *ask.statuses}, f"{ask.kind} at the end: {status}")
    soak.figures["end seconds"] = took
    soak.expect(took <= END_WITHIN, f"the end took {took:.1f} s")
    soak.expect(not left, f"left behind: {', '.join(left)}")


def judge(soak: Soak, ledger: Ledger) -> None:
    """Hold what was seen against what has to be."""
    soak.wrong += [f"{count} × {what}" for what, count in ledger.wrong.items()]
    for remark, count in soak.server.remarks.items():
        lost = "that makes workers is gone" in remark and count <= soak.server.killed["ties-nursery"]
        if remark.startswith(("error", "trace", "no JSON")) and not lost:
            soak.wrong.append(f"{count} × logged {remark}")
    p99 = {phase: percentile(times, 0.99) for phase, times in ledger.light.items()}
    latest = max((time for times in ledger.over.values() for time in times), default=0.0)
    soak.figures |= {f"light p50 ms, {phase}": 1000 * percentile(t, 0.5) for phase, t in ledger.light.items()}
    soak.figures |= {f"light p99 ms, {phase}": 1000 * value for phase, value in p99.items()}
    ratio = p99.get("attack", float("nan")) / p99.get("rest", float("nan"))
    soak.figures |= {"p99 ratio": ratio, "latest death over its limit, s": latest}
    if soak.options.times:
        soak.expect(latest <= GRACE, f"a query of death ended {latest:.2f} s after its limit")
        soak.expect(ratio <= RATIO, f"the 99th percentile of light queries is {ratio:.1f} times that at rest")


def memory_back(soak: Soak, before: int, kept: int) -> None:
    """See that the memory is where it was, but for what the caches hold more of."""
    # What a rush has left behind is let go of in a lull of five seconds.
    time.sleep(6)
    after = settled(soak, within=60)
    cached = soak.server.stats()["cache"]["bytes"] - kept
    parts = memory(soak.server.process.pid)
    soak.figures |= {f"memory MiB, after, {name}": size / MIB for name, size in parts.items()}
    soak.figures |= {
        "memory MiB, before": before / MIB,
        "memory MiB, of the machine, most it rose": soak.rise / MIB,
        "memory MiB, after": after / MIB,
        "of that more in the cache": cached / MIB,
    }
    # Responses are kept as answers are, so what is cached may be there twice.
    soak.expect(
        after <= before + 2 * max(0, cached) + soak.options.left_over * MIB,
        f"memory was {before // MIB} MiB and is {after // MIB}",
    )
    work = soak.server.stats()["work"]
    soak.expect(work["running"] == work["waiting"] == 0, f"work is left: {work}")


def report(soak: Soak, ledger: Ledger, crowd: Crowd) -> str:
    """The tables as text."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    sizes = ", ".join(f"{number} {name}" for name, number in crowd.sizes.items())
    lines = [f"{soak.options.seconds:.0f} s, {sizes}; limit {soak.options.limit:g} s; load at the end {load}", ""]
    lines.append(f"{'phase':10}{'asked':12}{'answered with':}")
    for (phase, kind), counts in sorted(ledger.statuses.items()):
        lines.append(f"{phase:10}{kind:12}" + "  ".join(f"{s}: {n:,}" for s, n in sorted(counts.items())))
    lines += ["", f"{'query of death':36}{'asked':>7}{'median s':>10}{'latest over its limit s':>25}"]
    for kind, over in sorted(ledger.over.items()):
        took = percentile(over, 0.5) + soak.options.limit
        lines.append(f"{kind.removeprefix('death: '):36}{len(over):>7}{took:>10.2f}{max(over):>25.2f}")
    lines += ["", *(f"{name:36}{value:>10,.2f}" for name, value in soak.figures.items())]
    lines += [f"killed from outside: {dict(soak.server.killed)}", f"logged: {dict(soak.server.remarks)}"]
    lines += ["", *(f"WRONG: {what}" for what in soak.wrong), f"{len(soak.wrong)} things wrong"]
    return "\n".join(lines)


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600, help="how long, beginning and end apart [default: 600]")
    parser.add_argument("--clients", type=int, default=64, help="how many at once [default: 64]")
    parser.add_argument("--limit", type=float, default=5.0, help="seconds that a query may take [default: 5]")
    parser.add_argument("--rounds", type=int, help="of rest and attack [default: one a minute]")
    parser.add_argument("--left-over", type=int, default=LEFT_OVER, metavar="MIB", help="what may stay taken")
    parser.add_argument("--no-times", dest="times", action="store_false", help="judge no times, only tell them")
    parser.add_argument("--without", action="append", default=[], choices=GROUPS, help="a kind of client to leave out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    parser.add_argument("serve", nargs="*", help="more options for `tiesgraph serve`, behind `--`")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> tuple[Soak, Ledger, Crowd]:
    """The soak from beginning to end."""
    say("the right answers are worked out")
    light, named, large = with_answers(most=200)
    if not options.times:
        light, named = ([replace(ask, statuses=large.statuses) for ask in asks] for asks in (light, named))
    command = [*SERVE, "--port", "0", "--timeout", str(options.limit), "--log-format", "json", *options.serve]
    soak, ledger = Soak(options, Server(command)), Ledger()
    done = threading.Event()
    try:
        # Twice: the second time, what is kept is kept.
        for _ in range(2):
            ask_all(soak.server.url, [*light, *named, large], ledger, "before")
        before, kept = settled(soak, within=min(20, options.seconds)), soak.server.stats()["cache"]["bytes"]
        say(f"the soak begins; {before // MIB} MiB are in use")
        crowd = Crowd(Traffic(soak.server.url, options.limit, light, named, large), options.clients, options.without)
        try:
            watcher = threading.Thread(target=watch, args=(soak, done), daemon=True)
            watcher.start()
            rounds = options.rounds or max(1, round(options.seconds / 60))
            for number in range(rounds):
                say(f"round {number + 1} of {rounds}")
                round_of(soak, crowd, options.seconds / rounds)
            done.set()
            ledger.add(crowd.leave())
        finally:
            crowd.kill()
        memory_back(soak, before, kept)
        ask_all(soak.server.url, [*light, *named, large], ledger, "after")
        end_in_flight(soak, light[0])
    finally:
        done.set()
        soak.server.process.kill()
    judge(soak, ledger)
    return soak, ledger, crowd


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, print the tables, and give 0 where all was as it has to be, else 1."""
    soak, ledger, crowd = run(options_of(arguments))
    sys.stdout.write(report(soak, ledger, crowd) + "\n")
    if soak.options.json:
        told = {
            "figures": soak.figures,
            "statuses": {" ".join(key): dict(counts) for key, counts in ledger.statuses.items()},
            "over": {kind: max(over) for kind, over in ledger.over.items()},
            "wrong": soak.wrong,
        }
        soak.options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
