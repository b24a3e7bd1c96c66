"""Locked forecasts: what they say, that they are never rewritten, that a changed file is refused, and their scores."""

from __future__ import annotations

import json
import math
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import article10
import forecast_page
from article10.model.edition import read_edition
from article10.model.scenario_file import read_scenario
from article10.runs.command_line import app
from article10.runs.evidence.forecast import Forecast, read_forecast
from article10.runs.evidence.forecast_file import LockedFileError, content_hash
from article10.runs.evidence.forecast_measures import MEASURES, plan_put
from article10.runs.evidence.forecast_questions import questions_of, read_questions
from article10.runs.evidence.forecast_scores import score_forecast
from article10.runs.statistics.proportion import wilson
from generated import with_blocks

LOCKED = Path(__file__).parents[1] / "docs" / "evidence" / "forecasts"
FIRST = {"2026-12-01.json": "0ac21fa3e24ed9c0966d8490b51d3de4cb15f4635a292fb1b95c0502866be9f9"}
"""Hashes of locked files, so that a file that is changed and hashed again is refused too."""

QUESTIONS = """
[[questions]]
id = "ceasefire"
question = "Will a ceasefire have begun?"
criterion = "It is in force for two weeks."
source = "Reuters"
resolves = 2026-11-30
measure = "ceasefire_begins"
arguments = { by = 2026-11-16, days = 14 }
no_change = false

[[questions]]
id = "government-{member}"
question = "Will {name} have a new government?"
criterion = "Another person governs."
source = "Reuters"
resolves = 2026-11-30
measure = "new_government"
arguments = { by = 2026-11-30 }
members = ["GBR", "HUN"]
no_change = false

[[questions]]
id = "breaks"
question = "If a ceasefire begins, will it break?"
criterion = "It is not in force any more."
source = "Reuters"
resolves = 2026-11-30
measure = "ceasefire_breaks"
arguments = { by = 2026-11-30 }
no_change = false

[questions.condition]
text = "A ceasefire has begun."
measure = "ceasefire_begins"
arguments = { by = 2026-11-16, days = 14 }

[[questions]]
id = "late"
question = "If no ceasefire has begun by June, will one begin by November?"
criterion = "It is in force for two weeks."
source = "Reuters"
resolves = 2026-11-30
measure = "ceasefire_begins"
arguments = { by = 2026-11-16, days = 14 }
no_change = false

[questions.condition]
text = "None has begun by June."
measure = "ceasefire_begins"
arguments = { by = 2026-06-01, days = 1 }
answer = false
"""
SHORT = {"edition": "2025-12", "horizon": "2026-12-01"}
OPTIONS = ["--edition", "2025-12", "--set", "horizon=2026-12-01", "--runs", "40", "--draws", "2"]
HEAD = "id,outcome,resolved_on,source\n"


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    path = tmp_path_factory.mktemp("questions") / "mine.toml"
    path.write_text(QUESTIONS, "utf-8")
    return path


@pytest.fixture(scope="module")
def made(questions):
    return article10.forecast("baseline", 60, questions=questions, draws=2, changes=SHORT)


# --- what it says ---------------------------------------------------------------------------------------------------


def test_a_probability_is_the_share_of_the_runs_that_simulate_gives(made):
    result = article10.simulate("baseline", 60, changes=SHORT, record=("orientation",))
    held = result.data["ceasefire"].to_numpy()
    begins = np.array([any(run[i] and run[i + 1] for i in range(51)) for run in held])
    new = (np.diff(result.data["orientation"].sel(member="HUN"), axis=1) != 0).any(axis=1)
    table = made.table
    assert table.loc["ceasefire", "probability"] == begins.mean() > 0
    assert table.loc["government-HUN", "probability"] == new.mean() > 0
    fallen = (np.diff(result.data["orientation"].sel(member="GBR"), axis=1) != 0).any(axis=1)
    assert 0 < table.loc["government-GBR", "probability"] <= fallen.mean(), "none is due, but a government can fall"
    breaks = (np.diff(held.astype(int), axis=1) < 0).any(axis=1)
    assert table.loc["breaks", "runs"] == begins.sum()
    assert table.loc["breaks", "probability"] == (breaks & begins).sum() / begins.sum()
    quiet = ~(held[:, :27] > 0).any(axis=1)
    assert table.loc["late", "runs"] == quiet.sum()
    assert table.loc["late", "probability"] == (quiet & begins).sum() / quiet.sum() > 0
    low, high = wilson(begins.sum(), 60)
    assert table.loc["ceasefire", ["probability_low", "probability_high"]].to_list() == pytest.approx(
        [low, high], abs=1e-4
    )


