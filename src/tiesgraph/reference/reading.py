"""Reading a vocabulary out of a store: names, texts and lists, in an order that is the same each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files

import pyoxigraph as ox

from tiesgraph.names import RDF, RDFS, SKOS, graph_iri, prefixes, shorten
from tiesgraph.store import Store, Subject, Term

__all__ = ["Name", "Reader"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """How a term or a scheme is called.

    Attributes:
        iri: of the term.
        text: its label, or what stands for one.
        short: its prefixed name, or its IRI in angle brackets.
        local: what its IRI ends in: unique in its vocabulary.
    """

    iri: str
    text: str
    short: str
    local: str


class Reader:
    """One vocabulary of one store: what its own named graph states, or the whole store where there is no such graph."""

    def __init__(self, store: Store, graph: str, /) -> None:
        home = graph_iri(graph)
        self._store = store
        self._graph = home if store.engine.contains_named_graph(home) else None
        self._names: dict[ox.NamedNode, Name] = {}

    def triples(
        self, subject: Subject | None = None, prop: ox.NamedNode | None = None, value: Term | None = None
    ) -> Iterator[ox.Triple]:
        """The triples of the vocabulary that fit."""
        return self._store.triples(subject, prop, value, graph=self._graph)

    def name(self, node: ox.NamedNode, /) -> Name:
        """How `node` is called."""
        if node not in self._names:
            self._names[node] = self._find_name(node)
        return self._names[node]

    def _find_name(self, node: ox.NamedNode) -> Name:
        local = node.value.rstrip("/#")
        local = local[max(local.rfind("#"), local.rfind("/")) + 1 :]
        short = shorten(node.value, prefixes())
        text = self.text(node, RDFS["label"], SKOS["prefLabel"]) or self._called_elsewhere(node)
        text = text or (local if short.startswith("<") else short)
        return Name(iri=node.value, text=text, short=short, local=local)

    def _called_elsewhere(self, node: ox.NamedNode) -> str:
        """The label of what another named graph describes: the ontology's properties lead to schemes."""
        found = (triple.object for triple in self._store.triples(node, RDFS["label"]))
        return min((text.value for text in found if isinstance(text, ox.Literal)), default="")

    def text(self, node: ox.NamedNode, /, *props: ox.NamedNode) -> str:
        """The first text that one of `props` gives `node`, English before others; "" where there is none."""
        for prop in props:
            found = self.texts(node, prop)
            if found:
                return found[0]
        return ""

    def texts(self, node: ox.NamedNode, prop: ox.NamedNode, /) -> tuple[str, ...]:
        """The texts that `prop` gives `node`, English before others."""
        found = [t.object for t in self.triples(node, prop) if isinstance(t.object, ox.Literal)]
        return tuple(text.value for text in sorted(found, key=lambda one: ((one.language or "") != "en", one.value)))

    def names(self, nodes: Iterable[Term], /) -> tuple[Name, ...]:
        """The names of those of `nodes` that have an IRI, each once, in the order of their labels."""
        found = {self.name(node) for node in nodes if isinstance(node, ox.NamedNode)}
        return tuple(sorted(found, key=lambda name: (name.text.lower(), name.iri)))

    def objects(self, node: ox.NamedNode, prop: ox.NamedNode, /) -> tuple[Name, ...]:
        """What `prop` leads to from `node`."""
        return self.names(triple.object for triple in self.triples(node, prop))

    def subjects(self, prop: ox.NamedNode, node: ox.NamedNode, /) -> tuple[Name, ...]:
        """What `prop` leads to `node` from."""
        return self.names(triple.subject for triple in self.triples(None, prop, node))

    def instances(self, kind: ox.NamedNode, /, *, under: str = "") -> list[ox.NamedNode]:
        """What is of the class `kind` and has a name that begins with `under`, by IRI."""
        found = (triple.subject for triple in self.triples(None, RDF["type"], kind))
        named = {node for node in found if isinstance(node, ox.NamedNode) and node.value.startswith(under)}
        return sorted(named, key=lambda node: node.value)

    def sequence(self, cell: Term, /) -> tuple[Name, ...]:
        """The names in an RDF list."""
        found: list[Name] = []
        while isinstance(cell, ox.BlankNode | ox.NamedNode) and cell != RDF["nil"]:
            first = next((t.object for t in self.triples(cell, RDF["first"])), None)
            if isinstance(first, ox.NamedNode):
                found.append(self.name(first))
            cell = next((t.object for t in self.triples(cell, RDF["rest"])), RDF["nil"])
        return tuple(found)

    def pairs(self, query: str, /) -> dict[str, set[ox.NamedNode]]:
        """The answer of one of this package's queries: IRI of its `?property` → what `?value` it has."""
        text = (files("tiesgraph.reference") / query).read_text(encoding="utf-8")
        found: dict[str, set[ox.NamedNode]] = {}
        for row in self._store.select(text, prefixes=prefixes()):
            prop, value = row["property"], row["value"]
            if isinstance(prop, ox.NamedNode) and isinstance(value, ox.NamedNode):
                found.setdefault(prop.value, set()).add(value)
        return found
