"""Hindcasts: what a forecast may read, what the fit recovers, and what a user gets wrong."""

import shutil
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.model import tables
from article10.model.roster import read_roster
from article10.model.scenario import ScenarioError
from article10.runs.command_line import app
from article10.runs.evidence import ratification_fit
from article10.runs.evidence import rounds as rounds_module
from article10.runs.evidence.hindcast import SIZED_ON_HOLDOUTS, hindcast
from article10.runs.evidence.hindcast_answer import MODEL
from article10.runs.evidence.hindcast_figures import pits
from article10.runs.evidence.ratification_baselines import (
    COMMON,
    MEAN,
    NO_CHANGE,
    SPEEDS,
    WEIBULL,
    common_hazard,
    common_weibull,
)
from article10.runs.evidence.ratification_fit import HYPERPARAMETERS, USED, fit_ratification
from article10.runs.evidence.ratification_times import bounded, calendar_days, is_urgent, sitting_years
from article10.runs.evidence.ratification_variants import FORMS, score_forms
from article10.runs.evidence.rounds import coded_at_signing, others, read_round, shipped_rounds
from generated import with_blocks
from hindcast_page import _scores, hindcast_blocks

FINLAND = "finland_2022_at_signing"
SMALL = {"runs": 60, "draws": 6, "seed": 3}


@pytest.fixture(scope="module")
def finland():
    return hindcast(FINLAND, **SMALL)


@pytest.fixture(scope="module")
def given_pace():
    return hindcast(FINLAND, pace_known=True, **SMALL)


def forget_tables():
    """Empty every cache of the package: the roster's speeds are computed from the same rows as the rounds."""
    for name, module in list(sys.modules.items()):
        if name.startswith("article10"):
            for value in list(vars(module).values()):
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()


@pytest.fixture
def poisoned(tmp_path, monkeypatch):
    """A function: from now on every day that ``which`` picks comes fifty days later, whoever reads the table."""
    data = files("article10.model.data")

    def poison(which):
        (tmp_path / "casebook").mkdir(exist_ok=True)
        for folder in ("", "casebook"):
            for path in data.joinpath(folder).iterdir():
                if path.name.endswith(".csv"):
                    (tmp_path / folder / path.name).write_text(path.read_text("utf-8"), "utf-8")
        table = pd.read_csv(tmp_path / f"{rounds_module.TABLE}.csv", dtype=str, keep_default_na=False)
        for column in ("date", "date_earliest", "date_latest"):
            late = table.apply(which, axis=1) & table[column].str.fullmatch(r"\d{4}-\d\d-\d\d")
            days = pd.to_datetime(table.loc[late, column]) + pd.Timedelta(days=50)
            table.loc[late, column] = days.dt.strftime("%Y-%m-%d")
        table.loc[table.apply(which, axis=1), "days_from_signature"] = "400"
        table.to_csv(tmp_path / f"{rounds_module.TABLE}.csv", index=False)
        monkeypatch.setattr(tables, "files", lambda _: tmp_path)
        forget_tables()

    yield poison
    monkeypatch.undo()
    forget_tables()


# --- what each step may read ----------------------------------------------------------------------------------------


def test_a_forecast_does_not_read_the_days_of_its_own_round_not_even_through_the_roster(finland, poisoned):
    speeds = read_roster().ratification_speed
    poisoned(lambda row: row["protocol_signed"] == "2022-07-05")
    assert not np.allclose(read_roster().ratification_speed, speeds)  # computed from these rows
    again = hindcast(FINLAND, **SMALL)
    for name, days in finland.days.items():
        np.testing.assert_array_equal(again.days[name], days)
    assert not np.array_equal(again.round.low, finland.round.low)  # the score does


def test_a_forecast_reads_the_days_of_other_rounds(finland, poisoned):
    poisoned(lambda row: row["protocol_signed"] == "2003-03-26")
    again = hindcast(FINLAND, **SMALL)
    assert not np.array_equal(again.days[MODEL], finland.days[MODEL])
    assert not np.array_equal(again.days[COMMON], finland.days[COMMON])


