"""Scenario discovery: a planted rule is found, noise gives no box, and few runs give none either."""

import warnings
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest

import article10
from article10 import simulate
from article10.runs.analyses.discovery.discovery import discover, discover_parameters
from article10.runs.batches.result import BatchResult
from article10.runs.statistics.boxes import find_boxes
from article10.runs.statistics.intervals import TooFewRunsWarning

SHORT = {"horizon": "2029-12-01"}


def synthetic(n=2000, seed=0):
    return pd.DataFrame(np.random.default_rng(seed).uniform(size=(n, 6)), columns=list("abcdef"))


def test_a_planted_rule_is_found_with_its_coverage_and_density():
    x = synthetic()
    planted = ((x["b"] > 0.6) & (x["e"] <= 0.5)).to_numpy()
    chance = np.random.default_rng(1).uniform(size=len(x))
    found = find_boxes(x, np.where(planted, chance < 0.8, chance < 0.05))
    best = found.detected[0]
    edges = {edge.feature: edge for edge in best.edges}
    assert edges["b"].low == pytest.approx(0.6, abs=0.03)
    assert edges["e"].high == pytest.approx(0.5, abs=0.03)
    assert best.density[0] == pytest.approx(0.8, abs=0.1)
    assert best.coverage[1] <= 0.16 / (0.16 + 0.84 * 0.05 / 0.8) <= best.coverage[2] + 0.02
    assert set(found.importance.index[:2]) == {"b", "e"}


def test_density_and_coverage_are_counts_in_runs_that_the_box_was_not_found_in():
    x = synthetic()
    y = (x["a"] > 0.7).to_numpy()
    found = find_boxes(x, y, seed=3)
    rest = ~np.isin(np.arange(len(x)), np.random.default_rng(3).permutation(len(x))[: len(x) // 2])
    box = found.detected[0]
    inside = box.holds(x) & rest
    assert (box.runs, box.positive) == (inside.sum(), (inside & y).sum())
    assert box.coverage[0] == pytest.approx((inside & y).sum() / (rest & y).sum())


def test_an_outcome_that_no_feature_tells_gives_no_box_but_by_chance():
    named = 0
    for seed in range(40):
        y = np.random.default_rng(1000 + seed).uniform(size=1000) < 0.2
        named += bool(find_boxes(synthetic(1000, seed), y, seed).detected)
    assert named <= 6  # at most one in twenty by design; 7 or more of 40 would have a chance of 0.3%


def test_runs_of_one_unit_do_not_count_as_many():
    """Two hundred runs at each of twenty points whose outcomes differ by point at random: nothing is detected."""
    named = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        units = np.repeat(np.arange(20), 200)
        x = pd.DataFrame(random.uniform(size=(20, 4))[units], columns=list("abcd"))
        y = random.uniform(size=4000) < random.uniform(size=20)[units]
        named += bool(find_boxes(x, y, seed, units).detected)
    assert named <= 4


def test_runs_decided_by_the_date_are_left_out_and_features_do_not_look_beyond_it():
    early, late = ({"horizon": h} for h in ("2029-12-01", "2030-12-01"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        one, other = (
            discover("us_champion", 60, 1, outcome=lambda r: np.zeros(60, bool), changes=c, until="2027-06-01")
            for c in (early, late)
        )
        left = discover("us_champion", 60, 1, outcome="invitation", changes=early, until="2028-12-31")
    pd.testing.assert_frame_equal(one.features, other.features)
    invited = simulate("us_champion", 60, 1, changes=early, record=()).outcomes["invitation_date"]
    assert left.left_out == (invited <= "2028-12-31").sum() > 0
    assert len(left.features) == 60 - left.left_out
    assert "2028-12-31" in left.sentences()[-1]


def test_features_are_those_of_the_runs():
    names = []

    def final(result):
        names.append(result)
        return (result.outcomes["war_years"] > 2).to_numpy()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        answer = discover("baseline", 12, 4, outcome=final, changes=SHORT, until="2027-06-01")
    data = simulate("baseline", 12, 4, changes=SHORT, record=("stance", "orientation", "threat")).data
    step = answer.scenario.step_of(answer.until) + 1
    assert answer.features["front"].to_numpy() == pytest.approx(data["front"].to_numpy()[:, step], abs=1e-6)
    hungary = answer.scenario.members().index("HUN")
    orientation = data["orientation"].to_numpy()[:, step, hungary]
    assert answer.features[f"orientation_{hungary}"].to_numpy() == pytest.approx(orientation, abs=1e-6)
    hot = (data["war_intensity"].to_numpy()[:, 1 : step + 1] > answer.scenario.war.hot_line).sum(axis=1)
    assert answer.features["war_years"].to_numpy() == pytest.approx(hot * answer.scenario.step_years, abs=1e-6)
    assert answer.features[f"stance_{hungary}"].to_numpy() == pytest.approx(
        data["stance"].sel(member="HUN")[:, 0], abs=1e-6
    )
    assert answer.outcome == "final"


def test_an_outcome_that_follows_from_the_war_is_found_in_the_war():
    def much_war(result):
        return (result.outcomes["war_years"] > 2.5).to_numpy()

    answer = discover("baseline", 500, 0, outcome=much_war, changes={"horizon": "2028-12-01"}, until="2027-12-01")
    assert answer.boxes.detected[0].edges[0].feature in ("war_years", "ceasefire", "first_ceasefire", "threat")
    said = answer.sentences()
    assert "of these" in said[0]
    assert "much war" in said[0]
    assert {"boxes", "features"} == set(answer.figures())
    for draw in answer.figures().values():
        assert "held-out" in str([t.get_text() for t in draw().texts]) or draw().get_xlabel()


def test_too_few_runs_are_reported_with_the_number_needed():
    with pytest.warns(TooFewRunsWarning, match=r"this needs .* runs"):
        answer = discover(
            "us_champion", 60, 1, changes={"horizon": "2030-12-01"}, outcome="invitation", until="2026-12-31"
        )
    assert answer.boxes is None
    assert answer.figures() == {}
    assert answer.sentences()[0].startswith("invitation: ")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"until": "2040-01-01"}, "until = 2040"),
        ({"outcome": "peace"}, "peace"),
        ({"runs": 0}, "runs = 0"),
        ({"outcome": lambda r: np.zeros(3)}, "expected a bool for each of 4 runs"),
    ],
)
def test_what_cannot_be_asked_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        discover(**{"runs": 4, "changes": SHORT, **given})


def test_parameters_of_a_design_that_decide_are_found(tmp_path):
    sample = {"n": 64, "ranges": {"guarantees.relief": (0.0, 0.6), "accession.objection_line": (-0.9, 0.0)}}
    design = article10.Design(
        scenarios=("us_champion",),
        runs=8,
        sample=sample,
        changes={"horizon": "2026-12-01", "accession.war_bar": 1.0, "candidate.readiness": 0.9},
    )
    batch = article10.run_batch(design, tmp_path / "batch")
    answer = discover_parameters(batch, outcome="invitation")
    assert answer.boxes.importance.index[0] == "accession.objection_line"
    box = answer.boxes.detected[0]
    assert box.edges[0].high < -0.1
    assert box.edges[0].low == -np.inf
    assert "accession.objection_line at most" in answer.sentences()[0]
    few = Mock(spec=BatchResult, varied=["scenario"], points=pd.DataFrame({"scenario": ["a", "b"]}))
    with pytest.raises(ValueError, match="expected at least 4 points"):
        discover_parameters(few)
