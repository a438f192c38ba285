"""Which task runs next, without any process: newcomers, heavy ones, those that wait; and the frames they travel in."""

from __future__ import annotations

import asyncio
import itertools
import pickle
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiesgraph.errors import Overloaded
from tiesgraph.workers.lanes import Lanes, Order
from tiesgraph.workers.limits import Limits
from tiesgraph.workers.wire import HEAD, Frames

_clock = itertools.count()
"""Seconds go by from one look to the next."""


def begun(lanes: Lanes) -> list[str]:
    """The names of all that may begin now, in their order."""
    names = []
    while (one := lanes.next(next(_clock))) is not None:
        names.append(one.pickled.decode())
    return names


@pytest.fixture
def lanes() -> Lanes:
    return Lanes(Limits(workers=4, abreast=4, queue=2))


@pytest.fixture
def orders() -> Iterator[dict[str, Order]]:
    loop = asyncio.new_event_loop()
    yield {name: Order(name.encode(), 1.0, 1.0, loop.create_future()) for name in "abcdefgh"}
    loop.close()


def test_first_come_first_served_up_to_the_number_of_workers(lanes: Lanes, orders: dict[str, Order]) -> None:
    for one in "abcdef":
        lanes.admit(orders[one])
    assert begun(lanes) == ["a", "b", "c", "d"]
    assert (lanes.running, lanes.waiting) == (4, 2)
    with pytest.raises(Overloaded):
        lanes.admit(orders["g"])
    lanes.leave(orders["b"])
    assert begun(lanes) == ["e"]


def test_only_some_are_young_at_a_time(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=4, abreast=2))
    for one in "abcd":
        lanes.admit(orders[one])
    assert begun(lanes) == ["a", "b"]
    lanes.grow_up(orders["a"])
    assert begun(lanes) == ["c"]
    lanes.leave(orders["c"])
    assert begun(lanes) == ["d"]


def test_a_heavy_one_without_a_place_gives_its_worker_up_and_gets_another_when_there_is_one(
    lanes: Lanes, orders: dict[str, Order]
) -> None:
    for one in "abcd":
        lanes.admit(orders[one])
    begun(lanes)
    assert [lanes.weigh(orders[one]) for one in "abcd"] == [True, True, True, False]
    lanes.admit(orders["e"])
    assert begun(lanes) == ["e"]
    assert (lanes.heavy, lanes.waiting) == (3, 1)
    lanes.leave(orders["e"])
    assert begun(lanes) == []
    lanes.leave(orders["a"])
    assert begun(lanes) == ["d"]
    assert orders["d"].heavy


def test_a_kind_that_was_heavy_is_no_newcomer_and_begins_one_at_a_time(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=4, abreast=4, slow=2.5))
    for order in orders.values():
        order.kind = lambda name=order.pickled: "even" if name in b"bdfh" else None
    lanes.admit(orders["b"])
    begun(lanes)
    lanes.learn(orders["b"], heavy=True)
    lanes.leave(orders["b"])
    for one in "dface":
        lanes.admit(orders[one])
    assert [orders[one].suspect for one in "dfac"] == [True, True, False, False]
    # The clock goes on by one from each look to the next: behind one that is heavy come others.
    assert begun(lanes) == ["d", "a", "c", "f"]
    assert [orders[one].heavy for one in "dfac"] == [True, True, False, False]
    for one in "dfac":
        lanes.leave(orders[one])
    lanes.learn(orders["d"], heavy=False)
    lanes.admit(orders["h"])
    assert begun(lanes) == ["e", "h"]
    assert not orders["h"].suspect


def test_one_that_was_heavy_and_lost_its_worker_begins_as_such(lanes: Lanes, orders: dict[str, Order]) -> None:
    lanes.admit(orders["a"])
    begun(lanes)
    orders["a"].suspect = True
    lanes.again(orders["a"])
    assert begun(lanes) == ["a"]
    assert orders["a"].heavy


def test_who_lost_a_worker_comes_first(lanes: Lanes, orders: dict[str, Order]) -> None:
    for one in "abcdef":
        lanes.admit(orders[one])
    begun(lanes)
    lanes.weigh(orders["c"])
    lanes.again(orders["c"])
    assert lanes.heavy == 0
    assert begun(lanes) == ["c"]


def test_leaving_is_possible_from_everywhere(lanes: Lanes, orders: dict[str, Order]) -> None:
    for one in "abcdef":
        lanes.admit(orders[one])
    begun(lanes)
    for one in "abcd":
        lanes.weigh(orders[one])
    assert [lanes.leave(orders[one]) for one in "adf"] == [True, False, False]
    assert {one.pickled.decode() for one in lanes} == {"b", "c", "e"}
    assert (lanes.running, lanes.heavy, lanes.waiting) == (2, 2, 1)


def test_one_worker_is_for_all(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=1))
    for one in "ab":
        lanes.admit(orders[one])
    assert begun(lanes) == ["a"]
    assert lanes.weigh(orders["a"])


@given(values=st.lists(st.binary(max_size=50), max_size=6), cuts=st.lists(st.integers(0, 200), max_size=8))
def test_frames_are_put_together_however_they_are_cut(values: list[bytes], cuts: list[int]) -> None:
    pickles = [pickle.dumps(value) for value in values]
    stream = b"".join(HEAD.pack(len(one), n) + one for n, one in enumerate(pickles))
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    frames = Frames()
    found: list[tuple[float, bytes | memoryview]] = []
    for begin, end in pairwise(places):
        found += frames.take(stream[begin:end])
    assert found == list(enumerate(pickles))