def test_given_the_pace_the_days_of_those_that_are_judged_are_not_read(given_pace, poisoned):
    assert list(given_pace.by_member[MODEL].index) == ["HUN", "TUR"]
    poisoned(lambda row: row["signatory_iso3"] in ("HUN", "TUR") and row["protocol_signed"] == "2022-07-05")
    again = hindcast(FINLAND, pace_known=True, **SMALL)
    np.testing.assert_array_equal(again.days[MODEL], given_pace.days[MODEL])


def test_what_was_sized_on_holdouts_can_be_drawn_over_its_ranges_and_that_is_said(given_pace):
    drawn = hindcast(FINLAND, pace_known=True, varied=SIZED_ON_HOLDOUTS, **SMALL)
    turkiye = drawn.round.setup.roster.index("TUR")
    assert not np.array_equal(drawn.days[MODEL][:, turkiye], given_pace.days[MODEL][:, turkiye])
    np.testing.assert_array_equal(drawn.days[COMMON], given_pace.days[COMMON])  # all else shares its draws
    assert any("Parameters drawn from their plausible ranges: bargaining.scale" in text for text in drawn.sentences())
    with pytest.raises(ValueError, match=r"varied\.bargaining\.scales: no such .* did you mean 'bargaining\.scale'"):
        hindcast(FINLAND, varied=["bargaining.scales"], **SMALL)


def test_finland_and_sweden_are_one_round():
    known = shipped_rounds()
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


SPREAD, CALM, URGENT = 0.4, 2.0, 0.9
"""Spread of log speeds, and Weibull shapes, with which rounds are simulated here."""


def simulated(rounds, paces, seed=8):
    """Rounds with days that are drawn from known paces, and the speeds of members."""
    rng = np.random.default_rng(seed)
    codes = read_round(FINLAND).setup.roster.iso3
    speed = dict(zip(codes, np.exp(SPREAD * rng.standard_normal(len(codes))), strict=True))
    made = []
    for known, pace in zip(rounds, paces, strict=False):
        shape, values = URGENT if is_urgent(known) else CALM, np.array([speed.get(code, 1.0) for code in known.members])
        years = rng.exponential(size=len(values)) ** (1 / shape) / (pace * values)
        days = np.floor(calendar_days(known, years, USED.timing.recess_weight(known)))
        made.append(replace(known, low=days, high=days + 1, in_force=np.nan))
    return made, speed


def test_the_fit_recovers_what_rounds_were_simulated_with():
    paces = (2.0, 2.3, 2.6, 20.0)
    rounds, speed = simulated(shipped_rounds(), paces)
    fit = fit_ratification(rounds, draws=400)
    for name, truth in (("log_speed_spread", SPREAD), ("log_shape_calm", CALM), ("log_shape_urgent", URGENT)):
        low, high = np.exp(np.quantile(fit.hyperparameters[name], [0.01, 0.99]))
        assert low < truth < high < 7 * low, name
    for column, pace in zip(fit.log_pace, paces, strict=True):
        low, high = np.exp(np.quantile(fit.log_pace[column], [0.005, 0.995]))
        assert low < pace < high < 5 * low
    fastest, slowest = max(speed, key=speed.get), min(speed, key=speed.get)
    assert fit.speed[fastest].mean() > fit.speed[slowest].mean()


def test_bounds_that_say_nothing_leave_the_prior_and_urgency_is_not_told_by_calm_rounds():
    known = shipped_rounds()
    nothing = {"in_force": np.nan, "high": np.inf}
    vague = [
        replace(r, low=np.zeros(len(r.members)), **(nothing | {"high": np.full(len(r.members), 1e5)})) for r in known
    ]
    learned = fit_ratification(vague, draws=1500).identified()["learned"]
    assert (learned.abs() < 0.2).all()
    calm = fit_ratification(known[:3], draws=1500).identified()["learned"]
    assert calm["calm"] > 0.5
    assert calm[["urgency", "log_shape_urgent"]].abs().max() < 0.15
    assert list(calm.index) == list(HYPERPARAMETERS)


