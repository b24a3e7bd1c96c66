"""Forecasts of holdouts from the fits to the casebook; needs NumPy and pandas alone."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from article10.agents.short_error import ArgumentError, shown
from article10.model.days import day_given
from article10.runs.evidence.holdout_casebook import ENDINGS, read_spells
from article10.runs.evidence.holdout_fitted import fitted_estimate
from article10.runs.evidence.holdout_hazard import DRAWS, MIDDLE_STAKES
from article10.runs.evidence.holdout_likelihood import log_survival
from article10.runs.evidence.holdout_members import LEVEL, chance
from article10.runs.evidence.holdout_rows import FIRST, LEVELS, HoldoutRow, read_rows

FloatArray = npt.NDArray[np.floating[Any]]

DAYS = (30, 90, 365)
"""Days at which survival is stated."""

QUANTILES = (10, 50, 90)
"""Percentiles of the duration that are stated."""

GRID = np.geomspace(0.01, 1e6, 200)
"""Days between which quantiles are interpolated; a quantile beyond the last is infinite."""

LOG_GRID = np.log(GRID)

AGES = np.linspace(0.05, 0.95, 10)
"""Where in the interval of an uncertain start the spell is assumed to begin, each equally likely."""

CELLS = np.array(list(product(*LEVELS.values())))
"""Combinations of the levels of the coded columns, (cell, column)."""


def holdout_forecast(
    frame: pd.DataFrame, *, ending: str = "settled", as_of: str | dt.date | None = None
) -> pd.DataFrame:
    """Forecast how long members hold up a decision of a body that decides by unanimity, and whether they are paid.

    The forecast is a Weibull accelerated failure time model of the casebook (``model/data/casebook``) with
    three coded columns: ``public_threat_deadline`` (0 or 1: an expiry, summit, session end or ultimatum hangs over the
    decision), ``stakes_for_holdout`` (1 to 3) and ``leader_pro_russian`` (0 or 1). A value that is blank, or whose
    column is absent, is averaged over the casebook's spells with the same other values; a value between two codes is
    taken as a probability of each. Body, country and dates do not enter, so that unseen ones need no special care.

    Args:
        frame: rows in the casebook's columns, of which only these three are used, with ``as_of`` also
            ``first_public_objection``, ``first_earliest`` and ``first_latest`` (a day, a month or a year). Columns that
            are not used are ignored.
        ending: what ends a spell. ``settled``: the holdout yields, its government changes, or the others give up; a
            bypass or another decision does not count. ``yielded``: the holdout yields. ``any``: any of these.
        as_of: a day on which the spells still stand. Days then count from it, and an uncertain start is averaged over
            its interval. By default days count from the start of the spell.

    Returns:
        One row for each row, with the same index: ``survival_30``, ``survival_90`` and ``survival_365``, the
        probability that the spell outlasts so many days; ``days_10``, ``days_50`` and ``days_90``, the percentiles of
        its duration, days; and ``payment``, the probability that a holdout that yields is paid. Each has a 90% interval
        (``…_low``, ``…_high``) that covers the uncertainty of the coefficients alone.

    Raises:
        ArgumentError: a value is not possible, or with ``as_of`` a start is not known or later; the message names the
            row and the column.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"public_threat_deadline": [1, 0], "stakes_for_holdout": [2, None]})
    >>> holdout_forecast(rows)[["survival_90", "days_50", "payment"]].round(2).shape
    (2, 3)
    """
    if ending not in ENDINGS:
        raise ArgumentError(f"ending = {shown(ending)}: expected one of {', '.join(ENDINGS)}")
    rows = read_rows(frame)
    today = None if as_of is None else day_given("as_of", as_of)
    paid = _payment()
    found = []
    for row in rows:
        ages = np.zeros(1) if today is None else _ages(row, today)
        weights = cell_weights(row)
        durations = _durations(tuple(weights), tuple(ages), ending)
        found.append({**durations, **_with_interval("payment", weights @ paid)})
    return pd.DataFrame(found, index=frame.index, columns=_columns())


def _columns() -> list[str]:
    names = [*(f"survival_{day}" for day in DAYS), *(f"days_{percent}" for percent in QUANTILES), "payment"]
    return [f"{name}{end}" for name in names for end in ("", "_low", "_high")]


@cache
def _cell_counts() -> FloatArray:
    """Number of the casebook's spells in each combination of levels, and half a spell, shaped as the levels."""
    spells = read_spells()
    coded = np.column_stack([spells.forcing, spells.stakes, spells.ties])
    counts = (coded[:, None, :] == CELLS[None]).all(axis=2).sum(axis=0) + 0.5
    return counts.reshape([len(levels) for levels in LEVELS.values()])


