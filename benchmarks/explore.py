"""From a moved slider to the first picture and to that of all runs: ``python benchmarks/explore.py``.

Printed, not tested, as ratios to simulating the same runs. Simulations bracket the redraws, because a machine's pace
changes by the minute.
"""

from __future__ import annotations

import argparse
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # one core; read when NumPy is imported

import platform
import time
from typing import Any

import numpy as np

import article10
from article10.runs.interactive.panel import Explorer, explore

SEED = 7
LEVER = "stance.peer_rate"


def seconds_of_simulation(runs: int) -> tuple[float, float]:
    """Wall time and CPU time of simulating the runs and recording every stance, as without the panel."""
    begin, cpu = time.perf_counter(), time.process_time()
    article10.simulate("baseline", runs, SEED)
    return time.perf_counter() - begin, time.process_time() - cpu


class Redraws:
    """The times from a moved slider to the pictures that follow: run, drawn and encoded."""

    def __init__(self, panel: Explorer) -> None:
        """Watch the pictures of a panel."""
        self.panel, self._came = panel, list[tuple[float, float]]()
        panel.image.observe(self._note, names="value")

    def _note(self, change: Any) -> None:  # noqa: ANN401 - a Bunch of traitlets
        self._came.append((time.perf_counter(), time.process_time()))

    def after(self, *values: float) -> np.ndarray:
        """Move the slider through values; return the times to the first and last picture, (picture, wall or CPU)."""
        self._came.clear()
        begin = time.perf_counter(), time.process_time()
        for value in values:
            self.panel.sliders[LEVER].value = value
        self.panel.png()
        return np.array([self._came[0], self._came[-1]]) - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args()

    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    panel = explore("baseline", [LEVER], runs=asked.runs, seed=SEED)
    redraws = Redraws(panel)
    redraws.after(0.8)  # imports, caches
    seconds_of_simulation(asked.runs)
    simulated, moved, dragged = [], [], []
    for value in np.linspace(0.2, 0.7, asked.repeats):
        simulated.append(seconds_of_simulation(asked.runs))
        moved.append(redraws.after(float(value)))
        dragged.append(redraws.after(*np.linspace(value + 0.01, value + 0.2, 20)))
    simulated.append(seconds_of_simulation(asked.runs))
    around = (np.array(simulated)[1:] + np.array(simulated)[:-1]) / 2  # of each redraw, (redraw, wall or CPU)
    print(f"{asked.runs} runs of ten years: simulated in {np.median(np.array(simulated)[:, 0]):.2f} s (median)")
    print("moved slider to picture, as multiples of simulating the runs (medians; wall time, CPU time):")
    for words, times in (("one move", np.array(moved)), ("20 moves at once", np.array(dragged))):
        for place, which in enumerate(("first picture", "all runs")):
            wall, cpu = np.median(times[:, place] / around, axis=0)
            print(f"  {words}, {which}: {wall:.2f}, {cpu:.2f}")
    seconds = np.median(np.array(moved), axis=0)
    print(f"one move: first picture after {seconds[0, 0]:.2f} s, {seconds[0, 1]:.2f} CPU-seconds; all runs after")
    print(f"  {seconds[1, 0]:.2f} s, {seconds[1, 1]:.2f} CPU-seconds")


if __name__ == "__main__":
    main()
