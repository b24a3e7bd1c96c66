"""Figures of hindcasts: days of each member, course of the round, calibration of the forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.ticker
import numpy as np

from article10.runs.evidence.ratification_baselines import COMMON, SPEEDS
from article10.runs.figures.style import COLOURS, OPPOSED, house_style, label_ends, new_axes, note_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.evidence.hindcast_answer import Hindcast

DAY_TICKS = (1, 3, 10, 30, 100, 300, 1000)

NOT_JUDGED = "#8a8a8a"
"""Colour of members whose days the fit used."""


def members(found: Hindcast, ax: Axes | None = None) -> Axes:
    """Days from signature of each member: 50% and 90% of the runs as bars, the observation as a dot or a line.

    Members whose days the fit used are grey: for them the figure shows a fit, not a forecast.
    """
    table = found.members[::-1]
    rows = np.arange(len(table))
    judged = table.index.isin(found.by_member["model"].index)
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.6 + 0.2 * len(table)))
        for bottom, top, height, colour, fitted in (
            ("median_low", "median_high", 0.28, "#cfe3f2", "#eaeaea"),
            ("quarter", "three_quarters", 0.62, "#7fb3d8", "#cdcdcd"),
        ):
            left = np.maximum(table[bottom], 0.5)
            ax.barh(rows, table[top] - left, left=left, height=height, color=np.where(judged, colour, fitted))
        median = np.maximum(table["median"].to_numpy(), 0.5)
        ax.plot(median[~judged], rows[~judged], "|", color=NOT_JUDGED, markersize=7)
        ax.plot(median[judged], rows[judged], "|", color=COLOURS[0], markersize=7, label="forecast median")
        low, high = (np.maximum(table[f"observed_{end}"].to_numpy() + 0.5, 0.5) for end in ("low", "high"))
        exact = high - low < 1
        ax.plot(low[exact], rows[exact], "o", color=OPPOSED, markersize=4.5, label="observed date")
        if (~exact).any():
            ax.hlines(rows[~exact], low[~exact], high[~exact], color=OPPOSED, linewidth=1.4, label="observed bounds")
        ax.set_xscale("log")
        ax.set_xlim(0.4, found.round.horizon)
        ticks = [day for day in DAY_TICKS if day < found.round.horizon]
        ax.xaxis.set_major_locator(matplotlib.ticker.FixedLocator(ticks))
        ax.xaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%d"))
        ax.set_xlabel("days from signature (log scale)")
        for label, is_judged in zip(ax.set_yticks(rows, list(table.index), fontsize=8), judged, strict=True):
            label.label1.set_color("black" if is_judged else NOT_JUDGED)
        ax.set_ylim(-0.8, len(table) - 0.2)
        ax.grid(visible=False, axis="y")
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
        ax.set_title(_title(found), pad=24)
        grey = "" if judged.all() else "; grey: members used in the fit, not scored"
        note_runs(ax, found.runs, f"bars: 50% and 90% of the runs{grey}")
    return ax


def course(found: Hindcast, ax: Axes | None = None) -> Axes:
    """Share of members that have ratified by each day: observed within its bounds, and forecast (90% of runs)."""
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
        ax.set_ylim(0, 1.12)  # room for the labels of lines that end near the top
        label_ends(ax)
        ax.set_yticks(np.linspace(0, 1, 6))
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
        ax.set_xlabel("days from signature")
        ax.set_ylabel("members that have ratified")
        ax.set_title(_title(found))
        bounded = (found.round.high - found.round.low > 1).any()
        red = "; red band: between the recorded bounds" if bounded else ""
        note_runs(ax, found.runs, f"blue band: 90% of the runs{red}")
    return ax


def _title(found: Hindcast) -> str:
    """The round, and the data of the forecast: with later rounds or the round's own pace it is not foresight."""
    known = "stances at signing, given the pace of the round" if found.pace_known else found.source_of_pace
    return f"{found.scenario.title}\nforecast from {known}"


def pit(found: Hindcast, ax: Axes | None = None) -> Axes:
    """PIT histogram: the quantile of each member's day in its forecast; uniform if the forecast is calibrated."""
    with house_style():
        ax = ax or new_axes(figsize=(5.5, 3.6))
        _pit_bars(found, ax)
        ax.set_xlabel("share of runs in which the member ratifies earlier than observed")
        ax.set_ylabel("share of members")
        ax.set_title("Calibration: a calibrated forecast has even bars")
        note_runs(ax, found.runs, f"{int(found.judged.sum())} members; dates known within bounds are spread over them")
    return ax


def pits(found: Mapping[str, Hindcast], ax: Axes | None = None) -> Axes:
    """PIT histograms of several rounds side by side.

    Args:
        found: hindcasts by round.
        ax: axes to divide into panels; by default those of a new figure.

    Returns:
        The axes that contain the panels.
    """
    with house_style():
        ax = ax or new_axes(figsize=(2.1 * len(found) + 0.4, 2.9))
        ax.set_axis_off()
        ax.set_title("Calibration: a calibrated forecast has even bars", pad=22)
        highest = max(float(answer.pit().max()) for answer in found.values())
        for k, (name, answer) in enumerate(found.items()):
            panel = ax.inset_axes((k / len(found) + 0.01, 0.12, 0.94 / len(found) - 0.01, 0.84))
            _pit_bars(answer, panel)
            panel.set_ylim(0, 1.05 * highest)
            panel.set_title(f"{name.removesuffix('_at_signing')}\n{int(answer.judged.sum())} members", fontsize=8.5)
            panel.tick_params(labelsize=7.5, labelleft=k == 0, length=0)
        ax.text(
            0.5, -0.04, "share of runs in which the member ratifies earlier than observed", ha="center", fontsize=8.5
        )
        note_runs(ax, next(iter(found.values())).runs, "dates known within bounds are spread over them", below=20)
    return ax


def _pit_bars(found: Hindcast, ax: Axes) -> None:
    edges = np.linspace(0, 1, 11)
    ax.bar(edges[:-1], found.pit(), width=0.1, align="edge", color=COLOURS[0], edgecolor="white")
    ax.axhline(0.1, color="#444444", linewidth=0.9, linestyle="--")
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])  # short, so that labels of neighbouring panels do not overlap
    ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
