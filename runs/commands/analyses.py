"""The commands of the analyses: each asks one question, prints the answer, and writes it into a folder if asked to."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.markup import escape

from article10.model.arguments import check_distinct
from article10.model.scenario import ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.discovery.discovery import discover
from article10.runs.analyses.guarantees.three_futures import three_futures
from article10.runs.analyses.guarantees.tradeoff import LEVELS, guarantee_tradeoff
from article10.runs.analyses.holdouts.power import holdout_power
from article10.runs.analyses.influence.curve import influence_curve
from article10.runs.analyses.influence.influence import influence as influence_of
from article10.runs.analyses.influence.ranking import rank_influence
from article10.runs.analyses.paired import outcomes_ahead
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.analyses.rules.compared import compare_rules
from article10.runs.analyses.sensitivity.sensitivity import screen, sobol
from article10.runs.analyses.sensitivity.tornado import tornado
from article10.runs.analyses.tuning.tuning import tune as tune_to
from article10.runs.batches.ranges import Range, Space
from article10.runs.commands.application import (
    Force,
    Seed,
    Settings,
    Source,
    console,
    parsed_changes,
)
from article10.runs.output.folder import output_folder, output_page
from article10.runs.output.path import PAGES, check_suffix
from article10.runs.output.progress import progress_shown
from article10.runs.report.report import report as report_on
from article10.runs.statistics.intervals import TooFewRunsWarning

A = TypeVar("A", bound=AnalysisResult)

ANSWER_BYTES = 4_000_000
"""About what an answer takes on the disk: figures and tables."""

REPORT_BYTES = 4_000_000
"""About what a report takes on the disk."""

Runs = Annotated[int, typer.Option(metavar="N", help="Worlds: runs of each variant.", min=1)]
Out = Annotated[Path | None, typer.Option(help="Folder for figures, tables and provenance [default: none].")]
Outcome = Annotated[str, typer.Option(help="invitation, signature or accession.")]
OutcomeOfSome = Annotated[
    str | None, typer.Option(help="invitation, signature or accession [default: the first ahead].")
]


def give(answer: Callable[[], A], out: Path | None, force: bool) -> None:
    """Find an answer, print it, and write it into a folder if one is named.

    Args:
        answer: finds it.
        out: folder, checked before anything runs.
        force: whether to replace it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)  # the sentences say the same
        if out is None:
            console().print(answer().rendered())
            return
        with output_folder(out, force, ANSWER_BYTES) as unfinished:
            found = answer()
            found.save(unfinished)
        console().print(found.rendered())
        console().print(f"AnalysisResult: {escape(str(out))}", soft_wrap=True)


def refuse(beside: str, **options: object) -> None:
    """Refuse options that would be ignored.

    Args:
        beside: the choice that has no use for them, as the user reads it.
        options: values by name, None or False where they were not given.

    Raises:
        ScenarioError: one was given.
    """
    given = [f"--{name}" for name, value in options.items() if value is not None and value is not False]
    if given:
        raise ScenarioError(f"{listed(given)}: of no use {beside}; leave it out")


