"""Guarantees as stepping stone or as substitute: paired runs over their level and rho."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from article10.agents.short_error import shown
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.days import as_day
from article10.model.edition import Edition
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.paired import Progress, check_milestone, outcomes_ahead, paired_runs, part_of, reached
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.figures.style import house_style, new_axes, note_runs
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, about
from article10.runs.statistics.intervals import (
    NEEDED,
    UNDETECTED,
    Undetected,
    excludes_zero,
    format_difference,
    paired,
    share,
    stating,
    warn_if_underpowered,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = (0.2, 0.4, 0.6, 0.8, 1.0)
SUBSTITUTIONS = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0)

DELAY = timedelta(days=212)
"""Time from the start to the guarantee, as in the shipped scenarios: 1 December 2025 to 1 July 2026."""

NAME = "binding_guarantee"
"""Name of the event, the same as in the shipped scenarios, so that the guarantee replaces theirs."""


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
        """Effect by level and rho; grey where not distinguishable from zero; lines enclose the change of sign."""
        effect = self.cells["effect"].unstack("level")
        values = effect.where(excludes_zero(self.cells, "effect").unstack("level")).to_numpy(float)
        with house_style():
            ax = ax or new_axes(figsize=(7.5, 5.2))
            most = max(float(np.nanmax(np.abs(values), initial=0.0)), 0.01)
            colours = mpl.colormaps["RdBu"].with_extremes(bad="#ececec")
            image = ax.imshow(values, cmap=colours, vmin=-most, vmax=most, aspect="auto", origin="lower")
            for row, column in np.argwhere(~np.isnan(values)):
                colour = "white" if abs(values[row, column]) > 0.6 * most else "#333333"
                style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9, "color": colour}
                ax.text(column, row, _signed(round(100 * values[row, column])), **style)
            levels, substitutions = list(effect.columns), list(effect.index)
            for level, (above, below) in zip(self.turn.index, self.turn.to_numpy(), strict=True):
                column = levels.index(level)
                for edge in (substitutions.index(above) + 0.5, substitutions.index(below) - 0.5):
                    ax.hlines(edge, column - 0.5, column + 0.5, color="black", linewidth=1.6)
            ax.set_xticks(range(values.shape[1]), [f"{level:g}" for level in levels])
            ax.set_yticks(range(values.shape[0]), [_signed(rho) for rho in substitutions])
            ax.set_xlabel("level of a binding guarantee given by all members")
            ax.set_ylabel("rho: stepping stone (−1) to substitute (+1)")
            ax.grid(visible=False)
            bar: Any = ax.get_figure()
            bar = bar.colorbar(image, ax=ax, pad=0.02)
            bar.ax.yaxis.set_major_formatter(lambda value, _: _signed(round(100 * value)))
            bar.set_label(f"change of the probability of {self.outcome}, percentage points")
            ax.set_title("Guarantees: stepping stone or substitute")
            lines = "; the sign changes between the black lines" if len(self.turn) else ""
            words = f"of each cell, paired with no guarantee; grey: 95% CI (simulation only) includes zero{lines}"
            note_runs(ax, self.runs, words, below=38)
        return ax


def _signed(value: float) -> str:
    """A number with its sign, as a figure shows it."""
    return f"{value:+g}".replace("-", "−") if value else "0"


@checked
def guarantee_tradeoff(
    scenario: str | Path | Scenario = "baseline",
    levels: Sequence[float] = LEVELS,
    substitutions: Sequence[float] = SUBSTITUTIONS,
    runs: int = 500,
    seed: int = 0,
    *,
    outcome: str | None = None,
    given: str | date | None = None,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> GuaranteeTradeoff:
    """The effect of a binding guarantee by its level and by rho (``guarantees.substitution``), in paired runs.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario. Its own guarantees stay, except one
            named ``binding_guarantee``, which is replaced.
        levels: levels of one binding guarantee given by all members, from 0 to 1.
        substitutions: values of rho, from -1 to 1: guarantees are a stepping stone below 0 and a substitute above.
        runs: number of runs of each cell.
        seed: seed of all random streams.
        outcome: ``invitation``, ``signature`` or ``accession``; by default the first still possible at the start.
        given: date on which the guarantee is given; by default seven months after the start.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario, a level, a rho or the date is invalid.
        ValueError: ``runs``, ``seed`` or ``outcome`` is invalid.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero; the message says how many runs are needed.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    outcome = outcomes_ahead(chosen)[0] if outcome is None else outcome
    check_milestone(outcome)
    day = day_of_guarantee(chosen, given)
    total, rows = len(substitutions) * (1 + len(levels)) * runs, []
    for place, rho in enumerate(sorted(substitutions)):
        bare = without_guarantee(read_scenario(chosen, {"guarantees.substitution": float(rho)}))
        variants = {"none": bare} | {f"{level:g}": with_guarantee(bare, level, day) for level in sorted(levels)}
        before = place * len(variants) * runs
        results = paired_runs(variants, runs, seed, progress=part_of(progress, before, total))
        nothing = reached(results["none"], outcome)
        for level in sorted(levels):
            got = reached(results[f"{level:g}"], outcome)
            row = {"rho": float(rho), "level": float(level), **share(got, "share"), **share(nothing, "without")}
            rows.append(row | paired(got, nothing).row("effect"))
    return warn_if_underpowered(
        GuaranteeTradeoff(chosen, runs, seed, outcome, day, pd.DataFrame(rows).set_index(["rho", "level"]))
    )


def day_of_guarantee(scenario: Scenario, given: str | date | None) -> date:
    """The date of the guarantee: as given, or by default ``DELAY`` after the start.

    Raises:
        ScenarioError: it is not a date within the scenario.
    """
    expected = f"expected a date from {scenario.start} to before {scenario.horizon}"
    try:
        day = scenario.start + DELAY if given is None else as_day(given)
    except ValueError:
        raise ScenarioError(f"given = {shown(given)}: {expected}") from None
    if not scenario.start <= day < scenario.horizon:
        raise ScenarioError(f"given = {day}: {expected}")
    return day


def with_guarantee(scenario: Scenario, level: float, day: date) -> Scenario:
    """The scenario with one binding guarantee given by all members, in place of any of the same name.

    Raises:
        ScenarioError: the level is not from 0 to 1.
    """
    if not 0 <= level <= 1:
        raise ScenarioError(f"level = {level!r}: expected the level of a guarantee, from 0 to 1")
    content = {"kind": "guarantee", "name": NAME, "date": day, "level": float(level), "binding": True}
    return read_scenario(scenario, {"events": [content]})


def without_guarantee(scenario: Scenario) -> Scenario:
    """The scenario without the guarantee that ``with_guarantee`` adds."""
    return scenario.with_(events=tuple(event for event in scenario.events if event.name != NAME))
