"""JSON-LD that people can read: names shortened by a context, types and languages told once for a property.

The engine writes the expanded form, in which every IRI is spelled out and every value is an object in an
array. This shortens it, and any JSON-LD 1.1 processor reads the same triples out of the result without
fetching anything: the context stands in the document.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from tiesgraph.errors import NotAcceptable
from tiesgraph.media import JSONLD, TURTLE
from tiesgraph.names import RDF

__all__ = ["write_jsonld"]

_TYPE = RDF + "type"


def write_jsonld(triples: Iterable[ox.Triple], table: Mapping[str, str], /) -> bytes:
    """`triples` as compact JSON-LD 1.1, in their order, with a context of those prefixes of `table` that they need.

    Raises:
        NotAcceptable: a triple is a term of another, for which JSON-LD 1.1 has no form.
    """
    try:
        nodes: list[dict[str, Any]] = json.loads(ox.serialize(triples, format=ox.RdfFormat.JSON_LD) or b"[]")
    except OSError as error:
        mend = f"Ask for {TURTLE.media_type} instead."
        raise NotAcceptable(f"{JSONLD.media_type} has no form for the answer: {error}", mend=mend) from error
    names = _Names(table, iris=list(_iris(nodes)))
    terms = {prop: _term(values) for prop, values in _values(nodes).items()}
    graph = [_node(node, names, terms) for node in nodes]
    context: dict[str, object] = {}
    for prop, (keyword, value) in sorted((p, t) for p, t in terms.items() if t):
        context[names.short(prop)] = {keyword: value if value.startswith("@") else names.short(value)}
    context = {**names.used, **context}
    # The order of the file is the order of the triples; the context is by name.
    return (json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=2) + "\n").encode()


class _Names:
    """IRIs as compact IRIs, with the prefixes that any was shortened by."""

    def __init__(self, table: Mapping[str, str], *, iris: Iterable[str]) -> None:
        # A prefix that is the scheme of an IRI here (`geo:35.6,139.7`) would change what that IRI means.
        schemes = {iri.partition(":")[0] for iri in iris}
        self._table = sorted(
            ((prefix, space) for prefix, space in table.items() if prefix not in schemes and space[-1:] in "/#"),
            key=lambda pair: -len(pair[1]),
        )
        self._known: dict[str, str] = {}
        self._used: dict[str, str] = {}

    @property
    def used(self) -> dict[str, str]:
        """Prefix → namespace of those in use, by prefix."""
        return dict(sorted(self._used.items()))

    def short(self, iri: str) -> str:
        """`iri` shortened where a prefix fits; blank nodes are left alone."""
        if iri not in self._known:
            self._known[iri] = self._shorten(iri)
        return self._known[iri]

    def _shorten(self, iri: str) -> str:
        for prefix, space in self._table:
            local = iri.removeprefix(space)
            # What begins with two slashes would be read as an IRI with an authority (JSON-LD 1.1, 4.1.5).
            if local and local != iri and not local.startswith("//"):
                self._used[prefix] = space
                return f"{prefix}:{local}"
        return iri


def _iris(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for node in nodes:
        yield node["@id"]
        for prop, values in node.items():
            if not prop.startswith("@"):
                yield prop
                yield from (iri for value in values for iri in (value.get("@id"), value.get("@type")) if iri)


def _values(nodes: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """Property → all its values in the document."""
    found: dict[str, list[dict[str, str]]] = {}
    for node in nodes:
        for prop, values in node.items():
            if not prop.startswith("@") and prop != _TYPE:
                found.setdefault(prop, []).extend(values)
    return found


def _term(values: list[dict[str, str]]) -> tuple[str, str] | None:
    """What the context can say once of a property with these values: that they are IRIs, their type, their language."""
    if all("@id" in value for value in values):
        return "@type", "@id"
    for keyword in ("@type", "@language"):
        said = {value.get(keyword) for value in values}
        one = said.pop()
        if not said and one is not None and all(set(value) == {"@value", keyword} for value in values):
            return keyword, one
    return None


def _node(node: Mapping[str, Any], names: _Names, terms: Mapping[str, tuple[str, str] | None]) -> dict[str, object]:
    written: dict[str, object] = {"@id": names.short(node["@id"])}
    for prop, values in node.items():
        if prop == _TYPE:
            written["@type"] = _one([names.short(value["@id"]) for value in values])
        elif not prop.startswith("@"):
            written[names.short(prop)] = _one([_value(value, names, terms[prop]) for value in values])
    return written


def _value(value: Mapping[str, str], names: _Names, term: tuple[str, str] | None) -> object:
    if term == ("@type", "@id"):
        return names.short(value["@id"])
    if term is not None or set(value) == {"@value"}:
        return value["@value"]
    return {key: names.short(text) if key in ("@id", "@type") else text for key, text in value.items()}


def _one(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values
