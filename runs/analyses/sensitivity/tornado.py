"""A tornado: each parameter at both ends of its plausible range, all others unchanged, in paired runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.model.arguments import whole
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.paired import Progress, check_milestone, paired_runs, part_of, reached
from article10.runs.analyses.result import AnalysisResult
from article10.runs.batches.ranges import Space
from article10.runs.figures.style import COLOURS, PALE, house_style, new_axes, note_runs, points_axis, shown_of
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, SIZE_IN_POINTS, Form
from article10.runs.statistics.intervals import (
    Difference,
    excludes_zero,
    format_difference,
    interval,
    paired,
    share,
    stating,
    warn_if_underpowered,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOGETHER = 8
"""Number of variants simulated at a time, to limit memory."""


@dataclass(frozen=True, repr=False)
class Tornado(AnalysisResult):
    """The effect of each parameter alone over its plausible range.

    Attributes:
        scenario: the scenario analysed, whose values all other parameters keep.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        outcome: ``invitation`` or ``accession``.
        usual: share of runs that reach the outcome in the scenario as given, with its 95% interval.
        ends: indexed by parameter: values and differences at the low and at the high end, with 95% intervals, and the
            ``reach`` (the larger of the two absolute differences), largest first.
    """

    scenario: Scenario
    runs: int
    seed: int
    outcome: str
    usual: Mapping[str, float]
    ends: pd.DataFrame

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"What is the effect of each of {len(self.ends)} parameters over its range? ({self.scenario.name})"

    @property
    def detected(self) -> pd.Series[bool]:
        """By parameter, whether the interval at one of its ends excludes zero."""
        low, high = (excludes_zero(self.ends, f"{end}_difference") for end in ("low", "high"))
        detected: pd.Series[bool] = low | high
        return detected

    def asked(self) -> dict[str, Any]:
        """The outcome and the ranges."""
        ranges = {str(key): [row["low"], row["high"]] for key, row in self.ends.iterrows()}
        return {"outcome": self.outcome, "parameters": ranges}

    def sentences(self) -> list[str]:
        """The largest effects, and how many are not detected."""
        said = [f"In the scenario as given: {self.outcome} in {interval(self.usual, 'share', PERCENT)} of runs."]
        for key, row in self.ends[self.detected].head(5).iterrows():
            changes = {row[end]: format_difference(row, f"{end}_difference", POINTS) for end in ("low", "high")}
            effects = "; ".join(f"at {value:g} {change}" for value, change in changes.items())
            said.append(stating(f"{key}: {effects}.", *changes.values()))
        undetected = self.ends[~self.detected]
        if len(undetected):
            largest = undetected.iloc[0]
            end = "low" if abs(largest["low_difference"]) == largest["reach"] else "high"
            change = format_difference(largest, f"{end}_difference", POINTS)
            text = (
                f"{len(undetected)} of {len(self.ends)} parameters have no detectable effect; the largest estimate, "
                f"{undetected.index[0]} at {largest[end]:g}: {change}."
            )
            said.append(stating(text, change))
        return said

    def tables(self) -> dict[str, ResultTable]:
        """The effects at both ends of each parameter."""
        formats: dict[str, Form] = dict.fromkeys(("low_difference", "high_difference"), POINTS)
        formats |= {"from": "{:g}", "to": "{:g}", "reach": SIZE_IN_POINTS}
        frame = self.ends.rename(columns={"low": "from", "high": "to"})
        return {
            "tornado": ResultTable(
                f"Change of the probability of {self.outcome} at both ends of each range", frame, formats, most=20
            )
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """The tornado."""
        return {"tornado": self.plot}

    def plot(self, most: int = 20, ax: Axes | None = None) -> Axes:
        """Effects at both ends of each parameter, largest on top, with 95% intervals; pale if they include zero."""
        shown = self.ends.head(most)[::-1]
        with house_style():
            ax = ax or new_axes(figsize=(8.0, 1.6 + 0.34 * len(shown)))
            places = np.arange(len(shown))
            for end, colour, shift in (("low", COLOURS[1], 0.18), ("high", COLOURS[0], -0.18)):
                value = shown[f"{end}_difference"]
                low, high = shown[f"{end}_difference_low"], shown[f"{end}_difference_high"]
                colours = np.where(excludes_zero(shown, f"{end}_difference"), colour, PALE)
                error: dict[str, Any] = {"ecolor": "#444444", "elinewidth": 0.8}
                errors = [value - low, high - value]
                ax.barh(places + shift, value, height=0.34, color=colours, xerr=errors, error_kw=error)
            labels = [f"{key}  {row['low']:g} – {row['high']:g}" for key, row in shown.iterrows()]
            ax.set_yticks(places, labels, fontsize=8)
            ax.axvline(0, color="#888888", linewidth=0.8)
            points_axis(ax, f"probability of {self.outcome}")
            ax.grid(visible=False, axis="y")
            ax.set_title("Effect of each parameter alone")
            left = shown_of(len(shown), len(self.ends), "parameters")
            usual = f"{self.usual['share']:.1%} in the scenario as given"
            words = f"{usual}\norange: low end; blue: high end; lines: 95% CI; pale: CI includes zero{left}"
            note_runs(ax, self.runs, words, below=38, where=" of each, paired")
        return ax


def tornado(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 500,
    seed: int = 0,
    *,
    parameters: Sequence[str] | Mapping[str, tuple[float, float]] | None = None,
    outcome: str = "invitation",
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Tornado:
    """Set each parameter to both ends of its plausible range, all others unchanged, in paired runs.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs of each variant; there are two variants per parameter.
        seed: seed of all random streams.
        parameters: keys, or ranges by key; by default all parameters with a plausible range.
        outcome: ``invitation``, ``signature`` or ``accession``.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: a parameter, ``runs``, ``seed`` or ``outcome`` is invalid.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero.
    """
    check_milestone(outcome)
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    space = Space.of(parameters)
    at_end = {"low": space.changes(space.low), "high": space.changes(space.high)}
    asked = [(key, end, changes[key]) for key in space.keys for end, changes in at_end.items()]
    total = runs * (1 + len(asked))
    got: dict[str, Difference] = {}

    usual = reached(paired_runs({"": chosen}, runs, seed, progress=part_of(progress, 0, total))[""], outcome)
    for start in range(0, len(asked), TOGETHER):
        some = asked[start : start + TOGETHER]
        variants = {f"{key} {end}": chosen.with_({key: value}) for key, end, value in some}
        results = paired_runs(variants, runs, seed, progress=part_of(progress, runs * (1 + start), total))
        got |= {name: paired(reached(result, outcome), usual) for name, result in results.items()}
    rows = []
    for key in space.keys:
        row: dict[str, Any] = {"parameter": key, **{end: changes[key] for end, changes in at_end.items()}}
        for end in ("low", "high"):
            row |= got[f"{key} {end}"].row(f"{end}_difference")
        row["reach"] = max(abs(got[f"{key} {end}"].mean) for end in ("low", "high"))
        rows.append(row)
    frame = pd.DataFrame(rows).set_index("parameter").sort_values("reach", ascending=False)
    return warn_if_underpowered(Tornado(chosen, runs, seed, outcome, share(usual, "share"), frame))
