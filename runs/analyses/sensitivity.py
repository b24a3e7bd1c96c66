"""Sensitivity: Morris screening and Sobol indices over plausible ranges; samples and indices are SALib's."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.answer import Answer, Shown, listed
from article10.runs.analyses.evidence import TooFewRunsWarning, check_count
from article10.runs.analyses.sensitivity_methods import Space, morris_effects, sobol_indices
from article10.runs.batch import run_batch
from article10.runs.batch_result import BatchResult
from article10.runs.design import Design

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEASURES: Mapping[str, str] = {
    "invitation": "probability of invitation",
    "accession": "probability of accession",
    "stance": "mean stance at the horizon, by influence weight",
}
"""What is explained, at the horizon."""

NOISE_LIMIT = 0.1
"""Share of the variance between points that may be due to the finite number of runs."""


@dataclass(frozen=True, repr=False)
class Screening(Answer):
    """Morris's elementary effects: which parameters matter at all.

    Attributes:
        scenario: that it was asked of.
        runs: at each point.
        seed: of all random streams and of the sample.
        points: parameter points.
        effects: by measure and parameter: ``mu_star`` (mean absolute effect of going through the whole range), its
            95% half-width ``conf``, and ``sigma`` (standard deviation of effects: interaction and curvature).
    """

    scenario: Scenario
    runs: int
    seed: int
    points: int
    effects: pd.DataFrame

    @property
    def question(self) -> str:
        """What was asked."""
        count = len(self.effects.index.unique("parameter"))
        return f"Which of {count} parameters matter? ({self.scenario.name}; {self.points:,} points)"

    def ranked(self, measure: str) -> pd.DataFrame:
        """Effects on one measure, the largest first."""
        return self.effects.loc[[measure]].droplevel("measure").sort_values("mu_star", ascending=False)

    def sentences(self) -> list[str]:
        """The largest effects by measure; what does nothing."""
        said = []
        for measure in self.effects.index.unique("measure"):
            top = self.ranked(measure).head(5)
            names = listed(f"{key} ({row['mu_star']:.2f} ± {row['conf']:.2f})" for key, row in top.iterrows())
            said.append(f"Moves the {MEASURES.get(measure, measure)} most over its plausible range: {names}.")
        idle = self.effects["mu_star"].groupby("parameter").max()
        silent = [str(key) for key in idle.index[idle == 0]]
        if silent:
            said.append(f"Without any effect here: {listed(silent)}.")
        return [*said, "Screening ranks; it does not apportion. For shares of variance: Sobol indices of the largest."]

    def tables(self) -> dict[str, Shown]:
        """Effects by measure."""
        formats = dict.fromkeys(("mu_star", "conf", "sigma"), "{:.3f}")
        return {
            f"morris_{measure}": Shown(
                f"Effects on the {MEASURES.get(measure, measure)}", self.ranked(measure), formats
            )
            for measure in self.effects.index.unique("measure")
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Effects by measure."""
        from article10.runs.analyses import sensitivity_figures as draw

        return {f"morris_{m}": lambda m=m: draw.morris(self, m) for m in self.effects.index.unique("measure")}  # type: ignore[misc]


