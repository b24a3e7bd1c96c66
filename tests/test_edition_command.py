"""The command ``article10 edition``, and what it says of broken tables."""

from __future__ import annotations

import csv
import re
import shutil

import pytest
from typer.testing import CliRunner

from article10.model.edition import TABLES, EditionError, read_edition
from article10.model.edition_check import edition_mistakes
from article10.model.edition_diff import edition_differences
from article10.model.edition_tables import SCHEMA
from article10.model.roster import read_roster
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import StaleEditionWarning, read_scenario
from article10.runs.command_line import app

HELD = "2025-12"


@pytest.fixture
def copy(tmp_path):
    """A copy of the edition of December 2025 that a test may break."""
    shutil.copytree(str(read_edition(HELD).folder), tmp_path / "mine")
    return tmp_path / "mine"


def swapped(file, old, new, times=1):
    """A change of a file: the first places of a text replaced."""

    def change(folder):
        raw = (folder / file).read_bytes()
        assert old.encode() in raw
        (folder / file).write_bytes(raw.replace(old.encode(), new.encode(), times))

    return change


def without_line(file, start):
    """A change of a file: lines that begin so are gone."""

    def change(folder):
        lines = (folder / file).read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(start)]
        assert len(kept) < len(lines)
        (folder / file).write_text("".join(kept), "utf-8")

    return change


def with_line(file, line):
    """A change of a file: a further line."""

    def change(folder):
        with (folder / file).open("a", encoding="utf-8") as text:
            text.write(line + "\n")

    return change


def rewritten(file, content):
    """A change of a file: other bytes."""
    return lambda folder: (folder / file).write_bytes(content((folder / file).read_bytes()))


