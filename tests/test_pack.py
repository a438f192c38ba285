"""The pipeline from files to pack: what it makes, when it makes it anew, and what it leaves behind when it fails."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import CASES
from tiesgraph import pack
from tiesgraph.corpus import Corpus
from tiesgraph.errors import (
    CorpusError,
    InconsistencyError,
    InvalidGraphError,
    PackError,
    TiesgraphError,
    UnknownTermError,
)
from tiesgraph.names import BASE, graph_iri, page_graph
from tiesgraph.store import Store

PAGE = "data/pages/3-united-kingdom/p025.ttl"


@pytest.fixture
def checkout(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The toy corpus as if it were the checkout that the code runs from."""
    monkeypatch.setattr(pack, "checkout_root", lambda: toy)
    monkeypatch.setattr(pack, "PACK", tmp_path / "home" / "_pack")
    return toy


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new))


def test_every_page_graph_says_whose_page_it_is(toy_graph: Store) -> None:
    rows = toy_graph.select(
        f"""PREFIX ties: <{BASE}ontology#> PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?g ?n ?page WHERE {{ ?g a ties:PageGraph ; ties:page ?n ; prov:wasDerivedFrom ?page }} ORDER BY ?n"""
    )
    assert [(row["g"], row["n"].value, row["page"].value) for row in rows] == [
        (page_graph(22), "22", BASE + "report/page/22"),
        (page_graph(25), "25", BASE + "report/page/25"),
    ]


def test_a_fact_is_cited_by_its_graph(toy_graph: Store) -> None:
    rows = toy_graph.select(
        f"""PREFIX ties: <{BASE}ontology#> SELECT ?page WHERE {{
        GRAPH ?g {{ <{BASE}id/visit/to-london> ties:host ?who }} ?g ties:page ?page }} ORDER BY ?page"""
    )
    assert [row["page"].value for row in rows] == ["22", "25"]


def test_the_manifest_tells_what_was_made_of_what() -> None:
    stages: list[tuple[str, int, int]] = []
    store, manifest = pack.build(Corpus.at(CASES / "corpus"), version="7", progress=lambda *now: stages.append(now))
    assert manifest.version == "7"
    assert manifest.triples == len(store)
    assert manifest.graphs["p025"] == store.size(page_graph(25))
    assert manifest.files["p025"] == [PAGE]
    first = ["load", "terms", "shapes", "bounds", "inference", "consistency"]
    assert list(manifest.seconds) == [*first, "audit", "commentary", "description"]
    assert list(dict.fromkeys(stage for stage, _, _ in stages)) == list(manifest.seconds)
    assert all(done <= total for _, done, total in stages)
    assert {stage for stage, done, total in stages if done == total} == set(manifest.seconds)


def test_a_checkout_makes_its_pack_once_and_anew_when_a_file_changes(checkout: Path) -> None:
    made: list[str] = []

    def watch(stage: str, done: int, total: int) -> None:
        if done == total:
            made.append(stage)

    first = pack.open_graph(progress=watch)
    assert "inference" in made
    made.clear()
    second = pack.open_graph(progress=watch)
    assert made == []
    assert len(first) == len(second)
    edit(checkout, PAGE, "host actor:japan", "host actor:united-kingdom")
    third = pack.open_graph(progress=watch)
    assert "inference" in made
    assert len(third) == len(first)
    assert pack.read_manifest(pack.PACK).content_hash == pack.fingerprint(Corpus.at(checkout))
    assert sorted(path.name for path in pack.PACK.parent.iterdir()) == ["_pack", "_pack.lock"]


def broken(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: edit(root, name, old, new)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        pytest.param(broken(PAGE, "ties:held", "ties:held ;;; ("), CorpusError, f"{PAGE}:9", id="broken Turtle"),
        pytest.param(broken(PAGE, "2017-12-14", "2017-12-34"), CorpusError, "ill-formed", id="an ill-formed date"),
        pytest.param(broken(PAGE, "ties:held", "ties:hold"), UnknownTermError, "ties:held", id="an unknown term"),
        pytest.param(
            broken(PAGE, "ties:host actor:japan", "ties:host <https://w3id.org/tiesgraph/id/visit/to-tokyo>"),
            InvalidGraphError,
            f"{PAGE}:11",
            id="a broken shape",
        ),
        pytest.param(
            broken("data/entities/states.ttl", "actor:japan a ties:State", "actor:japan a ties:State , ties:Event"),
            TiesgraphError,
            "japan",
            id="a thing of two classes that have nothing in common",
        ),
    ],
)
def test_a_failed_build_leaves_the_old_pack_as_it_was(
    checkout: Path, change: Callable[[Path], None], error: type[TiesgraphError], words: str
) -> None:
    pack.open_graph()
    before = {path: path.read_bytes() for path in pack.PACK.rglob("*") if path.is_file()}
    change(checkout)
    with pytest.raises(error) as caught:
        pack.open_graph()
    assert words in str(caught.value)
    assert {path: path.read_bytes() for path in pack.PACK.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in pack.PACK.parent.iterdir()) == ["_pack", "_pack.lock"]


