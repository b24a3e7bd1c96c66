"""The slider panel and the dashboard in the front end of JupyterLab, driven in a headless Chromium."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import nbformat
import pytest
from chromium import PROGRAM, Chromium, chromium

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"),
]

SHOW = """
import article10
from article10.model.scenario import all_declarations
groups = list(dict.fromkeys(d.key.partition(".")[0] for d in all_declarations()))
panel = article10.explore(
    article10.read_scenario("{scenario}", {changes}), {levers}, runs=2, members=["DEU"]
)
first = {{key: slider.value for key, slider in panel.sliders.items()}}
panel
"""

TELL = (
    "print(repr((get_ipython().execution_count, panel.changes, {k: s.value for k, s in panel.sliders.items()}, first)))"
)

RUN = "document.querySelector('[data-command=\"notebook:run-cell-and-select-next\"]')"


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """The server's address, with nothing of the user's: neither settings nor other servers."""
    private = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    server_options = ("ServerApp.ip=127.0.0.1", "ServerApp.port=0", "IdentityProvider.token=")
    options = [
        "--no-browser",
        "--allow-root",
        f"--notebook-dir={folder}",
        *(f"--{option}" for option in server_options),
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env={**os.environ, **private},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _address(folder / "runtime", server)
    finally:
        server.terminate()
        server.wait(30)


def _address(runtime: Path, server: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        for found in runtime.glob("jpserver-*.json"):
            if found.read_text():
                return f"http://127.0.0.1:{json.loads(found.read_text())['port']}"
        time.sleep(0.1)
    raise AssertionError("JupyterLab did not start within 60 s")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("lab")
    with jupyterlab(folder) as address:
        yield folder, address


@pytest.fixture
def notebook(lab: tuple[Path, str], tmp_path: Path) -> Iterator[Callable[..., Chromium]]:
    """Opens a notebook with some cells and runs the first, as a user would: by the button above it."""
    folder, address = lab
    with chromium(tmp_path) as page:

        def opened(*texts: str) -> Chromium:
            cells = [nbformat.v4.new_code_cell(text) for text in texts]
            kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
            path = folder / f"{tmp_path.name}.ipynb"
            nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
            page.open(f"{address}/lab/workspaces/{tmp_path.name}/tree/{path.name}?reset")
            page.wait(f"document.querySelectorAll('.jp-CodeCell').length == {len(texts)}", seconds=180)
            page.wait(
                "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status == 'idle'", seconds=120
            )
            run_cell(page, 0)
            return page

        yield opened


@pytest.fixture
def show(notebook: Callable[..., Chromium]) -> Callable[..., Chromium]:
    """Shows the panel of a scenario."""

    def shown(levers: str, scenario: str = "baseline", **changes: object) -> Chromium:
        made = SHOW.format(scenario=scenario, levers=levers, changes={"horizon": "2026-02-01", **changes})
        page = notebook(made, TELL)
        page.wait("document.querySelectorAll('.widget-slider .noUi-handle').length > 0", seconds=180)
        return page

    return shown


def run_cell(page: Chromium, place: int, tries: int = 6) -> None:
    """Select a cell and click on the button that runs it, until its prompt shows that it runs or has run.

    JupyterLab takes no notice of the button before the notebook is whole, which it does not say.
    """
    cell = f"document.querySelectorAll('.jp-CodeCell')[{place}]"
    prompt = f"{cell}.querySelector('.jp-InputPrompt')?.innerText ?? ''"
    before = page.run(prompt)
    for left in reversed(range(tries)):
        page.click(f"{cell}.querySelector('.cm-content')")
        page.click(RUN)
        with suppress(AssertionError) if left else nullcontext():
            page.wait(prompt, lambda now: now != before, seconds=15)
            return


def told(page: Chromium) -> tuple[dict[str, object], dict[str, object], dict[str, object]]:
    """What has been changed, where the sliders stand, and where they stood before they were shown."""
    output = "(document.querySelectorAll('.jp-CodeCell')[1].querySelector('.jp-OutputArea-output')?.innerText ?? '')"
    before = page.run(output)
    run_cell(page, 1)
    text = page.wait(output, lambda now: now.startswith("(") and now != before, seconds=180)
    _, changes, positions, first = ast.literal_eval(text)
    return changes, positions, first


def handle(key: str) -> str:
    """The handle of a parameter's slider."""
    return f"{row(key)}.querySelector('.noUi-handle')"


def row(key: str) -> str:
    return f"[...document.querySelectorAll('.widget-slider')].find(e => e.querySelector('label').innerText == '{key}')"


