"""Which IRIs there are: what stands at a path, and what may have been meant by one where nothing stands.

A server at any host answers for the IRIs by path: `id/actor/japan` for the base and that. What a graph
holds does not change while it is served, so the names are gathered once, when one is first not found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from tiesgraph.document import is_known
from tiesgraph.names import BASE, RDF, RDFS, TSH, path_of
from tiesgraph.store import Store

__all__ = ["Catalog"]

_SHAPES = path_of(TSH)
_LIKELY = 72  # per cent: below it a suggestion is a guess
_FEW = 5


@dataclass(frozen=True)
class Catalog:
    """The IRIs of ours that a store tells something of, by path."""

    store: Store

    def at(self, path: str, /) -> ox.NamedNode | None:
        """The resource at `path` (`id/actor/japan`), or None."""
        try:
            node = ox.NamedNode(BASE + path)
            shape = ox.NamedNode(TSH + path.removeprefix(_SHAPES)) if path.startswith(_SHAPES) else None
        except ValueError:
            # Spaces, quotation marks and the like: no IRI.
            return None
        if is_known(self.store, node):
            return node
        return shape if shape is not None and is_known(self.store, shape) else None

    def respelt(self, path: str, /) -> str | None:
        """The path that differs from `path` only in case or slashes at its end, and that something stands at."""
        bare = path.rstrip("/")
        return self._folded.get(bare.casefold()) or (bare if bare != path and self.at(bare) else None)

    def near(self, path: str, /) -> list[str]:
        """The IRIs that may have been meant by `path`, the likeliest first, at most five.

        Those of its own kind are looked at first, by name and by label; all others where none of these is like it.
        """
        # Only a wrong name needs it, and it would cost every start of a server 20 ms.
        from rapidfuzz import fuzz

        path = path.rstrip("/")
        family, _, name = path.rpartition("/")
        kin = {key: label for key, label in self._labels.items() if key.rpartition("/")[0] == family}
        texts = {(key, text): text for key, label in kin.items() for text in (key.rpartition("/")[2], label) if text}
        # A part of a name will do among its kin; among all it would bring up anything.
        return _like(name, texts, fuzz.WRatio) or _like(path, {(k, k): k for k in self._labels}, fuzz.token_sort_ratio)

    @cached_property
    def _labels(self) -> dict[str, str]:
        """Path → label of whatever has a type; fragments apart, which are in the document of their namespace."""
        engine = self.store.engine
        every = [quad.subject for quad in engine.quads_for_pattern(None, RDF["type"], None, None)]
        every += engine.named_graphs()
        paths = {path_of(node.value): "" for node in every if isinstance(node, ox.NamedNode) and _is_ours(node)}
        for quad in engine.quads_for_pattern(None, RDFS["label"], None, None):
            path = path_of(quad.subject.value) if isinstance(quad.subject, ox.NamedNode) else ""
            if path in paths and isinstance(quad.object, ox.Literal):
                paths[path] = quad.object.value
        return dict(sorted(paths.items()))

    @cached_property
    def _folded(self) -> dict[str, str]:
        """Path in one case → path; only those that no other differs from by case alone."""
        folded: dict[str, list[str]] = {}
        for path in self._labels:
            folded.setdefault(path.casefold(), []).append(path)
        return {key: paths[0] for key, paths in folded.items() if len(paths) == 1}


def _like(name: str, among: Mapping[tuple[str, str], str], scorer: Callable[..., float]) -> list[str]:
    """The IRIs of the paths in the keys whose text is like `name`, punctuation and case apart."""
    from rapidfuzz import fuzz, process, utils

    found = process.extract(
        name, among, scorer=scorer, processor=utils.default_process, score_cutoff=_LIKELY, limit=4 * _FEW
    )
    # What is like it in a part comes after what is as much like it in the whole.
    ranked = sorted(found, key=lambda one: -one[1] - fuzz.ratio(name, one[0], processor=utils.default_process))
    return [BASE + path for path in dict.fromkeys(key[0] for _, _, key in ranked)][:_FEW]


def _is_ours(node: ox.NamedNode) -> bool:
    return node.value.startswith(TSH) or (node.value.startswith(BASE) and "#" not in node.value)
