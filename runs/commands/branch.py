"""Go on from one run of a result at a date: with other draws, and with other parameters and events from there on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from article10.agents.name import file_name
from article10.runs.commands.application import (
    Csv,
    Figures,
    Force,
    NoFigures,
    Quiet,
    Record,
    Settings,
    parsed_changes,
    refuse,
)
from article10.runs.commands.run import report, write
from article10.runs.ensemble.branch import branch as grow
from article10.runs.ensemble.branch_scenario import branch_setup
from article10.runs.ensemble.recorder import bytes_of_a_run, check_record, with_run_variables
from article10.runs.ensemble.result import load
from article10.runs.output.folder import output_folder
from article10.runs.output.path import check_figures
from article10.runs.output.progress import progress_shown


def branch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `article10 run` has written.")],
    at: Annotated[str, typer.Option("--at", metavar="DATE", help="Date of the fork, as 2028-06-01.")],
    run: Annotated[int, typer.Option(metavar="K", help="Number of the run that goes on.", min=0)] = 0,
    settings: Settings = None,
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="SCENARIO|FILE",
            help="Events and parameters that hold from the fork on (repeat the option for several).",
        ),
    ] = None,
    runs: Annotated[int | None, typer.Option(metavar="N", help="Number of runs [default: 1000].", min=1)] = None,
    own_draws: Annotated[bool, typer.Option("--own-draws", help="Run K alone goes on, with its own draws.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the results [default: results/SCENARIO].")] = None,
    force: Force = False,
    record: Record = None,
    figures: Figures = None,
    no_figures: NoFigures = False,
    csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """All runs have the past of run K. From the fork on, run J has the draws of run J of the same seed.

    The folder then holds what `article10 run` writes. The default folder is named after the scenario and the date.
    """
    if no_figures:
        refuse("with --no-figures", figures=figures)
    if own_draws:
        refuse("with --own-draws", runs=runs)
    drawn, n_runs = check_figures("png" if figures is None else figures, "--figures"), 1 if own_draws else runs or 1000
    kept, changes, combine = check_record(record or ("stance",)), parsed_changes(settings or ()), with_ or ()
    state = load(folder).state(run, at)
    setup = branch_setup(state.setups()[-1], state, combine, changes)
    name = setup.scenario.name
    place = out or Path("results") / file_name(name)
    with output_folder(place, force, n_runs * bytes_of_a_run(setup, with_run_variables(kept))) as unfinished:
        with progress_shown(name, quiet=quiet) as show:
            made = grow(
                state, n_runs, combine=combine, changes=changes, own_draws=own_draws, record=kept, progress=show
            )
        write(made, unfinished, False if no_figures else drawn, csv)
    report(made, place, quiet)
