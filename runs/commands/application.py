"""What all commands share: their errors, their console, their common options; light, because every start imports it."""

from __future__ import annotations

import functools
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from article10.model.scenario_file import SetOptions

BAD_INPUT, SOME_FAILED, INTERRUPTED = 2, 3, 130
"""Exit codes, beside 0."""

P = ParamSpec("P")


def console(stderr: bool = False) -> Console:
    """Where to print: as wide as the terminal or as ``COLUMNS`` says, or 100 columns where there is neither."""
    from rich.console import Console

    is_known = (sys.stderr if stderr else sys.stdout).isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, width=None if is_known else 100, highlight=False, emoji=False)


def clear_errors(command: Callable[P, None], extra: str = "", kept: str = "") -> Callable[P, None]:
    """Turn what users can get wrong into one message and an exit code, without a traceback; warnings into one line.

    Args:
        command: the function to guard.
        extra: the extra that it needs, checked before it does anything.
        kept: the option that names a folder from which the command, if interrupted, resumes.
    """

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        from article10.model.extras import MissingExtraError, missing_module, require

        try:
            if extra:
                require(extra, command.__name__)
            with plain_warnings():
                command(*args, **kwargs)
        except (OSError, ValueError, KeyError, MemoryError) as error:
            sys.stderr.write(f"article10: {_one_message(error)}\n")
            raise typer.Exit(BAD_INPUT) from None
        except ImportError as error:
            told = error if isinstance(error, MissingExtraError) else missing_module(error)
            sys.stderr.write(f"article10: {told}\n")
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt as stop:
            done = stop.args[0] if stop.args else kwargs.get(kept)
            hint = f"; what is done is in {done}, and the same command resumes from it" if done else ""
            sys.stderr.write(f"article10: stopped{hint}\n")
            raise typer.Exit(INTERRUPTED) from None

    return guarded


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Say each warning of ours once and in one line, without the place in the code that other warnings name."""
    said: set[str] = set()
    with warnings.catch_warnings():
        others = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *where: Any) -> None:  # noqa: ANN401 - as in warnings
            if not category.__module__.startswith("article10."):
                others(message, category, *where)
            elif str(message) not in said:
                said.add(str(message))
                sys.stderr.write(f"article10: {message}\n")

        warnings.showwarning = show  # type: ignore[assignment] # it passes on where, whatever that is
        yield


def _one_message(error: Exception) -> str:
    from article10.agents.name import visible

    text = str(error.args[0]) if isinstance(error, KeyError) else str(error)
    if isinstance(error, OSError) and error.filename:
        text = f"{error.filename}: {error.strerror}"
    return ("too little memory: " if isinstance(error, MemoryError) else "") + visible(text)


def parsed_changes(settings: Iterable[str], edition: str | None = None) -> SetOptions:
    """Changes from ``key=value`` words; values are TOML, bare words are strings.

    >>> parsed_changes(["stance.peer_rate=0.6", "russia.strategy=inert"])
    {'stance.peer_rate': 0.6, 'russia.strategy': 'inert'}
    """
    from article10.agents.short_error import ScenarioError, named
    from article10.model.scenario_file import SetOptions

    changes = SetOptions()
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise ScenarioError(f"--set {setting!r}: expected key=value, for example stance.peer_rate=0.6")
        if key.strip() in changes:
            raise ScenarioError(f"--set {named(key.strip())}: given twice")
        changes[key.strip()] = _toml_value(value.strip())
    if edition is not None:
        if "edition" in changes:
            raise ScenarioError("--edition: given beside --set edition; leave one of them out")
        changes["edition"] = edition
    return changes


def _toml_value(text: str) -> object:
    """A value as TOML has it; what is not TOML is a bare word."""
    from article10.model.toml_file import MalformedTomlError, parse_toml

    try:
        return parse_toml(f"value = {text}", "--set")["value"]
    except MalformedTomlError:
        return text


def refuse(beside: str, **options: object) -> None:
    """Refuse options that would be ignored.

    Args:
        beside: the choice that has no use for them, as the user reads it.
        options: values by name, None or False where they were not given.

    Raises:
        ScenarioError: one was given.
    """
    from article10.agents.short_error import ScenarioError
    from article10.runs.analyses.result import listed

    given = [f"--{name}" for name, value in options.items() if value is not None and value is not False]
    if given:
        raise ScenarioError(f"{listed(given)}: of no use {beside}; leave it out")


# --- options that several commands have -----------------------------------------------------------------------------

Source = Annotated[str, typer.Argument(metavar="[SCENARIO|FILE]", help="Name of a scenario, or path of a TOML file.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change a parameter of the scenario (repeat the option for several)."
    ),
]
EditionChoice = Annotated[
    str | None,
    typer.Option("--edition", metavar="NAME|DIR", help="The edition to stand on [default: the newest]."),
]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of the random numbers.", min=0)]
Figures = Annotated[
    str | None, typer.Option("--figures", metavar="png|svg|pdf", help="Format of the figures [default: png].")
]
Record = Annotated[
    list[str] | None,
    typer.Option(help="Variable to record at every step (repeat the option for several) [default: stance]."),
]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="Draw no figures.")]
Csv = Annotated[bool, typer.Option("--csv", help="Write tables for other programs too, into csv/.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress and no summary.")]
Force = Annotated[bool, typer.Option("--force", help="Replace results that article10 wrote there before.")]
