"""`/search`: one box over all names and gists, for readers as a page and for programs as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.errors import MisuseError
from tiesgraph.media import HTML, PLAIN_JSON
from tiesgraph.search import Hits, Index
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.openapi import documented, parameter
from tiesgraph.web.rows import local
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["add_routes"]

_LIMIT = 30
_LONGEST = 200  # characters of a search

_PARAMETERS = (
    parameter("q", {"type": "string", "maxLength": _LONGEST}, "The words"),
    parameter("kind", {"type": "string"}, "The kind of thing, as the answer names it"),
    parameter("page", {"type": "integer", "minimum": 1}, f"Which {_LIMIT} of the hits; 1 where it is not said"),
)


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The search."""
    index = Index(site.store)

    @app.get("/search", **documented("Find things by words", HTML, PLAIN_JSON, parameters=_PARAMETERS))
    async def search(request: Request) -> Response:
        fmt = choose(request, offered=(HTML, PLAIN_JSON))
        text, kind, number = _asked(request)
        hits = await run_in_threadpool(index.find, text, kind=kind, limit=_LIMIT, offset=(number - 1) * _LIMIT)
        if fmt == PLAIN_JSON:
            body = json.dumps(asdict(hits), ensure_ascii=False).encode()
            return send(request, Reply(body=body, content_type=fmt.content_type))
        pages = max(1, -(-hits.total // _LIMIT))
        return page(
            request,
            site,
            "search.html",
            text=text,
            kind=kind,
            hits=hits,
            kinds=[(name, count, _address(text, name, 1)) for name, count in hits.kinds],
            everything=(sum(count for _, count in hits.kinds), _address(text, None, 1)),
            entries=[(local(entry.iri), entry) for entry in hits.entries],
            number=number,
            pages=pages,
            before=_address(text, kind, number - 1) if number > 1 else None,
            after=_address(text, kind, number + 1) if number < pages else None,
            respelt=_respelt(text, hits),
        )


def _asked(request: Request) -> tuple[str, str | None, int]:
    """The words, the kind and the page of the hits that a request is for.

    Raises:
        MisuseError: too many words, or no number of a page.
    """
    given = request.query_params
    text = given.get("q", "").strip()
    if len(text) > _LONGEST:
        raise MisuseError(f"a search has at most {_LONGEST} characters")
    number = given.get("page", "1")
    if not (number.isascii() and number.isdigit() and int(number[:6]) >= 1 and len(number) <= 6):
        raise MisuseError(f"{number!r} is no number of a page", mend="Pages are counted from 1.")
    return text, given.get("kind") or None, int(number)


def _address(text: str, kind: str | None, number: int) -> str:
    told = {"q": text, **({"kind": kind} if kind else {}), **({"page": number} if number > 1 else {})}
    return f"/search?{urlencode(told)}"


def _respelt(text: str, hits: Hits) -> str | None:
    """The words that were searched for, where they are not those that were given."""
    return hits.text if hits.kinds and hits.text.split() != [*_words(text)] else None


def _words(text: str) -> list[str]:
    return "".join(character if character.isalnum() or character == "_" else " " for character in text).split()
