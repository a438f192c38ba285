"""The clients: what each kind of them does, over and over, as long as the phase is one in which it takes part."""

from __future__ import annotations

import http.client
import itertools
import multiprocessing
import os
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized

import httptools

from soaking.asks import DEATHS, Ask
from soaking.client import Client, Got, fault, request_line
from soaking.ledger import Ledger

__all__ = ["GROUPS", "PHASES", "Crowd", "Task", "Traffic", "play"]

PHASES = ("pause", "rest", "ordinary", "attack", "end")
_ORDINARY, _ATTACK, _END = PHASES.index("ordinary"), PHASES.index("attack"), PHASES.index("end")


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the clients need to know: where to ask, what, and how long a query may take."""

    url: str
    limit: float
    light: Sequence[Ask]
    named: Sequence[Ask]
    large: Ask


class Task:
    """One client's view of the soak.

    Attributes:
        traffic: what there is to ask.
        ledger: where it notes what it saw.
        dice: its own, so that a run can be told apart from the next only by time.
    """

    def __init__(self, traffic: Traffic, phase: Synchronized[int], name: str) -> None:
        self.traffic = traffic
        self.ledger = Ledger()
        self.dice = random.Random(name)  # noqa: S311 - no secret
        self._phase = phase
        self._numbers = (f"{name}-{time.time_ns():x}-{n}" for n in itertools.count())

    @property
    def now(self) -> int:
        """The phase, by its number."""
        return self._phase.value

    def number(self) -> str:
        """What no other query says."""
        return next(self._numbers)

    def check(self, ask: Ask, got: Got, /, *, held: bool = False) -> None:
        """Note a response and what is wrong with it."""
        self.ledger.note(PHASES[self.now], ask.kind, got.status)
        if (what := fault(ask, got, held=held)) is not None:
            self.ledger.blame(what)


Step = Callable[[Task, Client], None]


def light(task: Task, client: Client, /) -> None:
    """Ask for one thing of the graph, as nobody has asked before."""
    ask = task.dice.choice(task.traffic.light).distinct(task.number())
    before = task.now
    got = client.get(ask)
    task.check(ask, got)
    if task.now == before:
        task.ledger.light[PHASES[before]].append(got.to_end)
    time.sleep(task.dice.uniform(0.02, 0.06))


def ordinary(task: Task, client: Client, /) -> None:
    """Ask a named question: as everybody does, as one who has the answer already, or as nobody else."""
    ask = task.dice.choice(task.traffic.named)
    match task.dice.randrange(3):
        case 0:
            got = client.get(ask)
            task.check(ask, got)
            if "etag" in got.headers:
                task.check(ask, client.get(ask, tag=got.headers["etag"]), held=True)
        case 1:
            task.check(ask, client.get(ask))
        case _:
            ask = ask.distinct(task.number())
            task.check(ask, client.get(ask))
    time.sleep(task.dice.uniform(0.1, 0.5))


def deadly(task: Task, client: Client, /) -> None:
    """Ask a query of death, and note how long it lived."""
    death = task.dice.choice(DEATHS)
    ask = death if len(death.text) > 1_000_000 else death.distinct(task.number())
    got = client.post(ask)
    task.check(ask, got)
    task.ledger.over[ask.kind].append(got.to_head - task.traffic.limit)
    # What it was refused for at once it is not asked again at once.
    time.sleep(task.dice.uniform(0.0, 0.1) if got.to_head > 0.1 else 0.5)


def slow(task: Task, client: Client, /) -> None:
    """Ask for much and read it slowly, with a long pause at times; the answer must be whole all the same."""
    ask = task.traffic.large.distinct(task.number())
    with _sent(client, _request(client, ask), buffer=8192) as line:
        response = http.client.HTTPResponse(line)
        response.begin()
        start = time.perf_counter()
        body = bytearray()
        stop = task.dice.randrange(40)
        for turn in itertools.count():
            piece = response.read(64 * 1024)
            if not piece:
                break
            body += piece
            time.sleep(2.0 if turn == stop else 0.02)
        told = {name.lower(): value for name, value in response.getheaders()}
        task.check(ask, Got(response.status, told, bytes(body), 0.0, time.perf_counter() - start))


def vanishing(task: Task, client: Client, /) -> None:
    """Ask something, and be gone before the answer is there: politely, at once, or amid the question."""
    asks = (task.dice.choice(DEATHS[:4]), task.dice.choice(task.traffic.named), task.traffic.large)
    request = _request(client, task.dice.choice(asks).distinct(task.number()))
    manner = task.dice.randrange(3)
    with _sent(client, request[: len(request) // 2] if manner == 0 else request) as line:
        time.sleep(task.dice.uniform(0.0, 0.5))
        if manner == 1:
            # Closing with this set sends a reset.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    task.ledger.note(PHASES[task.now], "vanished", "-")


def _request(client: Client, ask: Ask) -> bytes:
    head = f"GET {request_line(client.path, ask)} HTTP/1.1\r\nHost: {client.host}:{client.port}\r\n"
    return f"{head}Accept: text/tab-separated-values\r\nConnection: close\r\n\r\n".encode()


def _sent(client: Client, request: bytes, *, buffer: int | None = None) -> socket.socket:
    line = socket.socket()
    line.settimeout(120)
    if buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    line.connect((client.host, client.port))
    line.sendall(request)
    return line


GROUPS: dict[str, tuple[Step, int, int]] = {
    # What they do, from which phase on, and how many of sixteen clients do it.
    "light": (light, PHASES.index("rest"), 4),
    "ordinary": (ordinary, _ORDINARY, 4),
    "deadly": (deadly, _ATTACK, 4),
    "slow": (slow, _ATTACK, 2),
    "vanishing": (vanishing, _ATTACK, 2),
}


def play(task: Task, step: Step, begin: int, /) -> None:
    """Do a client's step over and over until the end."""
    client = Client(task.traffic.url)
    while (phase := task.now) != _END:
        if phase < begin:
            client.close()
            # Seldom: many wait, and are not to take the processors from the few that are at work.
            time.sleep(task.dice.uniform(0.1, 0.3))
            continue
        try:
            step(task, client)
        except (OSError, http.client.HTTPException, httptools.HttpParserError) as error:
            task.ledger.blame(f"{step.__name__}: the connection failed: {error!r}")
            client.close()
            time.sleep(0.1)
    client.close()


