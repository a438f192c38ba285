"""`tiesgraph check` over somebody's own RDF: what is found, where, in which form, and how the command ends."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from shacl_reference import theirs
from tiesgraph.cli import main, source
from tiesgraph.names import BASE, RDF, SH, TIES
from tiesgraph.shacl import Facts

CORPUS = Path(__file__).resolve().parent / "cases" / "corpus"

PREFIXES = """@prefix actor: <https://w3id.org/tiesgraph/id/actor/> .
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ties: <https://w3id.org/tiesgraph/ontology#> .
"""
RIGHT = (
    PREFIXES
    + 'ex:v a ties:Visit ; ties:gist "A visit."@en ; ties:host ex:s .\nex:s a ties:State ; rdfs:label "S"@en .\n'
)
WRONG = (
    PREFIXES
    + """
ex:v
    a ties:Visit ;
    ties:host ex:nobody ,
        actor:japan .
"""
)


def call(*arguments: str | Path, stdin: str | None = None) -> Result:
    given = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, ["check", "--corpus", str(CORPUS), *given], input=stdin)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file with mistakes, in the folder that the command is called in."""
    monkeypatch.chdir(tmp_path)
    Path("mine.ttl").write_text(WRONG, encoding="utf-8")
    return "mine.ttl"


# ---- what is found


def test_what_is_right_is_clean(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(RIGHT)
    result = call(tmp_path / "a.ttl")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "0 findings\n")


def test_files_alone_know_nothing_of_the_graph(file: str) -> None:
    result = call(file, "--format", "text")
    assert result.stdout.splitlines() == [
        "mine.ttl:6: violation: ex:v ties:gist: An event needs its gist: add one sentence in our own words."
        " [tsh:EventShape-gist]",
        "mine.ttl:8: violation: ex:v ties:host ex:nobody: A host is an actor: name one of data/entities."
        " [tsh:EventShape-host]",
        "mine.ttl:9: violation: ex:v ties:host actor:japan: A host is an actor: name one of data/entities."
        " [tsh:EventShape-host]",
    ]
    assert result.stderr == "Some of these nodes are in the graph: checked with it, they are known.\n3 findings\n"


def test_with_the_graph_its_nodes_are_known(file: str) -> None:
    result = call(file, "--with-graph", "--format", "json")
    assert [one["value"] for one in json.loads(result.stdout)] == [None, "http://example.org/nobody"]
    assert result.stderr == "2 findings\n"


def test_with_the_graph_only_what_is_new_is_told(toy: Path, tmp_path: Path) -> None:
    page = toy / "data" / "pages" / "3-united-kingdom" / "p025.ttl"
    page.write_text(page.read_text().replace('    ties:gist "An officer stays in Yokosuka."@en ;\n', ""))
    (tmp_path / "a.ttl").write_text(PREFIXES + "actor:japan ties:partOf ex:x ; ties:value 1 .")
    arguments = ["check", "--corpus", str(toy), str(tmp_path / "a.ttl"), "--with-graph", "--format", "json"]
    found = json.loads(CliRunner().invoke(main, arguments).stdout)
    assert [(one["node"].rpartition("/")[2], one["path"].rpartition("#")[2]) for one in found] == [("japan", "value")]
    assert found[0]["places"] == [f"{tmp_path}/a.ttl:5"]


def test_a_mistake_in_the_graph_that_a_file_brings_about_is_placed_in_the_graph(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(PREFIXES + "ties:State rdfs:subClassOf ties:Event .")
    found = json.loads(call(tmp_path / "a.ttl", "--with-graph", "--format", "json").stdout)
    assert {one["places"][0].partition(":")[0] for one in found} == {"data/entities/states.ttl"}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            'ex:v a ties:Visit ; ties:gist "A."@en ; ties:helt "2018" .',
            "There is no term ties:helt. The nearest known one is ties:held.",
        ),
        ("ex:v a ties:Vist .", "There is no term ties:Vist. The nearest known one is ties:Visit."),
        (
            "ex:v a rdfs:Resource ; ex:p actor:japn .",
            "There is no name actor:japn. The nearest known one is actor:japan.",
        ),
        (
            "ex:v a rdfs:Resource ; rdfs:lable 'x' .",
            "There is no term rdfs:lable. The nearest known one is rdfs:label.",
        ),
        ("ex:v a rdfs:Clas .", "There is no term rdfs:Clas. The nearest known one is rdfs:Class."),
        ("ex:v ties:host actor:japan .", "It has no type (rdf:type), so that no shape looks at it: say what it is."),
        (
            "actor:japan ties:value 1 .",
            "It has no type (rdf:type), so that no shape looks at it: check it with the graph.",
        ),
    ],
)
def test_a_term_that_shapes_pass_in_silence_is_told(tmp_path: Path, statement: str, told: str) -> None:
    (tmp_path / "a.ttl").write_text(PREFIXES + statement)
    found = json.loads(call(tmp_path / "a.ttl", "--format", "json").stdout)
    assert told in [one["message"] for one in found if one["shape"].endswith("#KnownTerm")]
    assert {place for one in found for place in one["places"]} == {f"{tmp_path}/a.ttl:5"}


