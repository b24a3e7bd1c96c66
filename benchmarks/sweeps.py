"""What a sweep costs: points of few runs against one ensemble of as many runs, as ratios of what one call measures.

    python benchmarks/sweeps.py points morris fit sobol
    python benchmarks/sweeps.py points --runs 1024

``points``: 4,096 runs in all (or ``--runs``) at 1, 4, 16 and 256 runs a point, every continuous parameter drawn over
its plausible range, outcomes only, one process; each between two plain ensembles of as many runs; then the same
without a confidence bound. ``morris``: all parameters, 10
trajectories of 16 runs a point. ``fit``: a posterior from 2,000 draws of one run. ``sobol``: 20 parameters, 256 base
samples, 16 runs a point, with the peak memory of the process. Times are
of the processor, so that other work on the machine counts little, and include the folder of the batch.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import article10
from article10.model.scenario import all_declarations
from article10.runs.batches.ranges import Space

RUNS, SEED = 4096, 0
FEW = (1, 4, 16, 256)

CONTINUOUS = [d.key for d in all_declarations() if d.meta.plausible is not None and isinstance(d.default, float)]


def ensemble(runs: int) -> float:
    """Seconds of one plain ensemble, through a batch of one point."""
    return batch(article10.Design(runs=runs, seed=SEED))


def batch(design: article10.Design) -> float:
    """Seconds of a batch by one process, its folder included."""
    with tempfile.TemporaryDirectory() as folder:
        start = process_time()
        article10.run_batch(design, Path(folder) / "b", workers=1, progress=False)
        return process_time() - start


def swept(keys: list[str], runs: int) -> article10.Design:
    """A design of as many points as make ``RUNS`` runs, some parameters drawn."""
    space = Space.of(keys)
    values = space.values(np.random.default_rng(SEED).random((RUNS // runs, len(keys))))
    return article10.Design.from_frame(space.frame(values), runs=runs, seed=SEED)


def points(rounds: int) -> None:
    """Cost of a run at points of few runs, against a run of one ensemble."""
    unbounded = [key for key in CONTINUOUS if key != "stance.confidence_bound"]
    for what, keys in (("", CONTINUOUS), (" without a confidence bound", unbounded)):
        for runs in FEW:
            design, ratios = swept(keys, runs), []
            for _ in range(rounds):
                before, there, after = ensemble(RUNS), batch(design), ensemble(RUNS)
                ratios.append(there / ((before + after) / 2))
            each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            n = RUNS // runs
            print(f"{n:5} points of {runs:3} runs{what}: {median(ratios):.2f} times a run of one ensemble ({each})")


def against_its_runs(name: str, runs: int, work: Callable[[], object], rounds: int) -> None:
    """Time of some work, against that of a plain ensemble of as many runs."""
    ratios = []
    for _ in range(rounds):
        before = ensemble(runs)
        start = process_time()
        work()
        taken = process_time() - start
        ratios.append(taken / ((before + ensemble(runs)) / 2))
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"{name}: {runs:,} runs, {median(ratios):.2f} times their cost in one ensemble ({each})")


def morris(rounds: int) -> None:
    """Morris over all parameters that declare a range."""
    n = len(Space.of().keys)
    ask = lambda: article10.screen(runs=16, trajectories=10, workers=1, progress=False)  # noqa: E731
    against_its_runs(f"Morris over {n} parameters", 10 * (n + 1) * 16, ask, rounds)


def fit(rounds: int) -> None:
    """A posterior from 2,000 draws of one run each."""
    targets = {"ratification": [{"n": 20, "days": 28.0, "tolerance": 10.0}]}
    keys = ["ratification.urgency", "stance.peer_rate", "russia.effort"]
    ask = lambda: article10.tune(  # noqa: E731
        "finland_2022", keys, article10.Targets(**targets), runs=2, points=1000, workers=1, progress=False
    )
    against_its_runs("Fit of 1,000 points of 2 runs (as many as 2,000 of one)", 2000, ask, rounds)


def sobol(rounds: int) -> None:
    """Sobol indices, and what memory they take."""
    ask = lambda: article10.sobol(runs=16, base_samples=256, workers=1, progress=False)  # noqa: E731
    against_its_runs("Sobol, 20 parameters x 256", 256 * 22 * 16, ask, rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory of the process so far: {peak:.2f} GB")


CASES = {"points": points, "morris": morris, "fit": fit, "sobol": sobol}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=list(CASES), choices=[*CASES, []])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=RUNS, help="runs of each case of points, in all")
    asked = parser.parse_args()
    RUNS = asked.runs
    warnings.simplefilter("ignore")
    ensemble(1024)
    for case in asked.cases:
        CASES[case](asked.rounds)