@dataclass(frozen=True, repr=False)
class SobolIndices(Answer):
    """Sobol's indices: what share of the variance of a measure each parameter explains.

    Attributes:
        scenario: that it was asked of.
        runs: at each point.
        seed: of all random streams and of the sample.
        base_samples: of the sample.
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
    points: int
    indices: pd.DataFrame
    checks: pd.DataFrame

    @property
    def question(self) -> str:
        """What was asked."""
        count = len(self.indices.index.unique("parameter"))
        return f"What explains the variance over {count} parameters? ({self.scenario.name}; {self.points:,} points)"

    def ranked(self, measure: str) -> pd.DataFrame:
        """Indices for one measure, the largest total first."""
        return self.indices.loc[[measure]].droplevel("measure").sort_values("ST", ascending=False)

    def sentences(self) -> list[str]:
        """What explains each measure, and whether the sample and the runs are enough."""
        said = []
        for measure, check in self.checks.iterrows():
            label = MEASURES.get(str(measure), str(measure))
            if not check["noise"] <= NOISE_LIMIT:
                noise = f"{check['noise']:.0%} of the variance between points is noise of {self.runs:,} runs at each"
                more = f"about {check['runs_needed']:,.0f} would bring it to a tenth"
                said.append(f"Not told for the {label}: {noise}; {more}.")
                continue
            told = self.ranked(str(measure))
            told = told[told["ST_low"] > 0.01].head(4)
            names = listed(f"{k} ({r['ST']:.2f} [{r['ST_low']:.2f}, {r['ST_high']:.2f}])" for k, r in told.iterrows())
            said.append(f"Of the variance of the {label}, total indices: {names}.")
            if check["settled"] < 0.9:
                unsettled = f"{1 - check['settled']:.0%} of the total indices are not known to a tenth"
                more = f"take more than {self.base_samples:,} base samples before ranking what is close"
                said.append(f"For the {label}, {unsettled}: {more}.")
        return said

    def tables(self) -> dict[str, Shown]:
        """Indices by measure; checks."""
        formats = dict.fromkeys(("S1", "ST", "ST_half"), "{:.2f}")
        checks = {"variance": "{:.2g}", "noise": "{:.0%}", "sum_S1": "{:.2f}", "settled": "{:.0%}"}
        checks["runs_needed"] = "{:,.0f}"
        shown = {
            f"sobol_{measure}": Shown(f"Indices of the {MEASURES.get(measure, measure)}", self.ranked(measure), formats)
            for measure in self.indices.index.unique("measure")
        }
        return {**shown, "checks": Shown("Are the sample and the runs enough?", self.checks, checks)}

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Indices by measure."""
        from article10.runs.analyses import sensitivity_figures as draw

        return {f"sobol_{m}": lambda m=m: draw.sobol(self, m) for m in self.indices.index.unique("measure")}  # type: ignore[misc]


