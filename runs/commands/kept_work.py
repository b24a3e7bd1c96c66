"""Where the command of an analysis keeps its work until the result is written, so that the same command can resume."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from article10.model.scenario import Scenario
from article10.runs.batches.kept_runs import KeptRuns, keeping
from article10.runs.output.cache_folder import cache_folder
from article10.runs.output.digest import bytes_digest

DAYS_KEPT = 30
"""Days after which work in the cache that nobody has resumed is removed."""


class Work:
    """The work of one command.

    Attributes:
        label: name of the command, for messages.
        name: of the folder that keeps the work, within the folder of the results; it depends on the scenario and on all
            options that change the result.
        folder: where the work is kept: in the folder of the results, or among the user's caches; None if the user has
            no folder for caches.
    """

    def __init__(self, label: str, scenario: Scenario, options: Mapping[str, object], out: Path | None = None) -> None:
        """Choose the folder; nothing is read or written.

        Args:
            label: name of the command.
            scenario: that is analysed.
            options: of the command.
            out: folder of the results, if there is one.
        """
        asked = json.dumps([label, scenario.model_dump_json(), options], sort_keys=True, default=str)
        digest = bytes_digest(asked.encode())[:12]
        self.label, self.name = label, f"unfinished-{digest}"
        self.folder: Path | None = None
        self._is_cached, self._is_announced = out is None, False
        if out is not None:
            self.folder = out / self.name
        else:
            with suppress(RuntimeError):
                self.folder = cache_folder() / "unfinished" / f"{label}-{digest}"

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the runs of the block; in the cache, they are removed when it ends without an error.

        Raises:
            KeyboardInterrupt: the block was interrupted; its argument is the folder, if there is work in it.
        """
        if self.folder is None:
            self._say("the user has no folder for caches: an interruption loses all runs, unless --out names a folder")
            yield
            return
        if self._is_cached:
            _remove_old(self.folder.parent)
        try:
            with keeping(KeptRuns(self.folder, self._say, self._announce)):
                yield
        except KeyboardInterrupt:
            raise KeyboardInterrupt(*[self.folder] if os.path.exists(self.folder) else []) from None  # noqa: PTH110
        if self._is_cached:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _announce(self, folder: Path) -> None:
        if not self._is_announced:
            is_there = os.path.exists(folder)  # noqa: PTH110 - unlike Path.exists, False where it cannot be seen
            self._say(
                f"resuming from {folder}" if is_there else f"runs are kept in {folder} until the result is complete"
            )
        self._is_announced = True

    def _say(self, message: str) -> None:
        sys.stderr.write(f"article10: {self.label}: {message}\n")


def _remove_old(folder: Path) -> None:
    """Remove work that nobody has resumed for long."""
    with suppress(OSError):
        for work in folder.iterdir():
            if work.stat().st_mtime < time.time() - DAYS_KEPT * 24 * 3600:
                shutil.rmtree(work, ignore_errors=True)
