"""What the dashboard opens: a scenario, or a run of a saved result or of a batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from article10.model.arguments import LARGEST
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario, shipped
from article10.model.setup import Setup
from article10.runs.ensemble.netcdf import RESULT
from article10.runs.ensemble.rerun import check_run, rebuild_setup
from article10.runs.ensemble.result import EnsembleResult, load
from article10.runs.ensemble.state import BRANCHED


@dataclass(frozen=True)
class Asked:
    """What the command line asks for.

    Attributes:
        source: name of a scenario, or path of a TOML file, a result or a batch.
        run: number of the run.
        seed: seed of all random streams; a result or a batch has its own.
        point: number of the point of a batch.
        edition: name or folder of the edition to stand on; a result or a batch has its own.
    """

    source: str = "baseline"
    run: int = 0
    seed: int = 0
    point: int = 0
    edition: str | None = None


@dataclass(frozen=True)
class Opened:
    """One run that can be shown.

    Attributes:
        scenario: scenario of the run.
        seed: seed of all random streams.
        run: number of the run.
        source: path or name from which it was opened, as the page shows it.
        edition: the edition that was asked for, for the scenarios that the page offers; None for that of each.
    """

    scenario: Scenario
    seed: int
    run: int
    source: str
    edition: str | None = None


def opened(asked: Asked) -> Opened:
    """Open a scenario by name or file, or a run of what ``article10 run``, ``article10 batch`` or ``save`` wrote.

    Raises:
        ScenarioError: the scenario is not valid, the run is not in the result, or it cannot be re-simulated.
        ValueError: the file or folder does not hold a result, or a seed or number is out of range.
        KeyError: the batch does not have the point.
        OSError: the folder cannot be read.
    """
    for name in ("seed", "run"):
        whole_number(str(getattr(asked, name)), name)
    path = Path(asked.source)
    is_batch, is_result = (path / "design.json").exists(), path.is_dir() or path.suffix == Path(RESULT).suffix
    if asked.edition is not None and (is_batch or is_result):
        raise ScenarioError(f"--edition {asked.edition}: the runs in {asked.source} keep their own edition")
    if is_batch:
        return _of_batch(path, asked)
    if asked.point:
        raise ScenarioError(
            f"--point {asked.point}: {asked.source} is not the folder of a batch, which alone has points"
        )
    if path.is_dir() and not (path / RESULT).exists():
        raise ScenarioError(f"{path}: a folder that neither `article10 run` nor `article10 batch` has written")
    if is_result:
        return _of_result(path, load(path), asked.run)
    scenario = read_scenario(asked.source, edition=asked.edition)
    return Opened(scenario, asked.seed, asked.run, asked.source, asked.edition)


def opened_for_a_page(asked: Asked) -> Opened:
    """Open again, for a page, what the command line asks for.

    Raises:
        ScenarioError: the scenario can no longer be opened; the message names it and quotes nothing from it.
    """
    try:
        return opened(asked)
    except (ScenarioError, OSError, ValueError, KeyError):
        raise ScenarioError(
            f"{asked.source}: cannot be opened any more; run `article10 dashboard` again to see the reason"
        ) from None


def listed(start: Opened) -> list[str]:
    """Names that a page offers: what was opened at the start, and the scenarios that come with the package."""
    return list(dict.fromkeys([start.source, *shipped(start.edition)]))


def picked(name: str, start: Opened, now: Opened) -> Opened:
    """Open what a page chooses among the names that it offers, with the seed and the run that it shows.

    A browser can send any text, so a path is never opened: only the command line can name files.

    Raises:
        ScenarioError: the name is not offered.
    """
    if name == start.source:
        return replace(start, seed=now.seed, run=now.run)
    if name not in listed(start):
        raise ScenarioError(
            "scenario: choose one of those listed; files can be named only when the dashboard is started"
        )
    scenario = read_scenario(name, edition=start.edition)
    return Opened(scenario, now.seed, now.run, name, start.edition)


def _of_result(path: Path, result: EnsembleResult, run: int) -> Opened:
    check_run(result, run)
    if BRANCHED in result.data.attrs:
        raise ScenarioError(f"{path}: is a branch, whose runs begin at its fork; open the result that it is from")
    made, own = rebuild_setup(result), Setup.of(result.scenario)
    if (made.strategy, made.mechanisms) != (own.strategy, own.mechanisms):
        raise ScenarioError(f"{path}: simulated with functions that its scenario does not name; open it in Python")
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
    """The integer that a user typed as a seed or as the number of a run.

    Raises:
        ValueError: the text is not an integer from 0 to 2**63 - 1; the message quotes it.

    >>> whole_number(" 7 ", "seed")
    7
    """
    cleaned = text.strip()
    if not (cleaned.isascii() and cleaned.isdigit()):
        raise ValueError(f"{name} = {text!r}: expected a whole number of at least 0")
    if len(cleaned) > len(str(LARGEST)) or int(cleaned) > LARGEST:
        raise ValueError(f"{name} = {text!r}: expected a whole number of at most {LARGEST}")
    return int(cleaned)
