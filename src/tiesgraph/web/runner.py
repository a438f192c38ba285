"""Queries as work for a worker: everything that one needs goes in as a `Job`, and a `Written` comes out.

Both are plain values, because they travel between processes.
"""

from __future__ import annotations

import functools
from pickle import PickleBuffer
from typing import Any, NamedTuple, SupportsIndex

from tiesgraph.coding import encode, pick
from tiesgraph.cut import Cap
from tiesgraph.errors import NotAcceptable
from tiesgraph.media import GRAPH_FORMATS, JSON, RDFXML, RESULT_FORMATS, XML, Format, choose
from tiesgraph.names import prefixes
from tiesgraph.query import Dataset, Result, parse_term, run
from tiesgraph.store import Store

__all__ = ["Job", "Written", "answer", "as_text", "written"]

_CAP = Cap()
_LARGE = 1024 * 1024
"""Bytes of a body beyond which it takes notable time to copy it."""
_APART = 5
"""The protocol of pickles from which on buffers can go apart from them."""
_BLANK = {JSON: b'"type":"bnode"', XML: b"<bnode>", RDFXML: b"nodeID="}
"""What there is where a format names a blank node; elsewhere it is `_:`."""


class Job(NamedTuple):
    """A query to answer.

    Attributes:
        text: of the query.
        dataset: its graphs.
        base: of its relative IRIs.
        accept: the Accept headers of whoever asks.
        asked: formats that the request names beside them.
        codings: the content codings that the client takes, the most wanted first.
        bind: values for variables that the query selects, as Turtle writes them with our prefixes.
        cap: how long the answer may be.
    """

    text: str
    dataset: Dataset
    base: str
    accept: tuple[str, ...]
    asked: tuple[str, ...]
    codings: tuple[str, ...]
    bind: tuple[tuple[str, str], ...] = ()
    cap: Cap = _CAP


class Written(NamedTuple):
    """An answer ready to send.

    Attributes:
        body: compressed or not.
        content_type: its Content-Type.
        coding: what content coding it has.
        hints: on the query.
        cut: what is to be said of it where it is not the whole answer.
        blank: whether it may name blank nodes, whose names differ from one time to the next.
    """

    body: bytes | memoryview
    content_type: str
    coding: str
    hints: tuple[str, ...] = ()
    cut: str | None = None
    blank: bool = False

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> tuple[Any, ...]:
        """Have a large body go between processes apart from the rest."""
        body = PickleBuffer(self.body) if len(self.body) > _LARGE and protocol.__index__() >= _APART else self.body
        return Written, (body, *self[1:])


def answer(store: Store, job: Job, /) -> Written:
    """Run a query and write its answer; the work of a worker.

    Raises:
        QueryError: it is no query, or refused.
        MisuseError: a value to bind is no RDF term, or its variable is not selected.
        NotAcceptable: the client takes none of the formats that fit the answer, or no content coding.
    """
    values = {name: parse_term(text, known=prefixes()) for name, text in job.bind}
    result = run(store, job.text, dataset=job.dataset, base=job.base, bind=values)
    return written(result, job)


def written(result: Result, job: Job, /) -> Written:
    """A result as the client wants it.

    Raises:
        NotAcceptable: the client takes none of the formats that fit the answer, or no content coding.
    """
    fmt = _chosen(job.accept, job.asked, result.is_graph)
    if fmt is None:
        offered = ", ".join(one.media_type for one in result.formats)
        raise NotAcceptable("the answer has no format that you accept", mend=f"It can be had as {offered}.")
    output = result.write(fmt, cap=job.cap)
    coding = pick(job.codings, size=len(output.body))
    return Written(
        body=encode(output.body, coding),
        content_type=fmt.content_type,
        coding=coding,
        hints=result.hints,
        cut=str(output.cut) if output.cut else None,
        blank=_BLANK.get(fmt, b"_:") in output.body,
    )


@functools.lru_cache(maxsize=256)
def as_text(*what: object) -> str:
    """What is asked beside a query's text, as one text; clients say the same with each of their queries."""
    return repr(what)


@functools.lru_cache(maxsize=256)
def _chosen(accept: tuple[str, ...], asked: tuple[str, ...], is_graph: bool) -> Format | None:
    """The format of an answer of either kind; clients say the same with each of their queries."""
    return choose(accept, asked=asked, offered=GRAPH_FORMATS if is_graph else RESULT_FORMATS)
