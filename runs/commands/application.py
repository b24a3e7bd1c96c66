"""What all commands share: the application, its errors, its console, its progress bar, its common options."""

from __future__ import annotations

import functools
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Annotated, ParamSpec

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from article10.model.scenario import ScenarioError
from article10.model.scenario_file import SetOptions
from article10.runs.output_folder import OutputError
from article10.runs.provenance import version

BAD_INPUT, SOME_FAILED, INTERRUPTED = 2, 3, 130
"""Exit codes, beside 0."""

EXTRAS = {
    "analysis": ("SALib", "duckdb", "filelock", "jinja2", "optuna", "pyarrow", "scipy", "sklearn", "zarr"),
}
"""What an extra of ``pyproject.toml`` lets one import."""

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
P = ParamSpec("P")


def console(stderr: bool = False) -> Console:
    """Where to print: as wide as the terminal or as ``COLUMNS`` says, or 100 columns where there is neither."""
    is_known = (sys.stderr if stderr else sys.stdout).isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, width=None if is_known else 100, highlight=False)


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
            if any(find_spec(name) is None for name in EXTRAS.get(extra, ())):
                raise ScenarioError(f'{command.__name__} needs more: pip install "article10[{extra}]"')
            command(*args, **kwargs)
        except (ScenarioError, OutputError, OSError, ValueError, KeyError, MemoryError) as error:
            text = str(error.args[0]) if isinstance(error, KeyError) else str(error)
            if isinstance(error, OSError) and error.filename:
                text = f"{error.filename}: {error.strerror}"
            short = "too little memory: " if isinstance(error, MemoryError) else ""
            sys.stderr.write(f"article10: {short}{text}\n")
            raise typer.Exit(BAD_INPUT) from None
        except ImportError as error:
            sys.stderr.write(f'article10: {error}; this may need more: pip install "article10[analysis]"\n')
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
        try:
            changes[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            changes[key.strip()] = value.strip()
    return changes


@contextmanager
def progress_bar(label: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A bar on a terminal, silent elsewhere; moved by ``done(n)``, or ``done(n, total)`` where no total is given."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done, of=total: bar.update(task, completed=done, total=of)


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
