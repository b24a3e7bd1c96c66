"""Results of the sensitivity analyses: what changes a measure, and which effects sample and runs cannot detect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

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
"""The measures analysed, at the horizon; the mean stance is weighted by members' influence."""

NO_NUMBER = "these runs do not show how many are needed"

SMALLEST = 0.01
"""Smallest total index, as a share of the variance, that a sentence names."""


@dataclass(frozen=True, repr=False)
class Screening(AnalysisResult):
    """Morris's elementary effects: which parameters matter.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs at each point.
        seed: seed of all random streams and of the sample.
        trajectories: number of trajectories of the sample.
        ranges: lowest and highest value of each parameter.
        points: number of parameter points.
        effects: indexed by measure and parameter: ``mu_star`` (mean absolute effect over the whole range), its 95%
            half-width ``conf`` over trajectories, ``sigma`` (standard deviation of effects: interaction and curvature),
            ``noise`` (95% bound of the effect that the finite number of runs alone would produce), ``detected``
            (whether ``mu_star`` exceeds it), and ``runs_needed`` to detect an effect of its size.
    """

    scenario: Scenario
    runs: int
    seed: int
    trajectories: int
    ranges: Mapping[str, tuple[float, float]]
    points: int
    effects: pd.DataFrame

    covers: ClassVar[str] = (
        "± and lines: 95% confidence intervals over the sampled trajectories; not how sure the model is of the world."
    )

    def asked(self) -> dict[str, Any]:
        """The parameters with their ranges, and the size of the sample."""
        return {"parameters": dict(self.ranges), "trajectories": self.trajectories}

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Which of {len(self.ranges)} parameters matter? ({self.scenario.name}; {self.points:,} points)"

    @property
    def measures(self) -> list[str]:
        """The measures analysed."""
        return [str(measure) for measure in self.effects.index.unique("measure")]

    def ranked(self, measure: str) -> pd.DataFrame:
        """Effects on one measure, the largest first."""
        return self.effects.loc[[measure]].droplevel("measure").sort_values("mu_star", ascending=False)

    def sentences(self) -> list[str]:
        """The largest effects on each measure, effects not detected, and parameters without effect."""
        said = [text for measure in self.measures for text in self._effects_on(measure)]
        largest = self.effects["mu_star"].groupby("parameter").max()
        without_effect = [str(key) for key in largest.index[largest == 0]]
        if without_effect:
            said.append(f"No effect in any of these runs: {listed(without_effect)}.")
        return [*said, "Screening only ranks parameters; for shares of the variance, use Sobol indices of the largest."]

    def _effects_on(self, measure: str) -> list[str]:
        rows = self.ranked(measure)
        detected = rows[rows["detected"]]
        if detected.empty:
            return [self._none_detected(measure)]
        names = listed(f"{key} ({row['mu_star']:.3f} ± {row['conf']:.3f})" for key, row in detected.head(5).iterrows())
        said = [f"Largest effects on the {_label(measure)} over the plausible ranges: {names}."]
        hidden = rows[~rows["detected"] & (rows["mu_star"] > 0)]
        if len(hidden):
            noise = f"cannot be distinguished from the noise of {self.runs:,} runs at each point"
            said.append(f"{len(hidden)} of {len(rows)} effects on it {noise}; {_runs_needed(hidden)}.")
        rough = rows["conf"] > TOLERANCE * rows["mu_star"].max()
        if rough.any():
            times = (rows["conf"].max() / (TOLERANCE * rows["mu_star"].max())) ** 2
            said.append(
                f"With {self.trajectories} trajectories, {int(rough.sum())} of {len(rows)} effects are not known to a "
                f"tenth of the largest: ranking similar effects needs about {ceil(self.trajectories * times):,}."
            )
        return said

    def _none_detected(self, measure: str) -> str:
        rows = self.ranked(measure)
        if (rows["mu_star"] == 0).all():
            return Undetected(_no_variation(measure, self.points, self.runs))
        noise = f"can be distinguished from the noise of {self.runs:,} runs at each point"
        return Undetected(f"No effect on the {_label(measure)} {noise}; {_runs_needed(rows)}.")

    def tables(self) -> dict[str, ResultTable]:
        """The effects on each measure."""
        formats = dict.fromkeys(("mu_star", "conf", "sigma", "noise"), "{:.3f}") | {"runs_needed": NEEDED_RUNS}
        return {
            f"morris_{measure}": ResultTable(f"Effects on the {_label(measure)}", self.ranked(measure), formats)
            for measure in self.measures
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """The effects on each measure that has any detected."""
        from article10.runs.analyses.sensitivity import figures as draw

        drawn = [measure for measure in self.measures if self.ranked(measure)["detected"].any()]
        return {f"morris_{measure}": partial(draw.morris, self, measure) for measure in drawn}


@dataclass(frozen=True, repr=False)
class SobolIndices(AnalysisResult):
    """Sobol indices: the share of the variance of a measure that each parameter explains.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs at each point.
        seed: seed of all random streams and of the sample.
        base_samples: number of base samples.
        ranges: lowest and highest value of each parameter.
        points: number of parameter points.
        indices: indexed by measure and parameter: first-order index ``S1`` and total index ``ST``, with the ends of
            their 95% intervals, and ``ST_half``, the total index from the first half of the base samples.
        checks: indexed by measure: ``variance`` between points, ``noise`` (share of it due to the finite number of
            runs), ``sum_S1``, ``settled`` (share of parameters whose total index is known to within a tenth, by its
            interval and by the first half of the sample), and ``runs_needed`` for a noise of at most a tenth.
    """

    scenario: Scenario
    runs: int
    seed: int
    base_samples: int
    ranges: Mapping[str, tuple[float, float]]
    points: int
    indices: pd.DataFrame
    checks: pd.DataFrame

    covers: ClassVar[str] = (
        "95% confidence intervals over the sampled parameter points; not how sure the model is of the world."
    )

    def asked(self) -> dict[str, Any]:
        """The parameters with their ranges, and the size of the sample."""
        return {"parameters": dict(self.ranges), "base_samples": self.base_samples}

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        count = len(self.ranges)
        return f"Which of {count} parameters explain the variance? ({self.scenario.name}; {self.points:,} points)"

    def ranked(self, measure: str) -> pd.DataFrame:
        """Indices for one measure, the largest total first."""
        return self.indices.loc[[measure]].droplevel("measure").sort_values("ST", ascending=False)

    @property
    def detected(self) -> list[str]:
        """Measures of whose variance between points at most a tenth is noise of the runs."""
        return [str(measure) for measure in self.checks.index[self.checks["noise"] <= NOISE_LIMIT]]

    def sentences(self) -> list[str]:
        """The largest indices for each measure, and whether sample and runs are large enough."""
        said = []
        for measure in map(str, self.checks.index):
            said += self._effects_on(measure) if measure in self.detected else [self._none_detected(measure)]
        return said

    def _effects_on(self, measure: str) -> list[str]:
        rows, more = self.ranked(measure), f"use more than {self.base_samples:,} base samples"
        rows = rows[rows["ST_low"] > SMALLEST].head(4)
        if rows.empty:
            return [
                f"No parameter's total index for the {_label(measure)} is above a hundredth with confidence: {more}."
            ]
        names = listed(f"{k} ({r['ST']:.2f} [{r['ST_low']:.2f}, {r['ST_high']:.2f}])" for k, r in rows.iterrows())
        said = [f"Total indices (shares of the variance of the {_label(measure)}): {names}."]
        settled = self.checks["settled"][measure]
        if settled < 0.9:
            unsettled = f"{1 - settled:.0%} of the total indices are not known to within a tenth"
            said.append(f"For the {_label(measure)}, {unsettled}: {more} to rank similar parameters.")
        return said

    def _none_detected(self, measure: str) -> str:
        check = self.checks.loc[measure]
        if check["variance"] == 0:
            return Undetected(_no_variation(measure, self.points, self.runs))
        needed = float(self.checks["runs_needed"].to_dict()[measure])
        more = f"reducing it to a tenth needs {about(needed)}" if np.isfinite(needed) else NO_NUMBER
        share = f"{min(check['noise'], 1.0):.0%} of the variance between points is noise of {self.runs:,} runs at each"
        return Undetected(f"The indices for the {_label(measure)} cannot be estimated: {share}; {more}.")

    def tables(self) -> dict[str, ResultTable]:
        """Indices of the measures that can be explained; checks of all measures."""
        formats = dict.fromkeys(("S1", "ST", "ST_half"), "{:.2f}")
        checks: dict[str, Form] = {"variance": "{:.2g}", "noise": "{:.0%}", "sum_S1": "{:.2f}", "settled": "{:.0%}"}
        checks["runs_needed"] = NEEDED_RUNS
        shown = {
            f"sobol_{measure}": ResultTable(f"Indices of the {_label(measure)}", self.ranked(measure), formats)
            for measure in self.detected
        }
        return {
            **shown,
            "checks": ResultTable("Are the sample and the number of runs large enough?", self.checks, checks),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Indices of the measures that can be explained."""
        from article10.runs.analyses.sensitivity import figures as draw

        return {f"sobol_{measure}": partial(draw.sobol, self, measure) for measure in self.detected}


def _label(measure: str) -> str:
    return MEASURES.get(measure, measure)


def _no_variation(measure: str, points: int, runs: int) -> str:
    return f"The {_label(measure)} is the same at all {points:,} points of {runs:,} runs."


def _runs_needed(undetected: pd.DataFrame) -> str:
    """How many runs are needed to detect the largest of some effects that these runs do not detect."""
    key, needed = undetected.index[0], undetected["runs_needed"].iloc[0]
    return f"detecting that of {key} needs {about(needed)}" if np.isfinite(needed) else NO_NUMBER
