"""The engine holds each fact once in the default graph, and loses nothing on the way to rdflib and back."""

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from conftest import CASES, Snippets
from tiesgraph.bridge import engine_term, engine_triple, rdflib_term, to_rdflib
from tiesgraph.corpus import Corpus
from tiesgraph.errors import MisuseError
from tiesgraph.names import TIES, graph_iri
from tiesgraph.pipeline import build
from tiesgraph.store import Store

TWICE = "actor:japan ties:partOf actor:world ."


def test_a_fact_on_two_pages_is_one_triple_of_the_default_graph(snippets: Snippets) -> None:
    store = snippets(p022=TWICE, p025=TWICE + "actor:france ties:partOf actor:world .")
    assert len(store) == 2
    assert [store.size(graph) for graph in store.graphs()] == [1, 2]
    rows = store.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    assert [row["n"].value for row in rows] == ["2"]


def test_every_triple_of_a_named_graph_stands_in_the_default_graph(toy_graph: Store) -> None:
    named = {triple for graph in toy_graph.graphs() for triple in toy_graph.triples(graph=graph)}
    assert named == set(toy_graph.triples())


def test_the_graphs_that_state_a_triple_are_known(snippets: Snippets) -> None:
    store = snippets(p022=TWICE, p025=TWICE, p026="actor:japan ties:partOf actor:asia .")
    statement = next(store.triples(graph=graph_iri("p022")))
    found = store.graphs_stating(statement.subject, statement.predicate, statement.object)
    assert found == [graph_iri("p022"), graph_iri("p025")]


def test_a_subset_has_its_own_union(snippets: Snippets) -> None:
    part = snippets(p022=TWICE, p025="actor:france ties:partOf actor:world .").subset([graph_iri("p025")])
    assert len(part) == 1


def test_a_dump_is_the_same_bytes_for_the_same_files(toy_graph: Store, tmp_path: Path) -> None:
    toy_graph.dump(tmp_path / "one.nq")
    build(Corpus.at(CASES / "corpus"), version="0")[0].dump(tmp_path / "two.nq")
    assert (tmp_path / "one.nq").read_bytes() == (tmp_path / "two.nq").read_bytes()


def test_blank_nodes_of_two_files_stay_apart_and_keep_their_names(tmp_path: Path) -> None:
    stores = []
    for _ in range(2):
        store = Store()
        for name in ("one", "two"):
            file = tmp_path / f"{name}.ttl"
            file.write_text("_:x <http://e/p> [ <http://e/q> 1 ] .")
            store.load(file, graph=graph_iri("shapes"))
        stores.append(set(store.engine))
    assert len(stores[0]) == 8
    assert stores[0] == stores[1]


def test_select_refuses_other_forms() -> None:
    with pytest.raises(MisuseError):
        Store().select("ASK { ?s ?p ?o }")


@pytest.mark.parametrize(
    "term",
    [
        ox.NamedNode("http://e/a"),
        ox.BlankNode("b"),
        ox.Literal("plain"),
        ox.Literal("Japan", language="en"),
        ox.Literal("2017-12", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#gYearMonth")),
        ox.Literal("2017-02-30", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
        ox.Literal("007", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
        ox.Literal("1.50", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
    ],
)
def test_a_term_goes_to_rdflib_and_back_unchanged(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> None:
    assert engine_term(rdflib_term(term)) == term


def test_what_rdf_has_no_term_for_is_refused() -> None:
    with pytest.raises(ValueError, match="no counterpart"):
        engine_term(rdflib.Variable("x"))
    quoted = ox.Triple(ox.NamedNode("http://e/a"), TIES["date"], ox.Literal("x"))
    with pytest.raises(ValueError, match="no counterpart"):
        rdflib_term(quoted)


def test_a_graph_goes_to_rdflib_and_back_unchanged(toy_graph: Store) -> None:
    back = Store()
    back.add(map(engine_triple, to_rdflib(toy_graph)), graph=graph_iri("x"))
    assert set(back.triples()) == set(toy_graph.triples())
