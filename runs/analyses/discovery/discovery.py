"""Scenario discovery: what separates the worlds in which something happened from those in which it did not."""

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
from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.runs.analyses.discovery.features import Feature, FeatureRecorder, quantity
from article10.runs.analyses.paired import Progress, check_milestone, reached
from article10.runs.analyses.result import AnalysisResult
from article10.runs.batches.error import UnfinishedBatchWarning
from article10.runs.batches.result import BatchResult
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.stepping import chunk_size, chunks, step_chunk
from article10.runs.output.table import ResultTable
from article10.runs.statistics.boxes import Box, Boxes, find_boxes
from article10.runs.statistics.forms import PERCENT, about
from article10.runs.statistics.intervals import FEWEST_EVENTS, TooFewRunsWarning

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Outcome = str | Callable[[EnsembleResult], np.ndarray]
"""``"invitation"``, ``"signature"``, ``"accession"``, or a function of a result that gives a bool for each run."""

FEWEST_POSITIVE = 4 * FEWEST_EVENTS
"""Worlds with the outcome, and without it, that are needed: half are for finding boxes, half for measuring them."""

YEARS = 4
"""Calendar years after that of the start at whose end features are taken by default."""


@dataclass(frozen=True, repr=False)
class Discovery(AnalysisResult):
    """What separates worlds with an outcome from worlds without.

    Attributes:
        scenario: that it was asked of.
        runs: of it, or of each point of a batch.
        seed: of all random streams and of the split into halves.
        outcome: what is told apart, in words.
        until: date on which features end; None where features are parameters.
        features: one row a world that is looked at.
        happened: whether each has the outcome, (world,).
        left_out: worlds in which it was decided by ``until``.
        meaning: of each feature, in words.
        boxes: what was found; None where worlds are too few.
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
        """What was asked."""
        after = f" after {self.until}" if self.until else ""
        return f"What separates the worlds with {self.outcome}{after} from those without? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """What is told apart, and up to when."""
        return {"outcome": self.outcome, "until": self.until}

    def sentences(self) -> list[str]:
        """The boxes in words, against the base rate; or that there is none."""
        said = []
        if self.boxes is None:
            said.append(too_few_worlds(self.happened, self.outcome))
        elif not self.boxes.detected:
            said.append(
                f"No box holds more than its share of {self.outcome}: none of {self.boxes.tried} tried is told from "
                f"the base rate of {_interval(self.boxes.base_rate)} in {self.boxes.held_out:,} held-out worlds."
            )
        else:
            said += [self.said(box) for box in self.boxes.detected]
            said.append(
                f"Base rate: {_interval(self.boxes.base_rate)}. Boxes were found in one half of the worlds and "
                f"measured in the other, {self.boxes.held_out:,} worlds. They separate; they do not say what causes."
            )
        if self.until:
            said.append(
                f"Features end on {self.until}; {self.left_out:,} worlds in which it was decided by then are left out."
            )
        return said

    def said(self, box: Box) -> str:
        """A box in words."""
        conditions = ", and ".join(self.conditions(box))
        return (
            f"{conditions[0].upper()}{conditions[1:]}: {_interval(box.density)} of these {box.worlds:,} worlds have "
            f"{self.outcome}; they hold {_interval(box.coverage)} of all worlds with it."
        )

    def conditions(self, box: Box) -> list[str]:
        """The conditions of a box, each in words."""
        return [self.meaning[edge.feature].said(edge.low, edge.high) for edge in box.edges]

    def tables(self) -> dict[str, ResultTable]:
        """Boxes, and how much each feature tells."""
        rows = [
            {
                "box": "; ".join(self.conditions(box)),
                "worlds": box.worlds,
                **dict(zip(("density", "density_low", "density_high"), box.density, strict=True)),
                **dict(zip(("coverage", "coverage_low", "coverage_high"), box.coverage, strict=True)),
            }
            for box in (self.boxes.detected if self.boxes else ())
        ]
        columns = ["box", "worlds", *(f"{n}{e}" for n in ("density", "coverage") for e in ("", "_low", "_high"))]
        boxes = pd.DataFrame(rows, columns=columns)
        boxes.index = pd.RangeIndex(1, len(rows) + 1)
        shown = {"boxes": ResultTable("Boxes, in held-out worlds", boxes, {"density": PERCENT, "coverage": PERCENT})}
        if self.boxes is not None:
            used = self.boxes.importance[self.boxes.importance > 0]
            labels = pd.Index([self.meaning[str(name)].label for name in used.index], name="feature")
            telling = pd.DataFrame({"share": used.to_numpy()}, index=labels)
            shown["features"] = ResultTable(
                "How much each feature tells, in the half for finding", telling, {"share": "{:.0%}"}
            )
        return shown

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Density by box against the base rate, and the two features that tell most."""
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
    progress: Progress | None = None,
) -> Discovery:
    """What separates, by a date, the worlds in which something will happen from those in which it will not.

    Features are taken on ``until`` and before: stances as drawn, governments of the members coded most opposed, the
    war, events, the bid. Worlds in which the outcome was reached by then are left out, so that no feature follows from
    it.

    Args:
        scenario: name, path or scenario.
        runs: how many worlds.
        seed: of all random streams and of the split into halves.
        outcome: a milestone, or a function of the result that gives a bool for each run; with a function no world is
            left out, and it is the caller's to make sure that it is decided after ``until``.
        until: date on which features end, by default the end of the fourth calendar year after that of the start.
        changes: to the scenario, by full key.
        progress: called with the number of runs done and of all.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: ``runs``, ``seed``, ``outcome`` or ``until`` is.

    Warns:
        TooFewRunsWarning: too few worlds have the outcome, or are without it; no box is stated.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes)
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
            raise ValueError(f"outcome gave {happened.dtype} {happened.shape}: expected a bool for each of {runs} runs")
    features, happened = recorder.frame[~decided].reset_index(drop=True), happened[~decided]
    boxes = find_boxes(features, happened, seed) if _enough(happened, name) else None
    left_out = int(decided.sum())
    return Discovery(chosen, runs, seed, name, day, features, happened, left_out, recorder.meaning, boxes)


@checked
def discover_parameters(batch: BatchResult, *, outcome: str = "accession", seed: int = 0) -> Discovery:
    """What separates, among the parameters that a design varies, the runs with an outcome from those without.

    Runs at one point are not independent: points are split whole into halves, and intervals count points and runs for
    what they are worth together. Where all points share their draws, what the draws of these runs happen to favour
    is not in the intervals: give many runs a point, or a design without common random numbers.

    Args:
        batch: of a design with a sample or a table of numbers.
        outcome: ``invitation``, ``signature`` or ``accession``.
        seed: of the split into halves.

    Raises:
        ValueError: the outcome is none, the design varies no numbers, or it has too few points to split.

    Warns:
        TooFewRunsWarning: too few runs have the outcome, or are without it; no box is stated.
        UnfinishedBatchWarning: runs failed or are not made yet, and are left out.
    """
    if not isinstance(batch, BatchResult):
        raise ArgumentError(f"batch = {shown(batch)}: expected a batch, as open_batch gives")
    check_milestone(outcome)
    seed = whole("seed", seed)
    keys = [key for key in batch.varied if pd.api.types.is_numeric_dtype(batch.points[key])]
    if not keys or len(batch.points) < 4:
        raise ValueError(f"{batch!r}: expected at least 4 points that differ in numbers; varied: {batch.varied}")
    if batch.missing:
        warnings.warn(f"found among the runs that are done: {batch.missing}", UnfinishedBatchWarning, stacklevel=2)
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
    recorder, sampler = FeatureRecorder(setup, runs, until), Sampler(setup.streams, seed, once=True)
    for rows in chunks(runs, chunk_size(setup)):
        step_chunk(setup, sampler.draw(range(rows.start, rows.stop)), recorder, rows)
        if progress is not None:
            progress(rows.stop, runs)
    return EnsembleResult(dataset(setup, recorder.outcomes, seed, 0)), recorder


def _enough(happened: np.ndarray, outcome: str) -> bool:
    if min(happened.sum(), (~happened).sum()) >= FEWEST_POSITIVE:
        return True
    warnings.warn(too_few_worlds(happened, outcome), TooFewRunsWarning, stacklevel=3)
    return False


def too_few_worlds(happened: np.ndarray, outcome: str) -> str:
    """Why no box is stated, and how many runs would do."""
    positive, n = int(happened.sum()), len(happened)
    rarer = min(positive, n - positive)
    would = f"{about(n * FEWEST_POSITIVE / rarer)} would do" if rarer else "no number of runs is known to do"
    return (
        f"{outcome}: {positive:,} of {n:,} worlds have it; boxes are stated from {FEWEST_POSITIVE} worlds with and "
        f"without it on; {would}"
    )


def _interval(share: tuple[float, float, float]) -> str:
    return f"{share[0]:.0%} [{share[1]:.0%}, {share[2]:.0%}]"
