"""What some stores do in a way of their own, known by how they call themselves.

SPARQL 1.1 has no way to say how long a query may take, nor that an answer is not the whole one. Where a store
has its own ways, they are used; what a store sends that no other would is read as it is meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PLAIN", "Dialect", "dialect", "interrupted", "most_rows", "truth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The ways of a store.

    Attributes:
        name: of the software, or an empty text.
        timeout: the parameter that tells it how long a query may take, or None.
        milliseconds: whether that is told in them, not in seconds.
    """

    name: str = ""
    timeout: str | None = None
    milliseconds: bool = False

    def parameters(self, seconds: float, /) -> list[tuple[str, str]]:
        """What is sent with a query that may take `seconds`."""
        if self.timeout is None:
            return []
        return [(self.timeout, str(max(1, round(seconds * 1000 if self.milliseconds else seconds))))]


PLAIN = Dialect()

_KNOWN = {
    "virtuoso": Dialect(name="Virtuoso", timeout="timeout", milliseconds=True),
    "oxigraph": Dialect(name="Oxigraph"),
    "apache jena fuseki": Dialect(name="Fuseki", timeout="timeout"),
    "graphdb": Dialect(name="GraphDB", timeout="timeout"),
    "qlever": Dialect(name="QLever", timeout="timeout"),
    "stardog": Dialect(name="Stardog", timeout="timeout", milliseconds=True),
}

_INTERRUPTED = "S1TAT"
"""What Virtuoso calls the state of a query that it stopped; what it had found by then it sends as if it were all."""


def dialect(headers: Mapping[str, str], /) -> Dialect:
    """The ways of the store that sent these headers."""
    server = headers.get("server", "").lower()
    return next((ways for start, ways in _KNOWN.items() if server.startswith(start)), PLAIN)


def interrupted(headers: Mapping[str, str], /) -> bool:
    """Whether a response that looks like a success is that of a query which the store gave up."""
    return headers.get("x-sql-state") == _INTERRUPTED


def most_rows(headers: Mapping[str, str], /) -> int | None:
    """How many rows an answer of this store has at the most, where it says so."""
    told = headers.get("x-sparql-maxrows", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 12 else None


def truth(body: bytes, /) -> bool | None:
    """The truth value of a document that gives one as a row: Virtuoso does so where a pattern needs no look-up."""
    try:
        rows = json.loads(body)["results"]["bindings"]
        return bool(rows) and rows[0]["__ASK_RETVAL"]["value"] not in ("0", "false")
    except (ValueError, KeyError, TypeError):
        return None
