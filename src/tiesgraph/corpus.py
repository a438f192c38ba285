"""The curated files: which there are, which named graph each one is, and what stands in it.

A statement's home is its file's place (design: one page, one file, one named graph), so this module
is strict about places: a file in no known folder, or a page file outside its chapter, is an error
and never a guess.
"""

from __future__ import annotations

import hashlib
import linecache
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.errors import CorpusError
from tiesgraph.names import CHAPTER, TIES, graph_iri, page_graph, prefixes, shorten

__all__ = ["ROOTS", "Corpus", "Source", "Subject", "Term", "parse_file"]

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
# The engine's types allow RDF 1.2's triples as terms; `parse_file` lets none in.

ROOTS = ("ontology", "shapes", "data")
"""The folders that hold what the graph is made of."""

_DECLARED = re.compile(r"^\s*@?prefix\s+([\w.\-]*):\s*<([^<>\s]*)>", re.IGNORECASE | re.MULTILINE)
# What a Turtle file declares: it need not use our prefixes.

PAGE_FILE = re.compile(r"p(\d{3})\.ttl")

HOMES = {
    "ontology": "ontology",
    "ontology/concepts": "concepts",
    "shapes": "shapes",
    "data/entities": "entities",
    "data/sources": "sources",
    "data/alignments": "alignments",
}
"""Folder → the named graph that all its files make up together."""

FIRST_PAGE, LAST_PAGE = TIES["firstPage"], TIES["lastPage"]

SINGLES = {"data/dataset.ttl": "dataset", "data/report.ttl": "report", "shapes/audit.ttl": "audit"}
"""Files that are a named graph of their own: the audit's shapes speak of the report, the others of our graph."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One curated file.

    Attributes:
        path: where it lies.
        name: its path inside the corpus, with slashes: what errors and findings call it.
        graph: the named graph its statements belong to.
    """

    path: Path
    name: str
    graph: ox.NamedNode


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The curated files under one root folder, in the order of their names."""

    root: Path
    sources: tuple[Source, ...]

    @classmethod
    def at(cls, root: Path, /) -> Corpus:
        """Find the files under `root` and give each its named graph.

        Raises:
            CorpusError: a folder is missing, a Turtle file lies in no known folder, a page file is
                misnamed or outside its chapter, or `data/report.ttl` is broken.
        """
        for folder in ROOTS:
            if not (root / folder).is_dir():
                raise CorpusError(
                    f"there is no {folder}/ here",
                    place=str(root),
                    mend=f"A corpus is a folder that holds {', '.join(f'{name}/' for name in ROOTS)}.",
                )
        files = sorted(file for folder in ROOTS for file in (root / folder).rglob("*.ttl"))
        sources = tuple(_source(file, root) for file in files)
        corpus = cls(root=root, sources=sources)
        corpus._check_chapters()
        return corpus

    def content_hash(self) -> str:
        """SHA-256 over the names and bytes of all files: equal exactly when the corpus is."""
        digest = hashlib.sha256()
        for source in self.sources:
            content = source.path.read_bytes()
            digest.update(f"{source.name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    @property
    def cases(self) -> Path:
        """The folder of the cases that try its shapes, if it has any: no part of the graph, but shown with them."""
        return self.root / "tests" / "cases" / "shapes"

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """This corpus's own prefix table, empty where it has none."""
        file = self.root / "ontology" / "prefixes.ttl"
        return dict(prefixes(file)) if file.is_file() else {}

    def files_of(self, graph: ox.NamedNode, /) -> list[Source]:
        """The files whose statements make up `graph`; none for a derived one."""
        return [source for source in self.sources if source.graph == graph]

    def locate(self, iri: str, /, *, graph: ox.NamedNode) -> list[str]:
        """Where the files of `graph` write `iri`: `data/pages/…/p025.ttl:34`, one place a file.

        The line is the one where the subject's block begins, else the first that names it. Where no
        line does (an IRI written in a way of its own), a graph of one file is still named.
        """
        sources = self.files_of(graph)
        found = []
        for source in sources:
            text = source.path.read_text(encoding="utf-8")
            names = {f"<{iri}>", shorten(iri, self.prefixes), shorten(iri, dict(_DECLARED.findall(text)))}
            word = re.compile("(?:" + "|".join(re.escape(name) for name in sorted(names)) + r")(?![\w:./-]*\w)")
            line = _line_of(word, text)
            if line or len(sources) == 1:
                found.append(f"{source.name}:{line}" if line else source.name)
        return found

    def _check_chapters(self) -> None:
        report = self.root / "data" / "report.ttl"
        pages = [source for source in self.sources if source.name.startswith("data/pages/")]
        if not pages:
            return
        if not report.is_file():
            raise CorpusError("the report's structure is missing", place="data/report.ttl")
        chapters = _chapters(report)
        for source in pages:
            number = int(source.path.stem[1:])
            folder = source.path.parent.name
            if number not in chapters:
                raise CorpusError(
                    f"the report has no chapter with page {number}",
                    place=source.name,
                    mend="The chapters and their pages stand in data/report.ttl.",
                )
            if folder.partition("-")[0] != chapters[number]:
                home = self._chapter_folder(chapters[number])
                raise CorpusError(
                    f"page {number} lies outside its chapter: it is a page of chapter {chapters[number]}",
                    place=source.name,
                    mend=f"Move the file to data/pages/{home}/.",
                )

    def _chapter_folder(self, chapter: str) -> str:
        folders = sorted(folder.name for folder in (self.root / "data" / "pages").glob(f"{chapter}-*"))
        return folders[0] if folders else f"{chapter}-<short title>"


