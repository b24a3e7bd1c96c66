"""Map and network as SVG: drawn once for a scenario, and coloured by the page as the run goes on."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

import numpy as np
from matplotlib.colors import to_hex

from article10.agents.members import REASON_HOLD, REASON_STANCE, REASON_WAR
from article10.model.accession_model import AccessionModel
from article10.runs.figures.map import BORDER, CANDIDATE, OUTSIDER, OUTSIDER_STRIPES, SEA, candidates
from article10.runs.figures.map_view import View, name_place, views
from article10.runs.figures.network import STRONGEST, in_a_circle, strongest
from article10.runs.figures.stance_colours import colour_of

PATTERNS = (
    '<defs><pattern id="a10-barred" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="2.5" height="9" fill="{BORDER}"/></pattern>'
    '<pattern id="a10-barred-corner" href="#a10-barred" patternTransform="rotate(45) scale(4.3)"/>'
    '<pattern id="a10-outsider" width="8" height="8" patternUnits="userSpaceOnUse">'
    f'<rect width="8" height="8" fill="{OUTSIDER}"/><circle cx="4" cy="4" r="1.2" fill="{OUTSIDER_STRIPES}"/>'
    "</pattern></defs>"
)
"""Stripes of members that object because of the war, and dots of states without a ballot."""


OBJECTS = "#7d0f1c"
"""Colour of the inner edge of members that object by their own stance, or that hold out."""

OWN = REASON_STANCE | REASON_HOLD
"""Reasons for objecting that are a member's own."""

OFF = ' visibility="hidden"'

CORNER = 0.262
"""Side of the corner of the map, as a share of the map's width."""


def colour(stance: float) -> str:
    """Colour of a stance on maps, as a page writes it."""
    return to_hex(colour_of(stance))


def stances(model: AccessionModel) -> dict[str, float]:
    """Stances now, by code."""
    values = model.world.members.stance[0].tolist()
    return dict(zip(model.setup.roster.iso3, values, strict=True))


# --- the map --------------------------------------------------------------------------------------------------------


def map_svg(model: AccessionModel) -> str:
    """The map of the edition, with some members in a corner, drawn like ``article10.runs.figures.map``."""
    view, *corners = views(model.setup.edition)
    if not view.outlines:
        return "<p>The edition has no outlines of its members; add map.geojson to its folder to see a map.</p>"
    names = _names(model, view.outlines.keys() - stances(model).keys())
    return (
        f'<svg class="a10-map" viewBox="{_frame(view)}" role="img" aria-label="Map of members, coloured by stance">'
        f"{PATTERNS}{_countries(model, view, 'a10-barred')}{_outlined(model, view)}{names}"
        f"{''.join(_corner(model, view, corner) for corner in corners)}</svg>"
    )


def _frame(view: View) -> str:
    (left, right), (low, high) = view.x, view.y
    return f"{1000 * left:.0f} {-1000 * high:.0f} {1000 * (right - left):.0f} {1000 * (high - low):.0f}"


def _corner(model: AccessionModel, view: View, corner: View) -> str:
    """What is drawn in the lower left corner, on a ground of its own."""
    side = CORNER * 1000 * (view.x[1] - view.x[0])
    place = f'x="{1000 * view.x[0]:.0f}" y="{-1000 * view.y[0] - side:.0f}" width="{side:.0f}" height="{side:.0f}"'
    left, top, width, height = _frame(corner).split()
    ground = f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{SEA}"/>'
    drawn = _countries(model, corner, "a10-barred-corner")
    return f'<svg {place} viewBox="{_frame(corner)}">{ground}{drawn}</svg>'


def _countries(model: AccessionModel, view: View, stripes: str) -> str:
    now, names = stances(model), model.setup.edition.names
    roster = model.setup.roster
    reasons = model.world.positions()[1][0]
    barred, own = ({roster.iso3[i] for i in (reasons & bits).nonzero()[0]} for bits in (REASON_WAR, OWN))
    width = 5 if stripes == "a10-barred" else 22  # the corner is drawn smaller
    parts = []
    for code in view.shapes:
        path, name = _outline(view, code), escape(names[code])
        if code not in now:
            parts.append(
                f'<path d="{path}" fill="url(#a10-outsider)" stroke="{OUTSIDER_STRIPES}" stroke-width="1.2">'
                f"<title>{name}: not a member</title></path>"
            )
            continue
        why = ", objects because of the war" if code in barred else ""
        parts.append(
            f'<path class="a10-member" data-code="{code}" d="{path}" fill="{colour(now[code])}" stroke="{BORDER}" '
            f'stroke-width="1.6"><title>{name}: {now[code]:+.2f}{why}</title></path>'
            f'<path class="a10-bars" data-code="{code}" d="{path}" fill="url(#{stripes})" pointer-events="none"'
            f"{'' if code in barred else OFF}/>"
            f'<path class="a10-own" data-code="{code}" d="{path}" fill="none" stroke="{OBJECTS}" '
            f'stroke-width="{width}" pointer-events="none"{"" if code in own else OFF}/>'
        )
    return "".join(parts)


