"""How fast parliaments ratify: a hierarchical fit to past rounds.

A member i of round r ratifies at the hazard ``pace_r * speed_i``. Speeds are gamma among members with mean 1, so that
members borrow strength from each other; the logarithm of a round's pace is normal around ``calm + urgency * threat_r``,
threat being the perceived threat at signing, in tenths. Dates known within bounds enter as intervals. Members that did
not fully support at signing are left out by their coding, not by their delay, which the stances of the model are to
explain. The posterior is drawn by adaptive importance sampling.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.runs.evidence.rounds import Round

DAYS_A_YEAR = 365.25

THREAT_UNIT = 0.1
"""Unit of threat: all rounds but one have none."""

HYPERPARAMETERS = ("log_shape", "calm", "urgency", "log_spread")
"""Log shape of the gamma distribution of speeds; log pace per year of a round without threat; effect of a tenth of
threat; log spread of rounds."""

PRIOR_MEANS = np.array([np.log(3.0), np.log(2.0), 0.0, np.log(0.5)])
PRIOR_SPREADS = np.array([1.0, 1.5, 1.0, 0.7])
"""Wide normal priors: a shape of 1 to 9; six months, within a factor of four, for a round without threat; and a tenth
of threat that multiplies or divides the pace by three."""

LOG_SPEEDS = np.linspace(np.log(1e-3), np.log(30.0), 90)
"""Grid over which a member's speed is integrated."""

PROPOSALS, ATTEMPTS = 10_000, 3
"""Number of draws of the importance sampler, and of its rounds; each is centred on the result of the last."""

TAILS, WIDER = 5, 1.3
"""Degrees of freedom of its Student t distribution, and its width relative to the posterior."""

AT_ONCE = 32
"""Number of points whose likelihood is computed at a time, small enough for the processor's cache."""


@dataclass(frozen=True)
class RatificationFit:
    """Draws from the posterior of a fit.

    Attributes:
        hyperparameters: one row per draw, with the columns ``HYPERPARAMETERS``.
        log_pace: logarithm of the pace per year, one row per draw, one column per day of signature.
        speed: speed of each member relative to the mean of 1, one row per draw, one column per member observed.
        effective_draws: effective sample size of the importance weights.
    """

    hyperparameters: pd.DataFrame
    log_pace: pd.DataFrame
    speed: pd.DataFrame
    effective_draws: float

    def pace_of(self, signed: dt.date) -> FloatArray:
        """Pace per year of a fitted round, one value per draw."""
        return np.exp(self.log_pace[signed.isoformat()].to_numpy())

    def pace_at(self, threat: float, rng: np.random.Generator) -> FloatArray:
        """Pace per year of a new round signed at a given threat, one value per draw."""
        h = self.hyperparameters
        centre = h["calm"] + h["urgency"] * threat / THREAT_UNIT
        return np.exp(centre + np.exp(h["log_spread"]) * rng.standard_normal(len(h))).to_numpy()

    def speed_of(self, code: str, rng: np.random.Generator) -> FloatArray:
        """Relative speed of a member, one value per draw; for a member not observed, drawn from the population."""
        if code in self.speed:
            return self.speed[code].to_numpy()
        shape = np.exp(self.hyperparameters["log_shape"].to_numpy())
        return rng.gamma(shape) / shape

    def identified(self) -> pd.DataFrame:
        """How far the data narrow each hyperparameter: prior and posterior spread, and the share learned."""
        mean, spread = self.hyperparameters.mean(), self.hyperparameters.std()
        frame = pd.DataFrame({"posterior_mean": mean, "posterior_spread": spread, "prior_spread": PRIOR_SPREADS})
        return frame.assign(learned=1.0 - frame["posterior_spread"] / frame["prior_spread"])


