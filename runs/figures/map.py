"""The map: members coloured by stance, those that object because of the war, other states, and the candidate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from article10.model.country_names import code_of
from article10.model.edition import Edition, read_edition
from article10.model.scenario import Scenario
from article10.runs.figures.map_view import View, name_place, views
from article10.runs.figures.stance_colours import colour_bar, colour_of

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


def candidates(name: str, edition: str | Path | Edition | None = None) -> frozenset[str]:
    """Codes of the countries in a candidate's name, in which several are separated by semicolons.

    >>> sorted(candidates("Albania; Croatia"))
    ['ALB', 'HRV']
    """
    names = read_edition(edition).names
    return frozenset(code for part in name.split(";") if (code := code_of(part, names)))


def draw_map(
    ax: Axes,
    stance: pd.Series[float],
    scenario: Scenario,
    barred: Collection[str] = (),
    label: str = "median stance",
    scale_below: bool = True,
) -> dict[str, PolyCollection]:
    """Draw the countries of an edition, some of them in a corner where it says so, and a legend.

    Members are coloured by stance. States outside the alliance that have a part in the model but no ballot are dark and
    dotted; other countries are left out. The candidate has an orange outline.

    Args:
        ax: where to draw.
        stance: stances by code.
        scenario: whose candidate and edition are drawn.
        barred: codes of members that object because of the war.
        label: label of the colour bar.
        scale_below: whether the colour bar lies below the map, or at its right.

    Returns:
        The shape of each country by code, which ``show_member`` can change.
    """
    edition, candidate = read_edition(scenario.edition), scenario.candidate.name
    applying, drawn = candidates(candidate, edition), dict[str, PolyCollection]()
    for place, view in enumerate(views(edition)):
        on = ax.inset_axes((0.0, 0.0, 0.27, 0.42)) if place else ax
        drawn |= _countries(on, stance, applying, view)
        on.set(xlim=view.x, ylim=view.y, aspect="equal", xticks=[], yticks=[], facecolor=SEA)
        on.grid(visible=False)
        on.spines[:].set_visible(False)
    for code in stance.index.intersection(list(drawn)):
        show_member(drawn[code], stance[code], code in barred)
    _name_outsiders(ax, set(drawn) - set(stance.index), edition)
    _legend(ax, candidate, bool(applying & set(drawn)))
    colour_bar(ax, label, below=scale_below)
    return drawn


def show_member(shape: PolyCollection, stance: float, is_barred: bool) -> None:
    """Colour a member by its stance, with stripes where it objects because of the war."""
    shape.set_facecolor(colour_of(stance))
    shape.set_hatch(STRIPES if is_barred else "")


def _countries(ax: Axes, stance: pd.Series[float], applying: Collection[str], view: View) -> dict[str, PolyCollection]:
    drawn = {}
    for code, shapes in view.shapes.items():
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
