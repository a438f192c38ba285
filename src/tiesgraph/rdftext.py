"""RDF written out: the bytes of triples and quads in each format, with those of our prefixes that they need.

The engine's writers take a table of prefixes and write all of it, and some of its formats have no form for
everything that RDF can say; what must hold of the bytes whoever asks for them is held here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from tiesgraph.errors import NotAcceptable
from tiesgraph.media import NTRIPLES, RDFXML, TRIG, TURTLE, Format

__all__ = ["require_xml", "write_rdf"]

# XML 1.0 (section 2.2) has no place for these, not even as references.
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")

# What the engine writes for a property whose IRI ends in no XML name; no namespace-aware parser takes it.
_NAMELESS = b"<oxprefix: "

_ROOT = re.compile(rb"(<rdf:RDF) ([^>]*)>")

_PREFIXED = (TURTLE, TRIG, RDFXML)


def write_rdf(statements: Iterable[ox.Triple] | Iterable[ox.Quad], fmt: Format, table: Mapping[str, str], /) -> bytes:
    """`statements` in their order, in an RDF format of the engine's.

    Args:
        statements: triples, or quads where the format has graphs.
        fmt: the format.
        table: prefix → namespace; those that are needed stand at the head, by prefix.

    Raises:
        NotAcceptable: the format has no form for something among the statements.
    """
    rdf = ox.RdfFormat.from_media_type(fmt.media_type)
    plain = ox.RdfFormat.TRIG if fmt == TRIG else ox.RdfFormat.TURTLE
    mend = f"Ask for {(NTRIPLES if fmt == TURTLE else TURTLE).media_type} instead."
    try:
        used: dict[str, str] = {}
        if fmt in _PREFIXED:
            statements = tuple(statements)  # type: ignore[assignment]
            text = ox.serialize(statements, format=plain) or b""
            used = {prefix: namespace for prefix, namespace in table.items() if f"<{namespace}".encode() in text}
        body = ox.serialize(statements, format=rdf, prefixes=used or None) or b""
    except (OSError, ValueError) as error:
        # Nothing else is read or written here: it is how the engine says that a format lacks triple terms.
        raise NotAcceptable(f"{fmt.media_type} has no form for the answer: {error}", mend=mend) from error
    if fmt == RDFXML:
        require_xml(body, mend=mend)
        return _ROOT.sub(lambda root: b" ".join([root[1], *sorted(root[2].split())]) + b">", body, count=1)
    # The engine declares prefixes in an order that differs from one time to the next; equal answers have equal bytes.
    *declared, rest = body.split(b"\n", len(used))
    return b"".join(line + b"\n" for line in sorted(declared)) + rest


def require_xml(body: bytes, /, *, mend: str) -> None:
    """See that `body` is XML that parsers take.

    Raises:
        NotAcceptable: it holds what XML cannot say.
    """
    if _NOT_IN_XML.search(body):
        raise NotAcceptable("a text in the answer holds a control character, for which XML has no form", mend=mend)
    if _NAMELESS in body:
        raise NotAcceptable("a property in the answer has no XML name", mend=mend)
