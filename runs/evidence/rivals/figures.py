"""Figures of the rivals: forecasts on the scale of stances, and what each said of the cases that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from article10.runs.evidence.rivals.forecasters import (
    CHALLENGES,
    COMPROMISE,
    EVERYBODY,
    SIMULATION,
)
from article10.runs.figures.style import COLOURS, OPPOSED, SUPPORTIVE, house_style, new_axes, note_runs
from article10.runs.statistics.intervals import HIGH, LOW

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.evidence.rivals.rivals_result import Rivals

AREA = 1300.0
"""Area of a bubble of all influence, points squared."""

UNSETTLED = " Challenges at the codes have not settled: the dot moved in the last round."


def forecasts(found: Rivals, ax: Axes | None = None) -> Axes:
    """Members on the scale of stances, and below them the outcome that each model forecasts."""
    rows = found.forecasts.drop(index=[EVERYBODY, SIMULATION])
    places = np.arange(len(rows))[::-1]
    with house_style():
        ax = ax or new_axes(figsize=(7.5, 4.6))
        top = len(rows) + 0.35
        _members(ax, found, top)
        ax.axvline(0, color="#888888", linewidth=0.9)
        for (name, row), place in zip(rows.iterrows(), places, strict=True):
            colour = SUPPORTIVE if row["at_codes"] else OPPOSED
            wide = _assumed(found, str(name))
            if wide is not None:
                ax.barh(place, wide[1] - wide[0], left=wide[0], height=0.56, color="#e3e3e3", zorder=1)
            ax.hlines(place, row[f"position{LOW}"], row[f"position{HIGH}"], color=colour, linewidth=2.2)
            ax.plot(row["position"], place, "o", color=colour, markersize=6.5)
            ax.text(1.03, place, f"{row['admitted']:.0%}", va="center", fontsize=8.5, color=colour)
        ax.text(1.03, top + 0.95, "share\nadmitting", va="center", fontsize=8, color="#555555")
        ax.set_yticks([*places, top], [*rows.index, "members"])
        ax.set_xlim(-1, 1)
        ax.set_ylim(-0.7, top + 0.75)
        ticks = {-1.0: "−1\noutside", -0.5: "−0.5", 0.0: "0\nadmits from here", 0.5: "0.5", 1.0: "1\nmember"}
        ax.set_xticks(list(ticks), list(ticks.values()))
        ax.grid(visible=False, axis="y")
        ax.set_title(f"{found.scenario.candidate.name}: outcomes by models of collective decisions")
        simulated = f"{found.forecasts['admitted'].loc[SIMULATION]:.0%} of runs by {found.scenario.horizon:%Y}"
        text = (
            "dots: at the coded stances, green if they admit; lines: 95% of draws of the stances; grey: "
            "other saliences, other readings of the challenges. Bubbles: number of members, area by influence. "
            f"Of the rules, the pivotal member is shown. The simulation admits in {simulated}."
            f"{'' if found.is_settled else UNSETTLED}"
        )
        note_runs(ax, found.runs, text, below=40)
    return ax


def _members(ax: Axes, found: Rivals, height: float) -> None:
    """The members by stance: bubbles of an area by their influence, and how many they are."""
    roster = found.roster
    stances, place = np.unique(roster.stance, return_inverse=True)
    count, weight = np.bincount(place), np.bincount(place, roster.influence_weight)
    ax.scatter(stances, np.full(len(stances), height), AREA * weight, COLOURS[0], alpha=0.35, linewidth=0)
    for stance, n in zip(stances, count, strict=True):
        ax.text(stance, height, str(n), ha="center", va="center", fontsize=8)


def _assumed(found: Rivals, name: str) -> tuple[float, float] | None:
    """Lowest and highest outcome over what is assumed: the rules of salience, and the readings of the challenges."""
    held = {
        COMPROMISE: [found.saliences[COMPROMISE]],
        CHALLENGES: [found.saliences[CHALLENGES], found.choices["median"]],
    }.get(name)
    return None if held is None else (min(each.min() for each in held), max(each.max() for each in held))


def cases(found: Rivals, ax: Axes | None = None) -> Axes:
    """Probability of admission that each forecaster gave to the known cases, the best mean score first."""
    order = list(found.scores.index)
    names = list(dict.fromkeys(found.cases.index.get_level_values("case")))
    said = found.cases["admitted"].unstack("case").loc[order, names]
    error = found.cases["brier"].unstack("case").loc[order, names]
    first = found.cases.groupby("case", sort=False).first().loc[names]
    with house_style():
        ax = ax or new_axes(figsize=(8.2, 4.6))
        ax.imshow(error.to_numpy(float), cmap="Oranges", vmin=0, vmax=1.6, aspect="auto")
        for row, values in enumerate(said.to_numpy(float)):
            for column, value in enumerate(values):
                ax.text(column, row, f"{value:.0%}", ha="center", va="center", fontsize=8.5)
            ax.text(len(names) - 0.4, row, f"{found.scores['brier'].iloc[row]:.2f}", va="center", fontsize=8.5)
        ax.text(len(names) - 0.4, -0.95, "mean\nscore", va="center", fontsize=8, color="#555555")
        heads = [
            f"{_short(each['candidate'])}\n{each['started']:%Y}\n{'' if each['was_admitted'] else 'not '}admitted"
            for each in first.to_dict("records")
        ]
        ax.set_xticks(range(len(names)), heads, fontsize=8)
        ax.set_yticks(range(len(order)), order)
        ax.tick_params(length=0)
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
        ax.set_title("Probability of admission that each gave to the cases on record", pad=22)
        words = (
            "from the first day of each case; the darker, the worse; mean score: Brier, rounds of one day count as one"
        )
        note_runs(ax, found.runs, words, below=48)
    return ax


def _short(candidate: str) -> str:
    """The name of one candidate, or the first of several and how many more there are."""
    first, *others = candidate.split("; ")
    return f"{first} + {len(others)}" if others else first
