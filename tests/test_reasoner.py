"""The ontology before tools that are not ours: the OWL API's profile checker, and HermiT, a reasoner for OWL 2 DL.

Both come in owlready2's HermiT.jar and need Java; where that is not there, the tests skip and say so. Neither knows
the datatypes that OWL 2 leaves out, so the facts go to the reasoner without their days, months, years and durations.
"""

import importlib.util
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import CASES, ROOT, Snippets
from tiesgraph.names import ID, ONTOLOGY, OWL, RDF, SH, TIES, XSD, graph_iri, page_number
from tiesgraph.store import Store

HOME = graph_iri("ontology")
NO_OWL_DATATYPES = {"date", "duration", "gYear", "gYearMonth"}

JAVA = shutil.which("java")
OWLREADY = importlib.util.find_spec("owlready2")
MISSING = "Java is not here" if JAVA is None else "owlready2, which carries HermiT and the OWL API, is not installed"
needs_java = pytest.mark.skipif(JAVA is None or OWLREADY is None, reason=MISSING)

LINT = CASES / "lint"
TOYS = sorted([*LINT.glob("rl/*/*.ttl"), *LINT.glob("dl/*/*.ttl")])
DISAGREE = {
    "dl/several-versions/trips": "the OWL API takes one of two version names and forgets the other",
    "rl/data-range/passes-intersection": "the OWL API refuses an intersection of datatypes; section 4.2.4 allows it",
    "rl/data-range/trips-complement": "this OWL API does not read owl:datatypeComplementOf",
    "rl/reflexive-property/trips": "the OWL API lets reflexive properties pass; section 4.2.5 does not",
}


def as_owl(store: Store) -> Store:
    """What of `store` is OWL: one ontology with its modules merged in, without the prefix table, which is SHACL's."""
    merged = Store()
    for triple in store.triples():
        terms = [node.value for node in triple if isinstance(node, ox.NamedNode)]
        header = triple.object == OWL["Ontology"] or triple.predicate in (OWL["versionIRI"], OWL["imports"])
        module = header and (triple.predicate == OWL["imports"] or triple.subject != ox.NamedNode(ONTOLOGY))
        if not module and not any(term.startswith(SH) for term in terms):
            merged.add([triple], graph=HOME)
    return merged


@pytest.fixture(scope="module")
def violations(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Store]], dict[str, list[str]]]:
    """Asks the OWL API about ontologies by name; what it finds against OWL 2 RL, for each."""
    modules = subprocess.run([str(JAVA), "--list-modules"], capture_output=True, text=True, check=True).stdout
    if "jdk.compiler" not in modules:
        pytest.skip("Java is here, but not the compiler of a JDK, which runs tests/owl/Profile.java")
    assert OWLREADY is not None
    assert OWLREADY.origin is not None
    jar = Path(OWLREADY.origin).parent / "hermit" / "HermiT.jar"

    def ask(ontologies: dict[str, Store]) -> dict[str, list[str]]:
        folder = tmp_path_factory.mktemp("owl")
        files = {name: folder / f"{name.replace('/', '-')}.rdf" for name in ontologies}
        for name, file in files.items():
            ontologies[name].engine.dump(str(file), format=ox.RdfFormat.RDF_XML, from_graph=HOME)
        command = [str(JAVA), "-cp", str(jar), str(ROOT / "tests" / "owl" / "Profile.java"), *map(str, files.values())]
        said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout
        lines = [line.split("\t", 1) for line in said.splitlines()]
        return {name: [what for where, what in lines if where == str(file)] for name, file in files.items()}

    return ask


@needs_java
def test_the_ontology_is_in_the_profile_as_the_owl_api_sees_it(
    graph: Store, violations: Callable[[dict[str, Store]], dict[str, list[str]]]
) -> None:
    ontology = as_owl(graph.subset([HOME]))
    assert any(ontology.triples(TIES["Actor"], RDF["type"], OWL["Class"]))
    assert violations({"ontology": ontology})["ontology"] == []


