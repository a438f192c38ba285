"""What a request asks for, by the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), section 2.1.

Pure: from the parts of a request to an operation or an error, without a server.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from tiesgraph.errors import MisuseError, QueryRefused, UnsupportedMediaType, UpdateRefused
from tiesgraph.media import media_type
from tiesgraph.query import Dataset

__all__ = ["FORM", "QUERY", "UPDATE", "Operation", "decode_form", "read"]

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

_TIME = re.compile(r"\s*(\d{1,9}(?:\.\d{0,9})?)\s*(ms|s|)\s*", re.ASCII)
_READ_ONLY = "this endpoint is read only: it takes no update"


@dataclass(frozen=True, slots=True)
class Operation:
    """A query operation.

    Attributes:
        text: the query.
        dataset: the graphs that the request names.
        formats: the format that the request names beside its Accept headers, in whichever spelling.
        seconds: the time that the client gives the query, or None where it leaves that to the server.
    """

    text: str
    dataset: Dataset
    formats: tuple[str, ...] = ()
    seconds: float | None = None


def _text(raw: bytes, what: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MisuseError(f"{what} is not UTF-8", mend="Send UTF-8.") from error


def decode_form(raw: bytes, what: str, /) -> list[tuple[str, str]]:
    """The names and values of a URL-encoded form, decoded once and strictly."""
    try:
        return parse_qsl(_text(raw, what), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise MisuseError(f"{what} has percent-escapes that are not UTF-8") from error
    except ValueError as error:
        raise MisuseError(f"{what} cannot be read: {error}") from error


def _values(pairs: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for key, value in pairs if key == name)


def _charset(content_type: str) -> str:
    """The charset that a Content-Type names, in lower case; UTF-8 where it names none."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return "utf-8"


def _posted(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """The parameters that the body of a POST stands for."""
    kind = media_type(content_type)
    if kind == UPDATE:
        raise UpdateRefused(_READ_ONLY)
    if kind not in (FORM, QUERY):
        raise UnsupportedMediaType(
            f"a query cannot be sent as {kind or 'a body without Content-Type'}", mend=f"Send {QUERY} or {FORM}."
        )
    if _charset(content_type) not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"the charset {_charset(content_type)} is not read", mend="Send UTF-8.")
    if kind == FORM:
        return decode_form(body, "the form")
    return [("query", _text(body, "the query"))]


def read(*, method: str, query_string: bytes, content_type: str = "", body: bytes = b"") -> Operation | None:
    """The query operation that a request is, or None where it asks for the service description instead.

    Args:
        method: GET or POST.
        query_string: the raw part of the URL behind `?`.
        content_type: the Content-Type header of a POST.
        body: its body.

    Raises:
        MisuseError: not UTF-8, no query, an empty one or two of them; a timeout that is none.
        UpdateRefused: an update operation.
        UnsupportedMediaType: a body that is neither a form nor a query.
    """
    pairs = decode_form(query_string, "the URL's query string")
    if method == "POST":
        pairs += _posted(content_type, body)
    queries = _values(pairs, "query")
    if _values(pairs, "update"):
        if queries:
            raise QueryRefused("a request carries a query or an update, never both")
        raise UpdateRefused(_READ_ONLY)
    dataset = Dataset(default=_values(pairs, "default-graph-uri"), named=_values(pairs, "named-graph-uri"))
    if not queries:
        if method != "POST" and not dataset:
            return None
        raise MisuseError("there is no query", mend="Send it as the parameter query, or as the body of a POST.")
    if len(queries) > 1:
        raise MisuseError(f"there are {len(queries)} queries; a request carries one")
    if not queries[0].strip():
        raise MisuseError("the query is empty", mend="For example: SELECT * WHERE { ?s ?p ?o } LIMIT 10")
    # The protocol has no such parameters; endpoints call the first one or the other, and clients send both.
    formats = (*_values(pairs, "format"), *_values(pairs, "output"))
    return Operation(queries[0], dataset, formats, _seconds(_values(pairs, "timeout")))


def _seconds(values: Sequence[str]) -> float | None:
    """The time that `timeout` parameters ask for: seconds, as with RDF4J, GraphDB and Fuseki, or with a unit.

    Raises:
        MisuseError: one is no time.
    """
    times = []
    for value in values:
        match = _TIME.fullmatch(value)
        if not match:
            raise MisuseError(f"no time: timeout={value}", mend="Give seconds, such as timeout=5, or timeout=500ms.")
        times.append(float(match[1]) / (1000 if match[2] == "ms" else 1))
    # Where 0 is sent, it stands for no wish.
    return min((one for one in times if one > 0), default=None)
