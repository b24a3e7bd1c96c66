"""What guarantees do at each level and rho: sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from article10.model.scenario import Scenario
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.figures.style import house_style, new_axes, note_runs
from article10.runs.figures.titles import probability_that
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, about
from article10.runs.statistics.intervals import (
    NEEDED,
    UNDETECTED,
    Undetected,
    excludes_zero,
    format_difference,
    stating,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False)
class GuaranteeTradeoff(AnalysisResult):
    """The effect of a binding guarantee on an outcome, by its level and by rho.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs of each cell.
        seed: seed of all random streams.
        outcome: ``invitation``, ``signature`` or ``accession``.
        given: date on which the guarantee is given.
        cells: indexed by rho and level: share of runs that reach the outcome, and effect of the guarantee compared with
            paired runs with the same rho and no guarantee, with their 95% intervals.
    """

    scenario: Scenario
    runs: int
    seed: int
    outcome: str
    given: date
    cells: pd.DataFrame

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Do guarantees lead to membership or replace it? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The levels, the values of rho, the outcome and the date."""
        levels, substitutions = (list(self.cells.index.unique(name)) for name in ("level", "rho"))
        return {"levels": levels, "substitutions": substitutions, "outcome": self.outcome, "given": self.given}

    @property
    def turn(self) -> pd.DataFrame:
        """Indexed by level: the values of rho between which the effect changes its sign, where that is detected.

        ``above_zero_at`` is the largest rho at which the interval lies above zero, ``below_zero_at`` the next one at
        which it lies below.
        """
        signs = np.sign(self.cells["effect"]).where(excludes_zero(self.cells, "effect"), 0.0)
        found = {}
        for level, rows in signs.groupby("level"):
            rho = rows.index.get_level_values("rho")
            above = rho[rows > 0].max()
            below = rho[(rows < 0) & (rho > above)].min()
            if not np.isnan(below):
                found[level] = (above, below)
        frame = pd.DataFrame.from_dict(found, "index", columns=["above_zero_at", "below_zero_at"], dtype=float)
        return frame.rename_axis("level")

    def sentences(self) -> list[str]:
        """Both ends of rho, where the sign changes, and how many effects are not detected."""
        level = self.cells.index.get_level_values("level").max()
        ends = self.cells.xs(level, level="level")
        said = []
        for rho, word in ((ends.index.min(), "as a stepping stone"), (ends.index.max(), "as a substitute")):
            what = f"{word.capitalize()} (rho {rho:+g}), a binding guarantee of {level:g}"
            change = format_difference(ends.loc[rho], "effect", POINTS)
            said.append(stating(f"{what}: {self.outcome} {change}.", change))
        said += [self._change_of_sign()]
        undetected = int((~excludes_zero(self.cells, "effect")).sum())
        said.append(f"In {undetected} of {len(self.cells)} cells the effect is {UNDETECTED} with {self.runs:,} runs.")
        return [*said, "No data identify rho: these results vary an assumption; they do not estimate it."]

    def _change_of_sign(self) -> str:
        if len(self.turn):
            levels: dict[tuple[float, float], list[str]] = {}
            for level, (above, below) in zip(self.turn.index, self.turn.to_numpy(), strict=True):
                levels.setdefault((above, below), []).append(f"{level:g}")
            where = listed(
                f"between {low:+g} and {high:+g} (level {listed(there)})" for (low, high), there in levels.items()
            )
            return f"The effect changes its sign at a rho {where}: above that, guarantees replace membership."
        return Undetected(f"No change of sign is detected: {self._on_one_side(1)}, {self._on_one_side(-1)}.")

    def _on_one_side(self, side: int) -> str:
        """How many effects are detected above or below zero, or how many runs the clearest of them needs."""
        word, there = "above" if side > 0 else "below", self.cells[np.sign(self.cells["effect"]) == side]
        cells = int(excludes_zero(there, "effect").sum())
        if cells:
            return f"the effect is {word} zero in {cells} cell{'s' if cells > 1 else ''}"
        if there["effect" + NEEDED].isna().all():
            return f"no estimate is {word} zero"
        rho, level = there["effect" + NEEDED].idxmin()
        needed = there["effect" + NEEDED].min()
        return f"detecting an effect {word} zero needs {about(needed)} (rho {rho:+g}, level {level:g})"

    def tables(self) -> dict[str, ResultTable]:
        """All cells; where the sign changes."""
        title = f"Share of runs with {self.outcome}, and effect of the guarantee"
        return {
            "cells": ResultTable(title, self.cells, {"share": PERCENT, "without": PERCENT, "effect": POINTS}, most=50),
            "turn": ResultTable(
                "Where the effect changes its sign", self.turn, {"above_zero_at": "{:+g}", "below_zero_at": "{:+g}"}
            ),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """The effect by level and rho."""
        return {"tradeoff": self.plot}

    def plot(self, ax: Axes | None = None) -> Axes:
        """Effect by level and rho, and beside them the share without a guarantee; grey where the effect may be zero.

        Black lines enclose the change of sign.
        """
        effect = self.cells["effect"].unstack("level")
        values = effect.where(excludes_zero(self.cells, "effect").unstack("level")).to_numpy(float)
        with house_style():
            ax = ax or new_axes(figsize=(7.5, 5.2))
            most = max(float(np.nanmax(np.abs(values), initial=0.0)), 0.01)
            colours = mpl.colormaps["RdBu"].with_extremes(bad="#ececec")
            image = ax.imshow(values, cmap=colours, vmin=-most, vmax=most, aspect="auto", origin="lower")
            ax.set_xlim(-0.5, values.shape[1] + 0.5)
            for row, usual in enumerate(self.cells["without"].groupby(level="rho").first()):
                ax.text(values.shape[1], row, f"{usual:.1%}", ha="center", va="center", fontsize=9, color="#333333")
            for row, column in np.argwhere(~np.isnan(values)):
                colour = "white" if abs(values[row, column]) > 0.6 * most else "#333333"
                style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9, "color": colour}
                ax.text(column, row, _signed(round(100 * values[row, column])), **style)
            levels, substitutions = list(effect.columns), list(effect.index)
            for level, (above, below) in zip(self.turn.index, self.turn.to_numpy(), strict=True):
                column = levels.index(level)
                for edge in (substitutions.index(above) + 0.5, substitutions.index(below) - 0.5):
                    ax.hlines(edge, column - 0.5, column + 0.5, color="black", linewidth=1.6)
            ax.set_xticks(range(values.shape[1] + 1), [*(f"{level:g}" for level in levels), "none"])
            ax.set_yticks(range(values.shape[0]), [_signed(rho) for rho in substitutions])
            ax.set_xlabel("level of a binding guarantee given by all members")
            ax.set_ylabel("rho: stepping stone (−1) to substitute (+1)")
            ax.grid(visible=False)
            bar: Any = ax.get_figure()
            bar = bar.colorbar(image, ax=ax, pad=0.02)
            bar.ax.yaxis.set_major_formatter(lambda value, _: _signed(round(100 * value)))
            bar.set_label(f"change of the probability of {self.outcome}, percentage points")
            head = probability_that(self.scenario.candidate.name, self.outcome)
            ax.set_title(f"Effect of guarantees on the {head[0].lower()}{head[1:]}")
            lines = "; the sign changes between the black lines" if len(self.turn) else ""
            words = f"none: probability without one; grey: 95% CI (simulation uncertainty only) includes zero{lines}"
            note_runs(ax, self.runs, words, below=38, where=" of each cell, paired with runs without a guarantee")
        return ax


def _signed(value: float) -> str:
    """A number with its sign, as a figure shows it."""
    return f"{value:+g}".replace("-", "−") if value else "0"
