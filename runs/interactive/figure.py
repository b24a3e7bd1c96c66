"""The figure beside the sliders: accession and stances with the changes, drawn over those of the scenario as given."""

from __future__ import annotations

import io
from typing import Any

import matplotlib.dates
import matplotlib.image
import matplotlib.ticker
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from article10.model.accession_rule import Milestone
from article10.runs.figures.style import COLOURS, SUPPORTIVE, house_style, note_runs, stance_axis, time_axis
from article10.runs.figures.titles import probability_that
from article10.runs.interactive.ensemble_cache import Snapshot
from article10.runs.statistics.proportion import wilson

PALE, GREY = "#b9b9b9", "#6f6f6f"
"""Bands and lines of the scenario as given."""

BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of the stances drawn: the median, and the bands of 50% and 90% of runs."""


class ComparisonFigure:
    """The runs of a scenario as given, drawn once, and the runs with changes, redrawn whenever they change.

    What does not change is kept as pixels, because most of the time that a figure takes goes into axes and text. Only
    the panel of the accession is drawn whole each time: its scale changes.

    Attributes:
        figure: the figure.
    """

    def __init__(self, given: Snapshot, *, dpi: int = 90) -> None:
        """Draw the scenario as given, in grey.

        Args:
            given: its runs.
            dpi: pixels per inch.
        """
        self.given = given
        self._moving, self._medians, self._lines = list[Artist](), list[Artist](), list[Artist]()
        members = len(given.members)
        columns = -(-members // 2)
        with house_style():
            self.figure, places = _side_by_side(members, columns)
            self.figure.set_dpi(dpi)
            self._canvas = FigureCanvasAgg(self.figure)
            self.accession: Axes = self.figure.add_subplot(places[0], animated=True)
            self.fans: list[Axes] = []
            for place, code in enumerate(given.members):
                ax = self.figure.add_subplot(places[1 + place])
                self._fan_frame(ax, code, place, columns)
                self.fans.append(ax)
            self._accession_frame()
            self._canvas.draw()  # type: ignore[no-untyped-call]
            self._fixed = self._canvas.copy_from_bbox(self.figure.bbox)  # type: ignore[no-untyped-call]

    def _fan_frame(self, ax: Axes, code: str, place: int, columns: int) -> None:
        scenario = self.given.scenario
        roster = scenario.members()
        stance_axis(ax, scenario.accession.objection_line, label=place % columns == columns - 1)
        _dates(ax, self.given)
        ax.tick_params(labelsize=8)
        ax.set_title(f"{roster.names[roster.index(code)]}: stance", fontsize=9.5)
        low, _, middle, _, high = np.quantile(self.given.stance[:, :, place], BANDS, axis=0)
        ax.fill_between(self.given.days, low, high, color=PALE, alpha=0.35, linewidth=0)
        self._medians += ax.plot(
            self.given.days, middle, color=GREY, linewidth=1.2, linestyle=":", zorder=4, animated=True
        )
        if place % columns:
            ax.set_yticklabels([])

    def _accession_frame(self) -> None:
        ax, given = self.accession, self.given
        self._lines += ax.plot(
            given.days, given.acceded.mean(axis=0), color=GREY, linewidth=1.4, linestyle=":", zorder=4
        )
        ax.set_ylabel("share of runs, by the date", fontsize=8.5)
        _dates(ax, given)
        ax.set_xlim(*ax.get_xlim())
        ax.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(8, steps=[1, 2, 5, 10]))
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
        ax.tick_params(labelsize=8)

    def show(self, now: Snapshot) -> None:
        """Draw the runs with the changes, in place of those drawn before; the picture says how many they are.

        Until something is changed, there is nothing to compare: the lines of the scenario as given are left out.
        """
        for artist in self._moving:
            artist.remove()
        self._moving, is_changed = [], now.scenario != self.given.scenario
        for line in (*self._medians, *self._lines):
            line.set_visible(is_changed)
        with house_style():
            for place, ax in enumerate(self.fans):
                low, lower, middle, upper, high = np.quantile(now.stance[:, :, place], BANDS, axis=0)
                self._moving += [
                    ax.fill_between(now.days, low, high, color=COLOURS[0], alpha=0.16, linewidth=0),
                    ax.fill_between(now.days, lower, upper, color=COLOURS[0], alpha=0.3, linewidth=0),
                    *ax.plot(now.days, middle, color=COLOURS[0]),
                ]
            self._show_accession(now)
            self._moving.append(self._note(now, is_changed))

    def _note(self, now: Snapshot, is_changed: bool) -> Artist:
        runs, where = len(now.stance), f" of {now.whole:,}" if now.is_partial else ""
        grey = "grey: as given, same draws; " if is_changed else ""
        words = f"{grey}left: 95% CI; right: median, 50% and 90% of runs"
        return note_runs(self.accession, runs, words, where=where)

    def _show_accession(self, now: Snapshot) -> None:
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
        ax.set_title(probability_that(now.scenario.candidate.name, Milestone.ACCESSION), fontsize=9.5)
        if now.is_partial:
            look: dict[str, Any] = {"fontsize": 9, "weight": "bold", "color": SUPPORTIVE, "va": "top"}
            self._moving.append(ax.text(0.03, 0.98, now.counted, transform=ax.transAxes, **look))

    def png(self) -> bytes:
        """The figure as it is now, as a PNG file."""
        with house_style():
            self._canvas.restore_region(self._fixed)  # type: ignore[no-untyped-call]
            in_fans = [artist for artist in self._moving if artist.axes is not self.accession]
            for artist in sorted([*in_fans, *self._medians], key=Artist.get_zorder):
                self.figure.draw_artist(artist)
            self.figure.draw_artist(self.accession)
        page = io.BytesIO()
        pixels = np.asarray(self._canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        matplotlib.image.imsave(page, pixels, format="png", pil_kwargs={"compress_level": 1})
        return page.getvalue()


def _side_by_side(members: int, columns: int) -> tuple[Figure, list[SubplotSpec]]:
    """A wide figure, with the place of the accession on the left, and those of the members beside it."""
    figure = Figure(figsize=(9.6, 4.6))
    # The accession's title is wider than its axes: the members begin where it ends.
    left = figure.add_gridspec(1, 1, left=0.065, right=0.3, top=0.93, bottom=0.13)
    right = figure.add_gridspec(2, columns, left=0.385, right=0.955, top=0.93, bottom=0.13, wspace=0.2, hspace=0.32)
    return figure, [left[0, 0], *(right[each // columns, each % columns] for each in range(members))]


def _dates(ax: Axes, snapshot: Snapshot) -> None:
    """At most five years on the x axis, or months and days where it shows less than two."""
    years = int((snapshot.days[-1] - snapshot.days[0]).astype(int) / 365.25)
    if years < 2:
        time_axis(ax, least=2)
        return
    ax.xaxis.set_major_locator(matplotlib.dates.YearLocator(-(-years // 4)))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%Y"))  # type: ignore[no-untyped-call]
