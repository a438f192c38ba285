"""The validation report that SHACL defines (section 3.6), as triples: the form in which validators are compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from tiesgraph.corpus import Subject, Term
from tiesgraph.names import RDF, SH
from tiesgraph.shacl.facts import Facts
from tiesgraph.shacl.judge import Result

__all__ = ["report"]


def report(results: Iterable[Result], /, *, shapes: Facts) -> list[ox.Triple]:
    """The report of `results`, in their order; it conforms where there are none.

    Args:
        results: what the validator found.
        shapes: the shapes graph, from which paths that are no plain property are copied.
    """
    found = list(results)
    top = ox.BlankNode("report")
    triples = [
        ox.Triple(top, RDF["type"], SH["ValidationReport"]),
        ox.Triple(top, SH["conforms"], ox.Literal(not found)),
    ]
    nodes = [ox.BlankNode(f"result-{number}") for number in range(1, len(found) + 1)]
    triples += [ox.Triple(top, SH["result"], node) for node in nodes]
    for node, result in zip(nodes, found, strict=True):
        triples += _described(node, result)
    paths = dict.fromkeys(one.path for one in found if isinstance(one.path, ox.BlankNode))
    triples += _copied(paths, shapes)
    return triples


def _described(node: ox.BlankNode, result: Result) -> Iterator[ox.Triple]:
    yield ox.Triple(node, RDF["type"], SH["ValidationResult"])
    told: dict[str, Term | None] = {
        "focusNode": result.focus,
        "resultPath": result.path,
        "value": result.value,
        "resultSeverity": result.severity,
        "sourceConstraintComponent": result.component,
        "sourceShape": result.shape,
        "sourceConstraint": result.constraint,
    }
    for name, term in told.items():
        if term is not None:
            yield ox.Triple(node, SH[name], term)
    for message in result.messages:
        yield ox.Triple(node, SH["resultMessage"], message)
    for prop, value in result.annotations:
        yield ox.Triple(node, prop, value)


def _copied(paths: Iterable[Subject], shapes: Facts) -> Iterator[ox.Triple]:
    """What the shapes graph says of blank nodes, and of those that it leads to."""
    todo: list[Subject] = list(paths)
    seen = set(todo)
    while todo:
        node = todo.pop()
        for prop, value in shapes.about(node):
            yield ox.Triple(node, prop, value)
            if isinstance(value, ox.BlankNode) and value not in seen:
                seen.add(value)
                todo.append(value)
