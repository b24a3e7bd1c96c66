"""What simulation-based calibration found: coverage of intervals with its own interval, and uniformity of ranks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from article10.runs.analyses.result import listed
from article10.runs.analyses.tuning.tuned_posterior import FEWEST_EFFECTIVE
from article10.runs.evidence.calibration import (
    FIT,
    LEVELS,
    RECIPES,
    Recipe,
    Trials,
    blocks,
    calibrate,
    calibrate_all_rounds,
)
from article10.runs.output.progress import Progress
from article10.runs.output.table import ResultTable
from article10.runs.statistics.proportion import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 10
"""Bins of a histogram of ranks."""

JUDGED, AIM = 0.9, (0.85, 0.95)
"""The interval that is judged, and the coverage that it must have."""

UNEVEN = 0.01
"""p-value of a chi-squared test below which ranks are not uniform."""


@dataclass(frozen=True)
class Calibration:
    """Trials of every recipe, fitted in both ways.

    Attributes:
        trials: what came out, one for each recipe and way.
        points: number of points of a fit.
        n_blocks: number of blocks of each recipe.
    """

    trials: tuple[Trials, ...]
    points: int
    n_blocks: int

    def coverage(self) -> pd.DataFrame:
        """One row for each recipe, way of fitting and parameter.

        ``covered`` is the share of 90% intervals with the known value, with its 95% interval; ``uneven`` the p-value of
        a chi-squared test of uniform ranks; ``stated`` the share of fits with an effective sample large enough for
        ``tune`` to state a posterior, and ``covered_stated`` the coverage among these.
        """
        return pd.DataFrame([row for each in self.trials for row in _rows(each)])

    def sentences(self) -> list[str]:
        """How many parameters are covered as they should be, and which are not."""
        table, said = self.coverage(), []
        low, high = AIM
        for how in table["how"].unique():
            own = table[table["how"] == how]
            met = own["covered"].between(low, high)
            kinds = f"{met.sum()} of {len(own)} parameters have {JUDGED:.0%} intervals that hold the known value in"
            text = f"{how[0].upper()}{how[1:]}: {kinds} {low:.0%} to {high:.0%} of the trials"
            missed = [f"{row.parameter} in {row.recipe} ({row.covered:.0%})" for row in own[~met].itertuples()]
            uneven = own[own["uneven"] < UNEVEN]
            text += f"; not {', '.join(missed)}." if missed else "."
            if len(uneven):
                text += f" Ranks are uneven for {', '.join(uneven['parameter'])} (p < {UNEVEN})."
            said.append(text)
        said += self._overall()
        return said

    def _overall(self) -> list[str]:
        of_model = [each for each in self.trials if each.how == FIT]
        held = listed(f"{np.mean([each.covered(k).mean() for each in of_model]):.1%}" for k in range(len(LEVELS)))
        levels = listed(f"{level:.0%}" for level in LEVELS)
        return [
            f"Over all recipes and parameters, fitted with the model: intervals of {levels} hold the known value in "
            f"{held} of the trials."
        ]

    def tables(self) -> dict[str, ResultTable]:
        """The coverage of every parameter."""
        forms = dict.fromkeys(("covered", "covered_stated", "stated", *map(_level, LEVELS)), "{:.0%}")
        forms |= {"contraction": "{:.0%}", "effective": "{:.0f}", "uneven": "{:.2f}"}
        return {"coverage": ResultTable("Coverage of known values", self.coverage(), forms, most=40)}

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Histograms of ranks, and coverage against what it should be."""
        from article10.runs.evidence import calibration_figures as draw

        return {"ranks": partial(draw.ranks, self), "coverage": partial(draw.coverage, self)}


def _level(level: float) -> str:
    return f"in {level:.0%}"


def _rows(trials: Trials) -> list[dict[str, object]]:
    judged, stated = LEVELS.index(JUDGED), trials.effective >= FEWEST_EFFECTIVE
    rows: list[dict[str, object]] = []
    for place, key in enumerate(trials.keys):
        held = trials.covered(judged)[:, place]
        low, high = wilson(int(held.sum()), len(held))
        others = {
            _level(level): trials.covered(k)[:, place].mean() for k, level in enumerate(LEVELS) if level != JUDGED
        }
        rows.append(
            {
                "recipe": trials.recipe,
                "how": trials.how,
                "parameter": key,
                "contraction": float(trials.contraction[:, place].mean()),
                "covered": float(held.mean()),
                "covered_low": low,
                "covered_high": high,
                **others,
                "uneven": uneven(trials.ranks[:, place]),
                "effective": float(np.median(trials.effective)),
                "stated": float(stated.mean()),
                "covered_stated": float(held[stated].mean()) if stated.any() else np.nan,
            }
        )
    return rows


def counted_ranks(ranks: np.ndarray) -> np.ndarray:
    """Number of ranks in each bin, (bin,)."""
    return np.histogram(ranks, BINS, (0.0, 1.0))[0]


def uneven(ranks: np.ndarray) -> float:
    """p-value of a chi-squared test of uniform ranks."""
    from scipy.stats import chisquare

    return float(chisquare(counted_ranks(ranks)).pvalue)


def calibration(
    folder: Path,
    recipes: Sequence[Recipe] = RECIPES,
    *,
    n_blocks: int = 10,
    points: int = 512,
    trials: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
) -> Calibration:
    """Calibrate tuning with some recipes.

    Args:
        folder: the folder for what is simulated; an interrupted call resumes from it.
        recipes: the recipes.
        n_blocks: number of blocks of each recipe, at least 2; trials of one block share random draws.
        points: number of points of a fit.
        trials: number of known values of each recipe.
        seed: seed of the known values and of the errors of their targets.
        progress: called with the number of runs done and the total.
    """
    found, total = [], n_blocks * points * sum(recipe.runs for recipe in recipes)
    before = 0
    for recipe in recipes:
        own = None if progress is None else partial(_shown, progress, before, total)
        made = blocks(recipe, points, n_blocks, folder / recipe.name, own)
        found.append(calibrate(recipe, made, trials, seed))
        found.append(calibrate_all_rounds(recipe, made, trials, points, seed))
        before += n_blocks * points * recipe.runs
    return Calibration(tuple(found), points, n_blocks)


def _shown(progress: Progress, before: int, total: int, done: int, _: int) -> None:
    progress(before + done, total)
