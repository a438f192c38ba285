"""Values worked out behind what they are joined with.

`{ A BIND(e AS ?x) B }` has to be joined as it stands (SPARQL 1.1, section 18.2.2.6: BIND ends what is before it), and
the engine may look for all of A once for each solution of B. `{ A B BIND(e AS ?x) }` asks the same where B does not
hold `?x` and A gives a value to all that `e` is worked out from, and is joined in whichever order is best.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tiesgraph.syntax import Token, is_volatile, tokens

__all__ = ["values_last"]

_ALL = re.compile(r"\bSELECT\s*(?:DISTINCT\s*|REDUCED\s*)?\*", re.IGNORECASE)
_WALLS = frozenset({"BIND", "LATERAL", "MINUS", "OPTIONAL"})
"""What begins a part of a group that nothing is moved past."""
_MOST = 8
"""How often something is moved."""


def values_last(text: str, /) -> str:
    """A query with each BIND as far back as it asks the same there, before the next OPTIONAL, MINUS or BIND at most."""
    # The columns of `SELECT *` are in the order of the text, and RAND() gives each of its solutions another value.
    if "BIND" not in text.upper() or _ALL.search(text) or is_volatile(text):
        return text
    for _ in range(_MOST):
        moved = _moved(text)
        if moved is None:
            break
        text = moved
    return text


def _moved(text: str) -> str | None:
    """The query with one BIND moved, the last that can be."""
    found = list(tokens(text))
    ends, homes = _brackets(found)
    for place in reversed(list(_clear(found, ends, homes))):
        home, last = homes[place], ends[place + 1]
        if home is None or home == place - 1 or home not in ends or found[home].text != "{":
            continue
        behind = last + 1 + (found[last + 1].text == ".")
        end = next((n for n in _at_home(behind, ends[home], ends) if _is_wall(found[n])), ends[home])
        if _may_pass(found, last, range(behind, end)):
            first, after, goal = found[place].start, found[behind].start, found[end].start
            bind = text[first : found[last].start + 1]
            # It parted what is before it from what is behind it.
            apart = "" if found[place - 1].text in "{}." else ". "
            return f"{text[:first]}{apart}{text[after:goal]} {bind} {text[goal:]}"
    return None


def _clear(found: Sequence[Token], ends: dict[int, int], homes: Sequence[int | None]) -> Iterator[int]:
    """The places of all BIND for which all that it looks at has a value in each solution of what is before it.

    And so has what any other looks at that is before it in its group: the engine does not always keep that apart from
    what it is joined with.
    """
    sure: defaultdict[int | None, set[str]] = defaultdict(set)
    unclear: set[int | None] = set()
    for place, (token, following) in enumerate(pairwise(found)):
        home = homes[place]
        if token.kind == "variable" and (following.kind in ("name", "iri") or following.text == "a"):
            # A verb follows what has a value.
            sure[home].add(token.text[1:])
        elif _says(token, "BIND"):
            last = ends.get(place + 1)
            if last is None or following.text != "(" or not _names(found, place, last - 1) <= sure[home]:
                unclear.add(home)
            elif home not in unclear:
                yield place


def _brackets(found: Sequence[Token]) -> tuple[dict[int, int], list[int | None]]:
    """For each opening bracket the closing one, and for each token the bracket that it is directly within."""
    ends: dict[int, int] = {}
    homes: list[int | None] = []
    within: list[int] = []
    for place, token in enumerate(found):
        if token.kind == "close" and within:
            ends[within.pop()] = place
        homes.append(within[-1] if within else None)
        if token.kind == "open":
            within.append(place)
    return ends, homes


def _at_home(begin: int, end: int, ends: dict[int, int]) -> Iterator[int]:
    """The places from `begin` to `end` that are in no bracket opened there."""
    place = begin
    while place < end:
        yield place
        place = ends.get(place, place) + 1


def _may_pass(found: Sequence[Token], last: int, behind: range) -> bool:
    """Whether the BIND that ends at `last` may go behind the tokens at `behind`, among which is something to join."""
    if found[last - 1].kind != "variable" or not _says(found[last - 2], "AS"):
        return False
    joined = _names(found, behind.start, behind.stop)
    return bool(joined) and found[last - 1].text[1:] not in joined


def _names(found: Sequence[Token], begin: int, end: int) -> set[str]:
    """The variables among some tokens."""
    return {token.text[1:] for token in found[begin:end] if token.kind == "variable"}


def _is_wall(token: Token) -> bool:
    return token.kind == "word" and token.text.upper() in _WALLS


def _says(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word
