"""Answers that are kept, and those that several wait for: worked out once; kept only if they are whole and lasting."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

import pytest

from tiesgraph.cut import Cap
from tiesgraph.errors import MisuseError
from tiesgraph.query import EVERYTHING
from tiesgraph.store import Store
from tiesgraph.web.cache import Answers
from tiesgraph.web.runner import Job, Written
from tiesgraph.web.shelf import Shelf
from tiesgraph.workers import Inline


class Slow(Inline):
    """Answers when it is let, and counts how often it is asked."""

    def __init__(self, written: Written) -> None:
        super().__init__(Store())
        self.asked = 0
        self.ended = 0
        self.go = asyncio.Event()
        self.error: Exception | None = None
        self._written = written

    async def run(self, *_what: object, **_how: object) -> Written:  # type: ignore[override]
        """The answer, once it may be given."""
        self.asked += 1
        try:
            await self.go.wait()
        finally:
            self.ended += 1
        if self.error is not None:
            raise self.error
        return self._written


def job(text: str) -> Job:
    return Job(text=text, dataset=EVERYTHING, base="http://x/", accept=(), asked=(), codings=("identity",))


WHOLE = Written(b"answer", "text/csv", "identity")
CUT = WHOLE._replace(cut="not all of it")


def tried(
    work: Callable[[Slow, Answers], Awaitable[None]], /, *, written: Written = WHOLE, room: int = 1_000_000
) -> Slow:
    async def run() -> Slow:
        runner = Slow(written)
        await work(runner, Answers(runner, room=room, cap=Cap()))  # type: ignore[arg-type] # of any task it makes one
        return runner

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "written", "room", "asked"),
    [
        ("ASK {}", WHOLE, 1_000_000, 1),
        ("SELECT (NOW() AS ?now) {}", WHOLE, 1_000_000, 2),
        ("ASK {}", CUT, 1_000_000, 2),
        ("ASK {}", WHOLE, 0, 2),
    ],
    ids=["whole and lasting", "volatile", "cut", "no room"],
)
def test_what_is_kept(text: str, written: Written, room: int, asked: int) -> None:
    async def work(runner: Slow, answers: Answers) -> None:
        runner.go.set()
        for _ in range(2):
            assert await answers.get(job(text)) == written

    assert tried(work, written=written, room=room).asked == asked


def test_errors_are_not_kept() -> None:
    async def work(runner: Slow, answers: Answers) -> None:
        runner.go.set()
        runner.error = MisuseError("no")
        for _ in range(2):
            with pytest.raises(MisuseError):
                await answers.get(job("ASK {}"))

    assert tried(work).asked == 2


def test_those_who_ask_the_same_at_once_wait_for_one_answer() -> None:
    async def work(runner: Slow, answers: Answers) -> None:
        waiting = [asyncio.create_task(answers.get(job("ASK {}"))) for _ in range(5)]
        other = asyncio.create_task(answers.get(job("ASK { ?s ?p ?o }")))
        await asyncio.sleep(0.01)
        assert (runner.asked, answers.joined) == (2, 4)
        runner.go.set()
        assert await asyncio.gather(*waiting, other) == [WHOLE] * 6

    tried(work)


def test_an_error_is_shared_too() -> None:
    async def work(runner: Slow, answers: Answers) -> None:
        runner.error = MisuseError("no")
        waiting = [asyncio.create_task(answers.get(job("ASK {}"))) for _ in range(3)]
        await asyncio.sleep(0.01)
        runner.go.set()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(one) for one in results] == [MisuseError] * 3

    assert tried(work).asked == 1


def test_the_work_goes_on_as_long_as_anybody_waits_for_it() -> None:
    async def work(runner: Slow, answers: Answers) -> None:
        first, second, third = (asyncio.create_task(answers.get(job("ASK {}"))) for _ in range(3))
        await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.sleep(0.01)
        third.cancel()
        await asyncio.sleep(0.01)
        assert (runner.asked, runner.ended) == (1, 0)
        runner.go.set()
        assert await second == WHOLE

    tried(work)

    async def all_go(runner: Slow, answers: Answers) -> None:
        tasks = [asyncio.create_task(answers.get(job("ASK {}"))) for _ in range(3)]
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (runner.asked, runner.ended) == (1, 1)
        runner.go.set()
        # Whoever comes now does not get what nobody waited for.
        assert await answers.get(job("ASK {}")) == WHOLE
        assert runner.asked == 2

    tried(all_go)


def test_a_shelf_forgets_what_was_asked_for_longest_ago() -> None:
    shelf: Shelf[str, int] = Shelf(100)
    for number, name in enumerate("abcdefghij"):
        shelf.put(name, number, size=10)
    assert shelf.get("a") == 0
    shelf.put("k", 10, size=10)
    assert (shelf.get("b"), shelf.get("a"), shelf.get("k")) == (None, 0, 10)
    assert (len(shelf), shelf.held) == (10, 100)
    shelf.put("a", 11, size=5)
    assert (shelf.get("a"), shelf.held) == (11, 95)
    shelf.put("large", 12, size=50)
    assert shelf.get("large") is None
    assert (shelf.hits, shelf.misses) == (4, 2)


def test_a_fork_lets_go_of_what_is_kept() -> None:
    shelf: Shelf[str, int] = Shelf(100)
    shelf.put("a", 1, size=10)
    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        os.write(write, bytes([len(shelf), shelf.held]))
        os._exit(0)
    os.waitpid(pid, 0)
    assert list(os.read(read, 2)) == [0, 0]
    assert (len(shelf), shelf.held) == (1, 10)
    for end in (read, write):
        os.close(end)