def test_it_names_code_edition_and_scenario_and_words_of_every_question(made):
    content = made.content
    assert content["date"] == "2025-12-01"
    assert content["edition"]["digest"] == read_edition("2025-12").digest
    assert re.fullmatch(r"[0-9a-f]{64}", content["code"]["fingerprint"])
    assert content["scenario"]["horizon"] == "2026-12-01"
    hungary = next(each for each in content["questions"] if each["id"] == "government-HUN")
    assert hungary["question"] == "Will Hungary have a new government?"
    assert hungary["arguments"] == {"by": "2026-11-30", "member": "HUN"}


def test_every_measure_gives_a_truth_for_each_run():
    scenario = read_scenario("baseline", {"edition": "2026-12", "horizon": "2029-02-01"})
    asked = read_questions(questions_of(read_edition("2026-12")), read_scenario("baseline", {"edition": "2026-12"}))
    record = sorted({name for measure in MEASURES.values() for name in measure.record})
    result = article10.simulate(scenario, 6, record=record)
    for row in asked:
        happened = MEASURES[row.measure].happens(result, **row.arguments)
        assert (happened.shape, happened.dtype) == ((6,), bool), row.id
    assert {row.measure for row in asked} | {"plan_put", "stance_moves"} == set(MEASURES), "each is used"


def test_a_plan_is_put_at_a_review_between_two_days_by_russia_or_the_hegemon():
    result = article10.simulate("baseline", 60, changes={**SHORT, "plans.hegemon_rate": 3.0})
    plans = result.data["plans"].to_numpy()
    later = (plans[:, [14, 27, 40, 53]] > 0).any(axis=1)  # reviews are every 13 weeks
    assert np.array_equal(plan_put(result, date(2025, 12, 2), date(2026, 11, 30)), later)
    assert 0 < later.mean() < 1
    first = date(2025, 12, 1)
    assert np.array_equal(plan_put(result, first, first), plans[:, 1] > 0)


def test_the_edition_asks_at_least_twenty_questions_that_resolve_in_time_each_with_a_source():
    scenario = read_scenario("baseline", {"edition": "2026-12"})
    asked = read_questions(questions_of(read_edition("2026-12")), scenario)
    soon = [row for row in asked if date(2027, 1, 1) <= row.resolves <= date(2028, 12, 31)]
    assert len(soon) >= 20
    assert all(len(row.criterion.split()) > 8 and row.source for row in asked if not row.criterion.startswith("As for"))


# --- locking --------------------------------------------------------------------------------------------------------


def test_a_second_lock_of_a_day_is_written_beside_the_first_and_the_same_forecast_is_not_written_again(made, tmp_path):
    first = made.lock(tmp_path)
    before = first.read_bytes()
    assert first.name == "2025-12-01.json"
    assert made.lock(tmp_path) == first
    other = Forecast({**made.content, "seed": 7})
    assert other.lock(tmp_path).name == "2025-12-01-2.json"
    assert made.lock(tmp_path) == first
    assert other.lock(tmp_path).name == "2025-12-01-2.json"
    assert first.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2
    assert read_forecast(first).content["questions"] == made.content["questions"]


