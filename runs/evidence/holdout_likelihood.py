"""Maximum likelihood with interval censoring, clustered errors and partial pooling.

lifelines does not cluster fits with interval censoring, and statsmodels does not have them (decision 16). Where either
can fit the same model, the estimates agree (``tests/test_holdout_spells.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]
LogLikelihood = Callable[[list[FloatArray]], FloatArray]

Z90 = 1.6448536269514722
"""Quantile of the normal distribution for a 90% interval."""

STEP = 1e-3
"""Step of the numerical derivatives by a linear predictor."""

SMALLEST = 1e-300
"""Smallest probability, so that its logarithm is finite."""


@dataclass(frozen=True)
class Estimate:
    """Estimates with their uncertainty.

    Attributes:
        names: name of each coefficient.
        value: estimates, (coefficient,).
        covariance: covariance of the estimates, (coefficient, coefficient).
    """

    names: tuple[str, ...]
    value: FloatArray
    covariance: FloatArray

    def interval(self) -> tuple[FloatArray, FloatArray]:
        """Ends of the 90% confidence intervals, (coefficient,) each."""
        margin = Z90 * np.sqrt(np.diag(self.covariance))
        return self.value - margin, self.value + margin

    def draws(self, size: int, seed: int = 0) -> FloatArray:
        """Coefficients drawn from the normal distribution of the estimates, (draw, coefficient)."""
        drawn: FloatArray = np.random.default_rng(seed).multivariate_normal(self.value, self.covariance, size=size)
        return drawn


def log_survival(family: str, log_time: FloatArray, location: FloatArray, log_shape: FloatArray) -> FloatArray:
    """Logarithm of the probability that a spell outlasts a time.

    With ``z = exp(log_shape) (log t − location)``: ``−exp(z)`` in the Weibull family, ``−log(1 + exp(z))`` in the
    log-logistic family, and ``log(1 − Φ(z))`` in the log-normal family, where Φ is the standard normal distribution.

    Args:
        family: ``weibull``, ``loglogistic`` or ``lognormal``.
        log_time: logarithm of the time, minus infinity at time zero.
        location: location of the logarithm of the duration.
        log_shape: logarithm of the shape; in the log-normal family the shape is one over the standard deviation.
    """
    z = np.exp(log_shape) * (log_time - location)
    if family == "weibull":
        return -np.exp(np.minimum(z, 50.0))
    if family == "loglogistic":
        return -np.logaddexp(0.0, z)
    from scipy.stats import norm

    result: FloatArray = norm.logsf(z)
    return result


def duration_likelihood(family: str, low: FloatArray, high: FloatArray) -> LogLikelihood:
    """Log-likelihood of durations known to lie in intervals, by location and log shape.

    ``log(S(low) − S(high))``; an infinite upper end is right censoring.

    Args:
        family: a family of ``log_survival``.
        low: lower ends, days, (spell,).
        high: upper ends, days, (spell,).
    """
    with np.errstate(divide="ignore"):
        log_low, log_high = np.log(low), np.log(np.where(np.isinf(high), 1.0, high))

    def of(predictors: list[FloatArray]) -> FloatArray:
        location, log_shape = predictors
        at_low = log_survival(family, log_low, location, log_shape)
        at_high = np.where(np.isinf(high), -np.inf, log_survival(family, log_high, location, log_shape))
        between: FloatArray = at_low + np.log(np.maximum(-np.expm1(at_high - at_low), SMALLEST))
        return between

    return of


def binary_likelihood(happened: FloatArray) -> LogLikelihood:
    """Log-likelihood of a logistic regression.

    Args:
        happened: whether each case happened, 0 or 1, (case,).
    """

    def of(predictors: list[FloatArray]) -> FloatArray:
        signed = np.where(happened > 0, predictors[0], -predictors[0])
        return -np.logaddexp(0.0, -signed)

    return of


def estimate(
    likelihood: LogLikelihood,
    designs: Sequence[FloatArray],
    names: Sequence[str],
    start: Sequence[float],
    clusters: npt.ArrayLike,
    penalty: FloatArray | None = None,
) -> Estimate:
    """Maximise a likelihood, with errors that allow for dependence within clusters.

    The covariance is the sandwich over clusters, times G / (G − 1) for G clusters. With a penalty, coefficients have
    independent normal distributions around zero, which pools them partially, and the covariance is that of the
    normal approximation at the maximum, so that a level without data keeps the spread it has before any data.

    Args:
        likelihood: log-likelihood of each case by its linear predictors.
        designs: a matrix (case, coefficient) for each linear predictor.
        names: name of each coefficient, those of the first design first.
        start: where the search begins, (coefficient,).
        clusters: cluster of each case, (case,).
        penalty: one over the variance of each coefficient's distribution, zero for none, (coefficient,).

    Raises:
        ValueError: the search did not converge.
    """
    from scipy.optimize import minimize

    ends = np.cumsum([design.shape[1] for design in designs])
    weight = np.zeros(ends[-1]) if penalty is None else penalty

    def predictors(theta: FloatArray) -> list[FloatArray]:
        return [design @ part for design, part in zip(designs, np.split(theta, ends[:-1]), strict=True)]

    def scores(theta: FloatArray) -> FloatArray:
        slopes = _slopes(likelihood, predictors(theta))
        return np.hstack([design * slope[:, None] for design, slope in zip(designs, slopes, strict=True)])

    def curvature(theta: FloatArray) -> FloatArray:
        second = _curvatures(likelihood, predictors(theta))
        blocks = [
            [one.T @ (second[i][j][:, None] * two) for j, two in enumerate(designs)] for i, one in enumerate(designs)
        ]
        return np.diag(weight) - np.block(blocks)

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        value = -likelihood(predictors(theta)).sum() + 0.5 * (weight * theta**2).sum()
        return float(value), weight * theta - scores(theta).sum(axis=0)

    found = minimize(loss, np.asarray(start, dtype=float), jac=True, hess=curvature, method="trust-exact")
    if not np.isfinite(found.fun) or np.abs(found.jac).max() > 1e-2:
        raise ValueError(f"the fit of {', '.join(names)} did not converge: {found.message}")
    bread = np.linalg.inv(curvature(found.x))
    if penalty is not None:
        return Estimate(tuple(names), found.x, bread)
    labels, place = np.unique(np.asarray(clusters), return_inverse=True)
    by_cluster = np.zeros((len(labels), len(found.x)))
    np.add.at(by_cluster, place, scores(found.x))
    meat = by_cluster.T @ by_cluster * len(labels) / (len(labels) - 1)
    return Estimate(tuple(names), found.x, bread @ meat @ bread)


def _moved(predictors: list[FloatArray], *steps: tuple[int, float]) -> list[FloatArray]:
    return [p + sum(step for which, step in steps if which == i) for i, p in enumerate(predictors)]


def _slopes(likelihood: LogLikelihood, at: list[FloatArray]) -> list[FloatArray]:
    """First derivatives of each case's log-likelihood by each linear predictor."""
    return [
        (likelihood(_moved(at, (i, STEP))) - likelihood(_moved(at, (i, -STEP)))) / (2 * STEP) for i in range(len(at))
    ]


def _curvatures(likelihood: LogLikelihood, at: list[FloatArray]) -> list[list[FloatArray]]:
    """Second derivatives of each case's log-likelihood by each pair of linear predictors."""
    return [
        [
            sum(
                (a * b * likelihood(_moved(at, (i, a * STEP), (j, b * STEP))) for a in (1, -1) for b in (1, -1)),
                np.zeros(()),
            )
            / (4 * STEP**2)
            for j in range(len(at))
        ]
        for i in range(len(at))
    ]
