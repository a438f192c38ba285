"""The shapes with words and examples: `graph:commentary` says what each demands, and shows what it passes and stops.

The words are made from the shapes, the examples are cases that the tests run. So whoever fetches a shape as Turtle
reads what a reader of its page reads. Examples are texts, and none of what they state is stated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.cases import Case, Trial, cases
from tiesgraph.errors import CorpusError
from tiesgraph.names import DCTERMS, SH, TIES, TSH, XSD, graph_iri
from tiesgraph.rdffile import read_rdf
from tiesgraph.reference import ShapeReference
from tiesgraph.store import Store, Term

__all__ = ["COMMENTARY", "add_commentary"]

COMMENTARY = graph_iri("commentary")


def add_commentary(store: Store, /, *, folder: Path) -> None:
    """Put into `store` what there is to say about its shapes.

    Args:
        store: the graph, with its shapes, ontology and concepts.
        folder: where cases lie, if there are any.

    Raises:
        CorpusError: a case is none, or an example that is to fail passes.
        ShapesError: a shape is not well formed, or there are no words for it.
    """
    shapes = ShapeReference(store)
    store.add(_words(shapes), graph=COMMENTARY)
    trial = Trial(store)
    store.add(_examples(shapes, trial, cases(folder)), graph=COMMENTARY)


def _words(shapes: ShapeReference) -> Iterator[ox.Triple]:
    for node in shapes.nodes:
        yield ox.Triple(node, DCTERMS["description"], ox.Literal(shapes.scope(node), language="en"))
    for part in shapes.parts:
        yield ox.Triple(part, SH["description"], ox.Literal(shapes.demand(part), language="en"))


def _examples(shapes: ShapeReference, trial: Trial, every: Iterable[Case]) -> Iterator[ox.Triple]:
    by_shape: dict[str, list[Case]] = {}
    for case in every:
        by_shape.setdefault(case.shape, []).append(case)
    passing = {shape: min(of, key=_plainest) for shape, found in by_shape.items() if (of := _that_pass(found))}
    for node in shapes.nodes:
        name = node.value.removeprefix(TSH)
        own = [case for case in by_shape.get(name, ()) if not case.passes]
        failing = min(own, key=lambda case: _rank(case, trial)) if own else _through(shapes, trial, node, by_shape)
        if failing is not None and failing.shape in passing:
            yield from _told(node, passing[failing.shape], failing, trial)


def _that_pass(found: Iterable[Case]) -> list[Case]:
    return [case for case in found if case.passes]


def _plainest(case: Case) -> tuple[bool, str]:
    """`valid.ttl` before those that say why."""
    return case.file.stem != "valid", case.file.name


def _rank(case: Case, trial: Trial) -> tuple[bool, bool, bool, str]:
    """What only this shape demands tells most of it; a property too many is the same with every shape."""
    constraint = trial.constraint(case) or ""
    return constraint.endswith("-closed"), not constraint.startswith(case.shape), "--" in case.what, case.file.name


def _through(
    shapes: ShapeReference, trial: Trial, node: ox.NamedNode, by_shape: Mapping[str, list[Case]]
) -> Case | None:
    """A case that a shape stops which other shapes hand nodes to: where they meet, by a property."""
    through = shapes.handing(node)
    found = (
        case
        for user in shapes.users(node)
        for case in by_shape.get(user.local, ())
        if not case.passes and TSH + (trial.constraint(case) or "") in through
    )
    return min(found, key=lambda case: case.name, default=None)


def _told(node: ox.NamedNode, passing: Case, failing: Case, trial: Trial) -> Iterator[ox.Triple]:
    findings = trial.findings(failing)
    if not findings:
        raise CorpusError("the shape lets its case pass, and is to stop it", place=failing.name)
    file = read_rdf(failing.file, name=failing.name)
    results = [finding.result for finding in findings]
    places = [place for one in results for place in file.places(one.focus, one.path, one.value)]
    told: list[tuple[str, Term]] = [
        ("passingExample", ox.Literal(_text(passing))),
        ("failingExample", ox.Literal(_text(failing))),
        *(("failureMessage", ox.Literal(finding.message)) for finding in findings),
        *(("failureLine", ox.Literal(str(p.line), datatype=XSD["integer"])) for p in places if p.line is not None),
    ]
    for prop, value in dict.fromkeys(told):
        yield ox.Triple(node, TIES[prop], value)


def _text(case: Case) -> str:
    return case.file.read_text(encoding="utf-8").strip() + "\n"
