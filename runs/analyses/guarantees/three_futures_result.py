"""What a comparison of three futures finds: the consequences of each, as sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from article10.model.scenario import Scenario
from article10.runs.analyses.result import AnalysisResult
from article10.runs.figures.style import house_style, new_axes, note_runs, with_looks
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import NUMBER
from article10.runs.statistics.intervals import (
    format_difference,
    interval,
    stating,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEMBERSHIP, IN_LIEU, NEITHER = "membership", "guarantees in lieu", "neither"
FUTURES = (MEMBERSHIP, IN_LIEU, NEITHER)

MEASURES: Mapping[str, tuple[str, str, int]] = {
    "war_years": ("hot war", "years", 2),
    "breaches": ("renewed attacks", "ceasefires that break", 2),
    "front": ("territory lost since the start", "% of the country", 2),
    "spending": ("defence spending at the horizon", "% of GDP", 3),
    "cohesion": ("cohesion at the horizon", "1 − spread of stances", 3),
    "security": ("peace, and kept for a year", "probability at the horizon", 2),
}
"""What is compared: its label, its unit, and the number of digits shown."""

NOTE = "of each future, paired; lines: 95% CI (simulation uncertainty only)"
"""Note below the figures, after the number of runs."""


@dataclass(frozen=True, repr=False)
class ThreeFutures(AnalysisResult):
    """Consequences of membership, of guarantees in lieu, and of neither, in paired runs.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs of each future.
        seed: seed of all random streams.
        level: level of the guarantee.
        given: date on which the guarantee is given.
        consequences: indexed by measure and future: mean, and difference from the future with neither, with 95%
            intervals.
        by_deterrence: indexed by ``war.deterrence`` and future: mean number of renewed attacks, with its 95% interval.
        acceded: in the future with membership, ``share`` of runs in which the candidate accedes, and mean ``years``
            until it does, with their 95% intervals.
    """

    scenario: Scenario
    runs: int
    seed: int
    level: float
    given: date
    consequences: pd.DataFrame
    by_deterrence: pd.DataFrame
    acceded: Mapping[str, float]

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"What follows from membership, from guarantees in lieu, and from neither? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The guarantee, and the strengths of deterrence compared."""
        deterrence = list(self.by_deterrence.index.unique("deterrence"))
        return {"level": self.level, "given": self.given, "deterrence": deterrence}

    def sentences(self) -> list[str]:
        """Each measure and its difference from neither, how many accede, and what these results are."""
        said = []
        for measure, (label, unit, digits) in MEASURES.items():
            rows, form = self.consequences.xs(measure, level="measure"), f"{{:+.{digits}f}}"
            changes = {f: format_difference(rows.loc[f], "difference", form) for f in (MEMBERSHIP, IN_LIEU)}
            parts = "; ".join(f"{future} {change}" for future, change in changes.items())
            usual = interval(rows.loc[NEITHER], "mean", f"{{:.{digits}f}}")
            text = f"{label[0].upper()}{label[1:]}, {unit}: {usual} with neither; difference from that: {parts}."
            said.append(stating(text, *changes.values()))
        joins = interval(self.acceded, "share", "{:.0%}")
        after = "" if np.isnan(self.acceded["years"]) else f", after {interval(self.acceded, 'years', '{:.1f}')} years"
        said.append(f"In the future with membership the candidate accedes in {joins} of runs{after}.")
        return [
            *said,
            "These are outcomes of the model, not findings about the world: how strongly guarantees and membership "
            "deter is assumed (war.deterrence, article5.deterrence); the table by war.deterrence shows how results "
            "depend on that assumption.",
        ]

    def tables(self) -> dict[str, ResultTable]:
        """Consequences; renewed attacks by strength of deterrence."""
        numbers = {"mean": "{:.3f}", "difference": "{:+.3f}"}
        units = [MEASURES[measure][1] for measure in self.consequences.index.get_level_values("measure")]
        with_units = self.consequences.assign(unit=units)
        return {
            "consequences": ResultTable("Consequences in the model", with_units, numbers, most=40),
            "by_deterrence": ResultTable(
                "Renewed attacks by war.deterrence", self.by_deterrence, {"attacks": NUMBER}, 40
            ),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """All consequences, one panel each."""
        return {"futures": self.overview}

    def overview(self) -> Axes:
        """All measures on one figure, one panel each; returns the first panel."""
        with house_style():
            figure = Figure(figsize=(9.5, 5.4), layout="constrained")
            FigureCanvasAgg(figure)
            panels = figure.subplots(2, 3, sharey=True).ravel()
            for ax, measure in zip(panels, MEASURES, strict=True):
                self.plot(measure, ax)
                ax.texts[-1].remove()  # the note appears once on the figure
            figure.suptitle("Three futures: consequences in the model", x=0.01, ha="left", weight="bold")
            style: dict[str, Any] = {"x": 0.01, "ha": "left", "fontsize": 7.5, "color": "#555555"}
            figure.supxlabel(f"{self.runs:,} runs {NOTE}", **style)
        first: Axes = panels[0]
        return first

    def plot(self, measure: str = "war_years", ax: Axes | None = None) -> Axes:
        """Mean of a measure by future, with its 95% interval."""
        label, unit, digits = MEASURES[measure]
        rows = self.consequences.xs(measure, level="measure").loc[list(FUTURES)]
        with house_style():
            ax = ax or new_axes(figsize=(5.6, 2.4))
            for place, (look, (_, row)) in enumerate(with_looks(rows.iterrows())):
                colour = look["color"]
                ax.hlines(place, row["mean_low"], row["mean_high"], color=colour, linewidth=2.5)
                ax.plot(row["mean"], place, "o", color=colour)
                text: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "fontsize": 8, "color": colour}
                ax.annotate(f"{row['mean']:.{digits}f}".replace("-", "−"), (row["mean"], place), (0, 7), **text)
            ax.set_yticks(range(len(FUTURES)), list(FUTURES))
            ax.set_ylim(len(FUTURES) - 0.5, -0.7)
            ax.axvline(0, color="#888888", linewidth=0.8)
            ax.margins(x=0.15)
            ax.set_title(label, fontsize=9)
            ax.set_xlabel(unit, fontsize=8.5)
            ax.grid(visible=False, axis="y")
            note_runs(ax, self.runs, NOTE, below=42)
        return ax