def _source(file: Path, root: Path) -> Source:
    name = file.relative_to(root).as_posix()
    folder, _, base = name.rpartition("/")
    if name in SINGLES:
        return Source(path=file, name=name, graph=graph_iri(SINGLES[name]))
    if folder in HOMES:
        return Source(path=file, name=name, graph=graph_iri(HOMES[folder]))
    if folder.startswith("data/pages/") and folder.count("/") == 2:
        page = PAGE_FILE.fullmatch(base)
        if page is None:
            raise CorpusError("a page file is called p and three digits", place=name, mend="Page 25 is p025.ttl.")
        return Source(path=file, name=name, graph=page_graph(int(page[1])))
    raise CorpusError(
        "no named graph is made of files in this folder",
        place=name,
        mend=f"Known are data/pages/<chapter>/, {', '.join(f'{home}/' for home in HOMES)} and {', '.join(SINGLES)}.",
    )


def _chapters(report: Path) -> dict[int, str]:
    """Page → number of its chapter, from the first and last pages that the report's structure gives."""
    ends: dict[str, dict[ox.NamedNode, int]] = {}
    for triple in parse_file(report, place="data/report.ttl"):
        number = triple.subject.value.removeprefix(CHAPTER) if isinstance(triple.subject, ox.NamedNode) else ""
        if number.isdigit() and triple.predicate in (FIRST_PAGE, LAST_PAGE) and isinstance(triple.object, ox.Literal):
            ends.setdefault(number, {})[triple.predicate] = int(triple.object.value)
    return {
        page: number
        for number, span in ends.items()
        if FIRST_PAGE in span and LAST_PAGE in span
        for page in range(span[FIRST_PAGE], span[LAST_PAGE] + 1)
    }


def _line_of(word: re.Pattern[str], text: str) -> int | None:
    numbered = list(enumerate(text.splitlines(), start=1))
    begins = (number for number, line in numbered if word.match(line))
    names = (number for number, line in numbered if word.search(line) and not _DECLARED.match(line))
    return next(begins, None) or next(names, None)


def parse_file(file: Path, /, *, place: str | None = None, scope: str | None = None) -> Iterator[ox.Triple]:
    """The triples of an RDF file in document order; the format follows the file's name.

    Args:
        file: what to read.
        place: how to call it in errors (a path inside the corpus); its own path otherwise.
        scope: a word that sets the file's blank nodes apart: they get names by order of appearance,
            so that loading the same files again gives the same graph.

    Raises:
        CorpusError: it cannot be read, is in no known format or is not well formed; with line and column.
    """
    place = place or str(file)
    rdf = ox.RdfFormat.from_extension(file.suffix.removeprefix("."))
    if rdf is None:
        raise CorpusError("no RDF format has this file name ending", place=place, mend="Turtle files end in .ttl.")
    blank: dict[ox.BlankNode, ox.BlankNode] = {}
    label = re.sub(r"\W", "-", scope or "")

    def named(node: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if isinstance(node, ox.Triple):
            raise CorpusError("a triple as a term (RDF 1.2) is not read here", place=place)
        if scope is None or not isinstance(node, ox.BlankNode):
            return node
        return blank.setdefault(node, ox.BlankNode(f"{label}-{len(blank)}"))

    try:
        for quad in ox.parse(path=str(file), format=rdf, rename_blank_nodes=scope is None):
            subject = named(quad.subject)
            if not isinstance(subject, ox.Literal):
                yield ox.Triple(subject, quad.predicate, named(quad.object))
    except OSError as error:
        raise CorpusError(f"the file cannot be read: {error.strerror or error}", place=place) from error
    except UnicodeDecodeError as error:
        raise CorpusError("the file is not UTF-8 text", place=place) from error
    except SyntaxError as error:
        raise _broken(error, file, place) from error


def _broken(error: SyntaxError, file: Path, place: str) -> CorpusError:
    """What the parser found wrong with the text of `file`, with the line quoted."""
    where = ":".join([place, *(str(n) for n in (error.lineno, error.offset) if n is not None)])
    reason = re.sub(r"^Parser error .*?: ", "", error.msg or "") or "not well formed"
    linecache.checkcache(str(file))
    quote = linecache.getline(str(file), error.lineno).strip() if error.lineno else ""
    return CorpusError(f"not well formed: {reason}", place=where, mend=f"The line reads: {quote}" if quote else None)