def test_a_fit_to_many_rounds_has_enough_effective_draws_and_too_few_are_an_error(monkeypatch):
    first = read_round("visegrad_1997")
    copies = [
        replace(
            first,
            scenario=first.scenario.with_(
                start=first.signed.replace(year=y), horizon=first.scenario.horizon.replace(year=y + 3)
            ),
        )
        for y in range(2001, 2009)
    ]
    rounds, _ = simulated(copies, (1.5, 1.8, 2.0, 2.2, 2.2, 2.5, 2.8, 3.0))
    assert fit_ratification(rounds, draws=50).effective_draws >= ratification_fit.ENOUGH
    monkeypatch.setattr(ratification_fit, "PROPOSALS", 100)
    with pytest.raises(ValueError, match=r"the fit to visegrad_1997, .*: \d+ effective draws of 100; expected"):
        fit_ratification(rounds, draws=50)


def test_the_last_ratification_came_shortly_before_the_protocol_came_into_force():
    """Where only bounds are known, this is what says how long a round took."""
    known = read_round("visegrad_1997")
    of = np.zeros(len(known.members)), np.full(len(known.members), 400.0)
    days = {}
    for in_force in (100.5, 350.5):
        fit = fit_ratification([replace(known, low=of[0], high=of[1], in_force=in_force)], draws=400)
        days[in_force] = float(np.median(365.25 / fit.pace_of(known.signed)))
    assert days[100.5] < 0.6 * days[350.5]
    assert float(bounded(known).high.max()) == 354.0


def test_days_of_recess_count_less_and_times_are_days_again():
    this = read_round("vilnius_2003")
    days = np.array([0.0, 10.0, 150.5, 400.0, np.inf])
    full, less = (sitting_years(this, days, weight) for weight in (1.0, 0.3))
    assert full[:4] == pytest.approx(days[:4] / 365.25)
    assert full[2] - less[2] == pytest.approx(0.7 * (150.5 - 97) / 365.25)  # 1 July is the 97th day
    assert np.isinf(less[4])
    assert calendar_days(this, less[:4], 0.3) == pytest.approx(days[:4])


def test_the_model_ratifies_as_fast_as_was_fitted_where_all_are_willing():
    found = hindcast("vilnius_2003", runs=400, draws=4, seed=1)
    model, alone = (np.quantile(found.days[name], [0.25, 0.5, 0.75]) for name in (MODEL, SPEEDS))
    assert model == pytest.approx(alone, rel=0.06)


def test_the_common_weibull_has_the_scale_and_shape_of_the_days():
    days = 90.0 * np.random.default_rng(1).weibull(1.8, size=26 * 20).reshape(20, 26)
    known = [replace(read_round("adriatic_2008"), low=row - 0.01, high=row + 0.01) for row in days]
    assert common_weibull(known) == pytest.approx((90.0, 1.8), rel=0.08)


def test_forms_of_the_fit_are_scored_beside_the_baselines():
    frame = score_forms((USED, FORMS[1]), shipped_rounds()[:3], runs=40, draws=4)
    assert list(frame.index) == [COMMON, WEIBULL, MEAN, USED.name, "exponential times"]
    assert frame.notna().all().all()
    assert (frame["crps"] == frame["crps_calm"]).all()
    assert frame.loc[USED.name, "crps"] < frame.loc[COMMON, "crps"]
    assert len({form.name for form in FORMS}) == len(FORMS)


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
    assert any("order is compared only between members with the same act" in text for text in found.sentences())
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
    fit = fit_ratification(shipped_rounds(), draws=50)
    known, variants = {FINLAND: given_pace}, score_forms((USED,), shipped_rounds(), runs=40, draws=4)
    calm = hindcast("visegrad_1997", **SMALL)
    found = {FINLAND: finland, "visegrad_1997": calm}
    text = with_blocks(page.read_text("utf-8"), hindcast_blocks(found, known, known, fit, variants))
    assert "60 runs of each round" in text
    assert text.count("**model**") == 2
    gained = 1 - calm.scored.loc[MODEL, "crps"] / calm.scored.loc[MEAN, "crps"]
    assert f"| skill in CRPS over {MEAN}, calm rounds | above 0 | {gained:+.1%} |" in text
    assert f"| **{USED.name}** |" in text


