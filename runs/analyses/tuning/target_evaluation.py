"""Estimates of the targets at parameter points: same random draws at all, several processes, stored on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.randomness import Sampler
from article10.model.scenario import Scenario, ScenarioError
from article10.model.setup import stacked_setups
from article10.model.stacked_draws import SharedDraws
from article10.runs.analyses.paired import shared_streams
from article10.runs.analyses.tuning.target_measures import Measured, TargetRecorder, summarised
from article10.runs.analyses.tuning.targets import Targets
from article10.runs.batches.executors import Executor, executor
from article10.runs.batches.ranges import Space
from article10.runs.ensemble.stepping import MOST, step_stacks
from article10.runs.output.digest import ALGORITHM, bytes_digest
from article10.runs.output.files import remove_abandoned, write_whole
from article10.runs.output.progress import Progress

POINTS_TOGETHER = 16
"""Number of points of one task, or as many more as make ``MOST`` runs: they are lost if the process is interrupted."""

ASKED, EVALUATED = "asked.json", "evaluated.jsonl"
"""Files of a tuning's folder: its arguments, and one line per point with a digest."""

Values = tuple[float, ...]


@dataclass(frozen=True)
class Measuring:
    """A task: points at which to estimate the targets.

    Attributes:
        scenario: the scenario that the points change.
        targets: targets to estimate.
        points: changes of each point, by full key.
        runs: number of runs at each point.
        seed: seed of all random streams, the same at all points.
    """

    scenario: Scenario
    targets: Targets
    points: tuple[Mapping[str, float | int], ...]
    runs: int
    seed: int


def perform(work: Measuring) -> list[Measured]:
    """Estimate the targets at each point of a task; all points share their random draws."""
    setups = stacked_setups([work.scenario.with_(point) for point in work.points])
    recorders = [TargetRecorder(setup, len(places) * work.runs, work.targets) for places, setup in setups]
    sampler = Sampler(shared_streams(setup for _, setup in setups), work.seed)
    stacks = [(setup, recorder) for (_, setup), recorder in zip(setups, recorders, strict=True)]
    step_stacks(stacks, SharedDraws(sampler), range(work.runs))
    measured: dict[int, Measured] = {}
    for (places, setup), recorder in zip(setups, recorders, strict=True):
        for i, place in enumerate(places):
            own = recorder.part(slice(i * work.runs, (i + 1) * work.runs))
            measured[place] = summarised(own, setup, work.targets)
    return [measured[place] for place in range(len(work.points))]


class Evaluator:
    """Estimates the targets at points, once for each; with a folder, earlier estimates are read from it.

    Attributes:
        scenario: the scenario that the points change.
        targets: targets to estimate.
        space: parameters that the points set.
        runs: number of runs at each point.
        seed: seed of all random streams.
    """

    def __init__(
        self,
        scenario: Scenario,
        targets: Targets,
        space: Space,
        runs: int,
        seed: int,
        out: Path | None = None,
        workers: int | None = 1,
    ) -> None:
        """Read the estimates that the folder holds.

        Raises:
            ScenarioError: the folder holds another tuning or other files.
        """
        self.scenario, self.targets, self.space, self.runs, self.seed = scenario, targets, space, runs, seed
        self._executor: Executor = executor(workers, None)
        self._known: dict[Values, Measured] = {}
        self._out = out
        if out is not None:
            self._open(out)

    def _asked(self) -> dict[str, Any]:
        return {
            "scenario": json.loads(self.scenario.model_dump_json()),
            "targets": json.loads(self.targets.model_dump_json()),
            "parameters": self.space.keys,
            "runs": self.runs,
            "seed": self.seed,
        }

    def _open(self, out: Path) -> None:
        asked, lines = out / ASKED, out / EVALUATED
        for path in (asked, lines):
            remove_abandoned(path)
        if asked.exists():
            self._check_same(asked)
        elif out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise ScenarioError(f"{out}: exists and does not hold a tuning; give another folder")
        out.mkdir(parents=True, exist_ok=True)
        write_whole(asked, json.dumps(self._asked(), indent=1).encode())
        kept = lines.read_bytes().splitlines(keepends=True) if lines.exists() else []
        whole = [line for line in kept if _is_whole(line)]
        write_whole(lines, b"".join(whole))  # drop lines cut off by an interruption or damaged
        for line in whole:
            row = json.loads(line)
            self._known[tuple(row["point"])] = Measured(np.array(row["values"], float), np.array(row["errors"], float))

    def _check_same(self, asked: Path) -> None:
        try:
            there = json.loads(asked.read_bytes())
        except ValueError as error:
            raise ScenarioError(f"{asked}: damaged: {error}; restore it, or give another folder") from None
        if there != self._asked():
            raise ScenarioError(
                f"{asked.parent}: holds another tuning (scenario, targets, parameters, runs or seed differ); "
                "give another folder"
            )

    def __call__(self, points: np.ndarray, progress: Progress = lambda *_: None) -> Measured:
        """Estimate the targets at points.

        Args:
            points: values of the parameters, (point, parameter).
            progress: called at the start and after each task with the number of runs done and of all.

        Returns:
            Values and errors, (point, target).
        """
        asked: list[Values] = [tuple(self.space.changes(row).values()) for row in points]
        pending = [point for point in dict.fromkeys(asked) if point not in self._known]
        done_runs, all_runs = (len(asked) - len(pending)) * self.runs, len(asked) * self.runs
        progress(done_runs, all_runs)
        together = max(POINTS_TOGETHER, MOST // self.runs)
        groups = [pending[k : k + together] for k in range(0, len(pending), together)]
        work = [self._work(group) for group in groups]
        for measured, done in self._executor.run(_performed, work):
            group = [tuple(point.values()) for point in done.points]
            for point, found in zip(group, measured, strict=True):
                self._keep(point, found)
            done_runs += len(group) * self.runs
            progress(done_runs, all_runs)
        found_all = [self._known[point] for point in asked]
        return Measured(np.array([f.values for f in found_all]), np.array([f.errors for f in found_all]))

    def _work(self, group: Sequence[Values]) -> Measuring:
        return Measuring(self.scenario, self.targets, tuple(map(self.space.changes, group)), self.runs, self.seed)

    def _keep(self, point: Values, found: Measured) -> None:
        self._known[point] = found
        if self._out is not None:
            row = {"point": point, "values": found.values.tolist(), "errors": found.errors.tolist()}
            with (self._out / EVALUATED).open("ab") as lines:
                lines.write(_line(row))

    def frame(self) -> pd.DataFrame:
        """All points evaluated, one row each: parameters, then targets."""
        labels = [target.label for target in self.targets]
        rows = [
            {**self.space.changes(point), **dict(zip(labels, found.values, strict=True))}
            for point, found in self._known.items()
        ]
        return pd.DataFrame(rows, columns=[*self.space.keys, *labels])


def _line(row: Mapping[str, Any]) -> bytes:
    """The line of a point, with a digest of the rest of the line."""
    return json.dumps({**row, ALGORITHM: bytes_digest(json.dumps(row).encode())}).encode() + b"\n"


def _is_whole(line: bytes) -> bool:
    """Whether a line is complete and undamaged."""
    try:
        row = json.loads(line)
        return _line({name: value for name, value in row.items() if name != ALGORITHM}) == line
    except (ValueError, AttributeError):
        return False


def _performed(work: Measuring) -> tuple[list[Measured], Measuring]:
    return perform(work), work
