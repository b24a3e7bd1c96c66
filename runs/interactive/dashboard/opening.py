"""What the dashboard opens: a scenario, or a run of a saved result or of a batch."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario, shipped
from article10.model.setup import Setup
from article10.runs.ensemble.netcdf import RESULT
from article10.runs.ensemble.rerun import check_run, rebuild_setup
from article10.runs.ensemble.result import EnsembleResult, load

LARGEST = 2**63
"""Seeds and run numbers are smaller than this."""

VARIABLE = "ARTICLE10_DASHBOARD"
"""Environment variable that tells the page what to open: a server of pages imports the page by its name."""


@dataclass(frozen=True)
class Asked:
    """What the command line asks for.

    Attributes:
        source: name of a scenario, path of a TOML file, of a result, or of a batch.
        run: number of the run.
        seed: of all random streams; what has been run has its own.
        point: of a batch.
    """

    source: str = "baseline"
    run: int = 0
    seed: int = 0
    point: int = 0

    def leave(self) -> None:
        """Leave it where the page looks."""
        os.environ[VARIABLE] = json.dumps(asdict(self))

    @classmethod
    def found(cls) -> Asked:
        """What was left, or the baseline."""
        return cls(**json.loads(os.environ.get(VARIABLE, "{}")))


@dataclass(frozen=True)
class Opened:
    """One world that can be shown.

    Attributes:
        scenario: what holds in it.
        seed: of all random streams.
        run: its number.
        source: what it was opened from, to be shown.
    """

    scenario: Scenario
    seed: int
    run: int
    source: str


def opened(asked: Asked) -> Opened:
    """Open a scenario by name or file, or a run of what ``article10 run``, ``article10 batch`` or ``save`` wrote.

    Raises:
        ScenarioError: the scenario is wrong, the run is not in the result, or it cannot be run again.
        ValueError: the file or folder holds no result; a seed or number is out of range.
        KeyError: the batch has no such point.
        OSError: the folder cannot be read.
    """
    for name in ("seed", "run"):
        whole_number(str(getattr(asked, name)), name)
    path = Path(asked.source)
    if (path / "design.json").exists():
        return _of_batch(path, asked)
    if path.is_dir() and not (path / RESULT).exists():
        raise ScenarioError(f"{path}: a folder that neither `article10 run` nor `article10 batch` made")
    if path.is_dir() or path.suffix == Path(RESULT).suffix:
        return _of_result(path, load(path), asked.run)
    return Opened(read_scenario(asked.source), asked.seed, asked.run, asked.source)


def opened_at_start() -> Opened:
    """What the command line asks for, opened again for a page: of a file that cannot be read any more, nothing is said.

    Raises:
        ScenarioError: it cannot be opened; the message says what was to be opened, and quotes nothing of it.
    """
    asked = Asked.found()
    try:
        return opened(asked)
    except (ScenarioError, OSError, ValueError, KeyError):
        raise ScenarioError(
            f"{asked.source}: cannot be opened any more; `article10 dashboard`, typed again, says why"
        ) from None


def listed(start: Opened) -> list[str]:
    """Names that a page offers: what was opened at the start, and the scenarios that are shipped."""
    return list(dict.fromkeys([start.source, *shipped()]))


def picked(name: str, start: Opened, now: Opened) -> Opened:
    """What a page asks for by one of the names that it offers, with the seed and the run that it shows.

    A browser can send any text, so a path is never followed: only the command line names files.

    Raises:
        ScenarioError: the name is not offered.
    """
    if name == start.source:
        return replace(start, seed=now.seed, run=now.run)
    if name not in listed(start):
        raise ScenarioError("scenario: choose one of those listed; files are named when the dashboard is started")
    return Opened(read_scenario(name), now.seed, now.run, name)


def _of_result(path: Path, result: EnsembleResult, run: int) -> Opened:
    check_run(result, run)
    made, own = rebuild_setup(result), Setup.of(result.scenario)
    if (made.strategy, made.mechanisms) != (own.strategy, own.mechanisms):
        raise ScenarioError(f"{path}: made with other functions than its scenario's: open it in Python")
    return Opened(result.scenario, result.seed, run, str(path))


def _of_batch(folder: Path, asked: Asked) -> Opened:
    from article10.runs.batches.result import open_batch

    batch = open_batch(folder)
    scenario = batch.scenario(asked.point)
    if not 0 <= asked.run < batch.runs:
        raise ScenarioError(f"--run {asked.run}: {folder} holds runs 0 to {batch.runs - 1} at each point")
    seed = int(batch.points["seed"].to_dict()[asked.point])
    return Opened(scenario, seed, asked.run, f"{folder}, point {asked.point}")


def whole_number(text: str, name: str) -> int:
    """A seed or run number as it was typed.

    Raises:
        ValueError: it is no whole number of at least 0, or too large; the message says what was given.

    >>> whole_number(" 7 ", "seed")
    7
    """
    cleaned = text.strip()
    if not (cleaned.isascii() and cleaned.isdigit()):
        raise ValueError(f"{name} = {text!r}: expected a whole number of at least 0")
    if len(cleaned) > len(str(LARGEST)) or int(cleaned) >= LARGEST:
        raise ValueError(f"{name} = {text!r}: expected a whole number below {LARGEST:.2g}")
    return int(cleaned)
