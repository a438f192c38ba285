"""A document that a stranger posts, checked: what of it is looked at, and what is refused with a reason.

Nothing is fetched and nothing is expanded: imports, remote contexts and entities are refused, so is whatever
is larger or deeper than any honest document. What remains may still take long (a regular expression, a
constraint in SPARQL), so `examine` is run where it can be stopped: it is a task for a worker.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.checkup import check_files
from tiesgraph.corpus import Term
from tiesgraph.errors import DocumentRefused, DocumentTooLarge, UnknownResource, UnsupportedMediaType
from tiesgraph.media import HTML, JSONLD, NQUADS, NTRIPLES, RDFXML, TRIG, TURTLE, Format, media_type
from tiesgraph.names import BASE, ONTOLOGY, OWL, RDF, SH, SHAPES, prefixes
from tiesgraph.rdffile import RdfFile, Statement, parse_rdf
from tiesgraph.reports import Located, Report, in_files, record, subject, words, write_report
from tiesgraph.shacl import Facts, read_shapes
from tiesgraph.store import Store
from tiesgraph.validate import SHAPES as SHAPES_GRAPH
from tiesgraph.validate import about

__all__ = ["CEILING", "READABLE", "Ceiling", "Examined", "Posted", "examine", "readable"]

READABLE: Sequence[Format] = (TURTLE, NTRIPLES, RDFXML, JSONLD, TRIG, NQUADS)
"""What a document can be, by its media type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """How much document is too much.

    Attributes:
        size: bytes.
        statements: how many.
        characters: of one literal or IRI.
        depth: blank nodes in each other, brackets in each other.
        findings: that shapes tell.
        words: characters of a message of a shape.
    """

    size: int = 4 * 1024 * 1024
    statements: int = 50_000
    characters: int = 100_000
    depth: int = 100
    findings: int = 10_000
    words: int = 2_000


CEILING = Ceiling()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What somebody asks to be checked, and how the answer is to be written.

    Attributes:
        body: the document; empty where a node of the graph is asked for.
        content_type: what the document says that it is.
        target: the IRI of the node of the graph, or None.
        with_graph: whether the document is checked as an addition to the graph.
        own_shapes: whether shapes in the document are run too.
        fmt: how the findings are written; HTML stands for records that a page is made of.
    """

    body: bytes = b""
    content_type: str = ""
    target: str | None = None
    with_graph: bool = False
    own_shapes: bool = False
    fmt: Format = TURTLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came out.

    Attributes:
        body: the findings, written; for a page, JSON.
        findings: how many there are.
        hints: what to know besides, a sentence each.
    """

    body: bytes
    findings: int
    hints: tuple[str, ...]


def readable(content_type: str, /) -> ox.RdfFormat:
    """The format of a document, by its Content-Type.

    Raises:
        UnsupportedMediaType: it is none that is read here, or in another charset than UTF-8.
    """
    kind = media_type(content_type)
    charset = re.search(r';\s*charset\s*=\s*"?([^";\s]*)', content_type, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"the charset {charset[1]} is not read", mend="Send UTF-8.")
    for fmt in READABLE:
        if kind in (fmt.media_type, *fmt.aliases):
            rdf = ox.RdfFormat.from_media_type(fmt.media_type)
            if rdf is not None:
                return rdf
    known = ", ".join(fmt.media_type for fmt in READABLE)
    raise UnsupportedMediaType(f"{kind or 'a body without Content-Type'} is no RDF", mend=f"Send one of {known}.")


def examine(store: Store, posted: Posted, /) -> Examined:
    """What the shapes say of a document, or of a node of the graph.

    Raises:
        DocumentRefused, CorpusError, UnsupportedMediaType: the document cannot be taken.
        UnknownResource: the graph has no such node.
        ShapesError: a shape of the document's cannot be run.
        NotAcceptable: the format has no form for something in the report.
    """
    if not any(store.triples(graph=SHAPES_GRAPH)):
        raise UnknownResource("the data served here have no shapes", mend="tiesgraph's own graph has.")
    hints: tuple[str, ...] = ()
    if posted.target is not None:
        report = _of_node(store, posted.target)
    else:
        file = read(posted.body, posted.content_type)
        shapes = _shapes_in(file)
        if shapes and not posted.own_shapes:
            raise DocumentRefused(
                f"it holds shapes of its own ({shapes[0]})",
                mend="Take them away, or say shapes=posted to have them run.",
            )
        own = [file] if shapes else []
        _refuse_long_messages(own)
        found = check_files([file], graph=store, with_graph=posted.with_graph, shapes=own, most=CEILING.findings)
        places = tuple(in_files(found.findings, [file], root=None))
        report = Report(findings=places, shapes=found.shapes, own_prefixes=file.prefixes)
        hints = found.hints
    body = _records(report) if posted.fmt == HTML else write_report(report, posted.fmt)
    return Examined(body=body, findings=len(report.findings), hints=hints)


