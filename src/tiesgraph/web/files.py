"""`/assets/…`: style sheets, icons and bundles, each under an address that changes with its bytes.

So a browser may keep what it has for good and still sees a new version at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from mimetypes import guess_type

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tiesgraph.assets import asset, packed
from tiesgraph.coding import pick
from tiesgraph.web.exchange import Reply, codings, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site

__all__ = ["add_routes", "asset_url"]

_FOR_GOOD = "public, max-age=31536000, immutable"
_BRIEFLY = "public, no-cache"


@cache
def _content(name: str) -> bytes | None:
    """The bytes of a file of ours or of a bundle; None where there is none of that name."""
    bundle = asset(name)
    if bundle is not None:
        return bundle.read_bytes()
    own = files("tiesgraph.web") / "static"
    return next((entry.read_bytes() for entry in own.iterdir() if entry.name == name), None)


@cache
def _packed(name: str, coding: str) -> bytes | None:
    file = packed(name, coding)
    return file.read_bytes() if file is not None else None


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def asset_url(name: str, /) -> str:
    """The address of the asset called `name`, with its version; without one where there is no such asset."""
    content = _content(name)
    return f"/assets/{name}?v={_version(content)}" if content is not None else f"/assets/{name}"


def add_routes(app: FastAPI, _site: Site, /) -> None:
    """One route for all of them."""

    @app.get(
        "/assets/{name}",
        **documented("A style sheet, an icon or a bundle", problems=(404,), negotiated=False),
    )
    async def sent(request: Request, name: str) -> Response:
        content = _content(name)
        if content is None:
            raise HTTPException(404, f"no asset is called {name}")
        version = _version(content)
        cache_control = _FOR_GOOD if request.query_params.get("v") == version else _BRIEFLY
        kind = guess_type(name)[0] or "application/octet-stream"
        kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        reply = Reply(body=content, content_type=kind, tag=version, vary=(), cache=cache_control)
        coding = pick(codings(request), size=len(content))
        tight = _packed(name, coding)
        if tight is not None:
            reply = replace(reply, body=tight, coding=coding)
        return send(request, reply)
