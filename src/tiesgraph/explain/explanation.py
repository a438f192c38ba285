"""What an explanation holds, and how it is written: as JSON for programs, as a tree of lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from tiesgraph.names import graph_name, prefixes, shorten
from tiesgraph.notation import statement
from tiesgraph.resource import Mention, Note, Value
from tiesgraph.rules import Axiom
from tiesgraph.store import Term

__all__ = ["Explanation", "Place", "Step", "as_json", "as_text"]

Kind = Literal["stated", "inferred", "calculated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A graph that states something: its page, or what else it is, with the footnotes that carry the statement there.

    Attributes:
        graph: the named graph.
        mention: what a reader is told of it.
    """

    graph: ox.NamedNode
    mention: Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How a statement follows from its premises.

    Attributes:
        names: the rules of OWL 2 RL; `bounds` for a calendar bound.
        words: the rule in plain words.
        axioms: what the ontology states to bring the rule about.
    """

    names: tuple[str, ...]
    words: str
    axioms: tuple[Axiom, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a statement holds.

    Attributes:
        triple: the statement.
        labels: what its subject, property and object are called.
        kind: "stated" in the files, "inferred" by the ontology's rules, or "calculated" from dates.
        places: the graphs that state it, pages first; none for one that is not stated.
        step: how it follows; None for one that is stated.
        premises: what it follows from, each explained in turn.
        repeated: whether it stands earlier in the same explanation, where its premises are told.
    """

    triple: ox.Triple
    labels: tuple[Value, Value, Value]
    kind: Kind
    places: tuple[Place, ...] = ()
    step: Step | None = None
    premises: tuple[Explanation, ...] = ()
    repeated: bool = False

    def leaves(self) -> Iterator[Explanation]:
        """The stated statements that it rests on, in the order in which they are told."""
        if self.step is None:
            yield self
        for premise in self.premises:
            yield from premise.leaves()


def as_json(explanation: Explanation, /) -> dict[str, object]:
    """The explanation as plain values for JSON.

    `statement` is Turtle; `subject`, `predicate` and `object` have `text` and, where they are names, `iri`; a
    literal has its `datatype` or `language`. `kind` is "stated" (then `places`), "inferred" or "calculated"
    (then `rule` and `premises`). A place has its `graph`, the `page` or null, and `footnotes` with `citations`.
    """
    told: dict[str, object] = {"statement": statement(explanation.triple)}
    for name, node, label in zip(
        ("subject", "predicate", "object"), explanation.triple, explanation.labels, strict=True
    ):
        told[name] = _node(node, label)
    told["kind"] = explanation.kind
    if explanation.step is None:
        told["places"] = [_place(place) for place in explanation.places]
        return told
    told["rule"] = {
        "names": list(explanation.step.names),
        "words": explanation.step.words,
        "axioms": [
            {"text": axiom.text, "graphs": [graph.value for graph in axiom.graphs]} for axiom in explanation.step.axioms
        ],
    }
    if explanation.repeated:
        told["repeated"] = True
    told["premises"] = [as_json(premise) for premise in explanation.premises]
    return told


def _node(node: Term, label: Value) -> dict[str, object]:
    told: dict[str, object] = {"text": label.text}
    if isinstance(node, ox.NamedNode):
        told["iri"] = node.value
    elif isinstance(node, ox.Literal):
        told |= {"language": node.language} if node.language else {"datatype": node.datatype.value}
    return told


def _place(place: Place) -> dict[str, object]:
    mention = place.mention
    return {
        "graph": place.graph.value,
        "page": mention.page,
        "origin": mention.origin,
        "footnotes": [
            {
                "iri": note.value.iri,
                "number": note.number,
                "page": note.page,
                "citations": [
                    {"iri": cited.source.iri, "text": cited.source.text, "words": cited.words}
                    for cited in note.citations
                ],
            }
            for note in mention.notes
        ],
    }


def as_text(explanation: Explanation, /) -> str:
    """The explanation as a tree: each statement, where it is stated or by which rule it follows, its premises below."""
    return "\n".join(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[str]:
    yield statement(explanation.triple)
    yield from (f"    {line}" for line in _reasons(explanation))
    last = len(explanation.premises) - 1
    for turn, premise in enumerate(explanation.premises):
        branch, below = ("└── ", "    ") if turn == last else ("├── ", "│   ")
        for place, line in enumerate(_lines(premise)):
            yield f"{below if place else branch}{line}"


def _reasons(explanation: Explanation) -> Iterator[str]:
    if explanation.step is None:
        if not explanation.places:
            yield "stated in the default graph"
        for place in explanation.places:
            yield f"stated {_home(place)}"
            yield from (f"    {_footnote(note)}" for note in place.mention.notes)
        return
    names = ", ".join(explanation.step.names)
    yield f"{explanation.kind} by {names}: {explanation.step.words}" if names else explanation.step.words
    for axiom in explanation.step.axioms:
        homes = ", ".join(graph_name(graph) for graph in axiom.graphs)
        yield f"axiom: {axiom.text}{f'  [{homes}]' if homes else ''}"
    if explanation.repeated:
        yield "(explained above)"


def _home(place: Place) -> str:
    page = place.mention.page
    return f"on page {page}" if page is not None else f"in {shorten(place.graph.value, prefixes())}"


def _footnote(note: Note) -> str:
    cited = [f"{one.source.text}{f' ({one.words})' if one.words else ''}" for one in note.citations]
    name = shorten(note.value.iri, prefixes()) if note.value.iri else note.value.text
    printed = f" on page {note.page}" if note.page is not None else ""
    return f"footnote {name}{printed}{': ' if cited else ''}{'; '.join(cited)}"
