"""Emulators: a fast approximation of a slow function of many parameters, which knows how far it may be off.

The value at a point is a linear trend in the active parameters, plus a Gaussian process of what is left (Sacks, Welch,
Mitchell & Wynn 1989; active inputs as in Craig, Goldstein, Seheult & Smith 1997). What the inactive parameters do is
part of a nugget, and so part of the variance that the emulator states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from sklearn.gaussian_process import GaussianProcessRegressor

MOST_ACTIVE = 8
"""Most parameters that are active: with more, a few hundred points say nothing of how they act together."""

ACTIVE_T = 3.0
"""Size of an effect, in its standard errors, from which a parameter is active."""

POINTS_OF_SCALES = 150
"""Number of points from which the scales of the Gaussian process are estimated, as it takes their cube in time."""

FEWEST_FREE = 10
"""Points beyond the number of parameters that a linear effect of each needs; with fewer, correlations rank them."""

BLOCK = 4096
"""Number of points that are predicted at a time."""


@dataclass(frozen=True)
class Emulator:
    """An approximation of one value as a function of the point in the unit cube.

    Attributes:
        active: places of the active parameters.
        trend: the constant and the slope of each active parameter.
        scale: standard deviation of what the trend leaves, in whose units the process is.
        process: the Gaussian process; its variance includes the nugget.
    """

    active: np.ndarray
    trend: np.ndarray
    scale: float
    process: GaussianProcessRegressor | None

    @classmethod
    def fit(cls, unit: np.ndarray, values: np.ndarray, noise: np.ndarray, seed: int = 0) -> Self:
        """An emulator of values at some points.

        Args:
            unit: points of the unit cube, (point, parameter).
            values: what the function gave there, (point,).
            noise: variance of the error of each of these, (point,).
            seed: seed of the choice of points from which scales are estimated.
        """
        active = active_parameters(unit, values)
        inputs = _with_constant(unit[:, active])
        trend = np.linalg.lstsq(inputs, values, rcond=None)[0]
        rest = values - inputs @ trend
        scale = float(rest.std())
        if scale == 0.0:
            return cls(active, trend, 0.0, None)
        used = active if len(active) else np.arange(1)
        return cls(active, trend, scale, _process(unit[:, used], rest / scale, noise / scale**2, seed))

    def predict(self, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of the value at points, (point,) each; the variance is that of the emulator alone."""
        mean = _with_constant(unit[:, self.active]) @ self.trend
        if self.process is None:
            return mean, np.zeros(len(unit))
        used = self.active if len(self.active) else np.arange(1)
        spread = np.empty(len(unit))
        for first in range(0, len(unit), BLOCK):
            rows = slice(first, first + BLOCK)
            added, spread[rows] = self.process.predict(unit[rows][:, used], return_std=True)
            mean[rows] += self.scale * added
        return mean, (self.scale * spread) ** 2


def active_parameters(unit: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Places of the parameters with the largest effects, in a straight line or bent; none where none stands out.

    Args:
        unit: points of the unit cube, (point, parameter).
        values: what the function gave there, (point,).
    """
    n, k = unit.shape
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        return np.arange(0)
    if n < k + FEWEST_FREE:
        straight, rest = _correlation_t(unit, values), values
    else:
        inputs = _with_constant(unit)
        slopes = np.linalg.lstsq(inputs, values, rcond=None)[0]
        rest = values - inputs @ slopes
        variance = float(rest @ rest) / (n - k - 1)
        errors = np.sqrt(np.maximum(variance * np.diag(np.linalg.pinv(inputs.T @ inputs)), 1e-300))
        straight = np.abs(slopes / errors)[1:]
    strongest = np.maximum(straight, _correlation_t((unit - 0.5) ** 2, rest))
    largest = np.argsort(-strongest, kind="stable")[:MOST_ACTIVE]
    return np.sort(largest[strongest[largest] >= ACTIVE_T])


def _correlation_t(inputs: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Size of the correlation of each column with some values, as the t statistic of its test, (column,)."""
    n = len(values)
    standard = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    r = standard.T @ (values - values.mean()) / (n * max(float(values.std()), 1e-300))
    return np.abs(r) * np.sqrt((n - 2) / np.maximum(1 - r**2, 1e-12))


def _with_constant(inputs: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(inputs)), inputs])


def _process(inputs: np.ndarray, values: np.ndarray, noise: np.ndarray, seed: int) -> GaussianProcessRegressor:
    """A Gaussian process whose scales are those that make some of the points most likely."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    kernel = ConstantKernel(0.5, (1e-4, 10.0)) * RBF(np.ones(inputs.shape[1]), (0.1, 20.0))
    kernel += WhiteKernel(0.1, (1e-6, 2.0))
    some = np.random.default_rng(seed).permutation(len(values))[:POINTS_OF_SCALES]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a scale at the end of its range is as good as further on
        found = GaussianProcessRegressor(kernel, alpha=noise[some] + 1e-8).fit(inputs[some], values[some])
    return GaussianProcessRegressor(found.kernel_, alpha=noise + 1e-8, optimizer=None).fit(inputs, values)


@dataclass(frozen=True)
class Checked:
    """How an emulator did at points that it was not fitted to.

    Attributes:
        errors: its errors in standard deviations, as it states them together with the noise of the values, (point,).
        explained: share of the variance of the true values that it explains, 0 where it says no more than their mean;
            NaN where the values differ so little that most of it is noise.
    """

    errors: np.ndarray
    explained: float

    def within(self, deviations: float) -> np.ndarray:
        """Which errors are at most so many standard deviations, (point,)."""
        return np.abs(self.errors) <= deviations


def check(emulator: Emulator, unit: np.ndarray, values: np.ndarray, noise: np.ndarray) -> Checked:
    """Compare an emulator with points that were held out.

    Args:
        emulator: the emulator, fitted to other points.
        unit: points, (point, parameter).
        values: what the function gave there, (point,).
        noise: variance of the error of each of these, (point,).
    """
    mean, variance = emulator.predict(unit)
    errors = (values - mean) / np.sqrt(variance + noise)
    signal, blur = float(values.var() - noise.mean()), float(noise.mean())
    if signal <= blur:
        return Checked(errors, np.nan)
    return Checked(errors, max(0.0, 1.0 - (float(((values - mean) ** 2).mean()) - blur) / signal))