def test_a_mean_over_few_members_is_not_shown_and_counts_are():
    found = hindcast("adriatic_2008", **SMALL)
    assert np.isnan(found.scored.loc[MODEL, "brier_90"])
    assert np.isfinite(found.scored.loc[MODEL, "brier_365"])
    half, most = found.coverage_text(0.5), found.coverage_text(0.9)
    assert half in ("0 of 1", "1 of 1")
    said = " ".join(found.sentences())
    assert f"forecast intervals: {half} in the 50% interval and {most} in the 90% interval" in said
    assert "Brier scores use 1 by day 30" in said
    assert "1 of them later, so this forecast could not have been made then" in said
    assert f"| {half} | {most} |" in _scores({"adriatic_2008": found})


def test_members_whose_days_the_fit_has_read_are_grey_and_the_title_says_what_was_known(finland, given_pace):
    for found, black in ((finland, 30), (given_pace, 2)):
        ax = found.figures()["members"]()
        assert sum(tick.label1.get_color() == "black" for tick in ax.yaxis.get_major_ticks()) == black
    assert "given the pace of the round" in ax.get_title("left")
    assert "as seen" not in ax.get_title("left")
    assert "of other rounds" in finland.figures()["course"]().get_title("left")
    assert "red band" not in " ".join(text.get_text() for text in finland.figures()["course"]().texts)
    assert len(pits({"one": finland, "two": given_pace}).child_axes) == 2


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


def test_a_member_that_has_not_ratified_is_scored_as_such_and_those_without_a_day_are_counted(tmp_path):
    open_end = ("2031-02-01,Ruritania,TUR,vote,,2033-02-01,", "2031-02-01,Ruritania,ESP,vote,,2032-01-01,")
    scenario, days = own_files(tmp_path, *GOOD, *open_end, "2031-02-01,Ruritania,FRA,vote,,,")
    found = hindcast(scenario, days, **SMALL)
    assert np.isinf(found.round.high[-2:]).all()
    turkiye = found.round.setup.roster.index("TUR")
    never = (found.days[MODEL][:, turkiye] >= found.round.horizon).mean()
    assert found.by_member[MODEL].loc["TUR", "log"] == pytest.approx(-np.log(never), abs=0.05)
    assert found.by_member[NO_CHANGE].loc["TUR", ["crps", "log"]].tolist() == pytest.approx([0.0, 0.0], abs=0.02)
    assert found.by_member[NO_CHANGE].loc["ESP", ["crps", "log"]].tolist() == pytest.approx([0.0, 0.0], abs=0.02)
    said = " ".join(found.sentences())
    assert "Not scored: 25 members of the 30 on the roster" in said
    cells = found.tables()["members"].cells().set_index("member")
    assert cells.loc["ESP", "observed"] == "334 [334, >731]"
    assert {path.name for path in found.save(tmp_path / "out")} >= {"members.png", "course.png", "pit.png"}


def test_the_last_two_of_two_are_not_told_and_the_horizon_is_no_day(tmp_path):
    scenario, days = own_files(tmp_path, *GOOD[:2])
    found = hindcast(scenario, days, **SMALL)
    assert not any("Last" in text for text in found.sentences())
    assert found.tables()["accession"].cells().set_index("forecast").loc[NO_CHANGE, "median"] == ">731 [>731, >731]"


def test_a_table_from_a_spreadsheet_is_read_and_one_without_rows_refused(tmp_path):
    scenario, days = own_files(tmp_path, *GOOD)
    Path(days).write_text(Path(days).read_text("utf-8"), "utf-8-sig")
    assert read_round(scenario, days).members == ("CAN", "USA", "HUN")
    Path(days).write_text(HEADER + "\n", "utf-8")
    with pytest.raises(ValueError, match=r"days\.csv: no rows"):
        read_round(scenario, days)


