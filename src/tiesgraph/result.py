"""What a query came to, and how it is written out: rows, a truth value or triples, each in its formats."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import pyoxigraph as ox

from tiesgraph.cut import Cap, Full, Vessel, cut_rows, note, told
from tiesgraph.errors import AnswerCut, NotAcceptable
from tiesgraph.media import GRAPH_FORMATS, JSON, RESULT_FORMATS, XML, Format
from tiesgraph.rdftext import require_xml, write_rdf
from tiesgraph.store import Answer, Term

__all__ = ["Output", "Result"]


UNCAPPED = Cap(rows=sys.maxsize - 1, bytes=sys.maxsize)


@dataclass(frozen=True, slots=True)
class Output:
    """A result as bytes, and what was said of it if it was cut."""

    body: bytes
    cut: AnswerCut | None = None


@dataclass(frozen=True)
class Result:
    """What a query came to. It can be written once: the engine hands its rows out as they are found.

    Attributes:
        answer: the engine's own result.
        prefixes: what shortens IRIs in Turtle.
        hints: why the answer may be another than its author expects, a sentence each.
        short: whether these are triples of which more are known to be.
    """

    answer: Answer
    prefixes: Mapping[str, str]
    hints: tuple[str, ...] = ()
    short: bool = False

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
        """The whole result as bytes, in one of `formats`; see `write`."""
        return self.write(fmt, cap=UNCAPPED).body

    def write(self, fmt: Format, /, *, cap: Cap) -> Output:
        """The result as bytes, in one of `formats`, as far as `cap` lets it go.

        Raises:
            NotAcceptable: the format cannot say it: it is for the other kind of answer, or lacks what this one holds.
        """
        if fmt not in self.formats:
            raise NotAcceptable(
                f"{fmt.media_type} does not fit the answer", mend=f"It can be had as {_list(self.formats)}."
            )
        if isinstance(self.answer, ox.QueryTriples):
            return _write_triples(self.answer, fmt, self.prefixes, cap, short=self.short)
        mend = f"Ask for {JSON.media_type} instead."
        kind = ox.QueryResultsFormat.from_media_type(fmt.media_type)
        vessel = Vessel(cap.bytes)
        whole = True
        try:
            self.answer.serialize(vessel, format=kind)
        except Full:
            whole = False
        except OSError as error:
            # Nothing else is read or written here: it is how the engine says that a format lacks triple terms.
            raise NotAcceptable(f"{fmt.media_type} has no form for the answer: {error}", mend=mend) from error
        body = vessel.getvalue()
        if fmt == XML:
            require_xml(body, mend=mend)
        if isinstance(self.answer, ox.QueryBoolean):
            return Output(body)
        cut = cut_rows(body, fmt, rows=cap.rows, whole=whole)
        return Output(body) if cut is None else _noted(cut[0], fmt, told(cut[1], "rows", cap))


def _write_triples(
    triples: Iterable[ox.Triple], fmt: Format, table: Mapping[str, str], cap: Cap, *, short: bool
) -> Output:
    """Triples as far as `cap` lets them go; how long they become is known only when they are written."""
    found = list(islice(triples, cap.rows + 1))
    kept = found[: cap.rows]
    while len(body := write_rdf(kept, fmt, table)) > cap.bytes:
        kept = kept[: int(len(kept) * cap.bytes / len(body) * 0.95)]
    whole = len(kept) == len(found) and not short
    return Output(body) if whole else _noted(body, fmt, told(len(kept), "triples", cap))


def _noted(body: bytes, fmt: Format, error: AnswerCut) -> Output:
    return Output(note(body, fmt, error), error)


def _list(formats: Sequence[Format]) -> str:
    return ", ".join(fmt.media_type for fmt in formats)
