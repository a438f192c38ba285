"""Errors as a client reads them: problem details (RFC 9457), or plain text where it asks for that."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import Response

from tiesgraph.errors import QuerySyntaxError, TiesgraphError
from tiesgraph.media import PROBLEM, TEXT, negotiate
from tiesgraph.names import BASE

__all__ = ["details", "problem", "respond"]


def details(error: TiesgraphError, /) -> dict[str, object]:
    """The members of a problem document: `type`, `title`, `status`, `detail`, and where known `place`, `mend`,
    and `line`, `column` and `token` of a query."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__.removesuffix("Error"))
    members: dict[str, object | None] = {
        "type": f"{BASE}problem/{kind.lower().replace(' ', '-')}",
        "title": kind.capitalize(),
        "status": error.http_status,
        "detail": error.message,
        "place": error.place,
        "mend": error.mend,
    }
    if isinstance(error, QuerySyntaxError):
        members |= {"line": error.line, "column": error.column, "token": error.token}
    return {name: value for name, value in members.items() if value is not None}


def problem(status: int, detail: str, /) -> dict[str, object]:
    """A problem document for a plain HTTP error, which has no type of its own."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def _text(members: Mapping[str, object]) -> str:
    place = f"{members['place']}: " if "place" in members else ""
    lines = [f"{members['status']} {members['title']}", f"{place}{members['detail']}", members.get("mend")]
    return "".join(f"{line}\n" for line in lines if line)


def respond(
    members: Mapping[str, object], /, *, accept: Sequence[str], headers: Mapping[str, str] | None = None
) -> Response:
    """A response with a problem document, or with its text where the client prefers text/plain."""
    fmt = negotiate(accept, offered=(PROBLEM, TEXT)) or PROBLEM
    body = _text(members) if fmt == TEXT else json.dumps(members, ensure_ascii=False)
    return Response(
        body.encode("utf-8"),
        status_code=int(str(members["status"])),
        headers={"Vary": "Accept", **(headers or {})},
        media_type=fmt.content_type,
    )
