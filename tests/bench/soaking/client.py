"""One exchange with the server over a plain socket, and whether what came back is right."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httptools

from soaking.asks import ACCEPT, Ask, digest

__all__ = ["Client", "Got", "fault", "request_line"]

_PATIENCE = 120.0
_PIECE = 1 << 18
_IS_CUT = """
import json, sys
told = json.load(sys.stdin)
sys.exit(not told["head"].get("link") or not told["results"]["bindings"])
"""


@dataclass(frozen=True, slots=True)
class Got:
    """A response: its status, headers (names in small letters) and body, and the seconds to its head and its end."""

    status: int
    headers: dict[str, str]
    body: bytes
    to_head: float
    to_end: float


def request_line(path: str, ask: Ask, /) -> str:
    """What a GET asks for."""
    return f"{path}?query={quote(ask.text, safe='')}"


class Client:
    """A client that keeps its connection.

    It takes little processor time, which the server has to share with it: on other machines it would have its own.
    """

    def __init__(self, url: str, /) -> None:
        parts = urlsplit(url)
        self.host, self.port, self.path = parts.hostname or "", parts.port or 80, parts.path
        self._line: socket.socket | None = None

    def get(self, ask: Ask, /, *, tag: str | None = None) -> Got:
        """Ask in the URL; `tag` is of the answer that is at hand already."""
        condition = f"If-None-Match: {tag}\r\n" if tag else ""
        return self._exchange(f"GET {request_line(self.path, ask)}", f"Accept: {ACCEPT}\r\n{condition}")

    def post(self, ask: Ask, /) -> Got:
        """Ask in the body, for JSON, in which a cut is told."""
        body = ask.text.encode()
        headers = f"Content-Type: application/sparql-query\r\nContent-Length: {len(body)}\r\n"
        return self._exchange(f"POST {self.path}", f"{headers}Accept: application/sparql-results+json\r\n", body)

    def _exchange(self, request: str, headers: str, body: bytes = b"") -> Got:
        response = _Response()
        parser = httptools.HttpResponseParser(response)
        head = f"{request} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{headers}\r\n".encode()
        start = time.perf_counter()
        if self._line is None:
            self._line = socket.create_connection((self.host, self.port), timeout=_PATIENCE)
        try:
            self._line.sendall(head + body)
        except (BrokenPipeError, ConnectionResetError):
            # A body that is too large is refused before all of it has come; the answer is there to read.
            if not body:
                raise
        while not response.is_whole:
            data = self._line.recv(_PIECE)
            if not data:
                raise ConnectionError("the connection ended amid the response")
            parser.feed_data(data)
        end = time.perf_counter()
        if not parser.should_keep_alive():
            self.close()
        return Got(
            parser.get_status_code(), response.headers, b"".join(response.body), response.began - start, end - start
        )

    def close(self) -> None:
        """Give the connection up."""
        if self._line is not None:
            self._line.close()
            self._line = None


class _Response:
    """What the parser tells of a response."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.body: list[bytes] = []
        self.began = 0.0
        self.is_whole = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("ascii").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.began = time.perf_counter()

    def on_body(self, piece: bytes) -> None:
        self.body.append(piece)

    def on_message_complete(self) -> None:
        self.is_whole = True


def fault(ask: Ask, got: Got, /, *, held: bool = False) -> str | None:
    """What is wrong with a response, or None: a status that was not asked for, a wrong answer, a cut without a word.

    Args:
        ask: what was asked.
        got: what came.
        held: whether the client had said that it has the answer.
    """
    where = f"{ask.kind}: {got.status}"
    if "x-request-id" not in got.headers:
        return f"{where} without a request id"
    if got.status == 304:
        return None if held and not got.body else f"{where} to who did not ask for that"
    if got.status not in ask.statuses and not _may_be(ask, got):
        return f"{where} {got.body[:300]!r}"
    if got.status == 200:
        return _wrong(ask, got, where)
    told = json.loads(got.body)
    if told["status"] != got.status or not told.get("mend") or "problem+json" not in got.headers["content-type"]:
        return f"{where} without saying what to do: {got.body[:300]!r}"
    return None


def _may_be(ask: Ask, got: Got) -> bool:
    """Whether a query of death ended in another way that the soak itself brings about."""
    if not ask.kind.startswith("death"):
        return False
    return (got.status == 503 and "retry-after" in got.headers) or (
        got.status == 500 and b"killed from outside" in got.body
    )


def _wrong(ask: Ask, got: Got, where: str) -> str | None:
    if "tiesgraph-cut" not in got.headers:
        return None if ask.right == digest(got.body) else f"{where} with a wrong answer: {got.body[:200]!r}"
    if ask.right is not None:
        return f"{where} cut: {got.headers['tiesgraph-cut']}"
    # In a process of its own: to read it takes a second, in which no other client of this process would see its answer.
    reader = subprocess.run([sys.executable, "-c", _IS_CUT], input=got.body, check=False)
    return None if reader.returncode == 0 else f"{where} cut without a word in the document"
