"""The dashboard, driven in a headless Chromium, and its parts without one."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from chromium import PROGRAM, Chromium, chromium
from typer.testing import CliRunner

import article10
from article10.model.accession_model import AccessionModel
from article10.model.scenario import ScenarioError
from article10.model.scenario_file import read_scenario, shipped
from article10.runs.command_line import app
from article10.runs.dashboard import drawings, serving
from article10.runs.dashboard.fan import Fan
from article10.runs.dashboard.levers import TELLING, levers, moved_to, position_step, with_change
from article10.runs.dashboard.news import latest, told
from article10.runs.dashboard.opening import Asked, opened, whole_number
from article10.runs.explore import DEFAULT_LEVERS, slider_range
from article10.runs.files import RESULT

SHORT = {"horizon": "2028-12-01"}
SEED, RUN = 5, 3
LEVER = "stance.peer_rate"

# --- in the browser -------------------------------------------------------------------------------------------------

in_browser = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"),
]


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """The command, and the address that it says, without a browser."""
    return subprocess.Popen(
        [sys.executable, "-m", "article10.runs.command_line", "dashboard", *map(str, arguments), "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    assert server.stderr is not None
    line = server.stdout.readline()
    assert line.startswith("Dashboard: http://127.0.0.1:"), line + server.stderr.read()
    return line.split()[1]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results, of four runs."""
    folder = tmp_path_factory.mktemp("results") / "few"
    folder.mkdir()
    article10.simulate("baseline", 4, SEED, changes=SHORT).save(folder / RESULT)
    return folder


@pytest.fixture(scope="module")
def server(saved: Path) -> Iterator[str]:
    process = start(saved, "--run", str(RUN), "--port", "0")
    try:
        yield address(process)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("chromium")) as opened_browser:
        yield opened_browser


@pytest.fixture
def page(browser: Chromium, server: str) -> Iterator[Chromium]:
    """The page just opened; whatever a test does, there is no error and no request to elsewhere."""
    browser.open(server)
    browser.wait(f"!!document.querySelector('img.a10-fan') && {DATE} == '01 Dec 2025'", seconds=60)
    yield browser
    browser.run("0")
    assert browser.errors == []
    assert len(browser.requests) > 10
    assert browser.strangers() == []


FIELDS = "document.querySelectorAll('.v-text-field')"


def button(label: str) -> str:
    return f"[...document.querySelectorAll('button')].find(b => b.innerText.trim() == '{label}')"


def field(label: str) -> str:
    return f"[...{FIELDS}].find(e => e.innerText.includes('{label}')).querySelector('input')"


def text(selector: str) -> str:
    return f"(document.querySelector('{selector}')?.innerText ?? '')"


DATE = text('[data-what="date"]')
HEAD, MESSAGE, FAN_TOLD = text(".a10-head"), text(".v-alert"), text(".a10-fan ~ * , .a10-panel:has(.a10-fan) .a10-hint")
PICTURE = "document.querySelector('img.a10-fan').src"
THUMB = (
    f"[...document.querySelectorAll('.a10-lever')].find(e => e.innerText.includes('{LEVER}'))"
    ".querySelector('.v-slider__thumb')"
)
PENDING = "document.body.innerText.includes('follows at its next reset')"


