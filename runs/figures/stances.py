"""Figures of stances over time: bands over runs, single runs, and every member at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.dates
import numpy as np
from matplotlib.axes import Axes

from article10.runs.figures.member_looks import member_looks
from article10.runs.figures.stance_colours import SCALE, STANCES, colour_bar
from article10.runs.figures.style import (
    OPPOSED,
    label_ends,
    literal,
    new_panels,
    note_runs,
    stance_axis,
    time_axis,
    with_looks,
)

if TYPE_CHECKING:
    from article10.runs.ensemble.result import EnsembleResult

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The median, and the ends of the bands of 50% and 90% of runs."""

BANDS_NOTE = "line: median; bands: 50% and 90% of runs"


def recorded(result: EnsembleResult, variable: str) -> np.ndarray:
    """A variable of a result, in its own order of dimensions.

    Raises:
        ValueError: the variable was not recorded.
    """
    if variable not in result.data:
        raise ValueError(f"{variable} was not recorded: simulate with record=({variable!r},)")
    values: np.ndarray = result.data[variable].to_numpy()
    return values


def stance_of(result: EnsembleResult, member: str) -> np.ndarray:
    """Stances of one member, (run, step).

    Raises:
        KeyError: the member is not on the roster.
        ValueError: stances were not recorded.
    """
    return recorded(result, "stance")[:, :, result.scenario.members().index(member)]


def name_of(result: EnsembleResult, member: str) -> str:
    """Name of the country with a code.

    Raises:
        KeyError: the member is not on the roster.
    """
    roster = result.scenario.members()
    return roster.names[roster.index(member)]


def draw_fan(ax: Axes, result: EnsembleResult, members: Sequence[str]) -> None:
    """Draw the median and the bands of 50% and 90% of runs of one member, or medians and 50% bands of several.

    Args:
        ax: where to draw.
        result: the runs.
        members: codes.
    """
    is_one = len(members) == 1
    looks = member_looks(result.scenario)
    for code in members:
        _draw_band(ax, result, code, looks[code], wide=is_one)
    _stance_frame(ax, result, label=is_one)
    if not is_one:
        _label_lines(ax, result)
    ax.set_ylabel("stance")
    ax.set_title(f"Stance over time: {name_of(result, members[0])}" if is_one else "Stances of members over time")
    note_runs(ax, result.runs, BANDS_NOTE if is_one else "lines: medians; bands: 50% of runs")


def draw_fan_of_each(ax: Axes, results: Mapping[str, EnsembleResult], member: str) -> None:
    """Draw the stance of one member in several results: medians and the bands of 50% of runs.

    Args:
        ax: where to draw.
        results: the runs, by the name of their scenario.
        member: code.
    """
    for look, (name, result) in with_looks(results.items()):
        _draw_band(ax, result, member, look, wide=False, label=name)
    first = next(iter(results.values()))
    _stance_frame(ax, first, label=False)
    _label_lines(ax, first)
    ax.set_ylabel("stance")
    ax.set_title(f"Stance over time: {name_of(first, member)}, by scenario")
    fewest = min(result.runs for result in results.values())
    note_runs(ax, fewest, "lines: medians; bands: 50% of runs", where=" or more of each scenario")


