"""A query is put to the engine in another way, and asks the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from tiesgraph.names import RDF
from tiesgraph.planning import Plans
from tiesgraph.planning.binds import values_last
from tiesgraph.planning.joins import rarest_first
from tiesgraph.query import questions
from tiesgraph.store import Store, Term

HEAD = "PREFIX t: <http://x/o#> "
COUNTS = {"one": 1, "ten": 10, "two": 2, "2018": 5}


def count(relation: str, value: str | int) -> int:
    assert relation.startswith(("http://x/o#", "http://y/", RDF["type"].value)), relation
    return COUNTS.get(str(value).rpartition("#")[2], 100)


@pytest.mark.parametrize(
    ("said", "better"),
    [
        ("?a t:p t:ten ; t:q t:one .", "?a t:q t:one ; t:p t:ten ."),
        ("?a a t:ten; a t:two }", "?a a t:two ; a t:ten }"),
        ("$a t:p t:ten , t:two, t:one ; t:p ?b }", "$a t:p t:one ; t:p t:two ; t:p t:ten ; t:p ?b }"),
        ("?a t:p ?b ; a t:ten ;\n  t:year 2018 ; t:q ?c ;}", "?a t:year 2018 ; a t:ten ; t:p ?b ; t:q ?c ;}"),
        # Each step of a path but the last leads to some more.
        ("?a t:p/t:q t:two ; t:q 2018 }", "?a t:q 2018 ; t:p/t:q t:two }"),
        ("?a t:q t:ten ; t:p/t:q t:two }", "?a t:p/t:q t:two ; t:q t:ten }"),
        ("?a <http://y/p> t:ten ; t:p <http://x/o#one> }", "?a t:p <http://x/o#one> ; <http://y/p> t:ten }"),
        # Nothing is known of what has no prefix here.
        ("?a t:p u:x ; t:p t:ten }", "?a t:p t:ten ; t:p u:x }"),
        # What cannot be read ends what is looked at.
        ("?a t:p t:ten ; t:q t:one ; t:r 'x' }", "?a t:q t:one ; t:p t:ten ; t:r 'x' }"),
        ("?a t:p t:ten ; t:q t:one ; t:r t:two FILTER(?a) }", "?a t:q t:one ; t:p t:ten ; t:r t:two FILTER(?a) }"),
        ("?a t:p t:ten ; t:q t:one ; t:r [ t:p t:two ] }", "?a t:q t:one ; t:p t:ten ; t:r [ t:p t:two ] }"),
    ],
)
def test_the_rarest_comes_first(said: str, better: str) -> None:
    # A space stands for any.
    found = rarest_first(f"{HEAD}SELECT * {{ {said}", count=count)
    assert found.split() == f"{HEAD}SELECT * {{ {better}".split()


@pytest.mark.parametrize(
    "said",
    [
        "?a t:p t:ten .",
        "?a t:p t:one ; t:q t:ten .",
        "?a t:p t:ten ; t:q ?b .",
        "t:a t:p t:ten ; t:q t:one .",
        "?a ?p t:ten ; ?q t:one .",
        "?a t:p|t:q t:ten ; t:p* t:one .",
        "?a t:p t:ten ; # t:one is rare\n t:q t:one .",
        "?a t:p t:x.ten ; t:q t:one\\, .",
        "FILTER(?b = '?a t:p t:ten ; t:q t:one .')",
        "# ?a t:p t:ten ; t:q t:one .\n",
    ],
)
def test_what_is_in_order_or_hard_to_read_stays(said: str) -> None:
    text = f"{HEAD}SELECT * {{ {said} }}"
    assert rarest_first(text, count=count) == text


@pytest.mark.parametrize(
    ("group", "better"),
    [
        ("?a t:p ?b BIND(1 AS ?x) ?a t:q ?c", "?a t:p ?b . ?a t:q ?c BIND(1 AS ?x)"),
        ("?a t:p ?b . BIND(?a AS ?x) . { ?a t:q ?c }", "?a t:p ?b . { ?a t:q ?c } BIND(?a AS ?x)"),
        (
            "?a t:p ?b BIND(EXISTS { ?a t:q t:one } AS ?x) { ?a t:p ?c } UNION { ?a t:q ?c } OPTIONAL { ?x t:p ?d }",
            "?a t:p ?b . { ?a t:p ?c } UNION { ?a t:q ?c } BIND(EXISTS { ?a t:q t:one } AS ?x) OPTIONAL { ?x t:p ?d }",
        ),
        (
            "?a t:p ?b BIND(1 AS ?x) BIND(?a AS ?y) ?a t:q ?c MINUS { ?a t:p ?y }",
            "?a t:p ?b . ?a t:q ?c BIND(1 AS ?x) BIND(?a AS ?y) MINUS { ?a t:p ?y }",
        ),
        ("?d t:p ?e { ?a t:p ?b bind(1 as $x) ?a t:q ?c }", "?d t:p ?e { ?a t:p ?b . ?a t:q ?c bind(1 as $x) }"),
    ],
)
def test_a_value_is_worked_out_behind_what_it_is_joined_with(group: str, better: str) -> None:
    assert values_last(f"SELECT ?a {{ {group} }}").split() == f"SELECT ?a {{ {better} }}".split()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?a { BIND(1 AS ?x) ?a t:p ?b }",
        "SELECT ?a { ?a t:p ?b BIND(1 AS ?x) }",
        "SELECT ?a { ?a t:p ?b BIND(1 AS ?x) OPTIONAL { ?a t:q ?c } }",
        "SELECT ?a { ?a t:p ?b BIND(1 AS ?x) FILTER(?x > 0) }",
        # What follows gives the variable another meaning.
        "SELECT ?a { ?a t:p ?b BIND(1 AS ?x) ?a t:q $x }",
        "SELECT ?a { ?a t:p ?b BIND(1 AS ?x) { SELECT ?x { ?x t:q ?c } } }",
        # What it is worked out from may get a value, or another, behind it.
        "SELECT ?a { ?a t:p ?b BIND(?c AS ?x) ?a t:q ?c }",
        "SELECT ?a { OPTIONAL { ?a t:p ?b } BIND(?b AS ?x) ?b t:q ?c }",
        "SELECT ?a { { ?a t:p ?b } BIND(?b AS ?x) ?b t:q ?c }",
        "SELECT ?a { ?a t:p ?b BIND(EXISTS { ?a t:p ?c } AS ?x) ?a t:q ?c }",
        "SELECT ?a { BIND(EXISTS { ?a t:p ?c } AS ?y) ?a t:p ?b BIND(1 AS ?x) ?a t:q ?c }",
        # Each solution has a number of its own, and the columns are in the order of the text.
        "SELECT ?a { ?a t:p ?b BIND(RAND() AS ?x) ?a t:q ?c }",
        "SELECT * { ?a t:p ?b BIND(1 AS ?x) ?a t:q ?c }",
        "SELECT ?a { { SELECT DISTINCT * { ?a t:p ?b BIND(1 AS ?x) ?a t:q ?c } } }",
        # Where it says nothing of the kind, or nobody knows.
        "SELECT ?a { ?a t:p 'BIND(1 AS ?x) ?a t:q ?c' ; t:q ?b }",
        "SELECT ?a { ?a t:p ?b BIND(1 AS ?x ?a t:q ?c }",
        "SELECT (1 AS ?x) { ?a t:p ?b } GROUP BY (BIND(1 AS ?y) AS ?z) ?a",
    ],
)
def test_one_that_would_mean_another_thing_there_stays(text: str) -> None:
    assert values_last(text) == text


def test_queries_that_differ_behind_their_groups_alone_are_put_alike() -> None:
    store = drawn(1)
    plans = Plans(store.engine)
    body = "PREFIX t: <x:> SELECT ?a { ?a t:p0 t:n0 ; t:p1 t:n1 BIND(1 AS ?x) ?a t:p2 ?b }"
    first, second = (plans.of(f"{body} LIMIT {number}") for number in (5, 6))
    assert first.text.replace("LIMIT 5", "LIMIT 6") == second.text
    assert first.text != f"{body} LIMIT 5"
    assert not first.names_graphs
    assert plans.of("DESCRIBE <x:n0> FROM <x:graph>").names_graphs


def test_a_brace_in_a_string_ends_no_group() -> None:
    plans = Plans(drawn(1).engine, closed={"x:p0"})
    said = "PREFIX t: <x:> SELECT ?a { ?a t:p0*/t:p1 ?b } GROUP BY ?a HAVING(?a != '\" t:p0*/t:p1 }')"
    assert plans.of(said).text == said.replace("p0*", "p0?", 1)


def test_what_is_long_or_may_be_read_in_two_ways_is_left_alone() -> None:
    plans = Plans(drawn(1).engine)
    said = "PREFIX t: <x:> SELECT ?a { ?a t:p0 ?b BIND(1 AS ?x) ?a t:p2 ?b "
    assert plans.of(said + "}").text != said + "}"
    for more in ("FILTER(1<'>' && '' = '')", "FILTER(?b != '\\u0041')", f"FILTER(?b != '{'x' * 10_000}')"):
        assert plans.of(f"{said}{more} }}").text == f"{said}{more} }}"


def test_no_query_is_too_badly_written_to_be_looked_at(graph: Store) -> None:
    plans = Plans(graph.engine)
    dice = random.Random(7)  # noqa: S311 - no secret
    texts = [one.sparql for one in questions() if "BIND" in one.sparql] + [
        f"{{ {'BIND(?x ' * 50}",
        "BIND",
        "BIND(",
        "}",
    ]
    for text in texts:
        for _ in range(100):
            words = text.split()
            for _ in range(dice.randrange(1, 4)):
                words.insert(
                    dice.randrange(len(words)), dice.choice([*words, "{", "}", "(", ")", "BIND", "?a", "AS", "'"])
                )
                del words[dice.randrange(len(words))]
            assert plans.of(" ".join(words)).text


def drawn(seed: int) -> Store:
    """A graph of a few things and what is said of them."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    store = Store()
    things = [ox.NamedNode(f"x:n{number}") for number in range(8)]
    values: list[Term] = [*things, *(ox.Literal(number) for number in range(3))]
    triples = [
        ox.Triple(dice.choice(things), ox.NamedNode(f"x:p{dice.randrange(3)}"), dice.choice(values)) for _ in range(60)
    ]
    triples += [ox.Triple(thing, RDF["type"], ox.NamedNode(f"x:C{dice.randrange(2)}")) for thing in things]
    store.add(triples, graph=ox.NamedNode("x:graph"))
    return store


