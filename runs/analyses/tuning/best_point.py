"""Search for the parameter point that fits the targets best, by Optuna's tree-structured Parzen estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import optuna

from article10.model.randomness import spawned_seeds
from article10.runs.batches.ranges import Space
from article10.runs.statistics.posterior import Simulator

NO_VALUE = 1e6
"""Loss where a target has no value: larger than that of any target that is missed."""


@dataclass(frozen=True)
class Search:
    """The result of a search.

    Attributes:
        trials: one row per trial: the parameters, ``loss``, and ``best`` (smallest loss so far).
        point: the point with the smallest loss, (parameter,).
        values: estimates of the targets at that point, (target,).
        errors: standard errors of the estimates, (target,).
        wanted: values of the targets, (target,).
        tolerances: standard deviation of each target, (target,).
    """

    trials: pd.DataFrame
    point: np.ndarray
    values: np.ndarray
    errors: np.ndarray
    wanted: np.ndarray
    tolerances: np.ndarray


def loss(values: np.ndarray, wanted: np.ndarray, tolerances: np.ndarray) -> float:
    """Mean squared distance from the targets in tolerances: 1 if each target is missed by one tolerance.

    >>> loss(np.array([0.3, 0.5]), np.array([0.2, 0.5]), np.array([0.1, 0.1]))
    0.5
    """
    found = float(np.mean(((values - wanted) / tolerances) ** 2))
    return round(found, 12) if np.isfinite(found) else NO_VALUE


def search_best(
    simulate: Simulator,
    space: Space,
    wanted: np.ndarray,
    tolerances: np.ndarray,
    *,
    points: int = 512,
    seed: int = 0,
    tell: Callable[[int], None] = lambda _: None,
) -> Search:
    """Find the point with the smallest loss; the same seed gives the same point.

    Args:
        simulate: function that returns estimates of the targets at points, and their standard errors.
        space: parameters and their ranges.
        wanted: values of the targets, (target,).
        tolerances: standard deviation of each target, (target,).
        points: number of trials.
        seed: seed of the search.
        tell: called with the number of trials done.
    """
    import optuna

    rows: list[dict[str, int | float]] = []
    best: tuple[float, np.ndarray, np.ndarray, np.ndarray] | None = None
    with _quiet():
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=_seed_of_search(seed)))
        for done in range(points):
            trial = study.ask()
            point = np.array([_suggested(trial, space, key) for key in space.keys], float)
            values, errors = simulate(point[None, :])
            missed_by = loss(values[0], wanted, tolerances)
            study.tell(trial, missed_by)
            if best is None or missed_by < best[0]:
                best = (missed_by, point, values[0], errors[0])
            rows.append({**space.changes(point), "loss": missed_by, "best": best[0]})
            tell(done + 1)
    assert best is not None
    frame = pd.DataFrame(rows, index=pd.RangeIndex(1, points + 1, name="trial"))
    return Search(frame, best[1], best[2], best[3], wanted, tolerances)


def _suggested(trial: optuna.Trial, space: Space, key: str) -> int | float:
    """A value chosen by the sampler, which draws integers for integer parameters."""
    low, high = space.ranges[key]
    return trial.suggest_int(key, int(low), int(high)) if key in space.whole else trial.suggest_float(key, low, high)


def _seed_of_search(seed: int) -> int:
    """The seed of Optuna's sampler, which takes 32 bits."""
    return spawned_seeds(seed, "search", 1)[0] % 2**32


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Optuna's messages below warnings, and restore the user's setting afterwards."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
