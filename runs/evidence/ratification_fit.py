"""How fast parliaments ratify: a hierarchical fit to past rounds.

Times are Weibull: a member i of round r has not ratified by the time t with probability ``exp(-(pace_r speed_i t)^k)``,
where t counts days of recess less and the shape k is one for calm and another for urgent rounds. Speeds are log-normal
among members with median 1, so that members borrow strength from each other; the logarithm of a round's pace is normal
around ``calm + urgency * threat_r``, threat being the perceived threat at signing, in tenths. Dates known within bounds
enter as intervals; the last member ratified shortly before the protocol came into force. Members that did not fully
support at signing are left out by their coding, not by their delay, which the stances of the model are to explain. The
posterior is drawn by adaptive importance sampling, and too few effective draws are an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.runs.evidence.ratification_times import DAYS_A_YEAR, RoundTimes, Timing, times_of
from article10.runs.evidence.rounds import Round
from article10.runs.statistics.importance import TooFewDrawsError, sample_by_importance

THREAT_UNIT = 0.1
"""Unit of threat: all rounds but one have none."""

HYPERPARAMETERS = ("log_speed_spread", "calm", "urgency", "log_pace_spread", "log_shape_calm", "log_shape_urgent")
"""Log of the spread of members' log speeds (their standard deviation); log pace per year of a round without threat;
effect of a tenth of threat; log of the spread of rounds' log paces; logs of the Weibull shapes."""

NORMAL = np.linspace(-4.0, 4.0, 33)
"""Grid over which a member's speed is integrated, in standard deviations of log speeds."""

PROPOSALS, ENOUGH = 6000, 400
"""Number of draws of the importance sampler, and the fewest effective ones with which a fit is used."""

LARGEST = 200.0
"""Largest logarithm of each factor of a cumulated hazard, so that it stays finite."""

SURE = -1e-9
"""Largest logarithm of the probability that all ratified long before the protocol came into force."""

AT_ONCE = 32
"""Number of points whose likelihood is computed at a time, small enough for the processor's cache."""


@dataclass(frozen=True)
class Form:
    """A form of the fit.

    Attributes:
        name: its name in tables.
        shapes: ``two`` for calm and urgent rounds, ``common``, or ``exponential``, with which both are 1.
        timing: how much days of recess count, and whether the day on which the protocol came into force bounds dates.
        speed_spread: median of the prior of the spread of log speeds; its log has a standard deviation of a half.
        pace_spread: the same of the spread of log paces.
    """

    name: str = "as used"
    shapes: Literal["two", "common", "exponential"] = "two"
    timing: Timing = field(default_factory=Timing)
    speed_spread: float = 0.3
    pace_spread: float = 0.3

    @property
    def prior_means(self) -> FloatArray:
        """Means of the normal priors of ``HYPERPARAMETERS``: six months for a round without threat, shapes of one."""
        return np.array([np.log(self.speed_spread), np.log(2.0), 0.0, np.log(self.pace_spread), 0.0, 0.0])

    @property
    def prior_spreads(self) -> FloatArray:
        """Their spreads: a factor of 4.5 for the pace, of 2.7 for a tenth of threat, of 1.6 for a shape."""
        shape = 1e-4 if self.shapes == "exponential" else 0.5
        return np.array([0.5, 1.5, 1.0, 0.5, shape, shape])


USED = Form()
"""The form of the hindcasts; ``ratification_variants`` lists others with their scores."""


