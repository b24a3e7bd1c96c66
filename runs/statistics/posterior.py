"""Approximate Bayesian computation by adaptive importance sampling, for any function from points to targets.

The weight of a point is its prior density, times a normal kernel of the distance between its estimates and the targets,
divided by the density from which the point was drawn. If the kernel is as wide as the error of the targets, the result
is exact for targets measured with that error (Wilkinson 2013); the noise of finite runs is part of the error. Later
rounds draw near the points of high weight. All rounds count, weighted under the mixture of all their densities
(adaptive multiple importance sampling: Cornuet, Marin, Mira & Robert 2012; population Monte Carlo: Beaumont et al.
2009).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

ROUNDS = 4
"""Number of rounds: the first covers the prior evenly, the others draw near the points that fitted so far."""

WIDER = 2.0
"""Variance of a round's kernels in units of the weighted variance so far (Beaumont et al. 2009)."""

DEFENSIVE = 0.1
"""Share of each later round that is drawn from the prior, so that no weight grows without bound."""

INSIDE_DRAWS = 4096
"""Number of draws that estimate the mass of a round's kernels inside the ranges."""

FEWEST_FOR_SHAPE = 20
"""Least effective number of points that shape a round's kernels: with fewer, the kernel of the fit is widened."""

BLOCK = 1024
"""Number of points whose distances to all kernels are held in memory at once."""

Simulator = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""A function from points (point, parameter) to estimates of the targets and their standard errors, (point, target)."""


class Space(Protocol):
    """The uniform prior: parameters and their ranges."""

    @property
    def keys(self) -> list[str]:
        """Names of the parameters."""

    @property
    def is_whole(self) -> np.ndarray:
        """Which parameters are whole numbers, (parameter,) of bool."""

    @property
    def low(self) -> np.ndarray:
        """The lowest values, (parameter,)."""

    @property
    def high(self) -> np.ndarray:
        """The highest values, (parameter,)."""

    @property
    def standard_deviation(self) -> np.ndarray:
        """Standard deviations of the prior, (parameter,)."""

    def values(self, unit: np.ndarray) -> np.ndarray:
        """Values of the parameters at points of the unit cube, both (point, parameter)."""


@dataclass(frozen=True)
class Posterior:
    """Points with weights.

    Attributes:
        space: the parameters and their ranges, which define the uniform prior.
        points: (point, parameter), the values that were simulated.
        weights: (point,), adding up to 1.
        misfit: squared distance from the targets in units of tolerance and noise, (point,); infinite where a target
            has no value.
        values: estimates of the targets, (point, target).
        errors: their standard errors, (point, target).
        wanted: the targets, (target,).
        tolerances: standard deviation of each target's error, (target,).
        n_prior: how many points, the first ones, were drawn from the prior.
    """

    space: Space
    points: np.ndarray
    weights: np.ndarray
    misfit: np.ndarray
    values: np.ndarray
    errors: np.ndarray
    wanted: np.ndarray
    tolerances: np.ndarray
    n_prior: int

    @property
    def effective_size(self) -> float:
        """The effective sample size: 1 / sum of squared weights (Kish 1965)."""
        return float(1.0 / (self.weights**2).sum())

    @property
    def scatter(self) -> np.ndarray:
        """Standard deviation of each target's error at each point, (point, target): tolerance and noise."""
        return np.asarray(np.sqrt(self.tolerances**2 + self.errors**2))

    def draws(self, n: int, seed: int = 0) -> np.ndarray:
        """Points drawn by their weights, systematically, (draw, parameter)."""
        places = (np.arange(n) + np.random.default_rng(seed).random()) / n
        chosen = np.searchsorted(np.cumsum(self.weights), places).clip(max=len(self.weights) - 1)
        return np.asarray(self.points[chosen])

    def parameter_quantiles(self, at: tuple[float, ...]) -> np.ndarray:
        """Weighted quantiles of the parameters, (quantile, parameter); those of whole numbers are values that were run.

        The quantile of a whole number is the least value that has at least so much of the weight at or below it.
        """
        found = self.quantiles(self.points, at)
        for place in np.flatnonzero(self.space.is_whole):
            column = self.points[:, place]
            found[:, place] = np.quantile(column, at, weights=self.weights, method="inverted_cdf")
        return found

    def quantiles(self, values: np.ndarray, at: tuple[float, ...]) -> np.ndarray:
        """Weighted quantiles of values (point, …) along the points, (quantile, …)."""
        flat = values.reshape(len(values), -1)
        found = [_weighted_quantiles(column, self.weights, at) for column in flat.T]
        return np.array(found).T.reshape(len(at), *values.shape[1:])


