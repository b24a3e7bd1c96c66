"""History matching by waves: points that no plausible error can bring to what is known are ruled out.

In each wave, points of what is left of the unit cube are simulated, and an emulator of the mean of each output over
runs is fitted to them. The implausibility of an output at a point is the distance of what is known from the mean, over

    sqrt(variance of the emulator + variance between runs + variance of what is known),

because history is one run, and what is known of it is inexact (Craig, Goldstein, Seheult & Smith 1997; Vernon,
Goldstein & Bower 2010; Andrianakis et al. 2015 for stochastic models). A point is ruled out if an output exceeds three.
What earlier waves ruled out stays ruled out. The next wave looks only at what is left, where the emulators can be
better. Beside it stands what the first wave rules out if one or two outputs of single members may be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray
from article10.runs.statistics.emulator import Checked, Emulator, active_parameters, check

CUTOFF = 3.0
"""Implausibility from which an output rules out a point: three standard deviations (Pukelsheim 1994)."""

MAY_BE_WRONG = (0, 1, 2)
"""Outputs of single members that may exceed the cutoff; the waves use the first number, the others are for comparison,
because a tenth of rows on positions are expected to be wrong."""

HELD_OUT = 0.2
"""Share of the points of a wave that its emulators are checked with, and not fitted to."""

MOST_TRIED = 200_000
"""Most points that are tried to find those of the next wave."""

FEWEST_LEFT = 16
"""Points that have to be left for another wave, or for a comparison."""

LEAST_VARIANCE = 0.25
"""Least variance between runs, over their number: runs that agree do not say that no run would differ."""

Simulate = Callable[[FloatArray, int], FloatArray]
"""Outputs of runs at points of the unit cube, (point, run, output), given the number of the wave."""


@dataclass(frozen=True)
class Known:
    """What outputs are compared with.

    Attributes:
        observed: (output,).
        variance: of the error of what is known, (output,).
        is_single: which outputs rest on rows of one member, (output,) of bool.
    """

    observed: FloatArray
    variance: FloatArray
    is_single: BoolArray


@dataclass(frozen=True)
class OutputEmulator:
    """An emulator of the mean of an output over runs, and the variance between runs as a function of the point.

    Attributes:
        mean: the emulator of the mean.
        active: places of the parameters that change the variance between runs.
        slopes: constant and slopes of the logarithm of that variance.
    """

    mean: Emulator
    active: np.ndarray
    slopes: FloatArray

    @classmethod
    def fit(cls, unit: FloatArray, values: FloatArray, seed: int) -> OutputEmulator:
        """Fit to runs at points.

        Args:
            unit: (point, parameter).
            values: the output of each run, (point, run).
            seed: seed of the emulator.
        """
        runs = values.shape[1]
        variance = np.maximum(values.var(axis=1, ddof=1), LEAST_VARIANCE * np.ptp(values) ** 2 / runs**2 + 1e-12)
        mean = Emulator.fit(unit, values.mean(axis=1), variance / runs, seed)
        active = active_parameters(unit, np.log(variance))
        slopes = np.linalg.lstsq(_inputs(unit, active), np.log(variance), rcond=None)[0]
        return cls(mean, active, slopes)

    def between_runs(self, unit: FloatArray) -> FloatArray:
        """Variance between runs at points, (point,)."""
        return np.asarray(np.exp(_inputs(unit, self.active) @ self.slopes))


def _inputs(unit: FloatArray, active: np.ndarray) -> FloatArray:
    return np.column_stack([np.ones(len(unit)), unit[:, active]])


@dataclass(frozen=True)
class Wave:
    """One wave.

    Attributes:
        unit: its points, (point, parameter) in the unit cube.
        means: mean of each output over the runs of each point, (point, output).
        emulators: one for each output.
        checked: how each did at the points that were held out.
        left: how many of the points tried are not ruled out by this wave or one before it.
        tried: how many points were tried.
    """

    unit: FloatArray
    means: FloatArray
    emulators: tuple[OutputEmulator, ...]
    checked: tuple[Checked, ...]
    left: int
    tried: int

    @property
    def share(self) -> float:
        """Share of the whole space that is not ruled out."""
        return self.left / self.tried


def implausibility(emulators: Sequence[OutputEmulator], known: Known, unit: FloatArray) -> FloatArray:
    """Implausibility of each output at points, (point, output)."""
    columns = []
    for k, emulator in enumerate(emulators):
        mean, variance = emulator.mean.predict(unit)
        total = variance + emulator.between_runs(unit) + known.variance[k]
        columns.append(np.abs(known.observed[k] - mean) / np.sqrt(total))
    return np.column_stack(columns)


def is_ruled_out(implausible: FloatArray, known: Known, wrong: int = MAY_BE_WRONG[0]) -> BoolArray:
    """Which points are ruled out, (point,).

    Args:
        implausible: implausibility of each output, (point, output).
        known: what the outputs are compared with.
        wrong: how many outputs of single members may exceed the cutoff.
    """
    beyond = implausible > CUTOFF
    singles = beyond[:, known.is_single].sum(axis=1)
    return np.asarray(beyond[:, ~known.is_single].any(axis=1) | (singles > wrong))


def not_ruled_out(waves: Sequence[Wave], known: Known, unit: FloatArray) -> FloatArray:
    """The points that no wave rules out, (point, parameter)."""
    for wave in waves:
        if len(unit):
            unit = unit[~is_ruled_out(implausibility(wave.emulators, known, unit), known)]
    return unit


@dataclass(frozen=True)
class Matched:
    """What waves of history matching leave.

    Attributes:
        waves: the waves.
        left: points that no wave rules out, of those tried, (point, parameter).
        left_if_wrong: how many of those tried the first wave leaves, by the number of single outputs that may be wrong.
    """

    waves: tuple[Wave, ...]
    left: FloatArray
    left_if_wrong: dict[int, int]


def match(
    simulate: Simulate, n_parameters: int, known: Known, *, n_points: int, waves: int, tried: int, seed: int = 0
) -> Matched:
    """Rule out points by waves.

    Args:
        simulate: gives the outputs of runs at points.
        n_parameters: number of parameters.
        known: what the outputs are compared with.
        n_points: number of points of a wave.
        waves: number of waves; fewer are done if hardly a point is left.
        tried: number of points from which the share of the space that is left is estimated.
        seed: seed of the points.
    """
    from scipy.stats import qmc

    rng = np.random.default_rng([seed, 3])
    unit = np.asarray(qmc.LatinHypercube(n_parameters, rng=rng).random(n_points))
    left, done = rng.random((tried, n_parameters)), list[Wave]()
    left_if_wrong: dict[int, int] = {}
    for k in range(waves):
        values = simulate(unit, k)
        emulators, checked = _emulated(unit, values, seed)
        implausible = implausibility(emulators, known, left)
        if k == 0:
            left_if_wrong = {n: int((~is_ruled_out(implausible, known, n)).sum()) for n in MAY_BE_WRONG}
        left = left[~is_ruled_out(implausible, known)]
        done.append(Wave(unit, values.mean(axis=1), emulators, checked, len(left), tried))
        unit = _more(left, done, known, n_points, rng) if k + 1 < waves else unit
        if len(unit) < FEWEST_LEFT or not len(left):
            break
    return Matched(tuple(done), left, left_if_wrong)


def _emulated(
    unit: FloatArray, values: FloatArray, seed: int
) -> tuple[tuple[OutputEmulator, ...], tuple[Checked, ...]]:
    """An emulator of each output, and how it does at the last points, which are in no order and are held out."""
    fitted = slice(0, len(unit) - round(HELD_OUT * len(unit)))
    held, runs = slice(fitted.stop, None), values.shape[1]
    emulators = tuple(OutputEmulator.fit(unit[fitted], column, seed) for column in np.moveaxis(values[fitted], 2, 0))
    checked = tuple(
        check(e.mean, unit[held], column.mean(axis=1), e.between_runs(unit[held]) / runs)
        for e, column in zip(emulators, np.moveaxis(values[held], 2, 0), strict=True)
    )
    return emulators, checked


def _more(left: FloatArray, done: Sequence[Wave], known: Known, n: int, rng: np.random.Generator) -> FloatArray:
    """Points of the next wave: those that are left, and as many more as it takes to find as many."""
    found, tried = [left[:n]], 0
    while sum(map(len, found)) < n and tried < MOST_TRIED:
        some = rng.random((min(len(left) * 4 + 4096, MOST_TRIED), done[0].unit.shape[1]))
        found.append(not_ruled_out(done, known, some))
        tried += len(some)
    return np.concatenate(found)[:n]
