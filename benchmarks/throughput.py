"""Speed and memory, measured side by side in one invocation: ``python benchmarks/throughput.py``.

Printed, not tested: machines differ and are noisy. Ratios of what is measured in one run say more than times.
"""

from __future__ import annotations

import argparse
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # one core; read when NumPy is imported

import json
import platform
import resource
import subprocess
import sys
import time

import mesa
import numpy as np

import article10
from article10.model.scenario_file import read_scenario

SEED = 7

MEMORY = """
import json, resource, article10
result = article10.simulate("baseline", {runs}, {seed}, record=("stance",))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([peak, int(result.data["stance"].nbytes), str(result.data["stance"].dtype)]))
"""


def seconds_of_ensemble(runs: int) -> float:
    """Wall time of an ensemble with every mechanism, stance recorded weekly as float32."""
    begin = time.perf_counter()
    article10.simulate("baseline", runs, SEED)
    return time.perf_counter() - begin


def seconds_of_mesa(runs: int) -> float:
    """Wall time of Mesa's own batch_run of the same runs, collecting the same stances."""
    parameters = {"scenario": "baseline", "rng": SEED, "run": range(runs)}
    options = {"number_processes": 1, "data_collection_period": 1, "display_progress": False}
    begin = time.perf_counter()
    rows = mesa.batch_run(article10.AccessionModel, parameters, **options)
    took = time.perf_counter() - begin
    assert len(rows) >= runs * read_scenario().n_steps
    return took


def peak_memory(runs: int) -> tuple[float, float]:
    """Peak resident memory of a process that records an ensemble in full, and the size of its stances, in GB."""
    code = MEMORY.format(runs=runs, seed=SEED)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    peak, stances, dtype = json.loads(done.stdout)
    assert dtype == "float32"
    return peak * 1024 / 1e9, stances / 1e9


def verdict(holds: bool) -> str:
    """How a target did."""
    return "holds" if holds else "MISSED"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="runs of the ensemble")
    parser.add_argument("--mesa-runs", type=int, default=20, help="runs of batch_run; scaled to --runs")
    parser.add_argument("--memory-runs", type=int, default=10_000, help="runs recorded in full for peak memory")
    parser.add_argument("--repeats", type=int, default=5, help="repeats of the ensemble")
    asked = parser.parse_args()

    scenario = read_scenario("baseline")
    member_steps = asked.runs * scenario.n_steps * len(scenario.members())
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, Mesa {mesa.__version__}, {platform.machine()}")
    seconds_of_ensemble(64)  # imports, caches
    times = [seconds_of_ensemble(asked.runs) for _ in range(asked.repeats)]
    best, median = min(times), float(np.median(times))
    cost = [1e9 * t / member_steps for t in (best, median)]
    print(f"\n{asked.runs:,} runs of {scenario.n_steps} steps and {len(scenario.members())} members, one core")
    print(f"  ensemble: best {cost[0]:.0f}, median {cost[1]:.0f} ns per member-step ({asked.repeats} repeats)")
    print(f"  at most 100 ns per member-step: {verdict(cost[0] <= 100)} (best), {verdict(cost[1] <= 100)} (median)")

    mesa_time = seconds_of_mesa(asked.mesa_runs) * asked.runs / asked.mesa_runs
    again = seconds_of_ensemble(asked.runs)
    ratio = mesa_time / again
    scaled = "" if asked.mesa_runs == asked.runs else f", {asked.mesa_runs} measured and scaled"
    print(f"  Mesa batch_run of the same runs and stances{scaled}: {ratio:.0f} times as long as the ensemble beside it")
    print(f"  at least 100 times: {verdict(ratio >= 100)}")

    if asked.memory_runs:
        peak, stances = peak_memory(asked.memory_runs)
        print(f"\n{asked.memory_runs:,} runs recorded in full: peak {peak:.2f} GB, of which stances {stances:.2f} GB")
        print(f"  under 1.5 GB: {verdict(peak < 1.5)}")
    print(f"\nThis process at its peak: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
