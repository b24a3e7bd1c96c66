"""The house style of all figures: colours, type, titles, date axes, panels, and labels that keep apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgb

from article10.model.roster import STANCE_PER_CODE
from article10.runs.result import EnsembleResult

INK, MUTED, FAINT, PAPER = "#222222", "#666666", "#dddddd", "#ffffff"
BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY = "#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9"
"""The palette of Okabe and Ito (2008), which people who see red and green alike can tell apart."""

NO_STANCE = "#c9c9c9"
"""Fill of what has no stance: Russia, the candidate, countries outside the alliance."""

STANCE_COLOURS = "RdBu"
STANCE_LIMIT = 2 * STANCE_PER_CODE
"""Where the colours of stance end: at the extreme codes, so that scenarios can be compared."""

SMALL, NORMAL, LARGE = 7.5, 8.5, 11.0
"""Type sizes in points."""

STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": "DejaVu Sans",  # comes with matplotlib: figures are the same everywhere
        "font.size": NORMAL,
        "text.color": INK,
        "figure.facecolor": PAPER,
        "axes.facecolor": PAPER,
        "axes.linewidth": 0.8,
        "axes.grid": False,
        "legend.frameon": False,
        "legend.fontsize": NORMAL,
        "lines.solid_capstyle": "round",
        "hatch.linewidth": 0.6,
    }
)

P = ParamSpec("P")
R = TypeVar("R")
FloatArray = npt.NDArray[np.floating[Any]]


def in_house_style(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw in the house style, whatever the style outside, and leave that as it was."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(dict(STYLE)):
            return draw(*args, **kwargs)

    return drawn


def dress(ax: Axes) -> None:
    """Two spines, quiet ticks: also on axes that were made in another style."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(MUTED)
    ax.tick_params(colors=MUTED, labelcolor=INK, labelsize=NORMAL, length=3)
    ax.set_facecolor(PAPER)


def entitle(ax: Axes, title: str, note: str) -> None:
    """Put the title over the axes, and under it what was run."""
    ax.set_title(title, loc="left", fontsize=LARGE, fontweight="bold", color=INK, pad=22)
    ax.annotate(
        note,
        (0.0, 1.0),
        (0.0, 7.0),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=NORMAL,
        color=MUTED,
        annotation_clip=False,
    )


def counted(n: int, thing: str) -> str:
    """A number of things: ``"1 run"``, ``"2,000 runs"``.

    >>> counted(1, "run"), counted(2000, "run")
    ('1 run', '2,000 runs')
    """
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def what_was_run(result: EnsembleResult) -> str:
    """Scenario, number of runs and seed: what a reader needs to make the figure again."""
    return f"Scenario {result.scenario.name}  ·  {counted(result.runs, 'run')}  ·  seed {result.seed}"


def signed(value: float, places: int = 2) -> str:
    """A number with its sign, and a minus that is as wide as a plus.

    >>> signed(-0.15), signed(0.0)
    ('−0.15', '0.00')
    """
    text = f"{value:+.{places}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def date_axis(ax: Axes, days: npt.NDArray[np.datetime64], most: int = 8) -> None:
    """Dates along the horizontal axis, from the first day to the last."""
    locator = mdates.AutoDateLocator(minticks=2, maxticks=most)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    first, last = (float(mdates.date2num(day)) for day in (days[0], days[-1]))
    ax.set_xlim(first, last)


def stance_axis(ax: Axes, objection_line: float, labelled: bool = True) -> None:
    """Stances from -1 to 1, the objection line and zero; a member objects below the one and supports above the other.

    Args:
        ax: to draw on.
        objection_line: of the scenario.
        labelled: whether to say at the right edge what the lines mean.
    """
    ax.set_ylim(-1, 1)
    ax.set_yticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "0.5", "1"])
    ax.axhline(0.0, color=MUTED, lw=0.8, zorder=1.5, gid="zero")
    ax.axhline(objection_line, color=VERMILLION, lw=0.9, ls=(0, (4, 2)), zorder=1.5, gid="objection line")
    if labelled:
        edge = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points", "annotation_clip": False}
        ax.annotate("supports\nabove 0", (1, 0), (4, 0), va="bottom", color=MUTED, fontsize=SMALL, **edge)
        line = f"objects\nbelow {signed(objection_line)}"
        ax.annotate(line, (1, objection_line), (4, 0), va="top", color=VERMILLION, fontsize=SMALL, **edge)


