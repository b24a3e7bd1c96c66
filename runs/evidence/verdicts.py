"""Criteria by which a conclusion is robust, conditional or not supported, and on which parameter it depends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from article10.runs.evidence.perturbations import LEFT
from article10.runs.statistics.forms import NUMBER
from article10.runs.statistics.intervals import Difference
from article10.runs.statistics.proportion import wilson

Verdict = Literal["robust", "conditional", "not supported"]

ROBUST_SHARE, DECIDED_SHARE = 0.8, 0.5
"""Required share of decided points that keep a statement, and of points that decide it; see ``verdict``."""

SAMPLED = ("codes", "parameters", LEFT)
"""Families of perturbations that are sampled; the others are complete."""


def within(difference: Difference, band: Sequence[float]) -> bool | None:
    """Whether a difference lies in a band: true if its whole interval does, false if none of it does, else None."""
    low, high = band
    if low <= difference.low and difference.high <= high:
        return True
    return False if difference.high < low or difference.low > high else None


def verdict(keep: int, decided: int, points: int, sampled: bool) -> Verdict:
    """The verdict, from the number of points that keep a statement; see ``article10.runs.evidence.robustness``.

    >>> verdict(58, 60, 60, sampled=True), verdict(3, 4, 5, sampled=False), verdict(4, 20, 60, sampled=True)
    ('robust', 'conditional', 'not supported')
    """
    if decided == 0 or keep * 2 <= decided:
        return "not supported"
    enough = decided >= DECIDED_SHARE * points
    sure = wilson(keep, decided)[0] > ROBUST_SHARE if sampled else keep == decided
    return "robust" if enough and sure else "conditional"


def separating(values: pd.DataFrame, measure: np.ndarray, kept: np.ndarray) -> str:
    """The parameter most correlated with how well a statement is kept, and where it is kept, in words.

    The largest Spearman rank correlation is named only if it is significant at 5%, corrected for the number of
    parameters searched (Bonferroni).

    Args:
        values: values of the parameters, one row per point.
        measure: how well each point keeps the statement; larger is better.
        kept: true, false or None at each point.
    """
    from scipy.stats import spearmanr

    varied = [name for name in values if values[name].nunique() > 1]
    if len(measure) < 4 or np.ptp(measure) == 0 or not varied:
        return "no parameter explains it"
    found = {name: spearmanr(values[name], measure) for name in varied}
    name = max(varied, key=lambda n: abs(found[n].statistic))
    if found[name].pvalue * len(varied) >= 0.05:
        return "no single parameter explains it"
    middle = float(values[name].median())
    sides = {
        "below": (values[name] <= middle).to_numpy(),
        "above": (values[name] > middle).to_numpy(),
    }
    said = [f"{sum(k is True for k in kept[rows])} of {rows.sum()} {side}" for side, rows in sides.items()]
    correlation = NUMBER.format(found[name].statistic)
    return f"`{name}` (rank correlation {correlation}): decided and kept at {' and '.join(said)} {middle:.3g}"
