"""What goes wrong with a store, in our errors: which store, what it said, and what to do about it."""

from __future__ import annotations

import re
from http import HTTPStatus

from tiesgraph.errors import (
    LimitReached,
    Overloaded,
    StoreFailed,
    StoreRefused,
    StoreUnreachable,
    TiesgraphError,
    TimeLimitReached,
)
from tiesgraph.remote.address import PASSWORD, USER, Address

__all__ = ["brief", "broken", "nonsense", "of_status", "too_slow", "unreachable"]

_SAID = 200
_TAGS = re.compile(rb"(?s)<(style|script)\b.*?</\1>|<[^>]*>")

_MENDS = {
    401: f"It wants to know who asks: set {USER} and {PASSWORD}, or write a netrc file.",
    403: f"It does not allow this to whom it takes us for; {USER} and {PASSWORD} say who that is.",
    404: "Look at the path: it is /query at the Oxigraph server, /sparql at Virtuoso, often /NAME/sparql elsewhere.",
    405: "Look at the path: this one is for something else.",
    413: "Send smaller pieces: --piece.",
    415: "Look at the path: this one takes no RDF.",
}


def brief(body: bytes, /, *, content_type: str = "text/plain") -> str:
    """What a store said, on one short line; nothing where it is no text."""
    if not content_type.startswith(("text/", "application/json", "application/problem+json")):
        return ""
    words = _TAGS.sub(b" ", body[:16_384]).decode("utf-8", "replace").split()
    text = "".join(character for character in " ".join(words) if character.isprintable())
    return text if len(text) <= _SAID else f"{text[:_SAID]}..."


def of_status(
    status: int, /, *, address: Address, said: str, location: str | None = None, retry_after: str | None = None
) -> TiesgraphError:
    """The error that a response which is no success means.

    Args:
        status: of the response.
        address: whose it is.
        said: in brief.
        location: where it sends us.
        retry_after: its header of that name.
    """
    where = address.shown
    words = f"{status} {_phrase(status)}".strip()
    if 300 <= status < 400:
        return StoreRefused(
            f"the store at {where} sends us elsewhere ({words}), and no redirect is followed",
            mend=f"If that is meant, give its address instead: {brief((location or 'it says none').encode())}",
        )
    told = f": {said}" if said else ""
    match status:
        case 408 | 504:
            return TimeLimitReached(f"the store at {where} gave up ({words}){told}", mend="Ask for less.")
        case 429 | 503:
            wait = int(retry_after) if retry_after is not None and re.fullmatch(r"\d{1,4}", retry_after) else 10
            return Overloaded(f"the store at {where} takes no more at the moment ({words}){told}", retry_after=wait)
    if 400 <= status < 500:
        return StoreRefused(f"the store at {where} does not take this ({words}){told}", mend=_MENDS.get(status))
    return StoreFailed(f"the store at {where} fails ({words}){told}", mend="Its log may tell why.")


def unreachable(address: Address, error: Exception, /) -> StoreUnreachable:
    """The error for a connection that is not made, or breaks."""
    told = brief(str(error).encode()) or type(error).__name__
    return StoreUnreachable(
        f"there is no connection to the store at {address.shown}: {told}",
        mend="Is it running, and is that its address?",
    )


def too_slow(address: Address, seconds: float, /) -> LimitReached:
    """The error for a store that has not answered when the time is over."""
    return TimeLimitReached(
        f"the store at {address.shown} gave no answer within {seconds:g} seconds, and is asked no longer",
        mend="Ask for less: say more of what you look for, or ask in several queries.",
    )


def nonsense(address: Address, what: str, /) -> StoreFailed:
    """The error for an answer that is no answer."""
    mend = "Is that the address of its SPARQL 1.1 query service?"
    return StoreFailed(f"the store at {address.shown} answered with {what}", mend=mend)


def broken(address: Address, what: str, /) -> StoreFailed:
    """The error for an answer of the right kind that cannot be read."""
    return StoreFailed(f"the answer of the store at {address.shown} cannot be read: {what}")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
