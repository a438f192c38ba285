"""Faults in what carries the facts: footnotes, citations, sources, pages and chapters."""

from __future__ import annotations

from random import Random

import pyoxigraph as ox

from mutation.field import Change, Field, Operator, Places, instead, literal, moved, of, rewritten, text
from tiesgraph.names import TIES, page_graph, page_iri, page_number
from tiesgraph.store import Term

EVIDENCE, MEMBER, CITATION, CITES, ON_PAGE = (
    TIES["evidence"],
    TIES["member"],
    TIES["citation"],
    TIES["cites"],
    TIES["onPage"],
)
CHAPTER, NUMBER, SPEAKER, CITED_AS = TIES["inChapter"], TIES["number"], TIES["speaker"], TIES["citedAs"]


def of_class(prop: ox.NamedNode, *classes: str) -> Places:
    """The places where the property of a node of one of the classes has a value."""
    return lambda field: (quad for quad in field.where(prop) if field.is_a(quad.subject, *classes))


def the_evidence_of_an_interview_is_lost(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    """What an interviewee says rests on the footnote that cites the interview."""
    speaker = field.value(quad.subject, SPEAKER)
    if not field.is_a(speaker, "Interview"):
        return None
    return [q for q in field.about(quad.subject) if q.predicate == EVIDENCE], []


def the_evidence_of_what_a_footnote_lists_is_lost(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    """A count that rests on a footnote lists what rests on it too."""
    counts = [q.subject for q in field.pointing(quad.subject) if q.predicate == MEMBER]
    if not any(field.value(count, EVIDENCE) for count in counts):
        return None
    gone = [q for q in field.about(quad.subject) if q.predicate == EVIDENCE]
    return (gone, []) if len(gone) == 1 else None


def the_evidence_is_lost(field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return [q for q in field.about(quad.subject) if q.predicate == EVIDENCE], []


def a_footnote_carries_nothing_any_more(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    return ([quad], []) if len(field.pointing(quad.object)) == 1 else None


def the_evidence_is_a_footnote_of_a_far_page(field: Field, quad: ox.Quad, rng: Random) -> Change:
    here = page_of(quad)
    far = [q.subject for q in field.where(ON_PAGE) if abs(int(text(q.object).rpartition("/")[2]) - here) > 1]
    return instead(quad, value=rng.choice(sorted(far, key=str)))


def the_evidence_is_a_work(field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    citation = field.value(quad.object, CITATION)
    work = field.value(citation, CITES) if citation else None
    return instead(quad, value=work) if work else None


def the_footnote_of_another_interview_is_cited(field: Field, quad: ox.Quad, rng: Random) -> Change | None:
    """What an interviewee says rests on the page's next footnote, which cites somebody else."""
    speaker = field.value(quad.subject, SPEAKER)
    others = [q for q in field.about(quad.subject) if q.predicate == EVIDENCE]
    if len(others) > 1 or speaker is None or not field.is_a(speaker, "Interview"):
        return None
    page = field.value(quad.object, ON_PAGE)
    notes = [q.subject for q in field.where(ON_PAGE) if q.object == page and not cites(field, q.subject, speaker)]
    return instead(quad, value=rng.choice(sorted(notes, key=str))) if notes else None


def cites(field: Field, note: Term, source: Term) -> bool:
    """Whether a footnote cites a source."""
    works = [field.value(q.object, CITES) for q in field.about(note) if q.predicate == CITATION]
    return source in works


def a_footnote_stands_in_the_file_of_another_page(field: Field, quad: ox.Quad, rng: Random) -> Change:
    """The footnote and its citations, moved."""
    nodes = [quad.subject, *(q.object for q in field.about(quad.subject) if q.predicate == CITATION)]
    gone = [q for node in nodes for q in field.about(node) if q.graph_name == quad.graph_name]
    return gone, [moved(q, graph=other_page(quad, rng)) for q in gone]


def a_footnote_is_printed_on_another_page(_field: Field, quad: ox.Quad, rng: Random) -> Change:
    return instead(quad, value=page_iri(page_number(other_page(quad, rng)) or 1))


def page_of(quad: ox.Quad) -> int:
    """The number of the page that states it, 0 where no page does."""
    return (page_number(quad.graph_name) if isinstance(quad.graph_name, ox.NamedNode) else None) or 0


def other_page(quad: ox.Quad, rng: Random) -> ox.NamedNode:
    """The graph of the page before or after that of the statement."""
    return page_graph(max(1, page_of(quad) + rng.choice([-1, 1])))


def a_number_is_off_by_one(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, str(int(literal(quad).value) + 1))


def it_is_put_into_another_chapter(field: Field, quad: ox.Quad, rng: Random) -> Change:
    return instead(quad, value=rng.choice([c for c in field.members[TIES["Chapter"]] if c != quad.object]))


def a_citation_belongs_to_no_footnote(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return [quad], []


def a_citation_belongs_to_another_footnote(field: Field, quad: ox.Quad, rng: Random) -> Change:
    page = field.value(quad.subject, ON_PAGE)
    notes = [q.subject for q in field.where(ON_PAGE) if q.object != page]
    return [quad], [moved(quad, subject=rng.choice(sorted(notes, key=str)))]


def pages_are_out_of_order(field: Field, quad: ox.Quad, _rng: Random) -> Change:
    last = next(q for q in field.about(quad.subject) if q.predicate == TIES["lastPage"])
    number = int(text(last.object))
    return rewritten(quad, str(number + 1))


def a_section_ends_outside_its_chapter(_field: Field, quad: ox.Quad, _rng: Random) -> Change:
    return rewritten(quad, str(int(literal(quad).value) + 60))


def a_short_title_has_another_year(_field: Field, quad: ox.Quad, _rng: Random) -> Change | None:
    words = text(quad.object)
    year = next((word[:4] for word in words.split() if word[:4].isdigit() and len(word) >= 4), None)
    return rewritten(quad, words.replace(year, str(int(year) - 2))) if year else None


OPERATORS = (
    Operator("the evidence of what an interviewee says is lost", of(EVIDENCE), the_evidence_of_an_interview_is_lost),
    Operator(
        "the evidence of what a footnote lists is lost", of(EVIDENCE), the_evidence_of_what_a_footnote_lists_is_lost
    ),
    Operator("a footnote carries nothing any more", of(EVIDENCE), a_footnote_carries_nothing_any_more),
    Operator("the evidence is a footnote of a far page", of(EVIDENCE), the_evidence_is_a_footnote_of_a_far_page),
    Operator("the evidence is a work", of(EVIDENCE), the_evidence_is_a_work),
    Operator(
        "what an interviewee says rests on another footnote", of(EVIDENCE), the_footnote_of_another_interview_is_cited
    ),
    Operator(
        "a footnote stands in the file of another page",
        of_class(NUMBER, "Footnote"),
        a_footnote_stands_in_the_file_of_another_page,
    ),
    Operator("a footnote is printed on another page", of(ON_PAGE), a_footnote_is_printed_on_another_page),
    Operator("a footnote, citation, page or chapter has another number", of(NUMBER), a_number_is_off_by_one),
    Operator("a part is put into another chapter", of(CHAPTER), it_is_put_into_another_chapter),
    Operator("a citation belongs to no footnote", of(CITATION), a_citation_belongs_to_no_footnote),
    Operator("a citation belongs to another footnote", of(CITATION), a_citation_belongs_to_another_footnote),
    Operator("pages are out of order", of(TIES["firstPage"]), pages_are_out_of_order),
    Operator(
        "a section ends outside its chapter", of_class(TIES["lastPage"], "Section"), a_section_ends_outside_its_chapter
    ),
    Operator("a short title has another year", of(CITED_AS), a_short_title_has_another_year),
)

ANYWHERE = (Operator("the evidence of anything is lost", of(EVIDENCE), the_evidence_is_lost),)
"""What finds a place anywhere, and so comes last of all."""
