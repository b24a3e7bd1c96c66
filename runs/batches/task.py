"""What a worker does: some runs at some points, written and committed. The same on every machine and in any order."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.batches.design import Point
from article10.runs.batches.error import BatchError
from article10.runs.batches.fingerprint import fingerprint
from article10.runs.batches.histogram import Histogram
from article10.runs.batches.store import Commit, Store, Task
from article10.runs.batches.trajectories import TrajectoryWriter
from article10.runs.ensemble.dataset import dataset, outcome_table
from article10.runs.ensemble.recorder import AnyArray, Recorder, TrajectoryRecorder
from article10.runs.ensemble.stepping import chunk_size, chunks, step_chunk
from article10.runs.output.digest import file_digest
from article10.runs.output.files import moved_into_place


@dataclass(frozen=True)
class TaskSpec:
    """A task with all that a worker needs to do it.

    Attributes:
        folder: of the batch.
        task: which runs at which points.
        points: those of the task's points that are to be done.
        scenario: theirs, before their changes.
        record: variables to keep at every step.
        histogram: whether to count stances.
        fingerprint: of the code and libraries that have to perform it.
        kept: the commit of the other points of the task.
    """

    folder: str
    task: Task
    points: tuple[Point, ...]
    scenario: Scenario
    record: tuple[str, ...]
    histogram: bool
    fingerprint: dict[str, str]
    kept: Commit | None = None


@dataclass(frozen=True)
class Report:
    """What a worker says of a task that it has committed.

    Attributes:
        runs: runs at points.
        failed: of these, at points that failed.
    """

    runs: int
    failed: int


class PointRecorder:
    """What is kept of one point's runs."""

    def __init__(self, setup: Setup, spec: TaskSpec, point: Point) -> None:
        """Make room."""
        runs = spec.task.runs
        self.outcomes = Recorder(setup, runs, ())
        self.histogram = Histogram(setup) if spec.histogram else None
        self.writer = self.trajectories = None
        if spec.record:
            path = Store(Path(spec.folder)).trajectories(point.scenario)
            self.writer = TrajectoryWriter(path, point, spec.task, spec.record)
            self.trajectories = TrajectoryRecorder(setup, runs, spec.record, self.writer.stretch, self.writer.keep)

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        self.outcomes.before(world, rows)
        if self.histogram is not None:
            self.histogram.add(world)
        if self.trajectories is not None:
            self.trajectories.before(world, rows)

    def after_step(self, world: World, rows: slice, stance_before: AnyArray) -> None:
        """Record the world after a step."""
        self.outcomes.after_step(world, rows, stance_before)
        if self.histogram is not None:
            self.histogram.add(world)
        if self.trajectories is not None:
            self.trajectories.after_step(world, rows, stance_before)


def perform(spec: TaskSpec) -> Report:
    """Do a task and commit it; a point that fails is recorded, and the others go on.

    Raises:
        BatchError: this worker has other code or libraries than the process that started the batch.
        OSError: the folder cannot be written to; nothing of the task counts.
        MemoryError: there is too little.
    """
    if spec.fingerprint != fingerprint():
        raise BatchError(
            f"a worker would give other numbers: it has {fingerprint()}, the batch was begun by {spec.fingerprint}"
        )
    store, files, failures = Store(Path(spec.folder)), _Files(spec), []
    prepared: list[tuple[Point, Setup]] = []
    for point in spec.points:
        try:
            prepared.append((point, Setup.of(read_scenario(spec.scenario, point.changes))))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a failure is a value
            failures.append(_failure(point, spec.task, error))
    for _, together in groupby(prepared, key=_draws_key):
        for point, outcome in _run(list(together), spec):
            if isinstance(outcome, Exception):
                failures.append(_failure(point, spec.task, outcome))
            else:
                files.add(point, *outcome)
    failures.sort(key=lambda failure: failure["point"])
    store.commit(spec.task, files.written(), failures, spec.kept)
    return Report(spec.task.runs * len(spec.points), spec.task.runs * len(failures))


def _draws_key(prepared: tuple[Point, Setup]) -> tuple[Any, int]:
    """Points with the same key share every draw."""
    return prepared[1].streams, prepared[0].seed


Outcome = tuple[Setup, PointRecorder] | Exception


def _run(together: list[tuple[Point, Setup]], spec: TaskSpec) -> Iterator[tuple[Point, Outcome]]:
    """Run points that share their draws; each is given away with its last chunk, so that few are held at once."""
    task = spec.task
    setup = together[0][1]
    sampler = Sampler(*_draws_key(together[0]), once=len(together) == 1)
    kept: dict[int, PointRecorder] = {}
    failed: set[int] = set()
    for rows in chunks(task.runs, task.runs if spec.record else chunk_size(setup)):
        draws = sampler.draw(range(task.first_run + rows.start, task.first_run + rows.stop))
        for point, setup in together:
            if point.index in failed:
                continue
            try:
                if point.index not in kept:
                    kept[point.index] = PointRecorder(setup, spec, point)
                step_chunk(setup, draws, kept[point.index], rows)
            except (MemoryError, OSError):  # of the machine, not of the point
                raise
            except Exception as error:  # noqa: BLE001 - a failure is a value
                failed.add(point.index)
                broken = kept.pop(point.index, None)
                if broken is not None and broken.writer is not None:
                    broken.writer.discard()
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

    def __init__(self, spec: TaskSpec) -> None:
        self.spec, self.store = spec, Store(Path(spec.folder))
        self.rows: list[pd.DataFrame] = []
        self.counts: dict[str, np.ndarray] = {}
        self.writers: list[TrajectoryWriter] = []

    def add(self, point: Point, setup: Setup, kept: PointRecorder) -> None:
        """Take what a point gave."""
        data = dataset(setup, kept.outcomes, point.seed, self.spec.task.first_run)
        if kept.writer is not None:
            kept.writer.finish(data)
            self.writers.append(kept.writer)
        if kept.histogram is not None:
            self.counts[str(point.index)] = kept.histogram.counts
        frame = outcome_table(data, setup.scenario.step_years).reset_index()
        frame.insert(0, "point", point.index)
        self.rows.append(frame)

    def written(self) -> dict[Path, str]:
        """Digests of all files, now that they are on the disk; points that an earlier commit holds stay in them."""
        files = []
        if self.rows:
            files.append(self._write_outcomes(self.store.outcomes(self.spec.task.name)))
        if self.counts:
            files.append(self._write_counts(self.store.histogram(self.spec.task.name)))
        digests = {file: file_digest(file) for file in files}
        for writer in self.writers:
            digests |= writer.written()
        return digests

    def _write_outcomes(self, path: Path) -> Path:
        frame = pd.concat(self.rows, ignore_index=True)
        if self._holds_others(path):
            others = pd.read_parquet(path).astype(frame.dtypes)
            frame = pd.concat([others, frame]).sort_values("point", kind="stable", ignore_index=True)
        with moved_into_place(path) as beside:
            frame.to_parquet(beside, index=False, compression="zstd")
        return path

    def _write_counts(self, path: Path) -> Path:
        counts = self.counts
        if self._holds_others(path):
            with np.load(path) as others:
                counts = counts | dict(others)
        with moved_into_place(path) as beside, beside.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **{point: counts[point] for point in sorted(counts, key=int)})
        return path

    def _holds_others(self, path: Path) -> bool:
        kept = self.spec.kept
        return kept is not None and path.relative_to(self.store.folder).as_posix() in kept.digests
