"""The options of `serve` that say how much is too much, and what is logged."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tiesgraph.web import Settings
    from tiesgraph.workers import Limits

__all__ = ["Choices", "limit_options"]

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the options say; memory and sizes in MiB, times in seconds."""

    timeout: float
    memory: int
    workers: int | None
    queue: int
    max_rows: int
    max_size: int
    cache: int
    log_format: str | None
    log_queries: bool

    def limits(self) -> Limits:
        """What the pool of workers allows."""
        from tiesgraph.workers import Limits

        some = {} if self.workers is None else {"workers": self.workers}
        return Limits(seconds=self.timeout, memory=self.memory * _MIB, queue=self.queue, **some)

    def settings(self) -> Settings:
        """What the application allows."""
        from tiesgraph.cut import Cap
        from tiesgraph.web import Settings

        cap = Cap(rows=self.max_rows, bytes=self.max_size * _MIB)
        return Settings(cap=cap, kept=self.cache * _MIB, log_queries=self.log_queries)


_OPTIONS = (
    click.option(
        "--timeout",
        metavar="SECONDS",
        default=30.0,
        show_default=True,
        type=click.FloatRange(min=0.1),
        help="How long a query may take, waiting included; a client may ask for less (timeout=5).",
    ),
    click.option(
        "--memory",
        metavar="MIB",
        default=512,
        show_default=True,
        type=click.IntRange(min=32),
        help="How much memory a query may take; all of them together at most half of the machine's.",
    ),
    click.option(
        "--workers",
        show_default="8 for each processor, at most 32",
        type=click.IntRange(min=1),
        help="How many queries run at once; a quarter of the places is kept for short ones.",
    ),
    click.option(
        "--queue",
        default=256,
        show_default=True,
        type=click.IntRange(min=1),
        help="How many more may wait; whoever comes then is told to come back (503).",
    ),
    click.option(
        "--max-rows",
        default=500_000,
        show_default=True,
        type=click.IntRange(min=1),
        help="How many rows or triples an answer may have; a longer one is cut, and says so.",
    ),
    click.option(
        "--max-size",
        metavar="MIB",
        default=64,
        show_default=True,
        type=click.IntRange(min=1),
        help="How large an answer may be, before compression; a larger one is cut, and says so.",
    ),
    click.option(
        "--cache",
        metavar="MIB",
        default=64,
        show_default=True,
        type=click.IntRange(min=0),
        help="How much memory answers are kept in for whoever asks the same; 0 keeps none.",
    ),
    click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        help="Log each request on stderr, a line each, without the query. Otherwise only trouble is logged.",
    ),
    click.option("--log-queries", is_flag=True, help="Let the log say what was asked, too."),
)


def limit_options(command: Callable[..., object], /) -> Callable[..., object]:
    """Add the options to a command, which gets what they say as `choices`."""

    @functools.wraps(command)
    def with_choices(**given: Any) -> object:
        own = {field.name: given.pop(field.name) for field in fields(Choices)}
        return command(choices=Choices(**own), **given)

    for option in reversed(_OPTIONS):
        with_choices = option(with_choices)
    return with_choices
