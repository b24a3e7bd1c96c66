"""Russia's aims, the candidate's plans and the office's work do what the parameters say."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import article10
from article10.agents.war import WarParameters, breach_hazard
from article10.model.scenario_file import read_scenario
from article10.runs.ensemble.simulate import simulate

PLAN = {"kind": "peace_plan", "name": "peace_plan", "date": "2026-01-05", "accepted": True, "no_membership": False}


def war_years(**changes: object) -> np.ndarray:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return simulate("baseline", 300, 7, changes=named, record=()).outcomes["war_years"].to_numpy()


def test_an_ambitious_russia_fights_longer_whatever_nato_does():
    modest, usual, boundless = (war_years(russia__ambition=ambition) for ambition in (0.3, 0.6, 1.0))
    assert modest.mean() < usual.mean() < boundless.mean()
    inert = war_years(russia__ambition=1.0, russia__strategy="inert")
    assert inert.mean() > usual.mean()


def test_a_plan_that_caps_the_candidate_s_forces_makes_a_breach_likelier():
    p = WarParameters()
    free, capped = (breach_hazard(np.zeros(1), np.full(1, cap), p)[0] for cap in (0.0, 1.0))
    assert capped == pytest.approx(free * (1.0 + p.cap_weight))
    breaches = {}
    for cap in (0.0, 1.0):
        plan = {**PLAN, "force_cap": cap}
        changes = {"events": [plan], "war.cap_weight": 1.0, "horizon": "2030-12-02"}
        breaches[cap] = simulate("baseline", 300, 7, changes=changes, record=()).outcomes["breaches"].mean()
    assert breaches[1.0] > breaches[0.0]


def test_a_breach_lifts_the_cap():
    events = [{**PLAN, "force_cap": 0.5}, {"kind": "breach", "name": "attack", "date": "2026-03-02"}]
    changes = {"events": events, "war.breach_rate": 0.0, "war.ceasefire_rate": 0.0, "horizon": "2026-04-06"}
    cap = simulate("baseline", 2, 7, changes=changes).data["force_cap"].to_numpy()
    assert cap.max(axis=1) == pytest.approx(0.5)
    assert (cap[:, -1] == 0).all()


def test_the_office_presses_for_defence_spending():
    spending = {
        press: simulate("baseline", 20, 7, changes={"secretary_general.spending_press": press}, record=())
        .outcomes["spending"]
        .mean()
        for press in (0.0, 0.3)
    }
    assert spending[0.3] > spending[0.0] + 0.05


@pytest.mark.parametrize("bound", [0.3, 0.6, 1.999])
def test_with_a_confidence_bound_too_coded_stances_are_at_rest_and_distrust_counts(bound):
    still = {"russia.strategy": "inert", "stance.shock": 0.0, "stance.spread_scale": 0.0}
    still |= {"elections.incumbency": 1.0, "elections.fall_rate": 0.0}
    calm = {"war.volatility": 0.0, "war.front_drift": 0.0, "war.front_volatility": 0.0, "war.ceasefire_rate": 0.0}
    calm |= {"plans.hegemon_rate": 0.0, "article5.spending_weight": 0.0}  # higher spending would deter
    changes = {**still, **calm, "stance.confidence_bound": bound, "horizon": "2027-12-06"}
    stance = simulate(read_scenario("baseline", changes).with_(events=()), 1, 7).data["stance"].to_numpy()
    assert np.abs(stance[:, -1] - stance[:, 0]).max() < 1e-9


def test_a_bound_that_binds_nobody_changes_nothing():
    shut, open_ = (
        simulate("baseline", 5, 7, changes={"stance.confidence_bound": bound, "horizon": "2027-12-06"}).data["stance"]
        for bound in (1.9999999, 2.0)
    )
    assert np.abs(shut - open_).max() < 1e-6


def test_nothing_is_dated_after_the_horizon():
    scenario = read_scenario("baseline", {"horizon": "2027-12-01"})  # a Wednesday: the last week is cut
    assert scenario.date_of(scenario.n_steps) == date(2027, 12, 1)
    last = simulate(scenario, 2, 7).data["step"].to_numpy()[-1]
    assert str(last)[:10] == "2027-12-01"
    on_the_horizon = {"kind": "ceasefire", "name": "late", "date": "2027-12-01"}
    with pytest.raises(article10.ScenarioError, match="at or after the horizon"):
        read_scenario(scenario, {"events": [on_the_horizon]})
