"""How the patterns 10 to 17 are measured: the variants of a scenario that each compares, and its figures.

Measures, directions and tolerances were written down before the mechanisms that are to meet them. All dates are counted
from the start of the scenario, so that the patterns can be measured in any edition.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from article10.agents.bargaining import capital_a_year, refilled
from article10.agents.members import NEVER
from article10.model.accession_rule import OBJECT
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.paired import reached
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.statistics.intervals import Difference, mean_over_runs, paired, share_over_runs
from article10.runs.statistics.proportion import Z95

Results = Mapping[str, EnsembleResult]

AS_IT_IS = "as it is"
"""Name of the scenario itself among the variants."""

STEP_BY_STEP = "as it is, step by step"
"""Name of the same runs with the state of the war recorded at every step."""

CONSENT_REACH = 4
"""Most objectors with whom a decision is within reach: the 95th percentile of objectors at the start of the recorded
holdouts of international organisations (``n_objectors_start`` in the casebook)."""

MOST_CHANGE = 0.03
"""Pattern 10: the largest change of the share invited that extra meetings may make."""

MEETINGS_A_YEAR = 3
"""Usual meetings of the council and summits in a year: two of foreign ministers and a summit."""

WITH_A_POSITIVE_CODE = "meetings within reach at which a member with a positive code objects"
"""Name of the first figure of pattern 13."""

CHAMPION = {"orientation": 1.4, "government_ties": 0.0}
"""Pattern 14: what a champion brings to office, as in the scenario ``us_champion``."""

PLAN = {"ceasefire": True, "no_membership": True, "force_cap": 0.3, "guarantee": 0.2}
"""Pattern 15: a plan that bars membership, with the terms of the plan of November 2025 and the usual guarantee."""

PLAN_STAGES = ("aspirant", "invited", "protocol_signed")
"""Pattern 15: stages of the start, in the order in which acceptance is to fall; after the signature members ratify."""


@dataclass(frozen=True)
class Figure:
    """One measured figure with its 95% confidence interval, which covers simulation uncertainty only.

    Attributes:
        name: what it is.
        value: the estimate; ``low`` and ``high`` are the ends of its interval.
        unit: ``points`` (percentage points, as a share), ``share``, ``days`` or ``number``.
        holds: whether it is as the pattern states, beyond its interval where the pattern states a direction.
        stated: whether the estimate alone is as stated: it has the stated direction, or is within the tolerance.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    holds: bool
    stated: bool


def day(scenario: Scenario, weeks: int) -> date:
    """The date some weeks after the start."""
    return scenario.start + timedelta(weeks=weeks)


def with_event(scenario: Scenario, **event: Any) -> Scenario:  # noqa: ANN401 - the fields of an event
    """A scenario with one event more."""
    return read_scenario(scenario, {"events": [event]})


def _points(name: str, difference: Difference, holds: bool, stated: bool) -> Figure:
    return Figure(name, difference.mean, difference.low, difference.high, "points", bool(holds), bool(stated))


def _number(name: str, row: Mapping[str, float], unit: str, holds: bool, stated: bool) -> Figure:
    ends = float(row["it"]), float(row["it_low"]), float(row["it_high"])
    return Figure(name, *ends, unit, bool(holds), bool(stated))


# --- 10 ---------------------------------------------------------------------------------------------------------------


