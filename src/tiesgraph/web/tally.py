"""How many requests there were and how they ended: plain numbers, which `/metrics` and `/stats` write out."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter

__all__ = ["BOUNDS", "Tally", "first_step"]

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""The upper bounds in seconds of the classes in which durations are counted."""

_KNOWN = frozenset({"about", "check", "health", "id", "metrics", "questions", "sparql", "stats"})
"""First steps of paths that are counted by themselves; there are endlessly many others."""


class Tally:
    """What has happened since the start.

    Attributes:
        since: when that was, in seconds since 1970.
        in_flight: requests that are being answered.
        recalled: requests that were answered from what was sent before, without asking the application.
        requests: how many ended, by the first step of their path and their status.
        durations: how many took as long as each of the classes of `BOUNDS`, and longer, by first step.
        seconds: how long they took together, by first step.
        sent: bytes of bodies.
    """

    def __init__(self) -> None:
        self.since = time.time()
        self.in_flight = 0
        self.recalled = 0
        self.requests: Counter[tuple[str, int]] = Counter()
        self.durations: dict[str, list[int]] = {}
        self.seconds: Counter[str] = Counter()
        self.sent = 0

    def note(self, path: str, status: int, seconds: float, sent: int, /) -> None:
        """Count a request to `path` that took `seconds` and ended with `status`."""
        self.note_step(first_step(path), status, seconds, sent)

    def note_step(self, step: str, status: int, seconds: float, sent: int, /) -> None:
        """Count a request to a path that is counted as `step`."""
        self.requests[step, status] += 1
        classes = self.durations.get(step)
        if classes is None:
            classes = self.durations[step] = [0] * (len(BOUNDS) + 1)
        classes[bisect_left(BOUNDS, seconds)] += 1
        self.seconds[step] += seconds  # type: ignore[assignment] # a counter counts fractions as well
        self.sent += sent


def first_step(path: str, /) -> str:
    """What requests to `path` are counted as."""
    step = path.split("/", 2)[1]
    return step if step in _KNOWN else "other"
