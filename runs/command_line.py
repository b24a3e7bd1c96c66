"""The command line: what each command is for, and where it is; a command is imported when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from article10.runs.analyses.registry import ANALYSES, Analysis
from article10.runs.commands.application import clear_errors

ROOM = "article10.runs.commands."


@dataclass(frozen=True)
class Command:
    """What is known of a command before it is imported.

    Attributes:
        summary: its line in ``article10 --help``.
        function: where it is, as ``"module:attribute"`` within ``runs/commands``.
        extra: the extra that it needs; empty if it needs none.
        kept: the option that names a folder from which an interrupted command resumes; empty if it has none.
        analysis: the analysis that it asks for, if it has no options of its own.
    """

    summary: str
    function: str
    extra: str = ""
    kept: str = ""
    analysis: Analysis | None = None

    def load(self) -> Callable[..., None]:
        """The function with the options of the command, imported now."""
        module, _, attribute = self.function.partition(":")
        found: Callable[..., Any] = getattr(import_module(ROOM + module), attribute)
        return found if self.analysis is None else found(self.analysis)


RUNS = {
    "run": Command("Simulate a scenario many times, print a summary, and write the results.", "run:run"),
    "batch": Command("Run a design of many scenarios or parameter values.", "run:batch", "analysis"),
    "branch": Command("Go on from one run at a date, with other draws, parameters and events.", "branch:branch"),
    "replay": Command("Print one run as a story, with dates.", "run:replay"),
    "dashboard": Command("Watch a run in the browser, and change its parameters.", "dashboard:dashboard", "dashboard"),
}

WITH_OPTIONS_OF_THEIR_OWN = {
    "influence": partial(Command, function="analyses:influence"),
    "compare": partial(Command, function="analyses:compare"),
    "claims": partial(Command, function="analyses:claims"),
    "why": partial(Command, function="analyses:why"),
    "guarantees": partial(Command, function="analyses:guarantees"),
    "sensitivity": partial(Command, function="analyses:sensitivity", kept="batch"),
    "tune": partial(Command, function="analyses:tune", kept="out"),
    "hindcast": partial(Command, function="evidence:hindcast"),
    "rivals": partial(Command, function="evidence:rivals"),
    "history-match": partial(Command, function="evidence:history_match"),
    "nowcast": partial(Command, function="nowcast:nowcast"),
}
"""The commands of analyses that take more than a scenario, runs and a seed; the others share ``asking:asking``."""

REPORTS = {
    "report": Command("Write a one-page report on a scenario, to send to others.", "analyses:report", "analysis"),
    "brief": Command("Write one page in plain words on a scenario.", "analyses:brief", "analysis"),
    "forecast": Command(
        "Lock a forecast of stated questions, or score one that was locked.", "forecast:forecast", "analysis"
    ),
    "scenarios": Command("List the scenarios that come with the package.", "scenarios:scenarios"),
    "new": Command("Begin a scenario of your own: a file with everything that can be stated.", "new:new"),
    "edition": Command("List the editions, begin one of your own, check one, compare two.", "edition:edition"),
    "parameters": Command("List the parameters, with values, ranges, meanings and sources.", "look:parameters"),
    "roster": Command("Print the members of the alliance and what is fixed about them.", "look:roster"),
}


def commands() -> dict[str, Command]:
    """Every command by its name, in the order of the help; those of a user's own analyses among them."""
    asked: dict[str, Command] = {}
    for analysis in ANALYSES.values():
        name = analysis.command.partition(" ")[0]
        if name in WITH_OPTIONS_OF_THEIR_OWN:
            made = WITH_OPTIONS_OF_THEIR_OWN[name](summary=analysis.question, extra=analysis.extra)
        else:
            made = Command(analysis.question, "asking:asking", analysis.extra, analysis=analysis)
        if name:
            asked.setdefault(name, made)
    return {**RUNS, **asked, **REPORTS}


class LazyCommands(TyperGroup):
    """A group of commands of which only the one that is asked for is imported."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - Click's context, which Typer brings along
        """The names of all commands."""
        return list(commands())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - likewise
        """A command by its name, imported now; None if there is none."""
        command = commands().get(cmd_name)
        return None if command is None else clickable(cmd_name, command)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - likewise
        """The command that is asked for; the message about a name that does not exist suggests the nearest."""
        self.commands: Any = dict.fromkeys(commands())  # names alone: ``get_command`` imports what is asked for
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - likewise
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.summary) for name, command in commands().items()])


def bare(**options: Any) -> typer.Typer:  # noqa: ANN401 - options of Typer
    """An application as all of ours are: no completion to install, plain text, tracebacks as Python has them."""
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, **options)


def clickable(name: str, command: Command) -> Any:  # noqa: ANN401 - Click's command, which Typer brings along
    """A command as Typer runs it; its help is its summary and what the function says."""
    alone, function = bare(), command.load()
    text = f"{command.summary}\n\n{function.__doc__ or ''}"
    alone.command(name, help=text)(clear_errors(function, command.extra, command.kept))
    return typer.main.get_command(alone)


def _print_version(asked: bool) -> None:
    if asked:
        from article10.runs.ensemble.provenance import version

        sys.stdout.write(f"article10 {version()}\n")
        raise typer.Exit


app = bare(cls=LazyCommands, no_args_is_help=True)


@app.callback()
def main_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Simulate how NATO decides on admitting a country."""


def main() -> None:
    """Entry point of the command ``article10``."""
    app()


if __name__ == "__main__":
    main()
