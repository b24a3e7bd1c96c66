"""The standard models of collective decisions: what they must do, what was published, and what they say here."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import article10
import rivals_page
from article10.runs.evidence.rivals import past
from article10.runs.evidence.rivals.challenge import Choices, all_choices, challenge, expectations, forecast
from article10.runs.evidence.rivals.emissions import ACTORS, INFLUENCE, PUBLISHED, REPEATED, SALIENCE, YEARS, readings
from article10.runs.evidence.rivals.forecasters import (
    CHALLENGES,
    COMPROMISE,
    EVERYBODY,
    MEDIAN,
    QUALIFIED,
    SILENCE,
    SIMULATION,
    UNANIMITY,
    all_said,
    among_lowest,
)
from article10.runs.evidence.rivals.spatial import STATUS_QUO, compromise, core, median_voter
from article10.runs.evidence.rounds import read_round

SHORT = {"horizon": "2027-06-01"}
READINGS = list(all_choices())


@pytest.fixture
def drawn():
    """Positions in general place, (draw, member), with influence and salience."""
    rng = np.random.default_rng(1)
    return rng.uniform(-1, 1, (6, 7)), rng.uniform(0.1, 1, 7), rng.uniform(0.2, 1, 7)


# --- median, compromise, core ---------------------------------------------------------------------------------------


def test_no_position_beats_the_weighted_median_by_a_majority(drawn):
    position, weight, _ = drawn
    for x, median in zip(position, median_voter(position, weight), strict=True):
        for other in np.linspace(-1, 1, 81):
            nearer = weight[np.abs(x - other) < np.abs(x - median)].sum()
            assert nearer <= weight.sum() / 2 + 1e-12


def test_equal_weights_are_no_weights_and_a_dictator_is_the_median(drawn):
    position, weight, _ = drawn
    np.testing.assert_allclose(median_voter(position, np.full(7, 0.3)), np.median(position, axis=1))
    np.testing.assert_allclose(median_voter(position[:, :6]), np.median(position[:, :6], axis=1))
    weight[2] = weight.sum()
    np.testing.assert_array_equal(median_voter(position, weight), position[:, 2])


def test_the_compromise_lies_among_the_members_and_follows_who_cares_more(drawn):
    position, influence, salience = drawn
    before = compromise(position, influence, salience)
    assert ((position.min(axis=1) < before) & (before < position.max(axis=1))).all()
    salience[3] *= 2
    after = compromise(position, influence, salience)
    assert (np.abs(position[:, 3] - after) < np.abs(position[:, 3] - before)).all()


@pytest.mark.parametrize("quota", [4, 5, 7])
def test_the_core_and_what_beats_the_status_quo_are_those_found_by_asking_every_coalition(drawn, quota):
    policies = np.linspace(-1, 1, 201)
    for x in drawn[0]:
        found = core(x, quota)
        nearer = np.abs(x[None, None, :] - policies[:, None, None]) < np.abs(x[None, None, :] - policies[None, :, None])
        beats = np.zeros(nearer.shape[:2], dtype=bool)
        for coalition in combinations(range(7), quota):
            beats |= nearer[:, :, list(coalition)].all(axis=2)
        unbeaten = policies[~beats.any(axis=0)]
        inside = policies[(policies >= found.low) & (policies <= found.high)]
        assert set(inside) <= set(unbeaten)
        assert unbeaten.min() >= found.low - 0.02
        assert unbeaten.max() <= found.high + 0.02
        by_status_quo = policies[beats[:, 0]]
        assert policies[0] == STATUS_QUO
        assert abs(by_status_quo.max(initial=-1) - found.furthest) < 0.011
        assert found.admits == beats[-1, 0]


def test_one_member_below_the_middle_blocks_under_unanimity_alone():
    position = np.array([0.5, 0.5, 0.5, 0.5, -0.1])
    assert not core(position, 5).admits
    assert core(position, 4).admits
    assert core(np.zeros(3), 3).admits  # who is indifferent does not stand in the way
    assert not core(np.full(3, -1.0), 2).moves
    with pytest.raises(ValueError, match="quota = 2: expected more than half of the 5 members"):
        core(position, 2)


# --- challenges: what was published ---------------------------------------------------------------------------------


def test_the_published_run_is_repeated_to_the_last_digits_for_three_rounds():
    path = challenge(YEARS[None, :], INFLUENCE, SALIENCE)[:, 0]
    movers = [ACTORS.index(code) for code in ("BEL", "LUX", "IRL")]
    np.testing.assert_allclose(path[1:4, movers], REPEATED, rtol=1e-12)
    others = [k for k in range(len(ACTORS)) if k not in movers]
    np.testing.assert_array_equal(path[1:4, others], np.tile(YEARS[others], (3, 1)))


def test_the_published_expectations_of_belgium_and_france_are_repeated():
    weight = (INFLUENCE * SALIENCE)[None, :]
    found = expectations(YEARS[None, :], weight, SALIENCE[None, :], np.full((1, 1, 1), 6.0), Choices())
    pair = (0, ACTORS.index("BEL"), ACTORS.index("FRA"))
    assert found.mine[pair] == pytest.approx(-0.11483050347300794, rel=1e-12)
    assert found.theirs[pair] == pytest.approx(0.2432965945234421, rel=1e-12)


def test_the_published_medians_of_the_first_day_are_repeated_and_the_forecast_is_not():
    assert median_voter(YEARS, INFLUENCE * SALIENCE) == 7.0
    assert compromise(YEARS, INFLUENCE, SALIENCE) == pytest.approx(7.389955686853767)
    found = readings()
    assert found["first_round"].iloc[0] == pytest.approx(8.4159, abs=1e-4)  # the direction, and nearly the size
    assert (found[["last_round", "mean"]] - PUBLISHED).abs().min().min() > 0.1  # the page says so


def test_the_page_says_what_is_reproduced_and_what_is_not():
    page = rivals_page.PAGE.read_text("utf-8")
    assert rivals_page.example_table() in page, "out of date: python docs/make/rivals_page.py"


# --- challenges: what has to hold -----------------------------------------------------------------------------------


@pytest.mark.parametrize("choices", READINGS, ids=str)
def test_who_agrees_stays_and_nobody_leaves_the_range(choices, drawn):
    position, influence, salience = drawn
    agreed = np.full_like(position, 0.25)
    np.testing.assert_array_equal(challenge(agreed, influence, salience, choices)[-1], agreed)
    path = challenge(position, influence, salience, choices)
    low, high = position.min(axis=1, keepdims=True), position.max(axis=1, keepdims=True)
    assert ((path >= low - 1e-12) & (path <= high + 1e-12)).all()


@pytest.mark.parametrize("choices", READINGS, ids=str)
def test_a_mirrored_issue_has_a_mirrored_outcome_in_any_unit(choices, drawn):
    position, influence, salience = drawn
    one, other = (challenge(x, influence, salience, choices, rounds=2)[-1] for x in (position, 5.0 - 3.0 * position))
    np.testing.assert_allclose(other, 5.0 - 3.0 * one, atol=1e-7)


@pytest.mark.parametrize("choices", READINGS, ids=str)
def test_neither_the_order_of_members_nor_rounding_decides_where_offers_tie(choices):
    path = challenge(YEARS[None, :], INFLUENCE, SALIENCE, choices)[-1]
    mirrored = challenge(14.0 - YEARS[None, :], INFLUENCE, SALIENCE, choices)[-1]
    np.testing.assert_allclose(mirrored, 14.0 - path, atol=1e-4)
    roster = article10.read_scenario().members()
    order = np.random.default_rng(2).permutation(len(roster))
    stance, weight, cares = roster.stance, roster.influence_weight, 0.25 + 0.75 * roster.exposure
    one = challenge(stance[None, :], weight, cares, choices)[-1][:, order]
    other = challenge(stance[None, order], weight[order], cares[order], choices)[-1]
    np.testing.assert_allclose(other, one, atol=1e-4)


@pytest.mark.parametrize("choices", READINGS, ids=str)
def test_draws_do_not_mix(choices, drawn):
    position, influence, salience = drawn
    together = challenge(position, influence, salience, choices, rounds=3)
    alone = np.concatenate([challenge(x[None], influence, salience, choices, rounds=3) for x in position], axis=1)
    np.testing.assert_allclose(together, alone, atol=1e-9)


def test_where_only_votes_decide_an_actor_split_in_two_changes_nothing():
    for choices in (held for held in READINGS if held.votes == "pair" and held.risk == "neutral"):
        position, influence = np.array([[-0.7, -0.2, 0.1, 0.6]]), np.array([0.2, 0.3, 0.1, 0.4])
        salience = np.array([0.9, 0.4, 0.6, 0.8])
        whole = challenge(position, influence, salience, choices)[-1]
        halves = np.array([0.2, 0.3, 0.1, 0.2, 0.2])
        split = challenge(position[:, [0, 1, 2, 3, 3]], halves, salience[[0, 1, 2, 3, 3]], choices)[-1]
        np.testing.assert_allclose(split, whole[:, [0, 1, 2, 3, 3]], atol=1e-9)


@pytest.mark.parametrize("strong", range(7))
def test_who_has_nearly_all_the_power_and_resists_always_has_its_way(strong, drawn):
    position, influence, salience = drawn
    influence[strong], salience[strong] = 1000.0, 1.0
    path = challenge(position, influence, salience)
    np.testing.assert_allclose(forecast(path, influence, salience), position[:, strong], atol=1e-9)


# --- on the roster --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found():
    return article10.rivals(runs=40, seed=3, past=False, changes=SHORT)


def test_the_models_take_the_stances_with_which_the_simulation_starts(found):
    stance = article10.simulate(found.scenario, 40, 3, record=("stance",)).data["stance"].to_numpy()[:, 0]
    said = all_said(found.roster, stance.astype(float), "exposure", found.scenario.accession)
    for name, each in said.items():
        assert found.forecasts.loc[name, "admitted"] == pytest.approx(each.admits.mean())
        assert found.forecasts.loc[name, "position_low"] == pytest.approx(np.quantile(each.position, 0.025))
    assert found.forecasts.loc[MEDIAN, "position"] == pytest.approx(np.median(found.roster.stance))


def test_the_simulation_is_beside_them_as_it_is_elsewhere(found):
    reached = article10.simulate(found.scenario, 40, 3, record=()).outcomes["accession_date"].notna()
    assert found.forecasts.loc[SIMULATION, "admitted"] == reached.mean()


def test_the_pivotal_members_are_the_least_willing_and_the_silence_is_that_of_the_ballots(found):
    lowest = found.roster.stance.min()
    named = found.core.loc[UNANIMITY, "pivotal_members"].split()
    assert [found.roster.stance[found.roster.index(code)] for code in named] == [lowest] * len(named)
    assert found.core.loc[UNANIMITY, "must_agree"] == len(found.roster)
    assert found.core.loc[QUALIFIED, "must_agree"] == -(-2 * len(found.roster) // 3)
    changed = article10.rivals(runs=4, past=False, changes={**SHORT, "accession.objection_line": lowest - 0.05})
    assert changed.forecasts.loc[SILENCE, "at_codes"] == 1.0
    assert changed.forecasts.loc[UNANIMITY, "at_codes"] == 0.0


def test_the_rule_of_salience_moves_the_two_models_that_use_it_and_no_other(found):
    other = article10.rivals(runs=40, seed=3, past=False, salience="equal", changes=SHORT)
    moved = found.forecasts["position"].dropna() != other.forecasts["position"].dropna()
    assert set(moved.index[moved]) <= {COMPROMISE, CHALLENGES}
    assert moved[COMPROMISE]
    for one in (found, other):
        for model in (COMPROMISE, CHALLENGES):
            assert one.saliences.loc[one.salience, model] == pytest.approx(one.forecasts.loc[model, "position"])


def test_every_reading_of_the_challenges_is_shown_and_the_first_is_used(found):
    assert len(found.choices) == len(READINGS) == 48
    assert found.choices["median"].iloc[0] == pytest.approx(found.forecasts.loc[CHALLENGES, "position"])


def test_a_rule_of_salience_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="salience = 'loud': expected one of exposure, equal, extremity"):
        article10.rivals(salience="loud", runs=2)


# --- on the cases that are known ------------------------------------------------------------------------------------


def test_who_is_named_is_shared_among_those_that_tie():
    position = np.array([[0.6, 0.6, 0.6, -0.3], [0.6, 0.2, 0.1, -0.3]])
    np.testing.assert_allclose(among_lowest(position, 2), [1 / 6, 1 / 6, (1 / 3 + 1) / 2, 1.0])


def test_the_lowest_stances_of_2022_are_those_of_the_holdouts():
    case = past.of_round(read_round("finland_2022_at_signing"), 40, 0, None)
    assert case.admitted
    assert case.named[past.LOWEST] > case.named[SIMULATION] > case.named[past.CHANCE]
    assert not core(case.roster.stance, len(case.roster)).admits  # unanimity at the codes would have refused Finland


def test_scores_count_rounds_of_one_day_once_and_set_losses_beside_wins():
    scenario = article10.read_scenario("finland_2022")
    later = scenario.with_(name="later", start=scenario.start.replace(year=2023))
    yes, no = np.array([True] * 4), np.array([False] * 4)
    cases = [
        past.Case(scenario.with_(name=name), np.zeros((4, 30)), True, yes) for name in ("one", "of the same day")
    ] + [past.Case(later, np.zeros((4, 30)), False, no)]
    said = past.said_of_cases(cases, lambda case: {"all": yes, "half": np.array([True, False]), "told": case.simulated})
    scores = past.mean_scores(said)
    assert list(scores.index) == ["told", "half", "all"]
    assert scores.loc["all"].to_dict() == {
        "right": 2,
        "cases": 3,
        "brier_admitted": 0.0,
        "brier_not_admitted": 1.0,
        "brier": 0.5,
    }
    assert scores.loc["half", "brier"] == 0.25


@pytest.mark.slow
def test_all_rounds_on_record_and_the_open_bid_are_scored():
    found = article10.rivals(runs=20, changes=SHORT)
    assert found.cases["was_admitted"].groupby("case").first().value_counts().to_dict() == {True: 5, False: 1}
    assert found.scores.loc[EVERYBODY, ["brier_admitted", "brier_not_admitted"]].to_list() == [0.0, 1.0]
    assert list(found.named.columns) == ["vilnius_2003", "finland_2022_at_signing", "sweden_2022_at_signing"]
    text = " ".join(found.sentences())
    assert "Better: " in text
    assert "Worse: " in text
    assert set(found.figures()) == {"forecasts", "cases"}
    assert found.saliences["compromise_brier"].between(0, 1).all()
