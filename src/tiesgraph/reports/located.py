"""Findings with the places where each can be looked up: files and lines, and pages of the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.corpus import Corpus
from tiesgraph.names import RDFS, SH, page_number, prefixes
from tiesgraph.pack import checkout_root, locate
from tiesgraph.rdffile import Place, RdfFile, read_rdf
from tiesgraph.shacl import Facts
from tiesgraph.validate import Finding, Severity

__all__ = ["RANKS", "Located", "Report", "in_corpus", "in_files"]

RANKS: Mapping[Severity, int] = {"info": 0, "warning": 1, "violation": 2}
"""Severities by weight."""


@dataclass(frozen=True)
class Located:
    """A finding, the places that state what it is about, and the printed pages concerned."""

    finding: Finding
    places: tuple[Place, ...]
    pages: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that one check or audit came to, for whoever writes it out.

    Attributes:
        findings: by shape.
        shapes: the shapes graph.
        threshold: the least severity that counts as a failure.
        own_prefixes: those of the files that were checked; where one means something else to us, ours counts.
    """

    findings: tuple[Located, ...]
    shapes: Facts
    threshold: Severity = "info"
    own_prefixes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """What shortens IRIs in the report."""
        return {**self.own_prefixes, **prefixes()}

    @property
    def by_shape(self) -> Mapping[str, Sequence[Located]]:
        """Shape → its findings; the shapes in the order of their first one."""
        found: dict[str, list[Located]] = {}
        for one in self.findings:
            found.setdefault(one.finding.shape, []).append(one)
        return found

    def about(self, shape: str, /) -> str:
        """What a shape demands, in its own words; empty where it has none."""
        try:
            node = ox.NamedNode(shape)
        except ValueError:
            return ""
        return self.shapes.text(node, RDFS["comment"]) or self.shapes.text(node, SH["message"]) or ""

    @property
    def failures(self) -> int:
        """How many findings are as severe as the threshold, or more."""
        return sum(self.fails(one) for one in self.findings)

    def fails(self, one: Located, /) -> bool:
        """Whether a finding is as severe as the threshold, or more."""
        return RANKS[one.finding.severity] >= RANKS[self.threshold]


def in_corpus(findings: Iterable[Finding], /, *, root: Path | None) -> list[Located]:
    """The findings in their order, with their places in the curated files.

    Args:
        findings: what the shapes found.
        root: the corpus they were found in; the checkout or the bundle where None.
    """
    corpus = _CorpusFiles(root)
    return [Located(one, tuple(dict.fromkeys(corpus.places(one))), _pages(one)) for one in findings]


def in_files(findings: Iterable[Finding], files: Sequence[RdfFile], /, *, root: Path | None) -> list[Located]:
    """The findings in their order, with their places in somebody's files, or else in the curated ones."""
    corpus = _CorpusFiles(root)
    found = []
    for one in findings:
        result = one.result
        places = [place for file in files for place in file.places(result.focus, result.path, result.value)]
        found.append(Located(one, tuple(dict.fromkeys(places or corpus.places(one))), _pages(one)))
    return found


def _pages(finding: Finding) -> tuple[int, ...]:
    return tuple(sorted({page for graph in finding.graphs if (page := page_number(graph)) is not None}))


class _CorpusFiles:
    """The curated files, each read when a finding is in its graph: with lines in a checkout, by name in a bundle."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._read: dict[ox.NamedNode, list[RdfFile]] = {}

    @cached_property
    def _corpus(self) -> Corpus | None:
        root = self._root if self._root is not None else checkout_root()
        return Corpus.at(root) if root is not None else None

    def places(self, finding: Finding) -> list[Place]:
        """Where the files state what a finding is about."""
        result = finding.result
        found = []
        for graph in finding.graphs:
            places = [p for file in self._files(graph) for p in file.places(result.focus, result.path, result.value)]
            found += places or [Place(name) for name in locate(finding.focus, graph=graph, root=self._root)]
        return found

    def _files(self, graph: ox.NamedNode) -> list[RdfFile]:
        if self._corpus is None:
            return []
        if graph not in self._read:
            sources = self._corpus.files_of(graph)
            self._read[graph] = [read_rdf(source.path, name=source.name) for source in sources]
        return self._read[graph]
