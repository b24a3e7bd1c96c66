"""What the page draws of one world: map and network as SVG, trajectories as a picture."""

from __future__ import annotations

import io
from collections.abc import Collection
from html import escape

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from article10.model.accession_model import AccessionModel
from article10.runs.dashboard.fan import DPI, DRAWING
from article10.runs.figures.map import (
    AMERICA,
    BORDER,
    CENTRE,
    EUROPE,
    FAR,
    NEUTRAL,
    NORTH_AMERICA,
    OUTSIDERS,
    SHOWN_WEIGHT,
    colour_of,
    in_a_circle,
    outlines,
    project,
)
from article10.runs.figures.plot import TELLING
from article10.runs.figures.style import COLOURS, house_style, label_ends, note_runs, stance_axis, time_axis

GROUND = "#f3f6f9"


def colour(stance: float) -> str:
    """Colour of a stance, as on all maps, for a page."""
    return to_hex(colour_of(stance))


def stances(model: AccessionModel) -> dict[str, float]:
    """Stances now, by code."""
    values = model.world.members.stance[0].tolist()
    return dict(zip(model.setup.roster.iso3, values, strict=True))


# --- the map --------------------------------------------------------------------------------------------------------


def map_svg(model: AccessionModel) -> str:
    """Europe, with North America in a corner, members coloured by their stance now, others grey."""
    (left, right), (bottom, top) = EUROPE
    frame = f"{1000 * left:.0f} {-1000 * top:.0f} {1000 * (right - left):.0f} {1000 * (top - bottom):.0f}"
    corner = f'x="{1000 * left:.0f}" y="{-1000 * bottom - 262:.0f}" width="262" height="262"'
    others = set(outlines()) - set(NORTH_AMERICA)
    return (
        f'<svg class="a10-map" viewBox="{frame}" role="img" aria-label="Map of stances">'
        f"{_countries(model, CENTRE, others)}{_names()}"
        f'<svg {corner} viewBox="-560 -560 1120 1120"><rect x="-560" y="-560" width="1120" height="1120" '
        f'fill="{GROUND}" stroke="{BORDER}" stroke-width="8"/>{_countries(model, AMERICA, NORTH_AMERICA)}</svg></svg>'
    )


def _countries(model: AccessionModel, centre: tuple[float, float], shown: Collection[str]) -> str:
    now, names = stances(model), dict(zip(model.setup.roster.iso3, model.setup.roster.names, strict=True))
    parts = []
    for code, rings in outlines().items():
        shapes = [project(ring, centre) for ring in rings] if code in shown else []
        path = "".join(_path(shape) for shape in shapes if np.abs(shape).max() < FAR)
        if not path:
            continue
        told = f"{escape(names[code])}: {now[code]:+.2f}" if code in now else f"{escape(code)}: not a member"
        fill = colour(now[code]) if code in now else NEUTRAL
        parts.append(
            f'<path d="{path}" fill="{fill}" stroke="{BORDER}" stroke-width="1.2"><title>{told}</title></path>'
        )
    return "".join(parts)


def _names() -> str:
    parts = []
    for name, place in OUTSIDERS.items():
        x, y = 1000 * project(np.array([place]))[0]
        parts.append(
            f'<text x="{x:.0f}" y="{-y:.0f}" text-anchor="middle" font-size="21" font-style="italic" '
            f'fill="#444">{name}</text>'
        )
    return "".join(parts)


def _path(shape: np.ndarray) -> str:
    return "M" + "L".join(f"{1000 * x:.0f},{-1000 * y:.0f}" for x, y in shape) + "Z"


# --- the network ----------------------------------------------------------------------------------------------------


