"""The pool of workers: what tasks come to, whatever they do, and whatever is done to the processes they run in."""

from __future__ import annotations

import asyncio
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import pyoxigraph as ox
import pytest
import uvloop

from tiesgraph.errors import MemoryLimitReached, MisuseError, Overloaded, TimeLimitReached, WorkerLost
from tiesgraph.store import Store
from tiesgraph.workers import Inline, Limits, Pool
from tiesgraph.workers.kinds import Likeness
from tiesgraph.workers.notices import Birth
from tiesgraph.workers.nursery import Nursery
from tiesgraph.workers.staff import Staff

R = TypeVar("R")

MIB = 1024 * 1024
SLACK = 3.0
"""Seconds that a busy machine may take on top of a limit of some tenths."""

GRAPH = ox.NamedNode("http://example.org/g")
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(9)) + " }"


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    predicate = ox.NamedNode("http://example.org/p")
    triples = [ox.Triple(ox.NamedNode(f"http://example.org/{n}"), predicate, ox.Literal(n)) for n in range(300)]
    made.add(triples, graph=GRAPH)
    return made


def made(store: Store, /, **limits: float) -> Pool:
    """A pool, which is still to be opened."""
    with pytest.MonkeyPatch.context() as patch:
        # Libraries that other tests import keep threads of their own, which hold nothing that a worker needs.
        patch.setattr("tiesgraph.workers.nursery.are_there_only", lambda _: True)
        # And gigabytes, which a nursery would put together for seconds; servers that have their own process do so.
        patch.setattr("tiesgraph.workers.cradle.gather_pages", lambda: iter(()))
        return Pool(store, limits=Limits(**{"workers": 4, "seconds": 10.0, **limits}))  # type: ignore[arg-type]


def pooled(store: Store, work: Callable[[Pool], Awaitable[R]], /, **limits: float) -> R:
    """What `work` does with a pool that is closed behind it."""
    pool = made(store, **limits)

    async def run() -> R:
        await pool.open()
        try:
            return await work(pool)
        finally:
            await pool.close()

    return asyncio.run(run())


async def until(asked: Callable[[], R | None], *, within: float = 120.0) -> R:
    """Wait until there is something, or it holds; where it has to be soon, within what a busy machine may take."""
    end = time.monotonic() + within
    while not (found := asked()):
        assert time.monotonic() < end
        await asyncio.sleep(0.005)
    return found


# ---- tasks, which have to be functions of a module


def echo(_store: Store, value: object) -> object:
    return value


