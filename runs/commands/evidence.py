"""The commands that hold the model against what happened."""

from __future__ import annotations

from typing import Annotated

import typer

from article10.runs.commands.analyses import Out, Runs, give
from article10.runs.commands.application import Force, Seed
from article10.runs.evidence.hindcast import hindcast as hindcast_of
from article10.runs.output.progress import progress_shown

Round = Annotated[str, typer.Argument(metavar="ROUND", help="A round's scenario: a name, or a TOML file.")]
Observed = Annotated[str | None, typer.Option(help="CSV file of ratifications [default: the package's own].")]
Day = Annotated[str | None, typer.Option(help="Day of accession, YYYY-MM-DD, for a table of your own.")]
Known = Annotated[bool, typer.Option("--pace-known", help="Judge only those that did not support at signing.")]


def hindcast(
    round_: Round,
    observed: Observed = None,
    accession: Day = None,
    pace_known: Known = False,
    runs: Runs = 2000,
    seed: Seed = 0,
    out: Out = None,
    force: Force = False,
) -> None:
    """Forecast a past round of accession by other rounds' speeds, and score it beside its baselines."""
    with progress_shown("hindcast") as done:
        give(
            lambda: hindcast_of(
                round_, observed, accession=accession, pace_known=pace_known, runs=runs, seed=seed, progress=done
            ),
            out,
            force,
        )