def read(body: bytes, content_type: str, /, *, ceiling: Ceiling = CEILING) -> RdfFile:
    """What a posted document states.

    Raises:
        DocumentRefused, CorpusError, UnsupportedMediaType: it cannot be taken.
    """
    rdf = readable(content_type)
    if len(body) > ceiling.size:
        raise too_large(ceiling)
    if rdf == ox.RdfFormat.RDF_XML and (found := re.search(rb"<!(DOCTYPE|ENTITY)", body)):
        raise DocumentRefused(
            f"it has a {found[1].decode()}, and entities are not expanded", mend="Write namespaces and texts out."
        )
    if rdf == ox.RdfFormat.JSON_LD and _depth(body, _JSON_TOKEN) > ceiling.depth:
        raise DocumentTooLarge(f"its brackets are more than {ceiling.depth} deep", mend="Write it flatter.")
    # An element for a node, and within it one for each property.
    if rdf == ox.RdfFormat.RDF_XML and _depth(body, _XML_TOKEN) > 2 * ceiling.depth:
        raise DocumentTooLarge(f"its elements are more than {2 * ceiling.depth} deep", mend="Write it flatter.")
    file = parse_rdf(body, rdf, name="document", watch=_Excess(ceiling))
    if _blank_depth(file, ceiling.depth) > ceiling.depth:
        raise DocumentTooLarge(
            f"it has a chain of more than {ceiling.depth} blank nodes", mend="Give nodes names (IRIs) on the way."
        )
    _refuse_imports(file)
    return file


def too_large(ceiling: Ceiling = CEILING, /) -> DocumentTooLarge:
    """For a document of more bytes than are taken."""
    return DocumentTooLarge(
        f"it has more than {ceiling.size:,} bytes",
        mend="Check it in parts, or with `tiesgraph check FILE` on a machine of your own.",
    )


# A text, or a bracket that opens or closes; in XML a comment or the like, or an element's end or beginning.
_JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|(?P<opens>[\[{])|(?P<closes>[\]}])', re.DOTALL)
_XML_TOKEN = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|(?P<closes></)"
    rb"|<(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+(?<=/)>|(?P<opens><)",
    re.DOTALL,
)


def _depth(body: bytes, token: re.Pattern[bytes]) -> int:
    """How deep the brackets or elements of a text are in each other."""
    depth = deepest = 0
    for found in token.finditer(body):
        depth += (found.lastgroup == "opens") - (found.lastgroup == "closes")
        deepest = max(deepest, depth)
    return deepest


class _Excess:
    """Looks at each statement as it is read: the rest of a document that is too large need not be."""

    def __init__(self, ceiling: Ceiling) -> None:
        self._ceiling = ceiling
        self._count = 0

    def __call__(self, one: Statement) -> None:
        self._count += 1
        if self._count > self._ceiling.statements:
            raise DocumentTooLarge(
                f"it has more than {self._ceiling.statements:,} statements",
                mend="Check it in parts, or with `tiesgraph check FILE` on a machine of your own.",
            )
        for term in one.triple:
            if not isinstance(term, ox.Triple) and len(term.value) > self._ceiling.characters:
                words = f"a term has more than {self._ceiling.characters:,} characters"
                raise DocumentTooLarge(words, place=f"line {one.line}")


def _refuse_long_messages(files: Sequence[RdfFile]) -> None:
    """Refuse shapes that say very much: they say it of each node."""
    for one in (one for file in files for one in file.statements):
        if one.triple.predicate == SH["message"] and len(str(one.triple.object)) > CEILING.words:
            words = f"a message (sh:message) has more than {CEILING.words:,} characters"
            raise DocumentTooLarge(words, place=f"line {one.line}")


def _blank_depth(file: RdfFile, most: int) -> int:
    """How many blank nodes hang on each other, the members of a list beside each other; no more than is told."""
    below: dict[Term, list[Term]] = {}
    hanging: set[Term] = set()
    for one in file.statements:
        if isinstance(one.triple.object, ox.BlankNode) and one.triple.predicate != RDF["rest"]:
            below.setdefault(one.triple.subject, []).append(one.triple.object)
            hanging.add(one.triple.object)
    level = [node for node in below if node not in hanging] or list(below)[:1]
    seen: set[Term] = set(level)
    depth = 0
    while level and depth <= most:
        level = [node for above in level for node in below.get(above, ()) if node not in seen]
        seen.update(level)
        depth += bool(level)
    return depth


def _refuse_imports(file: RdfFile) -> None:
    ours = {ONTOLOGY, SHAPES, BASE}
    for one in file.statements:
        value = one.triple.object
        if one.triple.predicate == OWL["imports"] and not (isinstance(value, ox.NamedNode) and value.value in ours):
            raise DocumentRefused(
                f"it imports {value}, and nothing is fetched",
                place=f"line {one.line}" if one.line else None,
                mend="Put what it needs into the document; what is ours is known here.",
            )


def _shapes_in(file: RdfFile) -> list[str]:
    """The shapes of a document that choose nodes to judge."""
    return [str(node) for node in read_shapes(Facts(one.triple for one in file.statements)).targeted()]


def _of_node(store: Store, iri: str) -> Report:
    """What shapes and audit say of one node of the graph."""
    prefix, _, name = iri.partition(":")
    table = prefixes()
    try:
        node = ox.NamedNode(table[prefix] + name if prefix in table else iri)
    except ValueError as error:
        raise UnknownResource(f"{iri} is no IRI") from error
    if not any(store.triples(node)):
        raise UnknownResource(f"nothing is known of {iri}", mend="/search finds what there is.")
    found, shapes = about(store, node)
    return Report(findings=tuple(in_files(found, [], root=None)), shapes=shapes)


def _records(report: Report) -> bytes:
    """The findings by shape, as a page shows them."""
    table = report.prefixes

    def shown(one: Located) -> Mapping[str, object]:
        return {**record(one), "subject": subject(one, table), "message": words(one, table)}

    groups: list[Mapping[str, object]] = [
        {"shape": shape, "about": report.about(shape), "findings": [shown(one) for one in members]}
        for shape, members in report.by_shape.items()
    ]
    return json.dumps(groups).encode()
