"""More of what the graph is made of: pages of a report that nobody wrote, as large as is wanted, the same each time.

    python tests/bench/generator.py --triples 200000 --output large.nq
    python tests/bench/generator.py --triples 20000 --seed 7 --output other.nq

Vocabulary, shapes, registers of actors and places, and cited works are the real ones, from this checkout. The pages
are made up: footnotes with citations, visits in their series, dialogues with sessions, exercises with contingents,
agreements, documents, tallies, claims and findings, in about the numbers and with about the links that the
real ones have. The shapes find nothing wrong with them. The file holds what is asserted: each page a named graph.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from tiesgraph.corpus import Corpus
from tiesgraph.names import graph_iri, page_graph, prefixes
from tiesgraph.pipeline import add_provenance
from tiesgraph.store import Store, Term

__all__ = ["FIRST", "SIZES", "grown", "main"]

SIZES = (20_000, 200_000, 2_000_000)
FIRST = 110
"""The first page that is made up."""

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("ontology/", "shapes/", "data/sources/", "data/report.ttl", "data/dataset.ttl")
REGISTERS = (
    *("companies", "equipment", "forces", "government-bodies", "media", "offices", "organizations", "persons"),
    *("places", "ships", "states"),
)
_PAGES = 880
"""As many more pages as have a number of three digits; a larger graph has fuller ones."""

_STATES = ("united-kingdom", "france", "germany", "nato", "australia", "italy", "united-states", "spain")
_FORCES = {
    "united-kingdom": ("royal-navy", "raf", "british-army"),
    "france": ("french-navy", "french-air-force", "french-army"),
    "germany": ("german-navy", "german-air-force", "german-army"),
}
_JAPANESE = ("msdf", "asdf", "gsdf")
_LEVELS = ("ministerial", "service-chief", "administrative-vice-minister", "staff", "working")


class Page:
    """One page in the making: what it states, and how far its footnotes have come."""

    def __init__(self, number: int, dice: random.Random, table: dict[str, ox.NamedNode], works: Sequence[str]) -> None:
        self.number = number
        self.triples: list[ox.Triple] = []
        self.dice = dice
        self._table = table
        self._works = works
        self._things = 0

    def node(self, name: str, /) -> ox.NamedNode:
        """What a prefixed name stands for."""
        known = self._table.get(name)
        if known is None:
            prefix, _, local = name.partition(":")
            known = ox.NamedNode(prefixes()[prefix] + local)
            # Names of things made up are met once or twice; others come again and again.
            if prefix not in ("event", "note", "cite", "claim"):
                self._table[name] = known
        return known

    def state(self, subject: str, /, **said: str | int | ox.Literal | Sequence[str]) -> str:
        """Say of a thing its class (`a`), its English label and properties of ours; a text with a colon is a name."""
        about = self.node(subject)
        for key, value in said.items():
            prop = self.node({"a": "rdf:type", "label": "rdfs:label"}.get(key, f"ties:{key}"))
            for one in [value] if isinstance(value, str | int | ox.Literal) else value:
                self.triples.append(ox.Triple(about, prop, self._term(key, one)))
        return subject

    def _term(self, key: str, value: str | int | ox.Literal) -> Term:
        if isinstance(value, int):
            return ox.Literal(str(value), datatype=self.node("xsd:integer"))
        if isinstance(value, str):
            if key == "label":
                # As in the report, hardly two things have one name.
                return ox.Literal(f"{value} ({self.number}-{self._things})", language="en")
            return ox.Literal(value, language="en") if key == "gist" else self.node(value)
        return value

    def name(self, prefix: str, /) -> str:
        """A name that nothing else has."""
        self._things += 1
        return f"{prefix}:page-{self.number}-{self._things}"

    def date(self) -> ox.Literal:
        """A day, a month or a year, as exact as the report is about as often."""
        year, month, day = self.dice.randint(1955, 2020), self.dice.randint(1, 12), self.dice.randint(1, 28)
        exact = self.dice.random()
        if exact < 0.5:
            return ox.Literal(f"{year}-{month:02}-{day:02}", datatype=self.node("xsd:date"))
        if exact < 0.9:
            return ox.Literal(f"{year}-{month:02}", datatype=self.node("xsd:gYearMonth"))
        return ox.Literal(str(year), datatype=self.node("xsd:gYear"))

    def note(self) -> str:
        """A new footnote, with the works that it cites."""
        self._things += 1
        number = self._things
        note = f"note:8-{self.number}{number:05}"
        cited = []
        for place, work in enumerate(self.dice.sample(self._works, self.dice.choice((1, 1, 1, 2, 3))), 1):
            cite = f"cite:8-{self.number}{number:05}-{place}"
            self.state(
                cite, a="ties:Citation", label=f"Citation {place} of footnote {number}", number=place, cites=work
            )
            cited.append(cite)
        key = self.number * 100_000 + number
        self.state(note, a="ties:Footnote", label=f"Footnote {key} of chapter 8", number=key, citation=cited)
        return self.state(note, inChapter="chapter:8", onPage=f"page:{self.number}")


def visits(page: Page) -> None:
    """A series of visits, and how many there were."""
    other, note = page.dice.choice(_STATES), page.note()
    there = page.dice.random() < 0.5
    sides = (
        {"visitor": f"actor:{other}", "host": "actor:japan"}
        if there
        else {"visitor": "actor:japan", "host": f"actor:{other}"}
    )
    level = f"level:{page.dice.choice(_LEVELS[:3])}"
    series = page.state(page.name("series"), a="ties:VisitSeries", label="Visits", level=level, evidence=note, **sides)
    members = [
        page.state(
            page.name("event"), a="ties:Visit", label=f"Visit {number}", inSeries=series, level=level,
            held=page.date(), status="status:held", evidence=note, **sides,
        )
        for number in range(1, page.dice.randint(3, 12))
    ]  # fmt: skip
    page.state(
        page.name("tally"), a="ties:Tally", label="How many visits there were", tallyOf=series, value=len(members),
        countedBy="actor:japan-mod", unit="unit:visit", quantifier="quantifier:exact", member=members, evidence=note,
    )  # fmt: skip


def dialogue(page: Page) -> None:
    """A dialogue with its sessions."""
    parties, note = ["actor:japan", f"actor:{page.dice.choice(_STATES)}"], page.note()
    kind = f"format:{page.dice.choice(('service-staff-talks', 'two-plus-two'))}"
    level = f"level:{page.dice.choice(_LEVELS[:4])}"
    talks = page.state(
        page.name("dialogue"), a="ties:Dialogue", label="Talks", party=parties, format=kind, level=level,
        firstHeld=page.date(), evidence=note,
    )  # fmt: skip
    for number in range(1, page.dice.randint(3, 14)):
        page.state(
            page.name("event"), a="ties:DialogueSession", label=f"Session {number}", sessionOf=talks, party=parties,
            level=level, ordinal=number, held=page.date(), status="status:held", evidence=note,
        )  # fmt: skip


def exercise(page: Page) -> None:
    """An exercise with who brought what to it."""
    note = page.note()
    forces = [
        f"actor:{page.dice.choice(_JAPANESE)}",
        f"actor:{page.dice.choice(_FORCES[page.dice.choice([*_FORCES])])}",
    ]
    brought = [
        page.state(
            page.name("contingent"), a="ties:Contingent", label="Aircraft that were brought", force=force,
            equipment=f"equipment:{page.dice.choice(('p-1', 'typhoon', 'p-3c'))}", quantity=page.dice.randint(1, 9),
            evidence=note,
        )
        for force in forces
    ]  # fmt: skip
    page.state(
        page.name("exercise"), a="ties:Exercise", label="An exercise", participant=forces, held=page.date(),
        status="status:held", contingent=brought, domain="domain:maritime", evidence=note,
    )  # fmt: skip


def claim(page: Page) -> None:
    """What somebody says of somebody, and what the report makes of it."""
    other, note = f"actor:{page.dice.choice(_STATES)}", page.note()
    page.state(
        page.name("claim"), a="ties:Claim", label="A claim", speaker=other, about="actor:japan",
        gist=f"It is said for the {page.dice.randint(4, 999_999)}th time that ties are close.", evidence=note,
    )  # fmt: skip
    page.state(
        page.name("finding"), a="ties:Finding", label="A finding", findingKind="findingkind:assessment",
        about=["actor:japan", other], gist=f"Ties are in state {page.dice.randint(1, 999_999)}.", evidence=note,
    )  # fmt: skip


_KINDS: Sequence[tuple[Callable[[Page], None], int]] = ((visits, 2), (dialogue, 2), (exercise, 6), (claim, 6))


def _base(root: Path) -> Store:
    """What is real: vocabulary, shapes, registers, works, and the structure of the report."""
    store = Store()
    for source in Corpus.at(root).sources:
        is_register = source.name.removeprefix("data/entities/").removesuffix(".ttl") in REGISTERS
        if source.name.startswith(KEPT) or is_register:
            store.load(source.path, graph=source.graph, place=source.name)
    # What took place is made up here, so that there is no work of a real occasion.
    sources, occasion = graph_iri("sources"), ox.NamedNode(prefixes()["ties"] + "occasion")
    works = {triple.subject for triple in store.triples(None, occasion, graph=sources)}
    store.remove([triple for work in works for triple in store.triples(work, graph=sources)], graph=sources)
    return store


def _pages(wanted: int, seed: int, works: Sequence[str]) -> Iterator[Page]:
    """Pages with `wanted` triples together, or little more."""
    table: dict[str, ox.NamedNode] = {}
    count = max(1, min(_PAGES, wanted // 400))
    kinds, weights = zip(*_KINDS, strict=True)
    for number in range(count):
        page = Page(FIRST + number, random.Random(f"{seed} {number}"), table, works)  # noqa: S311 - no secret
        while len(page.triples) < wanted / count:
            page.dice.choices(kinds, weights)[0](page)
        yield page


def grown(triples: int, /, *, seed: int = 1, root: Path = ROOT) -> Store:
    """A graph of about so many triples, as its files would state them.

    Args:
        triples: how many distinct ones; at least as many as the vocabulary and the registers have.
        seed: another makes another graph of the same kind.
        root: the checkout whose vocabulary and registers it has.
    """
    store = _base(root)
    works = sorted(
        f"source:{triple.subject.value.rpartition('/')[2]}"
        for triple in store.triples(None, ox.NamedNode(prefixes()["ties"] + "citedAs"))
        if isinstance(triple.subject, ox.NamedNode)
    )
    report = Page(0, random.Random(seed), {}, works)  # noqa: S311
    pages = list(_pages(max(1_000, triples - len(store)), seed, works))
    last = pages[-1].number
    report.state("chapter:8", a="ties:Chapter", label="Chapter 8", number=8, firstPage=FIRST, lastPage=last)
    for page in pages:
        report.state(f"page:{page.number}", a="ties:Page", label=f"Page {page.number}", number=page.number)
        report.state(f"page:{page.number}", inChapter="chapter:8", pageState="pagestate:facts")
        store.add(page.triples, graph=page_graph(page.number))
    store.add(report.triples, graph=graph_iri("report"))
    add_provenance(store)
    return store


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a graph to a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=SIZES[0], help=f"about how many [{SIZES[0]}]")
    parser.add_argument("--seed", type=int, default=1, help="another makes another graph [1]")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="where the N-Quads go")
    options = parser.parse_args(arguments)
    store = grown(options.triples, seed=options.seed)
    store.dump(options.output)
    sys.stdout.write(f"{len(store):,} triples, {len(store.graphs())} named graphs\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
