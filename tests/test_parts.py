"""A packed dataset answers from its default graph at once, and is whole whenever anybody looks further."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from tiesgraph.errors import PackError
from tiesgraph.media import JSON
from tiesgraph.names import RDF
from tiesgraph.parts import BLANK, DEFAULT, NAMED, Parts
from tiesgraph.query import questions, run
from tiesgraph.store import Store

EVERYTHING = "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o"
FIGURES = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def pack(toy_graph: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    toy_graph.pack(folder)
    return folder


def answer(store: Store, text: str) -> bytes:
    return run(store, text).serialize(JSON)


def narrowed(store: Store) -> Store:
    for _ in store.narrowing():
        pass
    return store


def test_what_is_packed_is_unpacked_with_the_names_of_its_blank_nodes(toy_graph: Store, pack: Path) -> None:
    assert set(Store.unpack(pack).engine) == set(toy_graph.engine)
    assert (pack / BLANK).stat().st_size


def test_equal_datasets_are_packed_to_equal_bytes(toy_graph: Store, pack: Path, tmp_path: Path) -> None:
    assert Store.unpack(pack).pack(tmp_path) == toy_graph.pack(tmp_path)
    for name in (DEFAULT, NAMED, BLANK):
        assert (tmp_path / name).read_bytes() == (pack / name).read_bytes()


def test_what_names_no_graph_is_answered_before_the_named_graphs_are_read(
    pack: Path, toy_graph: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: Parts, _engine: ox.Store) -> None:
        raise AssertionError("the named graphs are not needed for this")

    store = Store.unpack(pack)
    monkeypatch.setattr(Parts, "load_named", never)
    assert answer(store, FIGURES) == answer(toy_graph, FIGURES)
    assert len(store) == len(toy_graph)
    assert store.mentions(next(store.triples()).predicate)


@pytest.mark.parametrize("name", [one.name for one in questions()][::4])
def test_the_named_questions_have_the_same_answers(toy_graph: Store, pack: Path, name: str) -> None:
    (text,) = (one.sparql for one in questions() if one.name == name)
    assert answer(Store.unpack(pack), text) == answer(toy_graph, text)


@pytest.mark.parametrize(
    "look",
    [
        lambda store: answer(store, EVERYTHING),
        lambda store: store.graphs(),
        lambda store: [store.size(graph) for graph in store.graphs()],
        lambda store: {graph.value: store.mentions(graph) for graph in store.graphs()},
        lambda store: store.graphs_stating(predicate=RDF["type"]),
        lambda store: set(store.engine),
    ],
)
def test_whoever_looks_further_finds_all_of_it(toy_graph: Store, pack: Path, look: Callable[[Store], object]) -> None:
    assert look(Store.unpack(pack)) == look(toy_graph)


def test_a_graphs_own_name_is_found_though_it_is_in_no_triple(tmp_path: Path) -> None:
    made = Store()
    graph = ox.NamedNode("http://e/only-a-graph")
    made.add([ox.Triple(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o"))], graph=graph)
    made.pack(tmp_path)
    store = Store.unpack(tmp_path)
    assert store.mentions(graph)
    assert not store.mentions(ox.NamedNode("http://e/nowhere"))


def test_all_who_look_at_once_find_all_of_it(toy_graph: Store, pack: Path) -> None:
    store, found = Store.unpack(pack), []
    together = threading.Barrier(8)

    def look() -> None:
        together.wait()
        found.append(len(store.engine))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [len(toy_graph.engine)] * 8


def test_the_second_engine_is_the_first_one_there_was(toy_graph: Store, pack: Path) -> None:
    store = narrowed(Store.unpack(pack))
    assert store.is_final
    assert set(store.engine) == set(toy_graph.engine)
    alone, _ = store.plan("ASK {}")
    assert {quad for quad in alone if isinstance(quad.graph_name, ox.DefaultGraph)} == {
        quad for quad in toy_graph.engine if isinstance(quad.graph_name, ox.DefaultGraph)
    }
    for text in (EVERYTHING, FIGURES):
        assert answer(store, text) == answer(toy_graph, text)


def test_one_that_was_complete_before_is_narrowed_as_well(toy_graph: Store, pack: Path) -> None:
    store = Store.unpack(pack)
    store.complete()
    assert answer(narrowed(store), FIGURES) == answer(toy_graph, FIGURES)


def test_what_is_added_before_anything_was_read_is_there_with_the_rest(toy_graph: Store, pack: Path) -> None:
    store = Store.unpack(pack)
    graph = ox.NamedNode("http://e/g")
    store.add([ox.Triple(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o"))], graph=graph)
    assert len(store.engine) == len(toy_graph.engine) + 2
    assert store.size(graph) == 1


def test_a_pack_that_is_replaced_meanwhile_goes_on_as_it_was(toy_graph: Store, tmp_path: Path) -> None:
    home = tmp_path / "pack"
    home.mkdir()
    toy_graph.pack(home)
    store = Store.unpack(home)
    for name in (DEFAULT, NAMED, BLANK):
        (home / name).unlink()
        (home / name).write_text("<http://e/s> <http://e/p> <http://e/o> .\n")
    assert set(store.engine) == set(toy_graph.engine)


def test_a_pack_that_is_replaced_while_it_is_opened_is_opened_anew(
    toy_graph: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, other = tmp_path / "pack", tmp_path / "other"
    for folder in (home, other):
        folder.mkdir()
        toy_graph.pack(folder)
    (home / DEFAULT).write_text("<http://e/s> <http://e/p> <http://e/o> .\n")
    load_default = Parts.load_default

    def replace_and_load(parts: Parts, engine: ox.Store, /) -> bool:
        if other.exists():
            home.rename(tmp_path / "old")
            other.rename(home)
        return load_default(parts, engine)

    monkeypatch.setattr(Parts, "load_default", replace_and_load)
    assert set(Store.unpack(home).engine) == set(toy_graph.engine)
    assert not other.exists()


@pytest.mark.parametrize("name", [DEFAULT, NAMED, BLANK])
def test_a_part_that_is_missing_or_cut_short_is_told_at_once(toy_graph: Store, tmp_path: Path, name: str) -> None:
    toy_graph.pack(tmp_path)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2].rstrip(b"\n"))
    with pytest.raises(PackError, match="cut short") as told:
        Store.unpack(tmp_path)
    assert told.value.place == name
    (tmp_path / name).unlink()
    with pytest.raises(PackError, match="cannot be read") as told:
        Store.unpack(tmp_path)
    assert told.value.place == name


@pytest.mark.parametrize("name", [DEFAULT, BLANK])
def test_a_damaged_part_is_told(toy_graph: Store, tmp_path: Path, name: str) -> None:
    toy_graph.pack(tmp_path)
    (tmp_path / name).write_text("no quads\n")
    with pytest.raises(PackError, match="cannot be read") as told:
        Store.unpack(tmp_path)
    assert told.value.place == name


def test_damage_to_what_is_read_later_is_told_each_time_it_is_looked_for(toy_graph: Store, tmp_path: Path) -> None:
    toy_graph.pack(tmp_path)
    (tmp_path / NAMED).write_text("no quads\n")
    store = Store.unpack(tmp_path)
    assert answer(store, FIGURES) == answer(toy_graph, FIGURES)
    for _ in range(2):
        with pytest.raises(PackError, match="cannot be read") as told:
            store.graphs()
        assert told.value.place == NAMED
    with pytest.raises(PackError, match="cannot be read"):
        narrowed(store)


def test_a_dataset_without_named_graphs_is_packed_as_well(tmp_path: Path) -> None:
    made = Store()
    made.engine.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o")))
    made.pack(tmp_path)
    store = Store.unpack(tmp_path)
    assert set(store.engine) == set(made.engine)
    assert set(narrowed(Store.unpack(tmp_path)).engine) == set(made.engine)
