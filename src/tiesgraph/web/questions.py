"""`/questions`: the named questions that come with the graph, in SPARQL and answered.

The answer of a question has a URL of its own, with an ending for each format, so that what takes a URL
(`pandas.read_csv`, a spreadsheet, a notebook) takes an answer. For readers it is a page.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tiesgraph import media
from tiesgraph.errors import MisuseError
from tiesgraph.media import HTML, PLAIN_JSON, RESULT_FORMATS, SPARQL, TURTLE
from tiesgraph.query import EVERYTHING, Question, question, questions
from tiesgraph.resource import Schema
from tiesgraph.web import exchange
from tiesgraph.web.answers import as_turtle, bars, shown
from tiesgraph.web.ask import by_topic
from tiesgraph.web.exchange import Reply, choose, send
from tiesgraph.web.openapi import documented
from tiesgraph.web.rows import ask
from tiesgraph.web.runner import Job
from tiesgraph.web.site import Site
from tiesgraph.web.sparql import answered
from tiesgraph.web.view import page

__all__ = ["add_routes", "bindings"]

_ANSWERS = (*RESULT_FORMATS, HTML)


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The list of questions, each one's SPARQL, and its answer."""
    schema = Schema(site.store)

    @app.get("/questions", **documented("The named questions, in English", PLAIN_JSON, HTML))
    async def listed(request: Request) -> Response:
        fmt = choose(request, offered=(PLAIN_JSON, HTML))
        if fmt == HTML:
            return page(request, site, "questions.html", topics=by_topic())
        told = [
            {
                "name": one.name,
                "question": one.text,
                "topic": one.topic,
                "keywords": list(one.keywords),
                "parameters": {parameter.name: parameter.text for parameter in one.parameters},
            }
            for one in questions()
        ]
        tag = site.edition.tag("questions")
        return send(request, Reply(body=json.dumps(told).encode(), content_type=fmt.content_type, tag=tag))

    @app.get(
        "/questions/{name}.rq",
        **documented("A named question, in SPARQL", SPARQL, problems=(404,), negotiated=False),
    )
    async def asked(request: Request, name: str) -> Response:
        found = _question(name)
        tag = site.edition.tag("question", name)
        return send(request, Reply(body=found.sparql.encode(), content_type=SPARQL.content_type, tag=tag))

    @app.get(
        "/questions/{name}.ttl",
        **documented("The rows of an answer as RDF, with their pages", TURTLE, problems=(404,), negotiated=False),
    )
    async def as_rdf(request: Request, name: str) -> Response:
        found = _question(name)
        body = await as_turtle(site, found, bindings(found, request.query_params.multi_items()))
        tag = site.edition.tag("question as Turtle", name, request.url.query)
        return send(request, Reply(body=body, content_type=TURTLE.content_type, tag=tag, vary=()))

    @app.get(
        "/questions/{name}.vl.json",
        **documented("A chart of the answer to a named question", PLAIN_JSON, problems=(404,), negotiated=False),
    )
    async def chart(request: Request, name: str) -> Response:
        found = _question(name)
        table = await ask(site, found.sparql, bind=bindings(found, request.query_params.multi_items()))
        drawn = bars(found, table, f"?{request.url.query}" if request.url.query else "")
        if drawn is None:
            raise HTTPException(404, f"the answer to {name} is none that bars could show")
        body = json.dumps(drawn, ensure_ascii=False).encode()
        return send(request, Reply(body=body, content_type=PLAIN_JSON.content_type, vary=()))

    @app.get(
        "/questions/{name}",
        **documented(
            "The answer to a named question; its parameters may be fixed, and its name may end in .csv and so on",
            *_ANSWERS,
            problems=(404,),
        ),
    )
    async def answer(request: Request, name: str) -> Response:
        bare, _, ending = name.partition(".")
        found = _question(bare)
        words = (ending, *exchange.asked(request)) if ending else exchange.asked(request)
        exchange.refuse_unknown_format(words)
        bind = bindings(found, request.query_params.multi_items())
        if media.choose(exchange.accept(request), asked=words, offered=_ANSWERS) == HTML:
            return await shown(request, site, schema, found, bind)
        job = Job(
            text=found.sparql,
            dataset=EVERYTHING,
            base=exchange.url(request),
            accept=tuple(exchange.accept(request)),
            asked=words,
            codings=exchange.codings(request),
            bind=bind,
        )
        return await answered(request, site, job)


def _question(name: str) -> Question:
    """The question called `name`.

    Raises:
        HTTPException: 404, with the nearest name.
    """
    found = question(name)
    if found is None:
        near = difflib.get_close_matches(name, [one.name for one in questions()], n=1)
        raise HTTPException(404, f"no question is called {name}" + (f": did you mean {near[0]}?" if near else ""))
    return found


def bindings(asked: Question, pairs: Sequence[tuple[str, str]], /) -> tuple[tuple[str, str], ...]:
    """The values that the URL gives to parameters of a question.

    Raises:
        MisuseError: it has no such parameter, or one has two values.
    """
    names = [parameter.name for parameter in asked.parameters]
    # A form sends what was left open as well, with nothing in it.
    given = [(name, value) for name, value in pairs if value and name not in exchange.FORMAT_PARAMETERS]
    for name, _ in given:
        if name not in names:
            known = f"It has {', '.join(names)}." if names else "It has none."
            raise MisuseError(f"the question {asked.name} has no parameter {name}", mend=known)
    if len(dict(given)) < len(given):
        raise MisuseError("a parameter of a question takes one value")
    # A browser's address bar is no place for angle brackets.
    return tuple((name, f"<{value}>" if value.startswith(("http://", "https://")) else value) for name, value in given)
