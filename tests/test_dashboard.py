"""The dashboard, driven in a headless Chromium, and its command."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from chromium import PROGRAM, Chromium, chromium
from typer.testing import CliRunner

import article10
from article10.model import extras
from article10.model.accession_model import AccessionModel
from article10.model.scenario_file import read_scenario
from article10.runs.command_line import app
from article10.runs.ensemble.netcdf import RESULT
from article10.runs.figures.plot import most_opposed
from article10.runs.interactive.dashboard import serving
from article10.runs.interactive.dashboard.fan import Fan
from article10.runs.interactive.positions import Positions
from article10.runs.interactive.sliders import SELECTED, parameters_by_group

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
    """A folder of results, of four runs, with a path that is wider than a telephone."""
    folder = tmp_path_factory.mktemp("results") / "_".join(["far_away"] * 12)
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
ROW = f"[...document.querySelectorAll('.a10-slider')].find(e => e.innerText.includes('{LEVER}'))"
THUMB = f"{ROW}.querySelector('.v-slider__thumb')"
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

    def test_it_plays_step_by_step_until_it_is_paused(self, page: Chromium):
        page.run(
            f"window.seen = []; window.look = setInterval(() => {{ const d = {DATE};"
            " if (d && d != window.seen.at(-1)) window.seen.push(d); }, 20)"
        )
        page.click(button("▶"))
        seen = page.wait("window.seen", lambda dates: len(dates) > 5, seconds=60)
        page.click(button("❚❚"))
        days = [datetime.strptime(day, "%d %b %Y") for day in seen]
        assert {after - before for before, after in pairwise(days)} == {timedelta(weeks=4)}
        page.wait(f"!!{button('▶')}")
        rest = f"new Promise(done => setTimeout(() => done({DATE}), 1500))"
        paused = page.run(rest)  # a step that was under way is done
        assert page.run(rest) == paused

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
        page.wait(f"{PICTURE} != {before!r} && {FAN_TOLD}.includes('--set') && !{FAN_TOLD}.includes('the first')")
        scenario = read_scenario("baseline", SHORT)
        high = Positions.of(next(d for d in parameters_by_group(scenario)[SELECTED] if d.key == LEVER)).high
        expected = Fan(scenario, SEED).drawn({LEVER: high}, most_opposed(scenario)).headline
        assert page.run(FAN_TOLD) == f"{expected}\n--set {LEVER}={high}"
        assert page.run(PENDING)
        page.click(button("Reset"))
        page.wait(f"!{PENDING}")
        page.click(button("Reset parameters"))
        page.wait(f"!{FAN_TOLD}.includes('--set') && {PENDING}")

    def test_a_dragged_slider_is_followed_and_the_last_value_wins(self, page: Chromium):
        page.wait(f"{FAN_TOLD}.includes('of 300 runs')", seconds=60)
        page.run(
            f"window.told = []; new MutationObserver(() => {{ const t = {FAN_TOLD};"
            " if (t && t != window.told.at(-1)) window.told.push(t); })"
            ".observe(document.body, {subtree: true, childList: true, characterData: true})"
        )
        page.drag(THUMB, right=60, moves=30, pause=0.05)
        value = f"parseFloat({ROW}.querySelector('.a10-name b').innerText)"
        page.wait(f"{FAN_TOLD}.endsWith('{LEVER}=' + {value}) && !{FAN_TOLD}.includes('the first')", seconds=60)
        assert page.run(f"new Promise(done => setTimeout(() => done({FAN_TOLD} == window.told.at(-1)), 1500))")
        told = [text for text in page.run("window.told") if "--set" in text]
        values = [float(text.rpartition("=")[2]) for text in told]
        assert values == sorted(values), "a picture of an earlier value has followed that of a later one"
        assert values[0] < values[-1] == page.run(value), "nothing was drawn before the slider rested"
        assert "of the first 100 of 300 runs" in told[0]
        scenario = read_scenario("baseline", SHORT)
        expected = Fan(scenario, SEED).drawn({LEVER: values[-1]}, most_opposed(scenario)).headline
        assert told[-1] == f"{expected}\n--set {LEVER}={values[-1]}"

    def test_a_bad_seed_is_said_and_a_good_one_opens_its_world(self, page: Chromium):
        page.write(field("Seed"), "minus one")
        assert page.wait(MESSAGE).startswith("seed = 'minus one': expected a whole number")
        assert f"seed {SEED}" in page.run(HEAD)
        page.write(field("Seed"), "8")
        page.wait(f"{HEAD}.includes('run {RUN} of seed 8')")
        page.wait(f"{MESSAGE} == ''")
        page.write(field("Run"), "41")
        page.wait(f"{HEAD}.includes('run 41 of seed 8')")

    def test_another_scenario_can_be_picked(self, page: Chromium):
        name = "no_pressure"
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
        wide = (
            "[...document.querySelectorAll('.a10, .a10 *')].filter(e => e.getBoundingClientRect().right > innerWidth)"
        )
        page.wait(f"{wide}.filter(e => !e.closest('svg, .a10-table, .v-input')).length == 0")
        assert page.run("document.querySelectorAll('.a10-panel').length") > 5


def now(model: AccessionModel) -> tuple[tuple[str, ...], list[float]]:
    return model.setup.roster.names, model.world.members.stance[0].tolist()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX systems")
@pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)")
def test_an_interrupt_ends_it_at_once_and_without_a_word_even_while_a_world_plays(tmp_path: Path):
    process = start("--port", "0")
    try:
        with chromium(tmp_path) as browser:
            browser.open(address(process))
            browser.click(button("▶"))
            browser.wait(f"!!{button('❚❚')}")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=5)
    finally:
        process.kill()
    assert (process.returncode, out.strip(), err) == (0, "", "")


# --- the command ----------------------------------------------------------------------------------------------------


def test_what_is_not_installed_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "solara_assets" else object())
    done = CliRunner().invoke(app, ["dashboard"])
    assert done.exit_code == 2
    assert done.stderr == (
        'article10: dashboard needs solara_assets: in the folder of the repository, pip install -e ".[dashboard]"\n'
    )


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
        (["baseline", "--point", "3"], "--point 3: baseline is not the folder of a batch"),
        (["{saved}", "--run", "9"], "holds runs 0 to 3"),
        (["{saved}/.."], "neither `article10 run` nor `article10 batch`"),
    ],
)
def test_what_cannot_be_opened_is_said_before_anything_is_served(saved: Path, arguments: list[str], said: str):
    done = CliRunner().invoke(app, ["dashboard", *(part.format(saved=saved) for part in arguments)])
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
