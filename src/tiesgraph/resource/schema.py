"""What the graph says of its own terms, as pages need it: names, kinds, and which properties belong together.

The grouping follows the ontology, so that a new property finds its place without being told: a property
below `ties:date` tells when, one that leads to actors tells who.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cached_property

import pyoxigraph as ox

from tiesgraph.names import BASE, DCTERMS, OWL, RDF, RDFS, SKOS, TIES, XSD, Namespace, prefixes, shorten
from tiesgraph.store import Store, Term

__all__ = ["Schema", "Section"]

_SCHEMA_ORG = Namespace("https://schema.org/")
_GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
_BIBO = Namespace("http://purl.org/ontology/bibo/")


class Section(Enum):
    """The parts of a page, in their order; the value is the heading."""

    WHAT = "What"
    WHO = "Who"
    WHEN = "When"
    WHERE = "Where"
    NUMBERS = "How many"
    LINKED = "Connected with"
    EVIDENCE = "Evidence"
    ELSEWHERE = "Elsewhere"
    MODEL = "In the model"


_TOLD = {
    Section.WHAT: (
        *(TIES + name for name in ("gist", "wording", "ship", "aircraft", "equipment", "system", "contingent")),
        *(SKOS + name for name in ("altLabel", "definition", "scopeNote", "example", "notation")),
        *(DCTERMS + name for name in ("title", "description", "abstract", "language", "type", "rights")),
    ),
    Section.WHO: (
        *(TIES + name for name in ("office", "officeOf", "visitorOffice", "speakerOffice", "speaker", "party")),
        *(DCTERMS + name for name in ("creator", "contributor", "publisher", "rightsHolder")),
        *(_SCHEMA_ORG + name for name in ("sponsor", "sourceOrganization")),
        _BIBO + "editor",
    ),
    Section.WHEN: (
        *(TIES + name for name in ("asOf", "since", "year", "earliest", "latest", "dateWording", "duration")),
        *(DCTERMS + name for name in ("created", "modified", "issued")),
    ),
    Section.WHERE: (TIES + "coordinateSource", _GEO + "lat", _GEO + "long"),
    Section.NUMBERS: tuple(TIES + name for name in ("value", "unit", "quantifier", "amount", "currency", "number")),
    Section.LINKED: (
        TIES + "about",
        TIES + "ofRelationship",
        *(SKOS + name for name in ("broader", "narrower", "related", "inScheme", "topConceptOf", "hasTopConcept")),
    ),
    Section.EVIDENCE: (
        *(TIES + name for name in ("evidence", "evidenceFor", "restsOn", "textIn", "citedAs", "accessed", "firstPage")),
        *(TIES + name for name in ("lastPage", "pinpoint", "qualifier", "pageState", "evidenceCount")),
        *(TIES + name for name in ("statementCount", "confidence", "firstLocus", "secondLocus")),
        *(TIES + name for name in ("firstReading", "secondReading", "discrepancyKind")),
        DCTERMS + "source",
        DCTERMS + "license",
    ),
    Section.ELSEWHERE: (
        *(TIES + name for name in ("alignsWith", "isoAlpha2", "isoAlpha3", "m49")),
        *(_SCHEMA_ORG + name for name in ("sameAs", "url", "isbn")),
        *(_BIBO + name for name in ("volume", "issue", "number", "pages")),
        RDFS + "seeAlso",
        DCTERMS + "identifier",
    ),
    Section.MODEL: (
        *(RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range", "isDefinedBy", "comment")),
        *(OWL + name for name in ("inverseOf", "disjointWith", "propertyDisjointWith", "imports", "versionIRI")),
        *(OWL + name for name in ("equivalentClass", "equivalentProperty", "propertyChainAxiom", "versionInfo")),
    ),
}
"""Where the ontology does not settle it."""

_WORDS = {
    SKOS + "altLabel": "also called",
    SKOS + "inScheme": "scheme",
    SKOS + "topConceptOf": "top concept of",
    TIES + "isoAlpha2": "ISO 3166 two-letter code",
    TIES + "isoAlpha3": "ISO 3166 three-letter code",
    TIES + "m49": "UN M49 code",
    _GEO + "lat": "latitude",
    _GEO + "long": "longitude",
}
"""What readers call what the vocabularies call otherwise."""

_RANGES = (
    (SKOS + "Concept", Section.WHAT),
    (TIES + "Actor", Section.WHO),
    (TIES + "Office", Section.WHO),
    (TIES + "Place", Section.WHERE),
    (TIES + "Source", Section.EVIDENCE),
    (TIES + "Footnote", Section.EVIDENCE),
    (TIES + "Citation", Section.EVIDENCE),
    (TIES + "Page", Section.EVIDENCE),
    (TIES + "Chapter", Section.EVIDENCE),
    (XSD + "integer", Section.NUMBERS),
    (XSD + "decimal", Section.NUMBERS),
)


class Schema:
    """The terms of one store. What it has read once it keeps: the store is not to change meanwhile."""

    def __init__(self, store: Store, /) -> None:
        self._store = store
        self._labels: dict[str, str] = {}
        self._words = dict(_WORDS)
        self._kinds: dict[frozenset[ox.NamedNode], list[ox.NamedNode]] = {}
        self._sections: dict[str, Section | None] = {iri: section for section, iris in _TOLD.items() for iri in iris}

    def label(self, node: ox.NamedNode, /) -> str:
        """What `node` is called, in English where there is a choice; its IRI shortened where it has no name."""
        found = self._labels.get(node.value)
        if found is None:
            found = self._labels[node.value] = self._find_label(node)
        return found

    def _find_label(self, node: ox.NamedNode) -> str:
        for prop in (RDFS["label"], SKOS["prefLabel"]):
            told = [t.object for t in self._store.triples(node, prop) if isinstance(t.object, ox.Literal)]
            if not told:
                told = [q.object for q in self._quads(node, prop) if isinstance(q.object, ox.Literal)]
            if told:
                return min(told, key=lambda text: ((text.language or "") != "en", text.value)).value
        return shorten(node.value, prefixes()).strip("<>")

    def _quads(self, node: ox.NamedNode, prop: ox.NamedNode) -> Iterable[ox.Quad]:
        return self._store.engine.quads_for_pattern(node, prop, None, None)

    def word(self, prop: ox.NamedNode, /) -> str:
        """What a property or a class is called: its label, or the words of its name."""
        found = self._words.get(prop.value)
        if found is None:
            found = self._words[prop.value] = self._find_word(prop)
        return found

    def _find_word(self, prop: ox.NamedNode) -> str:
        name = self.label(prop)
        if name != shorten(prop.value, prefixes()).strip("<>"):
            return name
        local = prop.value.rstrip("/#").rpartition("#" if "#" in prop.value else "/")[2]
        return "".join(f" {c.lower()}" if c.isupper() else c for c in local).strip()

    def sequence(self, node: ox.BlankNode, /) -> list[ox.NamedNode]:
        """The named members of an RDF list, in its order; nothing where `node` is none."""
        found: list[ox.NamedNode] = []
        seen: set[object] = set()
        here: Term | None = node
        while isinstance(here, ox.BlankNode) and here not in seen:
            seen.add(here)
            firsts = (triple.object for triple in self._store.triples(here, RDF["first"]))
            found.extend(first for first in firsts if isinstance(first, ox.NamedNode))
            here = next((triple.object for triple in self._store.triples(here, RDF["rest"])), None)
        return found

    def kinds(self, node: ox.NamedNode, /) -> list[ox.NamedNode]:
        """The classes of `node` that say most: none that follows from another of them, ours before others'."""
        types = frozenset(q.object for q in self._quads(node, RDF["type"]) if isinstance(q.object, ox.NamedNode))
        found = self._kinds.get(types)
        if found is None:
            implied = {above for kind in types for above in self.above_class(kind)}
            best = [kind for kind in types if kind.value not in implied] or list(types)
            found = sorted(best, key=lambda kind: (not kind.value.startswith(BASE), self.label(kind), kind.value))
            self._kinds[types] = found
        return found

    def above_class(self, kind: ox.NamedNode, /) -> frozenset[str]:
        """The IRIs of the classes that `kind` is below."""
        return _closure(self._classes, kind.value)

    def above(self, prop: ox.NamedNode, /) -> frozenset[str]:
        """The IRIs of the properties that `prop` is below."""
        return _closure(self._properties, prop.value)

    def inverse(self, prop: ox.NamedNode, /) -> frozenset[str]:
        """The IRIs of the properties that say the same the other way round."""
        return frozenset(self._inverses.get(prop.value, ()))

    def section(self, prop: ox.NamedNode, value: Term, /) -> Section:
        """Where on a page a statement belongs."""
        if prop.value not in self._sections:
            self._sections[prop.value] = self._find_section(prop)
        found = self._sections[prop.value]
        if found is not None:
            return found
        if isinstance(value, ox.Literal):
            return Section.WHAT
        ours = not isinstance(value, ox.NamedNode) or value.value.startswith(BASE)
        return Section.LINKED if ours else Section.ELSEWHERE

    def _find_section(self, prop: ox.NamedNode) -> Section | None:
        above = self.above(prop) | {prop.value}
        if TIES + "date" in above:
            return Section.WHEN
        if TIES + "involves" in above:
            return Section.WHO
        ranges = {
            t.object.value
            for p in above
            for t in self._store.triples(ox.NamedNode(p), RDFS["range"])
            if isinstance(t.object, ox.NamedNode)
        }
        ranges |= {above for kind in ranges for above in self.above_class(ox.NamedNode(kind))}
        return next((section for kind, section in _RANGES if kind in ranges), None)

    @cached_property
    def _classes(self) -> Mapping[str, set[str]]:
        return self._pairs(RDFS["subClassOf"])

    @cached_property
    def _properties(self) -> Mapping[str, set[str]]:
        return self._pairs(RDFS["subPropertyOf"])

    @cached_property
    def _inverses(self) -> Mapping[str, set[str]]:
        forth = self._pairs(OWL["inverseOf"])
        both: dict[str, set[str]] = {name: set(others) for name, others in forth.items()}
        for name, others in forth.items():
            for other in others:
                both.setdefault(other, set()).add(name)
        return both

    def _pairs(self, relation: ox.NamedNode) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for quad in self._store.engine.quads_for_pattern(None, relation, None, None):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                found.setdefault(quad.subject.value, set()).add(quad.object.value)
        return found


def _closure(pairs: Mapping[str, set[str]], start: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in pairs.get(waiting.pop(), ()):
            if other not in found and other != start:
                found.add(other)
                waiting.append(other)
    return frozenset(found)
