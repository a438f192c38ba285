"""Which edition of the graph a server has: what tells its answers from those of any other."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from tiesgraph.names import DCTERMS, ONTOLOGY
from tiesgraph.store import Store

if TYPE_CHECKING:
    from tiesgraph.web import Edition

__all__ = ["edition_of"]


def _bundled_edition(store: Store) -> Edition:
    """The edition of the graph that comes with the package: its hash, and the day its ontology says it changed."""
    from tiesgraph.pack import read_manifest
    from tiesgraph.web import Edition

    manifest = read_manifest()
    told = store.triples(ox.NamedNode(ONTOLOGY), DCTERMS["modified"])
    days = [triple.object.value for triple in told if isinstance(triple.object, ox.Literal)]
    modified = datetime.fromisoformat(max(days)).replace(tzinfo=UTC)
    return Edition(version=manifest.version, graph_hash=manifest.graph_hash, modified=modified)


def _added_edition(bundled: Edition, add: tuple[Path, ...]) -> Edition:
    """The edition of the bundled graph with the files that were added to it."""
    from tiesgraph.additions import files_among
    from tiesgraph.dataset import fingerprint

    digest, modified = fingerprint(files_among(add))
    together = hashlib.sha256(f"{bundled.graph_hash} {digest}".encode()).hexdigest()
    return replace(bundled, graph_hash=together, modified=max(modified, bundled.modified))


def edition_of(
    store: Store, corpus: Path | None, data: tuple[Path, ...], named: tuple[str, ...], add: tuple[Path, ...]
) -> Edition | None:
    """The edition of what is served, or None for a source tree, which may change while its graph is made."""
    if corpus:
        return None
    if not data and not named:
        bundled = _bundled_edition(store)
        return _added_edition(bundled, add) if add else bundled
    from tiesgraph import __version__
    from tiesgraph.dataset import fingerprint, parse_named
    from tiesgraph.web import Edition

    digest, modified = fingerprint(data, named=[parse_named(text) for text in named])
    return Edition(version=__version__, graph_hash=digest, modified=modified)
