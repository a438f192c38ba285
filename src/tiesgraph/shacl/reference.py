"""pySHACL: it runs the shapes that use constraint components which their own graph defines.

It is the reference to which tests hold everything else here, and takes long over a large graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from tiesgraph.bridge import engine_term, quiet_about_literals, rdflib_term
from tiesgraph.errors import ShapesError
from tiesgraph.names import SH
from tiesgraph.shacl.facts import Facts
from tiesgraph.shacl.judge import Result
from tiesgraph.store import Subject, Term

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

__all__ = ["run"]

_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")


def run(data: Facts, shapes: Facts, /, *, focus: Mapping[Subject, Collection[Term]]) -> Iterator[Result]:
    """pySHACL's results.

    Args:
        data: the data graph.
        shapes: the shapes graph.
        focus: the shapes to run, each with its focus nodes.

    Raises:
        ShapesError: pySHACL cannot run them.
    """
    import pyshacl
    import rdflib
    from pyshacl.errors import ReportableRuntimeError

    graph = _graph(shapes)
    sh = rdflib.Namespace(SH)
    for name in _TARGETS:
        graph.remove((None, sh[name], None))
    for kind in (sh.NodeShape, sh.PropertyShape):
        # A shape that is a class would bring its instances along.
        graph.remove((None, rdflib.RDF.type, kind))
    for shape, nodes in focus.items():
        graph.add((rdflib_term(shape), rdflib.RDF.type, _kind(shapes, shape, sh)))
        for node in nodes:
            graph.add((rdflib_term(shape), sh.targetNode, rdflib_term(node)))
    try:
        _, report, _ = pyshacl.validate(_graph(data), shacl_graph=graph, inplace=True, do_owl_imports=False)
    except ReportableRuntimeError as error:
        raise ShapesError(f"the shapes cannot be run: {error}") from error
    if not isinstance(report, rdflib.Graph):
        raise ShapesError(f"the shapes cannot be run: {report}")
    yield from _results(report)


def _kind(shapes: Facts, shape: Subject, sh: rdflib.Namespace) -> rdflib.URIRef:
    return sh.PropertyShape if shape in shapes.values(SH["path"]) else sh.NodeShape


def _graph(facts: Facts) -> rdflib.Graph:
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    with quiet_about_literals():
        for node, prop, value in facts.triples():
            graph.add((rdflib_term(node), rdflib_term(prop), rdflib_term(value)))
    return graph


def _results(report: rdflib.Graph) -> Iterator[Result]:
    """The results of pySHACL's report, read as SHACL section 3.6.2 has them."""
    import rdflib

    sh = rdflib.Namespace(SH)

    def term(node: Node, prop: rdflib.URIRef) -> Term | None:
        value = report.value(node, prop)
        return None if value is None else engine_term(value)

    # A result in detail (sh:detail) belongs to another one and is no finding of its own.
    for node in report.objects(None, sh.result):
        focus, shape = term(node, sh.focusNode), term(node, sh.sourceShape)
        severity, component = term(node, sh.resultSeverity), term(node, sh.sourceConstraintComponent)
        if (
            focus is None
            or not isinstance(shape, ox.NamedNode | ox.BlankNode)
            or not isinstance(severity, ox.NamedNode)
            or not isinstance(component, ox.NamedNode)
        ):
            raise ShapesError("pySHACL's report lacks the node, the shape, the component or the severity of a result")
        messages = (engine_term(text) for text in report.objects(node, sh.resultMessage))
        yield Result(
            shape=shape,
            focus=focus,
            path=term(node, sh.resultPath),
            value=term(node, sh.value),
            messages=tuple(sorted((m for m in messages if isinstance(m, ox.Literal)), key=str)),
            severity=severity,
            component=component,
            constraint=term(node, sh.sourceConstraint),
        )
