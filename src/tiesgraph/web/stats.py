"""`/stats`: what is served, by which versions and within which limits, and how it is going."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict

import pyoxigraph
from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.guard import LIMITS
from tiesgraph.media import PLAIN_JSON
from tiesgraph.web.elsewhere import Elsewhere
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site
from tiesgraph.workers import Pool

__all__ = ["add_routes"]


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The facts."""

    @app.get("/stats", **documented("Versions, limits, and what the server is doing", PLAIN_JSON))
    async def stats(request: Request) -> Response:
        fmt = choose(request, offered=(PLAIN_JSON,))
        body = json.dumps(_facts(site), indent=2).encode()
        return send(request, Reply(body=body, content_type=fmt.content_type, cache="no-store"))


def _facts(site: Site) -> dict[str, object]:
    shelf = site.answers.shelf
    return {
        "versions": {
            "tiesgraph": site.edition.version,
            "pyoxigraph": pyoxigraph.__version__,
            "python": platform.python_version(),
        },
        "graph": {"hash": site.edition.graph_hash, "modified": site.edition.modified.isoformat()},
        "limits": _limits(site),
        "uptime_seconds": round(time.time() - site.tally.since, 1),
        "requests": sum(site.tally.requests.values()),
        "cache": {"answers": len(shelf), "bytes": shelf.held, "found": shelf.hits, "missed": shelf.misses},
        "work": _work(site.runner) if isinstance(site.runner, Pool) else {},
        **({"store": _store(site.runner)} if isinstance(site.runner, Elsewhere) else {}),
    }


def _limits(site: Site) -> Mapping[str, object]:
    """Whatever a client may run into."""
    query = {"query_characters": LIMITS.characters, "query_nesting": LIMITS.depth, "query_clauses": LIMITS.clauses}
    answer = {"answer_rows": site.answers.cap.rows, "answer_bytes": site.answers.cap.bytes}
    if not isinstance(site.runner, Pool | Elsewhere):
        return {**query, **answer}
    limits = site.runner.limits
    return {
        "seconds": limits.seconds,
        "memory_bytes": limits.memory,
        "memory_bytes_together": limits.total,
        "workers": limits.workers,
        "queue": limits.queue,
        **query,
        **answer,
        "cache_bytes": site.answers.shelf.room,
    }


def _work(pool: Pool) -> Mapping[str, object]:
    now = {"running": pool.lanes.running, "heavy": pool.lanes.heavy, "waiting": pool.lanes.waiting}
    return {"workers": len(pool.staff), **now, **asdict(pool.outcomes)}


def _store(runner: Elsewhere) -> Mapping[str, object]:
    """The store elsewhere that is asked."""
    return {
        "endpoint": runner.address.shown,
        "software": runner.dialect.name,
        "holds_this_graph": runner.epoch is not None,
        "running": runner.running,
        "waiting": runner.waiting,
        **asdict(runner.outcomes),
    }
