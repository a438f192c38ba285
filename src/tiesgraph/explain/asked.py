"""What is to be explained, as people write it: three terms in Turtle, of which the last two may be left open."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from tiesgraph.errors import MisuseError
from tiesgraph.names import RDF
from tiesgraph.query import parse_term
from tiesgraph.store import Term

__all__ = ["Asked", "read_statement"]

Asked = tuple[ox.NamedNode, ox.NamedNode | None, Term | None]
"""Subject, property and value; None stands for any."""

_ANY = ("", "?", "*", "_")
_ADDRESS = ("http://", "https://", "urn:")


def read_statement(
    subject: str, predicate: str | None = None, value: str | None = None, /, *, known: Mapping[str, str]
) -> Asked:
    """The terms of a statement: `actor:japan`, `<IRI>` or a bare IRI, `"2017"^^xsd:gYear`; `a`; `?` for any.

    Raises:
        MisuseError: one is no term, the subject is no name, or the property is none.
    """
    about, by = _term(subject, known), _term("rdf:type" if predicate == "a" else predicate, known)
    if not isinstance(about, ox.NamedNode):
        raise MisuseError(
            f"a statement is about something with a name, not {subject!r}", mend="For example: actor:japan"
        )
    if by is not None and not isinstance(by, ox.NamedNode):
        raise MisuseError(f"{predicate} is no property", mend="For example: ties:involves")
    return about, by, _term(value, known)


def _term(text: str | None, known: Mapping[str, str]) -> Term | None:
    if text is None or text.strip() in _ANY:
        return None
    text = text.strip()
    return parse_term(f"<{text}>" if text.startswith(_ADDRESS) else text, known={"rdf": RDF, **known})
