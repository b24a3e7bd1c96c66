"""The map of members and the network of their influence."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize

from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.runs.figures.style import DIVERGING

CENTRE = (52.0, 15.0)
"""Latitude and longitude at the centre of the projection of Europe."""

NEUTRAL = "#d0d0d0"
"""Colour of those without a ballot."""

BORDER = "#a8a8a8"
"""Between countries, and around those whose stance is near zero and so near white."""

SCALE = Normalize(-0.8, 0.8)

NORTH_AMERICA = ("USA", "CAN")
"""Drawn in a corner, by a projection of its own."""

AMERICA = (50.0, -97.0)
"""Latitude and longitude at the centre of that projection."""

OUTSIDERS = {"Russia": (38.0, 55.5), "Ukraine": (31.0, 49.0)}
"""Names on the map of those without a ballot, with longitude and latitude."""

FAR = 1.2
"""What lies farther from the centre, in Earth radii, is left out."""

SHOWN_WEIGHT = 0.06
"""Influence weight from which an arrow is drawn."""

EUROPE = ((-0.60, 0.40), (-0.32, 0.36))
"""Window on the projection, in Earth radii: x, then y."""


@cache
def outlines() -> dict[str, tuple[np.ndarray, ...]]:
    """Outer rings of each country, (point, longitude and latitude), from Natural Earth."""
    text = resources.files("article10.model.data").joinpath("map_110m.geojson").read_text("utf-8")
    found: dict[str, tuple[np.ndarray, ...]] = {}
    for feature in json.loads(text)["features"]:
        geometry = feature["geometry"]
        parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        found[feature["properties"]["iso3"]] = tuple(np.array(part[0], dtype=float) for part in parts)
    return found


def project(points: np.ndarray, centre: tuple[float, float] = CENTRE) -> np.ndarray:
    """Lambert's azimuthal equal-area projection.

    Args:
        points: (point, longitude and latitude), degrees.
        centre: latitude and longitude of the centre, degrees.

    Returns:
        (point, x and y), in Earth radii.
    """
    longitude, latitude = np.radians(points).T
    latitude0, longitude0 = np.radians(centre)
    east = longitude - longitude0
    cosine = np.sin(latitude0) * np.sin(latitude) + np.cos(latitude0) * np.cos(latitude) * np.cos(east)
    factor = np.sqrt(2.0 / np.maximum(1.0 + cosine, 1e-9))
    x = factor * np.cos(latitude) * np.sin(east)
    y = factor * (np.cos(latitude0) * np.sin(latitude) - np.sin(latitude0) * np.cos(latitude) * np.cos(east))
    return np.stack([x, y], axis=1)


def draw_map(ax: Axes, stance: pd.Series[float], label: str = "median stance") -> dict[str, PolyCollection]:
    """Draw Europe, with North America in a corner, members coloured by stance.

    Russia and Ukraine are grey; other countries that are no members have no outline, and are left blank like the sea.

    Args:
        ax: where to draw.
        stance: by code.
        label: of the colour bar.

    Returns:
        Each country's outline by code, so that it can be coloured anew.
    """
    drawn = _countries(ax, stance, CENTRE, skip=NORTH_AMERICA)
    ax.set_xlim(*EUROPE[0])
    ax.set_ylim(*EUROPE[1])
    _label_outsiders(ax)
    inset = ax.inset_axes((0.0, 0.0, 0.27, 0.42))
    drawn |= _countries(inset, stance, AMERICA, only=NORTH_AMERICA)
    inset.set_xlim(-0.52, 0.52)
    inset.set_ylim(-0.50, 0.58)
    for each in (ax, inset):
        each.set_aspect("equal")
        each.set_xticks([])
        each.set_yticks([])
        each.grid(visible=False)
        each.set_facecolor("#f4f7f9")
        each.spines[:].set_visible(False)
    _colour_bar(ax, label)
    return drawn


def colour_of(stance: float) -> Any:  # noqa: ANN401 - a colour as matplotlib takes it
    """Colour of a stance on maps and networks."""
    return colormaps[DIVERGING](SCALE(stance))


def _countries(
    ax: Axes,
    stance: pd.Series[float],
    centre: tuple[float, float],
    only: Collection[str] | None = None,
    skip: Collection[str] = (),
) -> dict[str, PolyCollection]:
    drawn = {}
    for code, rings in outlines().items():
        if code in skip or (only is not None and code not in only):
            continue
        shapes = [project(ring, centre) for ring in rings]
        shapes = [shape for shape in shapes if np.abs(shape).max() < FAR]
        face = colour_of(stance[code]) if code in stance.index else NEUTRAL
        drawn[code] = PolyCollection(shapes, facecolor=face, edgecolor=BORDER, linewidth=0.5)
        ax.add_collection(drawn[code])
    return drawn


def _label_outsiders(ax: Axes) -> None:
    for name, place in OUTSIDERS.items():
        x, y = project(np.array([place]))[0]
        ax.text(x, y, name, ha="center", va="center", fontsize=8, color="#444444", style="italic")


def _colour_bar(ax: Any, label: str = "median stance") -> None:  # noqa: ANN401
    mappable = ScalarMappable(SCALE, colormaps[DIVERGING])
    bar = ax.get_figure().colorbar(mappable, ax=ax, shrink=0.7, pad=0.02, extend="both")
    bar.set_label(label)


def in_a_circle(stance: np.ndarray) -> np.ndarray:
    """Places of members on the unit circle, clockwise from the top, from the most to the least willing, (member, 2)."""
    angle = np.empty(len(stance))
    angle[np.argsort(-stance, kind="stable")] = np.pi / 2 - 2 * np.pi * np.arange(len(stance)) / len(stance)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def draw_network(ax: Axes, scenario: Scenario, median: pd.Series[float], threshold: float) -> None:
    """Draw members in a circle, from the most to the least willing, and arrows from those who sway to those swayed.

    Args:
        ax: where to draw.
        scenario: whose roster.
        median: stance by code.
        threshold: weight from which an arrow is drawn.
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
    _colour_bar(ax)
    shown = f"weights of {threshold:g} and more; area: influence weight"
    ax.set_title("Who sways whom")
    ax.text(-1.3, 1.22, shown, fontsize=8, color="#555555", va="top")
