"""Files have one place each, and a wrong one is told by name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tiesgraph.corpus import Corpus, parse_file
from tiesgraph.errors import CorpusError
from tiesgraph.names import BASE, graph_iri, graph_name

PAGES = "data/pages/3-united-kingdom"


def test_each_file_is_loaded_into_the_graph_of_its_place(toy: Path) -> None:
    (toy / "data/sources/works.ttl").parent.mkdir(exist_ok=True)
    (toy / "data/sources/works.ttl").write_text("")
    homes = {source.name: graph_name(source.graph) for source in Corpus.at(toy).sources}
    assert homes == {
        "data/entities/states.ttl": "entities",
        f"{PAGES}/p022.ttl": "p022",
        f"{PAGES}/p025.ttl": "p025",
        "data/report.ttl": "report",
        "data/sources/works.ttl": "sources",
        "ontology/concepts/level.ttl": "concepts",
        "ontology/core.ttl": "ontology",
        "ontology/prefixes.ttl": "ontology",
        "shapes/audit.ttl": "audit",
        "shapes/core.ttl": "shapes",
    }


def moved(old: str, new: str) -> Callable[[Path], None]:
    def move(root: Path) -> None:
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        (root / old).rename(root / new)

    return move


def lost(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        pytest.param(
            moved(f"{PAGES}/p025.ttl", "data/pages/4-france/p025.ttl"),
            "data/pages/4-france/p025.ttl",
            "Move the file to data/pages/3-united-kingdom/",
            id="a page file outside its chapter is told where it belongs",
        ),
        pytest.param(
            moved(f"{PAGES}/p025.ttl", f"{PAGES}/p099.ttl"),
            f"{PAGES}/p099.ttl",
            "no chapter with page 99",
            id="a page of no chapter is told",
        ),
        pytest.param(
            moved(f"{PAGES}/p025.ttl", f"{PAGES}/page25.ttl"),
            f"{PAGES}/page25.ttl",
            "Page 25 is p025.ttl",
            id="a misnamed page file is told the right way",
        ),
        pytest.param(
            moved(f"{PAGES}/p025.ttl", "data/stray/p025.ttl"),
            "data/stray/p025.ttl",
            "no named graph",
            id="a file in no known folder is told",
        ),
        pytest.param(lost("data/report.ttl"), "data/report.ttl", "missing", id="pages need the report's structure"),
    ],
)
def test_a_file_in_a_wrong_place_is_an_error(toy: Path, change: Callable[[Path], None], place: str, words: str) -> None:
    change(toy)
    with pytest.raises(CorpusError) as caught:
        Corpus.at(toy)
    assert caught.value.place == place
    assert words in str(caught.value)


def test_a_folder_that_is_no_corpus_is_told_what_one_is(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no ontology/"):
        Corpus.at(tmp_path)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("@prefix e: <http://e/> .\ne:a e:p zzz:c .\n", "x.ttl:2:9", "zzz"),
        ("@prefix e: <http://e/> .\n\ne:a e:p \n", "x.ttl:4:1", "not well formed"),
        ("<http://e/a> <http://e/p> <http://e/with space> .\n", "x.ttl:1", "The line reads: <http://e/a>"),
    ],
)
def test_broken_turtle_is_told_with_line_and_column(tmp_path: Path, text: str, place: str, words: str) -> None:
    file = tmp_path / "x.ttl"
    file.write_text(text)
    with pytest.raises(CorpusError) as caught:
        list(parse_file(file, place="x.ttl"))
    assert str(caught.value).startswith(place)
    assert words in str(caught.value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.ttl"
    file.write_bytes(b"<http://e/a> <http://e/p> '\xff\xfe' .")
    with pytest.raises(CorpusError, match=r"x\.ttl"):
        list(parse_file(file, place="x.ttl"))


def test_a_file_of_no_known_format_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no RDF format"):
        list(parse_file(tmp_path / "x.docx"))


def test_the_hash_follows_names_and_bytes_alone(toy: Path) -> None:
    before = Corpus.at(toy).content_hash()
    assert Corpus.at(toy).content_hash() == before
    file = toy / "ontology/concepts/level.ttl"
    file.write_text(file.read_text() + "# more\n")
    changed = Corpus.at(toy).content_hash()
    assert changed != before
    file.rename(file.with_name("rank.ttl"))
    assert Corpus.at(toy).content_hash() not in (before, changed)


@pytest.mark.parametrize(
    ("iri", "graph", "places"),
    [
        ("id/actor/japan", "entities", ["data/entities/states.ttl:5"]),
        ("id/visit/long-stay", "p025", [f"{PAGES}/p025.ttl:11"]),
        ("id/actor/united-kingdom", "p025", [f"{PAGES}/p025.ttl:8"]),
        ("id/actor/japan-mod", "entities", []),
    ],
)
def test_a_node_is_located_by_file_and_line(iri: str, graph: str, places: list[str]) -> None:
    corpus = Corpus.at(Path(__file__).parent / "cases" / "corpus")
    found = corpus.locate(BASE + iri, graph=graph_iri(graph))
    assert found == places or (not places and found == ["data/entities/states.ttl"])
