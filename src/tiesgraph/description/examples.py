"""The named questions as RDF, in the convention by which query editors find examples at an endpoint.

The convention is SIB's (https://github.com/sib-swiss/sparql-examples): a sh:SPARQLExecutable with an rdfs:comment in
English and the query as sh:select, sh:ask, sh:construct or spex:describe, with keywords and the endpoint it is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from tiesgraph.description.home import OURS, about, english
from tiesgraph.errors import CorpusError
from tiesgraph.names import QUESTION, RDF, RDFS, SCHEMA, SH, SPEX
from tiesgraph.query import Question
from tiesgraph.syntax import tokens

__all__ = ["examples"]

# SHACL has no class and no property for DESCRIBE; the convention has a property alone.
_FORMS = {
    "ASK": (SH["ask"], [SH["SPARQLAskExecutable"]]),
    "CONSTRUCT": (SH["construct"], [SH["SPARQLConstructExecutable"]]),
    "DESCRIBE": (SPEX["describe"], []),
    "SELECT": (SH["select"], [SH["SPARQLSelectExecutable"]]),
}

PREFIXES = ox.NamedNode(OURS.root + "prefixes")


def examples(asked: Iterable[Question], /) -> Iterator[ox.Triple]:
    """Each of the questions that `asked` has, as an example query.

    Raises:
        CorpusError: one is no query.
    """
    for one in asked:
        prop, kinds = _FORMS[_form(one)]
        yield from about(
            QUESTION[one.name],
            {
                RDF["type"]: (SH["SPARQLExecutable"], *kinds),
                RDFS["label"]: english(one.text),
                RDFS["comment"]: english(one.text),
                SH["prefixes"]: PREFIXES,
                prop: ox.Literal(_query(one)),
                SCHEMA["keywords"]: [english(word) for word in dict.fromkeys((one.topic, *one.keywords))],
                SCHEMA["target"]: OURS.endpoint,
            },
        )


def _form(one: Question) -> str:
    words = (token.text.upper() for token in tokens(one.sparql) if token.kind == "word")
    found = next((word for word in words if word in _FORMS), None)
    if found is None:
        raise CorpusError("a named question is a SELECT, ASK, CONSTRUCT or DESCRIBE query", place=f"{one.name}.rq")
    return found


def _query(one: Question) -> str:
    """The query without the comment lines at its head, which the other statements repeat."""
    lines = one.sparql.splitlines()
    first = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "\n".join(lines[first:]).strip()
