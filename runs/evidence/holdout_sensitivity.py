"""How the fit to the casebook changes if stakes and deadlines are coded with error, or if spells began earlier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from article10.runs.evidence.holdout_casebook import Spells
from article10.runs.evidence.holdout_hazard import fit_hazard
from article10.runs.evidence.holdout_scores import BASELINES, CHOSEN, predict_left_out, score
from article10.runs.statistics.scores import skill

FloatArray = npt.NDArray[np.floating[Any]]

MISREAD = {"stakes": 0.29, "forcing": 0.09}
"""Share of rows on which a second reading of 34 rows disagreed, from the casebook's README."""

LATE = 0.26
"""Share of rows whose dates the second reading corrected, nine of 34; mostly starts that had been coded too late."""


@dataclass(frozen=True)
class Perturbed:
    """Fits and scores of a casebook that was changed at random several times.

    Attributes:
        names: names of the coefficients.
        values: coefficients by draw, (draw, coefficient).
        skill: skill in CRPS over a Weibull without covariates, on quarrels left out of the fit, by draw, (draw,).
    """

    names: tuple[str, ...]
    values: FloatArray
    skill: FloatArray


def misread(spells: Spells, random: np.random.Generator, columns: tuple[str, ...] = ("stakes", "forcing")) -> Spells:
    """Spells with a second error of coding: stakes one step off, a forcing event where there was none or the reverse.

    Args:
        spells: the spells.
        random: source of the errors.
        columns: ``stakes``, ``forcing`` or both.
    """
    changed: dict[str, Any] = {}
    for name in columns:
        is_wrong = random.random(len(spells)) < MISREAD[name]
        if name == "stakes":
            step = np.where(
                spells.stakes == 1, 1, np.where(spells.stakes == 3, -1, random.choice([-1, 1], len(spells)))
            )
            changed[name] = spells.stakes + is_wrong * step
        else:
            changed[name] = np.where(is_wrong, 1.0 - spells.forcing, spells.forcing)
    return replace(spells, **changed)


def earlier_start(spells: Spells, random: np.random.Generator, days: float, share: float = LATE) -> Spells:
    """Spells of which a random share began some days before the coded start.

    Args:
        spells: the spells.
        random: source of which spells began earlier.
        days: how much earlier.
        share: share of spells that began earlier.
    """
    added = days * (random.random(len(spells)) < share)
    return replace(spells, shortest=spells.shortest + added, longest=spells.longest + added)


CHANGES: dict[str, Callable[[Spells, np.random.Generator], Spells]] = {
    "stakes misread": lambda spells, random: misread(spells, random, ("stakes",)),
    "forcing event misread": lambda spells, random: misread(spells, random, ("forcing",)),
    "both misread": misread,
    "a quarter began 30 days earlier": lambda spells, random: earlier_start(spells, random, 30),
    "a quarter began 90 days earlier": lambda spells, random: earlier_start(spells, random, 90),
    "a quarter began 365 days earlier": lambda spells, random: earlier_start(spells, random, 365),
}
"""Changes of the casebook that are compared with it as it is."""


def perturb(
    spells: Spells, change: Callable[[Spells, np.random.Generator], Spells], draws: int, seed: int = 0
) -> Perturbed:
    """Fit and score the form of the forecast on casebooks that are changed at random.

    Args:
        spells: the spells.
        change: a change, such as one of ``CHANGES``.
        draws: number of changed casebooks.
        seed: seed of the changes.
    """
    fits, skills = [], []
    for draw in range(draws):
        changed = change(spells, np.random.default_rng([seed, draw]))
        fits.append(fit_hazard(changed))
        own, plain = (
            score(predict_left_out(changed, form, "quarrel"), changed)["crps"].to_numpy()
            for form in (CHOSEN, BASELINES[1])
        )
        skills.append(skill(own, plain, resamples=1).value)
    return Perturbed(fits[0].names, np.array([each.value for each in fits]), np.array(skills))
