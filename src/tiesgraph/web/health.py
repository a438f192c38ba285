"""`/health`: whether the server answers."""

from __future__ import annotations

from fastapi import FastAPI

from tiesgraph.web.site import Site

__all__ = ["add_routes"]


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The health check."""

    @app.get("/health", summary="Whether the server answers")
    async def health() -> dict[str, str]:
        return {"status": "ok", "version": site.edition.version}
