"""What a comparison of scenarios finds: sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from article10.model.scenario import Scenario
from article10.runs.analyses.paired import outcomes_ahead
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, SIGNED, Form
from article10.runs.statistics.intervals import excludes_zero, format_difference, interval, stating

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHELVED = "ever_shelved"

MEASURES: Mapping[str, str] = {
    "invitation": "share of runs with an invitation",
    "signature": "share of runs with a signed protocol",
    "accession": "share of runs with an accession",
    SHELVED: "share of runs in which the bid was ever shelved",
    "war_years": "years of hot war",
    "spending": "defence spending at the horizon, % GDP, by influence weight",
    "cohesion": "cohesion at the horizon: 1 − standard deviation of stances",
    "front": "territory gained by Russia, share of the country",
}
"""What is compared at the horizon, by the columns of ``result.outcomes``."""

SHARES = ("invitation", "signature", "accession", SHELVED, "hot_war")

MOST_NAMED = 3
"""Members named in a sentence."""


@dataclass(frozen=True, repr=False)
class Comparison(AnalysisResult):
    """Several scenarios in paired runs.

    Attributes:
        scenario: the scenario that the others are compared with.
        runs: number of runs of each scenario.
        seed: seed of all random streams.
        titles: titles of the scenarios, indexed by name; the first is that of ``scenario``.
        outcomes: indexed by measure and scenario: the value at the horizon, and its difference from the first scenario
            in paired runs, with 95% intervals. Differences of shares are of probabilities.
        by_year: indexed by measure, date and scenario: the same at the end of each year; ``hot_war`` is the share of
            runs with a hot war. What folders of results did not record is missing.
        objections: indexed by scenario and member: share of councils at which the member objects by its own stance, and
            its difference from the first scenario, with 95% intervals that treat runs as clusters.
        stances: indexed by scenario and member: mean stance at the end of the last year, and its difference; empty
            where folders of results did not record stances.
    """

    scenario: Scenario
    runs: int
    seed: int
    titles: Mapping[str, str]
    outcomes: pd.DataFrame
    by_year: pd.DataFrame
    objections: pd.DataFrame
    stances: pd.DataFrame

    @property
    def names(self) -> list[str]:
        """Names of the scenarios, the first being that with which the others are compared."""
        return list(self.titles)

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"What differs from {self.names[0]}? ({listed(self.names[1:])})"

    def asked(self) -> dict[str, Any]:
        """The scenarios."""
        return {"scenarios": self.names}

    def sentences(self) -> list[str]:
        """Of each scenario: milestones, shelving and war-years, members that object otherwise, stances that moved."""
        return [text for name in self.names[1:] for text in (self._outcomes_of(name), self._members_of(name))]

    def _outcomes_of(self, name: str) -> str:
        said, changes = [], []
        for measure in (*outcomes_ahead(self.scenario), SHELVED):
            row: Any = self.outcomes.loc[(measure, name)]
            change = format_difference(row, "difference", POINTS)
            what = "shelving" if measure == SHELVED else measure
            said.append(f"{what} in {interval(row, 'value', PERCENT)} of runs, {change}")
            changes.append(change)
        row = self.outcomes.loc[("war_years", name)]
        change = format_difference(row, "difference", SIGNED)
        said.append(f"{row['value']:.1f} years of hot war, {change}")
        return stating(f"{name}, compared with {self.names[0]}: {'; '.join(said)}.", *changes, change)

    def _members_of(self, name: str) -> str:
        objecting = self.objections.loc[[name]].droplevel("scenario")
        often = _named(objecting, "objects more or less often", "object more or less often", POINTS)
        if self.stances.empty:
            return f"{name}: {often}; stances were not recorded."
        moved = self.stances.loc[[name]].droplevel("scenario")
        ends = _named(moved, "ends with another stance", "end with another stance", SIGNED)
        return f"{name}: {often}; {ends}."

    def tables(self) -> dict[str, ResultTable]:
        """Outcomes at the horizon; by year; objections; stances."""
        others = self.names[1:]
        shares = self.outcomes[self.outcomes.index.get_level_values("measure").isin(SHARES)]
        means = self.outcomes[~self.outcomes.index.get_level_values("measure").isin(SHARES)]
        of_shares: dict[str, Form] = {"value": PERCENT, "difference": POINTS}
        of_means: dict[str, Form] = {"value": "{:.2f}", "difference": "{:+.2f}"}
        objecting, moved = (
            frame[frame.index.get_level_values("scenario").isin(others)] for frame in (self.objections, self.stances)
        )
        by_size = objecting.reindex(objecting["difference"].abs().sort_values(ascending=False).index)
        moved_most = moved.reindex(moved["difference"].abs().sort_values(ascending=False).index)
        return {
            "outcomes": ResultTable("Shares of runs by the horizon, and differences", shares, of_shares, most=40),
            "means": ResultTable("Means at the horizon, and differences", means, of_means, most=40),
            "objections": ResultTable(
                "Share of councils at which a member objects by its own stance",
                by_size,
                {"share": PERCENT, "difference": POINTS},
                most=12,
            ),
            "stances": ResultTable(
                "Stances at the end of the last year", moved_most, {"stance": SIGNED, "difference": SIGNED}, most=12
            ),
            "by_year": ResultTable("By year", self.by_year, {}, most=0),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Probability by date, and differences at the horizon."""
        return {"compared": self.plot, "differences": self.plot_differences}

    def plot(self, measure: str | None = None, ax: Axes | None = None) -> Axes:
        """A measure at the end of each year, one line for each scenario, with its 95% interval.

        Args:
            measure: a measure of ``by_year``; by default the first milestone still possible at the start.
            ax: where to draw.
        """
        from article10.runs.analyses.comparison.figures import draw_by_year

        return draw_by_year(self, measure or outcomes_ahead(self.scenario)[0], ax)

    def plot_differences(self, ax: Axes | None = None) -> Axes:
        """Differences of probabilities from the first scenario, with 95% intervals; pale where they include zero."""
        from article10.runs.analyses.comparison.figures import draw_differences

        return draw_differences(self, ax)


def _named(rows: pd.DataFrame, one: str, several: str, form: Form) -> str:
    """The members whose difference is largest and distinguishable from zero, with their number."""
    detected = rows[excludes_zero(rows, "difference")]
    if not len(detected):
        return f"no member detectably {one}"
    top = detected.reindex(detected["difference"].abs().sort_values(ascending=False).index).head(MOST_NAMED)
    names = listed(f"{name} {interval(row, 'difference', form)}" for name, row in top.iterrows())
    some = f"{len(detected)} of {len(rows)} members"
    return f"{some} detectably {several}, most of all {names}"
