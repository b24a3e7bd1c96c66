"""Scenarios compared in paired runs: what combines, what the differences are, and what is refused."""

from __future__ import annotations

import numpy as np
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
