"""The editions: list them, begin one of one's own, check it, and compare two."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from article10.agents.short_error import ArgumentError
from article10.model.edition import EditionError, read_edition
from article10.model.edition_check import edition_mistakes
from article10.model.edition_diff import edition_differences
from article10.model.shipped import default_edition, edition_folder, editions
from article10.runs.commands.application import BAD_INPUT

ACTIONS = ("list", "new", "check", "diff")


def edition(
    action: Annotated[str, typer.Argument(metavar="list|new|check|diff", help="What to do.")],
    first: Annotated[
        str | None, typer.Argument(metavar="[DIR|NAME]", help="A folder, or the name of an edition.")
    ] = None,
    second: Annotated[
        str | None, typer.Argument(metavar="[DIR|NAME]", help="With diff: the edition to compare.")
    ] = None,
    source: Annotated[str | None, typer.Option("--from", metavar="NAME", help="With new: the edition to copy.")] = None,
    runs: Annotated[int, typer.Option(metavar="N", help="With diff: number of paired runs; 0 for none.", min=0)] = 200,
    seed: Annotated[int, typer.Option(metavar="N", help="With diff: seed of the random numbers.", min=0)] = 0,
) -> None:
    """List, begin, check or compare editions.

    `list` names the editions. `new DIR --from NAME` copies one to fill in. `check DIR` says what is wrong in a folder,
    with file, row and column. `diff A B` says what differs, table by table, and what that does to the outcomes.
    """
    if action == "list":
        _list()
    elif action == "new" and first:
        _new(Path(first), source or default_edition())
    elif action == "check" and first:
        _check(first)
    elif action == "diff" and first and second:
        _diff(first, second, runs, seed)
    elif action in ACTIONS:
        needed = "two editions" if action == "diff" else "a folder"
        raise ArgumentError(f"edition {action}: expected {needed}; see article10 edition --help")
    else:
        raise ArgumentError(f"edition {action}: expected one of {', '.join(ACTIONS)}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _list() -> None:
    for name in editions():
        one = read_edition(name)
        default = "  (default)" if name == default_edition() else ""
        _say(f"{name}  {one.file.title}; evidence up to {one.file.last_day_of_evidence}{default}")


def _new(folder: Path, source: str) -> None:
    known = read_edition(source)
    if folder.exists() and any(folder.iterdir()):
        raise EditionError(f"{folder}: exists and is not empty; give a new folder")
    shutil.copytree(str(edition_folder(known.name)), folder, dirs_exist_ok=True)
    _say(f"{folder}: a copy of {known.name} to fill in; then: article10 edition check {folder}")


def _check(folder: str) -> None:
    place = Path(str(edition_folder(folder)))
    if wrong := edition_mistakes(place):
        _say("\n".join(wrong))
        raise typer.Exit(BAD_INPUT)
    found = read_edition(folder)
    _say(f"{folder}: in order: {len(found.members)} members, candidate {found.candidate.name}")


def _diff(first: str, second: str, runs: int, seed: int) -> None:
    one, other = read_edition(first), read_edition(second)
    for line in edition_differences(one, other) or ["no differences"]:
        _say(line)
    if runs:
        from article10.runs.analyses.editions import edition_effect

        _say("\n".join(edition_effect(one, other, runs, seed)))
