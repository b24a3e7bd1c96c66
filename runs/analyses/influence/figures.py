"""Figures of informal influence."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
from matplotlib.dates import date2num
from matplotlib.patches import Patch

from article10.runs.analyses.influence.flips import (
    BLOCKED,
    BY_HOLD,
    BY_RATIFICATION,
    BY_STANCE,
    BY_WAR,
    ENABLED,
    NOT_PUT_YET,
    SHELVED_AFTER,
    SHELVED_BEFORE,
    TIME,
)
from article10.runs.figures.style import (
    COLOURS,
    OPPOSED,
    PALE,
    SUPPORTIVE,
    house_style,
    literal,
    new_axes,
    note_runs,
    points_axis,
    shown_of,
    signed_colours,
    time_axis,
    with_looks,
)
from article10.runs.figures.titles import probability_that
from article10.runs.statistics.intervals import excludes_zero

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.analyses.influence.influence_result import Influence

LONGEST_NAME = 26
"""Characters in a line of a name at the axis: longer names are wrapped."""

REASON_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        BY_STANCE: OPPOSED,
        BY_HOLD: "#f0b27a",
        BY_WAR: PALE,
        BY_RATIFICATION: COLOURS[1],
        SHELVED_BEFORE: COLOURS[0],
        SHELVED_AFTER: COLOURS[4],
        NOT_PUT_YET: COLOURS[2],
        TIME: COLOURS[3],
    }
)
"""Colour of each way in which an outcome is blocked."""


def probability(answer: Influence, outcome: str | None = None, ax: Axes | None = None) -> Axes:
    """Share of runs that have reached an outcome by the end of each year, with and without the lever."""
    outcome = outcome or answer.outcomes[0]
    rows = answer.outcome_by_year(outcome)
    days = [date2num(day) for day in (answer.scenario.start, *rows.index)]  # type: ignore[no-untyped-call]
    with house_style():
        ax = ax or new_axes()
        ends = {}
        for name, colour in (("without", SUPPORTIVE), ("with", OPPOSED)):
            value, low, high = (np.array([0.0, *rows[c]]) for c in (name, f"{name}_low", f"{name}_high"))
            ax.fill_between(days, low, high, color=colour, alpha=0.18, linewidth=0)
            ax.plot(days, value, color=colour)
            ends[name] = value[-1]
        gap = abs(ends["with"] - ends["without"])
        top = max(*ends.values(), 0.02) * 1.25
        shift = max(0.0, 0.06 * top - gap) / 2
        for name, colour in (("without", SUPPORTIVE), ("with", OPPOSED)):
            side = shift if name == max(ends, key=lambda n: ends[n]) else -shift
            label = f" {name}\n {ends[name]:.1%}"
            ax.text(days[-1], ends[name] + side, label, color=colour, va="center", fontsize=9)
        ax.set_ylim(0, min(1.0, top))
        ax.set_xlim(days[0], days[-1])
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
        ax.set_ylabel(f"probability of {outcome} by the date")
        time_axis(ax)
        head = probability_that(answer.scenario.candidate.name, outcome)
        ax.set_title(f"{head}, with and without {literal(answer.lever.label)}")
        note_runs(ax, answer.runs, "paired runs with and without it; bands: 95% CI (simulation uncertainty only)")
    return ax


def members(answer: Influence, most: int = 12, ax: Axes | None = None) -> Axes:
    """Effect of the lever on each member's stance, largest on top, with 95% intervals; pale if they include zero."""
    shown = answer.members.head(most)[::-1]
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.5 + 0.256 * len(shown)))
        colours = signed_colours(shown["moved"], excludes_zero(shown, "moved"))
        places = np.arange(len(shown))
        ax.hlines(places, shown["moved_low"], shown["moved_high"], color=colours, linewidth=2)
        ax.scatter(shown["moved"], places, color=colours, s=28, zorder=3)
        ax.set_yticks(places, list(shown["member_name"]))
        ax.axvline(0, color="#888888", linewidth=0.8)
        ax.set_xlabel("change of stance, mean over the years")
        ax.grid(visible=False, axis="y")
        ax.set_title(literal(f"What {answer.lever.label} changes in members' stances"))
        left = shown_of(len(shown), len(answer.members), "members")
        words = f"bars: 95% CI of paired differences (simulation uncertainty only); pale: CI includes zero{left}"
        note_runs(ax, answer.runs, words, below=38)
    return ax


