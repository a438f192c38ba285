"""A dump is the graph: what is read back from it is what was in the store, and equal graphs give equal bytes."""

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, Snippets
from tiesgraph.corpus import Corpus
from tiesgraph.dataset import open_dataset
from tiesgraph.dump import DATASET_FORMATS, DERIVED, FORMATS, Dump, dumps, statements, write
from tiesgraph.errors import MisuseError, NotAcceptable
from tiesgraph.media import JSONLD, NQUADS, NTRIPLES, RDFXML, TRIG, TURTLE, Format
from tiesgraph.names import graph_iri, prefixes
from tiesgraph.pack import PACK
from tiesgraph.pipeline import build
from tiesgraph.store import Store

TABLE = prefixes()


def read(body: bytes, fmt: Format, /) -> ox.Dataset:
    """What the text of a dump says, with canonical blank nodes."""
    found = ox.Dataset(ox.parse(body, format=ox.RdfFormat.from_media_type(fmt.media_type)))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def held(store: Store, /, *, graphs: bool = True) -> ox.Dataset:
    """The named graphs of a store, or its default graph, with canonical blank nodes."""
    named = (q for q in store.engine if isinstance(q.graph_name, ox.DefaultGraph) is not graphs)
    found = ox.Dataset(named)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


@pytest.mark.parametrize("fmt", DATASET_FORMATS, ids=lambda fmt: fmt.name)
def test_a_dump_is_the_graph(graph: Store, fmt: Format) -> None:
    assert read(gzip.decompress(write(graph, Dump(fmt=fmt, packed=True), table=TABLE)), fmt) == held(graph)


@pytest.mark.parametrize("fmt", [TURTLE, NTRIPLES, RDFXML], ids=lambda fmt: fmt.name)
def test_a_dump_without_graph_names_is_the_default_graph(toy_graph: Store, fmt: Format) -> None:
    assert read(write(toy_graph, Dump(fmt=fmt), table=TABLE), fmt) == held(toy_graph, graphs=False)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_the_file_of_one_graph_holds_that_graph(toy_graph: Store, fmt: Format) -> None:
    for home in toy_graph.graphs():
        found = read(write(toy_graph, Dump(fmt=fmt, graph=home), table=TABLE), fmt)
        expected = ox.Dataset(
            ox.Quad(t.subject, t.predicate, t.object, home if fmt in (TRIG, NQUADS) else ox.DefaultGraph())
            for t in toy_graph.triples(graph=home)
        )
        expected.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        assert found == expected


def test_the_asserted_graph_lacks_what_was_computed_and_nothing_else(graph: Store) -> None:
    whole = {quad.graph_name for quad in statements(graph, Dump(fmt=TRIG))}
    asserted = {quad.graph_name for quad in statements(graph, Dump(fmt=TRIG, asserted=True))}
    assert whole - asserted == DERIVED
    assert len(whole) > 100


@pytest.mark.parametrize("dump", [Dump(fmt=fmt, packed=True) for fmt in FORMATS], ids=lambda dump: dump.name)
def test_two_makes_of_a_dump_are_equal_to_the_byte(toy_graph: Store, dump: Dump) -> None:
    again = build(Corpus.at(CASES / "corpus"), version="0")[0]
    assert write(again, dump, table=TABLE) == write(toy_graph, dump, table=TABLE)


def test_a_dump_of_the_real_graph_does_not_depend_on_how_it_was_loaded(graph: Store) -> None:
    dump = Dump(fmt=TRIG)
    assert write(Store.unpack(PACK), dump, table=TABLE) == write(graph, dump, table=TABLE)


def test_each_graph_is_one_block_of_its_file(toy_graph: Store) -> None:
    text = write(toy_graph, Dump(fmt=TRIG), table=TABLE).decode()
    blocks = [line for line in text.splitlines() if line.endswith(" {")]
    assert len(blocks) == len(toy_graph.graphs())


def test_a_users_dataset_is_dumped_with_its_default_graph(tmp_path: Path) -> None:
    file = tmp_path / "a.nq"
    file.write_text("<http://e/a> <http://e/p> _:b .\n_:b <http://e/p> _:b <http://e/g> .\n")
    store = open_dataset([file])
    assert write(store, Dump(fmt=NQUADS), table={}).decode().splitlines() == [
        "<http://e/a> <http://e/p> _:c14n0 .",
        "_:c14n0 <http://e/p> _:c14n0 <http://e/g> .",
    ]
    with pytest.raises(MisuseError, match="nothing was derived"):
        write(store, Dump(fmt=NQUADS, asserted=True), table={})


def test_an_unknown_graph_is_an_error_and_no_empty_file(toy_graph: Store) -> None:
    with pytest.raises(MisuseError, match="p099"):
        write(toy_graph, Dump(fmt=TURTLE, graph=graph_iri("p099")), table={})


def test_what_xml_cannot_say_is_told(snippets: Snippets) -> None:
    store = snippets(p025=r'<http://e/a> <http://e/1> "x\u0001" .')
    with pytest.raises(NotAcceptable):
        write(store, Dump(fmt=RDFXML), table={})


@pytest.mark.parametrize("dump", dumps(), ids=lambda dump: dump.name)
def test_what_is_offered_is_found_by_its_name(dump: Dump) -> None:
    assert Dump.parse(dump.name) == dump


@pytest.mark.parametrize(
    ("name", "dump"),
    [
        ("tiesgraph.trig", Dump(fmt=TRIG)),
        ("tiesgraph-asserted.nq.gz", Dump(fmt=NQUADS, asserted=True, packed=True)),
        ("graph/p025.ttl", Dump(fmt=TURTLE, graph=graph_iri("p025"))),
        ("graph/entities.jsonld.gz", Dump(fmt=JSONLD, graph=graph_iri("entities"), packed=True)),
    ],
)
def test_a_name_tells_the_file(name: str, dump: Dump) -> None:
    assert Dump.parse(name) == dump
    assert dump.name == name


@pytest.mark.parametrize(
    "name", ["", "tiesgraph", "tiesgraph.gz", "tiesgraph.zip", "other.trig", "graph/.ttl", "graph/a/b.ttl", "p025.ttl"]
)
def test_other_names_are_no_files(name: str) -> None:
    assert Dump.parse(name) is None
