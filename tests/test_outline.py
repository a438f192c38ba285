"""The order of the curated files, kept beside the graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import CASES
from tiesgraph.corpus import Corpus
from tiesgraph.errors import PackError
from tiesgraph.names import BASE
from tiesgraph.outline import Outline
from tiesgraph.pack import open_outline


def test_subjects_stand_in_the_order_of_their_file(toy: Path) -> None:
    page = next((toy / "data" / "pages").rglob("p*.ttl"))
    page.write_text("<urn:x:b> <urn:x:p> 1 . <urn:x:a> <urn:x:p> 1 . <urn:x:b> <urn:x:p> 2 . [] <urn:x:p> 3 .\n")
    subjects = Outline.of(Corpus.at(toy)).subjects
    assert subjects[f"{BASE}graph/{page.stem}"] == ("urn:x:b", "urn:x:a")


def test_a_module_knows_what_stands_in_its_file() -> None:
    together = Outline.of(Corpus.at(CASES / "corpus")).together
    assert together
    assert all(found[0] == first for first, found in together.items())


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    outline = Outline.of(Corpus.at(CASES / "corpus"))
    assert not Outline.is_in(tmp_path)
    outline.write(tmp_path)
    assert Outline.is_in(tmp_path)
    assert Outline.read(tmp_path) == outline


def test_the_bundle_has_one_and_so_has_any_corpus(toy: Path) -> None:
    assert f"{BASE}graph/p025" in open_outline().subjects
    assert open_outline(root=toy) == Outline.of(Corpus.at(toy))


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"subjects": 1, "together": 2}'])
def test_a_damaged_outline_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "outline.json").write_text(content)
    with pytest.raises(PackError, match="outline"):
        Outline.read(tmp_path)
