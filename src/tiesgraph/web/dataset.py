"""`/dataset` and `/.well-known/void`: what the graph is, where and how it is had, and how much it holds.

The description of the dataset (DCAT, service, named graphs, link sets) is small; the statistics repeat it and add the
counts by class and property. VoID (section 7.2) has every server keep the latter at `/.well-known/void`: that is a
document, and is given as it is. The dataset itself is a thing like any other, and sends on to the document about it.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.document import Document
from tiesgraph.media import HTML, TEXT, Format
from tiesgraph.web.description import FORMATS, Descriptions, root_of
from tiesgraph.web.exchange import Reply, choose, send, unchanged
from tiesgraph.web.openapi import documented
from tiesgraph.web.resources import documented_thing, reference
from tiesgraph.web.site import Site

__all__ = ["add_routes"]

_DATASET, _STATISTICS = "dataset", ".well-known/void"

Telling = Callable[[str], Document]


def add_routes(app: FastAPI, site: Site, /) -> None:
    """Both documents: by negotiation, and under a name of its own in each format."""
    descriptions = Descriptions(site.store)

    async def dataset(request: Request) -> Response:
        # The page for readers is that of any other thing, and a user's dataset has none.
        offered = (*FORMATS, HTML) if descriptions.is_ours else FORMATS
        target = reference(_DATASET, _DATASET, choose(request, offered=offered).suffix)
        links = [_link(_DATASET, _DATASET, fmt, "describedby") for fmt in offered]
        body, headers = f"See {target}\n".encode(), [("Location", target)]
        return send(request, Reply(body=body, content_type=TEXT.content_type, links=links, status=303, headers=headers))

    app.add_api_route("/dataset", dataset, methods=["GET"], **documented_thing("/dataset", "The dataset"))
    for path, here, summary, telling in (
        (_DATASET, f"about/{_DATASET}", "The dataset: DCAT, service, graphs, link sets", descriptions.dataset),
        (_STATISTICS, _STATISTICS, "The same with statistics by class and property", descriptions.statistics),
    ):
        _add(app, site, here, path, None, summary, telling)
        for fmt in FORMATS:
            _add(app, site, path + fmt.suffix, path, fmt, summary, telling)


def _add(app: FastAPI, site: Site, here: str, path: str, fixed: Format | None, summary: str, telling: Telling) -> None:
    """The route at `here`, for the document of `path` in the format `fixed`, or in the one that the client takes."""

    async def route(request: Request) -> Response:
        fmt = fixed or choose(request, offered=FORMATS)
        root, edition = root_of(request), site.edition
        tag = edition.tag(path, root, fmt.name)
        if same := unchanged(request, tag=tag, modified=edition.modified):
            return same
        reply = Reply(
            body=await run_in_threadpool(lambda: telling(root).serialize(fmt)),
            content_type=fmt.content_type,
            tag=tag,
            modified=edition.modified,
            links=[_link(here, path, one, "alternate") for one in FORMATS if one != fmt],
            vary=() if fixed else ("Accept",),
        )
        return send(request, reply)

    formats = FORMATS if fixed is None else (fixed,)
    extra = documented(summary, *formats, negotiated=fixed is None)
    app.add_api_route(f"/{here}", route, methods=["GET"], name=here, **extra)


def _link(here: str, path: str, fmt: Format, relation: str) -> str:
    return f'<{reference(here, path, fmt.suffix)}>; rel="{relation}"; type="{fmt.media_type}"'
