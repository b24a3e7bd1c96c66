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
from article10.model.extras import require
from article10.model.shipped import default_edition, edition_folder, editions
from article10.runs.commands.application import BAD_INPUT
from article10.runs.output.progress import progress_shown

ACTIONS = ("list", "new", "check", "diff", "outlook")


def edition(
    action: Annotated[str, typer.Argument(metavar="list|new|check|diff|outlook", help="What to do.")],
    first: Annotated[
        str | None, typer.Argument(metavar="[DIR|NAME]", help="A folder, or the name of an edition.")
    ] = None,
    second: Annotated[
        str | None, typer.Argument(metavar="[DIR|NAME]", help="With diff: the edition to compare.")
    ] = None,
    source: Annotated[str | None, typer.Option("--from", metavar="NAME", help="With new: the edition to copy.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With outlook: table to write, by default outlook.csv of the folder."),
    ] = None,
    runs: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="With diff: number of paired runs, 0 for none (default 200). With outlook: runs of each point (8).",
            min=0,
        ),
    ] = None,
    points: Annotated[
        int, typer.Option(metavar="N", help="With outlook: points of the plausible parameters.", min=1)
    ] = 12,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed of the random numbers.", min=0)] = None,
) -> None:
    """List, begin, check or compare editions, or fit the outlook of one.

    `list` names the editions. `new DIR --from NAME` copies one to fill in. `check DIR` says what is wrong in a folder,
    with file, row and column. `diff A B` says what differs, table by table, and what that does to the outcomes.
    `outlook DIR` fits, on the model's own runs, how likely accession looks to actors that look ahead.
    """
    if action == "list":
        _list()
    elif action == "new" and first:
        _new(Path(first), source or default_edition())
    elif action == "check" and first:
        _check(first)
    elif action == "diff" and first and second:
        _diff(first, second, 200 if runs is None else runs, seed or 0)
    elif action == "outlook" and first:
        _outlook(first, out, points, 8 if runs is None else runs, seed)
    elif action in ACTIONS:
        needed = "two editions" if action == "diff" else "a folder or a name" if action == "outlook" else "a folder"
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


def _outlook(edition: str, out: Path | None, points: int, runs: int, seed: int | None) -> None:
    require("analysis", "article10 edition outlook")
    from article10.runs.evidence.outlook_fit import SEED, Round, fit, write_outlook

    shipped = edition in editions()
    if out is None and shipped:
        raise ArgumentError(f"edition outlook {edition}: expected --out FILE, because this edition is installed")
    if runs < 1:
        raise ArgumentError(f"--runs {runs}: expected at least 1")
    path = out or Path(edition) / "outlook.csv"
    number = 0

    def told(each: Round) -> None:
        nonlocal number
        number += 1
        _say(
            f"round {number}: the chance of accession moves by {100 * each.moved:.1f} points (root mean square), at "
            f"most {100 * each.largest:.1f}, over {each.moments:,} moments"
        )

    with progress_shown("fitting the outlook", quiet=False) as show:
        rounds = fit(edition, points=points, runs=runs, seed=SEED if seed is None else seed, each=told, progress=show)
    write_outlook(rounds[-1].fitted, path)
    _say(f"{path}: written after {len(rounds)} rounds; skill over the mean share {rounds[-1].skill:.0%}")
