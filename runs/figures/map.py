"""The map: members coloured by stance, those that object because of the war, other states, and the candidate."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from article10.model.edition import Edition, read_edition
from article10.model.scenario import Scenario
from article10.runs.figures.stance_colours import colour_bar, colour_of

CENTRE = (52.0, 15.0)
"""Latitude and longitude at the centre of the projection of Europe."""

SEA = BORDER = "#1c2a36"
"""Colour of the sea, and of members' borders and stripes; colours of stances have three times its luminance or more."""

OUTSIDER, OUTSIDER_STRIPES = "#111a22", "#8fa0ac"
"""Colours of states without a ballot: as dark as the sea, with grey dots and borders."""

CANDIDATE = "#ffb000"
"""Colour of the candidate's outline."""

STRIPES, DOTS = "////", "...."
"""Hatches of members that object because of the war, and of states without a ballot."""

MEMBER_LOOK: Mapping[str, Any] = MappingProxyType({"edgecolor": BORDER, "zorder": 2})
OUTSIDER_LOOK: Mapping[str, Any] = MappingProxyType(
    {"facecolor": OUTSIDER, "edgecolor": OUTSIDER_STRIPES, "hatch": DOTS, "zorder": 1}
)

NORTH_AMERICA = ("USA", "CAN")
"""Drawn in a corner, by a projection of its own."""

AMERICA = (50.0, -97.0)
"""Latitude and longitude at the centre of that projection."""

FORMER_NAMES = MappingProxyType({"Czech Republic": "CZE", "Turkey": "TUR"})
"""Codes by names that the data on past rounds use and ``countries.csv`` does not."""

FAR = 1.2
"""Distance from the centre, in Earth radii, beyond which nothing is drawn."""

EUROPE = ((-0.60, 0.40), (-0.32, 0.36))
"""Window on the projection, in Earth radii: x, then y."""


Outlines = dict[str, tuple[np.ndarray, ...]]
"""Outer rings of each country by code, (point, longitude and latitude)."""

OUTLINES = "map.geojson"
"""File of an edition with outlines of its own; without it, those that come with the package are drawn."""


def outlines(edition: Edition) -> Outlines:
    """Outer rings of each country of an edition that has an outline, (point, longitude and latitude)."""
    own = edition.folder.joinpath(OUTLINES)
    known = _outlines(own.read_text("utf-8")) if own.is_file() else _natural_earth()
    return {code: rings for code, rings in known.items() if code in edition.names}


@cache
def _natural_earth() -> Outlines:
    return _outlines(resources.files("article10.model.data").joinpath("map_110m.geojson").read_text("utf-8"))


@cache
def _outlines(text: str) -> Outlines:
    found: Outlines = {}
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


def candidates(name: str, edition: str | Path | Edition | None = None) -> frozenset[str]:
    """Codes of the countries in a candidate's name, in which several are separated by semicolons.

    >>> sorted(candidates("Albania; Croatia"))
    ['ALB', 'HRV']
    """
    codes = {country: code for code, country in read_edition(edition).names.items()} | FORMER_NAMES
    return frozenset(codes[part] for part in map(str.strip, name.split(";")) if part in codes)