def edited(text):
    return re.sub(r'"probability": [0-9.]+', '"probability": 0.123', text, count=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edited, "was changed after it was locked"),
        (lambda text: text.replace("Hungary", "Poland"), "was changed after it was locked"),
        (lambda text: text[: len(text) // 2], "is damaged: not JSON"),
        (lambda text: "[1]", "expected a file that article10 forecast wrote"),
        (lambda text: '{"sha256": "x"}', "expected a file that article10 forecast wrote"),
        (lambda text: "", "is damaged: not JSON"),
    ],
)
def test_a_changed_or_broken_file_is_refused(made, tmp_path, change, words):
    path = made.lock(tmp_path)
    text = path.read_text("utf-8")
    assert change(text) != text
    path.write_text(change(text), "utf-8")
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text(HEAD, "utf-8")
    for call in (lambda: read_forecast(path), lambda: score_forecast(path, outcomes), lambda: made.lock(tmp_path)):
        with pytest.raises(LockedFileError, match=words):
            call()
    done = CliRunner().invoke(app, ["forecast", "--score", str(path), "--outcomes", str(outcomes)])
    assert done.exit_code == 2
    assert path.name in done.output
    assert "Traceback" not in done.output


def test_the_order_of_keys_and_the_layout_do_not_matter(made, tmp_path):
    path = made.lock(tmp_path)
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(dict(reversed(content.items()))), "utf-8")
    assert read_forecast(path).content["questions"] == made.content["questions"]


@pytest.mark.parametrize("path", sorted(LOCKED.glob("*.json")), ids=lambda path: path.name)
def test_every_file_of_the_repository_is_as_it_was_locked(path):
    content = json.loads(path.read_text("utf-8"))
    if ".scored" not in path.name:
        assert read_forecast(path).content["edition"]["name"] in path.name
    assert content["sha256"] == content_hash(content)
    assert content["sha256"] == FIRST.get(path.name, content["sha256"])


def test_the_first_locked_files_are_all_there_and_the_page_shows_what_they_say():
    assert {path.name for path in LOCKED.glob("*.json")} >= set(FIRST)
    page = forecast_page.PAGE.read_text("utf-8")
    again = with_blocks(page, forecast_page.forecast_blocks(forecast_page.locked_files()))
    assert again == page, "out of date: forecast_page.write_page() writes the blocks from the locked files"
    assert all(hash_of_one in page for hash_of_one in FIRST.values())


# --- scoring --------------------------------------------------------------------------------------------------------

ALL = f"""{HEAD}ceasefire,no,2026-11-30,Reuters
government-HUN,yes,2026-05-09,"Reuters, 9 May"
government-GBR,yes,2026-07-20,Reuters
breaks,void,2026-11-30,no ceasefire began
"""


def test_scores_are_those_of_the_formulas_and_stand_beside_a_coin_and_no_change(made, tmp_path):
    path = made.lock(tmp_path)
    before = path.read_bytes()
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text(ALL, "utf-8")
    found = score_forecast(path, outcomes)
    p = made.table["probability"]
    runs = 60
    table = found.table
    assert table.loc["ceasefire", "brier model"] == p["ceasefire"] ** 2
    assert table.loc["ceasefire", "log model"] == pytest.approx(
        -math.log(1 - (p["ceasefire"] * runs + 0.5) / (runs + 1))
    )
    fallen = p["government-GBR"]
    assert table.loc["government-GBR", "brier model"] == pytest.approx((1 - fallen) ** 2)
    assert table.loc["government-GBR", "log model"] == pytest.approx(-math.log((fallen * runs + 0.5) / (runs + 1)))
    assert table.loc["government-HUN", "brier coin"] == 0.25
    assert table.loc["government-HUN", "log no change"] == math.inf
    assert table.loc["ceasefire", "log no change"] == 0
    mean = found.content["mean"]
    assert mean["brier"]["no change"] == pytest.approx(2 / 3)
    assert mean["log"]["no change"] == "inf"
    assert mean["brier"]["model"] == pytest.approx(table["brier model"].mean())
    assert found.content["void"] == ["breaks"]
    scored = found.write()
    assert scored.name == "2025-12-01.scored.json"
    assert found.write() == scored
    outcomes.write_text(ALL.replace("ceasefire,no", "ceasefire,yes"), "utf-8")
    assert score_forecast(path, outcomes).write().name == "2025-12-01.scored-2.json"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("id,outcome\n", "column resolved_on: missing"),
        (
            f"{HEAD}ceasefires,no,2026-11-30,Reuters\n",
            "row 2: id = 'ceasefires': no such question; did you mean 'ceasefire'",
        ),
        (f"{HEAD}ceasefire,maybe,2026-11-30,Reuters\n", "row 2: outcome = 'maybe': expected yes, no, void or blank"),
        (f"{HEAD}ceasefire,no,soon,Reuters\n", "row 2: resolved_on = 'soon': expected a date"),
        (f"{HEAD}ceasefire,no,2025-11-30,Reuters\n", "before the date of the forecast, 2025-12-01"),
        (f"{HEAD}ceasefire,no,2026-11-30,\n", "row 2: source: missing"),
        (f"{HEAD}ceasefire,,,\nceasefire,no,2026-11-30,x\n", "row 3: id = 'ceasefire': is given twice"),
    ],
)
def test_a_wrong_table_of_outcomes_is_refused(made, tmp_path, table, words):
    path = made.lock(tmp_path)
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text(table, "utf-8")
    with pytest.raises(ValueError, match=re.escape(words)):
        score_forecast(path, outcomes)


