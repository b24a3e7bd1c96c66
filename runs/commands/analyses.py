"""The commands of the analyses: each asks one question, prints the result, and writes it into a folder if asked to.

The registry gives each its question, which heads its help; what stands here is what else a command takes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from article10.model.arguments import check_distinct
from article10.model.scenario import ScenarioError
from article10.model.scenario_file import combined, read_scenario
from article10.runs.analyses.paired import outcomes_ahead
from article10.runs.analyses.registry import ANALYSES
from article10.runs.analyses.result import AnalysisResult
from article10.runs.analyses.tuning.prior_check import OutsidePriorWarning
from article10.runs.batches.ranges import Range, Space
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
from article10.runs.commands.asking import (
    RESULT_BYTES,
    Out,
    Outcome,
    OutcomeOfSome,
    Runs,
    Workers,
    ask,
    figures_in,
    give,
)
from article10.runs.commands.kept_work import Work
from article10.runs.output.folder import output_page
from article10.runs.output.path import PAGES, check_suffix
from article10.runs.output.progress import progress_shown
from article10.runs.statistics.intervals import TooFewRunsWarning


def influence(
    scenario: Source = "baseline",
    of: Annotated[
        str | None,
        typer.Option(
            help="What to remove: russia, another lever, a member's code (for its present government), or "
            "mechanism:NAME [default: russia]."
        ),
    ] = None,
    curve: Annotated[bool, typer.Option("--curve", help="Vary Russia's effort and strategy instead.")] = False,
    rank: Annotated[bool, typer.Option("--rank", help="Remove each lever in turn, and rank them.")] = False,
    outcome: OutcomeOfSome = None,
    runs: Runs = 2000,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """Each run is simulated twice with the same random draws: with the actor and without it."""
    chosen = read_scenario(scenario, parsed_changes(settings or (), edition))
    if not (curve or rank):
        refuse("without --curve or --rank: the result covers invitation and accession", outcome=outcome)
        ask("influence", chosen, out, force, figures, of="russia" if of is None else of, runs=runs, seed=seed)
        return
    refuse("with --curve" if curve else "with --rank", rank=curve and rank, of=of)
    name = "influence_curve" if curve else "rank_influence"
    asked = outcomes_ahead(chosen)[0] if outcome is None else outcome
    ask(name, chosen, out, force, figures, outcome=asked, runs=runs, seed=seed)


def compare(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCENARIO|FILE|DIR]...",
            help="Names of scenarios, or paths of TOML files; the others are compared with the first [default: "
            "baseline no_pressure]. Or folders of results or batches, whose runs are compared as they are.",
        ),
    ] = None,
    combine: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="SCENARIO|FILE",
            help="Put this scenario on top of the first one, and compare the two (repeat to combine several).",
        ),
    ] = None,
    runs: Runs = 1000,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """Run k of each scenario has the random draws of run k of the others, so that they differ by what was changed."""
    from article10.runs.analyses.comparison.compare import DEFAULT
    from article10.runs.analyses.comparison.runs_compared import is_folder

    changes = parsed_changes(settings or (), edition)
    if scenarios and any(map(is_folder, scenarios)):
        options: dict[str, Any] = {"combine": combine or (), "changes": changes, "edition": edition}
        first, *more = scenarios
        give(lambda: ANALYSES["compare"].load()(first, more, **options), out, force, figures)
        return
    first, *more = scenarios or ["baseline", *([] if combine else [DEFAULT])]
    others = [read_scenario(each, changes) for each in more]
    others += [combined(first, combine, changes)] if combine else []
    ask("compare", read_scenario(first, changes), out, force, figures, others=others, runs=runs, seed=seed)


def claims(
    scenario: Source = "baseline",
    runs: Runs = 2000,
    points: Annotated[
        int,
        typer.Option(metavar="N", help="Number of points of the plausible parameters.", min=0),
    ] = 12,
    runs_at_a_point: Annotated[
        int, typer.Option(metavar="N", help="Number of paired runs per variant at each point.", min=1)
    ] = 40,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    workers: Workers = None,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """Each claim is a mechanism with a switch, declared with its direction before anything was computed."""
    chosen = read_scenario(scenario, parsed_changes(settings or (), edition))
    size = {"runs": runs, "n_points": points, "runs_at_a_point": runs_at_a_point}
    options = {**size, "seed": seed}
    work = Work("claims", chosen, options, out)

    def find() -> AnalysisResult:
        with progress_shown("claims") as done:
            found: AnalysisResult = ANALYSES["claims"].ask(chosen, {"progress": done}, **options, workers=workers)
        return found

    give(find, out, force, figures, work)


def why(
    scenario: Source = "baseline",
    outcome: Outcome = "invitation",
    until: Annotated[
        str | None, typer.Option(help="Last date to take into account [default: four years after the start].")
    ] = None,
    runs: Runs = 2000,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """Conditions are found in one half of the runs and tested in the other half."""
    chosen = read_scenario(scenario, parsed_changes(settings or (), edition))
    ask("discover", chosen, out, force, figures, outcome=outcome, until=until, runs=runs, seed=seed)


def guarantees(
    scenario: Source = "baseline",
    futures: Annotated[
        bool, typer.Option("--futures", help="Compare membership, guarantees in its place, and neither.")
    ] = False,
    level: Annotated[
        list[float] | None, typer.Option(help="Guarantee level, 0 to 1 (repeat the option for several).")
    ] = None,
    given: Annotated[
        str | None,
        typer.Option(help="Date on which the guarantee is given [default: seven months after the start]."),
    ] = None,
    outcome: OutcomeOfSome = None,
    runs: Runs = 500,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """The effect of a guarantee is computed for each level, and for each assumption about what it is a step to."""
    chosen = read_scenario(scenario, parsed_changes(settings or (), edition))
    asked: dict[str, Any] = {"runs": runs, "seed": seed, "given": given}
    if not futures:
        asked |= {"levels": level} if level else {}
        ask("guarantee_tradeoff", chosen, out, force, figures, outcome=outcome, **asked)
        return
    refuse("with --futures", outcome=outcome)
    if level and len(level) > 1:
        raise ScenarioError(f"--level: given {len(level)} times; expected one with --futures")
    asked |= {"level": level[0]} if level else {}
    ask("three_futures", chosen, out, force, figures, **asked)


def sensitivity(
    scenario: Source = "baseline",
    method: Annotated[str, typer.Option(help="morris, sobol or tornado.")] = "morris",
    parameters: Annotated[
        list[str] | None,
        typer.Option(help="Key of a parameter to vary (repeat the option for several) [default: all; sobol: 20]."),
    ] = None,
    runs: Annotated[
        int | None, typer.Option(help="Number of runs at each point [default: 64; tornado: 500].", min=1)
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(help="Number of trajectories (morris: 10) or of base samples (sobol: 256).", min=2),
    ] = None,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    workers: Workers = None,
    batch: Annotated[Path | None, typer.Option(help="Folder for the runs; an interrupted run resumes from it.")] = None,
    out: Out = None,
    figures: Figures = None,
    force: Force = False,
) -> None:
    """Each parameter is varied over its plausible range: Morris screening, Sobol indices, or a tornado plot."""
    if method not in ("morris", "sobol", "tornado"):
        raise ScenarioError(f"--method {method}: expected morris, sobol or tornado")
    chosen, keys = read_scenario(scenario, parsed_changes(settings or (), edition)), parameters or None
    if method == "tornado":
        refuse("with --method tornado", samples=samples, workers=workers, batch=batch)
        ask("tornado", chosen, out, force, figures, runs=runs or 500, seed=seed, parameters=keys)
        return
    name, size, usual = ("screen", "trajectories", 10) if method == "morris" else ("sobol", "base_samples", 256)
    asked: dict[str, Any] = {"runs": runs or 64, "parameters": keys, "seed": seed, size: samples or usual}
    work = Work(name, chosen, asked, out) if batch is None else None
    give(lambda: ANALYSES[name].load()(chosen, **asked, out=batch, workers=workers), out, force, figures, work)


def tune(
    targets: Annotated[
        Path, typer.Argument(metavar="TARGETS.toml", help="The targets to fit; docs/analyses/tuning.md describes them.")
    ],
    parameters: Annotated[
        list[str],
        typer.Option(help="Parameter to fit: KEY, or KEY=LOW:HIGH (repeat the option for several)."),
    ],
    scenario: Annotated[str, typer.Option(help="Name of a scenario, or path of a TOML file.")] = "baseline",
    edition: EditionChoice = None,
    method: Annotated[str, typer.Option(help="posterior: all values that fit; best: one point.")] = "posterior",
    runs: Annotated[int, typer.Option(help="Number of runs at each point.", min=2)] = 200,
    points: Annotated[int, typer.Option(help="Number of points to simulate.", min=8)] = 512,
    seed: Seed = 0,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the result; an interrupted run resumes from it.")] = None,
    figures: Figures = None,
) -> None:
    """The result says which parameters the targets identify, and includes a scenario that can be run."""
    if method not in ("posterior", "best"):
        raise ScenarioError(f"--method {method}: expected posterior or best")
    if method == "best":
        refuse("with --method best, which simulates one point after another", workers=workers)
    asked: dict[str, Any] = {"method": method, "runs": runs, "points": points, "seed": seed, "workers": workers}
    asked |= {"edition": edition, "figures": figures_in(out, figures)}
    ranges = searched(parameters)
    with warnings.catch_warnings():
        for known in (TooFewRunsWarning, OutsidePriorWarning):  # the sentences say the same
            warnings.simplefilter("ignore", known)
        found = ANALYSES["tune"].load()(scenario, ranges, targets, out=out, **asked)
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
    against: Annotated[
        str | None,
        typer.Option(metavar="SCENARIO|FILE", help="Another scenario, to be set beside it in paired runs."),
    ] = None,
    runs: Runs = 2000,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("report.html"),
    force: Force = False,
) -> None:
    """The page holds the headline, pictures, what drives the outcome, the assumptions, and how to reproduce it."""
    from article10.runs.report.report import report as report_on

    check_suffix(out, PAGES)
    changes = parsed_changes(settings or (), edition)
    options: dict[str, Any] = {"runs": runs, "seed": seed}
    if against is not None:
        options["against"] = read_scenario(against, changes).model_dump_json()
    work = Work("report", read_scenario(scenario, changes), options)
    with output_page(out, force, RESULT_BYTES) as unfinished, work.kept():
        with progress_shown("report") as done:
            found = report_on(scenario, runs, seed, against=against, changes=changes, progress=done)
        found.save(unfinished)
    console().print(f"Report: {escape(str(out))}", soft_wrap=True)


def brief(
    scenario: Source = "baseline",
    runs: Runs = 2000,
    seed: Seed = 0,
    settings: Settings = None,
    edition: EditionChoice = None,
    out: Annotated[Path | None, typer.Option(help="The file to write, .md or .html [default: print the text].")] = None,
    force: Force = False,
) -> None:
    """The page says who decides, who does not, what would change the outcome most, and how far to trust it."""
    from article10.runs.report.brief import TEXTS, Brief
    from article10.runs.report.report import report as report_on

    changes = parsed_changes(settings or (), edition)
    work = Work("report", read_scenario(scenario, changes), {"runs": runs, "seed": seed})  # the runs of a report

    def made() -> Brief:
        with progress_shown("brief") as done:
            return Brief(report_on(scenario, runs, seed, changes=changes, progress=done))

    if out is None:
        with work.kept():
            console().print(escape(made().markdown()), soft_wrap=True)
        return
    check_suffix(out, TEXTS)
    with output_page(out, force, RESULT_BYTES) as unfinished, work.kept():
        made().save(unfinished)
    console().print(f"Brief: {escape(str(out))}", soft_wrap=True)
