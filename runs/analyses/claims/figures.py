"""The picture of the claims: one row a claim."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from article10.runs.analyses.claims.claims_result import Finding, signs_text
from article10.runs.analyses.claims.measures import MEASURES
from article10.runs.figures.style import OPPOSED, PALE, house_style, literal, note_runs
from article10.runs.statistics.forms import POINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from article10.runs.analyses.claims.claims_result import Claims

DARK = "#1f3b57"
"""Colour of an effect that is detected in the stated direction."""

COLOURS = {
    Finding.AS_STATED: DARK,
    Finding.OPPOSITE: OPPOSED,
    Finding.UNDETECTED: PALE,
    Finding.PROPERTY: DARK,
    Finding.BROKEN: OPPOSED,
}

WIDTH, ROW, AROUND = 11.0, 0.31, 0.8
"""Width of the figure, height of a row, and height of what is around a panel, inches."""

LINE = 70
"""Characters in a line of a claim."""

COLUMNS = {"": 8, "change [95% CI]": 22, "stated / opposite": 130, "of what": 206}
"""What stands beside the rows, by heading: distances from the axes, points."""

ARROWS = {"up": "→", "down": "←", "none": ""}
"""The stated direction."""


def draw_claims(found: Claims, ax: Axes | None) -> Axes:
    """Draw the changes of probabilities above, and those of other measures, relative to their means, below.

    Args:
        found: the result.
        ax: Axes for the first of the two panels alone.
    """
    own = found.claims["unit"].notna() & (found.claims["unit"] != POINTS.unit)
    panels = [rows for rows in (found.claims[~own], found.claims[own]) if len(rows)]
    with house_style():
        axes = _new_panels([len(rows) for rows in panels]) if ax is None else [ax]
        for each, rows in zip(axes, panels, strict=False):
            is_share = rows.index[0] not in found.claims.index[own]
            _panel(each, found, rows, None if is_share else rows["usual"].abs() / 100)
            probability = "change of the probability by the horizon, percentage points"
            each.set_xlabel(probability if is_share else "change relative to the mean with the mechanism, %")
        axes[0].set_title("What changes when the mechanism of each claim is switched", pad=22)
        _note(axes[-1], found)
    return axes[0]


def _new_panels(rows: Sequence[int]) -> list[Axes]:
    """Axes below each other on a new figure outside pyplot, as high as their numbers of rows."""
    figure = Figure(figsize=(WIDTH, ROW * sum(rows) + AROUND * (len(rows) + 1)), layout="constrained")
    FigureCanvasAgg(figure)
    return list(figure.subplots(len(rows), 1, height_ratios=[n + 1 for n in rows], squeeze=False).ravel())


def _note(ax: Axes, found: Claims) -> None:
    words = (
        "paired with and without each; lines: 95% CI (simulation uncertainty only); dark: detected in the stated "
        "direction; red: detected in the opposite direction; pale: CI includes zero. Arrows: stated direction."
    )
    if found.n_points:
        words += (
            f" Stated / opposite: shares of {found.n_points} plausible points with the stated and the opposite sign, "
            f"{found.runs_at_a_point} runs each"
        )
    note_runs(ax, found.runs, words, below=38, where=" of each variant")


def _panel(ax: Axes, found: Claims, rows: pd.DataFrame, scale: pd.Series[float] | None) -> None:
    """One row a claim: estimate and interval, and beside them the stated direction, the change and shares of points.

    Args:
        ax: where to draw.
        found: the result.
        rows: the claims of the panel.
        scale: what a change is divided by, by claim.
    """
    places = np.arange(len(rows))
    by = np.ones(len(rows)) if scale is None else scale.to_numpy(float)
    colours = [COLOURS[finding] for finding in rows["finding"]]
    value, low, high = (
        np.divide(rows[name].to_numpy(float), by, out=np.full(len(rows), np.nan), where=by > 0)
        for name in ("change", "change_low", "change_high")
    )
    ax.hlines(places, low, high, color=colours, linewidth=2.2)
    ax.scatter(value, places, color=colours, s=16, zorder=3)
    ax.axvline(0, color="#888888", linewidth=0.8)
    ax.set_yticks(places, [literal(textwrap.fill(claim, LINE)) for claim in rows["claim"]], fontsize=7.5)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.xaxis.set_major_formatter(lambda x, _: f"{x:+.3g}".replace("-", "−") if x else "0")
    for text, place in COLUMNS.items():
        _write(ax, text, -1.0, place, "#555555")
    for row_place, ((_, row), colour) in enumerate(zip(rows.iterrows(), colours, strict=True)):
        dim = "#777777" if colour == PALE else colour
        for text, place in zip(_beside(found, row), COLUMNS.values(), strict=True):
            _write(ax, text, row_place, place, dim)


def _write(ax: Axes, text: str, row: float, place: float, colour: str) -> None:
    where: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points", "va": "center"}
    ax.annotate(text, (1.0, row), (place, 0), color=colour, fontsize=7.5, annotation_clip=False, **where)


def _beside(found: Claims, row: pd.Series[Any]) -> tuple[str, str, str, str]:
    """What stands beside a row: the stated direction, the change, the shares of points, and what is measured."""
    arrow = ARROWS[row["direction"]]
    if row["measure"] not in MEASURES:
        return arrow, found.change_text(row), "", ""
    measure = MEASURES[row["measure"]]
    numbers = ", ".join(measure.form.format(row[name]) for name in ("change_low", "change_high"))
    change = f"{measure.form.format(row['change'])} [{numbers}]".replace("-", "−")
    of_what = measure.name if measure.is_share else f"{measure.name}, {measure.unit}"
    return arrow, change, signs_text(row), of_what
