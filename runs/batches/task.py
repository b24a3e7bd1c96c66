"""The work of a worker: it simulates some runs at some points, writes and commits them, the same on every machine."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.setup import Setup, stacked_setups
from article10.model.stacked_draws import OwnDraws, SharedDraws
from article10.model.world import World
from article10.runs.batches.design import Point
from article10.runs.batches.error import BatchError
from article10.runs.batches.fingerprint import fingerprint
from article10.runs.batches.histogram import Histogram
from article10.runs.batches.store import Commit, Store, Task
from article10.runs.batches.trajectories import TrajectoryWriter
from article10.runs.ensemble.dataset import dataset, outcome_table
from article10.runs.ensemble.recorder import AnyArray, Recorder, TrajectoryRecorder
from article10.runs.ensemble.stepping import step_stacks
from article10.runs.output.digest import file_digest
from article10.runs.output.files import moved_into_place


@dataclass(frozen=True)
class TaskSpec:
    """A task with everything that a worker needs.

    Attributes:
        folder: folder of the batch.
        task: the runs and the points.
        points: the points of the task that remain to be done.
        scenario: the scenario of the points, before their changes.
        record: variables to record at every step.
        histogram: whether to count stances.
        fingerprint: fingerprint of the code and libraries that must perform the task.
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
    """A worker's report on a task that it has committed.

    Attributes:
        runs: number of runs, over all points.
        failed: number of these runs at points that failed.
    """

    runs: int
    failed: int


class StackRecorder:
    """Records the runs of some points, with a row for each run of the first point, then of the second, and so on.

    Attributes:
        outcomes: outcomes of all rows.
        histograms: counts of stances by point, if wanted.
        writers: writers of trajectories by point, if wanted.
    """

    def __init__(self, setup: Setup, spec: TaskSpec, points: Sequence[Point]) -> None:
        """Allocate the arrays for the runs of a task at each point of a stack."""
        self.n_runs = spec.task.runs
        n_rows = self.n_runs * len(points)
        self.outcomes = Recorder(setup, n_rows, ())
        self.histograms = [Histogram(setup) for _ in points] if spec.histogram else []
        self.writers: list[TrajectoryWriter] = []
        self.trajectories = None
        if spec.record:
            path = Store(Path(spec.folder)).trajectories(points[0].scenario)
            self.writers = [TrajectoryWriter(path, point, spec.task, spec.record) for point in points]
            self.trajectories = TrajectoryRecorder(setup, n_rows, spec.record, self.writers[0].stretch, self._write)

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        self.outcomes.before(world, rows)
        self._count(world, rows)
        if self.trajectories is not None:
            self.trajectories.before(world, rows)

    def after_step(self, world: World, rows: slice, stance_before: AnyArray) -> None:
        """Record the world after a step."""
        self.outcomes.after_step(world, rows, stance_before)
        self._count(world, rows)
        if self.trajectories is not None:
            self.trajectories.after_step(world, rows, stance_before)

    def rows_of(self, place: int) -> slice:
        """The rows of one of the points."""
        return slice(place * self.n_runs, (place + 1) * self.n_runs)

    def discard(self) -> None:
        """Remove the files written, because a point failed."""
        for writer in self.writers:
            writer.discard()

    def _count(self, world: World, rows: slice) -> None:
        for place, histogram in enumerate(self.histograms):
            own = self.rows_of(place)
            start, stop = max(own.start, rows.start) - rows.start, min(own.stop, rows.stop) - rows.start
            if start < stop:
                histogram.add(world.step, world.members.stance[start:stop])

    def _write(self, name: str, first: int, values: AnyArray) -> None:
        for place, writer in enumerate(self.writers):
            writer.keep(name, first, values[:, self.rows_of(place)])


def perform(spec: TaskSpec) -> Report:
    """Perform a task and commit it; a point that fails is recorded, and the other points are simulated.

    Raises:
        BatchError: this worker has other code or libraries than the process that started the batch.
        OSError: the folder cannot be written to; the task is not committed.
        MemoryError: there is too little memory.
    """
    own = fingerprint([spec.scenario.edition])
    if spec.fingerprint != own:
        raise BatchError(f"a worker would give other numbers: it has {own}, the batch was begun by {spec.fingerprint}")
    store, files, failures = Store(Path(spec.folder)), _Files(spec), []
    prepared: list[tuple[Point, Scenario]] = []
    for point in spec.points:
        try:
            prepared.append((point, point.changed(spec.scenario)))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a failure is a value
            failures.append(_failure(point, spec.task, error))
    for points, setup in _stacks(prepared):
        for some, outcome in _run(points, setup, spec):
            if isinstance(outcome, Exception):
                failures += [_failure(point, spec.task, outcome) for point in some]
            else:
                files.add(some, *outcome)
    failures.sort(key=lambda failure: failure["point"])
    store.commit(spec.task, files.written(), failures, spec.kept)
    return Report(spec.task.runs * len(spec.points), spec.task.runs * len(failures))


def _stacks(prepared: Sequence[tuple[Point, Scenario]]) -> Iterator[tuple[list[Point], Setup]]:
    """Groups of points that can be stepped together, each with its stack."""
    for places, setup in stacked_setups([scenario for _, scenario in prepared]):
        yield [prepared[place][0] for place in places], setup


Outcome = tuple[Setup, StackRecorder] | Exception


def _run(points: list[Point], setup: Setup, spec: TaskSpec) -> Iterator[tuple[list[Point], Outcome]]:
    """Run the points of a stack; if a run fails, run each point alone, so that only the failing point is lost."""
    task, seeds = spec.task, [point.seed for point in points]
    kept = StackRecorder(setup, spec, points)
    alike = len(set(seeds)) == 1
    shared = SharedDraws(Sampler(setup.streams, seeds[0], once=len(points) == 1))
    draws = shared if alike else OwnDraws(setup.streams, seeds)
    runs = range(task.first_run, task.first_run + task.runs)
    try:
        step_stacks([(setup, kept)], draws, runs, chunk=task.runs * len(points) if spec.record else None)
    except (MemoryError, OSError):  # a failure of the machine, not of a point
        raise
    except Exception as error:  # noqa: BLE001 - a failure is a value
        kept.discard()
        if len(points) == 1:
            yield points, error
        else:
            for point, scenario in zip(points, setup.stacked, strict=True):
                yield from _run([point], setup.stack([scenario]), spec)
    else:
        yield points, (setup, kept)


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

    def add(self, points: Sequence[Point], setup: Setup, kept: StackRecorder) -> None:
        """Write the records of the points of a stack."""
        data = dataset(setup, kept.outcomes, points[0].seed, 0)
        frame = outcome_table(data, setup.scenario.step_years).reset_index()
        frame["run"] = self.spec.task.first_run + frame["run"] % kept.n_runs
        frame.insert(0, "point", np.repeat([point.index for point in points], kept.n_runs))
        self.rows.append(frame)
        for place, writer in enumerate(kept.writers):
            writer.finish(data.isel(run=kept.rows_of(place)))
        self.writers += kept.writers
        if kept.histograms:
            own = zip(points, kept.histograms, strict=True)
            self.counts |= {str(point.index): histogram.counts for point, histogram in own}

    def written(self) -> dict[Path, str]:
        """Digests of all files, once they are on the disk; rows of points in an earlier commit are kept."""
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
        frame = pd.concat(self.rows, ignore_index=True).sort_values("point", kind="stable", ignore_index=True)
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
