"""What checking costs: ``python benchmarks/integrity.py [--runs 2000] [--rounds 15]``.

Printed, not tested. Every ratio is of things measured in turn in this invocation, on the same runs of the baseline with
every stance recorded; the files are in the page cache, where reading is fastest and checking weighs most.

* result: the digest of what ``result.nc`` holds, against reading it by xarray alone.
* batch: the digests of all chunks of a batch's trajectories, against reading them by xarray alone.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import xarray as xr

from article10 import Design, load, run_batch, simulate
from article10.runs.output.digest import bytes_digest, dataset_digest


def seconds(read: Callable[[], object]) -> float:
    """Time of a call."""
    begin = time.perf_counter()
    read()
    return time.perf_counter() - begin


def compare(name: str, check: Callable[[], object], read: Callable[[], object], rounds: int) -> None:
    """Print how long checking takes beside reading, each time after the other."""
    pairs = [(seconds(check), seconds(read)) for _ in range(rounds)]
    ratios = sorted(checking / reading for checking, reading in pairs)
    print(
        f"{name}: checking takes {median(ratios):.1%} of the time of reading ({ratios[0]:.1%} to {ratios[-1]:.1%}), "
        f"which takes {median(reading for _, reading in pairs):.2f} s"
    )


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        file = simulate("baseline", given.runs, 7).save(Path(place, "result.nc"))
        print(f"{given.runs:,} runs: {file.stat().st_size / 1e6:,.0f} MB")
        data = load(file).data
        compare("result", lambda: dataset_digest(data), lambda: xr.load_dataset(file, engine="h5netcdf"), given.rounds)
        folder = Path(place, "batch")
        run_batch(Design(runs=given.runs, seed=7, record="stance"), folder, workers=1, progress=False)
        group = folder / "trajectories" / "baseline.zarr"
        chunks = [path.read_bytes() for path in group.rglob("*") if path.is_file()]
        compare(
            "batch",
            lambda: list(map(bytes_digest, chunks)),
            lambda: xr.open_zarr(group, chunks=None, consolidated=False).load(),
            given.rounds,
        )


if __name__ == "__main__":
    main()
