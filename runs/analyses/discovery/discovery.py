"""Scenario discovery: the conditions that distinguish runs with an outcome from runs without it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.agents.short_error import ArgumentError, shown
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.days import day_given
from article10.model.edition import Edition
from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.stacked_draws import SharedDraws
from article10.runs.analyses.discovery.features import Feature, FeatureRecorder, quantity
from article10.runs.analyses.paired import Progress, check_milestone, reached
from article10.runs.analyses.result import AnalysisResult
from article10.runs.batches.error import UnfinishedBatchWarning
from article10.runs.batches.kept_runs import step_kept
from article10.runs.batches.result import BatchResult
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.output.table import ResultTable
from article10.runs.statistics.boxes import Box, Boxes, find_boxes
from article10.runs.statistics.forms import PERCENT, about
from article10.runs.statistics.intervals import FEWEST_EVENTS, TooFewRunsWarning

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Outcome = str | Callable[[EnsembleResult], np.ndarray]
"""``"invitation"``, ``"signature"``, ``"accession"``, or a function of a result that returns a bool for each run."""

FEWEST_POSITIVE = 4 * FEWEST_EVENTS
"""Fewest runs needed with the outcome, and without it: half are used to find boxes, half to measure them."""

YEARS = 4
"""Number of calendar years after the start year at the end of which features are measured by default."""


@dataclass(frozen=True, repr=False)
class Discovery(AnalysisResult):
    """The conditions that distinguish runs with an outcome from runs without it.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs of the scenario, or of each point of a batch.
        seed: seed of all random streams and of the split into halves.
        outcome: name of the outcome.
        until: last date of the features; None where features are parameters.
        features: one row for each run analysed, one column for each feature.
        happened: whether each of these runs has the outcome, (run,).
        left_out: number of runs left out because the outcome was decided by ``until``.
        meaning: description of each feature.
        boxes: the boxes found; None where runs are too few.
    """

    scenario: Scenario
    runs: int
    seed: int
    outcome: str
    until: date | None
    features: pd.DataFrame
    happened: np.ndarray
    left_out: int
    meaning: Mapping[str, Feature]
    boxes: Boxes | None

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        after = f" after {self.until}" if self.until else ""
        return (
            f"Which conditions distinguish runs with {self.outcome}{after} from those without? ({self.scenario.name})"
        )

    def asked(self) -> dict[str, Any]:
        """The outcome, and the last date of the features."""
        return {"outcome": self.outcome, "until": self.until}

    def sentences(self) -> list[str]:
        """The boxes in words, compared with the base rate; or that none was found."""
        said = []
        if self.boxes is None:
            said.append(too_few_runs(self.happened, self.outcome))
        elif not self.boxes.detected:
            said.append(
                f"No box has a share of {self.outcome} above the base rate of {_interval(self.boxes.base_rate)}: none "
                f"of the {self.boxes.tried} tried does, with confidence, in {self.boxes.held_out:,} held-out runs."
            )
        else:
            said += [self.in_words(box) for box in self.boxes.detected]
            said.append(
                f"Base rate: {_interval(self.boxes.base_rate)}. Boxes were found in one half of the runs and measured "
                f"in the other ({self.boxes.held_out:,} runs). They show association, not causes."
            )
        if self.until:
            said.append(
                f"Features are measured up to {self.until}; {self.left_out:,} runs decided by then are left out."
            )
        return said

    def in_words(self, box: Box) -> str:
        """A box in words."""
        conditions = ", and ".join(self.conditions(box))
        return (
            f"{conditions[0].upper()}{conditions[1:]}: {_interval(box.density)} of these {box.runs:,} runs have "
            f"{self.outcome}; they are {_interval(box.coverage)} of all runs with it."
        )

    def conditions(self, box: Box) -> list[str]:
        """The conditions of a box, each in words."""
        return [self.meaning[edge.feature].condition(edge.low, edge.high) for edge in box.edges]

    def tables(self) -> dict[str, ResultTable]:
        """The boxes, and how much each feature contributes."""
        rows = [
            {
                "box": "; ".join(self.conditions(box)),
                "runs": box.runs,
                **dict(zip(("density", "density_low", "density_high"), box.density, strict=True)),
                **dict(zip(("coverage", "coverage_low", "coverage_high"), box.coverage, strict=True)),
            }
            for box in (self.boxes.detected if self.boxes else ())
        ]
        columns = ["box", "runs", *(f"{n}{e}" for n in ("density", "coverage") for e in ("", "_low", "_high"))]
        boxes = pd.DataFrame(rows, columns=columns)
        boxes.index = pd.RangeIndex(1, len(rows) + 1)
        shown = {
            "boxes": ResultTable("Boxes, measured in held-out runs", boxes, {"density": PERCENT, "coverage": PERCENT})
        }
        if self.boxes is not None:
            used = self.boxes.importance[self.boxes.importance > 0]
            labels = pd.Index([self.meaning[str(name)].label for name in used.index], name="feature")
            importance = pd.DataFrame({"share": used.to_numpy()}, index=labels)
            shown["features"] = ResultTable(
                "Importance of each feature, in the half used to find boxes", importance, {"share": "{:.0%}"}
            )
        return shown

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Share of runs with the outcome by box, and the two most important features."""
        from article10.runs.analyses.discovery import figures as draw

        if self.boxes is None or not self.boxes.detected:
            return {}
        return {"boxes": lambda: draw.densities(self), "features": lambda: draw.features(self)}


