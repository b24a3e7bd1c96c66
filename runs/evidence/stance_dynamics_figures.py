"""Figure of the stances of the members scored, 2022-26: runs as bands, coded positions as dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.dates
import numpy as np

from article10.model.coded import STANCE_PER_CODE
from article10.runs.evidence.stance_dynamics_answer import StanceHindcast
from article10.runs.evidence.stance_forecasts import CHANCE, KNOWN
from article10.runs.figures.style import COLOURS, OPPOSED, house_style, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 4
"""Number of panels in a row."""


def small_multiples(found: StanceHindcast, ax: Axes | None = None) -> Axes:
    """One small panel for each member scored.

    Args:
        found: the result to draw.
        ax: axes to divide into panels; by default those of a new figure.

    Returns:
        The axes that contain the panels.
    """
    codes = found.members
    rows = -(-len(codes) // COLUMNS)
    with house_style():
        ax = ax or new_axes(figsize=(9.0, 1.1 + 1.8 * rows))
        ax.set_axis_off()
        ax.set_title("Stances on Ukraine 2022–26: forecast and positions taken", pad=22)
        for k, code in enumerate(codes):
            left, row = k % COLUMNS, k // COLUMNS
            height = 1.0 / rows
            low = 1.0 - (row + 1 - 0.1) * height
            place = (left / COLUMNS + 0.01, low, 0.94 / COLUMNS - 0.01, 0.74 * height)
            _panel(found, code, ax.inset_axes(place), left == 0, row == rows - 1)
        _key(ax)
        ax.annotate(
            f"{found.runs:,} runs of each variant; band: 90% of runs of B; stance from −1 (opposed) to 1 (willing now)",
            *((0, 0), (0, -14)),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=7.5,
            color="#555555",
            va="top",
        )
    return ax


def _panel(found: StanceHindcast, code: str, ax: Axes, is_left: bool, is_low: bool) -> None:
    roster = found.scenario.members()
    place = roster.index(code)
    days: Any = found.results[KNOWN].data["step"].to_numpy()
    known = found.results[KNOWN].data["stance"].to_numpy()[:, :, place]
    low, high = np.quantile(known, [0.05, 0.95], axis=0)
    ax.fill_between(days, low, high, color=COLOURS[0], alpha=0.2, linewidth=0)
    chance = found.results[CHANCE].data["stance"].to_numpy()[:, :, place]
    ax.plot(days, chance.mean(axis=0), color=COLOURS[1], linewidth=1.1, linestyle="--")
    ax.plot(days, known.mean(axis=0), color=COLOURS[0])
    ax.axhline(float(roster.stance[place]), color="#666666", linewidth=1.0, linestyle=":")
    first = found.first[code]
    ax.plot(*_at([first.day], [first.code]), "o", color="white", markeredgecolor=OPPOSED, markersize=5)
    later = [case for case in found.cases if case.member == code]
    ax.plot(*_at([c.day for c in later], [c.code for c in later]), "o", color=OPPOSED, markersize=5, clip_on=False)
    ax.set_ylim(-0.85, 0.95)
    ax.set_yticks([-0.6, -0.3, 0.0, 0.3, 0.6])
    if is_left:
        ax.set_ylabel("stance", fontsize=8, labelpad=1)
    ax.set_xlim(days[0], days[-1])
    ax.xaxis.set_major_locator(matplotlib.dates.YearLocator())  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("’%y"))  # type: ignore[no-untyped-call]
    ax.tick_params(labelsize=7.5, labelleft=is_left, labelbottom=is_low, length=0)
    ax.set_title(roster.names[place], fontsize=9, pad=3)


def _at(days: Sequence[Any], codes: Sequence[float]) -> tuple[Any, list[float]]:
    return np.array(days, dtype="datetime64[D]"), [code * STANCE_PER_CODE for code in codes]


def _key(ax: Axes) -> None:
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    marks: list[tuple[str, dict[str, Any]]] = [
        (f"{KNOWN}, mean", {"color": COLOURS[0]}),
        (f"{CHANCE}, mean", {"color": COLOURS[1], "linewidth": 1.1, "linestyle": "--"}),
        ("no change", {"color": "#666666", "linewidth": 1.0, "linestyle": ":"}),
        ("first position", {"linestyle": "", "marker": "o", "color": "white", "markeredgecolor": OPPOSED}),
        ("later position, scored", {"linestyle": "", "marker": "o", "color": OPPOSED, "markersize": 5}),
    ]
    for label, style in marks:
        ax.plot([], [], label=label, **style)
    key = ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=5, fontsize=8, columnspacing=1.2, borderaxespad=0.1
    )
    key.set_in_layout(False)