def screen(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 64,
    seed: int = 0,
    *,
    parameters: Sequence[str] | Mapping[str, tuple[float, float]] | None = None,
    trajectories: int = 10,
    changes: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> Screening:
    """Morris screening (1991; mu* of Campolongo et al. 2007) over plausible ranges.

    Args:
        scenario: name, path or scenario.
        runs: at each point; all points share every draw.
        seed: of all random streams and of the sample.
        parameters: keys, or ranges by key; by default every parameter that declares a plausible range.
        trajectories: of Morris's sample; there are as many times (parameters + 1) points.
        changes: to the scenario, by full key.
        out: folder of the batch, which is gone on with if it was stopped; by default a temporary one.
        workers: processes, by default one a core.
        progress: whether to show a bar.

    Raises:
        ImportError: the extra ``analysis`` is not installed.
        ScenarioError: the scenario is wrong.
        ValueError: a parameter is, or a point of the sample failed.
    """
    check_count("runs", runs, 1)
    check_count("trajectories", trajectories, 2)
    chosen = read_scenario(scenario, changes)
    space = Space.of(chosen, parameters)
    with _evaluation(chosen, runs, seed, out, workers, progress) as evaluate:
        points, effects = morris_effects(space, trajectories, seed, evaluate)
    return Screening(chosen, runs, seed, points, effects)


def sobol(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 64,
    seed: int = 0,
    *,
    parameters: Sequence[str] | Mapping[str, tuple[float, float]] | None = None,
    base_samples: int = 256,
    changes: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> SobolIndices:
    """Sobol indices, first and total (Saltelli et al. 2010), with bootstrap intervals, over plausible ranges.

    Args:
        scenario: name, path or scenario.
        runs: at each point; all points share every draw, so that the measures are a function of the parameters.
        seed: of all random streams and of the sample.
        parameters: keys, or ranges by key; by default those that ``MAIN`` names, the largest of a screening.
        base_samples: a power of two; there are as many times (parameters + 2) points.
        changes: to the scenario, by full key.
        out: folder of the batch, which is gone on with if it was stopped; by default a temporary one.
        workers: processes, by default one a core.
        progress: whether to show a bar.

    Raises:
        ImportError: the extra ``analysis`` is not installed.
        ScenarioError: the scenario is wrong.
        ValueError: a parameter is, ``base_samples`` is no power of two, or a point of the sample failed.

    Warns:
        TooFewRunsWarning: too much of the variance of a measure is noise.
    """
    check_count("runs", runs, 1)
    check_count("base_samples", base_samples, 4)
    if base_samples & (base_samples - 1):
        raise ValueError(f"base_samples = {base_samples}: expected a power of two")
    chosen = read_scenario(scenario, changes)
    space = Space.of(chosen, MAIN if parameters is None else parameters)
    with _evaluation(chosen, runs, seed, out, workers, progress) as evaluate:
        points, indices, checks = sobol_indices(space, base_samples, seed, evaluate)
    checks["runs_needed"] = np.ceil(runs * checks["noise"] / NOISE_LIMIT)
    found = SobolIndices(chosen, runs, seed, base_samples, points, indices, checks)
    for said in found.sentences():
        if said.startswith("Not told"):
            warnings.warn(said, TooFewRunsWarning, stacklevel=2)
    return found


# --- the model as a function ----------------------------------------------------------------------------------------


@contextmanager
def _evaluation(
    scenario: Scenario, runs: int, seed: int, out: str | Path | None, workers: int | None, progress: bool
) -> Any:  # noqa: ANN401 - yields an Evaluate
    folder: AbstractContextManager[Any] = nullcontext(out) if out is not None else tempfile.TemporaryDirectory()
    with folder as place:

        def evaluate(points: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
            design = Design.from_frame(points, scenarios=(scenario,), runs=runs, seed=seed)
            return measures_by_point(run_batch(design, Path(place) / "batch", workers=workers, progress=progress))

        yield evaluate


def measures_by_point(batch: BatchResult) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each measure by point, and the variance of its estimate as far as points do not share it.

    Points have the same worlds, so that a world in which all fare better moves none against the others: what is left
    is the interaction of point and run, over the number of runs (two-way layout, one observation a cell).

    Raises:
        ValueError: a point failed.
    """
    if len(batch.failures):
        failure = batch.failures.iloc[0]
        raise ValueError(f"point {failure['point']} failed: {failure['error']}; parameters {failure['parameters']}")
    outcomes = batch.outcomes
    values = outcomes[["point", "run", "stance"]].astype({"stance": float})
    for name in ("invitation", "accession"):
        values[name] = outcomes[f"{name}_date"].notna().astype(float)
    means, noise = {}, {}
    for name in MEASURES:
        table = values.pivot_table(index="point", columns="run", values=name).to_numpy()
        by_point, by_run = table.mean(axis=1, keepdims=True), table.mean(axis=0, keepdims=True)
        means[name] = by_point[:, 0]
        rest = table - by_point - by_run + table.mean()
        noise[name] = np.full(len(table), rest.var() / table.shape[1])
    return pd.DataFrame(means), pd.DataFrame(noise)


MAIN = (
    "stance.peer_rate",
    "stance.assessment_rate",
    "stance.intimidation_weight",
    "stance.isolation_weight",
    "stance.concession_weight",
    "stance.shock",
    "stance.spread_scale",
    "stance.entrapment_weight",
    "elections.incumbency",
    "elections.volatility",
    "russia.effort",
    "russia.focus",
    "war.ceasefire_rate",
    "war.breach_rate",
    "candidate.plan_openness",
    "candidate.resumption_line",
    "guarantees.substitution",
    "secretary_general.persuasion_weight",
    "secretary_general.brokerage",
    "accession.objection_line",
)
"""Twenty parameters that a screening of the baseline found among the largest, or that the debate is about."""
