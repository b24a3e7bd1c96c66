"""Result of a tuning to one point: the best point, its fit, and the trials of the search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, final

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario
from article10.runs.analyses.result import listed
from article10.runs.analyses.tuning.best_point import Search
from article10.runs.analyses.tuning.targets import Targets
from article10.runs.analyses.tuning.tuned import FORMATS, Tuning, given, possible
from article10.runs.batches.ranges import Space
from article10.runs.output.table import ResultTable
from article10.runs.statistics.proportion import Z95

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
@dataclass(frozen=True, repr=False)
class BestPoint(Tuning):
    """The point that fits the targets best.

    Attributes:
        search: all trials, and the best of them.
        tuned_changes: the best point as changes of the scenario, by full key.
        left_out: targets without a value or a date, and what each lacks.
    """

    scenario: Scenario
    source: str
    targets: Targets
    space: Space
    runs: int
    points: int
    seed: int
    search: Search
    tuned_changes: Mapping[str, float | int]
    left_out: tuple[str, ...] = ()

    @property
    def tuned(self) -> dict[str, float | int]:
        """The values of the best trial."""
        return dict(self.tuned_changes)

    @property
    def draws(self) -> pd.DataFrame:
        """The best point alone."""
        return pd.DataFrame([self.tuned])

    @cached_property
    def fitted(self) -> pd.DataFrame:
        """One row per target: given, tolerance, value at the best point with 95% interval, distance in tolerances."""
        s = self.search
        frame = given(self.targets)
        frame["model"] = frame["at_tuned"] = s.values
        low, high = possible(self.targets)
        frame["model_low"] = np.clip(s.values - Z95 * s.errors, low, high)
        frame["model_high"] = np.clip(s.values + Z95 * s.errors, low, high)
        frame["off_by"] = (s.values - s.wanted) / s.tolerances
        return frame

    def sentences(self) -> list[str]:
        """The best point, how well it fits, and what it does not show."""
        values = listed(
            f"{key} = {value if key in self.space.whole else format(value, '.3g')}" for key, value in self.tuned.items()
        )
        off = self.fitted["off_by"].abs()
        fit = "all targets are met within one tolerance"
        if not (off <= 1).all():
            fit = f"the target missed most is {off.idxmax()}, by {off.max():.1f} tolerances"
        return [
            f"The best of {self.points:,} points is {values}: {fit} (loss {self.search.trials['loss'].min():.3g}).",
            'A best point does not show how well the targets identify the parameters; method="posterior" does.',
            *self.left_out_in_words(),
        ]

    def notes(self) -> list[str]:
        """How the point was found."""
        return ["The best point of a search (Optuna, TPE); other points may fit equally well."]

    def tables(self) -> dict[str, ResultTable]:
        """The targets, then the trials."""
        trials = self.search.trials.sort_values("loss")
        formats = {str(column): "{:d}" if column in self.space.whole else "{:.3g}" for column in trials}
        return {
            "targets": ResultTable(
                "Targets: value given, and value at the best point", self.fitted.drop(columns="at_tuned"), FORMATS
            ),
            "trials": ResultTable("Trials, the best first", trials, formats, most=5),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Loss by trial, and fit to the targets."""
        from article10.runs.analyses.tuning import figures as draw

        return {"loss": partial(draw.loss_over_trials, self), "targets": partial(draw.targets, self)}
