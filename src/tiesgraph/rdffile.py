"""RDF as a file has it: every statement with the line on which it stands, and literals as they are spelled.

The engine's parser gives no places. But it reads no further than it must, so that a file handed to it line
by line tells where each statement ends: at the last line handed out. That holds for Turtle in any layout, for
TriG, N-Triples, N-Quads and RDF/XML. JSON-LD is read whole before anything comes out; there the line is the
first that names the subject.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.corpus import Subject, Term
from tiesgraph.errors import CorpusError, NotWellFormed

__all__ = ["SUFFIXES", "Place", "RdfFile", "Statement", "format_of", "parse_rdf", "read_rdf"]

SUFFIXES: Mapping[str, ox.RdfFormat] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}
"""File name ending → format; each also with `.gz`."""

# The engine says in its message once more where it was.
_AT = re.compile(r"^Parser error (?:at|between) line \d+.*?: ")
_FARTHEST = 20
"""Lines between the name of a subject and the end of its first statement, at most."""

_REMOTE = "LoadDocumentCallback"

# What closes a text of several lines, in Turtle and in XML.
_LONG = (b'"""', b"'''", b"</")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: a file as the user called it, and a line counted from 1, or None."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line is not None else self.file


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file: the triple, its named graph (None: the default graph), and its line or None."""

    triple: ox.Triple
    graph: ox.NamedNode | None
    line: int | None


@dataclass(frozen=True)
class RdfFile:
    """What one file states.

    Attributes:
        name: what the user calls the file.
        statements: in the order of the file.
        lines: its text.
        prefixes: those that it declares.
    """

    name: str
    statements: tuple[Statement, ...]
    lines: Sequence[str]
    prefixes: Mapping[str, str]

    def places(self, subject: Term, prop: Term | None, value: Term | None, /) -> list[Place]:
        """Where the file states that of `subject`, as closely as it can be told; none where it never names it.

        Args:
            subject: the node.
            prop: the property concerned, or None.
            value: the value concerned, or None.
        """
        own = self._by_subject.get(subject, [])
        of_property = [one for one in own if one.triple.predicate == prop]
        exact = [one for one in of_property if one.triple.object == value]
        chosen = exact or of_property
        if chosen:
            return list(dict.fromkeys(Place(self.name, one.line) for one in chosen))
        if own:
            return [Place(self.name, self._first_line(own[0]))]
        naming = next((one for one in self.statements if subject in (one.triple.predicate, one.triple.object)), None)
        return [Place(self.name, naming.line)] if naming else []

    @cached_property
    def _by_subject(self) -> dict[Term, list[Statement]]:
        found: dict[Term, list[Statement]] = {}
        for one in self.statements:
            found.setdefault(one.triple.subject, []).append(one)
        return found

    def _first_line(self, first: Statement) -> int | None:
        """The line that names a subject, whose first statement may end some lines below it."""
        if first.line is None or not isinstance(first.triple.subject, ox.NamedNode):
            return first.line
        name = re.compile(rf'[:/#<"]{re.escape(_local(first.triple.subject))}(?![\w-])')
        above = range(first.line, max(0, first.line - _FARTHEST), -1)
        return next((number for number in above if name.search(self.lines[number - 1])), first.line)


def format_of(name: str, /) -> ox.RdfFormat | None:
    """The format that a file of this name has, or None."""
    endings = Path(name).suffixes
    if endings and endings[-1] == ".gz":
        endings.pop()
    return SUFFIXES.get(endings[-1].lower()) if endings else None


def read_rdf(file: Path, /, *, name: str | None = None, rdf: ox.RdfFormat | None = None) -> RdfFile:
    """What an RDF file states.

    Args:
        file: where it lies; `.gz` is unpacked.
        name: what to call it; its path otherwise.
        rdf: its format; by its name otherwise.

    Raises:
        CorpusError: it cannot be read or is in no known format.
        NotWellFormed: it is not; with line and column.
    """
    name = name or str(file)
    rdf = rdf or format_of(file.name)
    if rdf is None:
        known = " ".join(SUFFIXES)
        raise CorpusError("no RDF format has this file name ending", place=name, mend=f"Known: {known}, also with .gz")
    try:
        data = file.read_bytes()
        if file.suffix == ".gz":
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise CorpusError(f"the file cannot be read: {reason}", place=name) from error
    return parse_rdf(data, rdf, name=name, base=file.resolve().as_uri())


def parse_rdf(
    data: bytes,
    rdf: ox.RdfFormat,
    /,
    *,
    name: str,
    base: str | None = None,
    watch: Callable[[Statement], None] | None = None,
) -> RdfFile:
    """What an RDF document states. Nothing that it refers to is fetched.

    Args:
        data: the document, in UTF-8.
        rdf: its format.
        name: what to call it.
        base: what its relative IRIs are resolved against.
        watch: told of each statement as it is read; what it raises ends the reading.

    Raises:
        NotWellFormed: it is not; with line and column.
    """
    try:
        data = data.removeprefix(b"\xef\xbb\xbf")
        lines = [line.decode("utf-8") for line in data.split(b"\n")]
    except UnicodeDecodeError as error:
        place = Place(name, data.count(b"\n", 0, data.find(error.object)) + 1)
        words = "the text is not UTF-8"
        raise NotWellFormed(words, place=str(place), mend="Save it as UTF-8.") from error
    feed = _Feed(data)
    try:
        quads = ox.parse(feed, format=rdf, base_iri=base)
        statements = []
        for one in _statements(quads, feed, name):
            if watch:
                watch(one)
            statements.append(one)
    except SyntaxError as error:
        raise _broken(error, name, lines) from error
    except ValueError as error:
        raise NotWellFormed(f"not well formed: {error}", place=name) from error
    if rdf == ox.RdfFormat.JSON_LD:
        named = _NamedLines(lines)
        statements = [Statement(one.triple, one.graph, named.find(one.triple.subject)) for one in statements]
    return RdfFile(name=name, statements=tuple(statements), lines=lines, prefixes=quads.prefixes)


class _Feed(io.BytesIO):
    """Hands its text out a line at a time, and knows how many lines are out and which was the last."""

    line = 0
    text = b"\n"

    def read(self, size: int | None = -1, /) -> bytes:
        """The next line, or as much of it as `size` allows; nothing at the end."""
        piece = self.readline(-1 if size is None else size)
        self.line += bool(piece) and self.text.endswith(b"\n")
        self.text = piece or b"\n"
        return piece


def _statements(quads: Iterable[ox.Quad], feed: _Feed, name: str) -> Iterator[Statement]:
    for quad in quads:
        subject, value, graph = quad.subject, quad.object, quad.graph_name
        if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
            words = "a triple as a term (RDF 1.2) is not read here"
            raise NotWellFormed(words, place=str(Place(name, feed.line)))
        line = feed.line - (_newlines(value.value, feed.text) if isinstance(value, ox.Literal) else 0)
        yield Statement(quad.triple, graph if isinstance(graph, ox.NamedNode) else None, max(1, line))


def _newlines(value: str, line: bytes) -> int:
    """How many lines above `line`, on which it ends, a literal begins: 0 where its line ends are escapes."""
    return value.count("\n") if any(end in line for end in _LONG) else 0


def _broken(error: SyntaxError, name: str, lines: Sequence[str]) -> NotWellFormed:
    """What the parser found wrong, with the line quoted."""
    reason = _AT.sub("", error.msg or "") or "not well formed"
    if _REMOTE in reason:
        return NotWellFormed(
            "its JSON-LD context is at another place, and nothing is fetched",
            place=name,
            mend='Write the context out where the document says "@context", or send Turtle.',
        )
    where = ":".join([name, *(str(number) for number in (error.lineno, error.offset) if number is not None)])
    quote = lines[error.lineno - 1].strip() if error.lineno and error.lineno <= len(lines) else ""
    mend = f"The line reads: {quote[:200]}" if quote else None
    return NotWellFormed(f"not well formed: {reason}", place=where, mend=mend)


class _NamedLines:
    """Where a JSON text first names a node: by its whole IRI, or by a string that ends in its name."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._first: dict[str, int] = {}
        for number, line in enumerate(lines, start=1):
            for string in re.findall(r'"([^"\\]*)"', line):
                self._first.setdefault(string, number)
                self._first.setdefault(re.split(r"[/#:]", string)[-1], number)

    def find(self, node: Subject) -> int | None:
        if not isinstance(node, ox.NamedNode):
            return None
        return self._first.get(node.value) or self._first.get(_local(node))


def _local(node: ox.NamedNode) -> str:
    return re.split(r"[/#:]", node.value)[-1]
