"""Shapes over the graph: is our graph right (check), and does the report agree with itself (audit)?

The check runs over what the files assert, before anything is derived: inferred types and parts would
make closed shapes and counts mean something else. The audit sees the date bounds as well, and may ask
`GRAPH graph:inferred { … }` for what follows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from tiesgraph.names import SH, graph_iri, graph_name, page_number, prefixes
from tiesgraph.shacl import Facts, Result, Watch, focus_nodes, read_shapes, run
from tiesgraph.store import Store, Subject, Term

__all__ = ["Finding", "Severity", "about", "audit", "check", "checked_graphs", "findings", "idle_shapes", "validate"]

Severity = Literal["violation", "warning", "info"]

SEVERITIES: Mapping[str, Severity] = {SH + "Violation": "violation", SH + "Warning": "warning", SH + "Info": "info"}

SHAPES, AUDIT, INFERRED = graph_iri("shapes"), graph_iri("audit"), graph_iri("inferred")
DESCRIPTION = frozenset(graph_iri(name) for name in ("commentary", "dataset", "examples", "partitions"))
NOT_CHECKED = (DESCRIPTION - {graph_iri("dataset")}) | {SHAPES, AUDIT, INFERRED, graph_iri("derived")}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong, and where.

    Attributes:
        shape: IRI of the named shape that found it.
        severity: "violation": our graph is wrong; "warning": the report contradicts itself.
        focus: IRI of the node concerned.
        path: IRI of the property concerned, or None.
        value: the value concerned (an IRI, or a literal as in Turtle), or None.
        message: what is wrong and how to mend it, in a curator's words.
        graphs: the named graphs that state the offending triple, or else the node; page graphs first.
        result: the same in SHACL's own terms.
    """

    shape: str
    severity: Severity
    focus: str
    path: str | None
    value: str | None
    message: str
    graphs: tuple[ox.NamedNode, ...]
    result: Result

    @property
    def places(self) -> tuple[str, ...]:
        """The short names of `graphs`: `p025`."""
        return tuple(graph_name(graph) for graph in self.graphs)


def check(store: Store, /, *, also: Iterable[ox.Triple] = (), watch: Watch | None = None) -> list[Finding]:
    """What the shapes (all but the audit's) say of the asserted graphs of `store`; empty where all is well.

    A constraint in SPARQL may ask for a statement's page: `GRAPH ?g { … } ?g ties:page ?page`.

    Args:
        store: the graph, with its shapes.
        also: further shapes.
        watch: told of each shape's focus nodes before they are judged.

    Raises:
        ShapesError: a shape cannot be run.
    """
    return _judged(_asserted(store), Facts([*store.triples(graph=SHAPES), *also]), watch=watch)


def audit(store: Store, /) -> list[Finding]:
    """Where the report contradicts itself, by the audit's shapes over the finished graph.

    Raises:
        ShapesError: a shape cannot be run.
    """
    return _judged(_audited(store), Facts(store.triples(graph=AUDIT)))


def about(store: Store, node: ox.NamedNode, /) -> tuple[list[Finding], Facts]:
    """What the shapes and the audit say of one node of the finished graph, and all those shapes.

    Raises:
        ShapesError: a shape cannot be run.
    """
    shapes, rules = Facts(store.triples(graph=SHAPES)), Facts(store.triples(graph=AUDIT))
    found = [*_judged(_asserted(store), shapes, only={node}), *_judged(_audited(store), rules, only={node})]
    return found, Facts(triple for graph in (SHAPES, AUDIT) for triple in store.triples(graph=graph))


def checked_graphs(store: Store, /) -> list[ox.NamedNode]:
    """The named graphs of `store` that the check looks at."""
    return [graph for graph in store.graphs() if graph not in NOT_CHECKED]


def _asserted(store: Store) -> Store:
    return store.subset(checked_graphs(store))


def _audited(store: Store) -> Store:
    # What the audit found before is none of what it looks at.
    hidden = {SHAPES, AUDIT, INFERRED, graph_iri("contradictions"), *DESCRIPTION}
    data = store.subset(graph for graph in store.graphs() if graph not in hidden)
    # What is inferred may be asked for by name, but does not add to what is counted.
    data.engine.bulk_extend(store.engine.quads_for_pattern(None, None, None, INFERRED))
    return data


def validate(data: Store, /, *, shapes: Store) -> list[Finding]:
    """What `shapes` (default graph) say of `data` (default graph), in the order of shapes and nodes.

    Raises:
        ShapesError: a shape cannot be run.
    """
    return _judged(data, Facts(shapes.triples()))


def _judged(
    data: Store, shapes: Facts, *, watch: Watch | None = None, only: Collection[Term] | None = None
) -> list[Finding]:
    found = run(Facts(data.triples()), shapes=shapes, engine=data, prefixes=prefixes(), watch=watch, only=only)
    return findings(found, shapes=shapes, data=data)


def findings(results: Iterable[Result], /, *, shapes: Facts, data: Store) -> list[Finding]:
    """Validation results as findings, each once, with the named graphs of `data` where each would be mended."""
    found = {_finding(result, shapes, data) for result in results}
    return sorted(found, key=lambda f: (f.severity, f.shape, f.focus, f.path or "", f.value or "", f.message))


def idle_shapes(data: Store, /, *, shapes: Store) -> list[str]:
    """IRIs of the shapes that have targets and meet no node of `data`: misspelt, or about nothing."""
    rules, facts, table = read_shapes(Facts(shapes.triples())), Facts(data.triples()), prefixes()
    return [
        _plain(shape)
        for shape in rules.targeted()
        if not focus_nodes(shape, facts=facts, shapes=rules, engine=data, prefixes=table)
    ]


def _name_of(shape: Subject, shapes: Facts) -> Subject:
    """The shape itself where it is named, else the nearest named one that it is a part of."""
    seen: set[Term] = set()
    while isinstance(shape, ox.BlankNode) and shape not in seen:
        seen.add(shape)
        shape = shapes.wholes.get(shape, shape)
    return shape


def _finding(result: Result, shapes: Facts, data: Store) -> Finding:
    return Finding(
        shape=_plain(_name_of(result.shape, shapes)),
        # Whoever has severities of their own means something to be mended.
        severity=SEVERITIES.get(result.severity.value, "violation"),
        focus=_plain(result.focus),
        path=result.path.value if isinstance(result.path, ox.NamedNode) else None,
        value=_plain(result.value) if result.value is not None else None,
        message=" ".join(message.value for message in result.messages),
        graphs=_homes(result, data),
        result=result,
    )


def _plain(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _homes(result: Result, data: Store) -> tuple[ox.NamedNode, ...]:
    """The graphs where a curator would mend it: those of the triple concerned, else those of the node."""
    node, path, value = result.focus, result.path, result.value
    prop = path if isinstance(path, ox.NamedNode) else None
    if isinstance(node, ox.Literal):
        return tuple(data.graphs_stating(None, prop, node))
    if prop is not None:
        graphs = data.graphs_stating(node, prop, value) or data.graphs_stating(node, prop)
        if graphs:
            return tuple(graphs)
    graphs = data.graphs_stating(node) or data.graphs_stating(None, None, node)
    pages = [graph for graph in graphs if page_number(graph) is not None]
    return tuple(pages or graphs)
