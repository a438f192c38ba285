"""The named questions, and what a reader asks of single pages: each answered by SPARQL as the page has it.

Beside each query lies the answer, read from the report's page by somebody who did not write the query.
The answers of a folder are CSV: the first row names the columns in the order of the query's variables,
an empty cell is an unbound variable. Rows count in their order where the query has ORDER BY, else as a set.
"""

import csv
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT
from tiesgraph.query import Question, questions, run
from tiesgraph.store import Store, Term

NAMED = ROOT / "src" / "tiesgraph" / "queries"
ANSWERS = ROOT / "tests" / "questions" / "named"
SAMPLES = ROOT / "tests" / "questions" / "sample"

QUERIES = {
    **{f"named/{file.stem}": (file, ANSWERS / f"{file.stem}.csv") for file in sorted(NAMED.glob("*.rq"))},
    **{f"sample/{file.stem}": (file, file.with_suffix(".csv")) for file in sorted(SAMPLES.glob("*.rq"))},
}


def cell(term: Term | ox.Triple | None) -> str:
    """A term as a person writes it: the text of a literal, the last part of an IRI, nothing where unbound."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return term.value.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
    return term.value if isinstance(term, ox.Literal) else str(term)


def expected(file: Path) -> tuple[list[str], list[list[str]]]:
    with file.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    return head, rows


def test_there_are_questions_enough() -> None:
    assert len(questions()) >= 25
    assert sum(name.startswith("sample/") for name in QUERIES) >= 60


@pytest.mark.parametrize("name", QUERIES)
def test_a_question_is_answered_as_the_page_has_it(name: str, graph: Store) -> None:
    query, answer = QUERIES[name]
    head, rows = expected(answer)
    text = query.read_text(encoding="utf-8")
    columns, found = run(graph, text).table()
    got = [[cell(term) for term in row] for row in found]
    assert columns == head
    if "ORDER BY" not in text:
        got, rows = sorted(got), sorted(rows)
    assert got == rows


@pytest.mark.parametrize("file", sorted(NAMED.glob("*.rq")), ids=lambda file: file.stem)
def test_a_named_question_says_what_it_asks(file: Path) -> None:
    question = Question.parse(file.stem, file.read_text(encoding="utf-8"))
    assert question.topic != "other"
    assert question.keywords


def test_no_answer_is_left_without_its_query() -> None:
    kept = {file for _, file in QUERIES.values()}
    assert {*ANSWERS.glob("*.csv"), *SAMPLES.glob("*.csv")} == kept


def test_no_query_looks_into_the_wording() -> None:
    looking = [
        name
        for name, (file, _) in QUERIES.items()
        if any(word in file.read_text(encoding="utf-8").upper() for word in ("REGEX", "CONTAINS("))
    ]
    assert looking == []
