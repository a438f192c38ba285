"""What requests leave behind: nothing that only a look through all objects would find, which holds everybody up."""

from __future__ import annotations

import asyncio
import gc
import socket
import struct
from collections import Counter
from collections.abc import Iterator

import pytest
import uvicorn
from uvicorn.server import ServerState

from tiesgraph.store import Store
from tiesgraph.web.cache import Answers
from tiesgraph.web.direct import Direct
from tiesgraph.web.journal import Journal
from tiesgraph.web.opening import Opening
from tiesgraph.web.shelf import Shelf
from tiesgraph.web.site import Site
from tiesgraph.web.wire import protocol

QUERY = b"GET /sparql?query=ASK%%7B%%7D%%23%d HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n"
POSTED = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: %d\r\n\r\n%b"
    % (len(b"ASK {}"), b"ASK {}")
)
LARGE = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture
def garbage() -> Iterator[list[object]]:
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield gc.garbage
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


async def _asked(port: int, data: bytes, *, stays: bool) -> None:
    """Send something, and read what comes, or be gone."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    if stays:
        assert await reader.readline()
    else:
        own: socket.socket = writer.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


@pytest.mark.parametrize(
    ("data", "stays"),
    [
        (QUERY, True),
        (QUERY, False),
        (POSTED, False),
        (QUERY[:30], False),
        (LARGE % 9_000_000 + b"x" * 6_000_000, True),
        (LARGE % 9_000_000 + b"x" * 1_000_000, False),
    ],
    ids=[
        "answered",
        "gone",
        "gone with a body sent",
        "gone amid the question",
        "too large",
        "gone amid what is too large",
    ],
)
def test_requests_leave_no_circles_behind(data: bytes, *, stays: bool, garbage: list[object]) -> None:
    async def work() -> None:
        site = Site.of(Store())
        journal = Journal(Opening(site), tally=site.tally)
        config = uvicorn.Config(journal, log_config=None, access_log=False)
        config.load()
        wire = protocol(journal, Shelf(1_000_000), Direct(site))

        def connected() -> asyncio.Protocol:
            return wire(config=config, server_state=ServerState(), app_state={})  # type: ignore[call-arg]

        server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        # What is made once is not meant.
        await _asked(port, QUERY % 0, stays=True)
        gc.collect()
        garbage.clear()
        for n in range(1, 9):
            await _asked(port, data % n if data == QUERY else data, stays=stays)
        await asyncio.sleep(0.1)
        gc.collect()
        kinds = Counter(type(one).__name__ for one in garbage)
        garbage.clear()
        assert not kinds.keys() & {"RequestResponseCycle", "Memo", "Request", "Wire", "QueryTooLarge", "memoryview"}, (
            kinds
        )
        server.close()

    asyncio.run(work())


def test_kept_answers_are_nothing_to_look_through() -> None:
    answers = Answers(Site.of(Store()).runner, room=1_000_000, cap=Site.of(Store()).answers.cap)
    shelf = answers.shelf
    shelf.put(("ASK {}", "beside"), (b"body", "text/csv", "identity", ("a hint",), None, False), size=100)
    gc.collect()
    ((key, (kept, _)),) = shelf._things.items()
    assert not gc.is_tracked(key)
    assert not gc.is_tracked(kept)
