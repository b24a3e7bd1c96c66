"""The point that fits targets best, found by Optuna's tree-structured Parzen estimator."""

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
"""Loss where a target has no value: worse than any that is missed."""


@dataclass(frozen=True)
class Search:
    """What a search found.

    Attributes:
        trials: a row a trial: the parameters, ``loss``, and ``best`` so far.
        point: of least loss, (parameter,).
        values: estimates of the targets there, (target,).
        errors: their standard errors, (target,).
        wanted: the targets, (target,).
        tolerances: one standard deviation of each, (target,).
    """

    trials: pd.DataFrame
    point: np.ndarray
    values: np.ndarray
    errors: np.ndarray
    wanted: np.ndarray
    tolerances: np.ndarray


def loss(values: np.ndarray, wanted: np.ndarray, tolerances: np.ndarray) -> float:
    """Mean squared distance from the targets in tolerances: 1 where each is one tolerance off.

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
    """The point of least loss; the same for the same seed.

    Args:
        simulate: gives estimates of the targets at points, and their standard errors.
        space: parameters and their ranges.
        wanted: the targets, (target,).
        tolerances: one standard deviation of each, (target,).
        points: trials.
        seed: of the search.
        tell: is told of the trials done.
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
            off = loss(values[0], wanted, tolerances)
            study.tell(trial, off)
            if best is None or off < best[0]:
                best = (off, point, values[0], errors[0])
            rows.append({**space.changes(point), "loss": off, "best": best[0]})
            tell(done + 1)
    assert best is not None
    frame = pd.DataFrame(rows, index=pd.RangeIndex(1, points + 1, name="trial"))
    return Search(frame, best[1], best[2], best[3], wanted, tolerances)


def _suggested(trial: optuna.Trial, space: Space, key: str) -> int | float:
    """A value that the sampler chooses; it knows of whole numbers itself, and the first are drawn evenly from them."""
    low, high = space.ranges[key]
    return trial.suggest_int(key, int(low), int(high)) if key in space.whole else trial.suggest_float(key, low, high)


def _seed_of_search(seed: int) -> int:
    """Optuna takes a seed of 32 bits."""
    return spawned_seeds(seed, "search", 1)[0] % 2**32


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna says nothing below a warning; what the user has set comes back."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
