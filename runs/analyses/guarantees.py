"""Guarantees: stepping stone or substitute, over their level and rho, in the same worlds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
import pandas as pd

from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.answer import PERCENT, POINTS, Answer, Shown
from article10.runs.analyses.evidence import paired
from article10.runs.analyses.worlds import Progress, check_milestone, reached, worlds
from article10.runs.figures_style import house_style, new_axes, note_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = (0.2, 0.4, 0.6, 0.8, 1.0)
SUBSTITUTIONS = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0)

DELAY = timedelta(days=212)
"""From the start to the guarantee: as in the shipped scenarios, 1 July 2026 after a start on 1 December 2025."""

NAME = "binding_guarantee"
"""The event: the same as in the shipped scenarios, so that the guarantee takes its place."""


@dataclass(frozen=True, repr=False)
class GuaranteeTradeoff(Answer):
    """What a binding guarantee does to an outcome, by its level and by rho.

    Attributes:
        scenario: that it was asked of.
        runs: of each cell.
        seed: of all random streams.
        outcome: ``invitation`` or ``accession``.
        given: day of the guarantee.
        cells: by rho and level: share of worlds that reach the outcome, and the effect of the guarantee against the
            same worlds with the same rho and no guarantee, with its 95% interval.
    """

    scenario: Scenario
    runs: int
    seed: int
    outcome: str
    given: date
    cells: pd.DataFrame

    @property
    def question(self) -> str:
        """What was asked."""
        return f"Do guarantees lead to membership or take its place? ({self.scenario.name})"

    @property
    def turn(self) -> pd.Series[float]:
        """By level, the rho at which the effect changes its sign (linear between cells); missing where it does not."""
        found = {}
        for level, rows in self.cells.groupby("level"):
            rho, effect = rows.index.get_level_values("rho").to_numpy(float), rows["effect"].to_numpy(float)
            turns = np.flatnonzero((effect[:-1] > 0) & (effect[1:] <= 0))
            if len(turns):
                k = turns[0]
                found[level] = rho[k] + (rho[k + 1] - rho[k]) * effect[k] / (effect[k] - effect[k + 1])
            else:
                found[level] = np.nan
        return pd.Series(found, name="rho").rename_axis("level")

    def sentences(self) -> list[str]:
        """The two ends, where the sign changes, what is not told."""
        level = self.cells.index.get_level_values("level").max()
        ends = self.cells.xs(level, level="level")
        said = []
        for rho, word in ((ends.index.min(), "as a stepping stone"), (ends.index.max(), "as a substitute")):
            row = ends.loc[rho]
            effect = f"{row['effect']:+.1%} [{row['effect_low']:+.1%}, {row['effect_high']:+.1%}]"
            told = "" if row["effect_low"] > 0 or row["effect_high"] < 0 else "; not told from zero"
            what = f"{word.capitalize()} (rho {rho:g}), a binding guarantee of {level:g}"
            said.append(f"{what}: {self.outcome} {effect}{told}.")
        turn = self.turn.dropna()
        if len(turn):
            said.append(
                f"The effect changes its sign at a rho of about {turn.min():.2f} to {turn.max():.2f}, by level: above, "
                "guarantees take the place of membership."
            )
        else:
            said.append("The effect does not change its sign over these values of rho.")
        unsaid = int(((self.cells["effect_low"] <= 0) & (self.cells["effect_high"] >= 0)).sum())
        said.append(f"In {unsaid} of {len(self.cells)} cells {self.runs:,} runs do not tell the effect from zero.")
        return [*said, "No data identify rho: this is a sweep of an assumption, not an estimate."]

    def tables(self) -> dict[str, Shown]:
        """All cells; where the sign changes."""
        title = f"Share of worlds with {self.outcome}, and effect of the guarantee"
        return {
            "cells": Shown(title, self.cells, {"share": PERCENT, "effect": POINTS}, most=50),
            "turn": Shown("Rho at which the effect changes its sign", self.turn.to_frame(), {"rho": "{:+.2f}"}),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """The cells."""
        return {"tradeoff": self.plot}

    def plot(self, ax: Axes | None = None) -> Axes:
        """Effect over level and rho, written in the cells, pale where not told; a line where the sign changes."""
        effect = self.cells["effect"].unstack("level")
        low, high = (self.cells[f"effect_{end}"].unstack("level").to_numpy() for end in ("low", "high"))
        values = effect.to_numpy(float)
        told = (low > 0) | (high < 0)
        with house_style():
            ax = ax or new_axes(figsize=(7.5, 5.2))
            most = max(float(np.abs(values).max()), 0.01)
            image = ax.imshow(values, cmap="RdBu", vmin=-most, vmax=most, aspect="auto", origin="lower")
            for row, column in np.ndindex(values.shape):
                strong = abs(values[row, column]) > 0.6 * most
                style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8.5, "zorder": 3}
                text = f"{100 * values[row, column]:+.0f}" + ("" if told[row, column] else "\n(n.t.)")
                ax.text(column, row, text, color="white" if strong else "#333333", **style)
            if (values > 0).any() and (values < 0).any():
                ax.contour(values, levels=[0.0], colors="black", linewidths=1.4, alpha=0.5)
            ax.set_xticks(range(values.shape[1]), [f"{level:g}" for level in effect.columns])
            ax.set_yticks(range(values.shape[0]), [f"{rho:+g}" for rho in effect.index])
            ax.set_xlabel("level of a binding guarantee by all members")
            ax.set_ylabel("rho: stepping stone (−1) to substitute (+1)")
            ax.grid(visible=False)
            bar: Any = ax.get_figure()
            bar = bar.colorbar(image, ax=ax, pad=0.02)
            bar.ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
            bar.set_label(f"effect on the probability of {self.outcome}")
            ax.set_title("Guarantees: stepping stone or substitute")
            words = "each cell; points against no guarantee, same worlds; line: sign changes; n.t.: not told from zero"
            note_runs(ax, self.runs, words, below=38)
        return ax


def guarantee_tradeoff(
    scenario: str | Path | Scenario = "baseline",
    levels: Sequence[float] = LEVELS,
    substitutions: Sequence[float] = SUBSTITUTIONS,
    runs: int = 500,
    seed: int = 0,
    *,
    outcome: str = "invitation",
    given: str | date | None = None,
    changes: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> GuaranteeTradeoff:
    """The outcome over the level of a binding guarantee and over rho (``guarantees.substitution``), in the same worlds.

    Args:
        scenario: name, path or scenario; what guarantees it has stay, but one called ``binding_guarantee``, in whose
            place the others are put.
        levels: of one binding guarantee by all members, in [0, 1].
        substitutions: values of rho, in [-1, 1]: below 0 a stepping stone, above 0 a substitute.
        runs: of each cell.
        seed: of all random streams.
        outcome: ``invitation``, ``signature`` or ``accession``.
        given: day of the guarantee, by default seven months after the start.
        changes: to the scenario, by full key.
        progress: called with the number of runs done and of all.

    Raises:
        ScenarioError: the scenario, a level, a rho or the day is wrong.
        ValueError: ``runs``, ``seed`` or ``outcome`` is.
    """
    check_milestone(outcome)
    chosen = read_scenario(scenario, changes)
    day = day_of_guarantee(chosen, given)
    total, rows = len(substitutions) * (1 + len(levels)) * runs, []
    for place, rho in enumerate(sorted(substitutions)):
        bare = without_guarantee(read_scenario(chosen, {"guarantees.substitution": float(rho)}))
        variants = {"none": bare} | {f"{level:g}": with_guarantee(bare, level, day) for level in sorted(levels)}
        before = place * len(variants) * runs
        results = worlds(variants, runs, seed, progress=_after(progress, before, total))
        nothing = reached(results["none"], outcome)
        for level in sorted(levels):
            got = reached(results[f"{level:g}"], outcome)
            d = paired(got, nothing)
            row = {"rho": float(rho), "level": float(level), "share": got.mean(), "without": nothing.mean()}
            rows.append(row | {"effect": d.mean, "effect_low": d.low, "effect_high": d.high})
    return GuaranteeTradeoff(chosen, runs, seed, outcome, day, pd.DataFrame(rows).set_index(["rho", "level"]))


def day_of_guarantee(scenario: Scenario, given: str | date | None) -> date:
    """The day of the guarantee: as given, or by default ``DELAY`` after the start.

    Raises:
        ScenarioError: it is no date within the scenario.
    """
    expected = f"expected a date from {scenario.start} to {scenario.horizon}"
    try:
        day: date = scenario.start + DELAY if given is None else pd.Timestamp(given).date()
    except (TypeError, ValueError):
        raise ScenarioError(f"given = {given!r}: {expected}") from None
    if not scenario.start <= day <= scenario.horizon:
        raise ScenarioError(f"given = {day}: {expected}")
    return day


def with_guarantee(scenario: Scenario, level: float, day: date) -> Scenario:
    """The scenario with one binding guarantee by all members, in place of any of its name.

    Raises:
        ScenarioError: the level is none.
    """
    if not 0 <= level <= 1:
        raise ScenarioError(f"level = {level!r}: expected a level of a guarantee, 0 to 1")
    content = {"kind": "guarantee", "name": NAME, "date": day, "level": float(level), "binding": True}
    return read_scenario(scenario, {"events": [content]})


def without_guarantee(scenario: Scenario) -> Scenario:
    """The scenario without the guarantee that ``with_guarantee`` gives."""
    return scenario.with_(events=tuple(event for event in scenario.events if event.name != NAME))


def _after(progress: Progress | None, before: int, total: int) -> Progress | None:
    return None if progress is None else lambda done, _: progress(before + done, total)
