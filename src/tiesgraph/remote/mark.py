"""The mark that an upload leaves in a store: which graph is there, whole, and how far an upload has come.

It is a named graph of its own, of a few triples in plain vocabulary. `<…/dataset> dcterms:identifier` names
the whole content and is there only while all of it is; each graph that has been sent says the same of its own.
So an upload that broke off goes on where it was, from whichever machine, and a server can tell whether the
store holds the graph that it has at hand itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyoxigraph as ox

from tiesgraph.names import DATASET, DCTERMS, VOID, XSD, graph_iri

__all__ = ["ASKED", "DEFAULT", "PUSHED", "Mark", "Note", "Notes", "identity"]

PUSHED = graph_iri("pushed")
"""The named graph that the mark is."""

DEFAULT = f"{PUSHED.value}#default"
"""What the mark calls a store's default graph, which has no name."""

_WHOLE = ox.NamedNode(DATASET)
_NOTE = re.compile(r"sha256:([0-9a-f]{64})(?: until (\d{1,9}) by (\d{1,12}))?")

ASKED = f"""SELECT ?of ?is ?modified ?triples {{ GRAPH <{PUSHED.value}> {{
    ?of <{DCTERMS}identifier> ?is
    OPTIONAL {{ ?of <{DCTERMS}modified> ?modified ; <{VOID}triples> ?triples }}
}} }}"""
"""The query for all that the mark says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is said of the whole content: its hash, when it was whole, and the size of its default graph."""

    identity: str
    modified: str = ""
    triples: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """How far a graph has been sent.

    Attributes:
        digest: of the graph.
        sent: the number of its pieces that the store has, or None for all.
        size: the bytes of a piece.
    """

    digest: str
    sent: int | None = None
    size: int = 0

    def __str__(self) -> str:
        return f"sha256:{self.digest}" + ("" if self.sent is None else f" until {self.sent} by {self.size}")

    @classmethod
    def parse(cls, text: str, /) -> Note | None:
        """The note that `text` writes down, or None where it is none."""
        found = _NOTE.fullmatch(text)
        if not found:
            return None
        return cls(found[1], int(found[2]), int(found[3])) if found[2] else cls(found[1])


@dataclass(slots=True)
class Notes:
    """All that a mark says.

    Attributes:
        graphs: the note of each graph, by its IRI.
        whole: what is said of the whole, or None while it is not.
    """

    graphs: dict[str, Note] = field(default_factory=dict)
    whole: Mark | None = None

    @classmethod
    def read(cls, triples: Iterable[ox.Triple], /) -> Notes:
        """The notes in the triples of the mark; whatever else is there is passed over."""
        said: dict[str, dict[ox.NamedNode, str]] = {}
        for triple in triples:
            if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.Literal):
                said.setdefault(triple.subject.value, {})[triple.predicate] = triple.object.value
        return cls.gather(
            (of, one.get(DCTERMS["identifier"], ""), one.get(DCTERMS["modified"]), one.get(VOID["triples"]))
            for of, one in said.items()
        )

    @classmethod
    def gather(cls, rows: Iterable[tuple[str, str, str | None, str | None]], /) -> Notes:
        """The notes in rows of a subject, its identifier, and of the whole the time and number of triples."""
        notes = cls()
        for of, is_, modified, triples in rows:
            note = Note.parse(is_)
            if of == DATASET and note is not None:
                number = int(triples) if triples is not None and triples.isdigit() else 0
                notes.whole = Mark(identity=note.digest, modified=modified or "", triples=number)
            elif note is not None:
                notes.graphs[of] = note
        return notes

    def written(self) -> bytes:
        """The mark as N-Triples."""
        triples = [
            ox.Triple(ox.NamedNode(graph), DCTERMS["identifier"], ox.Literal(str(note)))
            for graph, note in sorted(self.graphs.items())
        ]
        if self.whole is not None:
            day = ox.Literal(self.whole.modified, datatype=XSD["dateTime"])
            triples += [
                ox.Triple(_WHOLE, DCTERMS["identifier"], ox.Literal(str(Note(self.whole.identity)))),
                ox.Triple(_WHOLE, DCTERMS["modified"], day),
                ox.Triple(_WHOLE, VOID["triples"], ox.Literal(self.whole.triples)),
            ]
        return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""

    def complete(self, digests: Mapping[str, str], triples: int, /) -> None:
        """Say of the whole, of which these are the graphs and their hashes, that it is there from now on."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.whole = Mark(identity=identity(digests), modified=now, triples=triples)


def identity(digests: Mapping[str, str], /) -> str:
    """The hash of a dataset of which these are the graphs, by IRI ("" for the default graph), and their hashes."""
    told = "".join(f"{graph} {digest}\n" for graph, digest in sorted(digests.items()))
    return hashlib.sha256(told.encode()).hexdigest()
