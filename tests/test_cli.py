"""The command line: results on stdout, talk on stderr; 0 is clean, 1 has findings, 2 is misuse or bad input."""

import csv
import gzip
import io
import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tiesgraph.cli import main

CORPUS = Path(__file__).resolve().parent / "cases" / "corpus"
TURTLE = """@prefix ex: <http://example.org/> .
ex:a ex:p "Käse" ; ex:q 1 .
ex:b ex:p "two"@en .
"""
COMMANDS = sorted(main.list_commands(click.Context(main)))


@pytest.fixture
def data(tmp_path: Path) -> str:
    file = tmp_path / "data.ttl"
    file.write_text(TURTLE, encoding="utf-8")
    return str(file)


def call(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


# ---- the commands as a whole


def test_there_are_commands() -> None:
    assert COMMANDS == ["audit", "check", "explain", "export", "new", "push", "query", "serve", "stats"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_examples(name: str) -> None:
    result = call(name, "--help")
    assert result.exit_code == 0
    assert f"tiesgraph {name}" in result.stdout.partition("Examples:")[2]
    command = main.get_command(click.Context(main), name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{parameter.opts} has no help"


def test_help_lists_every_command_with_a_summary() -> None:
    listed = call("--help").stdout.partition("Commands:")[2]
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\w", listed, re.MULTILINE)


@pytest.mark.parametrize(
    ("misspelt", "meant"), [("serv", "serve"), ("querry", "query"), ("chek", "check"), ("aduit", "audit")]
)
def test_an_unknown_command_is_answered_with_the_nearest(misspelt: str, meant: str) -> None:
    result = call(misspelt)
    assert result.exit_code == 2
    assert f"Did you mean {meant}?" in result.stderr
    assert result.stdout == ""


def test_an_unknown_command_like_no_other_gets_no_guess() -> None:
    result = call("xyzzy")
    assert result.exit_code == 2
    assert "Did you mean" not in result.stderr


# ---- query


@pytest.mark.parametrize(
    ("name", "query", "wanted"),
    [
        ("csv", "SELECT ?o { <http://example.org/b> ?p ?o }", "o\r\ntwo\r\n"),
        ("tsv", "SELECT ?o { <http://example.org/b> ?p ?o }", '?o\n"two"@en\n'),
        ("json", "ASK { ?s ?p 1 }", '{"head":{},"boolean":true}\n'),
        ("nt", "DESCRIBE <http://example.org/b>", '<http://example.org/b> <http://example.org/p> "two"@en .\n'),
        ("ttl", "DESCRIBE <http://example.org/b>", '<http://example.org/b> <http://example.org/p> "two"@en .\n'),
    ],
)
def test_answers_are_written_in_the_format_asked_for(data: str, name: str, query: str, wanted: str) -> None:
    result = call("query", query, "--data", data, "--format", name)
    assert (result.exit_code, result.stdout_bytes.decode()) == (0, wanted)


@pytest.mark.parametrize("name", ["xml", "rdfxml", "jsonld"])
def test_the_longer_formats_are_written_too(data: str, name: str) -> None:
    query = "ASK {}" if name == "xml" else "DESCRIBE <http://example.org/b>"
    assert call("query", query, "--data", data, "--format", name).exit_code == 0


def test_rows_come_as_a_table_and_triples_as_turtle_by_themselves(data: str) -> None:
    rows = call("query", "SELECT ?o { ?s ?p ?o } ORDER BY STR(?o)", "--data", data)
    assert [line.strip() for line in rows.stdout.splitlines() if line.strip()][2:] == ["1", "Käse", "two@en"]
    assert rows.stderr == "3 rows\n"
    assert "<http://example.org/p>" in call("query", "DESCRIBE <http://example.org/a>", "--data", data).stdout


def test_the_text_may_come_from_a_file_or_stdin(data: str, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("ASK {}")
    for arguments, stdin in ((["query", tmp_path / "q.rq"], None), (["query", "-"], "ASK {}")):
        result = call(*arguments, "--data", data, "--format", "csv", stdin=stdin)
        assert (result.exit_code, result.stdout) == (0, "true\n")


def test_our_prefixes_need_no_declaration_here_but_the_texts_own_come_first(data: str) -> None:
    assert call("query", "ASK { ?s ties:date ?o }", "--data", data, "-f", "csv").stdout == "false\n"
    own = "PREFIX ties: <http://example.org/> ASK { ?s ties:p ?o }"
    assert call("query", own, "--data", data, "-f", "csv").stdout == "true\n"


def test_a_variable_can_be_bound(data: str) -> None:
    query = "SELECT ?s ?o { ?s <http://example.org/p> ?o }"
    result = call("query", query, "--bind", "s=<http://example.org/a>", "--data", data, "-f", "csv")
    assert [row["o"] for row in csv.DictReader(io.StringIO(result.stdout))] == ["Käse"]


def test_a_named_graph_can_be_given(data: str) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    result = call("query", query, "--named", f"http://example.org/g={data}", "-f", "csv")
    assert result.stdout.split() == ["g", "http://example.org/g"]


def test_the_named_questions_are_listed_by_topic() -> None:
    result = call("query", "--list")
    assert result.exit_code == 0
    assert re.search(r"^\d+ questions?$", result.stderr, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["query"], "what is the question?"),
        (["query", "no-such-question"], "no named question, no file and no query"),
        (["query", "SELECT * {\n ?s tis:p ?o }"], "line 2, column 5: the prefix tis: is not declared"),
        (["query", "SELECT * { ?s ?p"], "{ is not closed"),
        (["query", "INSERT DATA { <a:a> <a:b> 1 }"], "read only"),
        (["query", "ASK { SERVICE <http://127.0.0.1:9/> {} }"], "SERVICE is refused"),
        (["query", "ASK {}", "--format", "ttl"], "Fitting: table, json, xml, csv, tsv"),
        (["query", "ASK {}", "--format", "yaml"], "yaml"),
        (["query", "ASK {}", "--bind", "novalue"], "NAME=TERM"),
        (["query", "SELECT * { ?s ?p ?o }", "--bind", "s=not:known"], "no RDF term"),
    ],
)
def test_a_bad_query_is_misuse_and_says_why(data: str, arguments: list[str], said: str) -> None:
    result = call(*arguments, "--data", data)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_mistake_in_a_query_is_pointed_at(data: str) -> None:
    lines = call("query", "SELECT * {\n ?s tis:p ?o }", "--data", data).stderr.splitlines()
    assert lines[:2] == [" ?s tis:p ?o }", "    ^"]


def test_a_broken_data_file_is_placed(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<http://example.org/a>\n oops .")
    result = call("query", "ASK {}", "--data", tmp_path / "bad.ttl")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "bad.ttl:2" in result.stderr


def test_files_and_a_source_tree_exclude_each_other(data: str) -> None:
    assert call("query", "ASK {}", "--data", data, "--corpus", CORPUS).exit_code == 2


# ---- check, audit, stats


def test_check_is_clean_on_a_clean_corpus() -> None:
    result = call("check", "--corpus", CORPUS)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "0 findings\n")


def drop_gist(corpus: Path) -> None:
    """Take the gist off a visit of the toy corpus."""
    file = corpus / "data" / "pages" / "3-united-kingdom" / "p022.ttl"
    text = file.read_text(encoding="utf-8")
    broken = text.replace('    ties:gist "A British minister went to Tokyo."@en ;\n', "")
    assert broken != text
    file.write_text(broken, encoding="utf-8")


def test_check_names_the_shape_the_node_and_the_file(toy: Path) -> None:
    drop_gist(toy)
    result = call("check", "--corpus", toy)
    assert result.exit_code == 1
    assert result.stdout.startswith("tsh:")
    assert "data/pages/3-united-kingdom/p022.ttl" in result.stdout
    assert result.stderr == "1 finding\n"
    (found,) = json.loads(call("check", "--corpus", toy, "--format", "json").stdout)
    assert found["pages"] == [22]
    assert found["message"]


def test_audit_lists_the_reports_contradictions() -> None:
    result = call("audit", "--corpus", CORPUS)
    assert result.exit_code == 1
    assert "The page states 3, and lists 2." in result.stdout
    assert "Found by: " in result.stdout
    assert "contradiction:tally-audit-visits" in result.stdout
    assert result.stderr == "2 contradictions\n"


def test_audit_writes_json_and_csv_alike() -> None:
    records = json.loads(call("audit", "--corpus", CORPUS, "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(call("audit", "--corpus", CORPUS, "--format", "csv").stdout)))
    assert records
    assert [(row["iri"], row["message"], row["rules"]) for row in rows] == [
        (one["iri"], one["message"], " ".join(rule["iri"] for rule in one["rules"])) for one in records
    ]


def test_a_choice_of_contradictions_that_there_are_not_is_misuse() -> None:
    for choice in (["--kind", "spelling"], ["--chapter", "9"]):
        result = call("audit", "--corpus", CORPUS, *choice)
        assert (result.exit_code, result.stdout) == (2, "")


def test_stats_count_the_graph() -> None:
    facts = json.loads(call("stats", "--corpus", CORPUS, "--format", "json").stdout)
    counted = {"triples", "graphs", "classes", "pages", "page counts"}
    assert set(facts) == {"version", "content hash", "seconds", "versions", "limits", *counted}
    assert {"p022", "p025", "derived", "inferred"} <= set(facts["graphs"])
    assert facts["classes"]["ties:Visit"] == 3
    assert set(facts["seconds"]) == {
        "load",
        "terms",
        "shapes",
        "bounds",
        "inference",
        "consistency",
        "audit",
        "commentary",
        "description",
    }
    assert set(facts["versions"]) == {"tiesgraph", "pyoxigraph", "python"}
    assert (facts["limits"]["seconds"], facts["limits"]["answer_rows"]) == (30.0, 500_000)
    told = call("stats", "--corpus", CORPUS).stdout
    assert "ties:Visit" in told
    assert "query_nesting" in told


@pytest.mark.parametrize("name", ["check", "audit", "stats"])
def test_a_broken_corpus_is_bad_input(toy: Path, name: str) -> None:
    file = toy / "data" / "pages" / "3-united-kingdom" / "p022.ttl"
    file.write_text(file.read_text(encoding="utf-8") + "\n<broken", encoding="utf-8")
    result = call(name, "--corpus", toy)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "p022.ttl:" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_a_corpus_that_is_not_there_is_misuse(name: str) -> None:
    arguments = ["query", "ASK {}"] if name == "query" else [name]
    result = call(*arguments, "--corpus", "no/such/folder")
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_misspelt_name_is_noted_beside_the_answer(data: str) -> None:
    result = call("query", "SELECT ?a { ?a ties:signd ?d }", "--format", "csv", "--data", data)
    assert (result.exit_code, result.stdout.split()) == (0, ["a"])
    assert result.stderr == "note: ties:signd does not occur in this graph\n"


# ---- export


def test_export_writes_the_graphs_to_stdout_and_talk_to_stderr() -> None:
    result = call("export", "--corpus", CORPUS)
    assert result.exit_code == 0
    assert "graph:p025 {" in result.stdout
    assert re.fullmatch(r"\d+ statements of \d+ graphs\n", result.stderr)


def test_export_of_one_graph_is_turtle() -> None:
    result = call("export", "--corpus", CORPUS, "--graph", "p025")
    assert "{" not in result.stdout
    assert "ties:held" in result.stdout


def test_export_leaves_out_what_is_not_asserted() -> None:
    assert "graph:inferred" in call("export", "--corpus", CORPUS).stdout
    assert "graph:inferred {" not in call("export", "--corpus", CORPUS, "--asserted").stdout


def test_export_takes_format_and_packing_from_the_files_name(data: str, tmp_path: Path) -> None:
    file = tmp_path / "out.nt.gz"
    result = call("export", "--data", data, "-o", file)
    assert result.stdout == ""
    assert gzip.decompress(file.read_bytes()).decode().count("\n") == 3
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_export_of_a_users_files_is_what_they_say(data: str) -> None:
    result = call("export", "--data", data, "--format", "nt")
    assert result.stdout.splitlines()[0] == '<http://example.org/a> <http://example.org/p> "Käse" .'


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--graph", "p25"], "Did you mean p025?"),
        (["--graph", "p025", "--asserted"], "exclude each other"),
        (["-o", "graph.xyz"], "tells no format"),
        (["-o", "no/such/folder/graph.trig"], "cannot be written"),
    ],
)
def test_export_says_what_it_cannot_do(options: list[str], said: str) -> None:
    result = call("export", "--corpus", CORPUS, *options)
    assert result.exit_code == 2
    assert said in result.stderr