def _weighted_quantiles(values: np.ndarray, weights: np.ndarray, at: tuple[float, ...]) -> np.ndarray:
    known = np.isfinite(values) & (weights > 0)
    if not known.any():
        return np.full(len(at), np.nan)
    order = np.argsort(values[known])
    ordered, mass = values[known][order], weights[known][order]
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    return np.asarray(np.interp(at, middle, ordered))


def sample_posterior(
    simulate: Simulator,
    space: Space,
    wanted: np.ndarray,
    tolerances: np.ndarray,
    *,
    points: int = 512,
    seed: int = 0,
    rounds: int = ROUNDS,
) -> Posterior:
    """The posterior of parameters with a uniform prior, given targets that are known with a normal error.

    Args:
        simulate: returns estimates of the targets at points, and their standard errors.
        space: parameters and their ranges.
        wanted: the targets, (target,).
        tolerances: standard deviation of each target's error, (target,).
        points: number of points to simulate in all rounds together.
        seed: seed of the points; the simulator has its own.
        rounds: number of rounds; the first has as many points as all others together.

    Raises:
        ValueError: no point has a value for every target.
    """
    from scipy.stats import qmc

    rng = np.random.default_rng(seed)
    n, sizes = len(space.keys), _sizes(points, rounds)
    first = qmc.Sobol(n, rng=np.random.default_rng(seed)).random(2 ** math.ceil(math.log2(sizes[0])))
    unit, proposals = first[: sizes[0]], [Proposal.uniform(n)]
    values, errors = simulate(space.values(unit))
    for size in sizes[1:]:
        log_fit = _log_fit(values, errors, wanted, tolerances)
        proposals.append(Proposal.near(unit, _shaping_weights(log_fit, _log_drawn(unit, proposals, sizes)), rng))
        new = proposals[-1].draw(size, rng)
        more_values, more_errors = simulate(space.values(new))
        unit = np.concatenate([unit, new])
        values, errors = np.concatenate([values, more_values]), np.concatenate([errors, more_errors])
    log_weight = _log_fit(values, errors, wanted, tolerances) - _log_drawn(unit, proposals, sizes)
    misfit = (((values - wanted) ** 2) / (tolerances**2 + errors**2)).sum(axis=1)
    return Posterior(
        space,
        space.values(unit),
        _normalised(log_weight),
        np.where(np.isfinite(misfit), misfit, np.inf),
        values,
        errors,
        wanted,
        tolerances,
        sizes[0],
    )


