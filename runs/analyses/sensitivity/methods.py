"""Morris's elementary effects and Sobol indices of any function over a parameter space, computed by SALib."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from article10.model.randomness import spawned_seeds
from article10.runs.batches.ranges import Space
from article10.runs.statistics.intervals import Z80, student95
from article10.runs.statistics.proportion import Z95

LEVELS = 4
"""Levels of each parameter in Morris's grid; a step crosses two of them, as he recommends."""

TOLERANCE = 0.1
"""Precision required of an effect: of a total index by its interval and by half of the sample; of a mean absolute
effect as a share of the largest."""

NOISE_LIMIT = 0.1
"""Share of the variance between points that may be due to the finite number of runs."""

Evaluate = Callable[[pd.DataFrame], Mapping[str, np.ndarray]]
"""From points (one row each, keys as columns) to each measure in every run at every point, (point, run)."""


def morris_effects(space: Space, trajectories: int, seed: int, evaluate: Evaluate) -> tuple[int, pd.DataFrame]:
    """Elementary effects of a function: number of points, and effects as in ``Screening.effects``."""
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as sampling

    grid = sampling.sample(_unit_problem(space), trajectories, num_levels=LEVELS, seed=seed)
    points = space.values(_within_levels(space, grid, seed))
    found = {}
    for measure, by_run in evaluate(space.frame(points)).items():
        values = _over_whole_ranges(space, grid, points, by_run)
        got = analysis.analyze(
            _unit_problem(space), grid, values.mean(axis=1), num_levels=LEVELS, seed=_bootstrap(seed)
        )
        columns = {"mu_star": got["mu_star"], "conf": got["mu_star_conf"], "sigma": got["sigma"]}
        effects = pd.DataFrame(columns, index=pd.Index(space.keys, name="parameter")).astype(float)
        error, runs = _errors_of_effects(grid, values), values.shape[1]
        effects["noise"] = error * student95(runs)
        effects["detected"] = effects["mu_star"] > effects["noise"]
        signal = np.sqrt(np.maximum(effects["mu_star"] ** 2 - error**2, 0.0))
        effects["runs_needed"] = np.ceil(runs * ((Z95 + Z80) * error / signal.where(signal > 0)) ** 2)
        found[measure] = effects
    return len(points), pd.concat(found, names=["measure"])


def _unit_problem(space: Space) -> dict[str, Any]:
    """The parameters for SALib, each scaled from 0 to 1; ``space`` converts them to values."""
    return {"num_vars": len(space.keys), "names": space.keys, "bounds": [[0.0, 1.0]] * len(space.keys)}


