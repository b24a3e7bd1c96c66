"""Scores of forecasts that consist of samples, where the observation is exact or lies within an interval.

In all functions ``samples`` is ``(run, case)``: the forecast of each case in each run. An observation is an interval
``[low, high]``, ``(case,)`` each; if it is exact, both ends are the same. CRPS, log score and Brier score are losses
(lower is better) and proper (Gneiting & Raftery 2007): a forecaster's best choice is to state what they believe.
Concordance, coverage and PIT describe a forecast but are not proper scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]
BoolArray = npt.NDArray[np.bool_]

QUANTILES_OF_95 = (0.025, 0.975)


def crps(samples: FloatArray, observed: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Continuous ranked probability score of each case, in the unit of the samples, (case,).

    ``E|X - y| - E|X - X'| / 2`` with the expectations over the samples (Gneiting & Raftery 2007, equation 21).

    Args:
        samples: forecasts, (run, case).
        observed: (case,).
        weights: of the samples, which sum to 1, (run,); by default all weigh the same.

    >>> crps(np.array([[1.0], [3.0]]), np.array([2.0]))
    array([0.5])
    >>> crps(np.array([[1.0], [3.0]]), np.array([1.0]), np.array([1.0, 0.0]))
    array([0.])
    """
    if weights is not None:
        order = np.argsort(samples, axis=0)
        ranked, own = np.take_along_axis(samples, order, axis=0), weights[order]
        gaps = (own * ranked * (2.0 * np.cumsum(own, axis=0) - own - 1.0)).sum(axis=0)
        weighted: FloatArray = weights @ np.abs(samples - observed) - gaps
        return weighted
    n = len(samples)
    ranked = np.sort(samples, axis=0)
    ranks = (2.0 * np.arange(1, n + 1) - n - 1) / n**2
    spread = (ranks[:, None] * ranked).sum(axis=0)
    distance: FloatArray = np.abs(samples - observed).mean(axis=0) - spread
    return distance


