"""Figures of a hindcast: every member's days, the course of the round, the calibration of the forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.ticker
import numpy as np

from article10.runs.evidence.ratification_baselines import COMMON, SPEEDS
from article10.runs.figures_style import COLOURS, OPPOSED, house_style, label_ends, new_axes, note_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.evidence.hindcast_answer import Hindcast

DAY_TICKS = (1, 3, 10, 30, 100, 300, 1000)


def members(found: Hindcast, ax: Axes | None = None) -> Axes:
    """Days from signature of every member: 50% and 90% of the runs as bars, what was observed as a mark or a line."""
    table = found.members[::-1]
    rows = np.arange(len(table))
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.6 + 0.2 * len(table)))
        for bottom, top, height, colour in (
            ("median_low", "median_high", 0.28, "#cfe3f2"),
            ("quarter", "three_quarters", 0.62, "#7fb3d8"),
        ):
            left = np.maximum(table[bottom], 0.5)
            ax.barh(rows, table[top] - left, left=left, height=height, color=colour)
        ax.plot(np.maximum(table["median"], 0.5), rows, "|", color=COLOURS[0], markersize=7, label="forecast median")
        low, high = (np.maximum(table[f"observed_{end}"].to_numpy() + 0.5, 0.5) for end in ("low", "high"))
        exact = high - low < 1
        ax.plot(low[exact], rows[exact], "o", color=OPPOSED, markersize=4.5, label="observed, by the day")
        if (~exact).any():
            ax.hlines(rows[~exact], low[~exact], high[~exact], color=OPPOSED, linewidth=1.4, label="observed, within")
        ax.set_xscale("log")
        ax.set_xlim(0.4, found.round.horizon)
        ticks = [day for day in DAY_TICKS if day < found.round.horizon]
        ax.xaxis.set_major_locator(matplotlib.ticker.FixedLocator(ticks))
        ax.xaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%d"))
        ax.set_xlabel("days from signature (logarithmic)")
        ax.set_yticks(rows, list(table.index), fontsize=8)
        ax.set_ylim(-0.8, len(table) - 0.2)
        ax.grid(visible=False, axis="y")
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
        ax.set_title(found.scenario.title, pad=24)
        note_runs(ax, found.runs, "bars: 50% and 90% of them")
    return ax


def course(found: Hindcast, ax: Axes | None = None) -> Axes:
    """Share of members that have ratified by each day: observed between its bounds, forecast with 90% of the runs."""
    last = min(found.round.horizon, 1.25 * max(float(found.round.high.max()), np.nan_to_num(found.round.accession)))
    days = np.linspace(0.0, last, 300)
    with house_style():
        ax = ax or new_axes()
        for name, colour in (("model", COLOURS[0]), (COMMON, COLOURS[1]), (SPEEDS, COLOURS[2])):
            samples = np.sort(found.of_members(name), axis=1)
            share = np.stack([(samples <= day).mean(axis=1) for day in days])
            if name == "model":
                ax.fill_between(days, *np.quantile(share, [0.05, 0.95], axis=1), color=colour, alpha=0.18, linewidth=0)
            ax.plot(days, share.mean(axis=1), color=colour, linewidth=1.8 if name == "model" else 1.2, label=name)
        latest, earliest = (
            (np.sort(x)[None] <= days[:, None]).mean(axis=1) for x in (found.round.high, found.round.low)
        )
        ax.fill_between(days, latest, earliest, color=OPPOSED, alpha=0.25, linewidth=0, step="post")
        ax.step(days, latest, color=OPPOSED, linewidth=1.4, where="post", label="observed")
        ax.set_xlim(0, last)
        ax.set_ylim(0, 1.02)
        label_ends(ax)
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
        ax.set_xlabel("days from signature")
        ax.set_ylabel("members that have ratified")
        ax.set_title(found.scenario.title)
        note_runs(ax, found.runs, "blue band: 90% of them; red band: between the bounds on record")
    return ax


def pit(found: Hindcast, ax: Axes | None = None) -> Axes:
    """PIT histogram: where in its forecast each member's day fell; flat where the forecast is calibrated."""
    with house_style():
        ax = ax or new_axes(figsize=(5.5, 3.6))
        edges = np.linspace(0, 1, 11)
        ax.bar(edges[:-1], found.pit(), width=0.1, align="edge", color=COLOURS[0], edgecolor="white")
        ax.axhline(0.1, color="#444444", linewidth=0.9, linestyle="--")
        ax.set_xlim(0, 1)
        ax.set_xlabel("share of runs in which the member ratified earlier than it did")
        ax.set_ylabel("share of members")
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
        ax.set_title("Calibration: even bars would be right")
        note_runs(ax, found.runs, f"{len(found.round.members)} members; days known as intervals are spread")
    return ax
