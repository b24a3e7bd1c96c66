"""Trajectories of a batch: one Zarr group per scenario, in chunks that each belong to one task, read lazily."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from math import ceil
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import xarray as xr

from article10.runs.batches.design import Point
from article10.runs.batches.manifest import Manifest
from article10.runs.batches.store import Task
from article10.runs.ensemble.recorder import AnyArray
from article10.runs.output.digest import file_digest
from article10.runs.output.files import unfinished

CHUNK_BYTES = 2**22
"""Largest number of bytes of a Zarr chunk, so that its values are written while they are still in the cache."""

HELD_BYTES = 2**26
"""Largest number of bytes of all variables' chunks, which a task holds in memory until they are full."""

CONFIGURING = Lock()
"""Lock held while Zarr's configuration, which all threads share, is changed."""

TIMES = {"step", "interval"}
"""Dimensions of time."""


def empty_trajectories(path: Path, template: xr.Dataset, points: Iterable[Point], runs: int, block: int) -> list[Path]:
    """Create the Zarr group of a scenario, or recreate its metadata and keep the chunks of runs that exist.

    The group contains labels, provenance and an array for every variable by run.

    Args:
        path: path of the group.
        template: a dataset of one run.
        points: number of points of the scenario.
        runs: number of runs at each point.
        block: number of runs of a task, whose chunks no other task writes.

    Returns:
        The files of the group.
    """
    import zarr
    from zarr.storage import LocalStore  # Zarr would read a path given as text as an address: "a::b" is a chain of two

    beside = unfinished(path)
    by_run = [name for name, variable in template.data_vars.items() if "run" in variable.dims]
    labels = template.drop_vars([*by_run, "run"])
    words = {name: v.astype(object) for name, v in labels.variables.items() if v.dtype.kind == "U"}
    labels = labels.assign_coords({**words, "point": [point.index for point in points], "run": np.arange(runs)})
    stretch = _stretch([template[name] for name in by_run if TIMES & {*template[name].dims}], block)
    labels.to_zarr(LocalStore(beside), mode="w", zarr_format=3, consolidated=False)
    group = zarr.open_group(LocalStore(beside), mode="r+")
    for name in by_run:
        variable = template[name]
        chunk = [min(stretch, n) if dim in TIMES else n for dim, n in zip(variable.dims, variable.shape, strict=True)]
        group.create_array(
            str(name),
            shape=(labels.sizes["point"], runs, *variable.shape[1:]),
            chunks=(1, block, *chunk[1:]),
            dtype=variable.dtype,
            fill_value=np.nan if variable.dtype.kind == "f" else -1,
            compressors=None,  # stances compress badly: a compressor saves a sixth and costs as much time as stepping
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


def _stretch(variables: Sequence[xr.DataArray], block: int) -> int:
    """Number of steps in a chunk: equal parts, small enough for the limits of one chunk and of all chunks."""
    sizes = [block * variable.nbytes // variable.shape[1] for variable in variables]
    most = max(1, min(CHUNK_BYTES // max(sizes), HELD_BYTES // sum(sizes)))
    steps = max(variable.shape[1] for variable in variables)
    return ceil(steps / ceil(steps / most))


class TrajectoryWriter:
    """Writes one point's runs in chunks owned by this task, on a background thread while the runs are stepped.

    Attributes:
        stretch: number of steps in a chunk.
    """

    def __init__(self, path: Path, point: Point, task: Task, names: Sequence[str]) -> None:
        """Open the arrays of a group.

        Args:
            path: path of the Zarr group.
            point: place of the point in the group.
            task: the task, which defines the runs.
            names: names of the variables by time.
        """
        import zarr
        from zarr.storage import LocalStore

        self._path, self._point, self._task = path, point, task
        self._group = zarr.open_group(LocalStore(path), mode="r+")
        self._arrays: dict[str, Any] = {}
        self.stretch = max(self._array(name).chunks[2] for name in names)
        self._behind = ThreadPoolExecutor(max_workers=1)
        self._pending: list[Future[None]] = []
        self._digests: dict[Path, str] = {}

    def keep(self, name: str, first: int, values: AnyArray) -> None:
        """Write a stretch of a variable, (time, run, ...), from a position on its time axis; the values are copied.

        Raises:
            OSError: values given before could not be written.
        """
        copy = values.copy()
        self._wait()  # only one stretch at a time is in memory
        self._pending.append(self._behind.submit(self._write, name, copy.swapaxes(0, 1), first))

    def finish(self, outcomes: xr.Dataset) -> None:
        """Write the outcomes of the runs."""
        self._pending.append(self._behind.submit(self._write_outcomes, outcomes))

    def written(self) -> dict[Path, str]:
        """Digests of all chunks, once they are on the disk.

        Raises:
            OSError: a chunk cannot be written.
        """
        self._wait()
        self._behind.shutdown()
        return self._digests

    def discard(self) -> None:
        """Remove the chunks written, because the point failed."""
        self._behind.shutdown()
        for file in self._digests:
            file.unlink(missing_ok=True)

    def _wait(self) -> None:
        while self._pending:
            self._pending.pop(0).result()

    def _write_outcomes(self, outcomes: xr.Dataset) -> None:
        for name, variable in outcomes.data_vars.items():
            if "run" in variable.dims:
                self._write(str(name), variable.to_numpy(), 0)

    def _write(self, name: str, values: AnyArray, first: int) -> None:
        """Write a chunk of a variable, (run, ...), from a position on its second axis."""
        array, first_run = self._array(name), self._task.first_run
        start = self._point.place, first_run, first, *[0] * array.ndim
        place = [k // size for k, size in zip(start, array.chunks, strict=False)]
        file = self._path.joinpath(name, "c", *map(str, place))
        # an old chunk may be corrupt, and Zarr reads a chunk at the edge before it writes it
        file.unlink(missing_ok=True)
        times = [slice(first, first + n) for n in values.shape[1:2]]
        array[(self._point.place, slice(first_run, first_run + len(values)), *times)] = values
        self._digests[file] = file_digest(file)

    def _array(self, name: str) -> Any:  # noqa: ANN401 - of Zarr
        if name not in self._arrays:
            import zarr

            with CONFIGURING, zarr.config.set({"array.write_empty_chunks": True}):
                self._arrays[name] = self._group[name]
        return self._arrays[name]


def read_trajectories(path: Path, manifest: Manifest) -> xr.Dataset:
    """A scenario's trajectories, (point, run, step, member), read from the disk and checked when used.

    Args:
        path: path of the group.
        manifest: the committed files.

    Raises:
        BatchError: a part is missing or damaged; a lazily read part raises this when it is read.
    """
    from article10.runs.batches.committed_zarr import CommittedZarr

    return xr.open_zarr(CommittedZarr(path, manifest), chunks=None, consolidated=False, zarr_format=3)


def part(data: xr.Dataset, **places: Sequence[int]) -> xr.Dataset:
    """Some positions along some dimensions, in order, still read lazily; adjacent positions are read together."""
    chosen = {dim: own for dim, own in places.items() if len(own) < data.sizes[dim]}
    return data.isel({dim: slice(own[0], own[-1] + 1) if _are_neighbours(own) else own for dim, own in chosen.items()})


def _are_neighbours(places: Sequence[int]) -> bool:
    return places[-1] - places[0] + 1 == len(places)
