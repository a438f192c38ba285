"""A server process for tests: started, asked, and gone behind them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["COMMAND", "family", "served"]

COMMAND = [sys.executable, "-c", "from tiesgraph.cli import main; main()", "serve"]


@contextmanager
def served(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process and the URL of its endpoint, as it prints it."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            url = re.search(r"http://[^\s\"]+/sparql", line)
            assert url, line + process.stderr.read()
            yield process, url[0]
        finally:
            process.kill()


def family(pid: int, /) -> list[int]:
    """The process ids of all that descend from a process."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, waiting = [], [pid]
    while waiting:
        young = children.get(waiting.pop(), [])
        found += young
        waiting += young
    return found
