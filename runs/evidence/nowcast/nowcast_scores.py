"""Scores of a nowcast: each position as foreseen before it was taken in, beside baselines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.model.coded import STANCE_PER_CODE, mean_code, stance_spread
from article10.model.edition import Edition, read_edition
from article10.runs.evidence.nowcast.observations import POSITION
from article10.runs.evidence.nowcast.particle_filter import HIGH, LOW, weighted_quantiles
from article10.runs.evidence.stance_positions import LATER
from article10.runs.statistics.scores import crps, skill

if TYPE_CHECKING:
    from article10.runs.evidence.nowcast.nowcast_result import Nowcast

NOWCAST, UNFILTERED, NO_CHANGE, LAST = "nowcast", "unfiltered model", "no change", "last position"
"""Forecasters of a position: the weighed runs before it is taken in; the same runs without weights; their stances
on the first day; and the member's last position that was taken in, with the spread of a coded stance around it (the
first day where there is none)."""

HINDSIGHT = "codes of 2026-12 (in hindsight)"
"""The codes of the later edition, which were made knowing most of the rows that they are scored on."""

CASES = 400
"""Samples that stand for a normal distribution."""

Forecast = tuple[FloatArray, FloatArray]
"""Samples and their weights, (run,) each."""


def is_scored(found: Nowcast, place: int, after: date | None = None) -> bool:
    """Whether a row is scored: a position of the deciding office, and known after a day if one is given."""
    row = found.rows[place]
    return row.kind == POSITION and row.decides and (after is None or row.seen > after)


def forecasts(found: Nowcast, place: int) -> dict[str, Forecast]:
    """What each forecaster says of the stance that a row will show, by forecaster."""
    row, roster = found.rows[place], found.scenario.members()
    member = roster.index(row.members[0])
    even = np.full(found.runs, 1.0 / found.runs)
    first = (found.unfiltered.first[:, member], even)
    said = [
        k
        for k, each in enumerate(found.rows)
        if is_scored(found, k) and each.members == row.members and k < place and each.seen <= found.learn_until
    ]
    last = found.rows[said[-1]] if said else None
    by_name = {
        NOWCAST: found.filtered.foreseen[place],
        UNFILTERED: found.unfiltered.foreseen[place],
        NO_CHANGE: first,
        LAST: first if last is None else _normal(last.stance, last.spread(found.assumed)),
    }
    if found.has_later_codes:
        by_name[HINDSIGHT] = _coded(row.members[0], read_edition(LATER))
    return by_name


def _normal(mean: float, sd: float) -> Forecast:
    from scipy.special import ndtri

    samples = mean + sd * ndtri((np.arange(CASES) + 0.5) / CASES)
    return samples, np.full(CASES, 1.0 / CASES)


def _coded(member: str, edition: Edition) -> Forecast:
    code = mean_code(member, "stance_code", edition)
    return _normal(code * STANCE_PER_CODE, stance_spread(member, edition))


def by_case(found: Nowcast, after: date | None = None) -> pd.DataFrame:
    """One row for each position scored and forecaster: mean, 90% interval, CRPS, error, whether it was covered.

    Args:
        found: the nowcast.
        after: only rows that became known after this day.
    """
    rows = []
    for place, row in enumerate(found.rows):
        if not is_scored(found, place, after):
            continue
        said = {"row": place, "member": row.members[0], "date": row.day, "observed": row.stance}
        for name, forecast in forecasts(found, place).items():
            rows.append({**said, "forecaster": name, **_scored(*forecast, row.stance)})
    return pd.DataFrame(rows, columns=[*("row", "member", "date", "observed", "forecaster"), *SCORED])


SCORED = ("forecast", "forecast_low", "forecast_high", "crps", "error", "covered")
"""Columns of scores."""


def _scored(samples: FloatArray, weights: FloatArray, observed: float) -> dict[str, float]:
    columns = samples[:, None].astype(np.float64)
    low, high = (float(ends[0]) for ends in weighted_quantiles(columns, weights, (LOW, HIGH)))
    mean = float(weights @ columns[:, 0])
    score = float(crps(columns, np.array([observed]), weights)[0])
    inside = float(low <= observed <= high)
    return dict(zip(SCORED, (mean, low, high, score, abs(mean - observed), inside), strict=True))


def summarised(cases: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """By forecaster: mean CRPS, mean error, coverage of the 90% interval, and skill over no change.

    Args:
        cases: what ``by_case`` or ``against_codes`` returns.
        seed: seed of the bootstrap of skill, which resamples members.
    """
    rows: dict[str, Mapping[str, float]] = {}
    for name, own in cases.groupby("forecaster", sort=False):
        before = cases[cases["forecaster"] == NO_CHANGE]
        found = skill(own["crps"].to_numpy(), before["crps"].to_numpy(), clusters=own["member"].to_numpy(), seed=seed)
        rows[str(name)] = {
            **{column: float(own[column].mean()) for column in ("crps", "error", "covered")},
            "skill": found.value,
            "skill_low": found.low,
            "skill_high": found.high,
        }
    return pd.DataFrame(rows).T.rename_axis("forecaster")


def against_codes(found: Nowcast, edition: str | Edition = LATER) -> pd.DataFrame:
    """One row for each member and forecaster: the stances at the end beside the codes of a later edition.

    Not a test: the codes rest in part on the rows that the nowcast has taken in. With ``learn_until`` before those rows
    it is one.

    Args:
        found: the nowcast.
        edition: the later edition.
    """
    later, roster = read_edition(edition), found.scenario.members()
    even = np.full(found.runs, 1.0 / found.runs)
    ends: dict[str, tuple[FloatArray, FloatArray]] = {
        NOWCAST: (found.filtered.stance, found.filtered.weight),
        UNFILTERED: (found.unfiltered.stance, even),
        NO_CHANGE: (found.unfiltered.first, even),
    }
    rows = []
    for member, code in enumerate(roster.iso3):
        observed = mean_code(code, "stance_code", later) * STANCE_PER_CODE
        for name, (stances, weights) in ends.items():
            scored = _scored(stances[:, member], weights, observed)
            rows.append({"member": code, "observed": observed, "forecaster": name, **scored})
    return pd.DataFrame(rows)