def _within_levels(space: Space, grid: np.ndarray, seed: int) -> np.ndarray:
    """Morris's grid, (point, parameter), with draws in place of levels where a parameter is a whole number.

    Four levels cannot share five whole numbers evenly. So each level is a quarter of the draws, and a trajectory lies
    at one place within the quarters, evenly spread over trajectories: all whole numbers are as likely, and a step of
    two levels goes through half of them, at least one.
    """
    from scipy.stats import qmc

    n = len(space.keys)
    generator = np.random.default_rng(spawned_seeds(seed, "places within levels", 1)[0])
    places = qmc.LatinHypercube(n, rng=generator).random(len(grid) // (n + 1)).repeat(n + 1, axis=0)
    levels = np.rint(grid * (LEVELS - 1))
    return np.asarray(np.where(space.is_whole, (levels + places) / LEVELS, grid))


def _over_whole_ranges(space: Space, grid: np.ndarray, points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Measures, (point, run), as they would be if each step went as far through its range as on the grid.

    A step through whole numbers is longer or shorter: from 4 to 6 it may be one or two of two, never two thirds. The
    change that it makes is scaled, so that an effect is that of the whole range for them too.
    """
    n = len(space.keys)
    along = (points - space.low) / (space.high - space.low)
    asked, made = (np.diff(at.reshape(-1, n + 1, n), axis=1).sum(axis=2) for at in (grid, along))
    moved_whole = np.diff(grid.reshape(-1, n + 1, n), axis=1)[..., space.is_whole].any(axis=2)
    times = np.where(moved_whole, asked / made, 1.0)[..., None]
    by_trajectory = values.reshape(-1, n + 1, values.shape[1])
    added = np.cumsum(np.diff(by_trajectory, axis=1) * (times - 1.0), axis=1)
    return np.concatenate([by_trajectory[:, :1], by_trajectory[:, 1:] + added], axis=1).reshape(values.shape)


def _errors_of_effects(grid: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean standard error of the elementary effects of each parameter, (parameter,).

    An effect is a difference of two points in the same runs, so that its error is that of paired differences. The mean
    of absolute effects has at most this error, as far as the runs, which all effects share, err in the same direction.
    """
    n = grid.shape[1]
    steps = np.diff(grid.reshape(-1, n + 1, n), axis=1)
    which = np.abs(steps).argmax(axis=2)
    by_run = np.diff(values.reshape(-1, n + 1, values.shape[1]), axis=1) / steps.sum(axis=2)[..., None]
    errors = by_run.std(axis=2, ddof=1) / np.sqrt(values.shape[1])
    return np.array([errors[which == place].mean() for place in range(n)])


def _bootstrap(seed: int) -> int:
    """The seed of the bootstrap of an analysis, beside that of its sample."""
    return spawned_seeds(seed, "bootstrap", 1)[0]


def sobol_indices(
    space: Space, base_samples: int, seed: int, evaluate: Evaluate
) -> tuple[int, pd.DataFrame, pd.DataFrame]:
    """Sobol indices of a function: number of points, then indices and checks as in ``SobolIndices``."""
    from SALib.sample import sobol as sampling

    sample = sampling.sample(_unit_problem(space), base_samples, calc_second_order=False, seed=seed)
    found, checks = {}, []
    for measure, values in evaluate(space.frame(space.values(sample))).items():
        y = values.mean(axis=1)
        whole, half = _indices_of(space, y, seed), _indices_of(space, y[: len(y) // 2], seed)
        whole["ST_half"] = half["ST"]
        found[measure] = whole
        between = float(y.var())
        known = (whole["ST_high"] - whole["ST"] <= TOLERANCE) & ((half["ST"] - whole["ST"]).abs() <= TOLERANCE)
        share = noise_of_points(values) / between if between > 0 else np.nan
        needed = runs_for_noise(values.shape[1], share)
        row = (measure, between, share, float(whole["S1"].sum()), float(known.mean()), needed)
        checks.append(row if between > 0 else (measure, 0.0, *[np.nan] * 4))
    columns = ["measure", "variance", "noise", "sum_S1", "settled", "runs_needed"]
    return len(sample), pd.concat(found, names=["measure"]), pd.DataFrame(checks, columns=columns).set_index("measure")


def noise_of_points(values: np.ndarray) -> float:
    """Variance of a point's mean over runs that is not shared by all points.

    All points share their random draws, so that a run in which all points do better changes no comparison. What remains
    is the interaction of point and run, divided by the number of runs (two-way layout, one observation per cell).

    Args:
        values: (point, run), at least two of each.
    """
    points, runs = values.shape
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    return float((rest**2).sum() / ((points - 1) * (runs - 1)) / runs)


def runs_for_noise(runs: int, share: float, limit: float = NOISE_LIMIT) -> float:
    """Runs needed at each point so that noise is at most a given share of the variance between points.

    Noise is inversely proportional to the runs; the rest of the variance stays. NaN where all of it is noise.

    >>> runs_for_noise(10, 0.5)
    90.0
    """
    return float(np.ceil(runs * share / (1 - share) * (1 - limit) / limit)) if share < 1 else np.nan


def _indices_of(space: Space, y: np.ndarray, seed: int) -> pd.DataFrame:
    from SALib.analyze import sobol as analysis

    index = pd.Index(space.keys, name="parameter")
    if y.std() == 0:
        return pd.DataFrame(0.0, index=index, columns=["S1", "S1_low", "S1_high", "ST", "ST_low", "ST_high"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # part of a small sample may be constant: the intervals show it
        got = analysis.analyze(_unit_problem(space), y, calc_second_order=False, seed=_bootstrap(seed))
    columns: dict[str, np.ndarray] = {}
    for name in ("S1", "ST"):
        value, half = np.asarray(got[name], float), np.asarray(got[f"{name}_conf"], float)
        columns |= {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
    return pd.DataFrame(columns, index=index)
