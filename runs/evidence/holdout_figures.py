"""Figure of how long holdouts last: as observed in the casebook, and as forecast without the spell's quarrel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from article10.runs.evidence.holdout_casebook import Spells
from article10.runs.evidence.holdout_members import LEVEL
from article10.runs.evidence.holdout_scores import CHOSEN, DAYS, HORIZON, predict_left_out
from article10.runs.figures.style import COLOURS, house_style, new_axes
from article10.runs.statistics.survival import turnbull

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FloatArray = npt.NDArray[np.floating[Any]]

ENDING = "settled"

FORCING = {"with a forcing event": ("forcing", 1.0), "without": ("forcing", 0.0)}
STAKES = {"high stakes (3)": ("stakes", 3.0), "middle (2)": ("stakes", 2.0), "low (1)": ("stakes", 1.0)}
"""Groups of spells in the two panels: label of the curve, covariate and value."""

FIRST_DAY = 3.0
"""Where the logarithmic axis of days begins."""


def observed_survival(spells: Spells, ending: str = ENDING) -> FloatArray:
    """Share of spells that outlast each of ``DAYS``, without any assumption on its form (Turnbull), (day,).

    Args:
        spells: the spells.
        ending: which outcomes count as an end, a key of ``ENDINGS``.
    """
    ends, survival = turnbull(*spells.bounds(ending))
    known = np.isfinite(ends)
    found: FloatArray = np.interp(DAYS, ends[known], survival[known])
    return found


def observed_band(spells: Spells, resamples: int, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Ends of the 90% bootstrap interval of ``observed_survival``, (day,) each; quarrels are resampled whole.

    Args:
        spells: the spells.
        resamples: number of resamples.
        seed: seed of the bootstrap.
    """
    random = np.random.default_rng(seed)
    quarrels, place = np.unique(spells.quarrel, return_inverse=True)
    members = [np.flatnonzero(place == k) for k in range(len(quarrels))]
    curves = []
    for _ in range(resamples):
        drawn = random.integers(len(quarrels), size=len(quarrels))
        curves.append(observed_survival(spells.chosen(np.concatenate([members[k] for k in drawn]))))
    low, high = np.quantile(curves, LEVEL, axis=0)
    return low, high


def survival_curves(spells: Spells, ax: Axes | None = None, resamples: int = 200) -> Axes:
    """Survival by forcing event and by stakes: observed as steps with a 90% band, forecast as dashed lines.

    Args:
        spells: the spells.
        ax: axes to divide into two panels; by default those of a new figure.
        resamples: number of resamples for the bands.

    Returns:
        The axes that contain the panels.
    """
    forecast = predict_left_out(spells, CHOSEN, "quarrel", ENDING)
    with house_style():
        ax = ax or new_axes(figsize=(9.0, 4.2))
        ax.set_axis_off()
        ax.set_title("How long holdouts last: observed, and forecast without the spell's own quarrel", pad=12)
        for left, groups in ((0.0, FORCING), (0.55, STAKES)):
            _panel(spells, forecast, groups, ax.inset_axes((left, 0.1, 0.45, 0.88)), resamples)
        ax.annotate(
            f"{len(spells)} spells; steps: observed (Turnbull), band: 90% bootstrap interval over quarrels; "
            "dashed: mean forecast",
            *((0, 0), (0, -14)),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=7.5,
            color="#555555",
            va="top",
        )
    return ax


def _panel(
    spells: Spells, forecast: FloatArray, groups: dict[str, tuple[str, float]], ax: Axes, resamples: int
) -> None:
    shown = DAYS >= FIRST_DAY
    for colour, (label, (covariate, value)) in zip(COLOURS, groups.items(), strict=False):
        inside = getattr(spells, covariate) == value
        own = spells.chosen(inside)
        low, high = observed_band(own, resamples)
        ax.fill_between(DAYS[shown], low[shown], high[shown], step="post", color=colour, alpha=0.15, linewidth=0)
        name = f"{label}: {len(own)} spells"
        ax.step(DAYS[shown], observed_survival(own)[shown], where="post", color=colour, label=name)
        ax.plot(DAYS[shown], forecast[inside].mean(axis=0)[shown], color=colour, linestyle="--", linewidth=1.2)
    ax.set_xscale("log")
    ax.set_xlim(FIRST_DAY, HORIZON)
    ax.set_xticks([7, 30, 90, 365, HORIZON], ["7 days", "30", "90", "1 year", "5 years"])
    ax.minorticks_off()
    ax.set_ylim(0, 1)
    ax.set_ylabel("share of spells that last longer")
    ax.legend(loc="lower left")
