"""Figures of an explanation: what each mechanism did to one member's stance, in all and year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from article10.runs.ensemble.summary import signed
from article10.runs.figures.style import COLOURS, OPPOSED, PALE, SUPPORTIVE, literal
from article10.runs.stories.explain import VISIBLE, Bar, contributions


def in_least_height(bars: Sequence[Bar]) -> list[Bar]:
    """The same bars in an order that keeps the figure low: large contributions follow others that offset them.

    After each bar comes the largest of those that lead back towards the first stance; of all bars to begin with, the
    one is taken after which the levels span least.

    Args:
        bars: the first stance, the contribution of each mechanism, and the last stance.
    """
    first, *parts, last = bars
    orders = [_back_and_forth(first, parts, begin) for begin in range(len(parts))] or [[]]
    return [first, *min(orders, key=_span), last]


def _back_and_forth(first: Bar, parts: Sequence[Bar], begin: int) -> list[Bar]:
    left = sorted(parts, key=lambda bar: -abs(bar.height))
    level, ordered, bar = first.height, [], left[begin]
    while True:
        left.remove(bar)
        ordered.append(replace(bar, bottom=level))
        level += bar.height
        if not left:
            return ordered
        is_above = level > first.height
        bar = next((bar for bar in left if (bar.height < 0) == is_above), left[0])


def _span(bars: Sequence[Bar]) -> float:
    levels = [0.0, *(bar.bottom for bar in bars), *(bar.bottom + bar.height for bar in bars)]
    return max(levels) - min(levels)


def net_change(bars: Sequence[Bar]) -> str:
    """Words for the note: the net change, and all that raised and lowered the stance."""
    heights = [bar.height for bar in bars[1:-1]]
    up, down = sum(max(h, 0.0) for h in heights), sum(min(h, 0.0) for h in heights)
    return f"net change {signed(bars[-1].height - bars[0].height)}: {signed(up)} raised it, {signed(down)} lowered it"


def draw_waterfall(ax: Axes, bars: Sequence[Bar]) -> None:
    """Draw bars from the first stance to the last, each of which begins where the one before ends.

    Args:
        ax: where to draw.
        bars: the first stance, the contribution of each mechanism, and the last stance, in the order of drawing.
    """
    colours = [COLOURS[0] if bar.whole else SUPPORTIVE if bar.height >= 0 else OPPOSED for bar in bars]
    labels, heights = [literal(bar.label) for bar in bars], [bar.height for bar in bars]
    ax.bar(labels, heights, bottom=[bar.bottom for bar in bars], color=colours)
    for place, bar in enumerate(bars[:-1]):
        end = bar.bottom + bar.height
        ax.plot([place + 0.4, place + 0.6], [end, end], color="#888888", linewidth=0.8)
    for place, bar in enumerate(bars):
        top = max(bar.bottom, bar.bottom + bar.height)
        shown = bar.bottom + bar.height if bar.whole else bar.height
        label = ax.annotate(signed(shown), (place, top), (0, 2), textcoords="offset points", ha="center")
        label.set(fontsize=8, va="bottom", bbox={"color": "white", "alpha": 0.85, "pad": 0.5})
    ax.axhline(0, color="black", linewidth=0.8)
    ax.use_sticky_edges = False
    ax.margins(y=0.12)
    ax.set_ylabel("stance, sum of contributions")
    ax.tick_params(axis="x", rotation=40)
    for text in ax.get_xticklabels():
        text.set_horizontalalignment("right")
    ax.grid(visible=False, axis="x")


def draw_years(ax: Axes, explained: pd.DataFrame) -> None:
    """Draw each mechanism's contribution in each year, those that raise the stance above zero, and the net change.

    Args:
        ax: where to draw.
        explained: a table of ``article10.runs.stories.explain.explain_run``.
    """
    parts = contributions(explained)
    parts = parts.loc[:, parts.abs().max() > VISIBLE]
    parts = parts[parts.abs().sum().sort_values(ascending=False, kind="stable").index]
    shown = parts.iloc[:, : len(COLOURS)].copy()
    if parts.shape[1] > len(COLOURS):
        shown["others"] = parts.iloc[:, len(COLOURS) :].sum(axis=1)
    up, down = np.zeros(len(shown)), np.zeros(len(shown))
    places = np.arange(len(shown))
    for colour, (name, heights) in zip((*COLOURS, PALE), shown.items(), strict=False):
        values = heights.to_numpy(float)
        ax.bar(places, values, bottom=np.where(values >= 0, up, down), color=colour, label=literal(str(name)))
        up += np.maximum(values, 0)
        down += np.minimum(values, 0)
    net = parts.sum(axis=1).to_numpy(float)
    look: dict[str, Any] = {"color": "black", "markeredgecolor": "white", "markersize": 6, "linestyle": "none"}
    ax.plot(places, net, "D", label="net change", **look)
    for place, (value, top) in enumerate(zip(net, up, strict=True)):
        ax.annotate(signed(value), (place, top), (0, 2), textcoords="offset points", ha="center", fontsize=8)
    ax.axhline(0, color="black", linewidth=0.8)
    ax.use_sticky_edges = False
    ax.margins(y=0.1)
    ax.set_xticks(places, [str(year) for year in explained.index])
    ax.set_ylabel("change of the stance in the year")
    ax.grid(visible=False, axis="x")
    beside: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0}
    ax.legend(**beside)
