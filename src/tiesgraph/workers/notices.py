"""What the nursery tells the server: that there is a worker or an heir, and that one has ended; how that is sent."""

from __future__ import annotations

import signal
import socket
import struct
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["LAST_WORDS", "Barren", "Birth", "Death", "Heir", "Notice", "receive_notice", "send_notice"]

LAST_WORDS = 4_000
"""Of what a child said last so many bytes are told."""

_HEAD = struct.Struct("<Bii")
_MESSAGE = _HEAD.size + LAST_WORDS


class _Kind(IntEnum):
    BIRTH = 0
    HEIR = 1
    DEATH = 2
    BARREN = 3


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
class Heir:
    """A new process that can take the nursery's place.

    Attributes:
        pid: its process id.
        line: the socket it listens at.
    """

    pid: int
    line: socket.socket


@dataclass(frozen=True, slots=True)
class Death:
    """A child that ended: its process id, its exit code (negative: the signal that ended it) and its last words."""

    pid: int
    code: int
    words: str

    @property
    def how(self) -> str:
        """How it ended, in a word: `SIGKILL`, `exit code 1`."""
        return signal.Signals(-self.code).name if self.code < 0 else f"exit code {self.code}"


@dataclass(frozen=True, slots=True)
class Barren:
    """A child could not be made: the system's number of the error, and whether it was to be an heir."""

    error: int
    heir: bool


Notice = Birth | Heir | Death | Barren


def send_notice(line: socket.socket, notice: Notice, /) -> None:
    """Send one; the sockets and descriptors in it are still to be closed by the caller.

    Raises:
        OSError: nobody receives it.
    """
    match notice:
        case Birth(pid, own, handle, ripe):
            socket.send_fds(line, [_HEAD.pack(_Kind.BIRTH, pid, ripe)], [own.fileno(), handle])
        case Heir(pid, own):
            socket.send_fds(line, [_HEAD.pack(_Kind.HEIR, pid, 0)], [own.fileno()])
        case Death(pid, code, words):
            line.send(_HEAD.pack(_Kind.DEATH, pid, code) + words.encode("utf-8", "replace")[-LAST_WORDS:])
        case Barren(error, heir):
            line.send(_HEAD.pack(_Kind.BARREN, heir, error))


def receive_notice(line: socket.socket, /) -> Notice | None:
    """The next one, waited for; None where there will be none.

    Raises:
        OSError: the other end is gone.
    """
    message, descriptors, _, _ = socket.recv_fds(line, _MESSAGE, 2)
    if not message:
        return None
    kind, number, code = _HEAD.unpack_from(message)
    match kind:
        case _Kind.BIRTH:
            return Birth(number, socket.socket(fileno=descriptors[0]), descriptors[1], bool(code))
        case _Kind.HEIR:
            return Heir(number, socket.socket(fileno=descriptors[0]))
        case _Kind.DEATH:
            return Death(number, code, message[_HEAD.size :].decode("utf-8", "replace"))
        case _:
            return Barren(code, bool(number))
