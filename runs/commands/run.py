"""Run a scenario, run a design, print one run as a story."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from article10.agents.name import file_name
from article10.model.arguments import whole
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.runs.batches.batch import run_batch
from article10.runs.batches.design import Design
from article10.runs.batches.summary import rendered_batch
from article10.runs.commands.application import (
    INTERRUPTED,
    SOME_FAILED,
    Csv,
    EditionChoice,
    Figures,
    Force,
    NoFigures,
    Quiet,
    Record,
    Seed,
    Settings,
    Source,
    console,
    parsed_changes,
    refuse,
)
from article10.runs.ensemble.branch import rerun_any
from article10.runs.ensemble.recorder import bytes_of_a_run, check_record, with_run_variables
from article10.runs.ensemble.result import EnsembleResult, load
from article10.runs.ensemble.simulate import simulate
from article10.runs.ensemble.summary import summarise
from article10.runs.ensemble.summary_text import rendered
from article10.runs.output.folder import output_folder
from article10.runs.output.path import check_figures
from article10.runs.output.progress import progress_shown
from article10.runs.stories import replay as telling

KIND_STYLE = {"council": "bold", "accession": "bold green", "war": "red", "election": "cyan", "moves": "dim"}


def run(
    scenario: Source = "baseline",
    runs: Annotated[int, typer.Option(metavar="N", help="Number of runs.", min=1)] = 1000,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results [default: results/SCENARIO].")] = None,
    force: Force = False,
    record: Record = None,
    figures: Figures = None,
    no_figures: NoFigures = False,
    csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """The folder then holds the data (result.nc), a table of outcomes, a summary, the scenario, and figures."""
    chosen = read_scenario(scenario, parsed_changes(settings or (), edition))
    kept = check_record(record or ("stance",))
    setup = Setup.of(chosen)
    whole("--seed", seed)
    if no_figures:
        refuse("with --no-figures", figures=figures)
    drawn = check_figures("png" if figures is None else figures, "--figures")
    folder = out or Path("results") / file_name(chosen.name)
    with output_folder(folder, force, runs * bytes_of_a_run(setup, with_run_variables(kept))) as unfinished:
        with progress_shown(chosen.name, quiet=quiet) as show:
            result = simulate(chosen, runs, seed, record=kept, progress=show)
        write(result, unfinished, False if no_figures else drawn, csv)
    report(result, folder, quiet)


def write(result: EnsembleResult, folder: Path, figures: str | bool, csv: bool) -> None:
    """Write a result, with figures in a format or without any, and its tables if they are asked for."""
    result.write(folder, figures=figures)
    if csv:
        result.to_csv(folder / "csv")


def report(result: EnsembleResult, folder: Path, quiet: bool) -> None:
    """Print the summary of a result, unless quiet, and where it is."""
    if not quiet:
        console().print(rendered(summarise(result)))
    console().print(f"Results: {escape(str(folder))}", soft_wrap=True)


def batch(
    design: Annotated[
        Path,
        typer.Argument(
            metavar="DESIGN.toml", help="The design: scenarios, parameter values, runs; docs/batches.md describes it."
        ),
    ],
    edition: EditionChoice = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the batch [default: results/DESIGN].")] = None,
    workers: Annotated[int | None, typer.Option(help="Number of processes [default: one per core].")] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            help='Run on Dask: "local", "local:PORT" to show its dashboard at that port, or the address of a scheduler.'
        ),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Retry the failed points.")] = False,
    quiet: Quiet = False,
) -> None:
    """Run the same command again to resume after an interruption."""
    folder = out or Path("results") / design.stem
    try:
        asked = Design.read(design, edition=edition)
        done = run_batch(asked, folder, workers=workers, cluster=cluster, retry_failed=retry_failed, progress=not quiet)
    except KeyboardInterrupt:
        sys.stderr.write(f"article10: stopped; what is done is in {folder}, and the same command resumes from it\n")
        raise typer.Exit(INTERRUPTED) from None
    if not quiet:
        console().print(rendered_batch(done))
    console().print(f"Batch: {escape(str(folder))}", soft_wrap=True)
    if len(done.failures):
        raise typer.Exit(SOME_FAILED)


def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `article10 run` has written.")],
    run: Annotated[int, typer.Option(help="Number of the run.")] = 0,
    member: Annotated[str | None, typer.Option(help="Print only what concerns this member: its name or code.")] = None,
    year: Annotated[int | None, typer.Option(help="Print only this year.")] = None,
) -> None:
    """The story says which members moved and why, and who objected when."""
    result = load(folder)
    code = None if member is None else result.scenario.members().code(member)
    told = telling.story(rerun_any(result, run, telling.RECORD))
    screen = console()
    screen.print(f"[bold]Run {run} of {escape(result.scenario.name)}, seed {result.seed}[/bold]")
    for entry in told:
        if (year in (None, entry.day.year)) and (code is None or not entry.members or code in entry.members):
            style = KIND_STYLE.get(entry.kind, "default")
            screen.print(f"{entry.day}  [{style}]{escape(entry.text)}[/{style}]", soft_wrap=not screen.is_terminal)
