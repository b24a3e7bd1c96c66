"""Consent is bargained: rules of spells and payments, and what they do in runs."""

from __future__ import annotations

import math
import tomllib
from importlib.resources import files

import numpy as np
import pytest

import article10
from article10.agents import bargaining, members
from article10.agents.bargaining import BargainingParameters
from article10.agents.members import (
    ACQUIESCE,
    OBJECT,
    REASON_CONSENT,
    REASON_COVER,
    REASON_HOLD,
    REASON_STANCE,
    REASON_WAR,
    SUPPORT,
    Standing,
    position,
)
from article10.model import governments
from article10.runs.evidence.pattern_measures import budgets_that_differ

P = BargainingParameters()
FITTED = tomllib.loads(files("article10.model.data").joinpath("casebook/fitted.toml").read_text("utf-8"))

PEACE = {"war.starts_in_ceasefire": True, "war.breach_rate": 0.0, "candidate.readiness": 0.9}
"""No war in the way, so that decisions are within reach."""

RUNS = 60


def peaceful(runs=RUNS, record=(), **changes):
    changes = {**PEACE, **{key.replace("__", "."): value for key, value in changes.items()}}
    return article10.simulate("baseline", runs=runs, seed=3, changes=changes, record=record)


# --- rules ------------------------------------------------------------------------------------------------------------


def test_defaults_and_ranges_are_the_fit_of_the_casebook():
    fit = FITTED["hazard"]["settled"]
    value, low, high = (dict(zip(fit["names"], fit[key], strict=True)) for key in ("value", "low", "high"))
    years = {key: math.exp(each["constant"]) / 365.25 for key, each in (("v", value), ("l", low), ("h", high))}
    ranges = {d.key: d.meta.plausible for d in article10.model.scenario.all_declarations()}
    assert pytest.approx(years["v"], abs=0.01) == P.scale
    assert ranges["bargaining.scale"] == pytest.approx((years["l"], years["h"]), abs=0.06)
    assert pytest.approx(math.exp(value["log_shape"]), abs=0.005) == P.shape
    for own, name in (("forcing_effect", "forcing"), ("stakes_effect", "stakes"), ("ties_effect", "ties")):
        assert getattr(P, own) == pytest.approx(value[name], abs=0.006)
        assert ranges[f"bargaining.{own}"] == pytest.approx((low[name], high[name]), abs=0.006)
    assert pytest.approx(FITTED["payment"]["value"], abs=0.005) == (P.payment, P.payment_stakes)
    assert pytest.approx(FITTED["opportunism"]["quarrels_per_member_year"]["NATO"], abs=0.001) == P.opportunism
    assert pytest.approx(FITTED["reopening"]["opened"]["share"], abs=0.005) == P.second_spell


@pytest.mark.parametrize(("forced", "at_stake", "ties"), [(False, 2.0, 0.0), (True, 1.0, 0.5), (False, 3.0, 1.0)])
def test_a_spell_that_ages_at_a_steady_pace_has_the_survival_of_the_fit(forced, at_stake, ties):
    draws = np.random.default_rng(1).exponential(size=200_000)
    pace = bargaining.pace(np.array(forced), np.array(at_stake), np.array(ties), P)
    years = bargaining.ends_at(np.zeros_like(draws), draws, P) / pace
    location = P.forcing_effect * forced + P.stakes_effect * (at_stake - 2.0) + P.ties_effect * ties
    for time in (0.1, 1.0, 5.0):
        outlasts = math.exp(-((time / (P.scale * math.exp(location))) ** P.shape))
        assert (years > time).mean() == pytest.approx(outlasts, abs=0.005)


def test_the_longer_a_spell_has_lasted_the_longer_it_will():
    draws = np.random.default_rng(1).exponential(size=100_000)
    fresh = bargaining.ends_at(np.zeros_like(draws), draws, P)
    old = bargaining.ends_at(np.full_like(draws, 1.0), draws, P) - 1.0
    assert np.median(old) > np.median(fresh)
    survivors = fresh[fresh > 1.0] - 1.0  # age at the opening is the same as having lasted so long in the model
    assert np.median(old) == pytest.approx(np.median(survivors), rel=0.05)


