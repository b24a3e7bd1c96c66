"""The command that weighs runs by what has become known."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from article10.agents.short_error import ScenarioError, named
from article10.runs.analyses.registry import ANALYSES
from article10.runs.commands.application import (
    EditionChoice,
    Figures,
    Force,
    Seed,
    Settings,
    Source,
    console,
    parsed_changes,
)
from article10.runs.commands.asking import Out, give
from article10.runs.evidence.nowcast.nowcast_result import SCENARIO
from article10.runs.output.progress import progress_shown

Day = str | None


def nowcast(
    scenario: Source = "baseline",
    start: Annotated[Day, typer.Option("--from", metavar="DATE", help="First day [default: of the scenario].")] = None,
    until: Annotated[
        Day, typer.Option(metavar="DATE", help="Last day [default: of the edition after the scenario's].")
    ] = None,
    learn_until: Annotated[
        Day, typer.Option(metavar="DATE", help="Take in no row that became known later; score it [default: all].")
    ] = None,
    rows: Annotated[
        str | None, typer.Option(metavar="FILE.csv", help="Dated rows of your own [default: those of the package].")
    ] = None,
    known_events: Annotated[
        bool, typer.Option("--known-events/--no-known-events", help="Let the dated events happen in all runs.")
    ] = True,
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Change an assumption on rows (repeat the option for several)."),
    ] = None,
    runs: Annotated[int, typer.Option(metavar="N", help="Number of runs.", min=1)] = 10_000,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """Runs are weighed and resampled by dated positions, elections and a ceasefire, as these become known.

    A named scenario stands on the edition of December 2025, unless --from or --edition says otherwise. With --out, the
    folder also holds a scenario that starts from the filtered stances.
    """
    find = ANALYSES["nowcast"].load()
    days: dict[str, Any] = {"start": start, "until": until, "learn_until": learn_until}
    asked = {**days, "rows": rows, "known_events": known_events, "assumptions": _assumed(assume or ())}
    asked["changes"] = parsed_changes(settings or (), edition)
    with progress_shown("nowcast") as done:
        give(lambda: find(scenario, runs, seed, **asked, progress=done), out, force, figures)
    if out is not None and (out / SCENARIO).exists():
        console().print(f"Scenario from these stances: {escape(str(out / SCENARIO))}", soft_wrap=True)


def _assumed(settings: list[str] | tuple[str, ...]) -> dict[str, float]:
    """Assumptions from ``name=value`` words.

    Raises:
        ScenarioError: a word is not of that form.
    """
    found: dict[str, float] = {}
    for setting in settings:
        name, equals, value = (part.strip() for part in setting.partition("="))
        try:
            number = float(value)
        except ValueError:
            number = None
        if not name or not equals or number is None:
            raise ScenarioError(f"--assume {setting!r}: expected NAME=VALUE, for example wrong_row=0.2")
        if name in found:
            raise ScenarioError(f"--assume {named(name)}: given twice")
        found[name] = number
    return found
