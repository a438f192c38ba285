"""The load on a server: so many clients, each with a connection, which ask again as soon as they are answered.

wrk does it where it is installed. Otherwise a process of this interpreter does, which is slower than the fastest
servers and so measures itself; `ceiling` tells what the driver comes to with a server that does nothing.
"""

from __future__ import annotations

import re
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

from contestants import JSON
from workload import Workload

__all__ = ["Rate", "ceiling", "drive", "driver"]

_RESULT = re.compile(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)")
_SCRIPT = """
local queries = {%s}
local turn, base = 0, %d
function request()
  turn = turn + 1
  local query = queries[(turn - 1) %% #queries + 1]
  if %s then query = query .. "%%0ALIMIT+" .. string.format("%%.0f", base + turn) end
  return wrk.format("GET", "%s?query=" .. query, {["Accept"] = "%s"})
end
function done(summary, latency)
  local errors = summary.errors
  local all = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("RESULT %%d %%d %%d %%d %%d\\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), all))
end
"""
_NOTHING = """
import asyncio, sys
class Nothing(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data): self.transport.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nOK")
async def main():
    server = await asyncio.get_running_loop().create_server(Nothing, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
try:
    import uvloop
    uvloop.install()
except ImportError:
    pass
asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """Answers a second, and the milliseconds in which half, and 99 of 100, came."""

    per_second: float
    p50: float
    p99: float


def driver() -> str:
    """What makes the load."""
    return "wrk, one thread" if shutil.which("wrk") else "a Python process (wrk is not installed)"


def drive(url: str, work: Workload, *, clients: int, seconds: float) -> Rate:
    """Ask a server.

    Raises:
        RuntimeError: something else came than answers.
    """
    if shutil.which("wrk"):
        return _wrk(url, work, clients, seconds)
    return _by_hand(url, work, clients, seconds)


def ceiling(*, clients: int, seconds: float) -> float:
    """Answers a second from a server that does nothing (asyncio, with uvloop where that is installed)."""
    with subprocess.Popen([sys.executable, "-c", _NOTHING], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            work = Workload("nothing", ["ASK {}"], distinct=False)
            return drive(f"http://127.0.0.1:{port}/", work, clients=clients, seconds=seconds).per_second
        finally:
            process.kill()


def _first_limit() -> int:
    """Where the numbers of a run begin; no other run comes there."""
    return int(time.time() * 1000) * 1000


def _wrk(url: str, work: Workload, clients: int, seconds: float) -> Rate:
    parts = urllib.parse.urlsplit(url)
    queries = ",\n".join(f'"{urllib.parse.quote_plus(text)}"' for text in work.texts)
    script = _SCRIPT % (queries, _first_limit(), str(work.distinct).lower(), parts.path, JSON)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        time_out = "--timeout=30s"
        command = ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", time_out, "-s", file.name]
        done = subprocess.run([*command, f"http://{parts.netloc}"], capture_output=True, text=True, check=True)
    found = _RESULT.search(done.stdout)
    if not found or int(found[5]):
        raise RuntimeError(f"{work.name} at {url}: not everything was answered\n{done.stdout}{done.stderr}")
    requests, microseconds, p50, p99 = (int(found[number]) for number in range(1, 5))
    return Rate(requests / microseconds * 1e6, p50 / 1000, p99 / 1000)


def _requests(parts: urllib.parse.SplitResult, work: Workload) -> Iterator[bytes]:
    head = f" HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {JSON}\r\n\r\n".encode()
    begins = [f"GET {parts.path}?query={urllib.parse.quote_plus(text)}".encode() for text in work.texts]
    for number, begin in enumerate(cycle(begins), _first_limit()):
        yield begin + (b"%%0ALIMIT+%d" % number if work.distinct else b"") + head


def _by_hand(url: str, work: Workload, clients: int, seconds: float) -> Rate:
    parts = urllib.parse.urlsplit(url)
    requests = _requests(parts, work)
    times: list[float] = []
    with selectors.DefaultSelector() as selector:
        sockets = [socket.create_connection((parts.hostname or "", parts.port or 80)) for _ in range(clients)]
        began = dict.fromkeys(sockets, 0.0)
        parsed = dict.fromkeys(sockets, b"")
        start = time.perf_counter()
        for one in sockets:
            selector.register(one, selectors.EVENT_READ, one)
            began[one] = time.perf_counter()
            one.sendall(next(requests))
        while (now := time.perf_counter()) - start < seconds:
            for key, _ in selector.select(0.1):
                one = key.data
                parsed[one] += one.recv(262_144)
                if _is_whole(parsed[one]):
                    times.append(time.perf_counter() - began[one])
                    parsed[one], began[one] = b"", time.perf_counter()
                    one.sendall(next(requests))
        for one in sockets:
            one.close()
    times.sort()
    return Rate(len(times) / (now - start), times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000)


def _is_whole(response: bytes) -> bool:
    """Whether a response has come to its end.

    Raises:
        RuntimeError: it is none with an answer.
    """
    head, end, body = response.partition(b"\r\n\r\n")
    if not end:
        return False
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode("latin-1"))
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    if length:
        return len(body) >= int(length[1])
    return body.endswith(b"0\r\n\r\n")
