"""What a server tells of itself: health, numbers, limits, request ids and log lines."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import sys
from typing import NoReturn

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app_client import AppClient
from test_protocol import SELECT, make_store
from tiesgraph.cli.logs import JsonLines, Stderr, TextLines
from tiesgraph.errors import MemoryLimitReached, Overloaded, TimeLimitReached
from tiesgraph.web import Settings, create_app
from tiesgraph.web.tally import Tally
from tiesgraph.workers import Inline


@pytest.fixture
def client() -> AppClient:
    return AppClient(create_app(make_store()))


class Refusing(Inline):
    """Meets a limit with whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__(make_store())
        self._error = error

    async def run(self, *_what: object, **_how: object) -> NoReturn:
        """Nothing comes of it."""
        raise self._error


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_health(client: AppClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()["status"]) == (200, "ok")
    assert response.headers["cache-control"] == "no-store"


def test_a_server_that_cannot_work_is_alive_but_not_ready() -> None:
    client = AppClient(create_app(make_store(), runner=Refusing(Overloaded("no", retry_after=5))))
    assert client.get("/health/live").status_code == 200
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("error", "status"),
    [(TimeLimitReached("late"), 504), (MemoryLimitReached("much"), 507), (Overloaded("many", retry_after=7), 503)],
)
def test_a_limit_is_told_as_a_problem(error: Exception, status: int) -> None:
    client = AppClient(create_app(make_store(), runner=Refusing(error)))
    response = client.get("/sparql", params={"query": SELECT})
    assert (response.status_code, response.json()["status"]) == (status, status)
    assert response.json()["type"].startswith("https://w3id.org/tiesgraph/problem/")
    assert response.headers.get("retry-after") == ("7" if status == 503 else None)
    assert client.get(response.json()["type"].removeprefix("https://w3id.org/tiesgraph")).status_code == 200


def test_stats_tells_versions_limits_and_doings(client: AppClient) -> None:
    client.get("/sparql", params={"query": SELECT})
    facts = client.get("/stats").json()
    assert set(facts["versions"]) == {"tiesgraph", "pyoxigraph", "python"}
    assert facts["limits"]["answer_rows"] == 500_000
    assert facts["cache"]["answers"] == 1
    assert facts["requests"] == 1


