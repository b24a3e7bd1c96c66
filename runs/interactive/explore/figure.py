"""The picture beside the sliders: stances and accession now, over those of the scenario as it was given."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import matplotlib.dates
import matplotlib.ticker
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from article10.runs.figures.style import COLOURS, SUPPORTIVE, house_style, literal, note_runs, stance_axis, time_axis
from article10.runs.interactive.explore.ensemble_cache import Glimpse
from article10.runs.statistics.forms import POINTS
from article10.runs.statistics.intervals import interval, paired
from article10.runs.statistics.proportion import wilson

PALE, GREY = "#b9b9b9", "#6f6f6f"
"""Bands and lines of the scenario as it was given."""

BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)


class ExploreFigure:
    """Drawn once; what follows the sliders is drawn again.

    Attributes:
        figure: what it is drawn on.
    """

    def __init__(self, given: Glimpse, members: Sequence[str], *, narrow: bool = False) -> None:
        """Draw the scenario as it was given, pale.

        Args:
            given: its worlds.
            members: codes, in the order of the stances.
            narrow: one below the other, for a column of a page or a telephone.
        """
        self.given, self._moving = given, list[Any]()
        runs = len(given.stance)
        columns = 1 if narrow else -(-len(members) // 2)
        with house_style():
            self.figure, places = _stacked(len(members)) if narrow else _side_by_side(len(members), columns)
            self.accession: Axes = self.figure.add_subplot(places[0])
            self.fans: list[Axes] = []
            for place, code in enumerate(members):
                ax = self.figure.add_subplot(places[1 + place])
                self._fan_frame(ax, code, place, columns)
                self.fans.append(ax)
            self._accession_frame()
            if narrow:
                said, below = "grey: as given; bands: 95% interval, below 50% and 90% of runs", 20.0
            else:
                said, below = "grey: as given, same draws; left: 95% interval; right: median, 50% and 90% of runs", 32.0
            note_runs(self.fans[-1] if narrow else self.accession, runs, said, below)

    def _fan_frame(self, ax: Axes, code: str, place: int, columns: int) -> None:
        scenario = self.given.scenario
        roster = scenario.members()
        stance_axis(ax, scenario.accession.objection_line, label=place % columns == columns - 1)
        _dates(ax, self.given)
        ax.tick_params(labelsize=8)
        ax.set_title(roster.names[roster.index(code)], fontsize=9.5)
        low, _, middle, _, high = np.quantile(self.given.stance[:, :, place], BANDS, axis=0)
        ax.fill_between(self.given.days, low, high, color=PALE, alpha=0.35, linewidth=0)
        ax.plot(self.given.days, middle, color=GREY, linewidth=1.2, linestyle=":", zorder=4)
        if place % columns:
            ax.set_yticklabels([])

    def _accession_frame(self) -> None:
        ax, given = self.accession, self.given
        ax.plot(given.days, given.acceded.mean(axis=0), color=GREY, linewidth=1.4, linestyle=":", zorder=4)
        ax.set_ylabel("probability by the date", fontsize=8.5)
        _dates(ax, given)
        ax.set_xlim(*ax.get_xlim())
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
        ax.tick_params(labelsize=8)
        ax.set_title(literal(f"{given.scenario.candidate.name} is a member"), fontsize=9.5)

    def show(self, now: Glimpse) -> None:
        """Draw the worlds as the sliders have them."""
        for artist in self._moving:
            artist.remove()
        self._moving = []
        with house_style():
            for place, ax in enumerate(self.fans):
                low, lower, middle, upper, high = np.quantile(now.stance[:, :, place], BANDS, axis=0)
                self._moving += [
                    ax.fill_between(now.days, low, high, color=COLOURS[0], alpha=0.16, linewidth=0),
                    ax.fill_between(now.days, lower, upper, color=COLOURS[0], alpha=0.3, linewidth=0),
                    *ax.plot(now.days, middle, color=COLOURS[0]),
                ]
            self._show_accession(now)

    def _show_accession(self, now: Glimpse) -> None:
        ax, runs = self.accession, len(now.acceded)
        counts = now.acceded.sum(axis=0)
        levels, inverse = np.unique(counts, return_inverse=True)
        low, high = np.array([wilson(int(level), runs) for level in levels]).T
        self._moving += [
            ax.fill_between(now.days, low[inverse], high[inverse], color=SUPPORTIVE, alpha=0.2, linewidth=0),
            *ax.plot(now.days, counts / runs, color=SUPPORTIVE),
        ]
        highest = max(float(high.max()), float(self.given.acceded[:, -1].mean()), 0.05)
        ax.set_ylim(0, min(1.0, 1.1 * highest))

    def png(self, dpi: int = 90) -> bytes:
        """The picture as it is now."""
        page = io.BytesIO()
        with house_style():
            self.figure.savefig(page, format="png", dpi=dpi, pil_kwargs={"compress_level": 1})
        return page.getvalue()


def _side_by_side(members: int, columns: int) -> tuple[Figure, list[SubplotSpec]]:
    """A wide figure, the place of the accession on the left, and those of the members beside it."""
    figure = Figure(figsize=(9.6, 4.6))
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, 1 + columns, width_ratios=[1.5, *[1] * columns])
    grid.update(left=0.065, right=0.955, top=0.93, bottom=0.13, wspace=0.2, hspace=0.32)
    return figure, [grid[:, 0], *(grid[place // columns, 1 + place % columns] for place in range(members))]


def _stacked(members: int) -> tuple[Figure, list[SubplotSpec]]:
    """A narrow figure, the place of the accession on top, and those of the members below it."""
    height = 2.4 * (1 + members)
    figure = Figure(figsize=(5.0, height))
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(1 + members, 1)
    grid.update(left=0.125, right=0.91, top=1 - 0.25 / height, bottom=0.45 / height, hspace=0.3)
    return figure, [grid[place, 0] for place in range(1 + members)]


def _dates(ax: Axes, glimpse: Glimpse) -> None:
    """At most five years on the x axis, or months and days where it shows less than two."""
    years = int((glimpse.days[-1] - glimpse.days[0]).astype(int) / 365.25)
    if years < 2:
        time_axis(ax, least=2)
        return
    ax.xaxis.set_major_locator(matplotlib.dates.YearLocator(-(-years // 4)))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%Y"))  # type: ignore[no-untyped-call]


def headline(now: Glimpse, given: Glimpse) -> str:
    """What the change did to accession by the horizon: share, difference of paired worlds, 95% interval."""
    share, before = float(now.acceded[:, -1].mean()), float(given.acceded[:, -1].mean())
    said = f"Member by {now.days[-1].astype(object):%B %Y}: {share:.1%} of {len(now.acceded):,} runs"
    if now.scenario == given.scenario or len(now.days) != len(given.days):
        return f"{said}; as given {before:.1%}."
    change = paired(now.acceded[:, -1], given.acceded[:, -1])
    told = "" if change.excludes_zero else "; these runs do not tell it from none"
    difference = interval(change.row("it"), "it", POINTS)
    return f"{said}; as given {before:.1%}; difference {difference}{told}."