def test_four_quarters_refill_a_year_and_no_more():
    a_year = np.array([0, 1, 2, 3, 5, 8])
    budget = np.zeros((1, 6), int)
    for quarter in range(7, 11):
        budget = bargaining.refilled(budget, a_year, quarter)
    assert budget.tolist() == [a_year.tolist()]
    assert (bargaining.refilled(budget, a_year, 11) == a_year).all()


def test_the_most_eager_champion_that_can_afford_it_pays_and_nobody_pays_itself():
    budget = np.array([[3, 1, 5, 2]] * 4)
    eagerness = np.array([[0.5, 0.9, -1.0, 0.0]] * 4)  # the third is no champion; the last is the office
    price, holdout = np.array([2, 1, 3, 4]), np.array([2, 1, 0, 2])
    assert bargaining.payer_of(price, holdout, budget, eagerness).tolist() == [0, 0, -1, -1]
    assert bargaining.payer_of(np.array([2]), np.array([0]), budget[:1], eagerness[:1]).tolist() == [3]


def test_stakes_rise_with_depth_from_one_to_three_and_are_two_for_a_price():
    depth = np.array([0.0, P.stakes_depth, 2 * P.stakes_depth, 9.0])
    assert bargaining.stakes(depth, np.zeros(4, bool), 0.0, P).tolist() == pytest.approx([1.0, 2.0, 3.0, 3.0])
    assert bargaining.stakes(depth, np.ones(4, bool), 0.0, P).tolist() == [2.0] * 4
    assert bargaining.stakes(depth, np.zeros(4, bool), 0.5, P).tolist() == pytest.approx([1.5, 2.5, 3.5, 3.5])


def test_cover_is_that_of_the_others_and_nothing_at_rest():
    weight, hesitant = np.array([0.6, 0.3, 0.1]), np.array([0.0, 1.0, 0.5])
    matrix = bargaining.cover_matrix(hesitant, weight)
    at_rest, none = np.array([True, True, False]), np.zeros((1, 3))
    assert bargaining.cover(matrix, at_rest, at_rest[None], none, P).tolist() == [[0.0, 0.0, 0.0]]
    turned = bargaining.cover(matrix, at_rest, np.array([[False, False, False]]), none, P)
    assert turned[0] == pytest.approx(P.cover_weight * np.array([0.0, 0.6, 0.5 * 0.9]))
    lent = 0.5 * matrix[0]  # the first, which objects, is trusted by half as much less
    distrusted = bargaining.cover(matrix, at_rest, at_rest[None], lent, P)
    assert distrusted[0] == pytest.approx(P.cover_weight * np.array([0.0, 0.3, 0.5 * 0.3]))


def test_hesitancy_peaks_at_the_hesitant_code():
    assert bargaining.hesitancy(0.3 * np.array([-2, -1.5, -1, -0.5, 0, 2]), 0.3) == pytest.approx(
        [0.0, 0.5, 1.0, 0.5, 0.0, 0.0]
    )


# --- ballots ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stance", "cover", "war", "hold", "consent", "ballot", "reason"),
    [
        (0.5, 0.0, False, False, False, SUPPORT, 0),
        (-0.1, 0.0, False, False, False, ACQUIESCE, 0),
        (-0.5, 0.0, False, False, False, OBJECT, REASON_STANCE),
        (-0.5, 0.0, False, False, True, ACQUIESCE, REASON_CONSENT),
        (-0.2, 0.1, False, False, False, ACQUIESCE, REASON_COVER),
        (-0.1, -0.1, False, False, False, OBJECT, REASON_STANCE | REASON_COVER),
        (0.5, 0.0, True, False, True, OBJECT, REASON_WAR),
        (0.5, 0.0, False, True, False, OBJECT, REASON_HOLD),
        (-0.5, 0.0, True, True, True, OBJECT, REASON_WAR | REASON_HOLD | REASON_CONSENT),
    ],
)
def test_a_ballot_and_its_reasons(stance, cover, war, hold, consent, ballot, reason):
    values = ([[each]] for each in (stance, cover, war, hold, consent))
    ballots, reasons = position(Standing(*map(np.array, values)), -0.15)
    assert (ballots.item(), reasons.item()) == (ballot, reason)


def test_the_war_line_falls_in_the_code_and_never_lies_below_the_hot_line():
    code = np.array([0.0, 0.2, 0.5, 0.8, 1.0])
    for draw in (0.0, 0.5, 0.999):
        line = members.war_line(code, np.full((1, 5), draw), 0.35, 0.5)[0]
        assert line[0] == np.inf
        assert line[-1] == pytest.approx(0.35)
        assert (line >= 0.35).all()
        assert (np.diff(line) < 0).all()


