"""Paired differences and shares over runs, their confidence intervals, and how results put them into words."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from article10.runs.statistics.forms import Form, about, unit_of
from article10.runs.statistics.proportion import Z95, wilson


class Stated(Protocol):
    """A result that states in sentences what its runs support."""

    @property
    def runs(self) -> int:
        """Number of runs that the sentences rest on."""

    def undetected(self) -> list[str]:
        """The sentences about effects that the runs cannot distinguish from zero."""
        ...


A = TypeVar("A", bound=Stated)

LOW, HIGH = "_low", "_high"
"""Endings of the columns that hold the ends of a 95% interval, beside the column that they belong to."""

DIFFER, NEEDED = "_runs_that_differ", "_runs_needed"
"""Endings of the columns beside a difference: paired runs that differ, and runs needed to detect it."""

Z80 = 0.8416212335729143
"""Normal quantile of a power of 80%."""

FEWEST_EVENTS = 10
"""Runs that must show an outcome before its share is stated: with fewer, it is known to a factor of two at best."""

FEWEST_THAT_DIFFER = 6
"""Paired runs that must differ before a difference of shares counts as detected: five that all go one way do so by
chance in one case of sixteen (an exact sign test)."""

UNDETECTED = "not distinguishable from zero"
"""How a sentence says that the runs cannot distinguish an effect from zero."""


class Undetected(str):
    """A sentence, or a part of one, about an effect that the runs cannot distinguish from zero.

    It reads like any text. A longer text that is built from it is made by ``stating``, so that a result knows what its
    runs leave open without searching its own sentences for words.
    """

    __slots__ = ()


SIMULATION_ONLY = "95% confidence intervals: simulation uncertainty only; not how sure the model is of the world."
"""What an interval over runs covers: stated once in each result."""


class TooFewRunsWarning(UserWarning):
    """Some estimates cannot be distinguished from zero; the message says how many runs would be needed."""


@dataclass(frozen=True)
class Difference:
    """A mean difference between paired runs.

    Attributes:
        mean: mean of the first variant minus mean of the second.
        low: lower end of the 95% confidence interval.
        high: upper end of the 95% confidence interval.
        n: number of paired runs.
        differ: number of paired runs whose two values differ.
        spread: standard deviation of the differences.
        unpaired_runs: factor by which pairing reduces the variance: variance of the difference of as many unpaired
            runs, divided by that of the paired ones; infinite where no pair differs.
    """

    mean: float
    low: float
    high: float
    n: int
    differ: int
    spread: float
    unpaired_runs: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the confidence interval excludes zero."""
        return self.low > 0 or self.high < 0

    @property
    def runs_needed(self) -> int | None:
        """Runs needed to detect a difference of this size (95% interval, 80% power); None if the estimate is zero.

        At least as many as would show ``FEWEST_EVENTS`` pairs that differ.
        """
        if self.differ == 0 or self.mean == 0:
            return None
        by_power = ((Z95 + Z80) * self.spread / self.mean) ** 2 if self.n > 1 else 0.0
        return math.ceil(max(by_power, FEWEST_EVENTS * self.n / self.differ))

    def row(self, name: str) -> dict[str, Any]:
        """The cells of a table row: the mean, the ends of its interval, runs that differ, and runs needed.

        Args:
            name: column of the mean; the other columns add the endings ``LOW``, ``HIGH``, ``DIFFER`` and ``NEEDED``.
        """
        ends = {name: self.mean, name + LOW: self.low, name + HIGH: self.high}
        return {**ends, name + DIFFER: self.differ, name + NEEDED: float(self.runs_needed or np.nan)}

    def formatted(self, form: Form) -> str:
        """The difference with its interval, or that it is not distinguishable from zero and the runs needed."""
        return format_difference(self.row("it"), "it", form)


