"""What a sweep costs: points of few runs against one ensemble of as many runs, as ratios of what one call measures.

    python benchmarks/sweeps.py points morris fit sobol
    python benchmarks/sweeps.py points --runs 1024

``points``: 4,096 runs in all (or ``--runs``) at 1, 4, 16 and 256 runs a point, every continuous parameter drawn over
its plausible range, outcomes only, one process; each between two ensembles of as many runs. A confidence bound takes a
rule that looks at each pair of members, so that the same points are also compared with ensembles that have a bound, and
points without a bound with ensembles without one. ``morris``: all parameters, 10 trajectories of 16 runs a point.
``fit``: approximate Bayesian computation with 2,000 draws of one run each. ``sobol``: 20 parameters, 256 base samples,
16 runs a point, with the peak memory of the process. Times are of the processor, so that other work on the machine
counts little, and include the folder of the batch.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import warnings
from collections.abc import Callable, Mapping
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

FITTED, OBSERVED, TOLERANCE = "finland_2022", np.datetime64("2023-04-04"), 30.0
"""The scenario that is fitted, the day of Finland's accession, and the tolerance in days."""

BOUND = "stance.confidence_bound"
"""The parameter whose values below 2 take a rule of their own."""

CONTINUOUS = [d.key for d in all_declarations() if d.meta.plausible is not None and isinstance(d.default, float)]


def ensemble(runs: int, changes: Mapping[str, float] | None = None, scenario: str = "baseline") -> float:
    """Seconds of one ensemble, through a batch of one point."""
    return batch(article10.Design(scenarios=(scenario,), runs=runs, seed=SEED, changes=changes or {}))


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
    unbounded = [key for key in CONTINUOUS if key != BOUND]
    middle = {BOUND: 1.15}
    cases = (
        ("every parameter, against an ensemble without a confidence bound", CONTINUOUS, {}),
        ("every parameter, against an ensemble with a confidence bound", CONTINUOUS, middle),
        ("all but the confidence bound, against an ensemble without one", unbounded, {}),
    )
    for what, keys, changes in cases:
        print(what)
        for runs in FEW:
            design, ratios = swept(keys, runs), []
            for _ in range(rounds):
                before, there, after = ensemble(RUNS, changes), batch(design), ensemble(RUNS, changes)
                ratios.append(there / ((before + after) / 2))
            each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            print(
                f"{RUNS // runs:5} points of {runs:3} runs: {median(ratios):.2f} times a run of one ensemble ({each})"
            )


def against_its_runs(name: str, runs: int, work: Callable[[], object], rounds: int, scenario: str = "baseline") -> None:
    """Time of some work, against that of a plain ensemble of as many runs of the scenario."""
    ratios = []
    for _ in range(rounds):
        before = ensemble(runs, scenario=scenario)
        start = process_time()
        work()
        taken = process_time() - start
        ratios.append(taken / ((before + ensemble(runs, scenario=scenario)) / 2))
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"{name}: {runs:,} runs, {median(ratios):.2f} times their cost in one ensemble ({each})")


def morris(rounds: int) -> None:
    """Morris over all parameters that declare a range; then over all of them but the confidence bound."""
    keys = Space.of().keys
    for what, screened in (("all", keys), ("all but the bound, of", [key for key in keys if key != BOUND])):
        n = len(screened)
        ask = lambda screened=screened: article10.screen(  # noqa: E731
            parameters=screened, runs=16, trajectories=10, workers=1, progress=False
        )
        against_its_runs(f"Morris over {what} {n} parameters", 10 * (n + 1) * 16, ask, rounds)


def fit(rounds: int) -> None:
    """Approximate Bayesian computation: 2,000 draws of one run each, weighted by how near they come to a day."""
    space = Space.of(["ratification.urgency", "stance.peer_rate", "russia.effort"])
    draws = space.frame(space.values(np.random.default_rng(SEED).random((2000, 3))))

    def weighed() -> None:
        design = article10.Design.from_frame(draws, scenarios=(FITTED,), runs=1, seed=SEED)
        with tempfile.TemporaryDirectory() as folder:
            days = article10.run_batch(design, Path(folder) / "b", workers=1, progress=False).outcomes["accession_date"]
            late = (days - OBSERVED).dt.days.fillna(np.inf)
        weights = np.exp(-0.5 * (late / TOLERANCE) ** 2)
        print(f"effective number of draws: {weights.sum() ** 2 / (weights**2).sum():.0f}")

    against_its_runs("Fit of 2,000 draws of one run", 2000, weighed, rounds, FITTED)


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
