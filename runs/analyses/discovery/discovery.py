"""Scenario discovery: the conditions that distinguish runs with an outcome from runs without it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.agents.short_error import ArgumentError, shown
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.days import day_given
from article10.model.edition import Edition
from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.stacked_draws import SharedDraws
from article10.runs.analyses.discovery.discovery_result import FEWEST_POSITIVE, Discovery, too_few_runs
from article10.runs.analyses.discovery.features import FeatureRecorder, quantity
from article10.runs.analyses.paired import Progress, check_milestone, reached
from article10.runs.batches.error import UnfinishedBatchWarning
from article10.runs.batches.kept_runs import step_kept
from article10.runs.batches.result import BatchResult
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.statistics.boxes import find_boxes
from article10.runs.statistics.intervals import TooFewRunsWarning

Outcome = str | Callable[[EnsembleResult], np.ndarray]
"""``"invitation"``, ``"signature"``, ``"accession"``, or a function of a result that returns a bool for each run."""

YEARS = 4
"""Number of calendar years after the start year at the end of which features are measured by default."""


@checked
def discover(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 2000,
    seed: int = 0,
    *,
    outcome: Outcome = "accession",
    until: str | date | None = None,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Discovery:
    """Find conditions at an early date that distinguish runs with a later outcome from runs without it.

    Features are measured on ``until`` and before: initial stances, governments of the most opposed members, the war,
    events, the bid. Runs that reached the outcome by then are left out, so that no feature is a consequence of it.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs.
        seed: seed of all random streams and of the split into halves.
        outcome: a milestone, or a function of the result that returns a bool for each run. With a function no run is
            left out; make sure that the outcome is decided after ``until``.
        until: last date of the features; by default the end of the fourth calendar year after the start year.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: ``runs``, ``seed``, ``outcome`` or ``until`` is invalid.

    Warns:
        TooFewRunsWarning: too few runs have the outcome, or lack it, to state a box.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    day = _date(chosen, until)
    if isinstance(outcome, str):
        check_milestone(outcome)
    result, recorder = _run(chosen, runs, seed, day, progress)
    if isinstance(outcome, str):
        name, happened, decided = outcome, reached(result, outcome), reached(result, outcome, day)
    else:
        name, happened = getattr(outcome, "__name__", "the outcome").replace("_", " "), np.asarray(outcome(result))
        decided = np.zeros(runs, dtype=bool)
        if happened.shape != (runs,) or happened.dtype != bool:
            raise ValueError(f"outcome: got {happened.dtype} {happened.shape}; expected a bool for each of {runs} runs")
    features, happened = recorder.frame[~decided].reset_index(drop=True), happened[~decided]
    boxes = find_boxes(features, happened, seed) if _enough(happened, name) else None
    left_out = int(decided.sum())
    return Discovery(chosen, runs, seed, name, day, features, happened, left_out, recorder.meaning, boxes)


@checked
def discover_parameters(batch: BatchResult, *, outcome: str = "accession", seed: int = 0) -> Discovery:
    """Find values of the varied parameters that distinguish runs with an outcome from runs without it.

    Runs at one point are not independent: all runs of a point are in the same half, and intervals treat points as
    clusters. Where all points share their random draws, the intervals leave out the error of those common draws: use
    many runs at each point, or a design without common random numbers.

    Args:
        batch: a batch of a design with a sample or a table of numbers.
        outcome: ``invitation``, ``signature`` or ``accession``.
        seed: seed of the split into halves.

    Raises:
        ValueError: the outcome is not a milestone, or the design varies no numbers or has too few points.

    Warns:
        TooFewRunsWarning: too few runs have the outcome, or lack it, to state a box.
        UnfinishedBatchWarning: some runs failed or are not simulated yet, and are left out.
    """
    if not isinstance(batch, BatchResult):
        raise ArgumentError(f"batch = {shown(batch)}: expected a batch, as returned by open_batch")
    check_milestone(outcome)
    seed = whole("seed", seed)
    keys = [key for key in batch.varied if pd.api.types.is_numeric_dtype(batch.points[key])]
    if not keys or len(batch.points) < 4:
        raise ValueError(f"{batch!r}: expected at least 4 points that differ in numbers; varied: {batch.varied}")
    if batch.missing:
        warnings.warn(f"only the runs done so far are analysed: {batch.missing}", UnfinishedBatchWarning, stacklevel=2)
    rows = batch.outcomes
    features = batch.points.loc[rows["point"], keys].reset_index(drop=True)
    happened = rows[f"{outcome}_date"].notna().to_numpy()
    units = rows["point"].to_numpy()
    boxes = find_boxes(features, happened, seed, units) if _enough(happened, outcome) else None
    meaning = {key: quantity(f"parameter {key}", "{:.3g}") for key in keys}
    return Discovery(batch.scenario(0), batch.runs, seed, outcome, None, features, happened, 0, meaning, boxes)


def _date(scenario: Scenario, until: str | date | None) -> date:
    if until is None:
        latest = date(scenario.start.year + YEARS, 12, 31)
        return min(latest, scenario.start + (scenario.horizon - scenario.start) / 2)
    day = day_given("until", until)
    if not scenario.start <= day < scenario.horizon:
        raise ValueError(f"until = {day}: expected a date from {scenario.start} to before {scenario.horizon}")
    return day


def _run(
    scenario: Scenario, runs: int, seed: int, until: date, progress: Progress | None
) -> tuple[EnsembleResult, FeatureRecorder]:
    setup = Setup.of(scenario)
    recorder, draws = FeatureRecorder(setup, runs, until), SharedDraws(Sampler(setup.streams, seed, once=True))
    step_kept([(setup, recorder)], draws, range(runs), seed, settings=until.isoformat(), progress=progress)
    return EnsembleResult(dataset(setup, recorder.outcomes, seed, 0)), recorder


def _enough(happened: np.ndarray, outcome: str) -> bool:
    if min(happened.sum(), (~happened).sum()) >= FEWEST_POSITIVE:
        return True
    warnings.warn(too_few_runs(happened, outcome), TooFewRunsWarning, stacklevel=3)
    return False