BROKEN = {
    "missing table": (lambda folder: (folder / "elections.csv").unlink(), r"elections\.csv: missing"),
    "missing alternatives": (lambda folder: (folder / "alternatives.csv").unlink(), r"alternatives\.csv: missing"),
    "member without an alternative": (
        without_line("alternatives.csv", "HUN,"),
        r"alternatives\.csv: has no row for HUN",
    ),
    "alternative without a name": (
        swapped("alternatives.csv", "Tisza (Magyar)", ""),
        r"alternatives\.csv, row \d+: alternative = '': expected text",
    ),
    "probability over 1": (
        swapped("alternatives.csv", "Tisza (Magyar),-1,0.2,1,0.6,", "Tisza (Magyar),-1,0.2,1,60,"),
        r"alternatives\.csv, row \d+: probability = '60': expected a number from 0 to 1",
    ),
    "spread of more than half the scale": (
        swapped("alternatives.csv", "Tisza (Magyar),-1,0.2,1,", "Tisza (Magyar),-1,0.2,2.5,"),
        r"alternatives\.csv, row \d+: spread = '2\.5': expected a number from 0 to 2",
    ),
    "president who can fall": (
        swapped("alternatives.csv", "RN (Bardella or Le Pen),-2,0.35,0.72,0.475,0", "RN,-2,0.35,0.72,0.475,1"),
        r"alternatives\.csv, row \d+: falls_between = 1: expected 0: governments\.csv names president",
    ),
    "objection that is no date": (
        swapped("membership_stance.csv", ",2024-01-20,", ",always,"),
        r"membership_stance\.csv, row \d+: standing_since = 'always': expected a date",
    ),
    "objection after the edition": (
        swapped("membership_stance.csv", ",2024-01-20,", ",2026-01-20,"),
        r"membership_stance\.csv, row \d+: standing_since = 2026-01-20: expected 2025-12-01, the edition's date",
    ),
    "objection of another age": (
        swapped("membership_stance.csv", ",2024-01-20,", ",1949-04-04,"),
        r"membership_stance\.csv, row \d+: standing_since = 1949-04-04: expected at most 20000 days before",
    ),
    "missing edition.toml": (lambda folder: (folder / "edition.toml").unlink(), r"edition\.toml: cannot be read"),
    "missing baseline": (lambda folder: (folder / "scenarios/baseline.toml").unlink(), r"baseline\.toml: missing"),
    "missing column": (
        swapped("governments.csv", "war_bar", "war_bra"),
        r"governments\.csv, row 1: column war_bar: missing",
    ),
    "unknown column": (
        swapped("governments.csv", "basis", "bases"),
        r"governments\.csv, row 1: column 'bases': unknown column; did you mean 'basis'",
    ),
    "column twice": (
        swapped("elections.csv", "office,", "iso3,"),
        r"elections\.csv, row 1: column 'iso3': is there twice",
    ),
    "too few cells": (with_line("council_dates.csv", "2026-12-01"), r"council_dates\.csv, row 5: expected 5 cells"),
    "unknown state": (
        swapped("membership_stance.csv", "\nHUN,", "\nHNU,"),
        r"membership_stance\.csv, row \d+: iso3 = 'HNU': not a state in countries\.csv; did you mean 'HUN'",
    ),
    "missing member": (without_line("membership_stance.csv", "HUN,"), r"membership_stance\.csv: has no row for HUN"),
    "row twice": (
        with_line("membership_stance.csv", "HUN,Hungary,-1,hesitant,coded judgement,,x"),
        r"membership_stance\.csv, row 34: iso3 HUN: is also in row \d+",
    ),
    "election twice": (
        with_line("elections.csv", "ALB,Albania,parliament,2025-05-11,2029-06,x,x"),
        r"elections\.csv, row \d+: iso3 ALB, office parliament: is also in row 2",
    ),
    "no election of the governing office": (
        without_line("elections.csv", "ALB,"),
        r"elections\.csv: has no row for ALB, parliament, which governs it",
    ),
    "out of range": (
        swapped("governments.csv", "ALB,Albania,parliament,0.0,0.7", "ALB,Albania,parliament,0.0,7"),
        r"governments\.csv, row 2: war_bar = '7': expected a number from 0 to 1",
    ),
    "code not on the scale": (
        swapped("membership_stance.csv", "ALB,Albania,1,", "ALB,Albania,3,"),
        r"membership_stance\.csv, row 2: stance_code = '3': expected a number from -2 to 2",
    ),
    "not a number": (
        swapped("governments.csv", "ALB,Albania,parliament,0.0", "ALB,Albania,parliament,none"),
        r"governments\.csv, row 2: government_ties = 'none': expected a number from 0 to 1",
    ),
    "blank cell": (
        swapped("governments.csv", "ALB,Albania,parliament,0.0", "ALB,Albania,parliament,"),
        r"governments\.csv, row 2: government_ties = '': expected a number",
    ),
    "unknown office": (
        swapped("governments.csv", "ALB,Albania,parliament", "ALB,Albania,king"),
        r"governments\.csv, row 2: governing_office = 'king': expected parliament, president",
    ),
    "negative population": (
        swapped("countries.csv", ",2377128,", ",-2377128,"),
        r"countries\.csv, row 2: population = '-2377128': expected a number",
    ),
    "not a flag": (
        swapped("countries.csv", "Albania,1,", "Albania,yes,"),
        r"countries\.csv, row 2: member = 'yes': expected one of 0, 1",
    ),
    "percentage over 100": (
        swapped("public_opinion.csv", "POL,45,", "POL,145,"),
        r"public_opinion\.csv, row 2: support_pct = '145': expected a number from 0 to 100",
    ),
    "wrong format of a date": (
        swapped("elections.csv", "2025-05-11", "11.5.2025"),
        r"elections\.csv, row 2: last_held = '11\.5\.2025': expected a date",
    ),
    "dates in the wrong order": (
        swapped("elections.csv", "2025-05-11,2029-06", "2025-05-11,2021-06"),
        r"elections\.csv, row 2: due = 2021-06: expected a year or more after last_held",
    ),
    "status missing": (
        swapped("membership_stance.csv", ",coded judgement on general knowledge (medium),", ",,"),
        r"membership_stance\.csv, row \d+: status = '': expected text",
    ),
    "candidate as a member": (
        swapped("countries.csv", "Ukraine,0,", "Ukraine,1,"),
        r"countries\.csv: UKR is a member, but edition\.toml names it as candidate",
    ),
    "external power without a row": (without_line("countries.csv", "RUS,"), r"countries\.csv: has no row for RUS"),
    "no votes": (without_line("un_ideal_points.csv", "RUS,"), r"un_ideal_points\.csv: has no row for RUS in the years"),
    "vintage that does not exist": (
        swapped("edition.toml", "NATO Aug-2025 release", "NATO Aug-2035 release"),
        r"defence_expenditure\.csv: column vintage: no row is of 'NATO Aug-2035 release'",
    ),
    "unknown key": (swapped("edition.toml", "war = ", "wars = "), r"edition\.toml: wars = .*: unknown key"),
    "missing key": (swapped("edition.toml", "since = 2023", ""), r"edition\.toml: energy\.since: missing"),
    "wrong type": (
        swapped("edition.toml", "since = 2023", 'since = "2023"'),
        r"edition\.toml: energy\.since = '2023': expected a whole number",
    ),
    "malformed": (swapped("edition.toml", "[energy]", "[energy"), r"edition\.toml: malformed TOML"),
    "not a member": (swapped("edition.toml", '"BGR"', '"BGX"'), r"edition\.toml: energy\.cut_off: BGX is not a member"),
    "evidence after the date": (
        swapped("edition.toml", "last_day_of_evidence = 2025", "last_day_of_evidence = 2026"),
        r"edition\.toml: last_day_of_evidence = 2026-12-01: expected 2025-12-01",
    ),
    "byte order mark": (
        rewritten("elections.csv", lambda raw: b"\xef\xbb\xbf" + raw),
        r"elections\.csv: begins with a byte order mark",
    ),
    "empty table": (
        rewritten("council_dates.csv", lambda raw: raw.splitlines(keepends=True)[0]),
        r"council_dates\.csv: is empty",
    ),
    "wrong encoding": (
        rewritten("countries.csv", lambda raw: raw.decode().encode("latin-1", "replace").replace(b"?", b"\xfc")),
        r"countries\.csv, row \d+: is not UTF-8 text",
    ),
    "scenario of another member": (
        swapped("scenarios/us_champion.toml", "[roster.USA]", "[roster.USX]"),
        r"us_champion\.toml: .*USX",
    ),
}
"""By kind of mistake: how it is made, and what the message says."""


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_table_is_refused_with_file_row_and_column(kind, copy):
    assert edition_mistakes(copy) == []
    change, message = BROKEN[kind]
    change(copy)
    found = edition_mistakes(copy)
    assert any(re.search(message, line) for line in found), found
    done = CliRunner().invoke(app, ["edition", "check", str(copy)])
    assert done.exit_code == 2
    assert re.search(message, done.output)


