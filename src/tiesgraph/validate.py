"""Shapes over the graph: is our graph right (check), and does the report agree with itself (audit)?

pyshacl judges everything that SHACL calls core. Constraints and targets in SPARQL run on the engine
(`constraints`): pyshacl needs seconds for what takes the engine milliseconds. A test holds them equal.

The check runs over what the files assert, before anything is derived: inferred types and parts would
make closed shapes and counts mean something else. The audit sees the date bounds as well, and may ask
`GRAPH graph:inferred { … }` for what follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox

from tiesgraph import constraints
from tiesgraph.constraints import Result, focus_nodes, shapes_with_targets
from tiesgraph.errors import ShapesError
from tiesgraph.names import SH, graph_iri, graph_name, page_number, prefixes, shorten
from tiesgraph.store import Store, Subject, Term, engine_term, rdflib_term, to_rdflib

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

__all__ = ["Finding", "Severity", "audit", "check", "idle_shapes", "validate"]

Severity = Literal["violation", "warning", "info"]

SEVERITIES: Mapping[str, Severity] = {SH + "Violation": "violation", SH + "Warning": "warning", SH + "Info": "info"}

SHAPES, AUDIT, INFERRED = graph_iri("shapes"), graph_iri("audit"), graph_iri("inferred")
DESCRIPTION = frozenset({graph_iri("dataset"), graph_iri("examples"), graph_iri("partitions")})
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
    """

    shape: str
    severity: Severity
    focus: str
    path: str | None
    value: str | None
    message: str
    graphs: tuple[ox.NamedNode, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """The short names of `graphs`: `p025`."""
        return tuple(graph_name(graph) for graph in self.graphs)


def check(store: Store, /) -> list[Finding]:
    """What the shapes (all but the audit's) say of the asserted graphs of `store`; empty where all is well.

    A constraint in SPARQL may ask for a statement's page: `GRAPH ?g { … } ?g ties:page ?page`.

    Raises:
        ShapesError: a shape cannot be run.
    """
    data = store.subset(graph for graph in store.graphs() if graph not in NOT_CHECKED)
    return validate(data, shapes=store.subset([SHAPES]))


def audit(store: Store, /) -> list[Finding]:
    """Where the report contradicts itself, by the audit's shapes over the finished graph.

    Raises:
        ShapesError: a shape cannot be run.
    """
    hidden = {SHAPES, AUDIT, INFERRED, *DESCRIPTION}
    data = store.subset(graph for graph in store.graphs() if graph not in hidden)
    # What is inferred may be asked for by name, but does not add to what is counted.
    data.engine.extend(
        ox.Quad(triple.subject, triple.predicate, triple.object, INFERRED) for triple in store.triples(graph=INFERRED)
    )
    return validate(data, shapes=store.subset([AUDIT]))


def validate(data: Store, /, *, shapes: Store) -> list[Finding]:
    """What `shapes` (default graph) say of `data` (default graph), in the order of shapes and nodes.

    Raises:
        ShapesError: a shape cannot be run.
    """
    table = prefixes()
    found = {*_core(data, shapes, table), *constraints.results(shapes=shapes, data=data, prefixes=table)}
    findings = {_finding(result, data) for result in found}
    return sorted(findings, key=lambda f: (f.severity, f.shape, f.focus, f.path or "", f.value or "", f.message))


def idle_shapes(data: Store, /, *, shapes: Store) -> list[str]:
    """IRIs of the shapes that have targets and meet no node of `data`: misspelt, or about nothing."""
    table = prefixes()
    return [
        _plain(shape)
        for shape in shapes_with_targets(shapes)
        if not focus_nodes(shape, shapes=shapes, data=data, prefixes=table)
    ]


def _core(data: Store, shapes: Store, table: Mapping[str, str]) -> Iterator[Result]:
    """pyshacl's results for all constraints but those in SPARQL."""
    import pyshacl
    import rdflib
    from pyshacl.errors import ReportableRuntimeError

    _refuse_mixed_comparisons(data, shapes)
    graph = to_rdflib(shapes)
    sh = rdflib.Namespace(SH)
    for triple in [*graph.triples((None, sh.sparql, None)), *graph.triples((None, sh.target, None))]:
        graph.remove(triple)
    for target in shapes.triples(None, SH["target"]):
        for node in focus_nodes(target.subject, shapes=shapes, data=data, prefixes=table):
            graph.add((rdflib_term(target.subject), sh.targetNode, rdflib_term(node)))
    try:
        _, report, _ = pyshacl.validate(to_rdflib(data), shacl_graph=graph, inplace=True, do_owl_imports=False)
    except ReportableRuntimeError as error:
        raise ShapesError(f"the shapes cannot be run: {error}") from error
    if not isinstance(report, rdflib.Graph):
        raise ShapesError(f"the shapes cannot be run: {report}")
    yield from _results(report, shapes)


def _refuse_mixed_comparisons(data: Store, shapes: Store) -> None:
    """Stop where sh:lessThan meets values of two datatypes: pyshacl then fails or, for a year and a month, errs."""
    for relation in (SH["lessThan"], SH["lessThanOrEquals"]):
        for use in shapes.triples(None, relation):
            for path in shapes.triples(use.subject, SH["path"]):
                if not isinstance(path.object, ox.NamedNode):
                    continue
                rows = data.select(
                    f"SELECT ?node {{ ?node {path.object} ?a ; {use.object} ?b FILTER (DATATYPE(?a) != DATATYPE(?b)) }}"
                )
                for row in rows:
                    raise ShapesError(
                        f"it compares values of different datatypes, those of {row['node']}",
                        place=str(use.subject),
                        mend="Dates of different precision have no order: compare in a SPARQL constraint.",
                    )


def _results(report: rdflib.Graph, shapes: Store) -> Iterator[Result]:
    """The results of pyshacl's report, read as SHACL section 3.6.2 has them."""
    import rdflib

    sh = rdflib.Namespace(SH)
    # A result in detail (sh:detail) belongs to another one and is no finding of its own.
    for node in report.objects(None, sh.result):
        path = _term(report, node, sh.resultPath)
        focus = _term(report, node, sh.focusNode)
        shape = _term(report, node, sh.sourceShape)
        severity = _term(report, node, sh.resultSeverity)
        if focus is None or shape is None or isinstance(shape, ox.Literal) or not isinstance(severity, ox.NamedNode):
            raise ShapesError("pyshacl's report lacks the node, the shape or the severity of a result")
        yield Result(
            shape=_name_of(shape, shapes),
            focus=focus,
            path=path if isinstance(path, ox.NamedNode) else None,
            value=_term(report, node, sh.value),
            message=_closed(path, shape, shapes)
            if report.value(node, sh.sourceConstraintComponent) == sh.ClosedConstraintComponent
            else " ".join(sorted(str(text) for text in report.objects(node, sh.resultMessage))),
            severity=severity,
        )


def _closed(path: Term | None, shape: Subject, shapes: Store) -> str:
    """What a closed shape says of a property too many: its own words, or in their want ours."""
    for told in shapes.triples(shape, SH["message"]):
        if isinstance(told.object, ox.Literal):
            return told.object.value
    table = prefixes()
    name = shorten(path.value, table) if isinstance(path, ox.NamedNode) else "This property"
    kinds = {t.object.value for t in shapes.triples(shape, SH["targetClass"]) if isinstance(t.object, ox.NamedNode)}
    what = " or ".join(shorten(kind, table) for kind in sorted(kinds)) or "such a node"
    return f"{name} is no property of {what}: take it away, or allow it in the shape."


def _term(report: rdflib.Graph, node: Node, prop: rdflib.URIRef) -> Term | None:
    value = report.value(node, prop)
    return None if value is None else engine_term(value)


def _name_of(shape: Subject, shapes: Store) -> Subject:
    """The shape itself where it is named, else the nearest named one that it is a part of."""
    while isinstance(shape, ox.BlankNode):
        whole = next(shapes.triples(None, None, shape), None)
        if whole is None:
            return shape
        shape = whole.subject
    return shape


def _finding(result: Result, data: Store) -> Finding:
    severity = SEVERITIES.get(result.severity.value)
    if severity is None:
        raise ShapesError(f"{result.severity} is no severity of SHACL's", place=str(result.shape))
    return Finding(
        shape=_plain(result.shape),
        severity=severity,
        focus=_plain(result.focus),
        path=result.path.value if result.path else None,
        value=_plain(result.value) if result.value is not None else None,
        message=result.message,
        graphs=_homes(result, data),
    )


def _plain(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _homes(result: Result, data: Store) -> tuple[ox.NamedNode, ...]:
    """The graphs where a curator would mend it: those of the triple concerned, else those of the node."""
    node, path, value = result.focus, result.path, result.value
    if isinstance(node, ox.Literal):
        return tuple(data.graphs_stating(None, path, node))
    if path is not None:
        graphs = data.graphs_stating(node, path, value) or data.graphs_stating(node, path)
        if graphs:
            return tuple(graphs)
    graphs = data.graphs_stating(node) or data.graphs_stating(None, None, node)
    pages = [graph for graph in graphs if page_number(graph) is not None]
    return tuple(pages or graphs)
