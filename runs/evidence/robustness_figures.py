"""Figure of the difference that a statement is about, under every perturbation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from article10.runs.evidence.robustness import STATEMENTS, Reading, Robustness
from article10.runs.figures.style import OPPOSED, new_axes, note_runs, with_looks


def draw_points(answer: Robustness, statement: str, ax: Axes | None = None) -> Axes:
    """The difference that a statement is about, at every point of every family, ordered by size.

    Args:
        answer: the result to draw.
        statement: ``pressure``, ``stepping_stone`` or ``substitute``.
        ax: axes to draw on; by default those of a new figure.
    """
    ax = new_axes((7.5, 4.6)) if ax is None else ax
    families = list(dict.fromkeys(reading.point.family for reading in answer.readings))
    left, ticks = 0.0, []  # a family of few points still needs room for its label
    for look, family in with_looks(families):
        chosen = sorted(
            (r for r in answer.readings if r.point.family == family), key=lambda r: getattr(r, statement).mean
        )
        _family(ax, chosen, statement, left, look["color"])
        ticks.append((left + (len(chosen) - 1) / 2, f"{family}\n({len(chosen)})"))
        left += max(len(chosen), 10) + 3
    baseline = getattr(answer.baseline, statement)
    ax.axhline(0, color="#444444", linewidth=0.9)
    ax.axhline(100 * baseline.mean, color=OPPOSED, linewidth=0.9, linestyle="--")
    ax.annotate(
        "baseline", (1.005, 100 * baseline.mean), xycoords=("axes fraction", "data"), color=OPPOSED, va="center", size=8
    )
    ax.set_xticks([place for place, _ in ticks], [label for _, label in ticks], fontsize=8.5)
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x", visible=False)
    ax.set_ylabel("change of the probability of invitation, percentage points")
    ax.set_title(_title(STATEMENTS[statement]))
    note_runs(
        ax,
        answer.runs,
        "paired; lines: 95% CI (simulation uncertainty only); hollow: CI includes zero",
        40,
        " per point",
    )
    return ax


def _family(ax: Axes, chosen: Sequence[Reading], statement: str, left: float, colour: str) -> None:
    found = [getattr(reading, statement) for reading in chosen]
    x, mean = left + np.arange(len(found)), np.array([100 * d.mean for d in found])
    ends = np.array([[d.low, d.high] for d in found]) * 100
    ax.vlines(x, ends[:, 0], ends[:, 1], color=colour, linewidth=1.0, alpha=0.6)
    detected = np.array([d.excludes_zero for d in found])
    ax.scatter(x[detected], mean[detected], s=14, color=colour, zorder=3)
    ax.scatter(x[~detected], mean[~detected], s=14, facecolor="white", edgecolor=colour, zorder=3)


def _title(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}?"
