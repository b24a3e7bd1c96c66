"""Figures of a tuning: targets and model values, prior and posterior, pairs of parameters, loss by trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from article10.runs.analyses.tuning.identifiability import TOGETHER
from article10.runs.figures.style import COLOURS, house_style, new_axes, note_runs, shown_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from article10.runs.analyses.tuning.tuned import Tuning
    from article10.runs.analyses.tuning.tuned_point import BestPoint
    from article10.runs.analyses.tuning.tuned_posterior import PosteriorTuning

GIVEN, MODEL, PRIOR = COLOURS[5], COLOURS[0], "#9a9a9a"

MOST_PAIRS = 6
"""Largest number of parameters in the figure of pairs: those that the targets identify best."""

BINS = 20


def targets(tuning: Tuning, ax: Axes | None = None) -> Axes:
    """Distance of the tuned model from each target, in tolerances."""
    frame = tuning.fitted
    with house_style():
        ax = new_axes((7.5, 1.7 + 0.42 * len(frame))) if ax is None else ax
        ax.axvspan(-1, 1, color=GIVEN, alpha=0.12, linewidth=0)
        ax.axvline(0, color=GIVEN, linewidth=1.2)
        scale = frame["tolerance"]
        for place, (_, row) in enumerate(frame.iterrows()):
            middle, low, high = (
                (row[c] - row["given"]) / row["tolerance"] for c in ("model", "model_low", "model_high")
            )
            ax.plot([low, high], [place, place], color=MODEL, linewidth=2.2, solid_capstyle="round")
            ax.plot(middle, place, "o", color=MODEL, markersize=6)
            text = f"target {row['given']:.3g}, model {row['model']:.3g}"
            ax.annotate(
                text, (1.01, place), xycoords=ax.get_yaxis_transform(), fontsize=7.5, va="center", color="#555555"
            )
        ax.set_yticks(range(len(frame)), list(frame.index))
        ax.set_ylim(len(scale) - 0.4, -0.6)
        ax.grid(visible=False, axis="y")
        ax.set_xlabel("distance from the target (tolerances)")
        ax.set_title("Fit of the tuned model to the targets")
        words = f"{tuning.points:,} points; bars: 95% intervals; band: ± 1 tolerance"
        note_runs(ax, tuning.runs, words, below=38, where=" per point")
    return ax


def prior_and_posterior(tuning: PosteriorTuning, ax: Axes | None = None) -> Axes:
    """Posterior of each parameter within its prior range: density, 90% interval (bar) and median (circle)."""
    parameters, posterior = tuning.identifiability.parameters, tuning.posterior
    with house_style():
        ax = new_axes((7.5, 1.6 + 0.75 * len(parameters))) if ax is None else ax
        for place, (key, row) in enumerate(parameters.iterrows()):
            low, width = row["prior_low"], row["prior_high"] - row["prior_low"]
            unit = (posterior.points[:, list(parameters.index).index(key)] - low) / width
            heights, edges = np.histogram(unit, bins=BINS, range=(0, 1), weights=posterior.weights, density=True)
            shape = 0.68 * heights / max(heights.max(), 1.0)
            ax.stairs(place - shape, edges, baseline=place, fill=True, color=MODEL, alpha=0.3)
            prior = 0.68 / max(heights.max(), 1.0)
            ax.plot([0, 1], [place - prior] * 2, color=PRIOR, linewidth=1, linestyle="--")
            ax.plot([(row["low"] - low) / width, (row["high"] - low) / width], [place, place], color=MODEL, linewidth=3)
            ax.plot((row["median"] - low) / width, place, "o", color="white", markeredgecolor=MODEL, markersize=5.5)
            style: dict[str, Any] = {"fontsize": 7.5, "color": "#555555", "va": "center"}
            ends = f"{row['prior_low']:g} to {row['prior_high']:g}\nnarrowed by {max(0.0, row['contraction']):.0%}"
            ax.annotate(ends, (1.01, place - 0.25), xycoords=ax.get_yaxis_transform(), **style)
        ax.set_yticks(range(len(parameters)), list(map(str, parameters.index)))
        ax.set_ylim(len(parameters) - 0.7, -0.85)
        ax.set_xlim(0, 1)
        ax.set_xticks([0, 0.5, 1], ["lowest", "middle of the prior range", "highest"])
        ax.grid(visible=False, axis="y")
        ax.set_title("Posterior within the prior range")
        size = f"effective sample size {posterior.effective_size:.0f}"
        words = f"{tuning.points:,} points; {size}; bars: 90% intervals; dashed: prior"
        note_runs(ax, tuning.runs, words, where=" per point")
    return ax


def pairs(tuning: PosteriorTuning, ax: Axes | None = None) -> Axes:
    """Posterior draws of each pair of parameters; pairs that cannot be distinguished are orange.

    Args:
        tuning: a posterior of at least two parameters.
        ax: axes to divide into one cell per pair; by default those of a new figure.
    """
    identified = tuning.identifiability
    keys = list(identified.parameters.sort_values("contraction", ascending=False).index[:MOST_PAIRS])
    n, draws = len(keys) - 1, tuning.draws
    with house_style():
        ax = new_axes((2.0 + 1.9 * n, 1.6 + 1.7 * n)) if ax is None else ax
        for row in range(n):
            for column in range(row + 1):
                across, up = keys[column], keys[row + 1]
                gap = 0.06 / n
                cell = ax.inset_axes((column / n + gap, 1 - (row + 1) / n + gap, 1 / n - 2 * gap, 1 / n - 2 * gap))
                correlation = float(identified.correlations.loc[across, up])
                colour = COLOURS[1] if abs(correlation) >= TOGETHER else MODEL
                cell.scatter(draws[across], draws[up], s=5, color=colour, alpha=0.25, linewidth=0)
                cell.set_xlim(*tuning.ranges[across])
                cell.set_ylim(*tuning.ranges[up])
                cell.tick_params(labelsize=7)
                style: dict[str, Any] = {"fontsize": 8, "ha": "right", "va": "top", "transform": cell.transAxes}
                cell.text(
                    0.97, 0.97, f"r = {correlation:+.2f}", bbox={"color": "white", "alpha": 0.7, "pad": 1}, **style
                )
                if row == n - 1:
                    cell.set_xlabel(_in_two(across), fontsize=8)
                else:
                    cell.set_xticklabels([])
                if column == 0:
                    cell.set_ylabel(_in_two(up), fontsize=8)
                else:
                    cell.set_yticklabels([])
        ax.set_axis_off()
        ax.set_title("Posterior by pair of parameters" + (" (orange: not distinguishable)" if identified.pairs else ""))
        left = shown_of(len(keys), len(identified.parameters), "parameters")
        more = f"{tuning.points:,} points; axes: the prior ranges{left}"
        note_runs(ax, tuning.runs, more, below=52, where=" per point")
    return ax


def _in_two(key: object) -> str:
    return str(key).replace(".", ".\n", 1)


def loss_over_trials(tuning: BestPoint, ax: Axes | None = None) -> Axes:
    """Loss of each trial, and the smallest so far; the largest tenth of the losses lies beyond the axis."""
    trials = tuning.search.trials
    with house_style():
        ax = new_axes() if ax is None else ax
        ax.scatter(trials.index, trials["loss"], s=9, color=PRIOR, linewidth=0)
        ax.step(trials.index, trials["best"], where="post", color=MODEL)
        style: dict[str, Any] = {"fontsize": 7.5, "va": "center", "xycoords": ax.get_yaxis_transform()}
        ax.axhline(1, color=GIVEN, linewidth=0.9, linestyle="--")
        least, most = float(trials["best"].iloc[-1]), float(trials["loss"].quantile(0.9))
        ax.set_ylim(0, 1.1 * max(most, 1.0))
        ax.annotate("each target missed\nby one tolerance", (1.01, 1), color=GIVEN, **style)
        away = 0.0 if abs(least - 1) > 0.12 * max(most, 1.0) else 0.15 * max(most, 1.0)
        ax.annotate(f"best: {least:.2g}", (1.01, least - away), color=MODEL, **style)
        ax.set_xlabel("trial")
        ax.set_ylabel("loss (mean squared distance, tolerances²)")
        ax.set_title("Loss by trial")
        note_runs(ax, tuning.runs, "with the same random draws in each", where=" per trial")
    return ax
