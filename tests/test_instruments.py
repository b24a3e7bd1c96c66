"""Russia's instruments: chosen by worth within a budget, scored by a declared payoff; and what membership brings."""

from __future__ import annotations

import numpy as np
import pytest

import article10
from article10.agents import article5, instruments
from article10.agents.article5 import Article5Parameters
from article10.agents.instruments import ESCALATE, EULER, INSTRUMENTS, PRESS, PROLONG, InstrumentParameters, Options

SURE = InstrumentParameters(choice_error=0.0, cost_weight=0.0)
NO_ERROR = np.full((1, len(INSTRUMENTS)), np.exp(-EULER))


def options(gain, cost, can=True):
    n = len(INSTRUMENTS)
    return Options([np.array([can])] * n, [np.array([g]) for g in gain], list(cost))


def test_the_worthiest_come_first_as_long_as_the_budget_lasts():
    found = options([0.1, 0.3, 0.2, -0.1, 0.05], [0.2, 0.2, 0.0, 0.1, 0.2])
    assert instruments.choose(found, np.array([0.3]), NO_ERROR, SURE)[0] == pytest.approx([0.5, 1.0, 1.0, 0.0, 0.0])
    assert instruments.choose(found, np.array([9.0]), NO_ERROR, SURE).tolist() == [[1.0, 1.0, 1.0, 0.0, 1.0]]
    assert instruments.choose(found, np.array([0.0]), NO_ERROR, SURE).tolist() == [[0.0, 0.0, 1.0, 0.0, 0.0]]


def test_what_cannot_be_used_is_not_used_and_what_costs_more_than_it_gains_neither():
    idle = instruments.choose(options([1.0] * 5, [0.1] * 5, can=False), np.array([9.0]), NO_ERROR, SURE)
    assert not idle.any()
    careful = InstrumentParameters(choice_error=0.0, cost_weight=1.0)
    found = instruments.choose(options([0.2] * 5, [0.1, 0.3, 0.1, 0.3, 0.1]), np.array([9.0]), NO_ERROR, careful)
    assert found.tolist() == [[1.0, 0.0, 1.0, 0.0, 1.0]]


def test_it_errs_less_often_the_more_is_at_stake():
    draws = np.random.default_rng(1).exponential(size=(4000, len(INSTRUMENTS)))
    p = InstrumentParameters(choice_error=0.01, cost_weight=0.0)
    used = []
    for gain in (-0.05, -0.01, 0.0, 0.01, 0.05):
        ones = np.ones(4000, bool)
        of = Options([ones] * 5, [np.full(4000, gain)] * 5, [0.0] * 5)
        used.append(instruments.choose(of, np.full(4000, 9.0), draws, p)[:, PROLONG].mean())
    assert used == sorted(used)
    assert used[0] < 0.02
    assert used[-1] > 0.98


def test_the_payoff_is_what_is_declared():
    p = InstrumentParameters(prize=2.0, cost_weight=0.1)
    found = instruments.payoff(np.array([True, False]), np.array([0.0, 0.1]), np.array([1.0, 2.0]), 0.5, p)
    assert found.tolist() == pytest.approx([-1.1, 0.1 - 0.2])


def test_a_fall_of_stances_wins_over_those_near_the_line():
    distance, fall = np.array([[0.1, 0.1, 2.0, -1.0]]), np.full((1, 4), 0.3)
    at_stake = np.array([[True, False, True, True]])
    gained = instruments.objectors_gained(distance, fall, 0.05, at_stake)
    assert gained[0] == pytest.approx(1.0, abs=0.05)
    assert instruments.objectors_gained(distance, -fall, 0.05, at_stake)[0] <= 0.0


# --- in runs ----------------------------------------------------------------------------------------------------------

FEW = {"horizon": "2031-12-01"}


def used(**changes):
    result = article10.simulate("baseline", 200, 7, changes={**FEW, **changes}, record=())
    return result.data["instrument_use"].to_numpy()


def test_an_instrument_that_is_switched_off_is_never_used():
    assert (used() > 0).any(axis=0).all()
    for place, name in enumerate(INSTRUMENTS):
        assert not used(**{f"instruments.{name}": False})[:, place].any(), name


