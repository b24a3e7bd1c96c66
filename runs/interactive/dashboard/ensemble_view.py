"""An ensemble as the page shows it: the odds, the curve of accession, every run's outcome, one member's fan."""

from __future__ import annotations

from typing import Any

import numpy as np

from article10.model.accession_rule import ASPIRANT, MEMBER, SHELVED
from article10.runs.interactive.ensemble_cache import Snapshot
from article10.runs.interactive.figure import BANDS
from article10.runs.report.frequencies import frequency
from article10.runs.statistics.forms import POINTS
from article10.runs.statistics.intervals import interval, paired
from article10.runs.statistics.proportion import wilson

OUTCOMES = ("member", "invited, not yet member", "not invited", "shelved its bid")
"""Outcomes of a run at the horizon, in the order in which the page shows them."""

PLACE_OF = {ASPIRANT: 2, SHELVED: 3, MEMBER: 0}
"""Places in ``OUTCOMES`` by stage; all other stages are those of a candidate that has been invited."""

DIGITS = 3
"""Digits after the decimal point of stances and shares that are sent to the page: finer than a pixel."""


def ensemble_view(now: Snapshot, member: str) -> dict[str, Any]:
    """What the page draws of some runs.

    Args:
        now: the runs, all or the first.
        member: code of the member whose stance is drawn.
    """
    return {
        "runs": len(now.stage),
        "counted": now.counted,
        "partial": now.is_partial,
        "days": [str(day) for day in now.days],
        "odds": {**_odds(now), "horizon": f"{now.days[-1].astype(object):%B %Y}"},
        "curve": _curve(now),
        "outcome": outcomes(now).tolist(),
        "acceded": _first_day(now.acceded).tolist(),
        "fan": _fan(now, member),
    }


def outcomes(snapshot: Snapshot) -> np.ndarray:
    """The outcome of each run, as a place in ``OUTCOMES``, (run,)."""
    last = snapshot.stage[:, -1]
    found = np.full(len(last), OUTCOMES.index("invited, not yet member"))
    for stage, place in PLACE_OF.items():
        found[last == stage] = place
    return found


def difference(now: Snapshot, reference: Snapshot) -> dict[str, Any]:
    """How much more often the candidate is a member, in the same runs, with its 95% interval."""
    change = paired(now.acceded[:, -1], reference.acceded[:, -1])
    row = change.row("it")
    gained, lost = now.acceded[:, -1] & ~reference.acceded[:, -1], reference.acceded[:, -1] & ~now.acceded[:, -1]
    return {
        "text": interval(row, "it", POINTS),
        "detected": bool(change.excludes_zero),
        "gained": int(gained.sum()),
        "lost": int(lost.sum()),
    }


def _odds(snapshot: Snapshot) -> dict[str, Any]:
    reached = snapshot.acceded[:, -1]
    low, high = wilson(int(reached.sum()), len(reached))
    return {"share": float(reached.mean()), "low": low, "high": high, "frequency": frequency(float(reached.mean()))}


def _curve(snapshot: Snapshot) -> dict[str, list[float]]:
    """The share of runs in which the candidate is a member by each date, with its 95% interval."""
    counts, runs = snapshot.acceded.sum(axis=0), len(snapshot.stage)
    levels, inverse = np.unique(counts, return_inverse=True)
    low, high = np.array([wilson(int(level), runs) for level in levels]).T
    return {
        name: np.round(values, DIGITS + 1).tolist()
        for name, values in (("share", counts / runs), ("low", low[inverse]), ("high", high[inverse]))
    }


def _fan(snapshot: Snapshot, member: str) -> list[list[float]]:
    """Quantiles of one member's stance, (quantile of ``BANDS``, step)."""
    bands = np.quantile(snapshot.stance[:, :, snapshot.members.index(member)], BANDS, axis=0)
    found: list[list[float]] = np.round(bands, DIGITS).tolist()
    return found


def _first_day(reached: np.ndarray) -> np.ndarray:
    """Place of the first day on which each run has reached something, -1 if it never has, (run,)."""
    return np.where(reached[:, -1], reached.argmax(axis=1), -1)