def where(_store: Store, seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def hold(_store: Store, folder: Path) -> int:
    """Leave a mark, and wait to be released: whoever is killed before it has quite begun is another story."""
    (folder / "held").touch()
    while not (folder / "release").exists():
        time.sleep(0.1)
    return os.getpid()


def churn(_store: Store, folder: Path) -> str:
    """Be busy until released."""
    while not (folder / "release").exists():
        pass
    return "done"


def count(store: Store, _: object) -> int:
    return len(store)


def count_of(store: Store, graph: ox.NamedNode | None) -> int:
    return store.size(graph)


def uuid(store: Store, _: object) -> str:
    (row,) = store.select("SELECT (STRUUID() AS ?id) {}")
    return str(row["id"].value)


def ask(store: Store, query: str) -> int:
    return sum(1 for _ in store.select(query))


def spin(_store: Store, seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return "done"


def toil(_store: Store, seconds: float) -> str:
    """The same by processor time, of which one that stands back gets little on a busy machine."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return "done"


def hoard(_store: Store, size: int) -> NoReturn:
    held = []
    while True:
        held.append(bytes(size))


def keep(_store: Store, size: int) -> None:
    held = bytearray(size)
    time.sleep(10)
    del held


def misuse(_store: Store, _: object) -> NoReturn:
    raise MisuseError("not like this", mend="like that")


def fail(_store: Store, _: object) -> NoReturn:
    raise ZeroDivisionError("a defect of ours")


def crash(_store: Store, number: int) -> None:
    signal.pthread_kill(threading.get_ident(), number)
    time.sleep(10)


def leave(_store: Store, code: int) -> NoReturn:
    os._exit(code)


def nameless(_store: Store, _: object) -> object:
    return lambda: None


def die_once(_store: Store, mark: str) -> str:
    """Be killed the first time, and answer the second."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(10)
    return "answered"


def die(_store: Store, _: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(10)


# ---- what comes back


def test_a_task_gets_the_store_and_its_argument(store: Store) -> None:
    async def work(pool: Pool) -> tuple[object, int]:
        return await pool.run(echo, {"a": [1, b"x" * 3 * MIB]}), await pool.run(count, None)

    value, size = pooled(store, work)
    assert value == {"a": [1, b"x" * 3 * MIB]}
    assert size == len(store)


def test_many_at_once_get_each_their_own(store: Store) -> None:
    async def work(pool: Pool) -> list[object]:
        return await asyncio.gather(*(pool.run(echo, n) for n in range(200)))

    assert pooled(store, work) == list(range(200))


def test_an_error_of_ours_arrives_as_it_is(store: Store) -> None:
    with pytest.raises(MisuseError) as caught:
        pooled(store, lambda pool: pool.run(misuse, None))
    assert (caught.value.message, caught.value.mend) == ("not like this", "like that")


@pytest.mark.parametrize("task", [fail, nameless], ids=["raises", "returns what cannot be sent"])
def test_a_failure_is_told_with_its_trace_and_without_it_in_the_message(
    store: Store, task: Callable[[Store, object], object]
) -> None:
    with pytest.raises(RuntimeError, match="task") as caught:
        pooled(store, lambda pool: pool.run(task, None))
    assert "defect" not in str(caught.value)
    if task is fail:
        assert "a defect of ours" in "".join(caught.value.__notes__)


@pytest.mark.parametrize("ripe", [False, True])
def test_workers_do_not_give_out_the_same_random_values(store: Store, *, ripe: bool) -> None:
    async def work(pool: Pool) -> list[str]:
        # In the nursery, too, the engine is asked for something before it is ready.
        await until(lambda: not ripe or all(worker.ripe for worker in pool.staff.idle_ones))
        return await asyncio.gather(*(pool.run(uuid, None) for _ in range(12)))

    uuid(store, None)
    made = pooled(store, work)
    assert len(set(made)) == len(made)


def test_a_worker_has_one_thread_which_stands_back_as_a_whole(store: Store) -> None:
    async def work(pool: Pool) -> tuple[list[int], int]:
        spinning = asyncio.create_task(pool.run(spin, 60.0))
        await until(lambda: any(order.stands_back for _, order in pool.staff.busy()))
        ((worker, _),) = pool.staff.busy()
        seen = [int(thread.name) for thread in Path(f"/proc/{worker.pid}/task").iterdir()]
        policy = os.sched_getscheduler(worker.pid)
        spinning.cancel()
        return [one - worker.pid for one in seen], policy

    assert pooled(store, work) == ([0], os.SCHED_IDLE)


def test_a_pool_is_not_made_beside_threads(store: Store) -> None:
    wait = threading.Event()
    other = threading.Thread(target=wait.wait)
    other.start()
    try:
        with pytest.raises(RuntimeError, match="several threads"):
            Nursery.start(store, memory=64 * MIB, lifeline=0)
    finally:
        wait.set()
        other.join()


def test_inline_does_the_same_without_processes(store: Store) -> None:
    assert asyncio.run(Inline(store).run(count, None)) == len(store)


# ---- limits


@pytest.mark.parametrize("work", [(spin, 60.0), (where, 60.0), (ask, ENDLESS)], ids=["busy", "asleep", "in the engine"])
def test_time_is_up(store: Store, work: tuple[Callable[[Store, object], object], object]) -> None:
    start = time.monotonic()
    with pytest.raises(TimeLimitReached, match=r"within 0\.4 seconds"):
        pooled(store, lambda pool: pool.run(*work), seconds=0.4, memory=2048 * MIB)
    assert 0.4 <= time.monotonic() - start < 0.4 + SLACK


def test_a_caller_may_give_less_time_but_not_more(store: Store) -> None:
    with pytest.raises(TimeLimitReached, match=r"within 0\.2 seconds"):
        pooled(store, lambda pool: pool.run(spin, 60.0, seconds=0.2), seconds=5.0)
    with pytest.raises(TimeLimitReached, match=r"within 0\.3 seconds"):
        pooled(store, lambda pool: pool.run(spin, 60.0, seconds=50.0), seconds=0.3)


@pytest.mark.parametrize(
    "task",
    [(hoard, MIB), (ask, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g")],
    ids=["Python", "the engine"],
)
def test_memory_is_up_and_the_next_task_is_done(
    store: Store, task: tuple[Callable[[Store, object], object], object]
) -> None:
    async def work(pool: Pool) -> object:
        with pytest.raises(MemoryLimitReached, match="64 MiB"):
            await pool.run(*task)
        return await pool.run(echo, "next")

    assert pooled(store, work, memory=64 * MIB) == "next"


def test_all_together_have_a_limit_of_memory_too(store: Store) -> None:
    async def work(pool: Pool) -> list[object]:
        tasks = [pool.run(keep_busily, 40 * MIB * size) for size in (1, 3, 2)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = pooled(store, work, total=200 * MIB, memory=512 * MIB, slow=0.0, seconds=2.0)
    assert isinstance(results[1], MemoryLimitReached)
    assert [type(one) for one in (results[0], results[2])] == [TimeLimitReached] * 2


def keep_busily(_store: Store, size: int) -> None:
    held = bytearray(os.urandom(1)) * size
    spin(_store, 10)
    del held


def test_a_full_queue_turns_away_and_waiting_has_an_end(store: Store) -> None:
    async def work(pool: Pool) -> None:
        running = [asyncio.create_task(pool.run(where, 60.0)) for _ in range(2)]
        await until(lambda: len(pool.staff.busy()) == 2)
        waiting = asyncio.create_task(pool.run(echo, 1, seconds=0.3))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match="waiting here already") as full:
            await pool.run(echo, 2)
        assert full.value.retry_after
        with pytest.raises(Overloaded, match="no worker became free") as crowded:
            await waiting
        assert crowded.value.retry_after
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        assert await pool.run(echo, 3) == 3

    pooled(store, work, workers=2, abreast=2, queue=1, heavy=60.0)


def test_heavy_tasks_leave_room_for_light_ones(store: Store) -> None:
    async def work(pool: Pool) -> list[float]:
        heavy = [asyncio.create_task(pool.run(spin, 60.0)) for _ in range(12)]
        await until(lambda: sum(order.suspect for order in pool.lanes) == 12)
        took = []
        for n in range(20):
            start = time.monotonic()
            assert await pool.run(echo, n) == n
            took.append(time.monotonic() - start)
        assert pool.outcomes.parked > 0
        for one in heavy:
            one.cancel()
        await asyncio.gather(*heavy, return_exceptions=True)
        return took

    assert max(pooled(store, work, workers=8, seconds=30.0)) < SLACK


def test_heavy_tasks_are_done_one_after_the_other(store: Store) -> None:
    async def work(pool: Pool) -> list[str]:
        return await asyncio.gather(*(pool.run(spin, 0.4) for _ in range(6)))

    assert pooled(store, work, workers=2, heavy=0.1, slow=0.05, seconds=60.0) == ["done"] * 6


# ---- faults


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS], ids=lambda number: number.name)
def test_a_crash_costs_one_task_only(store: Store, number: signal.Signals) -> None:
    async def work(pool: Pool) -> object:
        beside = asyncio.create_task(pool.run(where, 0.5))
        with pytest.raises(WorkerLost, match=f"crashed .{number.name}"):
            await pool.run(crash, number)
        assert await beside
        return await pool.run(echo, "next")

    assert pooled(store, work) == "next"


def test_a_query_that_crashes_the_engine_costs_one_task_only(store: Store) -> None:
    async def work(pool: Pool) -> object:
        with pytest.raises(WorkerLost, match="crashed"):
            await pool.run(ask, "SELECT * { FILTER(" + "STR(" * 200_000 + "1" + ")" * 200_000 + ") }")
        return await pool.run(echo, "next")

    assert pooled(store, work, memory=1024 * MIB) == "next"


def test_a_task_that_ends_its_worker_is_a_failure(store: Store) -> None:
    with pytest.raises(RuntimeError, match="ended its worker"):
        pooled(store, lambda pool: pool.run(leave, 3))


def test_a_task_whose_worker_is_killed_is_begun_again_but_not_for_ever(store: Store, tmp_path: Path) -> None:
    assert pooled(store, lambda pool: pool.run(die_once, str(tmp_path / "mark"))) == "answered"
    with pytest.raises(WorkerLost, match="killed from outside"):
        pooled(store, lambda pool: pool.run(die, None))


def test_idle_workers_that_are_killed_are_replaced(store: Store) -> None:
    async def work(pool: Pool) -> int:
        first = await pool.run(where, 0.0)
        os.kill(first, signal.SIGKILL)
        free = pool.staff
        await until(lambda: free.idle and first not in {worker.pid for worker in free.idle_ones}, within=SLACK)
        return len({await pool.run(where, 0.0) for _ in range(5)} - {first})

    assert pooled(store, work) >= 1


def test_the_nursery_is_made_again_while_its_workers_go_on(store: Store, tmp_path: Path) -> None:
    async def work(pool: Pool) -> tuple[list[int], list[int], str]:
        # The first workers are replaced anyway when the nursery is ready.
        await until(lambda: pool.staff.lineage.heir)
        # One that has worked does not take so long to begin that it stands back.
        await pool.run(where, 0.0)
        holding = asyncio.create_task(pool.run(hold, tmp_path))
        churning = asyncio.create_task(pool.run(churn, tmp_path))
        await until((tmp_path / "held").exists)
        await until(lambda: sorted(order.stands_back for _, order in pool.staff.busy()) == [False, True])
        before = {worker.pid for worker in pool.staff.idle_ones}
        (held,) = (worker.pid for worker, order in pool.staff.busy() if not order.stands_back)
        nursery = pool.staff.lineage.pid
        os.kill(nursery, signal.SIGKILL)
        await until(lambda: pool.staff.lineage.pid != nursery)
        assert len(before & {worker.pid for worker in pool.staff.idle_ones}) >= len(before) - 1
        assert pool.outcomes.lost == 1
        (tmp_path / "release").touch()
        return [await holding], [held], await churning

    same, held, done = pooled(store, work, workers=16, seconds=600.0)
    assert (same, done) == (held, "done")


def test_a_worker_on_its_way_when_the_nursery_gets_ready_is_not_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[tuple[Birth, int]] = []
    born = Staff.born

    def delayed(staff: Staff, birth: Birth, /, *, generation: int) -> None:
        if not birth.ripe and not late:
            late.append((birth, generation))
            return
        born(staff, birth, generation=generation)
        if birth.ripe and len(late) == 1:
            late.append((birth, generation))
            born(staff, late[0][0], generation=late[0][1])

    monkeypatch.setattr(Staff, "born", delayed)

    async def work(pool: Pool) -> set[bool]:
        await until(lambda: len(late) == 2 and not pool.staff._joining)
        return {worker.ripe for worker in pool.staff.idle_ones}

    assert pooled(store, work) == {True}


async def others(pool: Pool) -> None:
    """Kill all workers that are free, and wait for others in their place."""
    await until(lambda: pool.staff.idle)
    killed = {worker.pid for worker in pool.staff.idle_ones}
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    await until(lambda: pool.staff.idle and not killed & {worker.pid for worker in pool.staff.idle_ones})


def test_the_heir_takes_the_place_of_the_nursery_and_its_workers_are_as_good(store: Store) -> None:
    async def work(pool: Pool) -> None:
        lineage = pool.staff.lineage
        for _ in range(3):
            heir, before = await until(lambda: lineage.heir), lineage.pid
            os.kill(before, signal.SIGKILL)
            while lineage.pid == before:
                await asyncio.sleep(0.01)
            assert lineage.pid == heir
            await others(pool)
            assert {worker.ripe for worker in pool.staff.idle_ones} == {True}
            assert await pool.run(where, 0.0) in {worker.pid for worker in pool.staff.idle_ones}

    pooled(store, work)


def test_an_heir_that_is_gone_is_made_again(store: Store) -> None:
    async def work(pool: Pool) -> None:
        lineage = pool.staff.lineage
        heir, nursery = await until(lambda: lineage.heir), lineage.pid
        os.kill(heir, signal.SIGKILL)
        await until(lambda: lineage.heir not in {None, heir})
        assert lineage.pid == nursery

    pooled(store, work)


def test_an_heir_is_asked_for_only_of_a_nursery_that_has_got_ready(store: Store) -> None:
    async def work(pool: Pool) -> None:
        lineage = pool.staff.lineage
        heir, nursery = await until(lambda: lineage.heir), lineage.pid
        os.kill(heir, signal.SIGKILL)
        # That is noticed, and soon another would be asked for; but now there is a nursery that has only just begun.
        while lineage.heir == heir:
            await asyncio.sleep(0.001)
        os.kill(nursery, signal.SIGKILL)
        while lineage.pid == nursery or lineage.heir is None:
            await asyncio.sleep(0.001)
        nursery = lineage.pid
        os.kill(nursery, signal.SIGKILL)
        while lineage.pid == nursery:
            await asyncio.sleep(0.001)
        await others(pool)
        assert {worker.ripe for worker in pool.staff.idle_ones} == {True}

    pooled(store, work)


def test_nurseries_that_end_over_getting_ready_do_so_the_less_often(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "narrowing", lambda _: iter(lambda: os._exit(1), None))

    async def work(pool: Pool) -> float:
        await until(lambda: pool.staff.lineage.generation == 1)
        start = time.monotonic()
        assert await pool.run(echo, "between") == "between"
        await until(lambda: pool.staff.lineage.generation == 2)
        return time.monotonic() - start

    assert pooled(store, work) >= 0.7


def test_a_worker_of_a_nursery_that_is_gone_ends_with_the_server(store: Store, tmp_path: Path) -> None:
    pids: list[int] = []

    async def work(pool: Pool) -> None:
        # What is made before it has got ready ends with the nursery.
        await until(lambda: pool.staff.lineage.heir)
        nursery = pool.staff.lineage.pid
        await pool.run(where, 0.0)
        holding = asyncio.create_task(pool.run(hold, tmp_path))
        await until((tmp_path / "held").exists)
        os.kill(nursery, signal.SIGKILL)
        await until(lambda: pool.staff.lineage.pid != nursery)
        pids.extend(worker.pid for worker, _ in pool.staff.busy())
        # Whoever is gone tells nobody to end.
        for worker, _ in pool.staff.busy():
            worker.pause(0.0)
            assert not worker.is_paused
        os.close(pool.staff.lineage._lifeline[1])
        pool.staff.lineage._lifeline = os.pipe()
        await until(lambda: all(_state(pid) in {"", "Z"} for pid in pids), within=SLACK)
        holding.cancel()

    pooled(store, work, seconds=600.0)
    assert len(pids) == 1


def _state(pid: int) -> str:
    """The state of a process, `Z` where it has ended but nobody asked how; nothing where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return ""


def test_work_that_nobody_waits_for_is_stopped(store: Store) -> None:
    async def work(pool: Pool) -> int:
        task = asyncio.create_task(pool.run(spin, 60.0))
        await until(lambda: any(order.stands_back for _, order in pool.staff.busy()))
        (busy, _), *_ = pool.staff.busy()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: not pool.staff.busy(), within=SLACK)
        assert pool.outcomes.abandoned == 1
        return busy.pid

    pid = pooled(store, work)
    assert not Path(f"/proc/{pid}").exists()


def test_what_was_heavy_makes_way_from_the_beginning_until_it_is_light(store: Store) -> None:
    async def work(pool: Pool) -> list[bool]:
        found = []
        for seconds in (0.6, 0.3, 0.001, 0.1):
            answer = pool.start(toil, seconds, kind=lambda _: Likeness(lambda: "spinning", lambda: "spins"))
            while not any(order.answer is answer for _, order in pool.staff.busy()):
                await asyncio.sleep(0.001)
            (order,) = (order for _, order in pool.staff.busy() if order.answer is answer)
            found.append(order.heavy and order.stands_back)
            await answer
        return found

    assert pooled(store, work) == [False, True, True, False]


def middling(pool: Pool) -> asyncio.Future[str]:
    """Begin something too heavy to be light, of a kind of its own, in times of strain."""
    pool.lanes.strain(asyncio.get_running_loop().time())
    return pool.start(toil, 0.06, kind=lambda _: Likeness(lambda: "middling", lambda: "some"))


async def begins(pool: Pool, answer: asyncio.Future[R]) -> tuple[int, bool]:
    """In which worker something begins, and whether it stands back at once."""
    while True:
        for worker, order in pool.staff.busy():
            if order.answer is answer:
                return worker.pid, order.stands_back
        await asyncio.sleep(0.001)


def test_what_was_middling_stands_back_at_once_and_shares_a_worker_that_did_so(store: Store) -> None:
    async def work(pool: Pool) -> list[tuple[int, bool]]:
        await until(lambda: pool.staff.lineage.heir)
        seen = []
        for _ in range(3):
            answer = middling(pool)
            seen.append(await begins(pool, answer))
            assert await answer == "done"
        others = [await pool.run(where, 0.0) for _ in range(4)]
        assert seen[-1][0] not in others
        # It is no use to anybody else.
        pool.staff.trim()
        answer = middling(pool)
        seen.append(await begins(pool, answer))
        await answer
        return seen

    (first, *behind), stands_back = zip(*pooled(store, work), strict=True)
    assert stands_back == (False, True, True, True)
    assert behind[0] == behind[1] == first
    assert behind[2] != first


def test_a_worker_that_stands_back_and_is_lost_is_replaced(store: Store) -> None:
    async def work(pool: Pool) -> list[int]:
        lineage = pool.staff.lineage
        await until(lambda: lineage.heir)
        pids = []
        for turn in range(3):
            answer = middling(pool)
            pids.append((await begins(pool, answer))[0])
            await answer
            if turn == 0:
                os.kill(pids[0], signal.SIGKILL)
            else:
                nursery = lineage.pid
                os.kill(nursery, signal.SIGKILL)
                while lineage.pid == nursery:
                    await asyncio.sleep(0.01)
            await until(lambda: pids[-1] not in {worker.pid for worker in pool.staff._behind}, within=SLACK)
        answer = middling(pool)
        pids.append((await begins(pool, answer))[0])
        await answer
        return pids

    assert len(set(pooled(store, work))) == 4


def test_what_is_at_hand_at_the_end_is_told_so_and_no_process_is_left(store: Store) -> None:
    async def work(pool: Pool) -> tuple[BaseException | str, list[int]]:
        task = asyncio.create_task(pool.run(spin, 60.0))
        await until(pool.staff.busy)
        pids = [worker.pid for worker, _ in pool.staff.busy()] + [pool.staff.lineage.pid]
        pool.drain(0.2)
        with pytest.raises(Overloaded, match="ending"):
            await pool.run(echo, 1)
        (result,) = await asyncio.gather(task, return_exceptions=True)
        return result, pids

    result, pids = pooled(store, work)
    assert isinstance(result, Overloaded)
    assert len(pids) == 2
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_a_nursery_that_ends_before_it_has_got_ready_says_nothing() -> None:
    # In a process of its own: what a fork says at its end gets lost in pytest's copy of stderr.
    code = (
        "import asyncio, pyoxigraph as ox; from tiesgraph.store import Store; from tiesgraph.workers import Pool\n"
        "store, node = Store(), ox.NamedNode('http://example.org/')\n"
        "store.add([ox.Triple(node, node, ox.Literal(n)) for n in range(300)], graph=node)\n"
        "Store.narrowing = lambda self: (None for _ in self.engine.quads_for_pattern(None, None, None, None))\n"
        "pool = Pool(store)\n"
        "async def run():\n"
        "    await pool.open(); await asyncio.sleep(0.6); await pool.close()\n"
        "asyncio.run(run())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stderr == ""


def test_workers_beyond_a_few_are_let_go_when_there_is_nothing_to_do(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiesgraph.workers.pool._LULL", 0.2)

    async def work(pool: Pool) -> int:
        # The first workers are replaced anyway when the nursery is ready.
        await until(lambda: pool.staff.lineage.heir)
        await asyncio.gather(*(pool.run(where, 0.3) for _ in range(8)))
        many = len(pool.staff)
        await until(lambda: len(pool.staff) == 2, within=SLACK)
        return many

    assert pooled(store, work, workers=8, young=0.01) > 2


# ---- turns


def test_of_those_that_take_long_a_few_run_and_the_others_pause(store: Store) -> None:
    def running(pool: Pool) -> int:
        pids = [worker.pid for worker, order in pool.staff.busy() if order.stands_back]
        return sum(not pauses(Path(f"/proc/{pid}/status").read_text(encoding="utf-8")) for pid in pids)

    def pauses(status: str) -> bool:
        # One that is stopped while it has no processor stops before it does anything, but only when it gets one.
        told = dict(line.split(":", 1) for line in status.splitlines())
        to_come = int(told["ShdPnd"], 16) | int(told["SigPnd"], 16)
        return told["State"].split()[0] == "T" or bool(to_come >> (signal.SIGSTOP - 1) & 1)

    async def work(pool: Pool) -> tuple[list[int], str, list[str]]:
        long = [asyncio.create_task(pool.run(toil, 0.7)) for _ in range(5)]
        seen = []
        while not all(order.stands_back for _, order in pool.staff.busy()) or len(pool.staff.busy()) < 5:
            await asyncio.sleep(0.05)
        for _ in range(10):
            await asyncio.sleep(0.02)
            seen.append(running(pool))
        middling = await pool.run(toil, 0.1)
        assert len(pool.staff.busy()) == 5
        return seen, middling, await asyncio.gather(*long)

    seen, middling, long = pooled(store, work, workers=8, side_by_side=1, heavy=60.0, seconds=60.0)
    # A signal takes a moment to arrive.
    assert sorted(seen)[len(seen) // 2] == 1, seen
    assert (middling, long) == ("done", ["done"] * 5)


def test_one_that_waits_is_young_until_it_has_done_so_for_a_while(store: Store) -> None:
    async def work(pool: Pool) -> tuple[bool, bool]:
        began = time.monotonic()
        waiting = asyncio.create_task(pool.run(where, 4.0))
        await asyncio.create_task(pool.run(echo, "next"))
        early = time.monotonic() - began < pool.limits.grown_up
        late = waiting.done()
        await waiting
        return early, late

    assert pooled(store, work, abreast=1, young=0.05) == (False, False)


def test_a_task_given_to_a_worker_that_has_just_ended_is_done_by_another(store: Store) -> None:
    pool = made(store)

    async def work() -> list[object]:
        await pool.open()
        try:
            answers: list[object] = []
            for n in range(5):
                answers.append(await pool.run(echo, n))
                for worker in pool.staff.idle_ones:
                    worker.hang_up()
            return answers
        finally:
            await pool.close()

    # The event loop of a server: unlike asyncio's own it lets nobody write to a socket that is closed.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(work()) == list(range(5))


def test_memory_is_put_together_to_huge_pages_and_holds_what_it_held() -> None:
    code = (
        "import re; from pathlib import Path; from tiesgraph.workers.process import gather_pages\n"
        "held = bytes(range(256)) * 200_000\n"
        "steps = sum(1 for _ in gather_pages())\n"
        "assert held == bytes(range(256)) * 200_000\n"
        "print(steps, re.search(r'AnonHugePages: +(\\d+)', Path('/proc/self/smaps_rollup').read_text())[1])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    steps, gathered = map(int, told)
    assert steps >= 20
    # Linux puts pages together when it is told to from 6.1 on.
    if (
        tuple(map(int, platform.release().split(".")[:2])) >= (6, 1)
        and Path("/sys/kernel/mm/transparent_hugepage").exists()
    ):
        assert gathered >= 20 * 1024


def test_the_server_asks_for_short_turns_and_its_forks_do_not() -> None:
    number = {"x86_64": 315, "aarch64": 275, "riscv64": 275}.get(platform.machine())
    if number is None or tuple(map(int, platform.release().split(".")[:2])) < (6, 12):
        pytest.skip("Linux from 6.12 on, on a machine whose calls are known here")
    code = (
        "import ctypes, os, struct; from tiesgraph.workers.precedence import be_prompt\n"
        "def turn():\n"
        "    told = ctypes.create_string_buffer(56)\n"
        f"    assert ctypes.CDLL(None).syscall({number}, 0, told, 56, 0) == 0\n"
        "    return struct.unpack_from('=Q', told, 24)[0]\n"
        "def child():\n"
        "    ours, theirs = os.pipe()\n"
        "    if os.fork() == 0:\n"
        "        os.write(theirs, str(turn()).encode()); os._exit(0)\n"
        "    os.wait(); return int(os.read(ours, 99))\n"
        "os.nice(3); before = turn(); be_prompt()\n"
        "print(before, turn(), child(), os.nice(0))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    before, prompt, child, nice = map(int, told)
    assert (prompt, nice) == (100_000, 3)
    assert before > prompt
    assert child > prompt


def test_workers_that_are_made_before_the_named_graphs_are_read_find_them(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.pack(tmp_path)
    packed = Store.unpack(tmp_path)
    # A nursery that never gets ready.
    monkeypatch.setattr(Store, "narrowing", lambda _: iter(lambda: None, True))

    async def work(pool: Pool) -> list[int]:
        return [await pool.run(count_of, graph) for graph in (None, GRAPH, None, GRAPH)]

    assert pooled(packed, work) == [300] * 4


def test_a_thread_is_waited_for_until_the_system_has_forgotten_it() -> None:
    code = (
        "import threading; from tiesgraph.workers.process import are_there_only\n"
        "goes_on = threading.Event(); thread = threading.Thread(target=goes_on.wait); thread.start()\n"
        "print(are_there_only(1), are_there_only(2))\n"
        "goes_on.set(); thread.join()\n"
        "print(are_there_only(1))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert told == ["False", "True", "True"]
