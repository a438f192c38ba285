"""One request against one reply: what RFC 9110 lets a client ask of any resource, done once for all routes.

A route works out what it says, and `send` sees to HEAD, to conditional requests, to compression and to the
headers that caches and other hosts' pages need. A route that would have to work for its body asks
`unchanged` first.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request
from fastapi.responses import Response

from tiesgraph.media import accepts_gzip

__all__ = ["Reply", "accept", "send", "unchanged", "url"]

_WORTH_PACKING = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a route answers.

    Attributes:
        body: as it is before any compression.
        content_type: the whole Content-Type header.
        tag: the opaque part of the ETag of `body`, or None where it is never the same twice.
        modified: when what it tells last changed, or None.
        links: values of Link headers (RFC 8288).
        vary: the request headers that it depends on, Accept-Encoding apart.
        cache: the Cache-Control header.
        status: of the response.
    """

    body: bytes
    content_type: str
    tag: str | None = None
    modified: datetime | None = None
    links: Sequence[str] = ()
    vary: Sequence[str] = ("Accept",)
    cache: str = "public, no-cache"
    status: int = 200


def accept(request: Request, /) -> list[str]:
    """The values of all Accept headers, in order."""
    return request.headers.getlist("accept")


def url(request: Request, /) -> str:
    """The URL of the request without its query string: what the client calls this resource."""
    return str(request.url.replace(query="", fragment=""))


def unchanged(request: Request, /, *, tag: str, modified: datetime | None = None) -> Response | None:
    """A 304 where the client holds what it asks for already (RFC 9110, section 13.2.2), else None."""
    if not _holds(request, tag, modified):
        return None
    return Response(status_code=304, headers={"ETag": f'"{tag}"', "Cache-Control": "public, no-cache"})


def send(request: Request, reply: Reply, /) -> Response:
    """The response for `reply`: conditional, compressed where the client takes it, without a body for HEAD."""
    headers = {
        "Content-Type": reply.content_type,
        "Vary": ", ".join((*reply.vary, "Accept-Encoding")),
        "Cache-Control": reply.cache,
    }
    if reply.links:
        headers["Link"] = ", ".join(reply.links)
    if reply.modified:
        headers["Last-Modified"] = format_datetime(reply.modified.astimezone(UTC), usegmt=True)
    packed = len(reply.body) >= _WORTH_PACKING and accepts_gzip(request.headers.getlist("accept-encoding"))
    if reply.tag is not None:
        # A strong ETag tells representations apart, and a compressed one is another representation.
        tag = f"{reply.tag}-gzip" if packed else reply.tag
        headers["ETag"] = f'"{tag}"'
        if reply.status == 200 and _holds(request, tag, reply.modified):
            return Response(status_code=304, headers=headers)
    body = gzip.compress(reply.body, compresslevel=5, mtime=0) if packed else reply.body
    if packed:
        headers["Content-Encoding"] = "gzip"
    if request.method == "HEAD":
        return Response(b"", status_code=reply.status, headers={**headers, "Content-Length": str(len(body))})
    return Response(body, status_code=reply.status, headers=headers)


def _holds(request: Request, tag: str, modified: datetime | None) -> bool:
    """Whether the client's copy is good: If-None-Match decides, If-Modified-Since only in its absence."""
    known = request.headers.getlist("if-none-match")
    if known:
        tags = {part.strip().removeprefix("W/").strip('"') for header in known for part in header.split(",")}
        return tag in tags or "*" in tags
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        # A date that cannot be read counts as not sent (RFC 9110, section 13.1.3).
        return False
