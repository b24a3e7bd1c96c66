"""From a moved slider to the first picture in the browser and to that of all runs; and memory by loads.

``python benchmarks/dashboard.py``; ``--loads 50`` measures instead what the server's memory does while the page is
loaded again and again. End to end: a key is pressed on the slider in a headless Chromium, the server simulates 100 runs
and then the others and draws them, and the browser has decoded the picture. Printed, not tested, as ratios to
simulating the same runs. Simulations bracket the redraws, because a machine's pace changes by the minute.
"""

from __future__ import annotations

import argparse
import os
import sys

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # one core; read when NumPy is imported

import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from chromium import PROGRAM, Chromium, chromium
from served import dashboard

import article10
from article10.runs.interactive.state import RUNS

SEED = 7
LEVER = "stance.peer_rate"
THUMB = (
    f"[...document.querySelectorAll('.a10-lever')].find(e => e.innerText.includes('{LEVER}'))"
    ".querySelector('.v-slider__thumb')"
)
SHOWN = "(i => i && i.complete && i.naturalWidth > 0 && i.src)(document.querySelector('img.a10-fan'))"


def seconds_of_simulation() -> float:
    """Wall time of simulating the runs and recording every stance, as a user without the page would."""
    begin = time.perf_counter()
    article10.simulate("baseline", RUNS, SEED)
    return time.perf_counter() - begin


def seconds_of_redraw(page: Chromium) -> tuple[float, float]:
    """Wall time from a key pressed on the slider to the first new picture in the browser, and to that of all runs."""
    before = page.run(SHOWN)
    begin = time.perf_counter()
    page.key("ArrowRight", 39)
    page.wait(f"(now => now && now != {before!r})({SHOWN})", seconds=60)
    first = time.perf_counter() - begin
    page.wait(f"!!{SHOWN} && {SHOWN} != {before!r} && !document.body.innerText.includes('the first ')", seconds=60)
    return first, time.perf_counter() - begin


def measure_memory(loads: int) -> None:
    """Print the server's own memory after the page has been loaded some times, each until its picture is shown."""
    with visited() as (address, server, page):
        for load in range(1, loads + 1):
            page.open(address)
            page.wait(f"!!{SHOWN}", seconds=120)
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


def measure_redraws(repeats: int) -> None:
    """Print how long redraws take."""
    with visited() as (address, _, page):
        page.open(address)
        page.wait(f"!!{SHOWN}", seconds=120)
        page.click(THUMB)
        seconds_of_redraw(page)  # imports, caches
        seconds_of_simulation()
        simulated, redrawn = [], []
        for _ in range(repeats):
            simulated.append(seconds_of_simulation())
            redrawn.append(seconds_of_redraw(page))
        simulated.append(seconds_of_simulation())
    around = (np.array(simulated)[1:] + np.array(simulated)[:-1]) / 2
    print(f"{RUNS} runs of ten years: simulated in {np.median(simulated):.2f} s (median)")
    print(f"moved slider to picture in the browser (medians of {repeats}, each between two simulations):")
    for place, which in enumerate(("first picture", "all runs")):
        seconds = np.array(redrawn)[:, place]
        print(f"  {which}: {np.median(seconds):.2f} s, {np.median(seconds / around):.2f} times simulating the runs")


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
        measure_redraws(asked.repeats)


if __name__ == "__main__":
    main()
