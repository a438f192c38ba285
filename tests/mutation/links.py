"""Faults in who and what a node points to: wrong classes, directions, circles; counts and what they count."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pyoxigraph as ox

from mutation.field import Change, Field, Operator, instead, literal, moved, name, of, rewritten, text
from mutation.names_of_things import links
from tiesgraph.names import CONCEPT, RDF, TIES, graph_iri
from tiesgraph.store import Term

VISITOR, OFFICE, HOST = TIES["visitor"], TIES["visitorOffice"], TIES["host"]
SENDER, RECEIVER, INSTITUTION = TIES["sender"], TIES["receiver"], TIES["institution"]
MEMBER, VALUE, QUANTIFIER, UNIT, SUM = (TIES[name] for name in ("member", "value", "quantifier", "unit", "sumOf"))
STATUS, SERIES = TIES["status"], TIES["inSeries"]
ONE_WAY = tuple(
    TIES[name]
    for name in (
        *("partOf", "locatedIn", "follows", "supersedes", "successorOf", "partOfArgument"),
        *("sumOf", "during", "resultedIn"),
    )
)
HELD, ONGOING, PLANNED = (CONCEPT[f"status/{status}"] for status in ("held", "ongoing", "planned"))
TOOK_PLACE = (HELD, ONGOING)
EXACT = CONCEPT["quantifier/exact"]


def a_link_leads_to_a_node_of_a_wrong_class(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    """Of a class, that is, that no value of the property has anywhere in the graph."""
    fitting = field.values[quad.predicate]
    wrong = sorted((cls for cls in field.kinds if not field.above[cls] & fitting), key=str)
    if not fitting or not wrong:
        return None
    return instead(quad, value=rng.choice(field.members[rng.choice(wrong)]))


def a_name_stands_where_a_node_belongs(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    words = text(quad.object).rpartition("/")[2].replace("-", " ").title()
    return instead(quad, value=ox.Literal(words, language="en"))


def a_link_leads_to_a_class(field: Field, quad: ox.Quad, rng: Random) -> Change:
    return instead(quad, value=rng.choice(sorted(field.kinds, key=str)))


def a_node_is_part_of_itself(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return instead(quad, value=quad.subject)


def a_link_goes_both_ways(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    """Of two things each is part of the other, or earlier than it, or its whole."""
    return [], [moved(quad, subject=name(quad.object), value=quad.subject)]


def a_visitor_and_a_host_change_places(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    """Who travelled received, and who received travelled."""
    return exchanged(field, quad, HOST)


def a_sender_and_a_receiver_change_places(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    return exchanged(field, quad, RECEIVER)


def exchanged(field: Field, quad: ox.Quad, other: ox.NamedNode) -> Change | None:
    """The nodes under two properties, each moved to the other, where both stand on one page."""
    page = [q for q in field.about(quad.subject) if q.graph_name == quad.graph_name]
    here, there = ([q for q in page if q.predicate == prop] for prop in (quad.predicate, other))
    if not there or {q.object for q in here} & {q.object for q in there}:
        return None
    come = [moved(q, predicate=other) for q in here] + [moved(q, predicate=quad.predicate) for q in there]
    return here + there, come


def a_visit_of_a_series_goes_elsewhere(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    if field.value(quad.subject, SERIES) is None:
        return None
    others = [state for state in field.members[TIES["State"]] if state != quad.object]
    return instead(quad, value=rng.choice(others))


def an_office_visits_its_own_country(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    """The host is the state whose office the visitor holds."""
    whole: Term | None = field.value(quad.subject, OFFICE)
    whole = field.value(whole, TIES["officeOf"]) if whole else None
    while whole is not None and not field.is_a(whole, "State"):
        whole = field.value(whole, TIES["partOf"])
    return instead(quad, value=whole) if whole else None


def a_visit_is_counted_in_a_series_of_others(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    series = field.members[TIES["VisitSeries"]]
    own = field.value(quad.object, HOST)
    others = [one for one in series if field.value(one, HOST) not in (own, None)]
    return instead(quad, value=rng.choice(others)) if own else None


def a_count_does_not_fit_its_list(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    node = quad.subject
    if field.value(node, MEMBER) is None or field.value(node, QUANTIFIER) != EXACT:
        return None
    return rewritten(quad, str(int(literal(quad).value) + rng.choice([1, 2, 10])))


def a_list_lacks_one_that_is_counted(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    return ([quad], []) if field.value(quad.subject, QUANTIFIER) == EXACT else None


def a_sum_is_not_that_of_its_parts(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    if field.value(quad.subject, SUM) is None or field.value(quad.subject, QUANTIFIER) != EXACT:
        return None
    return rewritten(quad, str(int(literal(quad).value) + rng.choice([1, 3, 10])))


def a_count_has_a_wrong_unit(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    """Of a count whose members tell what is counted."""
    if field.value(quad.subject, MEMBER) is None:
        return None
    return instead(quad, value=rng.choice([u for u in field.schemes[field.scheme[quad.object]] if u != quad.object]))


def what_was_held_is_called_planned(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    if quad.object != HELD or not any(q.predicate == TIES["held"] for q in field.about(quad.subject)):
        return None
    return instead(quad, value=PLANNED)


def what_was_not_held_is_called_held(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    if field.value(quad.subject, TIES["scheduledFor"]) is None:
        return None
    return instead(quad, value=HELD)


def what_is_planned_is_counted_as_held(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    """A list of what took place takes in an event of the same class that did not."""
    cls = field.own_class(quad.object)
    off = [q.subject for q in field.where(STATUS) if q.object not in TOOK_PLACE and field.own_class(q.subject) == cls]
    return instead(quad, value=rng.choice(off)) if off else None


def an_actor_is_registered_twice(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    """A second node of the same name, with all that the register says of the first."""
    if quad.graph_name != graph_iri("entities"):
        return None
    twin = ox.NamedNode(text(quad.subject) + "-2")
    return [], [moved(q, subject=twin) for q in field.about(quad.subject) if q.graph_name == quad.graph_name]


def actors(field: Field) -> Iterator[ox.Quad]:
    """Where the class of a registered actor, place or kind of equipment is given."""
    return (q for q in field.where(RDF["type"]) if field.is_a(q.subject, "Actor", "Place", "EquipmentType"))


OPERATORS = (
    Operator("a link leads to a node of a wrong class", links, a_link_leads_to_a_node_of_a_wrong_class),
    Operator("a name stands where a node belongs", links, a_name_stands_where_a_node_belongs),
    Operator("a link leads to a class", links, a_link_leads_to_a_class),
    Operator("a node is part of itself", of(*ONE_WAY), a_node_is_part_of_itself),
    Operator("a link goes both ways", of(*ONE_WAY), a_link_goes_both_ways),
    Operator("a visitor and a host change places", of(VISITOR), a_visitor_and_a_host_change_places),
    Operator("a sender and a receiver change places", of(SENDER), a_sender_and_a_receiver_change_places),
    Operator("a visit of a series goes elsewhere", of(HOST), a_visit_of_a_series_goes_elsewhere),
    Operator("an office visits its own country", of(HOST), an_office_visits_its_own_country),
    Operator("a visit is counted in a series of others", of(SERIES), a_visit_is_counted_in_a_series_of_others),
    Operator("a count does not fit its list", of(VALUE), a_count_does_not_fit_its_list),
    Operator("a list lacks one that is counted", of(MEMBER), a_list_lacks_one_that_is_counted),
    Operator("a sum is not that of its parts", of(VALUE), a_sum_is_not_that_of_its_parts),
    Operator("a count has a wrong unit", of(UNIT), a_count_has_a_wrong_unit),
    Operator("what was held is called planned", of(STATUS), what_was_held_is_called_planned),
    Operator("what was not held is called held", of(STATUS), what_was_not_held_is_called_held),
    Operator("what is planned is counted as held", of(MEMBER), what_is_planned_is_counted_as_held),
    Operator("an actor is registered twice", actors, an_actor_is_registered_twice),
)
