"""Figures of sensitivity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from article10.runs.analyses.sensitivity.results import MEASURES
from article10.runs.figures.style import COLOURS, PALE, house_style, new_axes, note_runs, shown_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.analyses.sensitivity.results import Screening, SobolIndices


def morris(answer: Screening, measure: str = "invitation", most: int = 20, ax: Axes | None = None) -> Axes:
    """Mean absolute effects with 95% intervals, largest on top; pale if within noise; dots: standard deviation."""
    shown = answer.ranked(measure).head(most)[::-1]
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.6 + 0.3 * len(shown)))
        error: dict[str, Any] = {"ecolor": "#444444", "elinewidth": 1}
        colours = np.where(shown["detected"], COLOURS[0], PALE)
        ax.barh(list(shown.index), shown["mu_star"], xerr=shown["conf"], color=colours, error_kw=error)
        dots: dict[str, Any] = {"color": COLOURS[1], "markersize": 4, "label": "σ: interaction, curvature"}
        ax.plot(shown["sigma"], list(shown.index), "o", **dots)
        ax.set_xlim(left=0)
        ax.set_xlabel(f"μ*: change of the {MEASURES.get(measure, measure)} over the plausible range")
        ax.grid(visible=False, axis="y")
        ax.tick_params(axis="y", labelsize=8)
        ax.legend(loc="lower right")
        ax.set_title(f"Screening: effects on the {MEASURES.get(measure, measure)}")
        words = (
            f"at each of {answer.points:,} points, paired; lines: 95% CI over trajectories; pale: within noise of runs"
        )
        note_runs(ax, answer.runs, words + shown_of(len(shown), len(answer.ranges), "parameters"), below=38)
    return ax


def sobol(answer: SobolIndices, measure: str = "invitation", most: int = 20, ax: Axes | None = None) -> Axes:
    """First and total indices with 95% intervals, the largest total on top."""
    shown = answer.ranked(measure).head(most)[::-1]
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 1.6 + 0.34 * len(shown)))
        places = np.arange(len(shown))
        labels = {"ST": "total index, with interactions", "S1": "first-order index, alone"}
        for name, colour, shift in (("ST", COLOURS[0], 0.18), ("S1", COLOURS[4], -0.18)):
            half = shown[f"{name}_high"] - shown[name]
            error: dict[str, Any] = {"ecolor": "#444444", "elinewidth": 1}
            style: dict[str, Any] = {"height": 0.34, "color": colour, "label": labels[name]}
            ax.barh(places + shift, shown[name], xerr=half, error_kw=error, **style)
        ax.set_yticks(places, list(shown.index), fontsize=8)
        ax.axvline(0, color="#888888", linewidth=0.8)
        ax.set_xlabel("share of the variance over the plausible ranges")
        ax.grid(visible=False, axis="y")
        ax.legend(loc="lower right")
        ax.set_title(f"What explains the {MEASURES.get(measure, measure)}")
        noise = float(answer.checks["noise"][measure])
        words = (
            f"at each of {answer.points:,} points, paired; lines: 95% CI; {noise:.0%} of the variance is noise of runs"
        )
        note_runs(ax, answer.runs, words + shown_of(len(shown), len(answer.ranges), "parameters"), below=38)
    return ax