def fit_ratification(rounds: Sequence[Round], draws: int = 400, seed: int = 0) -> RatificationFit:
    """Fit paces of rounds and speeds of members to past rounds.

    Args:
        rounds: rounds to fit; of those signed on one day only the first is used, because they were ratified together.
        draws: number of draws from the posterior.
        seed: seed of the sampler.

    Raises:
        ValueError: no round is given.
    """
    from scipy import optimize

    if not rounds:
        raise ValueError("rounds: expected at least one to fit")
    data = _Data.of(rounds)
    start = np.concatenate([PRIOR_MEANS, data.first_guess()])

    def cost(point: FloatArray) -> float:
        return -float(data.log_posterior(point[None])[0])

    found = optimize.minimize(cost, start, method="BFGS", options={"gtol": 1e-3})
    rng = np.random.default_rng(seed)
    points, weight = _by_importance(data, found.x, _covariance(cost, found.x), rng)
    chosen = points[rng.choice(PROPOSALS, size=draws, p=weight)]
    return RatificationFit(
        hyperparameters=pd.DataFrame(chosen[:, : len(HYPERPARAMETERS)], columns=list(HYPERPARAMETERS)),
        log_pace=pd.DataFrame(chosen[:, len(HYPERPARAMETERS) :], columns=list(data.rounds)),
        speed=pd.DataFrame(data.draw_speeds(chosen, rng), columns=list(data.members)),
        effective_draws=float(1.0 / (weight**2).sum()),
    )


