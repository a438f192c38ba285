"""What to tell of a query that is answered but may not mean what its author thinks.

SPARQL answers a misspelt term with no rows, which looks like a fact. So the names of a query are looked up
in the graph: one that occurs nowhere in it is told, with the nearest name that does. A good query pays a
look-up for each of its names, some microseconds in all; only a name that is not there has the query read
token by token and the names of its namespace compared.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice

import pyoxigraph as ox

from tiesgraph.names import BASE, XSD, shorten
from tiesgraph.store import Store
from tiesgraph.syntax import NAME, Token, tokens

__all__ = ["absent_names", "unknown_functions"]

_MOST = 5  # hints of a kind
_LONGEST = 200  # characters of a name
_HEADS, _WORDS, _LONG_HEAD = 100, 1_000, 10_000  # what is remembered of queries, in all and of each
_DECLARED = re.compile(r"PREFIX\s+([\w.\-]*):\s*<([^<>\s]*)>", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")
_IRI = re.compile(r"<([^<>\s]+)>")

# A function or a datatype is not looked for in the data.
_ELSEWHERE = frozenset({XSD, "http://www.w3.org/2005/xpath-functions#"})

_OCCURRING = """SELECT DISTINCT ?name ?namespace {
    { SELECT DISTINCT ?name { ?name ?p ?o } } UNION { SELECT DISTINCT ?name { ?s ?name ?o } } UNION
    { SELECT DISTINCT ?name { ?s a ?name } } UNION { SELECT DISTINCT ?name { GRAPH ?name { ?s ?p ?o } } }
    FILTER(STRSTARTS(STR(?name), ?namespace))
}"""


def absent_names(store: Store, text: str, /, *, known: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each name in a query that occurs nowhere in the graph, with the nearest one that does.

    Args:
        store: the graph.
        text: a well-formed query.
        known: our prefix table; names of other namespaces are nobody's misspellings of ours.
    """
    body = text.find("{")
    head = text[:body]
    sound = store.sound.get(head)
    # A name holds no space, and looking for names takes ten times as long as for spaces.
    words = {word for word in text[body:].split() if ":" in word}
    if sound is not None and words <= sound:
        return ()
    declared = {**known, **dict(_DECLARED.findall(text))}
    ours = {*known.values(), BASE} - _ELSEWHERE
    absent = {
        written: (namespace + local, namespace)
        for written, namespace, local in _names(text, declared, ours)
        if local and not _occurs(store, namespace + local)
    }
    if not absent:
        _remember(store, head, words)
        return ()
    found = [token.text for token in _looked_for(text) if token.text in absent]
    return tuple(_hint(store, one, *absent[one], declared) for one in list(dict.fromkeys(found))[:_MOST])


def _remember(store: Store, head: str, words: Set[str]) -> None:
    """Have these words of a query that begins with `head` not looked at again."""
    if len(store.sound) >= _HEADS and head not in store.sound:
        store.sound.clear()
    sound = store.sound.setdefault(head, set())
    if len(sound) >= _WORDS:
        sound.clear()
    if len(head) <= _LONG_HEAD:
        sound |= words


def unknown_functions(iris: Iterable[str], /) -> tuple[str, ...]:
    """A sentence for each function that a query calls and nobody knows."""
    return tuple(
        f"no function is called <{_brief(iri)}>: where it is called there is no value" for iri in islice(iris, _MOST)
    )


def _brief(name: str) -> str:
    """A name that fits into a line, and a header: as it is, or its beginning."""
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."


def _names(text: str, declared: Mapping[str, str], ours: Set[str]) -> Iterator[tuple[str, str, str]]:
    """What may be names of our namespaces in a query: as written, the namespace, and what is behind it.

    Strings and comments are not told apart.
    """
    words = " ".join(word for word in text.split() if ":" in word)
    for written in dict.fromkeys(NAME.findall(words)):
        prefix, _, local = written.partition(":")
        namespace = declared.get(prefix)
        if namespace is not None and namespace in ours:
            yield written, namespace, _ESCAPED.sub(r"\1", local.rstrip("."))
    for iri in dict.fromkeys(_IRI.findall(text)):
        namespace = _namespace(iri, ours)
        if namespace is not None:
            yield f"<{iri}>", namespace, iri.removeprefix(namespace)


def _namespace(iri: str, ours: Set[str]) -> str | None:
    """The longest of our namespaces that an IRI begins with; each ends in a slash or a hash."""
    end = len(iri)
    while end > 0:
        if iri[:end] in ours:
            return iri[:end]
        end = max(iri.rfind("/", 0, end - 1), iri.rfind("#", 0, end - 1)) + 1
    return None


def _occurs(store: Store, iri: str) -> bool:
    """Whether any quad holds the IRI; one that is no IRI occurs nowhere."""
    if iri in store.met:
        return True
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        return False
    occurs = store.mentions(node)
    if occurs:
        store.met.add(iri)
    return occurs


def _looked_for(text: str) -> Iterator[Token]:
    """The names of a query that are to be found in the data: no prefix, datatype or function, nothing in a template."""
    found = list(tokens(text))
    depth, template = 0, False
    for before, token, after in zip([None, *found], found, [*found[1:], None], strict=False):
        depth += (token.kind == "open") - (token.kind == "close")
        if before and before.text.upper() == "CONSTRUCT" and token.text == "{":
            template = True
        template = template and depth > 0
        if token.kind not in ("name", "iri") or template or (after and after.text == "("):
            continue
        if before and (before.text == "^^" or before.text.upper() in ("PREFIX", "BASE") or _is_declaration(before)):
            continue
        yield token


def _is_declaration(before: Token) -> bool:
    """Whether a token may be the prefix that an IRI behind it is declared for."""
    return before.kind == "name" and before.text.endswith(":")


def _hint(store: Store, written: str, iri: str, namespace: str, declared: Mapping[str, str]) -> str:
    """The sentence for one name; the nearest is named as the query would, or else by our own prefix."""
    near = difflib.get_close_matches(iri.removeprefix(namespace)[:_LONGEST], _occurring(store, namespace), n=1)
    told = f"{_brief(written.rstrip('.'))} does not occur in this graph"
    if not near:
        return told
    prefix = written.partition(":")[0]
    table = {prefix: namespace} if declared.get(prefix) == namespace else declared
    return f"{told}: did you mean {shorten(namespace + near[0], table)}?"


def _occurring(store: Store, namespace: str) -> Sequence[str]:
    """The local names of a namespace that occur; looked for once where nothing can be added to the store any more."""
    names = store.names.get(namespace)
    if names is None:
        rows = store.select(_OCCURRING, substitutions={ox.Variable("namespace"): ox.Literal(namespace)})
        names = [row["name"].value.removeprefix(namespace) for row in rows]
        if store.is_final:
            store.names[namespace] = names
    return names
