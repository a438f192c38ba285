"""What is said of a resource, statement by statement, with the pages that say it and the footnotes that carry it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.names import PAGE, TIES, XSD, graph_iri, graph_name, page_number
from tiesgraph.resource.schema import Schema, Section
from tiesgraph.store import Store, Term

__all__ = ["Citation", "Fact", "Mention", "Note", "Value", "citations", "facts", "mentions", "note_of", "value_of"]

INFERRED, DERIVED = graph_iri("inferred"), graph_iri("derived")
EVIDENCE, CITATION, CITES = TIES["evidence"], TIES["citation"], TIES["cites"]

_DATES = frozenset(XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth"))
_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))

_ORIGINS = {
    "entities": "register",
    "sources": "bibliography",
    "report": "contents",
    "concepts": "scheme",
    "alignments": "alignment",
    "ontology": "ontology",
    "derived": "calculated",
    "inferred": "inferred",
}
"""What a reader calls the place of a statement that no page makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One end of a statement, as a reader sees it.

    Attributes:
        text: what it says.
        iri: the resource, or None for a text, number or date.
        kind: "iri", "date", "number", "text", or "web" for an address.
        language: of a text that is not in English.
        term: the same in the notation of N-Triples.
    """

    text: str
    term: str
    iri: str | None = None
    kind: str = "text"
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a footnote cites: the work or interview, and the words about the place in it."""

    source: Value
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A footnote, with what it cites, and the page on which it is printed where that is told."""

    value: Value
    number: str
    citations: tuple[Citation, ...]
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A page that makes a statement, with the footnotes that carry it there; or another place (page None)."""

    page: int | None
    origin: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one property says of a resource in one place: values that the same pages state.

    Attributes:
        section: where it belongs.
        word: what the property is called.
        prop: its IRI.
        values: the values.
        mentions: where it is stated.
        inferred: whether no file states it: it follows.
        implied: whether the page says as much elsewhere: by a more particular property, from the other side, by
            the dates themselves, or by the footnotes.
    """

    section: Section
    word: str
    prop: str
    values: tuple[Value, ...]
    mentions: tuple[Mention, ...]
    inferred: bool
    implied: bool


def value_of(term: Term, schema: Schema, /) -> Value:
    """A term as a reader sees it."""
    match term:
        case ox.NamedNode():
            return Value(text=schema.label(term), term=str(term), iri=term.value, kind="iri")
        case ox.Literal():
            language = term.language if term.language and not term.language.startswith("en") else None
            return Value(text=term.value, term=str(term), kind=_kind(term), language=language)
        case ox.BlankNode():
            # A list is what the ontology has most of without a name: the steps of a property chain.
            steps = " then ".join(schema.word(step) for step in schema.sequence(term))
            return Value(text=steps or "(something without a name)", term=str(term))
    return Value(text=str(term), term=str(term))


def _kind(term: ox.Literal) -> str:
    datatype = term.datatype.value
    if datatype in _DATES:
        return "date"
    if datatype in _NUMBERS:
        return "number"
    # Only an address that leads somewhere harmless becomes a link.
    return "web" if term.value.startswith(("https://", "http://")) and " " not in term.value else "text"


def _notes(store: Store, schema: Schema, node: ox.NamedNode, graph: ox.NamedNode) -> tuple[Note, ...]:
    """The footnotes that carry what `graph` says of `node`, in their order."""
    notes = [t.object for t in store.triples(node, EVIDENCE, graph=graph) if isinstance(t.object, ox.NamedNode)]
    return tuple(note_of(store, schema, note) for note in sorted(notes, key=_number))


def note_of(store: Store, schema: Schema, note: ox.NamedNode, /) -> Note:
    """A footnote with its number, or its name where it has none."""
    told = [t.object.value for t in store.triples(note, TIES["number"]) if isinstance(t.object, ox.Literal)]
    number = told[0] if told else note.value.rpartition("/")[2]
    return Note(
        value=value_of(note, schema),
        number=number,
        citations=citations(store, schema, note),
        page=_printed_on(store, note),
    )


def _printed_on(store: Store, note: ox.NamedNode) -> int | None:
    told = [t.object.value for t in store.triples(note, TIES["onPage"]) if isinstance(t.object, ox.NamedNode)]
    pages = [int(iri.removeprefix(PAGE)) for iri in told if iri.removeprefix(PAGE).isdecimal()]
    return min(pages, default=None)


def citations(store: Store, schema: Schema, note: ox.NamedNode, /) -> tuple[Citation, ...]:
    """What a footnote cites, in its order."""
    cited = sorted((t.object for t in store.triples(note, CITATION) if isinstance(t.object, ox.NamedNode)), key=_number)
    return tuple(one for citation in cited for one in _cited(store, schema, citation))


def _cited(store: Store, schema: Schema, citation: ox.NamedNode) -> Iterable[Citation]:
    words = (
        triple.object.value
        for prop in (TIES["pinpoint"], TIES["qualifier"])
        for triple in store.triples(citation, prop)
        if isinstance(triple.object, ox.Literal)
    )
    told = "; ".join(words)
    for triple in store.triples(citation, CITES):
        if isinstance(triple.object, ox.NamedNode):
            short = [
                t.object.value
                for t in store.triples(triple.object, TIES["citedAs"])
                if isinstance(t.object, ox.Literal)
            ]
            label = short[0] if short else schema.label(triple.object)
            source = Value(text=label, term=str(triple.object), iri=triple.object.value, kind="iri")
            yield Citation(source=source, words=told)


def _number(node: ox.NamedNode) -> tuple[str, list[int], str]:
    """Footnote 3-9 before 3-10."""
    family, _, name = node.value.rpartition("/")
    parts = name.split("-")
    return family, [int(part) for part in parts if part.isdigit()], name


def mentions(
    store: Store, schema: Schema, node: ox.NamedNode, graphs: Iterable[ox.NamedNode], /
) -> tuple[Mention, ...]:
    """Where a statement about `node` that `graphs` hold is made: pages first, in their order."""
    found = []
    for graph in graphs:
        page = page_number(graph)
        if page is not None:
            found.append(Mention(page=page, origin=f"p. {page}", notes=_notes(store, schema, node, graph)))
        else:
            name = graph_name(graph)
            found.append(Mention(page=None, origin=_ORIGINS.get(name, name)))
    return tuple(sorted(found, key=lambda one: (one.page is None, one.page or 0, one.origin)))


def facts(
    store: Store,
    schema: Schema,
    node: ox.NamedNode,
    /,
    *,
    graph: ox.NamedNode | None = None,
    hidden: Sequence[ox.NamedNode] = (),
) -> list[Fact]:
    """What is said of `node`, by section and property.

    Args:
        store: the graph.
        schema: of the same store.
        node: the resource.
        graph: the one named graph to look in; all otherwise.
        hidden: properties to leave out.
    """
    stated: dict[tuple[ox.NamedNode, Term], set[ox.NamedNode]] = {}
    for quad in store.engine.quads_for_pattern(node, None, None, graph):
        if quad.predicate not in hidden:
            graphs = stated.setdefault((quad.predicate, quad.object), set())
            if isinstance(quad.graph_name, ox.NamedNode):
                graphs.add(quad.graph_name)
    spoken = {(above, value) for prop, value in stated for above in schema.above(prop)}
    together: dict[tuple[ox.NamedNode, Section, frozenset[ox.NamedNode], bool], list[Term]] = {}
    for (prop, value), graphs in stated.items():
        implied = (prop.value, value) in spoken or _is_said_there(store, schema, node, prop, value)
        key = (prop, schema.section(prop, value), frozenset(graphs), implied)
        together.setdefault(key, []).append(value)
    told = []
    for (prop, section, places, implied), terms in together.items():
        inferred = bool(places) and places <= {INFERRED, DERIVED}
        fact = Fact(
            section=section,
            word=schema.word(prop),
            prop=prop.value,
            values=tuple(sorted((value_of(term, schema) for term in terms), key=_order)),
            mentions=mentions(store, schema, node, places),
            inferred=inferred,
            implied=inferred and (implied or places == {DERIVED} or prop == TIES["restsOn"]),
        )
        told.append(fact)
    return sorted(told, key=_place)


def _is_said_there(store: Store, schema: Schema, node: ox.NamedNode, prop: ox.NamedNode, value: Term) -> bool:
    """Whether the value's own statements say it, the other way round."""
    if not isinstance(value, ox.NamedNode):
        return False
    others = (ox.NamedNode(other) for other in schema.inverse(prop))
    return any(next(store.triples(value, other, node), None) is not None for other in others)


def _place(fact: Fact) -> tuple[int, bool, int, str, str]:
    """Where a fact comes: by section, the stated before the inferred, the telling properties first."""
    rank = _FIRST.index(fact.prop) if fact.prop in _FIRST else len(_FIRST)
    return list(Section).index(fact.section), fact.inferred, rank, fact.word, fact.values[0].text


def _order(value: Value) -> tuple[str, float, str]:
    """Dates and numbers by size, all else by what it is called."""
    if value.kind == "number":
        try:
            return value.kind, float(value.text), value.text
        except ValueError:
            pass
    return value.kind, 0, value.text


_FIRST = tuple(
    [TIES + name for name in ("party", "between", "side", "holder", "towards", "visitor", "visitorOffice", "host")]
    + [TIES + name for name in ("held", "began", "ended", "signed", "enteredIntoForce", "published", "said")]
    + [TIES + name for name in ("value", "unit", "quantifier", "about", "topic", "purpose", "status", "level")]
)
