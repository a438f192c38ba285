"""Every shape has a case that it lets pass and cases that it stops: cases/shapes/<Shape>/{valid,invalid-<what>}.ttl.

A Turtle case is what page 25 states. Where the shape compares pages, the case is a TriG file of page graphs.
"""

from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, ROOT
from tiesgraph.bounds import add_bounds
from tiesgraph.names import SH, TSH, graph_iri, page_graph
from tiesgraph.pipeline import add_provenance
from tiesgraph.store import Store
from tiesgraph.validate import idle_shapes, validate

FILES = sorted(file for file in (CASES / "shapes").glob("*/*") if file.suffix in (".ttl", ".trig"))


def test_there_are_cases() -> None:
    assert FILES


@pytest.fixture(scope="module")
def ontology() -> Store:
    """Ontology and concepts: what a case may take for granted."""
    store = Store()
    for file in sorted((ROOT / "ontology").rglob("*.ttl")):
        if file.name != "prefixes.ttl":
            store.load(file, graph=graph_iri("ontology"))
    return store


@pytest.fixture(scope="module")
def shapes() -> Store:
    store = Store()
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        store.load(file, graph=graph_iri("shapes"))
    return store


def one_shape(shapes: Store, name: str) -> Store:
    """The shape called `name` with all that it is made of, without the other shapes."""
    todo: list[ox.NamedNode | ox.BlankNode | ox.Triple] = [TSH[name]]
    seen, part = set(todo), Store()
    while todo:
        found = list(shapes.triples(todo.pop()))
        part.add(found, graph=graph_iri("shapes"))
        new = {t.object for t in found if not isinstance(t.object, ox.Literal)} - seen
        seen |= new
        todo += new
    return part


def load_case(file: Path, data: Store) -> None:
    """Add the case to `data`, with the provenance and the date bounds that the pipeline would derive."""
    if file.suffix == ".ttl":
        data.load(file, graph=page_graph(25))
    else:
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.TRIG):
            assert isinstance(quad.graph_name, ox.NamedNode), "a TriG case states everything on some page"
            data.add([quad.triple], graph=quad.graph_name)
    add_provenance(data)
    add_bounds(data)


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parent.name}-{file.stem}" for file in FILES])
def test_a_valid_case_passes_and_an_invalid_one_is_stopped(file: Path, ontology: Store, shapes: Store) -> None:
    shape = file.parent.name
    assert any(shapes.triples(TSH[shape])), f"there is no tsh:{shape}"
    data = ontology.subset(ontology.graphs())
    load_case(file, data)
    rules = one_shape(shapes, shape)
    assert idle_shapes(data, shapes=rules) == [], "the case holds no node of the shape's"
    found = {finding.shape.removeprefix(TSH) for finding in validate(data, shapes=rules)}
    if file.stem == "valid":
        assert found == set()
        return
    what = file.stem.removeprefix("invalid-")
    assert what != file.stem, "a case is called valid or invalid-<what>"
    # The constraint named answers: one of the shape's own, or a property shape that several share, else the whole.
    named = [name for name in (f"{shape}-{what}", what) if any(shapes.triples(TSH[name], SH["path"]))]
    assert (named or [shape])[0] in found


def test_every_shape_with_a_target_has_cases(shapes: Store) -> None:
    wanted = {iri.removeprefix(TSH) for iri in idle_shapes(Store(), shapes=shapes)}
    having = {file.parent.name for file in FILES if file.stem == "valid"}
    stopped = {file.parent.name for file in FILES if file.stem.startswith("invalid-")}
    assert sorted(wanted - (having & stopped)) == []
