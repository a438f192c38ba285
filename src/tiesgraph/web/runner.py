"""Queries as work for a worker: everything that one needs goes in as a `Job`, and a `Written` comes out.

Both are plain values, because they travel between processes.
"""

from __future__ import annotations

from dataclasses import dataclass

from tiesgraph.coding import encode, pick
from tiesgraph.errors import NotAcceptable
from tiesgraph.media import choose
from tiesgraph.names import prefixes
from tiesgraph.query import Dataset, parse_term, run
from tiesgraph.store import Store

__all__ = ["Job", "Written", "answer"]


@dataclass(frozen=True, slots=True)
class Job:
    """A query to answer.

    Attributes:
        text: of the query.
        dataset: its graphs.
        base: of its relative IRIs.
        accept: the Accept headers of whoever asks.
        asked: formats that the request names beside them.
        codings: the content codings that the client takes, the most wanted first.
        bind: values for variables that the query selects, as Turtle writes them with our prefixes.
    """

    text: str
    dataset: Dataset
    base: str
    accept: tuple[str, ...]
    asked: tuple[str, ...]
    codings: tuple[str, ...]
    bind: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """An answer ready to send: the body, its Content-Type, what content coding the body has, and hints on the query."""

    body: bytes
    content_type: str
    coding: str
    hints: tuple[str, ...] = ()


def answer(store: Store, job: Job, /) -> Written:
    """Run a query and write its answer; the work of a worker.

    Raises:
        QueryError: it is no query, or refused.
        MisuseError: a value to bind is no RDF term, or its variable is not selected.
        NotAcceptable: the client takes none of the formats that fit the answer, or no content coding.
    """
    values = {name: parse_term(text, known=prefixes()) for name, text in job.bind}
    result = run(store, job.text, dataset=job.dataset, base=job.base, bind=values)
    fmt = choose(job.accept, asked=job.asked, offered=result.formats)
    if fmt is None:
        offered = ", ".join(one.media_type for one in result.formats)
        raise NotAcceptable("the answer has no format that you accept", mend=f"It can be had as {offered}.")
    body = result.serialize(fmt)
    coding = pick(job.codings, size=len(body))
    return Written(encode(body, coding), fmt.content_type, coding, result.hints)
