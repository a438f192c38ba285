"""The formats an answer can take, and which of them a client gets.

Choosing is a pure function over Accept header values (RFC 9110, section 12.5.1) and the words of a
`format` parameter, so that every rule of it is a row in a table of tests and no socket is needed to try one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

__all__ = [
    "CSV",
    "FORMATS",
    "GRAPH_FORMATS",
    "HTML",
    "JSON",
    "JSONLD",
    "JUNIT",
    "NQUADS",
    "NTRIPLES",
    "PLAIN_JSON",
    "PROBLEM",
    "RDFXML",
    "RESULT_FORMATS",
    "SARIF",
    "SPARQL",
    "TEXT",
    "TRIG",
    "TSV",
    "TURTLE",
    "XML",
    "Format",
    "choose",
    "media_type",
    "named",
    "negotiate",
    "unknown_word",
    "weights",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write an answer.

    Attributes:
        name: what the command line calls it.
        media_type: what it is answered as, in lower case.
        suffix: the usual ending of a file, with its dot.
        aliases: other media types that ask for it; it is never answered as one of them.
        spellings: what else people call it.
    """

    name: str
    media_type: str
    suffix: str
    aliases: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """What a `format` parameter may call it, without dashes: its name, its file ending, its types' second half."""
        subtypes = (one.partition("/")[2] for one in (self.media_type, *self.aliases))
        return frozenset(map(_word, (self.name, self.suffix, *subtypes, *self.spellings)))

    @property
    def content_type(self) -> str:
        """The Content-Type header: text formats name their encoding, the others fix it themselves."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


JSON = Format("json", "application/sparql-results+json", ".srj", ("application/json", "text/json"))
XML = Format("xml", "application/sparql-results+xml", ".srx", ("application/xml", "text/xml"))
CSV = Format("csv", "text/csv", ".csv")
TSV = Format("tsv", "text/tab-separated-values", ".tsv", ("text/tsv",))
RESULT_FORMATS = (JSON, XML, CSV, TSV)
"""For SELECT and ASK, the preferred one first."""

TURTLE = Format("ttl", "text/turtle", ".ttl", ("application/x-turtle", "application/turtle"), ("n3",))
NTRIPLES = Format("nt", "application/n-triples", ".nt", ("text/plain",))
RDFXML = Format("rdfxml", "application/rdf+xml", ".rdf", ("application/xml", "text/xml"))
JSONLD = Format("jsonld", "application/ld+json", ".jsonld", ("application/json", "text/json"))
GRAPH_FORMATS = (TURTLE, NTRIPLES, RDFXML, JSONLD)
"""For CONSTRUCT, DESCRIBE and documents, the preferred one first."""

TRIG = Format("trig", "application/trig", ".trig", ("application/x-trig",))
NQUADS = Format("nq", "application/n-quads", ".nq", ("text/x-nquads",))

PROBLEM = Format("problem", "application/problem+json", ".json", ("application/json",))
PLAIN_JSON = Format("json", "application/json", ".json")
TEXT = Format("text", "text/plain", ".txt")
SPARQL = Format("sparql", "application/sparql-query", ".rq")
HTML = Format("html", "text/html", ".html", ("application/xhtml+xml",))

SARIF = Format("sarif", "application/sarif+json", ".sarif")
JUNIT = Format("junit", "application/xml", ".xml")

FORMATS = (*RESULT_FORMATS, *GRAPH_FORMATS, TRIG, NQUADS, HTML, SARIF, TEXT, PLAIN_JSON)
"""All that somebody may ask for."""

# A list element ends at a comma outside quotes; a parameter at a semicolon outside quotes (RFC 9110, 5.6).
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_PART = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+')
_TCHARS = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"{_TCHARS}(?:/{_TCHARS})?")
_DASHES = str.maketrans("", "", "-_ ")
_QUALITY = re.compile(r"0(?:\.[0-9]*)?|1(?:\.0*)?")


@dataclass(frozen=True, slots=True)
class _Wish:
    """One element of a list header: a range or token in lower case, its weight, its place in the list."""

    range: str
    quality: float
    position: int


def _wishes(headers: Iterable[str]) -> Iterator[_Wish]:
    """The elements that can be read; what is malformed is passed over, as if it had not been sent."""
    elements = (element for header in headers for element in _ELEMENT.findall(header))
    for position, element in enumerate(elements):
        first, *parameters = (part.strip() for part in _PART.findall(element) or [""])
        quality = "1"
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                quality = value.strip()
        if _RANGE.fullmatch(first) and _QUALITY.fullmatch(quality):
            yield _Wish(first.lower(), float(quality), position)


def _fit(fmt: Format, wishes: Sequence[_Wish]) -> tuple[float, int, int] | None:
    """How well `fmt` is wanted: quality, how exactly it was named, how early; None where nothing names it.

    The most specific range counts (RFC 9110, 12.5.1). An alias counts only where the type itself is
    not named, so that `application/sparql-results+json;q=0, */*` does not bring JSON back by another name.
    """
    by_range = {wish.range: wish for wish in reversed(wishes)}
    aliases = [by_range[alias] for alias in fmt.aliases if alias in by_range]
    kind = fmt.media_type.partition("/")[0]
    for specificity, found in (
        (3, [by_range[fmt.media_type]] if fmt.media_type in by_range else []),
        (2, aliases),
        (1, [by_range[f"{kind}/*"]] if f"{kind}/*" in by_range else []),
        (0, [by_range["*/*"]] if "*/*" in by_range else []),
    ):
        if found:
            best = max(found, key=lambda wish: (wish.quality, -wish.position))
            return best.quality, min(specificity, 2), -best.position
    return None


def negotiate(
    accept_headers: Sequence[str], /, *, offered: Sequence[Format], default: Format | None = None
) -> Format | None:
    """The format a client gets, or None where it accepts none of those on offer.

    Args:
        accept_headers: the values of all Accept headers, in order; none means anything goes.
        offered: what can be written, the preferred first.
        default: what is written where the client has no preference; the first on offer otherwise.

    Among formats of equal quality one that the client named beats one that a wildcard admits, then
    the client's order counts, then ours. Headers in which nothing can be read count as absent.
    """
    order = sorted(offered, key=lambda fmt: fmt != default)
    wishes = list(_wishes(accept_headers))
    if not wishes:
        return order[0]
    fits = [(fit, fmt) for fmt in order if (fit := _fit(fmt, wishes)) is not None and fit[0] > 0]
    return max(fits, key=lambda pair: pair[0])[1] if fits else None


def _word(text: str) -> str:
    """A word of a `format` parameter as words are compared: `JSON-LD` is `jsonld`, `.ttl` is `ttl`."""
    return text.strip().lower().removeprefix(".").translate(_DASHES)


def choose(
    accept_headers: Sequence[str],
    /,
    *,
    asked: Sequence[str] = (),
    offered: Sequence[Format],
    default: Format | None = None,
) -> Format | None:
    """The format a client gets whose URL may also ask for one, or None where it accepts none of those on offer.

    Args:
        accept_headers: as `negotiate` takes them.
        asked: the values of the URL's `format` parameters: words (`ttl`, `json`) or media types.
        offered: what can be written, the preferred first.
        default: as `negotiate` takes it.

    The first value that fits what is on offer decides, whatever the headers say: it is how a link or a
    browser's address bar asks. A value that does not fit (`turtle` for rows) leaves the headers as they
    are, because clients send such parameters beside an Accept header that is right.
    """
    for value in asked:
        if "/" in value:
            # An unescaped plus in a URL has come to be a space: `application/rdf xml`.
            fmt = negotiate([value.strip().replace(" ", "+")], offered=offered) if _readable(value) else None
        else:
            fmt = next((fmt for fmt in offered if _word(value) in fmt.words), None)
        if fmt is not None:
            return fmt
    return negotiate(accept_headers, offered=offered, default=default)


def _readable(value: str) -> bool:
    return any(_wishes([value.strip().replace(" ", "+")]))


def unknown_word(asked: Sequence[str], /) -> str | None:
    """The first value of a `format` parameter that calls no format by its name, or None; any media type may stand."""
    if not asked:
        return None
    known = frozenset(word for fmt in FORMATS for word in fmt.words)
    return next((value for value in asked if value.strip() and "/" not in value and _word(value) not in known), None)


def weights(headers: Sequence[str], /) -> dict[str, float]:
    """What a list header with weights says of each of its tokens, in lower case; the first mention counts."""
    return {wish.range: wish.quality for wish in reversed(list(_wishes(headers)))}


def media_type(content_type: str, /) -> str:
    """The bare media type of a Content-Type header, in lower case: `text/csv` of `Text/CSV; charset=utf-8`."""
    return content_type.partition(";")[0].strip().lower()


def named(name: str, /, *, offered: Sequence[Format]) -> Format | None:
    """The format on offer that the command line calls `name`, or None."""
    return next((fmt for fmt in offered if fmt.name == name), None)
