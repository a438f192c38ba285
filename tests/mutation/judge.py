"""Which faults does the check tell?

Many faults stand in the graph at once, each in a neighbourhood of its own, and one run looks for all: whatever a
run finds that it did not find in the graph as it is belongs to the fault whose nodes it names. A finding that names
no fault's nodes stops the work: the reckoning would be wrong. `tests/mutants.py --alone` runs faults one by one, to
show that the verdict is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from random import Random

import pyoxigraph as ox

from mutation.field import Field, Operator, digest
from tiesgraph.names import CONCEPT, graph_iri, prefixes, shorten
from tiesgraph.store import Store, Subject, Term
from tiesgraph.terms import unknown_terms
from tiesgraph.validate import Finding, audit, check

SEED, COUNT, GROUPS = "1", 6, 2
"""What the tests run with: the places, how many faults of each kind, and in how many groups they are spread."""
HUB = 30
"""What more statements than this point to (Japan, the chapters) is everybody's neighbour, and tells nothing apart."""

INFERRED = graph_iri("inferred")

Told = tuple[str, frozenset[str]]
"""A rule, and the IRIs that its finding names."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One fault at one place.

    Attributes:
        operator: what kind of fault it is.
        place: the statement at which it was made.
        gone, come: the statements that it takes away and puts there.
    """

    operator: str
    place: ox.Quad
    gone: tuple[ox.Quad, ...]
    come: tuple[ox.Quad, ...]

    @property
    def node(self) -> str:
        """The short name of the node at which it was made."""
        return shorten(str(self.place.subject)[1:-1], prefixes())

    def nodes(self, field: Field) -> set[Subject]:
        """The nodes that the fault touches, but for those that too much points to."""
        touched = {term for quad in (*self.gone, *self.come) for term in (quad.subject, quad.object)}
        return {term for term in touched if isinstance(term, Subject) and not common(term, field)}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the check says of one fault: the rules that tell it, none where it goes unseen."""

    mutant: Mutant
    rules: tuple[str, ...]


def common(term: Subject, field: Field) -> bool:
    """Whether a node is a class, a concept or a hub: it stands beside too many to tell a fault by."""
    if not isinstance(term, ox.NamedNode):
        return False
    return term.value.startswith(CONCEPT) or term in field.above or len(field.pointing(term)) > HUB


@dataclass
class Group:
    """Faults that stand in the graph together.

    Attributes:
        mutants: the faults.
        around: their nodes, and those next to these.
    """

    mutants: list[Mutant] = dataclass_field(default_factory=list)
    around: set[Subject] = dataclass_field(default_factory=set)


def grouped(
    field: Field, operators: Iterable[Operator], /, *, count: int, groups: int, seed: str = SEED
) -> list[list[Mutant]]:
    """Up to `count` faults of each kind, in groups in which no two have a node or a neighbour in common.

    The places are chosen by hash, so that a change of the graph moves few of them; a place that suits no group is
    passed over for the next.
    """
    made = [Group() for _ in range(groups)]
    for operator in operators:
        chosen = 0
        for mutant in faults(field, operator, seed=seed):
            around = surroundings(field, mutant)
            home = next((group for group in made if not group.around & around), None)
            if home is not None:
                home.mutants.append(mutant)
                home.around |= around
                chosen += 1
            if chosen == count:
                break
    return [group.mutants for group in made]


def faults(field: Field, operator: Operator, /, *, seed: str = SEED) -> Iterator[Mutant]:
    """The faults of one kind, one a node, in an order that the seed gives."""
    mask = digest(f"{seed} {operator.name}")
    seen = set()
    for place in sorted(operator.places(field), key=lambda quad: field.hashes[quad] ^ mask):
        if place.subject in seen or common(place.subject, field):
            continue
        change = operator.make(field, place, Random(field.hashes[place] ^ mask))  # noqa: S311
        if change is not None and set(change[0]) != set(change[1]):
            seen.add(place.subject)
            yield Mutant(operator=operator.name, place=place, gone=tuple(change[0]), come=tuple(change[1]))


def surroundings(field: Field, mutant: Mutant, /) -> set[Subject]:
    """The nodes of a fault and those next to them."""
    nodes = mutant.nodes(field)
    return nodes | {near for node in nodes for near in neighbours(node, field)}


def neighbours(node: Subject, field: Field) -> set[Subject]:
    """The nodes that a node points to, and those that point to it."""
    there = {quad.object for quad in field.about(node)}
    back = {quad.subject for quad in field.pointing(node)}
    return {term for term in there | back if isinstance(term, Subject) and not common(term, field)}


@dataclass(frozen=True)
class Judge:
    """Asks the check about faults in a graph.

    Attributes:
        field: the graph.
        inferred: what follows from it: the audit asks for that.
    """

    field: Field
    inferred: Sequence[ox.Triple]

    @cached_property
    def known(self) -> set[Told]:
        """What is told of the graph as it is: where the report contradicts itself; more, and it could not be built."""
        with self._closed():
            return found(audit(self.field.store))

    def verdicts(self, group: Sequence[Mutant], /) -> list[Verdict]:
        """What the check says of faults that stand in the graph together.

        A finding belongs to the fault that has one of its nodes, or is next to one. Some rules look further: where a
        finding is left over, the faults that seem unseen are looked at again without the others, and with ever fewer.
        """
        known = self.known
        with changed(self.field.store, group):
            new = self.told() - known
        rules, left = self._owned(group, new)
        unseen = [one for one, told in zip(group, rules, strict=True) if not told]
        again: dict[int, Verdict] = {}
        if left and unseen:
            parts = [unseen] if len(unseen) < len(group) else [unseen[: len(unseen) // 2], unseen[len(unseen) // 2 :]]
            again = {id(verdict.mutant): verdict for part in parts for verdict in self.verdicts(part)}
        return [
            again.get(id(one)) or Verdict(mutant=one, rules=tuple(sorted(told)))
            for one, told in zip(group, rules, strict=True)
        ]

    def _owned(self, group: Sequence[Mutant], new: Iterable[Told]) -> tuple[list[set[str]], int]:
        """The rules that tell each fault, and how many findings are left over."""
        if len(group) == 1:
            return [{rule for rule, _ in new}], 0
        own = [{plain(term) for term in mutant.nodes(self.field)} for mutant in group]
        brought = [{plain(term) for term in terms(mutant, self.field)} for mutant in group]
        near = [{plain(term) for term in surroundings(self.field, mutant)} for mutant in group]
        rules: list[set[str]] = [set() for _ in group]
        left = 0
        for rule, named in new:
            owners: list[int] = []
            for names in (own, brought, near):
                owners = owners or [number for number, mine in enumerate(names) if named & mine]
            for owner in owners:
                rules[owner].add(rule)
            left += not owners
        return rules, left

    def told(self) -> set[Told]:
        """What a user is told of the graph: unknown terms, and the findings of the check and of the audit."""
        store = self.field.store
        names = {("unknown term", frozenset([term.iri])) for term in unknown_terms(store)}
        findings = check(store)
        with self._closed():
            return names | found([*findings, *audit(store)])

    @contextmanager
    def _closed(self) -> Iterator[None]:
        """The graph with what follows from it."""
        engine = self.field.store.engine
        engine.extend(ox.Quad(t.subject, t.predicate, t.object, INFERRED) for t in self.inferred)
        try:
            yield
        finally:
            engine.remove_graph(INFERRED)


def found(findings: Iterable[Finding]) -> set[Told]:
    """The rules of findings, each with what it names."""
    return {(one.shape, frozenset(filter(None, (one.focus, one.value)))) for one in findings}


def terms(mutant: Mutant, field: Field) -> set[Term]:
    """The terms that a fault brings in, hubs left out: one that is misspelt is told by its name alone."""
    come = {term for quad in mutant.come for term in quad.triple} - {t for quad in mutant.gone for t in quad.triple}
    return {term for term in come if not (isinstance(term, Subject) and common(term, field))}


def plain(term: Term) -> str:
    """A term as findings write it."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


@contextmanager
def changed(store: Store, group: Iterable[Mutant]) -> Iterator[None]:
    """The graph with the faults in it, and afterwards as it was."""
    made = list(group)
    gone = {quad for mutant in made for quad in mutant.gone}
    come = {quad for mutant in made for quad in mutant.come if quad not in store.engine}
    exchange(store, gone, come)
    try:
        yield
    finally:
        exchange(store, come, gone)


def exchange(store: Store, gone: Iterable[ox.Quad], come: Iterable[ox.Quad]) -> None:
    """Take statements away and put others there; the default graph stays the union of the named ones."""
    lost = list(gone)
    for quad in lost:
        store.engine.remove(quad)
    for quad in lost:
        if not store.graphs_stating(quad.subject, quad.predicate, quad.object):
            store.engine.remove(ox.Quad(quad.subject, quad.predicate, quad.object, ox.DefaultGraph()))
    for quad in come:
        store.engine.add(quad)
        store.engine.add(ox.Quad(quad.subject, quad.predicate, quad.object, ox.DefaultGraph()))
