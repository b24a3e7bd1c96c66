"""Runs that an analysis keeps in a folder while it works, so that after an interruption only the rest is simulated.

A file holds what was recorded of some runs of some scenarios. Its name is a digest of all that these numbers depend on:
the scenarios with the tables of their editions, the seed, the numbers of the runs, what is recorded, and the code with
its libraries. A file therefore never stands for other runs, and processes that share a folder write the same bytes
under the same name. Each file begins with the digest of its content (XXH3); where that differs, its runs are simulated
again.
"""

from __future__ import annotations

import io
import json
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from article10.model.checked import checked
from article10.model.setup import Setup
from article10.model.stacked_draws import StackedDraws
from article10.runs.batches.batch import run_batch
from article10.runs.batches.design import Design
from article10.runs.batches.fingerprint import fingerprint
from article10.runs.batches.result import BatchResult
from article10.runs.batches.store import LOCK
from article10.runs.ensemble.recorder import AnyArray
from article10.runs.ensemble.stepping import MOST, Piece, Recording, step_stacks
from article10.runs.output.digest import bytes_digest
from article10.runs.output.files import moved_into_place
from article10.runs.output.path import check_folder_name
from article10.runs.output.progress import Progress

T = TypeVar("T")

ENDING = ".runs"

DIGEST_LENGTH = len(bytes_digest(b""))

TOGETHER = MOST
"""Runs in a file, of one scenario or of several: what an interruption loses. It does not depend on the machine."""


class KeptRunsWarning(UserWarning):
    """Runs cannot be kept, or a file of kept runs is damaged; the analysis continues. The message says which."""


class KeptRecording(Recording, Protocol):
    """A recorder whose rows can be kept and restored."""

    def arrays(self, rows: slice) -> Mapping[str, AnyArray]:
        """Everything that is recorded of some runs, by name, as views of the recorder's own arrays."""
        ...


def _warn(message: str) -> None:
    warnings.warn(message, KeptRunsWarning, stacklevel=2)


class KeptRuns:
    """A folder of kept runs.

    Attributes:
        folder: where they are; made when the first runs are kept.
        found: number of runs that were in the folder and were not simulated again.
        simulated: number of runs that were simulated.
    """

    def __init__(
        self, folder: Path, say: Callable[[str], None] = _warn, announce: Callable[[Path], None] = lambda _: None
    ) -> None:
        """Name the folder; nothing is read or written.

        Args:
            folder: the folder.
            say: takes messages about damaged files, and about a folder that cannot be written to.
            announce: is given the folder whenever runs are about to be looked for in it.
        """
        self.folder, self.announce, self._say = folder, announce, say
        self.found = self.simulated = 0
        self._is_writable = True

    def restored(self, name: str, arrays: Mapping[str, AnyArray]) -> bool:
        """Whether a file of runs is there and whole; the arrays, (run, ...), then hold what is in it."""
        path = self.folder / f"{name}{ENDING}"
        try:
            content = path.read_bytes()
        except OSError:
            return False
        if bytes_digest(content[DIGEST_LENGTH:]).encode() != content[:DIGEST_LENGTH]:
            self._say(f"{path}: damaged: differs from its checksum; its runs are simulated again")
            return False
        with np.load(io.BytesIO(content[DIGEST_LENGTH:]), allow_pickle=False) as kept:
            for key, held in arrays.items():
                held[...] = kept[key]
        return True

    def keep(self, name: str, arrays: Mapping[str, AnyArray]) -> None:
        """Write what is recorded of some runs, whole or not at all; if it cannot be written, continue without."""
        if not self._is_writable:
            return
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, **arrays)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)  # another process may have removed it
            with moved_into_place(self.folder / f"{name}{ENDING}") as beside:
                beside.write_bytes(bytes_digest(file.getvalue()).encode() + file.getvalue())
        except OSError as error:
            self.continue_without(error)

    def batch_folder(self, design: Design) -> Path | None:
        """The folder of a batch; None if it cannot be written to, or if another process is at work on it."""
        from filelock import FileLock, Timeout

        editions = [scenario.edition for scenario in design.scenarios_in_full().values()]
        made_of = json.dumps([design.described(), fingerprint(editions)])
        folder = self.folder / f"batch-{bytes_digest(made_of.encode())}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / LOCK, timeout=0):
                return folder
        except Timeout:
            return None
        except OSError as error:
            self.continue_without(error)
            return None

    def continue_without(self, error: OSError) -> None:
        """Say that no more runs can be kept, and why."""
        self._is_writable = False
        reason = error.strerror or error
        self._say(f"{self.folder}: runs cannot be kept here: {reason}; an interruption will lose those that follow")


_ACTIVE: ContextVar[KeptRuns | None] = ContextVar("kept_runs", default=None)


def _active() -> KeptRuns | None:
    kept = _ACTIVE.get()
    if kept is not None:
        kept.announce(kept.folder)
    return kept


def kept_folder() -> Path | None:
    """The folder in which runs are now kept, for other processes that simulate some of them; None if they are not."""
    kept = _active()
    return None if kept is None else kept.folder


