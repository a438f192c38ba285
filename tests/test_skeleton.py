"""Skeletons: of every kind there is one that parses and is tidy, and the check finds in it what it leaves open."""

import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from conftest import ROOT, Snippets
from tiesgraph import pack
from tiesgraph.checkup import check_files
from tiesgraph.cli import main
from tiesgraph.corpus import Corpus
from tiesgraph.demands import Demands
from tiesgraph.errors import MisuseError, ShapesError
from tiesgraph.names import RDF, RDFS, TIES, TSH
from tiesgraph.rdffile import RdfFile, parse_rdf
from tiesgraph.skeleton import ENTITY, Skeleton, kinds, of_page, of_thing, resolve
from tiesgraph.store import Store, Subject


def vocabulary() -> Store:
    """The ontology and the shapes of the checkout, which tell what kinds there are."""
    store = Store()
    for source in Corpus.at(ROOT).sources:
        if source.name.startswith(("ontology/", "shapes/")):
            store.load(source.path, graph=source.graph)
    return store


KINDS = sorted(kinds(vocabulary()))
ASKED_FOR = {"agreement", "dialogue", "entity", "exercise", "footnote", "motivation", "visit"}


@pytest.fixture(scope="module")
def begun(graph: Store) -> dict[str, Skeleton]:
    """A skeleton of each kind, and of a page."""
    things = {kind: of_thing(graph, kind, f"Some {kind} nobody knows", page=84, file=kind) for kind in KINDS}
    return {**things, "page": of_page(graph, "84")}


def read(skeleton: Skeleton, name: str = "some.ttl") -> RdfFile:
    return parse_rdf(skeleton.text.encode(), ox.RdfFormat.TURTLE, name=name)


@pytest.fixture(scope="module")
def found(begun: dict[str, Skeleton], graph: Store) -> dict[str, set[str]]:
    """Node → the shapes that the check finds it to break, with all skeletons added to the graph at once."""
    files = [read(skeleton, kind) for kind, skeleton in begun.items()]
    shapes: dict[str, set[str]] = {}
    for finding in check_files(files, graph=graph, with_graph=True).findings:
        shapes.setdefault(finding.focus, set()).add(finding.shape)
    return shapes


def test_there_are_skeletons_of_all_kinds_that_a_curator_asks_for() -> None:
    assert ASKED_FOR - set(KINDS) == set()
    assert len(KINDS) > 50


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_states_its_thing_and_nothing_that_is_to_be_filled_in(
    kind: str, begun: dict[str, Skeleton], graph: Store
) -> None:
    skeleton = begun[kind]
    stated = {one.triple for one in read(skeleton).statements if one.triple.subject == skeleton.node}
    label = ox.Literal(f"Some {kind} nobody knows", language="en")
    cls = kinds(graph)[kind]
    assert stated == {ox.Triple(skeleton.node, RDF["type"], cls), ox.Triple(skeleton.node, RDFS["label"], label)}


def left_open(skeleton: Skeleton) -> list[Subject]:
    return [demand.shape for demand in skeleton.open]


@pytest.mark.parametrize("kind", [*KINDS, "page"])
def test_the_check_finds_exactly_what_is_left_open(
    kind: str, begun: dict[str, Skeleton], found: dict[str, set[str]]
) -> None:
    skeleton = begun[kind]
    wanted, told = ({str(shape).strip("<>") for shape in shapes} for shapes in (left_open(skeleton), skeleton.rules))
    broken = found.get(skeleton.node.value, set())
    # What a query asks for has no line to fill in: the skeleton tells of it in words.
    assert broken - told == wanted


def test_nothing_else_is_found(begun: dict[str, Skeleton], found: dict[str, set[str]]) -> None:
    assert set(found) - {skeleton.node.value for skeleton in begun.values()} == set()
    assert any(skeleton.open for skeleton in begun.values())