@checked
def discover(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 2000,
    seed: int = 0,
    *,
    outcome: Outcome = "accession",
    until: str | date | None = None,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Discovery:
    """Find conditions at an early date that distinguish runs with a later outcome from runs without it.

    Features are measured on ``until`` and before: initial stances, governments of the most opposed members, the war,
    events, the bid. Runs that reached the outcome by then are left out, so that no feature is a consequence of it.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs.
        seed: seed of all random streams and of the split into halves.
        outcome: a milestone, or a function of the result that returns a bool for each run. With a function no run is
            left out; make sure that the outcome is decided after ``until``.
        until: last date of the features; by default the end of the fourth calendar year after the start year.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: ``runs``, ``seed``, ``outcome`` or ``until`` is invalid.

    Warns:
        TooFewRunsWarning: too few runs have the outcome, or lack it, to state a box.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    day = _date(chosen, until)
    if isinstance(outcome, str):
        check_milestone(outcome)
    result, recorder = _run(chosen, runs, seed, day, progress)
    if isinstance(outcome, str):
        name, happened, decided = outcome, reached(result, outcome), reached(result, outcome, day)
    else:
        name, happened = getattr(outcome, "__name__", "the outcome").replace("_", " "), np.asarray(outcome(result))
        decided = np.zeros(runs, dtype=bool)
        if happened.shape != (runs,) or happened.dtype != bool:
            raise ValueError(f"outcome: got {happened.dtype} {happened.shape}; expected a bool for each of {runs} runs")
    features, happened = recorder.frame[~decided].reset_index(drop=True), happened[~decided]
    boxes = find_boxes(features, happened, seed) if _enough(happened, name) else None
    left_out = int(decided.sum())
    return Discovery(chosen, runs, seed, name, day, features, happened, left_out, recorder.meaning, boxes)


@checked
def discover_parameters(batch: BatchResult, *, outcome: str = "accession", seed: int = 0) -> Discovery:
    """Find values of the varied parameters that distinguish runs with an outcome from runs without it.

    Runs at one point are not independent: all runs of a point are in the same half, and intervals treat points as
    clusters. Where all points share their random draws, the intervals leave out the error of those common draws: use
    many runs at each point, or a design without common random numbers.

    Args:
        batch: a batch of a design with a sample or a table of numbers.
        outcome: ``invitation``, ``signature`` or ``accession``.
        seed: seed of the split into halves.

    Raises:
        ValueError: the outcome is not a milestone, or the design varies no numbers or has too few points.

    Warns:
        TooFewRunsWarning: too few runs have the outcome, or lack it, to state a box.
        UnfinishedBatchWarning: some runs failed or are not simulated yet, and are left out.
    """
    if not isinstance(batch, BatchResult):
        raise ArgumentError(f"batch = {shown(batch)}: expected a batch, as returned by open_batch")
    check_milestone(outcome)
    seed = whole("seed", seed)
    keys = [key for key in batch.varied if pd.api.types.is_numeric_dtype(batch.points[key])]
    if not keys or len(batch.points) < 4:
        raise ValueError(f"{batch!r}: expected at least 4 points that differ in numbers; varied: {batch.varied}")
    if batch.missing:
        warnings.warn(f"only the runs done so far are analysed: {batch.missing}", UnfinishedBatchWarning, stacklevel=2)
    rows = batch.outcomes
    features = batch.points.loc[rows["point"], keys].reset_index(drop=True)
    happened = rows[f"{outcome}_date"].notna().to_numpy()
    units = rows["point"].to_numpy()
    boxes = find_boxes(features, happened, seed, units) if _enough(happened, outcome) else None
    meaning = {key: quantity(f"parameter {key}", "{:.3g}") for key in keys}
    return Discovery(batch.scenario(0), batch.runs, seed, outcome, None, features, happened, 0, meaning, boxes)


def _date(scenario: Scenario, until: str | date | None) -> date:
    if until is None:
        latest = date(scenario.start.year + YEARS, 12, 31)
        return min(latest, scenario.start + (scenario.horizon - scenario.start) / 2)
    day = day_given("until", until)
    if not scenario.start <= day < scenario.horizon:
        raise ValueError(f"until = {day}: expected a date from {scenario.start} to before {scenario.horizon}")
    return day


def _run(
    scenario: Scenario, runs: int, seed: int, until: date, progress: Progress | None
) -> tuple[EnsembleResult, FeatureRecorder]:
    setup = Setup.of(scenario)
    recorder, draws = FeatureRecorder(setup, runs, until), SharedDraws(Sampler(setup.streams, seed, once=True))
    step_kept([(setup, recorder)], draws, range(runs), seed, settings=until.isoformat(), progress=progress)
    return EnsembleResult(dataset(setup, recorder.outcomes, seed, 0)), recorder


def _enough(happened: np.ndarray, outcome: str) -> bool:
    if min(happened.sum(), (~happened).sum()) >= FEWEST_POSITIVE:
        return True
    warnings.warn(too_few_runs(happened, outcome), TooFewRunsWarning, stacklevel=3)
    return False


def too_few_runs(happened: np.ndarray, outcome: str) -> str:
    """Why no box is stated, and how many runs are needed."""
    positive, n = int(happened.sum()), len(happened)
    rarer = min(positive, n - positive)
    needed = (
        f"this needs {about(n * FEWEST_POSITIVE / rarer)}" if rarer else "these runs do not show how many are needed"
    )
    return (
        f"{outcome}: {positive:,} of {n:,} runs have it; finding boxes takes at least {FEWEST_POSITIVE} runs with it "
        f"and {FEWEST_POSITIVE} without; {needed}"
    )


def _interval(share: tuple[float, float, float]) -> str:
    return f"{share[0]:.0%} [{share[1]:.0%}, {share[2]:.0%}]"
