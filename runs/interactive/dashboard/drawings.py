"""What the page draws of one run: map and network as SVG, trajectories as PNG."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from article10.model.accession_model import AccessionModel
from article10.runs.figures.map import BORDER, CANDIDATE, OUTSIDER, OUTSIDER_STRIPES, SEA, candidates
from article10.runs.figures.map_view import View, name_place, views
from article10.runs.figures.member_looks import member_looks
from article10.runs.figures.network import STRONGEST, in_a_circle, strongest
from article10.runs.figures.plot import selected_members
from article10.runs.figures.stance_colours import colour_of
from article10.runs.figures.style import house_style, label_ends, literal, note_runs, stance_axis, time_axis
from article10.runs.interactive.dashboard.fan import DPI
from article10.runs.interactive.figure import png_of

PATTERNS = (
    '<defs><pattern id="a10-barred" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="2.5" height="9" fill="{BORDER}"/></pattern>'
    '<pattern id="a10-barred-corner" href="#a10-barred" patternTransform="rotate(45) scale(4.3)"/>'
    '<pattern id="a10-outsider" width="8" height="8" patternUnits="userSpaceOnUse">'
    f'<rect width="8" height="8" fill="{OUTSIDER}"/><circle cx="4" cy="4" r="1.2" fill="{OUTSIDER_STRIPES}"/>'
    "</pattern></defs>"
)
"""Stripes of members that object because of the war, and dots of states without a ballot."""


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
        f'<svg class="a10-map" viewBox="{_frame(view)}" role="img" aria-label="Map of stances">'
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
    barred = {roster.iso3[place] for place in model.world.standing().by_war[0].nonzero()[0]}
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
        tooltip = f"<title>{name}: {now[code]:+.2f}{why}</title>"
        parts.append(
            f'<path d="{path}" fill="{colour(now[code])}" stroke="{BORDER}" stroke-width="1.6">{tooltip}</path>'
        )
        if code in barred:
            parts.append(f'<path d="{path}" fill="url(#{stripes})">{tooltip}</path>')
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
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius[k]:.1f}" fill="{colour(stance)}" stroke="#444">'
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


# --- stances over time ----------------------------------------------------------------------------------------------


def stance_history(model: AccessionModel) -> np.ndarray:
    """Stances of every member at every step so far, (step, member); NaN once its agent is removed from Mesa's sets."""
    collected = model.datacollector.get_agent_vars_dataframe()["stance"].unstack("AgentID")
    numbers = [model.member(code).unique_id for code in model.setup.roster.iso3]
    values: np.ndarray = collected.reindex(index=range(model.world.step + 1), columns=numbers).to_numpy(float)
    return values


def trajectories_png(model: AccessionModel) -> bytes:
    """Stances of all members from the first day until now, with the selected members named."""
    roster, scenario = model.setup.roster, model.setup.scenario
    history = stance_history(model)
    days = date2num([scenario.date_of(step) for step in range(len(history))])  # type: ignore[no-untyped-call]
    first, last = date2num([scenario.date_of(0), scenario.date_of(model.setup.n_steps)])  # type: ignore[no-untyped-call]
    with house_style():
        figure = Figure(figsize=(5.0, 2.8))
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.1, 0.17, 0.71, 0.8))
        stance_axis(ax, scenario.accession.objection_line, label=False)
        lines = [np.column_stack([days, history[:, i]]) for i in range(len(roster))]
        ax.add_collection(LineCollection(lines, colors="#c4c4c4", linewidths=0.6))
        looks = member_looks(scenario)
        for code in selected_members(scenario):
            of = roster.index(code)
            ax.plot(days, history[:, of], linewidth=1.6, label=literal(roster.names[of]), **looks[code])
            ax.plot(days[-1], history[-1, of], "o", color=looks[code]["color"], markersize=3.5)
        ax.set_xlim(first, last)
        time_axis(ax)
        label_ends(ax, at=float(days[-1]) + 0.006 * (last - first), apart=0.085)
        note_runs(ax, 1, "grey: other members; dashed: objection line", below=22)
        return png_of(figure, DPI)
