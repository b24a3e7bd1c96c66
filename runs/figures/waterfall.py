"""Figure of an explanation: the contribution of each mechanism to the change of one member's stance."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from article10.runs.ensemble.summary import signed
from article10.runs.figures.style import COLOURS, OPPOSED, SUPPORTIVE, literal
from article10.runs.stories.explain import Bar


def draw_waterfall(ax: Axes, bars: Sequence[Bar]) -> None:
    """Draw bars from the first stance to the last, each of which begins where the one before ends.

    Args:
        ax: where to draw.
        bars: the first stance, the contribution of each mechanism, and the last stance.
    """
    colours = [COLOURS[0] if bar.whole else SUPPORTIVE if bar.height >= 0 else OPPOSED for bar in bars]
    labels, heights = [literal(bar.label) for bar in bars], [bar.height for bar in bars]
    ax.bar(labels, heights, bottom=[bar.bottom for bar in bars], color=colours)
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
