"""What links to a resource: the things in whose statements it is the value, by kind, each with its role there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from tiesgraph.names import BASE, CONCEPT, RDF, RDFS, SKOS, TIES, page_number
from tiesgraph.resource.facts import DERIVED, INFERRED, Mention, Value, mentions, value_of
from tiesgraph.resource.schema import Schema
from tiesgraph.store import Store

__all__ = ["Incoming", "Reference", "Role", "incoming", "inside"]

_DIGITS = re.compile(r"(\d+)")

_LAST = 1_000_000

_PLACES = (TIES["firstPage"], TIES["number"], TIES["rank"])

_WORDS = {
    RDF + "type": "is one",
    RDFS + "domain": "has it as domain",
    RDFS + "range": "has it as range",
    RDFS + "subClassOf": "is below it",
    RDFS + "subPropertyOf": "is below it",
    SKOS + "broader": "is narrower",
    SKOS + "inScheme": "is in it",
    SKOS + "topConceptOf": "is at its top",
    TIES + "about": "is about it",
    TIES + "cites": "cites it",
    TIES + "commitsTo": "commits to it",
    TIES + "drawsOn": "draws on it",
    TIES + "evidence": "rests on it",
    TIES + "follows": "follows it",
    TIES + "givenBy": "is given by it",
    TIES + "inArea": "took place there",
    TIES + "inChapter": "is in it",
    TIES + "inSeries": "is one of it",
    TIES + "involves": "involves it",
    TIES + "launches": "launches it",
    TIES + "locatedIn": "lies in it",
    TIES + "mentions": "mentions it",
    TIES + "omits": "omits it",
    TIES + "onPage": "is printed on it",
    TIES + "partOf": "is part of it",
    TIES + "partOfArgument": "supports it",
    TIES + "restsOn": "rests on it",
    TIES + "resultedIn": "led to it",
    TIES + "sessionOf": "is a session of it",
    TIES + "supersedes": "supersedes it",
    TIES + "tallyOf": "counts it",
    TIES + "textIn": "has its text in it",
}
"""How a property reads from this end; its name otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """How something links here: the property in words, its IRI, and whether it only follows."""

    word: str
    prop: str
    inferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One thing that links here.

    Attributes:
        value: the thing.
        date: the first of its dates, or "".
        text: what it is, of a term or a concept; "" of all else.
        roles: how it links here.
        mentions: where that is stated; of what only follows, the pages that tell of the thing.
    """

    value: Value
    date: str
    text: str
    roles: tuple[Role, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """The things of one kind that link here.

    Attributes:
        kind: what they are.
        total: how many.
        shown: the first of them, by date and name.
    """

    kind: str
    total: int
    shown: tuple[Reference, ...]


@dataclass(slots=True)
class _Linking:
    """A thing that links here: the named graphs of each of its properties that does."""

    subject: ox.NamedNode
    graphs: dict[ox.NamedNode, set[ox.NamedNode]] = field(default_factory=dict)

    def is_inferred(self, prop: ox.NamedNode) -> bool:
        return bool(self.graphs[prop]) and self.graphs[prop] <= {INFERRED, DERIVED}


def incoming(
    store: Store,
    schema: Schema,
    node: ox.NamedNode,
    /,
    *,
    few: int = 8,
    whole: str | None = None,
    hidden: Iterable[str] = (),
) -> list[Incoming]:
    """What links to `node`, the largest group first.

    Links that only follow from a more particular one, or that are the other side of a statement about `node`
    itself, are left out: the page says them already.

    Args:
        store: the graph.
        schema: of the same store.
        node: the resource.
        few: how many of each kind are shown.
        whole: the kind of which alone all are shown.
        hidden: the IRIs of properties to leave out.
    """
    groups: dict[str, list[_Linking]] = {}
    for linking in _linking(store, schema, node, frozenset(hidden)):
        kinds = schema.kinds(linking.subject)
        groups.setdefault(schema.word(kinds[0]) if kinds else "thing", []).append(linking)
    return _shown(store, schema, groups, few=few, whole=whole)


def inside(
    store: Store, schema: Schema, subjects: Iterable[ox.NamedNode], /, *, few: int = 8, whole: str | None = None
) -> list[Incoming]:
    """What `subjects` are, by kind, as `incoming` has it: the contents of a named graph or of a vocabulary."""
    groups: dict[str, list[_Linking]] = {}
    for subject in subjects:
        kinds = schema.kinds(subject)
        groups.setdefault(schema.word(kinds[0]) if kinds else "thing", []).append(_Linking(subject))
    return _shown(store, schema, groups, few=few, whole=whole)


def _shown(
    store: Store, schema: Schema, groups: Mapping[str, list[_Linking]], *, few: int, whole: str | None
) -> list[Incoming]:
    found = [
        Incoming(
            kind=kind,
            total=len(members),
            shown=tuple(_references(store, schema, members, None if whole else few)),
        )
        for kind, members in groups.items()
        if whole in (None, kind)
    ]
    return sorted(found, key=lambda group: (-group.total, group.kind))


def _linking(store: Store, schema: Schema, node: ox.NamedNode, hidden: frozenset[str]) -> Iterable[_Linking]:
    found: dict[ox.NamedNode, _Linking] = {}
    for quad in store.engine.quads_for_pattern(None, None, node, None):
        subject, prop = quad.subject, quad.predicate
        if isinstance(subject, ox.NamedNode) and subject != node and prop.value not in hidden:
            graphs = found.setdefault(subject, _Linking(subject)).graphs.setdefault(prop, set())
            if isinstance(quad.graph_name, ox.NamedNode):
                graphs.add(quad.graph_name)
    spoken = {(q.predicate.value, q.object) for q in store.engine.quads_for_pattern(node, None, None, None)}
    for linking in found.values():
        implied = {above for prop in linking.graphs for above in schema.above(prop)}
        for prop in list(linking.graphs):
            said = any((other, linking.subject) in spoken for other in schema.inverse(prop))
            if linking.is_inferred(prop) and (prop.value in implied or said):
                del linking.graphs[prop]
        if linking.graphs:
            yield linking


def _references(store: Store, schema: Schema, links: Iterable[_Linking], few: int | None) -> Iterable[Reference]:
    placed = sorted(((_place(store, schema, link.subject), link) for link in links), key=lambda pair: pair[0])
    for (_, date, *_), link in placed[:few]:
        roles = (
            Role(word=_WORDS.get(prop.value, schema.word(prop)), prop=prop.value, inferred=link.is_inferred(prop))
            for prop in link.graphs
        )
        stated = {graph for prop, graphs in link.graphs.items() if not link.is_inferred(prop) for graph in graphs}
        if not stated:
            stated = {graph for graph in store.graphs_stating(link.subject) if page_number(graph) is not None}
        yield Reference(
            value=value_of(link.subject, schema),
            date=date,
            text=_text(store, link.subject),
            roles=tuple(sorted(roles, key=lambda role: (role.inferred, role.word))),
            mentions=mentions(store, schema, link.subject, stated),
        )


def _place(store: Store, schema: Schema, node: ox.NamedNode) -> tuple[bool, str, int, str, str]:
    """Where something comes in a list: what is dated first, then by number, then by name, page 9 before page 10."""
    dates = (t.object.value for t in store.triples(node, TIES["date"]) if isinstance(t.object, ox.Literal))
    date = min(dates, default="")
    label = schema.label(node)
    name = "".join(part.zfill(6) if part.isdigit() else part.casefold() for part in _DIGITS.split(label))
    return not date, date, _number(store, node), name, node.value


def _number(store: Store, node: ox.NamedNode) -> int:
    """The place of a part of the report, or of a concept in an ordered scheme; what has none comes last."""
    if not node.value.startswith((CONCEPT, f"{BASE}report/")):
        return 0
    told = (t.object for prop in _PLACES for t in store.triples(node, prop))
    return next((int(one.value) for one in told if isinstance(one, ox.Literal) and one.value.isdigit()), _LAST)


def _text(store: Store, node: ox.NamedNode) -> str:
    told = (t.object.value for t in store.triples(node, SKOS["definition"]) if isinstance(t.object, ox.Literal))
    return next(told, "")
