"""Answers of the sensitivity analyses: what moves a measure, and what neither the sample nor the runs tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.analyses.sensitivity.methods import NOISE_LIMIT, TOLERANCE
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import NEEDED_RUNS, Form, about
from article10.runs.statistics.intervals import Undetected

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEASURES: Mapping[str, str] = {
    "invitation": "probability of invitation",
    "accession": "probability of accession",
    "stance": "mean stance at the horizon",
}
"""What is explained, at the horizon; members' stances have the weight of their influence."""

SMALLEST = 0.01
"""Share of the variance from which a total index is named."""


@dataclass(frozen=True, repr=False)
class Screening(AnalysisResult):
    """Morris's elementary effects: which parameters matter at all.

    Attributes:
        scenario: that it was asked of.
        runs: at each point.
        seed: of all random streams and of the sample.
        trajectories: of the sample.
        ranges: low and high by parameter.
        points: parameter points.
        effects: by measure and parameter: ``mu_star`` (mean absolute effect of going through the whole range), its
            95% half-width ``conf`` over trajectories, ``sigma`` (standard deviation of effects: interaction and
            curvature), ``noise`` (what the runs alone would give: their 95% bound), ``detected`` (``mu_star`` is above
            it), and ``runs_needed`` to tell one of its size.
    """

    scenario: Scenario
    runs: int
    seed: int
    trajectories: int
    ranges: Mapping[str, tuple[float, float]]
    points: int
    effects: pd.DataFrame

    def asked(self) -> dict[str, Any]:
        """The sample."""
        return {"parameters": dict(self.ranges), "trajectories": self.trajectories}

    @property
    def question(self) -> str:
        """What was asked."""
        return f"Which of {len(self.ranges)} parameters matter? ({self.scenario.name}; {self.points:,} points)"

    @property
    def measures(self) -> list[str]:
        """What is explained."""
        return [str(measure) for measure in self.effects.index.unique("measure")]

    def ranked(self, measure: str) -> pd.DataFrame:
        """Effects on one measure, the largest first."""
        return self.effects.loc[[measure]].droplevel("measure").sort_values("mu_star", ascending=False)

    def sentences(self) -> list[str]:
        """The largest effects by measure; what is not told; what does nothing."""
        said = [text for measure in self.measures for text in self._said_of(measure)]
        idle = self.effects["mu_star"].groupby("parameter").max()
        silent = [str(key) for key in idle.index[idle == 0]]
        if silent:
            said.append(f"Without any effect in these worlds: {listed(silent)}.")
        return [*said, "Screening ranks; it does not apportion. For shares of variance: Sobol indices of the largest."]

    def _said_of(self, measure: str) -> list[str]:
        rows = self.ranked(measure)
        told = rows[rows["detected"]]
        if told.empty:
            return [self._untold_of(measure)]
        names = listed(f"{key} ({row['mu_star']:.3f} ± {row['conf']:.3f})" for key, row in told.head(5).iterrows())
        said = [f"Moves the {_label(measure)} most over its plausible range: {names}."]
        hidden = rows[~rows["detected"] & (rows["mu_star"] > 0)]
        if len(hidden):
            lost = f"{self.runs:,} runs at each point do not tell {len(hidden)} of {len(rows)} effects on it from noise"
            said.append(f"{lost}; {_would_tell(hidden)}.")
        rough = rows["conf"] > TOLERANCE * rows["mu_star"].max()
        if rough.any():
            times = (rows["conf"].max() / (TOLERANCE * rows["mu_star"].max())) ** 2
            said.append(
                f"{int(rough.sum())} of {len(rows)} are not known to a tenth of the largest by {self.trajectories} "
                f"trajectories: take about {ceil(self.trajectories * times):,} before ranking what is close."
            )
        return said

    def _untold_of(self, measure: str) -> str:
        rows = self.ranked(measure)
        if (rows["mu_star"] == 0).all():
            alike = f"it is alike at all {self.points:,} points of {self.runs:,} runs"
            return Undetected(f"Not told for the {_label(measure)}: {alike}.")
        lost = f"no effect stands out of the noise of {self.runs:,} runs at each point"
        return Undetected(f"Not told for the {_label(measure)}: {lost}; {_would_tell(rows)}.")

    def tables(self) -> dict[str, ResultTable]:
        """Effects by measure."""
        formats = dict.fromkeys(("mu_star", "conf", "sigma", "noise"), "{:.3f}") | {"runs_needed": NEEDED_RUNS}
        return {
            f"morris_{measure}": ResultTable(f"Effects on the {_label(measure)}", self.ranked(measure), formats)
            for measure in self.measures
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Effects by measure, of those of which some are told."""
        from article10.runs.analyses.sensitivity import figures as draw

        told = [measure for measure in self.measures if self.ranked(measure)["detected"].any()]
        return {f"morris_{measure}": partial(draw.morris, self, measure) for measure in told}


@dataclass(frozen=True, repr=False)
class SobolIndices(AnalysisResult):
    """Sobol's indices: what share of the variance of a measure each parameter explains.

    Attributes:
        scenario: that it was asked of.
        runs: at each point.
        seed: of all random streams and of the sample.
        base_samples: of the sample.
        ranges: low and high by parameter.
        points: parameter points.
        indices: by measure and parameter: ``S1`` (alone) and ``ST`` (with all interactions), with the ends of their 95%
            intervals, and ``ST_half``, the total index from the first half of the base samples.
        checks: by measure: ``variance`` between points, ``noise`` (share of it that is due to the finite number of
            runs), ``sum_S1``, ``settled`` (share of parameters whose total index is known to a tenth, by its interval
            and by what half of the sample gives), and ``runs_needed`` for a noise of at most a tenth.
    """

    scenario: Scenario
    runs: int
    seed: int
    base_samples: int
    ranges: Mapping[str, tuple[float, float]]
    points: int
    indices: pd.DataFrame
    checks: pd.DataFrame

    def asked(self) -> dict[str, Any]:
        """The sample."""
        return {"parameters": dict(self.ranges), "base_samples": self.base_samples}

    @property
    def question(self) -> str:
        """What was asked."""
        count = len(self.ranges)
        return f"What explains the variance over {count} parameters? ({self.scenario.name}; {self.points:,} points)"

    def ranked(self, measure: str) -> pd.DataFrame:
        """Indices for one measure, the largest total first."""
        return self.indices.loc[[measure]].droplevel("measure").sort_values("ST", ascending=False)

    @property
    def detected(self) -> list[str]:
        """Measures whose variance between points is not mostly that of the runs."""
        return [str(measure) for measure in self.checks.index[self.checks["noise"] <= NOISE_LIMIT]]

    def sentences(self) -> list[str]:
        """What explains each measure, and whether the sample and the runs are enough."""
        said = []
        for measure in map(str, self.checks.index):
            said += self._said_of(measure) if measure in self.detected else [self._untold_of(measure)]
        return said

    def _said_of(self, measure: str) -> list[str]:
        rows, more = self.ranked(measure), f"take more than {self.base_samples:,} base samples"
        rows = rows[rows["ST_low"] > SMALLEST].head(4)
        if rows.empty:
            return [f"Of the variance of the {_label(measure)}, no total index is told from a hundredth: {more}."]
        names = listed(f"{k} ({r['ST']:.2f} [{r['ST_low']:.2f}, {r['ST_high']:.2f}])" for k, r in rows.iterrows())
        said = [f"Of the variance of the {_label(measure)}, total indices: {names}."]
        settled = self.checks["settled"][measure]
        if settled < 0.9:
            unsettled = f"{1 - settled:.0%} of the total indices are not known to a tenth"
            said.append(f"For the {_label(measure)}, {unsettled}: {more} before ranking what is close.")
        return said

    def _untold_of(self, measure: str) -> str:
        check, start = self.checks.loc[measure], f"Not told for the {_label(measure)}"
        if check["variance"] == 0:
            return Undetected(f"{start}: it is alike at all {self.points:,} points of {self.runs:,} runs.")
        needed = float(self.checks["runs_needed"].to_dict()[measure])
        more = f"{about(needed)} would bring it to a tenth" if np.isfinite(needed) else "no number is known to do"
        share = f"{min(check['noise'], 1.0):.0%} of the variance between points"
        return Undetected(f"{start}: {share} is noise of {self.runs:,} runs at each; {more}.")

    def tables(self) -> dict[str, ResultTable]:
        """Indices of the measures that are told; checks of all."""
        formats = dict.fromkeys(("S1", "ST", "ST_half"), "{:.2f}")
        checks: dict[str, Form] = {"variance": "{:.2g}", "noise": "{:.0%}", "sum_S1": "{:.2f}", "settled": "{:.0%}"}
        checks["runs_needed"] = NEEDED_RUNS
        shown = {
            f"sobol_{measure}": ResultTable(f"Indices of the {_label(measure)}", self.ranked(measure), formats)
            for measure in self.detected
        }
        return {**shown, "checks": ResultTable("Are the sample and the runs enough?", self.checks, checks)}

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Indices of the measures that are told."""
        from article10.runs.analyses.sensitivity import figures as draw

        return {f"sobol_{measure}": partial(draw.sobol, self, measure) for measure in self.detected}


def _label(measure: str) -> str:
    return MEASURES.get(measure, measure)


def _would_tell(hidden: pd.DataFrame) -> str:
    """How many runs would tell the largest of some effects that the runs do not tell."""
    key, needed = hidden.index[0], hidden["runs_needed"].iloc[0]
    return f"{about(needed)} would tell {key}" if np.isfinite(needed) else "no number is known to do"
