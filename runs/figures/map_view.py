"""Where the countries of an edition lie on its map: outlines, projection, and the windows that are drawn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources

import numpy as np

from article10.model.edition import Edition

FAR = 1.2
"""Distance from the centre, in Earth radii, beyond which nothing is drawn."""

MARGIN = 0.05
"""Margin of a window that is fitted to what it shows, as a share of its size."""

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


@dataclass(frozen=True)
class View:
    """A window on a projection.

    Attributes:
        outlines: outer rings of the countries that are drawn, by code.
        centre: latitude and longitude of the centre of the projection, degrees.
        x: left and right end of the window, in Earth radii from the centre.
        y: its lower and upper end.
    """

    outlines: Outlines
    centre: tuple[float, float]
    x: tuple[float, float]
    y: tuple[float, float]

    @cached_property
    def shapes(self) -> dict[str, list[np.ndarray]]:
        """Projected rings of each country by code, in alphabetical order, those far away left out."""
        found = {code: [project(ring, self.centre) for ring in self.outlines[code]] for code in sorted(self.outlines)}
        return {code: [shape for shape in shapes if np.abs(shape).max() < FAR] for code, shapes in found.items()}


@lru_cache(maxsize=16)
def views(edition: Edition) -> tuple[View, ...]:
    """The map of an edition, and after it the corner, if ``edition.toml`` puts some members there."""
    stated, rings = edition.file.map, outlines(edition)
    aside = stated.inset.members if stated.inset else ()
    corner = {code: rings.pop(code) for code in aside if code in rings}
    if stated.centre is None or stated.window is None:
        main = _fitted(rings, edition)
    else:
        main = View(rings, stated.centre, stated.window[:2], stated.window[2:])
    if stated.inset is None or not corner:
        return (main,)
    return main, View(corner, stated.inset.centre, stated.inset.window[:2], stated.inset.window[2:])


def _fitted(rings: Outlines, edition: Edition) -> View:
    """A window that shows all members and the candidate."""
    shown = [code for code in rings if code in edition.members or code == edition.candidate.code] or list(rings)
    if not shown:
        return View(rings, (0.0, 0.0), (-1.0, 1.0), (-1.0, 1.0))
    points = np.concatenate([ring for code in shown for ring in rings[code]])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    centre = (float(south + north) / 2, float(west + east) / 2)
    flat = project(points, centre)
    low, high = flat.min(axis=0), flat.max(axis=0)
    low, high = low - MARGIN * (high - low), high + MARGIN * (high - low)
    return View(rings, centre, (float(low[0]), float(high[0])), (float(low[1]), float(high[1])))


def project(points: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
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


def name_place(code: str, edition: Edition) -> np.ndarray:
    """Position of a country's name on the map, x and y: by default the middle of its largest part."""
    view = views(edition)[0]
    for state in (edition.candidate, edition.external_power, *edition.file.others):
        if state.code == code and state.label is not None:
            return project(np.array([state.label]), view.centre)[0]
    rings = view.outlines[code]
    largest = max(
        (project(ring, view.centre) for ring in rings), key=lambda shape: float(np.prod(np.ptp(shape, axis=0)))
    )
    centre: np.ndarray = (largest.min(axis=0) + largest.max(axis=0)) / 2
    return centre
