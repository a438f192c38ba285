"""Changes that break nothing: what the check must let pass, or it would be right for the wrong reason."""

from __future__ import annotations

from random import Random

import pyoxigraph as ox

from mutation.apparatus import EVIDENCE, ON_PAGE, page_of
from mutation.field import Change, Field, Operator, moved, name, of, rewritten, text
from mutation.names_of_things import labels
from tiesgraph.names import SKOS, TIES, page_graph


def the_next_page_says_it_too(_field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    return ([], [moved(quad, graph=page_graph(page_of(quad) + 1))]) if page_of(quad) else None


def it_has_another_name(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    other = ox.Literal(text(quad.object) + " (別名)", language="ja")
    return [], [moved(quad, predicate=SKOS["altLabel"], value=other)]


def its_label_is_worded_otherwise(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, text(quad.object) + ", in other words")


def it_has_a_further_topic(field: Field, quad: ox.Quad, rng: Random) -> Change:
    return [], [moved(quad, value=rng.choice(field.schemes[field.scheme[quad.object]]))]


def it_rests_on_a_further_footnote(field: Field, quad: ox.Quad, rng: Random) -> Change:
    """Of the same page."""
    page = field.value(quad.object, ON_PAGE)
    notes = sorted((name(q.subject) for q in field.where(ON_PAGE) if q.object == page), key=str)
    return [], [moved(quad, value=rng.choice(notes))]


def a_number_has_a_sign(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, "+" + text(quad.object))


OPERATORS = (
    Operator("the next page says it too", of(TIES["about"], TIES["participant"]), the_next_page_says_it_too),
    Operator("it has another name", labels, it_has_another_name),
    Operator("its label is worded otherwise", labels, its_label_is_worded_otherwise),
    Operator("it has a further topic", of(TIES["topic"]), it_has_a_further_topic),
    Operator("it rests on a further footnote", of(EVIDENCE), it_rests_on_a_further_footnote),
    Operator("a number has a sign", of(TIES["rank"], TIES["quantity"]), a_number_has_a_sign),
)
