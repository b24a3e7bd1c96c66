"""Figures of a nowcast: stances as filtered, weights over time, and what each position taught."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from article10.runs.evidence.nowcast.observations import POSITION
from article10.runs.evidence.nowcast.particle_filter import COLUMNS
from article10.runs.figures.style import COLOURS, OPPOSED, SUPPORTIVE, house_style, new_axes, note_runs, time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.evidence.nowcast.nowcast_result import Nowcast

PANELS_ACROSS, MOST_PANELS = 4, 20
"""Panels in a row, and in the figure."""

MOST_BARS = 30
"""Positions in the figure of what each taught: those that taught most."""

GREY = "#777777"

LITTLE = 0.01
"""Change of a mean that is drawn without a colour."""


def members(found: Nowcast, ax: Axes | None = None) -> Axes:
    """One small panel for each member with positions: filtered and unfiltered stance, and the positions."""
    roster = found.scenario.members()
    said = [row.members[0] for row in found.rows if row.kind == POSITION]
    codes = sorted(dict.fromkeys(said), key=lambda code: (-said.count(code), code))[:MOST_PANELS] or roster.iso3[:1]
    down = -(-len(codes) // PANELS_ACROSS)
    with house_style():
        ax = ax or new_axes(figsize=(9.0, 1.3 + 1.75 * down))
        ax.set_axis_off()
        ax.set_title(f"Stances {found.scenario.start:%Y}–{found.until:%y} as filtered by dated rows", pad=24)
        for k, code in enumerate(codes):
            left, row = k % PANELS_ACROSS, k // PANELS_ACROSS
            low = 1.0 - (row + 0.9) / down
            inset = ax.inset_axes((left / PANELS_ACROSS + 0.01, low, 0.94 / PANELS_ACROSS - 0.01, 0.72 / down))
            _panel(found, code, inset, left == 0, k + PANELS_ACROSS >= len(codes))
            inset.set_title(roster.names[roster.index(code)], fontsize=9, pad=3)
        _key(ax)
        text = "bands: 90% of runs; stance from −1 (opposed) to 1 (willing now); dashed: objects below"
        note_runs(ax, found.runs, text, 14)
    return ax


def _panel(found: Nowcast, code: str, ax: Axes, is_left: bool, is_low: bool) -> None:
    place = found.scenario.members().index(code)
    days: Any = np.array(found.filtered.weights.index, dtype="datetime64[D]")
    for by_step, colour, alpha in (
        (found.unfiltered.by_step[:, place], GREY, 0.18),
        (found.filtered.by_step[:, place], COLOURS[0], 0.28),
    ):
        mean, low, high = (by_step[:, COLUMNS.index(name)] for name in ("mean", "low", "high"))
        ax.fill_between(days, low, high, color=colour, alpha=alpha, linewidth=0)
        ax.plot(days, mean, color=colour, linewidth=1.5 if colour == COLOURS[0] else 1.0)
    ax.axhline(found.scenario.accession.objection_line, color=GREY, linewidth=0.8, linestyle="--")
    for row in found.rows:
        if row.kind == POSITION and row.members == (code,):
            day: Any = np.datetime64(row.day)
            taken = row.seen <= found.learn_until
            fill = OPPOSED if taken and row.decides else "white"
            ax.plot(day, row.stance, "o", color=fill, markeredgecolor=OPPOSED, markersize=4.5, clip_on=False, zorder=4)
    ax.set_ylim(-1.0, 1.0)
    ax.set_yticks([-0.6, 0.0, 0.6])
    if is_left:
        ax.set_ylabel("stance", fontsize=8, labelpad=1)
    ax.set_xlim(days[0], days[-1])
    time_axis(ax, 2)
    ax.xaxis.get_offset_text().set_visible(False)
    ax.tick_params(labelsize=7.5, labelleft=is_left, labelbottom=is_low, length=0)


def _key(ax: Axes) -> None:
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    marks: list[tuple[str, dict[str, Any]]] = [
        ("filtered", {"color": COLOURS[0]}),
        ("unfiltered", {"color": GREY, "linewidth": 1.0}),
        ("position taken in", {"linestyle": "", "marker": "o", "color": OPPOSED, "markersize": 4.5}),
        (
            "of another office, or not taken in",
            {"linestyle": "", "marker": "o", "color": "white", "markeredgecolor": OPPOSED, "markersize": 4.5},
        ),
    ]
    for label, style in marks:
        ax.plot([], [], label=label, **style)
    key = ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, fontsize=8, columnspacing=1.2, borderaxespad=0.2
    )
    key.set_in_layout(False)


def weights(found: Nowcast, ax: Axes | None = None) -> Axes:
    """Effective sample size at each step, with the steps at which rows were taken in and runs resampled."""
    table = found.filtered.weights
    days: Any = np.array(table.index, dtype="datetime64[D]")
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 3.4))
        ax.step(days, table["ess"], where="post", color=COLOURS[0], label="effective sample size")
        left = table["first_day"]
        ax.step(days, left, where="post", color=GREY, linewidth=1.1, label="the same of the first day's runs")
        again = table["resampled"].to_numpy(bool)
        ax.plot(days[again], table["ess"].to_numpy()[again], "v", color=OPPOSED, markersize=5, label="resampled")
        rows = days[table["rows"].to_numpy() > 0]
        ax.plot(rows, np.zeros(len(rows)), "|", color="black", markersize=9, clip_on=False, label="rows taken in")
        ax.set_ylim(0, 1.05 * found.runs)
        ax.yaxis.set_major_formatter("{x:,.0f}")
        ax.set_ylabel("runs")
        ax.set_title("How many runs the rows leave", pad=22)
        time_axis(ax)
        ax.legend(
            loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, columnspacing=1.2, borderaxespad=0.2, fontsize=8
        )
        note_runs(ax, found.runs, "before resampling, at the beginning of each step")
    return ax


def taught(found: Nowcast, ax: Axes | None = None) -> Axes:
    """By how much each position moved the mean of its member, in the order of dates."""
    table = found.taught.dropna(subset=["change"])
    most = np.sort(np.argsort(-table["change"].abs().to_numpy(), kind="stable")[:MOST_BARS])
    table = table.iloc[most]
    places = np.arange(len(table))[::-1]
    names = dict(zip(found.scenario.members().iso3, found.scenario.members().names, strict=True))
    rows = ((day, *label.split(" ", 1)) for day, label in table.index)
    labels = [f"{names[code]}, {day:%-d %b %Y}: {position}" for day, code, position in rows]
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.5 + 0.24 * max(len(table), 4)))
        for place, (before, after) in zip(places, table[["mean_before", "mean_after"]].to_numpy(), strict=True):
            colour = GREY if abs(after - before) < LITTLE else SUPPORTIVE if after > before else OPPOSED
            ax.plot([before, after], [place, place], color=colour, linewidth=2.0, zorder=2)
            ax.plot(before, place, "o", color="white", markeredgecolor=GREY, markersize=5, zorder=3)
            ax.plot(after, place, "o", color=colour, markersize=5, zorder=3)
        ax.axvline(found.scenario.accession.objection_line, color=GREY, linewidth=0.8, linestyle="--")
        ax.set_yticks(places, labels, fontsize=8)
        ax.set_ylim(-0.8, max(len(table), 1) - 0.2)
        ax.set_xlim(-1.0, 1.0)
        ax.grid(visible=False, axis="y")
        ax.set_xlabel("mean stance of the member, from −1 (opposed) to 1 (willing now)")
        ax.set_title("What each position taught")
        note_runs(ax, found.runs, "open: before the row is taken in; filled: after; dashed: the objection line", 36)
    return ax