@needs_java
def test_our_profile_rules_judge_as_the_owl_api_does(
    violations: Callable[[dict[str, Store]], dict[str, list[str]]],
) -> None:
    toys = {}
    for file in TOYS:
        toys[file.relative_to(LINT).with_suffix("").as_posix()] = store = Store()
        store.load(file, graph=HOME)
    found = violations(toys)
    trips = {name for name in toys if name.rpartition("/")[2].startswith("trips")}
    assert trips
    assert {name for name in toys if (name in trips) != bool(found[name])} == set(DISAGREE)


def unsatisfiable(store: Store, folder: Path) -> list[str]:
    """The classes that HermiT finds nothing can belong to.

    Raises:
        owlready2.OwlReadyInconsistentOntologyError: the statements cannot hold together.
    """
    import owlready2

    file = folder / "statements.nt"
    store.engine.dump(str(file), format=ox.RdfFormat.N_TRIPLES, from_graph=HOME)
    world = owlready2.World()
    try:
        world.get_ontology(file.as_uri()).load()
        owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        return sorted(cls.iri for cls in world.inconsistent_classes() if cls is not owlready2.Nothing)
    finally:
        world.close()


def facts(graph: Store) -> tuple[Store, Counter[str]]:
    """The ontology and all that the files assert, as OWL, and how many statements of which datatypes are left out."""
    homes = [home for home in graph.graphs() if page_number(home) is not None]
    homes += [graph_iri(name) for name in ("ontology", "concepts", "entities", "report", "sources", "alignments")]
    kept, left = Store(), Counter[str]()
    for triple in as_owl(graph.subset(homes)).triples():
        datatype = triple.object.datatype.value.removeprefix(XSD) if isinstance(triple.object, ox.Literal) else ""
        if datatype in NO_OWL_DATATYPES:
            left[datatype] += 1
        else:
            kept.add([triple], graph=HOME)
    return kept, left


@needs_java
def test_the_ontology_is_consistent_and_every_class_can_have_members(graph: Store, tmp_path: Path) -> None:
    assert unsatisfiable(as_owl(graph.subset([HOME])), tmp_path) == []


@needs_java
def test_the_facts_are_consistent_with_the_ontology(graph: Store, tmp_path: Path) -> None:
    kept, left = facts(graph)
    assert set(left) == NO_OWL_DATATYPES
    assert len(kept) > 10 * sum(left.values())
    assert unsatisfiable(kept, tmp_path) == []


@needs_java
def test_a_false_statement_among_the_registers_is_found_inconsistent(graph: Store, tmp_path: Path) -> None:
    import owlready2

    store = as_owl(graph.subset([HOME, graph_iri("entities")]))
    store.add([ox.Triple(ID["actor/japan"], RDF["type"], TIES["Event"])], graph=HOME)
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        unsatisfiable(store, tmp_path)


@needs_java
@pytest.mark.parametrize(
    ("ontology", "classes"),
    [
        pytest.param(
            "ties:Hull a owl:Class ; rdfs:subClassOf ties:Ship , ties:Port .", ["Hull"], id="below two disjoint classes"
        ),
        pytest.param(
            "ties:berth a owl:ObjectProperty ; rdfs:range ties:Port . ties:Hull a owl:Class ; rdfs:subClassOf "
            "[ a owl:Restriction ; owl:onProperty ties:berth ; owl:someValuesFrom ties:Ship ] .",
            ["Hull"],
            id="what it must be related to cannot be, which no query of ours would see",
        ),
        pytest.param("ties:Ferry a owl:Class ; rdfs:subClassOf ties:Ship .", [], id="nothing wrong"),
    ],
)
def test_a_class_that_can_have_no_members_is_found(
    snippets: Snippets, tmp_path: Path, ontology: str, classes: list[str]
) -> None:
    pair = "ties:Ship a owl:Class ; owl:disjointWith ties:Port . ties:Port a owl:Class . "
    found = unsatisfiable(snippets(ontology=pair + ontology), tmp_path)
    assert [iri.removeprefix(TIES) for iri in found] == classes
