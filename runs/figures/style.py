"""The house style of the figures, and the parts that they share."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import Any, TypeVar

import matplotlib as mpl
import matplotlib.dates
import numpy as np
import numpy.typing as npt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation

T = TypeVar("T")

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Colours that colour-blind readers can distinguish (Okabe & Ito 2008)."""

LOOKS = cycler(linestyle=("-", "--", ":", "-.", (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))) * cycler(color=COLOURS)
"""36 looks of lines: each colour with a solid line first, then each colour with the next style of line."""

LEGEND_ROWS = 18
"""Number of names in a column of a legend beside the axes."""

OPPOSED, SUPPORTIVE = "#b5503c", "#1f7a5c"
"""Below and above zero."""

NOTE_CHARACTERS, BESIDE_NOTE = 17.0, 0.9
"""Characters of a note in an inch, and inches of a figure's width at the left of the axes, where notes begin."""

LABEL_CHARACTER, BESIDE_LABELS = 0.067, 0.3
"""Inches that a character of a label beside the axes takes, and that are left free beside the longest of them."""

PALE = "#c9c9c9"
"""Colour of a difference whose 95% interval includes zero."""

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
    "svg.hashsalt": "article10",  # names within a file do not change from one run of the program to the next
    "pdf.fonttype": 42,  # letters as letters, which publishers ask for
}

DPI = 200
"""Pixels per inch of saved pictures: two for each pixel of a page on which a figure is as wide as a column of text."""

UNDATED: Mapping[str, dict[str, Any]] = MappingProxyType(
    {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
)
"""By the ending of a file: what keeps the day of drawing out of it."""

_SETTINGS = RLock()
"""Matplotlib's settings are shared by all threads: while one draws in the house style, others wait."""


def literal(text: str) -> str:
    r"""A text as Matplotlib shows it letter for letter: a dollar sign does not begin mathematics.

    >>> print(literal("from $1 to $2"))
    from \$1 to \$2
    """
    return text.replace("$", r"\$")


def as_written(text: str) -> str:
    """The text that ``literal`` was given, for use outside figures."""
    return text.replace(r"\$", "$")


def signed_colours(values: npt.ArrayLike, excludes_zero: npt.ArrayLike) -> np.ndarray:
    """Colours of differences by their sign, pale where their 95% interval includes zero.

    Args:
        values: the differences.
        excludes_zero: whether the interval of each excludes zero.
    """
    return np.where(np.asarray(excludes_zero), np.where(np.asarray(values) < 0, OPPOSED, SUPPORTIVE), PALE)


def with_looks(items: Iterable[T]) -> Iterator[tuple[dict[str, Any], T]]:
    """Pair any number of items with the look of their lines: ``color`` and ``linestyle``.

    >>> looks = [look for look, _ in with_looks(range(33))]
    >>> len({(look["color"], str(look["linestyle"])) for look in looks})
    33
    """
    return zip(itertools.cycle(LOOKS), items, strict=False)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style; the user's own settings are restored afterwards."""
    with _SETTINGS, mpl.rc_context(STYLE):
        yield


def new_axes(figsize: tuple[float, float] = (7.5, 4.4), names: Sequence[str] = ()) -> Axes:
    """Axes on a new figure outside pyplot: no window opens, and nothing has to be closed.

    Args:
        figsize: width and height, inches.
        names: names of the lines; the figure is wider where ``label_ends`` needs a legend for them.
    """
    width, height = figsize
    if len(names) > len(COLOURS):
        width += _legend_columns(len(names)) * (0.45 + 0.075 * max(map(len, names)))
    return new_panels(1, 1, (width, height))[0]


def new_panels(rows: int, columns: int, figsize: tuple[float, float]) -> list[Axes]:
    """Axes in rows and columns on a new figure outside pyplot, which share their scales.

    Args:
        rows: number of rows.
        columns: number of columns.
        figsize: width and height, inches.

    Returns:
        The panels, row by row.
    """
    figure = Figure(figsize=figsize, layout="constrained")
    FigureCanvasAgg(figure)
    return list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel())


@contextmanager
def drawing(ax: Axes | None, figsize: tuple[float, float] = (7.5, 4.4), names: Sequence[str] = ()) -> Iterator[Axes]:
    """The Axes that a figure is drawn on, in the house style: those given, or new ones.

    Args:
        ax: Axes of the user's, or None.
        figsize: width and height of a new figure, inches.
        names: names of the lines, see ``new_axes``.
    """
    with house_style():
        yield new_axes(figsize, names) if ax is None else ax


def save_figure(draw: Callable[[], Axes], path: Path) -> Path:
    """Draw a figure in the house style and save it, in the same bytes whenever the same figure is saved.

    Args:
        draw: returns the Axes of the figure.
        path: path of the file, which ends in .png, .svg or .pdf.

    Returns:
        The path.
    """
    with house_style():
        figure: Any = draw().get_figure()
        figure.savefig(path, dpi=DPI, metadata=UNDATED[path.suffix])
    return path


