"""From a moved slider to the first runs and to all of them, how fast a run plays, and memory by loads of the page.

``python benchmarks/dashboard.py``; ``--loads 50`` measures instead what the server's memory does while the page is
loaded again and again. CPU-seconds are those of a session, which simulates, summarises and answers as for a page, as
ratios to simulating the same runs; simulations bracket the moves, because a machine's pace changes by the minute. Wall
time and steps a second are end to end, in a headless Chromium. Printed, not tested.
"""

from __future__ import annotations

import argparse
import os
import sys

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # one core; read when NumPy is imported

import json
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from chromium import PROGRAM, Chromium, chromium
from served import dashboard

import article10
from article10.runs.interactive.dashboard.opening import Asked, opened
from article10.runs.interactive.dashboard.session import Session
from article10.runs.interactive.state import RUNS

SEED = 7
LEVER = "stance.peer_rate"
SLIDER = f"document.querySelector('[data-key=\"{LEVER}\"] input')"
SHOWN = "document.querySelectorAll('.dots .mark-symbol path').length > 0 && !!document.querySelector('.strip svg')"
COMPARED, BUSY = "document.querySelector('.compared').innerText", "!document.querySelector('progress').hidden"
DATE = "document.querySelector('[data-what=date]').innerText"


def seconds_of_simulation() -> float:
    """CPU time of simulating the runs and recording every stance, as a user without the page would."""
    begin = time.process_time()
    article10.simulate("baseline", RUNS, SEED)
    return time.process_time() - begin


class Moves:
    """A session without a browser, and the CPU time at which it has answered."""

    def __init__(self) -> None:
        """Simulate the scenario as given."""
        self._came: list[float] = []
        self.session = Session(opened(Asked("baseline", seed=SEED)), self._note)
        self.seconds_of(0.55)  # imports, caches, the scenario as given

    def _note(self, answer: dict[str, Any]) -> None:
        json.dumps(answer)
        self._came.append(time.process_time())

    def seconds_of(self, value: float) -> tuple[float, float]:
        """CPU time from a move of the slider to the answer of the first runs, and to that of all runs."""
        self._came.clear()
        begin = time.process_time()
        self.session.receive({"kind": "ensemble", "state": {"changes": {LEVER: value}}})
        self.session.wait()
        return self._came[0] - begin, self._came[-1] - begin


def measure_moves(repeats: int) -> None:
    """Print the CPU time that a move of the slider takes."""
    moves = Moves()
    seconds_of_simulation()
    simulated, moved = [], []
    for value in np.linspace(0.2, 0.9, repeats):
        simulated.append(seconds_of_simulation())
        moved.append(moves.seconds_of(round(float(value), 2)))
    simulated.append(seconds_of_simulation())
    around = (np.array(simulated)[1:] + np.array(simulated)[:-1]) / 2  # of each move
    print(f"{RUNS} runs of ten years: simulated in {np.median(simulated):.2f} CPU-seconds (median)")
    print(f"moved slider to answer, medians of {repeats}, each between two simulations:")
    for place, which in enumerate(("first runs", "all runs")):
        seconds = np.array(moved)[:, place]
        print(f"  {which}: {np.median(seconds):.2f} CPU-s, {np.median(seconds / around):.2f} times simulating all runs")


def measure_page(repeats: int) -> None:
    """Print how long the page takes from a key on the slider to the pictures, and how fast it plays."""
    with visited() as (address, _, page):
        page.open(address)
        page.wait(SHOWN, seconds=120)
        page.run(f"{SLIDER}.focus()")
        seconds = np.array([seconds_on_the_page(page) for _ in range(repeats)])
        print(f"in the browser, wall time from a key on the slider (medians of {repeats}):")
        for place, which in enumerate(("first picture", "picture of all runs")):
            print(f"  {which}: {np.median(seconds[:, place]):.2f} s")
        for speed in ("4", "10", "20"):
            print(
                f"play at the speed of {speed} steps a second: {steps_a_second(page, speed):.1f} steps drawn a second"
            )


def seconds_on_the_page(page: Chromium) -> tuple[float, float]:
    """Wall time from a key pressed on the slider to the first new picture, and to that of all runs."""
    before = page.run(COMPARED)
    begin = time.perf_counter()
    page.key("ArrowRight", 39)
    page.wait(f"{COMPARED} != {before!r}", seconds=60)
    first = time.perf_counter() - begin
    page.wait(f"!({BUSY})", seconds=60)
    return first, time.perf_counter() - begin


def steps_a_second(page: Chromium, speed: str, seconds: float = 4) -> float:
    """Weeks that the page draws a second while it plays week by week: the dates that its map has shown."""
    page.run("document.querySelector('[data-do=start]').click()")
    for control, value in (("pace", "1"), ("speed", speed)):
        select = f"document.querySelector('.{control}')"
        page.run(f"(s => {{ s.value = '{value}'; s.dispatchEvent(new Event('change')); }})({select})")
    page.run(
        "window.drawn = 0; window.seen?.disconnect(); window.seen = new MutationObserver(() => window.drawn++);"
        "window.seen.observe(document.querySelector('#map .now'), {childList: true})"
    )
    page.run("document.querySelector('[data-do=play]').click()")
    begin, before = time.perf_counter(), page.run("window.drawn")
    time.sleep(seconds)
    drawn, passed = page.run("window.drawn") - before, time.perf_counter() - begin
    page.run("document.querySelector('[data-do=play]').click()")
    return float(drawn / passed)


def measure_memory(loads: int) -> None:
    """Print the server's own memory after the page has been loaded some times, each until its picture is shown."""
    with visited() as (address, server, page):
        for load in range(1, loads + 1):
            page.open(address)
            page.wait(SHOWN, seconds=120)
            if load == 1 or load % 5 == 0:
                print(f"  {load} loads: {server.memory_full_info().uss / 1e6:.0f} MB", flush=True)


@contextmanager
def visited() -> Iterator[tuple[str, psutil.Process, Chromium]]:
    """The dashboard's address, the process that serves it, and a browser to visit it with."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        dashboard("--seed", str(SEED)) as (address, server),
        chromium(Path(profile)) as page,
    ):
        yield address, server, page


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--loads", type=int, default=0)
    asked = parser.parse_args()
    if PROGRAM is None:
        raise SystemExit("no Chromium on this machine")

    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    if asked.loads:
        measure_memory(asked.loads)
    else:
        measure_moves(asked.repeats)
        measure_page(asked.repeats)


if __name__ == "__main__":
    main()
