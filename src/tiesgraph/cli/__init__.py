"""The command line. Results go to stdout and talk to stderr; 0 is clean, 1 has findings, 2 is misuse or bad input.

Each command lives in a module of its own, imported when it is called: `--help` should not wait for an engine.
"""

from __future__ import annotations

from importlib import import_module

import click

from tiesgraph.errors import TiesgraphError

__all__ = ["main"]

_COMMANDS = ("audit", "check", "explain", "export", "new", "push", "query", "serve", "stats")


def _failure(error: TiesgraphError) -> click.ClickException:
    """An error of ours as click shows it: on stderr, with the exit code that the error owns."""
    shown = click.ClickException(str(error))
    shown.exit_code = error.exit_code  # type: ignore[misc] # click reads it from the instance
    return shown


class Commands(click.Group):
    """The commands, each imported when it is needed; a misspelt one is answered with the nearest."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click gives it
        """The names of all commands, for the help."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command called `cmd_name`, or None."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"tiesgraph.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with.

        Raises:
            click.UsageError: there is none of that name; with the nearest one.
        """
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], _COMMANDS, n=1, cutoff=0.4)
            hint = f" Did you mean {near[0]}?" if near else ""
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error of ours ends it in words, not in a stack trace."""
        try:
            return super().invoke(ctx)
        except TiesgraphError as error:
            raise _failure(error) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tiesgraph", prog_name="tiesgraph")
def main() -> None:
    """The security ties of Japan and Europe as an RDF graph in which every statement knows its page.

    \b
    Examples:
      tiesgraph serve                        a SPARQL endpoint at http://127.0.0.1:8000/sparql
      tiesgraph query --list                 the questions that come with the graph
      tiesgraph query 'SELECT * { ?s ?p ?o } LIMIT 5'
      tiesgraph export -o tiesgraph.trig.gz  the whole graph as a file
      tiesgraph explain actor:msdf a         why each of these statements holds
      tiesgraph push URL                     the graph into another SPARQL store
      tiesgraph audit                        where the report contradicts itself
    """
