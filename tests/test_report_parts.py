"""Parts of a report: ranges over plausible parameters, two scenarios side by side, and the past."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
import track_record_page
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.levers import LEVERS
from article10.runs.analyses.paired import paired_runs, reached
from article10.runs.command_line import app
from article10.runs.evidence.forecast_file import read_locked
from article10.runs.evidence.forecast_scores import KEYS
from article10.runs.evidence.perturbations import parameters
from article10.runs.report.assumptions import changed_keys
from article10.runs.report.past import badges, hindcast_table, track_record_sentence, track_record_table
from article10.runs.report.plausible import POINTS, SHELVED, between, plausible_ranges
from article10.runs.report.report import report
from article10.runs.statistics.forms import POINTS as IN_POINTS
from article10.runs.statistics.intervals import interval

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")

SHORT = {"horizon": "2028-06-01"}
EVIDENCE = Path(__file__).parent.parent / "docs" / "evidence"


# --- ranges over plausible parameters ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def over():
    easy = read_scenario("baseline", {**SHORT, "accession.candidate_at_war": False})
    return easy, plausible_ranges(easy, ("invitation", "accession"), LEVERS["russia"], 6, 2)


def test_each_set_of_parameters_has_the_numbers_of_a_run_with_them_alone(over):
    scenario, found = over
    points = list(parameters(scenario, POINTS, 2, changed_keys(scenario)))
    assert (found.points, found.runs) == (POINTS, 6)
    for place in (0, 9):
        point = points[place].scenario
        alone = paired_runs({"with": point, "without": LEVERS["russia"].without(point)}, 6, 2)
        share = reached(alone["with"], "invitation").mean()
        assert found.shares["invitation"].iloc[place] == share
        assert found.effects["invitation"].iloc[place] == share - reached(alone["without"], "invitation").mean()
        assert found.shares[SHELVED].iloc[place] == alone["with"].outcomes_by_member["ever_shelved"].mean()
    assert 0 < found.shares["invitation"].mean() < 1
    assert found.objections.shape == (POINTS, 32)


def test_what_a_scenario_changes_is_not_varied():
    calm = read_scenario("no_pressure")
    changed = changed_keys(calm)
    drawn = [point.scenario for point in parameters(calm, 4, 0, changed)]
    assert changed
    for key in changed:
        group, _, name = key.partition(".")
        assert {getattr(getattr(each, group), name) for each in drawn} == {getattr(getattr(calm, group), name)}
    assert len({each.stance.peer_rate for each in drawn}) == 4


def test_a_range_holds_the_middle_nine_tenths_and_says_so(over):
    assert between(pd.Series(range(101)) / 100, "{:.0%}") == "5% to 95%"
    assert between(pd.Series([], dtype=float), "{:.0%}") == "–"
    assert f"{POINTS} sets of parameters" in over[1].explained()
    assert "judgements, not probabilities" in over[1].explained()


# --- two scenarios ----------------------------------------------------------------------------------------------------


def test_two_scenarios_stand_side_by_side_with_the_numbers_of_each(tmp_path, monkeypatch):
    monkeypatch.setattr("article10.runs.report.plausible.POINTS", 4)
    made = report("baseline", 20, 3, against="us_champion", changes=SHORT)
    section = next(each for each in made.sections() if each.anchor == "against")
    assert {"baseline", "us_champion"} <= set(section.tables[0].columns)
    other = article10.simulate("us_champion", 20, 3, changes=SHORT)
    rows = {row[0]: row[1:] for row in section.tables[1].rows}
    means = [float(cell.split()[0]) for cell in rows["years of hot war"]]
    assert means[1] == pytest.approx(other.outcomes["war_years"].mean(), abs=0.006)
    assert means[0] == pytest.approx(made.result.outcomes["war_years"].mean(), abs=0.006)
    shelved = made.against.outcomes.loc[("ever_shelved", "us_champion")]
    stated = interval(shelved, "difference", IN_POINTS).removesuffix(" percentage points")
    assert next(row for row in section.tables[0].rows if "shelved" in row[0])[3] == stated
    words = shlex.split(made.command().splitlines()[1])[1:]
    assert CliRunner().invoke(app, [*words, "--out", str(tmp_path / "r.html")]).exit_code == 0
    again = (tmp_path / "r.html").read_text("utf-8")
    assert re.findall(r'<section id="against">.*?</section>', again, re.S) == re.findall(
        r'<section id="against">.*?</section>', made.html(), re.S
    )


def test_scenarios_that_cannot_be_paired_are_refused_before_anything_runs():
    for other, because in (("baseline", "given twice"), ("finland_2022", "cannot share draws")):
        with pytest.raises(ValueError, match=because):
            report("baseline", 10**9, against=other)


# --- the past ---------------------------------------------------------------------------------------------------------


def test_the_tables_of_the_past_are_those_of_their_pages():
    locked = read_locked(track_record_page.scored_files()[0], KEYS)
    measured = pd.DataFrame(track_record_page.summary_rows(locked["rows"])).set_index("questions")
    shown = track_record_table().frame
    assert list(shown.index) == list(measured.index)
    assert shown["Brier, model"].to_numpy() == pytest.approx(measured["brier model"].to_numpy(), rel=1e-4)
    assert shown["Brier skill over no change_low"].to_numpy() == pytest.approx(
        measured["skill_low"].to_numpy(), rel=1e-4
    )
    page = (EVIDENCE / "hindcast.md").read_text("utf-8").split("<!-- table: targets -->")[1].split("<!-- end -->")[0]
    words = {"yes": "met", "no": "**missed**"}
    rows = [(measure, *row[:2], words[row[2]]) for measure, *row in hindcast_table().frame.itertuples()]
    assert [f"| {' | '.join(row)} |" for row in rows] == page.strip().splitlines()[2:]


def test_the_badge_counts_wins_and_losses():
    record, hindcasts = badges()
    shown = track_record_table().frame
    wins = (shown["Brier, model"] < shown["Brier, no change"]).sum()
    assert f"in {wins} of {len(shown)} groups" in record.words
    assert f"worse than a coin in {(shown['log, model'] > shown['log, coin']).sum()}" in track_record_sentence()
    met = hindcast_table().frame["met"]
    assert hindcasts.words == f"{(met == 'yes').sum()} of {len(met)} aims met"
    for badge in (record, hindcasts):
        assert (EVIDENCE.parent.parent / badge.page).exists()
