"""Times to ratification as a fit reads them: years since signature, days of parliamentary recess counted less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import FloatArray
from article10.model.calendars import recess_shares
from article10.runs.evidence.rounds import Round

DAYS_A_YEAR = 365.25

URGENT = 0.05
"""Mean threat perceived at signing from which a round is urgent. It was 0.15 in 2022 and zero in the rounds before."""

SHORTLY = 60.0
"""Days before the protocol came into force within which the last ratification is taken to lie: an instrument is
deposited some weeks after parliament has voted."""


@dataclass(frozen=True)
class Timing:
    """How days count in a fit.

    Attributes:
        recess_calm: how much a day of recess counts in a calm round, relative to any other day.
        recess_urgent: the same in an urgent round.
        in_force: whether nobody is taken to have ratified after the protocol came into force.
        last: whether the last member is taken to have ratified shortly before it.
    """

    recess_calm: float = 0.3
    recess_urgent: float = 1.0
    in_force: bool = True
    last: bool = True

    def recess_weight(self, this: Round) -> float:
        """How much a day of recess counts in a round."""
        return self.recess_urgent if is_urgent(this) else self.recess_calm


@dataclass(frozen=True)
class RoundTimes:
    """The times of a round's members that supported at signing.

    Attributes:
        signed: day of signature, as text.
        threat: mean threat perceived at signing.
        is_urgent: whether it makes the round urgent.
        members: ISO 3166 codes, (member,).
        low: distinct starts of intervals, years less recess, (interval,).
        high: their ends; infinite if not known.
        earlier: their ends if everybody had ratified long before the protocol came into force, (interval,), which is
            known not to be so; None if it is not known.
        of_member: interval of each member, (member,).
    """

    signed: str
    threat: float
    is_urgent: bool
    members: tuple[str, ...]
    low: FloatArray
    high: FloatArray
    earlier: FloatArray | None
    of_member: npt.NDArray[np.intp]

    @property
    def middle(self) -> FloatArray:
        """Midpoint of each member's interval, or its start if it has no end, years, (member,)."""
        middle: FloatArray = np.where(np.isfinite(self.high), (self.low + self.high) / 2, self.low)[self.of_member]
        return middle


def is_urgent(this: Round) -> bool:
    """Whether a round is urgent, by the threat that members perceive at signing."""
    return this.threat >= URGENT


def bounded(this: Round) -> Round:
    """The round with nobody having ratified after the day on which the protocol came into force, if it is known."""
    if not np.isfinite(this.in_force):
        return this
    return replace(this, high=np.maximum(np.minimum(this.high, np.floor(this.in_force) + 1.0), this.low + 1.0))


def times_of(rounds: Sequence[Round], timing: Timing) -> list[RoundTimes]:
    """The times of some rounds in the order of their days; of those signed on one day only the first is used."""
    by_day = {each.signed.isoformat(): each for each in reversed(rounds)}
    return [_times(by_day[day], timing) for day in sorted(by_day)]


def _times(this: Round, timing: Timing) -> RoundTimes:
    kept, known = this.supported_at_signing, bounded(this) if timing.in_force else this
    low, high = known.low[kept], known.high[kept]
    window = np.floor(this.in_force) + 1.0 - SHORTLY
    complete = bool(kept.all()) and not this.not_observed
    tells = timing.last and complete and bool(np.isfinite(this.in_force)) and not bool((low >= window).any())
    earlier = np.where(high > window, np.maximum(window, low), high)
    days = np.unique(np.stack([low, high, earlier]), axis=1, return_inverse=True)
    begin, end, before = (sitting_years(this, each, timing.recess_weight(this)) for each in days[0])
    return RoundTimes(
        signed=this.signed.isoformat(),
        threat=this.threat,
        is_urgent=is_urgent(this),
        members=tuple(np.array(this.members)[kept].tolist()),
        low=begin,
        high=end,
        earlier=before if tells else None,
        of_member=days[1].ravel(),
    )


def sitting_years(this: Round, days: FloatArray, recess_weight: float) -> FloatArray:
    """Years from signature to some days, with days of recess counted less.

    Args:
        this: the round.
        days: days from signature; infinite ones stay so.
        recess_weight: how much a day of recess counts.
    """
    known = np.isfinite(days)
    last = float(days[known].max(initial=0.0))
    passed = _passed(this, last, recess_weight)
    years = np.interp(np.where(known, days, 0.0), np.arange(len(passed)), passed)
    return np.where(known, years, np.inf)


def calendar_days(this: Round, years: FloatArray, recess_weight: float) -> FloatArray:
    """Days from signature to times in years less recess; infinite beyond the horizon of the round.

    Args:
        this: the round.
        years: years from signature, with days of recess counted less.
        recess_weight: how much a day of recess counts.
    """
    passed = _passed(this, this.horizon, recess_weight)
    return np.asarray(np.interp(years, passed, np.arange(len(passed)), right=np.inf))


def _passed(this: Round, last: float, recess_weight: float) -> FloatArray:
    """Years less recess that have passed by the end of each day from signature on, (1 + day,)."""
    counts = 1.0 - (1.0 - recess_weight) * np.array(recess_shares(this.signed, 1, int(np.ceil(last)) + 1))
    return np.concatenate([[0.0], np.cumsum(counts)]) / DAYS_A_YEAR
