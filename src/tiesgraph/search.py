"""Finding things by words: their labels, their other names and what is said of them.

SQLite's full-text index ranks the hits (BM25, https://www.sqlite.org/fts5.html) and pays no heed to case and
diacritics; a word that nothing has is taken for the nearest one that something has. The index is made from the
store once, when somebody first searches, and lives in memory.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from tiesgraph.store import Store

__all__ = ["Entry", "Hits", "Index"]

_WORD = re.compile(r"\w+")
_NEAR = 70  # per cent: below it another word is a guess
_SCHEMA = """
CREATE VIRTUAL TABLE entry USING fts5(
    label, names, name, gist, iri UNINDEXED, kind UNINDEXED,
    tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
);
CREATE VIRTUAL TABLE title USING fts5(
    label, names, name, content = "", tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
);
CREATE VIRTUAL TABLE word USING fts5vocab(entry, 'row');
"""
_KINDS = "SELECT kind, COUNT(*) AS n FROM entry WHERE entry MATCH ? GROUP BY kind ORDER BY n DESC, kind"
# A word in a name says more than one in a sentence, and how much there is to say of a thing says nothing.
_ENTRIES = """
WITH named AS MATERIALIZED (
    SELECT rowid AS id, bm25(title, 10.0, 8.0, 6.0) AS rank FROM title WHERE title MATCH :match
)
SELECT iri, label, kind, names, gist FROM entry LEFT JOIN named ON named.id = entry.rowid
WHERE entry MATCH :match AND (:kind IS NULL OR kind = :kind)
ORDER BY named.rank IS NULL, named.rank, bm25(entry, 10.0, 8.0, 6.0, 1.0), label, iri
LIMIT :limit OFFSET :offset
"""
_ANY = "SELECT 1 FROM entry WHERE entry MATCH ? LIMIT 1"
_ADD = """
INSERT INTO entry (label, names, name, gist, iri, kind) VALUES (:label, :names, :name, :gist, :iri, :kind)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was found.

    Attributes:
        iri: of the thing.
        label: its name.
        kind: the label of its class.
        names: its other names.
        gist: what is said of it, or nothing.
    """

    iri: str
    label: str
    kind: str
    names: str
    gist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What a search found.

    Attributes:
        text: the words that were searched for in the end.
        total: how many things fit, of the kind that was asked for.
        kinds: how many of each kind fit, whatever kind was asked for; the most frequent first.
        entries: a part of them, the best first.
    """

    text: str
    total: int
    kinds: tuple[tuple[str, int], ...]
    entries: tuple[Entry, ...]


class Index:
    """The words of a store. It may be asked from several threads."""

    def __init__(self, store: Store, /) -> None:
        self._store = store
        self._lock = threading.Lock()

    def find(self, text: str, /, *, kind: str | None = None, limit: int = 50, offset: int = 0) -> Hits:
        """The things whose names or gists have all the words of `text`, or words that begin so.

        Args:
            text: any words; punctuation and case do not matter.
            kind: the label of the class that they are to have.
            limit: how many entries at most.
            offset: how many of the best to pass over.
        """
        words = _WORD.findall(text)
        if not words:
            return Hits(text="", total=0, kinds=(), entries=())
        with self._lock:
            found = self._ask(words, kind, limit, offset)
            if not found.kinds and (other := self._respelt(words)) != words:
                found = self._ask(other, kind, limit, offset)
        return found

    def _ask(self, words: Sequence[str], kind: str | None, limit: int, offset: int) -> Hits:
        match = " ".join(f'"{word}"*' for word in words)
        kinds = self._db.execute(_KINDS, (match,)).fetchall()
        asked = {"match": match, "kind": kind, "limit": limit, "offset": offset}
        rows = self._db.execute(_ENTRIES, asked).fetchall()
        entries = tuple(
            Entry(iri=iri, label=label, kind=of, names=names, gist=gist) for iri, label, of, names, gist in rows
        )
        total = sum(count for name, count in kinds if kind in (None, name))
        return Hits(text=" ".join(words), total=total, kinds=tuple(kinds), entries=entries)

    def _respelt(self, words: Sequence[str]) -> list[str]:
        """Each word that begins no word of the index as the nearest one there."""
        right = []
        for word in words:
            known = self._db.execute(_ANY, (f'"{word}"*',)).fetchone()
            near = None if known else process.extractOne(word.casefold(), self._words, scorer=fuzz.ratio)
            right.append(near[0] if near is not None and near[1] >= _NEAR else word)
        return right

    @cached_property
    def _words(self) -> list[str]:
        return [word for (word,) in self._db.execute("SELECT term FROM word ORDER BY term")]

    @cached_property
    def _db(self) -> sqlite3.Connection:
        # The lock sees to it that one thread at a time is in here, whichever it is.
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.executescript(_SCHEMA)
        query = (files("tiesgraph") / "search.rq").read_text(encoding="utf-8")
        rows = ({name: _text(row[name]) for name in _COLUMNS} for row in self._store.select(query))
        connection.executemany(_ADD, ({**row, "name": _local(row["iri"])} for row in rows))
        connection.execute("INSERT INTO title (rowid, label, names, name) SELECT rowid, label, names, name FROM entry")
        return connection


_COLUMNS = ("iri", "label", "names", "gist", "kind")


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _local(iri: str) -> str:
    """The last part of an IRI, as words."""
    return re.split(r"[/#]", iri)[-1].replace("-", " ")
