"""How the server and a worker talk: frames on a stream socket, each a length, a number of seconds and a pickle.

Pickles, because both ends are one program, forked from one process, and nobody else holds an end of the socket.
"""

from __future__ import annotations

import pickle
import socket
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["HEAD", "Frames", "Reply", "receive", "request", "send"]

HEAD = struct.Struct("<Qd")
"""The length of the pickle, and the seconds that the work may take (0 in replies)."""

_READ = 32 * 1024


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


def send(line: socket.socket, pickled: bytes, /) -> None:
    """Write one frame to a blocking socket.

    Raises:
        OSError: the other end is gone.
    """
    head = HEAD.pack(len(pickled), 0.0)
    written = line.sendmsg((head, pickled)) - HEAD.size
    if written < 0:
        line.sendall(head[written:])
        written = 0
    if written < len(pickled):
        line.sendall(memoryview(pickled)[written:])


def receive(line: socket.socket, /) -> tuple[float, memoryview] | None:
    """The seconds and the pickle of the next frame of a blocking socket; None where the other end is gone."""
    frames = Frames()
    while piece := line.recv(_READ):
        for frame in frames.take(piece):
            # The other end waits for what comes of it before it sends the next.
            return frame
    return None


class Frames:
    """Puts frames together from the pieces in which a stream delivers them, each in memory of its own.

    Frames may be large, and whoever takes them in has others to see to: so nothing is copied more often than once.
    """

    def __init__(self) -> None:
        self._head = bytearray()
        self._frame: memoryview | None = None
        self._filled = 0

    def take(self, piece: bytes, /) -> Sequence[tuple[float, memoryview]]:
        """The seconds and the pickle of each frame that is whole with the next piece of the stream."""
        if self._frame is None and not self._head and len(piece) >= HEAD.size:
            length, seconds = HEAD.unpack_from(piece)
            if len(piece) == HEAD.size + length:
                # Most frames are one piece, which need not be copied.
                return ((seconds, memoryview(piece)[HEAD.size :]),)
        found = []
        rest = memoryview(piece)
        while rest or self._whole:
            if self._frame is None:
                missing = HEAD.size - len(self._head)
                self._head += rest[:missing]
                rest = rest[missing:]
                if len(self._head) == HEAD.size:
                    self._frame, self._filled = memoryview(bytearray(HEAD.unpack(self._head)[0])), 0
            elif self._whole:
                found.append((HEAD.unpack(self._head)[1], self._frame.toreadonly()))
                self._frame = None
                self._head.clear()
            else:
                fits = rest[: len(self._frame) - self._filled]
                self._frame[self._filled : self._filled + len(fits)] = fits
                self._filled += len(fits)
                rest = rest[len(fits) :]
        return found

    @property
    def _whole(self) -> bool:
        return self._frame is not None and self._filled == len(self._frame)
