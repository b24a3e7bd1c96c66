"""Trajectories of a batch: a Zarr group a scenario, written in chunks that are each one task's own, read lazily."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from article10.runs.batches.design import Point
from article10.runs.batches.store import Task, unfinished

CHUNK_BYTES = 2**25
"""Bytes of a Zarr chunk at the most."""


def empty_trajectories(path: Path, template: xr.Dataset, points: Iterable[Point], runs: int, block: int) -> list[Path]:
    """Make the Zarr group of a scenario, or make it anew around the chunks of its runs that are there.

    It holds labels and provenance, and room for every variable by run.

    Args:
        path: of the group.
        template: a dataset of one run.
        points: of the scenario.
        runs: at each point.
        block: runs of a task, whose chunks no other task writes.

    Returns:
        Its files.
    """
    import zarr

    beside = unfinished(path)
    by_run = [name for name, variable in template.data_vars.items() if "run" in variable.dims]
    labels = template.drop_vars([*by_run, "run"])
    words = {name: v.astype(object) for name, v in labels.variables.items() if v.dtype.kind == "U"}
    labels = labels.assign_coords({**words, "point": [point.index for point in points], "run": np.arange(runs)})
    labels.to_zarr(beside, mode="w", zarr_format=3, consolidated=False)
    group = zarr.open_group(beside, mode="r+")
    for name in by_run:
        variable = template[name]
        rest = variable.shape[1:]
        group.create_array(
            str(name),
            shape=(labels.sizes["point"], runs, *rest),
            chunks=(1, _chunk_runs(block, variable.nbytes), *rest),
            dtype=variable.dtype,
            fill_value=np.nan if variable.dtype.kind == "f" else -1,
            compressors=None,  # stances are noise to a compressor: it saves a sixth and costs as much as stepping
            dimension_names=["point", *map(str, variable.dims)],
            attributes=dict(variable.attrs),
        )
    made = [file for file in sorted(beside.rglob("*")) if file.is_file()]
    files = [path / file.relative_to(beside) for file in made]
    for source, file in zip(made, files, strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        source.replace(file)
    shutil.rmtree(beside)
    return files


def _chunk_runs(block: int, bytes_of_run: int) -> int:
    """Runs of a chunk: the block, halved until it is small enough to be written and read quickly."""
    while block % 2 == 0 and block * bytes_of_run > CHUNK_BYTES:
        block //= 2
    return block


def write_trajectories(path: Path, point: Point, data: xr.Dataset, task: Task) -> list[Path]:
    """Write one point's runs, in chunks that no other task writes.

    Args:
        path: of the Zarr group.
        point: whose runs.
        data: of these runs.
        task: which runs.

    Returns:
        The chunks' files.
    """
    import zarr

    files = []
    with zarr.config.set({"array.write_empty_chunks": True}):
        group = zarr.open_group(path, mode="r+")
        for name, variable in data.data_vars.items():
            if "run" not in variable.dims:
                continue
            array: Any = group[str(name)]
            first, last = (k // array.chunks[1] for k in (task.first_run, task.first_run + task.runs - 1))
            zeros = ["0"] * (array.ndim - 2)
            own = [path.joinpath(str(name), "c", str(point.place), str(k), *zeros) for k in range(first, last + 1)]
            for file in own:
                file.unlink(missing_ok=True)  # it may be corrupt, and a chunk at the edge is read before it is written
            array[point.place, task.first_run : task.first_run + task.runs] = variable.to_numpy()
            files += own
    return files


def read_trajectories(path: Path) -> xr.Dataset:
    """A scenario's trajectories, (point, run, step, member), read from the disk as they are used."""
    return xr.open_zarr(path, chunks=None, consolidated=False)


def bytes_by_run(data: xr.Dataset) -> int:
    """Bytes that a run takes, from a dataset of one run."""
    return sum(int(v.nbytes) for v in data.data_vars.values() if "run" in v.dims)