def cell_weights(row: HoldoutRow) -> FloatArray:
    """Probability of each combination of levels, (cell,): known values as given, others as in the casebook."""
    known = list(row.weights.values())
    missing = tuple(axis for axis, weights in enumerate(known) if weights is None)
    counts = _cell_counts()
    weights = counts / counts.sum(axis=missing, keepdims=True)
    for axis, of_level in enumerate(known):
        if of_level is not None:
            weights = weights * of_level.reshape([-1 if other == axis else 1 for other in range(len(known))])
    flat: FloatArray = weights.ravel()
    return flat


def _ages(row: HoldoutRow, today: dt.date) -> FloatArray:
    """Ages that the spell may have on a day, days."""
    if row.start is None:
        raise ArgumentError(f"row {row.name!r}, column {FIRST}: expected the start of the spell, which as_of needs")
    first, last = row.start
    if first > today:
        raise ArgumentError(f"row {row.name!r}, column {FIRST}: the spell begins on {first}, after as_of = {today}")
    ages: FloatArray = (today - first).days - AGES * (min(last, today) - first).days
    return ages


@cache
def _drawn(ending: str) -> tuple[FloatArray, FloatArray]:
    """Location by cell and draw, (cell, draw), and the log shape by draw, (draw,)."""
    drawn = fitted_estimate("hazard", ending).draws(DRAWS)
    forcing, stakes, ties = CELLS.T
    columns = np.column_stack([np.ones(len(CELLS)), forcing, stakes - MIDDLE_STAKES, ties])
    return columns @ drawn[:, :-1].T, drawn[:, -1]


@cache
def _payment() -> FloatArray:
    """Chance of payment by cell and draw, (cell, draw)."""
    stakes = CELLS[:, list(LEVELS).index("stakes_for_holdout")]
    return chance(fitted_estimate("payment").draws(DRAWS), stakes).T


def _outlasting(weights: FloatArray, days: FloatArray, ending: str) -> FloatArray:
    """Probability that a spell outlasts days from its start by draw, (draw, day)."""
    location, log_shape = _drawn(ending)
    inside = weights > 0
    with np.errstate(divide="ignore"):
        log_days = np.log(days)
    by_cell = np.exp(log_survival("weibull", log_days, location[inside][:, :, None], log_shape[None, :, None]))
    mixed: FloatArray = np.tensordot(weights[inside], by_cell, axes=1)
    return mixed


@lru_cache(maxsize=1024)
def _durations(cells: tuple[float, ...], ages: tuple[float, ...], ending: str) -> dict[str, float]:
    """Survival and quantiles of the remaining duration of a spell that stands at some ages, each equally likely."""
    weights = np.array(cells)
    days = np.concatenate([np.array(DAYS, dtype=float), GRID])
    later = np.mean([_outlasting(weights, days + age, ending) for age in ages], axis=0)
    now = np.mean([_outlasting(weights, np.array([age]), ending) for age in ages], axis=0)
    by_draw, average = later / np.maximum(now, 1e-300), later.mean(axis=0) / max(now.mean(), 1e-300)
    found: dict[str, float] = {}
    for place, day in enumerate(DAYS):
        found |= _with_interval(f"survival_{day}", by_draw[:, place], average[place])
    for percent in QUANTILES:
        each = np.array([_quantile(curve[len(DAYS) :], percent) for curve in by_draw])
        found |= _with_interval(f"days_{percent}", each, _quantile(average[len(DAYS) :], percent))
    return found


def _quantile(outlasting: FloatArray, percent: int) -> float:
    """Days by which a percentage of spells has ended."""
    ended = 1.0 - outlasting
    return float(np.exp(np.interp(percent / 100, ended, LOG_GRID, right=np.inf)))


def _with_interval(name: str, by_draw: FloatArray, value: float | None = None) -> dict[str, float]:
    low, high = np.quantile(by_draw, LEVEL, method="nearest")
    mean = float(by_draw.mean()) if value is None else float(value)
    return {name: mean, f"{name}_low": float(low), f"{name}_high": float(high)}