class Queries:
    """Draws queries of all the forms that are looked at, and others around them."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.named = 0

    def one(self) -> str:
        form = self.dice.choice(["SELECT ?a ?b ?c ?d ?x1 ?x2 ?x3", "SELECT ?a ?x1", "SELECT DISTINCT ?b ?x2", "ASK"])
        return f"PREFIX t: <x:>\n{form} {{ {self.group(2)} }}"

    def group(self, depth: int) -> str:
        return " ".join(self.element(depth) for _ in range(self.dice.randint(1, 4)))

    def variable(self) -> str:
        return self.dice.choice(["?a", "?b", "?c", "?d", "?x1", "?x2"] if self.dice.random() < 0.2 else ["?a", "?b"])

    def value(self) -> str:
        return self.dice.choice([self.variable(), f"t:n{self.dice.randrange(8)}", str(self.dice.randrange(3))])

    def said(self) -> str:
        step = f"t:p{self.dice.randrange(3)}"
        verb = self.dice.choice([step, step, f"{step}/t:p0", f"{step}|t:p1", f"t:p0/{step}*"])
        line = f"{verb} {self.value()}"
        return self.dice.choice([line, line, f"{line} , {self.value()}", f"a t:C{self.dice.randrange(2)}"])

    def about(self) -> str:
        return f"{self.variable()} {' ; '.join(self.said() for _ in range(self.dice.randint(1, 3)))} ."

    def bound(self) -> str:
        self.named += 1
        worked_out = [
            *("1", self.variable(), f"STR({self.variable()})", f"COALESCE({self.variable()}, {self.variable()}, 0)"),
            *(f"IF(BOUND({self.variable()}), 1, 2)", f"EXISTS {{ {self.about()} }}"),
        ]
        return f"BIND({self.dice.choice(worked_out)} AS ?x{self.named})"

    def element(self, depth: int) -> str:
        simple = [self.about, self.about, self.about, self.bound, self.bound]
        kind = self.dice.randrange(len(simple) + (7 if depth else 2))
        if kind < len(simple):
            return simple[kind]()
        match kind - len(simple):
            case 0:
                return f"FILTER({self.variable()} != {self.value()})"
            case 1:
                return f"VALUES {self.variable()} {{ t:n1 t:n2 2 }}"
            case 2:
                return f"OPTIONAL {{ {self.group(depth - 1)} }}"
            case 3:
                return f"MINUS {{ {self.group(depth - 1)} }}"
            case 4:
                return f"{{ {self.group(depth - 1)} }} UNION {{ {self.group(depth - 1)} }}"
            case 5:
                return f"{{ SELECT {self.variable()} {{ {self.group(depth - 1)} }} }}"
            case _:
                return f"GRAPH ?g {{ {self.group(depth - 1)} }}"


def found(engine: ox.Store, text: str) -> Counter[tuple[str, ...]] | bool:
    answer = engine.query(text)
    if isinstance(answer, ox.QuerySolutions):
        return Counter(tuple(str(value) for value in row) for row in answer)
    return bool(answer)


def put_otherwise(seed: int) -> Iterator[tuple[ox.Store, str, str]]:
    dice = random.Random(seed)  # noqa: S311 - no secret
    store = drawn(seed)
    plans = Plans(store.engine)
    for _ in range(500):
        text = Queries(dice).one()
        put = plans.of(text).text
        if put != text:
            yield store.engine, text, put


@pytest.mark.parametrize("seed", range(12))
def test_the_same_is_found(seed: int) -> None:
    looked_at = 0
    for engine, text, put in put_otherwise(seed):
        try:
            wanted = found(engine, text)
        except SyntaxError:
            # A variable that has a value already may not be given one, wherever that is said.
            with pytest.raises(SyntaxError):
                engine.query(put)
            continue
        assert found(engine, put) == wanted, f"{text}\n{put}"
        looked_at += bool(wanted)
    assert looked_at > 10


def test_named_questions_find_the_same(graph: Store) -> None:
    plans = Plans(graph.engine)
    told = [(one, put) for one in questions() if (put := plans.of(one.sparql).text) != one.sparql]
    assert len(told) > 50
    for one, put in told:
        assert found(graph.engine, put) == found(graph.engine, one.sparql), one.name
