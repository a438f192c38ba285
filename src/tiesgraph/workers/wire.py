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


def receive(line: socket.socket, /) -> tuple[float, bytes | memoryview] | None:
    """The seconds and the pickle of the next frame of a blocking socket; None where the other end is gone."""
    frames = Frames()
    while piece := line.recv(_READ):
        for frame in frames.take(piece):
            # The other end waits for what comes of it before it sends the next.
            return frame
    return None


class Frames:
    """Puts frames together from the pieces in which a stream delivers them."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    def take(self, piece: bytes, /) -> Sequence[tuple[float, bytes | memoryview]]:
        """The seconds and the pickle of each frame that is whole with the next piece of the stream."""
        if not self._pieces and len(piece) >= HEAD.size:
            length, seconds = HEAD.unpack_from(piece)
            if len(piece) == HEAD.size + length:
                # Most frames are one piece, which need not be copied.
                return ((seconds, memoryview(piece)[HEAD.size :]),)
        self._pieces += piece
        found = []
        while (frame := self._next()) is not None:
            found.append(frame)
        return found

    def _next(self) -> tuple[float, bytes] | None:
        if len(self._pieces) < HEAD.size:
            return None
        length, seconds = HEAD.unpack_from(self._pieces)
        end = HEAD.size + length
        if len(self._pieces) < end:
            return None
        pickled = bytes(memoryview(self._pieces)[HEAD.size : end])
        del self._pieces[:end]
        return seconds, pickled
