"""Which task runs next, without any process: newcomers, heavy ones, those that wait; and the frames they travel in."""

from __future__ import annotations

import asyncio
import itertools
import pickle
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiesgraph.errors import Overloaded
from tiesgraph.web.runner import Written
from tiesgraph.workers.kinds import Likeness
from tiesgraph.workers.lanes import Lanes
from tiesgraph.workers.limits import Limits
from tiesgraph.workers.order import Order
from tiesgraph.workers.wire import HEAD, Frame, Frames, Reply, packed

_clock = itertools.count()
"""Seconds go by from one look to the next."""


def begun(lanes: Lanes, idle: int = 99) -> list[str]:
    """The names of all that may begin now, in their order."""
    names = []
    while (one := lanes.next(next(_clock), idle)) is not None:
        names.append(one.pickled.decode())
    return names


@pytest.fixture
def lanes() -> Lanes:
    return Lanes(Limits(workers=4, abreast=4, queue=2))


def of_kind(kind: str) -> Likeness:
    return Likeness(lambda: kind, lambda: kind)


@pytest.fixture
def orders() -> Iterator[dict[str, Order]]:
    loop = asyncio.new_event_loop()
    yield {name: Order(name.encode(), 1.0, 1.0, loop.create_future(), partial(of_kind, name)) for name in "abcdefgh"}
    loop.close()


def test_first_come_first_served_up_to_the_number_of_workers(lanes: Lanes, orders: dict[str, Order]) -> None:
    for one in "abcdef":
        lanes.admit(orders[one], 0.0)
    assert begun(lanes) == ["a", "b", "c", "d"]
    assert (lanes.running, lanes.waiting) == (4, 2)
    with pytest.raises(Overloaded):
        lanes.admit(orders["g"], 0.0)
    lanes.leave(orders["b"])
    assert begun(lanes) == ["e"]


def test_only_some_are_young_at_a_time(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=4, abreast=2))
    for one in "abcd":
        lanes.admit(orders[one], 0.0)
    assert begun(lanes) == ["a", "b"]
    lanes.grow_up(orders["a"])
    assert begun(lanes) == ["c"]
    lanes.leave(orders["c"])
    assert begun(lanes) == ["d"]


def test_a_heavy_one_without_a_place_gives_its_worker_up_and_gets_another_when_there_is_one(
    lanes: Lanes, orders: dict[str, Order]
) -> None:
    for one in "abcd":
        lanes.admit(orders[one], 0.0)
    begun(lanes)
    assert [lanes.weigh(orders[one]) for one in "abcd"] == [True, True, True, False]
    lanes.admit(orders["e"], 0.0)
    assert begun(lanes) == ["e"]
    assert (lanes.heavy, lanes.waiting) == (3, 1)
    lanes.leave(orders["e"])
    assert begun(lanes) == []
    lanes.leave(orders["a"])
    assert begun(lanes) == ["d"]
    assert orders["d"].heavy


def alike(orders: dict[str, Order], kinds: dict[str, str]) -> None:
    """Have orders say that they are of these kinds: close and loose ones."""
    for names, kind in kinds.items():
        for name in names:
            orders[name].tell = partial(of_kind, kind)


def test_a_kind_that_was_heavy_is_no_newcomer_and_begins_one_at_a_time(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=4, abreast=4))
    alike(orders, {"bdfh": "even"})
    lanes.admit(orders["b"], 0.0)
    begun(lanes)
    lanes.was_heavy(orders["b"], -99.0)
    lanes.leave(orders["b"])
    for one in "dface":
        lanes.admit(orders[one], 0.0)
    assert [orders[one].suspect for one in "dfac"] == [True, True, False, False]
    assert begun(lanes) == ["d", "a", "c", "e"]
    lanes.leave(orders["e"])
    assert begun(lanes) == []
    lanes.had_its_turn(orders["d"])
    assert begun(lanes) == ["f"]
    assert [orders[one].heavy for one in "dfac"] == [True, True, False, False]
    for one in "dfac":
        lanes.leave(orders[one])
    lanes.was_done(orders["d"], 0.1)
    lanes.admit(orders["h"], 0.0)
    assert begun(lanes) == ["h"]
    assert not orders["h"].suspect


def test_others_of_its_kind_that_are_at_hand_are_taken_for_heavy_with_it(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=4, abreast=2))
    alike(orders, {"bcd": "heavy"})
    for one in "abcde":
        lanes.admit(orders[one], 0.0)
    assert begun(lanes) == ["a", "b"]
    lanes.was_heavy(orders["b"], -99.0)
    assert [one for one, order in orders.items() if order.suspect] == ["b", "c", "d"]
    lanes.leave(orders["a"])
    assert begun(lanes) == ["c", "e"]
    assert orders["c"].heavy


