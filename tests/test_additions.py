"""A user's own files beside the report's: what they bring, how they are cited, what is told where they are wrong."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from conftest import Snippets
from tiesgraph.additions import add_files, files_among
from tiesgraph.bounds import DERIVED, add_bounds
from tiesgraph.cli import main
from tiesgraph.conclusions import INFERRED
from tiesgraph.errors import AxiomError, CorpusError, InconsistencyError, MisuseError, TiesgraphError, UnknownTermError
from tiesgraph.explain import Explainer
from tiesgraph.names import TIES, graph_iri, graph_name, prefixes
from tiesgraph.notation import statement
from tiesgraph.rules import close
from tiesgraph.store import Store

ONTOLOGY = """
ties:Exercise a owl:Class ; rdfs:subClassOf ties:Event . ties:Event a owl:Class ; owl:disjointWith ties:Actor .
ties:Actor a owl:Class .
ties:partOf a owl:ObjectProperty , owl:TransitiveProperty .
ties:participant a owl:ObjectProperty ; rdfs:subPropertyOf ties:involves .
ties:involves a owl:ObjectProperty ; owl:propertyChainAxiom ( ties:involves ties:partOf ) .
ties:date a owl:DatatypeProperty . ties:held a owl:DatatypeProperty ; rdfs:subPropertyOf ties:date .
"""
ENTITIES = "actor:msdf a ties:Actor ; ties:partOf actor:sdf . actor:sdf a ties:Actor ; ties:partOf actor:japan . "
PAGE = 'event:x a ties:Event ; ties:held "2018-05-01"^^xsd:date ; rdfs:label "x"@en .'
HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())
HEADER += "@prefix ex: <http://example.org/> .\n"
FIRST = HEADER.count("\n") + 1
"""The number of the first line behind the header."""

MINE = 'ex:e a ties:Exercise ; ties:participant actor:msdf ; ties:held "2021"^^xsd:gYear .'

Write = Callable[..., Path]


@pytest.fixture
def base(snippets: Snippets) -> Store:
    store = snippets(ontology=ONTOLOGY, entities=ENTITIES + "actor:japan a ties:Actor .", p025=PAGE)
    add_bounds(store)
    close(store)
    return store


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a Turtle file with all prefixes declared."""

    def write(text: str, name: str = "mine.ttl") -> Path:
        file = tmp_path / "added" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(HEADER + text, encoding="utf-8")
        return file

    return write


def told(triples: object) -> list[str]:
    return sorted(statement(triple) for triple in triples)  # type: ignore[attr-defined]


def test_an_added_file_is_a_graph_of_its_own_and_what_follows_is_inferred(base: Store, write: Write) -> None:
    added = add_files(
        base, [write('ex:e a ties:Exercise ; ties:participant actor:msdf ; ties:held "2021"^^xsd:gYear .')]
    )
    assert [(graph_name(one.graph), one.statements) for one in added.files] == [("added-mine", 3)]
    assert len(added.new) == 3
    assert told(added.inferred) == [
        "<http://example.org/e> a ties:Event",
        '<http://example.org/e> ties:date "2021"^^xsd:gYear',
        "<http://example.org/e> ties:involves actor:japan",
        "<http://example.org/e> ties:involves actor:msdf",
        "<http://example.org/e> ties:involves actor:sdf",
    ]
    assert told(added.derived) == [
        '<http://example.org/e> ties:earliest "2021-01-01"^^xsd:date',
        '<http://example.org/e> ties:latest "2021-12-31"^^xsd:date',
        "<http://example.org/e> ties:year 2021",
    ]
    rows = base.select(f"SELECT ?g {{ GRAPH ?g {{ <http://example.org/e> <{TIES}participant> ?who }} }}")
    assert [row["g"] for row in rows] == [graph_iri("added-mine")]


def test_what_is_added_comes_to_the_same_as_if_it_had_been_there(base: Store, write: Write, snippets: Snippets) -> None:
    mine = """
    ex:kind rdfs:subPropertyOf ties:held . ex:Drill rdfs:subClassOf ties:Exercise .
    [] a ex:Drill ; ex:kind "2020-02"^^xsd:gYearMonth ; ties:participant actor:msdf .
    event:x ties:held "2017"^^xsd:gYear ; ex:kind "2019-01-01"^^xsd:date .
    ties:involves owl:inverseOf ex:takesPart .
    """
    whole = snippets(ontology=ONTOLOGY, entities=ENTITIES + "actor:japan a ties:Actor .", p025=PAGE)
    whole.load(write(mine), graph=graph_iri("added-mine"))
    add_bounds(whole)
    close(whole)
    add_files(base, [write(mine)])
    for graph in (None, INFERRED, DERIVED):
        # Of the one graph more, which tells where the files come from, nothing follows.
        extra = set(base.triples(graph=graph_iri("provenance"))) if graph is None else set()
        assert {_plain(t) for t in base.triples(graph=graph) if t not in extra} == {
            _plain(t) for t in whole.triples(graph=graph)
        }


