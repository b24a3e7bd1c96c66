"""The network of members' influence on each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.runs.figures.stance_colours import colour_bar, colour_of

SHOWN_WEIGHT = 0.06
"""Least influence weight for which an arrow is drawn."""


def in_a_circle(stance: np.ndarray) -> np.ndarray:
    """Positions on the unit circle, clockwise from the top, from the most to the least willing member, (member, 2)."""
    angle = np.empty(len(stance))
    angle[np.argsort(-stance, kind="stable")] = np.pi / 2 - 2 * np.pi * np.arange(len(stance)) / len(stance)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def draw_network(ax: Axes, scenario: Scenario, median: pd.Series[float], threshold: float) -> None:
    """Draw members in a circle, from the most to the least willing; arrows lead from the member that influences.

    Args:
        ax: where to draw.
        scenario: scenario with the roster and the network.
        median: median stance by code.
        threshold: least influence weight for which an arrow is drawn.
    """
    setup = Setup.of(scenario)
    roster, network = setup.roster, setup.network
    place = in_a_circle(median[list(roster.iso3)].to_numpy())
    for i, j in zip(*np.nonzero(network >= threshold), strict=True):
        style: dict[str, Any] = {"arrowstyle": "-|>", "connectionstyle": "arc3,rad=0.12", "shrinkA": 9, "shrinkB": 9}
        style |= {"color": "#8a8a8a", "alpha": 0.45, "mutation_scale": 7, "linewidth": 0.3 + 5 * float(network[i, j])}
        ax.annotate("", place[i], place[j], arrowprops=style)
    colours = [colour_of(median[code]) for code in roster.iso3]
    sizes = 90 + 2600 * roster.influence_weight
    ax.scatter(place[:, 0], place[:, 1], s=sizes, c=colours, edgecolor="#444444", linewidth=0.6, zorder=3)
    for (x, y), code in zip(place, roster.iso3, strict=True):
        ax.text(1.13 * x, 1.13 * y, code, ha="center", va="center", fontsize=8)
    ax.set_xlim(-1.3, 1.3)
    ax.set_ylim(-1.25, 1.25)
    ax.set_aspect("equal")
    ax.set_axis_off()
    colour_bar(ax)
    shown = f"arrows: influence weights of at least {threshold:g}\narea: influence weight of the member"
    ax.set_title("Who influences whom")
    ax.text(-1.3, 1.22, shown, fontsize=8, color="#555555", va="top")
