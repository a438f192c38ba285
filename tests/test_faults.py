"""A server under those who mean it ill, and in trouble: queries of death end in time, and the others are answered."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from served import family, served

LIMIT = 1.0
SLACK = 4.0
"""Seconds that a busy machine may take beyond the half second that a server has."""

ALL = "?a ?b ?c . ?d ?e ?f"
LIGHT = "SELECT ?o { <http://example.org/7> <http://example.org/n> ?o }"

DEATHS: dict[str, tuple[str, set[int]]] = {
    "cross joins": (f"SELECT (COUNT(*) AS ?n) {{ {ALL} . ?g ?h ?i . ?j ?k ?l }}", {504, 507}),
    "an unbounded path": ("SELECT (COUNT(*) AS ?n) { ?a (!<x:none>|^!<x:none>)* ?b . ?b (!<x:none>)* ?c }", {504, 507}),
    "everything in order": (f"SELECT * {{ {ALL} . ?g ?h ?i }} ORDER BY ?c ?f ?i", {504, 507}),
    "everything once": (f"SELECT DISTINCT * {{ {ALL} . ?g ?h ?i }}", {200, 504, 507}),
    "a catastrophic regular expression": (
        f'SELECT (COUNT(*) AS ?n) {{ {ALL} FILTER(REGEX(CONCAT(?c, ?f, "{"a" * 60}!"), "^(a|aa|a?)*(b+)*$")) }}',
        {200, 504, 507},
    ),
    "one endless text": (f"SELECT (GROUP_CONCAT(?c) AS ?all) {{ {ALL} . ?g ?h ?i }}", {504, 507}),
    "texts that double": (
        'SELECT (STRLEN(?x40) AS ?n) { BIND("0123456789" AS ?x0) '
        + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
        + " }",
        {200, 504, 507},
    ),
    "many values": (
        f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {' '.join(map(str, range(60_000)))} }} {ALL} }}",
        {413, 504, 507},
    ),
    "groups in groups": ("SELECT * " + "{" * 5_000 + "}" * 5_000, {413}),
    "a thousand patterns": (
        "SELECT * { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(1_000)) + " }",
        {413, 504, 507},
    ),
    "a long answer": (f"SELECT * {{ {ALL} . ?g ?h ?i }}", {200, 504, 507}),
    "ten megabytes": ("ASK { } #" + "x" * 10_000_000, {413}),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("data") / "data.nt"
    lines = []
    for n in range(3_000):
        lines.append(f'<http://example.org/{n}> <http://example.org/n> "{n}" .\n')
        lines.append(f"<http://example.org/{n}> <http://example.org/next> <http://example.org/{n * 7 % 3000}> .\n")
    file.write_text("".join(lines), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def url(data: Path) -> Iterator[str]:
    options = ("--timeout", str(LIMIT), "--memory", "128", "--max-size", "4", "--workers", "8", "--log-format", "json")
    with served("--data", data, *options) as (_, endpoint):
        yield endpoint


def asked(url: str, query: str, **options: Any) -> httpx.Response:
    return httpx.post(url, data={"query": query}, timeout=60, **options)


@pytest.mark.parametrize("name", DEATHS)
def test_a_query_of_death_ends_in_time_and_says_why(url: str, name: str) -> None:
    query, statuses = DEATHS[name]
    start = time.monotonic()
    response = asked(url, query, headers={"Accept": "application/sparql-results+json"})
    assert time.monotonic() - start < LIMIT + SLACK
    assert response.status_code in statuses, response.text[:500]
    if response.status_code == 200:
        told = response.json()
        assert ("link" in told["head"]) == ("tiesgraph-cut" in response.headers)
    else:
        told = response.json()
        assert told["status"] == response.status_code
        assert told["mend"]
    assert asked(url, LIGHT).json()["results"]["bindings"][0]["o"]["value"] == "7"


def test_all_of_them_at_once_leave_room_for_light_queries(url: str) -> None:
    deadly = [query for name, (query, _) in DEATHS.items() if name != "ten megabytes"]
    with ThreadPoolExecutor(len(deadly)) as threads:
        ends = [threads.submit(asked, url, f"{query} # {turn}") for turn in range(2) for query in deadly]
        took = []
        for n in range(30):
            start = time.monotonic()
            response = asked(url, LIGHT.replace("7", str(n)))
            took.append(time.monotonic() - start)
            assert response.status_code == 200, response.text
            assert response.json()["results"]["bindings"][0]["o"]["value"] == str(n)
        assert sorted(took)[len(took) // 2] < LIMIT
        assert {end.result().status_code for end in ends} <= {200, 413, 503, 504, 507}


def test_a_client_may_ask_for_less_time(url: str) -> None:
    query = f"SELECT (COUNT(*) AS ?n) {{ {ALL} . ?g ?h ?i }}"
    response = httpx.get(url, params={"query": query, "timeout": "200ms"}, timeout=60)
    assert response.status_code == 504
    assert "within 0.2 seconds" in response.json()["detail"]


def work(url: str) -> dict[str, Any]:
    facts = httpx.get(url.replace("/sparql", "/stats"), timeout=60).json()["work"]
    assert isinstance(facts, dict)
    return facts


def test_a_client_that_goes_away_leaves_no_work_behind(data: Path) -> None:
    with served("--data", data, "--timeout", "30") as (_, url):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(url, params={"query": f"SELECT (COUNT(*) AS ?n) {{ {ALL} . ?g ?h ?i }}"}, timeout=0.5)
        end = time.monotonic() + SLACK
        while work(url)["running"] and time.monotonic() < end:
            time.sleep(0.05)
        facts = work(url)
        assert (facts["running"], facts["abandoned"]) == (0, 1)


def test_a_client_that_does_not_read_keeps_nobody_else_waiting(url: str) -> None:
    host, port = url.split("/")[2].split(":")
    query = "SELECT * { ?s ?p ?o . ?x ?y ?z } LIMIT 20000"
    sockets = []
    for _ in range(4):
        one = socket.create_connection((host, int(port)))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        target = httpx.URL(url, params={"query": query}).raw_path
        one.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        sockets.append(one)
    for n in range(5):
        response = asked(url, LIGHT.replace("7", str(n)))
        assert response.status_code == 200, response.text
    for one in sockets:
        one.close()


def test_a_request_that_comes_again_gets_the_same_response_but_for_its_id_and_date(url: str) -> None:
    params = {"query": LIGHT + " ORDER BY ?o", "format": "csv"}
    with httpx.Client() as client:
        first, second, third = (client.get(url, params=params) for _ in range(3))
        apart = {"date", "x-request-id"}
        heads = [{k: v for k, v in one.headers.items() if k not in apart} for one in (first, second, third)]
        assert heads[0] == heads[1] == heads[2]
        assert first.content == second.content == third.content == b"o\r\n7\r\n"
        assert len({one.headers["x-request-id"] for one in (first, second, third)}) == 3
        own = client.get(url, params=params, headers={"X-Request-ID": "mine"})
        assert (own.headers["x-request-id"], own.content) == ("mine", first.content)
        known = client.get(url, params=params, headers={"If-None-Match": first.headers["etag"]})
        again = client.get(url, params=params, headers={"If-None-Match": first.headers["etag"]})
        assert [(one.status_code, one.content) for one in (known, again)] == [(304, b"")] * 2
        head = client.head(url, params=params)
        assert (head.content, head.headers["content-length"]) == (b"", str(len(first.content)))
    metrics = httpx.get(url.replace("/sparql", "/metrics")).text
    assert float(metrics.split("\ntiesgraph_recalled_total ")[1].split()[0]) >= 2


def test_pipelined_and_broken_requests_are_answered_in_order(url: str) -> None:
    host, port = url.split("/")[2].split(":")
    target = httpx.URL(url, params={"query": LIGHT, "format": "csv"}).raw_path
    request = b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    asked(url, LIGHT)
    for pieces in ([request * 3], [request[:20], request[20:] + request, request[:5], request[5:] + request]):
        with socket.create_connection((host, int(port))) as one:
            one.settimeout(20)
            for piece in pieces:
                one.sendall(piece)
                time.sleep(0.05)
            got = b""
            while got.count(b"o\r\n7\r\n") < b"".join(pieces).count(b"GET"):
                received = one.recv(65536)
                assert received
                got += received
            assert got.count(b"HTTP/1.1 200") == b"".join(pieces).count(b"GET")


@pytest.mark.parametrize(
    "whom",
    [["worker"], ["nursery"], ["heir"], ["nursery", "heir"], ["nursery", "heir", "worker"]],
    ids=" and ".join,
)
def test_what_is_killed_from_outside_comes_back(data: Path, whom: list[str]) -> None:
    with served("--data", data) as (process, url):
        assert asked(url, LIGHT).status_code == 200
        _wait_for(lambda: _called(process.pid, "heir"))
        victims = {pid for name in whom for pid in _called(process.pid, name)}
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        for n in range(10):
            response = asked(url, LIGHT.replace("7", str(n)))
            assert response.status_code == 200, response.text
        for name in ("nursery", "heir"):
            _wait_for(partial(_have_others, process.pid, name, victims))


def _called(pid: int, name: str) -> list[int]:
    """The processes of a server that bear a name and have not ended."""
    found = []
    for young in family(pid):
        with suppress(OSError):
            status = Path(f"/proc/{young}/stat").read_text(encoding="utf-8")
            if f"(ties-{name})" in status and status.rpartition(")")[2].split()[0] != "Z":
                found.append(young)
    return found


def _have_others(pid: int, name: str, victims: set[int]) -> bool:
    return len(set(_called(pid, name)) - victims) == 1


def _wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + SLACK
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def _children(pid: int) -> list[int]:
    return [child for child in family(pid) if _parent(child) == pid]


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_no_process_outlives_the_server(data: Path, number: signal.Signals) -> None:
    with served("--data", data, "--timeout", "30") as (process, url):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(url, params={"query": f"SELECT (COUNT(*) AS ?n) {{ {ALL} . ?g ?h ?i }}"}, timeout=0.5)
        young = family(process.pid)
        assert len(young) > 2
        process.send_signal(number)
        process.wait(timeout=10)
        end = time.monotonic() + SLACK
        while any(Path(f"/proc/{pid}").exists() for pid in young) and time.monotonic() < end:
            time.sleep(0.05)
        assert [pid for pid in young if Path(f"/proc/{pid}").exists()] == []


def test_no_process_outlives_server_and_nursery_not_even_one_that_is_paused(data: Path) -> None:
    with served("--data", data, "--timeout", "30") as (process, url), ThreadPoolExecutor(6) as threads:
        assert asked(url, LIGHT).status_code == 200
        time.sleep(2)
        query = f"SELECT (COUNT(*) AS ?n) {{ {ALL} . ?g ?h ?i }}"
        ends = [threads.submit(asked, url, f"{query} # {n}") for n in range(6)]
        time.sleep(1.5)
        young = family(process.pid)
        for pid in (*_children(process.pid), process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait(timeout=10)
        assert all(isinstance(end.exception(), httpx.TransportError) for end in ends)
        end = time.monotonic() + SLACK
        while any(Path(f"/proc/{pid}").exists() for pid in young) and time.monotonic() < end:
            time.sleep(0.05)
        assert [pid for pid in young if Path(f"/proc/{pid}").exists()] == []


def test_what_is_under_way_at_the_end_is_answered(data: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a <http://example.org/n> ?c . ?d <http://example.org/n> ?f FILTER(?c < ?f) }"
    with served("--data", data, "--timeout", "30") as (process, url), ThreadPoolExecutor(2) as threads:
        start = time.monotonic()
        assert asked(url, query).status_code == 200
        takes = time.monotonic() - start
        soon = threads.submit(asked, url, f"{query} # once more")
        never = threads.submit(asked, url, f"SELECT (COUNT(*) AS ?n) {{ {ALL} . ?g ?h ?i }}")
        time.sleep(min(0.3, takes / 2))
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        assert time.monotonic() - start < 10
        assert never.result().status_code == 503
        assert "ending" in never.result().json()["detail"]
        if takes < 2:
            assert soon.result().status_code == 200


def test_the_log_is_json_from_the_first_line_to_the_last(data: Path) -> None:
    with served("--data", data, "--log-format", "json", "--log-queries", "--timeout", "1") as (process, url):
        asked(url, LIGHT, headers={"X-Request-ID": "this-one"})
        asked(url, "nonsense")
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=10)
    lines = [json.loads(line) for line in rest.splitlines()]
    requests = [line for line in lines if line["logger"] == "tiesgraph.requests"]
    assert [(line["path"], line["status"]) for line in requests] == [("/sparql", 200), ("/sparql", 400)]
    assert (requests[0]["id"], requests[0]["query"]) == ("this-one", LIGHT)
