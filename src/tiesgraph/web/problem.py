"""Errors as a client reads them: problem details (RFC 9457), or the same as a page or as plain text, by Accept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from http import HTTPStatus

from starlette.responses import Response

from tiesgraph.errors import LimitReached, NotStatedError, QuerySyntaxError, TiesgraphError, UnknownResource
from tiesgraph.media import HTML, PROBLEM, TEXT, choose
from tiesgraph.names import BASE
from tiesgraph.web.page import page

__all__ = ["details", "extra_headers", "kind", "problem", "respond"]

_SHOWN = ("detail", "mend")


def kind(error: type[TiesgraphError], /) -> str:
    """What the last part of a problem's `type` calls a class of errors: `query-syntax`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", error.__name__.removesuffix("Error")).lower() or "error"


def details(error: TiesgraphError, /) -> dict[str, object]:
    """The members of a problem document: `type`, `title`, `status`, `detail`, and where known `place`, `mend`,
    `line`, `column` and `token` of a query, the `candidates` for an unknown name, and the statements `nearest` to one
    that does not hold."""
    name = kind(type(error))
    members: dict[str, object | None] = {
        "type": f"{BASE}problem/{name}",
        "title": name.replace("-", " ").capitalize(),
        "status": error.http_status,
        "detail": error.message,
        "place": error.place,
        "mend": error.mend,
    }
    if isinstance(error, QuerySyntaxError):
        members |= {"line": error.line, "column": error.column, "token": error.token}
    if isinstance(error, UnknownResource):
        members["candidates"] = list(error.candidates)
    if isinstance(error, NotStatedError):
        members["nearest"] = list(error.nearest)
    return {name: value for name, value in members.items() if value is not None}


def extra_headers(error: TiesgraphError, /) -> dict[str, str] | None:
    """The headers that go with the problem document for an error."""
    if isinstance(error, LimitReached) and error.retry_after is not None:
        return {"Retry-After": str(error.retry_after)}
    return None


def problem(status: int, detail: str, /, *, mend: str | None = None) -> dict[str, object]:
    """A problem document for a plain HTTP error, which has no type of its own."""
    members = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return {**members, "mend": mend} if mend else members


def _text(members: Mapping[str, object]) -> str:
    place = f"{members['place']}: " if "place" in members else ""
    lines = [f"{members['status']} {members['title']}", f"{place}{members['detail']}", members.get("mend")]
    return "".join(f"{line}\n" for line in lines if line)


def _html(members: Mapping[str, object]) -> str:
    _, *lines = _text(members).splitlines()
    body = "\n".join(f"<p>{escape(line)}</p>" for line in lines)
    name = str(members["type"]).removeprefix(BASE)
    if name != members["type"]:
        body += f'\n<p><a href="/{escape(name)}">What this kind of error means</a></p>'
    return page(f"{members['status']} {members['title']}", body)


def respond(
    members: Mapping[str, object],
    /,
    *,
    accept: Sequence[str],
    asked: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    html: Callable[[Mapping[str, object]], str] | None = None,
) -> Response:
    """A response with a problem document, or with its text or page where the client would rather have that.

    Args:
        members: of the document.
        accept: the values of all Accept headers, in order.
        asked: the values of `format` parameters.
        headers: further headers.
        html: writes the page; a plain one, that needs nothing else, unless it is given.
    """
    fmt = choose(accept, asked=asked, offered=(PROBLEM, HTML, TEXT)) or PROBLEM
    body = {HTML: html or _html, TEXT: _text}.get(fmt, _json)(members)
    return Response(
        body.encode("utf-8"),
        status_code=int(str(members["status"])),
        headers={"Vary": "Accept", "Cache-Control": "no-store", **(headers or {})},
        media_type=fmt.content_type,
    )


def _json(members: Mapping[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False)
