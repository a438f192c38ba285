"""What the end of a worker means for the task that it was at."""

from __future__ import annotations

import logging
import signal

from tiesgraph.workers import limits as told
from tiesgraph.workers.limits import Limits
from tiesgraph.workers.notices import Death
from tiesgraph.workers.order import Order
from tiesgraph.workers.outcomes import Outcomes

__all__ = ["FOREIGN", "verdict"]

_log = logging.getLogger(__name__)

FOREIGN = frozenset({0, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})
"""Ends of a worker that no task brings about."""


def verdict(order: Order, death: Death, limits: Limits, outcomes: Outcomes, /) -> Exception:
    """The error of a task that brought its worker's end about, which is counted among the outcomes."""
    if death.code == -signal.SIGALRM:
        outcomes.over_time += 1
        return told.too_long(order.seconds)
    # The engine says the one; the other is Python's, of which the bridge between the two makes an end as well.
    if death.code == -signal.SIGABRT and any(words in death.words for words in ("memory allocation", "MemoryError")):
        outcomes.over_memory += 1
        return told.too_much_memory(limits.memory)
    outcomes.crashed += 1
    _log.error("a worker crashed (%s): %s", death.how, death.words.strip() or "it said nothing")
    if death.code > 0:
        return RuntimeError("a task ended its worker")
    return told.crashed(death.how)