def test_a_war_that_cools_opens_the_way_member_by_member():
    levels = np.linspace(0.9, 0.3, 13)
    setup = article10.model.setup.Setup.of(article10.read_scenario("baseline"))
    numbers = [len(setup.barred_at(level)) for level in levels]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 0
    assert len(set(numbers)) >= 5


def test_ballots_follow_from_what_is_recorded_of_each_member():
    result = peaceful(runs=40, record=("stance", "cover", "hold", "consent", "barred_by_war"))
    data, line = result.data, result.scenario.accession.objection_line
    steps = [result.scenario.step_of(day.astype("M8[D]").item()) + 1 for day in data["council"].to_numpy()]
    ballot = data["ballot"].to_numpy()
    asked = ballot >= 0
    voiced = data["stance"].to_numpy()[:, steps].astype(float) + data["cover"].to_numpy()[:, steps]
    hold, consent, war = (data[n].to_numpy()[:, steps].astype(bool) for n in ("hold", "consent", "barred_by_war"))
    clear = np.abs(voiced - line) > 1e-6
    objects = ((voiced < line) & ~consent) | hold | war
    assert ((ballot == OBJECT) == objects)[asked & clear].all()
    assert hold[asked].any()
    assert consent[asked].any()


# --- runs -------------------------------------------------------------------------------------------------------------


def test_without_bargaining_nobody_holds_out_consents_or_is_paid():
    result = peaceful(bargaining__consent=False, record=("hold", "consent"))
    assert not result.data["hold"].any()
    assert not result.data["consent"].any()
    assert result.ledger.empty


def test_budgets_and_ledger_agree_and_nothing_is_paid_without_capital():
    result = peaceful()
    assert len(result.ledger) > RUNS / 2
    assert budgets_that_differ(result) == 0
    short = result.data.assign(payment_amount=result.data["payment_amount"] + (result.data["payment_kind"] > 0))
    assert budgets_that_differ(article10.EnsembleResult(short)) > 0
    assert peaceful(bargaining__capital=0, bargaining__office_capital=0).ledger.empty


def test_nobody_yields_unpaid_for_want_of_payers_where_the_share_is_zero():
    broke = {"bargaining__capital": 0, "bargaining__office_capital": 0, "bargaining__payment": 10.0}
    holds_on = peaceful(**broke, bargaining__payment_stakes=0.0, bargaining__unpaid_share=0.0, record=("consent",))
    gives_up = peaceful(**broke, bargaining__payment_stakes=0.0, bargaining__unpaid_share=1.0, record=("consent",))
    assert not holds_on.data["consent"].any()
    assert gives_up.data["consent"].any()


def test_a_member_whose_ballot_is_given_opens_no_spell():
    scenario = article10.read_scenario("baseline", PEACE).with_(ballots={"HUN": "object", "POL": "support"})
    result = article10.simulate(scenario, runs=RUNS, seed=3, record=("hold", "consent"))
    for code in ("HUN", "POL"):
        assert not result.data["hold"].sel(member=code).any()
        assert not result.data["consent"].sel(member=code).any()
    ballots = result.data["ballot"].sel(member="HUN").to_numpy()
    assert set(np.unique(ballots[ballots >= 0])) == {OBJECT}


def test_a_new_government_is_bound_by_neither_hold_nor_consent():
    model = article10.AccessionModel("baseline", changes=PEACE)
    m, bargain = model.world.members, model.world.bargain
    m.hold[:], m.consent[:], bargain.spell[:] = True, True, True
    place = model.setup.roster.index("HUN")
    here = np.array([0]), np.array([place])
    governments.take_office(model.world, *here, np.array([True]), np.array([0.0]))
    others = np.arange(len(model.setup.roster)) != place
    for held in (m.hold, m.consent, bargain.spell):
        assert not held[0, place]
        assert held[0, others].all()
    assert m.alternative[0, place]


