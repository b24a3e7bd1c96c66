"""Durations of which some are known within bounds alone: estimates and scores that allow for censoring.

A duration is an interval ``[low, high]``, days, (case,) each; an infinite ``high`` means right censoring at ``low``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]

ITERATIONS, TOLERANCE = 5000, 1e-7


def turnbull(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Survival without any assumption on its form (Turnbull 1976), by the self-consistency algorithm.

    Args:
        low: lower ends, above zero where the duration is exact.
        high: upper ends.

    Returns:
        Zero and the distinct ends, and the probability of outlasting each; between two of them it is not determined.

    >>> turnbull(np.array([1.0, 2.0, 3.0]), np.array([1.5, 3.0, np.inf]))[1].round(3)
    array([1.   , 1.   , 0.667, 0.667, 0.333, 0.   ])
    """
    ends = np.unique(np.concatenate([[0.0], low, high]))
    inside = (ends[:-1] >= low[:, None]) & (ends[1:] <= high[:, None])
    inside |= (low == high)[:, None] & (ends[1:] == low[:, None])
    mass = np.full(len(ends) - 1, 1.0 / (len(ends) - 1))
    for _ in range(ITERATIONS):
        share = inside * mass
        before = mass
        mass = (share / share.sum(axis=1, keepdims=True)).mean(axis=0)
        if np.abs(mass - before).max() < TOLERANCE:
            break
    return ends, np.concatenate([[1.0], np.maximum(1.0 - np.cumsum(mass), 0.0)])


def censored_brier(outlasting: FloatArray, low: FloatArray, high: FloatArray, days: FloatArray) -> FloatArray:
    """Brier score of the forecast that a duration exceeds each day, (case, day).

    Weights by the inverse probability of not being censored (Graf et al. 1999; Kaplan–Meier over all cases) make the
    mean score unbiased where censoring does not depend on the duration: a case censored before the day counts nothing,
    and others count for those like them. Within the interval of a case the probability that it still stands falls
    linearly.

    Args:
        outlasting: probability of outlasting each day, (case, day).
        low: lower ends.
        high: upper ends.
        days: the days, (day,).

    >>> low, high = np.array([20.0, 20.0, 5.0]), np.array([20.0, np.inf, 5.0])
    >>> censored_brier(np.full((3, 1), 0.8), low, high, np.array([10.0])).round(2).ravel()
    array([0.04, 0.04, 0.64])
    """
    ended = np.isfinite(high)
    middle = np.where(ended, (low + np.where(ended, high, low)) / 2, low)
    width = np.where(ended, np.maximum(high - low, 1e-9), 1.0)
    scores = np.zeros(outlasting.shape)
    for place, day in enumerate(days):
        known = ended | (low >= day)
        weight = known / _uncensored(middle, ended, np.minimum(middle, day))
        stands = np.where(ended, np.clip((np.where(ended, high, 0.0) - day) / width, 0.0, 1.0), 1.0)
        forecast = outlasting[:, place]
        scores[:, place] = weight * (stands * (1.0 - forecast) ** 2 + (1.0 - stands) * forecast**2)
    return scores


def censored_crps(outlasting: FloatArray, low: FloatArray, high: FloatArray, days: FloatArray) -> FloatArray:
    """CRPS up to the last day, in days, (case,): the integral of ``censored_brier`` from zero (trapezoids).

    Args:
        outlasting: probability of outlasting each day, (case, day).
        low: lower ends.
        high: upper ends.
        days: the days of the trapezoids, rising, (day,).
    """
    return np.asarray(np.trapezoid(censored_brier(outlasting, low, high, days), days, axis=1))


def _uncensored(seen: FloatArray, ended: npt.NDArray[np.bool_], days: FloatArray) -> FloatArray:
    """Kaplan–Meier probability of not being censored before each of some days."""
    censored, number = np.unique(seen[~ended], return_counts=True)
    at_risk = len(seen) - np.searchsorted(np.sort(seen), censored, side="left")
    at_risk = len(seen) - np.searchsorted(np.sort(seen), censored, side="left")
    left = np.concatenate([[1.0], np.cumprod(1.0 - number / at_risk)])
    found: FloatArray = left[np.searchsorted(censored, days, side="left")]
    return found
