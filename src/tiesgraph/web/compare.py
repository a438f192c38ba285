"""`/compare`: two to four partners of Japan side by side, aspect by aspect."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import Response

from tiesgraph.errors import MisuseError
from tiesgraph.media import HTML
from tiesgraph.names import ID
from tiesgraph.web.openapi import documented, parameter
from tiesgraph.web.rows import Table, asked, local
from tiesgraph.web.site import Site
from tiesgraph.web.view import page

__all__ = ["add_routes"]

PARTNERS = {"united-kingdom": "United Kingdom", "france": "France", "germany": "Germany", "nato": "NATO"}
"""What an address calls each partner, and its name."""

ASPECTS = (
    "Dialogues",
    "Exchanges",
    "Agreements",
    "Projects",
    "Exercises",
    "Motives of the partner",
    "Motives of Japan",
    "Divergences",
)

_PARAMETERS = (
    parameter(
        "with",
        {"type": "array", "items": {"type": "string", "enum": list(PARTNERS)}},
        "A partner; given two to four times, or not at all for all four",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing of one aspect: where it is told of, its label, and the day it began, if that is known."""

    href: str
    label: str
    begin: str


def add_routes(app: FastAPI, site: Site, /) -> None:
    """The comparison."""

    @app.get("/compare", **documented("Partners side by side", HTML, parameters=_PARAMETERS, negotiated=False))
    async def compare(request: Request) -> Response:
        chosen = _chosen(request.query_params.getlist("with"))
        table = await asked(site, "compare")
        rows = [(aspect, [_items(table, partner, aspect) for partner in chosen]) for aspect in ASPECTS]
        return page(request, site, "compare.html", chosen=chosen, partners=PARTNERS, rows=rows)


def _chosen(given: list[str]) -> list[str]:
    """The partners to compare, in the report's order.

    Raises:
        MisuseError: one is none, or they are fewer than two.
    """
    unknown = [name for name in given if name not in PARTNERS]
    if unknown:
        raise MisuseError(f"{unknown[0]} is no partner here", mend=f"There are {', '.join(PARTNERS)}.")
    if len(set(given)) == 1:
        raise MisuseError("one partner cannot be compared", mend="Choose two to four.")
    return [name for name in PARTNERS if name in given or not given]


def _items(table: Table, partner: str, aspect: str) -> list[Item]:
    whom = f"{ID}actor/{partner}"
    return [
        Item(
            href=local(row["thing"]["value"]),
            label=row["label"]["value"],
            begin=row["begin"]["value"] if "begin" in row else "",
        )
        for row in table.bindings
        if row["partner"]["value"] == whom and row["aspect"]["value"] == aspect
    ]
