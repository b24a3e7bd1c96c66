"""Draws from a distribution known up to a constant, by adaptive importance sampling that says how good it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]

TAILS, WIDER = 5, 1.3
"""Degrees of freedom of the Student t distribution from which points are proposed, and its width relative to the
distribution sought."""

ATTEMPTS = 12
"""Largest number of attempts; each is centred on the result of the last."""

KEPT = 0.05
"""Share of the points that stay effective when the next attempt is centred: weights are flattened to it (tempered), so
that a bad attempt does not shrink the next one to a few points."""


class TooFewDrawsError(ValueError):
    """The effective sample is too small."""


@dataclass(frozen=True)
class WeightedPoints:
    """Points with importance weights.

    Attributes:
        points: (point, coordinate).
        weight: weights that sum to one, (point,).
    """

    points: FloatArray
    weight: FloatArray

    @property
    def effective(self) -> float:
        """Effective sample size: the number of equally weighted points that would be as good (Kish)."""
        return float(1.0 / (self.weight**2).sum())


def sample_by_importance(
    log_density: Callable[[FloatArray], FloatArray],
    centre: FloatArray,
    covariance: FloatArray,
    rng: np.random.Generator,
    size: int,
    enough: float,
) -> WeightedPoints:
    """Points and weights of a distribution, from Student t distributions that are recentred until they fit.

    Args:
        log_density: logarithm of the density up to a constant, of points (point, coordinate).
        centre: first guess of its mean, (coordinate,).
        covariance: first guess of its covariance, (coordinate, coordinate).
        rng: generator of the points.
        size: number of points of each attempt.
        enough: smallest effective sample size.

    Raises:
        TooFewDrawsError: no attempt reached the effective sample size; the message states the best.

    >>> normal = lambda points: -0.5 * (points**2).sum(axis=1)
    >>> found = sample_by_importance(normal, np.array([3.0]), np.eye(1), np.random.default_rng(1), 4000, 1000)
    >>> abs(float(found.weight @ found.points[:, 0])) < 0.1
    True
    """
    from scipy import stats

    best = 0.0
    for _ in range(ATTEMPTS):
        around = stats.multivariate_t(centre, WIDER * covariance, df=TAILS, seed=rng)
        points = around.rvs(size).reshape(size, len(centre))
        log_weight = log_density(points) - around.logpdf(points)
        found = WeightedPoints(points, _normal(log_weight))
        if found.effective >= enough:
            return found
        best = max(best, found.effective)
        centre, covariance = _moments(points, _flattened(log_weight, KEPT * size))
    raise TooFewDrawsError(f"{best:.0f} effective draws of {size:,}; expected at least {enough:.0f}")


def _normal(log_weight: FloatArray) -> FloatArray:
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def _flattened(log_weight: FloatArray, effective: float) -> FloatArray:
    """Weights raised to the largest power, at most one, that leaves an effective sample size."""
    low, high = 0.0, 1.0
    if 1.0 / (_normal(log_weight) ** 2).sum() >= effective:
        return _normal(log_weight)
    for _ in range(30):
        power = (low + high) / 2
        low, high = (power, high) if 1.0 / (_normal(power * log_weight) ** 2).sum() >= effective else (low, power)
    return _normal(low * log_weight)


def _moments(points: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    return weight @ points, np.atleast_2d(np.cov(points.T, aweights=weight))
