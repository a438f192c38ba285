"""The cases that try the shapes: RDF that a shape lets pass and RDF that it stops, and what the shape says of each.

They lie in a folder for each shape. `valid.ttl` and `valid-<why>.ttl` pass. `invalid-<what>.ttl` breaks the one
constraint that <what> names: one of the shape's own, tsh:<Shape>-<what> (`-twice` where there are too many values); one
that several shapes share, tsh:<what> (`-value` where the shape has its own of that name); `closed`, a property that is
none of the shape's. Where the shape is one SPARQL constraint, tsh:<Shape>-select, or says all itself, <what> is free.
`--<how>` after it tells the ways of breaking one apart.

A Turtle case is what page 25 states. Where the shape compares pages, the case is a TriG file of page graphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.bounds import add_bounds
from tiesgraph.corpus import parse_file
from tiesgraph.errors import CorpusError
from tiesgraph.names import SH, TIES, TSH, graph_iri, page_graph, page_number
from tiesgraph.provenance import add_provenance
from tiesgraph.store import Store, Term
from tiesgraph.validate import Finding, audit, check, idle_shapes

__all__ = ["Case", "Trial", "cases"]

ONTOLOGY, SHAPES, AUDIT = graph_iri("ontology"), graph_iri("shapes"), graph_iri("audit")
PAGE = page_graph(25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file.

    Attributes:
        file: where it lies.
        shape: the local name of the shape that it tries.
        what: what it breaks; "" where it passes.
    """

    file: Path
    shape: str
    what: str

    @property
    def passes(self) -> bool:
        """Whether the shape is to let it pass."""
        return not self.what

    @property
    def name(self) -> str:
        """Its place among the cases."""
        return f"{self.shape}/{self.file.name}"


def cases(folder: Path, /) -> list[Case]:
    """The cases in `folder`, by shape and name; none where there is no such folder.

    Raises:
        CorpusError: a file there is no case.
    """
    found = []
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        kind, _, rest = file.stem.partition("-")
        of_shape = file.parent.parent == folder and file.suffix in (".ttl", ".trig")
        if not of_shape or kind not in ("valid", "invalid") or (kind == "invalid" and not rest):
            raise CorpusError(
                "this is no case of a shape",
                place=file.relative_to(folder).as_posix(),
                mend="A case is <Shape>/valid.ttl, valid-<why>.ttl or invalid-<what>.ttl; it may be TriG.",
            )
        found.append(Case(file=file, shape=file.parent.name, what=rest if kind == "invalid" else ""))
    return found


class Trial:
    """Shapes that are tried one by one, on cases that take ontology and concepts for granted.

    Args:
        store: a graph with its ontology, concepts, shapes and audit; whatever else it has does not count.
    """

    def __init__(self, store: Store, /) -> None:
        self._ontology = Store()
        for graph in (ONTOLOGY, graph_iri("concepts")):
            # The table of prefixes, to which everything leads, says nothing of any term.
            told = (triple for triple in store.triples(graph=graph) if not triple.predicate.value.startswith(SH))
            self._ontology.add(told, graph=ONTOLOGY)
        self.shapes = store.subset([SHAPES, AUDIT])

    def constraints(self, name: str, /) -> set[str]:
        """What the shape called `name` demands.

        These are the local names of its property shapes and SPARQL constraints, `<name>-closed` where it is closed,
        and its own where it says something itself.
        """
        shapes = self.shapes
        parts = {t.object for prop in ("property", "sparql") for t in shapes.triples(TSH[name], SH[prop])}
        found = {part.value.removeprefix(TSH) for part in parts if isinstance(part, ox.NamedNode)}
        closed = any(shapes.triples(TSH[name], SH["closed"], ox.Literal(value=True)))
        itself = any(shapes.triples(TSH[name], SH["message"]))
        return found | ({f"{name}-closed"} if closed else set()) | ({name} if itself else set())

    def constraint(self, case: Case, /) -> str | None:
        """The constraint that an invalid case names, or None where the shape has none of that name."""
        shape, what = case.shape, case.what.partition("--")[0]
        asked = (f"{shape}-{what}", f"{shape}-{what.removesuffix('-twice')}", what, what.removesuffix("-value"))
        demands = self.constraints(shape)
        return next((name for name in (*asked, f"{shape}-select", shape) if name in demands), None)

    def findings(self, case: Case, /) -> list[Finding]:
        """What its shape says of a case, run as the check or the audit would run it.

        Raises:
            CorpusError: the case is not well formed, states something on no page, or holds nothing that the shape
                is about.
        """
        data, rules = _load(case), self._alone(case.shape)
        text = " ".join(str(triple.object) for triple in rules.triples(None, SH["select"]))
        terms = {term for triple in data.triples() for term in (triple.predicate, triple.object)}
        # The rest of the ontology has no say here, and would take half a second a case.
        asked = terms | {TIES[name] for name in re.findall(r"\bties:(\w+)", text)}
        data.add(_reached(self._ontology, asked), graph=ONTOLOGY)
        if idle_shapes(data, shapes=rules):
            raise CorpusError("the case holds no node of the shape's", place=case.name)
        (home,) = rules.graphs()
        if home == AUDIT:
            add_bounds(data)
        if "graph:inferred" in text:
            # The reasoner comes with rdflib, which only few cases need.
            from tiesgraph.infer import add_inferences

            add_inferences(data)
        data.add(rules.triples(), graph=home)
        return audit(data) if home == AUDIT else check(data)

    def _alone(self, name: str) -> Store:
        """The shape called `name` with all that it is made of, without the other shapes, in the graph that it is of."""
        part = Store()
        for home in self.shapes.graphs_stating(TSH[name]):
            part.add(_reached(self.shapes, [TSH[name]]), graph=home)
        return part


def _load(case: Case) -> Store:
    """The page graphs of a case, with their provenance."""
    data = Store()
    if case.file.suffix == ".ttl":
        data.add(parse_file(case.file, place=case.name), graph=PAGE)
    else:
        try:
            quads = list(ox.parse(path=str(case.file), format=ox.RdfFormat.TRIG))
        except SyntaxError as error:
            raise CorpusError(f"not well formed: {error.msg}", place=case.name) from error
        for quad in quads:
            if not isinstance(quad.graph_name, ox.NamedNode) or page_number(quad.graph_name) is None:
                raise CorpusError("a TriG case states everything on some page", place=case.name)
            data.add([quad.triple], graph=quad.graph_name)
    add_provenance(data)
    return data


def _reached(store: Store, start: Iterable[Term]) -> list[ox.Triple]:
    """What `store` says of the terms in `start`, and of whatever this leads to."""
    todo = [term for term in start if not isinstance(term, ox.Literal)]
    seen, found = set(todo), []
    while todo:
        told = list(store.triples(todo.pop()))
        found += told
        new = {triple.object for triple in told if not isinstance(triple.object, ox.Literal)} - seen
        seen |= new
        todo += new
    return found