OF_READINGS = {
    "missing reading": (
        lambda folder: (folder / "codes_reading_2.csv").unlink(),
        r"codes_reading_2\.csv: missing: .*among",
    ),
    "missing column of a reading": (
        swapped("codes_reading_1.csv", ",ties,", ",tie,"),
        r"codes_reading_1\.csv, row 1: column ties: missing",
    ),
    "code of a reading not on the scale": (
        swapped("codes_reading_1.csv", "ALB,Albania,1,", "ALB,Albania,11,"),
        r"codes_reading_1\.csv, row 2: stance_code = '11': expected a number from -2 to 2",
    ),
    "member without a reading": (
        without_line("codes_reading_2.csv", "HUN,"),
        r"codes_reading_2\.csv: has no row for HUN",
    ),
    "reading of a state that is not there": (
        swapped("codes_reading_2.csv", "\nHUN,", "\nHNU,"),
        r"codes_reading_2\.csv, row \d+: iso3 = 'HNU': not a state",
    ),
    "last evidence that is no date": (
        swapped("membership_stance.csv", ",2025-12-01,", ",December,"),
        r"membership_stance\.csv, row 2: last_evidence = 'December': expected a date",
    ),
    "last evidence after the edition": (
        swapped("membership_stance.csv", ",2025-12-01,", ",2027-01-05,"),
        r"membership_stance\.csv, row 2: last_evidence = 2027-01-05: expected 2026-12-01, the edition's date",
    ),
}
"""The same of further readings of the codes, and of the last day of their evidence."""