def test_every_skeleton_is_tidy(begun: dict[str, Skeleton], tmp_path: Path) -> None:
    for kind, skeleton in begun.items():
        (tmp_path / f"{kind}.ttl").write_text(skeleton.text, encoding="utf-8")
    formatter = Path(sys.executable).with_name("turtlefmt")
    done = subprocess.run([formatter, "--check", tmp_path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_taken_out_of_its_comment_is_turtle(kind: str, begun: dict[str, Skeleton]) -> None:
    text = begun[kind].text
    lines = re.findall(r"^# (\S+ \S+ .* \.)$", text, re.MULTILINE)
    open_lines = [line for line in lines if "…" in line and re.search(r" [a-z]+:\w+ ", line)]
    assert open_lines
    filled = [re.sub(r"(?<![:\"/])…", "<urn:x>", line).replace("…", "x") for line in open_lines]
    read_back = parse_rdf((text + "\n".join(filled)).encode(), ox.RdfFormat.TURTLE, name=kind)
    node = begun[kind].node
    assert all(node in (one.triple.subject, one.triple.object) for one in read_back.statements[-len(filled) :])


# ---- a small graph, shape by shape

ONTOLOGY = """
ties:Thing a owl:Class ; skos:definition "A thing."@en .
ties:Part a owl:Class ; rdfs:subClassOf ties:Thing .
ties:Other a owl:Class .
ties:size a owl:DatatypeProperty ; skos:definition "How big it is."@en .
"""
SHAPES = """
tsh:Thing a sh:NodeShape ; sh:targetClass ties:Thing ; sh:closed true ; rdfs:comment "A thing has a size."@en ;
    sh:property tsh:label , tsh:size , tsh:kind , tsh:Thing-size .
tsh:label sh:path rdfs:label ; sh:minCount 1 .
tsh:size sh:path ties:size ; sh:datatype xsd:integer .
tsh:kind sh:path ties:kind ; sh:node [ sh:property [ sh:hasValue <https://w3id.org/tiesgraph/concept/stance> ] ] .
tsh:Thing-size sh:path ties:size ; sh:minCount 1 ; sh:message "It has a size."@en .
"""
CONCEPTS = "stance:b skos:inScheme <https://w3id.org/tiesgraph/concept/stance> ."
ENTITIES = "event:x a ties:Thing . page:9 ties:pageState pagestate:facts . position:y ties:in event:x ."


def shaped(snippets: Snippets, more: str = "") -> Store:
    return snippets(ontology=ONTOLOGY, shapes=SHAPES + more, concepts=CONCEPTS, entities=ENTITIES)


def test_a_skeleton_says_what_the_shapes_say(snippets: Snippets) -> None:
    skeleton = of_thing(shaped(snippets), "thing", "A big one")
    assert (
        skeleton.text.partition("\n\n")[2]
        == """\
# A thing has a size. Fill in what is known, take away the # before it, strike what is not known.

# More exactly, it may be: ties:Part.

event:a-big-one a ties:Thing ;
    rdfs:label "A big one"@en .

# Needed:

# It has a size.
# event:a-big-one ties:size … .

# If the source says so. A date is "2018-04-27"^^xsd:date, "2013-10"^^xsd:gYearMonth or "1998"^^xsd:gYear: no
# more precise than the source.

# One of: stance:b.
# event:a-big-one ties:kind stance:… .
"""
    )
    assert [demand.shape for demand in skeleton.open] == [TSH["Thing-size"]]


MORE_SHAPES = {
    "one more is needed": (
        "tsh:Thing sh:property [ sh:path ties:new ; sh:minCount 2 ; sh:class ties:Thing ; sh:message 'Two.'@en ] .",
        "# Two.\n# event:a ties:new event:… , event:… .",
    ),
    "a class says how its things are named": (
        "tsh:Thing sh:property [ sh:path ties:size ; sh:class ties:Part ] .",
        "# It has a size.\n# event:a ties:size event:… .",
    ),
    "one of several will do": (
        "tsh:Thing sh:property [ sh:path [ sh:alternativePath ( ties:a ties:b ) ] ; sh:minCount 1 ] .",
        "# event:a ties:a … .\n# event:a ties:b … .",
    ),
    "it is somebody else's to say": (
        "tsh:Thing sh:property [ sh:path [ sh:inversePath ties:in ] ; sh:minCount 1 ; sh:message 'In.'@en ] .",
        "# In.\n# position:… ties:in event:a .",
    ),
    "a text": (
        "tsh:Thing sh:property [ sh:path ties:text ; sh:datatype rdf:langString ] .",
        '# event:a ties:text "…"@en .',
    ),
    "a duration": (
        "tsh:Thing sh:property [ sh:path ties:long ; sh:datatype xsd:duration ] .",
        '# event:a ties:long "…"^^xsd:duration .',
    ),
    "a date": (
        "tsh:Thing sh:property [ sh:path ties:on ; sh:node [ sh:or ( [ sh:datatype xsd:gYearMonth ] ) ] ] .",
        '# event:a ties:on "…"^^xsd:date .',
    ),
}


@pytest.mark.parametrize("more", MORE_SHAPES)
def test_a_changed_shape_changes_the_skeleton(more: str, snippets: Snippets) -> None:
    shape, wanted = MORE_SHAPES[more]
    assert wanted not in of_thing(shaped(snippets), "thing", "A").text
    assert wanted in of_thing(shaped(snippets, shape), "thing", "A").text


def test_a_class_answers_to_the_closed_shapes_above_it(snippets: Snippets) -> None:
    more = """
    tsh:Part sh:targetClass ties:Part ; sh:closed true ; sh:property tsh:label , tsh:size , tsh:more , tsh:Part-more .
    tsh:more sh:path ties:more . tsh:Part-more sh:path ties:more ; sh:minCount 1 .
    """
    demands = Demands(shaped(snippets, more)).of(TIES["Part"])
    assert [(demand.paths, demand.least) for demand in demands] == [
        ((TIES["more"],), 1),
        ((TIES["size"],), 1),
        ((RDFS["label"],), 1),
    ]


def test_a_class_that_no_shape_is_about_is_no_kind(snippets: Snippets) -> None:
    assert sorted(kinds(shaped(snippets))) == [ENTITY, "part", "thing"]


def test_what_a_query_asks_for_is_told_in_words(snippets: Snippets) -> None:
    more = "tsh:Rule a sh:NodeShape ; sh:targetClass ties:Thing ; sh:sparql tsh:q ; rdfs:comment 'It is odd.'@en ."
    skeleton = of_thing(shaped(snippets, more), "part", "A")
    assert "# Checked as well: It is odd.\n" in skeleton.text
    assert skeleton.rules == (TSH["Rule"],)


def test_a_path_of_another_kind_is_an_error_of_the_shape(snippets: Snippets) -> None:
    store = shaped(snippets, "tsh:Thing sh:property [ sh:path [ sh:zeroOrMorePath ties:a ] ] .")
    with pytest.raises(ShapesError, match="neither a property nor a choice"):
        of_thing(store, "thing", "A")


def test_a_kind_of_which_there_is_nothing_is_named_for_itself(snippets: Snippets) -> None:
    store = snippets(ontology="ties:ArmedForce a owl:Class .", shapes="")
    assert Demands(store).namespace(TIES["ArmedForce"]) == "https://w3id.org/tiesgraph/id/armed-force/"


# ---- names


@pytest.mark.parametrize("name", ["armed-force", "ArmedForce", "armed force", " Armed-Force ", "ARMED_FORCE"])
def test_a_kind_may_be_written_in_any_way(name: str) -> None:
    assert resolve(name, known=KINDS) == "armed-force"


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("exercize", "Did you mean exercise? tiesgraph new --list names all kinds."),
        ("pages", "Did you mean page? tiesgraph new --list names all kinds."),
        ("qqqq", "tiesgraph new --list names all kinds."),
    ],
)
def test_an_unknown_kind_is_answered_with_the_nearest(name: str, mend: str) -> None:
    with pytest.raises(MisuseError) as caught:
        resolve(name, known=KINDS)
    assert (caught.value.message, caught.value.mend) == (f"there is no kind {name!r}", mend)


