"""The committed content of a batch's folder, read from its small files: design, points, commits."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from article10.runs.batches.coverage import Coverage
from article10.runs.batches.error import BatchError
from article10.runs.batches.manifest import Manifest, mend
from article10.runs.batches.store import Commit, Store


class Committed:
    """The committed part of a batch's folder.

    Attributes:
        store: the folder.
        description: the design, scenarios in full and provenance, as in the JSON file.
        points: one row per point: scenario, seed, and changes by full key.
    """

    def __init__(self, store: Store) -> None:
        """Read and check the design and the points.

        Raises:
            BatchError: the folder is not a batch, or its design or points are missing or damaged.
        """
        self.store = store
        self.description = store.description()
        if "maker" not in self.description:
            made = self.description["provenance"].get("article10_version")
            raise BatchError(f"{store.folder}: its form is that of article10 {made} and before: open it with that")
        self._prepared = store.prepared_digests()
        manifest = Manifest(store.folder, self._prepared)
        if not manifest.is_whole(store.design):
            raise BatchError(
                f"{store.design}: broken: differs from its checksum; where the design in it is unharmed, "
                f"{mend(store.folder)}; otherwise restore a copy, or give another folder"
            )
        self.points = pd.read_parquet(manifest.checked(store.points)).set_index("point")

    @property
    def runs(self) -> int:
        """Number of runs at each point."""
        return int(self.description["design"]["runs"])

    @cached_property
    def commits(self) -> list[Commit]:
        """The commits, as they were when they were first read.

        Raises:
            BatchError: a commit is damaged.
        """
        return self.store.commits()

    @cached_property
    def manifest(self) -> Manifest:
        """The files of all commits."""
        digests = dict(self._prepared)
        for commit in self.commits:
            digests |= commit.digests
        return Manifest(self.store.folder, digests)

    @cached_property
    def coverage(self) -> Coverage:
        """Which runs are done, which failed and which are still to be simulated."""
        return Coverage.of(self.commits, self.runs)

    @property
    def is_complete(self) -> bool:
        """Whether every run at every point is done or has failed, and no file of outcomes is missing or damaged."""
        committed = sum(commit.task.runs * len(commit.task.points) for commit in self.commits)
        return committed == self.runs * len(self.points) and all(map(self.manifest.is_whole, self._outcome_files()))

    def outcome_files(self) -> list[Path]:
        """Files of outcomes, each checked.

        Raises:
            BatchError: a file is missing or damaged.
        """
        return [self.manifest.checked(file) for file in self._outcome_files()]

    def _outcome_files(self) -> list[Path]:
        done = [commit.task for commit in self.commits if len(commit.failed_points) < len(commit.task.points)]
        return [self.store.outcomes(task.name) for task in done]

    def failures(self) -> list[dict[str, Any]]:
        """All points that failed, each with the runs that failed.

        Raises:
            BatchError: a file of failures is missing or damaged.
        """
        files = [self.store.failures(commit.task.name) for commit in self.commits if commit.failed_points]
        return [row for file in files for row in json.loads(self.manifest.checked(file).read_bytes())]
