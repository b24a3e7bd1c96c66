"""Editions: folders of tables with a date, on which scenarios stand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import golden_runs
import pytest

import article10
from article10.model.edition import ABOUT_SOURCES, TABLES, EditionError, read_edition
from article10.model.roster import read_roster
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.model.shipped import CHOSEN, default_edition, editions, shipped
from article10.runs.batches.fingerprint import fingerprint

HELD = "2025-12"


@pytest.fixture
def copy(tmp_path):
    """A copy of the edition of December 2025 that a test may change."""
    folder = tmp_path / "mine"
    shutil.copytree(str(read_edition(HELD).folder), folder)
    return folder


def changed(folder: Path, table: str, old: str, new: str) -> None:
    """Change a table of an edition, which has to hold the old text once."""
    path = folder / table
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("path", sorted(golden_runs.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_runs_of_an_edition_are_those_of_its_golden_file(path, monkeypatch):
    monkeypatch.setenv(CHOSEN, path.stem)
    kept = json.loads(path.read_text("utf-8"))
    digest = kept.pop("digest")
    assert read_edition(path.stem).digest == digest, "tables have changed: python tests/golden_runs.py, and say so"
    found = golden_runs.golden(path.stem)
    assert found.keys() == kept.keys()
    for name, values in found.items():
        assert {k: v for k, v in values.items() if k != "stance"} == {
            k: v for k, v in kept[name].items() if k != "stance"
        }
        for run, run_kept in zip(values["stance"], kept[name]["stance"], strict=True):
            assert [float(v) for v in run] == pytest.approx([float(v) for v in run_kept], rel=1e-9), name


def test_the_newest_edition_is_the_default_unless_the_environment_names_another(monkeypatch):
    monkeypatch.delenv(CHOSEN)
    assert default_edition() == editions()[-1] == max(editions())
    assert Scenario().edition == editions()[-1]
    monkeypatch.setenv(CHOSEN, HELD)
    assert Scenario().edition == HELD
    monkeypatch.setenv(CHOSEN, "2025-21")
    with pytest.raises(EditionError, match=r"edition = '2025-21': no such edition; did you mean '2025-12'\?"):
        read_edition()


def test_a_scenario_starts_on_the_date_of_its_edition_with_its_candidate(copy):
    changed(copy, "edition.toml", "date = 2025-12-01\nlast", "date = 2026-02-02\nlast")
    changed(copy, "edition.toml", 'name = "Ukraine"', 'name = "Ruritania"')
    scenario = read_scenario(edition=copy)
    assert scenario.edition == str(copy.resolve())
    assert (scenario.start.isoformat(), scenario.horizon.isoformat()) == ("2026-02-02", "2036-02-02")
    assert scenario.candidate.name == "Ruritania"
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario


def test_scenarios_of_the_past_name_their_edition_and_stand_on_it_whatever_the_default(monkeypatch, copy):
    monkeypatch.setenv(CHOSEN, str(copy))
    assert read_scenario().edition == str(copy.resolve())
    for name in ("finland_2022", "adriatic_2008", "ukraine_2022"):
        assert read_scenario(name).edition == HELD
        assert read_scenario(name, edition=copy).edition == str(copy.resolve())


def test_a_file_names_its_edition_by_name_or_by_a_folder_beside_it(copy):
    path = copy.parent / "own.toml"
    path.write_text('edition = "mine"\n', "utf-8")
    assert read_scenario(path).edition == str(copy.resolve())
    path.write_text(f'edition = "{HELD}"\nbase = "stepping_stone"\n', "utf-8")
    assert read_scenario(path).edition == HELD
    (copy.parent / "above.toml").write_text('base = "own.toml"\n', "utf-8")
    assert read_scenario(copy.parent / "above.toml").edition == HELD
    path.write_text('edition = "nowhere"\n', "utf-8")
    with pytest.raises(ScenarioError, match=r"nowhere.*no such edition"):
        read_scenario(path)


def test_an_edition_has_its_own_scenarios_and_those_of_the_past(copy):
    (copy / "scenarios" / "mine.toml").write_text('title = "Mine"\n', "utf-8")
    assert "mine" in shipped(str(copy))
    assert "finland_2022" in shipped(str(copy))
    assert "mine" not in shipped()
    assert read_scenario("mine", edition=copy).title == "Mine"
    with pytest.raises(ScenarioError, match="mine"):
        read_scenario("mine")


def test_a_table_that_is_changed_is_read_again_and_changes_runs_digest_and_fingerprint(copy):
    before = read_roster(copy), read_edition(copy).digest, fingerprint([str(copy)])
    assert read_edition(copy).digest == read_edition(HELD).digest
    changed(copy, "governments.csv", "HUN,Hungary,parliament,1.0", "HUN,Hungary,parliament,0.2")
    after = read_roster(copy), read_edition(copy).digest, fingerprint([str(copy)])
    hungary = after[0].index("HUN")
    assert after[0].government_ties[hungary] == 0.2 != before[0].government_ties[hungary]
    assert before[1] != after[1]
    assert before[2] != after[2]


def test_words_about_sources_do_not_change_the_digest(copy):
    before = read_edition(copy).digest
    changed(copy, "edition.toml", 'war = "Russia', 'war = "Since 2022 Russia')
    changed(copy, "council_dates.csv", "Brussels,sourced,public record", "Brussels,sourced,the record")
    changed(copy, "alternatives.csv", "Tisza (Magyar)", "Tisza")
    assert read_edition(copy).digest == before
    assert "status" not in ABOUT_SOURCES, "the spread of a stance depends on it"


def test_a_result_carries_its_edition_and_is_not_re_simulated_from_other_tables(copy):
    result = article10.simulate(read_scenario(edition=copy), runs=2, changes={"horizon": "2026-06-01"})
    assert result.data.attrs["edition"] == str(copy.resolve())
    assert result.data.attrs["edition_digest"] == read_edition(copy).digest
    result.explain("HUN", 1)
    changed(copy, "governments.csv", "HUN,Hungary,parliament,1.0", "HUN,Hungary,parliament,0.2")
    with pytest.raises(ValueError, match="made with other tables of the edition"):
        result.explain("HUN", 1)


def test_what_is_asked_of_an_edition_that_it_does_not_have_is_refused():
    with pytest.raises(EditionError, match=r"has no table goverments\.csv; did you mean 'governments'\?"):
        read_edition(HELD).table("goverments")
    with pytest.raises(EditionError, match="no such edition"):
        read_edition("a\0b")
    assert set(TABLES) <= {f.name[:-4] for f in read_edition(HELD).folder.iterdir()}


@pytest.mark.parametrize("name", editions())
def test_every_table_of_an_edition_carries_its_status_and_the_last_day_of_its_evidence(name):
    edition = read_edition(name)
    tables = {f.name[:-4] for f in edition.folder.iterdir() if f.name.endswith(".csv")}
    assert set(edition.file.tables) == tables
    assert all(table.status and table.last_day_of_evidence for table in edition.file.tables.values())