@dataclass(frozen=True)
class RatificationFit:
    """Draws from the posterior of a fit.

    Attributes:
        form: the form that was fitted.
        hyperparameters: one row per draw, with the columns ``HYPERPARAMETERS``.
        log_pace: logarithm of the pace per year, one row per draw, one column per day of signature.
        speed: speed of each member relative to the median of 1, one row per draw, one column per member observed.
        effective_draws: effective sample size of the importance weights, at least ``ENOUGH``.
    """

    form: Form
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
        return np.exp(centre + np.exp(h["log_pace_spread"]) * rng.standard_normal(len(h))).to_numpy()

    def shape_of(self, is_urgent: bool) -> FloatArray:
        """Weibull shape of a round, one value per draw."""
        return np.exp(self.hyperparameters[_shape_column(self.form, is_urgent)].to_numpy())

    def speed_of(self, code: str, rng: np.random.Generator) -> FloatArray:
        """Relative speed of a member, one value per draw; for a member not observed, drawn from the population."""
        if code in self.speed:
            return self.speed[code].to_numpy()
        spread = np.exp(self.hyperparameters["log_speed_spread"].to_numpy())
        return np.exp(spread * rng.standard_normal(len(spread)))

    def identified(self) -> pd.DataFrame:
        """How far the data narrow each hyperparameter: prior and posterior spread, and the share learned."""
        mean, spread = self.hyperparameters.mean(), self.hyperparameters.std()
        frame = pd.DataFrame(
            {"posterior_mean": mean, "posterior_spread": spread, "prior_spread": self.form.prior_spreads}
        )
        return frame.assign(learned=1.0 - frame["posterior_spread"] / frame["prior_spread"])


def _shape_column(form: Form, is_urgent: bool) -> str:
    return "log_shape_urgent" if is_urgent and form.shapes != "common" else "log_shape_calm"


def fit_ratification(rounds: Sequence[Round], draws: int = 400, seed: int = 0, form: Form = USED) -> RatificationFit:
    """Fit paces of rounds, speeds of members and shapes to past rounds.

    Args:
        rounds: rounds to fit; of those signed on one day only the first is used, because they were ratified together.
        draws: number of draws from the posterior.
        seed: seed of the sampler.
        form: the form of the fit.

    Raises:
        ValueError: no round is given, or the sampler has fewer than ``ENOUGH`` effective draws.
    """
    from scipy import optimize

    if not rounds:
        raise ValueError("rounds: expected at least one to fit")
    posterior = _Posterior(form, times_of(rounds, form.timing))
    start = np.concatenate([form.prior_means, posterior.first_guess()])

    def cost(point: FloatArray) -> float:
        return -float(posterior.log_density(point[None])[0])

    found = optimize.minimize(cost, start, method="BFGS", options={"gtol": 1e-3})
    rng = np.random.default_rng(seed)
    try:
        drawn = sample_by_importance(posterior.log_density, found.x, _covariance(cost, found.x), rng, PROPOSALS, ENOUGH)
    except TooFewDrawsError as error:
        names = ", ".join(each.name for each in rounds)
        raise ValueError(f"the fit to {names} cannot be used: {error}") from None
    chosen = drawn.points[rng.choice(PROPOSALS, size=draws, p=drawn.weight)]
    n = len(HYPERPARAMETERS)
    return RatificationFit(
        form=form,
        hyperparameters=pd.DataFrame(chosen[:, :n], columns=list(HYPERPARAMETERS)),
        log_pace=pd.DataFrame(chosen[:, n:], columns=[each.signed for each in posterior.rounds]),
        speed=pd.DataFrame(posterior.draw_speeds(chosen, rng), columns=list(posterior.members)),
        effective_draws=drawn.effective,
    )


