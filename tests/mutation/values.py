"""Faults in what is written: dates, numbers, texts, codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pyoxigraph as ox

from mutation.field import Change, Field, Operator, Places, instead, literal, moved, of, rewritten, text
from tiesgraph.names import TIES, XSD
from tiesgraph.store import Term

DATE, MONTH, YEAR = XSD["date"], XSD["gYearMonth"], XSD["gYear"]
DATES = tuple(
    TIES[name]
    for name in (
        *("held", "began", "ended", "signed", "enteredIntoForce", "published", "said"),
        *("scheduledFor", "firstHeld", "asOf", "since", "accessed"),
    )
)
HAPPENED = tuple(TIES[name] for name in ("held", "signed", "enteredIntoForce", "published", "said", "firstHeld"))
NUMBERS = tuple(TIES[name] for name in ("value", "quantity", "personnel", "ordinal", "rank", "number"))
CODES = tuple(TIES[name] for name in ("isoAlpha2", "isoAlpha3", "m49", "currency"))
LAT, LONG = (ox.NamedNode(f"http://www.w3.org/2003/01/geo/wgs84_pos#{axis}") for axis in ("lat", "long"))
PAIRS = (("began", "ended"), ("signed", "enteredIntoForce"), ("published", "accessed"), ("since", "asOf"))
GIST, WORDING, URL = TIES["gist"], TIES["wording"], ox.NamedNode("https://schema.org/url")


def dated(*datatypes: ox.NamedNode) -> Places:
    """The places where a date of one of the datatypes stands."""

    def places(field: Field) -> Iterator[ox.Quad]:
        return (q for q in field.where(*DATES) if isinstance(q.object, ox.Literal) and q.object.datatype in datatypes)

    return places


def a_date_has_the_datatype_of_another_precision(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    others = [datatype for datatype in (DATE, MONTH, YEAR) if datatype != literal(quad).datatype]
    return rewritten(quad, text(quad.object), rng.choice(others))


def a_date_is_a_plain_text(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, text(quad.object), XSD["string"])


def a_day_does_not_exist(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    year = text(quad.object)[:4]
    return rewritten(quad, f"{year}-{rng.choice(['02-30', '04-31', '13-01', '00-10', '06-00', '02-29'])}")


def a_month_does_not_exist(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    return rewritten(quad, f"{text(quad.object)[:4]}-{rng.choice(['00', '13', '21'])}")


def a_date_has_a_time_zone(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, text(quad.object) + "Z")


def a_year_or_a_month_is_padded_to_a_day(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    words = text(quad.object)
    return rewritten(quad, words + "-01-01"[len(words) - 4 :], DATE)


def a_year_is_after_the_report(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    words = text(quad.object)
    return rewritten(quad, rng.choice(["2108", "2081", "2029"]) + words[4:])


def a_year_is_mistyped(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    words = text(quad.object)
    return rewritten(quad, f"{int(words[:4]) - rng.randint(1, 9)}{words[4:]}")


def two_dates_change_places(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    """The end stands before the beginning."""
    for first, last in PAIRS:
        if quad.predicate == TIES[first]:
            ends = [q for q in field.about(quad.subject) if q.predicate == TIES[last]]
            if len(ends) == 1 and text(ends[0].object)[:4] != text(quad.object)[:4]:
                return [quad, ends[0]], [moved(quad, value=ends[0].object), moved(ends[0], value=quad.object)]
    return None


def a_page_dates_a_thing_twice(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    words = text(quad.object)
    return [], [moved(quad, value=ox.Literal(f"{int(words[:4]) - 1}{words[4:]}", datatype=literal(quad).datatype))]


def a_number_is_negative(_field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    return None if text(quad.object) == "0" else rewritten(quad, "-" + text(quad.object))


def a_number_is_in_words(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    return instead(quad, value=ox.Literal(rng.choice(["two", "several", "a dozen"])))


def a_number_is_a_text_of_digits(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return instead(quad, value=ox.Literal(text(quad.object)))


def a_number_is_a_floating_one(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, f"{text(quad.object)}E0", XSD["double"])


def a_rank_begins_at_nought(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, "0")


def a_single_value_is_doubled(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    """A second value, as good as the first, of a property that has one."""
    old = quad.object
    if isinstance(old, ox.Literal):
        if not re.fullmatch(r"\d+", old.value):
            return None
        return [], [moved(quad, value=ox.Literal(str(int(old.value) + 1), datatype=old.datatype))]
    pool = field.schemes[field.scheme[old]] if old in field.scheme else alike(field, old)
    rivals: list[Term] = [one for one in pool if one != old]
    return ([], [moved(quad, value=rng.choice(rivals))]) if rivals else None


def alike(field: Field, node: Term) -> list[ox.NamedNode]:
    """The nodes of the node's class."""
    cls = field.own_class(node)
    return field.members.get(cls, []) if cls is not None else []