def more_meetings(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario with summits in between, so that it has two and four times as many meetings.

    The added summits clarify nothing and do not have the question on their agenda.
    """
    return {f"meetings x {times}": _with_meetings(scenario, times) for times in (2, 4)}


def _with_meetings(scenario: Scenario, times: int) -> Scenario:
    apart = 365.25 / (MEETINGS_A_YEAR * (times - 1))
    days = (scenario.horizon - scenario.start).days
    dates = [scenario.start + timedelta(days=int((k + 0.5) * apart)) for k in range(int(days / apart))]
    added = [
        {"kind": "summit", "name": f"added_meeting_{k}", "date": day, "clarification": 0.0, "agenda": False}
        for k, day in enumerate(dates)
    ]
    return read_scenario(scenario, {"events": added})


def read_meetings(found: Results) -> list[Figure]:
    """Change of the share invited that more meetings make; 3 percentage points at most are stated."""
    usual = reached(found[AS_IT_IS], "invitation")
    figures = []
    for times in (2, 4):
        difference = paired(reached(found[f"meetings x {times}"], "invitation"), usual)
        holds = abs(difference.mean) <= MOST_CHANGE
        figures.append(_points(f"share invited, {times} times as many meetings", difference, holds, holds))
    return figures


# --- 11 ---------------------------------------------------------------------------------------------------------------

NO_CAPITAL, TWICE = "payers without capital", "payers with twice the capital"
"""Names of the variants of pattern 11."""


def budgets(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario in which payers have no political capital, and twice as much."""
    p = scenario.bargaining
    return {
        NO_CAPITAL: scenario.with_({"bargaining.capital": 0, "bargaining.office_capital": 0}),
        TWICE: scenario.with_({"bargaining.capital": 2 * p.capital, "bargaining.office_capital": 2 * p.office_capital}),
    }


def read_budgets(found: Results) -> list[Figure]:
    """Payments without capital, budgets that differ from the ledger, and the change of the share invited."""
    unpaid = float(len(found[NO_CAPITAL].ledger))
    wrong = float(sum(budgets_that_differ(result) for result in found.values()))
    twice = paired(reached(found[TWICE], "invitation"), reached(found[AS_IT_IS], "invitation"))
    holds = twice.high >= 0.0
    return [
        Figure("payments by payers without capital", unpaid, unpaid, unpaid, "number", unpaid == 0, unpaid == 0),
        Figure("budgets that differ from the ledger", wrong, wrong, wrong, "number", wrong == 0, wrong == 0),
        _points("share invited, payers with twice the capital", twice, holds, holds),
    ]


def budgets_that_differ(result: EnsembleResult) -> int:
    """Number of payers' budgets, over all runs, that are not what the ledger leaves of them, or fell below zero.

    Capital is refilled at the beginning of each quarter, and what the ledger says was paid is taken off.
    """
    data, p = result.data, result.scenario.bargaining
    a_year = capital_a_year(result.scenario.members().influence_weight, p.capital, p.office_capital)
    budget = np.broadcast_to(a_year, (result.runs, len(a_year))).copy()
    payer, amount = data["payment_payer"].to_numpy(), data["payment_amount"].to_numpy()
    overdrawn = np.zeros_like(budget, dtype=bool)
    for quarter in range(data.sizes["quarter"]):
        if quarter > 0:
            budget = refilled(budget, a_year, quarter)
        run, member = np.nonzero(payer[:, quarter] != NEVER)
        np.subtract.at(budget, (run, payer[run, quarter, member]), amount[run, quarter, member])
        overdrawn |= budget < 0
    return int((overdrawn | (budget != data["final_capital"].to_numpy())).sum())


# --- 13 ---------------------------------------------------------------------------------------------------------------


def read_last_holdouts(found: Results) -> list[Figure]:
    """Who objects where a decision is within reach: a member with a positive code, and Türkiye among the first five.

    A meeting is within reach if some member objects to a pending bid and at most ``CONSENT_REACH`` members do.
    """
    result = found[AS_IT_IS]
    objects = _objections(result)
    number = objects.sum(axis=2)
    near = (number >= 1) & (number <= CONSENT_REACH)
    roster = result.scenario.members()
    positive = (objects[:, :, roster.stance > 0].any(axis=2) & near).sum(axis=1)
    share = share_over_runs(positive, "it", near.sum(axis=1))
    frequency = (objects & near[:, :, None]).sum(axis=(0, 1))
    rank = float((frequency > frequency[roster.index("TUR")]).sum() + 1)
    return [
        _number(WITH_A_POSITIVE_CODE, share, "share", share["it"] >= 0.2, share["it"] >= 0.2),
        Figure("rank of Türkiye among the members that object then", rank, rank, rank, "number", rank <= 5, rank <= 5),
    ]


def _objections(result: EnsembleResult) -> np.ndarray:
    """Whether each member objects at each meeting, (run, council, member) of bool."""
    return np.asarray(result.data["ballot"] == OBJECT)


# --- 14 ---------------------------------------------------------------------------------------------------------------


def champions(scenario: Scenario) -> dict[str, Scenario]:
    """For each member, the scenario with the dated election of a champion there, six weeks after the start."""
    return {
        f"champion in {code}": with_event(
            scenario, kind="election", name="champion", date=day(scenario, 6), member=code, **CHAMPION
        )
        for code in scenario.members().iso3
    }


def read_champions(found: Results) -> list[Figure]:
    """Gain of the share invited by a champion in the heaviest member, less the largest gain by one elsewhere."""
    result = found[AS_IT_IS]
    roster = result.scenario.members()
    usual = reached(result, "invitation")
    gains = {code: reached(found[f"champion in {code}"], "invitation") for code in roster.iso3}
    leader = roster.iso3[int(np.argmax(roster.influence_weight))]
    best = max((code for code in gains if code != leader), key=lambda code: gains[code].mean())
    own = paired(gains[leader], usual)
    ahead = paired(gains[leader], gains[best])
    place = roster.iso3.index(leader)
    after, before = _first_year(found[f"champion in {leader}"], place), _first_year(result, place)
    follow = mean_over_runs(after - before, "it")
    return [
        _points(f"share invited, champion in {leader}", own, own.low > 0, own.mean > 0),
        _points(
            f"the same, less that of a champion in {best}, the largest elsewhere", ahead, ahead.low > 0, ahead.mean > 0
        ),
        _number("stance of hesitant members a year later", follow, "number", follow["it_low"] > 0, follow["it"] > 0),
    ]


def _first_year(result: EnsembleResult, leader: int) -> np.ndarray:
    """Mean stance of the members coded below zero, the leader apart, at the second end of a year, (run,)."""
    hesitant = result.scenario.members().stance < 0
    hesitant[leader] = False
    return np.asarray(result.data["stance_by_year"].to_numpy()[:, 1, hesitant].mean(axis=1))


# --- 15 ---------------------------------------------------------------------------------------------------------------


def barring_plans(scenario: Scenario) -> dict[str, Scenario]:
    """A plan that bars membership, half a year after the start, at each stage, in a hot war and in a ceasefire."""
    quiet = scenario.with_(events=tuple(event for event in scenario.events if event.kind != "peace_plan"))
    alone = {"instruments.offer": False, "plans.hegemon_rate": 0.0}  # there is no other plan
    variants = {}
    for stage in PLAN_STAGES:
        for pause in (False, True):
            own = quiet.with_({"accession.stage": stage, "war.ceasefire_rate": 0.0, "war.breach_rate": 0.0, **alone})
            if pause:
                own = with_event(own, kind="ceasefire", name="pause", date=day(own, 13))
            variants[_plan_name(stage, pause)] = with_event(
                own, kind="peace_plan", name="barring_plan", date=day(own, 26), **PLAN
            )
    return variants


def _plan_name(stage: str, pause: bool) -> str:
    return f"plan, {stage}, {'ceasefire' if pause else 'hot war'}"


def read_plans(found: Results) -> list[Figure]:
    """Acceptance of the plan, and how it differs between neighbouring stages and between hot war and ceasefire."""
    accepted = {
        (stage, pause): _shelved_by_plan(found[_plan_name(stage, pause)])
        for stage in PLAN_STAGES
        for pause in (False, True)
    }
    figures = []
    for earlier, later in pairwise(PLAN_STAGES):
        fall = paired(accepted[later, False], accepted[earlier, False])
        figures.append(_points(f"acceptance in hot war, {later} less {earlier}", fall, fall.high < 0, fall.mean < 0))
    for stage in PLAN_STAGES:
        fall = paired(accepted[stage, True], accepted[stage, False])
        figures.append(_points(f"acceptance while {stage}, ceasefire less hot war", fall, fall.high < 0, fall.mean < 0))
    return figures


def _shelved_by_plan(result: EnsembleResult) -> np.ndarray:
    """Whether the bid was ever shelved, (run,) of bool: there is no other plan in these variants."""
    return np.asarray(result.data["ever_shelved"].to_numpy().astype(bool))


# --- 16 ---------------------------------------------------------------------------------------------------------------

INSTRUMENTS = {
    "press": "press_cost",
    "prolong": "prolong_cost",
    "offer": "",
    "side_deals": "side_deal_cost",
    "escalate": "escalation_cost",
}
"""Pattern 16: switches of Russia's instruments in the group ``instruments``, each with the parameter of its cost."""

FIXED = ("inert", "uniform", "weakest_link", "heavyweights", "adaptive")
"""Pattern 16: the strategies that do not look ahead."""

LEAST_EFFECT = 0.01
"""Pattern 16: the least change of the share invited that switching an instrument off is to make."""

DEARER = 3.0
"""Pattern 16: factor by which the costs of instruments are raised."""


def russias_choices(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario without each instrument of Russia, with each fixed strategy, and with instruments that cost more."""
    variants = {f"without {name}": scenario.with_({f"instruments.{name}": False}) for name in INSTRUMENTS}
    variants |= {f"strategy {name}": scenario.with_({"russia.strategy": name}) for name in FIXED}
    costs = {f"instruments.{cost}": DEARER for cost in INSTRUMENTS.values() if cost}
    dearer = {key: factor * getattr(scenario.instruments, key.partition(".")[2]) for key, factor in costs.items()}
    return {**variants, "dearer instruments": scenario.with_(dearer)}


def read_choices(found: Results) -> list[Figure]:
    """What each instrument changes, how forward_looking compares with each fixed strategy, and what costs change."""
    usual = found[AS_IT_IS]
    figures = []
    for name in INSTRUMENTS:
        change = paired(reached(found[f"without {name}"], "invitation"), reached(usual, "invitation"))
        large = abs(change.mean) >= LEAST_EFFECT
        told = large and (change.low > 0 or change.high < 0)
        figures.append(_points(f"share invited, Russia without {name}", change, told, large))
    payoff = usual.data["russia_payoff"].to_numpy()
    for name in FIXED:
        ahead = paired(payoff, found[f"strategy {name}"].data["russia_payoff"].to_numpy())
        row = {"it": ahead.mean, "it_low": ahead.low, "it_high": ahead.high}
        figures.append(
            _number(f"payoff to Russia, forward_looking less {name}", row, "number", ahead.high >= 0, ahead.mean >= 0)
        )
    used = usual.data["instrument_use"].to_numpy().sum(axis=1)
    change = paired(found["dearer instruments"].data["instrument_use"].to_numpy().sum(axis=1), used)
    row = {"it": change.mean, "it_low": change.low, "it_high": change.high}
    moved = change.low > 0 or change.high < 0
    figures.append(_number("instruments in use at a review, costs trebled", row, "number", moved, change.mean != 0))
    return figures


# --- 17 ---------------------------------------------------------------------------------------------------------------

LEAST_SPREAD = 1.5
"""Pattern 17: the least standard deviation of the number of objectors in a hot war."""


def read_objectors(found: Results) -> list[Figure]:
    """Spread of the number of objectors in a hot war, and its change as the intensity of the war rises.

    They are counted at each meeting at which the bid is pending and the war is hot.
    """
    result = found[STEP_BY_STEP]
    held = (result.data["ballot"].to_numpy() >= 0).any(axis=2)
    objectors = _objections(result).sum(axis=2)
    after = [result.scenario.step_of(day.date()) + 1 for day in pd.DatetimeIndex(result.data["council"].to_numpy())]
    intensity = result.data["war_intensity"].to_numpy()[:, after].astype(float)
    counted = held & (intensity > result.scenario.war.hot_line)
    spread, slope = spread_by_run(objectors, counted), slope_by_run(intensity, objectors, counted)
    return [
        _number(
            "standard deviation of objectors in hot war",
            spread,
            "number",
            spread["it"] >= LEAST_SPREAD,
            spread["it"] >= LEAST_SPREAD,
        ),
        _number(
            "objectors gained as the intensity rises from 0 to 1", slope, "number", slope["it_low"] > 0, slope["it"] > 0
        ),
    ]


def spread_by_run(values: np.ndarray, counted: np.ndarray) -> dict[str, float]:
    """Standard deviation over the counted values, with a 95% interval by the delta method that treats runs as clusters.

    Args:
        values: (run, time).
        counted: which of them count, (run, time) of bool.
    """
    if counted.sum() < 2:
        return _cells(math.nan, math.nan)
    mean = values[counted].mean()
    squares = np.where(counted, (values - mean) ** 2, 0.0)
    variance = squares.sum() / counted.sum()
    error = math.sqrt((((squares - variance) * counted).sum(axis=1) ** 2).sum()) / counted.sum()
    spread = math.sqrt(variance)
    return _cells(spread, error / (2 * spread) if spread > 0 else math.nan)


def slope_by_run(x: np.ndarray, y: np.ndarray, counted: np.ndarray) -> dict[str, float]:
    """Least-squares slope of y on x over the counted values, with a 95% interval that treats runs as clusters.

    Args:
        x: (run, time).
        y: (run, time).
        counted: which of them count, (run, time) of bool.
    """
    if counted.sum() < 3:
        return _cells(math.nan, math.nan)
    from_mean = np.where(counted, x - x[counted].mean(), 0.0)
    squares = (from_mean**2).sum()
    if squares == 0:
        return _cells(math.nan, math.nan)
    risen = np.where(counted, y - y[counted].mean(), 0.0)
    slope = float((from_mean * risen).sum() / squares)
    left = risen - slope * from_mean
    return _cells(slope, math.sqrt(((from_mean * left).sum(axis=1) ** 2).sum()) / squares)


def _cells(value: float, error: float) -> dict[str, float]:
    return {"it": value, "it_low": value - Z95 * error, "it_high": value + Z95 * error}
