"""`tiesgraph serve`: the endpoint."""

from __future__ import annotations

import logging
import socket
import threading
from importlib import import_module
from pathlib import Path

import click

from tiesgraph.cli.endpoint import Elsewhere, endpoint_options
from tiesgraph.cli.limits import Choices, limit_options
from tiesgraph.cli.logs import log_to_stderr
from tiesgraph.cli.source import add_option, corpus_option, dataset_options, open_source
from tiesgraph.errors import MisuseError
from tiesgraph.store import Store

__all__ = ["command", "listen"]

_log = logging.getLogger("tiesgraph.serve")


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


def _url(opened: socket.socket) -> str:
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; 0.0.0.0 for every network.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one."
)
@endpoint_options
@add_option
@dataset_options
@corpus_option
@limit_options
def command(
    host: str,
    port: int,
    elsewhere: Elsewhere,
    data: tuple[Path, ...],
    named: tuple[str, ...],
    add: tuple[Path, ...],
    corpus: Path | None,
    choices: Choices,
) -> None:
    """Serve the graph at a SPARQL endpoint.

    \b
    Examples:
      tiesgraph serve
      tiesgraph serve --port 8080
      tiesgraph serve --add my-statements.ttl
      tiesgraph serve --data mine.ttl --named https://example.org/g=more.nt
      tiesgraph serve --timeout 5 --log-format json
      tiesgraph serve --endpoint http://127.0.0.1:7878/query
      curl -H 'Accept: text/csv' --data-urlencode 'query=SELECT * { ?s ?p ?o } LIMIT 5' \\
        http://127.0.0.1:8000/sparql

    A file that is added is checked for unknown terms and becomes a graph of its own (graph:added-my-statements);
    what follows from it and the graph together is inferred. --data serves files as they are, without ours.

    --endpoint stands before a SPARQL 1.1 store that somebody else runs: queries are asked of it, within the same
    limits. Where `tiesgraph push` has put this graph there, answers are kept and all pages work; before any other
    content only queries, questions and pictures do. A password comes from TIESGRAPH_STORE_PASSWORD or a netrc file.

    The endpoint only answers queries: nothing is written, and nothing is fetched from elsewhere. Each query runs
    in a process of its own, which is killed at a limit of time or memory; /stats tells the limits, /metrics and
    /health how it is going. Stop it with Ctrl-C or SIGTERM: answers under way get 5 seconds.
    """
    log_to_stderr(choices.log_format)
    elsewhere.require_address()
    # The port first: it is what most often goes wrong, and is tried in no time.
    with listen(host, port) as opened:
        store = _opened_while_importing(corpus=corpus, data=data, named=named, add=add)

        from tiesgraph.cli.edition import edition_of
        from tiesgraph.pack import open_outline
        from tiesgraph.web.server import serve
        from tiesgraph.web.site import Site
        from tiesgraph.workers import Pool

        edition = elsewhere.edition(edition_of(store, corpus, data, named, add))
        outline = None if data or named else open_outline(root=corpus)
        # Forked before anything makes a thread that stays.
        pool = Pool(store, limits=choices.limits())
        runner = elsewhere.runner(store, pool, choices.limits())
        site = Site.of(store, runner=runner, edition=edition, outline=outline, settings=choices.settings())
        _say(f"SPARQL endpoint at {_url(opened)}/sparql (Ctrl-C ends it)", choices.log_format)
        serve(site, at=opened, drain=runner.drain)


def _opened_while_importing(
    *, corpus: Path | None, data: tuple[Path, ...], named: tuple[str, ...], add: tuple[Path, ...]
) -> Store:
    """The graph; what serves it is imported meanwhile, since the engine loads without the interpreter."""
    importing = threading.Thread(target=import_module, args=("tiesgraph.web.server",))
    # Loading takes longest, so it must not wait for two threads that import by turns.
    import_module("tiesgraph.dataset" if data or named else "tiesgraph.pack")
    importing.start()
    try:
        return open_source(corpus=corpus, data=data, named=named, add=add)
    finally:
        importing.join()


def _say(text: str, log_format: str | None) -> None:
    """Tell the user; as a line of the log where programs read it."""
    if log_format == "json":
        _log.info(text)
    else:
        click.echo(text, err=True)
