"""Figures of scenario discovery."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import matplotlib.ticker
import numpy as np
from matplotlib.patches import Rectangle

from article10.runs.figures.style import COLOURS, PALE, SUPPORTIVE, house_style, literal, new_axes, note_runs, shown_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.analyses.discovery.discovery_result import Discovery
    from article10.runs.statistics.boxes import Box, Boxes

MOST_DRAWN = 2000
"""Largest number of runs drawn as points."""


def densities(answer: Discovery, most: int = 5, ax: Axes | None = None) -> Axes:
    """Share of the runs in each box that have the outcome, with 95% intervals, beside the base rate.

    Args:
        answer: a result with at least one box.
        most: number of boxes shown, those with the largest shares.
        ax: axes to draw on; by default those of a new figure.
    """
    found = _found(answer)
    boxes = found.detected[:most]
    lines = [literal(textwrap.fill("; ".join(answer.conditions(box)), 46)) for box in boxes]
    height = 1.5 + sum(0.35 + 0.17 * (line.count("\n") + 1) for line in lines)
    with house_style():
        ax = ax or new_axes(figsize=(8.5, max(2.6, height)))
        for place, box in enumerate(boxes):
            share, low, high = box.density
            ax.barh(place, share, color=SUPPORTIVE, height=0.55)
            ax.hlines(place, low, high, color="#333333", linewidth=1.2)
            text = f"{share:.0%} of {box.runs:,} runs;\n{box.coverage[0]:.0%} of all with it"
            ax.annotate(text, (high, place), (5, 0), textcoords="offset points", va="center", fontsize=8)
        ax.set_yticks(range(len(boxes)), lines, fontsize=8)
        ax.set_ylim(len(boxes) - 0.4, -0.6)
        rate, low, high = found.base_rate
        ax.axvspan(low, high, color=COLOURS[1], alpha=0.25, linewidth=0)
        ax.axvline(rate, color=COLOURS[1])
        ax.annotate(
            f"base rate {rate:.0%}",
            (rate, 1.0),
            (4, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            color="#8a5d00",
            fontsize=8,
        )
        ax.set_xlim(0, min(1.35, max(box.density[2] for box in boxes) * 1.5))
        ax.set_xticks([tick for tick in ax.get_xticks() if tick <= 1.0])
        ax.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
        ax.set_xlabel(f"share of runs with {answer.outcome}")
        ax.grid(visible=False, axis="y")
        ax.set_title(f"Conditions that favour {answer.outcome}", pad=18)
        left = shown_of(len(boxes), len(found.detected), "boxes")
        words = f"measured in {found.held_out:,} held-out runs; lines: 95% CI (simulation uncertainty only){left}"
        note_runs(ax, answer.runs, words, below=38)
    return ax


def features(answer: Discovery, ax: Axes | None = None) -> Axes:
    """Runs by the two most important features of the densest box, with and without the outcome, and the box.

    Args:
        answer: a result with at least one box.
        ax: axes to draw on; by default those of a new figure.
    """
    found = _found(answer)
    box = found.detected[0]
    used = [edge.feature for edge in box.edges]
    order = [
        *sorted(used, key=lambda name: -found.importance[name]),
        *(n for n in found.importance.index if n not in used),
    ]
    x, y = (str(name) for name in order[:2])
    shown = answer.features.iloc[:MOST_DRAWN]
    happened = answer.happened[: len(shown)]
    jitter = np.random.default_rng(0)
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 5.2))
        for holds, colour, size in ((False, PALE, 7), (True, SUPPORTIVE, 13)):
            part = shown[happened == holds]
            across, up = (_spread(part[name].to_numpy(float), jitter) for name in (x, y))
            ax.scatter(across, up, s=size, color=colour, alpha=0.75, linewidth=0)
        _draw_box(ax, box, x, y)
        for name, axis in ((x, ax.xaxis), (y, ax.yaxis)):
            if answer.features[name].isin((0, 1)).all():
                axis.set_ticks((0, 1), ("no", "yes"))
        ax.set_xlabel(literal(answer.meaning[x].label))
        ax.set_ylabel(literal(answer.meaning[y].label))
        ax.set_title(f"Runs with {answer.outcome} (green) and without (grey)", pad=18)
        also = [answer.meaning[e.feature].condition(e.low, e.high) for e in box.edges if e.feature not in (x, y)]
        more = f"dashed: the densest box{', which also requires: ' + '; '.join(also) if also else ''}"
        note_runs(ax, len(shown), literal(more), below=38, where=f" of {len(answer.features):,} drawn")
    return ax


def _spread(values: np.ndarray, jitter: np.random.Generator) -> np.ndarray:
    """Values with integers jittered, so that runs do not hide one another."""
    whole = bool(np.all(values == np.round(values)))
    return values + jitter.uniform(-0.25, 0.25, len(values)) if whole else values


def _draw_box(ax: Axes, box: Box, x: str, y: str) -> None:
    spans = []
    for name, limits in ((x, ax.get_xlim()), (y, ax.get_ylim())):
        edge = next((edge for edge in box.edges if edge.feature == name), None)
        low, high = (edge.low, edge.high) if edge else limits
        spans.append((max(low, limits[0]), min(high, limits[1])))
    (left, right), (bottom, top) = spans
    frame = Rectangle((left, bottom), right - left, top - bottom)
    frame.set(fill=False, edgecolor=COLOURS[0], linewidth=1.8, linestyle="--")
    ax.add_patch(frame)
    style = {"color": COLOURS[0], "fontsize": 8, "ha": "center"}
    label = f"{box.density[0]:.0%} of runs in here"
    ax.annotate(label, ((left + right) / 2, top), (0, 3), textcoords="offset points", **style)  # type: ignore[arg-type]


def _found(answer: Discovery) -> Boxes:
    if answer.boxes is None or not answer.boxes.detected:
        raise ValueError("no box was found: there is nothing to draw")
    return answer.boxes
