"""`/audit`: where the report contradicts itself, as a list. Each contradiction has a document of its own as well."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.contradictions import FORMATS, Contradiction, by_chapter, chosen, contradictions, write_contradictions
from tiesgraph.errors import MisuseError
from tiesgraph.media import HTML
from tiesgraph.names import BASE, path_of
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.openapi import documented, parameter
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["add_routes"]

_STRINGS = {"type": "array", "items": {"type": "string"}}
_PARAMETERS = (
    parameter("kind", _STRINGS, "Only those of this kind: arithmetic, attribution, date, scope or wording"),
    parameter("chapter", {"type": "array", "items": {"type": "integer"}}, "Only those of the chapter with this number"),
)


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The list."""

    @app.get(
        "/audit",
        **documented(
            "Where the report contradicts itself", *FORMATS, HTML, problems=(400, 404), parameters=_PARAMETERS
        ),
    )
    async def audit(request: Request) -> Response:
        fmt = choose(request, offered=(*FORMATS, HTML))
        kinds = [kind for kind in request.query_params.getlist("kind") if kind]
        chapters = [_number(text) for text in request.query_params.getlist("chapter") if text]
        # Reading some forty things out of the graph takes as many milliseconds.
        every = await run_in_threadpool(contradictions, site.store)
        found = chosen(every, kinds=kinds, chapters=chapters)
        if fmt == HTML:
            shown: dict[str, Any] = {"chapters": by_chapter(found), "kinds": _kinds(every), "href": _href}
            return page(request, site, "audit.html", chosen=_options(kinds, chapters), **shown)
        tag = site.edition.tag("audit", fmt.name, *sorted(kinds), *map(str, sorted(chapters)))
        body = write_contradictions(found, fmt, store=site.store)
        return send(request, Reply(body=body, content_type=fmt.content_type, tag=tag, modified=site.edition.modified))


def _options(kinds: list[str], chapters: list[int]) -> str:
    """The choice, as it is put after another option: `&kind=date`."""
    given = [("kind", kind) for kind in kinds] + [("chapter", str(number)) for number in chapters]
    return "".join(f"&{urlencode([one])}" for one in given)


def _number(text: str) -> int:
    """The number of a chapter.

    Raises:
        MisuseError: it is none.
    """
    if not (text.isascii() and text.isdecimal()):
        raise MisuseError(f"{text} is no number of a chapter")
    return int(text[:9])


def _kinds(found: list[Contradiction]) -> dict[str, int]:
    """Each kind, and how many there are."""
    kinds = sorted({one.kind for one in found if one.kind})
    return {kind: sum(one.kind == kind for one in found) for kind in kinds}


def _href(iri: str) -> str:
    """Where a page links for something."""
    return "/" + quote(path_of(iri), safe="/:@!$&'()*+,;=~") if iri.startswith(BASE) else iri
