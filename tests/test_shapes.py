"""Every shape has cases that it lets pass and, for each of its constraints, one that it stops: cases/shapes/<Shape>/.

`valid.ttl` and `valid-<why>.ttl` pass. `invalid-<what>.ttl` breaks the one constraint that <what> names: one of the
shape's own, tsh:<Shape>-<what> (`-twice` where there are too many values); one that several shapes share, tsh:<what>
(`-value` where the shape has its own of that name); `closed`, a property that is none of the shape's. Where the shape
is one SPARQL constraint, tsh:<Shape>-select, or says all itself, <what> is free.
`--<how>` after it tells the ways of breaking one apart.

A Turtle case is what page 25 states. Where the shape compares pages, the case is a TriG file of page graphs.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, ROOT
from tiesgraph.bounds import add_bounds
from tiesgraph.infer import add_inferences
from tiesgraph.names import SH, TIES, TSH, graph_iri, page_graph, page_number
from tiesgraph.pipeline import add_provenance
from tiesgraph.store import Store, Term
from tiesgraph.validate import Finding, audit, check, idle_shapes

ONTOLOGY, SHAPES, AUDIT = graph_iri("ontology"), graph_iri("shapes"), graph_iri("audit")
FILES = sorted(file for file in (CASES / "shapes").glob("*/*") if file.suffix in (".ttl", ".trig"))
INVALID = [file for file in FILES if file.stem.startswith("invalid-")]
VALID = [file for file in FILES if file.stem == "valid" or file.stem.startswith("valid-")]


def names(files: list[Path]) -> list[str]:
    return [f"{file.parent.name}-{file.stem}" for file in files]


def test_every_file_is_a_case() -> None:
    assert VALID
    assert INVALID
    everything = {file for file in (CASES / "shapes").rglob("*") if file.is_file()}
    assert sorted(everything - {*VALID, *INVALID}) == []


@pytest.fixture(scope="module")
def ontology() -> Store:
    """Ontology and concepts: what a case may take for granted."""
    store = Store()
    for file in sorted((ROOT / "ontology").rglob("*.ttl")):
        if file.name != "prefixes.ttl":
            store.load(file, graph=ONTOLOGY)
    return store


@pytest.fixture(scope="module")
def shapes() -> Store:
    store = Store()
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        store.load(file, graph=AUDIT if file.name == "audit.ttl" else SHAPES)
    return store


def reached(store: Store, start: Iterable[Term]) -> list[ox.Triple]:
    """What `store` says of the terms in `start`, and of whatever this leads to."""
    todo = [term for term in start if not isinstance(term, ox.Literal)]
    seen, found = set(todo), []
    while todo:
        told = list(store.triples(todo.pop()))
        found += told
        new = {triple.object for triple in told if not isinstance(triple.object, ox.Literal)} - seen
        seen |= new
        todo += new
    return found


def one_shape(shapes: Store, name: str) -> Store:
    """The shape called `name` with all that it is made of, without the other shapes, in the graph that it is of."""
    part = Store()
    for home in shapes.graphs_stating(TSH[name]):
        part.add(reached(shapes, [TSH[name]]), graph=home)
    return part


def constraints(shapes: Store, name: str) -> set[str]:
    """What the shape called `name` demands: its property shapes, its SPARQL constraints, `<name>-closed` and itself."""
    parts = {t.object for prop in ("property", "sparql") for t in shapes.triples(TSH[name], SH[prop])}
    found = {part.value.removeprefix(TSH) for part in parts if not isinstance(part, ox.Literal | ox.Triple)}
    closed = any(shapes.triples(TSH[name], SH["closed"], ox.Literal(value=True)))
    itself = any(shapes.triples(TSH[name], SH["message"]))
    return found | ({f"{name}-closed"} if closed else set()) | ({name} if itself else set())


def constraint(file: Path, shapes: Store) -> str | None:
    """The constraint that an invalid case names, or None where the shape has none of that name."""
    shape, what = file.parent.name, file.stem.removeprefix("invalid-").partition("--")[0]
    asked = (f"{shape}-{what}", f"{shape}-{what.removesuffix('-twice')}", what, what.removesuffix("-value"))
    demands = constraints(shapes, shape)
    return next((name for name in (*asked, f"{shape}-select", shape) if name in demands), None)


def load(file: Path) -> Store:
    """The page graphs of a case, with their provenance."""
    case = Store()
    if file.suffix == ".ttl":
        case.load(file, graph=page_graph(25))
    else:
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.TRIG):
            assert isinstance(quad.graph_name, ox.NamedNode), "a TriG case states everything on some page"
            assert page_number(quad.graph_name) is not None, "a TriG case states everything on some page"
            case.add([quad.triple], graph=quad.graph_name)
    add_provenance(case)
    return case


@pytest.fixture(scope="module")
def judge(ontology: Store, shapes: Store) -> Callable[[Path], list[Finding]]:
    """What its shape says of a case, run as the check or the audit would run it."""

    def findings(file: Path) -> list[Finding]:
        data, rules = load(file), one_shape(shapes, file.parent.name)
        text = " ".join(str(triple.object) for triple in rules.triples(None, SH["select"]))
        terms = {term for triple in data.triples() for term in (triple.predicate, triple.object)}
        # The rest of the ontology has no say here, and would take half a second a case.
        data.add(reached(ontology, terms | {TIES[name] for name in re.findall(r"\bties:(\w+)", text)}), graph=ONTOLOGY)
        assert idle_shapes(data, shapes=rules) == [], "the case holds no node of the shape's"
        (home,) = rules.graphs()
        if home == AUDIT:
            add_bounds(data)
        if "graph:inferred" in text:
            add_inferences(data)
        data.add(rules.triples(), graph=home)
        return audit(data) if home == AUDIT else check(data)

    return findings


@pytest.mark.parametrize("file", VALID, ids=names(VALID))
def test_a_valid_case_passes(file: Path, judge: Callable[[Path], list[Finding]]) -> None:
    assert judge(file) == []


@pytest.mark.parametrize("file", INVALID, ids=names(INVALID))
def test_an_invalid_case_is_stopped_by_what_it_names(
    file: Path, shapes: Store, judge: Callable[[Path], list[Finding]]
) -> None:
    shape, named = file.parent.name, constraint(file, shapes)
    assert named is not None, f"tsh:{shape} has no constraint of that name"
    findings = judge(file)
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


def test_every_shape_with_a_target_has_a_valid_case(shapes: Store) -> None:
    wanted = with_targets(shapes)
    assert wanted
    assert sorted(wanted - {file.parent.name for file in VALID if file.stem == "valid"}) == []
    assert sorted({file.parent.name for file in FILES} - wanted) == [], "cases of a shape that is no more"


def test_every_constraint_of_every_shape_has_an_invalid_case(shapes: Store) -> None:
    wanted = {demand for shape in with_targets(shapes) for demand in constraints(shapes, shape)}
    assert wanted
    assert sorted(wanted - {constraint(file, shapes) for file in INVALID}) == []


def test_every_property_shape_is_used(shapes: Store) -> None:
    used = {t.object for t in shapes.triples(None, SH["property"])}
    there = {t.subject for t in shapes.triples(None, SH["path"])}
    assert sorted(map(str, there - used)) == []
