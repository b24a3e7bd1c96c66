"""Scenario discovery: a planted rule is found, noise is not, and too few worlds are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.runs.analyses.discovery import Discovery, discover, discover_parameters, find_boxes
from article10.runs.analyses.evidence import TooFewRunsWarning
from article10.runs.command_line import app


@pytest.fixture(scope="module")
def features():
    rng = np.random.default_rng(5)
    columns = {"war": rng.random(2000), "ties": rng.random(2000), "noise": rng.random(2000)}
    return pd.DataFrame({**columns, "shelved": (rng.random(2000) < 0.3).astype(float)})


def discovered(boxes, weight, share):
    scenario = article10.read_scenario()
    return Discovery(scenario, 2000, 0, "invitation", "of a test", share, boxes, weight)


def test_a_planted_rule_is_found_and_measured_on_worlds_that_were_held_out(features):
    rng = np.random.default_rng(6)
    planted = (features["war"] < 0.4) & (features["ties"] > 0.6)
    happened = np.where(planted, rng.random(2000) < 0.9, rng.random(2000) < 0.05)
    fit = np.arange(2000) % 2 == 0
    boxes, weight = find_boxes(features, happened, fit)
    best = boxes.iloc[0]
    assert "war up to 0.4" in str(boxes.index[0]) or "war up to 0.39" in str(boxes.index[0])
    assert "ties above 0.6" in str(boxes.index[0]) or "ties above 0.59" in str(boxes.index[0])
    assert best["density_low"] <= 0.9 <= best["density_high"] + 0.03
    assert best["coverage"] > 0.7
    assert boxes["support"].sum() == (~fit).sum()
    assert boxes["coverage"].sum() == pytest.approx(1.0)
    assert weight["noise"] < 0.05


def test_where_nothing_separates_the_worlds_it_says_so():
    rng = np.random.default_rng(12)
    features = pd.DataFrame(rng.random((4000, 4)), columns=list("abcd"))
    happened = rng.random(4000) < 0.3
    boxes, weight = find_boxes(features, happened, np.arange(4000) % 2 == 0)
    apart = (boxes["density_low"] > 0.3) | (boxes["density_high"] < 0.3)
    assert apart.sum() <= 1  # of eight boxes, at 95%
    none = boxes[~apart]
    said = discovered(none, weight, 0.3).sentences()
    assert "No box stands out" in said[-1]


def test_conditions_read_as_words(features):
    happened = (features["shelved"] == 1).to_numpy()
    boxes, _ = find_boxes(features, happened, np.arange(2000) % 2 == 0)
    assert str(boxes.index[0]) == "shelved: yes"
    assert boxes["density"].tolist() == [1.0, 0.0]


def test_too_few_worlds_are_refused_and_the_number_that_would_do_is_given(features):
    happened = np.arange(2000) % 200 == 0
    with pytest.warns(TooFewRunsWarning, match="would do"):
        boxes, weight = find_boxes(features, happened, np.arange(2000) % 4 == 0)
    assert boxes.empty
    assert "Too few worlds" in discovered(boxes, weight, 0.005).sentences()[0]
    assert not discovered(boxes, weight, 0.005).figures()


def test_no_feature_is_a_consequence_of_the_outcome():
    changes = {"accession.rule": "simple_majority", "horizon": "2031-12-01"}
    found = discover(runs=600, outcome="invitation", until=2028, changes=changes)
    assert found.boxes["support"].sum() < 300  # those decided by then are left out
    assert "2028" in found.when
    assert found.figures()["boxes"]().texts


def test_a_year_beyond_the_horizon_is_refused():
    with pytest.raises(ValueError, match="until = 2050: expected a year from 2025"):
        discover(runs=2, until=2050)
    done = CliRunner().invoke(app, ["why", "--until", "2050", "--runs", "2"])
    assert done.exit_code == 2


def test_the_parameter_that_decides_in_a_batch_is_found(tmp_path):
    design = article10.Design(
        runs=16,
        changes={"horizon": "2030-12-01", "accession.war_bar": 1.0, "candidate.may_shelve": False},
        sample={"n": 64, "ranges": {"accession.objection_line": (-0.9, -0.1), "spending.resilience": (0.0, 0.1)}},
    )
    batch = article10.run_batch(design, tmp_path / "b", workers=1, progress=False)
    found = discover_parameters(batch)
    assert found.weight.idxmax() == "accession.objection_line"
    assert "accession.objection_line up to" in str(found.boxes.index[0])
