"""What each decision rule changes: the rules, and sentences, tables and figures on their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.dates import date2num

from article10.model.scenario import Scenario
from article10.runs.analyses.paired import (
    MEASURED,
    columns_ahead,
    outcomes_ahead,
)
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.figures.style import (
    COLOURS,
    PALE,
    house_style,
    label_ends,
    new_axes,
    note_runs,
    points_axis,
    time_axis,
    with_looks,
)
from article10.runs.figures.titles import probability_that
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, Form
from article10.runs.statistics.intervals import (
    excludes_zero,
    format_difference,
    interval,
    stating,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNANIMITY = "unanimity"

RULES: Mapping[str, Mapping[str, Any]] = {
    UNANIMITY: {"accession.rule": "consensus"},
    "unanimity minus 1": {"accession.rule": "unanimity_minus", "accession.tolerated": 1},
    "unanimity minus 2": {"accession.rule": "unanimity_minus", "accession.tolerated": 2},
    "unanimity minus 3": {"accession.rule": "unanimity_minus", "accession.tolerated": 3},
    "qualified majority": {"accession.rule": "qualified_majority"},
    "simple majority": {"accession.rule": "simple_majority"},
}
"""The rule in force and the what-if rules, as changes to a scenario; ``accession.majority`` sets the majority."""

WHOLE = "{:.0%}"


@dataclass(frozen=True, repr=False)
class RulesCompared(AnalysisResult):
    """Paired runs under several decision rules.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs under each rule.
        seed: seed of all random streams.
        by_year: indexed by rule, outcome and date: share of runs with its 95% interval.
        rules: indexed by rule: shares at the horizon, differences from the first rule, years to an invitation, members
            outvoted at an invitation, and effect of Russia's pressure on the first outcome still possible. 95%
            intervals are of paired runs, or treat runs as clusters.
        outvoted: indexed by rule and member: share of invitations at which the member objected, with its 95% interval.
    """

    scenario: Scenario
    runs: int
    seed: int
    by_year: pd.DataFrame
    rules: pd.DataFrame
    outvoted: pd.DataFrame

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"What would another decision rule change? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The rules, as changes to the scenario."""
        return {"rules": {str(rule): RULES[str(rule)] for rule in self.rules.index}}

    def sentences(self) -> list[str]:
        """Probabilities under each rule, who is outvoted, and the effect of Russia's pressure under it."""
        said, usual, ahead = [], self.rules.index[0], outcomes_ahead(self.scenario)
        for rule, row in self.rules.iterrows():
            shares = ", ".join(f"{outcome} in {interval(row, outcome, PERCENT)} of runs" for outcome in ahead)
            change = format_difference(row, f"{ahead[0]}_gain", POINTS) if rule != usual else ""
            gain = f"; compared with {usual}, {ahead[0]} {change}" if change else ""
            said.append(stating(f"Under {rule}: {shares}{gain}.", change))
        for rule, rows in self.outvoted.groupby("rule", sort=False):
            top = rows.droplevel("rule").nlargest(3, "share")
            names = [f"{name!s} {interval(row, 'share', WHOLE)}" for name, row in top.iterrows() if row["share"] > 0]
            if names:
                said.append(f"Most often outvoted at invitations under {rule!s}: {listed(names)}.")
        changes = {
            rule: format_difference(self.rules.loc[rule], "russia", POINTS) for rule in self.rules.index[[0, -1]]
        }
        effects = "; ".join(f"under {rule} {change}" for rule, change in changes.items())
        text = f"Russia has no ballot under any rule; the effect of its pressure on {ahead[0]}: {effects}."
        return [*said, stating(text, *changes.values())]

    def tables(self) -> dict[str, ResultTable]:
        """Results by rule, who is outvoted, and probabilities by date."""
        formats: dict[str, Form] = {
            **dict.fromkeys(MEASURED, PERCENT),
            "invitation_gain": POINTS,
            "accession_gain": POINTS,
            "years_to_invitation": "{:.1f}",
            "members_outvoted": "{:.1f}",
            "russia": POINTS,
        }
        table = self.outvoted[self.outvoted["share"] > 0].sort_values("share", ascending=False)
        return {
            "rules": ResultTable("Results by rule at the horizon", columns_ahead(self.rules, self.scenario), formats),
            "outvoted": ResultTable(
                "Members outvoted: share of invitations at which each objected", table, {"share": WHOLE}
            ),
            "by_year": ResultTable("Share of runs by the date", self.by_year, {"share": PERCENT}, most=0),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Cumulative probability by rule; effect of Russia's pressure under each."""
        return {"rules": self.plot, "russia": self.plot_russia}

    def plot(self, outcome: str | None = None, ax: Axes | None = None) -> Axes:
        """Share of runs that have reached an outcome by the end of each year, one line per rule."""
        outcome = outcome or outcomes_ahead(self.scenario)[0]
        with house_style():
            ax = ax or new_axes(names=[f"{rule} 00%" for rule in self.rules.index])
            highest = 0.0
            for look, rule in with_looks(self.rules.index):
                rows = self.by_year.xs((rule, outcome), level=("rule", "outcome"))
                days = [date2num(day) for day in (self.scenario.start, *rows.index)]  # type: ignore[no-untyped-call]
                value, low, high = (np.array([0.0, *rows[c]]) for c in ("share", "share_low", "share_high"))
                ax.fill_between(days, low, high, color=look["color"], alpha=0.12, linewidth=0)
                ax.plot(days, value, label=f"{rule} {value[-1]:.0%}", **look)
                ax.set_xlim(days[0], days[-1])
                highest = max(highest, float(value[-1]))
            ax.set_ylim(0, min(1.0, 1.15 * highest + 0.02))
            label_ends(ax)
            ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
            ax.set_ylabel(f"probability of {outcome} by the date")
            time_axis(ax)
            ax.set_title(f"{probability_that(self.scenario.candidate.name, outcome)}, by decision rule")
            note_runs(ax, self.runs, "under each rule, paired; bands: 95% CI (simulation uncertainty only)")
        return ax

    def plot_russia(self, ax: Axes | None = None) -> Axes:
        """Effect of Russia's pressure under each rule, with 95% intervals; pale where they include zero."""
        shown = self.rules[::-1]
        with house_style():
            ax = ax or new_axes(figsize=(7.5, 1.6 + 0.4 * len(shown)))
            colours = np.where(excludes_zero(shown, "russia"), COLOURS[5], PALE)
            errors = [shown["russia"] - shown["russia_low"], shown["russia_high"] - shown["russia"]]
            ax.barh(list(shown.index), shown["russia"], xerr=errors, color=colours, error_kw={"ecolor": "#444444"})
            ax.axvline(0, color="#888888", linewidth=0.8)
            points_axis(ax, f"probability of {outcomes_ahead(self.scenario)[0]} by the horizon")
            ax.grid(visible=False, axis="y")
            ax.set_title("Effect of Russia's pressure on members under each rule")
            words = (
                "paired runs with and without it; lines: 95% CI (simulation uncertainty only); pale: CI includes zero"
            )
            note_runs(ax, self.runs, words, below=38)
        return ax
