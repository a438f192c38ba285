"""The application: routes and what they share. Thin: what a route answers is worked out elsewhere.

Nothing here keeps state: the store and the runner come in with `create_app`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tiesgraph import __version__
from tiesgraph.errors import NotAcceptable, QueryTooLarge, TiesgraphError
from tiesgraph.media import GRAPH_FORMATS, HTML, PLAIN_JSON, accepts_gzip, negotiate
from tiesgraph.names import BASE
from tiesgraph.query import question, questions
from tiesgraph.store import Store
from tiesgraph.web.description import serialize, service_description
from tiesgraph.web.home import home_page
from tiesgraph.web.openapi import SPARQL_GET, SPARQL_POST
from tiesgraph.web.problem import details, problem, respond
from tiesgraph.web.protocol import METHODS, QUERY, read
from tiesgraph.web.runner import Job, QueryRunner, ThreadRunner

__all__ = ["create_app"]

_VARY = "Accept, Accept-Encoding"
_BODY_LIMIT = 4 * 1024 * 1024
_ALLOW = ", ".join(METHODS)
_EXPOSED = ("Allow", "Content-Encoding", "ETag", "Link", "Vary")


def create_app(store: Store, /, *, runner: QueryRunner | None = None) -> FastAPI:
    """The whole application over one store, which it only reads.

    Args:
        store: the graph.
        runner: where queries run; threads of this process unless another is given.
    """
    workers = runner or ThreadRunner(store)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        workers.close()

    app = FastAPI(
        title="tiesgraph",
        version=__version__,
        summary="The security ties of Japan and Europe as an RDF graph in which every statement knows its page",
        lifespan=lifespan,
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=list(METHODS),
        allow_headers=["*"],
        expose_headers=list(_EXPOSED),
    )
    _add_errors(app)
    _add_sparql(app, workers)
    _add_pages(app)
    return app


def _accept(request: Request) -> list[str]:
    return request.headers.getlist("accept")


def _url(request: Request) -> str:
    """The URL of the request without its query string: what the client calls this endpoint."""
    return str(request.url.replace(query="", fragment=""))


def _add_errors(app: FastAPI) -> None:
    """Every error that reaches a client is a problem document."""

    async def ours(request: Request, error: Exception) -> Response:
        members = details(error) if isinstance(error, TiesgraphError) else problem(500, "something went wrong here")
        return respond(members, accept=_accept(request))

    async def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return await ours(request, error)
        members = problem(error.status_code, str(error.detail))
        return respond(members, accept=_accept(request), headers=error.headers)

    async def gone(request: Request, _error: Exception) -> Response:
        # Nobody reads this; it only keeps a vanished client from being logged as a failure of ours.
        return respond(problem(400, "the client went away"), accept=_accept(request))

    app.add_exception_handler(TiesgraphError, ours)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, ours)


async def _body(request: Request) -> bytes:
    """The body of a request, refused as soon as it grows too large."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _BODY_LIMIT:
            raise QueryTooLarge(f"the request has more than {_BODY_LIMIT:,} bytes")
        parts.append(part)
    return b"".join(parts)


def _described(request: Request) -> Response:
    """The service description, in the RDF format that the client prefers."""
    fmt = negotiate(_accept(request), offered=GRAPH_FORMATS)
    if fmt is None:
        raise NotAcceptable("the service description is RDF", mend="Give a query to get rows, or accept text/turtle.")
    body = serialize(service_description(_url(request)), fmt)
    return _sent(request, body, {"Content-Type": fmt.content_type, "Vary": _VARY})


def _sent(request: Request, body: bytes, headers: Mapping[str, str]) -> Response:
    """A response, whose body a HEAD request does not get though the headers speak of it (RFC 9110, 9.3.2)."""
    if request.method == "HEAD":
        return Response(b"", headers={**headers, "Content-Length": str(len(body))})
    return Response(body, headers=dict(headers))


def _add_sparql(app: FastAPI, runner: QueryRunner) -> None:
    """The endpoint: documented for GET and POST; HEAD, OPTIONS and the methods it refuses come by one more route."""

    async def sparql(request: Request) -> Response:
        body = await _body(request) if request.method == "POST" else b""
        operation = read(
            method=request.method,
            query_string=request.scope["query_string"],
            content_type=request.headers.get("content-type", ""),
            body=body,
        )
        if operation is None:
            return _described(request)
        job = Job(
            text=operation.text,
            dataset=operation.dataset,
            base=_url(request),
            accept=tuple(_accept(request)),
            gzip=accepts_gzip(request.headers.getlist("accept-encoding")),
        )
        written = await runner.run(job)
        headers = {"Content-Type": written.content_type, "Vary": _VARY}
        if written.gzip:
            headers["Content-Encoding"] = "gzip"
        return _sent(request, written.body, headers)

    async def other(request: Request) -> Response:
        if request.method == "HEAD":
            return await sparql(request)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _ALLOW, "Accept-Post": QUERY})
        raise HTTPException(405, f"{request.method} is not for a query endpoint", {"Allow": _ALLOW})

    app.add_api_route("/sparql", sparql, methods=["GET"], operation_id="query", openapi_extra=SPARQL_GET)
    app.add_api_route("/sparql", sparql, methods=["POST"], operation_id="post_query", openapi_extra=SPARQL_POST)
    # Without a list of methods the route takes whatever the two above did not.
    app.router.routes.append(Route("/sparql", _Any(other), include_in_schema=False))


class _Any:
    """A handler as an ASGI application, to which Starlette gives every method there is."""

    def __init__(self, handler: Callable[[Request], Awaitable[Response]]) -> None:
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._handler(Request(scope, receive))
        await response(scope, receive, send)


def _add_pages(app: FastAPI) -> None:
    """The front page, the named questions and the health check."""

    @app.get("/", summary="What this is", response_class=Response)
    async def home(request: Request) -> Response:
        fmt = negotiate(_accept(request), offered=(HTML, PLAIN_JSON)) or PLAIN_JSON
        links = {"sparql": "/sparql", "questions": "/questions", "health": "/health", "openapi": "/openapi.json"}
        if fmt == HTML:
            return Response(home_page(links), media_type=fmt.content_type, headers={"Vary": "Accept"})
        facts = {"name": "tiesgraph", "version": __version__, "base": BASE, **links}
        return JSONResponse(facts, headers={"Vary": "Accept"})

    @app.get("/health", summary="Whether the server answers")
    async def health() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @app.get("/questions", summary="The named questions, in English")
    async def listed() -> list[dict[str, object]]:
        return [
            {"name": one.name, "question": one.text, "topic": one.topic, "keywords": list(one.keywords)}
            for one in questions()
        ]

    @app.get("/questions/{name}.rq", summary="A named question, in SPARQL", response_class=Response)
    async def asked(name: str) -> Response:
        found = question(name)
        if found is None:
            raise HTTPException(404, f"no question is called {name}")
        return Response(found.sparql, media_type=QUERY)