class _Posterior:
    """The posterior of hyperparameters and log paces, with members' speeds integrated out."""

    def __init__(self, form: Form, rounds: Sequence[RoundTimes]) -> None:
        self.form, self.rounds = form, tuple(rounds)
        self.members = tuple(sorted({code for each in rounds for code in each.members}))
        self.place = [np.array([self.members.index(code) for code in each.members]) for each in rounds]
        self.threat = np.array([each.threat for each in rounds]) / THREAT_UNIT
        self.shape = [HYPERPARAMETERS.index(_shape_column(form, each.is_urgent)) for each in rounds]

    def first_guess(self) -> FloatArray:
        """Initial log pace of each round: the inverse of the mean midpoint of its intervals, at least one day."""
        middles = np.array([each.middle.mean() for each in self.rounds])
        return -np.log(np.maximum(middles, 1.0 / DAYS_A_YEAR))

    def log_density(self, points: FloatArray) -> FloatArray:
        """Log posterior up to a constant of each point, (point, hyperparameter + round)."""
        parts = [self._log_density(points[i : i + AT_ONCE]) for i in range(0, len(points), AT_ONCE)]
        return np.concatenate(parts)

    def _log_density(self, points: FloatArray) -> FloatArray:
        n = len(HYPERPARAMETERS)
        _, calm, urgency, log_spread = points[:, :4].T
        prior = -0.5 * (((points[:, :n] - self.form.prior_means) / self.form.prior_spreads) ** 2).sum(axis=1)
        apart = (points[:, n:] - calm[:, None] - urgency[:, None] * self.threat) / np.exp(log_spread)[:, None]
        among = (-0.5 * apart**2 - log_spread[:, None]).sum(axis=1)
        known = self._known(points)
        likelihood = _integrated(self._together(points, known))
        value: FloatArray = prior + among + likelihood
        for i, times in enumerate(self.rounds):
            if times.earlier is not None:
                without = [*known[:i], self._known_of(points, i, times.earlier), *known[i + 1 :]]
                otherwise = _integrated(self._together(points, without)) - likelihood
                value = value + np.log(-np.expm1(np.minimum(otherwise, SURE)))  # the last did ratify shortly before
        return value

    def draw_speeds(self, points: FloatArray, rng: np.random.Generator) -> FloatArray:
        """One speed of each member for each point, (point, member)."""
        blocks = (points[i : i + AT_ONCE] for i in range(0, len(points), AT_ONCE))
        together = np.concatenate([self._together(block, self._known(block)) for block in blocks])
        chance = np.exp(together - together.max(axis=1, keepdims=True)).cumsum(axis=1)
        drawn = rng.random((len(points), 1, len(self.members))) * chance[:, -1:]
        index = (chance < drawn).sum(axis=1)
        standard = NORMAL[index] + (NORMAL[1] - NORMAL[0]) * (rng.random(index.shape) - 0.5)
        speed: FloatArray = np.exp(np.exp(points[:, :1]) * standard)
        return speed

    def _known(self, points: FloatArray) -> list[FloatArray]:
        return [self._known_of(points, i, times.high) for i, times in enumerate(self.rounds)]

    def _known_of(self, points: FloatArray, i: int, high: FloatArray) -> FloatArray:
        """Log probability that members of a round ratified in each of its intervals, (point, speed, interval)."""
        k = np.exp(points[:, self.shape[i]])[:, None]
        log_pace = points[:, len(HYPERPARAMETERS) + i]
        log_speed = np.exp(points[:, :1]) * NORMAL
        scale = np.exp(np.minimum(k * (log_pace[:, None] + log_speed), LARGEST))[:, :, None]
        with np.errstate(divide="ignore"):
            logs = [np.log(bound) for bound in (self.rounds[i].low, high)]
        begin, end = (np.exp(np.minimum(k * each, LARGEST))[:, None, :] for each in logs)
        known: FloatArray = np.log(-np.expm1(-scale * (end - begin)) + 1e-300) - scale * begin
        return known

    def _together(self, points: FloatArray, known: Sequence[FloatArray]) -> FloatArray:
        """Log of density times likelihood at each speed, (point, speed, member)."""
        total = np.tile(-0.5 * NORMAL[None, :, None] ** 2, (len(points), 1, len(self.members)))
        for i, times in enumerate(self.rounds):
            total[:, :, self.place[i]] += known[i][:, :, times.of_member]
        return total


def _integrated(together: FloatArray) -> FloatArray:
    """Log likelihood with members' speeds integrated out, (point,)."""
    top = together.max(axis=1, keepdims=True)
    by_member: FloatArray = np.log(np.exp(together - top).sum(axis=1)) + top[:, 0]
    return np.asarray(by_member.sum(axis=1))


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
