"""The pages behind the rows of an answer."""

from collections.abc import Callable

import pytest

from tiesgraph.pages import behind_rows
from tiesgraph.query import Question, questions
from tiesgraph.store import Store

Snippets = Callable[..., Store]

QUESTIONS = questions()


def answered(store: Store, text: str) -> list[tuple[int, ...]]:
    solutions = store.select(text)
    names = [variable.value for variable in solutions.variables]
    rows = [[solution[name] for name in names] for solution in solutions]
    return [behind.pages for behind in behind_rows(store, text, rows)]


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.name for question in QUESTIONS])
def test_every_row_of_every_named_question_has_its_pages(question: Question, graph: Store) -> None:
    pages = answered(graph, question.sparql)
    assert pages
    assert [row for row in pages if not row or not all(1 <= page <= 102 for page in row)] == []


@pytest.fixture
def store(snippets: Snippets) -> Store:
    return snippets(
        entities='actor:japan a ties:Actor , ties:State ; rdfs:label "Japan"@en .',
        p010='event:one a ties:Event ; rdfs:label "One"@en ; ties:participant actor:japan .'
        "actor:japan ties:ally actor:x .",
        p011='event:two a ties:Event ; rdfs:label "Two"@en . event:one ties:rank 1 .',
    )


HEAD = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX ties: <https://w3id.org/tiesgraph/ontology#>
PREFIX event: <https://w3id.org/tiesgraph/id/event/> PREFIX actor: <https://w3id.org/tiesgraph/id/actor/>
"""


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("SELECT ?label { ?it a ties:Event ; rdfs:label ?label } ORDER BY ?label", [(10, 11), (11,)]),
        ("SELECT ?it { ?it a ties:Event } ORDER BY ?it", [(10, 11), (11,)]),
        ("SELECT (COUNT(?it) AS ?n) { ?it a ties:Event }", [(10, 11)]),
        ("SELECT ?rank { event:one ties:rank ?rank }", [(10, 11)]),
        ("SELECT ?who { event:one ties:participant ?it . ?it rdfs:label ?who }", [(10,)]),
        ('SELECT ?x { VALUES ?x { "}" } }', [()]),
    ],
    ids=["by label", "by the thing", "counted", "by a constant", "actors only where nothing else is", "of no thing"],
)
def test_a_row_has_the_pages_that_tell_of_its_things(text: str, pages: list[tuple[int, ...]], store: Store) -> None:
    assert answered(store, HEAD + text) == pages
