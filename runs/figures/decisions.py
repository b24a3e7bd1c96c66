"""Figures of decisions: when milestones are reached, and which members object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from article10.model.accession_rule import Milestone
from article10.runs.figures.style import (
    COLOURS,
    OPPOSED,
    PALE,
    SUPPORTIVE,
    label_ends,
    literal,
    note_runs,
    shown_of,
    time_axis,
    with_looks,
)
from article10.runs.figures.titles import probability_that
from article10.runs.statistics.proportion import wilson

if TYPE_CHECKING:
    from article10.runs.ensemble.result import EnsembleResult

LEAST_ALONE = 0.001
"""Share of councils from which it is written how often a member was the only one to object."""

ROOM_FOR_WORDS = 0.14
"""Share of councils from which a bar has room for that."""


def draw_accession(ax: Axes, result: EnsembleResult) -> None:
    """Draw the share of runs that have reached each milestone by each date, with 95% intervals (Wilson)."""
    highest = 0.05
    for colour, name in zip((COLOURS[0], COLOURS[1], SUPPORTIVE), Milestone, strict=True):
        days, shares, low, high = _shares_by_day(result, name)
        ax.fill_between(days, low, high, color=colour, alpha=0.2, linewidth=0)
        ax.plot(days, shares, color=colour, label=f"{name} {shares[-1]:.1%}")
        highest = max(highest, high.max())
    _share_frame(ax, highest)
    scenario = result.scenario
    ax.set_title(probability_that(scenario.candidate.name, *Milestone))
    words = "at the right: share by the horizon; bands: 95% CI (simulation uncertainty only)"
    note_runs(ax, result.runs, f"{words}; scenario: {literal(scenario.title or scenario.name)}")


def draw_accession_of_each(ax: Axes, results: Mapping[str, EnsembleResult]) -> None:
    """Draw the share of runs that have acceded by each date in several results, with 95% intervals (Wilson).

    Args:
        ax: where to draw.
        results: the runs, by the name of their scenario.
    """
    highest = 0.05
    for look, (name, result) in with_looks(results.items()):
        days, shares, low, high = _shares_by_day(result, Milestone.ACCESSION)
        ax.fill_between(days, low, high, color=look["color"], alpha=0.2, linewidth=0)
        ax.plot(days, shares, label=f"{name} {shares[-1]:.1%}", **look)
        highest = max(highest, high.max())
    _share_frame(ax, highest)
    first = next(iter(results.values()))
    ax.set_title(f"{probability_that(first.scenario.candidate.name, Milestone.ACCESSION)}, by scenario")
    fewest = min(result.runs for result in results.values())
    words = "at the right: by the horizon; bands: 95% CI (simulation uncertainty only)"
    note_runs(ax, fewest, words, where=" or more of each scenario")


def _shares_by_day(
    result: EnsembleResult, milestone: str
) -> tuple[pd.DatetimeIndex, np.ndarray, np.ndarray, np.ndarray]:
    """Days, the share of runs that have reached a milestone by each, and its 95% interval."""
    days = pd.DatetimeIndex(result.data["step"].to_numpy())
    reached = result.outcomes_by_member[f"{milestone}_date"].dropna().sort_values().to_numpy()
    count = np.searchsorted(reached, days.to_numpy(), side="right")
    levels, inverse = np.unique(count, return_inverse=True)
    low, high = np.array([wilson(int(level), result.runs) for level in levels]).T
    return days, count / result.runs, low[inverse], high[inverse]


def _share_frame(ax: Axes, highest: float) -> None:
    ax.set_ylim(0, min(1.0, highest * 1.1))
    ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
    ax.set_ylabel("share of runs, by the date")
    time_axis(ax)
    ax.margins(x=0)
    label_ends(ax)


def draw_holdouts(ax: Axes, result: EnsembleResult, shown: pd.DataFrame, every: int) -> None:
    """Draw the share of councils at which each member objects: by its own stance, only for a price, only for the war.

    Args:
        ax: where to draw.
        result: the runs.
        shown: rows of ``article10.runs.ensemble.summary.holdouts``, the one on top last.
        every: number of members of which these are some.
    """
    reach = np.zeros(len(shown))
    only_hold = shown["any"] - shown["own_stance"] - shown["war_alone"]
    for share, colour, label in (
        (shown["own_stance"], OPPOSED, "its own stance"),
        (only_hold, COLOURS[1], "a price only"),
        (shown["war_alone"], PALE, "the war only"),
    ):
        ax.barh(shown["name"], share, left=reach, color=colour, label=label)
        reach = reach + share.to_numpy(float)
    for place, (own, alone) in enumerate(zip(shown["own_stance"], shown["alone"], strict=True)):
        if alone >= LEAST_ALONE and own >= ROOM_FOR_WORDS:
            style: dict[str, Any] = {"va": "center", "ha": "right", "color": "white", "fontsize": 7.5}
            ax.text(own - 0.01, place, f"alone {alone:.1%}", **style)
    for place, (share, end) in enumerate(zip(only_hold, reach, strict=True)):
        if share >= LEAST_ALONE:
            ax.text(end + 0.01, place, f"a price only {share:.1%}", va="center", fontsize=7.5, color="#8a5d00")
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
    ax.set_xlabel("share of the councils that voted on the bid")
    ax.grid(visible=False, axis="y")
    ax.legend(title="objects because of", loc="lower left", bbox_to_anchor=(1.0, 0.0), frameon=False)
    ax.set_title("How often each member objects, and why" if len(shown) else "No council voted on the bid in any run")
    left = shown_of(len(shown), every, "members")
    note_runs(ax, result.runs, f"alone: the only member that objects by its stance or for a price{left}", below=38)
