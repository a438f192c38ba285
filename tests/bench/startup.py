"""How long from starting the process to the first SPARQL answer, beside rdflib-endpoint on the same triples.

    python tests/bench/startup.py                          # the environment of this interpreter
    python tests/bench/startup.py --venv path/to/venv      # an environment with the installed wheel
    python tests/bench/startup.py --runs 9 --json out.json

The other server is used where its command stands in the environment, or in the one that --other names:
    pip install 'rdflib-endpoint[cli]'

Both serve the triples of tiesgraph's graph; it as a wheel carries them (or from --data), the other from the same
file of N-Quads. Runs of the two take turns, so that whatever slows the machine slows both. Each run is a new
process, asked every 2 milliseconds what there is to say of one agreement until it answers, and ended after 60
seconds at the latest.
Then the time is taken apart: what each import costs over the bare interpreter, and what loading the graph costs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path

QUERY = "SELECT ?p ?o { <https://w3id.org/tiesgraph/id/agreement/japan-uk-acsa> ?p ?o }"
LIMIT = 60.0
PARTS = {
    "bare interpreter": "pass",
    "pyoxigraph": "import pyoxigraph",
    "click": "import click",
    "uvicorn": "import uvicorn",
    "fastapi": "import fastapi",
    "tiesgraph.web.server": "import tiesgraph.web.server",
    "tiesgraph.web.app (afterwards)": "import tiesgraph.web.app",
    "rdflib (not loaded by serve)": "import rdflib",
    "owlrl (not loaded by serve)": "import owlrl",
    "pyshacl (not loaded by serve)": "import pyshacl",
}
OPEN = "from tiesgraph.cli.source import open_source; open_source(corpus=None, data=DATA)"


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def first_answer(command: Sequence[str], url: str) -> float:
    """Seconds from starting `command` to the first answer of the endpoint at `url`.

    Raises:
        RuntimeError: the process ended, or did not answer within the limit.
    """
    asked = f"{url}?{urllib.parse.urlencode({'query': QUERY})}"
    request = urllib.request.Request(asked, headers={"Accept": "application/sparql-results+json"})  # noqa: S310
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while (passed := time.perf_counter() - start) < LIMIT:
                if process.poll() is not None:
                    raise RuntimeError(f"{command[0]} ended with {process.returncode} before it answered")
                try:
                    with urllib.request.urlopen(request, timeout=LIMIT) as response:  # noqa: S310 - our own server
                        response.read()
                        return time.perf_counter() - start
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.002)
            raise RuntimeError(f"{command[0]} did not answer within {passed:.0f} s")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def run_time(python: Path, program: str) -> float:
    """Seconds that the interpreter takes for a program, start and end included."""
    start = time.perf_counter()
    done = subprocess.run([python, "-c", program], capture_output=True, check=False, timeout=LIMIT)
    return time.perf_counter() - start if done.returncode == 0 else float("nan")


def write_triples(python: Path, data: Path | None, into: Path) -> int:
    """Write the graph that is served as N-Quads; how many there are."""
    source = f"(Path({str(data)!r}),)" if data else "()"
    program = f"""
from pathlib import Path
import pyoxigraph
from tiesgraph.cli.source import open_source
store = open_source(corpus=None, data={source})
store.engine.dump({str(into)!r}, format=pyoxigraph.RdfFormat.N_QUADS)
print(len(store.engine))
"""
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True, timeout=600)
    return int(done.stdout)


def commands(binaries: Path, other: Path | None, data: Path | None, quads: Path) -> dict[str, tuple[list[str], str]]:
    """Each server's name, command and endpoint, with {port} where the port goes."""
    extra = ["--data", str(data)] if data else []
    servers = {
        "tiesgraph": (
            [str(binaries / "tiesgraph"), "serve", "--port", "{port}", *extra],
            "http://127.0.0.1:{port}/sparql",
        )
    }
    command = (other or binaries) / "rdflib-endpoint"
    if command.exists():
        servers["rdflib-endpoint"] = (
            [str(command), "serve", "--host", "127.0.0.1", "--port", "{port}", str(quads)],
            "http://127.0.0.1:{port}/",
        )
    return servers


def measure(servers: dict[str, tuple[list[str], str]], runs: int) -> dict[str, list[float]]:
    """Seconds to the first answer, by server, of runs that take turns after one that warms the file cache."""
    times: dict[str, list[float]] = {name: [] for name in servers}
    for run in range(runs + 1):
        for name, (command, url) in servers.items():
            port = str(free_port())
            seconds = first_answer([part.replace("{port}", port) for part in command], url.replace("{port}", port))
            if run:
                times[name].append(seconds)
            say(f"  run {run}/{runs} {name}: {seconds:.3f} s")
    return times


def take_apart(python: Path, data: Path | None, runs: int) -> dict[str, float]:
    """Median milliseconds of each part of the start, over the bare interpreter."""
    opening = OPEN.replace("DATA", f"(__import__('pathlib').Path({str(data)!r}),)" if data else "()")
    programs = PARTS | {"open the graph": opening}
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(runs):
        for name, program in programs.items():
            times[name].append(run_time(python, program))
    medians = {name: statistics.median(values) * 1000 for name, values in times.items()}
    bare = medians["bare interpreter"]
    return {name: value if name == "bare interpreter" else value - bare for name, value in medians.items()}


def say(text: str) -> None:
    """Talk goes to stderr, the tables to stdout."""
    sys.stderr.write(text + "\n")


def report(times: dict[str, list[float]], parts: dict[str, float]) -> str:
    """The two tables as text."""
    ours = statistics.median(times["tiesgraph"])
    lines = [f"{'process start to first answer':32}{'median':>9}{'min':>9}{'max':>9}{'ratio':>8}"]
    for name, values in times.items():
        middle = statistics.median(values)
        spread = "".join(f"{value * 1000:6.0f} ms" for value in (middle, min(values), max(values)))
        lines.append(f"{name:32}{spread}{middle / ours:8.1f}")
    if len(times) == 1:
        lines.append("rdflib-endpoint is not installed here: pip install 'rdflib-endpoint[cli]', or --other DIR")
    lines += ["", f"{'where the time goes':32}{'over bare':>9}"]
    lines += [f"{name:32}{value:6.0f} ms" for name, value in parts.items()]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and give 0, or 2 where a server cannot be started."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", type=Path, help="environment with tiesgraph installed [default: this interpreter's]")
    parser.add_argument(
        "--other", type=Path, metavar="VENV", help="environment with rdflib-endpoint [default: the same]"
    )
    parser.add_argument("--data", type=Path, metavar="FILE", help="serve this RDF instead of the bundled graph")
    parser.add_argument("--runs", type=int, default=5, help="runs of each server, at most 50 [default: 5]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    options = parser.parse_args(arguments)
    binaries = options.venv / "bin" if options.venv else Path(sys.executable).parent
    python = binaries / "python"
    runs = max(1, min(options.runs, 50))
    if not shutil.which(str(binaries / "tiesgraph")):
        say(f"there is no tiesgraph in {binaries}: name an environment with --venv")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        quads = Path(scratch) / "graph.nq"
        say(f"{write_triples(python, options.data, quads):,} quads are served")
        servers = commands(binaries, options.other / "bin" if options.other else None, options.data, quads)
        try:
            times = measure(servers, runs)
        except RuntimeError as error:
            say(str(error))
            return 2
        parts = take_apart(python, options.data, runs)
    sys.stdout.write(report(times, parts) + "\n")
    if options.json:
        options.json.write_text(json.dumps({"seconds": times, "parts_ms": parts}, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
