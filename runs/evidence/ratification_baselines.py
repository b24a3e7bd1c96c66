"""Baselines for a forecast of ratifications: four simple forecasts from the dates of other rounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from article10.agents.arrays import FloatArray
from article10.runs.evidence.rounds import Round

COMMON, MEAN, NO_CHANGE, SPEEDS = "one common hazard", "members' historical mean", "no change", "fitted speeds alone"


def baselines(
    this: Round, known: Sequence[Round], speed: FloatArray, runs: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """Days to each member's ratification under each baseline, (run, member of the roster).

    *One common hazard*: the same for all members and rounds, fitted to the other rounds' days. *Members' historical
    mean*: exponential around each member's mean in other rounds, around the mean of all if it was in none. *No change*:
    nobody ratifies. *Fitted speeds alone*: the hierarchical fit that the model uses, with every member always willing,
    which shows what stances and bargaining add.

    Args:
        this: the round to forecast; its dates are not used.
        known: other rounds; of rounds signed on the same day only the first is used.
        speed: fitted hazards per year, (draw, member).
        runs: number of runs of each forecast.
        rng: generator of the draws.
    """
    codes = this.setup.roster.iso3
    seen = list({r.signed: r for r in reversed(known)}.values())
    means = _means(codes, seen)
    unit = rng.exponential(size=(3, runs, len(codes)))
    per_day = speed[np.linspace(0, len(speed), runs, endpoint=False).astype(int)] / 365.25
    return {
        COMMON: unit[0] / common_hazard(seen),
        MEAN: unit[1] * means,
        NO_CHANGE: np.full((runs, len(codes)), np.inf),
        SPEEDS: unit[2] / per_day,
    }


def common_hazard(rounds: Sequence[Round]) -> float:
    """Maximum-likelihood hazard per day, common to all members and rounds, from interval-censored dates."""
    from scipy import optimize

    low = np.concatenate([r.low for r in rounds])
    width = np.concatenate([r.high - r.low for r in rounds])

    def cost(log_hazard: float) -> float:
        hazard = np.exp(log_hazard)
        return float((hazard * low - np.log(-np.expm1(-hazard * width))).sum())

    return float(np.exp(optimize.minimize_scalar(cost, bounds=(-12.0, 3.0), method="bounded").x))


def _means(codes: Sequence[str], rounds: Sequence[Round]) -> FloatArray:
    """Each member's mean over the midpoints of its intervals."""
    middles: dict[str, list[float]] = {}
    for known in rounds:
        for code, middle in zip(known.members, known.middle, strict=True):
            middles.setdefault(code, []).append(float(middle))
    of_all = float(np.mean([day for days in middles.values() for day in days]))
    return np.array([np.mean(middles.get(code, [of_all])) for code in codes])
