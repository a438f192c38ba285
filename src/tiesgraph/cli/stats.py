"""`tiesgraph stats`: what the graph holds and took to make, and the versions and limits it is served with."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from pathlib import Path

import click
import pyoxigraph

from tiesgraph.cli.source import corpus_option, open_source, progress
from tiesgraph.names import TIES, prefixes, shorten
from tiesgraph.store import Store

__all__ = ["command"]

_CLASSES = "SELECT ?key (COUNT(?thing) AS ?n) { ?thing a ?key } GROUP BY ?key ORDER BY DESC(?n) ?key"
_PER_PAGE = """
PREFIX ties: <{ties}>
SELECT ?number ?statements ?links {{
    ?page ties:number ?number ; ties:statementCount ?statements ; ties:evidenceCount ?links
}}
ORDER BY ?number
""".format(ties=TIES + "")
_STATES = f"SELECT ?key (COUNT(?page) AS ?n) {{ ?page <{TIES['pageState'].value}> ?key }} GROUP BY ?key ORDER BY ?key"


def _counts(store: Store, query: str) -> dict[str, int]:
    """The numbers of a query that counts `?n` by `?key`, by shortened IRI, in the query's order."""
    table = prefixes()
    rows = ((row["key"], row["n"]) for row in store.select(query))
    return {shorten(key.value, table): int(n.value) for key, n in rows}


def _page_counts(store: Store) -> dict[str, dict[str, int]]:
    """Page number → how many statements its file makes, and how many of them link to a footnote."""
    rows = store.select(_PER_PAGE)
    return {
        row["number"].value: {"statements": int(row["statements"].value), "evidence": int(row["links"].value)}
        for row in rows
    }


def _facts(corpus: Path | None) -> dict[str, object]:
    """All that the command prints, by heading."""
    from tiesgraph import __version__, pack
    from tiesgraph.corpus import Corpus

    root = pack.checkout_root()
    if corpus is not None and (root is None or corpus.resolve() != root):
        with progress() as draw:
            store, manifest = pack.build(Corpus.at(corpus), progress=draw)
    else:
        store = open_source(corpus=corpus)
        manifest = pack.read_manifest()
    return {
        "version": __version__,
        "versions": {
            "tiesgraph": __version__,
            "pyoxigraph": pyoxigraph.__version__,
            "python": platform.python_version(),
        },
        "limits": _limits(),
        "content hash": manifest.content_hash,
        "triples": len(store),
        "graphs": manifest.graphs,
        "classes": _counts(store, _CLASSES),
        "pages": _counts(store, _STATES),
        "page counts": _page_counts(store),
        "seconds": manifest.seconds,
    }


def _limits() -> dict[str, float]:
    """What `tiesgraph serve` allows where it is not told otherwise; `/stats` of a server tells what that one does."""
    from tiesgraph.cut import Cap
    from tiesgraph.guard import LIMITS
    from tiesgraph.workers import Limits

    work, answer = Limits(), Cap()
    return {
        "seconds": work.seconds,
        "memory_bytes": work.memory,
        "memory_bytes_together": work.total,
        "workers": work.workers,
        "queue": work.queue,
        "query_characters": LIMITS.characters,
        "query_nesting": LIMITS.depth,
        "query_clauses": LIMITS.clauses,
        "answer_rows": answer.rows,
        "answer_bytes": answer.bytes,
    }


def _print(facts: Mapping[str, object]) -> None:
    """The facts as text: plain ones first, then each table under its heading."""
    from tiesgraph.cli.tables import print_table

    for name, value in facts.items():
        if not isinstance(value, dict):
            click.echo(f"{name}: {value}")
    headings: dict[str, tuple[str, ...]] = {
        "versions": ("what", "version"),
        "limits": ("limit", "value"),
        "graphs": ("graph", "triples"),
        "classes": ("class", "things"),
        "pages": ("state", "pages"),
        "seconds": ("stage", "seconds"),
    }
    for name, heading in headings.items():
        value = facts[name]
        if isinstance(value, dict) and value:
            print_table(heading, ([key, str(number)] for key, number in value.items()))
    pages = facts["page counts"]
    if isinstance(pages, dict) and pages:
        rows = ([page, str(counts["statements"]), str(counts["evidence"])] for page, counts in pages.items())
        print_table(("page", "statements", "evidence links"), rows)


@click.command(name="stats")
@click.option(
    "--format",
    "-f",
    "name",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to write the counts.",
)
@corpus_option
def command(name: str, corpus: Path | None) -> None:
    """Count what the graph holds: triples by graph, things by class, pages by state; and versions and limits.

    \b
    Examples:
      tiesgraph stats
      tiesgraph stats --format json
    """
    facts = _facts(corpus)
    if name == "json":
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        _print(facts)
