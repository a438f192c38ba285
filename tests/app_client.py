"""A client that calls an app in this process: httpx over its ASGI transport, without a socket."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI

__all__ = ["AppClient"]


class AppClient:
    """The verbs of `httpx.Client`, each answered by the app itself.

    Starlette's own test client is not used because releases of it differ in the HTTP library that they want.
    """

    def __init__(self, app: FastAPI, /, *, raise_errors: bool = True) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=raise_errors)

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """One request, as `httpx.Client.request` makes it."""

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://testserver") as client:
                return await client.request(method, url, **options)

        return asyncio.run(send())

    def get(self, url: str, **options: Any) -> httpx.Response:
        """GET `url`."""
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        """POST to `url`."""
        return self.request("POST", url, **options)

    def head(self, url: str, **options: Any) -> httpx.Response:
        """HEAD of `url`."""
        return self.request("HEAD", url, **options)

    def options(self, url: str, **options: Any) -> httpx.Response:
        """OPTIONS of `url`."""
        return self.request("OPTIONS", url, **options)
