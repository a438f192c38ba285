"""Our validator as a runner of the W3C SHACL test suite calls one: two texts in, conformance and a report out.

The suite itself (https://w3c.github.io/data-shapes/data-shapes-test-suite/) is not kept here.
"""

from __future__ import annotations

import pyoxigraph as ox

from tiesgraph.shacl import Facts, run
from tiesgraph.shacl.report import report
from tiesgraph.store import Store

__all__ = ["engine"]


def engine(data: tuple[str, str], shapes: tuple[str, str]) -> tuple[bool, str]:
    """Validate.

    Args:
        data: the data graph as Turtle, and its base IRI.
        shapes: the shapes graph likewise.

    Returns:
        Whether the data conform, and the validation report as N-Triples.
    """
    facts, rules = _facts(*data), _facts(*shapes)
    store = Store()
    store.engine.extend(ox.Quad(*triple) for triple in facts.triples())
    results = run(facts, shapes=rules, engine=store, prefixes={})
    text = ox.serialize(report(results, shapes=rules), format=ox.RdfFormat.N_TRIPLES)
    return not results, (text or b"").decode()


def _facts(text: str, base: str) -> Facts:
    return Facts(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=base))
