"""Figures of history matching: Russia's influence at every point, and what is known beside what the model gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from article10.runs.evidence.history_matching.history_match_result import WHOLE, HistoryMatch
from article10.runs.evidence.perturbations import LEFT
from article10.runs.figures.style import COLOURS, OPPOSED, new_axes, note_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREY = "#777777"

APART = 4
"""Places between the two spaces."""


def influence(found: HistoryMatch, ax: Axes | None = None) -> Axes:
    """Russia's influence on the share invited at every point of both spaces, ordered by size.

    Args:
        found: the result to draw.
        ax: axes to draw on; by default those of a new figure.
    """
    ax = ax or new_axes((7.5, 4.6))
    left, ticks = 0.0, []
    for colour, (name, space) in zip(COLOURS, ((WHOLE, found.everywhere), (LEFT, found.survived)), strict=False):
        chosen = sorted(space.differences, key=lambda d: d.mean)
        if not chosen:
            continue
        x, mean = left + np.arange(len(chosen)), np.array([100 * d.mean for d in chosen])
        ends: Any = 100 * np.array([[d.low, d.high] for d in chosen])
        ax.vlines(x, ends[:, 0], ends[:, 1], color=colour, linewidth=1.0, alpha=0.6)
        seen = np.array([d.excludes_zero for d in chosen])
        ax.scatter(x[seen], mean[seen], s=14, color=colour, zorder=3)
        ax.scatter(x[~seen], mean[~seen], s=14, facecolor="white", edgecolor=colour, zorder=3)
        ticks.append((left + (len(chosen) - 1) / 2, f"{name}\n({len(chosen)} points)"))
        left += len(chosen) + APART
    ax.axhline(0, color="#444444", linewidth=0.9)
    ax.set_xticks([place for place, _ in ticks], [label for _, label in ticks])
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x", visible=False)
    ax.set_ylabel("change of the share invited, percentage points")
    ax.set_title("Russia's influence, everywhere and where not ruled out")
    note_runs(
        ax,
        found.runs,
        "paired; lines: 95% CI (simulation uncertainty only); hollow: CI includes zero",
        40,
        " per point",
    )
    return ax


def evidence(found: HistoryMatch, ax: Axes | None = None) -> Axes:
    """Each position and mean as known, with its error, and what the points of the first and the last wave give.

    Args:
        found: the result to draw.
        ax: axes to draw on; by default those of a new figure.
    """
    table = found.evidence[[output.is_stance for output in found.outputs]].iloc[::-1]
    ax = ax or new_axes((7.5, 1.3 + 0.27 * len(table)))
    places = np.arange(len(table))
    for shift, name, colour, label in (
        (0.16, "before", GREY, "all plausible points: mean of runs"),
        (-0.16, "after", COLOURS[0], "points of the last wave: mean of runs"),
    ):
        ax.hlines(places + shift, table[f"{name}_low"], table[f"{name}_high"], color=colour, linewidth=3, alpha=0.5)
        ax.plot(table[name], places + shift, "|", color=colour, markersize=7, label=label)
    error = 2 * table["error"]
    ax.errorbar(table["known"], places, xerr=error, fmt="o", color=OPPOSED, markersize=4, linewidth=0.9, label="known")
    names = dict(zip(found.scenario.members().iso3, found.scenario.members().names, strict=True))
    first = (str(label).split(" ", 1) for label in table.index)
    ax.set_yticks(places, [f"{names.get(code, code)} {rest}" for code, rest in first], fontsize=8)
    ax.set_xlim(-1, 1)
    ax.set_xlabel("stance")
    ax.set_title("Positions as known, and as the model gives them")
    ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.1), ncols=3, fontsize=7.5, frameon=False)
    points = len(found.waves[0].unit)
    text = "bands: central 90% of points; bars: two deviations of what is known, without the variance between runs"
    note_runs(ax, found.runs, f"{points:,} points a wave; {text}", 62, " with and without Russia")
    return ax
