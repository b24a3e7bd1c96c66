"""The parts of the dashboard, without a browser: what it opens, its sliders, drawings, runs, ensembles and files."""

import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import article10
from article10.model.accession_model import AccessionModel
from article10.model.scenario import ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.ensemble.netcdf import RESULT
from article10.runs.interactive.dashboard import drawings, files
from article10.runs.interactive.dashboard.base import Base
from article10.runs.interactive.dashboard.ensemble_view import difference, ensemble_view
from article10.runs.interactive.dashboard.files import file_of
from article10.runs.interactive.dashboard.modules import widget
from article10.runs.interactive.dashboard.notebook import Dashboard
from article10.runs.interactive.dashboard.opening import Asked, Opened, opened, whole_number
from article10.runs.interactive.dashboard.run_view import STATES, RunShown
from article10.runs.interactive.dashboard.wanted import Wanted, wanted
from article10.runs.interactive.ensemble_cache import Snapshot
from article10.runs.interactive.positions import with_change
from article10.runs.interactive.sliders import DEFAULT_SLIDERS, SELECTED, WORDS, parameters_by_group
from article10.runs.interactive.state import RUNS, InteractiveState

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


def test_every_slider_on_offer_first_has_plain_words():
    assert set(WORDS) == set(DEFAULT_SLIDERS)


# --- drawings -------------------------------------------------------------------------------------------------------


def test_the_map_colours_every_member_by_its_stance():
    model = AccessionModel("baseline", changes=SHORT)
    model.member("DEU").stance = -0.75
    drawn = drawings.map_svg(model)
    assert f'fill="{drawings.colour(-0.75)}"' in drawn
    assert "Germany: -0.75" in drawn
    missing = [name for name in model.setup.roster.names if f"<title>{name}:" not in drawn]
    assert missing in ([], ["Luxembourg"])  # Natural Earth's coarsest outlines may leave the smallest out


def test_the_network_draws_each_weight_that_is_large_enough_and_names_countries():
    model = AccessionModel("baseline", changes=SHORT)
    drawn = drawings.network_svg(model)
    shown = drawings.strongest(model.setup.network, drawings.STRONGEST).sum()
    assert drawn.count("marker-end") == shown > 10
    assert drawn.count("<circle") == len(model.setup.roster)
    assert [name for name in model.setup.roster.names if f">{name}</text>" not in drawn] == []


# --- the run --------------------------------------------------------------------------------------------------------


def test_a_run_is_shown_as_the_model_steps_through_it():
    shown = RunShown.of(read_scenario("baseline", SHORT), SEED, RUN)
    view, model = shown.view(), AccessionModel("baseline", SEED, RUN, changes=SHORT)
    while True:
        at, (ballots, reasons) = model.world.step, model.world.positions()
        assert view["ballot"][at] == ballots[0].tolist()
        assert view["reason"][at] == reasons[0].tolist()
        assert view["hot"][at] == model.world.is_war_hot[0]
        assert view["stage"][at] == model.stage.replace("_", " ").lower()
        np.testing.assert_allclose(np.array(view["stance"][at]) / 100, model.world.members.stance[0], atol=0.006)
        if not model.running:
            break
        model.step()
    assert len(view["days"]) == at + 1
    assert view["councils"]
    for place, first, after in view["spells"]:
        assert 0 <= place < len(model.setup.roster)
        assert 0 <= first < after <= at + 1
    assert all(len(view[name]) == at + 1 for name in STATES)


def test_a_member_of_a_run_is_explained_with_its_elections_and_payments():
    shown = RunShown.of(read_scenario("baseline", {"horizon": "2032-12-01"}), SEED, RUN)
    code = "HUN"
    view = shown.member_view(code)
    bars = {label: height for label, _, height, _ in view["waterfall"]}
    parts = sum(height for label, height in bars.items() if label not in ("start", "end"))
    assert bars["start"] + parts == pytest.approx(bars["end"], abs=1e-3)
    assert {year for year, _, _ in view["years"]} <= set(range(2025, 2033))
    assert sum(value for _, _, value in view["years"]) == pytest.approx(parts, abs=0.05)
    assert [day for day, _ in view["elections"]] == [
        str(entry.day) for entry in shown.entries if entry.kind == "election" and code in entry.members
    ]
    paid = shown.result.ledger
    payer, holdout = (paid.iloc[0][name] for name in ("payer", "holdout")) if len(paid) else ("USA", "HUN")
    own = shown.member_view(holdout)["payments"]
    assert len(own) == ((paid["payer"] == holdout) | (paid["holdout"] == holdout)).sum()
    assert all(holdout in (row[1], row[2]) for row in own)
    assert not len(paid) or payer in {row[1] for row in own}


