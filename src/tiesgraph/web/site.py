"""What every route of one server shares: the graph, the workers that ask it, and which edition of it is served.

A route module has one public function, `add_routes(app, site)`. It keeps no state of its own.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tiesgraph import __version__
from tiesgraph.cut import Cap
from tiesgraph.errors import NotAtHand
from tiesgraph.outline import Outline
from tiesgraph.store import Store
from tiesgraph.web.cache import Answers
from tiesgraph.web.tally import Tally
from tiesgraph.workers import Inline, Runner

__all__ = ["Edition", "Settings", "Site"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which graph is served: what the validators of its answers (RFC 9110, section 8.8) are made of.

    Attributes:
        version: of tiesgraph.
        graph_hash: tells this graph from any other.
        modified: when the graph last changed, in UTC.
        dated: whether `modified` is more than the start of this server.
    """

    version: str
    graph_hash: str
    modified: datetime
    dated: bool = True

    @classmethod
    def unnamed(cls) -> Edition:
        """The edition of a graph that nothing is known of: no other process serves it, nor this one before."""
        now = datetime.now(UTC).replace(microsecond=0)
        return cls(version=__version__, graph_hash=secrets.token_hex(16), modified=now, dated=False)

    def tag(self, *parts: str) -> str:
        """The opaque part of a strong ETag for what `parts` ask of this graph."""
        digest = hashlib.sha256("\0".join((self.version, self.graph_hash, *parts)).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a route needs to answer.

    Attributes:
        store: the graph, which is only read.
        runner: where whatever takes long is done: `await site.runner.run(task, argument)`.
        edition: which graph it is.
        answers: what queries come to, worked out there or kept from before.
        outline: the reading order of the report's pages, empty where it is not known.
        tally: what has happened so far.
        start: tells this start of the server from any other.
        settings: what whoever runs it has chosen.
    """

    store: Store
    runner: Runner
    edition: Edition
    answers: Answers
    outline: Outline = field(default_factory=Outline)
    tally: Tally = field(default_factory=Tally)
    start: str = field(default_factory=secrets.token_hex)
    settings: Settings = field(default_factory=lambda: Settings())

    @property
    def settled(self) -> bool:
        """Whether what is asked is known to be the graph of this edition, and so does not change."""
        return self.runner.epoch is not None

    def require_graph(self) -> None:
        """See that the graph at hand is what is served.

        Raises:
            NotAtHand: the graph is in a store elsewhere, and is another or not known to be the same.
        """
        if not self.settled:
            raise NotAtHand(
                "this is made from the graph at hand, and the store that this server stands before holds another",
                mend="Queries work: /sparql. For all else, `tiesgraph push` puts the graph at hand into the store.",
            )

    @classmethod
    def of(
        cls,
        store: Store,
        /,
        *,
        runner: Runner | None = None,
        edition: Edition | None = None,
        outline: Outline | None = None,
        settings: Settings | None = None,
    ) -> Site:
        """What the routes share; what each argument is `create_app` tells."""
        runner, settings = runner or Inline(store), settings or Settings()
        return cls(
            store=store,
            runner=runner,
            edition=edition or Edition.unnamed(),
            answers=Answers(runner, room=settings.kept, cap=settings.cap),
            outline=outline or Outline(),
            settings=settings,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What whoever runs a server may choose.

    Attributes:
        cap: how long an answer may be.
        kept: bytes of answers that are kept for the next who asks.
        log_queries: whether the log says what was asked.
    """

    cap: Cap = field(default_factory=Cap)
    kept: int = 64 * 1024 * 1024
    log_queries: bool = False
