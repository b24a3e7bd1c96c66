"""What the commands of analyses share: their options, asking with progress shown, and giving the result."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.markup import escape

from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.registry import ANALYSES, Analysis
from article10.runs.analyses.result import AnalysisResult
from article10.runs.commands.application import (
    EditionChoice,
    Figures,
    Force,
    Seed,
    Settings,
    Source,
    console,
    parsed_changes,
    refuse,
)
from article10.runs.commands.kept_work import Work
from article10.runs.output.folder import output_folder
from article10.runs.output.path import check_figures
from article10.runs.output.progress import progress_shown
from article10.runs.statistics.intervals import TooFewRunsWarning

A = TypeVar("A", bound=AnalysisResult)

RESULT_BYTES = 4_000_000
"""About what a result takes on the disk, figures and tables, or a report."""

Runs = Annotated[int, typer.Option(metavar="N", help="Number of paired runs per variant.", min=1)]
Out = Annotated[Path | None, typer.Option(help="Folder for figures, tables and provenance [default: none].")]
Outcome = Annotated[str, typer.Option(help="invitation, signature or accession.")]
OutcomeOfSome = Annotated[
    str | None,
    typer.Option(help="invitation, signature or accession [default: the first that is still possible at the start]."),
]
Workers = Annotated[int | None, typer.Option(help="Number of processes [default: one per core].", min=1)]


def give(
    find: Callable[[], A], out: Path | None, force: bool, figures: str | None = None, work: Work | None = None
) -> None:
    """Find a result, print it, and write it into a folder if one is named.

    Args:
        find: computes the result.
        out: the folder, checked before anything runs.
        force: whether to replace it.
        figures: format of the figures in the folder, by default png.
        work: keeps the runs until the result is written.
    """
    form = figures_in(out, figures)
    kept = nullcontext() if work is None else work.kept()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)  # the sentences say the same
        if out is None:
            with kept:
                found = find()
                console().print(found.rendered())
            return
        with output_folder(out, force, RESULT_BYTES, "" if work is None else work.name) as unfinished, kept:
            found = find()
            found.save(unfinished, form)
        console().print(found.rendered())
        console().print(f"Results: {escape(str(out))}", soft_wrap=True)


def figures_in(out: Path | None, figures: str | None) -> str:
    """The format of the figures in a folder.

    Raises:
        ScenarioError: a format was given without a folder.
        ArgumentError: there is no such format.
    """
    if out is None:
        refuse("without --out, which names a folder for them", figures=figures)
    return check_figures("png" if figures is None else figures, "--figures")


def ask(
    name: str,
    scenario: Scenario,
    out: Path | None,
    force: bool,
    figures: str | None,
    **options: Any,  # noqa: ANN401
) -> None:
    """Ask an analysis of the registry about a scenario, and show its progress if it reports any.

    Args:
        name: name of the analysis.
        scenario: the scenario to analyse.
        out: a folder for the result, or none.
        force: whether to replace the folder.
        figures: format of the figures in the folder, by default png.
        options: the other arguments of the analysis.
    """

    def find() -> AnalysisResult:
        with progress_shown(name) as done:
            found: AnalysisResult = ANALYSES[name].ask(scenario, {"progress": done}, **options)
        return found

    give(find, out, force, figures, Work(name, scenario, options, out))


def asking(analysis: Analysis) -> Callable[..., None]:
    """The command of an analysis that takes a scenario, a number of runs and a seed."""

    def command(
        scenario: Source = "baseline",
        runs: Runs = 1000,
        seed: Seed = 0,
        settings: Settings = None,
        edition: EditionChoice = None,
        out: Out = None,
        figures: Figures = None,
        force: Force = False,
    ) -> None:
        chosen = read_scenario(scenario, parsed_changes(settings or (), edition))
        ask(analysis.name, chosen, out, force, figures, runs=runs, seed=seed)

    command.__name__ = analysis.command  # what messages call it
    return command