def test_frequent_events_are_told_one_by_one():
    entries = RunShown.of(read_scenario("baseline", SHORT), SEED, RUN).entries
    assert not any("times:" in entry.text for entry in entries)


# --- the ensemble ---------------------------------------------------------------------------------------------------


def test_the_ensemble_s_view_is_that_of_the_same_runs_simulated():
    scenario = read_scenario("baseline", {"horizon": date(2034, 12, 1)})
    state = InteractiveState(scenario, 40, SEED, scenario.members().iso3)
    *_, now = state.stages({LEVER: 0.9})
    view = ensemble_view(now, "HUN")
    frame = article10.simulate(scenario, 40, SEED, changes={LEVER: 0.9}).outcomes
    names = {"member": 0, "shelved": 3}
    for run, outcome in enumerate(frame["outcome"]):
        assert view["outcome"][run] == names.get(outcome, 2 if pd.isna(frame["invitation_date"][run]) else 1), run
    share = float(frame["accession_date"].notna().mean())
    assert view["odds"]["share"] == view["curve"]["share"][-1] == pytest.approx(share)
    told = difference(now, state.given)
    assert told["gained"] - told["lost"] == round(40 * (share - view_of(state.given)))
    low, *_, high = (np.array(values) for values in view["fan"])
    assert (low <= high).all()


def view_of(snapshot: Snapshot) -> float:
    return float(snapshot.acceded[:, -1].mean())


# --- what a page can send -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"scenario": "/etc/passwd"}, "choose one of those listed"),
        ({"seed": "minus one"}, "seed = 'minus one'"),
        ({"run": -1}, "run = '-1'"),
        ({"member": "XXX"}, "member = 'XXX'"),
        ({"changes": {"base": "/etc/passwd"}}, "not a parameter"),
        ({"changes": {LEVER: "0.5"}}, "expected a number"),
        ({"changes": {LEVER: True}}, "expected a number"),
        ({"changes": {"accession.tolerated": 1.5}}, "expected a whole number"),
        ({"changes": {"candidate.may_shelve": 1}}, "expected true or false"),
        ({"pinned": {"russia.strategy": "own.py"}}, "expected one of"),
    ],
)
def test_what_a_page_may_not_state_is_refused(state: dict[str, object], said: str):
    with pytest.raises(ScenarioError, match=re.escape(said)):
        wanted(state, opened(Asked("baseline")))


@pytest.mark.parametrize("state", [None, 3, [], {}, {"changes": {LEVER: 0.5}}, {"changes": 7}])
def test_what_is_not_stated_is_as_opened_at_the_start(state: object):
    start = opened(Asked("baseline", run=4, seed=2))
    found = wanted(state, start)
    assert (found.opened, dict(found.changes), dict(found.pinned)) == (start, {}, {})


def test_what_is_opened_from_a_result_can_be_simulated_by_name(saved: Path, tmp_path: Path):
    start = opened(Asked(str(saved)))
    base = Base.of(start)
    assert base.command({LEVER: 0.8}).endswith(f"--set horizon=2028-12-01 --set {LEVER}=0.8")
    (tmp_path / "again.toml").write_text(base.toml("Again", {LEVER: 0.8}), "utf-8")
    again = read_scenario(tmp_path / "again.toml")
    assert again == read_scenario(start.scenario, {LEVER: 0.8}).model_copy(update={"name": "again", "title": "Again"})