def note_runs(ax: Axes, runs: int, more: str = "", below: float = 32, where: str = "") -> Annotation:
    """Write the number of runs below the axes, in small type.

    Args:
        ax: the axes.
        runs: number of runs.
        more: what else the note says, after a semicolon.
        below: distance from the axes, points.
        where: words that follow the number of runs, for example ``" at each point"``.

    Returns:
        The text that was written.
    """
    text = _wrapped(ax, f"{runs:,} run{'s' if runs != 1 else ''}{where}" + (f"; {more}" if more else ""))
    style: dict[str, Any] = {"fontsize": 7.5, "color": "#555555", "va": "top"}
    return ax.annotate(text, (0, 0), (0, -below), xycoords="axes fraction", textcoords="offset points", **style)


def _wrapped(ax: Axes, text: str) -> str:
    """A note in lines that fit into a figure that makes room for them; unchanged in a figure of fixed layout."""
    figure = ax.get_figure()
    if figure is None or figure.get_layout_engine() is None:
        return text
    lines = [line for label in ax.get_yticklabels() for line in label.get_text().split("\n")]
    beside = max(BESIDE_NOTE, max(map(len, lines), default=0) * LABEL_CHARACTER + BESIDE_LABELS)
    longest = max(20, int(NOTE_CHARACTERS * (figure.bbox.width / figure.dpi - beside)))
    return "\n".join(textwrap.fill(line, longest, break_long_words=False) for line in text.split("\n"))


def shown_of(shown: int, whole: int, what: str) -> str:
    """Words for the note of a figure that shows only the first of many items; empty where it shows all.

    >>> shown_of(14, 32, "members"), shown_of(9, 9, "members")
    ('; the first 14 of 32 members', '')
    """
    return f"; the first {shown:,} of {whole:,} {what}" if shown < whole else ""


def label_ends(
    ax: Axes, others: Sequence[tuple[float, str, str]] = (), at: float | None = None, apart: float = 0.06
) -> None:
    """Write the labels of lines at their right ends, without overlap; use a legend where colours repeat.

    Args:
        ax: the axes, with their limits set.
        others: further values to be named there: value, name and colour.
        at: position of the ends on the x axis; by default the right edge.
        apart: least distance of two names, as a share of the height.
    """
    lines = [line for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    ends = [(float(np.asarray(line.get_ydata())[-1]), str(line.get_label()), str(line.get_color())) for line in lines]
    if len({colour for _, _, colour in ends}) < len(ends):  # the style of the line must be shown beside the name
        from_top = [lines[k] for k in sorted(range(len(lines)), key=lambda k: -ends[k][0])]
        also = [Line2D([], [], color=colour, linestyle="--", label=name) for _, name, colour in others]
        _legend_beside(ax, [*from_top, *also])
        return
    names = sorted([*ends, *others])
    (bottom, top), (left, right) = ax.get_ylim(), ax.get_xlim()
    room = apart * (top - bottom) * np.arange(len(names))
    close = np.array([value for value, _, _ in names]) - room
    raised, lowered = np.maximum.accumulate(close), np.minimum.accumulate(close[::-1])[::-1]
    places = (raised + lowered) / 2.0 + room
    places += bottom - places.min(initial=bottom)  # none below the axis
    x = 1.0 if at is None else (at - left) / (right - left)
    for place, (_, name, colour) in zip(places, names, strict=True):
        text = ax.text(x + 0.01, place, name, color=colour, va="center", fontsize=8.5)
        text.set_transform(ax.get_yaxis_transform())
        text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])  # legible where it crosses a line


def _legend_columns(names: int) -> int:
    return -(-names // LEGEND_ROWS)


def _legend_beside(ax: Axes, handles: Sequence[Any]) -> None:
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0}
    ax.legend(handles=handles, ncols=_legend_columns(len(handles)), fontsize=8, handlelength=2.8, **place)


def legend(ax: Axes) -> None:
    """A legend of everything that has a label: within the axes, or beside them where it is long."""
    handles, _ = ax.get_legend_handles_labels()
    if len(handles) > len(COLOURS):
        _legend_beside(ax, handles)
    else:
        ax.legend()


def time_axis(ax: Axes, least: int = 3) -> None:
    """Dates on the x axis: years, months or days, depending on the period shown.

    Args:
        ax: the axes.
        least: least number of ticks; the most is twice this and one, so that some interval fits every period.
    """
    locator = matplotlib.dates.AutoDateLocator(minticks=least, maxticks=2 * least + 1)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    formatter = matplotlib.dates.ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(formatter)


def points_axis(ax: Axes, of: str) -> None:
    """Differences of a probability on the x axis, in percentage points.

    Args:
        ax: the axes.
        of: the quantity that changes, for example ``"probability of accession"``.
    """
    ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:+.3g}".replace("-", "−") if value else "0")
    ax.set_xlabel(f"change in the {of}, percentage points")


def stance_axis(ax: Axes, objection_line: float, label: bool = True) -> None:
    """Stance on the y axis, with lines at zero and at the objection line.

    Args:
        ax: the axes.
        objection_line: stance below which a member objects.
        label: whether the objection line is labelled.
    """
    ax.set_ylim(-1, 1)
    ax.axhline(0, color="#888888", linewidth=0.8)
    ax.axhline(objection_line, color=OPPOSED, linewidth=0.9, linestyle="--")
    if label:
        style: dict[str, Any] = {"fontsize": 7.5, "color": OPPOSED, "ha": "left", "va": "top"}
        ax.text(1.005, objection_line, "objects\nbelow", transform=ax.get_yaxis_transform(), **style)