def test_costs_change_what_it_does():
    dear = used(**{"instruments.press_cost": 0.6, "instruments.prolong_cost": 0.4, "instruments.escalation_cost": 0.8})
    usual = used()
    assert dear[:, PRESS].mean() < 0.8 * usual[:, PRESS].mean()
    assert dear[:, ESCALATE].mean() <= usual[:, ESCALATE].mean()


def test_offers_come_at_most_once_in_their_time():
    result = article10.simulate("baseline", 50, 7, changes={**FEW, "instruments.choice_error": 1.0}, record=("stance",))
    plans = result.data["plans"].to_numpy()
    offers = (plans[:, 1:] & 1) > 0
    assert offers.any()
    for row in offers[:, ::13]:  # a review every 13 weeks
        assert (np.diff(np.flatnonzero(row)) >= 4).all()


def test_a_strategy_that_does_not_look_ahead_presses_alone():
    found = used(**{"russia.strategy": "uniform"})
    assert (found[:, PRESS] > 0).all()
    assert not found[:, PRESS + 1 :].any()
    assert not used(**{"russia.strategy": "inert"}).any()


def test_looking_ahead_serves_russia_better_than_pressing_alone():
    """The fixed strategies of the same effort, in the same draws; the whole comparison is pattern 16."""
    payoffs = {
        strategy: article10.simulate("baseline", 400, 7, changes={"russia.strategy": strategy}, record=())
        .data["russia_payoff"]
        .to_numpy()
        .mean()
        for strategy in ("forward_looking", "uniform")
    }
    assert payoffs["forward_looking"] > payoffs["uniform"]


# --- deterrence and the attack ----------------------------------------------------------------------------------------


def test_deterrence_follows_spending_and_trust_and_exposure_follows_deterrence():
    p = Article5Parameters(deterrence=0.6, spending_weight=0.1, trust_weight=0.5)
    rest = article5.deterrence(np.zeros(1), np.zeros(1), p)
    assert article5.exposed(rest, p).tolist() == [1.0]
    more = article5.deterrence(np.ones(1), np.zeros(1), p)
    less = article5.deterrence(np.zeros(1), np.array([0.2]), p)
    assert more == pytest.approx(0.7)
    assert less == pytest.approx(0.5)
    assert article5.exposed(more, p)[0] < 1.0 < article5.exposed(less, p)[0]
    assert article5.attack_hazard(more, 1.0, 0.2, p)[0] == pytest.approx(0.2 * 0.3)


MEMBER = {
    "accession.stage": "protocol_signed",
    "accession.war_bar": 1.0,
    "ratification.urgency": 5.0,
    "war.starts_in_ceasefire": True,
    "war.breach_rate": 1.0,
    "roster": {"all": {"stance": 0.8, "government_ties": 0.0}},
}


def test_a_new_member_is_attacked_less_where_deterrence_holds():
    shares = [
        article10.simulate("baseline", 200, 7, changes={**MEMBER, "article5.deterrence": deterrence}, record=())
        .outcomes["article5"]
        .mean()
        for deterrence in (0.0, 0.5, 0.95)
    ]
    assert shares[0] > shares[1] > shares[2] > 0.0
    none = article10.simulate("baseline", 100, 7, changes={**MEMBER, "article5.attack_rate": 0.0}, record=())
    assert not none.outcomes["article5"].any()


def test_an_attack_is_felt_and_comes_after_accession():
    result = article10.simulate("baseline", 60, 7, changes={**MEMBER, "article5.deterrence": 0.0}, record=("threat",))
    outcomes = result.outcomes
    attacked = outcomes[outcomes["article5"]]
    assert len(attacked) > 20
    assert (attacked["article5_date"] > attacked["accession_date"]).all()
    run = int(attacked.index[0])
    step = int(result.data["attacked_step"].sel(run=run))
    threat = result.data["threat"].sel(run=run).to_numpy().mean(axis=1)
    assert threat[min(step + 6, len(threat) - 1)] > threat[step - 1]


def test_fear_of_entrapment_falls_as_members_spend():
    """The same world with and without the response of deterrence to spending."""
    calm = {"russia.strategy": "inert", "plans.hegemon_rate": 0.0, "war.ceasefire_rate": 0.0, "horizon": "2031-12-01"}
    stances = [
        article10.simulate("baseline", 50, 7, changes={**calm, "article5.spending_weight": weight}, record=())
        .outcomes["stance"]
        .mean()
        for weight in (0.0, 0.2)
    ]
    assert stances[1] > stances[0]
