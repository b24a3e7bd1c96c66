"""Decision rules compared: paired runs under unanimity and under the what-if rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.dates import date2num

from article10.agents.members import OBJECT
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.levers import LEVERS
from article10.runs.analyses.paired import (
    MEASURED,
    Progress,
    columns_ahead,
    ends_of_years,
    outcomes_ahead,
    paired_runs,
    reached,
    years_until,
)
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.ensemble.result import EnsembleResult
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
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, Form
from article10.runs.statistics.intervals import (
    excludes_zero,
    format_difference,
    interval,
    mean_over_runs,
    paired,
    share,
    share_over_runs,
    stating,
    warn_if_underpowered,
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

NO_RUSSIA = " without pressure"

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
            ax.set_title("Probability under each decision rule")
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


@checked
def compare_rules(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 1000,
    seed: int = 0,
    *,
    rules: Sequence[str] = tuple(RULES),
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> RulesCompared:
    """Compare decision rules in paired runs, each with and without Russia's pressure on members.

    Args:
        scenario: name, path or scenario; its own rule is replaced.
        runs: number of runs under each rule.
        seed: seed of all random streams.
        rules: names of rules, from ``RULES``; the others are compared with the first.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: ``runs``, ``seed`` or a rule is invalid.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero.
    """
    for name in rules:
        if name not in RULES:
            raise ValueError(f"rules: unknown rule {name!r}; expected one of {', '.join(RULES)}")
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    variants = {name: chosen.with_(RULES[name]) for name in rules}
    variants |= {name + NO_RUSSIA: LEVERS["pressure"].without(scenario) for name, scenario in list(variants.items())}
    results = paired_runs(variants, runs, seed, progress=progress)
    rows = [_row(name, results[name], results[rules[0]], results[name + NO_RUSSIA]) for name in rules]
    return warn_if_underpowered(
        RulesCompared(
            scenario=chosen,
            runs=runs,
            seed=seed,
            by_year=pd.concat({name: _by_year(results[name]) for name in rules}, names=["rule"]),
            rules=pd.DataFrame(rows).set_index("rule"),
            outvoted=pd.concat({name: _outvoted(results[name]) for name in rules}, names=["rule"]),
        )
    )


def _by_year(result: EnsembleResult) -> pd.DataFrame:
    rows = [
        {"outcome": outcome, "by": end.date(), **share(reached(result, outcome, end), "share")}
        for outcome in MEASURED
        for end in ends_of_years(result.scenario)
    ]
    return pd.DataFrame(rows).set_index(["outcome", "by"])


def _row(rule: str, result: EnsembleResult, first: EnsembleResult, no_russia: EnsembleResult) -> dict[str, Any]:
    row: dict[str, Any] = {"rule": rule}
    for outcome in MEASURED:
        row |= share(reached(result, outcome), outcome)
    for outcome in MEASURED:
        row |= paired(reached(result, outcome), reached(first, outcome)).row(f"{outcome}_gain")
    row |= mean_over_runs(years_until(result, "invitation"), "years_to_invitation")
    invitations, objects = _at_invitations(result)
    row |= mean_over_runs(objects.sum(axis=1), "members_outvoted", invitations)
    ahead = outcomes_ahead(result.scenario)[0]
    return row | paired(reached(result, ahead), reached(no_russia, ahead)).row("russia")


def _outvoted(result: EnsembleResult) -> pd.DataFrame:
    invitations, objects = _at_invitations(result)
    rows = [share_over_runs(by_run, "share", invitations) for by_run in objects.T]
    return pd.DataFrame(rows, index=pd.Index(result.data["member_name"].to_numpy(), name="member"))


def _at_invitations(result: EnsembleResult) -> tuple[np.ndarray, np.ndarray]:
    """Number of invitations of each run, (run,), and at how many of them each member objected, (run, member)."""
    invited = result.data["invited"].to_numpy() == 1
    objects = (result.data["ballot"].to_numpy() == OBJECT) & invited[:, :, None]
    return invited.sum(axis=1), objects.sum(axis=1)
