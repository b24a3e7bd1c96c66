"""Baselines for a forecast of ratifications: simple forecasts from the dates of other rounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from article10.agents.arrays import FloatArray
from article10.runs.evidence.holdout_likelihood import duration_likelihood, estimate
from article10.runs.evidence.ratification_times import calendar_days
from article10.runs.evidence.rounds import Round

COMMON, WEIBULL, MEAN = "one common hazard", "one common Weibull", "members' historical mean"
NO_CHANGE, SPEEDS = "no change", "fitted speeds alone"


def baselines(
    this: Round, known: Sequence[Round], alone: FloatArray, runs: int, rng: np.random.Generator
) -> dict[str, FloatArray]:
    """Days to each member's ratification under each baseline, (run, member of the roster).

    *One common hazard*: the same for all members and rounds, fitted to the other rounds' days. *One common Weibull*:
    the same with a shape. *Members' historical mean*: exponential around each member's mean in other rounds, around the
    mean of all if it was in none. *No change*: nobody ratifies. *Fitted speeds alone*: the hierarchical fit that the
    model uses, with every member always willing, which shows what stances and bargaining add.

    Args:
        this: the round to forecast; its dates are not used.
        known: other rounds; of rounds signed on the same day only the first is used.
        alone: days of members that are always willing, (run, member); see ``willing_days``.
        runs: number of runs of each forecast.
        rng: generator of the draws.
    """
    codes = this.setup.roster.iso3
    seen = list({r.signed: r for r in reversed(known)}.values())
    means = _means(codes, seen)
    unit = rng.exponential(size=(3, runs, len(codes)))
    scale, shape = common_weibull(seen)
    return {
        COMMON: unit[0] / common_hazard(seen),
        WEIBULL: scale * unit[2] ** (1.0 / shape),
        MEAN: unit[1] * means,
        NO_CHANGE: np.full((runs, len(codes)), np.inf),
        SPEEDS: alone,
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


def common_weibull(rounds: Sequence[Round]) -> tuple[float, float]:
    """Maximum-likelihood scale, days, and shape common to all members and rounds, from interval-censored dates."""
    low, high = (np.concatenate([getattr(r, end) for r in rounds]) for end in ("low", "high"))
    one = np.ones((len(low), 1))
    likelihood = duration_likelihood("weibull", low, high)
    found = estimate(likelihood, [one, one], ["log_scale", "log_shape"], [4.5, 0.0], np.arange(len(low)))
    scale, shape = np.exp(found.value)
    return float(scale), float(shape)


def willing_days(
    this: Round, speed: FloatArray, shape: FloatArray, recess_weight: float, runs: int, rng: np.random.Generator
) -> FloatArray:
    """Days of members that are always willing, (run, member of the roster); infinite beyond the horizon.

    Args:
        this: the round; its dates are not used.
        speed: fitted speeds per year, (draw, member); runs are spread evenly over the draws.
        shape: Weibull shapes, (draw,).
        recess_weight: how much a day of recess counts.
        runs: number of runs.
        rng: generator of the draws.
    """
    draw = np.linspace(0, len(speed), runs, endpoint=False).astype(int)
    unit = rng.exponential(size=(runs, speed.shape[1]))
    return calendar_days(this, unit ** (1.0 / shape[draw, None]) / speed[draw], recess_weight)


def _means(codes: Sequence[str], rounds: Sequence[Round]) -> FloatArray:
    """Each member's mean over the midpoints of its intervals."""
    middles: dict[str, list[float]] = {}
    for known in rounds:
        for code, middle in zip(known.members, known.middle, strict=True):
            middles.setdefault(code, []).append(float(middle))
    of_all = float(np.mean([day for days in middles.values() for day in days]))
    return np.array([np.mean(middles.get(code, [of_all])) for code in codes])
