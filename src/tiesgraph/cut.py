"""Answers that are longer than one may be, cut so that what is left is whole rows in well-formed documents.

The engine writes rows as it finds them, and is stopped where the bytes are enough. What it wrote until then is
cut behind its last whole row, and closed. Where rows end is plain in each format, as the engine writes it:
XML escapes `<`, TSV escapes line ends, CSV doubles quotes, and in JSON no text can hold a bare quote.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tiesgraph.errors import AnswerCut
from tiesgraph.media import CSV, JSON, NTRIPLES, RDFXML, TSV, TURTLE, XML, Format
from tiesgraph.names import BASE

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = ["Cap", "Full", "Vessel", "cut_rows", "note", "told"]

# Between two rows of which the second has a value: whatever ends a text is followed by `}` or `,`.
_JSON_ROWS = re.compile(rb'\}(?=,\{"[^},])')
# Where rows may be empty, texts have to be read over.
_JSON_PARTS = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|\}(?=,\{)', re.DOTALL)
_CSV_PARTS = re.compile(rb'"[^"]*(?:"|\Z)|\r\n')
_XML_ROWS = re.compile(rb"</result>")
_TSV_ROWS = re.compile(rb"\n")

_IRI = f"{BASE}problem/answer-cut".encode()
_ROWS_BEGIN = {JSON: b'"bindings":[', XML: b"<results>", CSV: b"\r\n", TSV: b"\n"}
_ROW_ENDS = {JSON: b"},{", XML: b"</result>", CSV: b"\r\n", TSV: b"\n"}
_CLOSING = {JSON: b"]}}", XML: b"</results></sparql>", CSV: b"", TSV: b""}
_COMMENTS = {TURTLE: b"# %b\n", NTRIPLES: b"# %b\n", RDFXML: b"<!-- %b -->\n"}


@dataclass(frozen=True, slots=True)
class Cap:
    """How long an answer may be: so many rows or triples, and so many bytes before compression."""

    rows: int = 500_000
    bytes: int = 64 * 1024 * 1024

    def __reduce__(self) -> tuple[type[Cap], tuple[int, int]]:
        # As with `query.Dataset`.
        return Cap, (self.rows, self.bytes)


class Full(Exception):  # noqa: N818 - no error: it says that there is enough
    """There is as much in the vessel as it holds."""


class Vessel(io.BytesIO):
    """A file in memory that the engine writes to until there is enough."""

    def __init__(self, size: int, /) -> None:
        super().__init__()
        self._room = size

    def write(self, piece: Buffer, /) -> int:
        """Take a piece in.

        Raises:
            Full: it would be too much.
        """
        size = len(piece) if isinstance(piece, bytes) else memoryview(piece).nbytes
        if size > self._room:
            super().write(memoryview(piece)[: self._room])
            self._room = 0
            raise Full
        self._room -= size
        return super().write(piece)


def cut_rows(text: bytes, fmt: Format, /, *, rows: int, whole: bool) -> tuple[bytes, int] | None:
    """The document `text` with at most `rows` rows, and how many those are; None where it may stay as it is.

    Args:
        text: rows as the engine writes them in `fmt`, one of the four formats for rows.
        fmt: the format.
        rows: how many there may be.
        whole: whether `text` is all that the engine wrote, not only its beginning.

    Raises:
        AnswerCut: there is not even its head.
    """
    # Counting takes a tenth of the time that a query does: most texts are too short for so many rows.
    end = _ROW_ENDS[fmt]
    if whole and (len(text) < rows * len(end) or text.count(end) < rows):
        return None
    begin = text.find(_ROWS_BEGIN[fmt]) + len(_ROWS_BEGIN[fmt])
    if begin < len(_ROWS_BEGIN[fmt]):
        raise AnswerCut("the names of the variables alone are longer than an answer may be")
    ends = list(islice(_ends(text, begin, fmt), rows + 1))
    # In JSON what is found lies between rows, so that one more has been found than there are ends.
    if whole and len(ends) + (fmt == JSON) <= rows:
        return None
    kept = ends[:rows]
    return text[: kept[-1] if kept else begin] + _CLOSING[fmt], len(kept)


def _ends(text: bytes, begin: int, fmt: Format) -> Iterator[int]:
    """Where the rows end that are whole; in JSON, where another follows."""
    if fmt == JSON and b"{}" in text:
        return (match.end() for match in _JSON_PARTS.finditer(text, begin) if text[match.start()] == ord("}"))
    if fmt == JSON:
        return (match.end() for match in _JSON_ROWS.finditer(text, begin))
    if fmt == CSV:
        return (match.end() for match in _CSV_PARTS.finditer(text, begin) if text[match.start()] == ord("\r"))
    pattern = _XML_ROWS if fmt == XML else _TSV_ROWS
    return (match.end() for match in pattern.finditer(text, begin))


def told(count: int, unit: str, cap: Cap, /) -> AnswerCut:
    """What is said of an answer that was cut after `count` rows or triples (`unit`)."""
    why = f"{cap.rows:,} {unit}" if count >= cap.rows else f"{cap.bytes // 1024:,} KiB"
    return AnswerCut(
        f"this is not the whole answer: it was cut after {count:,} {unit}; one answer has at most {why}",
        mend="Ask for less, or in parts with ORDER BY, LIMIT and OFFSET.",
    )


def note(text: bytes, fmt: Format, error: AnswerCut, /) -> bytes:
    """The document with a note that it was cut, where its format has a place for one.

    JSON and XML results have links in their heads (SPARQL 1.1 Query Results JSON Format, 3.1.2; XML Format,
    2.3.1); Turtle, N-Triples and XML have comments. CSV, TSV and JSON-LD have nothing.
    """
    if fmt == JSON:
        return text.replace(b'{"head":{', b'{"head":{"link":["%b"],' % _IRI, 1)
    if fmt == XML:
        return text.replace(b"</head>", b'<link href="%b"/></head>' % _IRI, 1)
    if fmt in _COMMENTS:
        return text + _COMMENTS[fmt] % error.message.encode()
    return text
