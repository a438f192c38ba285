"""A path over a relation whose closure is stated is followed one step, and finds what it found before."""

from __future__ import annotations

import copy
import random

import pyoxigraph as ox
import pytest

from tiesgraph.media import JSON
from tiesgraph.names import OWL, RDF
from tiesgraph.planning.paths import closed_relations, shortened
from tiesgraph.query import questions, run
from tiesgraph.store import Store

CLOSED = frozenset({"http://x/o#partOf"})
HEAD = "PREFIX t: <http://x/o#> "


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("ASK { ?a t:partOf* ?b }", "ASK { ?a t:partOf? ?b }"),
        ("ASK { ?a t:partOf+ ?b }", "ASK { ?a t:partOf  ?b }"),
        ("ASK { ?a ^t:partOf*/t:b|(t:c/t:partOf+) ?b }", "ASK { ?a ^t:partOf?/t:b|(t:c/t:partOf ) ?b }"),
        ("ASK { ?a <http://x/o#partOf>*/t:b ?b }", "ASK { ?a <http://x/o#partOf>?/t:b ?b }"),
        ("ASK { ?a t:partOf*\n?b # t:partOf* or so\n}", "ASK { ?a t:partOf?\n?b # t:partOf* or so\n}"),
        ("ASK { ?a t:partOf* 't:partOf* ' , \"t:partOf* \" , '''it's t:partOf* ''' }", "first only"),
    ],
)
def test_a_path_gets_as_short_as_it_can_be(text: str, short: str) -> None:
    if short == "first only":
        short = text.replace("*", "?", 1)
    assert shortened(HEAD + text, CLOSED) == HEAD + short


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?a t:partOf ?b }",
        "ASK { ?a t:partOf*?b }",
        "ASK { ?a (t:partOf)* ?b }",
        "ASK { ?a t:other* ?b }",
        "ASK { ?a t:partOf-x* ?b }",
        "ASK { ?a u:partOf* ?b }",
        "PREFIX t: <http://x/other#> ASK { ?a t:partOf* ?b }",
        "PREFIX : <http://x/o#> ASK { ?a t:b:partOf* ?b }",
        r"ASK { ?a t:partOf* '\u0027 t:partOf* ' }",
        "ASK { FILTER(1<'>' && ' t:partOf* ' != '') }",
        "ASK { ?a t:partOf* ?b FILTER(?a<t:c#d>\n) }",
    ],
)
def test_whatever_is_another_thing_or_hard_to_read_stays(text: str) -> None:
    assert shortened(HEAD + text, CLOSED) == HEAD + text


def drawn(*steps: tuple[str, str], closed: bool) -> Store:
    store = Store()
    node = ox.NamedNode
    told = [ox.Triple(node(f"x:{a}"), node("http://x/o#partOf"), node(f"x:{b}")) for a, b in steps]
    named = node("x:graph")
    store.add([*told, ox.Triple(node("http://x/o#partOf"), RDF["type"], OWL["TransitiveProperty"])], graph=named)
    while closed:
        size = len(store)
        store.engine.update(
            "INSERT { ?a <http://x/o#partOf> ?c } WHERE { ?a <http://x/o#partOf> ?b . ?b <http://x/o#partOf> ?c };"
            "INSERT { GRAPH <x:graph> { ?a <http://x/o#partOf> ?c } } WHERE { ?a <http://x/o#partOf> ?c }"
        )
        closed = len(store) > size
    return store


def narrowed(store: Store) -> Store:
    made = copy.copy(store)
    for _ in made.narrowing():
        pass
    return made


def test_only_what_is_closed_counts() -> None:
    steps = [("a", "b"), ("b", "c"), ("c", "d")]
    assert [*closed_relations(drawn(*steps, closed=True).engine)] == ["http://x/o#partOf"]
    assert [*closed_relations(drawn(*steps, closed=False).engine)] == []


PATHS = ["t:partOf*", "t:partOf+", "^t:partOf* ", "t:partOf*/t:partOf+", "(t:partOf+|^t:partOf*)", "(t:partOf* )+"]
ENDS = [("?a", "?b"), ("<x:1>", "?b"), ("?a", "<x:2>"), ("<x:1>", "<x:2>"), ("<x:none>", "?b"), ("?a", "?a")]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("seed", range(4))
def test_the_same_is_found_also_in_circles(path: str, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    steps = [(str(dice.randrange(9)), str(dice.randrange(9))) for _ in range(4 + 3 * seed)]
    plain = drawn(*steps, closed=True)
    short = narrowed(plain)
    for subject, value in ENDS:
        text = f"{HEAD}SELECT * {{ {subject} {path} {value} }} ORDER BY ?a ?b"
        assert short.plan(text)[1] != text
        assert run(short, text).serialize(JSON) == run(plain, text).serialize(JSON), text


def test_a_product_is_no_path() -> None:
    store = narrowed(drawn(("a", "b"), closed=True))
    text = f"{HEAD}SELECT (t:partOf* 2 AS ?x) {{}}"
    assert store.plan(text)[1] != text
    assert b'"bindings":[{}]' in run(store, text).serialize(JSON)


def test_named_questions_find_the_same(graph: Store) -> None:
    short = narrowed(graph)
    told = [one for one in questions() if short.plan(one.sparql)[1] != one.sparql]
    assert len(told) > 5
    for one in told:
        assert run(short, one.sparql).serialize(JSON) == run(graph, one.sparql).serialize(JSON), one.name
