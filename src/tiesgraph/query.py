"""Questions to the graph: any SPARQL query, run and written out, and the named ones that come with it.

The command line and the server both answer through here, so that a query means the same at either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import pyoxigraph as ox

from tiesgraph.errors import CorpusError, MisuseError, QueryRefused
from tiesgraph.guard import LIMITS, Limits, refuse_unsafe, refuse_update
from tiesgraph.hints import absent_names, unknown_functions
from tiesgraph.mistakes import diagnose
from tiesgraph.names import prefixes
from tiesgraph.result import Result
from tiesgraph.store import Store, Term

__all__ = [
    "EVERYTHING",
    "Dataset",
    "Parameter",
    "Question",
    "Result",
    "parse_term",
    "question",
    "questions",
    "run",
]

_UNKNOWN_FUNCTION = re.compile(r"The custom function <(.*)> is not supported")
_UNSELECTED = re.compile(r"variable \?(\w+) in its SELECT projection")


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs a query may see (SPARQL 1.1 Protocol, section 2.1.4); it overrides FROM and FROM NAMED.

    Attributes:
        default: the IRIs of the graphs whose merge is the default graph.
        named: the IRIs of the named graphs.

    A dataset that names no graph at all is false, and stands for all there is.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)

    def __reduce__(self) -> tuple[type[Dataset], tuple[tuple[str, ...], tuple[str, ...]]]:
        # What pickles a class of this kind by itself takes ten times as long, and each query goes to a worker so.
        return Dataset, (self.default, self.named)


EVERYTHING = Dataset()
"""No choice of graphs: the store's own default graph and all its named ones."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of a named question that a user may fix: its name without `?`, and what it stands for."""

    name: str
    text: str


@dataclass(frozen=True)
class Question:
    """A question kept with the package, in English and in SPARQL.

    Attributes:
        name: the file's name without its ending.
        text: the question in English; it ends in a question mark.
        topic: the heading under which it is listed.
        keywords: words to find it by.
        parameters: variables that may be fixed.
        sparql: the whole file, comments and all.
    """

    name: str
    text: str
    topic: str
    keywords: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    sparql: str

    @classmethod
    def parse(cls, name: str, sparql: str, /) -> Question:
        """The question of a file: its first comment line asks it, `# topic:`, `# keywords:` and `# parameter:` follow.

        Raises:
            CorpusError: the file does not begin with a question in English.
        """
        comments = []
        for line in sparql.splitlines():
            if not line.startswith("#"):
                break
            comments.append(line.lstrip("#").strip())
        if not comments or not comments[0].endswith("?"):
            raise CorpusError(
                "a named question begins with its English text", place=f"{name}.rq", mend="First line: # Who …?"
            )
        said: dict[str, list[str]] = {"topic": [], "keywords": [], "parameter": []}
        for comment in comments[1:]:
            key, colon, value = comment.partition(":")
            if colon and key in said:
                said[key].append(value.strip())
        words = (word.strip() for value in said["keywords"] for word in value.split(","))
        variables = (value.partition(",") for value in said["parameter"])
        return cls(
            name=name,
            text=comments[0],
            topic=said["topic"][0] if said["topic"] else "other",
            keywords=tuple(word for word in words if word),
            parameters=tuple(Parameter(first.strip().lstrip("?"), rest.strip()) for first, _, rest in variables),
            sparql=sparql,
        )


def questions(folder: Traversable | None = None, /) -> list[Question]:
    """The named questions, by topic and name; of the package where no folder of `.rq` files is given.

    Raises:
        CorpusError: a file does not begin with a question in English.
    """
    folder = folder or files("tiesgraph") / "queries"
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".rq")) if folder.is_dir() else ()
    parsed = (Question.parse(entry.name.removesuffix(".rq"), entry.read_text(encoding="utf-8")) for entry in found)
    return sorted(parsed, key=lambda question: (question.topic, question.name))


def question(name: str, /, *, among: Iterable[Question] | None = None) -> Question | None:
    """The named question called `name`, or None."""
    return next((one for one in (questions() if among is None else among) if one.name == name), None)


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise MisuseError(f"no IRI: {iri}", mend="A graph is named by an absolute IRI.") from error


