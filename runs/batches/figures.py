"""Figures that compare the points of a batch: each takes ``ax=``, returns the Axes and states the number of runs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from article10.model.accession_rule import Milestone
from article10.model.checked import checked
from article10.runs.batches.design_values import known_keys
from article10.runs.batches.error import BatchError
from article10.runs.figures.plot import most_opposed
from article10.runs.figures.style import (
    COLOURS,
    house_style,
    label_ends,
    legend,
    literal,
    new_axes,
    note_runs,
    shown_of,
    stance_axis,
    time_axis,
    with_looks,
)
from article10.runs.figures.titles import probability_that
from article10.runs.statistics.proportion import wilson

if TYPE_CHECKING:
    from article10.runs.batches.result import BatchResult

FEW = len(COLOURS)
"""Number of points drawn if none is named: one in each colour."""


class BatchPlot:
    """Figures of one batch."""

    def __init__(self, batch: BatchResult) -> None:
        """Draw figures of a batch."""
        self.batch = batch

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a figure of the only point
        """Any figure of an ensemble's result, if the batch has only one point."""
        if name.startswith("_"):
            raise AttributeError(name)
        if len(self.batch.points) > 1:
            raise AttributeError(f"plot.{name}: the batch has several points: batch.point(0).plot.{name}()")
        return getattr(self.batch.point(0).plot, name)

    @checked
    def accession(
        self, milestone: str = "accession", points: Sequence[int] | None = None, ax: Axes | None = None
    ) -> Axes:
        """Cumulative probability of a milestone by point, with 95% intervals (Wilson).

        Args:
            milestone: ``invitation``, ``signature`` or ``accession``.
            points: the points to draw; by default the first six.
            ax: where to draw.

        Raises:
            ValueError: the milestone does not exist.
        """
        _check_milestone(milestone)
        with house_style():
            drawn = self._points(points)
            ax = ax or new_axes(names=[f"{self._label(point)}: 00.0%" for point in drawn])
            for look, point in with_looks(drawn):
                scenario = self.batch.scenario(point)
                runs = int(self.batch.summary["runs"].to_dict()[point])
                reached = self.batch.sql(
                    f"select {milestone}_date as day, count(*) as n from outcomes "
                    f"where point = {point} and {milestone}_date is not null group by day order by day"
                )
                ends = pd.Series([pd.Timestamp(scenario.start), *reached["day"], pd.Timestamp(scenario.horizon)])
                count = np.array([0, *reached["n"].cumsum(), reached["n"].sum()])
                low, high = np.array([wilson(int(k), runs) for k in count]).T
                days = ends.to_numpy()
                ax.fill_between(days, low, high, step="post", color=look["color"], alpha=0.2, linewidth=0)
                label = f"{self._label(point)}: {count[-1] / runs:.1%}"
                ax.plot(days, count / runs, drawstyle="steps-post", label=label, **look)
            ax.set_ylim(bottom=0)
            ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
            ax.set_ylabel(f"probability of {milestone} by the date")
            time_axis(ax)
            label_ends(ax)
            ax.set_title(f"{self._probability(drawn, milestone)}, by point")
            self._note(ax, f"percentages: by the horizon; bands: 95% intervals{self._left_out(points)}")
        return ax

    @checked
    def against(self, key: str, milestone: str = "accession", ax: Axes | None = None) -> Axes:
        """Probability of a milestone by the value of a parameter, a line for each scenario, with 95% intervals.

        Points that differ in other parameters too are pooled.

        Args:
            key: full key of a parameter that the batch varies.
            milestone: ``invitation``, ``signature`` or ``accession``.
            ax: where to draw.

        Raises:
            ValueError: the parameter is not varied, or the milestone does not exist.
        """
        _check_milestone(milestone)
        varied = [name for name in self.batch.varied if name != "scenario"]
        if key not in varied:
            raise ValueError(f"{key}: not varied in this batch; valid: {', '.join(varied) or 'none'}")
        table = self.batch.summary.assign(scenario=self.batch.points["scenario"]).loc[self._done()]
        table["reached"] = table[milestone] * table["runs"]
        with house_style():
            scenarios = list(table.groupby("scenario", sort=False))
            ax = ax or new_axes(names=[str(name) for name, _ in scenarios])
            for look, (scenario, own) in with_looks(scenarios):
                pooled = own.groupby(key)[["reached", "runs"]].sum()
                low, high = np.array([wilson(round(k), int(n)) for k, n in pooled.to_numpy()]).T
                share = (pooled["reached"] / pooled["runs"]).to_numpy()
                words = pooled.index.dtype.kind not in "ifb"
                values = np.arange(len(pooled)) if words else pooled.index.to_numpy()
                reach = np.maximum([share - low, high - share], 0)
                style: dict[str, Any] = {"marker": "o", "capsize": 2, "linewidth": 1.2, **look}
                ax.errorbar(values, share, reach, label=literal(str(scenario)), **style)
                if words:
                    ax.set_xticks(values, [literal(str(value)) for value in pooled.index])
            ax.set_ylim(bottom=0)
            ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
            label = _described(key)
            ax.set_xlabel(label)
            ax.set_ylabel(f"probability of {milestone} by the horizon")
            legend(ax)
            ax.set_title(f"{self._probability(self._done(), milestone)}, by {key}")
            below = 34 + 14 * label.count("\n")
            self._note(ax, "bars: 95% intervals", below)
        return ax

    @checked
    def fan(self, member: str | None = None, points: Sequence[int] | None = None, ax: Axes | None = None) -> Axes:
        """Median and middle half of a member's stance over time, by point.

        Args:
            member: code of the member; by default the most opposed at the start.
            points: the points to draw; by default the first six.
            ax: where to draw.

        Raises:
            BatchError: stances were not recorded.
            KeyError: the member is not on the roster.
        """
        with house_style():
            drawn = self._points(points)
            ax = ax or new_axes(names=[self._label(point) for point in drawn])
            for look, point in with_looks(drawn):
                scenario = self.batch.scenario(point)
                roster = scenario.members()
                place = roster.index(most_opposed(scenario) if member is None else member)
                found = self.batch.quantiles(point, (0.25, 0.5, 0.75)).isel(member=place)
                lower, middle, upper = found.to_numpy()
                days = found["step"].to_numpy()
                ax.fill_between(days, lower, upper, color=look["color"], alpha=0.25, linewidth=0)
                ax.plot(days, middle, label=self._label(point), **look)
                ax.set_title(f"Stance over time: {roster.names[place]}, by point")
                stance_axis(ax, scenario.accession.objection_line, label=False)
            time_axis(ax)
            ax.set_ylabel("stance")
            label_ends(ax)
            self._note(ax, f"line: median; band: middle half of runs{self._left_out(points)}")
        return ax

    def _points(self, points: Sequence[int] | None) -> list[int]:
        done = self._done()
        for point in () if points is None else points:
            self.batch.check_point(point)
        chosen = done[:FEW] if points is None else [point for point in done if point in points]
        if not chosen:
            raise BatchError(f"{self.batch.store.folder}: none of the points asked for has runs to draw yet")
        return chosen

    def _done(self) -> list[int]:
        """Points with at least one run done.

        Raises:
            BatchError: no point has a run.
        """
        runs = self.batch.summary["runs"]
        done = [int(point) for point in runs.index[runs > 0]]
        if not done:
            raise BatchError(f"{self.batch!r}: no runs to draw")
        return done

    def _left_out(self, points: Sequence[int] | None) -> str:
        """Words for the note that only the first points are drawn; empty if all are drawn or some were named."""
        return "" if points is not None else shown_of(len(self._points(None)), len(self._done()), "points")

    def _note(self, ax: Axes, more: str, below: float = 32) -> None:
        """State the number of runs below a figure, and on a separate line the missing runs."""
        missing = f"\n{self.batch.missing}" if self.batch.missing else ""
        note_runs(ax, self.batch.runs, more + missing, below, " at each point")

    def _probability(self, points: Sequence[int], milestone: str) -> str:
        """The probability of a milestone, as a title; the candidate is named if all points have the same."""
        names = {self.batch.scenario(point).candidate.name for point in points}
        return probability_that(names.pop() if len(names) == 1 else "the candidate", milestone)

    def _label(self, point: int) -> str:
        return literal(self.batch.label(point))


def _described(key: str) -> str:
    """The axis label of a parameter: its key and unit, and below them its meaning."""
    declared = known_keys().get(key)
    if declared is None:
        return key
    unit = "" if declared.meta.unit in ("", "1") else f" ({declared.meta.unit})"
    return textwrap.fill(f"{key}{unit}: {declared.description}", 90)


def _check_milestone(name: str) -> None:
    if name not in tuple(Milestone):
        raise ValueError(f"milestone = {name!r}: valid: {', '.join(Milestone)}")