def paired(with_it: np.ndarray, without: np.ndarray) -> Difference:
    """The mean difference of paired runs with a 95% confidence interval.

    For shares (bool arrays) the interval combines Wilson's intervals of the share of runs gained and of the share lost
    (Newcombe 1998; Zou & Donner 2008, with their correlation in one multinomial). It keeps its level when few pairs
    differ, and includes zero where fewer than ``FEWEST_THAT_DIFFER`` do. Other values have Student's interval, which
    is not-a-number for a single run.

    Args:
        with_it: one value per run, (run,).
        without: the value of the same run in the other variant, (run,).

    Raises:
        ValueError: the arrays are empty or differ in length.

    >>> difference = paired(np.array([True, False] * 50), np.array([True, True] * 50))
    >>> round(difference.mean, 2), difference.differ, difference.excludes_zero
    (-0.5, 50, True)
    """
    if with_it.shape != without.shape or with_it.size == 0:
        raise ValueError(
            f"paired runs: expected two arrays of one length, not empty; got {with_it.shape} and {without.shape}"
        )
    n = len(with_it)
    difference = with_it.astype(float) - without.astype(float)
    mean, spread = float(difference.mean()), float(difference.std(ddof=1)) if n > 1 else math.nan
    if with_it.dtype == bool and without.dtype == bool:
        gained, lost = int((difference > 0).sum()), int((difference < 0).sum())
        low, high = _interval_of_shares(gained, lost, n)
    else:
        half = student95(n) * spread / math.sqrt(n)
        low, high = mean - half, mean + half
    apart, together = float(with_it.astype(float).var() + without.astype(float).var()), float(difference.var())
    worth = apart / together if together > 0 else math.inf
    return Difference(mean, low, high, n, int(np.count_nonzero(difference)), spread, worth)


def student95(n: int) -> float:
    """Student's t quantile for the 95% interval of a mean of ``n`` values; not-a-number for one value."""
    from scipy.special import stdtrit  # imported here: SciPy is slow to import, and shares do not need it

    return float(stdtrit(n - 1, 0.975)) if n > 1 else math.nan


def _interval_of_shares(gained: int, lost: int, n: int) -> tuple[float, float]:
    """Interval of the difference of two paired shares, from the number of runs that the first gains and loses."""
    up, down = gained / n, lost / n
    (up_low, up_high), (down_low, down_high) = wilson(gained, n), wilson(lost, n)
    together = -math.sqrt(up * down / ((1 - up) * (1 - down))) if up < 1 and down < 1 else 0.0

    def reach(a: float, b: float) -> float:
        return math.sqrt(max(0.0, a * a + b * b - 2 * together * a * b))

    difference = up - down
    low = max(-1.0, difference - reach(up - up_low, down_high - down))
    high = min(1.0, difference + reach(up_high - up, down - down_low))
    return (low, high) if gained + lost >= FEWEST_THAT_DIFFER else (min(low, 0.0), max(high, 0.0))


def share(reached: np.ndarray, name: str) -> dict[str, float]:
    """The cells of a table row: the share of runs that reach an outcome, with its 95% interval (Wilson 1927).

    Args:
        reached: whether each run reaches it, (run,) of bool.
        name: column of the share.
    """
    low, high = wilson(int(reached.sum()), len(reached))
    return {name: float(reached.mean()), name + LOW: low, name + HIGH: high}


def ratio(parts: np.ndarray, wholes: np.ndarray) -> tuple[float, float]:
    """A ratio of sums over runs and its linearised standard error; NaN where the denominator is zero."""
    if wholes.sum() == 0:
        return math.nan, math.nan
    value = parts.sum() / wholes.sum()
    return float(value), float(np.sqrt(((parts - value * wholes) ** 2).sum()) / wholes.sum())


def mean_over_runs(parts: np.ndarray, name: str, wholes: np.ndarray | None = None) -> dict[str, float]:
    """The cells of a table row: a mean or a ratio of sums over runs, with its 95% interval (Student's, by run).

    The interval is not-a-number where all runs have the same value.

    Args:
        parts: numerator of each run, (run,).
        name: column of the mean.
        wholes: denominator of each run, (run,); by default 1.
    """
    wholes = np.ones(len(parts)) if wholes is None else wholes
    value, error, n = _by_run(parts, wholes)
    half = student95(n) * error if error > 0 else math.nan
    return {name: value, name + LOW: value - half, name + HIGH: value + half}


def share_over_runs(parts: np.ndarray, name: str, wholes: np.ndarray) -> dict[str, float]:
    """The cells of a table row: a share of events, with a 95% interval that treats runs as clusters.

    It is Wilson's interval at the effective number of events (Korn & Graubard 1998): the number of independent events
    that would have the standard error found, or the number of runs where that error is zero.

    Args:
        parts: number of events of each run that count, (run,).
        name: column of the share.
        wholes: number of all events of each run, (run,).
    """
    value, error, n = _by_run(parts, wholes)
    if n < 2:
        return {name: value, name + LOW: math.nan, name + HIGH: math.nan}
    events = value * (1 - value) / error**2 if error > 0 else float(n)
    events *= (Z95 / student95(n)) ** 2
    low, high = wilson(value * events, events)
    return {name: value, name + LOW: low, name + HIGH: high}


