"""`tiesgraph explain`: why a statement holds."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tiesgraph.cli.source import add_option, corpus_option, open_source
from tiesgraph.names import prefixes

__all__ = ["command"]


@click.command(name="explain")
@click.argument("subject")
@click.argument("predicate", required=False)
@click.argument("value", metavar="[OBJECT]", required=False)
@click.option(
    "--format",
    "-f",
    "name",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A tree for people, or JSON for programs: a list of explanations.",
)
@add_option
@corpus_option
def command(
    subject: str, predicate: str | None, value: str | None, name: str, add: tuple[Path, ...], corpus: Path | None
) -> None:
    """Tell why a statement holds: the pages that make it, with footnotes and sources, or what it follows from.

    Terms are written as in Turtle, with the graph's own prefixes; a stands for rdf:type and ? for anything.
    Without OBJECT every value is explained, without PREDICATE every statement of SUBJECT.

    \b
    Examples:
      tiesgraph explain exercise:guardian-north-16 ties:involves actor:japan
      tiesgraph explain agreement:japan-uk-acsa ties:signed
      tiesgraph explain exercise:guardian-north-16 ties:earliest '"2016-10-01"^^xsd:date'
      tiesgraph explain actor:msdf a --format json

    It ends with 0 if the statement holds, and with 1 if it does not: then with what does and is most like it.
    """
    from tiesgraph.explain import Explainer, as_json, as_text, read_statement

    asked = read_statement(subject, predicate, value, known=prefixes())
    explainer = Explainer(open_source(corpus=corpus, add=add))
    found = explainer.explain_all(*asked)
    if name == "json":
        click.echo(json.dumps([as_json(one) for one in found], ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(as_text(one) for one in found))
