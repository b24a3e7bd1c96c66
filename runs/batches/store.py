"""A batch's folder: its files, and how a task is committed completely or not at all.

::

    DIR/design.json                 the design, its scenarios in full, the fingerprint, the provenance
    DIR/points.parquet              one row per point
    DIR/prepared.json               digests of the files that exist before the first task
    DIR/outcomes/TASK.parquet       one row per run
    DIR/trajectories/SCENARIO.zarr  variables by (point, run, step, member)
    DIR/histograms/TASK.npz         counts of stances by (step, member, bin), for ``record = "summary"``
    DIR/failures/TASK.json          points that failed, with parameters, seed and traceback
    DIR/commits/TASK.json           a task and the digests of its files: the record that the task is done

Each worker only writes files of its own. Files that no commit names, or that differ from their digest (XXH3), are
ignored.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from article10.agents.name import file_name
from article10.runs.batches.error import BatchError
from article10.runs.batches.manifest import mend
from article10.runs.output.digest import file_digest
from article10.runs.output.files import write_whole, written_for

FOLDERS = ("outcomes", "trajectories", "histograms", "commits", "failures")

LOCK = ".lock"

PARTIAL = re.compile(r".+\.[0-9a-f]+\.partial")
"""Names under which Zarr writes a file before it renames it."""


@dataclass(frozen=True)
class Task:
    """A task, which is committed as a whole: some runs at some points of one scenario.

    Attributes:
        name: name of its files.
        points: indices of the points.
        first_run: number of the first run.
        runs: number of runs at each point.
    """

    name: str
    points: tuple[int, ...]
    first_run: int
    runs: int


@dataclass(frozen=True)
class Commit:
    """The record that a task is done.

    Attributes:
        task: the task.
        failed_points: indices of its points that failed.
        digests: digests of its files, by path within the folder.
    """

    task: Task
    failed_points: tuple[int, ...]
    digests: Mapping[str, str]


class Store:
    """A batch's folder."""

    def __init__(self, folder: Path) -> None:
        """Set the path of the folder; nothing is read or written."""
        folder = folder.absolute()  # a relative "s3:/b" or "a::b" is an address to those who read and write the files
        self.folder = folder
        self.design = folder / "design.json"
        self.points = folder / "points.parquet"
        self.prepared = folder / "prepared.json"
        self.lock = folder / LOCK

    def is_foreign(self) -> bool:
        """Whether the folder contains anything other than a batch, or remains of one that was killed at its start."""
        if self.design.exists() or not self.folder.exists():
            return False
        if not self.folder.is_dir():
            return True
        left = {self.lock, *self.left_behind(), *(self.folder / name for name in FOLDERS if self._is_empty(name))}
        return any(path not in left for path in self.folder.iterdir())

    def left_behind(self) -> Iterator[Path]:
        """Unfinished files of this class that a killed process may have left; no other files."""
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
        """The content of ``design.json``.

        Raises:
            BatchError: the file is missing or damaged.
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
        """Create the folders within the folder."""
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
        """Commit a task: when its files are on the disk, write one more file with their digests.

        Args:
            task: the task.
            files: digests of the files that were written.
            failures: its points that failed.
            kept: an earlier commit of the task, whose other files remain valid.
        """
        own = self.failures(task.name)
        if failures:
            write_whole(own, json.dumps(failures, indent=1).encode())
        digests = {**(kept.digests if kept else {}), **{self._name(path): digest for path, digest in files.items()}}
        digests = {name: digests[name] for name in sorted(digests) if name != self._name(own)}
        digests |= self._digests([own] if failures else [])
        failed = tuple(failure["point"] for failure in failures)
        write_whole(self._commit(task.name), _sealed(asdict(Commit(task, failed, digests))))
        if not failures:
            own.unlink(missing_ok=True)

    def committed(self, task: Task) -> Commit | None:
        """The commit of a task; None if there is none, or if a file of the task is missing or damaged."""
        try:
            commit = self._read(self._commit(task.name))
        except BatchError:
            return None
        return commit if commit.task == task and not self._differing(commit.digests) else None

    def commits(self) -> list[Commit]:
        """All commits by name of the task; their files are not read.

        Raises:
            BatchError: a commit is damaged.
        """
        paths = sorted((self.folder / "commits").glob("*.json"))
        return [self._read(path) for path in paths if written_for(path) is None]

    def commit_prepared(self, files: Iterable[Path]) -> None:
        """Commit the files that exist before the first task."""
        write_whole(self.prepared, _sealed({"digests": self._digests(files)}))

    def prepared_digests(self) -> dict[str, str]:
        """Digests of the files that exist before the first task, by path within the folder.

        Raises:
            BatchError: the files are not committed, or their commit is damaged.
        """
        digests: dict[str, str] = self._committed_in(self.prepared)["digests"]
        return digests

    def unprepared(self) -> set[str] | None:
        """Which of the prepared files are missing or differ from their digests; None before they are committed."""
        try:
            return self._differing(self.prepared_digests())
        except BatchError:
            return None

    def _commit(self, task: str) -> Path:
        return self.folder / "commits" / f"{task}.json"

    def _read(self, path: Path) -> Commit:
        content = self._committed_in(path)
        task = Task(**{**content["task"], "points": tuple(content["task"]["points"])})
        if task.name != path.stem:
            raise BatchError(f"{path}: broken: it is the commit of {task.name}; {mend(self.folder)}")
        return Commit(task, tuple(content["failed_points"]), content["digests"])

    def _committed_in(self, path: Path) -> dict[str, Any]:
        try:
            content: dict[str, Any] = _unsealed(path.read_bytes())
        except FileNotFoundError:
            raise BatchError(f"{path}: broken: it is missing; {mend(self.folder)}") from None
        except ValueError as error:
            raise BatchError(f"{path}: broken: {error}; {mend(self.folder)}") from None
        if "digests" not in content:
            raise BatchError(f"{path}: its form is that of an earlier article10: open the batch with that")
        return content

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _digests(self, paths: Iterable[Path]) -> dict[str, str]:
        return {self._name(path): file_digest(path) for path in paths}

    def _differing(self, digests: Mapping[str, str]) -> set[str]:
        def differs(name: str) -> bool:
            try:
                return file_digest(self.folder / name) != digests[name]
            except OSError:
                return True

        return set(filter(differs, digests))


def _sealed(content: Any) -> bytes:  # noqa: ANN401 - JSON
    """JSON together with its own checksum."""
    return json.dumps({"content": content, "sha256": _seal(content)}, indent=1).encode()


def _unsealed(text: bytes) -> Any:  # noqa: ANN401 - JSON
    both = json.loads(text)
    if not isinstance(both, dict) or both.get("sha256") != _seal(both.get("content")):
        raise ValueError("differs from its checksum")
    return both["content"]


def _seal(content: Any) -> str:  # noqa: ANN401 - JSON
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