def test_metrics_can_be_read_and_count(client: AppClient) -> None:
    for _ in range(2):
        client.get("/sparql", params={"query": SELECT})
    client.get("/sparql", params={"query": "nonsense"})
    client.get("/no/such/path/nowhere")
    response = client.get("/metrics", headers={"Accept": "text/plain"})
    assert response.headers["content-type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(response.text)}
    requests = {(s.labels["path"], s.labels["status"]): s.value for s in families["tiesgraph_requests"].samples}
    assert requests == {("sparql", "200"): 2, ("sparql", "400"): 1, ("other", "404"): 1}
    assert families["tiesgraph_answers_found"].samples[0].value == 1
    buckets = [s for s in families["tiesgraph_request_seconds"].samples if s.name.endswith("_bucket")]
    assert buckets[-1].labels["le"] == "+Inf"
    assert "nowhere" not in response.text


def test_metrics_come_as_openmetrics_too(client: AppClient) -> None:
    response = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


@pytest.mark.parametrize(
    ("sent", "kept"), [("abc-123", True), ("a" * 129, False), ("white space", False), ("<script>", False), ("", False)]
)
def test_a_request_keeps_a_sound_id_and_gets_one_otherwise(client: AppClient, sent: str, kept: bool) -> None:
    response = client.get("/health", headers={"X-Request-ID": sent})
    told = response.headers["x-request-id"]
    assert (told == sent) == kept
    assert re.fullmatch(r"[A-Za-z0-9._:\-]{1,128}", told)


def test_each_request_has_another_id(client: AppClient) -> None:
    assert len({client.get("/health").headers["x-request-id"] for _ in range(5)}) == 5


def test_a_failure_of_ours_names_the_request() -> None:
    client = AppClient(create_app(make_store(), runner=Refusing(ZeroDivisionError("a secret"))), raise_errors=False)
    response = client.get("/sparql", params={"query": SELECT}, headers={"X-Request-ID": "this-one"})
    assert (response.status_code, response.headers["x-request-id"]) == (500, "this-one")
    assert "this-one" in response.json()["mend"]
    assert "secret" not in response.text


@pytest.mark.parametrize("log_queries", [False, True])
def test_a_request_is_a_line_of_json_with_the_query_only_where_that_is_wanted(
    caplog: pytest.LogCaptureFixture, log_queries: bool
) -> None:
    client = AppClient(create_app(make_store(), settings=Settings(log_queries=log_queries)))
    with caplog.at_level(logging.INFO, logger="tiesgraph.requests"):
        client.get("/sparql", params={"query": SELECT}, headers={"X-Request-ID": "this-one"})
    (record,) = [line for line in caplog.records if line.name == "tiesgraph.requests"]
    told = json.loads(JsonLines().format(record))
    assert (told["id"], told["method"], told["path"], told["status"]) == ("this-one", "GET", "/sparql", 200)
    assert told["level"] == "info"
    assert told["bytes"] > 0
    assert (told.get("query") == SELECT) == log_queries
    text = TextLines().format(record)
    assert "\n" not in text
    assert ("SELECT" in text) == log_queries


def test_trouble_is_logged_with_its_trace() -> None:
    try:
        raise ZeroDivisionError("why")
    except ZeroDivisionError:
        record = logging.LogRecord("tiesgraph", logging.ERROR, __file__, 1, "it %s", ("broke",), sys.exc_info())
    told = json.loads(JsonLines().format(record))
    assert (told["message"], told["level"]) == ("it broke", "error")
    assert "ZeroDivisionError: why" in told["trace"]
    assert TextLines().format(record).startswith("error: it broke\nTraceback")


@pytest.fixture
def written() -> tuple[logging.Logger, io.StringIO]:
    """A logger of its own, and what it has written by now."""
    logger, handler, stderr = logging.Logger("of-its-own"), Stderr(), io.StringIO()
    handler.setStream(stderr)
    logger.addHandler(handler)
    return logger, stderr


def test_lines_of_requests_are_written_together_and_trouble_at_once(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, stderr = written

    async def log() -> list[str]:
        seen = []
        for number in range(3):
            logger.info("request %d", number)
        seen.append(stderr.getvalue())
        logger.warning("trouble")
        seen.append(stderr.getvalue())
        logger.info("later")
        await asyncio.sleep(0.3)
        return seen

    before, after = asyncio.run(log())
    assert before == ""
    assert after == "request 0\nrequest 1\nrequest 2\ntrouble\n"
    assert stderr.getvalue() == f"{after}later\n"
    logger.info("without a loop")
    assert stderr.getvalue().endswith("later\nwithout a loop\n")


def test_what_is_gathered_at_the_end_or_before_a_fork_is_written_once(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, stderr = written

    async def log() -> None:
        logger.info("before")

    asyncio.run(log())
    ours, theirs = os.pipe()
    if os.fork() == 0:
        stderr.truncate(0)
        logger.warning("of the fork")
        os.write(theirs, stderr.getvalue().strip("\0").encode())
        os._exit(0)
    os.wait()
    assert os.read(ours, 99) == b"of the fork\n"
    logger.handlers[0].flush()
    assert stderr.getvalue() == "before\n"


def test_a_line_that_cannot_be_made_or_written_costs_no_other(
    written: tuple[logging.Logger, io.StringIO], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logger, stderr = written

    def full(_text: str) -> int:
        raise OSError(28, "No space left on device")

    logger.info("%d", "no number")
    with monkeypatch.context() as patch:
        patch.setattr(stderr, "write", full)
        logger.info("to nowhere")
    logger.info("fine")
    assert stderr.getvalue() == "fine\n"
    told = capsys.readouterr().err
    assert "a real number is required" in told
    assert "No space left on device" in told


def test_paths_that_a_client_makes_up_are_counted_together() -> None:
    tally = Tally()
    for path in ("/", "/x", "/y/z", "/sparql", "/id/actor/japan"):
        tally.note(path, 200, 0.001, 10)
    assert dict(tally.requests) == {("other", 200): 3, ("sparql", 200): 1, ("id", 200): 1}
    assert tally.sent == 50