def holdouts(
    scenario: Source = "baseline",
    runs: Runs = 1000,
    seed: Seed = 0,
    settings: Settings = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Measure what each member's objection does. What it is paid, and what its consent would change."""
    chosen = read_scenario(scenario, parsed_changes(settings or ()))
    with progress_shown("holdouts") as done:
        give(lambda: holdout_power(chosen, runs, seed, progress=done), out, force)


def rules(
    scenario: Source = "baseline",
    runs: Runs = 1000,
    seed: Seed = 0,
    settings: Settings = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Compare decision rules in the same worlds. Unanimity, unanimity minus k, majorities."""
    chosen = read_scenario(scenario, parsed_changes(settings or ()))
    with progress_shown("rules") as done:
        give(lambda: compare_rules(chosen, runs, seed, progress=done), out, force)


def why(
    scenario: Source = "baseline",
    outcome: Outcome = "invitation",
    until: Annotated[str | None, typer.Option(help="Date up to which to look [default: four years on].")] = None,
    runs: Runs = 2000,
    seed: Seed = 0,
    settings: Settings = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Tell what sets worlds with an outcome apart. Found in half of them, judged in the other half."""
    chosen = read_scenario(scenario, parsed_changes(settings or ()))
    with progress_shown("why") as done:
        give(lambda: discover(chosen, runs, seed, outcome=outcome, until=until, progress=done), out, force)


def guarantees(
    scenario: Source = "baseline",
    futures: Annotated[bool, typer.Option("--futures", help="Membership, in lieu, neither, side by side.")] = False,
    level: Annotated[list[float] | None, typer.Option(help="Of the guarantee; again for more.")] = None,
    given: Annotated[str | None, typer.Option(help="Its day [default: seven months after the start].")] = None,
    outcome: OutcomeOfSome = None,
    runs: Runs = 500,
    seed: Seed = 0,
    settings: Settings = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Sweep guarantees from stepping stone to substitute. Or compare membership, guarantees in lieu, and neither."""
    chosen = read_scenario(scenario, parsed_changes(settings or ()))
    shared: dict[str, Any] = {"runs": runs, "seed": seed, "given": given}
    if futures:
        refuse("with --futures", outcome=outcome)
        if level and len(level) > 1:
            raise ScenarioError(f"--level: given {len(level)} times; expected one with --futures")
        shared |= {"level": level[0]} if level else {}
    else:
        shared |= {"levels": level or LEVELS, "outcome": outcome}
    ask: Callable[..., AnalysisResult] = three_futures if futures else guarantee_tradeoff
    with progress_shown("guarantees") as done:
        give(lambda: ask(chosen, **shared, progress=done), out, force)


def sensitivity(
    scenario: Source = "baseline",
    method: Annotated[str, typer.Option(help="morris, sobol or tornado.")] = "morris",
    parameters: Annotated[list[str] | None, typer.Option(help="A key; again for more [default: all, or 20].")] = None,
    runs: Annotated[int | None, typer.Option(help="At each point [default: 64; tornado 500].", min=1)] = None,
    samples: Annotated[int | None, typer.Option(help="Trajectories (10) or base samples (256).", min=2)] = None,
    seed: Seed = 0,
    settings: Settings = None,
    workers: Annotated[int | None, typer.Option(help="Processes [default: one a core].", min=1)] = None,
    batch: Annotated[Path | None, typer.Option(help="Folder of the runs, gone on with if stopped.")] = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Tell which parameters matter. Over plausible ranges: Morris screening, Sobol indices, or a tornado."""
    if method not in ("morris", "sobol", "tornado"):
        raise ScenarioError(f"--method {method}: expected morris, sobol or tornado")
    chosen, keys = read_scenario(scenario, parsed_changes(settings or ())), parameters or None
    shared: dict[str, Any] = {"parameters": keys, "out": batch, "workers": workers}
    if method == "tornado":
        refuse("with --method tornado", samples=samples, workers=workers, batch=batch)
        with progress_shown("tornado") as done:
            give(lambda: tornado(chosen, runs or 500, seed, parameters=keys, progress=done), out, force)
    elif method == "morris":
        give(lambda: screen(chosen, runs or 64, seed, trajectories=samples or 10, **shared), out, force)
    else:
        give(lambda: sobol(chosen, runs or 64, seed, base_samples=samples or 256, **shared), out, force)


def tune(
    targets: Annotated[Path, typer.Argument(metavar="TARGETS.toml", help="What to fit to: docs/analyses/tuning.md.")],
    parameters: Annotated[list[str], typer.Option(help="KEY, or KEY=LOW:HIGH; again for more.")],
    scenario: Annotated[str, typer.Option(help="A scenario's name, or a TOML file.")] = "baseline",
    method: Annotated[str, typer.Option(help="posterior: all that fits; best: one point.")] = "posterior",
    runs: Annotated[int, typer.Option(help="At each point.", min=2)] = 200,
    points: Annotated[int, typer.Option(help="Of the parameters to simulate.", min=8)] = 512,
    seed: Seed = 0,
    workers: Annotated[int | None, typer.Option(help="Processes [default: one a core].", min=1)] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the answer; gone on with if stopped.")] = None,
) -> None:
    """Fit parameters to targets. A best point or a posterior, what targets cannot tell, a scenario one can run."""
    if method not in ("posterior", "best"):
        raise ScenarioError(f"--method {method}: expected posterior or best")
    if method == "best":
        refuse("with --method best, which goes point by point", workers=workers)
    ranges = searched(parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)  # the sentences say the same
        asked: dict[str, Any] = {"method": method, "runs": runs, "points": points, "seed": seed, "workers": workers}
        found = tune_to(scenario, ranges, targets, out=out, **asked)
    console().print(found.rendered())
    if out is not None:
        console().print(f"Tuned scenario: {escape(str(out / 'tuned.toml'))}", soft_wrap=True)


def searched(words: Iterable[str]) -> dict[str, Range]:
    """Ranges from ``key`` (its plausible range) or ``key=low:high``.

    >>> searched(["stance.peer_rate=0.2:0.8"])
    {'stance.peer_rate': (0.2, 0.8)}
    """
    ranges: dict[str, Range] = {}
    words = list(words)
    check_distinct("--parameters", [word.partition("=")[0] for word in words])
    for word in words:
        key, equals, ends = word.partition("=")
        low, _, high = ends.partition(":")
        try:
            ranges[key] = (float(low), float(high)) if equals else Space.of([key]).ranges[key]
        except ValueError as error:
            reason = error if not equals else "expected KEY=LOW:HIGH, for example stance.peer_rate=0.2:0.8"
            raise ScenarioError(f"--parameters {word}: {reason}") from None
    return ranges


def report(
    scenario: Source = "baseline",
    runs: Runs = 2000,
    seed: Seed = 0,
    settings: Settings = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
    force: Force = False,
) -> None:
    """Write a self-contained page on a scenario. Headline, pictures, drivers, assumptions, how to reproduce."""
    check_suffix(out, PAGES)
    with output_page(out, force, REPORT_BYTES) as unfinished, progress_shown("report") as done:
        report_on(scenario, runs, seed, changes=parsed_changes(settings or ()), progress=done).save(unfinished)
    console().print(f"Report: {escape(str(out))}", soft_wrap=True)


def influence(
    scenario: Source = "baseline",
    of: Annotated[
        str | None, typer.Option(help="A lever, a member's code (its government), or mechanism:NAME [default: russia].")
    ] = None,
    curve: Annotated[bool, typer.Option("--curve", help="Over Russia's effort and by strategy.")] = False,
    rank: Annotated[bool, typer.Option("--rank", help="All levers, ranked.")] = False,
    outcome: OutcomeOfSome = None,
    runs: Runs = 2000,
    seed: Seed = 0,
    settings: Settings = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Measure informal influence in paired worlds. Of an actor without a vote, or any lever: with it and without."""
    chosen = read_scenario(scenario, parsed_changes(settings or ()))
    shared: dict[str, Any] = {"runs": runs, "seed": seed}
    ask: Callable[..., AnalysisResult]
    if curve or rank:
        refuse("with --curve" if curve else "with --rank", rank=curve and rank, of=of)
        ask, shared["outcome"] = (
            influence_curve if curve else rank_influence,
            outcomes_ahead(chosen)[0] if outcome is None else outcome,
        )
    else:
        refuse("without --curve or --rank: invitation and accession are both told", outcome=outcome)
        ask, shared["of"] = influence_of, "russia" if of is None else of
    with progress_shown("influence") as done:
        give(lambda: ask(chosen, **shared, progress=done), out, force)