def _outlined(model: AccessionModel, view: View) -> str:
    """The outline of the candidate, or of each of several."""
    edition = model.setup.edition
    found = candidates(model.setup.scenario.candidate.name, edition) & set(view.outlines)
    look = f'fill="none" stroke="{CANDIDATE}" stroke-width="4" pointer-events="none"'
    return "".join(f'<path d="{_outline(view, code)}" {look}/>' for code in sorted(found))


def _names(model: AccessionModel, outsiders: Collection[str]) -> str:
    parts = []
    for code in sorted(outsiders):
        x, y = 1000 * name_place(code, model.setup.edition)
        parts.append(
            f'<text x="{x:.0f}" y="{-y:.0f}" text-anchor="middle" font-size="21" fill="white" stroke="{OUTSIDER}" '
            f'stroke-width="5" paint-order="stroke">{escape(model.setup.edition.names[code])}</text>'
        )
    return "".join(parts)


def _outline(view: View, code: str) -> str:
    return "".join(map(_path, view.shapes[code]))


def _path(shape: np.ndarray) -> str:
    return "M" + "L".join(f"{1000 * x:.0f},{-1000 * y:.0f}" for x, y in shape) + "Z"


# --- the network ----------------------------------------------------------------------------------------------------

RADIUS = 350.0
"""Radius of the circle of members; the names stand outside it."""


def network_svg(model: AccessionModel) -> str:
    """The influence network: members in a circle, from the most willing, and to each the strongest arrows."""
    roster, network = model.setup.roster, model.setup.network
    place = RADIUS * in_a_circle(roster.stance) * (1.0, -1.0)
    radius = np.sqrt(110 + 5200 * roster.influence_weight)
    parts = [
        '<svg class="a10-network" viewBox="-600 -600 1200 1200" role="img" aria-label="Influence network">',
        '<defs><marker id="a10-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="11" markerHeight="11" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0L8,4L0,8Z" fill="#8a8a8a"/></marker></defs>',
    ]
    for i, j in zip(*np.nonzero(strongest(network, STRONGEST)), strict=True):
        by, whom = roster.names[j], roster.names[i]
        parts.append(_arrow(place[j], place[i], float(radius[i]), float(network[i, j]), escape(by), escape(whom)))
    for k, stance in enumerate(stances(model).values()):
        (x, y), name = place[k], escape(roster.names[k])
        parts.append(
            f'<circle class="a10-member" data-code="{roster.iso3[k]}" cx="{x:.0f}" cy="{y:.0f}" '
            f'r="{radius[k]:.1f}" fill="{colour(stance)}" stroke="#444">'
            f"<title>{name}: {stance:+.2f}</title></circle>{_beside(place[k], float(radius[k]), name)}"
        )
    return "".join([*parts, "</svg>"])


def _beside(place: np.ndarray, radius: float, name: str) -> str:
    """A name that leads outwards from its member, never upside down."""
    x, y = place * (1 + (radius + 10) / RADIUS)
    is_right = x > 0
    turned = np.degrees(np.arctan2(y, x)) - (0 if is_right else 180)
    return (
        f'<text transform="translate({x:.0f} {y:.0f}) rotate({turned:.1f})" dy="0.35em" font-size="28" '
        f'text-anchor="{"start" if is_right else "end"}">{name}</text>'
    )


def _arrow(start: np.ndarray, end: np.ndarray, radius: float, weight: float, by: str, whom: str) -> str:
    bend = 0.35 * (start + end)
    direction = (end - bend) / np.linalg.norm(end - bend)
    tip = end - (radius + 2) * direction
    return (
        f'<path d="M{start[0]:.0f},{start[1]:.0f}Q{bend[0]:.0f},{bend[1]:.0f} {tip[0]:.0f},{tip[1]:.0f}" fill="none" '
        f'stroke="#8a8a8a" stroke-opacity="0.45" stroke-width="{0.8 + 14 * weight:.1f}" marker-end="url(#a10-tip)">'
        f"<title>{by} influences {whom}, weight {weight:.2f}</title></path>"
    )
