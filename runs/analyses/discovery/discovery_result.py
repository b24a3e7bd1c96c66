"""What scenario discovery finds: boxes of conditions, as sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario
from article10.runs.analyses.discovery.features import Feature
from article10.runs.analyses.result import AnalysisResult
from article10.runs.output.table import ResultTable
from article10.runs.statistics.boxes import Box, Boxes
from article10.runs.statistics.forms import PERCENT, about
from article10.runs.statistics.intervals import FEWEST_EVENTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST_POSITIVE = 4 * FEWEST_EVENTS
"""Fewest runs needed with the outcome, and without it: half are used to find boxes, half to measure them."""


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
