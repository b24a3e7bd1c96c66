"""A batch's folder: what is in it, and how a part of it is committed whole or not at all.

::

    DIR/design.json                 the design, its scenarios in full, what makes it, the provenance
    DIR/points.parquet              one row a point
    DIR/prepared.json               checksums of what stands there before the first task
    DIR/outcomes/TASK.parquet       one row a run
    DIR/trajectories/SCENARIO.zarr  variables by (point, run, step, member)
    DIR/histograms/TASK.npz         counts of stances by (step, member, bin), for ``record = "summary"``
    DIR/failures/TASK.json          points that failed, with parameters, seed and traceback
    DIR/commits/TASK.json           a task and the checksums of its files: what counts as done

Workers only write, each its own files. What no commit names, or what differs from its checksum, does not count.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from article10.agents.name import file_name
from article10.runs.batches.error import BatchError
from article10.runs.files import moved_into_place, written_for

FOLDERS = ("outcomes", "trajectories", "histograms", "commits", "failures")

LOCK = ".lock"

PARTIAL = re.compile(r".+\.[0-9a-f]+\.partial")
"""Names under which Zarr writes a file of a group before it moves it to its place."""


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


@dataclass(frozen=True)
class Commit:
    """What says that a task is done.

    Attributes:
        task: which.
        failed_points: indices of those of its points that failed.
        sha256: checksum of each of its files, by path within the folder.
    """

    task: Task
    failed_points: tuple[int, ...]
    sha256: Mapping[str, str]


class Store:
    """A batch's folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is read or written."""
        folder = folder.absolute()  # a relative "s3:/b" or "a::b" is an address to those who read and write the files
        self.folder = folder
        self.design = folder / "design.json"
        self.points = folder / "points.parquet"
        self.prepared = folder / "prepared.json"
        self.lock = folder / LOCK

    def is_foreign(self) -> bool:
        """Whether the folder holds something other than a batch, or what is left of one that was killed as it began."""
        if self.design.exists() or not self.folder.exists():
            return False
        if not self.folder.is_dir():
            return True
        left = {self.lock, *self.left_behind(), *(self.folder / name for name in FOLDERS if self._is_empty(name))}
        return any(path not in left for path in self.folder.iterdir())

    def left_behind(self) -> Iterator[Path]:
        """What a process that was killed may have left of the files that this class names; nobody else's files."""
        own = {path.name for path in (self.design, self.points, self.prepared)}
        for path in self.folder.iterdir():
            found = written_for(path)
            if found is not None and found[1] in own:
                yield path
        for name in FOLDERS:
            yield from filter(written_for, (self.folder / name).rglob("*"))
        groups = (self.folder / "trajectories").glob("*.zarr")
        yield from (path for group in groups for path in group.rglob("*.partial") if PARTIAL.fullmatch(path.name))

    def _is_empty(self, name: str) -> bool:
        folder = self.folder / name
        return folder.is_dir() and not any(folder.iterdir())

    def description(self) -> dict[str, Any]:
        """What ``design.json`` says.

        Raises:
            BatchError: it is not there, or broken.
        """
        try:
            content: dict[str, Any] = json.loads(self.design.read_bytes())
            if not content.keys() >= {"design", "scenarios", "provenance"}:
                raise ValueError("it does not describe a batch")
        except FileNotFoundError:
            raise BatchError(f"{self.folder}: no batch: there is no {self.design.name}") from None
        except (OSError, ValueError, AttributeError) as error:
            raise BatchError(f"{self.design}: broken: {error}; restore it, or give another folder") from None
        return content

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

    def failures(self, task: str) -> Path:
        """The file of a task's points that failed."""
        return self.folder / "failures" / f"{task}.json"

    def trajectories(self, scenario: str) -> Path:
        """The Zarr group of a scenario's trajectories."""
        return self.folder / "trajectories" / f"{file_name(scenario)}.zarr"

    # --- commits ------------------------------------------------------------------------------------------------

    def commit(
        self, task: Task, files: Mapping[Path, str], failures: Sequence[dict[str, Any]], kept: Commit | None = None
    ) -> None:
        """Commit a task: its files are on the disk, then one more file says so, with their checksums.

        Args:
            task: which.
            files: checksums of those that were written.
            failures: of its points.
            kept: an earlier commit of the task, whose other files still count.
        """
        own = self.failures(task.name)
        if failures:
            write_atomically(own, json.dumps(failures, indent=1).encode())
        sums = {**(kept.sha256 if kept else {}), **{self._name(path): digest for path, digest in files.items()}}
        sums = {name: sums[name] for name in sorted(sums) if name != self._name(own)}
        sums |= self._checksums([own] if failures else [])
        failed = tuple(failure["point"] for failure in failures)
        write_atomically(self._commit(task.name), _sealed(asdict(Commit(task, failed, sums))))
        if not failures:
            own.unlink(missing_ok=True)

    def committed(self, task: Task) -> Commit | None:
        """The commit of a task; None if there is none, or a file is missing or differs from its checksum."""
        commit = self._read(self._commit(task.name))
        return commit if commit and commit.task == task and not self._differing(commit.sha256) else None

    def commits(self) -> list[Commit]:
        """All commits by name of the task; the checksums of their files are not looked at."""
        paths = sorted((self.folder / "commits").glob("*.json"))
        found = [self._read(path) for path in paths if written_for(path) is None]
        return [commit for commit in found if commit is not None]

    def failed(self) -> Iterator[dict[str, Any]]:
        """All points that failed, each with the runs that did.

        Raises:
            BatchError: a file that a commit names is missing or broken.
        """
        for commit in self.commits():
            if commit.failed_points:
                path = self.failures(commit.task.name)
                try:
                    yield from json.loads(path.read_bytes())
                except (OSError, ValueError) as error:
                    raise BatchError(f"{path}: broken: {error}; the same batch again makes it anew") from None

    def commit_prepared(self, files: Iterable[Path]) -> None:
        """Commit what stands there before the first task."""
        write_atomically(self.prepared, _sealed(self._checksums(files)))

    def unprepared(self) -> set[str] | None:
        """Which of the prepared files are missing or differ from their checksums; None before they are committed."""
        try:
            sums: dict[str, str] = _unsealed(self.prepared.read_bytes())
        except (OSError, ValueError):
            return None
        return self._differing(sums)

    def _commit(self, task: str) -> Path:
        return self.folder / "commits" / f"{task}.json"

    def _read(self, path: Path) -> Commit | None:
        try:
            content = _unsealed(path.read_bytes())
        except (OSError, ValueError):
            return None
        task = content["task"]
        whole = Task(**{**task, "points": tuple(task["points"])})
        return Commit(whole, tuple(content["failed_points"]), content["sha256"])

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _checksums(self, paths: Iterable[Path]) -> dict[str, str]:
        return {self._name(path): checksum(path) for path in paths}

    def _differing(self, sums: Mapping[str, str]) -> set[str]:
        def differs(name: str) -> bool:
            try:
                return checksum(self.folder / name) != sums[name]
            except OSError:
                return True

        return set(filter(differs, sums))


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sealed(content: Any) -> bytes:  # noqa: ANN401 - JSON
    """JSON beside its own checksum."""
    return json.dumps({"content": content, "sha256": _seal(content)}, indent=1).encode()


def _unsealed(text: bytes) -> Any:  # noqa: ANN401 - JSON
    both = json.loads(text)
    if not isinstance(both, dict) or both.get("sha256") != _seal(both.get("content")):
        raise ValueError("differs from its checksum")
    return both["content"]


def _seal(content: Any) -> str:  # noqa: ANN401 - JSON
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place, see it onto the disk, and move it there."""
    with moved_into_place(path) as beside, beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
