"""What a run of the model costs, compared with an earlier commit: processor times measured side by side.

    python benchmarks/commits.py 3e79a38
    python benchmarks/commits.py 3e79a38 --runs 2048 --repeats 5

Simulates the baseline, outcomes only, in one process, in turn with this checkout and with a second worktree of the
commit, which is made in a temporary folder and removed in the end. Prints the processor time of both, and the median
ratio with its range over the repeats.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parents[1]

TIMED = """
import sys, time
import article10
scenario = article10.read_scenario("baseline", edition=sys.argv[2])
article10.simulate(scenario, runs=64, seed=1, record=())
begin = time.process_time()
article10.simulate(scenario, runs=int(sys.argv[1]), seed=1, record=())
print(time.process_time() - begin)
"""


def seconds(checkout: Path, runs: int, edition: str) -> float:
    """Processor time of one ensemble with the code of a checkout."""
    own = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", TIMED, str(runs), edition]
    done = subprocess.run(command, cwd=checkout, env=own, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit")
    parser.add_argument("--runs", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--edition", default="2026-12")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other"
        subprocess.run(["git", "worktree", "add", "--detach", "-q", str(other), given.commit], cwd=HERE, check=True)
        try:
            ratios = []
            for _ in range(given.repeats):
                earlier, now = (seconds(place, given.runs, given.edition) for place in (other, HERE))
                ratios.append(now / earlier)
                print(
                    f"{given.commit}: {earlier:.2f} s, this checkout: {now:.2f} s, ratio {ratios[-1]:.2f}", flush=True
                )
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(other)], cwd=HERE, check=True)
    print(f"{given.runs:,} runs: ratio {median(ratios):.2f} [{min(ratios):.2f} to {max(ratios):.2f}]")


if __name__ == "__main__":
    main()