def draw_fans(result: EnsembleResult, members: Sequence[str]) -> Axes:
    """Draw the stances of several members on a new figure, a panel for each.

    Args:
        result: the runs.
        members: codes.

    Returns:
        The first panel.
    """
    columns = min(3, len(members))
    rows = -(-len(members) // columns)
    panels = new_panels(rows, columns, (3.6 * columns, 2.5 * rows + 0.6))
    looks = member_looks(result.scenario)
    for ax, code in zip(panels, members, strict=False):
        _draw_band(ax, result, code, looks[code], wide=True)
        _stance_frame(ax, result, label=ax in panels[columns - 1 :: columns])
        if ax in panels[::columns]:
            ax.set_ylabel("stance")
        ax.set_title(name_of(result, code))
    for ax in panels[len(members) :]:
        ax.set_axis_off()
    figure: Any = panels[0].get_figure()
    title = f"Stance on {result.scenario.candidate.name}'s accession"
    figure.suptitle(literal(title), x=0.01, ha="left", weight="bold")
    note_runs(panels[(rows - 1) * columns], result.runs, BANDS_NOTE)
    return panels[0]


def draw_runs(ax: Axes, result: EnsembleResult, member: str, n: int) -> None:
    """Draw the stance of one member in the first runs.

    Args:
        ax: where to draw.
        result: the runs.
        member: code.
        n: number of runs drawn.
    """
    shown = stance_of(result, member)[:n]
    opacity = max(0.15, min(0.9, 8 / len(shown)))
    colour = member_looks(result.scenario)[member]["color"]
    ax.plot(result.data["step"].to_numpy(), shown.T, color=colour, alpha=opacity, linewidth=0.8)
    many = "one run" if len(shown) == 1 else f"each of {len(shown)} runs"
    ax.set_title(f"Stance over time in {many}: {name_of(result, member)}")
    _stance_frame(ax, result)
    ax.set_ylabel("stance")
    note_runs(ax, result.runs, f"{min(n, result.runs)} drawn")


def draw_members(ax: Axes, result: EnsembleResult, members: Sequence[str], place: int) -> None:
    """Draw the stances of several members in one run.

    Args:
        ax: where to draw.
        result: the runs.
        members: codes.
        place: place of the run in the result.
    """
    days = result.data["step"].to_numpy()
    looks = member_looks(result.scenario)
    for code in members:
        ax.plot(days, stance_of(result, code)[place], label=name_of(result, code), linewidth=1.2, **looks[code])
    ax.margins(x=0)
    _stance_frame(ax, result, label=False)
    _label_lines(ax, result)
    ax.set_title(f"Stances of members over time in run {result.data['run'].to_numpy()[place]}")
    ax.set_ylabel("stance")
    note_runs(ax, result.runs, "one of them drawn; dashed: objection line")


def draw_heatmap(ax: Axes, result: EnsembleResult) -> None:
    """Draw the median stance of every member over time, the most willing at the start on top."""
    median = np.median(recorded(result, "stance"), axis=0).T
    order = np.argsort(-median[:, 0], kind="stable")
    days = matplotlib.dates.date2num(result.data["step"].to_numpy())  # type: ignore[no-untyped-call]
    extent = (days[0], days[-1], len(order) - 0.5, -0.5)
    image = ax.imshow(median[order], aspect="auto", interpolation="nearest", cmap=STANCES, extent=extent)
    image.set_clim(SCALE.vmin, SCALE.vmax)
    ax.set_yticks(range(len(order)), result.data["member_name"].to_numpy()[order], fontsize=8)
    ax.xaxis_date()
    time_axis(ax)
    ax.grid(visible=False)
    colour_bar(ax)
    ax.set_title("Median stance of every member over time")
    note_runs(ax, result.runs, "the most willing at the start on top")


def _draw_band(
    ax: Axes, result: EnsembleResult, member: str, look: Mapping[str, Any], wide: bool, label: str = ""
) -> None:
    days = result.data["step"].to_numpy()
    low, lower, middle, upper, high = np.quantile(stance_of(result, member), QUANTILES, axis=0)
    if wide:
        ax.fill_between(days, low, high, color=look["color"], alpha=0.18, linewidth=0)
    opacity = 0.32 if wide else 0.16  # bands of several members lie over one another
    ax.fill_between(days, lower, upper, color=look["color"], alpha=opacity, linewidth=0)
    ax.plot(days, middle, label=label or name_of(result, member), **look)


def _stance_frame(ax: Axes, result: EnsembleResult, label: bool = True) -> None:
    stance_axis(ax, result.scenario.accession.objection_line, label)
    time_axis(ax)


def _label_lines(ax: Axes, result: EnsembleResult) -> None:
    label_ends(ax, [(result.scenario.accession.objection_line, "objects below", OPPOSED)])
