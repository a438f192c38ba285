"""The options of `serve` that say which store elsewhere is asked."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from tiesgraph.errors import MisuseError
from tiesgraph.store import Store

if TYPE_CHECKING:
    from tiesgraph.remote.address import Address
    from tiesgraph.web import Edition
    from tiesgraph.workers import Limits, Pool, Runner

__all__ = ["Elsewhere", "endpoint_options"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What the options say: the URL of a query service, who to be there, and which graph is its default graph."""

    url: str | None
    user: str | None
    default_graph: str | None

    def require_address(self) -> Address | None:
        """The store's address, or None where no store is asked.

        Raises:
            MisuseError: it is none, or there is no password for a user.
        """
        if self.url is None:
            if self.user or self.default_graph:
                raise MisuseError("--user and --default-graph are about a store elsewhere", mend="Add --endpoint URL.")
            return None
        from tiesgraph.remote.address import Address

        return Address.parse(self.url, environment=os.environ, user=self.user)

    def edition(self, here: Edition | None) -> Edition | None:
        """The edition of what is served, where that of the graph at hand is `here`: answers of another engine may be
        other bytes, and so need other validators."""
        if here is None or self.url is None:
            return here
        together = hashlib.sha256(f"{here.graph_hash} {self.url}".encode()).hexdigest()
        return replace(here, graph_hash=together)

    def runner(self, store: Store, pool: Pool, limits: Limits) -> Runner:
        """What answers queries: the pool over `store`, or the store elsewhere, which may bear that graph's mark.

        Raises:
            MisuseError: see `require_address`.
        """
        address = self.require_address()
        if address is None:
            return pool
        from tiesgraph.remote.pieces import whole_identity
        from tiesgraph.web.elsewhere import Elsewhere as Runner

        return Runner(
            address, here=pool, limits=limits, identity=whole_identity(store), default_graph=self.default_graph
        )


_OPTIONS = (
    click.option(
        "--endpoint", "url", metavar="URL", help="Ask queries of the SPARQL 1.1 store whose query service is at URL."
    ),
    click.option("--user", help="Who to be there; the password is in TIESGRAPH_STORE_PASSWORD or a netrc file."),
    click.option(
        "--default-graph",
        metavar="IRI",
        help="The named graph of that store that is its default graph, as `tiesgraph push --default-graph` made it.",
    ),
)


def endpoint_options(command: Callable[..., object], /) -> Callable[..., object]:
    """Add the options to a command, which gets what they say as `elsewhere`."""

    @functools.wraps(command)
    def with_elsewhere(**given: Any) -> object:
        own = {name: given.pop(name) for name in ("url", "user", "default_graph")}
        return command(elsewhere=Elsewhere(**own), **given)

    for option in reversed(_OPTIONS):
        with_elsewhere = option(with_elsewhere)
    return with_elsewhere