def test_terms_of_ones_own_and_of_unlisted_vocabularies_pass(tmp_path: Path) -> None:
    text = "ties:novelty a rdfs:Class . ex:a a ties:novelty, ex:T ; <http://example.net/v#p> actor:new ."
    text += " actor:new a ex:T ; rdfs:label 'new' ."
    (tmp_path / "a.ttl").write_text(PREFIXES + text)
    assert call(tmp_path / "a.ttl").exit_code == 0


def test_a_number_is_judged_as_it_is_spelled(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(
        PREFIXES + "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:n ; sh:property [ sh:path ex:n ; sh:datatype xsd:integer ] ."
    )
    (tmp_path / "a.ttl").write_text("<a:a> <http://example.org/n> '3'^^<http://www.w3.org/2001/XMLSchema#int> .")
    assert call(tmp_path / "a.ttl", "--shapes", tmp_path / "s.ttl").exit_code == 1


# ---- what is checked


def test_folders_files_and_stdin_go_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("more/deep").mkdir(parents=True)
    Path("more/deep/b.nt").write_text("<http://example.org/b> <http://example.org/p> 'x' .".replace("'", '"'))
    Path("more/notes.txt").write_text("no RDF")
    result = call("more", "-", "--input-format", "ttl", "--format", "json", stdin=WRONG)
    assert {place for one in json.loads(result.stdout) for place in one["places"]} == {
        *("stdin:6", "stdin:8", "stdin:9")
    }
    assert call("more").stderr.startswith("No shape is about any node here")


def test_imports_are_told_and_not_followed(tmp_path: Path) -> None:
    text = "<http://example.org/> <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/x> .\n"
    (tmp_path / "a.ttl").write_text(RIGHT + text)
    result = call(tmp_path / "a.ttl")
    assert result.exit_code == 0
    assert "What is imported from <http://127.0.0.1:9/x> was not looked at" in result.stderr


OWN_SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
@prefix ties: <https://w3id.org/tiesgraph/ontology#> .
ex:S a sh:NodeShape ; sh:targetClass ties:Visit ; sh:severity sh:{severity} ;
    sh:sparql [ sh:message "No visit is unofficial."@en ; sh:prefixes ex:Table ;
        sh:select "SELECT $this {{ FILTER NOT EXISTS {{ $this ex:by ?x }} }}" ] .
ex:Table sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/" ] .
"""


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        ("Info", "info", 1),
        ("Info", "warning", 0),
        ("Warning", "info", 1),
        ("Warning", "warning", 1),
        ("Warning", "violation", 0),
        ("Violation", "violation", 1),
    ],
)
def test_ones_own_shapes_join_ours_and_severity_decides_the_end(
    tmp_path: Path, severity: str, fail_on: str, code: int
) -> None:
    (tmp_path / "s.ttl").write_text(OWN_SHAPES.format(severity=severity))
    (tmp_path / "a.ttl").write_text(RIGHT)
    result = call(tmp_path / "a.ttl", "--shapes", tmp_path / "s.ttl", "--fail-on", fail_on, "--format", "json")
    assert [(one["severity"], one["message"]) for one in json.loads(result.stdout)] == [
        (severity.lower(), "No visit is unofficial.")
    ]
    assert result.exit_code == code


def test_the_graph_can_be_checked_by_ones_own_shapes(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(OWN_SHAPES.format(severity="Info"))
    found = json.loads(call("--shapes", tmp_path / "s.ttl", "--format", "json").stdout)
    assert len(found) == 3
    assert found[0]["places"][0].startswith("data/pages/3-united-kingdom/p0")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.ttl"], "nowhere.ttl: the file cannot be read"),
        (["-"], "--input-format"),
        (["."], "no RDF file is in this folder"),
        (["--with-graph"], "--with-graph is for files"),
        (["broken.txt"], "no RDF format has this file name ending"),
        (["--shapes", "nowhere.ttl"], "cannot be read"),
        (["--format", "yaml"], "yaml"),
    ],
)
def test_misuse_ends_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("form", ["table", "text", "json", "csv", "junit", "sarif", "ttl"])
def test_a_broken_file_is_told_at_its_line_and_the_others_are_checked(tmp_path: Path, form: str) -> None:
    (tmp_path / "a.ttl").write_text("@prefix a: <a:> .\na:a a:b oops .\n")
    (tmp_path / "b.ttl").write_bytes(b"<a:a> <a:p> '\xe9' .\n")
    (tmp_path / "c.ttl").write_text(f"<{BASE}id/event/x> a <{BASE}ontology#Visit> .\n")
    result = call(tmp_path, "-f", form)
    assert result.exit_code == 2
    assert result.stderr.endswith("2 files are not well formed, and not checked\n")
    for words in ("not well formed: ", "the text is not UTF-8", "An event needs its gist"):
        assert words in result.stdout
    if form == "text":
        assert f"{tmp_path / 'a.ttl'}:2: violation: " in result.stdout
    if form == "sarif":
        (first, second, *_) = json.loads(result.stdout)["runs"][0]["results"]
        assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 2}
        assert second["ruleId"] == "tsh:WellFormed"


def test_what_is_not_rdf_at_all_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "broken.txt").write_text("<a:a> oops")
    result = call(tmp_path / "broken.txt", "--input-format", "ttl", "--fail-on", "violation", "-f", "text")
    assert result.exit_code == 2
    assert "broken.txt:1: violation: " in result.stdout


# ---- how it is written


def test_the_table_is_grouped_by_shape_with_what_the_shape_demands(file: str) -> None:
    out = call(file).stdout
    assert "tsh:EventShape-host (2): A host is an actor: name one of data/entities." in out
    assert [line.split()[:2] for line in out.splitlines() if "mine.ttl" in line] == [
        ["mine.ttl:6", "ex:v"],
        ["mine.ttl:8", "ex:v"],
        ["mine.ttl:9", "ex:v"],
    ]


def test_csv_and_json_say_the_same(file: str) -> None:
    records = json.loads(call(file, "-f", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(call(file, "-f", "csv").stdout)))
    assert [(row["shape"], row["node"], row["places"]) for row in rows] == [
        (one["shape"], one["node"], " ".join(one["places"])) for one in records
    ]


REPORT_SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://example.org/> .
ex:Report a sh:NodeShape ; sh:targetClass sh:ValidationReport ;
    sh:property [ sh:path sh:conforms ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:boolean ] ,
        [ sh:path sh:result ; sh:class sh:ValidationResult ] .
ex:Result a sh:NodeShape ; sh:targetClass sh:ValidationResult ;
    sh:property [ sh:path [ sh:inversePath sh:result ] ; sh:minCount 1 ; sh:maxCount 1 ] ,
        [ sh:path sh:focusNode ; sh:minCount 1 ; sh:maxCount 1 ] ,
        [ sh:path sh:resultPath ; sh:maxCount 1 ; sh:nodeKind sh:BlankNodeOrIRI ] ,
        [ sh:path sh:value ; sh:maxCount 1 ] ,
        [ sh:path sh:sourceShape ; sh:maxCount 1 ; sh:nodeKind sh:BlankNodeOrIRI ] ,
        [ sh:path sh:sourceConstraintComponent ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path sh:resultMessage ; sh:minCount 1 ; sh:or ( [ sh:datatype xsd:string ] [ sh:nodeKind sh:Literal ] ) ] ,
        [ sh:path sh:resultSeverity ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
"""


@pytest.mark.parametrize("name", ["ttl", "nt", "rdfxml", "jsonld"])
def test_the_standard_report_is_one_and_says_the_same_in_every_format(file: str, name: str) -> None:
    """By section 3.6 of SHACL, as pySHACL reads it."""
    formats = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdfxml": ox.RdfFormat.RDF_XML}
    written = call(file, "-f", name).stdout_bytes
    told = Facts(quad.triple for quad in ox.parse(written, format=formats.get(name, ox.RdfFormat.JSON_LD)))
    rules = Facts(quad.triple for quad in ox.parse(REPORT_SHAPES, format=ox.RdfFormat.TURTLE))
    assert theirs(told, rules) == {}
    (report,) = told.bearers(RDF["type"])[SH["ValidationReport"]]
    assert list(told.values(SH["conforms"])[report]) == [ox.Literal(value=False)]
    found = [
        [next(iter(told.values(SH[part]).get(result, [None]))) for part in ("resultPath", "value")]
        for result in told.values(SH["result"])[report]
    ]
    example = "http://example.org/"
    assert sorted(found, key=str) == sorted(
        [
            [TIES["gist"], None],
            [TIES["host"], ox.NamedNode(example + "nobody")],
            [TIES["host"], ox.NamedNode("https://w3id.org/tiesgraph/id/actor/japan")],
        ],
        key=str,
    )


def test_a_clean_report_conforms(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(RIGHT)
    assert "sh:conforms true" in call(tmp_path / "a.ttl", "-f", "ttl").stdout
    assert json.loads(call(tmp_path / "a.ttl", "-f", "json").stdout) == []
    suites = ET.fromstring(call(tmp_path / "a.ttl", "-f", "junit").stdout)  # noqa: S314 - our own
    assert (suites.get("tests"), suites.get("failures")) == ("1", "0")
    assert json.loads(call(tmp_path / "a.ttl", "-f", "sarif").stdout)["runs"][0]["results"] == []


def test_a_path_that_is_no_property_is_described_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        "ex:S a sh:NodeShape ; sh:targetNode ex:v ;"
        " sh:property [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 ] ."
    )
    (tmp_path / "a.ttl").write_text(RIGHT)
    written = call(tmp_path / "a.ttl", "--shapes", tmp_path / "s.ttl", "-f", "nt").stdout_bytes
    told = Facts(quad.triple for quad in ox.parse(written, format=ox.RdfFormat.N_TRIPLES))
    assert list(told.values(SH["inversePath"]).values()) == [{ox.NamedNode("http://example.org/q"): None}]


def test_sarif_points_to_file_and_line(file: str) -> None:
    log = json.loads(call(file, "-f", "sarif").stdout)
    (run,) = log["runs"]
    assert (log["version"], run["tool"]["driver"]["name"]) == ("2.1.0", "tiesgraph")
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "error"
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "mine.ttl"
        assert location["logicalLocations"][0]["fullyQualifiedName"] == "http://example.org/v"
    starts = [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in run["results"]]
    assert starts == [6, 8, 9]
    assert len({one["partialFingerprints"]["finding/v1"] for one in run["results"]}) == 3


def test_junit_fails_what_reaches_the_threshold(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(OWN_SHAPES.format(severity="Warning"))
    (tmp_path / "a.ttl").write_text(WRONG)
    shapes = tmp_path / "s.ttl"
    written = call(tmp_path / "a.ttl", "--shapes", shapes, "--fail-on", "violation", "-f", "junit").stdout
    root = ET.fromstring(written)  # noqa: S314 - our own
    assert (root.get("tests"), root.get("failures")) == ("4", "3")
    cases = root.findall(".//testcase")
    assert [case.get("line") for case in cases] == ["6", "8", "9", "6"]
    assert [len(case.findall("failure")) for case in cases] == [1, 1, 1, 0]


def test_a_control_character_is_no_harm_to_xml(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(OWN_SHAPES.format(severity="Info").replace("unofficial", "\\u0001"))
    (tmp_path / "a.ttl").write_text(RIGHT)
    written = call(tmp_path / "a.ttl", "--shapes", tmp_path / "s.ttl", "-f", "junit").stdout
    (failure,) = ET.fromstring(written).findall(".//failure")  # noqa: S314 - our own
    assert failure.get("message") == "No visit is \ufffd."


# ---- on a terminal


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("patience", "wanted"), [(0.0, True), (60.0, False)])
def test_a_terminal_sees_how_far_it_is_when_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, patience: float, wanted: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(source, "_PATIENCE", patience)
    monkeypatch.setattr("sys.stderr", terminal)
    with source.progress() as draw:
        assert draw is not None
        draw("shapes", 1, 2)
        for _ in range(500):
            if wanted and not terminal.getvalue():
                time.sleep(0.01)
    assert ("shapes" in terminal.getvalue()) is wanted


def test_no_terminal_sees_none() -> None:
    with source.progress() as draw:
        assert draw is None


def test_our_names_in_a_message_are_short_for_people_and_whole_for_programs(tmp_path: Path) -> None:
    query = "SELECT $this (<https://w3id.org/tiesgraph/id/actor/japan> AS ?value) { FILTER BOUND($this) }"
    shape = f'[ sh:message "Not {{?value}}." ; sh:select "{query}" ]'
    (tmp_path / "s.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        f"ex:S a sh:NodeShape ; sh:targetNode ex:v ; sh:sparql {shape} ."
    )
    (tmp_path / "a.ttl").write_text(RIGHT)
    arguments: list[str | Path] = [tmp_path / "a.ttl", "--shapes", tmp_path / "s.ttl"]
    assert "Not actor:japan." in call(*arguments, "-f", "text").stdout
    assert "Not actor:japan." in call(*arguments).stdout
    (found,) = json.loads(call(*arguments, "-f", "json").stdout)
    assert found["message"] == "Not https://w3id.org/tiesgraph/id/actor/japan."
