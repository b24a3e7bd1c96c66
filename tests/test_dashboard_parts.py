"""The parts of the dashboard, without a browser: what it opens, its sliders, news, drawings and fan."""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import article10
from article10.model.accession_model import AccessionModel
from article10.model.scenario import ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.ensemble.netcdf import RESULT
from article10.runs.interactive.dashboard import drawings
from article10.runs.interactive.dashboard.fan import Fan
from article10.runs.interactive.dashboard.news import latest, story_of
from article10.runs.interactive.dashboard.opening import Asked, opened, whole_number
from article10.runs.interactive.positions import with_change
from article10.runs.interactive.sliders import DEFAULT_SLIDERS, SELECTED, parameters_by_group

SHORT = {"horizon": "2028-12-01"}
SEED, RUN = 5, 3
LEVER = "stance.peer_rate"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results, of four runs."""
    folder = tmp_path_factory.mktemp("results") / "few"
    folder.mkdir()
    article10.simulate("baseline", 4, SEED, changes=SHORT).save(folder / RESULT)
    return folder


# --- opening --------------------------------------------------------------------------------------------------------


def stances_at_the_end(model: AccessionModel) -> np.ndarray:
    while model.running:
        model.step()
    return model.world.members.stance[0].astype(np.float32)  # as results are stored


def test_a_run_of_a_saved_result_is_that_run(saved: Path):
    result = article10.load(saved)
    for source in (saved, saved / RESULT):
        found = opened(Asked(str(source), run=RUN, seed=99))
        assert (found.seed, found.run, found.scenario) == (SEED, RUN, result.scenario)
    ended = stances_at_the_end(AccessionModel(found.scenario, found.seed, found.run))
    np.testing.assert_array_equal(ended, result.data["stance"].sel(run=RUN).to_numpy()[-1])


def test_a_run_of_a_batch_is_that_run_at_its_point(tmp_path: Path):
    design = article10.Design.model_validate(
        {
            "scenarios": ["baseline"],
            "changes": SHORT,
            "grid": {LEVER: [0.3, 0.7]},
            "runs": 3,
            "seed": SEED,
            "record": ["stance"],
        }
    )
    batch = article10.run_batch(design, tmp_path / "batch", workers=1)
    point = 1
    found = opened(Asked(str(tmp_path / "batch"), run=2, point=point))
    assert found.scenario == batch.scenario(point)
    ended = stances_at_the_end(AccessionModel(found.scenario, found.seed, found.run))
    np.testing.assert_array_equal(ended, batch.point(point).data["stance"].sel(run=2).to_numpy()[-1])
    with pytest.raises(ScenarioError, match="holds runs 0 to 2"):
        opened(Asked(str(tmp_path / "batch"), run=3))


def test_a_run_with_a_strategy_of_ones_own_is_refused(tmp_path: Path):
    def rest(*_: object) -> None: ...

    path = tmp_path / "own.nc"
    result = article10.simulate("baseline", 1, changes=SHORT)
    result.data.attrs["strategy"] = "custom:rest"
    result.save(path)
    with pytest.raises(ValueError, match="made with the strategy custom:rest"):
        opened(Asked(str(path)))


def test_the_page_finds_what_the_command_left(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "environ", {})
    assert Asked.found() == Asked()
    Asked("inert", run=4, seed=2).leave()
    assert Asked.found() == Asked("inert", run=4, seed=2)


@pytest.mark.parametrize("typed", ["", "x", "-1", "1.5", "٣", str(2**63), "9" * 400])
def test_a_seed_that_is_no_whole_number_is_refused(typed: str):
    with pytest.raises(ValueError, match="seed = "):
        whole_number(typed, "seed")


def test_the_largest_seed_is_taken():
    assert whole_number(f" {2**63 - 1}", "seed") == 2**63 - 1


# --- sliders --------------------------------------------------------------------------------------------------------


def test_the_sliders_are_those_of_explore_and_then_all_that_are_declared():
    groups = parameters_by_group(read_scenario("baseline"))
    assert tuple(d.key for d in groups[SELECTED]) == DEFAULT_SLIDERS
    assert all(d.key.startswith(f"{group}.") for group, found in groups.items() if group != SELECTED for d in found)
    assert {"stance", "russia", "war", "guarantees"} < set(groups)


def test_a_lever_moved_back_is_no_change():
    declared = next(d for d in parameters_by_group(read_scenario("baseline"))[SELECTED] if d.key == LEVER)
    moved = with_change({"russia.effort": 1.0}, declared, 0.9)
    assert moved == {"russia.effort": 1.0, LEVER: 0.9}
    assert with_change(moved, declared, declared.default) == {"russia.effort": 1.0}


# --- news, drawings, fan --------------------------------------------------------------------------------------------


def test_news_are_told_when_they_have_happened_and_not_before():
    model = AccessionModel("baseline", SEED, RUN, changes=SHORT)
    entries = story_of(model)
    assert entries
    seen: set[object] = set()
    week = timedelta(days=model.setup.scenario.step_days)
    while model.running:
        model.step()
        shown = latest(entries, model.date, week.days)
        assert all(entry.day <= model.date for entry, _ in shown)
        assert [entry.day for entry, _ in shown] == sorted((entry.day for entry, _ in shown), reverse=True)
        new = {entry for entry, is_new in shown if is_new}
        assert not new & seen
        seen |= new
    assert seen == {entry for entry in entries if entry.day <= model.date}


def test_a_change_of_stage_is_news_on_the_day_that_the_state_shows_it():
    changes = {**SHORT, "accession.objection_line": -0.99, "accession.war_bar": 1.0}
    changes |= {"candidate.readiness": 1.0, "bargaining.opportunism": 0.0, "secretary_general.sounding_weeks": 0}
    model = AccessionModel("baseline", 1, 0, changes=changes)
    entries = story_of(model)
    stage = model.stage
    while model.running and model.stage == stage:
        model.step()
    assert model.stage != stage
    newest = [entry for entry, new in latest(entries, model.date, 7) if new and entry.kind == "accession"]
    assert newest


def test_frequent_events_are_told_one_by_one():
    entries = story_of(AccessionModel("baseline", SEED, RUN, changes=SHORT))
    assert not any("times:" in entry.text for entry in entries)


def test_the_map_colours_every_member_by_its_stance():
    model = AccessionModel("baseline", changes=SHORT)
    model.member("DEU").stance = -0.75
    drawn = drawings.map_svg(model)
    assert f'fill="{drawings.colour(-0.75)}"' in drawn
    assert "Germany: -0.75" in drawn
    missing = [name for name in model.setup.roster.names if f"<title>{name}:" not in drawn]
    assert missing in ([], ["Luxembourg"])  # Natural Earth's coarsest outlines may leave the smallest out


def test_the_network_draws_each_weight_that_is_large_enough():
    model = AccessionModel("baseline", changes=SHORT)
    drawn = drawings.network_svg(model)
    shown = drawings.strongest(model.setup.network, drawings.STRONGEST).sum()
    assert drawn.count("marker-end") == shown > 10
    assert drawn.count("<circle") == len(model.setup.roster)


def test_network_and_chart_write_names_of_countries_not_codes(monkeypatch):
    drawn = []
    monkeypatch.setattr(drawings, "png_of", lambda figure, dpi: drawn.append(figure) or b"")
    model = AccessionModel("baseline", changes=SHORT)
    model.step()
    drawings.trajectories_png(model)
    roster, chosen = model.setup.roster, drawings.selected_members(model.setup.scenario)
    assert {text.get_text() for text in drawn[0].axes[0].texts} >= {roster.name_of[code] for code in chosen}
    network = drawings.network_svg(model)
    assert [name for name in roster.names if f">{name}</text>" not in network] == []


def test_the_history_of_stances_is_the_run():
    model = AccessionModel("baseline", SEED, RUN, changes=SHORT)
    for _ in range(5):
        model.step()
    stances = article10.simulate("baseline", 1, SEED, first_run=RUN, changes=SHORT).data["stance"].to_numpy()[0]
    np.testing.assert_array_equal(drawings.stance_history(model).astype(np.float32), stances[:6])


def test_the_fan_shows_the_effect_in_the_same_runs_and_comes_back():
    scenario = read_scenario("baseline", {"horizon": date(2030, 12, 1)})
    fan = Fan(scenario, SEED, runs=40)
    first = fan.drawn({}, "HUN")
    moved = fan.drawn({LEVER: 0.9}, "HUN")
    assert moved.png != first.png
    assert "difference" in moved.headline
    joined = article10.simulate(scenario, 40, SEED, changes={LEVER: 0.9}).outcomes["accession_date"].notna().mean()
    assert f"{joined:.1%} of 40 runs" in moved.headline
    assert fan.drawn({}, "POL").png != first.png
    assert fan.drawn({}, "HUN") == replace(first)
