"""`/dumps`: the graph as files.

A file is made when it is first asked for, off the event loop, which takes about a second for the whole graph; gzipped
it is kept. Carried along, all of them together would be several times the packed graph.
"""

from __future__ import annotations

import difflib
import gzip
import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.coding import IDENTITY
from tiesgraph.description import is_described
from tiesgraph.dump import DATASET_FORMATS, FORMATS, Dump, dumps, write
from tiesgraph.errors import UnknownResource
from tiesgraph.media import HTML, PLAIN_JSON, TURTLE, Format
from tiesgraph.names import prefixes
from tiesgraph.store import Store
from tiesgraph.web.exchange import Reply, choose, send, unchanged
from tiesgraph.web.openapi import documented
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["add_routes"]

_KEPT = 64
GZIP = Format("gzip", "application/gzip", ".gz")


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The list of files, and each file."""
    store = site.store

    @lru_cache(maxsize=_KEPT)
    def packed(dump: Dump) -> bytes:
        return write(store, dump, table=prefixes())

    def content(dump: Dump) -> bytes:
        body = packed(replace(dump, packed=True))
        return body if dump.packed else gzip.decompress(body)

    @app.get("/dumps", **documented("The graph as files", HTML, PLAIN_JSON))
    async def listed(request: Request) -> Response:
        files = _files(store)
        if choose(request, offered=(HTML, PLAIN_JSON)) == HTML:
            return page(request, site, "dumps.html", files=files)
        tag = site.edition.tag("dumps")
        return send(request, Reply(body=json.dumps(files).encode(), content_type=PLAIN_JSON.content_type, tag=tag))

    async def sent(request: Request, name: str) -> Response:
        dump = _found(store, name)
        tag, modified = site.edition.tag("dump", name), site.edition.modified
        if same := unchanged(request, tag=tag, modified=modified):
            return same
        reply = Reply(
            body=await run_in_threadpool(content, dump),
            content_type=dump.media_type,
            tag=tag,
            modified=modified,
            vary=(),
            # A gzipped file stays one when it is stored: its packing is no matter of the transfer.
            coding=IDENTITY if dump.packed else None,
        )
        return send(request, reply)

    @app.get("/dumps/{name}", **_documented("A file with the whole graph, or with what is asserted"))
    async def whole(request: Request, name: str) -> Response:
        return await sent(request, name)

    @app.get("/dumps/graph/{name}", **_documented("A file with one named graph"))
    async def part(request: Request, name: str) -> Response:
        return await sent(request, f"graph/{name}")


def _documented(summary: str) -> dict[str, Any]:
    return documented(summary, *FORMATS, GZIP, problems=(404,), negotiated=False)


def _all(store: Store) -> list[Dump]:
    """Every file that is listed; none where the store is not our graph but the user's files, which they have."""
    if not is_described(store):
        return []
    return [*dumps(), *(Dump(fmt=TURTLE, graph=graph, packed=True) for graph in store.graphs())]


def _files(store: Store) -> list[dict[str, str]]:
    """The files as a reader wants them listed."""
    return [
        {
            "name": dump.name,
            "url": f"/dumps/{dump.name}",
            "content": _content(dump),
            "format": dump.fmt.media_type,
        }
        for dump in _all(store)
    ]


def _content(dump: Dump) -> str:
    if dump.graph is not None:
        return f"the named graph {dump.graph.value}"
    whole = "what the files assert" if dump.asserted else "the whole graph"
    return f"{whole}, {'by named graph' if dump.fmt in DATASET_FORMATS else 'each triple once'}"


def _found(store: Store, name: str) -> Dump:
    """The file called `name`.

    Raises:
        UnknownResource: there is none; with the nearest names.
    """
    known = _all(store)
    dump = Dump.parse(name)
    if dump is None or not known or (dump.graph is not None and dump.graph not in store.graphs()):
        near = difflib.get_close_matches(name, [one.name for one in known], n=3)
        mend = f"Did you mean /dumps/{near[0]}?" if near else "The files are listed at /dumps."
        raise UnknownResource(f"there is no file {name}", candidates=[f"/dumps/{one}" for one in near], mend=mend)
    return dump
