"""The network of members' influence on each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.runs.figures.stance_colours import colour_bar, colour_of
from article10.runs.figures.style import literal

STRONGEST = 2
"""Arrows that lead to each member, from those that influence it most: more hide one another."""


def in_a_circle(stance: np.ndarray) -> np.ndarray:
    """Positions on the unit circle, clockwise from the top, from the most to the least willing member, (member, 2)."""
    angle = np.empty(len(stance))
    angle[np.argsort(-stance, kind="stable")] = np.pi / 2 - 2 * np.pi * np.arange(len(stance)) / len(stance)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def strongest(network: np.ndarray, most: int, threshold: float = 0.0) -> np.ndarray:
    """The largest weights of each row that reach a threshold and are above zero, bool of the network's shape.

    Args:
        network: influence weights, (member, member that influences it).
        most: number of weights in a row.
        threshold: least weight.
    """
    kept = np.zeros(network.shape, bool)
    np.put_along_axis(kept, np.argsort(-network, axis=1, kind="stable")[:, :most], values=True, axis=1)
    kept &= (network > 0) & (network >= threshold)
    return kept


def draw_network(ax: Axes, scenario: Scenario, median: pd.Series[float], threshold: float, most: int) -> str:
    """Draw members in a circle, from the most to the least willing; arrows lead from the member that influences.

    Args:
        ax: where to draw.
        scenario: scenario with the roster and the network.
        median: median stance by code.
        threshold: least influence weight for which an arrow is drawn.
        most: number of arrows that lead to each member.

    Returns:
        Words for the note: what is drawn, and what is left out.
    """
    setup = Setup.of(scenario)
    roster, network = setup.roster, setup.network
    place = in_a_circle(median[list(roster.iso3)].to_numpy())
    drawn = strongest(network, most, threshold)
    for i, j in zip(*np.nonzero(drawn), strict=True):
        style: dict[str, Any] = {"arrowstyle": "-|>", "connectionstyle": "arc3,rad=0.12", "shrinkA": 9, "shrinkB": 9}
        style |= {"color": "#8a8a8a", "alpha": 0.7, "mutation_scale": 7, "linewidth": 0.3 + 5 * float(network[i, j])}
        ax.annotate("", place[i], place[j], arrowprops=style)
    colours = [colour_of(median[code]) for code in roster.iso3]
    sizes = 90 + 2600 * roster.influence_weight
    ax.scatter(place[:, 0], place[:, 1], s=sizes, c=colours, edgecolor="#444444", linewidth=0.6, zorder=3)
    beside = np.sqrt(sizes / np.pi)[:, None] * place + 4 * place  # from the middle to the name, points
    for (x, y), apart, name in zip(place, beside, roster.names, strict=True):
        side = "left" if x > 0 else "right"
        turned = np.degrees(np.arctan2(y, x)) - (0 if x > 0 else 180)
        style = {"ha": side, "va": "center", "rotation": turned, "rotation_mode": "anchor", "fontsize": 8}
        ax.annotate(literal(name), (x, y), apart, textcoords="offset points", **style)
    ax.set_xlim(-1.5, 1.5)
    ax.set_ylim(-1.34, 1.34)
    ax.set_aspect("equal")
    ax.set_axis_off()
    colour_bar(ax)
    few = "the member that influences" if most == 1 else f"the {most} members that influence"
    ax.set_title("Who influences each member most")
    share = network[drawn].sum() / network.sum()
    weak = f" with a weight of at least {threshold:g}" if threshold > 0 else ""
    return (
        f"arrows: from {few} each most{weak}, {drawn.sum():,} of {(network > 0).sum():,} ties with {share:.0%} of all "
        "weight; width: influence weight; area: influence weight of the member"
    )
