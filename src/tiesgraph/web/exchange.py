"""One request against one reply: what RFC 9110 lets a client ask of any resource, done once for all routes.

A route works out what it says, and `send` sees to conditional requests, to compression and to the headers
that caches need; HEAD, OPTIONS and other hosts' pages are seen to around all routes (`envelope`). A route
that would have to work for its body asks `unchanged` first. `choose` picks the format.
"""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tiesgraph import media
from tiesgraph.coding import CODINGS, IDENTITY, acceptable, encode, pick
from tiesgraph.errors import MisuseError, NotAcceptable, TiesgraphError, UnsupportedMediaType
from tiesgraph.media import FORMATS, Format

__all__ = [
    "Reply",
    "accept",
    "asked",
    "choose",
    "codings",
    "entity_tag",
    "headers_of",
    "held",
    "quoted",
    "received",
    "refuse_unknown_format",
    "send",
    "unchanged",
    "url",
]

_ENTITY_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_BODY_SECONDS = 30  # for a request to come in whole
FORMAT_PARAMETERS = ("format", "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a route answers.

    Attributes:
        body: as it is before any compression, unless `coding` says otherwise.
        content_type: the whole Content-Type header.
        tag: the opaque part of the ETag of the uncompressed body, or None where it is never the same twice.
        weak: whether a body with that tag may be another, though it says the same.
        modified: when what it tells last changed, or None.
        links: values of Link headers (RFC 8288).
        vary: the request headers that it depends on, Accept-Encoding apart.
        cache: the Cache-Control header.
        status: of the response.
        coding: what `body` is compressed with already (one of `codings(request)`), or None where `send` may.
        headers: further ones.
    """

    body: bytes | memoryview
    content_type: str
    tag: str | None = None
    weak: bool = False
    modified: datetime | None = None
    links: Sequence[str] = ()
    vary: Sequence[str] = ("Accept",)
    cache: str = "public, no-cache"
    status: int = 200
    coding: str | None = None
    headers: Sequence[tuple[str, str]] = ()


def accept(request: Request, /) -> list[str]:
    """The values of all Accept headers, in order."""
    return request.headers.getlist("accept")


def asked(request: Request, /) -> tuple[str, ...]:
    """The values of the URL's `format` parameters, and of `output`, which other endpoints call it."""
    return tuple(value for name in FORMAT_PARAMETERS for value in request.query_params.getlist(name))


def codings(request: Request, /) -> tuple[str, ...]:
    """The content codings that the client takes, the most wanted first."""
    return acceptable(tuple(request.headers.getlist("accept-encoding")))


def refuse_unknown_format(words: Sequence[str], /) -> None:
    """Refuse a `format` parameter that is a misspelling.

    Raises:
        MisuseError: a word calls no format there is.
    """
    word = media.unknown_word(words)
    if word is not None:
        names = ", ".join(dict.fromkeys(fmt.name for fmt in FORMATS))
        raise MisuseError(f"no format is called {word}", mend=f"Known: {names}, or any media type.")


def choose(request: Request, /, *, offered: Sequence[Format], default: Format | None = None) -> Format:
    """The format that the client gets, by its `format` parameter or else by its Accept headers.

    Raises:
        MisuseError: `format` is a word that calls no format there is.
        NotAcceptable: nothing on offer is acceptable; with the media types that are.
    """
    words = asked(request)
    refuse_unknown_format(words)
    fmt = media.choose(accept(request), asked=words, offered=offered, default=default)
    if fmt is None:
        types = ", ".join(one.media_type for one in offered)
        raise NotAcceptable("this has no format that you accept", mend=f"It can be had as {types}.")
    return fmt


async def received(request: Request, /, *, limit: int, refusal: Callable[[], TiesgraphError]) -> bytes:
    """The body of a request: refused unread where it says itself that it is too large, else as it grows too large
    or comes too slowly.

    Args:
        request: the request.
        limit: bytes.
        refusal: makes what is raised beyond them; a frame that held that would be held by it, with all it has read.

    Raises:
        UnsupportedMediaType: it is compressed: what small bodies unpack to is no business of this server's.
        HTTPException: it was not complete in time.
    """
    coding = request.headers.get("content-encoding", IDENTITY).strip().lower()
    if coding not in ("", IDENTITY):
        raise UnsupportedMediaType(f"a body with the coding {coding} is not unpacked", mend="Send it as it is.")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length[:18]) > limit:
        raise refusal()
    parts, size = [], 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise refusal()
                parts.append(part)
    except TimeoutError as error:
        raise HTTPException(408, f"the request was not complete within {_BODY_SECONDS} seconds") from error
    return b"".join(parts)


