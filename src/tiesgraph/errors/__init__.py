"""One tree of errors: each says what is wrong, where, and how to mend it, and owns its exit code and HTTP status.

TiesgraphError
├── CorpusError            a source file that cannot be taken as it is
│   ├── AxiomError         an axiom of which no rule can be made
│   ├── NotWellFormed      a text that is not what its format wants
│   └── UnknownTermError   a term that no vocabulary of ours has
├── DocumentRefused        a document for the check, of a kind that is not looked at
│   └── DocumentTooLarge   larger or deeper than is safe to look at
├── ShapesError            a shape that cannot be run as it is written
├── InconsistencyError     statements that the ontology says cannot hold together
├── InvalidGraphError      the graph breaks its own shapes: nothing is packed
├── PackError              the packed graph is missing or unusable
├── MisuseError            a command or an option that makes no sense
├── NotStatedError         a statement to be explained that does not hold
├── QueryError             a query that is not answered
│   ├── QuerySyntaxError   no SPARQL
│   └── QueryRefused       SPARQL, but of a kind that is never run here
│       ├── FederationRefused  it calls another endpoint
│       ├── QueryTooLarge      longer or deeper than is safe to run
│       └── UpdateRefused      it came as an update operation
├── LimitReached           work that a limit of this server ended or kept out
│   ├── AnswerCut              there is more than one answer may hold
│   ├── MemoryLimitReached     it took more memory than one task may
│   ├── Overloaded             too much is asked at once
│   └── TimeLimitReached       it took longer than it may
├── NotAtHand              made from a graph at hand, and the graph is in a store elsewhere
├── NotAcceptable          no format that the client takes
├── StoreFailed            a store elsewhere that does not do what is asked
│   ├── StoreRefused           it lets nobody in, is not there, or takes no such request
│   └── StoreUnreachable       there is no connection to it
├── UnknownResource        an IRI of which nothing is known
├── UnsupportedMediaType   a request body of a kind nobody reads
└── WorkerLost             the process that did the work ended under it
"""

from collections.abc import Sequence

from tiesgraph.errors.base import TiesgraphError
from tiesgraph.errors.limits import AnswerCut, LimitReached, MemoryLimitReached, Overloaded, TimeLimitReached
from tiesgraph.errors.stores import NotAtHand, StoreFailed, StoreRefused, StoreUnreachable

__all__ = [
    "AnswerCut",
    "AxiomError",
    "CorpusError",
    "DocumentRefused",
    "DocumentTooLarge",
    "FederationRefused",
    "InconsistencyError",
    "InvalidGraphError",
    "LimitReached",
    "MemoryLimitReached",
    "MisuseError",
    "NotAcceptable",
    "NotAtHand",
    "NotStatedError",
    "NotWellFormed",
    "Overloaded",
    "PackError",
    "QueryError",
    "QueryRefused",
    "QuerySyntaxError",
    "QueryTooLarge",
    "ShapesError",
    "StoreFailed",
    "StoreRefused",
    "StoreUnreachable",
    "TiesgraphError",
    "TimeLimitReached",
    "UnknownResource",
    "UnknownTermError",
    "UnsupportedMediaType",
    "UpdateRefused",
    "WorkerLost",
]


class CorpusError(TiesgraphError):
    """A source file that cannot be taken: broken Turtle, out of its chapter, in no known folder."""

    http_status = 400


class AxiomError(CorpusError):
    """An axiom of which no rule of OWL 2 RL can be made: it is broken, or says more than the profile can."""


class NotWellFormed(CorpusError):
    """RDF whose text is not as its format wants it, or is not UTF-8."""


class UnknownTermError(CorpusError):
    """A term in one of our namespaces, or of SHACL, that does not exist."""


class DocumentRefused(TiesgraphError):
    """A document that somebody wants checked, and that asks for what is not done here: to fetch, to expand."""

    http_status = 400


class DocumentTooLarge(DocumentRefused):
    """A document that is larger or deeper than is safe to look at."""

    http_status = 413


class ShapesError(TiesgraphError):
    """A shape that cannot be run: a constraint that the engines do not carry, or a broken one."""

    http_status = 400


class InconsistencyError(TiesgraphError):
    """Statements that cannot hold together; `statements` are the clashes, in words, with the places that state them."""

    exit_code = 1

    def __init__(
        self, message: str, *, statements: Sequence[str] = (), place: str | None = None, mend: str | None = None
    ) -> None:
        super().__init__(message, place=place, mend=mend)
        self.statements = tuple(statements)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *self.statements])


class InvalidGraphError(TiesgraphError):
    """The asserted graph breaks its shapes, so that nothing is packed."""

    exit_code = 1


class PackError(TiesgraphError):
    """The packed graph is missing, unreadable or cannot be written."""


class MisuseError(TiesgraphError):
    """A command, an option or an argument that makes no sense."""

    http_status = 400


class NotStatedError(TiesgraphError):
    """A statement that is asked about and does not hold: no page states it and nothing implies it.

    Attributes:
        nearest: what does hold and is most like it, in Turtle with prefixed names.
    """

    exit_code = 1
    http_status = 404

    def __init__(
        self, message: str, *, nearest: Sequence[str] = (), place: str | None = None, mend: str | None = None
    ) -> None:
        super().__init__(message, place=place, mend=mend)
        self.nearest = tuple(nearest)


class QueryError(TiesgraphError):
    """A query that is not answered."""

    http_status = 400


class QuerySyntaxError(QueryError):
    """A text that is no SPARQL query.

    Attributes:
        line: counted from 1 in the text as given, or None where the engine does not say.
        column: counted from 1, or None.
        token: the text at that place, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        token: str | None = None,
        mend: str | None = None,
    ) -> None:
        place = f"line {line}, column {column}" if line is not None and column is not None else None
        super().__init__(message, place=place, mend=mend)
        self.line = line
        self.column = column
        self.token = token


class QueryRefused(QueryError):
    """A query of a kind that is never run: an update, a federated call, one that is too large."""


class FederationRefused(QueryRefused):
    """A query that calls another endpoint: nothing is ever fetched from here."""

    http_status = 501


class QueryTooLarge(QueryRefused):
    """A query longer or deeper than the engine can safely take."""

    http_status = 413


class UpdateRefused(QueryRefused):
    """An update operation of the protocol: nothing is written over HTTP."""

    http_status = 403


class NotAcceptable(TiesgraphError):
    """No format on offer is one that the client accepts."""

    http_status = 406


class UnknownResource(TiesgraphError):
    """An IRI of which nothing is known.

    Attributes:
        candidates: the IRIs that may have been meant, the likeliest first.
    """

    http_status = 404

    def __init__(
        self, message: str, *, candidates: Sequence[str] = (), place: str | None = None, mend: str | None = None
    ) -> None:
        super().__init__(message, place=place, mend=mend)
        self.candidates = tuple(candidates)


class UnsupportedMediaType(TiesgraphError):
    """A request body whose media type nobody reads here."""

    http_status = 415


class WorkerLost(TiesgraphError):
    """The process that did the work ended under it, of itself or killed from outside."""