def _plain(triple: ox.Triple) -> str:
    return re.sub(r"_:\S+", "[]", statement(triple))


def test_bounds_that_moved_leave_nothing_behind(snippets: Snippets, write: Write) -> None:
    store = snippets(ontology=ONTOLOGY + "ties:earliest rdfs:subPropertyOf ties:atFirst .", p025=PAGE)
    add_bounds(store)
    close(store)
    added = add_files(store, [write('event:x ties:held "2017-01-01"^^xsd:date .')])
    assert told(store.triples(None, TIES["earliest"])) == ['event:x ties:earliest "2017-01-01"^^xsd:date']
    assert told(store.triples(None, TIES["atFirst"])) == ['event:x ties:atFirst "2017-01-01"^^xsd:date']
    assert told(added.inferred) == [
        'event:x ties:atFirst "2017-01-01"^^xsd:date',
        'event:x ties:date "2017-01-01"^^xsd:date',
    ]


def test_what_was_inferred_and_is_now_stated_is_no_longer_an_inference(base: Store, write: Write) -> None:
    assert told(base.triples(graph=INFERRED)).count("actor:msdf ties:partOf actor:japan") == 1
    added = add_files(base, [write("actor:msdf ties:partOf actor:japan . actor:sdf ties:partOf actor:japan .")])
    assert told(added.new) == ["actor:msdf ties:partOf actor:japan"]
    assert told(base.triples(graph=INFERRED)).count("actor:msdf ties:partOf actor:japan") == 0


def test_an_added_statement_is_explained_by_its_file(base: Store, write: Write) -> None:
    add_files(base, [write("ex:e ties:participant actor:msdf .")])
    (triple,) = base.triples(
        ox.NamedNode("http://example.org/e"), TIES["involves"], ox.NamedNode(prefixes()["actor"] + "japan")
    )
    places = [place.graph for leaf in Explainer(base).explain(triple).leaves() for place in leaf.places]
    assert graph_iri("added-mine") in places


def test_files_of_one_name_are_graphs_apart_and_none_is_ever_a_page(base: Store, write: Write) -> None:
    first, second = write("ex:a ex:b ex:c .", "P025.ttl"), write("ex:a ex:b ex:d .", "p 025.nt")
    second.write_text("<http://example.org/a> <http://example.org/b> <http://example.org/d> .\n")
    added = add_files(base, [first.parent])
    assert sorted(graph_name(one.graph) for one in added.files) == ["added-p-025", "added-p025"]
    again = add_files(base, [first])
    assert [graph_name(one.graph) for one in again.files] == ["added-p025-2"]
    assert again.new == ()
    assert told(base.triples(graph=graph_iri("p025"))) == told(t for t in base.triples(graph=graph_iri("p025")))


def test_where_the_files_come_from_is_told_without_the_way_to_them(base: Store, write: Write) -> None:
    file = write("ex:a ex:b ex:c .")
    (one,) = add_files(base, [file]).files
    found = told(base.triples(one.graph, graph=graph_iri("provenance")))
    assert found == [
        "graph:added-mine a prov:Entity",
        f'graph:added-mine dcterms:identifier "sha256:{one.digest}"',
        'graph:added-mine dcterms:title "mine.ttl"',
    ]


