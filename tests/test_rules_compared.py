"""Rules compared in the same worlds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import article10
from article10.runs.analyses.rules.compared import compare_rules
from article10.runs.analyses.rules.compared_result import RULES

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")

RUNS = 60


@pytest.fixture(scope="module")
def compared():
    return compare_rules(runs=RUNS, seed=2)


def test_a_weaker_rule_admits_at_least_as_often(compared):
    order = ["unanimity", "unanimity minus 1", "unanimity minus 2", "unanimity minus 3", "qualified majority"]
    assert all(a <= b + 0.02 for a, b in pairwise(compared.rules.loc[order, "invitation"]))
    assert compared.rules.loc["qualified majority", "invitation"] > compared.rules.loc["unanimity", "invitation"]


def test_unanimity_against_itself_differs_in_no_world(compared):
    first = compared.rules.loc["unanimity"]
    assert first["invitation_gain"] == first["accession_gain"] == 0


def test_nobody_is_outvoted_under_unanimity_and_at_most_k_where_k_are_tolerated(compared):
    outvoted = compared.rules["members_outvoted"]
    assert outvoted["unanimity"] == 0
    for k in (1, 2, 3):
        assert outvoted[f"unanimity minus {k}"] <= k
    assert (compared.outvoted.loc["unanimity", "share"] == 0).all()


def test_tolerating_nobody_is_unanimity():
    none = {"accession.rule": "unanimity_minus", "accession.tolerated": 0}
    a, b = (article10.simulate("baseline", 20, changes=c, record=()).data for c in ({}, none))
    assert all(np.array_equal(a[name], b[name]) for name in ("ballot", "invited", "ratified_step"))


def test_at_the_first_council_that_admits_a_stricter_rule_admits_no_earlier():
    first = {}
    for name, changes in RULES.items():
        invited = article10.simulate("baseline", 40, changes=dict(changes), record=()).data["invited"].to_numpy()
        first[name] = np.where(invited.any(axis=1), invited.argmax(axis=1), 10_000)
    assert (first["unanimity minus 1"] <= first["unanimity"]).all()
    assert (first["unanimity minus 3"] <= first["unanimity minus 1"]).all()
    assert (first["qualified majority"] <= first["unanimity minus 3"]).all()


def test_pressure_by_events_counts_as_russia_s():
    event = {"kind": "pressure", "name": "gas", "date": "2025-12-01", "targets": ["HUN"], "intensity": 20.0}
    ballots = dict.fromkeys(article10.read_scenario().members().iso3, "support")
    inert = {"russia.strategy": "inert", "horizon": "2030-12-01", "candidate.may_shelve": False}
    scenario = article10.read_scenario("baseline", {**inert, "events": [{**event, "weeks": 260}]})
    ballots.pop("HUN")
    found = compare_rules(scenario.with_({"accession.war_bar": 1.0}, ballots=ballots), RUNS, rules=("unanimity",))
    assert found.rules.loc["unanimity", "russia_runs_that_differ"] > 0


def test_means_over_runs_and_shares_outvoted_have_intervals(compared):
    row = compared.rules.loc["qualified majority"]
    for column in ("years_to_invitation", "members_outvoted", "russia"):
        assert row[f"{column}_low"] < row[column] < row[f"{column}_high"], column
    assert (compared.outvoted["share_low"] <= compared.outvoted["share_high"]).all()


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="unknown rule 'dictatorship'; expected one of unanimity"):
        compare_rules(rules=("dictatorship",), runs=2)
