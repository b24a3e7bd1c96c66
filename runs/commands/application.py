"""What all commands share: the application, its errors, its console, its common options."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable
from typing import Annotated, ParamSpec

import typer
from rich.console import Console

from article10.agents.name import visible
from article10.agents.short_error import named
from article10.model.extras import MissingExtraError, missing_module, require
from article10.model.scenario import ScenarioError
from article10.model.scenario_file import SetOptions
from article10.model.toml_file import MalformedTomlError, parse_toml
from article10.runs.ensemble.provenance import version
from article10.runs.output.folder import OutputError

BAD_INPUT, SOME_FAILED, INTERRUPTED = 2, 3, 130
"""Exit codes, beside 0."""

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
P = ParamSpec("P")


def console(stderr: bool = False) -> Console:
    """Where to print: as wide as the terminal or as ``COLUMNS`` says, or 100 columns where there is neither."""
    is_known = (sys.stderr if stderr else sys.stdout).isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, width=None if is_known else 100, highlight=False, emoji=False)


def clear_errors(command: Callable[P, None], extra: str = "", kept: str = "") -> Callable[P, None]:
    """Turn what users can get wrong into one message and an exit code, without a traceback.

    Args:
        command: to guard.
        extra: that it needs, checked before it does anything.
        kept: option that names a folder which the command, if stopped, goes on with.
    """

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            if extra:
                require(extra, command.__name__)
            command(*args, **kwargs)
        except (ScenarioError, OutputError, OSError, ValueError, KeyError, MemoryError) as error:
            text = str(error.args[0]) if isinstance(error, KeyError) else str(error)
            if isinstance(error, OSError) and error.filename:
                text = f"{error.filename}: {error.strerror}"
            short = "too little memory: " if isinstance(error, MemoryError) else ""
            sys.stderr.write(f"article10: {short}{visible(text)}\n")
            raise typer.Exit(BAD_INPUT) from None
        except ImportError as error:
            told = error if isinstance(error, MissingExtraError) else missing_module(error)
            sys.stderr.write(f"article10: {told}\n")
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            folder = kwargs.get(kept)
            hint = f"; what is done is in {folder}, and the same command goes on with it" if folder else ""
            sys.stderr.write(f"article10: stopped{hint}\n")
            raise typer.Exit(INTERRUPTED) from None

    return guarded


def parsed_changes(settings: Iterable[str]) -> SetOptions:
    """Changes from ``key=value`` words; values are TOML, bare words are strings.

    >>> parsed_changes(["stance.peer_rate=0.6", "russia.strategy=inert"])
    {'stance.peer_rate': 0.6, 'russia.strategy': 'inert'}
    """
    changes = SetOptions()
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise ScenarioError(f"--set {setting!r}: expected key=value, for example stance.peer_rate=0.6")
        if key.strip() in changes:
            raise ScenarioError(f"--set {named(key.strip())}: given twice")
        changes[key.strip()] = _toml_value(value.strip())
    return changes


def _toml_value(text: str) -> object:
    """A value as TOML has it; what is no TOML is a bare word."""
    try:
        return parse_toml(f"value = {text}", "--set")["value"]
    except MalformedTomlError:
        return text


def _print_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"article10 {version()}\n")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """How NATO decides on admitting a country, simulated."""


# --- options that several commands have -----------------------------------------------------------------------------

Source = Annotated[str, typer.Argument(metavar="[SCENARIO|FILE]", help="A scenario's name, or a TOML file.")]
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a parameter.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of all random streams.", min=0)]
Force = Annotated[bool, typer.Option("--force", help="Replace what article10 wrote there before.")]
