"""Figures of holdout power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.ticker

from article10.runs.analyses.paired import outcomes_ahead
from article10.runs.figures.style import (
    COLOURS,
    OPPOSED,
    house_style,
    label_ends,
    new_axes,
    note_runs,
    points_axis,
    shown_of,
    signed_colours,
    with_looks,
)
from article10.runs.statistics.intervals import HIGH, LOW, excludes_zero

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.analyses.holdouts.power_result import HoldoutPower


def consent(answer: HoldoutPower, most: int = 14, ax: Axes | None = None) -> Axes:
    """Effect of each member's permanent consent on the first outcome still possible, with 95% intervals."""
    first = outcomes_ahead(answer.scenario)[0]
    gain = f"{first}_gain"
    shown = answer.members.nlargest(most, gain)[::-1]
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.6 + 0.34 * len(shown)))
        colours = signed_colours(shown[gain], excludes_zero(shown, gain))
        errors = [shown[gain] - shown[gain + LOW], shown[gain + HIGH] - shown[gain]]
        ax.barh(shown["member_name"], shown[gain], xerr=errors, color=colours, error_kw={"ecolor": "#444444"})
        ax.axvline(0, color="#888888", linewidth=0.8)
        points_axis(ax, f"probability of {first} by the horizon")
        ax.grid(visible=False, axis="y")
        ax.set_title("Effect of one member's permanent consent")
        left = shown_of(len(shown), len(answer.members), "members")
        words = f"paired runs; lines: 95% CI (simulation uncertainty only); pale: CI includes zero{left}"
        note_runs(ax, answer.runs, words, below=38)
    return ax


def together(answer: HoldoutPower, ax: Axes | None = None) -> Axes:
    """Share of runs that reach each outcome as holdouts consent one after another, with 95% intervals."""
    rows = answer.together
    with house_style():
        ax = ax or new_axes()
        for look, outcome in with_looks(outcomes_ahead(answer.scenario)):
            low, high = rows[f"{outcome}_low"], rows[f"{outcome}_high"]
            ax.fill_between(rows.index, low, high, color=look["color"], alpha=0.18)
            ax.plot(rows.index, rows[outcome], marker="o", markersize=4, label=outcome, **look)
        ax.set_ylim(0, 1)
        ax.set_xlim(0, rows.index[-1])
        label_ends(ax)
        words = ["as given", *(f"+ {name}" for name in rows["joins"].iloc[1:])]
        ax.set_xticks(list(rows.index), words, rotation=35, ha="right", fontsize=8.5)
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
        ax.set_ylabel("probability by the horizon")
        ax.set_title("Probability as holdouts consent one after another")
        note_runs(ax, answer.runs, "of each variant, paired; bands: 95% CI (simulation uncertainty only)", below=62)
    return ax


def pivotality(answer: HoldoutPower, rule: str = "unanimity", most: int = 12, ax: Axes | None = None) -> Axes:
    """Share of simulated decisions that each member alone would have changed, beside the Shapley–Shubik index."""
    rows = answer.pivotality.nlargest(most, rule)[::-1]
    shown = rows[rule]
    names = answer.members["member_name"].reindex(shown.index)
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.8 + 0.34 * len(shown)))
        errors = [shown - rows[rule + LOW], rows[rule + HIGH] - shown]
        ax.barh(names, shown, color=COLOURS[0], xerr=errors, error_kw={"ecolor": "#444444"})
        equal = float(answer.indices["shapley_shubik"][rule])
        ax.axvline(equal, color=OPPOSED, linestyle="--", linewidth=1, label="Shapley–Shubik index of every member")
        ax.legend(loc="lower right", frameon=True, framealpha=0.9, edgecolor="none")
        ax.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
        ax.set_xlabel("share of decisions that the member alone would have changed")
        ax.grid(visible=False, axis="y")
        ax.set_title(f"Pivotal members under {rule}")
        left = shown_of(len(shown), len(answer.pivotality), "members")
        words = f"simulated ballots; lines: 95% CI (simulation uncertainty only){left}"
        note_runs(ax, answer.runs, words, below=38)
    return ax
