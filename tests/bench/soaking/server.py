"""The server under soak: its process and all that descend from it, the memory they take, and its end."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

__all__ = ["Server", "in_use", "members", "memory"]

_PATIENCE = 300.0
"""Seconds that a server has to begin: a checkout may have to make its graph first."""


def members(pid: int, /) -> dict[int, str]:
    """The process ids of a process and all that descend from it, with their names."""
    names: dict[int, str] = {}
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            begin, _, end = status.read_text(encoding="utf-8").rpartition(")")
            own = int(status.parent.name)
            names[own] = begin.partition("(")[2]
            children.setdefault(int(end.split()[1]), []).append(own)
    found, waiting = {pid: names.get(pid, "")}, [pid]
    while waiting:
        young = children.get(waiting.pop(), [])
        found |= {one: names[one] for one in young}
        waiting += young
    return found


def memory(pid: int, /) -> Counter[str]:
    """The bytes that a process and its descendants have in memory, by name; what they share is divided among them."""
    found: Counter[str] = Counter()
    for one, name in members(pid).items():
        with suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    found["server" if one == pid else name] += int(line.split()[1]) * 1024
    return found


def in_use() -> int:
    """The bytes of memory of the whole machine that are taken and come from no file."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("AnonPages:"))


class Server:
    """A `tiesgraph serve` process.

    Attributes:
        url: of its endpoint.
        statuses: how many lines of its log tell of each status.
        remarks: how often it logged anything else, by what it said.
        killed: how many of its processes were killed here.
    """

    def __init__(self, command: Sequence[str], /) -> None:
        """Start it, and wait until it listens.

        Raises:
            RuntimeError: it ended at once.
        """
        self.statuses: Counter[int] = Counter()
        self.remarks: Counter[str] = Counter()
        self.killed: Counter[str] = Counter()
        self.url = ""
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self._listens = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._listens.wait(_PATIENCE)
        if not self.url:
            self.process.kill()
            raise RuntimeError(f"{command[0]} did not begin: {dict(self.remarks)}")

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            try:
                told = json.loads(line)
            except ValueError:
                self.remarks[f"no JSON: {line.strip()[:200]}"] += 1
                continue
            if told["logger"] == "tiesgraph.requests":
                self.statuses[told["status"]] += 1
            elif told["message"].startswith("SPARQL endpoint at "):
                self.url = told["message"].split()[3]
                self._listens.set()
            else:
                self.remarks[f"{told['level']}: {told['message'][:200]}"] += 1
                if "trace" in told:
                    self.remarks[f"trace: {told['trace'][-500:]}"] += 1
        self._listens.set()

    @property
    def memory(self) -> int:
        """The bytes of memory of all its processes."""
        return memory(self.process.pid).total()

    def stats(self) -> dict[str, Any]:
        """What it tells of itself."""
        with urlopen(self.url.replace("/sparql", "/stats"), timeout=60) as response:  # noqa: S310 - our own server
            told: dict[str, Any] = json.load(response)
            return told

    def kill_one(self, name: str, /) -> None:
        """End one of its processes from outside."""
        victims = [pid for pid, own in members(self.process.pid).items() if own == name]
        if victims:
            with suppress(ProcessLookupError):
                os.kill(random.choice(victims), signal.SIGKILL)  # noqa: S311 - no secret
                self.killed[name] += 1

    def end(self, *, within: float) -> tuple[float, list[str]]:
        """Have it end as a service manager does: the seconds that takes, and the processes that it leaves behind."""
        young = set(members(self.process.pid)) - {self.process.pid}
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        took = time.monotonic() - start
        time.sleep(1)
        self._reader.join(5)
        return took, [told for pid in young if (told := _alive(pid))]


def _alive(pid: int) -> str:
    """Name and state of a process; nothing where it has ended, be it that nobody has asked yet how (`Z`)."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").partition(" (")[2].rpartition(") ")
    except OSError:
        return ""
    return "" if rest[0] in "ZX" else f"{name} ({rest[0]})"