class TestInTheBrowser:
    """What a user sees and does."""

    pytestmark = in_browser

    def test_it_opens_a_stored_run_with_map_network_members_state_and_fan(self, page: Chromium):
        assert f"run {RUN} of seed {SEED}" in page.run(HEAD)
        assert page.run("document.querySelectorAll('.a10-map path[fill]').length") > 30
        assert page.run("document.querySelectorAll('.a10-network circle').length") == 32
        assert page.run("document.querySelectorAll('.a10-table tbody tr').length") == 32
        assert page.run(text('[data-what="stage"]')) == "aspirant"
        assert page.run("[...document.images].every(i => i.complete && i.naturalWidth > 400)")
        assert "of 300 runs" in page.run(FAN_TOLD)

    def test_it_plays_until_it_is_paused(self, page: Chromium):
        page.click(button("▶"))
        page.wait(f"{DATE} > '' && !['01 Dec 2025', '29 Dec 2025'].includes({DATE})")
        page.click(button("❚❚"))
        page.wait(f"!!{button('▶')}")
        page.run("new Promise(done => setTimeout(done, 500))")
        paused = page.run(DATE)
        page.run("new Promise(done => setTimeout(done, 700))")
        assert page.run(DATE) == paused

    def test_a_step_shows_the_same_world_as_the_model_and_reset_begins_anew(self, page: Chromium):
        model = AccessionModel("baseline", SEED, RUN, changes=SHORT)
        for _ in range(4):
            model.step()
        page.click(button("Step"))
        page.wait(f"{DATE} == '{model.date:%d %b %Y}'")
        stances = {name: f"{value:+.2f}" for name, value in zip(*now(model), strict=True)}
        shown = (
            "Object.fromEntries([...document.querySelectorAll('.a10-table tbody tr')]"
            ".map(r => [r.cells[0].innerText, r.cells[1].innerText.replace('−', '-')]))"
        )
        page.wait(shown, lambda found: found == stances)
        assert page.run("document.querySelectorAll('.a10-news time').length") > 0
        page.click(button("Reset"))
        page.wait(f"{DATE} == '01 Dec 2025'")

    def test_a_slider_changes_the_fan_at_once_and_the_world_at_its_reset(self, page: Chromium):
        before = page.run(PICTURE)
        page.click(THUMB)
        page.key("End", 35)
        page.wait(f"{PICTURE} != {before!r} && {FAN_TOLD}.includes('--set')")
        scenario = read_scenario("baseline", SHORT)
        high = slider_range(next(d for d in levers(scenario)[TELLING] if d.key == LEVER))[1]
        expected = Fan(scenario, SEED).drawn({LEVER: high}, "HUN").told
        assert page.run(FAN_TOLD) == f"{expected}\n--set {LEVER}={high}"
        assert page.run(PENDING)
        page.click(button("Reset"))
        page.wait(f"!{PENDING}")
        page.click(button("Levers back"))
        page.wait(f"!{FAN_TOLD}.includes('--set') && {PENDING}")

    def test_a_bad_seed_is_said_and_a_good_one_opens_its_world(self, page: Chromium):
        page.write(field("Seed"), "minus one")
        assert page.wait(MESSAGE).startswith("seed = 'minus one': expected a whole number")
        assert f"seed {SEED}" in page.run(HEAD)
        page.write(field("Seed"), "8")
        page.wait(f"{HEAD}.includes('run {RUN} of seed 8')")
        assert page.run(MESSAGE) == ""
        page.write(field("Run"), "41")
        page.wait(f"{HEAD}.includes('run 41 of seed 8')")

    def test_another_scenario_can_be_picked(self, page: Chromium):
        name = "early_ceasefire" if "early_ceasefire" in shipped() else list(shipped())[1]
        page.click(field("Scenario"))
        item = f"[...document.querySelectorAll('.v-list-item')].find(e => e.innerText.trim() == '{name}')"
        page.wait(f"!!{item}")
        page.run(f"{item}.click()")
        page.wait(f"{HEAD}.includes({read_scenario(name).title!r})")
        page.wait(f"!!document.querySelector('img.a10-fan') && {FAN_TOLD}.includes('2035')", seconds=60)

    @pytest.mark.parametrize("width", [1440, 390])
    def test_nothing_is_wider_than_the_window(self, page: Chromium, width: int):
        page.resize(width)
        page.wait(f"window.innerWidth == {width}")
        page.run("new Promise(done => setTimeout(done, 300))")
        panels = "[...document.querySelectorAll('.a10-panel')]"
        assert page.run("document.scrollingElement.scrollWidth") <= width
        assert page.run(f"{panels}.every(e => e.getBoundingClientRect().right <= innerWidth)")


def now(model: AccessionModel) -> tuple[tuple[str, ...], list[float]]:
    return model.setup.roster.names, model.world.members.stance[0].tolist()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX systems")
def test_an_interrupt_ends_it_without_a_word():
    process = start("--port", "0")
    address(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out.strip(), err) == (0, "", "")


# --- the command ----------------------------------------------------------------------------------------------------


def test_what_is_not_installed_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serving, "find_spec", lambda name: None if name == "solara_assets" else object())
    done = CliRunner().invoke(app, ["dashboard"])
    assert done.exit_code == 2
    assert done.stderr == "article10: the dashboard needs solara-assets: pip install 'article10[dashboard]'\n"


