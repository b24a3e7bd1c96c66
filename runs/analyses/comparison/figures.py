"""Figures of compared scenarios: a measure by year, and differences at the horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
from matplotlib.dates import date2num

from article10.runs.analyses.comparison.compare_result import MEASURES, SHARES
from article10.runs.figures.style import (
    PALE,
    drawing,
    label_ends,
    literal,
    note_runs,
    points_axis,
    time_axis,
    with_looks,
)
from article10.runs.figures.titles import REACHED, probability_that
from article10.runs.statistics.intervals import excludes_zero

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.analyses.comparison.compare_result import Comparison

BY_YEAR = {
    "hot_war": "share of runs with a hot war",
    "spending": "defence spending, % GDP",
    "cohesion": "cohesion: 1 − standard deviation of stances",
}
"""Labels of what is compared by year only, or with another meaning than at the horizon."""


def draw_by_year(found: Comparison, measure: str, ax: Axes | None) -> Axes:
    """Draw a measure at the end of each year, one line for each scenario."""
    is_share = measure in SHARES
    rows = found.by_year.xs(measure, level="measure")
    with drawing(ax, names=[f"{name} 00.0%" for name in found.names]) as ax:
        for look, name in with_looks(found.names):
            own = rows.xs(name, level="scenario")
            days = [date2num(day) for day in own.index]  # type: ignore[no-untyped-call]
            value, low, high = (own[column].to_numpy(float) for column in ("value", "value_low", "value_high"))
            if measure in ("invitation", "signature", "accession"):
                days = [date2num(found.scenario.start), *days]  # type: ignore[no-untyped-call]
                value, low, high = (np.array([0.0, *each]) for each in (value, low, high))
            end = f"{value[-1]:.1%}" if is_share else f"{value[-1]:.2f}"
            ax.fill_between(days, low, high, color=look["color"], alpha=0.12, linewidth=0)
            ax.plot(days, value, label=literal(f"{name} {end}"), **look)
            ax.set_xlim(days[0], days[-1])
        if is_share:
            ax.set_ylim(0, min(1.0, 1.15 * float(rows["value_high"].max()) + 0.02))
            ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
        label_ends(ax)
        milestone = f"probability of {measure} by the date"
        ax.set_ylabel(BY_YEAR.get(measure, milestone if is_share else MEASURES.get(measure, measure)))
        time_axis(ax)
        head = probability_that(found.scenario.candidate.name, measure) if measure in REACHED else _headed(measure)
        ax.set_title(f"{head}, by scenario")
        words = "bands: 95% CI (simulation uncertainty only)"
        note_runs(ax, found.runs, words, where=" of each scenario, paired")
    return ax


def _headed(measure: str) -> str:
    words = measure.replace("_", " ")
    return words[0].upper() + words[1:]


def draw_differences(found: Comparison, ax: Axes | None) -> Axes:
    """Draw differences of probabilities from the first scenario, a row for each scenario and measure."""
    others = list(with_looks(found.names))[1:]  # a scenario has the same colour as in the figure by year
    measures = [measure for measure in MEASURES if measure in SHARES]
    with drawing(ax, figsize=(8.5, 1.6 + 0.26 * len(measures) * (len(others) + 1))) as ax:
        ticks, labels = [], []
        for group, measure in enumerate(measures):
            for offset, (look, name) in enumerate(others):
                place = group * (len(others) + 1) + offset
                row: Any = found.outcomes.loc[(measure, name)]
                colour = look["color"] if bool(excludes_zero(row, "difference")) else PALE
                ax.hlines(place, row["difference_low"], row["difference_high"], color=colour, linewidth=2.2)
                ax.plot(row["difference"], place, "o", color=colour)
                ticks.append(place)
                what = "bid shelved" if measure == "ever_shelved" else measure
                labels.append(
                    literal(what if len(others) == 1 else f"{what}: {name.removeprefix(found.names[0] + ' ')}")
                )
        ax.set_yticks(ticks, labels)
        ax.invert_yaxis()
        ax.axvline(0, color="#888888", linewidth=0.8)
        points_axis(ax, "probability by the horizon")
        ax.grid(visible=False, axis="y")
        less = f"{others[0][1]} less {found.names[0]}" if len(others) == 1 else f"each scenario less {found.names[0]}"
        ax.set_title(literal(f"Differences of probabilities: {less}"))
        words = "lines: 95% CI (simulation uncertainty only); pale: CI includes zero"
        note_runs(ax, found.runs, words, below=38, where=" of each scenario, paired")
    return ax