def approximately(positions: dict[str, object]) -> dict[str, object]:
    return {key: pytest.approx(value) if isinstance(value, float) else value for key, value in positions.items()}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"stance.peer_rate": 1 / 3, "russia.effort": 6.123456789, "war.ceasefire_rate": 7.77, "russia.review_weeks": 3},
    ],
)
def test_showing_the_panel_moves_no_slider_of_any_parameter(show: Callable[..., Chromium], changes: dict[str, object]):
    page = show("groups", **changes)
    changed, positions, first = told(page)
    assert changed == {}
    assert positions == approximately(first)
    assert len(positions) > 100


def test_what_a_user_moves_is_a_change_and_what_is_moved_back_is_none(show: Callable[..., Chromium]):
    page = show("None")
    page.click(handle("stance.peer_rate"))
    page.key("ArrowRight", 39)
    page.click(handle("war.ceasefire_rate"))
    page.key("End", 35)
    readout = f"{row('accession.objection_line')}.querySelector('.widget-readout')"
    page.click(readout)
    page.run(f"getSelection().selectAllChildren({readout})")
    page.call("Input.insertText", text="-0.2")
    page.key("Enter", 13, "\r")
    assert told(page)[0] == {
        "stance.peer_rate": 0.51,
        "war.ceasefire_rate": 1.5,
        "accession.objection_line": -0.2,
    }
    page.click(handle("stance.peer_rate"))
    page.key("ArrowLeft", 37)
    assert told(page)[0] == {"war.ceasefire_rate": 1.5, "accession.objection_line": -0.2}
    page.click("[...document.querySelectorAll('.jupyter-button')].find(b => b.innerText == 'Reset parameters')")
    changed, positions, first = told(page)
    assert changed == {}
    assert positions == approximately(first)


def test_a_readout_that_is_entered_and_left_changes_nothing(show: Callable[..., Chromium]):
    page = show('["war"]')
    for key in ("war.ceasefire_rate", "war.front_drift", "war.resource_ceiling"):
        page.click(f"{row(key)}.querySelector('.widget-readout')")
        page.key("Enter", 13, "\r")
    assert told(page)[0] == {}


def test_the_picture_stands_beside_the_sliders_at_1440_and_below_them_on_a_narrow_page(show):
    page = show(["stance.peer_rate"])
    box = "(({left, right, top, bottom}) => [left, right, top, bottom])({}.getBoundingClientRect())"
    image, sliders = "document.querySelector('img.widget-image')", "document.querySelector('.widget-slider')"
    page.wait(f"{image}?.naturalWidth > 100", seconds=120)
    left, right, top, _ = page.run(box.replace("{}", image))
    _, end, first, _ = page.run(box.replace("{}", sliders))
    assert left >= end
    assert top < first + 150  # the message stands above the picture
    assert right <= 1440
    ratio = page.run(f"{image}.clientWidth / {image}.clientHeight / ({image}.naturalWidth / {image}.naturalHeight)")
    assert ratio == pytest.approx(1, abs=0.02)
    page.resize(800)
    page.wait(f"{image}.getBoundingClientRect().top > {sliders}.getBoundingClientRect().bottom", seconds=30)


# --- the dashboard --------------------------------------------------------------------------------------------------

HOST = "[...document.querySelectorAll('.jp-CodeCell *')].find(e => e.shadowRoot?.querySelector('.why svg'))"
ROOT = f"{HOST}.shadowRoot"


def test_the_dashboard_s_parts_work_in_a_notebook(notebook: Callable[..., Chromium]):
    page = notebook(
        "import article10\nboard = article10.dashboard('baseline', run=3, seed=5)\nboard",
        "print((get_ipython().execution_count, board.changes, board.state['member'], board.state['run']))",
    )
    page.wait(f"!!{HOST}", seconds=180)
    settled = f"{ROOT}.querySelector('progress').hidden"
    page.wait(f"{settled} && {ROOT}.querySelectorAll('.dots .mark-symbol path').length == 300", seconds=120)
    assert page.run(f"{ROOT}.querySelector('#take .link').hidden")
    page.click(f"{ROOT}.querySelector('.dots path[aria-label^=\"Run 17:\"]')")
    page.wait(f"{ROOT}.querySelector('#timeline h2').innerText.startsWith('Run 17 ')", seconds=60)
    page.run(f"{ROOT}.querySelector('[data-key=\"stance.peer_rate\"] input').focus()")
    page.key("ArrowRight", 39)
    page.wait(
        f"{settled} && {ROOT}.querySelector('.compared').innerText.includes('Difference in the same runs')", seconds=60
    )
    output = "(document.querySelectorAll('.jp-CodeCell')[1].querySelector('.jp-OutputArea-output')?.innerText ?? '')"
    run_cell(page, 1)
    text = page.wait(output, lambda now: now.startswith("("), seconds=60)
    assert ast.literal_eval(text)[1:] == ({"stance.peer_rate": 0.51}, "HUN", "17")
    assert page.strangers() == page.errors == []
