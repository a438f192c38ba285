"""The servers of the benchmark: how each is started on the same triples, asked, weighed and ended."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from startup import LIMIT, QUERY, free_port

__all__ = ["Contestant", "Running", "contestants", "get", "running"]

JSON = "application/sparql-results+json"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server: its name, its command with {port} in it, its endpoint, and what is sent to it before it can answer.

    Attributes:
        swift: whether it answers a mix of questions in milliseconds, so that many fit into a cell.
    """

    name: str
    command: tuple[str, ...]
    path: str
    upload: Path | None = None
    swift: bool = True


@dataclass(slots=True)
class Running:
    """One that runs: where it is asked, and how long it took until it answered, in seconds."""

    contestant: Contestant
    process: subprocess.Popen[bytes]
    url: str
    seconds: float

    def memory(self) -> int:
        """The bytes that it and all its processes take, what they share counted once (proportional set size)."""
        return sum(_proportional(pid) for pid in _family(self.process.pid))


def contestants(ours: Path, native: Path | None, rdflib: Path | None, quads: Path) -> list[Contestant]:
    """The servers whose programs stand in the given folders; tiesgraph first.

    Args:
        ours: where `tiesgraph` is.
        native: where `oxigraph` is.
        rdflib: where `rdflib-endpoint` is.
        quads: what the others serve.
    """
    port = "{port}"
    found = [Contestant("tiesgraph", (str(ours / "tiesgraph"), "serve", "--port", port), "/sparql")]
    if native and (native / "oxigraph").exists():
        command: tuple[str, ...] = (str(native / "oxigraph"), "serve", "--bind", f"127.0.0.1:{port}")
        found.append(Contestant("oxigraph", command, "/query", upload=quads))
    if rdflib and (rdflib / "rdflib-endpoint").exists():
        program = str(rdflib / "rdflib-endpoint")
        command = (program, "serve", "--host", "127.0.0.1", "--port", port, str(quads))
        found.append(Contestant("rdflib-endpoint", command, "/", swift=False))
    return found


def get(url: str, query: str, *, seconds: float = LIMIT) -> bytes:
    """The answer of an endpoint, as JSON.

    Raises:
        OSError: there is none, or none in time.
    """
    asked = f"{url}?{urllib.parse.urlencode({'query': query})}"
    request = urllib.request.Request(asked, headers={"Accept": JSON})  # noqa: S310 - a server of ours
    with urllib.request.urlopen(request, timeout=seconds) as response:  # noqa: S310
        body: bytes = response.read()
        return body


@contextlib.contextmanager
def running(contestant: Contestant) -> Iterator[Running]:
    """The server, from its first answer on.

    Raises:
        RuntimeError: it ended, or did not answer within the limit.
    """
    port = str(free_port())
    root = f"http://127.0.0.1:{port}"
    start = time.perf_counter()
    command = [part.replace("{port}", port) for part in contestant.command]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            if contestant.upload:
                _upload(process, f"{root}/store", contestant.upload)
            _first_answer(process, root + contestant.path)
            yield Running(contestant, process, root + contestant.path, time.perf_counter() - start)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10 if contestant.swift else 1)
            except subprocess.TimeoutExpired:
                process.kill()


def _until(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Time and again, a few milliseconds apart, as long as there is hope."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode} before it answered")
        yield
        time.sleep(0.002)
    raise RuntimeError(f"{process.args!r} did not answer within {LIMIT:.0f} s")


def _upload(process: subprocess.Popen[bytes], url: str, file: Path) -> None:
    headers: Mapping[str, str] = {"Content-Type": "application/n-quads"}
    request = urllib.request.Request(url, data=file.read_bytes(), headers=dict(headers), method="POST")  # noqa: S310
    for _ in _until(process):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(request, timeout=LIMIT).close()  # noqa: S310
            return


def _first_answer(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in _until(process):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            get(url, QUERY)
            return


def _family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in file.read_text(encoding="ascii").split():
                yield from _family(int(child))


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        # It has ended meanwhile.
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
