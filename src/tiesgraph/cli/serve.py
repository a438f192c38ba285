"""`tiesgraph serve`: the endpoint."""

from __future__ import annotations

import hashlib
import socket
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pyoxigraph as ox

from tiesgraph.cli.source import add_option, corpus_option, dataset_options, open_source
from tiesgraph.errors import MisuseError
from tiesgraph.names import DCTERMS, ONTOLOGY
from tiesgraph.store import Store

if TYPE_CHECKING:
    from tiesgraph.web import Edition

__all__ = ["command", "listen"]

_GRACE = 6  # seconds that queries in flight get at the end; a service manager usually waits ten


def listen(host: str, port: int, /) -> socket.socket:
    """A socket that listens at `host` and `port`; 0 takes a free port.

    Raises:
        MisuseError: the port is taken, or the host is none of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise MisuseError(f"{host} is no address of a host: {error.strerror}") from error
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind(address)
        opened.listen(2048)
    except OSError as error:
        opened.close()
        raise MisuseError(
            f"cannot listen at {host} port {port}: {error.strerror}",
            mend="Choose another with --port, or --port 0 for a free one.",
        ) from error
    return opened


def _bundled_edition(store: Store) -> Edition:
    """The edition of the graph that comes with the package: its hash, and the day its ontology says it changed."""
    from tiesgraph.pack import read_manifest
    from tiesgraph.web import Edition

    manifest = read_manifest()
    told = store.triples(ox.NamedNode(ONTOLOGY), DCTERMS["modified"])
    days = [triple.object.value for triple in told if isinstance(triple.object, ox.Literal)]
    modified = datetime.fromisoformat(max(days)).replace(tzinfo=UTC)
    return Edition(version=manifest.version, graph_hash=manifest.graph_hash, modified=modified)


def _added_edition(bundled: Edition, add: tuple[Path, ...]) -> Edition:
    """The edition of the bundled graph with the files that were added to it."""
    from tiesgraph.additions import files_among
    from tiesgraph.dataset import fingerprint

    digest, modified = fingerprint(files_among(add))
    together = hashlib.sha256(f"{bundled.graph_hash} {digest}".encode()).hexdigest()
    return replace(bundled, graph_hash=together, modified=max(modified, bundled.modified))


def _edition(
    store: Store, corpus: Path | None, data: tuple[Path, ...], named: tuple[str, ...], add: tuple[Path, ...]
) -> Edition | None:
    """The edition of what is served, or None for a source tree, which may change while its graph is made."""
    if corpus:
        return None
    if not data and not named:
        bundled = _bundled_edition(store)
        return _added_edition(bundled, add) if add else bundled
    from tiesgraph import __version__
    from tiesgraph.dataset import fingerprint, parse_named
    from tiesgraph.web import Edition

    digest, modified = fingerprint(data, named=[parse_named(text) for text in named])
    return Edition(version=__version__, graph_hash=digest, modified=modified)


def _url(opened: socket.socket) -> str:
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; 0.0.0.0 for every network.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one."
)
@add_option
@dataset_options
@corpus_option
def command(
    host: str, port: int, data: tuple[Path, ...], named: tuple[str, ...], add: tuple[Path, ...], corpus: Path | None
) -> None:
    """Serve the graph at a SPARQL endpoint.

    \b
    Examples:
      tiesgraph serve
      tiesgraph serve --port 8080
      tiesgraph serve --add my-statements.ttl
      tiesgraph serve --data mine.ttl --named https://example.org/g=more.nt
      curl -H 'Accept: text/csv' --data-urlencode 'query=SELECT * { ?s ?p ?o } LIMIT 5' \\
        http://127.0.0.1:8000/sparql

    A file that is added is checked for unknown terms and becomes a graph of its own (graph:added-my-statements);
    what follows from it and the graph together is inferred. --data serves files as they are, without ours.

    The endpoint only answers queries: nothing is written, and nothing is fetched from elsewhere. Stop it
    with Ctrl-C or SIGTERM: answers under way get 6 seconds.
    """
    # The port first: it is what most often goes wrong, and is tried in no time.
    with listen(host, port) as opened:
        store = open_source(corpus=corpus, data=data, named=named, add=add)

        import uvicorn

        from tiesgraph.pack import open_outline
        from tiesgraph.web import create_app
        from tiesgraph.workers import Pool

        config = uvicorn.Config(
            create_app(
                store,
                runner=Pool(store),
                edition=_edition(store, corpus, data, named, add),
                outline=None if data or named else open_outline(root=corpus),
            ),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        click.echo(f"SPARQL endpoint at {_url(opened)}/sparql (Ctrl-C ends it)", err=True)
        # uvicorn raises the signal that ended it once more, when all is closed: for Ctrl-C that is no failure.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[opened])