def test_a_bid_that_is_shelved_ends_every_bargain():
    plan = {"kind": "peace_plan", "name": "plan", "date": "2029-01-08", "accepted": True}
    result = peaceful(record=("hold", "consent"), events=[plan])
    shelved = result.data["stage"].to_numpy() == article10.model.accession_rule.SHELVED
    assert shelved.any()
    assert result.data["consent"].to_numpy()[:, :100].any()
    assert not result.data["consent"].to_numpy()[shelved].any()
    assert not result.data["hold"].to_numpy()[shelved].any()


def test_consent_to_the_invitation_can_be_taken_back_at_ratification():
    fickle = peaceful(record=("consent",), bargaining__second_spell=1.0, bargaining__scale=0.3)
    steady = peaceful(record=("consent",), bargaining__second_spell=0.0, bargaining__scale=0.3)

    def kept(result):
        signed = result.data["signature_step"].to_numpy()
        runs = np.flatnonzero((signed > 0) & (signed + 1 < result.scenario.n_steps))
        consent = result.data["consent"].to_numpy()
        before = np.array([consent[run, signed[run]] for run in runs]).astype(bool)
        after = np.array([consent[run, signed[run] + 1] for run in runs]).astype(bool)
        assert before.sum() > 10
        return after[before].mean()

    assert kept(fickle) < 0.3  # some yield again within the week
    assert kept(steady) > 0.95  # some lose it to a new government


def test_a_member_opens_at_most_one_spell_a_quarter():
    model = article10.AccessionModel(
        "baseline", run=1, changes={**PEACE, "bargaining.scale": 0.05, "bargaining.opportunism": 9.0}
    )
    opened: set[tuple[int, int]] = set()
    before = model.world.bargain.spell.copy()
    while model.running and model.world.step < 300:
        quarter = model.world.step // model.setup.quarter_steps
        model.step()
        now = model.world.bargain.spell
        for place in (now & ~before)[0].nonzero()[0].tolist():
            assert (quarter, place) not in opened
            opened.add((quarter, place))
        before = now.copy()
    assert len(opened) > 10


def test_more_opportunism_more_holding_out():
    def held(**changes):
        return peaceful(record=("hold",), bargaining__second_spell=0.0, **changes).data["hold"].to_numpy().mean()

    assert 0.0 == held(bargaining__opportunism=0.0) < held() < held(bargaining__opportunism=0.3)


def test_the_question_is_put_only_after_weeks_of_clear_soundings():
    result = peaceful(secretary_general__sounding_weeks=26, record=("consent",))
    quick = peaceful(secretary_general__sounding_weeks=0)
    assert result.data["invited"].sum() < quick.data["invited"].sum()


def test_a_summit_without_the_question_on_its_agenda_decides_nothing():
    dates = [f"20{year}-{month:02d}-15" for year in range(26, 35) for month in (2, 5, 9, 10)]

    def with_summits(**options):
        events = [
            {"kind": "summit", "name": f"s{k}", "date": d, "clarification": 0.0, **options} for k, d in enumerate(dates)
        ]
        return peaceful(events=events)

    mute = with_summits(agenda=False)
    added = [place for place, day in enumerate(mute.data["council"].to_numpy()) if str(day)[:10] in dates]
    assert len(added) == len(dates)
    assert not mute.data["question_put"].to_numpy()[:, added].any()
    usual = peaceful()
    assert (mute.data["invitation_step"].to_numpy() == usual.data["invitation_step"].to_numpy()).all()
    assert with_summits(agenda=True).data["question_put"].to_numpy()[:, added].any()


def test_a_story_tells_a_bargain_and_what_was_paid():
    result = peaceful(runs=20)
    paid = result.ledger.iloc[0]
    names = dict(zip(result.data["member"].to_numpy(), result.data["member_name"].to_numpy(), strict=True))
    from article10.runs.ensemble.rerun import rerun
    from article10.runs.stories.replay import RECORD, story

    told = [e for e in story(rerun(result, int(paid["run"]), RECORD)) if e.kind == "bargain"]
    assert any(
        e.day == paid["date"].date() and names[paid["holdout"]] in e.text and str(paid["amount"]) in e.text
        for e in told
    )


def test_explain_adds_cover_exactly_and_says_what_makes_the_ballot():
    result = peaceful(runs=5)
    explained = result.explain("DEU", run=1)
    assert (explained["voiced"] == explained["end"] + explained["cover"]).all()
    assert explained["cover"].abs().max() > 0
    assert {str(explained[name].dtype) for name in ("hold", "barred_by_war", "consent")} == {"bool"}
