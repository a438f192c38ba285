"""`/health`: whether the server answers."""

from __future__ import annotations

import json

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.media import PLAIN_JSON
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site

__all__ = ["add_routes"]


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The health check."""

    @app.get("/health", **documented("Whether the server answers", PLAIN_JSON))
    async def health(request: Request) -> Response:
        fmt = choose(request, offered=(PLAIN_JSON,))
        body = json.dumps({"status": "ok", "version": site.edition.version}).encode()
        return send(request, Reply(body=body, content_type=fmt.content_type, cache="no-store"))
