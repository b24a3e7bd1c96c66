"""The track record: rows stay as they were first scored, their scores are right, and the page says what they say."""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Iterator

import pytest

import track_record_page as page_of
from article10.model.scenario_file import read_scenario
from article10.model.tables import parsed_table
from article10.runs.evidence.forecast import Forecast, read_forecast
from article10.runs.evidence.forecast_file import read_locked
from article10.runs.evidence.forecast_questions import read_questions
from article10.runs.evidence.forecast_scores import KEYS, read_outcomes, score_forecast
from generated import with_blocks

FILE = page_of.FOLDER / "2025-12-01.scored.json"
FROZEN = {
    "2025-12-01.json": "25478f52372626976f7ab862118d11f8785a2e4f9bb3880586996d6c08b6755b",
    "2025-12-01.scored.json": "8063e0c78be40ff76f0c6123399cfc3cb706a6c1786be37f80202e65d7c4aa86",
}
"""Hashes of the probabilities and of the rows as first scored."""


@pytest.fixture(scope="module")
def rows():
    return read_locked(FILE, KEYS)["rows"]


def of_group(rows, name) -> list[dict]:
    return [row for row in rows if page_of.GROUPS[name](row["id"])]


def test_the_rows_are_those_that_were_first_scored():
    assert {name: read_locked(page_of.FOLDER / name)["sha256"] for name in FROZEN} == FROZEN
    assert read_locked(FILE)["forecast_sha256"] == read_forecast(page_of.FOLDER / "2025-12-01.json").sha256
    assert page_of.scored_files()[0] == FILE


def test_each_score_follows_from_probability_and_outcome(rows):
    said = {each["id"]: each for each in read_forecast(page_of.FOLDER / "2025-12-01.json").content["questions"]}
    assert len(rows) > 100
    for row in rows:
        happened = {"yes": 1, "no": 0}[row["outcome"]]
        own = said[row["id"]]
        assert row["probability"] == own["probability"] == own["happened"] / own["runs"]
        assert row["brier"]["model"] == pytest.approx((row["probability"] - happened) ** 2)
        assert row["brier"]["coin"] == 0.25
        assert row["brier"]["no change"] == happened, "everything stays as it is"
        half = (own["happened"] + 0.5) / (own["runs"] + 1)
        assert row["log"]["model"] == pytest.approx(-math.log(half if happened else 1 - half))
        assert float(row["log"]["no change"]) == (math.inf if happened else 0.0)


def test_the_newest_rows_of_the_first_model_are_the_outcomes_of_the_table():
    newest = [path for path in page_of.scored_files() if path.name.startswith("2025-12-01.")][-1]
    found = score_forecast(page_of.FOLDER / "2025-12-01.json", page_of.OUTCOMES)
    assert found.content["rows"] == read_locked(newest, KEYS)["rows"], "python docs/make/track_record_page.py"
    table = {row["id"]: row for row in parsed_table(page_of.OUTCOMES.read_text("utf-8"))}
    assert {row["id"] for row in found.content["rows"]} == {
        name for name, row in table.items() if row["outcome"] in ("yes", "no")
    }


def test_a_later_model_is_scored_beside_the_first_and_marked(tmp_path):
    shutil.copytree(page_of.FOLDER, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*-12-01-[0-9]*"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    first = read_forecast(tmp_path / "2025-12-01.json")
    questions = [{**each, "happened": each["runs"] // 2, "probability": 0.5} for each in first.content["questions"]]
    later = Forecast({**first.content, "questions": questions}).lock(tmp_path)
    assert later.name == "2025-12-01-2.json"
    score_forecast(later, page_of.OUTCOMES).write()
    files = page_of.scored_files(tmp_path)
    assert [path.name for path in files] == ["2025-12-01.scored.json", "2025-12-01-2.scored.json"]
    blocks, as_first = (page_of.track_record_blocks(some) for some in (files, files[:1]))
    assert "| *in hindsight*: a later model |" in blocks["later"]
    assert "| 0.250 | 0.250 | 0.250 |" in blocks["later"]
    assert {name for name in blocks if blocks[name] != as_first[name]} == {"later"}, "the first rows stay"
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_the_page_says_what_the_rows_say(rows):
    page = page_of.PAGE.read_text("utf-8")
    assert with_blocks(page, page_of.track_record_blocks(page_of.scored_files())) == page, (
        "out of date: track_record_page.write_page() writes the blocks from the files"
    )
    governments = of_group(rows, "new governments")
    brier = [(row["probability"] - (row["outcome"] == "yes")) ** 2 for row in governments]
    no_change = sum(row["outcome"] == "yes" for row in governments) / len(governments)
    assert (
        f"| new governments | {len(governments)} | 7 | {sum(brier) / len(brier):.3f} | {no_change:.3f} | 0.250 |"
        in page
    )
    zero = [row["id"] for row in governments if row["outcome"] == "yes" and row["probability"] == 0]
    assert f"it had said exactly zero for {len(zero)}." in page
    assert "may have known parts of\n2026" in page


def test_losses_are_called_losses(rows):
    summary = page_of.track_record_blocks(page_of.scored_files())["summary"]
    for name in page_of.GROUPS:
        own = of_group(rows, name)
        said = next(line for line in summary.splitlines() if line.startswith(f"- **{name.capitalize()}.**"))
        by_brier, by_log = said.split("By the log score")
        for score, words in (("brier", by_brier), ("log", by_log)):
            mean = {who: sum(float(row[score][who]) for row in own) / len(own) for who in ("model", "coin")}
            assert f"{'better' if mean['model'] < mean['coin'] else 'worse'} than a coin" in words
    assert "worse than a coin" in summary, "zero percent for four new governments that came"


def platform_rows() -> Iterator[dict[str, str]]:
    with page_of.PLATFORMS.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_every_figure_of_a_platform_has_a_question_of_its_day_and_none_is_of_a_series_that_a_truce_resolved():
    asked = {
        row.id: row for row in read_questions(page_of.QUESTIONS, read_scenario("baseline", {"edition": "2025-12"}))
    }
    for figure in platform_rows():
        own = asked[figure["id"]]
        assert figure["id"].endswith(figure["date_of_figure"])
        assert str(own.condition.arguments["by"]) == figure["date_of_figure"]
        if figure["platform"] == "Polymarket" and "ceasefire" in figure["question"]:
            assert "agreement" in figure["question"] or figure["close_date"] == "2026-03-31"


def test_outcomes_reach_no_further_than_the_evidence_and_name_a_source():
    locked = read_forecast(page_of.FOLDER / "2025-12-01.json")
    for row in read_outcomes(page_of.OUTCOMES, locked):
        assert "2025-12-01" <= row["resolved_on"] <= "2026-10-10", row
        assert row["source"]
