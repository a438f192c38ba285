"""`/health`: whether the server lives, and whether it can do what it is asked."""

from __future__ import annotations

import json

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.media import PLAIN_JSON
from tiesgraph.names import BASE
from tiesgraph.query import EVERYTHING
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.runner import Job, answer
from tiesgraph.web.site import Site

__all__ = ["add_routes"]

_PROBE = Job(text="ASK {}", dataset=EVERYTHING, base=BASE, accept=(), asked=(), codings=("identity",))
_PATIENCE = 2.0


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The health checks."""

    async def live(request: Request) -> Response:
        return _told(request, {"status": "ok", "version": site.edition.version})

    async def ready(request: Request) -> Response:
        await site.runner.run(answer, _PROBE, seconds=_PATIENCE)
        return _told(request, {"status": "ok", "version": site.edition.version})

    app.get("/health", **documented("Whether the server answers", PLAIN_JSON))(live)
    app.get("/health/live", **documented("The same: whether the process is alive", PLAIN_JSON))(live)
    app.get(
        "/health/ready", **documented("Whether a worker answers a query", PLAIN_JSON, problems=(500, 502, 503, 504))
    )(ready)


def _told(request: Request, facts: dict[str, str]) -> Response:
    fmt = choose(request, offered=(PLAIN_JSON,))
    return send(request, Reply(body=json.dumps(facts).encode(), content_type=fmt.content_type, cache="no-store"))
