"""A check of what somebody brings: their statements alone, or in the context of ours; and what is new by them.

Shapes pass a misspelt term in silence: no shape looks at a class that does not exist, or asks for a property
that nobody meant. So the terms are looked up as well, and a node without a type is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.corpus import Term
from tiesgraph.names import BASE, OWL, RDF, SH, TIES, TSH, graph_iri, prefixes, shorten
from tiesgraph.rdffile import RdfFile
from tiesgraph.shacl import Facts, Result, Watch, run
from tiesgraph.store import Store
from tiesgraph.terms import unknown_among
from tiesgraph.validate import NOT_CHECKED, SHAPES, Finding, findings

__all__ = ["KNOWN_TERM", "Checkup", "check_files"]

VOCABULARY = (graph_iri("ontology"), graph_iri("concepts"))
"""What is needed to understand anything that is said in our terms."""

KNOWN_TERM = TSH["KnownTerm"]
"""The shape in whose name unknown terms are told."""


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """What a check came to.

    Attributes:
        findings: what is wrong.
        shapes: the shapes graph, for whoever writes a report.
        judged: the nodes that the files speak of and some shape judges.
        hints: what to know besides, a sentence each.
    """

    findings: tuple[Finding, ...]
    shapes: Facts
    judged: frozenset[Term]
    hints: tuple[str, ...]


def check_files(
    files: Sequence[RdfFile],
    /,
    *,
    graph: Store,
    with_graph: bool,
    shapes: Sequence[RdfFile] = (),
    watch: Watch | None = None,
    most: int | None = None,
) -> Checkup:
    """What the shapes say of `files`, over what they would say without them.

    Args:
        files: what is to be checked.
        graph: the graph, with its ontology, concepts and shapes.
        with_graph: whether what the graph states is the context of the files; else its vocabulary alone is.
        shapes: further shapes.
        watch: told of each shape's focus nodes before they are judged.
        most: more findings by shapes than these are too many; None: none are.

    Raises:
        ShapesError: a shape cannot be run.
        DocumentTooLarge: there are too many findings.
    """
    homes = [name for name in graph.graphs() if name not in NOT_CHECKED] if with_graph else VOCABULARY
    data, rules, table = graph.subset(homes), Facts([*graph.triples(graph=SHAPES), *_triples(shapes)]), prefixes()
    context = list(data.triples())
    added = _quads(files, data)
    data.engine.extend(added)
    # What the files state is judged as they spell it, of which the engine keeps the value alone.
    facts = Facts([*context, *_triples(files)])
    judged: set[Term] = set()

    def watched(focus: Collection[Term], done: int, total: int) -> None:
        judged.update(focus)
        if watch:
            watch(focus, done, total)

    results = run(facts, shapes=rules, engine=data, prefixes=table, watch=watched, most=most)
    if results:
        # The engine goes without what the files state for as long as it is asked what was there before.
        for quad in added:
            data.engine.remove(quad)
        known, concerned = Facts(context), {result.focus for result in results}
        before = set(run(known, shapes=rules, engine=data, prefixes=table, only=concerned))
        data.engine.extend(added)
        # A shape may name a node that nobody knows: what it misses there is no fault of the context.
        results = [result for result in results if result not in before or result.focus not in known.properties]
    results += [*_unknown(files, graph), *_untyped(files, facts, graph)]
    judged &= {triple.subject for triple in _triples(files)}
    return Checkup(
        findings=tuple(findings(results, shapes=rules, data=data)),
        shapes=rules,
        judged=frozenset(judged),
        hints=tuple(_hints(files, results, judged, None if with_graph else graph)),
    )


def _hints(
    files: Sequence[RdfFile], results: Sequence[Result], judged: Collection[Term], left_out: Store | None
) -> Iterator[str]:
    """What findings alone would not tell: that nothing was judged, or that something was not looked at."""
    for imported in sorted({str(t.object) for t in _triples(files) if t.predicate == OWL["imports"]}):
        yield f"What is imported from {imported} was not looked at: nothing is fetched."
    if not judged:
        yield "No shape is about any node here: nothing but the terms was checked."
    values = {result.value for result in results if isinstance(result.value, ox.NamedNode)}
    if left_out and any(any(left_out.triples(value)) for value in values):
        yield "Some of these nodes are in the graph: checked with it, they are known."


def _triples(files: Sequence[RdfFile]) -> list[ox.Triple]:
    return [one.triple for file in files for one in file.statements]


def _quads(files: Sequence[RdfFile], data: Store) -> list[ox.Quad]:
    """What the files would add to `data`: quads to their graphs, triples to one of their file, all to the union."""
    found: dict[ox.Quad, None] = {}
    for number, file in enumerate(files, start=1):
        own = ox.NamedNode(f"urn:x-tiesgraph:file:{number}")
        for one in file.statements:
            for home in (one.graph or own, ox.DefaultGraph()):
                triple = one.triple
                found[ox.Quad(triple.subject, triple.predicate, triple.object, home)] = None
    return [quad for quad in found if quad not in data.engine]


def _unknown(files: Sequence[RdfFile], graph: Store) -> Iterator[Result]:
    """A result for each statement that uses a term which does not exist."""
    triples = _triples(files)
    missing = unknown_among(triples, store=graph)
    table = prefixes()
    for triple in triples:
        for iri in (node.value for node in triple if isinstance(node, ox.NamedNode) and node.value in missing):
            near = missing[iri]
            hint = f" The nearest known one is {shorten(near, table)}." if near else ""
            kind = "name" if iri.startswith(BASE) and "#" not in iri else "term"
            # Of outside vocabularies there may be newer editions than the lists here.
            severity = SH["Violation"] if iri.startswith(BASE) else SH["Warning"]
            yield _result(triple, f"There is no {kind} {shorten(iri, table)}.{hint}", severity)


def _untyped(files: Sequence[RdfFile], facts: Facts, graph: Store) -> Iterator[Result]:
    """A result for each node that the files say something about in our terms, and nobody says what it is."""
    typed = facts.values(RDF["type"])
    seen: set[Term] = set()
    for triple in _triples(files):
        node = triple.subject
        about = triple.predicate.value.startswith(TIES) or (
            isinstance(node, ox.NamedNode) and node.value.startswith(BASE)
        )
        if about and node not in typed and node not in seen:
            seen.add(node)
            known = any(graph.triples(node, RDF["type"]))
            mend = "check it with the graph" if known else "say what it is"
            words = f"It has no type (rdf:type), so that no shape looks at it: {mend}."
            yield _result(triple, words, SH["Warning"], node_only=True)


def _result(triple: ox.Triple, words: str, severity: ox.NamedNode, *, node_only: bool = False) -> Result:
    return Result(
        shape=KNOWN_TERM,
        focus=triple.subject,
        path=None if node_only else triple.predicate,
        value=None if node_only else triple.object,
        messages=(ox.Literal(words, language="en"),),
        severity=severity,
        component=TSH["KnownTermConstraintComponent"],
    )