def strained(orders: dict[str, Order]) -> Lanes:
    """Lanes that have seen many of one kind, and in which there is strain now."""
    lanes = Lanes(Limits(workers=8, abreast=1, queue=9))
    alike(orders, {"abcd": "known"})
    for _ in range(100):
        lanes.was_done(orders["a"], 0.001)
    lanes.admit(orders["h"], 1e9)
    begun(lanes)
    lanes.stand_back(orders["h"], 1e9)
    lanes.strain(1e9)
    lanes.grow_up(orders["h"])
    return lanes


def test_under_strain_the_familiar_goes_first_and_has_workers_of_its_own(orders: dict[str, Order]) -> None:
    lanes = strained(orders)
    for one in "efabc":
        lanes.admit(orders[one], 1e9)
    assert [orders[one].familiar for one in "efabc"] == [False, False, True, True, True]
    # One that is free is kept for them; twice as many as others may be young are begun at once.
    assert begun(lanes, idle=1) == ["a", "b"]
    lanes.leave(orders["a"])
    assert begun(lanes, idle=2) == ["c", "e"]
    assert [orders[one].doubtful for one in "abce"] == [False, False, False, True]


def test_what_is_of_a_familiar_kind_need_not_stand_back_so_soon(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=8, slow=0.01))
    alike(orders, {"ab": "middling"})
    for _ in range(4):
        lanes.was_done(orders["a"], 0.02)
    told = [lanes.has_to_stand_back(orders[one], spent) for spent in (0.005, 0.02, 0.04) for one in "bc"]
    assert told == [False, False, False, True, True, True]
    orders["c"].stands_back = True
    assert not lanes.has_to_stand_back(orders["c"], 0.04)


def test_the_familiar_goes_ahead_of_those_that_wait_for_a_while(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=8, abreast=1, queue=9))
    alike(orders, {"abcd": "known"})
    for _ in range(100):
        lanes.was_done(orders["a"], 0.001)
    for one, now in (("e", 0.0), ("f", 0.0), ("a", 0.004), ("b", 0.006)):
        lanes.admit(orders[one], now)
    assert [orders[one].familiar for one in "ab"] == [False, True]
    assert begun(lanes) == ["b", "e"]


def test_what_waits_when_strain_begins_is_looked_at_anew(orders: dict[str, Order]) -> None:
    lanes = strained(orders)
    lanes.leave(orders["h"])
    later = 1e9 + 60
    for one in "gefa":
        orders[one].deadline = later + 1.0
        lanes.admit(orders[one], later)
    assert lanes.next(later, 9) is orders["g"]
    lanes.stand_back(orders["g"], later)
    lanes.strain(later)
    lanes.grow_up(orders["g"])
    assert lanes.next(later, 9) is orders["a"]


def test_strain_begins_where_some_run_for_long_and_others_wait(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=32, abreast=2))
    for one in "abcdef":
        lanes.admit(orders[one], 0.0)
    for one in "abc":
        assert lanes.next(1.0, 9) is orders[one]
        lanes.grow_up(orders[one])
    # Three run for long by now, which is more than a few, and newcomers begin one at a time.
    assert lanes.next(1.0, 9) is orders["d"]
    assert orders["d"].doubtful
    assert lanes.next(1.0, 9) is None


@pytest.mark.parametrize("spent", [0.05, 0.5])
def test_what_was_not_light_is_familiar_no_more(orders: dict[str, Order], spent: float) -> None:
    lanes = strained(orders)
    lanes.admit(orders["a"], 1e9)
    begun(lanes)
    assert orders["a"].familiar
    lanes.leave(orders["a"])
    lanes.was_done(orders["a"], spent)
    lanes.admit(orders["b"], 1e9)
    assert not orders["b"].familiar


def test_what_stands_back_for_all_its_familiarity_is_familiar_no_more(orders: dict[str, Order]) -> None:
    lanes = strained(orders)
    lanes.admit(orders["a"], 1e9)
    begun(lanes)
    lanes.stand_back(orders["a"], 1e9)
    lanes.admit(orders["b"], 1e9)
    assert not orders["b"].familiar


def test_what_is_heavy_is_familiar_no_more(orders: dict[str, Order]) -> None:
    lanes = strained(orders)
    lanes.admit(orders["a"], 1e9)
    begun(lanes)
    lanes.was_heavy(orders["a"], 1e9)
    lanes.was_done(orders["a"], 0.15)
    lanes.admit(orders["b"], 1e9)
    assert not orders["b"].familiar
    assert not orders["b"].suspect


