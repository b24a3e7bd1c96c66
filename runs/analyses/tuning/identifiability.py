"""Which parameters the targets identify, and which they cannot distinguish from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from article10.runs.analyses.result import listed
from article10.runs.statistics.posterior import Posterior

IDENTIFIED = 0.5
"""Contraction from which a parameter counts as identified by the targets."""

TOGETHER = 0.7
"""Absolute correlation from which two parameters count as not distinguishable."""

KNOWN, UNKNOWN = 0.25, 0.75
"""Posterior variance of a direction relative to the prior: well known below the first, unknown above the second."""

SHOWN_IN_DIRECTION = 0.3
"""Absolute loading from which a parameter is named in a direction."""

INTERVALS = (0.025, 0.05, 0.5, 0.95, 0.975)
"""Ends of the 95% and 90% intervals, and the median."""


@dataclass(frozen=True)
class Identifiability:
    """What the targets identify.

    Attributes:
        parameters: indexed by key: ends of the prior, posterior mean, median, ends of the 90% and 95% intervals, and
            contraction (1 - posterior variance / prior variance) with a 95% interval for the finite effective sample.
        correlations: posterior correlations, (key, key).
        directions: eigenvectors of the posterior covariance in units of prior standard deviations, one row per
            direction, the best known first: ``variance`` relative to the prior, and the loading of each parameter.
    """

    parameters: pd.DataFrame
    correlations: pd.DataFrame
    directions: pd.DataFrame

    @property
    def detected(self) -> list[str]:
        """Keys of the parameters that the targets identify."""
        p = self.parameters
        return list(map(str, p.index[(p["contraction"] >= IDENTIFIED) & (p["contraction_low"] > 0)]))

    @property
    def pairs(self) -> list[tuple[str, str, float]]:
        """Pairs of parameters that cannot be distinguished, with their correlation, the strongest first."""
        keys, r = list(map(str, self.correlations.index)), self.correlations.to_numpy(dtype=float)
        both = [(i, j) for i in range(len(keys)) for j in range(i + 1, len(keys))]
        found = [(keys[i], keys[j], float(r[i, j])) for i, j in both if abs(r[i, j]) >= TOGETHER]
        return sorted(found, key=lambda pair: -abs(pair[2]))

    def sentences(self) -> list[str]:
        """Parameters identified, parameters not identified, and those identified only in combination."""
        said, identified = [], self.detected
        others = [str(key) for key in self.parameters.index if key not in identified]
        if identified:
            said.append(f"The targets identify {self._with_ranges(identified)}.")
        if others:
            not_identified = "They do not identify" if identified else "The targets identify no single parameter:"
            said.append(f"{not_identified} {self._with_ranges(others)}.")
        for a, b, correlation in self.pairs:
            how = "both can rise together" if correlation > 0 else "one can rise as the other falls"
            said.append(
                f"They cannot distinguish {a} from {b} (correlation {correlation:+.2f}): {how} with the same fit."
            )
        said += self._directions()
        return said

    def _with_ranges(self, keys: Sequence[str]) -> str:
        rows = self.parameters.loc[list(keys)].iterrows()
        return listed(
            f"{key} (posterior {row['low']:.3g} to {row['high']:.3g}, prior {row['prior_low']:g} to "
            f"{row['prior_high']:g})"
            for key, row in rows
        )

    def _directions(self) -> list[str]:
        """The best known combination of parameters, and the least known one where there is only one such."""
        variances = self.directions["variance"].to_numpy()
        said = []
        if variances[0] <= KNOWN:
            said += self._direction(0, "best")
            if variances[-1] >= UNKNOWN > variances[-2:-1].max(initial=0.0):
                said += self._direction(-1, "least")
        return said

    def _direction(self, place: int, word: str) -> list[str]:
        row = self.directions.iloc[place]
        words = direction_in_words(row)
        if len(words) < 2:  # a single parameter: reported above
            return []
        left = f"{row['variance']:.0%} of the prior variance remains"
        return [f"The {word} known combination (in prior standard deviations) is {' '.join(words)}: {left}."]


def direction_in_words(row: pd.Series) -> list[str]:
    """The parameters with the largest loadings in a direction, signed, the largest first."""
    loadings = row.drop("variance").astype(float)
    kept = loadings[loadings.abs() >= SHOWN_IN_DIRECTION].sort_values(key=lambda v: -v.abs())
    sign = np.sign(kept.iloc[0])
    return [f"{'+' if v * sign > 0 else '−'} {abs(v):.2f} {key}" for key, v in kept.items()]


def identifiability(posterior: Posterior) -> Identifiability:
    """Contraction, correlations and directions of a posterior."""
    space = posterior.space
    keys = space.keys
    standard = (posterior.points - (space.low + space.high) / 2) / space.standard_deviation
    covariance = _covariance(standard, posterior.weights)
    return Identifiability(
        _parameters(posterior, keys, np.diag(covariance)),
        pd.DataFrame(_correlations(covariance), index=keys, columns=keys),
        _directions_of(covariance, keys),
    )


def _covariance(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted covariance, unbiased for importance weights."""
    centred = values - weights @ values
    return np.asarray((centred * weights[:, None]).T @ centred / max(1 - (weights**2).sum(), 1e-12))


def _correlations(covariance: np.ndarray) -> np.ndarray:
    sd = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    return np.asarray(covariance / np.outer(sd, sd))


def _parameters(posterior: Posterior, keys: Sequence[str], ratio: np.ndarray) -> pd.DataFrame:
    from scipy.stats import chi2

    frame = pd.DataFrame(index=pd.Index(keys, name="parameter"))
    frame["prior_low"], frame["prior_high"] = posterior.space.low, posterior.space.high
    frame["mean"] = posterior.weights @ posterior.points
    q = posterior.parameter_quantiles(INTERVALS)
    frame["median"], frame["low"], frame["high"] = q[2], q[1], q[3]
    frame["mean_low"], frame["mean_high"] = q[0], q[4]
    free = max(posterior.effective_size - 1, 1.0)
    frame["contraction"] = 1 - ratio
    frame["contraction_low"] = 1 - ratio * free / chi2.ppf(0.025, free)
    frame["contraction_high"] = 1 - ratio * free / chi2.ppf(0.975, free)
    return frame


def _directions_of(covariance: np.ndarray, keys: Sequence[str]) -> pd.DataFrame:
    variances, vectors = np.linalg.eigh(covariance)
    frame = pd.DataFrame(vectors.T, columns=list(keys), index=pd.RangeIndex(1, len(keys) + 1, name="direction"))
    frame.insert(0, "variance", variances)
    return frame