def test_a_build_stops_at_an_inconsistency(toy: Path) -> None:
    edit(toy, "shapes/core.ttl", "sh:class ties:Actor", "sh:nodeKind sh:IRI")
    edit(toy, PAGE, "ties:host actor:japan", "ties:host visit:to-london")
    with pytest.raises(InconsistencyError) as caught:
        pack.build(Corpus.at(toy), version="0")
    assert "p025" in str(caught.value)


def test_another_corpus_is_built_and_nothing_is_kept(checkout: Path, tmp_path: Path) -> None:
    store = pack.open_graph(root=CASES / "corpus")
    assert len(store)
    assert not pack.PACK.exists()
    assert checkout != tmp_path


def test_what_is_asserted_is_open_to_checks_though_it_breaks_shapes(checkout: Path) -> None:
    edit(checkout, PAGE, "ties:host actor:japan", "ties:host visit:to-london")
    store = pack.open_asserted()
    assert store.size(graph_iri("inferred")) == 0
    assert store.size(page_graph(25))


def test_two_that_come_at_once_make_one_pack(checkout: Path) -> None:
    made: list[str] = []

    def watch(stage: str, done: int, _total: int) -> None:
        if stage == "inference" and done:
            made.append(stage)

    with ThreadPoolExecutor(2) as pool:
        sizes = list(pool.map(lambda _: len(pack.open_graph(progress=watch)), range(2)))
    assert sizes[0] == sizes[1]
    assert made == ["inference"]
    assert (checkout / "data").is_dir()


def test_a_node_is_located_in_a_checkout_by_line_and_in_a_wheel_by_file(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack.open_graph()
    node, graph = BASE + "id/visit/long-stay", page_graph(25)
    assert pack.locate(node, graph=graph) == [f"{PAGE}:11"]
    assert pack.locate(node, graph=graph, root=checkout) == [f"{PAGE}:11"]
    assert pack.locate(node, graph=graph_iri("derived")) == ["derived"]
    monkeypatch.setattr(pack, "checkout_root", lambda: None)
    assert pack.locate(node, graph=graph) == [PAGE]
    assert pack.locate(node, graph=graph_iri("ontology")) == ["ontology"]


def test_an_installation_without_a_pack_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pack, "checkout_root", lambda: None)
    monkeypatch.setattr(pack, "PACK", tmp_path / "_pack")
    with pytest.raises(PackError, match="Install tiesgraph again"):
        pack.open_graph()


def test_a_pack_without_a_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no readable manifest"):
        pack.read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"unknown": 1}))
    with pytest.raises(PackError, match="no readable manifest"):
        pack.read_manifest(tmp_path)


def test_a_folder_that_cannot_be_written_is_told(toy: Path, toy_graph: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    manifest = pack.Manifest(version="0", content_hash="")
    with pytest.raises(PackError, match="cannot be written"):
        pack.write_pack(toy_graph, manifest, root=toy, into=tmp_path / "file" / "_pack")


def test_a_disk_that_is_full_is_told_and_the_pack_of_before_stays(toy: Path, toy_graph: Store, tmp_path: Path) -> None:
    manifest = pack.Manifest(version="0", content_hash="")
    home = tmp_path / "_pack"
    pack.write_pack(toy_graph, manifest, root=toy, into=home)
    before = {file.name: file.read_bytes() for file in home.glob("*.nq")}
    size, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The nearest to a full disk that anybody may have: the write fails midway.
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before["named.nq"]) // 2, hard))
    try:
        with pytest.raises(PackError, match="cannot be written") as told:
            pack.write_pack(toy_graph, manifest, root=toy, into=home)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    assert told.value.place == str(home)
    assert "Make room" in str(told.value.mend)
    assert {file.name: file.read_bytes() for file in home.glob("*.nq")} == before
    assert [entry.name for entry in tmp_path.glob("_pack*")] == ["_pack"]


def test_opening_a_fresh_pack_imports_neither_reasoner_nor_validator(graph: Store) -> None:
    assert len(graph)
    heavy = ("rdflib", "owlrl", "pyshacl")
    code = f"""
import sys
from tiesgraph.pack import open_graph
open_graph()
print([name for name in {heavy} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
