"""Levers ranked by their informal influence: how paired runs differ without each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.levers import LEVERS, Lever, lever
from article10.runs.analyses.paired import Progress, check_milestone, paired_runs, reached
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.figures.style import (
    house_style,
    literal,
    new_axes,
    note_runs,
    points_axis,
    shown_of,
    signed_colours,
)
from article10.runs.figures.titles import probability_that
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, Form
from article10.runs.statistics.intervals import (
    DIFFER,
    UNDETECTED,
    Undetected,
    excludes_zero,
    format_difference,
    paired,
    runs_needed_text,
    share,
    warn_if_underpowered,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False)
class InfluenceRanking(AnalysisResult):
    """Levers ranked by how much each changes the probability of an outcome.

    Attributes:
        scenario: the scenario analysed, with all levers.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        outcome: ``invitation`` or ``accession``.
        levers: indexed by lever: label, ballots of its actor, share of runs that reach the outcome without it, the
            difference that it makes with its 95% interval, runs that differ, and runs needed; the largest first.
    """

    scenario: Scenario
    runs: int
    seed: int
    outcome: str
    levers: pd.DataFrame

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Who or what changes the chance of {self.outcome}, and by how much? ({self.scenario.name})"

    @property
    def detected(self) -> pd.Series[bool]:
        """By lever, whether the interval of its difference excludes zero."""
        detected: pd.Series[bool] = excludes_zero(self.levers, "difference")
        return detected

    def asked(self) -> dict[str, Any]:
        """The outcome and the levers."""
        return {"outcome": self.outcome, "levers": self.levers["label"].to_dict()}

    def sentences(self) -> list[str]:
        """The largest effects, with the ballots of their actors; then effects that are not detected."""
        said = [self._effect_of(row) for _, row in self.levers[self.detected].head(5).iterrows()]
        differ = self.levers["difference" + DIFFER] > 0
        undetected = self.levers[differ & ~self.detected]
        if len(undetected):
            needed = runs_needed_text(undetected.iloc[0], "difference", POINTS)
            labels = list(undetected["label"])
            largest = f"; the largest estimate is that of {labels[0]}" if len(labels) > 1 else ""
            said.append(Undetected(f"{UNDETECTED.capitalize()}: {listed(labels)}{largest} ({needed})."))
        without_effect = self.levers["label"][~differ]
        if len(without_effect):
            said.append(f"Removing {listed(without_effect)} changes the {self.outcome} in no paired run.")
        return said

    def _effect_of(self, row: pd.Series[Any]) -> str:
        label, ballots = str(row["label"]), int(row["ballots"])
        formal = "formally one ballot" if ballots == 1 else "formally no ballot"
        return (
            f"{label[0].upper()}{label[1:]}: {self.outcome} {format_difference(row, 'difference', POINTS)}; {formal}."
        )

    def tables(self) -> dict[str, ResultTable]:
        """All levers."""
        formats: dict[str, Form] = {"without": PERCENT, "difference": POINTS}
        title = f"Effect of each lever on the probability of {self.outcome}"
        return {"levers": ResultTable(title, self.levers.drop(columns="label"), formats, most=40)}

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """The effects as bars."""
        return {"ranking": self.plot}

    def plot(self, ax: Axes | None = None, most: int = 12) -> Axes:
        """Effect of each lever with its 95% interval, largest on top; pale where the interval includes zero.

        Args:
            ax: where to draw.
            most: number of levers shown, those with the largest estimates.
        """
        shown = self.levers.head(most)[::-1]
        with house_style():
            ax = ax or new_axes(figsize=(8.0, 1.6 + 0.34 * len(shown)))
            colours = signed_colours(shown["difference"], self.detected.head(most)[::-1])
            errors = [shown["difference"] - shown["difference_low"], shown["difference_high"] - shown["difference"]]
            labels = shown["label"].map(literal)
            ax.barh(labels, shown["difference"], xerr=errors, color=colours, error_kw={"ecolor": "#444444"})
            ax.axvline(0, color="#888888", linewidth=0.8)
            points_axis(ax, f"probability of {self.outcome} by the horizon")
            ax.grid(visible=False, axis="y")
            ax.set_title(f"{probability_that(self.scenario.candidate.name, self.outcome)}: what changes it")
            words = (
                "paired runs with and without each; lines: 95% CI (simulation uncertainty only); pale: CI includes zero"
            )
            words += shown_of(len(shown), len(self.levers), "levers")
            note_runs(ax, self.runs, words, below=38)
        return ax


@checked
def rank_influence(
    scenario: str | Path | Scenario = "baseline",
    levers: Sequence[str | Lever | Mapping[str, Any]] | None = None,
    runs: int = 1000,
    seed: int = 0,
    *,
    outcome: str = "invitation",
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> InfluenceRanking:
    """Rank levers by their effect on an outcome: paired runs with all levers and without each in turn.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        levers: the levers to compare: see ``article10.runs.analyses.levers.lever``; by default all named levers, and
            the present government of every member with ties to Russia, where the scenario has them.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        outcome: ``invitation``, ``signature`` or ``accession``.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: ``runs``, ``seed``, ``outcome`` or a lever is invalid, or a lever is named twice.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero.
    """
    check_milestone(outcome)
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    asked = _all_of(chosen) if levers is None else [lever(of, chosen) for of in levers]
    names = [which.name for which in asked]
    if len(set(names)) < len(names):
        raise ValueError(f"levers: {max(names, key=names.count)!r} is named twice")
    variants = {"as it is": chosen, **{which.name: which.without(chosen) for which in asked}}
    results = paired_runs(variants, runs, seed, progress=progress)
    present, rows = reached(results["as it is"], outcome), []
    for which in asked:
        absent = reached(results[which.name], outcome)
        d = paired(present, absent)
        row = {"lever": which.name, "label": which.label, "ballots": which.formal_ballots(chosen)}
        rows.append(row | share(absent, "without") | d.row("difference"))
    frame = pd.DataFrame(rows).set_index("lever").sort_values("difference", key=np.abs, ascending=False)
    return warn_if_underpowered(InfluenceRanking(chosen, runs, seed, outcome, frame))


def _all_of(scenario: Scenario) -> list[Lever]:
    """All named levers that change the scenario, and the governments with ties to Russia."""
    roster = scenario.members()
    tied = [c for c, ties in zip(roster.iso3, roster.government_ties, strict=True) if ties > 0]
    named = [which for which in LEVERS.values() if which.without(scenario) != scenario]
    return [*named, *(lever(f"government:{code}", scenario) for code in tied)]
