"""The colours of stances on maps, networks and heat maps: red is opposed, blue is willing, and pale is in between."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize

SCALE = Normalize(-0.8, 0.8)

TRIMMED = 0.17
"""Share of ColorBrewer's RdBu left out at each end: darker colours would not stand out from the dark sea."""

STANCES = LinearSegmentedColormap.from_list("stances", colormaps["RdBu"](np.linspace(TRIMMED, 1 - TRIMMED, 256)))


def colour_of(stance: float) -> Any:  # noqa: ANN401 - a colour as matplotlib takes it
    """Colour of a stance on maps and networks."""
    return STANCES(SCALE(stance))


def colour_bar(ax: Any, label: str = "median stance", below: bool = False) -> None:  # noqa: ANN401 - loosely typed
    """Draw the scale of stances at the right of a figure, or below it.

    Args:
        ax: the axes.
        label: label of the scale.
        below: whether it lies below the figure.
    """
    place = {"location": "bottom", "aspect": 35, "shrink": 0.8} if below else {"location": "right", "shrink": 0.7}
    bar = ax.get_figure().colorbar(ScalarMappable(SCALE, STANCES), ax=ax, pad=0.02, extend="both", **place)
    bar.set_label(label)
