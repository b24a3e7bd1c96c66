"""From a moved slider to the redrawn picture, as a ratio to simulating the same runs: ``python benchmarks/explore.py``.

Printed, not tested. Simulations bracket the redraws, because a machine's pace changes by the minute.
"""

from __future__ import annotations

import argparse
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # one core; read when NumPy is imported

import platform
import time

import numpy as np

import article10
from article10.runs.interactive.panel import Explorer, explore

SEED = 7
LEVER = "stance.peer_rate"


def seconds_of_simulation(runs: int) -> float:
    """Wall time of simulating the runs and recording every stance, as a user without the panel would."""
    begin = time.perf_counter()
    article10.simulate("baseline", runs, SEED)
    return time.perf_counter() - begin


def seconds_of_redraw(panel: Explorer, value: float) -> float:
    """Wall time from a moved slider to the new picture in the panel: run, drawn and encoded."""
    begin = time.perf_counter()
    panel.sliders[LEVER].value = value
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args()

    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    panel = explore("baseline", [LEVER], runs=asked.runs, seed=SEED)
    seconds_of_simulation(asked.runs)  # imports, caches
    simulated, redrawn = [], []
    for value in np.linspace(0.2, 0.9, asked.repeats):
        simulated.append(seconds_of_simulation(asked.runs))
        redrawn.append(seconds_of_redraw(panel, float(value)))
    simulated.append(seconds_of_simulation(asked.runs))
    ratios = [2 * b / (before + after) for before, b, after in zip(simulated, redrawn, simulated[1:], strict=False)]
    print(f"{asked.runs} runs of ten years: simulated in {np.median(simulated):.2f} s (median)")
    print(f"  moved slider to redrawn picture: {np.median(redrawn):.2f} s (median), {max(redrawn):.2f} s (slowest)")
    print(
        f"  ratio to simulating them: {np.median(ratios):.2f} (median of {asked.repeats}, each between two simulations)"
    )
    print(f"  under a second: {'holds' if max(redrawn) < 1 else 'MISSED'}")


if __name__ == "__main__":
    main()
