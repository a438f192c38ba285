"""The parts of a page about a shape: clauses about properties, rules asked by queries, and an example either way."""

from __future__ import annotations

from dataclasses import dataclass

from tiesgraph.reference.reading import Name
from tiesgraph.reference.wording import Phrase

__all__ = ["Clause", "Example", "Rule", "ShapePage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What is demanded of one property.

    Attributes:
        path: the property, or what else leads to the values.
        count: how many values there are to be, in words.
        values: what each is to be; empty where anything will do.
        least: how many there are to be at least.
        messages: what is said where it is not so.
    """

    path: Phrase
    count: str
    values: Phrase
    least: int
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a query finds.

    Attributes:
        name: its local name.
        words: what is said of each node found: every other piece is the name of what the query found.
        query: in SPARQL.
    """

    name: str
    words: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """RDF on which a shape was tried.

    Attributes:
        passing: what it lets pass.
        failing: what it stops.
        messages: what it says of that.
        lines: the lines of `failing` that are at fault, from 1.
    """

    passing: str
    failing: str
    messages: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapePage:
    """One shape.

    Attributes:
        name: how it is called.
        reason: why it is there.
        about: what it judges; empty where it judges only what others hand it.
        classes: those of them that are classes, to be linked.
        judged: how many nodes of the graph it judges, or None.
        severity: the local name of its severity, or an IRI.
        itself: what it demands of a node as such.
        needed, allowed: the properties that there must be, and those that there may be.
        closed: whether there may be no others.
        rules: what it asks by queries.
        users: the shapes that hand it nodes.
        example: taken from the tests, or None.
    """

    name: Name
    reason: str
    about: Phrase
    classes: tuple[Name, ...]
    judged: int | None
    severity: str
    itself: Phrase
    needed: tuple[Clause, ...]
    allowed: tuple[Clause, ...]
    closed: bool
    rules: tuple[Rule, ...]
    users: tuple[Name, ...]
    example: Example | None