def _sizes(points: int, rounds: int) -> list[int]:
    if rounds == 1:
        return [points]
    first = max(1, points // 2)
    each = np.array_split(np.arange(points - first), rounds - 1)
    return [first, *(len(part) for part in each if len(part))]


def _log_fit(values: np.ndarray, errors: np.ndarray, wanted: np.ndarray, tolerances: np.ndarray) -> np.ndarray:
    """Log density of the targets at each point: normal, with the tolerance and the noise of finite runs."""
    variance = tolerances**2 + errors**2
    log_density = -0.5 * ((values - wanted) ** 2 / variance + np.log(variance)).sum(axis=1)
    if not np.isfinite(log_density).any():
        raise ValueError("no point has a value for every target: does the scenario reach what they measure?")
    return np.where(np.isfinite(log_density), log_density, -np.inf)


def _normalised(log_weight: np.ndarray) -> np.ndarray:
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def _shaping_weights(log_fit: np.ndarray, log_drawn: np.ndarray) -> np.ndarray:
    """Weights of the points so far; the kernel of the fit is widened until the effective sample size suffices."""
    softness = 1.0
    while True:
        weights = _normalised(log_fit * softness - log_drawn)
        if 1 / (weights**2).sum() >= min(FEWEST_FOR_SHAPE, len(weights) / 2) or softness < 1e-6:
            return weights
        softness *= 0.8


def _log_drawn(unit: np.ndarray, proposals: list[Proposal], sizes: list[int]) -> np.ndarray:
    """Log density of the mixture of all rounds so far, (point,)."""
    so_far = np.array(sizes[: len(proposals)], float)
    densities = np.array([proposal.density(unit) for proposal in proposals])
    return np.asarray(np.log((so_far / so_far.sum()) @ densities))


@dataclass(frozen=True)
class Proposal:
    """The density from which a round draws, in the unit cube: normal kernels at weighted points, and the prior.

    Attributes:
        centres: (kernel, parameter).
        weights: weights of the kernels, adding up to 1.
        root: Cholesky factor of the kernels' covariance, (parameter, parameter).
        inside: mass of the kernels within the cube.
        share: share of the kernels; the rest is the uniform prior.
    """

    centres: np.ndarray
    weights: np.ndarray
    root: np.ndarray
    inside: float
    share: float

    @classmethod
    def uniform(cls, n_parameters: int) -> Proposal:
        """The prior alone."""
        return cls(np.zeros((1, n_parameters)), np.ones(1), np.eye(n_parameters), 1.0, 0.0)

    @classmethod
    def near(cls, unit: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> Proposal:
        """Kernels at the points of weight, as wide as twice their covariance."""
        spread = np.atleast_2d(np.cov(unit.T, aweights=weights, bias=True))
        root = np.linalg.cholesky(WIDER * spread + 1e-8 * np.eye(len(spread)))
        kept = weights > 0
        new = cls(unit[kept], weights[kept], root, 1.0, 1.0 - DEFENSIVE)
        tried = new._kernel_draws(INSIDE_DRAWS, rng)
        return cls(new.centres, new.weights, root, float(_is_inside(tried).mean()), new.share)

    def _kernel_draws(self, n: int, rng: np.random.Generator) -> np.ndarray:
        chosen = rng.choice(len(self.weights), size=n, p=self.weights)
        return np.asarray(self.centres[chosen] + rng.standard_normal((n, len(self.root))) @ self.root.T)

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Points in the cube, (n, parameter)."""
        from_kernels = round(n * self.share)
        found = rng.random((n - from_kernels, len(self.root)))
        while len(found) < n:
            tried = self._kernel_draws(2 * n, rng)
            found = np.concatenate([found, tried[_is_inside(tried)]])
        return found[:n]

    def density(self, unit: np.ndarray) -> np.ndarray:
        """Density at points, (point,)."""
        if self.share == 0:
            return np.ones(len(unit))
        from scipy.linalg import solve_triangular
        from scipy.spatial.distance import cdist

        scale = (2 * np.pi) ** (len(self.root) / 2) * float(np.prod(np.diag(self.root)))
        centres = solve_triangular(self.root, self.centres.T, lower=True).T
        kernels = np.empty(len(unit))
        for first in range(0, len(unit), BLOCK):
            rows = slice(first, first + BLOCK)
            apart = cdist(solve_triangular(self.root, unit[rows].T, lower=True).T, centres, "sqeuclidean")
            kernels[rows] = np.exp(-0.5 * apart) @ self.weights / scale
        return 1 - self.share + self.share * kernels / max(self.inside, 1 / INSIDE_DRAWS)


def _is_inside(points: np.ndarray) -> np.ndarray:
    return np.asarray(((points >= 0) & (points <= 1)).all(axis=1))