@contextmanager
def keeping(kept: KeptRuns) -> Iterator[KeptRuns]:
    """Keep the runs of all analyses in the block."""
    token = _ACTIVE.set(kept)
    try:
        yield kept
    finally:
        _ACTIVE.reset(token)


@checked
def kept_runs(folder: str | Path) -> AbstractContextManager[KeptRuns]:
    """Keep the runs of all analyses within a ``with`` block in a folder, so that an interrupted analysis can resume.

    The same analysis, with the same folder, reads the runs that are there and simulates the others. Its result is the
    same, bit for bit, as without an interruption. Runs that use functions or kinds of events of your own are not kept,
    because a change of their code could not be detected. The folder can be deleted at any time.

    Args:
        folder: made when the first runs are kept.

    Raises:
        ValueError: ``folder`` is the name of a file.

    Warns:
        KeptRunsWarning: the folder cannot be written to, or a file in it is damaged; the analysis continues.

    >>> from article10 import influence
    >>> folder = Path(tempfile.mkdtemp()) / "work"
    >>> short = {"horizon": "2027-03-01"}
    >>> with warnings.catch_warnings(action="ignore"), kept_runs(folder) as kept:
    ...     one, other = (influence(runs=8, changes=short) for _ in range(2))
    >>> kept.simulated == kept.found
    True
    """
    check_folder_name(Path(folder))
    return keeping(KeptRuns(Path(folder)))


# --- what analyses call -----------------------------------------------------------------------------------------------


def step_kept(
    stacks: Sequence[tuple[Setup, KeptRecording]],
    draws: StackedDraws,
    runs: range,
    seed: int,
    *,
    settings: str = "",
    progress: Progress | None = None,
) -> None:
    """Step the same runs of every scenario of some stacks; within ``kept_runs``, keep them and simulate only the rest.

    Args:
        stacks: each with its recorder; see ``step_stacks``.
        draws: for all scenarios.
        runs: numbers of the runs of each scenario.
        seed: of the draws.
        settings: what the recorded numbers depend on beyond the class of the recorder and the names in it.
        progress: called with the numbers of runs done, those found in the folder included, and of all.
    """
    kept = _active()
    if kept is None:
        step_stacks(stacks, draws, runs, progress=progress)
    else:
        step_stacks(stacks, draws, runs, chunk=TOGETHER, progress=progress, keeper=Pieces(kept, stacks, seed, settings))


@dataclass(frozen=True)
class Pieces:
    """Keeps the pieces in which stacks are stepped; see ``stepping.Keeper`` and ``step_kept``.

    Attributes:
        kept: where to keep them.
        stacks: each with its recorder.
        seed: of the draws.
        settings: what the recorded numbers depend on beyond the class of the recorder and the names in it.
    """

    kept: KeptRuns
    stacks: Sequence[tuple[Setup, KeptRecording]]
    seed: int
    settings: str

    def restored(self, piece: Piece) -> bool:
        """Whether these runs were kept; they are then in the rows of the recorder."""
        setup, recording = self.stacks[piece.stack]
        if has_own_code(setup) or not self.kept.restored(self._name(piece), recording.arrays(piece.rows)):
            return False
        self.kept.found += piece.rows.stop - piece.rows.start
        return True

    def keep(self, piece: Piece) -> None:
        """Keep these runs, which have been stepped."""
        setup, recording = self.stacks[piece.stack]
        self.kept.simulated += piece.rows.stop - piece.rows.start
        if not has_own_code(setup):
            self.kept.keep(self._name(piece), recording.arrays(piece.rows))

    def _name(self, piece: Piece) -> str:
        setup, recording = self.stacks[piece.stack]
        arrays = {name: [held.dtype.str, *held.shape] for name, held in recording.arrays(piece.rows).items()}
        scenarios = setup.stacked[piece.scenarios]
        made_of = {
            "scenarios": [scenario.model_dump_json() for scenario in scenarios],
            "runs": [piece.runs.start, piece.runs.stop, self.seed],
            "recorded": [type(recording).__qualname__, self.settings, arrays],
            "code": fingerprint([scenario.edition for scenario in scenarios], type(recording).__module__),
        }
        return bytes_digest(json.dumps(made_of).encode())


def has_own_code(setup: Setup) -> bool:
    """Whether runs use functions or kinds of events of the user's own, whose code a fingerprint does not cover."""
    return not all(str(getattr(rule, "__module__", "")).startswith("article10.") for rule in setup.rules)


def read_kept_batch(design: Design, read: Callable[[BatchResult], T], *, workers: int | None, progress: bool) -> T:
    """Run a design and read its batch, which is within ``kept_runs`` in that folder, and otherwise a temporary one.

    Args:
        design: what to run.
        read: reads everything that is needed from the batch.
        workers: number of processes; by default one per core.
        progress: whether to show a progress bar, or else lines on standard error.

    Raises:
        BatchError: as for ``run_batch``.
    """
    kept = _active()
    folder = None if kept is None else kept.batch_folder(design)
    if kept is not None and folder is not None:
        try:
            return read(run_batch(design, folder, workers=workers, progress=progress))
        except OSError as error:
            kept.continue_without(error)
    with tempfile.TemporaryDirectory() as place:
        return read(run_batch(design, Path(place) / "batch", workers=workers, progress=progress))
