"""Files that a user names are loaded as they are."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tiesgraph.dataset import fingerprint, open_dataset, parse_named
from tiesgraph.errors import CorpusError, MisuseError
from tiesgraph.query import run

TRIPLE = "<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n"
ALL = "SELECT ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"

FILES: dict[str, bytes] = {
    "a.ttl": TRIPLE.encode(),
    "a.nt": TRIPLE.encode(),
    "a.nq": TRIPLE.encode(),
    "a.trig": TRIPLE.encode(),
    "a.jsonld": b'{"@id": "http://example.org/a", "http://example.org/p": {"@id": "http://example.org/b"}}',
    "a.rdf": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
    b'<rdf:Description rdf:about="http://example.org/a"><e:p rdf:resource="http://example.org/b"/></rdf:Description>'
    b"</rdf:RDF>",
    "a.ttl.gz": gzip.compress(TRIPLE.encode()),
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    store = open_dataset([tmp_path / name])
    assert run(store, f"ASK {{ {TRIPLE} }}").serialize(run(store, "ASK {}").formats[2]) == b"true"


def test_quads_keep_their_graphs_and_no_union_is_made(tmp_path: Path) -> None:
    file = tmp_path / "a.nq"
    file.write_text(TRIPLE.replace(" .", " <http://example.org/g> ."))
    store = open_dataset([file])
    assert [[str(term) for term in row] for row in run(store, ALL).table()[1]] == [["<http://example.org/g>"]]


def test_a_file_can_be_loaded_into_a_named_graph(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(TRIPLE)
    store = open_dataset([], named=[parse_named(f"http://example.org/g?x=1={file}")])
    assert [[str(term) for term in row] for row in run(store, ALL).table()[1]] == [["<http://example.org/g?x=1>"]]


def test_blank_nodes_of_several_files_stay_apart(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text("_:same <http://example.org/p> 1 .")
    store = open_dataset([tmp_path / "a.ttl", tmp_path / "b.ttl"])
    assert len(store) == 2


def test_an_empty_file_is_an_empty_dataset(tmp_path: Path) -> None:
    (tmp_path / "a.nq").touch()
    assert len(open_dataset([tmp_path / "a.nq"])) == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.ttl", b"<http://example.org/a>\n <http://example.org/p> .", "a.ttl:2"),
        ("a.xyz", b"", "no RDF format"),
        ("a.ttl.gz", b"not gzip", "cannot be read"),
    ],
)
def test_a_broken_file_is_named_with_its_place(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        open_dataset([tmp_path / name])
    assert said in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        open_dataset([tmp_path / "none.ttl"])


def test_quads_keep_their_graphs_even_in_a_file_for_a_named_graph(tmp_path: Path) -> None:
    file = tmp_path / "a.nq"
    file.write_text(TRIPLE.replace(" .", " <http://example.org/g> .") + TRIPLE)
    store = open_dataset([], named=[parse_named(f"http://example.org/h={file}")])
    found = sorted(str(row[0]) for row in run(store, ALL).table()[1])
    assert found == ["<http://example.org/g>", "<http://example.org/h>"]


@pytest.mark.parametrize("text", ["no-equals-sign", "not an iri=file.ttl"])
def test_a_malformed_name_is_misuse(text: str) -> None:
    with pytest.raises(MisuseError):
        parse_named(text)


def test_a_dataset_is_known_by_its_files_and_the_latest_change(tmp_path: Path) -> None:
    one, two = tmp_path / "a.ttl", tmp_path / "b.ttl"
    for number, file in enumerate((one, two)):
        file.write_text(TRIPLE)
        os.utime(file, (0, 1_000_000_000 + number))
    known, modified = fingerprint([one, two])
    assert modified == datetime.fromtimestamp(1_000_000_001, UTC)
    assert fingerprint([one, two]) == (known, modified)
    graph = parse_named(f"http://example.org/g={two}")
    os.utime(one, (0, 1_000_000_000.5))
    assert len({known, fingerprint([one, two])[0], fingerprint([one])[0], fingerprint([one], named=[graph])[0]}) == 4
    with pytest.raises(CorpusError):
        fingerprint([tmp_path / "none.ttl"])
