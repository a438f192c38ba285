"""Which page states what a page graph holds: said of every page graph, so that any statement can be cited."""

from __future__ import annotations

import pyoxigraph as ox

from tiesgraph.names import PROV, RDF, TIES, XSD, graph_iri, page_iri, page_number
from tiesgraph.store import Store, Term

__all__ = ["add_provenance"]

PROVENANCE = graph_iri("provenance")


def add_provenance(store: Store, /) -> None:
    """Say of every page graph in `store` whose page it is, in `graph:provenance`."""
    for graph in store.graphs():
        page = page_number(graph)
        if page is not None:
            number = ox.Literal(str(page), datatype=XSD["integer"])
            told: dict[ox.NamedNode, Term] = {
                RDF["type"]: TIES["PageGraph"],
                TIES["page"]: number,
                PROV["wasDerivedFrom"]: page_iri(page),
            }
            store.add((ox.Triple(graph, prop, value) for prop, value in told.items()), graph=PROVENANCE)
