"""What a forecast of ratifications must beat: four simple forecasts, of nothing but other rounds' days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from article10.agents.arrays import FloatArray
from article10.runs.evidence.rounds import Round

COMMON, MEAN, NO_CHANGE, SPEEDS = "one common hazard", "members' historical mean", "no change", "fitted speeds alone"


def baselines(
    this: Round, known: Sequence[Round], speed: FloatArray, runs: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """Days to each member's ratification by each baseline, (run, member) on the roster's members.

    *One common hazard*: the same for all members and rounds, fitted to the other rounds' days. *Members' historical
    mean*: exponential around each member's mean in other rounds, around the mean of all if it was in none. *No change*:
    nobody ratifies. *Fitted speeds alone*: the hierarchical fit as the model has it, but everyone willing throughout,
    which shows what stances and bargaining add.

    Args:
        this: the round that is forecast; its days are not read.
        known: other rounds; of those signed on one day the first alone is used.
        speed: fitted hazards a year, (draw, member).
        runs: rows of each forecast.
        rng: of the draws.
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
    """The most likely hazard a day, the same for every member of every round, of days known as intervals."""
    from scipy import optimize

    low = np.concatenate([r.low for r in rounds])
    width = np.concatenate([r.high - r.low for r in rounds])

    def cost(log_hazard: float) -> float:
        hazard = np.exp(log_hazard)
        return float((hazard * low - np.log(-np.expm1(-hazard * width))).sum())

    return float(np.exp(optimize.minimize_scalar(cost, bounds=(-12.0, 3.0), method="bounded").x))


def _means(codes: Sequence[str], rounds: Sequence[Round]) -> FloatArray:
    """Each member's mean of the middles of its intervals."""
    middles: dict[str, list[float]] = {}
    for known in rounds:
        for code, middle in zip(known.members, known.middle, strict=True):
            middles.setdefault(code, []).append(float(middle))
    of_all = float(np.mean([day for days in middles.values() for day in days]))
    return np.array([np.mean(middles.get(code, [of_all])) for code in codes])
