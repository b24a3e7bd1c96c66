"""Guarantees over level and rho, and three futures: known answers in the same worlds."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.runs.analyses.guarantees.three_futures import (
    FUTURES,
    IN_LIEU,
    MEMBERSHIP,
    NEITHER,
    futures_of,
    three_futures,
)
from article10.runs.analyses.guarantees.tradeoff import guarantee_tradeoff
from article10.runs.analyses.guarantees.tradeoff_result import GuaranteeTradeoff
from article10.runs.command_line import app
from article10.runs.figures.style import new_axes
from article10.runs.statistics.intervals import TooFewRunsWarning

RUNS = 60
SHORT = {"horizon": "2031-12-01"}

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")


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
    assert list(found.turn.loc[0.6]) == [-0.5, 0.5]
    assert any("changes its sign at a rho between -0.5 and +0.5" in said for said in found.sentences())


def cells_with(effects):
    """A sweep of one level over rho, each effect with an interval of a twentieth to both sides."""
    cells = pd.DataFrame({"rho": [-1.0, 0.0, 0.5, 1.0], "level": 0.5, "effect": effects}).set_index(["rho", "level"])
    cells["effect_low"], cells["effect_high"] = cells["effect"] - 0.05, cells["effect"] + 0.05
    cells["without"] = [0.4, 0.3, 0.2, 0.1]
    cells["effect_runs_that_differ"], cells["effect_runs_needed"] = 20, 900.0
    return GuaranteeTradeoff(article10.read_scenario(), 300, 0, "invitation", date(2026, 7, 1), cells)


def test_the_sign_changes_only_between_effects_that_are_detected():
    known = cells_with([0.2, 0.02, -0.02, -0.2])
    assert list(known.turn.loc[0.5]) == [-1.0, 1.0]
    assert list(cells_with([0.2, 0.1, -0.1, -0.2]).turn.loc[0.5]) == [0.0, 0.5]
    drawn = known.plot()
    words = [text.get_text() for text in drawn.texts[:-1]]
    assert sorted(words[4:]) == ["+20", "−20"]
    assert words[:4] == ["40.0%", "30.0%", "20.0%", "10.0%"]  # without a guarantee, beside each row
    for noise in ([0.04, 0.02, -0.02, -0.04], [0.04, 0.02, -0.2, -0.2], [0.2, 0.1, 0.02, -0.04]):
        found = cells_with(noise)
        assert found.turn.empty
        assert any("No change of sign is detected" in said and "900 runs" in said for said in found.sentences())


def test_effects_of_guarantees_and_futures_that_few_runs_do_not_detect_are_warned_of():
    with pytest.warns(TooFewRunsWarning, match=r"needs .* runs"):
        found = three_futures(runs=1, deterrence=(0.5,), changes=SHORT)
    assert not any(re.search(r"\[[+-]", said) for said in found.sentences())
    with pytest.warns(TooFewRunsWarning, match="No change of sign is detected"):
        guarantee_tradeoff(levels=(0.5,), substitutions=(-1.0, 1.0), runs=4, changes=SHORT)


def test_a_measure_of_the_futures_is_drawn_on_given_axes(futures):
    ax = new_axes()
    assert futures.plot("spending", ax) is ax
    assert ax.get_xlabel() == "% of GDP"
    assert ax.get_xlim()[0] <= 0  # a hundredth of a per cent does not fill the axis


def test_with_a_level_or_rho_out_of_bounds_nothing_runs():
    with pytest.raises(article10.ScenarioError, match=r"guarantees\.substitution = 2\.0"):
        guarantee_tradeoff(substitutions=(2.0,), runs=2)

    with pytest.raises(article10.ScenarioError, match=r"level = 1\.5: expected the level of a guarantee, from 0 to 1"):
        guarantee_tradeoff(levels=(1.5,), runs=2)
    with pytest.raises(article10.ScenarioError, match=r"given = 2031-12-01: expected a date from 2025-12-01 to before"):
        guarantee_tradeoff(given="2031-12-01", runs=2, changes=SHORT)


def test_a_scenario_s_own_binding_guarantee_is_not_there_where_there_is_to_be_none():
    asked = {"levels": (0.5,), "substitutions": (1.0,), "runs": 40, "changes": SHORT}
    with_its_own = guarantee_tradeoff("guarantees_in_lieu", **asked).cells
    pd.testing.assert_frame_equal(with_its_own, guarantee_tradeoff(**asked).cells)
    assert with_its_own["effect"].iloc[0] != 0


def test_the_day_of_the_guarantee_follows_the_start_of_the_scenario():
    assert guarantee_tradeoff(levels=(0.5,), substitutions=(0.0,), runs=2, changes=SHORT).given == date(2026, 7, 1)
    past = guarantee_tradeoff("finland_2022", levels=(0.5,), substitutions=(0.0,), runs=2)
    assert past.given == date(2023, 2, 2)
    assert past.outcome == "accession"  # the invitation is behind it
    assert past.provenance()["asked"]["given"] == past.given


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