def test_an_accession_before_the_last_ratification_is_refused(tmp_path):
    scenario, days = own_files(tmp_path, *GOOD)
    for day in ("2030-05-04", "2031-08-31"):
        with pytest.raises(
            ValueError, match=f"accession = {day}: expected the day of the last ratification \\(2031-09-01\\) or later"
        ):
            read_round(scenario, days, accession=day)
    assert read_round(scenario, days, accession="2031-09-01").accession == 212.5


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("2031-02-01,Ruritania,CAM,vote,2031-02-03,,",), "'CAM' is not a member of the roster of 30"),
        (("2031-02-01,Ruritania,CAN,vote,3 February,,",), "'3 February': expected a date such as"),
        (("2031-02-01,Ruritania,CAN,vote,2030-02-03,,",), "expected dates from 2031-02-01 on"),
        (("2031-02-01,Ruritania,CAN,vote,,2031-04-01,2031-03-01",), "in order"),
        (("2031-02-01,Ruritania,CAN,vote,,,2031-04-01",), "date_latest = 2031-04-01: expected date_earliest too"),
        (("2031-02-01,Ruritania,CAN,vote,2031-04-01,2031-05-01,",), "with the date within its bounds"),
        (("2031-02-01,Syldavia,CAN,vote,2031-04-01,,",), "'Ruritania': the protocols of 2031-02-01 are of Syldavia"),
        (("2031-02-01,Ruritania,CAN,vote,,,",), "no row of the protocol of 2031-02-01 has a date"),
        ((GOOD[0], GOOD[0]), "CAN has two rows"),
        (("2029-02-01,Ruritania,CAN,vote,2031-02-03,,",), "no row has protocol_signed = 2031-02-01"),
    ],
)
def test_a_table_with_a_mistake_is_refused_in_one_message(tmp_path, rows, message):
    scenario, days = own_files(tmp_path, *rows)
    out = CliRunner().invoke(app, ["hindcast", scenario, "--observed", days, "--out", str(tmp_path / "out")])
    assert out.exit_code == 2
    assert message in out.output
    assert "Traceback" not in out.output
    assert not (tmp_path / "out").exists()


def test_of_several_candidates_the_scenario_s_rows_are_picked(tmp_path):
    others_rows = ("2031-02-01,Syldavia,USA,vote,2031-02-03,,", "2031-02-01,Borduria,USA,vote,2031-02-03,,")
    scenario, days = own_files(tmp_path, "2031-02-01,ruritania (and six more),CAN,vote,2031-02-03,,", *others_rows)
    assert read_round(scenario, days).members == ("CAN",)


def test_what_is_no_round_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="protocol_signed"):
        hindcast("baseline")
    with pytest.raises(ValueError, match=r"nowhere\.csv: cannot be read"):
        hindcast(FINLAND, "nowhere.csv")
    bare = tmp_path / "bare.csv"
    bare.write_text("country,day\nCAN,2022-07-05\n", "utf-8")
    with pytest.raises(ValueError, match="missing: protocol_signed"):
        hindcast(FINLAND, bare)
    with pytest.raises(ValueError, match="none is left to score"):
        hindcast("vilnius_2003", pace_known=True)
    with pytest.raises(ValueError, match="runs = 0"):
        hindcast(FINLAND, runs=0)


def test_what_a_scenario_states_of_a_member_is_kept_when_one_value_is_changed():
    scenario = article10.read_scenario(article10.read_scenario(FINLAND), {"roster.TUR.ratification_speed": 3.0})
    turkiye = scenario.members().index("TUR")
    assert scenario.members().ratification_speed[turkiye] == 3.0
    assert scenario.members().stance[turkiye] == -0.3


# --- a round as a folder --------------------------------------------------------------------------------------------

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "round-2031"