# --- questions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ceasefire_begins", "cease_fire_begins", "no such measure; did you mean 'ceasefire_begins'"),
        ("days = 14 }\nno", "weeks = 2 }\nno", "arguments.weeks: ceasefire_begins takes by, days"),
        (", days = 14 }\nno", " }\nno", "arguments.days: missing"),
        ("days = 14", "days = 0", "expected a whole number of at least 1"),
        ("2026-11-16", "2029-11-16", "expected a date from the start, 2025-12-01, to the horizon, 2026-12-01"),
        ('"HUN"', '"HNG"', "'HNG' is not a member"),
        ('id = "breaks"', 'id = "ceasefire"', "ceasefire is given twice"),
        ("no_change = false\n\n[questions.condition]", "[questions.condition]", "no_change: missing"),
        ("[questions.condition]", "[questions.conditions]", "unknown key"),
        (
            "no_change = false\n\n[[",
            "no_change = false\nagain_on = [2029-01-01]\n\n[[",
            "condition: arguments.by = 2029-01-01",
        ),
        ("QUESTIONS", "", "cannot be read"),
    ],
)
def test_a_wrong_question_is_refused_with_its_place(tmp_path, old, new, words):
    path = tmp_path / "mine.toml"
    if old != "QUESTIONS":
        assert old in QUESTIONS
        path.write_text(QUESTIONS.replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=re.escape(words)):
        read_questions(path, read_scenario("baseline", SHORT))


def test_an_edition_without_questions_says_so():
    with pytest.raises(ValueError, match=r"edition 2025-12: has no questions\.toml"):
        article10.forecast("baseline", 4, changes=SHORT)


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_locks_and_scores(questions, tmp_path):
    made = CliRunner().invoke(app, ["forecast", *OPTIONS, "--questions", str(questions), "--out", str(tmp_path / "f")])
    assert made.exit_code == 0, made.output
    assert "government-HUN" in made.output
    assert "simulation uncertainty only" in " ".join(made.output.split())
    path = tmp_path / "f" / "2025-12-01.json"
    path.with_name("2025-12-01-outcomes.csv").write_text(ALL, "utf-8")
    scored = CliRunner().invoke(app, ["forecast", "--score", str(path)])
    assert scored.exit_code == 0, scored.output
    assert "coin 0.250" in scored.output
    assert "Resolved 3, void 1, open 1" in scored.output
    assert path.with_name("2025-12-01.scored.json").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--outcomes", "x.csv"], "--outcomes: of no use without --score"),
        (["--score", "x.json", "--out", "y"], "--out: of no use with --score"),
        (["--score", "x.json"], "x.json: cannot be read"),
        (["--edition", "2025-12"], "edition 2025-12: has no questions.toml"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words, message):
    done = CliRunner().invoke(app, ["forecast", *words])
    assert done.exit_code == 2
    assert message in done.output


def test_a_folder_that_cannot_be_written_to_is_refused_before_anything_runs(monkeypatch):
    monkeypatch.setattr("article10.runs.commands.forecast.forecast_of", lambda *_, **__: pytest.fail("it ran"))
    done = CliRunner().invoke(app, ["forecast", "--out", "/proc/forecasts"])
    assert done.exit_code == 2
    assert "cannot be written to" in done.output
