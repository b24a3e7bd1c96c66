"""Scores of the hazard on spells of countries and quarrels that it was not fitted to, beside simple baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from article10.runs.evidence.holdout_casebook import Spells
from article10.runs.evidence.holdout_hazard import (
    COVARIATES,
    design,
    fit_hazard,
    indicators,
    levels,
    predict_survival,
)
from article10.runs.statistics.scores import Skill, skill
from article10.runs.statistics.survival import censored_brier, censored_crps

FloatArray = npt.NDArray[np.floating[Any]]

BRIER_DAYS = np.array([30.0, 90.0, 365.0])
"""Days at which Brier scores are taken."""

HORIZON = 1826.0
"""Five years, days, up to which the CRPS is integrated: beyond it few spells are seen."""

DAYS = np.unique(
    np.concatenate([np.linspace(0.0, 30.0, 13), np.linspace(30.0, 365.0, 24), np.linspace(365.0, HORIZON, 30)])
)
"""Days between which scores are integrated, (day,)."""

SCORES = ("crps", "brier_30", "brier_90", "brier_365")


@dataclass(frozen=True)
class Variant:
    """A form of the hazard.

    Attributes:
        name: its name in tables.
        family: family of distributions.
        covariates: its covariates.
        pooled: what has partially pooled effects: ``body``, ``country`` or both.
    """

    name: str
    family: str = "weibull"
    covariates: tuple[str, ...] = ()
    pooled: tuple[str, ...] = ()


CHOSEN = Variant("Weibull: forcing, stakes, ties", covariates=COVARIATES)
"""The form of the forecast."""

BASELINES = (Variant("log-normal without covariates", "lognormal"), Variant("Weibull without covariates"))

OTHERS = (
    Variant("Weibull: forcing", covariates=COVARIATES[:1]),
    Variant("Weibull: forcing, stakes", covariates=COVARIATES[:2]),
    Variant("log-normal: forcing, stakes, ties", "lognormal", COVARIATES),
    Variant("log-logistic: forcing, stakes, ties", "loglogistic", COVARIATES),
    Variant("chosen, and being alone", covariates=(*COVARIATES, "alone")),
    Variant("chosen, and size of the body", covariates=(*COVARIATES, "size")),
    Variant("chosen, and forcing × stakes", covariates=(*COVARIATES, "forcing × stakes")),
    Variant("chosen, bodies pooled partially", covariates=COVARIATES, pooled=("body",)),
    Variant("chosen, countries pooled partially", covariates=COVARIATES, pooled=("country",)),
    Variant("chosen, bodies and countries pooled partially", covariates=COVARIATES, pooled=("body", "country")),
)
"""All other forms that were scored."""


def predict_left_out(spells: Spells, variant: Variant, by: str, ending: str = "settled") -> FloatArray:
    """Probability that each spell outlasts each of ``DAYS``, from spells that have nothing to do with it.

    Args:
        spells: the spells.
        variant: form of the hazard.
        by: ``country``: the fit leaves out every spell in which any of the same countries held out; ``quarrel``: every
            spell of the same quarrel.
        ending: which outcomes count as an end, a key of ``ENDINGS``.

    Returns:
        Probabilities, (spell, day).
    """
    found = np.zeros((len(spells), len(DAYS)))
    units = spells.holdouts if by == "country" else spells.quarrel
    of = levels(spells, variant.pooled)
    columns = np.hstack([design(spells, variant.covariates), indicators(spells, of)])
    for unit in np.unique(units):
        out = spells.shares_a_holdout(str(unit)) if by == "country" else units == unit
        fitted = fit_hazard(spells.chosen(~out), ending, variant.covariates, variant.family, of)
        found[units == unit] = predict_survival(fitted, columns[units == unit], DAYS, variant.family)
    return found


def score(outlasting: FloatArray, spells: Spells, ending: str = "settled") -> pd.DataFrame:
    """Scores of each spell, lower is better: CRPS up to five years, days, and Brier scores at 30, 90 and 365 days.

    Args:
        outlasting: probability that each spell outlasts each of ``DAYS``, (spell, day).
        spells: the spells.
        ending: which outcomes count as an end, a key of ``ENDINGS``.
    """
    low, high = spells.bounds(ending)
    at = np.stack([np.interp(BRIER_DAYS, DAYS, curve) for curve in outlasting])
    brier = censored_brier(at, low, high, BRIER_DAYS)
    columns = [censored_crps(outlasting, low, high, DAYS), *brier.T]
    return pd.DataFrame(dict(zip(SCORES, columns, strict=True)), index=pd.Index(spells.identifier, name="id"))


def score_variants(
    spells: Spells, variants: Sequence[Variant], by: str, ending: str = "settled"
) -> dict[str, pd.DataFrame]:
    """Scores of each spell by form of the hazard, each from fits that leave the spell's countries or quarrel out."""
    return {each.name: score(predict_left_out(spells, each, by, ending), spells, ending) for each in variants}


def skills(scores: dict[str, pd.DataFrame], spells: Spells, of: str = CHOSEN.name) -> dict[tuple[str, str], Skill]:
    """Skill of a form over each baseline by score, with a 95% interval that resamples quarrels whole."""
    return {
        (baseline.name, name): skill(
            scores[of][name].to_numpy(), scores[baseline.name][name].to_numpy(), clusters=spells.quarrel
        )
        for baseline in BASELINES
        for name in SCORES
    }