def single(field: Field) -> Iterator[ox.Quad]:
    """The places where a property that has one value at most has it."""
    return (quad for quad in field.quads if quad.predicate in field.single and field.times[quad.triple] == 1)


def a_gist_is_too_long(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, text(quad.object)[:-1] + " and so on" * 14 + ".")


def a_gist_is_two_sentences(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    return rewritten(quad, f"{text(quad.object)} {rng.choice(['This mattered.', 'Japan did so too.', 'Both agreed.'])}")


def a_gist_stops_halfway(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    words = text(quad.object).split()
    return rewritten(quad, " ".join(words[: max(2, len(words) // 2)]).rstrip(".,"))


def a_text_says_no_language(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return instead(quad, value=ox.Literal(text(quad.object)))


def a_gist_is_in_another_language(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return instead(quad, value=ox.Literal(text(quad.object), language="ja"))


def a_page_says_two_gists_of_a_node(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return [], [moved(quad, value=ox.Literal("Something else happened.", language="en"))]


def a_wording_is_a_long_quotation(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, text(quad.object) + " as they have said time and again since then")


def a_web_address_is_none(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    address = text(quad.object)
    return rewritten(quad, rng.choice([address.partition("//")[2], "htp://" + address.partition("//")[2], "n/a"]))


def a_code_is_malformed(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    code = text(quad.object)
    return rewritten(quad, rng.choice([code[:-1], code + code[-1], f" {code}", code[0] + "-" + code[1:]]))


def a_coordinate_is_off_the_globe(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, f"{float(text(quad.object)) + 400}")


def a_coordinate_is_lost(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return [quad], []


def a_value_is_a_node(field: Field, quad: ox.Quad, rng: Random) -> Change:
    return instead(quad, value=rng.choice(sorted(field.of, key=str)))


def texts_and_numbers(field: Field) -> Iterator[ox.Quad]:
    """The places where a literal stands."""
    return (quad for quad in field.quads if isinstance(quad.object, ox.Literal) and field.times[quad.triple] == 1)


OPERATORS = (
    Operator("a date has the datatype of another precision", of(*DATES), a_date_has_the_datatype_of_another_precision),
    Operator("a date is a plain text", of(*DATES), a_date_is_a_plain_text),
    Operator("a day does not exist", dated(DATE), a_day_does_not_exist),
    Operator("a month does not exist", dated(MONTH), a_month_does_not_exist),
    Operator("a date has a time zone", of(*DATES), a_date_has_a_time_zone),
    Operator("a year or a month is padded to a day", dated(YEAR, MONTH), a_year_or_a_month_is_padded_to_a_day),
    Operator("a year is after the report", of(*HAPPENED), a_year_is_after_the_report),
    Operator("a year is mistyped", of(*HAPPENED), a_year_is_mistyped),
    Operator("two dates change places", of(*(TIES[first] for first, _ in PAIRS)), two_dates_change_places),
    Operator("a page dates a thing twice", of(*HAPPENED), a_page_dates_a_thing_twice),
    Operator("a number is negative", of(*NUMBERS), a_number_is_negative),
    Operator("a number is in words", of(*NUMBERS), a_number_is_in_words),
    Operator("a number is a text of digits", of(*NUMBERS), a_number_is_a_text_of_digits),
    Operator("a number is a floating one", of(*NUMBERS), a_number_is_a_floating_one),
    Operator(
        "a rank begins at nought",
        of(*(TIES[name] for name in ("rank", "ordinal", "number", "quantity"))),
        a_rank_begins_at_nought,
    ),
    Operator("a single value is doubled", single, a_single_value_is_doubled),
    Operator("a gist is too long", of(GIST), a_gist_is_too_long),
    Operator("a gist is two sentences", of(GIST), a_gist_is_two_sentences),
    Operator("a gist stops halfway", of(GIST), a_gist_stops_halfway),
    Operator("a gist or a wording says no language", of(GIST, WORDING), a_text_says_no_language),
    Operator("a gist is in another language", of(GIST), a_gist_is_in_another_language),
    Operator("a page says two gists of a node", of(GIST), a_page_says_two_gists_of_a_node),
    Operator("a wording is a long quotation", of(WORDING), a_wording_is_a_long_quotation),
    Operator("a web address is none", of(URL), a_web_address_is_none),
    Operator("a code is malformed", of(*CODES), a_code_is_malformed),
    Operator("a coordinate is off the globe", of(LAT, LONG), a_coordinate_is_off_the_globe),
    Operator("a coordinate is lost", of(LAT, LONG), a_coordinate_is_lost),
    Operator("a node stands where a text or a number belongs", texts_and_numbers, a_value_is_a_node),
)
