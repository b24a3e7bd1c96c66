"""Hindcasts: what a forecast may read, what the fit recovers, and what a user gets wrong."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.model.scenario import ScenarioError
from article10.runs.command_line import app
from article10.runs.evidence import rounds as rounds_module
from article10.runs.evidence.generated import with_blocks
from article10.runs.evidence.hindcast import hindcast
from article10.runs.evidence.hindcast_answer import MODEL
from article10.runs.evidence.hindcast_page import hindcast_blocks
from article10.runs.evidence.ratification_baselines import COMMON, MEAN, NO_CHANGE, common_hazard
from article10.runs.evidence.ratification_fit import HYPERPARAMETERS, fit_ratification
from article10.runs.evidence.rounds import ROUNDS, others, read_round

FINLAND = "finland_2022_at_signing"
SMALL = {"runs": 60, "draws": 6, "seed": 3}


@pytest.fixture(scope="module")
def finland():
    return hindcast(FINLAND, **SMALL)


@pytest.fixture(scope="module")
def given_pace():
    return hindcast(FINLAND, pace_known=True, **SMALL)


def poisoned(monkeypatch, which):
    """Every day that ``which`` picks comes fifty days later."""
    known = rounds_module.read_table

    def table(name):
        rows = [dict(row) for row in known(name)]
        for row in rows:
            if name == rounds_module.TABLE and which(row):
                for column in ("date", "date_earliest", "date_latest"):
                    if row[column]:
                        row[column] = str(pd.Timestamp(row[column]).date() + pd.Timedelta(days=50))
        return rows

    monkeypatch.setattr(rounds_module, "read_table", table)


# --- what each step may read ----------------------------------------------------------------------------------------


def test_a_forecast_does_not_read_the_days_of_its_own_round(finland, monkeypatch):
    poisoned(monkeypatch, lambda row: row["protocol_signed"] == "2022-07-05")
    again = hindcast(FINLAND, **SMALL)
    for name, days in finland.days.items():
        np.testing.assert_array_equal(again.days[name], days)
    assert not np.array_equal(again.round.low, finland.round.low)  # the score does


def test_a_forecast_reads_the_days_of_other_rounds(finland, monkeypatch):
    poisoned(monkeypatch, lambda row: row["protocol_signed"] == "2003-03-26")
    again = hindcast(FINLAND, **SMALL)
    assert not np.array_equal(again.days[MODEL], finland.days[MODEL])
    assert not np.array_equal(again.days[COMMON], finland.days[COMMON])


def test_given_the_pace_the_days_of_those_that_are_judged_are_not_read(given_pace, monkeypatch):
    assert list(given_pace.by_member[MODEL].index) == ["HUN", "TUR"]
    poisoned(
        monkeypatch, lambda row: row["signatory_iso3"] in ("HUN", "TUR") and row["protocol_signed"] == "2022-07-05"
    )
    again = hindcast(FINLAND, pace_known=True, **SMALL)
    np.testing.assert_array_equal(again.days[MODEL], given_pace.days[MODEL])


def test_finland_and_sweden_are_one_round():
    known = [read_round(name) for name in ROUNDS]
    for name in (FINLAND, "sweden_2022_at_signing"):
        assert [r.name for r in others(read_round(name), known)] == ["visegrad_1997", "vilnius_2003", "adriatic_2008"]
    assert len(fit_ratification(known, draws=5).log_pace.columns) == 4


def test_the_fit_leaves_out_by_coding_who_did_not_support_at_signing():
    this = read_round(FINLAND)
    left_out = np.array(this.members)[~this.supported_at_signing]
    assert sorted(left_out) == ["HUN", "TUR"]
    alone = fit_ratification([this], draws=20)
    assert "HUN" not in alone.speed
    assert "USA" in alone.speed


# --- the fit --------------------------------------------------------------------------------------------------------


def test_the_fit_recovers_what_rounds_were_simulated_with():
    rng = np.random.default_rng(8)
    shape, paces = 2.0, (2.0, 2.5, 3.0, 20.0)
    codes = read_round(FINLAND).setup.roster.iso3
    speed = dict(zip(codes, rng.gamma(shape, size=len(codes)) / shape, strict=True))
    simulated = []
    for name, pace in zip(ROUNDS, paces, strict=False):
        known = read_round(name)
        values = np.array([speed.get(code, 1.0) for code in known.members])
        days = np.floor(rng.exponential(size=len(values)) / (pace * values) * 365.25)
        simulated.append(replace(known, low=days, high=days + 1))
    fit = fit_ratification(simulated, draws=400)
    low, high = np.exp(np.quantile(fit.hyperparameters["log_shape"], [0.025, 0.975]))
    assert low < shape < high
    for column, pace in zip(fit.log_pace, paces, strict=True):
        low, high = np.exp(np.quantile(fit.log_pace[column], [0.01, 0.99]))
        assert low < pace < high < 5 * low
    fastest, slowest = max(speed, key=speed.get), min(speed, key=speed.get)
    assert fit.speed[fastest].mean() > fit.speed[slowest].mean()
    assert fit.effective_draws > 400


def test_bounds_that_say_nothing_leave_the_prior_and_urgency_is_not_told_by_calm_rounds():
    known = [read_round(name) for name in ROUNDS]
    vague = [replace(r, low=np.zeros(len(r.members)), high=np.full(len(r.members), 1e7)) for r in known]
    learned = fit_ratification(vague, draws=1500).identified()["learned"]
    assert (learned.abs() < 0.2).all()
    calm = fit_ratification(known[:3], draws=1500).identified()["learned"]
    assert calm["calm"] > 0.5
    assert abs(calm["urgency"]) < 0.1
    assert list(calm.index) == list(HYPERPARAMETERS)


def test_no_round_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        fit_ratification([])


def test_the_common_hazard_is_one_over_the_mean_of_exact_days():
    days = np.random.default_rng(1).exponential(90.0, size=26)
    known = replace(read_round("adriatic_2008"), low=days - 0.01, high=days + 0.01)
    assert common_hazard([known]) == pytest.approx(1 / days.mean(), rel=1e-3)


# --- scores of rounds -----------------------------------------------------------------------------------------------


def test_scored_against_one_of_its_own_runs_the_forecast_is_calibrated(finland):
    roster = list(finland.round.setup.roster.iso3)
    place = [roster.index(code) for code in finland.round.members]
    held = []
    for run in range(0, 60, 4):
        days = np.minimum(finland.days[MODEL][run, place], finland.round.horizon)
        own = replace(finland, round=replace(finland.round, low=days, high=days))
        held.append(own.scored.loc[MODEL, ["covered_50%", "covered_90%"]].to_numpy())
    half, most = np.mean(held, axis=0)
    assert half == pytest.approx(0.5, abs=0.2)
    assert most == pytest.approx(0.9, abs=0.12)


def test_nobody_ratifies_where_nothing_changes_and_that_is_scored_as_such(finland):
    assert np.isinf(finland.days[NO_CHANGE]).all()
    row = finland.scored.loc[NO_CHANGE]
    assert row["covered_90%"] == 0
    assert row["brier_365"] == 1.0
    assert finland.skills.loc[NO_CHANGE, "crps_low"] > 0


def test_who_is_coded_below_the_objection_line_is_named_and_chance_is_shared_out(finland, given_pace):
    for found in (finland, given_pace):
        shares = found.holdouts()
        assert shares["share"].sum() == pytest.approx(2.0)
        assert shares.index[0] == "TUR"
        assert shares["was_last"].sum() == 2
    assert given_pace.scored.loc[MODEL, "last"] > 2 * given_pace.scored.loc[MEAN, "last"]


def test_acts_of_different_kinds_are_not_put_in_order_nor_rounds_known_by_bounds_given_holdouts():
    found = hindcast("visegrad_1997", **SMALL)
    assert not found.last_known
    assert any("only like acts are put in order" in text for text in found.sentences())
    assert found.by_member[MODEL]["covered_90%"].notna().sum() < len(found.round.members)


def test_an_answer_is_whole_and_the_same_again(finland, tmp_path):
    again = hindcast(FINLAND, **SMALL)
    pd.testing.assert_frame_equal(again.scored, finland.scored)
    names = {path.name for path in finland.save(tmp_path)}
    assert {
        "scores.csv",
        "calibration.csv",
        "skill.csv",
        "accession.csv",
        "members.csv",
        "members.png",
        "course.png",
        "pit.png",
    } <= names
    assert finland.pit().sum() == pytest.approx(1.0)


def test_progress_is_told_to_the_end():
    seen = []
    hindcast("adriatic_2008", runs=7, draws=3, progress=lambda done, of: seen.append((done, of)))
    assert [done for done, _ in seen][-1] == 7
    assert len(seen) == 3


def test_the_page_is_made_between_its_markers(finland, given_pace):
    page = Path(__file__).parent.parent / "docs" / "evidence" / "hindcast.md"
    fit = fit_ratification([read_round(name) for name in ROUNDS], draws=50)
    text = with_blocks(page.read_text("utf-8"), hindcast_blocks({FINLAND: finland}, {FINLAND: given_pace}, fit))
    assert "60 runs of each round" in text
    assert text.count("**model**") == 1


# --- a round of one's own -------------------------------------------------------------------------------------------

OWN = """
title = "A round to come"
base = "finland_2022_at_signing"
start = 2031-02-01
horizon = 2033-02-01

