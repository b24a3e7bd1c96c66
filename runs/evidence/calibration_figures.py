"""Figures of simulation-based calibration: ranks of known values, and coverage of intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from article10.runs.evidence.calibration import FIT, LEVELS, Trials
from article10.runs.evidence.calibration_result import BINS, Calibration, counted_ranks
from article10.runs.figures.style import COLOURS, house_style, new_axes
from article10.runs.statistics.proportion import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREY = "#777777"


def ranks(found: Calibration, ax: Axes | None = None) -> Axes:
    """A histogram of ranks for each recipe and parameter, with the band in which 95% of bars of uniform ranks lie.

    Args:
        found: the trials.
        ax: axes to divide into panels; by default those of a new figure.
    """
    names = list(dict.fromkeys(each.recipe for each in found.trials))
    across = max(len(each.keys) for each in found.trials)
    with house_style():
        ax = ax or new_axes(figsize=(9.0, 1.1 + 1.8 * len(names)))
        ax.set_axis_off()
        ax.set_title("Where known values rank in the posterior", pad=2)
        for row, name in enumerate(names):
            own = [each for each in found.trials if each.recipe == name]
            for column, key in enumerate(own[0].keys):
                place = (column / across + 0.02, 1 - (row + 0.86) / len(names), 0.94 / across - 0.02, 0.66 / len(names))
                inset = ax.inset_axes(place)
                _ranks(own, column, inset)
                inset.set_title(f"{name}: {key}", fontsize=8.5, pad=3)
                if row == len(names) - 1:
                    inset.set_xlabel("rank of the known value, 0 to 1", fontsize=8)
        _note(ax, found, "grey: 95% of bars of uniform ranks; bars: first round, model; line: four rounds, emulator")
    return ax


def _ranks(own: list[Trials], column: int, ax: Axes) -> None:
    from scipy.stats import binom

    edges = np.linspace(0, 1, BINS + 1)
    for each in own:
        counts = counted_ranks(each.ranks[:, column])
        n = int(counts.sum())
        if each.how == FIT:
            low, high = binom.ppf((0.025, 0.975), n, 1 / BINS)
            ax.axhspan(low, high, color=GREY, alpha=0.2, linewidth=0)
            ax.bar(edges[:-1], counts, 1 / BINS, align="edge", color=COLOURS[0], alpha=0.55, edgecolor="white")
        else:
            ax.stairs(counts, edges, color=COLOURS[5], linewidth=1.2)
    ax.set_xlim(0, 1)
    ax.set_ylim(bottom=0)
    ax.tick_params(labelsize=7.5)


def coverage(found: Calibration, ax: Axes | None = None) -> Axes:
    """Share of intervals that hold the known value against what it should be, for every parameter.

    Args:
        found: the trials.
        ax: the axes; by default those of a new figure.
    """
    with house_style():
        ax = ax or new_axes((6.6, 5.0))
        ax.axline((0.5, 0.5), slope=1, color=GREY, linewidth=0.9)
        series = [(each, column) for each in found.trials for column in range(len(each.keys))]
        names = list(dict.fromkeys(each.recipe for each in found.trials))
        for k, (each, column) in enumerate(series):
            shift = 0.018 * (k / max(len(series) - 1, 1) - 0.5)
            colour, is_model = COLOURS[names.index(each.recipe)], each.how == FIT
            for place, level in enumerate(LEVELS):
                held = each.covered(place)[:, column]
                low, high = wilson(int(held.sum()), len(held))
                ax.vlines(level + shift, low, high, color=colour, linewidth=0.8, alpha=0.6)
                face = colour if is_model else "white"
                first = place == 0 and column == 0
                label = f"{each.recipe}, {each.how}" if first else None
                ax.plot(level + shift, held.mean(), "o", color=colour, markerfacecolor=face, markersize=4, label=label)
        ax.set_xlabel("probability of the interval")
        ax.set_ylabel("share of intervals that hold the known value")
        ax.set_xticks(LEVELS, [f"{level:.0%}" for level in LEVELS])
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        ax.set_title("Coverage of known values")
        ax.legend(loc="upper left", fontsize=8, frameon=False)
        _note(ax, found, "one dot for each parameter; bars: 95% CI from the number of trials", 40)
    return ax


def _note(ax: Axes, found: Calibration, more: str, below: float = 18) -> None:
    n = len(found.trials[0].truths)
    text = f"{n:,} trials of each recipe, {found.points:,} points a fit; {more}"
    style: dict[str, Any] = {"fontsize": 7.5, "color": "#555555", "va": "top"}
    ax.annotate(text, (0, 0), (0, -below), xycoords="axes fraction", textcoords="offset points", **style)