@pytest.fixture
def folder(tmp_path):
    """A copy of the example, to be changed."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "round-2031"))


def test_the_stances_of_the_shipped_rounds_follow_from_the_rule_and_what_is_recorded():
    for known in shipped_rounds():
        roster = known.setup.roster
        for code, coded in coded_at_signing(known.scenario).items():
            place = roster.index(code)
            assert (roster.stance[place], roster.stance_spread[place]) == (coded.stance, coded.stance_spread), code


def test_a_round_in_a_folder_is_scored_and_fitted_with(folder):
    this = read_round(folder)
    assert len(this.setup.roster.iso3) == 29
    assert this.not_observed == ("ISL", "NOR")
    stances = dict(zip(this.setup.roster.iso3, this.setup.roster.stance, strict=True))
    assert (stances["GRC"], stances["BGR"], stances["HUN"], stances["USA"]) == (0.6, 0.0, 0.0, 0.6)
    assert (this.accession, this.in_force) == (351.5, 343.5)
    found = hindcast("adriatic_2008", fit_with=[folder], **SMALL)
    assert "2031-02-03" in found.fit.log_pace
    out = CliRunner().invoke(app, ["hindcast", str(folder), "--runs", "20"])
    assert out.exit_code == 0, out.output
    assert "27 members" in out.output


def test_a_dispute_settled_after_signing_still_counts(folder):
    path = folder / "roster.csv"
    path.write_text(path.read_text("utf-8").replace("GRC,settled,2030-06-01", "GRC,open,2031-06-01"), "utf-8")
    assert read_round(folder).scenario.roster["GRC"].stance == 0.0
    path.write_text(path.read_text("utf-8").replace("GRC,open,2031-06-01", "GRC,open,2031-02-03"), "utf-8")
    assert read_round(folder).scenario.roster["GRC"].stance == 0.6


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "roster.csv",
            "BGR,open",
            "BGR,quarrel",
            r"roster\.csv, row 3 \(BGR\): dispute = 'quarrel': expected one of none",
        ),
        ("roster.csv", "HUN,none,,0.8", "HUN,none,,much", r"\(HUN\): could not convert|\(HUN\): ties"),
        ("roster.csv", "HUN,none,,0.8", "HUN,none,,8", r"\(HUN\): ties = 8.0: expected a number from 0 to 1"),
        ("roster.csv", "CAN,none", "BEL,none", r"row 4: iso3 = BEL: has two rows"),
        ("roster.csv", "CAN,none", "XYZ,none", r"row 4: iso3 = 'XYZ' is not a member"),
        ("roster.csv", "iso3,dispute", "iso3,quarrel", r"roster\.csv: expected the columns .* missing: dispute"),
        ("roster.csv", "USA,none,,,", "ALB,none,,,", "'USA' has a date, but round-2031 leaves it off the roster"),
        ("round.toml", "[candidate]", 'without = ["ALB"]\n[candidate]', r"without: expected in roster\.csv"),
        ("round.toml", "base = ", "# base = ", r"round\.toml: base = None: expected the name or path"),
        ("round.toml", "start = ", "# start = ", r"round\.toml: start: missing"),
        ("round.toml", "accession = ", "acession = ", r"round\.toml: acession: expected a table \[round\]"),
        ("round.toml", "2032-01-12", "2031-01-12", "expected the day of the last ratification"),
        ("round.toml", "[candidate]\nname", "[candidate]\nnom", r"round\.toml"),
    ],
)
def test_a_folder_with_a_mistake_is_refused_in_one_message(folder, name, old, new, message):
    path = folder / name
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=message):
        read_round(folder)


@pytest.mark.parametrize("name", ["roster.csv", "round.toml", "ratifications.csv"])
def test_a_folder_without_one_of_its_files_is_refused(folder, name):
    (folder / name).unlink()
    out = CliRunner().invoke(app, ["hindcast", str(folder)])
    assert out.exit_code == 2
    assert f"missing: {name}" in out.output.replace("\n", " ")


def test_a_round_is_not_fitted_with_another_of_its_day(folder):
    with pytest.raises(ValueError, match="signed on the same day"):
        hindcast(folder, fit_with=[folder], **SMALL)
