"""Every shape has cases that it lets pass and, for each of its constraints, one that it stops: cases/shapes/<Shape>/.

How a case is written, and what its name says, stands in `tiesgraph.cases`.
"""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, ROOT
from tiesgraph.cases import Case, Trial, cases
from tiesgraph.errors import CorpusError
from tiesgraph.names import SH, TSH, graph_iri
from tiesgraph.store import Store
from tiesgraph.validate import idle_shapes

ONTOLOGY, SHAPES, AUDIT = graph_iri("ontology"), graph_iri("shapes"), graph_iri("audit")
EVERY = cases(CASES / "shapes")
INVALID = [case for case in EVERY if not case.passes]
VALID = [case for case in EVERY if case.passes]


def names(of: list[Case]) -> list[str]:
    return [f"{case.shape}-{case.file.stem}" for case in of]


def test_there_are_cases_of_both_kinds() -> None:
    assert VALID
    assert INVALID


@pytest.mark.parametrize("name", ["S/valid.txt", "valid.ttl", "S/T/valid.ttl", "S/invalid.ttl", "S/notes.ttl"])
def test_a_file_that_is_no_case_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("")
    with pytest.raises(CorpusError, match="no case"):
        cases(tmp_path)


@pytest.fixture(scope="module")
def trial() -> Trial:
    store = Store()
    for file in sorted((ROOT / "ontology").rglob("*.ttl")):
        if file.name != "prefixes.ttl":
            store.load(file, graph=ONTOLOGY)
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        store.load(file, graph=AUDIT if file.name == "audit.ttl" else SHAPES)
    return Trial(store)


@pytest.mark.parametrize("case", VALID, ids=names(VALID))
def test_a_valid_case_passes(case: Case, trial: Trial) -> None:
    assert trial.findings(case) == []


@pytest.mark.parametrize("case", INVALID, ids=names(INVALID))
def test_an_invalid_case_is_stopped_by_what_it_names(case: Case, trial: Trial) -> None:
    shape, shapes, named = case.shape, trial.shapes, trial.constraint(case)
    assert named is not None, f"tsh:{shape} has no constraint of that name"
    findings = trial.findings(case)
    found = {finding.shape.removeprefix(TSH) for finding in findings}
    if any(shapes.triples(TSH[named], SH["path"])):
        # A value may break what all shapes ask of the property and what this one asks of it; nothing else.
        assert named in found
        assert found <= {named, f"{shape}-{named}", named.removeprefix(f"{shape}-")}
    else:
        assert found == {shape}
        # Of several constraints in SPARQL it is the words that tell which one answered.
        assert [f.message for f in findings if not re.fullmatch(words(named, shapes), f.message)] == []


def words(named: str, shapes: Store) -> str:
    """A pattern for the messages of a constraint; of a closed shape, which has no words of its own, any."""
    for told in shapes.triples(TSH[named], SH["message"]):
        assert isinstance(told.object, ox.Literal)
        return ".+".join(re.escape(part) for part in re.split(r"\{\?\w+\}", told.object.value))
    return ".+"


def with_targets(shapes: Store) -> set[str]:
    return {iri.removeprefix(TSH) for iri in idle_shapes(Store(), shapes=shapes)}


def test_every_shape_with_a_target_has_a_valid_case(trial: Trial) -> None:
    wanted = with_targets(trial.shapes)
    assert wanted
    assert sorted(wanted - {case.shape for case in VALID if case.file.stem == "valid"}) == []
    assert sorted({case.shape for case in EVERY} - wanted) == [], "cases of a shape that is no more"


def test_every_constraint_of_every_shape_has_an_invalid_case(trial: Trial) -> None:
    wanted = {demand for shape in with_targets(trial.shapes) for demand in trial.constraints(shape)}
    assert wanted
    assert sorted(wanted - {trial.constraint(case) for case in INVALID}) == []


def test_every_property_shape_is_used(trial: Trial) -> None:
    shapes = trial.shapes
    used = {t.object for t in shapes.triples(None, SH["property"])}
    there = {t.subject for t in shapes.triples(None, SH["path"])}
    assert sorted(map(str, there - used)) == []