def parse_term(text: str, /, *, known: Mapping[str, str]) -> Term:
    """A term as Turtle writes it: `actor:japan`, `<https://…>`, `"2017"^^xsd:gYear`, `12`.

    Raises:
        MisuseError: it is none, or its prefix is not among `known`.
    """
    head = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in known.items())
    try:
        found: list[Term | ox.Triple] = [
            quad.object for quad in ox.parse(f"{head}<x:s> <x:p> {text} .", format=ox.RdfFormat.TURTLE)
        ]
    except SyntaxError as error:
        raise MisuseError(f"no RDF term: {text}", mend='Write a:name, <IRI>, "text" or a number.') from error
    if len(found) != 1 or isinstance(found[0], ox.Triple):
        raise MisuseError(f"one RDF term is wanted, not: {text}")
    return found[0]


def run(
    store: Store,
    text: str,
    /,
    *,
    dataset: Dataset = EVERYTHING,
    base: str | None = None,
    known: Mapping[str, str] | None = None,
    bind: Mapping[str, Term] | None = None,
    limits: Limits = LIMITS,
) -> Result:
    """Run a query.

    Args:
        store: the graph.
        text: SPARQL 1.1 SELECT, ASK, CONSTRUCT or DESCRIBE. DESCRIBE gives concise bounded descriptions.
        dataset: the graphs to use instead of all; a graph that is not there is empty, nothing is fetched.
        base: what relative IRIs in the query are resolved against.
        known: prefixes that the query may use without declaring them; only the command line gives any.
        bind: values for variables that the query selects.
        limits: how much query is too much.

    A function that nobody knows is an error of its expression, as SPARQL 1.1 (17.6) wants it, not of the query.
    Such a function, and a name that the graph does not have, are among the result's hints.

    Raises:
        QuerySyntaxError: the text is no query; with line and column.
        QueryRefused: an update, a call of another endpoint, or too large a query.
        MisuseError: a graph name is no IRI, or `bind` names a variable that is not selected.
    """
    refuse_unsafe(text, limits=limits)
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [_node(iri) for iri in dataset.default]
    named: list[ox.NamedNode | ox.BlankNode] = [_node(iri) for iri in dataset.named]
    engine, put = (store.engine, text) if dataset else store.plan(text)
    unknown: dict[ox.NamedNode, Callable[..., Term | None]] = {}
    while True:
        try:
            answer = engine.query(
                put,
                base_iri=base,
                prefixes=dict(known) if known else None,
                default_graph=default if dataset else None,
                named_graphs=named if dataset else None,
                substitutions={ox.Variable(name): value for name, value in (bind or {}).items()} or None,
                custom_functions=unknown or None,
            )
        except SyntaxError as error:
            if put is not text:
                # What looked like a path may have been a product.
                put = text
                continue
            refuse_update(text)
            raise diagnose(text, error.msg or str(error), known=prefixes()) from error
        except RuntimeError as error:
            function = _UNKNOWN_FUNCTION.fullmatch(str(error))
            if not function or ox.NamedNode(function[1]) in unknown:
                raise _not_run(error) from error
            unknown[ox.NamedNode(function[1])] = _no_value
            continue
        table = {**prefixes(), **known} if known else prefixes()
        hints = (*unknown_functions(node.value for node in unknown), *absent_names(store, text, known=table))
        return Result(answer, table, hints)


def _not_run(error: RuntimeError) -> MisuseError | QueryRefused:
    """What the engine's refusal of a well-formed query means."""
    unselected = _UNSELECTED.search(str(error))
    if not unselected:
        return QueryRefused(f"the engine does not run this query: {error}")
    return MisuseError(
        f"?{unselected[1]} is none of the variables that the query selects",
        mend="Only a selected variable can be given a value.",
    )


def _no_value(*_arguments: object) -> None:
    """What every unknown function comes to: no value, which SPARQL takes for an error of the expression."""
