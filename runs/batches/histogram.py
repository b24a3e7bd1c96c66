"""The weekly distribution of each member's stance, counted during the runs: quantiles without trajectories."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import FloatArray
from article10.agents.members import STANCE_LIMIT
from article10.model.setup import Setup

BINS = 400
"""Number of bins over [-1, 1]: a quantile is exact to within one bin, 0.005."""

Counts = npt.NDArray[np.integer]


class Histogram:
    """Counts of stances by step, member and bin; the counts of two groups of runs can be added.

    Attributes:
        counts: (step, member, bin).
    """

    def __init__(self, setup: Setup) -> None:
        """Allocate the counts."""
        members = len(setup.roster)
        self.counts = np.zeros((setup.n_steps + 1, members, BINS), np.uint16)
        self._member = np.arange(members) * BINS

    def add(self, step: int, stance: FloatArray) -> None:
        """Count the stances of some runs, (run, member), after a number of steps."""
        place = ((stance + STANCE_LIMIT) * (BINS / (2 * STANCE_LIMIT))).astype(np.intp)
        np.minimum(place, BINS - 1, out=place)
        place += self._member
        into = self.counts[step]
        into += np.bincount(place.ravel(), minlength=into.size).reshape(into.shape).astype(np.uint16)


def quantiles(counts: Counts, probabilities: Sequence[float]) -> FloatArray:
    """Quantiles from counts, by linear interpolation within a bin.

    Args:
        counts: counts, (..., bin), in bins of equal width over [-1, 1].
        probabilities: each in [0, 1].

    Returns:
        Stances, (quantile, ...); not-a-number where nothing was counted.

    >>> counts = np.zeros(400, int)
    >>> counts[300:302] = 50
    >>> quantiles(counts, [0.5]).round(3).tolist()
    [0.505]
    """
    edges = np.linspace(-STANCE_LIMIT, STANCE_LIMIT, counts.shape[-1] + 1)
    cumulative = np.cumsum(counts, axis=-1, dtype=float)
    total = cumulative[..., -1]
    found = []
    for probability in probabilities:
        target = probability * total
        place = np.minimum((cumulative < target[..., None]).sum(axis=-1), counts.shape[-1] - 1)
        upper = np.take_along_axis(cumulative, place[..., None], axis=-1)[..., 0]
        inside = np.take_along_axis(counts, place[..., None], axis=-1)[..., 0]
        share = 1.0 - (upper - target) / np.where(inside > 0, inside, 1)
        stance = edges[place] + share * (edges[1] - edges[0])
        found.append(np.where(total > 0, stance, np.nan))
    return np.stack(found)
