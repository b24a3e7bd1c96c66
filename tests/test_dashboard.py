"""The dashboard, driven in a headless Chromium, and its command."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from chromium import PROGRAM, Chromium, chromium
from typer.testing import CliRunner

import article10
from article10.model import extras
from article10.model.accession_model import AccessionModel
from article10.model.scenario_file import read_scenario
from article10.runs.command_line import app
from article10.runs.ensemble.netcdf import RESULT
from article10.runs.interactive.dashboard import serving
from article10.runs.interactive.dashboard.ensemble_view import difference
from article10.runs.interactive.dashboard.run_view import RunShown
from article10.runs.interactive.positions import Positions
from article10.runs.interactive.sliders import SELECTED, parameters_by_group
from article10.runs.interactive.state import RUNS, InteractiveState

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


DOTS = '.dots path[aria-label^="Run"]'
BARS = ".why .mark-rect.role-mark path"
READY = f"document.querySelectorAll('{DOTS}').length == 300 && !!document.querySelector('.why svg')"


@pytest.fixture
def page(browser: Chromium, server: str) -> Iterator[Chromium]:
    """The page just opened; whatever a test does, there is no error and no request to elsewhere."""
    browser.open(server)
    browser.wait(f"{READY} && {SETTLED}", seconds=60)
    yield browser
    browser.run("0")
    assert browser.errors == []
    assert len(browser.requests) > 10
    assert browser.strangers() == []


def one(selector: str) -> str:
    return f"document.querySelector({selector!r})"


def text(selector: str) -> str:
    return f"({one(selector)}?.innerText ?? '')"


def do(action: str) -> str:
    return one(f"[data-do={action}]")


def dot(run: int) -> str:
    return one(f'.dots path[aria-label^="Run {run}:"]')


def number_of(query: str) -> str:
    return f"document.querySelectorAll({query!r}).length"


DATE, ODDS, COMPARED, MEMBER = text("[data-what=date]"), text(".odds-body"), text(".compared"), text("#member h2")
RUN_SHOWN, SETTLED = text("#timeline h2"), "document.querySelector('progress').hidden"
SLIDER = one(f'[data-key="{LEVER}"] input')
SHOWN = text(f'[data-key="{LEVER}"] output')
STANCES = (
    "Object.fromEntries([...document.querySelectorAll('#table tbody tr')]"
    ".map(r => [r.cells[0].innerText, Number(r.cells[1].innerText.replace('−', '-'))]))"
)


def dated(model: AccessionModel) -> str:
    return f"{model.date.day} {model.date:%B %Y}"


def stances(model: AccessionModel) -> dict[str, float]:
    values = model.world.members.stance[0].tolist()
    return dict(zip(model.setup.roster.names, (round(value, 2) for value in values), strict=True))


CONTRASTS = """(() => {
  const OTHER = "svg.a10-map, title, option, [aria-hidden], :disabled, .mark-text.role-mark";
  const pixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  const shade = (colour) => {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    return [...pixel.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const groundOf = (e) => {
    const found = shade(getComputedStyle(e).backgroundColor);
    return found[3] === 255 || !e.parentElement ? found : groundOf(e.parentElement);
  };
  const isText = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  return [...document.querySelectorAll("#dashboard *")]
    .filter((e) => isText(e) && e.checkVisibility() && !e.closest(OTHER))
    .map((e) => {
      const own = getComputedStyle(e);
      const [a, b] = [shade(e.closest("svg") ? own.fill : own.color), groundOf(e)].map(light);
      return [e.textContent.trim().slice(0, 40), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    });
})()"""
"""Text on the page and its contrast with its ground, as the Web Content Accessibility Guidelines define it."""


def to_the_end(page: Chromium) -> None:
    """Move the slider to its end by the keyboard."""
    page.run(f"{SLIDER}.focus()")
    page.key("End", 35)
    page.wait(f"{SETTLED} && {COMPARED}.includes('--set {LEVER}')", seconds=60)


class TestInTheBrowser:
    """What a user sees and does."""

    pytestmark = in_browser

    def test_it_opens_a_stored_run_with_odds_map_runs_timeline_members_and_network(self, page: Chromium):
        assert page.run(f"[{one('input.run')}.value, {one('input.seed')}.value]") == [str(RUN), str(SEED)]
        assert page.run(number_of("#map .a10-member")) > 25
        assert page.run(number_of("#network circle")) == page.run(number_of("#table tbody tr")) == 32
        assert "aspirant" in page.run(text("#map .now"))
        assert "is a member by December 2028" in page.run(ODDS)
        assert page.run(number_of("#timeline .strip .mark-rule line")) > 20
        assert page.run("document.documentElement.lang") == "en"

    def test_it_plays_step_by_step_until_it_is_paused(self, page: Chromium):
        page.run(
            f"window.seen = []; window.look = setInterval(() => {{ const d = {DATE};"
            " if (d && d != window.seen.at(-1)) window.seen.push(d); }, 10)"
        )
        page.click(do("play"))
        seen = page.wait("window.seen", lambda dates: len(dates) > 5, seconds=60)
        page.click(do("play"))
        days = [datetime.strptime(day, "%d %B %Y") for day in seen]
        assert {(after - before) % timedelta(weeks=4) for before, after in pairwise(days)} == {timedelta(0)}
        page.wait(f"{text('[data-do=play]')} == 'Play'")
        page.run("new Promise(done => setTimeout(done, 200))")  # the last week is drawn
        paused = page.run(DATE)
        assert page.run(f"new Promise(done => setTimeout(() => done({DATE}), 600))") == paused

    def test_a_step_shows_the_same_week_as_the_model_and_back_leads_back(self, page: Chromium):
        model = AccessionModel("baseline", SEED, RUN, changes=SHORT)
        first = dated(model)
        for _ in range(4):
            model.step()
        page.click(do("step"))
        page.wait(f"{DATE} == '{dated(model)}'")
        page.wait(STANCES, lambda found: found == pytest.approx(stances(model), abs=0.006))
        assert page.run(number_of(".news time")) > 0
        page.click(do("back"))
        page.wait(f"{DATE} == '{first}'")

    def test_scrubbing_and_jumping_go_to_councils_and_changes(self, page: Chromium):
        councils = RunShown.of(read_scenario("baseline", SHORT), SEED, RUN).view()["councils"]
        page.click(do("council"))
        shown = page.wait(DATE, lambda shown: shown != "1 December 2025")
        days = (datetime.strptime(shown, "%d %B %Y") - datetime.fromisoformat(councils[0][0])).days
        assert 0 < days <= 7  # the first week that begins after the council
        page.click(do("change"))
        page.run(f"{one('.scrub')}.focus()")
        page.key("End", 35)
        page.wait(f"{DATE}.endsWith('2028')")
        page.click(do("start"))
        page.wait(f"{DATE} == '1 December 2025'")

    def test_a_slider_moved_by_keys_changes_the_odds_and_then_the_run(self, page: Chromium):
        to_the_end(page)
        scenario = read_scenario("baseline", SHORT)
        high = Positions.of(next(d for d in parameters_by_group(scenario)[SELECTED] if d.key == LEVER)).high
        state = InteractiveState(scenario, RUNS, SEED, ["HUN"])
        *_, changed = state.stages({LEVER: high})
        compared = page.run(COMPARED)
        assert difference(changed, state.given)["text"].replace("-", "−") in compared
        assert f"--set {LEVER}={high}" in compared
        model = AccessionModel("baseline", SEED, RUN, changes={**SHORT, LEVER: high})
        for _ in range(4):
            model.step()
        page.click(do("step"))
        page.wait(STANCES, lambda found: found == pytest.approx(stances(model), abs=0.006))
        page.click(one("#levers .reset"))
        page.wait(f"{SETTLED} && !{COMPARED}.includes('--set {LEVER}')")

    def test_a_dragged_slider_is_followed_and_the_last_value_wins(self, page: Chromium):
        page.run(
            f"window.told = []; new MutationObserver(() => {{ const t = {ODDS} + {COMPARED};"
            f" if (t.includes('--set {LEVER}') && t != window.told.at(-1)) window.told.push(t); }})"
            ".observe(document.querySelector('#odds'), {subtree: true, childList: true, characterData: true})"
        )
        page.drag(SLIDER, right=60, moves=30, pause=0.05)
        page.wait(f"{SETTLED} && {COMPARED}.endsWith('{LEVER}=' + Number({SHOWN}))", seconds=60)
        told = [words for words in page.run("window.told") if f"--set {LEVER}=" in words]
        values = [float(words.rpartition("=")[2]) for words in told]
        assert values == sorted(values), "a picture of an earlier value has followed that of a later one"
        assert values[0] < values[-1], "nothing was drawn before the slider rested"
        assert any("the first 100 of 300 runs" in words for words in told)
        assert "in 300 runs" in told[-1]

    def test_a_member_is_chosen_on_the_map_in_the_network_and_in_the_table(self, page: Chromium):
        page.click(one('#map path.a10-member[data-code="ESP"]'))
        page.wait(f"{MEMBER} == 'Spain' && {one('.why div')}.ariaLabel.includes('Spain')")
        page.click(one('#network circle[data-code="POL"]'))
        page.wait(f"{MEMBER} == 'Poland' && {number_of('.fan .mark-area path')} >= 2 && {number_of(BARS)} > 2")
        page.run(f"{one('#table tr[data-code=TUR] button')}.focus()")
        page.key("Enter", 13, "\r")
        page.wait(f"{MEMBER} == 'Türkiye' && {one('#table tr[data-code=TUR] button')}.ariaPressed == 'true'")

    def test_the_map_is_walked_by_the_arrow_keys(self, page: Chromium):
        page.click(one('#map path.a10-member[data-code="POL"]'))
        page.wait(f"{MEMBER} == 'Poland'")
        page.run(f"{one('#map .drawn')}.focus()")
        page.key("ArrowLeft", 37)
        page.wait(f"['Germany', 'Czechia'].includes({MEMBER})")
        page.key("ArrowRight", 39)
        page.wait(f"!['Germany', 'Czechia'].includes({MEMBER})")

    def test_a_dot_opens_its_run_by_a_click_or_by_keys(self, page: Chromium):
        page.click(dot(41))
        page.wait(f"{one('input.run')}.value == '41' && {RUN_SHOWN}.startsWith('Run 41 ')")
        page.run(f"{one('.dots')}.focus()")
        page.key("ArrowDown", 40)
        said = page.wait(text("#ensemble .at"))
        page.key("Enter", 13, "\r")
        page.wait(f"{RUN_SHOWN}.startsWith({said.partition(':')[0] + ' '!r})")

    def test_what_is_pinned_is_compared_with_in_the_same_runs(self, page: Chromium):
        to_the_end(page)
        page.click(one(".pin"))
        page.wait(f"{SETTLED} && !{COMPARED}.includes('A, ')")
        page.run(f"{SLIDER}.focus()")
        page.key("Home", 36)
        page.wait(f"{SETTLED} && {COMPARED}.startsWith('A, pinned')", seconds=60)
        assert "Difference in the same runs" in page.run(COMPARED)

    def test_a_link_opens_what_was_shown(self, page: Chromium, server: str):
        to_the_end(page)
        page.click(dot(17))
        page.click(one('#network circle[data-code="NOR"]'))
        page.wait(f"{RUN_SHOWN}.startsWith('Run 17 ')")
        page.click(do("step"))
        parts = ("run=17", "at=", "NOR", "set=")
        search = page.wait("location.search", lambda words: all(part in words for part in parts))
        shown = [page.run(what) for what in (DATE, MEMBER, COMPARED, ODDS)]
        page.open(f"{server}/?run=1")
        page.wait(f"{RUN_SHOWN}.startsWith('Run 1 ')", seconds=60)
        page.open(f"{server}/{search}")
        page.wait(f"{READY} && {SETTLED} && {DATE} == {shown[0]!r}", seconds=60)
        assert [page.run(what) for what in (DATE, MEMBER, COMPARED, ODDS)] == shown

    def test_the_link_that_is_copied_is_the_address_of_what_is_shown(self, page: Chromium, server: str):
        page.call(
            "Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"], origin=server
        )
        page.click(one('#network circle[data-code="NOR"]'))
        page.wait("location.search.includes('member=NOR')")
        page.click(one("#take .link"))
        page.wait(f"{text('#take .done')} == 'Link copied.'")
        assert page.run("navigator.clipboard.readText()") == page.run("location.href")

    def test_pictures_outcomes_and_scenario_are_downloaded(self, page: Chromium, tmp_path: Path):
        page.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
        page.click(one("#take summary"))
        for selector, name in (
            ('[data-picture="svg"]', "map.svg"),
            ('[data-picture="png"]', "map.png"),
            ('[data-file="scenario"]', "baseline_scenario.toml"),
            ('[data-file="outcomes"]', "baseline_outcomes.csv"),
        ):
            until = time.monotonic() + 30
            while not (tmp_path / name).exists():
                page.click(one(selector))  # again, if the browser is still busy with the file before
                time.sleep(1)
                assert time.monotonic() < until, name
        assert ET.parse(tmp_path / "map.svg").getroot().tag.endswith("svg")
        assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
        assert (tmp_path / "baseline_outcomes.csv").read_text("utf-8").count("\n") == RUNS + 1

    def test_a_bad_seed_is_said_and_a_good_one_opens_its_runs(self, page: Chromium):
        page.write(one("input.seed"), "minus one")
        page.wait(f"{one('input.seed')}.validationMessage.includes('whole number')")
        assert f"of seed {SEED}" in page.run(RUN_SHOWN)
        page.write(one("input.seed"), str(2**63 - 1))
        page.wait(f"{SETTLED} && {RUN_SHOWN}.includes('of seed {2**63 - 1}')", seconds=60)

    def test_what_the_address_states_wrongly_is_said(self, page: Chromium, server: str):
        page.open(f"{server}/?scenario=/etc/passwd")
        assert "choose one of those listed" in page.wait(text("#message"))

    def test_another_scenario_can_be_chosen(self, page: Chromium):
        page.run(
            "window.wrong = []; new MutationObserver(() => { const shown = document.body.innerText;"
            " if (/NaN|undefined/.test(shown)) window.wrong.push(shown); })"
            ".observe(document.body, {subtree: true, childList: true, characterData: true})"
        )
        for name in ("finland_2022", "no_pressure"):  # of fewer members, and of all again
            scenario = read_scenario(name)
            page.run(f"(s => {{ s.value = {name!r}; s.dispatchEvent(new Event('change')); }})({one('.scenario')})")
            page.wait(f"{text('#which .title')} == {scenario.title!r}")
            page.wait(
                f"{SETTLED} && {ODDS}.includes('{scenario.horizon.year}') && {RUN_SHOWN} != 'One run'", seconds=60
            )
            page.wait(f"{number_of('#table tbody tr')} == {len(scenario.members())} && {DATE} != ''")
        assert page.run("window.wrong") == []

    @pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
    def test_odds_map_and_runs_are_above_the_fold_and_nothing_is_wider_than_the_window(
        self, page: Chromium, width: int, height: int
    ):
        page.resize(width, height)
        page.wait(f"window.innerWidth == {width}")
        wide = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        page.wait(f"{wide}.filter(e => !e.closest('svg, .scroll')).length == 0")
        page.run("scrollTo(0, 0)")
        for part in (".big", "#map svg", ".dots svg"):
            box = f"{one(part)}.getBoundingClientRect()"
            page.wait(f"{box}.height > 40 && {box}.bottom < {height}")

    def test_every_control_has_a_name_can_be_reached_by_keys_and_shows_its_focus(self, page: Chromium):
        nodes = page.call("Accessibility.getFullAXTree")["nodes"]
        roles = ("button", "slider", "combobox", "textbox", "checkbox", "img", "image", "DisclosureTriangle")
        controls = [node for node in nodes if node.get("role", {}).get("value") in roles]
        assert len(controls) > 60
        assert [node for node in controls if not node.get("name", {}).get("value")] == []
        reached = set()
        for _ in range(60):
            page.key("Tab", 9)
            reached.add(page.run("document.activeElement.closest('section, header > div, a')?.id || 'skip'"))
            assert page.run("parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2")
        assert {"which", "take", "levers", "timeline", "skip"} <= reached

    def test_a_dark_screen_gets_a_dark_page_with_light_text(self, page: Chromium):
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        looks = (
            "(e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color])(document.querySelector('.panel'))"
        )
        ground, ink = page.run(looks)
        page.call("Emulation.setEmulatedMedia", features=[])
        dark, light = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ground, ink))
        assert dark < 150 < 500 < light

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_text_stands_out_from_its_ground(self, page: Chromium, scheme: str):
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        to_the_end(page)
        found = page.run(CONTRASTS)
        page.call("Emulation.setEmulatedMedia", features=[])
        assert len(found) > 100
        assert {words for words, contrast in found if contrast < 4.5} == set()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX systems")
@pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)")
def test_an_interrupt_ends_it_at_once_and_without_a_word_even_while_it_simulates(tmp_path: Path):
    process = start("--port", "0")
    try:
        with chromium(tmp_path) as browser:
            browser.open(address(process))
            browser.wait(f"{READY} && {SETTLED}", seconds=60)
            browser.run(f"{SLIDER}.focus()")
            browser.key("End", 35)  # work is under way
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=5)
    finally:
        process.kill()
    assert (process.returncode, out.strip(), err) == (0, "", "")


# --- the command ----------------------------------------------------------------------------------------------------


def test_what_is_not_installed_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "uvicorn" else object())
    done = CliRunner().invoke(app, ["dashboard"])
    assert done.exit_code == 2
    assert done.stderr == (
        'article10: dashboard needs uvicorn: in the folder of the repository, pip install -e ".[dashboard]"\n'
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
