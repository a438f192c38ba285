"""What the curated files say of which node, in which order: the reading order that a set of triples does not keep.

A graph has no order, but a page of the report does, and its file follows it. The outline is kept beside
the packed graph, so that a page can be shown as it reads and a module of the ontology with its own terms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.corpus import Corpus, parse_file
from tiesgraph.errors import PackError

__all__ = ["Outline"]

_FILE = "outline.json"
_PARTS = ("subjects", "together", "shapes")


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The subjects of each curated file.

    Attributes:
        subjects: named graph → the IRIs that its files describe, file by file in the order of the lines.
        together: IRI of a module or scheme → the IRIs that its file describes.
        shapes: name of a file of shapes, without its ending → the IRIs that it describes.
    """

    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shapes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, corpus: Corpus, /) -> Outline:
        """The outline of the curated files.

        Raises:
            CorpusError: a file is not well formed.
        """
        subjects: dict[str, dict[str, None]] = {}
        together: dict[str, tuple[str, ...]] = {}
        shapes: dict[str, tuple[str, ...]] = {}
        for source in corpus.sources:
            triples = parse_file(source.path, place=source.name)
            found = dict.fromkeys(t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode))
            subjects.setdefault(source.graph.value, {}).update(found)
            if source.name.startswith("ontology/") and found:
                # By custom the header of an ontology or a scheme comes first in its file.
                first, *_ = found
                together[first] = tuple(found)
            if source.name.startswith("shapes/"):
                shapes[source.path.stem] = tuple(found)
        ordered = {graph: tuple(found) for graph, found in subjects.items()}
        return cls(subjects=ordered, together=together, shapes=shapes)

    @classmethod
    def read(cls, folder: Path, /) -> Outline:
        """The outline that `write` left in the folder of a pack.

        Raises:
            PackError: there is none, or it is damaged.
        """
        try:
            told = json.loads((folder / _FILE).read_text(encoding="utf-8"))
            return cls(**{name: {key: tuple(of) for key, of in told[name].items()} for name in _PARTS})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise PackError(f"the pack has no readable outline: {error}", place=folder.name) from error

    @staticmethod
    def is_in(folder: Path, /) -> bool:
        """Whether the pack in `folder` has an outline."""
        return (folder / _FILE).is_file()

    def write(self, folder: Path, /) -> None:
        """Keep the outline in the folder of a pack.

        Raises:
            OSError: the folder cannot be written.
        """
        told = {name: getattr(self, name) for name in _PARTS}
        (folder / _FILE).write_text(json.dumps(told, indent=0) + "\n", encoding="utf-8")
