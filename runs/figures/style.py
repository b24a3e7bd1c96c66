"""The house style of the figures, and the parts that they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.dates
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Colours that the colour-blind can tell apart (Okabe & Ito 2008)."""

OPPOSED, SUPPORTIVE = "#b5503c", "#1f7a5c"
"""Below and above zero."""

PALE = "#c9c9c9"
"""What is not told from zero."""

STYLE: dict[Any, Any] = {
    "font.size": 9.5,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.title_fontsize": 8.5,
    "savefig.facecolor": "white",
}


def signed_colours(values: npt.ArrayLike, told: npt.ArrayLike) -> np.ndarray:
    """Colours of differences by their sign, pale where they are not told from zero."""
    return np.where(np.asarray(told), np.where(np.asarray(values) < 0, OPPOSED, SUPPORTIVE), PALE)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style; the user's own settings come back afterwards."""
    with mpl.rc_context(STYLE):
        yield


def new_axes(figsize: tuple[float, float] = (7.5, 4.4)) -> Axes:
    """Axes on a figure of their own, outside pyplot: nothing pops up, nothing has to be closed."""
    figure = Figure(figsize=figsize, layout="constrained")
    FigureCanvasAgg(figure)
    axes: Axes = figure.subplots()
    return axes


def save_figure(draw: Callable[[], Axes], path: Path) -> Path:
    """Draw a figure in the house style into a PNG file."""
    with house_style():
        figure: Any = draw().get_figure()
        figure.savefig(path, dpi=150)
    return path


def note_runs(ax: Axes, runs: int, more: str = "", below: float = 32, where: str = "") -> None:
    """State the number of runs, and where there are as many, small, below the axes by some points."""
    text = f"{runs:,} run{'s' if runs != 1 else ''}{where}" + (f"; {more}" if more else "")
    style: dict[str, Any] = {"fontsize": 7.5, "color": "#555555", "va": "top"}
    ax.annotate(text, (0, 0), (0, -below), xycoords="axes fraction", textcoords="offset points", **style)


def label_ends(
    ax: Axes, others: Sequence[tuple[float, str, str]] = (), at: float | None = None, apart: float = 0.06
) -> None:
    """The labels of lines at their right ends, in place of a legend, moved apart where they would overlap.

    Args:
        ax: with its limits set.
        others: what else is named there: value, name and colour.
        at: where the lines end on the x axis; by default at the right edge.
        apart: least distance of two names, as a share of the height.
    """
    lines = [line for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    ends = [(float(np.asarray(line.get_ydata())[-1]), str(line.get_label()), str(line.get_color())) for line in lines]
    names = sorted([*ends, *others])
    (bottom, top), (left, right) = ax.get_ylim(), ax.get_xlim()
    room = apart * (top - bottom) * np.arange(len(names))
    close = np.array([value for value, _, _ in names]) - room
    raised, lowered = np.maximum.accumulate(close), np.minimum.accumulate(close[::-1])[::-1]
    places = (raised + lowered) / 2.0 + room
    places += bottom - places.min(initial=bottom)  # none below the axis
    x = 1.0 if at is None else (at - left) / (right - left)
    for place, (_, name, colour) in zip(places, names, strict=True):
        ax.text(x + 0.01, place, name, color=colour, va="center", fontsize=8.5, transform=ax.get_yaxis_transform())


def time_axis(ax: Axes) -> None:
    """Years on the x axis."""
    locator = matplotlib.dates.AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    formatter = matplotlib.dates.ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(formatter)


def stance_axis(ax: Axes, objection_line: float, label: bool = True) -> None:
    """Stance on the y axis, with zero and the objection line."""
    ax.set_ylim(-1, 1)
    ax.axhline(0, color="#888888", linewidth=0.8)
    ax.axhline(objection_line, color=OPPOSED, linewidth=0.9, linestyle="--")
    if label:
        style: dict[str, Any] = {"fontsize": 7.5, "color": OPPOSED, "ha": "left", "va": "top"}
        ax.text(1.005, objection_line, "objects\nbelow", transform=ax.get_yaxis_transform(), **style)