def test_what_takes_a_while_and_is_light_all_the_same_is_familiar_soon(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=8, abreast=1, queue=9))
    alike(orders, {"ab": "middling", "cd": "quick"})
    for _ in range(4):
        lanes.was_done(orders["a"], 0.02)
        lanes.was_done(orders["c"], 0.001)
    lanes.strain(1e9)
    for one in "bd":
        lanes.admit(orders[one], 1e9)
    assert [orders[one].familiar for one in "bd"] == [True, False]


def test_what_was_too_heavy_to_be_light_stands_back_under_strain_and_keeps_none_from_beginning(
    orders: dict[str, Order],
) -> None:
    lanes = strained(orders)
    alike(orders, {"efg": "middling"})
    lanes.was_done(orders["e"], 0.05)
    alike(orders, {"d": "unknown"})
    for one in "fcgd":
        lanes.admit(orders[one], 1e9)
    assert [orders[one].middling for one in "fcgd"] == [True, False, True, False]
    # Newcomers begin one at a time, but those that stand back are none.
    assert begun(lanes) == ["c", "f", "g", "d"]


def test_what_was_middling_is_thought_of_as_such_until_it_is_light(orders: dict[str, Order]) -> None:
    lanes = strained(orders)
    alike(orders, {"efg": "known"})
    lanes.was_middling(orders["e"])
    seen = []
    for one, spent in (("a", 0.02), ("f", 0.001), ("g", 0.001)):
        lanes.admit(orders[one], 1e9)
        seen.append((orders[one].middling, orders[one].familiar))
        begun(lanes)
        lanes.leave(orders[one])
        lanes.was_done(orders[one], spent)
    assert seen == [(True, False), (False, False), (False, False)]


def test_what_was_middling_begins_as_others_do_where_there_is_no_strain(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=8, abreast=1))
    alike(orders, {"ab": "middling"})
    lanes.was_done(orders["a"], 0.05)
    lanes.admit(orders["b"], 0.0)
    assert not orders["b"].middling


def test_one_that_was_heavy_and_lost_its_worker_begins_as_such(lanes: Lanes, orders: dict[str, Order]) -> None:
    lanes.admit(orders["a"], 0.0)
    begun(lanes)
    orders["a"].suspect = True
    lanes.again(orders["a"])
    assert begun(lanes) == ["a"]
    assert orders["a"].heavy


def test_who_lost_a_worker_comes_first(lanes: Lanes, orders: dict[str, Order]) -> None:
    for one in "abcdef":
        lanes.admit(orders[one], 0.0)
    begun(lanes)
    lanes.weigh(orders["c"])
    lanes.again(orders["c"])
    assert lanes.heavy == 0
    assert begun(lanes) == ["c"]


def test_leaving_is_possible_from_everywhere(lanes: Lanes, orders: dict[str, Order]) -> None:
    for one in "abcdef":
        lanes.admit(orders[one], 0.0)
    begun(lanes)
    for one in "abcd":
        lanes.weigh(orders[one])
    assert [lanes.leave(orders[one]) for one in "adf"] == [True, False, False]
    assert {one.pickled.decode() for one in lanes} == {"b", "c", "e"}
    assert (lanes.running, lanes.heavy, lanes.waiting) == (2, 2, 1)


def test_one_worker_is_for_all(orders: dict[str, Order]) -> None:
    lanes = Lanes(Limits(workers=1))
    for one in "ab":
        lanes.admit(orders[one], 0.0)
    assert begun(lanes) == ["a"]
    assert lanes.weigh(orders["a"])


@given(
    values=st.lists(st.tuples(st.binary(max_size=50), st.binary(max_size=50)), max_size=6),
    cuts=st.lists(st.integers(0, 400), max_size=8),
)
def test_frames_are_put_together_however_they_are_cut(values: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    pickles = [(pickle.dumps(value), apart) for value, apart in values]
    stream = b"".join(HEAD.pack(len(one), len(apart), n) + one + apart for n, (one, apart) in enumerate(pickles))
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    frames = Frames()
    found: list[Frame] = []
    for begin, end in pairwise(places):
        found += frames.take(stream[begin:end])
    assert found == [
        Frame(n, memoryview(one), memoryview(apart) if apart else None) for n, (one, apart) in enumerate(pickles)
    ]


@pytest.mark.parametrize("size", [0, 1_000, 3_000_000])
def test_a_large_body_comes_apart_from_the_rest_of_a_reply(size: int) -> None:
    reply = Reply(done=True, value=Written(b"x" * size, "text/csv", "identity", cut="cut"), spent=False)
    pickled, apart = packed(reply)
    assert len(apart) == (size if size > 1_000 else 0)
    (frame,) = Frames().take(HEAD.pack(len(pickled), len(apart), 0.0) + pickled + bytes(apart))
    assert frame.value == reply
    for protocol in (2, pickle.HIGHEST_PROTOCOL):
        assert pickle.loads(pickle.dumps(reply, protocol)) == reply  # noqa: S301 - written just before
