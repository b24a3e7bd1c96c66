"""Scenarios compared in paired runs: what combines, what the differences are, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.model.scenario import ScenarioError
from article10.model.scenario_file import combined, read_scenario
from article10.runs.command_line import app

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")

SHORT = {"horizon": "2028-06-01"}


@pytest.fixture(scope="module")
def found():
    return article10.compare("baseline", ["no_pressure", "us_champion"], 40, 5, changes=SHORT)


def test_values_are_those_of_each_scenario_alone_and_differences_those_of_its_runs(found):
    usual, other = (article10.simulate(name, 40, 5, changes=SHORT) for name in ("baseline", "us_champion"))
    own, first = (r.outcomes_by_member["war_years"].to_numpy() for r in (other, usual))
    row = found.outcomes.loc[("war_years", "us_champion")]
    assert row["value"] == pytest.approx(own.mean())
    assert row["difference"] == pytest.approx((own - first).mean())
    assert row["difference_low"] <= row["difference"] <= row["difference_high"]
    stance = other.data["stance"].to_numpy()[:, -1].mean(axis=0)
    moved = found.stances.loc["us_champion"]
    united_states = moved.index.get_loc("United States")
    assert moved["stance"].iloc[united_states] == pytest.approx(stance[united_states], abs=0.02)
    assert moved["difference"].iloc[united_states] > 0.1


def test_the_first_scenario_has_no_difference_from_itself(found):
    assert found.outcomes.xs("baseline", level="scenario")["difference"].isna().all()
    assert np.isfinite(found.outcomes.xs("no_pressure", level="scenario")["difference"]).all()
    assert found.objections.loc["baseline", "difference"].abs().max() == 0


def test_every_other_scenario_is_described(found):
    said = found.sentences()
    for name in ("no_pressure", "us_champion"):
        assert any(text.startswith(f"{name}, compared with baseline") for text in said)
    assert "United States" in next(text for text in said if text.startswith("us_champion:"))


def test_measures_by_year_end_at_those_of_the_horizon(found):
    last = found.by_year.index.get_level_values("by").max()
    for measure in ("invitation", "accession"):
        by_year = found.by_year.xs((measure, last), level=("measure", "by"))["value"]
        assert by_year.to_dict() == found.outcomes.loc[measure, "value"].to_dict()
    assert found.plot("cohesion").get_ylabel().startswith("cohesion")


def test_a_combination_has_what_each_scenario_changes():
    both = combined("baseline", ["no_pressure", "us_champion"])
    assert both.name == "baseline + no_pressure + us_champion"
    assert both.russia == read_scenario("no_pressure").russia
    names = {event.name for event in both.events}
    assert names <= {e.name for one in ("no_pressure", "us_champion") for e in read_scenario(one).events}
    own = {e.name for e in read_scenario("us_champion").events} - {e.name for e in read_scenario("baseline").events}
    assert own <= names
    assert combined("baseline", ["no_pressure"]).with_(name="n", title="t") == read_scenario("no_pressure").with_(
        name="n", title="t", description=combined("baseline", ["no_pressure"]).description
    )


def test_a_combination_is_the_last_scenario_compared():
    found = article10.compare("baseline", combine=["peace_plan", "no_pressure"], runs=2, changes=SHORT)
    assert found.names == ["baseline", "baseline + peace_plan + no_pressure"]


@pytest.mark.parametrize(
    ("others", "word"),
    [
        (["baseline"], "baseline"),
        (["atlantis"], "atlantis"),
        (["finland_2022"], "start"),
    ],
)
def test_scenarios_that_cannot_be_compared_are_refused(others, word):
    with pytest.raises((ScenarioError, ValueError), match=word):
        article10.compare("baseline", others, runs=2)


def test_the_command_compares_and_writes_what_it_shows(tmp_path):
    words = [
        "compare",
        "baseline",
        "no_pressure",
        "--with",
        "us_champion",
        "--runs",
        "8",
        "--set",
        "horizon=2028-01-01",
    ]
    said = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out")])
    assert said.exit_code == 0, said.output
    assert "us_champion" in said.output
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"answer.txt", "outcomes.csv", "by_year.csv", "objections.csv", "stances.csv", "compared.png"} <= made


# --- several results in one figure ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def results():
    return [article10.simulate(name, 30, 5, changes=SHORT) for name in ("baseline", "no_pressure", "us_champion")]


def test_a_fan_against_others_has_a_line_for_each_scenario(results):
    ax = results[0].plot.fan("USA", against=results[1:])
    lines = {str(line.get_label()): line.get_ydata() for line in ax.get_lines()}
    for result in results:
        usa = result.data["stance"].sel(member="USA").to_numpy()
        assert lines[result.scenario.name] == pytest.approx(np.median(usa, axis=0), abs=1e-6)
    assert "United States" in ax.get_title(loc="left")
    assert results[0].plot.fan(against=results[1]).get_title(loc="left")


def test_accession_against_others_ends_at_the_share_of_each(results):
    ax = results[0].plot.accession(against=results[1:])
    for line, result in zip(ax.get_lines(), results, strict=True):
        share = result.outcomes["accession_date"].notna().mean()
        assert line.get_ydata()[-1] == share
        assert str(line.get_label()) == f"{result.scenario.name} {share:.1%}"


@pytest.mark.parametrize(
    ("draw", "word"),
    [
        (lambda a, _: a.plot.fan("USA", against=a), "baseline"),
        (lambda a, b: a.plot.fan(["USA", "HUN"], against=b), "one code"),
        (lambda a, _: a.plot.fan("USA", against=[]), "against"),
        (lambda a, _: a.plot.accession(against=[3]), "result of an ensemble"),
        (lambda a, _: a.plot.accession(against="no_pressure"), "against"),
    ],
)
def test_what_cannot_stand_side_by_side_is_refused(results, draw, word):
    with pytest.raises(ValueError, match=word):
        draw(*results[:2])


# --- folders ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["outcomes", "stance"])
def batch(request, tmp_path_factory):
    names = ("baseline", "no_pressure", "us_champion")
    design = article10.Design(scenarios=names, runs=40, seed=5, changes=SHORT, record=request.param)
    folder = tmp_path_factory.mktemp("batch") / "b"
    article10.run_batch(design, folder, workers=1, progress=False)
    return folder, request.param


def test_a_batch_is_compared_without_simulating_as_its_scenarios_are(found, batch, monkeypatch):
    folder, recorded = batch
    monkeypatch.setattr("article10.runs.analyses.comparison.compare.paired_runs", None)
    of_batch = article10.compare(folder)
    assert (of_batch.names, of_batch.runs, of_batch.seed) == (found.names, 40, 5)
    pd.testing.assert_frame_equal(of_batch.outcomes, found.outcomes, rtol=1e-6)
    pd.testing.assert_frame_equal(of_batch.objections, found.objections)
    measures = of_batch.by_year.index.get_level_values("measure").unique()
    shared = found.by_year[found.by_year.index.get_level_values("measure").isin(measures)]
    pd.testing.assert_frame_equal(of_batch.by_year, shared, rtol=1e-6, atol=1e-7)
    if recorded == "stance":
        assert set(measures) == {"invitation", "signature", "accession", "cohesion"}
        pd.testing.assert_frame_equal(of_batch.stances, found.stances, rtol=1e-6, atol=1e-7)
    else:
        assert set(measures) == {"invitation", "signature", "accession"}
        assert of_batch.stances.empty
        assert any("stances were not recorded" in text for text in of_batch.sentences())
    assert of_batch.plot()
    assert of_batch.plot_differences()


def test_results_and_batches_are_compared_by_folder_on_the_command_line(found, batch, tmp_path):
    folder, _ = batch
    for name, changes in (("usual", SHORT), ("firm", SHORT | {"accession.objection_line": -0.3})):
        article10.simulate("baseline", 30, 5, changes=changes).write(tmp_path / name, figures=False)
    told = CliRunner().invoke(app, ["compare", str(tmp_path / "usual"), str(tmp_path / "firm"), str(folder)])
    assert told.exit_code == 0, told.output
    assert "30 runs" in told.stdout
    some = article10.compare(tmp_path / "usual", [tmp_path / "firm", folder])
    assert some.names == ["usual", "firm", "b: baseline", "b: no_pressure", "b: us_champion"]
    same = some.outcomes.xs("b: baseline", level="scenario")["difference"]
    assert (same == 0).all()  # the same scenario, seed and runs
    assert some.objections.loc["firm", "difference"].abs().max() > 0
    assert "hot_war" not in some.by_year.index.get_level_values("measure")  # a batch records only what it is asked for


def test_the_points_of_a_sweep_are_named_after_what_differs(tmp_path):
    grid = {"stance.peer_rate": [0.2, 0.8]}
    article10.run_batch(article10.Design(runs=4, changes=SHORT, grid=grid), tmp_path / "s", workers=1, progress=False)
    assert article10.compare(tmp_path / "s").names == ["stance.peer_rate 0.2", "stance.peer_rate 0.8"]


def test_a_folder_beside_a_scenario_or_of_other_draws_is_refused(tmp_path):
    for name, seed in (("a", 1), ("b", 2)):
        article10.simulate("baseline", 2, seed, changes=SHORT).write(tmp_path / name, figures=False)
    a, b = tmp_path / "a", tmp_path / "b"
    with pytest.raises(ValueError, match="'a' and 'b' do not share draws: seed is 1 in one and 2"):
        article10.compare(a, [b])
    with pytest.raises(ScenarioError, match="with folders only"):
        article10.compare(a, ["baseline"])
    with pytest.raises(ScenarioError, match="as it is"):
        article10.compare(a, [b], changes=SHORT)
    with pytest.raises(ScenarioError, match="name a second folder"):
        article10.compare(a)
    with pytest.raises(ScenarioError, match="neither `article10 run` nor"):
        article10.compare(a, [tmp_path])
    article10.simulate("baseline", 2, 1, first_run=2, changes=SHORT).write(tmp_path / "c", figures=False)
    with pytest.raises(ValueError, match="no run is in all of a, c"):
        article10.compare(a, [tmp_path / "c"])
