"""What the audit finds, made things of the graph: one contradiction a finding, named after its rule and its nodes.

A discrepancy that somebody noted by hand may say that a rule finds it too (`ties:foundBy`): then the two are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.contradictions.record import CONTRADICTIONS, node_of, sources
from tiesgraph.errors import InvalidGraphError
from tiesgraph.names import CONTRADICTION, DCTERMS, RDF, RDFS, SH, TIES, TSH, slug
from tiesgraph.store import Store, Term
from tiesgraph.validate import Finding, audit

__all__ = ["add_contradictions"]

_NOTED = TSH + "DiscrepancyNoted"
_APART = DCTERMS["identifier"]
_LOCI = (TIES["firstLocus"], TIES["secondLocus"])


@dataclass(frozen=True, kw_only=True)
class _Case:
    """The findings that are one contradiction, the one that tells it best first."""

    findings: tuple[Finding, ...]

    @property
    def best(self) -> Finding:
        return self.findings[0]


def add_contradictions(store: Store, /) -> int:
    """Run the audit over the finished graph and put what it finds into `graph:contradictions`; how many there are.

    Raises:
        InvalidGraphError: a discrepancy says that a rule finds it too, and the rule does not.
        ShapesError: a rule cannot be run.
    """
    cases = _joined(store, audit(store))
    names = _named(cases)
    store.add((triple for case in cases for triple in _told(store, names[case], case)), graph=CONTRADICTIONS)
    return len(cases)


def _joined(store: Store, findings: Iterable[Finding]) -> list[_Case]:
    """The findings as contradictions: what is noted by hand takes in what it says a rule finds."""
    noted = [one for one in findings if one.shape == _NOTED]
    others = [one for one in findings if one.shape != _NOTED]
    cases = []
    for one in noted:
        node = ox.NamedNode(one.focus)
        about = {triple.object for triple in store.triples(node, TIES["about"])}
        found = [one]
        for wish in store.triples(node, TIES["foundBy"]):
            same = [o for o in others if ox.NamedNode(o.shape) == wish.object and o.result.focus in about]
            if not same:
                raise InvalidGraphError(
                    f"{one.focus} says that {wish.object} finds it too, and it does not",
                    mend="Take ties:foundBy away, or say what it is about (ties:about).",
                )
            found += same
        cases.append(_Case(findings=tuple(found)))
    taken = {finding for case in cases for finding in case.findings}
    return cases + [_Case(findings=(one,)) for one in others if one not in taken]


def _named(cases: Iterable[_Case]) -> dict[_Case, ox.NamedNode]:
    """A name for each, of itself alone: what else is found has no part in it.

    A rule that may find several things at one node tells them apart (`tsh:ToldApart`). Where one does that is not
    meant to, the readings do.
    """
    stems: dict[str, list[_Case]] = {}
    for case in cases:
        stems.setdefault(_stem(case.best), []).append(case)
    return {
        case: CONTRADICTION[stem if len(same) == 1 else "-".join([stem, *_readings(case.best)])]
        for stem, same in stems.items()
        for case in same
    }


def _stem(finding: Finding) -> str:
    """The rule, the node, the other node where there is one, and what the rule has to tell findings apart.

    What a reader noted has its own name.
    """
    node = _local(finding.focus)
    if finding.shape == _NOTED:
        return node
    rule = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", _local(finding.shape)).lower()
    other = finding.result.value
    last = [_local(other.value)] if isinstance(other, ox.NamedNode) and other != finding.result.focus else []
    apart = [v.value for prop, v in finding.result.annotations if prop == _APART and isinstance(v, ox.Literal)]
    return "-".join([rule, *map(slug, (node, *last, *apart))])


def _readings(finding: Finding) -> list[str]:
    said = [str(finding.path and _local(finding.path)), *(v.value for _, v in _annotated(finding, "Reading"))]
    return [part for part in map(slug, said) if part]


def _annotated(finding: Finding, end: str) -> list[tuple[ox.NamedNode, ox.Literal]]:
    """The literals that a rule has its findings say under properties with this end of their names."""
    told = finding.result.annotations
    return [(prop, value) for prop, value in told if prop.value.endswith(end) and isinstance(value, ox.Literal)]


def _told(store: Store, name: ox.NamedNode, case: _Case) -> Iterator[ox.Triple]:
    best = case.best
    told: list[tuple[ox.NamedNode, Term]] = [
        (RDF["type"], TIES["Contradiction"]),
        (RDFS["label"], ox.Literal(_title(store, best), language="en")),
        (SH["resultSeverity"], best.result.severity),
        (SH["resultMessage"], ox.Literal(best.message, language="en")),
        *((SH["sourceShape"], ox.NamedNode(one.shape)) for one in case.findings),
        *((SH["focusNode"], one.result.focus) for one in case.findings),
        *((prop, value) for prop, value in best.result.annotations if prop != _APART),
    ]
    # A reading is text, whatever the rule took it from.
    told = [(prop, _plain(value) if prop.value.endswith("Reading") else value) for prop, value in told]
    if best.result.value is not None and best.result.value != best.result.focus:
        told.append((SH["value"], best.result.value))
    told += [(TIES["inChapter"], chapter) for chapter in _chapters(store, best)]
    nodes = [one.result.focus for one in case.findings]
    nodes += [one.result.value for one in case.findings if isinstance(one.result.value, ox.NamedNode)]
    nodes += [t.object for node in nodes for t in store.triples(node_of(node), TIES["about"])]
    places = [value for prop, value in best.result.annotations if prop in _LOCI]
    told += [(DCTERMS["references"], work) for place in places for work in sources(store, place, nodes)]
    for prop, value in dict.fromkeys(told):
        yield ox.Triple(name, prop, value)


def _title(store: Store, finding: Finding) -> str:
    node = _text(store, finding.result.focus)
    return node if finding.shape == _NOTED else f"{_text(store, ox.NamedNode(finding.shape))}: {node}"


def _chapters(store: Store, finding: Finding) -> list[Term]:
    """The chapter of the first place."""
    for prop, place in finding.result.annotations:
        if prop == _LOCI[0] and isinstance(place, ox.NamedNode):
            return [triple.object for triple in store.triples(place, TIES["inChapter"])]
    return []


def _text(store: Store, node: Term) -> str:
    texts = [t.object.value for t in store.triples(node_of(node), RDFS["label"]) if isinstance(t.object, ox.Literal)]
    return min(texts, default=_local(str(node)[1:-1]))


def _plain(value: Term) -> Term:
    return ox.Literal(value.value) if isinstance(value, ox.Literal) else value


def _local(iri: str) -> str:
    return iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]
