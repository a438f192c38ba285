"""How the server and a worker talk: frames on a stream socket, each two lengths, a number of seconds and a pickle.

What is large in a reply, and knows it (PEP 574), comes apart from its pickle: so it is not copied out of that again.

Pickles, because both ends are one program, forked from one process, and nobody else holds an end of the socket.
"""

from __future__ import annotations

import mmap
import pickle
import socket
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

__all__ = ["HEAD", "Frame", "Frames", "Reply", "packed", "receive", "request", "send"]

HEAD = struct.Struct("<QQd")
"""The lengths of the pickle and of what comes apart from it, and the seconds that the work may take (0 in replies)."""

_READ = 32 * 1024

Buffer: TypeAlias = bytes | memoryview


class Reply(NamedTuple):
    """What came of a task.

    Attributes:
        done: whether `value` is what the task returned, and not the error it raised.
        value: the one or the other.
        spent: whether the worker has grown so much that a new one should take its place.
    """

    done: bool
    value: Any
    spent: bool


def request(task: object, argument: object, /) -> bytes:
    """The pickle that asks a worker for `task(store, argument)`; the task goes by its module and name."""
    return pickle.dumps((task, argument), pickle.HIGHEST_PROTOCOL)


def packed(reply: Reply, /) -> tuple[bytes, Buffer]:
    """The pickle of a reply and, apart from it, the first buffer in it that can be; nothing where there is none."""
    apart: list[pickle.PickleBuffer] = []

    def keep(buffer: pickle.PickleBuffer) -> bool:
        """Whether it has to go with the rest."""
        if apart:
            return True
        apart.append(buffer)
        return False

    pickled = pickle.dumps(reply, pickle.HIGHEST_PROTOCOL, buffer_callback=keep)
    return pickled, apart[0].raw() if apart else b""


def send(line: socket.socket, pickled: bytes, apart: Buffer = b"", /) -> None:
    """Write one frame to a blocking socket.

    Raises:
        OSError: the other end is gone.
    """
    rest = memoryview(apart)
    head = HEAD.pack(len(pickled), len(rest), 0.0)
    written = line.sendmsg((head, pickled)) - HEAD.size
    if written < 0:
        line.sendall(head[written:])
        written = 0
    if written < len(pickled):
        line.sendall(memoryview(pickled)[written:])
    if rest:
        line.sendall(rest)


def receive(line: socket.socket, /) -> tuple[float, memoryview] | None:
    """The seconds and the pickle of the next frame of a blocking socket; None where the other end is gone."""
    frames = Frames()
    while piece := line.recv(_READ):
        for frame in frames.take(piece):
            # The other end waits for what comes of it before it sends the next.
            return frame.seconds, frame.pickled
    return None


class Frame(NamedTuple):
    """What came by a stream: the seconds, the pickle, and what came apart from it, which `value` puts together."""

    seconds: float
    pickled: memoryview
    apart: memoryview | None = None

    @property
    def value(self) -> Any:
        """What was pickled."""
        return pickle.loads(self.pickled, buffers=None if self.apart is None else [self.apart])  # noqa: S301 - see above


class Frames:
    """Puts frames together from the pieces in which a stream delivers them, each in memory of its own.

    Frames may be large, and whoever takes them in has others to see to: so nothing is copied more often than once, and
    what came apart is not touched before there is something to write there.
    """

    def __init__(self) -> None:
        self._head = bytearray()
        self._parts: list[memoryview] = []
        self._seconds = 0.0
        self._part = 0
        self._filled = 0

    def take(self, piece: bytes, /) -> Sequence[Frame]:
        """The frames that are whole with the next piece of the stream."""
        if not self._parts and not self._head and len(piece) >= HEAD.size:
            length, apart, seconds = HEAD.unpack_from(piece)
            if len(piece) == HEAD.size + length and not apart:
                # Most frames are one piece, which need not be copied.
                return (Frame(seconds, memoryview(piece)[HEAD.size :]),)
        found = []
        rest = memoryview(piece)
        while rest:
            rest = self._fill(rest) if self._parts else self._begin(rest)
            if self._parts and self._part == len(self._parts):
                found.append(Frame(self._seconds, *(part.toreadonly() for part in self._parts)))
                self._parts = []
        return found

    def _begin(self, rest: memoryview) -> memoryview:
        """Read a head; what is left."""
        missing = HEAD.size - len(self._head)
        self._head += rest[:missing]
        if len(self._head) == HEAD.size:
            length, apart, self._seconds = HEAD.unpack(self._head)
            self._head.clear()
            self._part = self._filled = 0
            self._parts = [memoryview(bytearray(length))]
            if apart:
                # Memory that the system gives page by page, and takes back as a whole.
                self._parts.append(memoryview(mmap.mmap(-1, apart)))
        return rest[missing:]

    def _fill(self, rest: memoryview) -> memoryview:
        """Fill the part that is not whole yet; what is left."""
        part = self._parts[self._part]
        fits = rest[: len(part) - self._filled]
        part[self._filled : self._filled + len(fits)] = fits
        self._filled += len(fits)
        if self._filled == len(part):
            self._part, self._filled = self._part + 1, 0
        return rest[len(fits) :]
