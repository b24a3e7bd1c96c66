"""Points of a parameter space measured against targets: in the same worlds, by several processes, and kept on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.randomness import Sampler
from article10.model.scenario import Scenario, ScenarioError, all_declarations
from article10.model.scenario_file import nearest
from article10.model.setup import Setup
from article10.runs.analyses.target_measures import Measured, TargetRecorder, summarised
from article10.runs.analyses.targets import Targets
from article10.runs.analyses.worlds import shared_streams
from article10.runs.batches.batch import Progress
from article10.runs.batches.design import Range
from article10.runs.batches.executors import Executor, executor
from article10.runs.batches.progress import progress_bar
from article10.runs.batches.store import write_atomically
from article10.runs.digest import ALGORITHM, bytes_digest
from article10.runs.ensemble import chunk_size, chunks, step_chunk

POINTS_TOGETHER = 16
"""Points of a task: they share their draws, and are what is lost when a process is stopped."""

ASKED, EVALUATED = "asked.json", "evaluated.jsonl"
"""Files of a folder that a tuning is kept in: what was asked, and a line a point with its digest."""

Point = tuple[float, ...]


@dataclass(frozen=True)
class Work:
    """A task: some points to measure.

    Attributes:
        scenario: that they change.
        targets: to measure.
        points: changes by full key.
        runs: at each point.
        seed: of all random streams: all points see the same worlds.
    """

    scenario: Scenario
    targets: Targets
    points: tuple[Mapping[str, float | int], ...]
    runs: int
    seed: int


def perform(work: Work) -> list[Measured]:
    """Measure each point of a task; draws are made once for all of them, chunk by chunk."""
    setups = [Setup.of(work.scenario.with_(point)) for point in work.points]
    sampler = Sampler(shared_streams(setups), work.seed)
    recorders: list[list[TargetRecorder]] = [[] for _ in setups]
    for rows in chunks(work.runs, min(map(chunk_size, setups))):
        draws, n = sampler.draw(range(rows.start, rows.stop)), rows.stop - rows.start
        for setup, own in zip(setups, recorders, strict=True):
            own.append(TargetRecorder(setup, n, work.targets))
            step_chunk(setup, draws, own[-1], slice(0, n))
    return [summarised(own, setup, work.targets) for setup, own in zip(setups, recorders, strict=True)]


def ranges_of(parameters: Mapping[str, Sequence[float]] | Sequence[str]) -> dict[str, Range]:
    """The ranges to tune over, by full key.

    Args:
        parameters: low and high by full key, or a list of keys for their plausible ranges.

    Raises:
        ScenarioError: a key is unknown, is no number, has no plausible range, or a range is out of bounds.
    """
    if isinstance(parameters, str) or not len(parameters):
        raise ScenarioError("parameters: expected full keys, such as ['stance.peer_rate'], or keys with ranges")
    known = {d.key: d for d in all_declarations()}
    given = parameters if isinstance(parameters, Mapping) else dict.fromkeys(parameters)
    return {key: _range(key, wanted, known) for key, wanted in given.items()}


def _range(key: str, wanted: Sequence[float] | None, known: Mapping[str, Any]) -> Range:
    if key not in known:
        raise ScenarioError(f"parameters: {key}: no such parameter{nearest(key, known)}")
    declared = known[key]
    if isinstance(declared.default, bool) or not isinstance(declared.default, int | float):
        raise ScenarioError(f"parameters: {key} = {declared.default!r}: is no number, and cannot be tuned")
    wanted = declared.meta.plausible if wanted is None else wanted
    if wanted is None:
        raise ScenarioError(f"parameters: {key} declares no plausible range: give one, low and high")
    low, high = (-np.inf if declared.bounds[0] is None else declared.bounds[0]), declared.bounds[1]
    high = np.inf if high is None else high
    if len(wanted) != 2 or not low <= wanted[0] < wanted[1] <= high:
        raise ScenarioError(f"parameters: {key} = {list(wanted)}: expected a low and a higher value in {low} to {high}")
    return float(wanted[0]), float(wanted[1])


class Evaluator:
    """Measures points, each once; with a folder, what was measured before is read there.

    Attributes:
        scenario: that points change.
        targets: measured.
        ranges: by full key.
        runs: at each point.
        seed: of all random streams.
    """

    def __init__(
        self,
        scenario: Scenario,
        targets: Targets,
        ranges: Mapping[str, Range],
        runs: int,
        seed: int,
        out: Path | None = None,
        workers: int | None = 1,
    ) -> None:
        """Read what is there.

        Raises:
            ScenarioError: the folder holds another tuning, or something else.
        """
        self.scenario, self.targets, self.ranges, self.runs, self.seed = scenario, targets, dict(ranges), runs, seed
        self._whole = {d.key for d in all_declarations() if type(d.default) is int}
        self._executor: Executor = executor(workers, None)
        self._known: dict[Point, Measured] = {}
        self._out = out
        if out is not None:
            self._open(out)

    def _asked(self) -> dict[str, Any]:
        return {
            "scenario": json.loads(self.scenario.model_dump_json()),
            "targets": json.loads(self.targets.model_dump_json()),
            "parameters": list(self.ranges),
            "runs": self.runs,
            "seed": self.seed,
        }

    def _open(self, out: Path) -> None:
        asked, lines = out / ASKED, out / EVALUATED
        if asked.exists():
            self._check_same(asked)
        elif out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise ScenarioError(f"{out}: exists and holds no tuning; give another folder")
        out.mkdir(parents=True, exist_ok=True)
        write_atomically(asked, json.dumps(self._asked(), indent=1).encode())
        kept = lines.read_bytes().splitlines(keepends=True) if lines.exists() else []
        whole = [line for line in kept if _is_whole(line)]
        write_atomically(lines, b"".join(whole))  # a line that a stop cut off goes, or one that is damaged
        for line in whole:
            row = json.loads(line)
            self._known[tuple(row["point"])] = Measured(np.array(row["values"], float), np.array(row["errors"], float))

    def _check_same(self, asked: Path) -> None:
        try:
            there = json.loads(asked.read_bytes())
        except ValueError as error:
            raise ScenarioError(f"{asked}: broken: {error}; restore it, or give another folder") from None
        if there != self._asked():
            raise ScenarioError(
                f"{asked.parent}: holds another tuning (scenario, targets, parameters, runs or seed differ); "
                "give another folder"
            )

    def changes(self, point: Sequence[float]) -> dict[str, float | int]:
        """A point as changes of the scenario; whole numbers where the parameter is one."""
        return {
            key: round(value) if key in self._whole else float(value)
            for key, value in zip(self.ranges, point, strict=True)
        }

    def __call__(self, points: np.ndarray, tell: Callable[[Progress], None] = lambda _: None) -> Measured:
        """Measure points.

        Args:
            points: (point, parameter), in the parameters' own units.
            tell: is told how far it is.

        Returns:
            Values and errors, (point, target).
        """
        asked: list[Point] = [tuple(self.changes(row).values()) for row in points]
        pending = [point for point in dict.fromkeys(asked) if point not in self._known]
        state = Progress(runs=len(asked) * self.runs, found=(len(asked) - len(pending)) * self.runs)
        tell(state)
        groups = [pending[k : k + POINTS_TOGETHER] for k in range(0, len(pending), POINTS_TOGETHER)]
        work = [self._work(group) for group in groups]
        for measured, done in self._executor.run(_performed, work):
            group = [tuple(point.values()) for point in done.points]
            for point, found in zip(group, measured, strict=True):
                self._keep(point, found)
            state.done += len(group) * self.runs
            tell(state)
        found_all = [self._known[point] for point in asked]
        return Measured(np.array([f.values for f in found_all]), np.array([f.errors for f in found_all]))

    def _work(self, group: Sequence[Point]) -> Work:
        return Work(self.scenario, self.targets, tuple(map(self.changes, group)), self.runs, self.seed)

    def _keep(self, point: Point, found: Measured) -> None:
        self._known[point] = found
        if self._out is not None:
            row = {"point": point, "values": found.values.tolist(), "errors": found.errors.tolist()}
            with (self._out / EVALUATED).open("ab") as lines:
                lines.write(_line(row))

    def frame(self) -> pd.DataFrame:
        """All points measured, a row each: parameters, then targets."""
        labels = [target.label for target in self.targets]
        rows = [
            {**dict(zip(self.ranges, point, strict=True)), **dict(zip(labels, found.values, strict=True))}
            for point, found in self._known.items()
        ]
        return pd.DataFrame(rows, columns=[*self.ranges, *labels])


def _line(row: Mapping[str, Any]) -> bytes:
    """A measured point, with the digest of what is before it on the line."""
    return json.dumps({**row, ALGORITHM: bytes_digest(json.dumps(row).encode())}).encode() + b"\n"


def _is_whole(line: bytes) -> bool:
    """Whether a line is as it was written."""
    try:
        row = json.loads(line)
        return _line({name: value for name, value in row.items() if name != ALGORITHM}) == line
    except (ValueError, AttributeError):
        return False


def _performed(work: Work) -> tuple[list[Measured], Work]:
    return perform(work), work


def bar(progress: bool) -> AbstractContextManager[Callable[[Progress], None]]:
    """A progress bar, or none."""
    return progress_bar() if progress else nullcontext(lambda _: None)
