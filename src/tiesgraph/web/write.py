"""A response in one write, where uvicorn takes one for its head and one for its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from tiesgraph.web.journal import Headers

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

__all__ = ["let_go", "lines", "lines_of_all", "send_at_once"]

_last: list[tuple[Headers, bytes]] = []


def lines(headers: Headers, /) -> bytes:
    """The lines of a head.

    Raises:
        RuntimeError: a header holds a line end.
    """
    head = b"".join([b"%b: %b\r\n" % header for header in headers])
    if head.count(b"\n") != len(headers) or head.count(b"\r") != len(headers):
        raise RuntimeError("a header holds a line end")
    return head


def lines_of_all(headers: Headers, /) -> bytes:
    """The lines of the headers that all responses have, of which there are new ones each second."""
    if not _last or _last[0][0] is not headers:
        _last[:] = [(headers, lines(headers))]
    return _last[0][1]


def send_at_once(cycle: RequestResponseCycle) -> None:
    """Have a response go out in one write where its length is known and nothing stands in the way."""
    in_parts = cycle.send
    held: list[Message] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and not held and not cycle.response_started:
            held.append(message)
            return
        if held:
            start = held.pop()
            if _is_plain(cycle, start, message):
                _write(cycle, start, message)
                return
            await in_parts(start)  # type: ignore[arg-type] # a message by any name
        await in_parts(message)  # type: ignore[arg-type]

    cycle.send = send  # type: ignore[assignment, method-assign]


def let_go(cycle: RequestResponseCycle | None) -> None:
    """Undo `send_at_once`: a cycle and its send would hold each other, and the body, until garbage is looked for."""
    if cycle is not None:
        vars(cycle).pop("send", None)


def _is_plain(cycle: RequestResponseCycle, start: Message, message: Message) -> bool:
    length = b"%d" % len(message.get("body", b""))
    return (
        not message.get("more_body", False)
        and not cycle.disconnected
        and not cycle.flow.write_paused
        and not cycle.waiting_for_100_continue
        and cycle.keep_alive
        and cycle.scope["method"] != "HEAD"
        and (b"content-length", length) in start["headers"]
        and not any(name in (b"connection", b"transfer-encoding") for name, _ in start["headers"])
    )


def _write(cycle: RequestResponseCycle, start: Message, message: Message) -> None:
    head = lines([*cycle.default_headers, *start["headers"]])
    cycle.transport.write(b"".join((STATUS_LINE[start["status"]], head, b"\r\n", message.get("body", b""))))
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