@pytest.mark.parametrize(
    ("text", "kind", "place", "words"),
    [
        pytest.param("ex:a ex:b <broken", CorpusError, f":{FIRST}:", ["not well formed", "reads"], id="broken"),
        pytest.param(
            "\nactor:msdf ties:participnt actor:sdf .",
            UnknownTermError,
            f":{FIRST + 1}",
            ["ties:participnt", "ties:participant"],
            id="a term of ours that does not exist",
        ),
        pytest.param(
            "ex:a ties:involves\n  actor:japn .",
            UnknownTermError,
            f":{FIRST + 1}",
            ["actor:japn", "actor:japan"],
            id="a name of ours that nothing is known of",
        ),
        pytest.param(
            "ex:a dcterms:titel 'x' .",
            UnknownTermError,
            f":{FIRST}",
            ["dcterms:titel", "dcterms:title"],
            id="a term that a known vocabulary lacks",
        ),
        pytest.param("ties:Mine a owl:Class .", UnknownTermError, f":{FIRST}", ["ties:Mine"], id="a term in our name"),
        pytest.param(
            'event:x ties:held "2019-02-30"^^xsd:date .',
            CorpusError,
            f":{FIRST}",
            ["ill-formed", "2019-02-30"],
            id="a day that does not exist",
        ),
        pytest.param(
            "ex:A rdfs:subClassOf [ owl:unionOf ( ex:B ex:C ) ] .",
            AxiomError,
            "mine.ttl",
            ["owl:unionOf"],
            id="an axiom beyond the profile",
        ),
    ],
)
def test_a_mistake_is_told_with_file_and_line(
    base: Store, write: Write, text: str, kind: type[TiesgraphError], place: str, words: list[str]
) -> None:
    with pytest.raises(kind) as caught:
        add_files(base, [write(text)])
    assert type(caught.value) is kind
    assert place in (caught.value.place or "")
    assert "mine.ttl" in (caught.value.place or "")
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_contradiction_names_the_statements_of_both_sides(base: Store, write: Write) -> None:
    with pytest.raises(InconsistencyError) as caught:
        add_files(base, [write("actor:msdf a ties:Exercise .")])
    message = str(caught.value)
    for line in ("cax-dw", "actor:msdf a ties:Exercise  [added-mine]", "actor:msdf a ties:Actor  [entities]"):
        assert line in message


def test_an_own_vocabulary_passes_and_so_do_known_terms(base: Store, write: Write) -> None:
    added = add_files(base, [write('ex:a a ex:Thing ; ex:b 1 ; dcterms:title "x" ; foaf:name "y" .')])
    assert len(added.new) == 4


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("a.trig", MisuseError, "graphs of its own"),
        ("a.txt", CorpusError, "no format of triples"),
        ("nothing-here", CorpusError, "no such file"),
        ("empty", MisuseError, "no RDF file in"),
    ],
)
def test_a_path_that_is_no_file_of_triples_is_refused(
    base: Store, tmp_path: Path, name: str, kind: type[TiesgraphError], words: str
) -> None:
    for file in ("a.trig", "a.txt"):
        (tmp_path / file).write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(kind, match=words):
        add_files(base, [tmp_path / name])


def test_a_folder_stands_for_the_files_in_it_each_once(write: Write) -> None:
    file = write("ex:a ex:b ex:c .")
    (file.parent / "notes.txt").write_text("no RDF")
    assert files_among([file, file.parent, file.parent]) == [file]


def test_a_page_of_the_real_graph_that_is_added_says_nothing_new(graph: Store, tmp_path: Path) -> None:
    store = graph.subset(graph.graphs())
    file = tmp_path / "copy.nt"
    file.write_text("".join(f"{triple} .\n" for triple in graph.triples(graph=graph_iri("p027"))))
    added = add_files(store, [file])
    assert (added.new, added.inferred, added.derived) == ((), (), ())
    assert added.files[0].statements == graph.size(graph_iri("p027"))


QUESTION = "SELECT ?who ?first { <http://example.org/e> ties:involves ?who ; ties:earliest ?first }"


def test_a_query_sees_what_was_added_and_what_follows(write: Write) -> None:
    result = CliRunner().invoke(main, ["query", QUESTION, "--add", str(write(MINE)), "--format", "csv"])
    assert result.exit_code == 0, result.stderr
    assert "https://w3id.org/tiesgraph/id/actor/japan,2021-01-01" in result.stdout
    assert "mine.ttl: 3 statements, in graph:added-mine" in result.stderr


def test_files_are_added_to_our_graph_or_served_alone(write: Write) -> None:
    file = str(write(MINE))
    result = CliRunner().invoke(main, ["query", QUESTION, "--add", file, "--data", file])
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_the_server_answers_with_what_was_added(write: Write) -> None:
    code = "from tiesgraph.cli import main; main()"
    arguments = [sys.executable, "-c", code, "serve", "--port", "0", "--add", str(write(MINE))]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            lines = [process.stderr.readline() for _ in range(3)]
            url = re.search(r"http://\S+/sparql", lines[-1])
            assert url, lines
            query = f"PREFIX ties: <{TIES}>\n{QUESTION}"
            answer = httpx.get(url[0], params={"query": query}, headers={"Accept": "text/csv"})
            assert "/actor/japan,2021-01-01" in answer.text
        finally:
            process.kill()