def interval_crps(samples: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Continuous ranked probability score of cases known to lie in an interval, (case,).

    The threshold-weighted score whose weight is zero inside the interval, where the observation is not known more
    exactly. The chaining function of Allen, Ginsbourger & Ziegel (2023) shrinks the interval to a point. If both ends
    are the same, the score is ``crps``.

    >>> interval_crps(np.array([[1.0], [5.0]]), np.array([0.0]), np.array([9.0]))
    array([0.])
    """
    chained = np.minimum(samples, low) + np.maximum(samples - high, 0.0)
    return crps(chained, low)


def log_score(samples: FloatArray, low: FloatArray, high: FloatArray, horizon: float, narrowest: float) -> FloatArray:
    """Minus the logarithm of the probability given to the interval observed, (case,).

    Observation ends at the horizon: an interval that reaches it is open, and contains the runs in which the case occurs
    later or never. One additional run is spread evenly over the horizon, so that what no run showed is unlikely but not
    impossible. Intervals narrower than ``narrowest`` are widened to it, because samples do not resolve a density.

    Args:
        samples: forecasts, not cut off at the horizon; infinite in runs in which the case never occurs.
        low: lower end of the observation.
        high: upper end of the observation.
        horizon: end of the observation period.
        narrowest: narrowest interval that the samples resolve.

    >>> never = np.full((99, 1), np.inf)
    >>> log_score(never, np.array([300.0]), np.array([np.inf]), horizon=300.0, narrowest=7.0).round(3)
    array([0.01])
    """
    lack = np.maximum(narrowest - (high - low), 0.0) / 2
    open_end = high >= horizon
    bottom = np.where(low >= horizon, horizon, np.maximum(low - lack, 0.0))
    top = np.where(open_end, np.inf, np.minimum(high + lack, horizon))
    inside = ((samples >= bottom) & (samples <= top)).sum(axis=0)
    spread = np.maximum(np.minimum(top, horizon) - bottom, narrowest) / horizon
    score: FloatArray = -np.log((inside + spread) / (len(samples) + 1))
    return score


def brier(samples: FloatArray, low: FloatArray, high: FloatArray, by: float) -> FloatArray:
    """Brier score of the forecast that the case occurs by a time, (case,); not-a-number where that is not known.

    >>> brier(np.array([[1.0], [5.0]]), np.array([2.0]), np.array([2.0]), by=3.0)
    array([0.25])
    """
    came = np.where(high <= by, 1.0, np.where(low > by, 0.0, np.nan))
    score: FloatArray = ((samples <= by).mean(axis=0) - came) ** 2
    return score


def concordance(samples: FloatArray, low: FloatArray, high: FloatArray, kinds: Sequence[str] = ()) -> float:
    """Harrell's C: of the pairs with a known order, the share that the forecast means put in that order.

    A half is chance, and higher is better. Pairs whose intervals overlap, and pairs of different ``kinds``, have no
    known order; equal forecasts count half. Not-a-number where no pair has a known order.

    >>> concordance(np.array([[1.0, 2.0]]), np.array([4.0, 6.0]), np.array([4.0, 6.0]))
    1.0
    """
    mean = samples.mean(axis=0)
    before = (high[:, None] <= low[None, :]) & (low[:, None] < low[None, :])
    if len(kinds):
        before &= np.equal.outer(np.asarray(kinds), np.asarray(kinds))
    if not before.any():
        return float("nan")
    gap = (mean[None, :] - mean[:, None])[before]
    return float(((gap > 0) + 0.5 * (gap == 0)).mean())


def covered(samples: FloatArray, low: FloatArray, high: FloatArray, level: float) -> FloatArray:
    """Whether the central interval of a level contains the observation, (case,): 1, 0, or not-a-number if not known."""
    bottom, top = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2], axis=0)
    inside = (bottom <= low) & (high <= top)
    outside = (high < bottom) | (low > top)
    return np.where(inside, 1.0, np.where(outside, 0.0, np.nan))


def pit_histogram(samples: FloatArray, low: FloatArray, high: FloatArray, bins: int = 10) -> FloatArray:
    """Probability integral transform of the observations: share of cases in each of ``bins`` equal bins.

    Flat where forecasts are calibrated, piled up at the ends where they are too narrow. A case is spread over the
    probabilities between the two ends of its interval (the non-randomised form of Czado, Gneiting & Held 2009).
    """
    bottom, top = (samples < low).mean(axis=0), (samples <= high).mean(axis=0)
    edges = np.linspace(0.0, 1.0, bins + 1)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        below = np.clip((edges - bottom) / (top - bottom), 0.0, 1.0)
    below = np.where(top > bottom, below, edges >= bottom)
    below[0], below[-1] = 0.0, 1.0
    histogram: FloatArray = np.diff(below, axis=0).mean(axis=1)
    return histogram


@dataclass(frozen=True)
class Skill:
    """How much better a forecast is than a baseline: ``1 - score / baseline``, 1 perfect, 0 no better, below 0 worse.

    Attributes:
        value: skill of the mean scores.
        low: lower end of the 95% bootstrap interval.
        high: upper end of the 95% bootstrap interval.
        cases: number of cases scored.
    """

    value: float
    low: float
    high: float
    cases: int

    @property
    def detected(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0


def skill(
    score: FloatArray, baseline: FloatArray, *, clusters: npt.ArrayLike = (), resamples: int = 2000, seed: int = 0
) -> Skill:
    """Skill of a forecast over a baseline with a 95% percentile bootstrap interval.

    Args:
        score: scores of the forecast, (case,); cases that are not-a-number in either forecast are left out.
        baseline: scores of the baseline, (case,).
        clusters: cluster of each case, (case,); clusters are resampled whole. By default each case is a cluster.
        resamples: number of bootstrap resamples.
        seed: seed of the resampling.

    Raises:
        ValueError: no case has both scores.

    >>> skill(np.array([1.0, 2.0]), np.array([2.0, 4.0])).value
    0.5
    """
    labels = np.asarray(clusters) if np.size(clusters) else np.arange(len(score))
    known: BoolArray = np.isfinite(score) & np.isfinite(baseline)
    if not known.any():
        raise ValueError("skill: no case has a score of both forecast and baseline")
    _, group = np.unique(labels[known], return_inverse=True)
    of_forecast, of_baseline = (np.bincount(group, weights=values[known]) for values in (score, baseline))
    drawn = np.random.default_rng(seed).integers(len(of_forecast), size=(resamples, len(of_forecast)))
    below = of_baseline[drawn].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = 1.0 - of_forecast[drawn].sum(axis=1) / below
        value = 1.0 - of_forecast.sum() / of_baseline.sum()
    usable = values[np.isfinite(values)]
    low, high = np.quantile(usable, QUANTILES_OF_95) if usable.size else (np.nan, np.nan)
    return Skill(float(value), float(low), float(high), int(known.sum()))
