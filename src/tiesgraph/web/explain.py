"""`/explain`: why a statement holds, as JSON for programs, as a tree of lines for a terminal, as a page for readers."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tiesgraph.errors import MisuseError
from tiesgraph.explain import Asked, Explainer, Explanation, as_json, as_text, read_statement
from tiesgraph.media import HTML, PLAIN_JSON, TEXT, Format
from tiesgraph.names import prefixes
from tiesgraph.web.exchange import Reply, choose, send, unchanged
from tiesgraph.web.openapi import documented, parameter
from tiesgraph.web.rows import local
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["add_routes"]

_LONGEST = 2_000  # characters of a term

_TERM = {"type": "string", "maxLength": _LONGEST}
_PARAMETERS = (
    {
        **parameter("subject", {**_TERM, "examples": ["exercise:guardian-north-16"]}, "What the statement is about"),
        "required": True,
    },
    parameter("predicate", {**_TERM, "examples": ["ties:involves"]}, "Its property; any where it is left out"),
    parameter("object", {**_TERM, "examples": ["actor:japan"]}, "The value, as Turtle writes it; any where left out"),
)


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The explanations of statements."""
    explainer = Explainer(site.store)

    @app.get(
        "/explain",
        **documented("Why a statement holds", PLAIN_JSON, TEXT, HTML, problems=(404,), parameters=_PARAMETERS),
    )
    async def explain(request: Request) -> Response:
        fmt = choose(request, offered=(PLAIN_JSON, TEXT, HTML))
        if fmt == HTML and not request.query_params.get("subject"):
            return page(request, site, "explain.html", found=[], asked=request.query_params, local=local)
        asked = _asked(request)
        edition = site.edition
        tag = edition.tag("explain", *map(str, asked), fmt.name)
        if same := unchanged(request, tag=tag, modified=edition.modified):
            return same
        if fmt == HTML:
            found = [as_json(one) for one in await run_in_threadpool(explainer.explain_all, *asked)]
            return page(request, site, "explain.html", found=found, asked=request.query_params, local=local)
        body = await run_in_threadpool(lambda: _written(explainer.explain_all(*asked), fmt))
        return send(request, Reply(body=body, content_type=fmt.content_type, tag=tag, modified=edition.modified))


def _asked(request: Request) -> Asked:
    """The statement that a request is about.

    Raises:
        MisuseError: a parameter is missing, there twice, too long, or no term.
    """
    given = {name: request.query_params.getlist(name) for name in ("subject", "predicate", "object")}
    for name, texts in given.items():
        if len(texts) > 1:
            raise MisuseError(f"there are {len(texts)} parameters {name}; a statement has one")
        if any(len(text) > _LONGEST for text in texts):
            raise MisuseError(f"the {name} has more than {_LONGEST} characters")
    subject, predicate, value = (next(iter(texts), None) for texts in given.values())
    if not subject:
        raise MisuseError("there is no subject", mend="/explain?subject=actor:japan&predicate=ties:partOf")
    return read_statement(subject, predicate, value, known=prefixes())


def _written(found: Sequence[Explanation], fmt: Format) -> bytes:
    if fmt == PLAIN_JSON:
        return json.dumps([as_json(one) for one in found], ensure_ascii=False).encode()
    return ("\n\n".join(as_text(one) for one in found) + "\n").encode()
