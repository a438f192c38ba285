"""A query made ready for a store elsewhere: checked as if it were run here, and with nothing left to be misread.

Our engine parses it over an empty graph, so that what is wrong is told with line and column and no store is asked
in vain. Then what another engine could take for a command is refused: functions of the store's own, which may
read files or fetch, and character escapes, which some engines put in place before they look where a string ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple
from urllib.parse import urljoin

import pyoxigraph as ox

from tiesgraph.errors import FederationRefused, MisuseError, QueryRefused
from tiesgraph.hints import absent_names
from tiesgraph.names import prefixes
from tiesgraph.query import Dataset, parse_term, run
from tiesgraph.store import Store
from tiesgraph.syntax import Token, place, position, tokens

__all__ = ["Form", "Kind", "Prepared", "prepare"]

Kind = Literal["rows", "boolean", "graph"]

_ESCAPE = re.compile(r"\\u00[0-7][0-9A-Fa-f]|\\U000000[0-7][0-9A-Fa-f]")
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")
_LOCAL_ESCAPE = re.compile(r"\\(.)")
_OWN = (
    "bif:",
    "sql:",
    "java:",
    "http://www.openlinksw.com/schemas/bif#",
    "http://www.openlinksw.com/schemas/sql#",
)
"""What the IRIs of functions begin with that run whatever the store's makers, or its machine, have."""


class Form(NamedTuple):
    """A query as it came: see `web.runner.Job`; `hinted`: whether the graph at hand is the one that it asks."""

    text: str
    dataset: Dataset
    base: str
    bind: tuple[tuple[str, str], ...]
    hinted: bool


class Prepared(NamedTuple):
    """A query as it is sent.

    Attributes:
        text: with the values of variables, and the base of relative IRIs, in it.
        kind: what its answer is.
        graphs: the IRIs that its FROM clauses name.
        hints: on its names.
    """

    text: str
    kind: Kind
    graphs: tuple[str, ...]
    hints: tuple[str, ...]


def prepare(store: Store, form: Form, /) -> Prepared:
    """Make a query ready; the work of a worker, since our engine works some things out while it parses.

    Raises:
        QueryError: it is no query, or refused.
        MisuseError: a value to bind is no RDF term that a query can hold, or its variable is not selected.
    """
    values = {name: parse_term(text, known=prefixes()) for name, text in form.bind}
    nowhere = Store(union=False)
    answer = run(nowhere, form.text, dataset=form.dataset, base=form.base, bind=values).answer
    _refuse_escapes(form.text)
    found = list(tokens(form.text))
    declared = dict(_declared(found))
    for token in found:
        _refuse_own(form.text, token, declared)
    graphs = tuple(_graphs(found, declared, form.base))
    text = form.text
    if any(token.kind == "iri" and not _SCHEME.match(token.text) for token in found):
        text = f"BASE <{form.base}> {text}"
    if values:
        text = _bound(nowhere, text, values)
    kind: Kind = "graph" if isinstance(answer, ox.QueryTriples) else "rows"
    if isinstance(answer, ox.QueryBoolean):
        kind = "boolean"
    hints = absent_names(store, form.text, known=prefixes()) if form.hinted else ()
    return Prepared(text, kind, graphs, hints)


def _bound(nowhere: Store, text: str, values: Mapping[str, object]) -> str:
    """A query with the values joined to what it finds (SPARQL 1.1, 18.2.4.3).

    Raises:
        MisuseError: a value is a blank node, or the query has such a clause already.
    """
    if any(isinstance(value, ox.BlankNode) for value in values.values()):
        raise MisuseError("a blank node has no name outside of its store", mend="Give an IRI or a literal.")
    names = " ".join(f"?{name}" for name in values)
    joined = f"{text}\nVALUES ({names}) {{ ({' '.join(map(str, values.values()))}) }}"
    try:
        nowhere.query(joined)
    except SyntaxError as error:
        raise MisuseError("this query ends in values of its own, and takes no others") from error
    return joined


def _refuse_escapes(text: str) -> None:
    found = _ESCAPE.search(text)
    if found:
        raise QueryRefused(
            f"{found.group()} is not passed on: some stores take it for the character itself, wherever it stands",
            place="line {}, column {}".format(*position(text, found.start())),
            mend='Write the character, or \\" and the like in a string.',
        )


def _refuse_own(text: str, token: Token, declared: Mapping[str, str]) -> None:
    iri = _expanded(token, declared)
    if iri is not None and iri.lower().startswith(_OWN):
        raise FederationRefused(
            f"{token.text} is of the store's own making, and may read files or call elsewhere: it is not passed on",
            place=place(text, token),
            mend="Use the functions of SPARQL 1.1.",
        )


def _expanded(token: Token, declared: Mapping[str, str]) -> str | None:
    """The IRI that a token stands for, as it is written; None where it is none."""
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind != "name":
        return None
    prefix, _, local = token.text.partition(":")
    return declared.get(prefix, "") + _LOCAL_ESCAPE.sub(r"\1", local)


def _declared(found: list[Token]) -> Iterator[tuple[str, str]]:
    """The prefixes that a query declares, and the IRIs they stand for as they are written."""
    for first, second, third in zip(found, found[1:], found[2:], strict=False):
        if first.kind == "word" and first.text.upper() == "PREFIX" and second.kind == "name" and third.kind == "iri":
            yield second.text.removesuffix(":"), third.text[1:-1]


def _graphs(found: list[Token], declared: Mapping[str, str], base: str) -> Iterator[str]:
    """The graphs that FROM clauses name.

    Raises:
        QueryRefused: what a FROM names cannot be told for sure.
    """
    for index, token in enumerate(found):
        if token.kind == "word" and token.text.upper() == "BASE" and index + 1 < len(found):
            base = urljoin(base, found[index + 1].text[1:-1])
        if token.kind != "word" or token.text.upper() not in ("FROM", "FROMNAMED"):
            continue
        rest = found[index + 1 : index + 3]
        if rest and rest[0].kind == "word" and rest[0].text.upper() == "NAMED":
            rest = rest[1:]
        iri = _expanded(rest[0], declared) if rest else None
        if iri is None:
            raise QueryRefused(f"it is not plain which graph {token.text} names", mend="Write FROM <IRI>.")
        yield urljoin(base, iri)
