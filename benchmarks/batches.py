"""Batches measured: ``python benchmarks/batches.py [mesa] [flat] [scaling] [million]``, by default all of them.

From 1,000 to 1,000,000 runs in one process, in one go (an hour or more)::

    python benchmarks/batches.py flat --flat-sizes 1000000 --rounds 1

Printed, not tested. Every ratio is of things measured one after another in this invocation; each case is a process of
its own, so that its peak memory is its own.

* mesa: 1,000 runs of the baseline, all stances recorded, by Mesa's ``batch_run`` and by a batch; 1 and 2 processes.
* flat: cost per member-step of 10,000 and 100,000 runs (outcomes) in one process, or of ``--flat-sizes``, each between
  batches of 1,000.
* scaling: the same batch by one process and by two.
* million: 1,000,000 runs of the baseline, outcomes only, by two processes, between batches of 1,000 in one.
"""

from __future__ import annotations

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # one core a process; read when NumPy is imported

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import psutil

from article10 import AccessionModel, Design, read_scenario, run_batch

SEED = 7
SMALL = 1_000
SMALL_ONES = 5
"""Small batches measured before a large one, and after it."""
PARTS = ("mesa", "flat", "scaling", "million")


def batch(runs: int, record: str, workers: int) -> dict[str, float]:
    """Time and size of a batch of the baseline, after two small ones: no imports, no first touch of memory."""
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("BENCHMARK_FOLDER")))
    small = Design(runs=SMALL * workers, seed=SEED, record=record)
    for warm in ("imports", "memory"):  # the second finds what the allocator has learned from the first
        run_batch(small, folder / warm, workers=workers, progress=False)
    begin = time.perf_counter()
    done = run_batch(Design(runs=runs, seed=SEED, record=record), folder / "batch", workers=workers)
    took = time.perf_counter() - begin
    assert done.is_complete
    size = sum(path.stat().st_size for path in (folder / "batch").rglob("*") if path.is_file())
    shutil.rmtree(folder)
    return {"seconds": took, "disk": size / 1e9}


def mesa(runs: int, processes: int) -> dict[str, float]:
    """Time of Mesa's own batch_run of the same runs, collecting the same stances."""
    import mesa

    parameters = {"scenario": "baseline", "rng": SEED, "run": range(runs)}
    options = {"number_processes": processes, "data_collection_period": 1, "display_progress": False}
    begin = time.perf_counter()
    rows = mesa.batch_run(AccessionModel, parameters, **options)
    took = time.perf_counter() - begin
    assert len(rows) >= runs * read_scenario().n_steps * 32
    return {"seconds": took}


def measured(case: str, *numbers: object) -> dict[str, float]:
    """A case in a process of its own: seconds, peak memory in GB of all its processes together, and of the largest.

    Together: proportional set sizes, in which a page that processes share counts once. The largest: its resident set.
    """
    words = [sys.executable, __file__, "--case", case, *map(str, numbers)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        together = largest = 0
        while process.poll() is None:
            begin = time.perf_counter()
            held = memory(process.pid)
            together = max(together, sum(pss for pss, _ in held))
            largest = max([largest, *(rss for _, rss in held)])
            time.sleep(max(0.02, 20 * (time.perf_counter() - begin)))  # looking at a large process takes a while
        printed = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"{case}: failed")
    found: dict[str, float] = json.loads(printed.splitlines()[-1])
    return {**found, "memory": together / 1e9, "largest": largest / 1e9}


def memory(process: int) -> list[tuple[int, int]]:
    """Proportional (elsewhere than on Linux, own) and resident set size in bytes of a process and of all below it."""
    found = []
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(process)
        for each in (top, *top.children(recursive=True)):
            with suppress(psutil.Error):
                sizes = each.memory_full_info()
                found.append((getattr(sizes, "pss", sizes.uss), sizes.rss))
    return found


def run_case(case: str, words: list[str]) -> None:
    """Measure a case in this process and print it as JSON."""
    if case == "batch":
        runs, record, processes = int(words[0]), words[1], int(words[2])
        found = batch(runs, record, processes)
    else:
        runs, processes = int(words[0]), int(words[1])
        found = mesa(runs, processes)
    print(json.dumps(found))


def verdict(holds: bool) -> str:
    """How a target did."""
    return "holds" if holds else "MISSED"