def url(request: Request, /) -> str:
    """The URL of the request without its query string: what the client calls this resource."""
    # Put together without its query string rather than taken apart again, which takes three times as long.
    return str(URL(scope={**request.scope, "query_string": b""}))


def quoted(texts: Sequence[str], /) -> str:
    """A header value that lists texts, each in quotes (RFC 9651, section 3.3.3), with percent-escapes beyond ASCII."""
    escaped = (re.sub(r'(["\\])', r"\\\1", quote(text, safe=_PRINTABLE)) for text in texts)
    return ", ".join(f'"{text}"' for text in escaped)


def unchanged(request: Request, /, *, tag: str, modified: datetime | None = None) -> Response | None:
    """A 304 where the client holds what it asks for already (RFC 9110, section 13.2.2), else None.

    Which coding `send` would choose is not known before there is a body, so that each one's tag is good.
    """
    for one in (tag, *(f"{tag}-{coding}" for coding in CODINGS)):
        if _holds(request, one, modified):
            headers = {"ETag": f'"{one}"', "Cache-Control": "public, no-cache", "Vary": "Accept, Accept-Encoding"}
            return Response(status_code=304, headers=headers)
    return None


def held(request: Request, tag: str, /) -> Response | None:
    """A 304 where the client names `tag`, which it can have from an earlier answer alone; else None.

    Unlike `unchanged`, this may be asked before it is known that there will be an answer at all.
    """
    known = request.headers.getlist("if-none-match")
    if not any(tag in header for header in known) or any(header.strip() == "*" for header in known):
        return None
    return unchanged(request, tag=tag)


def send(request: Request, reply: Reply, /) -> Response:
    """The response for `reply`: conditional, and compressed where the client takes it.

    Raises:
        NotAcceptable: the client takes neither a plain body nor any compression known here.
    """
    coding = reply.coding or pick(codings(request), size=len(reply.body))
    headers = headers_of(reply, coding)
    if reply.tag is not None and reply.status == 200 and _holds(request, _tag_in(reply.tag, coding), reply.modified):
        kept = ("Cache-Control", "ETag", "Last-Modified", "Link", "Vary")
        return Response(status_code=304, headers={name: headers[name] for name in kept if name in headers})
    body = reply.body if reply.coding else encode(bytes(reply.body), coding)
    return Response(body, status_code=reply.status, headers=headers)


def headers_of(reply: Reply, coding: str, /) -> dict[str, str]:
    """The headers of a whole response with `reply`, whose body is sent with a content coding."""
    headers = {
        "Content-Type": reply.content_type,
        "Vary": ", ".join((*reply.vary, "Accept-Encoding")),
        "Cache-Control": reply.cache,
        "Accept-Ranges": "none",
        **dict(reply.headers),
    }
    if reply.links:
        headers["Link"] = ", ".join(reply.links)
    if reply.modified:
        headers["Last-Modified"] = _http_date(reply.modified)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    if reply.tag is not None:
        headers["ETag"] = entity_tag(reply.tag, coding, weak=reply.weak)
    return headers


def entity_tag(tag: str, coding: str, /, *, weak: bool) -> str:
    """The ETag header of a body with a content coding, whose uncompressed form has the opaque part `tag`."""
    opaque = _tag_in(tag, coding)
    return f'W/"{opaque}"' if weak else f'"{opaque}"'


def _tag_in(tag: str, coding: str) -> str:
    """The tag of a body with a coding: a strong ETag tells representations apart, and a compressed one is another."""
    return tag if coding == IDENTITY else f"{tag}-{coding}"


@functools.lru_cache(maxsize=64)
def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _holds(request: Request, tag: str, modified: datetime | None) -> bool:
    """Whether the client's copy is good: If-None-Match decides, If-Modified-Since only in its absence."""
    if request.method != "GET":
        return False
    known = request.headers.getlist("if-none-match")
    if known:
        return any(header.strip() == "*" or tag in _ENTITY_TAG.findall(header) for header in known)
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        date = parsedate_to_datetime(since)
        # The oldest of the three forms of an HTTP date (RFC 9110, section 5.6.7) does not say that it is GMT.
        return modified.replace(microsecond=0) <= (date if date.tzinfo else date.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        # A date that cannot be read counts as not sent (RFC 9110, section 13.1.3).
        return False
