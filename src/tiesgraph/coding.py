"""How a body is compressed on its way: content codings (RFC 9110, sections 8.4.1 and 12.5.3).

Which codings a client takes is a pure function over Accept-Encoding headers. Both compressors give equal
bytes for equal input, so that a compressed representation can have a strong validator.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import Sequence

import brotli

from tiesgraph.errors import MisuseError, NotAcceptable
from tiesgraph.media import weights

__all__ = ["CODINGS", "IDENTITY", "acceptable", "encode", "pick"]

IDENTITY = "identity"
CODINGS = ("br", "gzip")
"""What a body can be compressed with, the preferred one first."""

_WORTH_PACKING = 1_000
_ALIASES = {"gzip": "x-gzip"}


@functools.lru_cache(maxsize=256)
def acceptable(headers: tuple[str, ...], /) -> tuple[str, ...]:
    """The codings that a client takes, the most wanted first; `identity` stands for none.

    Args:
        headers: the values of all Accept-Encoding headers, in order.

    A client that says nothing gets no compression, though it might take it. One that names codings takes
    an uncompressed body too, as the last resort, unless it says `identity;q=0` or `*;q=0`.
    """
    said = weights(headers)
    others = said.get("*", 0.0)
    wanted = {name: said.get(name, said.get(_ALIASES.get(name, name), others)) for name in CODINGS}
    plain = said.get(IDENTITY, 0.0 if said.get("*") == 0 else None)
    order = sorted((name for name in CODINGS if wanted[name] > 0), key=lambda name: -wanted[name])
    if plain == 0:
        return tuple(order)
    before = [name for name in order if plain is None or wanted[name] >= plain]
    return (*before, IDENTITY, *(name for name in order if name not in before))


def pick(codings: Sequence[str], /, *, size: int) -> str:
    """The one of `codings` that a body of `size` bytes is sent with: a small one stays as it is where it may.

    Raises:
        NotAcceptable: there are no codings.
    """
    if not codings:
        raise NotAcceptable(
            "nothing is sent that is neither plain nor compressed with br or gzip",
            mend="Leave Accept-Encoding out, or accept br, gzip or identity.",
        )
    return IDENTITY if size < _WORTH_PACKING and IDENTITY in codings else codings[0]


def encode(body: bytes, coding: str, /) -> bytes:
    """The body as `coding` has it: one of `CODINGS`, or `identity`."""
    if coding == "br":
        # Quickly rather than tightly: answers are made while somebody waits.
        return bytes(brotli.compress(body, quality=4))
    if coding == "gzip":
        # Without the time of day.
        return gzip.compress(body, compresslevel=5, mtime=0)
    if coding == IDENTITY:
        return body
    raise MisuseError(f"no coding is called {coding}")
