"""Beginnings of files: what the shapes want of a kind of thing, written out in Turtle for somebody to fill in.

Nothing about a kind is known here but what the shapes, the ontology and the graph itself say, so that a changed
shape changes the skeleton. What is to be filled in stands in comments, each a whole statement: the file parses
and is tidy from the beginning, and the check tells what is still missing.
"""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from tiesgraph.demands import Demand, Demands, kebab
from tiesgraph.errors import MisuseError
from tiesgraph.names import PAGE, TIES, graph_iri, page_iri, prefixes, shorten, slug
from tiesgraph.store import Store, Subject

__all__ = ["ENTITY", "PAGE_KIND", "Skeleton", "kinds", "of_page", "of_thing", "resolve"]

ENTITY, PAGE_KIND = "entity", "page"
_WIDTH = 110
_MANY = 45  # concepts: more would hide the rest
_DATES = '"2018-04-27"^^xsd:date, "2013-10"^^xsd:gYearMonth or "1998"^^xsd:gYear: no more precise than the source.'
_PREFIXED = re.compile(r"(?<![\w\"/:])([a-z][\w-]*):(?=[\w…])")


@dataclass(frozen=True, kw_only=True)
class Skeleton:
    """The beginning of a file.

    Attributes:
        node: the thing (or, of a page, the named graph) that it is about.
        text: the file, in Turtle.
        open: what the shapes demand and the file does not say yet.
        rules: the shapes that ask by a query, of which the file tells in words; it may break one to begin with.
    """

    node: ox.NamedNode
    text: str
    open: tuple[Demand, ...]
    rules: tuple[Subject, ...] = ()


def kinds(store: Store, /) -> dict[str, ox.NamedNode]:
    """What there are skeletons of, by name (`armed-force`), with the class of each.

    Args:
        store: the graph, with its ontology and shapes.
    """
    named = {kebab(kind.value.removeprefix(TIES)): kind for kind in Demands(store).classes()}
    # A page of the report is there already; what is begun is the file of what it states.
    named.pop(PAGE_KIND, None)
    return dict(sorted({**named, ENTITY: TIES["Actor"]}.items()))


def resolve(name: str, /, *, known: Iterable[str]) -> str:
    """The kind that `name` means, however it is written: `armed-force`, `ArmedForce`, `armed force`.

    Raises:
        MisuseError: there is none; with the nearest.
    """
    wanted, names = kebab(name), sorted({*known, PAGE_KIND})
    if wanted in names:
        return wanted
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    guess = f"Did you mean {near[0]}? " if near else ""
    raise MisuseError(f"there is no kind {name!r}", mend=f"{guess}tiesgraph new --list names all kinds.")


def of_thing(
    store: Store, kind: str, name: str, /, *, local: str | None = None, page: int | None = None, file: str | None = None
) -> Skeleton:
    """The beginning of a file about one thing.

    Args:
        store: the graph, with its ontology and shapes.
        kind: a name that `kinds` has.
        name: its English label; of a footnote or citation its numbers (`3-25`, `3-25-1`).
        local: the last part of its IRI; made from the name otherwise.
        page: the page of the report that the file's statements come from.
        file: what the file will be called, without its ending; the local name otherwise.

    Raises:
        MisuseError: no IRI can be made of the name, the graph has such a thing already, or the report no such page.
    """
    demands, cls = Demands(store), kinds(store)[kind]
    table = prefixes()
    node = ox.NamedNode(demands.namespace(cls) + _local(name, local))
    _refuse_known(store, node)
    short = shorten(node.value, table)
    wanted = demands.of(cls)
    rules = demands.rules(cls)
    needed = tuple(one for one in wanted if one.least and not one.is_label)
    parts = [
        _comment(f"{demands.said_of(cls)} Fill in what is known, take away the # before it, strike what is not known."),
        *([_page_graph(store, page, file or _local(name, local))] if page is not None else []),
        *([_comment(f"More exactly, it may be: {_listed(demands.narrower(cls))}.")] if demands.narrower(cls) else []),
        f"{short} a {shorten(cls.value, table)} ;\n    rdfs:label {ox.Literal(_label(kind, name), language='en')} .",
        *([_comment("Needed:")] if needed else []),
        *(_wanted(one, short) for one in needed),
        *([_comment(f"Checked as well: {' '.join(rules.values())}")] if rules else []),
        _comment(f"If the source says so. A date is {_DATES}"),
        *(_wanted(one, short) for one in wanted if not one.least and not one.is_label),
    ]
    return Skeleton(node=node, text=_file(parts), open=needed, rules=tuple(rules))