@pytest.mark.parametrize("kind", OF_READINGS)
def test_a_broken_reading_of_the_codes_is_refused_too(kind, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(str(read_edition("2026-12").folder), folder)
    assert edition_mistakes(folder) == []
    change, message = OF_READINGS[kind]
    change(folder)
    found = edition_mistakes(folder)
    assert any(re.search(message, line) for line in found), found


def test_a_changed_reading_is_a_difference_between_editions(tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(str(read_edition("2026-12").folder), folder)
    swapped("codes_reading_1.csv", "ALB,Albania,1,", "ALB,Albania,2,")(folder)
    swapped("membership_stance.csv", ",2025-12-01,", ",2026-02-01,")(folder)
    assert edition_differences(read_edition("2026-12"), read_edition(folder)) == [
        "membership_stance.csv: 0 rows added, 0 removed, 1 cells changed",
        "membership_stance.csv: ALB: last_evidence: 2025-12-01 -> 2026-02-01",
        "codes_reading_1.csv: 0 rows added, 0 removed, 1 cells changed",
        "codes_reading_1.csv: ALB: stance_code: 1 -> 2",
    ]


def test_alternatives_and_standing_objections_are_differences_between_editions(copy):
    swapped("alternatives.csv", "Tisza (Magyar),-1,", "Tisza (Magyar),1,")(copy)
    swapped("membership_stance.csv", ",2024-01-20,", ",,")(copy)
    assert edition_differences(read_edition(HELD), read_edition(copy)) == [
        "alternatives.csv: 0 rows added, 0 removed, 1 cells changed",
        "alternatives.csv: HUN: stance_code: -1 -> 1",
        "membership_stance.csv: 0 rows added, 0 removed, 1 cells changed",
        "membership_stance.csv: SVK: standing_since: 2024-01-20 -> ",
    ]


def test_an_edition_may_lack_standing_objections_but_not_alternatives(copy):
    path = copy / "membership_stance.csv"
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    place = rows[0].index("standing_since")
    with path.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(row[:place] + row[place + 1 :] for row in rows)
    assert edition_mistakes(copy) == []
    assert not read_roster(copy).standing_days.any()
    assert read_roster(HELD).standing_days.any()


def test_a_broken_edition_is_not_run(copy):
    BROKEN["out of range"][0](copy)
    with pytest.raises(EditionError, match=r"governments\.csv, row 2: war_bar"):
        read_scenario(edition=copy)


def test_every_table_of_the_model_is_checked():
    assert set(SCHEMA) == set(TABLES)
    assert len(BROKEN) >= 20


def test_editions_are_listed_copied_checked_and_compared(tmp_path, copy):
    def said(*words):
        done = CliRunner().invoke(app, ["edition", *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert f"{HELD}  NATO on 1 December 2025" in said("list")
    new = str(tmp_path / "new")
    assert "a copy of 2025-12 to fill in" in said("new", new, "--from", HELD)
    assert "in order: 32 members, candidate Ukraine" in said("check", new)
    assert "no differences" in said("diff", HELD, new, "--runs", "0")
    swapped("governments.csv", "HUN,Hungary,parliament,1.0", "HUN,Hungary,parliament,0.2")(copy)
    without_line("council_dates.csv", "2026-07-07")(copy)
    text = said("diff", HELD, str(copy), "--runs", "4")
    assert "governments.csv: HUN: government_ties: 1.0 -> 0.2" in text
    assert "council_dates.csv: 0 rows added, 1 removed, 0 cells changed" in text
    assert "4 paired runs from 2025-12-01" in text
    again = CliRunner().invoke(app, ["edition", "new", new])
    assert again.exit_code == 2
    assert "is not empty" in again.output
    assert CliRunner().invoke(app, ["edition", "chek", new]).exit_code == 2


def test_commands_take_an_edition(copy):
    swapped("governments.csv", "HUN,Hungary,parliament,1.0", "HUN,Hungary,parliament,0.57")(copy)
    assert "0.57" in CliRunner().invoke(app, ["roster", "--edition", str(copy)]).output
    assert "0.57" not in CliRunner().invoke(app, ["roster"]).output
    both = ["run", "--edition", str(copy), "--set", f"edition={HELD}"]
    assert "leave one of them out" in CliRunner().invoke(app, both).output


def test_a_renamed_candidate_without_an_edition_is_refused():
    with pytest.raises(
        ScenarioError, match=r"'Georgia': .*on Ukraine; make an edition of your own: article10 edition new"
    ):
        read_scenario("baseline", {"candidate.name": "Georgia"})
    with pytest.raises(ScenarioError, match="make an edition of your own"):
        Scenario().with_({"candidate.name": "Georgia"})
    assert read_scenario("finland_2022").candidate.name == "Finland"  # it states every stance


def test_a_start_far_from_the_edition_is_a_warning_that_says_what_is_stale():
    with pytest.warns(
        StaleEditionWarning, match=r"start = 2026-06-01: 182 days .*governments.*evidence up to 2025-12-01"
    ):
        read_scenario("baseline", {"start": "2026-06-01"})
    with pytest.raises(ScenarioError, match="1949"):
        read_scenario("baseline", {"start": "1948-01-01"})


@pytest.mark.filterwarnings("default")
def test_a_command_says_in_one_line_what_is_stale(tmp_path):
    words = ["parameters", "stance.peer_rate", "--scenario", str(tmp_path / "late.toml")]
    (tmp_path / "late.toml").write_text("start = 2026-06-01\n", "utf-8")
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0
    (said,) = [line for line in done.stderr.splitlines() if "days from the date of the edition" in line]
    assert said.startswith("article10: start = 2026-06-01: 182 days")
    assert "StaleEditionWarning" not in done.stderr


@pytest.mark.filterwarnings("error")
def test_scenarios_that_state_every_stance_and_starts_near_the_date_are_not_stale():
    read_scenario("visegrad_1997")
    read_scenario("baseline", {"start": "2026-01-15"})
