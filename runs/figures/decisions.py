"""Figures of decisions: when milestones are reached, and which members object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from article10.model.accession_rule import Milestone
from article10.runs.figures.style import (
    COLOURS,
    OPPOSED,
    SUPPORTIVE,
    label_ends,
    literal,
    note_runs,
    shown_of,
    time_axis,
)
from article10.runs.statistics.proportion import wilson

if TYPE_CHECKING:
    from article10.runs.ensemble.result import EnsembleResult

LEAST_ALONE = 0.001
"""Share of councils from which it is written how often a member was the only one to object."""


def draw_accession(ax: Axes, result: EnsembleResult) -> None:
    """Draw the share of runs that have reached each milestone by each date, with 95% intervals (Wilson)."""
    outcomes, runs = result.outcomes_by_member, result.runs
    days = pd.DatetimeIndex(result.data["step"].to_numpy())
    highest = 0.05
    for colour, name in zip((COLOURS[0], COLOURS[1], SUPPORTIVE), Milestone, strict=True):
        reached = outcomes[f"{name}_date"].dropna().sort_values().to_numpy()
        count = np.searchsorted(reached, days.to_numpy(), side="right")
        levels, inverse = np.unique(count, return_inverse=True)
        low, high = np.array([wilson(int(level), runs) for level in levels]).T
        ax.fill_between(days, low[inverse], high[inverse], color=colour, alpha=0.2, linewidth=0)
        ax.plot(days, count / runs, color=colour, label=f"{name} {count[-1] / runs:.1%}")
        highest = max(highest, high.max())
    ax.set_ylim(0, min(1.0, highest * 1.1))
    ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
    ax.set_ylabel("share of runs, by the date")
    time_axis(ax)
    ax.margins(x=0)
    label_ends(ax)
    scenario = result.scenario
    ax.set_title(literal(f"{scenario.candidate.name}: {scenario.title or 'accession'}"))
    note_runs(ax, runs, "at the right: share by the horizon; bands: 95% CI, simulation uncertainty only")


def draw_holdouts(ax: Axes, result: EnsembleResult, shown: pd.DataFrame, every: int) -> None:
    """Draw the share of councils at which each member objects, by its own stance and only because of the war.

    Args:
        ax: where to draw.
        result: the runs.
        shown: rows of ``article10.runs.ensemble.summary.holdouts``, the one on top last.
        every: number of members of which these are some.
    """
    only_war = shown["any"] - shown["own_stance"]
    ax.barh(shown["name"], shown["own_stance"], color=OPPOSED, label="because of its own stance")
    ax.barh(shown["name"], only_war, left=shown["own_stance"], color="#c9c9c9", label="only because of the war")
    for place, (own, alone) in enumerate(zip(shown["own_stance"], shown["alone"], strict=True)):
        if alone >= LEAST_ALONE:
            style: dict[str, Any] = {"va": "center", "ha": "right", "color": "white", "fontsize": 7.5}
            ax.text(own - 0.01, place, f"alone {alone:.1%}", **style)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
    ax.set_xlabel("share of the councils that voted on the bid")
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower right", frameon=True, framealpha=0.9, edgecolor="none")
    ax.set_title("How often each member objects" if len(shown) else "No council voted on the bid in any run")
    left = shown_of(len(shown), every, "members")
    note_runs(ax, result.runs, f"alone: the only member that objects because of its own stance{left}", below=38)