def against_mesa(runs: int, large: int) -> None:
    """Side by side with batch_run, batches measured before and after it: the machine's pace changes by the minute.

    A larger batch too, because starting processes takes a while.
    """
    print(f"\n{runs:,} runs of the baseline, all stances recorded weekly, side by side")
    for processes in (1, 2):
        before = {ours: _both_sizes(runs, large, ours) for ours in (1, 2)}
        theirs = measured("mesa", runs, processes)
        after = {ours: _both_sizes(runs, large, ours) for ours in (1, 2)}
        print(f"  Mesa's batch_run with {processes} process(es): {theirs['seconds']:.1f} s, {theirs['memory']:.2f} GB")
        for ours in (1, 2):
            for place, size in enumerate((runs, large)):
                pair = before[ours][place], after[ours][place]
                seconds = sum(found["seconds"] for found in pair) / 2
                memory = max(found["memory"] for found in pair)
                fast, share = theirs["seconds"] / seconds * size / runs, theirs["memory"] / memory
                print(
                    f"    batch of {size:,} runs with {ours}: {seconds:.1f} s, {memory:.2f} GB; "
                    f"{fast:.0f} times as fast by the run (150: {verdict(fast >= 150)}), "
                    f"1/{share:.0f} of the memory (1/20: {verdict(share >= 20)})",
                    flush=True,
                )


def _both_sizes(runs: int, large: int, processes: int) -> tuple[dict[str, float], dict[str, float]]:
    return measured("batch", runs, "stance", processes), measured("batch", large, "stance", processes)


def beside_small(runs: int, workers: int) -> tuple[dict[str, float], float]:
    """A batch of outcomes, and the time of a core that a run of it takes, relative to batches of 1,000 in one process.

    These are measured before it and after it, because the machine's pace changes.
    """
    small = [measured("batch", SMALL, "outcomes", 1)["seconds"] for _ in range(SMALL_ONES)]
    found = measured("batch", runs, "outcomes", workers)
    small += [measured("batch", SMALL, "outcomes", 1)["seconds"] for _ in range(SMALL_ONES)]
    return found, workers * found["seconds"] / runs / (median(small) / SMALL)


def flat(sizes: Sequence[int], rounds: int) -> None:
    """Cost per member-step by the number of runs: medians over rounds."""
    print(f"\nCost per member-step of a batch of outcomes in one process, relative to {SMALL:,} runs")
    for size in sizes:
        pairs = [beside_small(size, 1) for _ in range(rounds)]
        ratio, peak = median(ratio for _, ratio in pairs), max(found["largest"] for found, _ in pairs)
        shown = ", ".join(f"{ratio:.2f}" for _, ratio in pairs)
        within = verdict(abs(ratio - 1) < 0.15)
        print(f"  {size:>9,} runs: {ratio:.2f} of {shown} (within 15%: {within}); peak {peak:.2f} GB", flush=True)


def scaling(runs: int, rounds: int) -> None:
    """Two processes against one: the median of ratios of pairs."""
    pairs = [
        measured("batch", runs, "outcomes", 1)["seconds"] / measured("batch", runs, "outcomes", 2)["seconds"]
        for _ in range(rounds)
    ]
    gain, shown = median(pairs), ", ".join(f"{pair:.2f}" for pair in pairs)
    print(f"\n{runs:,} runs, outcomes: two processes {gain:.2f} times as fast as one, of {shown}", end=" ")
    print(f"(1.8: {verdict(gain >= 1.8)})", flush=True)


def million(runs: int) -> None:
    """A million runs by two processes, between batches of 1,000 by one."""
    scenario = read_scenario()
    found, ratio = beside_small(runs, 2)
    cost = 2e9 * found["seconds"] / runs / scenario.n_steps / len(scenario.members())
    print(f"\n{runs:,} runs of the baseline, outcomes only, two processes: {found['seconds'] / 60:.1f} min")
    print(f"  {cost:.0f} ns of a core per member-step; {found['disk']:.2f} GB on the disk")
    within = verdict(abs(ratio - 1) < 0.15)
    print(f"  {ratio:.2f} times the cost per member-step of {SMALL:,} runs in one process (within 15%: {within})")
    print(f"  largest process at its peak {found['largest']:.2f} GB; under 1 GB: {verdict(found['largest'] < 1)}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"which: {' '.join(PARTS)}")
    parser.add_argument("--mesa-runs", type=int, default=1000)
    parser.add_argument("--large-runs", type=int, default=20_000, help="of the larger batch beside Mesa's")
    parser.add_argument("--flat-sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3, help="of flat and scaling")
    parser.add_argument("--scaling-runs", type=int, default=60_000)
    parser.add_argument("--million-runs", type=int, default=1_000_000)
    parser.add_argument("--case", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.case:
        run_case(asked.case[0], asked.case[1:])
        return
    parts = asked.parts or PARTS
    if "mesa" in parts:
        against_mesa(asked.mesa_runs, asked.large_runs)
    if "flat" in parts:
        flat(asked.flat_sizes, asked.rounds)
    if "scaling" in parts:
        scaling(asked.scaling_runs, asked.rounds)
    if "million" in parts:
        million(asked.million_runs)


if __name__ == "__main__":
    main()
