"""Tuning: fit parameters to targets, as a best point or a posterior, and write a tuned scenario file."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from article10.model.arguments import whole
from article10.model.edition import Edition
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import ROOT, read_scenario, shipped
from article10.runs.analyses.result import listed
from article10.runs.analyses.tuning.best_point import search_best
from article10.runs.analyses.tuning.prior_check import OutsidePriorWarning
from article10.runs.analyses.tuning.target_evaluation import Evaluator
from article10.runs.analyses.tuning.targets import Targets, as_targets
from article10.runs.analyses.tuning.tuned import Tuning, given
from article10.runs.analyses.tuning.tuned_point import BestPoint
from article10.runs.analyses.tuning.tuned_posterior import PosteriorTuning
from article10.runs.batches.design_size import check_size
from article10.runs.batches.ranges import Space
from article10.runs.output.path import check_figures, check_folder_name
from article10.runs.output.progress import progress_to
from article10.runs.statistics.intervals import TooFewRunsWarning
from article10.runs.statistics.posterior import ROUNDS, sample_posterior


def tune(
    scenario: str | Path | Scenario = "baseline",
    parameters: Mapping[str, Sequence[float]] | Sequence[str] = (),
    targets: Targets | str | Path = "targets.toml",
    *,
    method: Literal["posterior", "best"] = "posterior",
    runs: int = 200,
    points: int = 512,
    seed: int = 0,
    out: str | Path | None = None,
    edition: str | Path | Edition | None = None,
    workers: int | None = None,
    progress: bool = True,
    figures: str = "png",
) -> Tuning:
    """Fit parameters of a scenario to targets.

    All points have the same random draws (common random numbers), so that the fit is a function of the parameters.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        parameters: lowest and highest value by full key, or a list of keys to use their plausible ranges.
        targets: values with tolerances, or the path of their TOML file; those without a value or a date are left out.
        method: ``posterior`` for all points that fit, and how well the targets identify each parameter; ``best`` for
            the single best point.
        runs: number of runs at each point; their standard error is added to the tolerances.
        points: number of parameter points to simulate.
        seed: seed of all random streams and of the search.
        out: folder for the results; simulated points are stored there, and the same call resumes an interrupted tuning.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        workers: number of processes, by default one per core; ``best`` simulates one point at a time in this process.
        progress: whether to show a progress bar (in a terminal or notebook), or else lines on standard error.
        figures: format of the figures in the folder: png, svg or pdf.

    Returns:
        The tuning; ``scenario_toml`` and ``save`` give the tuned scenario.

    Raises:
        ScenarioError: scenario, targets or parameters are invalid, or the folder holds something else.
        ValueError: ``method``, ``runs``, ``points``, ``seed`` or ``figures`` is invalid.

    Warns:
        TooFewRunsWarning: the effective sample of the posterior is too small; the message says how many points to use.
        OutsidePriorWarning: the ranges of the parameters cannot produce the targets, or not all of them together.
    """
    if method not in ("posterior", "best"):
        raise ValueError(f"method = {method!r}: expected 'posterior' or 'best'")
    check_figures(figures)
    runs, points, seed = whole("runs", runs, 2), whole("points", points, 8), whole("seed", seed)
    check_size(points, runs)
    if out is not None:
        check_folder_name(Path(out))
    read = read_scenario(scenario, edition=edition)
    space, asked_for = Space.of(parameters), as_targets(targets).by_code(read)
    wanted = asked_for.known()
    wanted.check(read)
    folder = None if out is None else Path(out)
    evaluate = Evaluator(read, wanted, space, runs, seed, folder, 1 if method == "best" else workers)
    asked = (read, _source(scenario, read), wanted, space, runs, points, seed)
    fit = _best if method == "best" else _posterior
    tuning = fit(asked, evaluate, progress, tuple(asked_for.unknown()))
    if folder is not None:
        tuning.save(folder, figures)
    return tuning


Asked = tuple[Scenario, str, Targets, Space, int, int, int]


NOT_PARAMETERS = ("without", "roster", "ballots", "events")
"""Fields that a tuned file takes unchanged from its base."""


def _source(scenario: str | Path | Scenario, read: Scenario) -> str:
    """The base of the tuned file: the name of a shipped scenario, or an absolute path.

    Raises:
        ScenarioError: a scenario given as an object has a roster, ballots or events that differ from its base.
    """
    if not isinstance(scenario, Scenario):
        return str(Path(scenario).absolute()) if str(scenario).endswith(".toml") else str(scenario)
    base = read.name if read.name in shipped(read.edition) else ROOT
    whole = read_scenario(base, edition=read.edition)
    other = [name for name in NOT_PARAMETERS if getattr(read, name) != getattr(whole, name)]
    if other:
        raise ScenarioError(
            f"scenario {read.name!r}: its {listed(other)} differ from those of {base!r}, so a tuned file cannot "
            "name a base: give the path of a scenario file instead"
        )
    return base


def _best(asked: Asked, evaluate: Evaluator, progress: bool, left_out: tuple[str, ...]) -> Tuning:
    _, _, targets, space, runs, points, seed = asked
    with progress_to(progress, "tune") as show:

        def simulate(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            found = evaluate(at)
            return found.values, found.errors

        def report(done: int) -> None:
            show(done * runs, points * runs)

        asked_for = given(targets)
        wanted, tolerances = asked_for["given"].to_numpy(), asked_for["tolerance"].to_numpy()
        search = search_best(simulate, space, wanted, tolerances, points=points, seed=seed, tell=report)
    return BestPoint(*asked, search, space.changes(search.point), left_out)


def _posterior(asked: Asked, evaluate: Evaluator, progress: bool, left_out: tuple[str, ...]) -> Tuning:
    _, _, targets, space, runs, points, seed = asked
    before = 0
    with progress_to(progress, "tune") as show:

        def simulate(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            nonlocal before
            found = evaluate(at, lambda done, _: show(before * runs + done, points * runs))
            before += len(at)
            return found.values, found.errors

        asked_for = given(targets)
        posterior = sample_posterior(
            simulate,
            space,
            asked_for["given"].to_numpy(),
            asked_for["tolerance"].to_numpy(),
            points=points,
            seed=seed,
            rounds=ROUNDS,
        )
    best = space.changes(posterior.points[int(np.argmin(posterior.misfit))])
    tuning = PosteriorTuning(*asked, posterior, best, left_out)
    if not tuning.is_supported:
        warnings.warn(tuning.too_few(), TooFewRunsWarning, stacklevel=3)
    for text in tuning.out_of_reach():
        warnings.warn(text, OutsidePriorWarning, stacklevel=3)
    return tuning
