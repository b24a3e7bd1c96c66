"""How pattern 12 is measured: the hazard of yielding alone, as fitted to the casebook, without any run of the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from article10.runs.evidence.holdout_casebook import Spells, read_spells
from article10.runs.evidence.holdout_hazard import COVARIATES, DRAWS, design, fit_hazard, median_days
from article10.runs.evidence.holdout_likelihood import Estimate, log_survival
from article10.runs.evidence.holdout_scores import BASELINES, CHOSEN, HORIZON, score_variants, skills
from article10.runs.evidence.pattern_measures import Figure

FloatArray = npt.NDArray[np.floating[Any]]

WEEK, MONTH = 7.0, 365.25 / 12
"""Days."""

ENDINGS = ("settled", "any")
"""What ends a spell: without and with a bypass or another decision."""

MEDIAN = {1.0: (3 * WEEK, 9 * WEEK), 0.0: (12 * MONTH, 30 * MONTH)}
"""Days between which half of the spells are to have ended, with a forcing event (1) and without (0)."""

OUTLASTING = (0.15, 0.35)
"""Shares of the spells without a forcing event between which that which outlasts five years is to lie."""

DAYS = np.geomspace(0.5, 20_000, 400)
"""Days between which medians are interpolated."""


def read_hazard() -> list[Figure]:
    """Medians, share outlasting five years, and skill in each score over each baseline, for countries left out.

    The intervals of medians and shares cover the uncertainty of the coefficients; those of skill resample quarrels. A
    median or share is as stated if the estimate lies in the range, a score if the mean is better.
    """
    spells = read_spells()
    figures = []
    for ending in ENDINGS:
        fitted = fit_hazard(spells, ending)
        for forcing, words in ((1.0, "with a forcing event"), (0.0, "without")):
            curves = _curves(fitted, spells.chosen(spells.forcing == forcing))
            medians = np.array([median_days(curve, DAYS) for curve in curves])
            figures.append(_within(f"median {words}, end `{ending}`", medians, "days", MEDIAN[forcing]))
            if not forcing:
                lasting = np.array([np.interp(HORIZON, DAYS, curve) for curve in curves])
                figures.append(_within(f"outlast five years {words}, end `{ending}`", lasting, "share", OUTLASTING))
    scores = score_variants(spells, (CHOSEN, *BASELINES), "country")
    for (baseline, score), found in skills(scores, spells).items():
        name = f"skill in {score.replace('_', ' ')} over {baseline}, countries left out"
        figures.append(Figure(name, found.value, found.low, found.high, "share", found.value > 0, found.value > 0))
    return figures


def _curves(fitted: Estimate, spells: Spells) -> FloatArray:
    """Mean survival of some spells at ``DAYS``, (1 + draw, day): the mean over draws, then each draw."""
    drawn = fitted.draws(DRAWS)
    location = drawn[:, :-1] @ design(spells, COVARIATES).T
    outlasts = np.exp(log_survival("weibull", np.log(DAYS), location[..., None], drawn[:, -1][:, None, None]))
    by_draw = outlasts.mean(axis=1)
    return np.vstack([by_draw.mean(axis=0), by_draw])


def _within(name: str, values: FloatArray, unit: str, bounds: tuple[float, float]) -> Figure:
    low, high = np.quantile(values[1:], [0.025, 0.975])
    holds = bool(bounds[0] <= values[0] <= bounds[1])
    return Figure(name, float(values[0]), float(low), float(high), unit, holds, holds)
