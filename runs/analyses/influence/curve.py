"""The effect of Russia's pressure by its effort and by its strategy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
import pandas as pd

from article10.agents.russia import STRATEGIES
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.paired import Progress, check_milestone, paired_runs, reached
from article10.runs.analyses.result import AnalysisResult
from article10.runs.figures.style import house_style, label_ends, new_axes, note_runs, with_looks
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS
from article10.runs.statistics.intervals import format_difference, paired, share, stating, warn_if_underpowered

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EFFORTS = (2.0, 4.0, 6.0, 9.0, 12.0, 15.0)
"""Russia's effort (pressure per year) at the points of the curve: the plausible range of ``russia.effort``."""


@dataclass(frozen=True, repr=False)
class InfluenceCurve(AnalysisResult):
    """The probability of an outcome by Russia's effort and strategy, in paired runs.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs at each effort and strategy.
        seed: seed of all random streams.
        outcome: ``invitation`` or ``accession``.
        points: indexed by strategy and effort: share of runs that reach the outcome, and difference from no effort,
            with 95% intervals. Effort 0 is the same for all strategies.
    """

    scenario: Scenario
    runs: int
    seed: int
    outcome: str
    points: pd.DataFrame

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"How do the amount and the targeting of Russia's pressure change the outcome? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The outcome, the strategies and the efforts."""
        strategies, efforts = (list(self.points.index.unique(name)) for name in ("strategy", "effort"))
        return {"outcome": self.outcome, "strategies": strategies, "efforts": efforts}

    def sentences(self) -> list[str]:
        """The effect of the largest effort of each strategy."""
        said = []
        for strategy, rows in self.points.groupby("strategy", sort=False):
            row, effort = rows.iloc[-1], rows.index[-1][1]
            if effort == 0:
                continue
            change = format_difference(row, "difference", POINTS)
            text = f"Strategy {strategy} at effort {effort:g}, compared with no effort: {self.outcome} {change}."
            said.append(stating(text, change))
        return said

    def tables(self) -> dict[str, ResultTable]:
        """All points."""
        title = f"Share of runs that reach the {self.outcome}, and difference from no effort"
        frame = self.points.assign(outcome=self.outcome)
        return {"points": ResultTable(title, frame, {"share": PERCENT, "difference": POINTS}, most=40)}

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Probability by effort and strategy."""
        return {"curve": self.plot}

    def plot(self, ax: Axes | None = None) -> Axes:
        """Share of runs that reach the outcome by effort, one line per strategy, with 95% intervals."""
        with house_style():
            strategies = [s for s in self.points.index.unique("strategy") if s != "inert"]
            ax = ax or new_axes(names=strategies)
            nothing = self.points.xs(0.0, level="effort").iloc[0]
            ax.axhline(nothing["share"], color="#888888", linewidth=0.9, linestyle="--")
            most = float(self.points.index.get_level_values("effort").max())
            apart = 0.008 * most * (np.arange(len(strategies)) - (len(strategies) - 1) / 2)
            for beside, (look, strategy) in zip(apart, with_looks(strategies), strict=True):
                rows = pd.concat([nothing.to_frame(0.0).T, self.points.xs(strategy, level="strategy")])
                effort = rows.index.to_numpy(float)
                low, high = (rows[f"share_{end}"].to_numpy(float) for end in ("low", "high"))
                ax.vlines(effort[1:] + beside, low[1:], high[1:], color=look["color"], linewidth=1.2, alpha=0.7)
                place = np.where(effort > 0, effort + beside, 0.0)
                ax.plot(place, rows["share"].to_numpy(float), marker="o", markersize=4, label=strategy, **look)
            ax.set_xlim(0, 1.02 * most)
            ax.set_ylim(bottom=0)
            label_ends(ax)
            ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
            ax.set_xlabel("Russia's effort (pressure per year at full resources and alarm)")
            ax.set_ylabel(f"probability of {self.outcome}")
            ax.set_title("Effect of Russia's pressure by effort and strategy")
            note_runs(
                ax,
                self.runs,
                "paired runs at each point; dashed: no effort; bars: 95% CI (simulation uncertainty only)",
                below=38,
            )
        return ax


@checked
def influence_curve(
    scenario: str | Path | Scenario = "baseline",
    efforts: Sequence[float] = EFFORTS,
    strategies: Sequence[str] = ("weakest_link", "adaptive", "heavyweights", "uniform"),
    runs: int = 1000,
    seed: int = 0,
    *,
    outcome: str = "invitation",
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> InfluenceCurve:
    """The probability of an outcome by Russia's effort and strategy, in paired runs.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        efforts: values of ``russia.effort`` above 0; no effort is always added.
        strategies: names of strategies, from ``article10.STRATEGIES``.
        runs: number of runs at each point.
        seed: seed of all random streams.
        outcome: ``invitation`` or ``accession``.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario, an effort or a strategy is invalid.
        ValueError: ``runs``, ``seed`` or ``outcome`` is invalid.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero.
    """
    check_milestone(outcome)
    for name in strategies:
        if name not in STRATEGIES:
            raise ValueError(f"strategies: unknown strategy {name!r}; expected one of {', '.join(STRATEGIES)}")
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    points = [(s, float(e)) for s in strategies for e in sorted(efforts) if e > 0]
    variants = {"inert 0": chosen.with_({"russia.strategy": "inert"})}
    variants |= {f"{s} {e}": chosen.with_({"russia.strategy": s, "russia.effort": e}) for s, e in points}
    results = paired_runs(variants, runs, seed, progress=progress)
    nothing = reached(results["inert 0"], outcome)
    rows = []
    for strategy, effort in [("inert", 0.0), *points]:
        got = nothing if effort == 0 else reached(results[f"{strategy} {effort}"], outcome)
        d = paired(got, nothing)
        rows.append({"strategy": strategy, "effort": effort, **share(got, "share"), **d.row("difference")})
    points_of = pd.DataFrame(rows).set_index(["strategy", "effort"])
    return warn_if_underpowered(InfluenceCurve(chosen, runs, seed, outcome, points_of))