@pytest.mark.parametrize(
    ("kind", "name", "node", "label"),
    [
        ("footnote", "3-999", "note:3-999", "Footnote 999 of chapter 3"),
        ("citation", "3-25-99", "cite:3-25-99", "Citation 99 in footnote 25 of chapter 3"),
        ("person", "Jo 3-999", "person:jo-3-999", "Jo 3-999"),
        ("visit", "3-999", "event:3-999", "3-999"),
    ],
)
def test_what_goes_by_numbers_is_named_by_them(kind: str, name: str, node: str, label: str, graph: Store) -> None:
    text = of_thing(graph, kind, name).text
    assert re.search(rf'^{node} a ties:\w+ ;\n    rdfs:label "{label}"@en \.$', text, re.MULTILINE)


def test_an_entity_may_be_any_kind_of_actor(graph: Store) -> None:
    offered = re.search(r"More exactly, it may be: (.*?)\.\n\n", of_thing(graph, ENTITY, "X").text, re.DOTALL)
    assert offered
    assert {"ties:ArmedForce", "ties:Company", "ties:State"} <= set(re.findall(r"ties:\w+", offered[1]))


# ---- the command


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["new", *map(str, arguments)])


@pytest.fixture
def at_hand(graph: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the command take the graph at hand, which it does not change, instead of loading one."""
    monkeypatch.setattr(pack, "open_asserted", lambda **_: graph)


def test_it_writes_a_file_named_for_the_thing_and_tells_what_is_missing(tmp_path: Path) -> None:
    result = call("visit", "Élisabeth Borne in Ōsaka", "--to", tmp_path / "mine")
    file = tmp_path / "mine" / "elisabeth-borne-in-osaka.ttl"
    assert (result.exit_code, result.stdout) == (0, "")
    assert 'event:elisabeth-borne-in-osaka a ties:Visit ;\n    rdfs:label "Élisabeth Borne in Ōsaka"@en .' in (
        file.read_text(encoding="utf-8")
    )
    assert result.stderr.startswith(f"event:elisabeth-borne-in-osaka, in {file}\nStill needed:\n")
    assert "  A visit has one status (ties:status).\n" in result.stderr
    assert result.stderr.endswith(f"tiesgraph check {file} --with-graph\n")


@pytest.mark.usefixtures("at_hand")
def test_it_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text("mine")
    result = call("visit", "x", "--to", tmp_path)
    assert result.exit_code == 2
    assert "x.ttl is there already\nNothing was written" in result.stderr
    assert (tmp_path / "x.ttl").read_text() == "mine"


@pytest.mark.usefixtures("at_hand")
def test_on_stdout_stands_the_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("page", "84", "-o", "-")
    assert result.exit_code == 0
    assert {quad.predicate for quad in ox.parse(result.stdout, format=ox.RdfFormat.TURTLE)} >= {TIES["page"]}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("at_hand")
def test_the_list_names_every_kind() -> None:
    listed = call("--list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == sorted({*KINDS, "page"})
    assert "\ndialogue                    A dialogue has its parties and its format.\n" in listed


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["state"], "it takes a kind and a name"),
        (["state", "Italy", "-o", "-"], "the graph has actor:italy already"),
        (["state", "護衛艦", "-o", "-"], "Say with --slug how it should end."),
        (["page", "400", "-o", "-"], "Its pages are 1 to 102."),
        (["page", "four", "-o", "-"], "a page is named by its number, not 'four'"),
        (["visit", "x", "--page", "0", "-o", "-"], "the report has no page 0"),
        (["visit", "x", "--to", "d", "-o", "e.ttl"], "--to and --output exclude each other"),
        (["visit", "x", "-o", "e.txt"], "e.txt is no name of a Turtle file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_makes_no_sense_is_told_with_its_mend(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []
