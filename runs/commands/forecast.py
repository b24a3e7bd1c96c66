"""The command that locks a forecast, or scores one that was locked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from article10.agents.short_error import ArgumentError
from article10.model.scenario_file import read_scenario
from article10.runs.commands.application import EditionChoice, Seed, Settings, Source, console, parsed_changes, refuse
from article10.runs.evidence.forecast import Forecast
from article10.runs.evidence.forecast import forecast as forecast_of
from article10.runs.evidence.forecast_scores import FORECASTERS, SCORES, Scores, score_forecast
from article10.runs.output.folder import check_room
from article10.runs.output.progress import progress_shown
from article10.runs.output.table import FittedTable, ResultTable
from article10.runs.statistics.forms import PERCENT

FORECAST_BYTES = 200_000
"""About what a locked forecast takes on the disk."""

ALL_ROWS = 10_000
"""All questions are shown."""


def forecast(
    scenario: Source = "baseline",
    score: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Score this locked forecast, instead of making one.")
    ] = None,
    outcomes: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="With --score: table of outcomes [default: FILE with -outcomes.csv]."),
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(metavar="TOML", help="The questions [default: those of the edition].")
    ] = None,
    runs: Annotated[int, typer.Option(metavar="N", help="Number of runs.", min=1)] = 4000,
    draws: Annotated[int, typer.Option(metavar="N", help="Number of draws of the parameters.", min=1)] = 64,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Annotated[Path | None, typer.Option(help="Folder in which to lock the forecast [default: none].")] = None,
) -> None:
    """The forecast is printed, and with --out locked in a file with a hash, beside earlier ones and never over one.

    A locked file is not written to again: --score leaves it as it is and writes the scores beside it.
    """
    if score is not None:
        refuse("with --score", questions=questions, set=settings, edition=edition, out=out)
        _show_scores(score_forecast(score, outcomes or score.with_name(f"{score.stem}-outcomes.csv")))
        return
    if outcomes is not None:
        raise ArgumentError("--outcomes: of no use without --score, which names the locked forecast")
    chosen = read_scenario(scenario, parsed_changes(settings or (), edition))
    if out is not None and out.exists() and not out.is_dir():
        raise ArgumentError(f"--out {out}: is a file, expected a folder")
    if out is not None:
        check_room(out, FORECAST_BYTES)
    with progress_shown("forecast") as done:
        found = forecast_of(chosen, runs, seed, questions=questions, draws=draws, progress=done)
    _show(found)
    if out is not None:
        console().print(f"Locked: {escape(str(found.lock(out)))}", soft_wrap=True)


def _show(found: Forecast) -> None:
    rows = found.table
    ends = zip(rows["parameters_low"], rows["parameters_high"], strict=True)
    over = ["–" if low != low else f"[{low:.1%}, {high:.1%}]" for low, high in ends]
    columns = ["probability", "probability_low", "probability_high", "runs", "resolves"]
    frame = rows[columns].assign(parameter_range=over)
    table = ResultTable(f"Forecast of {found.content['date']}", frame, {"probability": PERCENT}, ALL_ROWS)
    console().print(FittedTable(table))
    for name, covers in found.content["intervals"].items():
        console().print(f"{escape(name.replace('_', ' ').capitalize())}: {escape(covers)}.")


def _show_scores(found: Scores) -> None:
    forms = {str(column): "{:.3f}" for column in found.table if column != "outcome"}
    table = ResultTable("Scores, lower is better", found.table, forms, ALL_ROWS)
    if table.is_shown:
        console().print(FittedTable(table))
    for name in SCORES:
        means = found.content["mean"][name]
        said = ", ".join(f"{who} {float(means[who]):.3f}" for who in FORECASTERS if means[who] is not None)
        sys.stdout.write(f"Mean {name} score: {said or 'no question is resolved'}\n")
    void = len(found.content["void"])
    sys.stdout.write(f"Resolved {len(found.content['rows'])}, void {void}, open {found.content['open']}\n")
    console().print(f"Scores: {escape(str(found.write()))}", soft_wrap=True)
