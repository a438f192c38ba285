"""What is asked of the server, and what is right for an answer: known beforehand, from the library in this process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import pyoxigraph as ox

from tiesgraph.media import choose
from tiesgraph.names import TIES
from tiesgraph.pack import open_graph
from tiesgraph.query import questions, run
from tiesgraph.store import Store

__all__ = ["ACCEPT", "DEATHS", "LARGE", "Ask", "digest", "light_asks", "named_asks", "with_answers"]

ACCEPT = "text/tab-separated-values, application/n-triples, application/sparql-results+json;q=0.5"
"""Formats in which a row is a line, but for the answers that are no rows."""

_ALL = "?a ?b ?c . ?d ?e ?f"
# No blank nodes, whose names differ from one engine to the next.
_SOME = f"SELECT DISTINCT ?s {{ ?s <{TIES}evidence> ?note }} ORDER BY ?s"
_LIGHT = "SELECT ?p ?o {{ {subject} ?p ?o }}"
LARGE = "SELECT ?s ?p ?o { ?s ?p ?o . FILTER(ISIRI(?s) && ISIRI(?o)) }"
"""An answer of some megabytes, for clients that take their time to read it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A query, and what may come of it.

    Attributes:
        kind: of traffic: light, named, large, or the name of a query of death.
        text: the query.
        right: the digest of its answer; None where nobody lives to see it whole.
        statuses: what it may be answered with.
    """

    kind: str
    text: str
    right: str | None = None
    statuses: frozenset[int] = field(default=frozenset({200}))

    def distinct(self, number: str, /) -> Ask:
        """The same, written so that no cache knows it."""
        return replace(self, text=f"{self.text}\n# {number}")


def _deadly(kind: str, text: str, *statuses: int) -> Ask:
    return Ask(f"death: {kind}", text, statuses=frozenset(statuses or (504, 507)))


DEATHS: Sequence[Ask] = (
    _deadly("cross join", f"SELECT (COUNT(*) AS ?n) {{ {_ALL} . ?g ?h ?i }}"),
    _deadly("unbounded path", "SELECT (COUNT(*) AS ?n) { ?a (!<x:none>|^!<x:none>)* ?b . ?b (!<x:none>)* ?c }"),
    _deadly("order by", f"SELECT * {{ {_ALL} }} ORDER BY ?c ?f"),
    _deadly("distinct", f"SELECT DISTINCT * {{ {_ALL} }}", 200, 504, 507),
    _deadly(
        "regular expression",
        f"SELECT (COUNT(*) AS ?n) {{ {_ALL} "
        f'FILTER(REGEX(CONCAT(STR(?c), STR(?f), "{"a" * 60}!"), "^(a|aa|a?)*(b+)*$")) }}',
    ),
    _deadly("group concat", f"SELECT (GROUP_CONCAT(STR(?c)) AS ?all) {{ {_ALL} }}"),
    _deadly(
        "texts that double",
        'SELECT (STRLEN(?x40) AS ?n) { ?s ?p ?o BIND("0123456789" AS ?x0) '
        + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
        + " }",
    ),
    _deadly(
        "many values",
        f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {' '.join(map(str, range(60_000)))} }} {_ALL} }}",
        413,
        504,
        507,
    ),
    _deadly("nesting", "SELECT * " + "{" * 5_000 + "}" * 5_000, 413),
    _deadly("a thousand patterns", "SELECT * { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(1_000)) + " }"),
    _deadly("nine patterns", "SELECT * { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " } ORDER BY ?c8"),
    _deadly("long answer", f"SELECT * {{ {_ALL} }}", 200, 504, 507),
    _deadly("ten megabytes", "ASK { } #" + "x" * 10_000_000, 413),
)


@lru_cache(maxsize=512)
def digest(body: bytes, /) -> str:
    """The same for answers with the same lines: rows that a query does not order come in any order.

    Most come in the order in which they came before, and are known by their bytes: that takes clients less time.
    """
    return hashlib.sha1(b"\n".join(sorted(body.splitlines())), usedforsecurity=False).hexdigest()


def light_asks(store: Store, /, *, most: int) -> Iterator[Ask]:
    """Questions after single things of the graph."""
    subjects = [row["s"] for row in store.select(_SOME) if isinstance(row["s"], ox.NamedNode)]
    for subject in subjects[:: max(1, len(subjects) // most)]:
        yield Ask("light", _LIGHT.format(subject=subject))


def named_asks() -> Iterator[Ask]:
    """The questions that come with the package."""
    for one in questions():
        yield Ask(f"named: {one.name}", one.sparql)


def with_answers(*, most: int) -> tuple[list[Ask], list[Ask], Ask]:
    """Light questions, named ones and the large one, each with the digest of its right answer."""
    store = open_graph()

    def known(ask: Ask) -> Ask:
        result = run(store, ask.text)
        fmt = choose((ACCEPT,), asked=(), offered=result.formats)
        if fmt is None:
            raise ValueError(f"no format fits {ask.kind}")
        return replace(ask, right=digest(result.serialize(fmt)))

    light = [known(ask) for ask in light_asks(store, most=most)]
    # So much is work for a while: others may keep it from being done in time.
    large = Ask("large", LARGE, statuses=frozenset({200, 503, 504}))
    return light, [known(ask) for ask in named_asks()], known(large)
