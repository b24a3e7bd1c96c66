"""The hazard with which a holdout ends: a Weibull accelerated failure time model of the casebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from article10.runs.evidence.holdout_casebook import Spells
from article10.runs.evidence.holdout_likelihood import Estimate, duration_likelihood, estimate, log_survival

FloatArray = npt.NDArray[np.floating[Any]]

MIDDLE_STAKES = 2.0
"""Stakes at which the constant is read."""

COVARIATES = ("forcing", "stakes", "ties")
"""Covariates of the forecast; ``holdout_scores.OTHERS`` lists forms that were tried and left out."""

POOLED = {"body": 0.7, "country": 0.7}
"""Spread of partially pooled effects on the logarithm of the duration, where a variant has them: about a factor of two
either way. An assumption; a spread of 0.5 to 1.2 changes no score noticeably."""

DRAWS = 400
"""Coefficients drawn for a forecast, so that it allows for their uncertainty."""


def design(spells: Spells, covariates: Sequence[str]) -> FloatArray:
    """Values of the covariates, a constant first, (spell, coefficient)."""
    values = {
        "forcing": spells.forcing,
        "stakes": spells.stakes - MIDDLE_STAKES,
        "ties": spells.ties,
        "alone": spells.alone,
        "size": np.log(spells.members / 27.0),
        "forcing × stakes": spells.forcing * (spells.stakes - MIDDLE_STAKES),
    }
    return np.column_stack([np.ones(len(spells)), *(values[name] for name in covariates)])


def levels(spells: Spells, pooled: Sequence[str]) -> dict[str, list[str]]:
    """The levels of pooled effects: names of bodies, codes of countries."""
    found = {"body": set(spells.body.tolist()), "country": {c for h in spells.holdouts for c in h.split(";")}}
    return {each: sorted(found[each]) for each in pooled}


def indicators(spells: Spells, of: dict[str, list[str]]) -> FloatArray:
    """Columns of the pooled effects, (spell, level); where several countries hold out, each has its share."""
    columns = []
    for each, names in of.items():
        for name in names:
            if each == "body":
                columns.append((spells.body == name).astype(float))
            else:
                held = [codes.split(";") for codes in spells.holdouts]
                columns.append(np.array([(name in codes) / len(codes) for codes in held]))
    return np.column_stack(columns) if columns else np.zeros((len(spells), 0))


def fit_hazard(
    spells: Spells,
    ending: str = "settled",
    covariates: Sequence[str] = COVARIATES,
    family: str = "weibull",
    pooled: dict[str, list[str]] | None = None,
) -> Estimate:
    """Fit the duration of spells, ``log T = location + error``, with interval and right censoring.

    In the Weibull family ``S(t) = exp(−(t / exp(location))^shape)``, so that a coefficient multiplies the duration by
    its exponential, and with a shape below one the hazard falls with age. Errors are clustered by quarrel.

    Args:
        spells: the spells.
        ending: which outcomes count as an end, a key of ``ENDINGS``.
        covariates: names of covariates.
        family: ``weibull``, ``loglogistic`` or ``lognormal``.
        pooled: levels of partially pooled effects, from ``levels``; by default none.

    Returns:
        The coefficients ``constant``, the covariates, the pooled levels, and ``log_shape``.
    """
    low, high = spells.bounds(ending)
    of = pooled or {}
    columns = np.hstack([design(spells, covariates), indicators(spells, of)])
    effects = [(each, name) for each, names in of.items() for name in names]
    names = ["constant", *covariates, *(f"{each} {name}" for each, name in effects), "log_shape"]
    precision = [0.0] * (1 + len(covariates)) + [POOLED[each] ** -2 for each, _ in effects] + [0.0]
    return estimate(
        duration_likelihood(family, low, high),
        [columns, np.ones((len(spells), 1))],
        names,
        [5.0, *[0.0] * (columns.shape[1] - 1), -0.5],
        spells.quarrel,
        np.array(precision) if of else None,
    )


def predict_survival(fitted: Estimate, columns: FloatArray, days: FloatArray, family: str = "weibull") -> FloatArray:
    """Probability that spells outlast some days, averaged over the uncertainty of the coefficients, (spell, day).

    Args:
        fitted: coefficients of the columns, and the log shape last.
        columns: values of the covariates, (spell, coefficient).
        days: days since the start, (day,).
        family: family of the fit.
    """
    drawn = fitted.draws(DRAWS)
    location = drawn[:, :-1] @ columns.T
    with np.errstate(divide="ignore"):
        log_days = np.log(days)
    outlasts = np.exp(log_survival(family, log_days, location[..., None], drawn[:, -1][:, None, None]))
    average: FloatArray = outlasts.mean(axis=0)
    return average


def median_days(outlasting: FloatArray, days: FloatArray) -> float:
    """The day by which half of the spells have ended, by interpolation; infinite if that is after the last day.

    Args:
        outlasting: probability of outlasting each day, (day,), falling.
        days: the days, (day,), rising.
    """
    if outlasting[-1] > 0.5:
        return float("inf")
    return float(np.interp(-0.5, -outlasting, days))