def _by_run(parts: np.ndarray, wholes: np.ndarray) -> tuple[float, float, int]:
    """A ratio, its standard error by the sample variance, and the number of runs with a denominator."""
    (value, error), n = ratio(parts, wholes), int(np.count_nonzero(wholes))
    return value, error * math.sqrt(n / (n - 1)) if n > 1 else math.nan, n


# --- in words -------------------------------------------------------------------------------------------------------


def excludes_zero(frame: Any, name: str) -> Any:  # noqa: ANN401 - a table gives a column of bool, a row a bool
    """Whether the interval of a column excludes zero: for each row of a table, or for one row."""
    return (frame[name + LOW] > 0) | (frame[name + HIGH] < 0)


def interval(row: Any, name: str, form: Form) -> str:  # noqa: ANN401 - a row of a table
    """A value with its 95% confidence interval in brackets.

    >>> from article10.runs.statistics.forms import POINTS
    >>> interval({"gain": 0.031, "gain_low": 0.02, "gain_high": 0.042}, "gain", POINTS)
    '+3.1 [+2.0, +4.2] percentage points'
    >>> interval({"share": 0.031, "share_low": 0.02, "share_high": 0.042}, "share", "{:.1%}")
    '3.1% [2.0%, 4.2%]'
    """
    return f"{form.format(row[name])} {_ends(row, name, form)}"


def format_difference(row: Any, name: str, form: Form) -> str:  # noqa: ANN401 - a row of a table
    """A difference with its interval, or that it is not distinguishable from zero and how many runs are needed.

    Args:
        row: row of a table, with the cells of ``Difference.row``.
        name: column of the difference.
        form: format of the numbers.

    >>> from article10.runs.statistics.forms import POINTS
    >>> print(format_difference(paired(np.arange(9) > 0, np.arange(9) > 1).row("gain"), "gain", POINTS))
    not distinguishable from zero (95% CI -20.2 to +43.5 percentage points); detecting +11.1 percentage points needs
    about 90 runs
    """
    if excludes_zero(row, name):
        return interval(row, name, form)
    if row[name + DIFFER] == 0:
        has_width = row[name + LOW] != row[name + HIGH]
        return "the same in every paired run" + (f" ({_confidence(row, name, form)})" if has_width else "")
    return Undetected(f"{UNDETECTED} ({_confidence(row, name, form)}); {runs_needed_text(row, name, form)}")


def stating(text: str, *differences: str) -> str:
    """A text that states some differences.

    Args:
        text: the text, with the differences written into it.
        differences: the differences, as ``format_difference`` returns them.

    Returns:
        The text, as ``Undetected`` where the runs cannot distinguish one of the differences from zero.

    >>> change = format_difference(paired(np.arange(9) > 0, np.arange(9) > 1).row("gain"), "gain", "{:+.2f}")
    >>> isinstance(stating(f"Invitation: {change}.", change), Undetected)
    True
    """
    return Undetected(text) if any(isinstance(each, Undetected) for each in differences) else text


def runs_needed_text(row: Any, name: str, form: Form) -> str:  # noqa: ANN401 - a row of a table
    """How many runs are needed to detect a difference that these runs do not detect."""
    needed, size = row[name + NEEDED], form.format(row[name])
    if np.isnan(needed) or not size.strip("+-0.%"):  # zero, as far as it is shown
        return "the estimate is zero to the precision shown"
    return f"detecting {size}{_unit(form)} needs {about(needed)}"


def _ends(row: Any, name: str, form: Form) -> str:  # noqa: ANN401 - a row of a table
    low, high = row[name + LOW], row[name + HIGH]
    ends = "[no interval]" if np.isnan(low) else f"[{form.format(low)}, {form.format(high)}]"
    return ends + _unit(form)


def _confidence(row: Any, name: str, form: Form) -> str:  # noqa: ANN401 - a row of a table
    low, high = row[name + LOW], row[name + HIGH]
    if np.isnan(low):
        return "no confidence interval from one run"
    return f"95% CI {form.format(low)} to {form.format(high)}{_unit(form)}"


def _unit(form: Form) -> str:
    return f" {unit_of(form)}" if unit_of(form) else ""


def counted(runs: int) -> str:
    """A number of runs in words.

    >>> counted(1), counted(2000)
    ('1 run', '2,000 runs')
    """
    return f"{runs:,} run{'s' if runs != 1 else ''}"


def warn_if_underpowered(found: A) -> A:
    """Warn of what the runs of a result cannot distinguish from zero, and return the result."""
    undetected = found.undetected()
    if undetected:
        warnings.warn(f"{counted(found.runs)}: {' '.join(undetected)}", TooFewRunsWarning, stacklevel=3)
    return found