def of_page(store: Store, number: str, /, *, file: str | None = None) -> Skeleton:
    """The beginning of a file of what one page of the report states.

    Args:
        store: the graph.
        number: of the printed page.
        file: what the file will be called, without its ending; `p084` for page 84 otherwise.

    Raises:
        MisuseError: the report has no such page.
    """
    if not number.isdecimal():
        raise MisuseError(f"a page is named by its number, not {number!r}", mend="tiesgraph new page 84")
    page = int(number)
    parts = [
        _comment(f"What page {page} of the report states beyond what the graph has, in reading order."),
        _page_graph(store, page, file or f"p{page:03d}"),
        _comment(f"What a thing that the graph has not yet needs to say: tiesgraph new KIND NAME --page {page}"),
    ]
    return Skeleton(node=_graph(file or f"p{page:03d}"), text=_file(parts), open=())


def _file(parts: Iterable[str]) -> str:
    """The parts one after the other, below the prefixes that they use, those in comments included."""
    body = "\n\n".join(parts) + "\n"
    table = prefixes()
    used = sorted({prefix for prefix in _PREFIXED.findall(body) if prefix in table})
    return "".join(f"@prefix {prefix}: <{table[prefix]}> .\n" for prefix in used) + "\n" + body


def _wanted(demand: Demand, subject: str) -> str:
    """One demand as a comment: what it is about, then a statement to fill in for each property that meets it."""
    table = prefixes()
    lines = [_comment(demand.words)] if demand.words else []
    if demand.values:
        lines.append(_choice(demand.values))
    for path, value in zip(demand.paths, demand.placeholders, strict=True):
        name = shorten(path.value, table)
        values = " , ".join([value] * max(demand.least, 1))
        lines.append(f"# {value} {name} {subject} ." if demand.inverse else f"# {subject} {name} {values} .")
    return "\n".join(lines)


def _choice(values: Sequence[ox.NamedNode]) -> str:
    """The concepts to choose from, or where they are many, how to see them."""
    if len(values) <= _MANY:
        return _comment(f"One of: {_listed(values)}.")
    scheme = values[0].value.rpartition("/")[0]
    # A command stands on one line, however long, so that it can be copied.
    return f"# One of {len(values)}:\n# tiesgraph query 'SELECT ?value {{ ?value skos:inScheme <{scheme}> }}'"


def _page_graph(store: Store, page: int, file: str) -> str:
    """The statement that makes `GRAPH ?g { … } ?g ties:page ?page` find what a file states."""
    if not any(store.triples(page_iri(page), None, None)):
        pages = sorted(_pages(store))
        raise MisuseError(f"the report has no page {page}", mend=f"Its pages are {pages[0]} to {pages[-1]}.")
    graph = shorten(_graph(file).value, prefixes())
    told = _comment(f"Added to the graph, {file}.ttl is {graph}: what it states is what page {page} states.")
    return f"{told}\n{graph} a ties:PageGraph ;\n    ties:page {page} ;\n    prov:wasDerivedFrom page:{page} ."


def _pages(store: Store) -> Iterator[int]:
    for triple in store.triples(None, TIES["pageState"]):
        if isinstance(triple.subject, ox.NamedNode):
            yield int(triple.subject.value.removeprefix(PAGE))


def _graph(file: str) -> ox.NamedNode:
    return graph_iri(f"added-{slug(file)}")


def _local(name: str, local: str | None) -> str:
    made = slug(local or name)
    if not made:
        raise MisuseError(f"no IRI can be made of {local or name!r}", mend="Say with --slug how it should end.")
    return made


def _label(kind: str, name: str) -> str:
    """The label that a thing of this name has: its name, but for footnotes and citations, which go by numbers."""
    numbers = re.fullmatch(r"(\d+)-(\d+)(?:-(\d+))?", name)
    if kind == "footnote" and numbers and not numbers[3]:
        return f"Footnote {numbers[2]} of chapter {numbers[1]}"
    if kind == "citation" and numbers and numbers[3]:
        return f"Citation {numbers[3]} in footnote {numbers[2]} of chapter {numbers[1]}"
    return name


def _refuse_known(store: Store, node: ox.NamedNode) -> None:
    if any(store.triples(node)):
        name = shorten(node.value, prefixes())
        raise MisuseError(
            f"the graph has {name} already",
            mend="State more of it under that name, in a file of your own; another thing wants another --slug.",
        )


def _listed(terms: Iterable[ox.NamedNode]) -> str:
    return ", ".join(shorten(term.value, prefixes()) for term in terms)


def _comment(text: str) -> str:
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)
