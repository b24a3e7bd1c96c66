"""The runs that a comparison reads: those of paired runs, of saved results, or of the points of batches."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from article10.model.arguments import check_distinct
from article10.model.scenario import Scenario, ScenarioError
from article10.model.shipped import shipped
from article10.runs.analyses.paired import check_comparable
from article10.runs.batches.result import BatchResult, open_batch
from article10.runs.ensemble.netcdf import RESULT
from article10.runs.ensemble.result import EnsembleResult, load
from article10.runs.ensemble.years import steps_at_year_ends

YEARLY = ("stance", "spending", "war_intensity")
"""Variables that a comparison reads at the end of every year, where they were recorded."""

DESIGN = "design.json"
"""A file by which the folder of a batch is known."""


@dataclass(frozen=True)
class ComparedRuns:
    """The runs of one scenario.

    Attributes:
        scenario: the scenario.
        seed: seed of all random streams.
        outcomes: one row per run, as in ``EnsembleResult.outcomes_by_member``, indexed by the number of the run.
        by_year: by variable, its values at the end of each calendar year, (run, year) or (run, year, member); those
            that were not recorded are missing.
    """

    scenario: Scenario
    seed: int
    outcomes: pd.DataFrame
    by_year: Mapping[str, np.ndarray]

    @classmethod
    def of_paired(cls, result: EnsembleResult) -> ComparedRuns:
        """The runs of a result of ``paired_runs``."""
        by_year = {name: result.data[f"{name}_by_year"].to_numpy() for name in YEARLY}
        return cls(result.scenario, result.seed, result.outcomes_by_member, by_year)

    @classmethod
    def of_result(cls, result: EnsembleResult) -> ComparedRuns:
        """The runs of a result with what it recorded at every step."""
        result.check_runs()
        ends = list(steps_at_year_ends(result.scenario).values())
        by_year = {name: result.data[name].to_numpy()[:, ends] for name in YEARLY if name in result.data}
        return cls(result.scenario, result.seed, result.outcomes_by_member, by_year)

    @classmethod
    def of_point(cls, batch: BatchResult, point: int) -> ComparedRuns:
        """The runs that are done at a point of a batch: its outcomes, and what was recorded of each run."""
        if not isinstance(batch.record, str) or batch.record == "stance":
            return cls.of_result(batch.point(point))
        own = batch.outcomes[batch.outcomes["point"] == point].drop(columns="point").set_index("run")
        scenario = batch.scenario(point)  # members that no scenario of the batch leaves out have columns
        return cls(scenario, int(batch.points["seed"].to_dict()[point]), own, {})

    def reached(self, milestone: str, by: pd.Timestamp | None = None) -> np.ndarray:
        """Whether each run has reached a milestone by the end of a date, by default the horizon, (run,) of bool."""
        dates = self.outcomes[f"{milestone}_date"]
        return (dates.notna() if by is None else dates <= by).to_numpy()

    def objections(self) -> tuple[np.ndarray, np.ndarray]:
        """Councils, (run,), and those at which each member objected by its own stance, (run, member)."""
        columns = [f"objections_{code}" for code in self.scenario.members().iso3]
        return self.outcomes["councils"].to_numpy(), self.outcomes[columns].to_numpy()

    def of_runs(self, numbers: pd.Index[int]) -> ComparedRuns:
        """Some of the runs, by their numbers."""
        places = self.outcomes.index.get_indexer(numbers)
        by_year = {name: values[places] for name, values in self.by_year.items()}
        return replace(self, outcomes=self.outcomes.iloc[places], by_year=by_year)


def is_folder(given: object) -> bool:
    """Whether something is the path of a folder and not the name of a shipped scenario."""
    return isinstance(given, str | os.PathLike) and str(given) not in shipped() and Path(given).is_dir()


def runs_in(folders: Sequence[str | Path]) -> dict[str, ComparedRuns]:
    """The runs in folders that ``article10 run`` or ``article10 batch`` has written, paired, by name.

    A result is named after its folder, the points of a batch after what differs between them (and after their folder
    too, where there are several folders). Runs that are not in all of them are left out.

    Args:
        folders: paths; the runs of the first, or of its first point, come first.

    Raises:
        ScenarioError: a folder holds neither, or there is nothing to compare.
        ValueError: the scenarios differ in time or in members, the seeds differ, or no run is in all of them.
    """
    read = [(name, runs) for folder in folders for name, runs in _in_folder(Path(folder), len(folders) > 1)]
    check_distinct("compared", [name for name, _ in read])
    found = dict(read)
    if len(found) < 2:
        raise ScenarioError(f"{folders[0]}: one ensemble of runs; name a second folder to compare it with")
    check_comparable({name: runs.scenario for name, runs in found.items()})
    (first, one), *others = found.items()
    numbers = one.outcomes.index
    for name, runs in others:
        if runs.seed != one.seed:
            raise ValueError(
                f"{first!r} and {name!r} do not share draws: seed is {one.seed} in one and {runs.seed} in the other "
                "(a batch shares them where common_random_numbers is true)"
            )
        numbers = numbers.intersection(runs.outcomes.index)
    if not len(numbers):
        raise ValueError(f"no run is in all of {', '.join(found)}: runs are paired by their number")
    return {name: runs.of_runs(numbers.sort_values()) for name, runs in found.items()}


def _in_folder(folder: Path, is_one_of_several: bool) -> Iterator[tuple[str, ComparedRuns]]:
    if (folder / DESIGN).exists():
        batch = open_batch(folder)
        for point in map(int, batch.points.index):
            name = batch.label(point)
            yield f"{folder.name}: {name}" if is_one_of_several else name, ComparedRuns.of_point(batch, point)
    elif (folder / RESULT).exists():
        yield folder.name, ComparedRuns.of_result(load(folder))
    else:
        raise ScenarioError(f"{folder}: a folder that neither `article10 run` nor `article10 batch` has written")