def network_svg(model: AccessionModel) -> str:
    """Who sways whom: members in a circle, from the most willing on the first day; arrows from who sways."""
    roster, network = model.setup.roster, model.setup.network
    place = 400 * in_a_circle(roster.stance) * (1.0, -1.0)
    radius = np.sqrt(110 + 5200 * roster.influence_weight)
    parts = [
        '<svg class="a10-network" viewBox="-490 -495 980 975" role="img" aria-label="Influence network">',
        '<defs><marker id="a10-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="11" markerHeight="11" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0L8,4L0,8Z" fill="#8a8a8a"/></marker></defs>',
    ]
    for i, j in zip(*np.nonzero(network >= SHOWN_WEIGHT), strict=True):
        parts.append(_arrow(place[j], place[i], float(radius[i]), float(network[i, j]), roster.iso3[j], roster.iso3[i]))
    for k, (code, stance) in enumerate(stances(model).items()):
        x, y = place[k]
        label_x, label_y = place[k] * (1 + (radius[k] + 32) / 400)
        parts.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius[k]:.1f}" fill="{colour(stance)}" stroke="#444">'
            f"<title>{escape(roster.names[k])}: {stance:+.2f}</title></circle>"
            f'<text x="{label_x:.0f}" y="{label_y + 8:.0f}" text-anchor="middle" font-size="23">{code}</text>'
        )
    return "".join([*parts, "</svg>"])


def _arrow(start: np.ndarray, end: np.ndarray, radius: float, weight: float, by: str, whom: str) -> str:
    bend = 0.35 * (start + end)
    direction = (end - bend) / np.linalg.norm(end - bend)
    tip = end - (radius + 2) * direction
    return (
        f'<path d="M{start[0]:.0f},{start[1]:.0f}Q{bend[0]:.0f},{bend[1]:.0f} {tip[0]:.0f},{tip[1]:.0f}" fill="none" '
        f'stroke="#8a8a8a" stroke-opacity="0.45" stroke-width="{0.8 + 14 * weight:.1f}" marker-end="url(#a10-tip)">'
        f"<title>{by} sways {whom}, weight {weight:.2f}</title></path>"
    )


# --- stances over time ----------------------------------------------------------------------------------------------


def stance_history(model: AccessionModel) -> np.ndarray:
    """Stances of every member at every step so far, (step, member); NaN once its agent is removed from Mesa's sets."""
    collected = model.datacollector.get_agent_vars_dataframe()["stance"].unstack("AgentID")
    numbers = [model.member(code).unique_id for code in model.setup.roster.iso3]
    values: np.ndarray = collected.reindex(index=range(model.world.step + 1), columns=numbers).to_numpy(float)
    return values


def trajectories_png(model: AccessionModel) -> bytes:
    """Stances of all members from the first day until now, some of them named."""
    roster, scenario = model.setup.roster, model.setup.scenario
    history = stance_history(model)
    days = date2num([scenario.date_of(step) for step in range(len(history))])  # type: ignore[no-untyped-call]
    first, last = date2num([scenario.date_of(0), scenario.date_of(model.setup.n_steps)])  # type: ignore[no-untyped-call]
    with DRAWING, house_style():
        figure = Figure(figsize=(5.0, 2.8))
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.1, 0.17, 0.82, 0.8))
        stance_axis(ax, scenario.accession.objection_line, label=False)
        lines = [np.column_stack([days, history[:, i]]) for i in range(len(roster))]
        ax.add_collection(LineCollection(lines, colors="#c4c4c4", linewidths=0.6))
        for place, code in enumerate(code for code in TELLING if code in roster.iso3):
            of = roster.index(code)
            ax.plot(days, history[:, of], color=COLOURS[place], linewidth=1.6, label=code)
            ax.plot(days[-1], history[-1, of], "o", color=COLOURS[place], markersize=3.5)
        ax.set_xlim(first, last)
        time_axis(ax)
        label_ends(ax, at=float(days[-1]) + 0.006 * (last - first), apart=0.085)
        note_runs(ax, 1, "grey: the other members; dashed: below it a member objects", below=22)
        page = io.BytesIO()
        figure.savefig(page, format="png", dpi=DPI, pil_kwargs={"compress_level": 1})
    return page.getvalue()
