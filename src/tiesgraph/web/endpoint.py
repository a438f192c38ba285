"""How a query that comes by HTTP is answered: what `/sparql` and all routes do that answer queries.

This much of the server works without FastAPI, so that it can answer before that is imported (`opening`).
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from tiesgraph.errors import QueryTooLarge
from tiesgraph.names import BASE
from tiesgraph.syntax import is_volatile
from tiesgraph.web.exchange import (
    Reply,
    accept,
    codings,
    held,
    quoted,
    received,
    refuse_unknown_format,
    send,
    url,
)
from tiesgraph.web.journal import Memo, memo_of
from tiesgraph.web.presence import attended
from tiesgraph.web.protocol import read
from tiesgraph.web.runner import Job, Written, as_text
from tiesgraph.web.site import Site

__all__ = ["answered", "asked", "reply_of", "tag_of"]

_BODY_LIMIT = 4 * 1024 * 1024
# Each begins with its own letters, which are looked for much faster than a place where a word may begin.
_ORDERED = (re.compile(r"ORDER(?<=\bORDER)\s+BY\b"), re.compile(r"ASK(?<=\bASK)\b"))


async def asked(request: Request, site: Site, /) -> Response | None:
    """The response to a request of the SPARQL Protocol, or None where it asks for the service description.

    Raises:
        TiesgraphError: see `protocol.read` and `answered`.
        HTTPException: it came too slowly.
    """
    body = await received(request, limit=_BODY_LIMIT, refusal=_too_large) if request.method == "POST" else b""
    operation = read(
        method=request.method,
        query_string=request.scope["query_string"],
        content_type=request.headers.get("content-type", ""),
        body=body,
    )
    if operation is None:
        return None
    refuse_unknown_format(operation.formats)
    job = Job(
        text=operation.text,
        dataset=operation.dataset,
        base=url(request),
        accept=tuple(accept(request)),
        asked=operation.formats,
        codings=codings(request),
    )
    return await answered(request, site, job, seconds=operation.seconds)


def _too_large() -> QueryTooLarge:
    return QueryTooLarge(f"the request has more than {_BODY_LIMIT:,} bytes", mend="Ask in several queries.")


async def answered(request: Request, site: Site, job: Job, /, *, seconds: float | None = None) -> Response:
    """The response with the answer to a query, in at most `seconds`.

    Its ETag is made of the graph's hash and of all that is asked, so that a client that has the answer gets a
    304 without work. The row order of a query that does not say it differs from one start of the server to
    the next, and so does the tag. A POST gets none: it would be taken for one of the endpoint itself.

    Raises:
        TiesgraphError: as `Answers.get` does.
        ClientDisconnect: nobody waits for it any more.
    """
    memo = memo_of(request.scope)
    if memo is not None:
        memo.query, memo.job = job.text, job
    volatile = is_volatile(job.text) or not site.settled
    tag = None if volatile or request.method != "GET" else tag_of(site, job)
    if tag is not None and (same := held(request, tag)):
        return _lasting(same, memo)
    written = await attended(request.receive, site.answers.get(job, seconds=seconds))
    reply = reply_of(site, written, tag=tag, volatile=volatile)
    response = send(request, reply)
    return _lasting(response, memo) if reply.tag is not None else response


def reply_of(site: Site, written: Written, /, *, tag: str | None, volatile: bool) -> Reply:
    """An answer with what there is to say of it.

    Args:
        site: whose answer it is.
        written: the answer.
        tag: of a whole answer; None where it has none.
        volatile: whether the next one to the same query will be another.
    """
    whole = written.cut is None
    return Reply(
        body=written.body,
        content_type=written.content_type,
        tag=tag if whole else None,
        weak=written.blank,
        modified=site.edition.modified if tag is not None and whole else None,
        coding=written.coding,
        cache="no-store" if volatile or not whole else "public, no-cache",
        links=() if whole else (f'<{BASE}problem/answer-cut>; rel="help"',),
        headers=_remarks(written),
    )


def tag_of(site: Site, job: Job, /) -> str:
    """What the ETag of an answer is made of; the coding is told apart by what `headers_of` adds."""
    upper = job.text.upper()
    start = "" if any(pattern.search(upper) for pattern in _ORDERED) else site.start
    return site.edition.tag("answer", start, as_text(job.dataset, job.base, job.accept, job.asked, job.bind), job.text)


def _remarks(written: Written) -> list[tuple[str, str]]:
    """The headers that say what is special about an answer."""
    found = [("Tiesgraph-Hint", quoted(written.hints))] if written.hints else []
    return [*found, ("Tiesgraph-Cut", quoted([written.cut.replace("\n", " ")]))] if written.cut else found


def _lasting(response: Response, memo: Memo | None) -> Response:
    """The response, noted as one that whoever asks the same will get again."""
    if memo is not None:
        memo.lasting = True
    return response
