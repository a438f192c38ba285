"""What a store elsewhere has answered, read and written anew as the client wants it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyoxigraph as ox

from tiesgraph.cut import Full
from tiesgraph.errors import StoreFailed
from tiesgraph.names import prefixes
from tiesgraph.remote import failure
from tiesgraph.remote.address import Address
from tiesgraph.remote.dialect import truth
from tiesgraph.remote.form import Kind
from tiesgraph.result import Result
from tiesgraph.store import Store
from tiesgraph.web.runner import Job, Written, written

__all__ = ["Given", "read", "rows"]

_RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


class Given(NamedTuple):
    """What a store has answered.

    Attributes:
        body: as far as it was read.
        whole: whether that is all.
        media_type: of it.
        kind: what the query asks for.
        address: of the store.
        job: the query and what the client wants.
        hints: on the query.
    """

    body: bytes
    whole: bool
    media_type: str
    kind: Kind
    address: Address
    job: Job
    hints: tuple[str, ...] = ()


class _Beginning(io.BytesIO):
    """The beginning of a document: there is no reading on at its end."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise Full
        return piece


def read(given: Given, /) -> Written:
    """Write an answer for the client.

    Raises:
        StoreFailed: it is none of a known kind, or broken.
        NotAcceptable: the client takes none of the formats that fit it.
    """
    try:
        return written(_result(given), given.job)
    except SyntaxError as error:
        raise failure.broken(given.address, error.msg or str(error)) from error


def rows(body: bytes, media_type: str, address: Address, /) -> list[dict[str, str]]:
    """The rows of a SELECT query of ours, as plain texts.

    Raises:
        StoreFailed: they are none, or broken.
    """
    kind = _RESULTS.get(media_type)
    try:
        found = ox.parse_query_results(body, format=kind) if kind else None
        if not isinstance(found, ox.QuerySolutions):
            raise failure.nonsense(address, media_type or "something that says not what it is")
        names = [variable.value for variable in found.variables]
        values = ([_plain(row[name]) for name in names] for row in found)
        return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in values]
    except SyntaxError as error:
        raise failure.broken(address, error.msg or str(error)) from error


def _plain(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str | None:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else None


def _result(given: Given) -> Result:
    table = prefixes()
    if given.kind == "graph":
        rdf = _GRAPHS.get(given.media_type)
        if rdf is None:
            raise _other(given)
        store = Store(union=False)
        store.engine.bulk_extend(ox.Quad(*quad.triple) for quad in _quads(given, rdf))
        found = store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
        return Result(found, table, given.hints, short=not given.whole)
    kind = _RESULTS.get(given.media_type)
    if kind is None:
        raise _other(given)
    source = io.BytesIO(given.body) if given.whole else _Beginning(given.body)
    answer = ox.parse_query_results(source, format=kind)
    if given.kind == "boolean" and isinstance(answer, ox.QuerySolutions):
        told = truth(given.body)
        if told is None:
            raise failure.nonsense(given.address, "rows to a question for yes or no")
        answer = _truth(told)
    if isinstance(answer, ox.QueryBoolean) != (given.kind == "boolean"):
        raise failure.nonsense(given.address, "yes or no to a question for rows")
    return Result(answer, table, given.hints)


def _truth(value: bool) -> ox.QueryBoolean:
    answer = ox.parse_query_results(
        b'{"head":{},"boolean":%b}' % (b"true" if value else b"false"), format=ox.QueryResultsFormat.JSON
    )
    if not isinstance(answer, ox.QueryBoolean):
        raise TypeError("a truth value is read as something else")
    return answer


def _quads(given: Given, rdf: ox.RdfFormat) -> Iterator[ox.Quad]:
    """The triples of a document, of one that was cut those before its end."""
    quads: Iterable[ox.Quad] = ox.parse(given.body, format=rdf, base_iri=given.address.shown)
    try:
        yield from quads
    except SyntaxError:
        if given.whole:
            raise


def _other(given: Given) -> StoreFailed:
    what = given.media_type or "something that says not what it is"
    said = failure.brief(given.body, content_type=given.media_type)
    return failure.nonsense(given.address, f"{what}, which was not asked for" + (f": {said}" if said else ""))