def test_what_no_value_can_state_is_in_the_scenario_file(tmp_path: Path):
    events = [
        {"kind": "summit", "name": "one_more", "date": "2027-03-01"},
        {"kind": "guarantee", "name": "a_promise", "rate": 0.5, "level": 0.3, "providers": ["GBR", "FRA"]},
    ]
    base = read_scenario("baseline")
    changed = {"without": ["ISL"], "ballots": {"HUN": "object"}, "roster": {"SVK": {"stance": 0.4}}}
    but_the_first = [event.model_dump() for event in base.events[1:]]
    asked = {**base.model_dump(), **changed, "events": [*events, *but_the_first]}
    scenario = read_scenario(type(base).model_validate(asked), SHORT)
    article10.simulate(scenario, 2, SEED).save(tmp_path / RESULT)
    start = opened(Asked(str(tmp_path)))
    again = Base.of(start)
    assert again.command({}).startswith("article10 run baseline_scenario.toml")
    (tmp_path / "again.toml").write_text(again.toml("Again", {LEVER: 0.8}), "utf-8")
    read = read_scenario(tmp_path / "again.toml")
    simulated = read_scenario(start.scenario, {LEVER: 0.8})
    assert set(read.events) == set(simulated.events)
    same = {"name": "again", "title": "Again", "events": read.events}
    assert read == simulated.model_copy(update=same)


def test_files_hold_the_scenario_with_its_changes_and_its_outcomes(tmp_path: Path):
    start = Opened(read_scenario("baseline", SHORT), SEED, RUN, "baseline")
    asked = Wanted(start, "HUN", {LEVER: 0.8, "russia.strategy": "inert"})
    toml = file_of("scenario", asked)
    (tmp_path / toml["name"]).write_text(toml["text"], "utf-8")
    again = read_scenario(tmp_path / toml["name"])
    assert (again.stance.peer_rate, again.russia.strategy) == (0.8, "inert")
    table = pd.read_csv(io.StringIO(file_of("outcomes", asked)["text"]), index_col="run")
    assert len(table) == RUNS
    with pytest.raises(KeyError):
        file_of("anything", asked)


@pytest.mark.parametrize("kind", ["brief", "report"])
def test_brief_and_report_are_of_the_changed_scenario(kind: str, monkeypatch: pytest.MonkeyPatch):
    asked = Wanted(Opened(read_scenario("baseline", SHORT), SEED, RUN, "baseline"), "HUN", {LEVER: 0.8})
    written: list[object] = []

    class Page:
        def html(self) -> str:
            return "a page"

    def write(scenario: object, runs: int, seed: int, *, changes: object) -> Page:
        written[:] = [scenario, runs, seed, changes]
        return Page()

    monkeypatch.setattr(files, kind, write)
    assert file_of(kind, asked)["text"] == "a page"
    assert written == [asked.opened.scenario, RUNS, SEED, {LEVER: 0.8}]


# --- in a notebook --------------------------------------------------------------------------------------------------


def test_the_widget_of_a_notebook_answers_its_page_and_knows_what_it_shows(monkeypatch: pytest.MonkeyPatch):
    answers: list[dict[str, Any]] = []
    monkeypatch.setattr(Dashboard, "send", lambda board, answer: answers.append(answer))
    scenario = read_scenario("baseline", {**SHORT, "war.ceasefire_rate": 1.0})
    board = article10.dashboard(scenario, run=3, seed=5)
    try:
        board._receive(board, {"kind": "ensemble", "scene": True, "state": {"changes": {LEVER: 0.8}}}, [])
        board._session.wait()
    finally:
        board.close()
    scene, *ensembles = answers
    assert scene["scene"]["source"] == "baseline, as given"
    assert (scene["state"]["run"], scene["state"]["seed"]) == ("3", "5")
    assert [each["runs"] for each in ensembles] == [100, 300]
    assert f"--set war.ceasefire_rate=1.0 --set {LEVER}=0.8" in ensembles[-1]["command"]
    assert board.changes == {LEVER: 0.8}


def test_the_widget_s_module_names_every_script_that_another_imports():
    text = widget()
    sources = json.loads(text.partition("const sources = ")[2].partition(", addresses")[0])
    imported = {name for source in sources.values() for name in re.findall(r'from "\./([\w.]+)"', source)}
    assert imported | {"widget.js"} == sources.keys() - {"address.js"}
    assert "vegaEmbed" in sources["vega.js"]
