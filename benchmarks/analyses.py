"""Analyses measured: ``python benchmarks/analyses.py [influence] [sobol]``, by default both; sobol takes a while.

Printed, not tested. Every ratio is of things measured one after another in this invocation; each case is a process of
its own, so that its peak memory is its own.

* influence: Russia's influence on the baseline, 2 x 2,000 runs (by channel, 8 x 2,000), against simulating 4,000 runs.
* sobol: 20 parameters, 256 base samples x 64 runs, by two processes, against simulating as many runs in one.
"""

from __future__ import annotations

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # one core a process; read when NumPy is imported

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings

from article10 import influence, simulate, sobol
from article10.runs.analyses.sensitivity.sensitivity import MAIN
from article10.runs.statistics.intervals import TooFewRunsWarning

PARTS = ("influence", "sobol")


def run_case(case: str, numbers: list[int]) -> None:
    """Measure a case in this process and print it as JSON."""
    simulate(runs=64)
    begin = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        if case == "simulate":
            simulate(runs=numbers[0])
        elif case == "influence":
            influence(runs=numbers[0], by_channel=bool(numbers[1]))
        else:
            sobol(runs=numbers[0], base_samples=numbers[1], parameters=MAIN, workers=2)
    took = time.perf_counter() - begin
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"seconds": took, "largest": max(own, child) * 1024 / 1e9}))


def measured(case: str, *numbers: int) -> dict[str, float]:
    """A case in a process of its own: seconds, and peak memory of the largest process in GB."""
    words = [sys.executable, __file__, "--case", case, *map(str, numbers)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def influence_part(runs: int) -> None:
    """Influence against simulating, which is measured before and after."""
    before, pair = measured("simulate", 2 * runs), measured("influence", runs, 0)
    channels, after = measured("influence", runs, 1), measured("simulate", 2 * runs)
    one = (before["seconds"] + after["seconds"]) / 2
    for words, case in ((f"2 x {runs:,} runs", pair), (f"by channel, 8 x {runs:,} runs", channels)):
        ratio = case["seconds"] / one
        verdict = "holds" if ratio <= 4 else "MISSED"
        print(f"influence, {words}: {ratio:.2f} times simulating {2 * runs:,} runs (at most 4: {verdict})")


def sobol_part(runs: int, base_samples: int) -> None:
    """Sobol indices of twenty parameters."""
    points = base_samples * (len(MAIN) + 2)
    share = min(2000, points * runs)
    one = measured("simulate", share)["seconds"] / share
    found = measured("sobol", runs, base_samples)
    ratio = found["seconds"] / (one * points * runs)
    took = f"{found['seconds'] / 60:.1f} min by two processes"
    print(f"sobol, {len(MAIN)} parameters, {points:,} points x {runs} runs: {took}")
    print(
        f"  {ratio:.2f} times simulating as many runs of the baseline in one; peak {found['largest']:.2f} GB a process"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"which: {' '.join(PARTS)}")
    parser.add_argument("--influence-runs", type=int, default=2000)
    parser.add_argument("--sobol-runs", type=int, default=64)
    parser.add_argument("--sobol-samples", type=int, default=256)
    parser.add_argument("--case", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.case:
        run_case(asked.case[0], list(map(int, asked.case[1:])))
        return
    parts = asked.parts or PARTS
    if "influence" in parts:
        influence_part(asked.influence_runs)
    if "sobol" in parts:
        sobol_part(asked.sobol_runs, asked.sobol_samples)


if __name__ == "__main__":
    main()
