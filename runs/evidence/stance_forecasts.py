"""Forecasts of the cases scored: variants of the model, and baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from article10.agents.arrays import FloatArray
from article10.model.coded import STANCE_PER_CODE
from article10.model.government_events import GovernmentEvent
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.evidence.stance_positions import Position

CHANCE, KNOWN, INERT = "A: elections left to chance", "B: governments known", "C: as B, Russia inert"
"""Names of the variants of the model."""

ANCHORED = "B, counted from the first position"
"""Forecast from B: the coded initial stance plus the change since the date of the first position."""

NO_CHANGE, COMMON_DRIFT, AT_ONCE = "no change", "drift of the alliance's mean", "governments known, at once"
"""The baselines: each member's initial stance in the same run; that plus the mean change of all members in A; that
plus the full orientation of the current government in B, without delay."""

BASELINES = (NO_CHANGE, COMMON_DRIFT, AT_ONCE)

DEAD_BAND = STANCE_PER_CODE / 2
"""Change below which a stance counts as unchanged: half a code."""

DIRECTIONS = ("down", "stays", "up")
"""Directions of a change, with the dead band as no change."""


def direction(change: float) -> str:
    """The direction of a change of stance: down, up, or within the dead band.

    >>> direction(-0.3), direction(0.1)
    ('down', 'stays')
    """
    return DIRECTIONS[1 + (change > DEAD_BAND) - (change < -DEAD_BAND)]


def forecasts(
    results: Mapping[str, EnsembleResult], first: Mapping[str, Position], cases: Sequence[Position]
) -> dict[str, FloatArray]:
    """Stance of each case in each run, (run, case), by forecast: variants, the anchored forecast, baselines.

    Args:
        results: result of each variant, in paired runs, with the stance at every step.
        first: first position of each member.
        cases: positions to forecast.
    """
    days = [case.day for case in cases]
    found = {name: _stances(result, cases, days) for name, result in results.items()}
    start = _stances(results[CHANCE], cases, [results[CHANCE].scenario.start] * len(cases))
    at_first = _stances(results[KNOWN], cases, [first[case.member].day for case in cases])
    since_first = found[KNOWN] - at_first
    changes = {
        ANCHORED: since_first,
        NO_CHANGE: np.zeros(len(cases)),
        COMMON_DRIFT: _drift(results[CHANCE], days),
        AT_ONCE: _government_change(results[KNOWN], cases),
    }
    return found | {name: np.clip(start + change, -1.0, 1.0) for name, change in changes.items()}


def _stances(result: EnsembleResult, cases: Sequence[Position], days: Sequence[date]) -> FloatArray:
    roster = result.scenario.members()
    places = [roster.index(case.member) for case in cases]
    steps = [result.scenario.step_of(day) for day in days]
    stances: FloatArray = result.data["stance"].to_numpy()[:, steps, places].astype(float)
    return stances


def _drift(result: EnsembleResult, days: Sequence[date]) -> FloatArray:
    mean = result.data["stance"].mean("member").to_numpy().astype(float)
    drift: FloatArray = mean[:, [result.scenario.step_of(day) for day in days]] - mean[:, :1]
    return drift


def _government_change(result: EnsembleResult, cases: Sequence[Position]) -> FloatArray:
    """Orientation of the government on the date of each case minus that at the start, (case,)."""
    scenario, change = result.scenario, np.zeros(len(cases))
    roster = scenario.members()
    known = [e for e in scenario.events if isinstance(e, GovernmentEvent) and e.orientation is not None]
    given = [(e.date, e.member, e.orientation) for e in known if e.date]
    for k, case in enumerate(cases):
        before = -scenario.elections.ties_orientation * float(roster.government_ties[roster.index(case.member)])
        so_far = sorted((day, o) for day, member, o in given if member == case.member and day <= case.day)
        change[k] = (so_far[-1][1] or 0.0) - before if so_far else 0.0
    return change
