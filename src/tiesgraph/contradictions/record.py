"""One contradiction: its kind, its rule, and the two places with what each says and on which sources."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.errors import MisuseError, UnknownResource
from tiesgraph.names import RDF, RDFS, SH, SKOS, TIES, graph_iri, page_graph
from tiesgraph.store import Store, Subject, Term

__all__ = [
    "CONTRADICTIONS",
    "Contradiction",
    "Label",
    "Side",
    "by_chapter",
    "chosen",
    "contradictions",
    "node_of",
    "sources",
]

CONTRADICTIONS = graph_iri("contradictions")


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Label:
    """Something with its name.

    Attributes:
        text: its label, or the end of its IRI where it has none.
        iri: of the thing.
    """

    text: str
    iri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two places.

    Attributes:
        place: the page, the footnote, or the work where the bibliography says it; None where no rule tells.
        page: the printed number of the page, or None: the bibliography has none.
        reading: what it says, in short.
        sources: the works, interviews and messages that it rests on.
    """

    place: Label | None
    page: int | None
    reading: str
    sources: tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A place where the report contradicts itself.

    Attributes:
        iri: its name, which stays while the rule and the things in question keep theirs.
        title: what it is about.
        kind: arithmetic, date, attribution, wording or scope; "" where the rule does not say.
        rules: the shapes of the audit that find it.
        nodes: what they find it at.
        chapter: the number and title of the chapter of the first place, or None.
        sides: the two places.
        words: what does not agree, in words.
    """

    iri: str
    title: str
    kind: str
    rules: tuple[Label, ...]
    nodes: tuple[Label, ...]
    chapter: tuple[int, str] | None
    sides: tuple[Side, ...]
    words: str

    @property
    def pages(self) -> tuple[int, ...]:
        """The printed pages concerned, in order."""
        return tuple(sorted({side.page for side in self.sides if side.page is not None}))


def contradictions(store: Store, /) -> list[Contradiction]:
    """The contradictions that a graph tells of, by chapter and page.

    Raises:
        UnknownResource: the graph has not been audited, as the bundled one has.
    """
    if not store.engine.contains_named_graph(CONTRADICTIONS):
        raise UnknownResource("this graph has not been audited", mend="The bundled graph and a corpus are.")
    named = (t.subject for t in store.triples(None, RDF["type"], TIES["Contradiction"], graph=CONTRADICTIONS))
    found = [_read(store, node) for node in named if isinstance(node, ox.NamedNode)]
    return sorted(found, key=lambda one: (one.chapter or (0, ""), one.sides[0].page or 0 if one.sides else 0, one.iri))


def chosen(
    found: Iterable[Contradiction], /, *, kinds: Collection[str] = (), chapters: Collection[int] = ()
) -> list[Contradiction]:
    """Those of some kinds and chapters; nothing named is no choice.

    Raises:
        MisuseError: none of them is of a kind, or in a chapter, that is named.
    """
    every = list(found)
    known, numbers = {one.kind for one in every}, {one.chapter[0] for one in every if one.chapter}
    for kind in sorted(set(kinds) - known):
        raise MisuseError(f"no contradiction is of the kind {kind}", mend=f"Known: {', '.join(sorted(known))}.")
    for number in sorted(set(chapters) - numbers):
        mend = f"There are some in {', '.join(map(str, sorted(numbers)))}."
        raise MisuseError(f"chapter {number} has no contradiction", mend=mend)
    return [
        one
        for one in every
        if (not kinds or one.kind in kinds) and (not chapters or (one.chapter and one.chapter[0] in chapters))
    ]


def by_chapter(found: Iterable[Contradiction], /) -> dict[str, list[Contradiction]]:
    """The heading of a chapter → its contradictions, in their order."""
    groups: dict[str, list[Contradiction]] = {}
    for one in found:
        groups.setdefault(one.chapter[1] if one.chapter else "In no chapter", []).append(one)
    return groups


def sources(store: Store, place: Term | None, nodes: Iterable[Term], /) -> list[ox.NamedNode]:
    """The works, interviews and messages on which a place rests where it speaks of `nodes`, by IRI.

    A footnote rests on what it cites, a page on what the footnotes of the nodes cite that it gives as evidence, and
    the bibliography's entry on the work.
    """
    if place is None or not isinstance(place, ox.NamedNode):
        return []
    if any(store.triples(None, TIES["cites"], place)):
        return [place]
    page = _number(store, place)
    notes = {place}
    if page is not None and any(store.triples(place, RDF["type"], TIES["Page"])):
        notes = {
            triple.object
            for node in nodes
            for triple in store.triples(node_of(node), TIES["evidence"], graph=page_graph(page))
            if isinstance(triple.object, ox.NamedNode)
        }
    cited = {
        work.object
        for note in notes
        for citation in store.triples(note, TIES["citation"])
        for work in store.triples(node_of(citation.object), TIES["cites"])
    }
    return sorted((work for work in cited if isinstance(work, ox.NamedNode)), key=lambda work: work.value)


def node_of(term: Term) -> Subject:
    """A term that may have statements about it.

    Raises:
        TypeError: it is a literal.
    """
    if isinstance(term, ox.Literal):
        raise TypeError(f"{term} is a literal")
    return term


def _read(store: Store, node: ox.NamedNode) -> Contradiction:
    def values(prop: ox.NamedNode) -> list[Term]:
        return sorted((t.object for t in store.triples(node, prop, graph=CONTRADICTIONS)), key=str)

    def labels(prop: ox.NamedNode) -> tuple[Label, ...]:
        return tuple(sorted(_label(store, one) for one in values(prop) if isinstance(one, ox.NamedNode)))

    focus = [*values(SH["focusNode"]), *(one for one in values(SH["value"]) if isinstance(one, ox.NamedNode))]
    about = [t.object for one in focus for t in store.triples(node_of(one), TIES["about"])]
    sides = [
        _side(store, next(iter(values(TIES[f"{order}Locus"])), None), reading, [*focus, *about])
        for order in ("first", "second")
        for reading in values(TIES[f"{order}Reading"])
    ]
    return Contradiction(
        iri=node.value,
        title=_label(store, node).text,
        kind=next((one.iri.rpartition("/")[2] for one in labels(TIES["discrepancyKind"])), ""),
        rules=labels(SH["sourceShape"]),
        nodes=labels(SH["focusNode"]),
        chapter=next(_chapters(store, values(TIES["inChapter"])), None),
        sides=tuple(sides),
        words=" ".join(one.value for one in values(SH["resultMessage"]) if isinstance(one, ox.Literal)),
    )


def _side(store: Store, place: Term | None, reading: Term, nodes: Iterable[Term]) -> Side:
    named = place if isinstance(place, ox.NamedNode) else None
    return Side(
        place=_label(store, named) if named else None,
        page=_number(store, named) if named else None,
        reading=reading.value if isinstance(reading, ox.Literal) else str(reading),
        sources=tuple(_label(store, one) for one in sources(store, named, nodes)),
    )


def _chapters(store: Store, nodes: Iterable[Term]) -> Iterator[tuple[int, str]]:
    for chapter in nodes:
        for triple in store.triples(node_of(chapter), TIES["number"]):
            if isinstance(triple.object, ox.Literal):
                yield int(triple.object.value), _label(store, chapter).text


def _number(store: Store, place: ox.NamedNode) -> int | None:
    """The number of a page, or of the page on which a footnote is printed."""
    if any(store.triples(place, RDF["type"], TIES["Page"])):
        sheets: list[Term] = [place]
    else:
        sheets = [triple.object for triple in store.triples(place, TIES["onPage"])]
    numbers = (t.object for sheet in sheets for t in store.triples(node_of(sheet), TIES["number"]))
    return next((int(one.value) for one in numbers if isinstance(one, ox.Literal)), None)


def _label(store: Store, node: Term) -> Label:
    iri = node.value if isinstance(node, ox.NamedNode) else str(node)
    for prop in (RDFS["label"], SKOS["prefLabel"]):
        texts = [t.object.value for t in store.triples(node_of(node), prop) if isinstance(t.object, ox.Literal)]
        if texts:
            return Label(text=min(texts), iri=iri)
    return Label(text=iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :], iri=iri)
