"""What a query came to, and how it is written out: rows, a truth value or triples, each in its formats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from tiesgraph.errors import NotAcceptable
from tiesgraph.media import GRAPH_FORMATS, JSON, RDFXML, RESULT_FORMATS, TURTLE, XML, Format
from tiesgraph.store import Answer, Term

__all__ = ["Result"]

# XML 1.0 (section 2.2) has no place for these, not even as references.
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")

# What the engine writes for a property whose IRI ends in no XML name; no namespace-aware parser takes it.
_NAMELESS = b"<oxprefix: "


@dataclass(frozen=True)
class Result:
    """What a query came to. It can be written once: the engine hands its rows out as they are found.

    Attributes:
        answer: the engine's own result.
        prefixes: what shortens IRIs in Turtle.
        hints: why the answer may be another than its author expects, a sentence each.
    """

    answer: Answer
    prefixes: Mapping[str, str]
    hints: tuple[str, ...] = ()

    @cached_property
    def is_graph(self) -> bool:
        """Whether it is triples (CONSTRUCT, DESCRIBE), not rows or a truth value."""
        return isinstance(self.answer, ox.QueryTriples)

    @property
    def formats(self) -> Sequence[Format]:
        """How it can be written, the preferred way first."""
        return GRAPH_FORMATS if self.is_graph else RESULT_FORMATS

    def table(self) -> tuple[list[str], Iterator[list[Term | ox.Triple | None]]]:
        """The variables without `?` and the rows in their order, None where unbound.

        Triples come as subject, predicate and object, ASK as one literal of the made-up variable `answer`.
        """
        if isinstance(self.answer, ox.QueryBoolean):
            return ["answer"], iter([[ox.Literal(bool(self.answer))]])
        if isinstance(self.answer, ox.QueryTriples):
            triples = self.answer
            return ["subject", "predicate", "object"], ([t.subject, t.predicate, t.object] for t in triples)
        variables = self.answer.variables
        return [variable.value for variable in variables], ([row[v] for v in variables] for row in self.answer)

    def serialize(self, fmt: Format, /) -> bytes:
        """The whole result as bytes, in one of `formats`.

        Raises:
            NotAcceptable: the format cannot say it: it is for the other kind of answer, or lacks what this one holds.
        """
        if fmt not in self.formats:
            raise NotAcceptable(
                f"{fmt.media_type} does not fit the answer", mend=f"It can be had as {_list(self.formats)}."
            )
        mend = f"Ask for {(TURTLE if self.is_graph else JSON).media_type} instead."
        try:
            if isinstance(self.answer, ox.QueryTriples):
                body = _turtle(self.answer, self.prefixes) if fmt == TURTLE else _triples(self.answer, fmt)
            else:
                kind = ox.QueryResultsFormat.from_media_type(fmt.media_type)
                body = self.answer.serialize(format=kind) or b""
        except OSError as error:
            # Nothing else is read or written here: it is how the engine says that a format lacks triple terms.
            raise NotAcceptable(f"{fmt.media_type} has no form for the answer: {error}", mend=mend) from error
        if fmt in (XML, RDFXML) and _NOT_IN_XML.search(body):
            raise NotAcceptable("a text in the answer holds a control character, for which XML has no form", mend=mend)
        if fmt == RDFXML and _NAMELESS in body:
            raise NotAcceptable("a property in the answer has no XML name", mend=mend)
        return body


def _list(formats: Sequence[Format]) -> str:
    return ", ".join(fmt.media_type for fmt in formats)


def _triples(answer: ox.QueryTriples, fmt: Format) -> bytes:
    return answer.serialize(format=ox.RdfFormat.from_media_type(fmt.media_type)) or b""


def _turtle(answer: ox.QueryTriples, table: Mapping[str, str]) -> bytes:
    """Turtle with those of our prefixes that the triples need: the engine would write all of them or none."""
    triples = list(answer)
    plain = ox.serialize(triples, format=ox.RdfFormat.TURTLE) or b""
    used = {prefix: namespace for prefix, namespace in table.items() if f"<{namespace}".encode() in plain}
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=used) or b"") if used else plain
