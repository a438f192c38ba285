"""Every error that reaches a client is a problem document, and each kind of problem has a page that explains it.

The page of a kind is its class in `errors`: what it is, and with which status and exit code it comes. So
the `type` of a problem document, cut down to its path, is a resource of this server.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from inspect import cleandoc
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from tiesgraph import errors
from tiesgraph.errors import MisuseError, TiesgraphError
from tiesgraph.media import HTML, PLAIN_JSON, TEXT, Format
from tiesgraph.names import BASE
from tiesgraph.web.envelope import CORS, allowed
from tiesgraph.web.exchange import Reply, accept, asked, choose, send
from tiesgraph.web.journal import memo_of
from tiesgraph.web.openapi import documented
from tiesgraph.web.problem import details, extra_headers, kind, problem, respond
from tiesgraph.web.rows import local
from tiesgraph.web.site import Site
from tiesgraph.web.view import POLICY, page, render

__all__ = ["add_handlers", "add_routes", "trouble"]

_OFFERED = (PLAIN_JSON, HTML, TEXT)


def add_handlers(app: FastAPI, /) -> None:
    """Have every error answered with a problem document."""

    async def ours(request: Request, error: Exception) -> Response:
        return trouble(request, error)

    for kind_of_error in (TiesgraphError, HTTPException, RequestValidationError, ClientDisconnect, Exception):
        app.add_exception_handler(kind_of_error, ours)


def trouble(request: Request, error: Exception, /) -> Response:
    """The response for an error."""
    members, headers = _told(request, error)

    def written(members: Mapping[str, object]) -> str:
        return _page(request, members)

    response = respond(members, accept=accept(request), asked=asked(request), headers=headers, html=written)
    if response.media_type == HTML.content_type:
        response.headers.update(POLICY)
    return response


def _page(request: Request, members: Mapping[str, object]) -> str:
    """A problem as a page of the site. A query that failed can be mended in the editor."""
    query = request.query_params.get("query")
    kind_of_it = str(members["type"]).removeprefix(BASE)
    return render(
        request.app.state.site,
        "problem.html",
        here=request.url.path,
        it=members,
        near=[(local(iri), iri) for iri in _texts(members.get("candidates"))],
        nearest=_texts(members.get("nearest")),
        explained=f"/{kind_of_it}" if kind_of_it != members["type"] else None,
        again=f"/ask?{urlencode({'query': query})}" if query and request.url.path == "/sparql" else None,
    ).decode()


def _texts(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else []


def _told(request: Request, error: Exception) -> tuple[dict[str, object], Mapping[str, str] | None]:
    """The problem document for an error, and further headers."""
    status = getattr(error, "status_code", getattr(error, "http_status", 500))
    if status in (404, 405):
        # A path that is there for another method has fallen through to the route that takes any path.
        methods = allowed(request.app.router.routes, request.scope)
        if methods and request.method not in methods:
            allow, text = ", ".join(methods), f"{request.method} is not for this path"
            return problem(405, text, mend=f"What there is: {allow}."), {"Allow": allow}
    match error:
        case TiesgraphError():
            return details(error), extra_headers(error)
        case HTTPException(status_code=404, detail="Not Found"):
            return _nowhere(request), None
        case HTTPException():
            return problem(error.status_code, str(error.detail)), error.headers
        case RequestValidationError():
            told = (f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors())
            return details(MisuseError("; ".join(told))), None
        case ClientDisconnect():
            # Nobody reads this; it only keeps a vanished client from being logged as a failure of ours.
            return problem(400, "the client went away"), None
    # Nothing is around this one that would add these headers.
    memo = memo_of(request.scope)
    number = {"X-Request-ID": memo.id} if memo else {}
    mend = f"It is in the server's log as request {memo.id}." if memo else None
    return problem(500, "something went wrong here", mend=mend), {**CORS, **number}


def _nowhere(request: Request) -> dict[str, object]:
    """The problem of a path that no route has, with the nearest one that is there."""
    path = request.url.path
    known = [one for route in request.app.routes if "{" not in (one := getattr(route, "path", "{"))]
    near = difflib.get_close_matches(path, known, n=1)
    return problem(404, f"there is nothing at {path}", mend=f"Did you mean {near[0]}?" if near else "Begin at /.")


def _kinds() -> dict[str, type[TiesgraphError]]:
    """The classes of errors, by what problem documents call them."""
    classes = (getattr(errors, name) for name in errors.__all__)
    return {kind(one): one for one in classes}


def _explained(name: str, error: type[TiesgraphError]) -> dict[str, object]:
    """What there is to say of a kind of problem."""
    parent = error.__mro__[1]
    return {
        "type": f"{BASE}problem/{name}",
        "title": name.replace("-", " ").capitalize(),
        "description": cleandoc(error.__doc__ or "").partition("\n\n")[0].replace("\n", " "),
        "status": error.http_status,
        "exit_code": error.exit_code,
        **({"broader": f"{BASE}problem/{kind(parent)}"} if issubclass(parent, TiesgraphError) else {}),
    }


def _written(facts: Mapping[str, object], fmt: Format) -> str:
    if fmt == PLAIN_JSON:
        return json.dumps(facts)
    lines = [f"{facts['description']}", f"HTTP status {facts['status']}, exit code {facts['exit_code']}."]
    return "".join(f"{line}\n" for line in (facts["title"], *lines))


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The kinds of problems: the list, and a page for each."""

    @app.get("/problem", **documented("The kinds of problems that an answer may name", PLAIN_JSON, HTML))
    async def listed(request: Request) -> Response:
        fmt = choose(request, offered=(PLAIN_JSON, HTML))
        kinds = [_explained(name, error) for name, error in _kinds().items()]
        if fmt == HTML:
            return page(request, site, "problem-kinds.html", kinds=dict(zip(_kinds(), kinds, strict=True)), one=None)
        tag = site.edition.tag("problems", fmt.name)
        return send(request, Reply(body=json.dumps(kinds).encode(), content_type=fmt.content_type, tag=tag))

    @app.get("/problem/{name}", **documented("What a kind of problem means", *_OFFERED, problems=(404,)))
    async def explained(request: Request, name: str) -> Response:
        error = _kinds().get(name)
        if error is None:
            raise HTTPException(404, f"no kind of problem is called {name}")
        fmt = choose(request, offered=_OFFERED)
        if fmt == HTML:
            return page(request, site, "problem-kinds.html", kinds={}, one=_explained(name, error))
        body = _written(_explained(name, error), fmt)
        tag = site.edition.tag("problem", name, fmt.name)
        return send(request, Reply(body=body.encode(), content_type=fmt.content_type, tag=tag))
