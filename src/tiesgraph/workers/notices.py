"""What the nursery tells the server: that there is a worker, and that one has ended."""

from __future__ import annotations

import signal
import socket
from dataclasses import dataclass

__all__ = ["Birth", "Death"]


@dataclass(frozen=True, slots=True)
class Birth:
    """A new worker.

    Attributes:
        pid: its process id.
        line: the socket it listens at.
        handle: the descriptor of its process.
        ripe: whether it was made after the nursery had got ready; those that are not are to be replaced.
    """

    pid: int
    line: socket.socket
    handle: int
    ripe: bool


@dataclass(frozen=True, slots=True)
class Death:
    """A worker that ended: its process id, its exit code (negative: the signal that ended it) and its last words.

    A process id of 0 means that a worker could not be made.
    """

    pid: int
    code: int
    words: str

    @property
    def how(self) -> str:
        """How it ended, in a word: `SIGKILL`, `exit code 1`."""
        return signal.Signals(-self.code).name if self.code < 0 else f"exit code {self.code}"
