"""Levers ranked by their informal influence: what would differ without each, in the same worlds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
import pandas as pd

from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.answer import PERCENT, POINTS, Answer, Shown, listed
from article10.runs.analyses.evidence import paired
from article10.runs.analyses.levers import LEVERS, Lever, lever
from article10.runs.analyses.worlds import Progress, check_milestone, reached, worlds
from article10.runs.figures_style import OPPOSED, SUPPORTIVE, house_style, new_axes, note_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PALE = "#c9c9c9"


@dataclass(frozen=True, repr=False)
class InfluenceRanking(Answer):
    """Levers by how much each moves an outcome.

    Attributes:
        scenario: that has them all.
        runs: of each variant.
        seed: of all random streams.
        outcome: ``invitation`` or ``accession``.
        levers: by lever: label, ballots of its actor, share of worlds without it, the difference that it makes with
            its 95% interval, worlds that differ, and runs that would tell the difference; the largest first.
    """

    scenario: Scenario
    runs: int
    seed: int
    outcome: str
    levers: pd.DataFrame

    @property
    def question(self) -> str:
        """What was asked."""
        return f"Who or what moves the {self.outcome}, and by how much? ({self.scenario.name})"

    @property
    def told(self) -> pd.Series[bool]:
        """By lever, whether its difference is told from zero."""
        return (self.levers["difference_low"] > 0) | (self.levers["difference_high"] < 0)

    def sentences(self) -> list[str]:
        """The largest, with and without ballots; what is not told."""
        told = self.levers[self.told]
        if told.empty:
            return [f"No lever's influence is told from zero by {self.runs:,} runs."]
        said = [self._said_of(name) for name in told.index[:5]]
        unsaid = [self._unsaid_of(name) for name in self.levers.index[~self.told]]
        return said + ([f"Not told from zero by {self.runs:,} runs: {listed(unsaid)}."] if unsaid else [])

    def _said_of(self, name: str) -> str:
        row = self.levers.loc[name]
        label, low, high = str(row["label"]), row["difference_low"], row["difference_high"]
        text = f"{row['difference']:+.1%} [{low:+.1%}, {high:+.1%}]; {row['ballots']} of its own ballots"
        return f"{label[0].upper()}{label[1:]}: {text}."

    def _unsaid_of(self, name: str) -> str:
        label, needed = str(self.levers.loc[name, "label"]), self.levers["runs_needed"].loc[name]
        return f"{label} ({'no world differs' if np.isnan(needed) else f'about {needed:,.0f} runs would'})"

    def tables(self) -> dict[str, Shown]:
        """All levers."""
        formats = {"without": PERCENT, "difference": POINTS, "runs_needed": "{:,.0f}"}
        title = f"What each lever does to the probability of the {self.outcome}"
        return {"levers": Shown(title, self.levers.drop(columns="label"), formats, most=40)}

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Bars by lever."""
        return {"ranking": self.plot}

    def plot(self, ax: Axes | None = None) -> Axes:
        """The difference that each lever makes with its 95% interval, largest on top; pale where not told from zero."""
        shown = self.levers[::-1]
        with house_style():
            ax = ax or new_axes(figsize=(8.0, 1.6 + 0.34 * len(shown)))
            colours = np.where(~self.told[::-1], PALE, np.where(shown["difference"] < 0, OPPOSED, SUPPORTIVE))
            errors = [shown["difference"] - shown["difference_low"], shown["difference_high"] - shown["difference"]]
            ax.barh(shown["label"], shown["difference"], xerr=errors, color=colours, error_kw={"ecolor": "#444444"})
            ax.axvline(0, color="#888888", linewidth=0.8)
            ax.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
            ax.set_xlabel(f"points of probability of {self.outcome} by the horizon that it makes")
            ax.grid(visible=False, axis="y")
            ax.set_title(f"Influence on the {self.outcome}")
            note_runs(ax, self.runs, "with and without each, the same worlds; lines: 95% intervals", below=38)
        return ax


def rank_influence(
    scenario: str | Path | Scenario = "baseline",
    levers: Sequence[str | Lever | Mapping[str, Any]] | None = None,
    runs: int = 1000,
    seed: int = 0,
    *,
    outcome: str = "invitation",
    changes: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> InfluenceRanking:
    """Levers by how much each moves an outcome: the same worlds with all of them and without each.

    Args:
        scenario: name, path or scenario.
        levers: see ``article10.runs.analyses.levers.lever``; by default those with a name and the present government of
            every member that has ties to Russia.
        runs: of each variant.
        seed: of all random streams.
        outcome: ``invitation``, ``signature`` or ``accession``.
        changes: to the scenario, by full key.
        progress: called with the number of runs done and of all.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: ``runs``, ``seed``, ``outcome`` or a lever is.
    """
    check_milestone(outcome)
    chosen = read_scenario(scenario, changes)
    roster = chosen.members()
    tied = [f"government:{c}" for c, ties in zip(roster.iso3, roster.government_ties, strict=True) if ties > 0]
    asked = [lever(of, chosen) for of in (levers if levers is not None else [*LEVERS, *tied])]
    variants = {"as it is": chosen, **{which.name: which.without(chosen) for which in asked}}
    results = worlds(variants, runs, seed, progress=progress)
    present, rows = reached(results["as it is"], outcome), []
    for which in asked:
        absent = reached(results[which.name], outcome)
        d = paired(present, absent)
        row = {"lever": which.name, "label": which.label, "ballots": which.formal_ballots(chosen)}
        row |= {"without": float(absent.mean()), "difference": d.mean}
        row |= {"difference_low": d.low, "difference_high": d.high}
        rows.append(row | {"worlds_that_differ": d.differ, "runs_needed": float(d.runs_needed or np.nan)})
    frame = pd.DataFrame(rows).set_index("lever").sort_values("difference", key=np.abs, ascending=False)
    return InfluenceRanking(chosen, runs, seed, outcome, frame)
