"""Guarantees over level and rho, and three futures: known answers in the same worlds."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.runs.analyses.guarantees import guarantee_tradeoff
from article10.runs.analyses.three_futures import FUTURES, IN_LIEU, MEMBERSHIP, NEITHER, futures_of, three_futures
from article10.runs.command_line import app

RUNS = 60
SHORT = {"horizon": "2031-12-01"}


@pytest.fixture(scope="module")
def futures():
    return three_futures(runs=RUNS, deterrence=(0.0, 0.9), changes=SHORT)


def test_a_guarantee_of_level_zero_changes_no_world():
    found = guarantee_tradeoff(levels=(0.0, 0.5), substitutions=(-1.0, 1.0), runs=20, changes=SHORT)
    nothing = found.cells.xs(0.0, level="level")
    assert (nothing["effect"] == 0).all()
    assert (nothing["share"] == nothing["without"]).all()


def test_the_share_falls_with_rho_and_the_sign_change_lies_between_the_cells_where_it_turns():
    calm = {"candidate.may_shelve": False}
    found = guarantee_tradeoff(levels=(0.6,), substitutions=(-1.0, -0.5, 0.5, 1.0), runs=200, changes=calm)
    share = found.cells["share"].to_numpy()
    assert (np.diff(share) <= 0).all()
    assert found.cells["effect"].iloc[0] > 0 > found.cells["effect"].iloc[-1]
    assert -1.0 < found.turn[0.6] < 1.0
    assert any("changes its sign" in said for said in found.sentences())


def test_with_a_level_or_rho_out_of_bounds_nothing_runs():
    with pytest.raises(article10.ScenarioError, match=r"guarantees\.substitution = 2\.0"):
        guarantee_tradeoff(substitutions=(2.0,), runs=2)

    with pytest.raises(article10.ScenarioError, match=r"level = 1\.5: expected a level of a guarantee, 0 to 1"):
        guarantee_tradeoff(levels=(1.5,), runs=2)
    with pytest.raises(article10.ScenarioError, match=r"given = 2041-01-01: expected a date from 2025-12-01 to 2031"):
        guarantee_tradeoff(given="2041-01-01", runs=2, changes=SHORT)


def test_a_scenario_s_own_binding_guarantee_is_not_there_where_there_is_to_be_none():
    asked = {"levels": (0.5,), "substitutions": (1.0,), "runs": 40, "changes": SHORT}
    with_its_own = guarantee_tradeoff("guarantees_in_lieu", **asked).cells
    pd.testing.assert_frame_equal(with_its_own, guarantee_tradeoff(**asked).cells)
    assert with_its_own["effect"].iloc[0] != 0


def test_the_day_of_the_guarantee_follows_the_start_of_the_scenario():
    assert guarantee_tradeoff(levels=(0.5,), substitutions=(0.0,), runs=2, changes=SHORT).given == date(2026, 7, 1)
    past = guarantee_tradeoff("finland_2022", levels=(0.5,), substitutions=(0.0,), runs=2)
    assert past.given == date(2023, 2, 2)


def test_the_command_takes_a_level_and_a_day_and_refuses_in_one_line_what_would_be_ignored():
    words = ["guarantees", "finland_2022", "--runs", "2", "--level", "0.5"]
    assert CliRunner().invoke(app, [*words, "--given", "2022-09-01"]).exit_code == 0
    for wrong in (["--given", "2030-01-01"], ["--given", "soon"], ["--futures", "--outcome", "accession"]):
        done = CliRunner().invoke(app, [*words, *wrong])
        assert done.exit_code == 2
        assert len(done.output.splitlines()) == 1


def test_membership_is_reached_and_the_others_stay_outside():
    scenario = article10.read_scenario("baseline", SHORT)
    stages = {
        name: article10.simulate(variant, 20, record=()).outcomes["outcome"]
        for name, variant in futures_of(scenario, 0.6, date(2026, 7, 1)).items()
    }
    assert (stages[MEMBERSHIP] == "member").all()
    assert not (stages[IN_LIEU] == "member").any()
    assert not (stages[NEITHER] == "member").any()


def test_a_future_against_itself_does_not_differ(futures):
    same = futures.consequences.xs(NEITHER, level="future")
    assert (same["difference"] == 0).all()


def test_without_deterrence_guarantees_keep_no_ceasefire_and_with_it_they_do():
    quiet = {"war.starts_in_ceasefire": True, "war.prolongation": 0.0, "war.ceasefire_rate": 20.0, **SHORT}
    found = three_futures(runs=200, deterrence=(0.0, 0.9), changes=quiet)
    none = found.by_deterrence.xs(0.0, level="deterrence")["attacks"]
    strong = found.by_deterrence.xs(0.9, level="deterrence")["attacks"]
    assert none[MEMBERSHIP] == pytest.approx(none[NEITHER], rel=0.05)
    assert strong[MEMBERSHIP] < 0.7 * strong[NEITHER]
    assert strong[IN_LIEU] < strong[NEITHER]


def test_every_measure_has_an_interval_and_the_answer_says_that_they_are_the_model_s(futures):
    assert set(futures.consequences.index.unique("future")) == set(FUTURES)
    assert (futures.consequences["mean_low"] <= futures.consequences["mean_high"]).all()
    assert "outcomes of the model" in futures.sentences()[-1]
    assert 0 <= futures.consequences.loc[("security", NEITHER), "mean"] <= 1
    assert futures.figures()["futures"]().get_title(loc="left")


def test_breaches_are_the_ceasefires_that_broke():
    data = article10.simulate("ceasefire_2026", 20, 3).data
    ceasefire = data["ceasefire"].to_numpy()
    assert np.array_equal(data["breaches"], ((ceasefire[:, :-1] == 1) & (ceasefire[:, 1:] == 0)).sum(axis=1))
