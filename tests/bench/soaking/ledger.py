"""What is kept of a soak: how often each kind of request was answered with what, how soon, and what went wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

__all__ = ["Ledger", "percentile"]

_MOST = 30
"""Of what went wrong in one way so many cases are kept, and the rest counted."""


def percentile(values: list[float], share: float, /) -> float:
    """The value below which so great a share of the values is; not a number where there are none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


@dataclass(slots=True)
class Ledger:
    """What some clients have seen.

    Attributes:
        statuses: by phase and group of clients, how often each status.
        light: by phase, the seconds that each light query took.
        over: by kind of death, the seconds by which each outlived its limit; most are negative.
        wrong: what must not have been, with how often.
    """

    statuses: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    light: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    over: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)

    def note(self, phase: str, kind: str, status: object) -> None:
        """Count an answer, under the first word of its kind."""
        self.statuses[phase, kind.partition(":")[0]][str(status)] += 1

    def blame(self, what: str, /) -> None:
        """Note what must not have been."""
        self.wrong[what if what in self.wrong or len(self.wrong) < _MOST else "and more"] += 1

    def add(self, other: Ledger, /) -> None:
        """Take in what others have seen."""
        for key, counts in other.statuses.items():
            self.statuses[key] += counts
        for phase, times in other.light.items():
            self.light[phase] += times
        for kind, times in other.over.items():
            self.over[kind] += times
        self.wrong += other.wrong
