"""What a worker does: some runs at some points, written and committed. The same on every machine and in any order."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.design import Point
from article10.runs.ensemble import chunk_size, chunks, step_chunk
from article10.runs.histogram import Histogram
from article10.runs.recorder import Recorder
from article10.runs.result import EnsembleResult, dataset
from article10.runs.store import Store, Task, unfinished

CHUNK_BYTES = 2**25
"""Bytes of a Zarr chunk at the most."""


@dataclass(frozen=True)
class Work:
    """A task with all that a worker needs to do it.

    Attributes:
        folder: of the batch.
        task: which runs at which points.
        points: those points.
        scenario: theirs, before their changes.
        record: variables to keep at every step.
        histogram: whether to count stances.
    """

    folder: str
    task: Task
    points: tuple[Point, ...]
    scenario: Scenario
    record: tuple[str, ...]
    histogram: bool


@dataclass(frozen=True)
class Report:
    """What a worker says of a task that it has committed.

    Attributes:
        runs: runs at points.
        failed: of these, at points that failed.
    """

    runs: int
    failed: int


class Kept:
    """What is kept of one point's runs."""

    def __init__(self, setup: Setup, work: Work) -> None:
        """Make room."""
        self.recorder = Recorder(setup, work.task.runs, work.record)
        self.histogram = Histogram(setup) if work.histogram else None

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        self.recorder.before(world, rows)
        if self.histogram is not None:
            self.histogram.add(world)

    def after_step(self, world: World, rows: slice, stance_before: Any) -> None:  # noqa: ANN401 - an array
        """Record the world after a step."""
        self.recorder.after_step(world, rows, stance_before)
        if self.histogram is not None:
            self.histogram.add(world)


def perform(work: Work) -> Report:
    """Do a task and commit it; a point that fails is recorded, and the others go on.

    Raises:
        OSError: the folder cannot be written to; nothing of the task counts.
        MemoryError: there is too little.
    """
    store, files, failures = Store(Path(work.folder)), _Files(work), []
    prepared: list[tuple[Point, Setup]] = []
    for point in work.points:
        try:
            prepared.append((point, Setup.of(read_scenario(work.scenario, point.changes))))
        except Exception as error:  # noqa: BLE001 - a failure is a value
            failures.append(_failure(point, work.task, error))
    for _, together in groupby(prepared, key=_draws_key):
        for point, outcome in _run(list(together), work):
            if isinstance(outcome, Exception):
                failures.append(_failure(point, work.task, outcome))
            else:
                files.add(point, *outcome)
    store.commit(work.task, files.written(), failures)
    return Report(work.task.runs * len(work.points), work.task.runs * len(failures))


def _draws_key(prepared: tuple[Point, Setup]) -> tuple[Any, int]:
    """Points with the same key share every draw."""
    return prepared[1].streams, prepared[0].seed


Outcome = tuple[Setup, Kept] | Exception


def _run(together: list[tuple[Point, Setup]], work: Work) -> Iterator[tuple[Point, Outcome]]:
    """Run points that share their draws; each is given away with its last chunk, so that few are held at once."""
    task = work.task
    setup = together[0][1]
    sampler = Sampler(*_draws_key(together[0]))
    kept: dict[int, Kept] = {}
    failed: set[int] = set()
    for rows in chunks(task.runs, task.runs if work.record else chunk_size(setup)):
        draws = sampler.draw(range(task.first_run + rows.start, task.first_run + rows.stop))
        for point, setup in together:
            if point.index in failed:
                continue
            try:
                if point.index not in kept:
                    kept[point.index] = Kept(setup, work)
                step_chunk(setup, draws, kept[point.index], rows)
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - a failure is a value
                failed.add(point.index)
                yield point, error
                continue
            if rows.stop == task.runs:
                yield point, (setup, kept.pop(point.index))


def _failure(point: Point, task: Task, error: Exception) -> dict[str, Any]:
    return {
        "point": point.index,
        "scenario": point.scenario,
        "parameters": dict(point.changes),
        "seed": point.seed,
        "first_run": task.first_run,
        "runs": task.runs,
        "error": f"{type(error).__name__}: {error}",
        "traceback": "".join(traceback.format_exception(error)),
    }


class _Files:
    """The files of one task, filled point by point."""

    def __init__(self, work: Work) -> None:
        self.work, self.store = work, Store(Path(work.folder))
        self.rows: list[pd.DataFrame] = []
        self.counts: dict[str, np.ndarray] = {}
        self.chunks: list[Path] = []

    def add(self, point: Point, setup: Setup, kept: Kept) -> None:
        """Take what a point gave; trajectories are written at once."""
        data = dataset(setup, kept.recorder, point.seed, self.work.task.first_run)
        frame = EnsembleResult(data).outcomes_by_member.reset_index()
        frame.insert(0, "point", point.index)
        self.rows.append(frame)
        if kept.histogram is not None:
            self.counts[str(point.index)] = kept.histogram.counts
        if self.work.record:
            self.chunks += write_trajectories(self.store.trajectories(point.scenario), point, data, self.work.task)

    def written(self) -> list[Path]:
        """All files, now that they are on the disk."""
        files = list(self.chunks)
        if self.rows:
            path = self.store.outcomes(self.work.task.name)
            frame = pd.concat(self.rows, ignore_index=True)
            beside = unfinished(path)
            try:
                frame.to_parquet(beside, index=False, compression="zstd")
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
            files.append(path)
        if self.counts:
            files.append(self._write_counts())
        return files

    def _write_counts(self) -> Path:
        path = self.store.histogram(self.work.task.name)
        beside = unfinished(path)
        try:
            with beside.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **self.counts)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return path


# --- trajectories ---------------------------------------------------------------------------------------------------


def empty_trajectories(path: Path, template: xr.Dataset, points: Iterable[Point], runs: int, block: int) -> None:
    """Make the Zarr group of a scenario: labels and provenance, and room for every variable by run.

    Args:
        path: of the group; it appears whole.
        template: a dataset of one run.
        points: of the scenario.
        runs: at each point.
        block: runs of a task, whose chunks no other task writes.
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
    beside.replace(path)


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


def changes_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of a point from its row in the table of points."""
    return {k: v for k, v in row.items() if k not in ("point", "scenario", "seed") and not pd.isna(v)}
