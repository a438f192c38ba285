"""`tiesgraph query`: ask the graph, in SPARQL or by the name of a question."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from tiesgraph.cli.source import add_option, corpus_option, dataset_options, open_source
from tiesgraph.errors import MisuseError, QuerySyntaxError
from tiesgraph.media import GRAPH_FORMATS, RESULT_FORMATS
from tiesgraph.media import named as format_named
from tiesgraph.names import prefixes
from tiesgraph.query import Question, Result, parse_term, questions, run
from tiesgraph.store import Term

__all__ = ["command"]

_FORMATS = ("table", *(fmt.name for fmt in RESULT_FORMATS), *(fmt.name for fmt in GRAPH_FORMATS))


def _read(question: str) -> str:
    """The SPARQL that the argument stands for: a named question, `-`, a file, or the query itself.

    Raises:
        MisuseError: it is none of them; with the nearest question's name.
    """
    if question == "-":
        return _decoded(sys.stdin.buffer.read(), "stdin")
    known = {one.name: one for one in questions()}
    if question in known:
        return known[question].sparql
    if any(character in question for character in "{<\n") or question.lower().startswith(("describe ", "ask ")):
        return question
    file = Path(question)
    try:
        return _decoded(file.read_bytes(), question)
    except OSError as error:
        near = difflib.get_close_matches(question, known, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise MisuseError(
            f"{question!r} is no named question, no file and no query", mend=f"{hint}See: tiesgraph query --list"
        ) from error


def _decoded(raw: bytes, place: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MisuseError("the query is not UTF-8 text", place=place) from error


def _bindings(texts: tuple[str, ...], known: Mapping[str, str]) -> dict[str, Term]:
    """The values that `--bind name=term` gives to variables."""
    values = {}
    for text in texts:
        name, equals, term = text.partition("=")
        if not equals or not name.strip("?$"):
            raise MisuseError(f"--bind wants NAME=TERM, not {text}", mend="--bind partner=actor:united-kingdom")
        values[name.strip("?$")] = parse_term(term, known=known)
    return values


def _pointed(text: str, error: QuerySyntaxError) -> str:
    """The line of the query that the error is about, with a caret under its column."""
    if error.line is None or error.column is None:
        return ""
    line = text.split("\n")[error.line - 1].replace("\t", " ")
    return f"{line}\n{' ' * (error.column - 1)}^"


def _show_table(result: Result) -> None:
    """The result as a table for people: IRIs shortened, literals by their text."""
    from tiesgraph.cli.tables import print_table, show_term

    names, rows = result.table()
    count = print_table(names, ([show_term(term, result.prefixes) for term in row] for row in rows))
    click.echo(f"{count} row{'' if count == 1 else 's'}", err=True)


def _list(known: list[Question]) -> None:
    """The named questions under their topics."""
    topic = None
    for one in known:
        if one.topic != topic:
            click.echo(f"{'' if topic is None else chr(10)}{one.topic}")
            topic = one.topic
        click.echo(f"  {one.name}\n      {one.text}")
        for parameter in one.parameters:
            click.echo(f"      --bind {parameter.name}=…  {parameter.text}")
    click.echo(f"{len(known)} question{'' if len(known) == 1 else 's'}", err=True)


@click.command(name="query")
@click.argument("question", required=False)
@click.option("--list", "listing", is_flag=True, help="List the named questions by topic and end.")
@click.option("--show", is_flag=True, help="Print the SPARQL instead of running it.")
@click.option(
    "--format", "-f", "name", type=click.Choice(_FORMATS), help="How to write the answer. [default: table, or ttl]"
)
@click.option("--bind", metavar="NAME=TERM", multiple=True, help="Fix a variable of the query. May be repeated.")
@add_option
@dataset_options
@corpus_option
def command(
    question: str | None,
    listing: bool,
    show: bool,
    name: str | None,
    bind: tuple[str, ...],
    data: tuple[Path, ...],
    named: tuple[str, ...],
    add: tuple[Path, ...],
    corpus: Path | None,
) -> None:
    """Ask the graph. QUESTION is a named question, a query, a file with one, or - for stdin.

    \b
    Examples:
      tiesgraph query --list
      tiesgraph query 'SELECT ?agreement ?signed { ?agreement ties:signed ?signed }'
      tiesgraph query question.rq --format csv > answer.csv
      echo 'DESCRIBE actor:japan' | tiesgraph query - --format ttl
      tiesgraph query --add mine.ttl 'SELECT ?s ?o { GRAPH graph:added-mine { ?s ties:about ?o } }'

    The graph's own prefixes (ties:, actor:, page: …) need not be declared here.
    """
    if listing:
        _list(questions())
        return
    if question is None:
        raise MisuseError("what is the question?", mend="See: tiesgraph query --help")
    text = _read(question)
    if show:
        click.echo(text.rstrip("\n"))
        return
    known = prefixes()
    values = _bindings(bind, known)
    store = open_source(corpus=corpus, data=data, named=named, add=add)
    try:
        result = run(store, text, known=known, bind=values)
    except QuerySyntaxError as error:
        click.echo(_pointed(text, error), err=True)
        raise
    _write(result, name)
    for hint in result.hints:
        click.echo(f"note: {hint}", err=True)


def _write(result: Result, name: str | None) -> None:
    """The result on stdout, in the format called `name`.

    Raises:
        MisuseError: that format does not fit the result.
    """
    if name == "table" or (name is None and not result.is_graph):
        _show_table(result)
        return
    fmt = format_named(name or "ttl", offered=result.formats)
    if fmt is None:
        fitting = ", ".join(one.name for one in result.formats)
        raise MisuseError(f"{name} does not fit this answer", mend=f"Fitting: table, {fitting}")
    body = result.serialize(fmt)
    click.echo(body, nl=not body.endswith(b"\n"))
