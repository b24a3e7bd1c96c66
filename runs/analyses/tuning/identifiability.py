"""What targets tell of parameters, and which parameters they cannot tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from article10.runs.analyses.result import listed
from article10.runs.statistics.posterior import Posterior

TOLD = 0.5
"""Contraction from which targets are said to tell a parameter."""

TOGETHER = 0.7
"""Correlation from which two parameters are said not to be told apart."""

KNOWN, UNKNOWN = 0.25, 0.75
"""Variance of a direction, in units of the prior's: known below the first, unknown above the second."""

SHOWN_IN_DIRECTION = 0.3
"""Loading from which a parameter is named in a direction."""

INTERVALS = (0.025, 0.05, 0.5, 0.95, 0.975)
"""Ends of the 95% and 90% intervals, and the median."""


@dataclass(frozen=True)
class Identifiability:
    """What targets tell.

    Attributes:
        parameters: by key: the prior's ends, posterior mean, median, ends of the 90% and 95% intervals, contraction
            (1 - posterior variance / prior variance) with a 95% interval for the finite number of effective points.
        correlations: of the posterior, (key, key).
        directions: eigenvectors of the posterior covariance in units of the prior's standard deviations, a row a
            direction, the best known first: ``variance`` in units of the prior's, and the loading of each parameter.
    """

    parameters: pd.DataFrame
    correlations: pd.DataFrame
    directions: pd.DataFrame

    @property
    def detected(self) -> list[str]:
        """Parameters that the targets tell."""
        p = self.parameters
        return list(map(str, p.index[(p["contraction"] >= TOLD) & (p["contraction_low"] > 0)]))

    @property
    def pairs(self) -> list[tuple[str, str, float]]:
        """Pairs that cannot be told apart, the closest first, with their correlation."""
        keys, r = list(map(str, self.correlations.index)), self.correlations.to_numpy(dtype=float)
        both = [(i, j) for i in range(len(keys)) for j in range(i + 1, len(keys))]
        found = [(keys[i], keys[j], float(r[i, j])) for i, j in both if abs(r[i, j]) >= TOGETHER]
        return sorted(found, key=lambda pair: -abs(pair[2]))

    def sentences(self) -> list[str]:
        """What the targets tell, what they do not, and what only together."""
        said, p, told = [], self.parameters, self.detected
        if told:
            words = [f"{key} ({self._range(key)})" for key in told]
            said.append(f"The targets tell {listed(words)}.")
        untold = [str(key) for key in p.index if key not in told]
        if untold:
            words = [f"{key} ({self._range(key)})" for key in untold]
            how = "do not tell" if told else "tell no single parameter well:"
            said.append(f"They {how} {listed(words)}." if told else f"The targets {how} {listed(words)}.")
        for a, b, correlation in self.pairs:
            end = "one can make up for the other" if correlation > 0 else "more of one makes up for less of the other"
            said.append(f"They cannot tell {a} from {b} (correlation {correlation:+.2f}): {end}.")
        said += self._directions()
        return said

    def _range(self, key: str) -> str:
        row = self.parameters.loc[key]
        return (
            f"posterior {row['low']:.3g} to {row['high']:.3g} of a prior {row['prior_low']:g} to {row['prior_high']:g}"
        )

    def _directions(self) -> list[str]:
        """Combinations of which much is known, and the one of which little is, where there is only one such."""
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
        if len(words) < 2:  # a parameter alone, of which enough is said
            return []
        left = f"{row['variance']:.0%} of the prior's variance is left"
        return [f"The combination known {word} is {' '.join(words)}, in prior standard deviations: {left}."]


def direction_in_words(row: pd.Series) -> list[str]:
    """The parameters that make up a direction, with signed loadings, the largest first."""
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
    """Weighted covariance, unbiased for weights that are importances."""
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
