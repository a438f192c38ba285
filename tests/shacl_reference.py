"""pySHACL as the tests ask it: what it finds, result by result, in a form in which two validators can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox
import pyshacl
import rdflib

from tiesgraph.bridge import engine_term, quiet_about_literals, rdflib_term
from tiesgraph.names import SH, prefixes
from tiesgraph.shacl import Facts, Result, run
from tiesgraph.store import Store, Term

__all__ = ["Row", "ours", "theirs"]

Row = tuple[str, ...]
"""Shape, focus node, path, value, severity, component, constraint, and the shape's own words.

Blank nodes are all alike, since each validator has its own; the words that a validator finds by itself are left out.
"""

_PARTS = ("sourceShape", "focusNode", "resultPath", "value", "resultSeverity", "sourceConstraintComponent")


def _row(terms: Iterable[Term | None], messages: Iterable[str], shapes: Facts) -> Row:
    terms = list(terms)
    worded = shapes.values(SH["message"])
    spoken = terms[0] in worded or terms[-1] in worded
    shown = ("_" if str(term).startswith("_:") else str(term or "") for term in terms)
    return (*shown, " ".join(sorted(messages)) if spoken else "")


def ours(data: Facts, shapes: Facts, *, engine: Store | None = None) -> Counter[Row]:
    """What our validator finds."""
    if engine is None:
        engine = Store()
        engine.engine.extend(ox.Quad(*triple) for triple in data.triples())
    found: Counter[Row] = Counter()
    for one in run(data, shapes=shapes, engine=engine, prefixes=prefixes()):
        found[_of(one, shapes)] += 1
    return found


def _of(one: Result, shapes: Facts) -> Row:
    terms = (one.shape, one.focus, one.path, one.value, one.severity, one.component, one.constraint)
    return _row(terms, (message.value for message in one.messages), shapes)


def theirs(data: Facts, shapes: Facts) -> Counter[Row]:
    """What pySHACL finds."""
    _, report, text = pyshacl.validate(_graph(data), shacl_graph=_graph(shapes), advanced=True, do_owl_imports=False)
    assert isinstance(report, rdflib.Graph), text
    sh = rdflib.Namespace(SH)
    found: Counter[Row] = Counter()
    for result in report.objects(None, sh.result):
        values = [report.value(result, sh[part]) for part in (*_PARTS, "sourceConstraint")]
        terms = [engine_term(value) if value is not None else None for value in values]
        found[_row(terms, map(str, report.objects(result, sh.resultMessage)), shapes)] += 1
    return found


def _graph(facts: Facts) -> rdflib.Graph:
    graph = rdflib.Graph()
    with quiet_about_literals():
        for node, prop, value in facts.triples():
            graph.add((rdflib_term(node), rdflib_term(prop), rdflib_term(value)))
    return graph
