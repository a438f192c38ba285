"""Stores of other makers, as processes for tests: Oxigraph's server, and Virtuoso, each empty and on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

__all__ = ["OXIGRAPH", "VIRTUOSO", "Running", "oxigraph", "virtuoso"]

OXIGRAPH = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
VIRTUOSO = shutil.which("virtuoso-t")

_INI = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 20
CheckpointInterval = 0
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A store that runs.

    Attributes:
        query: the URL of its query service.
        graphs: the URL of its graph store.
        pushed: options for `tiesgraph push`.
        served: options for `tiesgraph serve`.
        environment: variables with a login.
        process: the store itself.
    """

    query: str
    graphs: str
    process: subprocess.Popen[bytes]
    pushed: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(600):
        try:
            if httpx.get(url, params={"query": "ASK {}"}).is_success:
                return
        except httpx.TransportError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the store does not start: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def _started(command: list[str], url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            _wait(process, url, log)
            yield process
        finally:
            process.kill()


@contextmanager
def oxigraph(folder: Path) -> Iterator[Running]:
    """Oxigraph's server, in memory."""
    base = f"http://127.0.0.1:{_free_port()}"
    command = [str(OXIGRAPH), "serve", "--bind", base.removeprefix("http://")]
    with _started(command, f"{base}/query", folder / "oxigraph.log") as process:
        yield Running(query=f"{base}/query", graphs=f"{base}/store", process=process)


@contextmanager
def virtuoso(folder: Path, *, rows: int = 1_000_000) -> Iterator[Running]:
    """Virtuoso, with a database of its own in `folder`, and at most `rows` in an answer."""
    port = _free_port()
    base, everything = f"http://127.0.0.1:{port}", "https://w3id.org/tiesgraph/graph/all"
    (folder / "virtuoso.ini").write_text(_INI.format(folder=folder, port=port, sql=_free_port(), rows=rows))
    command = [str(VIRTUOSO), "-f", "-c", str(folder / "virtuoso.ini")]
    with _started(command, f"{base}/sparql", folder / "virtuoso.out") as process:
        yield Running(
            query=f"{base}/sparql",
            graphs=f"{base}/sparql-graph-crud-auth",
            process=process,
            pushed=("--default-graph", everything),
            served=("--default-graph", everything),
            environment={"TIESGRAPH_STORE_USER": "dba", "TIESGRAPH_STORE_PASSWORD": "dba"},
        )
