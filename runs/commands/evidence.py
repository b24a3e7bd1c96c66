"""The commands that compare the model with what happened, and with other models."""

from __future__ import annotations

from typing import Annotated

import typer

from article10.model.scenario_file import read_scenario
from article10.runs.analyses.registry import ANALYSES
from article10.runs.commands.application import EditionChoice, Figures, Force, Seed, Settings, Source, parsed_changes
from article10.runs.commands.asking import Out, Runs, ask, give
from article10.runs.output.progress import progress_shown

Round = Annotated[
    str,
    typer.Argument(metavar="ROUND", help="The round: its folder, the name of a scenario, or the path of a TOML file."),
]
Observed = Annotated[str | None, typer.Option(help="CSV file of ratifications [default: that of the package].")]
Day = Annotated[str | None, typer.Option(help="Date of accession, YYYY-MM-DD, if the table is your own.")]
With = Annotated[
    list[str] | None, typer.Option("--fit-with", help="Folder of a round to fit with (repeat the option for several).")
]
Known = Annotated[
    bool, typer.Option("--pace-known", help="Score only members that did not support accession at signing.")
]


def hindcast(
    round_: Round,
    observed: Observed = None,
    accession: Day = None,
    fit_with: With = None,
    pace_known: Known = False,
    edition: EditionChoice = None,
    runs: Runs = 2000,
    seed: Seed = 0,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """The round is forecast from the speed of the other rounds and scored beside simple baselines."""
    asked = {"accession": accession, "fit_with": fit_with or (), "pace_known": pace_known, "runs": runs, "seed": seed}
    asked["edition"] = edition
    find = ANALYSES["hindcast"].load()
    with progress_shown("hindcast") as done:
        give(lambda: find(round_, observed, **asked, progress=done), out, force, figures)


def rivals(
    scenario: Source = "baseline",
    salience: Annotated[
        str, typer.Option(help="How much each member cares: exposure, equal or extremity.")
    ] = "exposure",
    past: Annotated[bool, typer.Option("--past/--no-past", help="Score the models on cases that are known.")] = True,
    runs: Runs = 500,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """Median voter, compromise, pivotal members and challenges take the stances of the first day as positions."""
    chosen = read_scenario(scenario, parsed_changes(settings or (), edition))
    ask("rivals", chosen, out, force, figures, salience=salience, past=past, runs=runs, seed=seed)


def history_match(
    scenario: Source = "baseline",
    waves: Annotated[int, typer.Option(metavar="N", help="Number of waves.", min=1)] = 3,
    points: Annotated[int, typer.Option(metavar="N", help="Number of points of a wave.", min=16)] = 256,
    runs_at_a_point: Annotated[
        int, typer.Option(metavar="N", help="Number of runs of each period at each point of a wave.", min=2)
    ] = 24,
    compared: Annotated[
        int, typer.Option(metavar="N", help="Number of points at which Russia's influence is measured.", min=2)
    ] = 32,
    runs: Runs = 120,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """All parameters with a plausible range vary together; what runs give is compared with 2022 to 2026.

    The scenario is that in which Russia's influence is asked for. With the defaults this takes some five minutes.
    """
    chosen = read_scenario(scenario, parsed_changes(settings or (), edition))
    asked = {"waves": waves, "n_points": points, "runs_at_a_point": runs_at_a_point, "compared": compared}
    ask("history_match", chosen, out, force, figures, **asked, runs=runs, seed=seed)
