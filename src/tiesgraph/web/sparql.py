"""`/sparql`: the SPARQL 1.1 Protocol over HTTP, with the service description where no query is given."""

from __future__ import annotations

import hashlib

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.errors import QueryTooLarge
from tiesgraph.syntax import is_volatile
from tiesgraph.web.description import FORMATS, Descriptions, root_of
from tiesgraph.web.exchange import Reply, accept, choose, codings, quoted, refuse_unknown_format, send, unchanged, url
from tiesgraph.web.openapi import SPARQL_GET, SPARQL_POST
from tiesgraph.web.protocol import read
from tiesgraph.web.runner import Job, answer
from tiesgraph.web.site import Site

__all__ = ["add_routes", "answered"]

_BODY_LIMIT = 4 * 1024 * 1024


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The endpoint, for GET and POST."""
    descriptions = Descriptions(site.store)

    async def sparql(request: Request) -> Response:
        body = await _body(request) if request.method == "POST" else b""
        operation = read(
            method=request.method,
            query_string=request.scope["query_string"],
            content_type=request.headers.get("content-type", ""),
            body=body,
        )
        if operation is None:
            return await _described(request, site, descriptions)
        refuse_unknown_format(operation.formats)
        job = Job(
            text=operation.text,
            dataset=operation.dataset,
            base=url(request),
            accept=tuple(accept(request)),
            asked=operation.formats,
            codings=codings(request),
        )
        return await answered(request, site, job)

    app.add_api_route("/sparql", sparql, methods=["GET"], operation_id="query", **SPARQL_GET)
    app.add_api_route("/sparql", sparql, methods=["POST"], operation_id="post_query", **SPARQL_POST)


async def answered(request: Request, site: Site, job: Job, /) -> Response:
    """The response with the answer to a query.

    Its ETag is made of its bytes, because a query may be one that is never answered twice alike. A POST gets
    none: it would be taken for one of the endpoint itself.

    Raises:
        TiesgraphError: as the runner does.
    """
    written = await site.runner.run(answer, job)
    cacheable = request.method == "GET"
    reply = Reply(
        body=written.body,
        content_type=written.content_type,
        tag=hashlib.sha256(written.body).hexdigest()[:32] if cacheable else None,
        modified=site.edition.modified if cacheable and not is_volatile(job.text) else None,
        coding=written.coding,
        headers=[("Tiesgraph-Hint", quoted(written.hints))] if written.hints else (),
    )
    return send(request, reply)


async def _body(request: Request) -> bytes:
    """The body of a request, refused as soon as it grows too large."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _BODY_LIMIT:
            raise QueryTooLarge(f"the request has more than {_BODY_LIMIT:,} bytes")
        parts.append(part)
    return b"".join(parts)


async def _described(request: Request, site: Site, descriptions: Descriptions) -> Response:
    """The service description, in the RDF format that the client prefers."""
    fmt = choose(request, offered=FORMATS)
    root = root_of(request)
    tag, modified = site.edition.tag("description", root, fmt.name), site.edition.modified
    if same := unchanged(request, tag=tag, modified=modified):
        return same
    body = await run_in_threadpool(lambda: descriptions.dataset(root).serialize(fmt))
    return send(request, Reply(body=body, content_type=fmt.content_type, tag=tag, modified=modified))