def draw_map(
    ax: Axes,
    stance: pd.Series[float],
    scenario: Scenario,
    barred: Collection[str] = (),
    label: str = "median stance",
) -> dict[str, PolyCollection]:
    """Draw Europe, with North America in a corner, and a legend.

    Members are coloured by stance. States outside the alliance that have a part in the model but no ballot are dark and
    dotted; other countries are left out. The candidate has an orange outline.

    Args:
        ax: where to draw.
        stance: stances by code.
        scenario: whose candidate and edition are drawn.
        barred: codes of members that object because of the war.
        label: label of the colour bar.

    Returns:
        The shape of each country by code, which ``show_member`` can change.
    """
    edition, candidate = read_edition(scenario.edition), scenario.candidate.name
    applying, rings = candidates(candidate, edition), outlines(edition)
    inset = ax.inset_axes((0.0, 0.0, 0.27, 0.42))
    america = {code: rings.pop(code) for code in NORTH_AMERICA if code in rings}
    drawn = _countries(ax, stance, applying, CENTRE, rings) | _countries(inset, stance, applying, AMERICA, america)
    for code in stance.index.intersection(list(drawn)):
        show_member(drawn[code], stance[code], code in barred)
    _name_outsiders(ax, set(drawn) - set(stance.index), edition)
    for each, (x, y) in ((ax, EUROPE), (inset, ((-0.52, 0.52), (-0.50, 0.58)))):
        each.set(xlim=x, ylim=y, aspect="equal", xticks=[], yticks=[], facecolor=SEA)
        each.grid(visible=False)
        each.spines[:].set_visible(False)
    _legend(ax, candidate, bool(applying & set(drawn)))
    colour_bar(ax, label)
    return drawn


def show_member(shape: PolyCollection, stance: float, is_barred: bool) -> None:
    """Colour a member by its stance, with stripes where it objects because of the war."""
    shape.set_facecolor(colour_of(stance))
    shape.set_hatch(STRIPES if is_barred else "")


def _countries(
    ax: Axes, stance: pd.Series[float], applying: Collection[str], centre: tuple[float, float], outlines: Outlines
) -> dict[str, PolyCollection]:
    drawn = {}
    for code in sorted(outlines):
        shapes = [project(ring, centre) for ring in outlines[code]]
        shapes = [shape for shape in shapes if np.abs(shape).max() < FAR]
        drawn[code] = PolyCollection(shapes, linewidth=0.6, **(MEMBER_LOOK if code in stance.index else OUTSIDER_LOOK))
        ax.add_collection(drawn[code])
        if code in applying:
            outline = PolyCollection(shapes, facecolor="none", edgecolor=CANDIDATE, linewidth=1.8, zorder=3)
            outline.set_path_effects([withStroke(linewidth=3.2, foreground=BORDER)])
            ax.add_collection(outline)
    return drawn


def _name_outsiders(ax: Axes, outsiders: Collection[str], edition: Edition) -> None:
    for code in outsiders:
        x, y = name_place(code, edition)
        text = ax.text(x, y, edition.names[code], ha="center", va="center", fontsize=8, color="white", zorder=4)
        text.set_path_effects([withStroke(linewidth=2.5, foreground=OUTSIDER)])


def name_place(code: str, edition: Edition) -> np.ndarray:
    """Position of a country's name on the map of Europe, x and y: by default the middle of its largest part."""
    for state in (edition.candidate, edition.external_power, *edition.file.others):
        if state.code == code and state.label is not None:
            return project(np.array([state.label]))[0]
    rings = outlines(edition)[code]
    largest = max((project(ring) for ring in rings), key=lambda shape: float(np.prod(np.ptp(shape, axis=0))))
    centre: np.ndarray = (largest.min(axis=0) + largest.max(axis=0)) / 2
    return centre


def _legend(ax: Axes, candidate: str, has_candidate: bool) -> None:
    """A legend of the looks of countries."""
    looks = [
        Patch(facecolor=colour_of(0.0), edgecolor=BORDER, label="member, coloured by stance"),
        Patch(facecolor=colour_of(0.0), edgecolor=BORDER, hatch=STRIPES, label="objects because of the war"),
        Patch(facecolor=OUTSIDER, edgecolor=OUTSIDER_STRIPES, hatch=DOTS, label="state without a ballot"),
    ]
    if has_candidate:
        looks.append(Patch(facecolor=SEA, edgecolor=CANDIDATE, linewidth=1.8, label=f"candidate: {candidate}"))
    looks.append(Patch(facecolor=SEA, edgecolor=OUTSIDER_STRIPES, label="sea, and countries not in the model"))
    ax.legend(handles=looks, loc="upper left", fontsize=7, labelcolor="white", handlelength=1.5, borderaxespad=0.2)