def panels(ax: Axes, titles: Sequence[str], columns: int = 3) -> list[Axes]:
    """Small axes inside one, in rows, which share their scales; they are the ``child_axes`` of the one.

    Args:
        ax: to divide; it is left without frame.
        titles: one a panel.
        columns: at most so many side by side.
    """
    ax.set_axis_off()
    columns = min(columns, len(titles))
    rows = -(-len(titles) // columns)
    across, down = 0.05, 0.17 / rows**0.5
    width = (1 - (columns - 1) * across) / columns
    height = (1 - (rows - 1) * down - 0.04) / rows
    made = []
    for place, title in enumerate(titles):
        row, column = divmod(place, columns)
        bottom = (rows - 1 - row) * (height + down)
        panel = ax.inset_axes((column * (width + across), bottom, width, height))
        dress(panel)
        panel.set_title(title, loc="left", fontsize=NORMAL, fontweight="bold", color=INK, pad=4)
        panel.tick_params(labelleft=column == 0, labelbottom=place + columns >= len(titles))
        made.append(panel)
    return made


def stance_mappable() -> ScalarMappable:
    """Colours of stance: red objects, blue supports, white at zero."""
    return ScalarMappable(Normalize(-STANCE_LIMIT, STANCE_LIMIT), mpl.colormaps[STANCE_COLOURS])


def label_stance_bar(ax: Axes, bar_axes: Axes, objection_line: float, horizontal: bool = False) -> None:
    """A colour bar of stance, with the objection line marked on it.

    Args:
        ax: whose colours it explains.
        bar_axes: where it is drawn.
        objection_line: of the scenario.
        horizontal: whether it lies.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None  # noqa: S101 - axes that are drawn on belong to a figure
    orientation = "horizontal" if horizontal else "vertical"
    bar = figure.colorbar(stance_mappable(), cax=bar_axes, orientation=orientation, extend="both")
    ticks = [-STANCE_LIMIT, -STANCE_LIMIT / 2, 0.0, STANCE_LIMIT / 2, STANCE_LIMIT]
    bar.set_ticks(ticks, labels=[signed(tick, 1).removeprefix("+").replace("0.0", "0") for tick in ticks])
    bar.ax.tick_params(colors=MUTED, labelcolor=INK, labelsize=SMALL, length=2)
    bar.outline.set_visible(False)  # type: ignore[operator]
    mark = bar.ax.axvline if horizontal else bar.ax.axhline
    mark(objection_line, color=INK, lw=1.2)


def ink_on(colour: Any) -> str:  # noqa: ANN401 - any colour that matplotlib knows
    """Dark or light type, whichever can be read on a colour.

    >>> ink_on("#ffffff"), ink_on("#08306b")
    ('#222222', '#ffffff')
    """
    red, green, blue = to_rgb(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else PAPER


def kept_apart(places: Sequence[float] | FloatArray, least: float, low: float, high: float) -> FloatArray:
    """Places as near as they can be to those given, in the same order, and apart enough for labels.

    Args:
        places: wanted.
        least: smallest distance between two.
        low: smallest place.
        high: greatest place; it gives way where there is not enough room.

    >>> kept_apart([0.0, 0.5, 0.52], 0.1, 0.0, 1.0).round(2).tolist()
    [0.0, 0.46, 0.56]
    """
    wanted = np.asarray(places, dtype=float)
    order = np.argsort(wanted, kind="stable")
    groups: list[tuple[float, int]] = []  # each a run of labels that touch: place of the middle, how many
    for place in wanted[order]:
        groups.append((float(place), 1))
        while len(groups) > 1 and groups[-1][0] - groups[-2][0] < least * (groups[-1][1] + groups[-2][1]) / 2:
            (last, n), (before, m) = groups.pop(), groups.pop()
            groups.append(((last * n + before * m) / (n + m), n + m))
    spread = np.concatenate([middle + least * (np.arange(n) - (n - 1) / 2) for middle, n in groups] or [wanted])
    for k in range(len(spread) - 1, -1, -1):
        spread[k] = min(spread[k], high - least * (len(spread) - 1 - k))
    for k in range(len(spread)):
        spread[k] = max(spread[k], low if k == 0 else spread[k - 1] + least)
    found = np.empty_like(spread)
    found[order] = spread
    return found