def test_a_taken_port_is_refused_and_another_chosen_where_none_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(app, ["dashboard", "--no-browser", "--port", str(port)])
        assert (done.exit_code, f"--port {port}: taken" in done.stderr) == (2, True)
        monkeypatch.setattr(serving, "FIRST_PORT", port)
        with serving.listening(None) as found:
            assert port < found.getsockname()[1] < port + serving.TRIED_PORTS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no_such_scenario"], "no_such_scenario"),
        (["{saved}", "--run", "9"], "holds runs 0 to 3"),
        (["{saved}/.."], "neither `article10 run` nor `article10 batch`"),
    ],
)
def test_what_cannot_be_opened_is_said_before_anything_is_served(saved: Path, arguments: list[str], said: str):
    done = CliRunner().invoke(app, ["dashboard", *(part.format(saved=saved) for part in arguments)])
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


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
    with pytest.raises(ScenarioError, match="function rest as strategy"):
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


# --- levers ---------------------------------------------------------------------------------------------------------


def test_the_levers_are_those_of_explore_and_then_all_that_are_declared():
    groups = levers(read_scenario("baseline"))
    assert tuple(d.key for d in groups[TELLING]) == DEFAULT_LEVERS
    assert all(d.key.startswith(f"{group}.") for group, found in groups.items() if group != TELLING for d in found)
    assert {"stance", "russia", "war", "guarantees"} < set(groups)


def test_a_slider_stays_in_range_and_finds_the_scenarios_own_value_again():
    for found in levers(read_scenario("baseline")).values():
        for declared in found:
            if isinstance(declared.default, bool | str):
                continue
            low, high = slider_range(declared)
            assert moved_to(declared, low - 1) == low
            assert moved_to(declared, high + 1) == high
            near = low + round((declared.default - low) / position_step(declared)) * position_step(declared)
            assert moved_to(declared, near) == declared.default
            assert type(moved_to(declared, near)) is type(declared.default)


def test_a_lever_moved_back_is_no_change():
    declared = next(d for d in levers(read_scenario("baseline"))[TELLING] if d.key == LEVER)
    moved = with_change({"russia.effort": 1.0}, declared, 0.9)
    assert moved == {"russia.effort": 1.0, LEVER: 0.9}
    assert with_change(moved, declared, declared.default) == {"russia.effort": 1.0}


# --- news, drawings, fan --------------------------------------------------------------------------------------------


def test_news_are_told_when_they_have_happened_and_not_before():
    model = AccessionModel("baseline", SEED, RUN, changes=SHORT)
    entries = told(model)
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
    changes = {**SHORT, "accession.objection_line": -0.99, "accession.war_bar": 0.0}
    model = AccessionModel("baseline", 1, 0, changes=changes)
    entries = told(model)
    stage = model.stage
    while model.running and model.stage == stage:
        model.step()
    assert model.stage != stage
    newest = [entry for entry, new in latest(entries, model.date, 7) if new and entry.kind == "accession"]
    assert newest


def test_frequent_events_are_told_one_by_one():
    entries = told(AccessionModel("baseline", SEED, RUN, changes=SHORT))
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
    shown = (model.setup.network >= drawings.SHOWN_WEIGHT).sum()
    assert drawn.count("marker-end") == shown > 10
    assert drawn.count("<circle") == len(model.setup.roster)


def test_the_history_of_stances_is_the_run():
    model = AccessionModel("baseline", SEED, RUN, changes=SHORT)
    for _ in range(5):
        model.step()
    stances = article10.simulate("baseline", 1, SEED, first_run=RUN, changes=SHORT).data["stance"].to_numpy()[0]
    np.testing.assert_array_equal(drawings.stance_history(model).astype(np.float32), stances[:6])


def test_the_fan_tells_what_the_same_worlds_do_and_comes_back():
    scenario = read_scenario("baseline", {"horizon": date(2030, 12, 1)})
    fan = Fan(scenario, SEED, runs=40)
    first = fan.drawn({}, "HUN")
    moved = fan.drawn({LEVER: 0.9}, "HUN")
    assert moved.png != first.png
    assert "difference" in moved.told
    joined = article10.simulate(scenario, 40, SEED, changes={LEVER: 0.9}).outcomes["accession_date"].notna().mean()
    assert f"{joined:.1%} of 40 runs" in moved.told
    assert fan.drawn({}, "POL").png != first.png
    assert fan.drawn({}, "HUN") == replace(first)