class Crowd:
    """All clients, in a process for each group: those whose time is measured must not wait for others' Python."""

    def __init__(self, traffic: Traffic, clients: int, /, without: Sequence[str] = ()) -> None:
        context = multiprocessing.get_context("fork")
        self._phase: Synchronized[int] = context.Value("i", 0)
        self._results: multiprocessing.SimpleQueue[Ledger] = context.SimpleQueue()
        self.sizes = {name: max(1, clients * share // 16) for name, (_, _, share) in GROUPS.items()}
        for name in without:
            del self.sizes[name]
        self._processes = [
            context.Process(target=self._group, args=(traffic, name), name=f"soak-{name}") for name in self.sizes
        ]
        for process in self._processes:
            process.start()

    def _group(self, traffic: Traffic, name: str) -> None:
        step, begin, _ = GROUPS[name]
        if begin == _ATTACK:
            # They are on other machines otherwise: what they do with the answers must not take the server's processors.
            os.nice(5)
        tasks = [Task(traffic, self._phase, f"{name}-{n}") for n in range(self.sizes[name])]
        threads = [threading.Thread(target=play, args=(task, step, begin)) for task in tasks]
        for thread in threads:
            thread.start()
        whole = Ledger()
        for thread, task in zip(threads, tasks, strict=True):
            thread.join()
            whole.add(task.ledger)
        self._results.put(whole)

    def enter(self, phase: str, /) -> None:
        """Have all do what the phase wants of them."""
        self._phase.value = PHASES.index(phase)

    def leave(self) -> Ledger:
        """End all clients; what they have seen."""
        self.enter("end")
        whole = Ledger()
        for _ in self._processes:
            whole.add(self._results.get())
        for process in self._processes:
            process.join()
        return whole

    def kill(self) -> None:
        """End them at once, where the soak itself went wrong."""
        for process in self._processes:
            with suppress(ValueError):
                process.kill()