def channels(answer: Influence, ax: Axes | None = None) -> Axes:
    """Each channel's share of the difference, by outcome, with 95% intervals; pale if they include zero."""
    names = list(answer.channels.index.unique("channel"))
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.4 + 0.8 * len(names)))
        for side, (look, outcome) in enumerate(with_looks(answer.outcomes)):
            colour = look["color"]
            rows = answer.channels.xs(outcome, level="outcome").loc[names]
            places = np.arange(len(names)) + (0.17 if side else -0.17)
            errors = [rows["share"] - rows["share_low"], rows["share_high"] - rows["share"]]
            style: dict[str, Any] = {"height": 0.3, "color": np.where(excludes_zero(rows, "share"), colour, PALE)}
            ax.barh(places, rows["share"], xerr=errors, error_kw={"ecolor": "#444444", "elinewidth": 1}, **style)
        ax.set_yticks(range(len(names)), list(map(literal, names)))
        ax.invert_yaxis()
        ax.axvline(0, color="#888888", linewidth=0.8)
        points_axis(ax, "probability by the horizon (Shapley share)")
        ax.grid(visible=False, axis="y")
        ax.margins(x=0.14)
        shown = zip((look for look, _ in with_looks(answer.outcomes)), answer.outcomes, strict=True)
        handles = [Patch(color=look["color"], label=outcome) for look, outcome in shown]
        ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        ax.set_title(literal(f"What {answer.lever.label} changes, by channel"))
        words = "of each combination of channels; lines: 95% CI (simulation uncertainty only); pale: CI includes zero"
        note_runs(ax, answer.runs, words, below=38)
    return ax


def through(answer: Influence, outcome: str | None = None, most: int = 8, ax: Axes | None = None) -> Axes:
    """Who or what blocks an outcome: runs blocked with the lever to the left, runs enabled by it to the right.

    Args:
        answer: the result to draw.
        outcome: by default the first that the lever changes in any run.
        most: number of names shown, those with most runs.
        ax: axes to draw on; by default those of a new figure.
    """
    flipped = answer.through[answer.through["outcome"].isin(answer.outcomes)]
    outcome = outcome or str(flipped["outcome"].iloc[0])
    rows = flipped[flipped["outcome"] == outcome]
    sides = (BLOCKED, -1), (ENABLED, 1)
    through_whom = rows.groupby("through", sort=False)["runs"].sum()
    names = through_whom.nlargest(most).index[::-1]
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.8 + 0.34 * len(names)))
        for direction, sign in sides:
            some = rows[rows["direction"] == direction]
            table = some.pivot_table(index="through", columns="by", values="runs", aggfunc="sum", fill_value=0.0)
            table = table.reindex(names, fill_value=0.0)
            reach = np.zeros(len(names))
            for how in table.columns[table.sum() > 0]:
                ax.barh(names, sign * table[how], left=sign * reach, color=REASON_COLOURS[how], label=str(how))
                reach += table[how].to_numpy()
        ax.set_yticks(range(len(names)), [literal(textwrap.fill(name, LONGEST_NAME)) for name in names])
        ax.axvline(0, color="#888888", linewidth=0.8)
        ax.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
        ax.xaxis.set_major_formatter(lambda runs, _: f"{abs(runs):,.0f}")
        ax.set_xlabel("paired runs: blocked (left), enabled (right)")
        ax.grid(visible=False, axis="y")
        handles = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))  # each reason once
        ax.legend(handles.values(), handles.keys(), loc="upper left", bbox_to_anchor=(1.0, 1.0))
        ax.set_title(literal(f"Through whom {answer.lever.label} blocks the {outcome}"))
        counts = f"{answer.blocked[outcome]:,} blocked, {answer.enabled[outcome]:,} enabled"
        left = shown_of(len(names), len(through_whom), "names")
        note_runs(ax, answer.runs, literal(f"{counts} by {answer.lever.label}{left}"), below=38)
    return ax
