"""Sensitivity: Morris screening and Sobol indices over plausible ranges, computed by SALib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.arguments import whole
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.sensitivity.methods import Evaluate, morris_effects, sobol_indices
from article10.runs.analyses.sensitivity.results import MEASURES, Screening, SobolIndices
from article10.runs.batches.batch import run_batch
from article10.runs.batches.design import Design
from article10.runs.batches.design_size import check_size
from article10.runs.batches.kept_runs import read_kept_batch
from article10.runs.batches.ranges import Space
from article10.runs.batches.result import BatchResult
from article10.runs.statistics.intervals import warn_if_underpowered


def screen(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 64,
    seed: int = 0,
    *,
    parameters: Sequence[str] | Mapping[str, tuple[float, float]] | None = None,
    trajectories: int = 10,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> Screening:
    """Morris screening (1991; mu* of Campolongo et al. 2007) over plausible ranges.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: at each point, two or more; all points share every random draw.
        seed: seed of all random streams and of the sample.
        parameters: keys, or ranges by key; by default all parameters with a plausible range.
        trajectories: number of trajectories; each has (number of parameters + 1) points.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        out: folder of the batch; a batch that was interrupted there is resumed; by default a temporary folder.
        workers: number of processes; by default one per core.
        progress: whether to show a progress bar (in a terminal or notebook), or else lines on standard error.

    Raises:
        ImportError: the extra ``analysis`` is not installed.
        ScenarioError: the scenario is invalid.
        ValueError: a parameter is invalid, or a point of the sample failed.

    Warns:
        TooFewRunsWarning: no effect on a measure can be distinguished from the noise of the runs.
    """
    runs, seed, trajectories = whole("runs", runs, 2), whole("seed", seed), whole("trajectories", trajectories, 2)
    chosen = read_scenario(scenario, changes, edition=edition)
    space = Space.of(parameters)
    check_size(trajectories * (len(space.ranges) + 1), runs)
    evaluate = _evaluation(chosen, runs, seed, out, workers, progress)
    points, effects = morris_effects(space, trajectories, seed, evaluate)
    return warn_if_underpowered(Screening(chosen, runs, seed, trajectories, space.ranges, points, effects))


def sobol(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 64,
    seed: int = 0,
    *,
    parameters: Sequence[str] | Mapping[str, tuple[float, float]] | None = None,
    base_samples: int = 256,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> SobolIndices:
    """First-order and total Sobol indices (Saltelli et al. 2010) with bootstrap intervals, over plausible ranges.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: at each point, two or more; all points share every draw, so that the measures are a function of the
            parameters.
        seed: seed of all random streams and of the sample.
        parameters: keys, or ranges by key; by default those that ``MAIN`` names, the largest of a screening.
        base_samples: a power of two; each has (number of parameters + 2) points.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        out: folder of the batch; a batch that was interrupted there is resumed; by default a temporary folder.
        workers: number of processes; by default one per core.
        progress: whether to show a progress bar (in a terminal or notebook), or else lines on standard error.

    Raises:
        ImportError: the extra ``analysis`` is not installed.
        ScenarioError: the scenario is invalid.
        ValueError: a parameter is invalid, ``base_samples`` is not a power of two, or a point of the sample failed.

    Warns:
        TooFewRunsWarning: too much of the variance of a measure is noise of the runs.
    """
    runs, seed, base_samples = whole("runs", runs, 2), whole("seed", seed), whole("base_samples", base_samples, 4)
    if base_samples & (base_samples - 1):
        raise ValueError(f"base_samples = {base_samples}: expected a power of two")
    chosen = read_scenario(scenario, changes, edition=edition)
    space = Space.of(MAIN if parameters is None else parameters)
    check_size(base_samples * (len(space.ranges) + 2), runs)
    evaluate = _evaluation(chosen, runs, seed, out, workers, progress)
    points, indices, checks = sobol_indices(space, base_samples, seed, evaluate)
    return warn_if_underpowered(SobolIndices(chosen, runs, seed, base_samples, space.ranges, points, indices, checks))


# --- the model as a function ----------------------------------------------------------------------------------------


def _evaluation(
    scenario: Scenario, runs: int, seed: int, out: str | Path | None, workers: int | None, progress: bool
) -> Evaluate:
    def evaluate(points: pd.DataFrame) -> dict[str, np.ndarray]:
        design = Design.from_frame(points, scenarios=(scenario,), runs=runs, seed=seed)
        if out is None:
            return read_kept_batch(design, outcomes_by_point, workers=workers, progress=progress)
        return outcomes_by_point(run_batch(design, Path(out) / "batch", workers=workers, progress=progress))

    return evaluate


def outcomes_by_point(batch: BatchResult) -> dict[str, np.ndarray]:
    """Each measure in every run at every point, (point, run).

    Raises:
        ValueError: a point failed, or the batch is not complete.
    """
    if len(batch.failures):
        failure = batch.failures.iloc[0]
        raise ValueError(f"point {failure['point']} failed: {failure['error']}; parameters {failure['parameters']}")
    if batch.missing:
        raise ValueError(f"{batch!r}: expected every run at every point")
    outcomes = batch.outcomes
    values = outcomes[["point", "run", "stance"]].astype({"stance": float})
    for name in ("invitation", "accession"):
        values[name] = outcomes[f"{name}_date"].notna().astype(float)
    return {name: values.pivot(index="point", columns="run", values=name).to_numpy() for name in MEASURES}


MAIN = (
    "stance.peer_rate",
    "stance.assessment_rate",
    "stance.intimidation_weight",
    "stance.shock",
    "stance.spread_scale",
    "stance.entrapment_weight",
    "elections.incumbency",
    "elections.fall_rate",
    "elections.spread_scale",
    "russia.effort",
    "russia.focus",
    "war.ceasefire_rate",
    "war.breach_rate",
    "candidate.reluctance",
    "candidate.resumption_line",
    "guarantees.substitution",
    "secretary_general.persuasion_weight",
    "bargaining.scale",
    "bargaining.unpaid_share",
    "bargaining.cover_weight",
    "accession.objection_line",
)
"""Twenty-one parameters that have large effects in a screening of the baseline, or that the debate is about."""
