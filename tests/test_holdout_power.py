"""Holdout power: known answers, and a-priori indices against textbook games and brute force."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import article10
from article10.agents.members import ACQUIESCE, OBJECT, SUPPORT
from article10.model.accession_rule import AccessionParameters
from article10.runs.analyses.holdouts.power import consenting, holdout_power
from article10.runs.analyses.rules.compared_result import RULES
from article10.runs.analyses.rules.power_indices import VotingGame, normalised, pivotal

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")

SHORT = {"horizon": "2029-12-01", "candidate.may_shelve": False}
RUNS = 24


def all_for_it(**others):
    scenario = article10.read_scenario("baseline", SHORT)
    ballots = dict.fromkeys(scenario.members().iso3, "support") | others
    return scenario.with_({"accession.war_bar": 1.0}, ballots=ballots)


@pytest.fixture(scope="module")
def one_holdout():
    return holdout_power(all_for_it(HUN="object"), RUNS, members=("HUN", "POL", "USA"))


# --- known answers ----------------------------------------------------------------------------------------------------


def test_a_member_that_always_objects_while_all_others_consent_has_power_one(one_holdout):
    hungary = one_holdout.members.loc["HUN"]
    assert hungary["objects"] == hungary["alone"] == 1.0
    assert hungary["invitation_gain"] == 1.0
    assert one_holdout.pivotality.loc["HUN", "unanimity"] == 1.0
    assert one_holdout.together["invitation"].iloc[:2].tolist() == [0.0, 1.0]


def test_a_member_whose_consent_is_given_already_has_power_zero(one_holdout):
    assert (one_holdout.members.loc[["POL", "USA"], "invitation_gain"] == 0).all()
    assert (one_holdout.members.loc[["POL", "USA"], "objects"] == 0).all()


def test_every_share_has_an_interval_and_the_last_to_ratify_its_number_of_ratifications(one_holdout):
    open_door = holdout_power(all_for_it(), RUNS, members=("HUN",))
    for column in ("objects", "war_alone", "alone", "last", "invitation_gain"):
        row = open_door.members.loc["HUN"]
        assert row[f"{column}_low"] <= row[column] <= row[f"{column}_high"], column
    assert open_door.members["ratifications"].iloc[0] > 0
    assert one_holdout.members["ratifications"].iloc[0] == 0
    assert open_door.pivotality["unanimity_low"].notna().all()


def test_indices_are_those_of_the_alliance_whoever_is_tried(one_holdout):
    assert "Shapley–Shubik 0.0312 = 1/32" in one_holdout.sentences()[-1]


def test_how_often_members_object_cannot_be_estimated_from_one_run():
    assert holdout_power(runs=1, members=("HUN",)).sentences()[0].endswith("cannot be estimated from one run.")


def test_two_holdouts_are_each_powerless_alone_and_decide_together():
    found = holdout_power(all_for_it(HUN="object", SVK="object"), RUNS, members=("HUN", "SVK"))
    assert (found.members["invitation_gain"] == 0).all()
    assert found.together["invitation"].tolist() == [0.0, 0.0, 1.0]
    assert (found.pivotality["unanimity"] == 0).all()
    assert (found.pivotality["unanimity minus 1"] == 1).all()


def test_a_member_made_to_consent_supports_at_every_council_even_in_war():
    hot = article10.read_scenario("baseline", {"horizon": "2027-12-01", "war.ceasefire_rate": 0.0})
    data = article10.simulate(consenting(hot, ["HUN", "DEU"]), 8, record=()).data
    ballots = data["ballot"].sel(member=["HUN", "DEU"]).to_numpy()
    assert set(np.unique(ballots[ballots >= 0])) == {SUPPORT}


def test_formal_weight_is_the_same_for_all_members_under_every_rule(one_holdout):
    assert set(one_holdout.indices.index) == set(RULES)
    assert one_holdout.indices["shapley_shubik"].tolist() == pytest.approx([1 / 32] * len(RULES))
    assert one_holdout.indices["banzhaf"].iloc[0] == 2.0**-31


def test_an_unknown_member_is_refused():
    with pytest.raises(KeyError, match="HUN"):
        holdout_power(runs=2, members=("HNU",))


# --- indices ----------------------------------------------------------------------------------------------------------


def brute_banzhaf(game, player):
    others = [v for i, v in enumerate(game.votes) if i != player]
    sums = [sum(c) for size in range(len(others) + 1) for c in itertools.combinations(others, size)]
    return Fraction(sum(s < game.quota <= s + game.votes[player] for s in sums), 2 ** len(others))


def brute_shapley(game, player):
    found = 0
    for order in itertools.permutations(range(len(game.votes))):
        before = sum(game.votes[i] for i in order[: order.index(player)])
        found += before < game.quota <= before + game.votes[player]
    return Fraction(found, factorial(len(game.votes)))


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5).filter(lambda v: sum(v) > 0), st.data())
def test_indices_are_those_of_counting_every_coalition_and_order(votes, data):
    game = VotingGame(data.draw(st.integers(1, sum(votes))), tuple(votes))
    players = range(len(votes))
    assert game.banzhaf() == [brute_banzhaf(game, p) for p in players]
    assert game.shapley_shubik() == [brute_shapley(game, p) for p in players]
    assert sum(game.shapley_shubik()) == 1
    assert sum(normalised(game.banzhaf())) == 1


def test_the_european_council_of_1958_gave_luxembourg_no_power():
    game = VotingGame(12, (4, 4, 4, 2, 2, 1))
    assert game.banzhaf()[-1] == 0
    assert [str(i) for i in normalised(game.banzhaf())[:4]] == ["5/21", "5/21", "5/21", "1/7"]
    assert [str(i) for i in game.shapley_shubik()[:4]] == ["7/30", "7/30", "7/30", "3/20"]


def test_an_impossible_game_is_refused():
    with pytest.raises(ValueError, match="quota"):
        VotingGame(10, (1, 2, 3))


@given(
    st.lists(st.lists(st.sampled_from([OBJECT, ACQUIESCE, SUPPORT]), min_size=4, max_size=4), min_size=1, max_size=9)
)
def test_a_member_is_pivotal_under_consensus_exactly_where_no_other_objects(rows):
    ballots = np.array(rows, dtype=np.int8)
    found = pivotal(("BEL", "CAN", "DEU", "FRA"), ballots, AccessionParameters())
    for place in range(4):
        others = np.delete(ballots, place, axis=1)
        assert (found[:, place] == (others != OBJECT).all(axis=1)).all()
