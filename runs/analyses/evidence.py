"""How far runs support a statement: paired differences, intervals, and how many runs would tell what these cannot."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np

from article10.runs.summary import Z95, wilson

Z80 = 0.8416212335729143
"""Normal quantile of a power of 80%."""

FEWEST_EVENTS = 10
"""Worlds that must show a thing before it is stated how often: below, a share is known to a factor of two at best."""


class TooFewRunsWarning(UserWarning):
    """The runs do not support a statement; the message says how many would."""


def check_count(name: str, value: object, least: int) -> None:
    """Refuse what is no whole number of at least ``least``.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} = {value!r}: expected a whole number of at least {least}")


@dataclass(frozen=True)
class Difference:
    """A mean difference between paired worlds.

    Attributes:
        mean: with less without.
        low: of the 95% interval.
        high: of the 95% interval.
        n: worlds.
        differ: worlds in which the two are not alike.
        spread: standard deviation of the differences.
        unpaired_runs: how many unpaired runs are worth one of these paired ones: the ratio of the variances of the
            two estimates; infinite where no two worlds differ.
    """

    mean: float
    low: float
    high: float
    n: int
    differ: int
    spread: float
    unpaired_runs: float

    @property
    def is_told(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    @property
    def runs_needed(self) -> int | None:
        """Runs that would tell a difference of this size from zero, 95% interval and 80% power; None if there is none.

        At least as many as show ``FEWEST_EVENTS`` worlds that differ.
        """
        if self.differ == 0 or self.mean == 0:
            return None
        by_power = ((Z95 + Z80) * self.spread / self.mean) ** 2
        return math.ceil(max(by_power, FEWEST_EVENTS * self.n / self.differ))


def paired(with_it: np.ndarray, without: np.ndarray) -> Difference:
    """The mean difference of paired worlds with a 95% interval.

    Shares (bool arrays) have the interval that Wilson's intervals of the worlds gained and of those lost give together
    (Newcombe 1998; Zou & Donner 2008, with their correlation in one multinomial), which keeps its level when few
    worlds differ; other values have the normal one.

    Args:
        with_it: one value a world, (run,).
        without: likewise, the same worlds.

    Raises:
        ValueError: they are not as many, or none.

    >>> told = paired(np.array([True, False] * 50), np.array([True, True] * 50))
    >>> round(told.mean, 2), told.differ, told.is_told
    (-0.5, 50, True)
    """
    if with_it.shape != without.shape or with_it.size == 0:
        raise ValueError(f"paired worlds must be as many: {with_it.shape} and {without.shape}")
    n = len(with_it)
    difference = with_it.astype(float) - without.astype(float)
    mean, spread = float(difference.mean()), float(difference.std())
    if with_it.dtype == bool and without.dtype == bool:
        gained, lost = int((difference > 0).sum()), int((difference < 0).sum())
        low, high = _interval_of_shares(gained, lost, n)
    else:
        half = Z95 * spread / math.sqrt(n)
        low, high = mean - half, mean + half
    apart = float(with_it.astype(float).var() + without.astype(float).var())
    worth = apart / spread**2 if spread > 0 else math.inf
    return Difference(mean, low, high, n, int(np.count_nonzero(difference)), spread, worth)


def _interval_of_shares(gained: int, lost: int, n: int) -> tuple[float, float]:
    """Interval of the difference of two paired shares from the worlds gained and lost by the first."""
    up, down = gained / n, lost / n
    (up_low, up_high), (down_low, down_high) = wilson(gained, n), wilson(lost, n)
    together = -math.sqrt(up * down / ((1 - up) * (1 - down))) if up < 1 and down < 1 else 0.0

    def reach(a: float, b: float) -> float:
        return math.sqrt(max(0.0, a * a + b * b - 2 * together * a * b))

    difference = up - down
    low = difference - reach(up - up_low, down_high - down)
    high = difference + reach(up_high - up, down - down_low)
    return max(-1.0, low), min(1.0, high)


def warn_of(difference: Difference, what: str) -> None:
    """Warn where a difference cannot be told from zero, with the number of runs that would tell it.

    Args:
        difference: of paired worlds.
        what: is not stated.
    """
    if not difference.is_told and difference.differ:
        warnings.warn(too_few(difference, what), TooFewRunsWarning, stacklevel=3)


def too_few(difference: Difference, what: str) -> str:
    """Why a difference is not stated."""
    if difference.differ == 0:
        return f"{what}: alike in all {difference.n:,} worlds"
    needed = difference.runs_needed
    more = f"about {needed:,} runs would tell one of {difference.mean:+.1%}" if needed else "no size stands out"
    return (
        f"{what}: {difference.n:,} runs cannot tell the difference from zero "
        f"[{difference.low:+.1%}, {difference.high:+.1%}]; {more}"
    )