@dataclass(frozen=True)
class _Data:
    """Data of a fit: for each day of signature, threat and the members' intervals, in years."""

    rounds: tuple[str, ...]
    threat: FloatArray
    members: tuple[str, ...]
    low: Mapping[int, FloatArray]
    high: Mapping[int, FloatArray]
    middle: Mapping[int, FloatArray]
    place: Mapping[int, np.ndarray]

    @classmethod
    def of(cls, rounds: Sequence[Round]) -> _Data:
        by_day = {r.signed.isoformat(): r for r in reversed(rounds)}  # keeps the first round of each day
        days = tuple(sorted(by_day))
        used = [by_day[day] for day in days]
        kept = [r.supported_at_signing for r in used]
        codes = [tuple(np.array(r.members)[k]) for r, k in zip(used, kept, strict=True)]
        members = tuple(sorted({code for of_round in codes for code in of_round}))
        return cls(
            rounds=days,
            threat=np.array([r.threat for r in used]) / THREAT_UNIT,
            members=members,
            low={i: r.low[k] / DAYS_A_YEAR for i, (r, k) in enumerate(zip(used, kept, strict=True))},
            high={i: r.high[k] / DAYS_A_YEAR for i, (r, k) in enumerate(zip(used, kept, strict=True))},
            middle={i: r.middle[k] / DAYS_A_YEAR for i, (r, k) in enumerate(zip(used, kept, strict=True))},
            place={i: np.array([members.index(c) for c in of_round]) for i, of_round in enumerate(codes)},
        )

    def first_guess(self) -> FloatArray:
        """Initial log pace of each round: the inverse of the mean midpoint of its intervals, at least one day."""
        middles = np.array([self.middle[i].mean() for i in range(len(self.rounds))])
        return -np.log(np.maximum(middles, 1.0 / DAYS_A_YEAR))

    def log_posterior(self, points: FloatArray) -> FloatArray:
        """Log posterior up to a constant of each point, (point, hyperparameter + round), with speeds integrated out."""
        parts = [self._log_posterior(points[i : i + AT_ONCE]) for i in range(0, len(points), AT_ONCE)]
        return np.concatenate(parts)

    def _log_posterior(self, points: FloatArray) -> FloatArray:
        _, calm, urgency, log_spread = points[:, : len(HYPERPARAMETERS)].T
        log_pace = points[:, len(HYPERPARAMETERS) :]
        prior = -0.5 * (((points[:, : len(HYPERPARAMETERS)] - PRIOR_MEANS) / PRIOR_SPREADS) ** 2).sum(axis=1)
        apart = (log_pace - calm[:, None] - urgency[:, None] * self.threat) / np.exp(log_spread)[:, None]
        among = (-0.5 * apart**2 - log_spread[:, None]).sum(axis=1)
        together = self._log_by_speed(points)
        top = together.max(axis=1, keepdims=True)
        by_member = np.log(np.exp(together - top).sum(axis=1)) + top[:, 0]
        value: FloatArray = prior + among + by_member.sum(axis=1)
        return value

    def draw_speeds(self, points: FloatArray, rng: np.random.Generator) -> FloatArray:
        """One speed of each member for each point, (point, member)."""
        parts = [self._log_by_speed(points[i : i + AT_ONCE]) for i in range(0, len(points), AT_ONCE)]
        together = np.concatenate(parts)
        chance = np.exp(together - together.max(axis=1, keepdims=True)).cumsum(axis=1)
        drawn = rng.random((len(points), 1, len(self.members))) * chance[:, -1:]
        index = (chance < drawn).sum(axis=1)
        width = LOG_SPEEDS[1] - LOG_SPEEDS[0]
        speed: FloatArray = np.exp(LOG_SPEEDS[index] + width * (rng.random(index.shape) - 0.5))
        return speed

    def _log_by_speed(self, points: FloatArray) -> FloatArray:
        """Log of density times likelihood at each speed, (point, speed, member)."""
        from scipy.special import gammaln

        shape = np.exp(points[:, :1])
        density = shape * np.log(shape) - gammaln(shape) + shape * (LOG_SPEEDS - np.exp(LOG_SPEEDS))
        total = np.repeat(density[:, :, None], len(self.members), axis=2)
        for i in range(len(self.rounds)):
            pace = np.exp(points[:, len(HYPERPARAMETERS) + i])
            hazard = (pace[:, None] * np.exp(LOG_SPEEDS))[:, :, None]
            low, width, of_member = self._alike[i]
            total[:, :, self.place[i]] += (np.log(-np.expm1(-hazard * width) + 1e-300) - hazard * low)[:, :, of_member]
        return total

    @cached_property
    def _alike(self) -> tuple[tuple[FloatArray, FloatArray, np.ndarray], ...]:
        """The distinct intervals of each round (start and width), and the index of each member's interval."""
        found = []
        for i in range(len(self.rounds)):
            pairs = np.stack([self.low[i], self.high[i] - self.low[i]])
            different, of_member = np.unique(pairs, axis=1, return_inverse=True)
            found.append((different[0], different[1], of_member.ravel()))
        return tuple(found)


def _by_importance(
    data: _Data, centre: FloatArray, cover: FloatArray, rng: np.random.Generator, attempt: int = 1
) -> tuple[FloatArray, FloatArray]:
    """Points and weights from a Student t distribution that is recentred on the result of each attempt."""
    from scipy import stats

    around = stats.multivariate_t(centre, WIDER * cover, df=TAILS, seed=rng)
    points = around.rvs(PROPOSALS)
    log_weight = data.log_posterior(points) - around.logpdf(points)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    if attempt == ATTEMPTS:
        return points, weight
    return _by_importance(data, weight @ points, np.cov(points.T, aweights=weight), rng, attempt + 1)


def _covariance(cost: Callable[[FloatArray], float], point: FloatArray, step: float = 1e-3) -> FloatArray:
    """Inverse of the Hessian of a cost at its minimum, by central differences, kept positive."""
    n = len(point)
    hessian = np.empty((n, n))
    moves = np.eye(n) * step
    for i in range(n):
        for j in range(i, n):
            corners = [cost(point + a * moves[i] + b * moves[j]) for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            hessian[i, j] = hessian[j, i] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * step**2)
    values, vectors = np.linalg.eigh(hessian)
    covariance: FloatArray = (vectors / np.maximum(values, 1e-2)) @ vectors.T
    return covariance
