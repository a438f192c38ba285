"""`/sparql`: the SPARQL 1.1 Protocol over HTTP, with the service description where no query is given."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.web.description import FORMATS, Descriptions, root_of
from tiesgraph.web.endpoint import answered, asked
from tiesgraph.web.exchange import Reply, choose, send, unchanged
from tiesgraph.web.openapi import SPARQL_GET, SPARQL_POST
from tiesgraph.web.site import Site

__all__ = ["add_routes", "answered"]


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The endpoint, for GET and POST."""
    descriptions = Descriptions(site.store)

    async def sparql(request: Request) -> Response:
        return await asked(request, site) or await _described(request, site, descriptions)

    app.add_api_route("/sparql", sparql, methods=["GET"], operation_id="query", **SPARQL_GET)
    app.add_api_route("/sparql", sparql, methods=["POST"], operation_id="post_query", **SPARQL_POST)


async def _described(request: Request, site: Site, descriptions: Descriptions) -> Response:
    """The service description, in the RDF format that the client prefers."""
    site.require_graph()
    fmt = choose(request, offered=FORMATS)
    root = root_of(request)
    tag, modified = site.edition.tag("description", root, fmt.name), site.edition.modified
    if same := unchanged(request, tag=tag, modified=modified):
        return same
    body = await run_in_threadpool(lambda: descriptions.dataset(root).serialize(fmt))
    return send(request, Reply(body=body, content_type=fmt.content_type, tag=tag, modified=modified))
