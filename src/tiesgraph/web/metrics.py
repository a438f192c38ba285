"""`/metrics`: what the server counts, as Prometheus and its kin read it.

The library is imported when it is asked for first: starting must not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.media import Format
from tiesgraph.web.elsewhere import Elsewhere
from tiesgraph.web.exchange import accept
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site
from tiesgraph.web.tally import BOUNDS
from tiesgraph.workers import Pool

if TYPE_CHECKING:
    from prometheus_client import Metric

__all__ = ["add_routes"]

_TEXT = Format("prometheus", "text/plain", ".txt")
_OPEN = Format("openmetrics", "application/openmetrics-text", ".txt")


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The numbers."""

    @app.get("/metrics", **documented("What the server counts, for Prometheus", _TEXT, _OPEN, negotiated=False))
    async def metrics(request: Request) -> Response:
        from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
        from prometheus_client.exposition import choose_encoder

        registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        registry.register(_Collector(site))
        write, content_type = choose_encoder(", ".join(accept(request)))
        headers = {"Content-Type": content_type, "Cache-Control": "no-store"}
        return Response(write(registry), headers=headers)


class _Collector:
    """Makes metrics of the numbers there are at the moment."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Metric]:
        """All metrics, as the library asks for them."""
        from prometheus_client.core import InfoMetricFamily

        edition = self._site.edition
        told = {"version": edition.version, "graph": edition.graph_hash}
        yield InfoMetricFamily("tiesgraph", "What is served", value=told)
        yield from _requests(self._site)
        yield from _answers(self._site)
        if isinstance(self._site.runner, Pool):
            yield from _work(self._site.runner)
        if isinstance(self._site.runner, Elsewhere):
            yield from _store(self._site.runner)


def _requests(site: Site) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    tally = site.tally
    requests = CounterMetricFamily("tiesgraph_requests", "Requests by path and status", labels=["path", "status"])
    for (step, status), number in sorted(tally.requests.items()):
        requests.add_metric([step, str(status)], number)
    yield requests
    seconds = HistogramMetricFamily("tiesgraph_request_seconds", "How long requests took", labels=["path"])
    for step, classes in sorted(tally.durations.items()):
        total, buckets = 0, []
        for bound, number in zip([*map(str, BOUNDS), "+Inf"], classes, strict=True):
            total += number
            buckets.append((bound, total))
        seconds.add_metric([step], buckets, sum_value=tally.seconds[step])
    yield seconds
    yield GaugeMetricFamily("tiesgraph_requests_in_flight", "Requests being answered", value=tally.in_flight)
    yield CounterMetricFamily("tiesgraph_sent_bytes", "Bytes of bodies sent", value=tally.sent)
    yield CounterMetricFamily("tiesgraph_recalled", "Requests answered as the same was before", value=tally.recalled)
    yield GaugeMetricFamily("tiesgraph_start_time_seconds", "When the server started", value=tally.since)


def _answers(site: Site) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    shelf = site.answers.shelf
    yield CounterMetricFamily("tiesgraph_answers_found", "Answers that were kept already", value=shelf.hits)
    yield CounterMetricFamily("tiesgraph_answers_missed", "Answers that had to be worked out", value=shelf.misses)
    yield CounterMetricFamily("tiesgraph_answers_joined", "Answers waited for with others", value=site.answers.joined)
    yield GaugeMetricFamily("tiesgraph_answers_kept", "Answers kept", value=len(shelf))
    yield GaugeMetricFamily("tiesgraph_answers_kept_bytes", "Bytes of answers kept", value=shelf.held)


def _work(pool: Pool) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    tasks = CounterMetricFamily("tiesgraph_tasks", "Tasks by what became of them", labels=["outcome"])
    for outcome, number in asdict(pool.outcomes).items():
        tasks.add_metric([outcome], number)
    yield tasks
    now = GaugeMetricFamily("tiesgraph_tasks_now", "Tasks at hand", labels=["state"])
    now.add_metric(["running"], pool.lanes.running)
    now.add_metric(["heavy"], pool.lanes.heavy)
    now.add_metric(["waiting"], pool.lanes.waiting)
    yield now
    yield GaugeMetricFamily("tiesgraph_workers", "Worker processes", value=len(pool.staff))
    yield CounterMetricFamily("tiesgraph_workers_started", "Worker processes ever started", value=pool.staff.engaged)


def _store(runner: Elsewhere) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    asked = CounterMetricFamily(
        "tiesgraph_store_queries", "Queries to the store elsewhere by outcome", labels=["outcome"]
    )
    for outcome, number in asdict(runner.outcomes).items():
        asked.add_metric([outcome], number)
    yield asked
    now = GaugeMetricFamily("tiesgraph_store_queries_now", "Queries to the store elsewhere at hand", labels=["state"])
    now.add_metric(["running"], runner.running)
    now.add_metric(["waiting"], runner.waiting)
    yield now
    settled = int(runner.epoch is not None)
    yield GaugeMetricFamily("tiesgraph_store_holds_graph", "Whether the store holds the graph at hand", value=settled)
