"""The whole of what a page about one resource shows, put together: heading, trail, sections, and what links here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import pyoxigraph as ox

from tiesgraph.names import (
    BASE,
    DCTERMS,
    ONTOLOGY,
    PROV,
    RDF,
    RDFS,
    SHAPES,
    SKOS,
    TIES,
    page_graph,
    page_number,
)
from tiesgraph.outline import Outline
from tiesgraph.resource.facts import Fact, Note, Value, facts, note_of, value_of
from tiesgraph.resource.incoming import Incoming, incoming, inside
from tiesgraph.resource.schema import Schema, Section
from tiesgraph.store import Store

__all__ = ["Part", "Portrait", "Topic", "portrait"]

_REPORT = BASE + "report"
_HEADED = (RDF["type"], RDFS["label"], SKOS["prefLabel"])
_APART = (TIES + "gist", SKOS + "definition", DCTERMS + "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section of a page: its heading and, by property, its facts."""

    heading: str
    rows: tuple[tuple[str, str, tuple[Fact, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One thing that a page of the report tells of.

    Attributes:
        value: the thing.
        kind: what it is.
        text: what the page says of it in a sentence, or "".
        rows: by property, what else the page says.
        notes: the footnotes that carry it.
    """

    value: Value
    kind: str
    text: str
    rows: tuple[tuple[str, str, tuple[Fact, ...]], ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """What a page about a resource shows.

    Attributes:
        iri: of the resource.
        title: what it is called.
        kinds: its classes.
        leads: its gist or definition.
        trail: what it is in, from the outermost.
        around: what comes before and after it in the report.
        parts: its statements by meaning.
        follows: statements that only repeat these in other words.
        topics: what a page of the report tells, in reading order.
        notes: the footnotes printed there; of a footnote, itself.
        incoming: what links here, or what is in a graph, scheme or vocabulary.
        contains: whether it is the latter.
        whole: the kind that `incoming` was limited to, or None.
    """

    iri: str
    title: str
    kinds: tuple[Value, ...]
    leads: tuple[Fact, ...]
    trail: tuple[Value, ...]
    around: tuple[Value | None, Value | None]
    parts: tuple[Part, ...]
    follows: tuple[Fact, ...]
    topics: tuple[Topic, ...]
    notes: tuple[Note, ...]
    incoming: tuple[Incoming, ...]
    contains: bool
    whole: str | None


def portrait(
    store: Store, schema: Schema, node: ox.NamedNode, /, *, outline: Outline, whole: str | None = None
) -> Portrait:
    """The page about `node`.

    Args:
        store: the graph.
        schema: of the same store.
        node: a resource that the store knows.
        outline: the reading order of the pages, empty where it is not known.
        whole: the kind of things of which all that link here are shown, and nothing else of what does.
    """
    told = facts(store, schema, node, hidden=_HEADED)
    graph = _graph_of(store, node)
    title = schema.label(node)
    shown = [fact for fact in told if not fact.implied and fact.prop not in _APART and fact.values[0].text != title]
    notes = _printed(store, schema, graph) if graph else []
    if told and next(store.triples(node, TIES["citation"]), None) is not None:
        notes = [note_of(store, schema, node)]
        shown = [fact for fact in shown if fact.prop != TIES + "citation"]
    return Portrait(
        iri=node.value,
        title=title,
        kinds=tuple(replace(value_of(kind, schema), text=schema.word(kind)) for kind in schema.kinds(node)),
        leads=tuple(fact for fact in told if fact.prop in _APART),
        trail=tuple(value_of(above, schema) for above in _trail(store, node)),
        around=_around(store, schema, node),
        parts=tuple(_parts(shown)),
        follows=tuple(fact for fact in told if fact.implied),
        topics=tuple(_topics(store, schema, graph, outline)) if graph else (),
        notes=tuple(notes),
        incoming=tuple(_linked(store, schema, node, outline, whole)),
        contains=_contains(store, node, outline),
        whole=whole,
    )


def _rows(told: Iterable[Fact]) -> tuple[tuple[str, str, tuple[Fact, ...]], ...]:
    """Facts by property, in their order."""
    return tuple(
        (word, prop, tuple(found)) for (word, prop), found in groupby(told, lambda fact: (fact.word, fact.prop))
    )


def _parts(told: Sequence[Fact]) -> Iterator[Part]:
    for section in Section:
        rows = _rows(fact for fact in told if fact.section is section)
        if rows:
            yield Part(heading=section.value, rows=rows)


def _graph_of(store: Store, node: ox.NamedNode) -> ox.NamedNode | None:
    """The named graph of a page of the report, for the page and for the graph; None for all else."""
    if page_number(node) is not None and store.engine.contains_named_graph(node):
        return node
    number = node.value.removeprefix(f"{_REPORT}/page/")
    if not number.isascii() or not number.isdigit():
        return None
    graph = page_graph(int(number))
    return graph if store.engine.contains_named_graph(graph) else None


def _topics(store: Store, schema: Schema, graph: ox.NamedNode, outline: Outline) -> Iterator[Topic]:
    """What a page graph tells of each thing, footnotes apart, in the order of the page where that is known."""
    order = {iri: place for place, iri in enumerate(outline.subjects.get(graph.value, ()))}
    subjects = {t.subject for t in store.triples(graph=graph) if isinstance(t.subject, ox.NamedNode)}
    told = (one for one in subjects if not one.value.startswith((f"{_REPORT}/note/", f"{_REPORT}/citation/")))
    for subject in sorted(told, key=lambda one: (order.get(one.value, len(order)), schema.label(one), one.value)):
        said = facts(store, schema, subject, graph=graph, hidden=(*_HEADED, TIES["evidence"]))
        kinds = schema.kinds(subject)
        text = next((fact.values[0].text for fact in said if fact.prop == TIES + "gist"), "")
        yield Topic(
            value=value_of(subject, schema),
            kind=schema.word(kinds[0]) if kinds else "",
            text=text,
            rows=_rows(fact for fact in said if fact.prop != TIES + "gist"),
            notes=said[0].mentions[0].notes if said and said[0].mentions else (),
        )


def _printed(store: Store, schema: Schema, graph: ox.NamedNode) -> list[Note]:
    """The footnotes printed on a page."""
    pages = [t.object for t in store.triples(graph, PROV["wasDerivedFrom"]) if isinstance(t.object, ox.NamedNode)]
    found = (t.subject for page in pages for t in store.triples(None, TIES["onPage"], page))
    notes = [note_of(store, schema, one) for one in found if isinstance(one, ox.NamedNode)]
    return sorted(notes, key=lambda note: (len(note.number), note.number))


def _trail(store: Store, node: ox.NamedNode) -> list[ox.NamedNode]:
    """What `node` is in, from the outermost: report, chapter, page, footnote; or the scheme of a concept."""
    found: list[ox.NamedNode] = []
    while (above := _above(store, found[0] if found else node)) is not None and above not in found:
        found.insert(0, above)
    return found


def _above(store: Store, node: ox.NamedNode) -> ox.NamedNode | None:
    if node.value.startswith(f"{_REPORT}/citation/"):
        citing = (t.subject for t in store.triples(None, TIES["citation"], node))
        return next((one for one in citing if isinstance(one, ox.NamedNode)), None)
    ways = [TIES["onPage"], PROV["wasDerivedFrom"], TIES["inChapter"], SKOS["inScheme"]]
    if node.value.startswith(f"{_REPORT}/"):
        ways.append(DCTERMS["isPartOf"])
    told = (t.object for way in ways for t in store.triples(node, way))
    return next((one for one in told if isinstance(one, ox.NamedNode) and one.value.startswith(BASE)), None)


def _around(store: Store, schema: Schema, node: ox.NamedNode) -> tuple[Value | None, Value | None]:
    """The page, chapter or footnote before and after."""
    stem = node.value.rstrip("0123456789")
    number = node.value[len(stem) :]
    if not number or not node.value.startswith(f"{_REPORT}/"):
        return None, None

    def beside(place: int) -> Value | None:
        other = ox.NamedNode(f"{stem}{place}")
        known = next(store.triples(other), None) is not None
        return value_of(other, schema) if known else None

    return beside(int(number) - 1), beside(int(number) + 1)


def _contains(store: Store, node: ox.NamedNode, outline: Outline) -> bool:
    """Whether `node` is a vocabulary, a scheme, a named graph or the report, which is known by what is in it."""
    return (
        node.value in (ONTOLOGY, SHAPES, _REPORT)
        or node.value in outline.together
        or node.value.startswith((f"{_REPORT}/chapter/", f"{_REPORT}/section/"))
        or next(store.triples(None, SKOS["inScheme"], node), None) is not None
        or (store.engine.contains_named_graph(node) and page_number(node) is None)
    )


def _linked(store: Store, schema: Schema, node: ox.NamedNode, outline: Outline, whole: str | None) -> list[Incoming]:
    """What links to `node`; of a vocabulary its terms, of a named graph what it speaks of."""
    if node.value in (ONTOLOGY, SHAPES):
        terms = {q.subject for q in store.engine.quads_for_pattern(None, RDF["type"], None, None)}
        ours = (one for one in terms if isinstance(one, ox.NamedNode) and one.value.startswith(f"{node.value}#"))
        return inside(store, schema, ours, few=len(terms), whole=whole)
    if store.engine.contains_named_graph(node) and page_number(node) is None:
        subjects = {t.subject for t in store.triples(graph=node) if isinstance(t.subject, ox.NamedNode)}
        return inside(store, schema, subjects, whole=whole)
    is_scheme = next(store.triples(None, SKOS["inScheme"], node), None) is not None
    if node.value in outline.together and not is_scheme:
        subjects = {ox.NamedNode(iri) for iri in outline.together[node.value] if iri != node.value}
        return inside(store, schema, subjects, few=len(subjects), whole=whole)
    few = 40 if node.value.startswith(_REPORT) else 1_000 if is_scheme else 8
    hidden = {SKOS + "topConceptOf", SKOS + "hasTopConcept"}
    found = incoming(store, schema, node, few=few, whole=whole, hidden=hidden)
    # A chapter has few sections, more pages and many footnotes, and a reader wants them in that order, before all else.
    return sorted(found, key=lambda group: (not _is_printed(group), group.total)) if few == 40 else found


def _is_printed(group: Incoming) -> bool:
    """Whether a group consists of parts of the report."""
    return str(group.shown[0].value.iri).startswith(f"{_REPORT}/")
