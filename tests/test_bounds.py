"""Dates of any precision get bounds that compare."""

from itertools import pairwise

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Snippets
from tiesgraph.bounds import DERIVED, add_bounds, dates_behind, days_of, renew_bounds
from tiesgraph.errors import CorpusError
from tiesgraph.names import BASE, ID, TIES, XSD, graph_iri
from tiesgraph.store import Store

KINDS = """
ties:held rdfs:subPropertyOf ties:date . ties:began rdfs:subPropertyOf ties:date .
ties:ended rdfs:subPropertyOf ties:date . ties:firstHeld rdfs:subPropertyOf ties:began .
"""

EVENT = ID["event/x"]
DAY, MONTH, YEAR = "xsd:date", "xsd:gYearMonth", "xsd:gYear"


def bounds_of(store: Store) -> list[str]:
    """The derived triples in short: `earliest 2017-12-01`."""
    found = sorted(store.triples(graph=DERIVED), key=str)
    return [
        f"{t.predicate.value.removeprefix(TIES)} {t.object.value}" for t in found if isinstance(t.object, ox.Literal)
    ]


@pytest.mark.parametrize(
    ("dates", "bounds"),
    [
        pytest.param(
            f'ties:held "2017-12-14"^^{DAY}',
            ["earliest 2017-12-14", "latest 2017-12-14", "year 2017"],
            id="a day is both its bounds",
        ),
        pytest.param(
            f'ties:held "2016-02"^^{MONTH}',
            ["earliest 2016-02-01", "latest 2016-02-29", "year 2016"],
            id="a month runs to its last day, also in a leap year",
        ),
        pytest.param(
            f'ties:held "2018"^^{YEAR}', ["earliest 2018-01-01", "latest 2018-12-31", "year 2018"], id="a year is whole"
        ),
        pytest.param(
            f'ties:held "2018"^^{YEAR}, "2019-04"^^{MONTH}',
            ["earliest 2018-01-01", "latest 2019-04-30", "year 2018", "year 2019"],
            id="two dates span both, and each gives its year",
        ),
        pytest.param(
            f'ties:began "2018-04"^^{MONTH}', ["earliest 2018-04-01", "year 2018"], id="a span that goes on has no end"
        ),
        pytest.param(
            f'ties:ended "2019"^^{YEAR}', ["latest 2019-12-31"], id="a span known by its end has no beginning"
        ),
        pytest.param(
            f'ties:began "2018"^^{YEAR} ; ties:ended "2019-03-01"^^{DAY}',
            ["earliest 2018-01-01", "latest 2019-03-01", "year 2018"],
            id="a span has both bounds and the year of its beginning",
        ),
        pytest.param(
            f'ties:firstHeld "2012-06"^^{MONTH}',
            ["earliest 2012-06-01", "year 2012"],
            id="a kind of beginning opens a span like any",
        ),
        pytest.param(f'ties:gist "in 2018"@en ; ties:cites "2018"^^{YEAR}', [], id="other properties are no dates"),
    ],
)
def test_bounds_follow_from_dates(snippets: Snippets, dates: str, bounds: list[str]) -> None:
    store = snippets(ontology=KINDS, p025=f"event:x {dates} .")
    assert add_bounds(store) == len(bounds)
    assert bounds_of(store) == bounds


@pytest.mark.parametrize("date", ['"2019-02-30"^^xsd:date', '"2019-13"^^xsd:gYearMonth', '"2019"', '"2019"^^xsd:date'])
def test_an_ill_formed_date_names_its_node_and_page(snippets: Snippets, date: str) -> None:
    store = snippets(ontology=KINDS, p025=f"event:x ties:held {date} .")
    with pytest.raises(CorpusError) as caught:
        add_bounds(store)
    assert caught.value.place == "p025"
    assert BASE + "id/event/x" in caught.value.message
    assert store.size(DERIVED) == 0


def test_a_date_that_is_a_thing_is_refused(snippets: Snippets) -> None:
    with pytest.raises(CorpusError, match="no date at all"):
        add_bounds(snippets(ontology=KINDS, p025="event:x ties:held event:y ."))


@given(st.dates())
def test_coarser_dates_hold_the_finer(day: object) -> None:
    text = str(day)
    kinds = [(text, "date"), (text[:7], "gYearMonth"), (text[:4], "gYear")]
    spans = [days_of(ox.Literal(lexical, datatype=XSD[kind])) for lexical, kind in kinds]
    for finer, coarser in pairwise(spans):
        assert coarser[0] <= finer[0] <= finer[1] <= coarser[1]


def test_bounds_of_the_finished_graph_come_out_the_same_again(graph: Store) -> None:
    """Dates that are inferred there (what began has a date) make no difference."""
    store = graph.subset(graph.graphs())
    nodes = {triple.subject for triple in store.triples(graph=DERIVED)}
    assert renew_bounds(store, nodes) == ([], [])


def test_another_date_moves_the_bounds_and_the_old_ones_go(snippets: Snippets) -> None:
    store = snippets(ontology=KINDS, p025='event:x ties:held "2018-05-01"^^xsd:date .')
    add_bounds(store)
    later = store.subset(store.graphs())
    later.add([ox.Triple(EVENT, TIES["held"], ox.Literal("2017", datatype=XSD["gYear"]))], graph=graph_iri("p026"))
    came, went = renew_bounds(later, [EVENT])
    assert sorted(str(t.object) for t in went) == [f'"2018-05-01"^^<{XSD}date>']
    assert len(came) == 2
    assert bounds_of(later) == ["earliest 2017-01-01", "latest 2018-05-01", "year 2017", "year 2018"]
    assert set(later.triples(None, TIES["earliest"])) == set(later.triples(None, TIES["earliest"], graph=DERIVED))


@pytest.mark.parametrize(
    ("dates", "bound", "behind"),
    [
        ('ties:held "2018"^^xsd:gYear, "2017-03"^^xsd:gYearMonth', "earliest", ["2017-03"]),
        ('ties:held "2018"^^xsd:gYear, "2017-03"^^xsd:gYearMonth', "latest", ["2018"]),
        ('ties:held "2018"^^xsd:gYear, "2018-01"^^xsd:gYearMonth', "earliest", ["2018", "2018-01"]),
        ('ties:began "2018"^^xsd:gYear ; ties:ended "2018-12-31"^^xsd:date', "year", ["2018"]),
    ],
)
def test_the_dates_behind_a_bound_are_known(snippets: Snippets, dates: str, bound: str, behind: list[str]) -> None:
    store = snippets(ontology=KINDS, p025=f"event:x {dates} .")
    add_bounds(store)
    (triple,) = store.triples(EVENT, TIES[bound])
    assert sorted(t.object.value for t in dates_behind(store, triple) if isinstance(t.object, ox.Literal)) == behind


def test_every_bound_of_the_real_graph_has_a_date_behind_it(graph: Store) -> None:
    bounds = list(graph.triples(graph=DERIVED))
    assert bounds
    assert [triple for triple in bounds[::20] if not dates_behind(graph, triple)] == []
