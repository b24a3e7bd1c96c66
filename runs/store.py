"""A batch's folder: what is in it, and how a part of it is committed whole or not at all.

::

    DIR/design.json                 the design, its scenarios in full, the provenance
    DIR/points.parquet              one row a point
    DIR/outcomes/TASK.parquet       one row a run
    DIR/trajectories/SCENARIO.zarr  variables by (point, run, step, member)
    DIR/histograms/TASK.npz         counts of stances by (step, member, bin), for ``record = "summary"``
    DIR/commits/TASK.json           checksums of a task's files: what counts as done
    DIR/failures/TASK.json          points that failed, with parameters, seed and traceback

Workers only write, each its own files. What no commit names, or what differs from its checksum, does not count.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDERS = ("outcomes", "trajectories", "histograms", "commits", "failures")

LOCK = ".lock"


@dataclass(frozen=True)
class Task:
    """What is committed at once: some runs at some points of one scenario.

    Attributes:
        name: of its files.
        points: indices of the points.
        first_run: number of the first run.
        runs: how many.
    """

    name: str
    points: tuple[int, ...]
    first_run: int
    runs: int


class Store:
    """A batch's folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is read or written."""
        self.folder = folder
        self.design = folder / "design.json"
        self.points = folder / "points.parquet"
        self.lock = folder / LOCK

    def is_foreign(self) -> bool:
        """Whether the folder holds something and no batch."""
        if self.design.exists() or not self.folder.exists():
            return False
        return any(path.name != LOCK and not is_unfinished(path) for path in self.folder.iterdir())

    def make_folders(self) -> None:
        """Make the folders in it."""
        for name in FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def outcomes(self, task: str) -> Path:
        """The file of a task's outcomes."""
        return self.folder / "outcomes" / f"{task}.parquet"

    def histogram(self, task: str) -> Path:
        """The file of a task's counts of stances."""
        return self.folder / "histograms" / f"{task}.npz"

    def trajectories(self, scenario: str) -> Path:
        """The Zarr group of a scenario's trajectories."""
        return self.folder / "trajectories" / f"{scenario}.zarr"

    def _commit(self, task: str) -> Path:
        return self.folder / "commits" / f"{task}.json"

    def _failures(self, task: str) -> Path:
        return self.folder / "failures" / f"{task}.json"

    def commit(self, task: Task, files: Iterable[Path], failures: Sequence[dict[str, Any]]) -> None:
        """Commit a task: its files are on the disk, then one more file says so, with their checksums."""
        if failures:
            write_atomically(self._failures(task.name), json.dumps(failures, indent=1).encode())
        else:
            self._failures(task.name).unlink(missing_ok=True)
        content = {
            "failed_points": [failure["point"] for failure in failures],
            "sha256": {path.relative_to(self.folder).as_posix(): checksum(path) for path in files},
        }
        write_atomically(self._commit(task.name), json.dumps(content, indent=1).encode())

    def committed(self, task: str) -> dict[str, Any] | None:
        """What a task's commit says; None if there is none, or a file is missing or differs from its checksum."""
        try:
            content: dict[str, Any] = json.loads(self._commit(task).read_bytes())
            whole = all(checksum(self.folder / name) == digest for name, digest in content["sha256"].items())
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None
        return content if whole else None

    def tasks(self) -> list[str]:
        """Names of the tasks with a commit, in order; their checksums are not looked at."""
        return sorted(path.stem for path in (self.folder / "commits").glob("*.json") if not is_unfinished(path))

    def failures(self) -> Iterator[dict[str, Any]]:
        """All points that failed, each with the runs that did."""
        for path in sorted((self.folder / "failures").glob("*.json")):
            if not is_unfinished(path):
                yield from json.loads(path.read_bytes())


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unfinished(path: Path) -> Path:
    """Where a file or folder is written before it is moved to its place."""
    return path.with_name(f".unfinished-{os.getpid()}-{path.name}")


def is_unfinished(path: Path) -> bool:
    """Whether a process that was killed may have left this; Zarr writes chunks beside their place as ``*.partial``."""
    return path.name.startswith(".unfinished-") or path.suffix == ".partial"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place, see it onto the disk, and move it there."""
    beside = unfinished(path)
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
