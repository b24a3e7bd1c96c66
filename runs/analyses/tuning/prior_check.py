"""What the ranges can produce: predictive intervals of the targets, and targets that lie outside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from article10.agents.arrays import FloatArray
from article10.runs.analyses.result import listed
from article10.runs.statistics.posterior import Posterior

MISSED = 0.01
"""Predictive p-value below which a target counts as missed."""

N_PREDICTED = 4000
"""Number of draws of a predictive distribution."""


class OutsidePriorWarning(UserWarning):
    """Targets lie outside what the ranges of the parameters can produce: no posterior can be trusted there."""


def out_of_reach(posterior: Posterior, labels: Sequence[str], seed: int) -> list[str]:
    """Sentences on targets that the ranges cannot produce; none if all can be.

    A target is out of reach if its value has a two-sided probability below ``MISSED`` under the prior predictive
    distribution, which includes the tolerance and the noise of finite runs (Box 1980). Targets that are each within
    reach can be out of reach together: then the misfit of the nearest point has a probability below ``MISSED``.

    Args:
        posterior: a posterior, of which the points that were drawn from the prior are used.
        labels: names of the targets.
        seed: seed of the predictive draws.
    """
    first = posterior.n_prior
    known = np.isfinite(posterior.values[:first]).all(axis=1)
    values, scatter = posterior.values[:first][known], posterior.scatter[:first][known]
    if not len(values):
        return ["None of the points that cover the ranges evenly has a value for every target."]
    even = np.full(len(values), 1 / len(values))
    above = share_above(even, values, scatter, posterior.wanted)
    low, high = predictive_interval(even, values, scatter, seed)
    outside = [
        f"{labels[k]} (given {posterior.wanted[k]:.3g}, 95% of what the ranges give {low[k]:.3g} to {high[k]:.3g})"
        for k in np.flatnonzero(2 * np.minimum(above, 1 - above) < MISSED).tolist()
    ]
    if outside:
        return [f"Outside what the ranges of the parameters can produce: {listed(outside)}."]
    if _misfit_probability(posterior) < MISSED:
        return [
            "The ranges of the parameters can produce each target, but not all together: the nearest of "
            f"{len(posterior.misfit):,} points has p = {_misfit_probability(posterior):.2g}."
        ]
    return []


def _misfit_probability(posterior: Posterior) -> float:
    """Probability of a misfit larger than that of the nearest point, if the targets came from that point."""
    from scipy.stats import chi2

    return float(chi2.sf(posterior.misfit.min(), len(posterior.wanted)))


def predictive_interval(
    weights: FloatArray, values: FloatArray, scatter: FloatArray, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Ends of the 95% predictive interval of each target, (target,) each.

    Args:
        weights: weight of each point, adding up to 1.
        values: estimates of the targets, (point, target).
        scatter: standard deviation of each target's error, (point, target).
        seed: seed of the draws.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(weights), size=N_PREDICTED, p=weights)
    seen = values[chosen] + scatter[chosen] * rng.standard_normal((N_PREDICTED, values.shape[1]))
    low, high = np.quantile(seen, (0.025, 0.975), axis=0)
    return low, high


def share_above(weights: FloatArray, values: FloatArray, scatter: FloatArray, wanted: FloatArray) -> FloatArray:
    """Predictive probability of more than the target, (target,)."""
    from scipy.stats import norm

    return np.asarray(weights @ norm.sf(wanted, values, scatter))