[candidate]
name = "Ruritania"
"""
HEADER = "protocol_signed,candidate,signatory_iso3,milestone,date,date_earliest,date_latest"


def own_files(folder, *rows):
    scenario, days = folder / "round.toml", folder / "days.csv"
    scenario.write_text(OWN, "utf-8")
    days.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    return str(scenario), str(days)


GOOD = (
    "2031-02-01,Ruritania,CAN,vote,2031-02-03,,",
    "2031-02-01,Ruritania,USA,vote,2031-05-03,,",
    "2031-02-01,Ruritania,HUN,vote,,2031-09-01,2031-12-31",
)


def test_a_round_never_seen_is_scored_from_its_two_files(tmp_path):
    scenario, days = own_files(tmp_path, *GOOD)
    found = article10.hindcast(scenario, days, accession="2032-01-15", **SMALL)
    assert found.round.members == ("CAN", "USA", "HUN")
    assert len(found.fit.log_pace.columns) == 4
    assert found.completion.loc[MODEL, "observed"] == pytest.approx(348.5)
    out = CliRunner().invoke(
        app, ["hindcast", scenario, "--observed", days, "--runs", "20", "--out", str(tmp_path / "a")]
    )
    assert out.exit_code == 0, out.output
    assert "Skill over one common hazard" in out.output
    assert (tmp_path / "a" / "members.png").exists()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("2031-02-01,Ruritania,CAM,vote,2031-02-03,,",), "'CAM' is not a member of the roster of 30"),
        (("2031-02-01,Ruritania,CAN,vote,3 February,,",), "'3 February': expected a day as YYYY-MM-DD"),
        (("2031-02-01,Ruritania,CAN,vote,2030-02-03,,",), "expected days from 2031-02-01 on"),
        (("2031-02-01,Ruritania,CAN,vote,,2031-04-01,2031-03-01",), "in order"),
        (("2031-02-01,Ruritania,CAN,vote,,2031-04-01,",), "both date_earliest and date_latest"),
        (("2031-02-01,Ruritania,CAN,vote,,,",), "no row of the protocol of 2031-02-01 has a date"),
        ((GOOD[0], GOOD[0]), "CAN is there twice"),
        (("2029-02-01,Ruritania,CAN,vote,2031-02-03,,",), "no row has protocol_signed = 2031-02-01"),
        ((GOOD[0], "2031-02-01,Syldavia,USA,vote,2031-02-03,,", "2031-02-01,Borduria,USA,vote,2031-02-03,,"), "CAN"),
    ],
)
def test_a_table_with_a_mistake_is_refused_in_one_message(tmp_path, rows, message):
    scenario, days = own_files(tmp_path, *rows)
    if len(rows) == 3:  # several candidates: those of the scenario's are picked
        assert read_round(scenario, days).members == (message,)
        return
    out = CliRunner().invoke(app, ["hindcast", scenario, "--observed", days, "--out", str(tmp_path / "out")])
    assert out.exit_code == 2
    assert message in out.output
    assert "Traceback" not in out.output
    assert not (tmp_path / "out").exists()


def test_what_is_no_round_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="protocol_signed"):
        hindcast("baseline")
    with pytest.raises(ValueError, match=r"nowhere\.csv: cannot be read"):
        hindcast(FINLAND, "nowhere.csv")
    bare = tmp_path / "bare.csv"
    bare.write_text("country,day\nCAN,2022-07-05\n", "utf-8")
    with pytest.raises(ValueError, match="missing: protocol_signed"):
        hindcast(FINLAND, bare)
    with pytest.raises(ValueError, match="none is left to judge"):
        hindcast("vilnius_2003", pace_known=True)
    with pytest.raises(ValueError, match="runs = 0"):
        hindcast(FINLAND, runs=0)


def test_what_a_scenario_states_of_a_member_is_kept_when_one_value_is_changed():
    scenario = article10.read_scenario(article10.read_scenario(FINLAND), {"roster.TUR.ratification_speed": 3.0})
    turkiye = scenario.members().index("TUR")
    assert scenario.members().ratification_speed[turkiye] == 3.0
    assert scenario.members().stance[turkiye] == -0.3
