"""How far runs support a statement: paired differences, intervals, and how many runs would tell what these cannot."""

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

DIFFER, NEEDED = "_worlds_that_differ", "_runs_needed"
"""Endings of the columns that say how far a difference is known: worlds that differ, and runs that would tell it."""

Z80 = 0.8416212335729143
"""Normal quantile of a power of 80%."""

FEWEST_EVENTS = 10
"""Worlds that must show a thing before it is stated how often: below, a share is known to a factor of two at best."""


FEWEST_THAT_DIFFER = 6
"""Worlds that must differ before a difference of shares is told: five that all go one way do so by chance in one case
of sixteen (an exact sign test)."""

UNDETECTED = "not told"
"""How a sentence says that the runs cannot distinguish an effect from zero."""


class Undetected(str):
    """A sentence, or a part of one, about an effect that the runs cannot distinguish from zero.

    It reads like any text. A longer text that is built from it is made by ``stating``, so that a result knows what its
    runs leave open without searching its own sentences for words.
    """

    __slots__ = ()


class TooFewRunsWarning(UserWarning):
    """The runs do not support a statement; the message says how many would."""


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
    def excludes_zero(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    @property
    def runs_needed(self) -> int | None:
        """Runs that would tell a difference of this size from zero, 95% interval and 80% power; None if there is none.

        At least as many as show ``FEWEST_EVENTS`` worlds that differ.
        """
        if self.differ == 0 or self.mean == 0:
            return None
        by_power = ((Z95 + Z80) * self.spread / self.mean) ** 2 if self.n > 1 else 0.0
        return math.ceil(max(by_power, FEWEST_EVENTS * self.n / self.differ))

    def row(self, name: str) -> dict[str, Any]:
        """As cells of a table: the mean under a name, its interval and how far it is known under the name's endings."""
        ends = {name: self.mean, name + LOW: self.low, name + HIGH: self.high}
        return {**ends, name + DIFFER: self.differ, name + NEEDED: float(self.runs_needed or np.nan)}

    def formatted(self, form: Form) -> str:
        """The difference with its interval, or that it is not told and how many runs would tell it."""
        return format_difference(self.row("it"), "it", form)


def paired(with_it: np.ndarray, without: np.ndarray) -> Difference:
    """The mean difference of paired worlds with a 95% interval.

    Shares (bool arrays) have the interval that Wilson's intervals of the worlds gained and of those lost give together
    (Newcombe 1998; Zou & Donner 2008, with their correlation in one multinomial), which keeps its level when few
    worlds differ; it takes in zero where fewer than ``FEWEST_THAT_DIFFER`` do. Other values have Student's, which one
    world does not give: not-a-number.

    Args:
        with_it: one value a world, (run,).
        without: likewise, the same worlds.

    Raises:
        ValueError: they are not as many, or none.

    >>> told = paired(np.array([True, False] * 50), np.array([True, True] * 50))
    >>> round(told.mean, 2), told.differ, told.excludes_zero
    (-0.5, 50, True)
    """
    if with_it.shape != without.shape or with_it.size == 0:
        raise ValueError(f"paired worlds must be as many: {with_it.shape} and {without.shape}")
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
    """Quantile of Student's t of a 95% interval of the mean of ``n`` values; not-a-number for one."""
    from scipy.special import stdtrit  # here, because shares do without

    return float(stdtrit(n - 1, 0.975)) if n > 1 else math.nan


def _interval_of_shares(gained: int, lost: int, n: int) -> tuple[float, float]:
    """Interval of the difference of two paired shares from the worlds gained and lost by the first."""
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
    """As cells of a table: the share of worlds that reach something, with its 95% interval (Wilson 1927).

    Args:
        reached: by world, (run,) of bool.
        name: of the column.
    """
    low, high = wilson(int(reached.sum()), len(reached))
    return {name: float(reached.mean()), name + LOW: low, name + HIGH: high}


def ratio(parts: np.ndarray, wholes: np.ndarray) -> tuple[float, float]:
    """A ratio of sums over runs and its linearised standard error; NaN where there is nothing to divide by."""
    if wholes.sum() == 0:
        return math.nan, math.nan
    value = parts.sum() / wholes.sum()
    return float(value), float(np.sqrt(((parts - value * wholes) ** 2).sum()) / wholes.sum())


def mean_over_runs(parts: np.ndarray, name: str, wholes: np.ndarray | None = None) -> dict[str, float]:
    """As cells of a table: a mean, or a ratio of sums over runs, with its 95% interval (Student's, runs as clusters).

    Runs that are all alike give none.

    Args:
        parts: by run, (run,).
        name: of the column.
        wholes: what they are divided by, by run; by default one each.
    """
    wholes = np.ones(len(parts)) if wholes is None else wholes
    value, error, n = _by_run(parts, wholes)
    half = student95(n) * error if error > 0 else math.nan
    return {name: value, name + LOW: value - half, name + HIGH: value + half}


def share_over_runs(parts: np.ndarray, name: str, wholes: np.ndarray) -> dict[str, float]:
    """As cells of a table: the share of events that show something, with a 95% interval that takes runs as clusters.

    It is Wilson's at the effective number of events (Korn & Graubard 1998): as many independent ones as would leave the
    standard error found, and no more than runs where that is zero.

    Args:
        parts: events that show it by run, (run,).
        name: of the column.
        wholes: events by run.
    """
    value, error, n = _by_run(parts, wholes)
    if n < 2:
        return {name: value, name + LOW: math.nan, name + HIGH: math.nan}
    events = value * (1 - value) / error**2 if error > 0 else float(n)
    events *= (Z95 / student95(n)) ** 2
    low, high = wilson(value * events, events)
    return {name: value, name + LOW: low, name + HIGH: high}


def _by_run(parts: np.ndarray, wholes: np.ndarray) -> tuple[float, float, int]:
    """A ratio, its standard error by the variance of a sample, and the runs that it rests on."""
    (value, error), n = ratio(parts, wholes), int(np.count_nonzero(wholes))
    return value, error * math.sqrt(n / (n - 1)) if n > 1 else math.nan, n


# --- how it is said --------------------------------------------------------------------------------------------------


def excludes_zero(frame: Any, name: str) -> Any:  # noqa: ANN401 - a table gives a column of bool, a row a bool
    """Whether the interval of a column leaves out zero: by row of a table, or of one row."""
    return (frame[name + LOW] > 0) | (frame[name + HIGH] < 0)


def interval(row: Any, name: str, form: Form) -> str:  # noqa: ANN401 - a row of a table
    """A value with its 95% interval.

    >>> from article10.runs.statistics.forms import POINTS
    >>> interval({"gain": 0.031, "gain_low": 0.02, "gain_high": 0.042}, "gain", POINTS)
    '+3.1 [+2.0, +4.2] percentage points'
    >>> interval({"share": 0.031, "share_low": 0.02, "share_high": 0.042}, "share", "{:.1%}")
    '3.1% [2.0%, 4.2%]'
    """
    return f"{form.format(row[name])} {_ends(row, name, form)}"


def format_difference(row: Any, name: str, form: Form) -> str:  # noqa: ANN401 - a row of a table
    """A difference with its interval, or, as ``Undetected``, how many runs would distinguish it from zero.

    Args:
        row: of a table, with the cells of ``Difference.row``.
        name: of the column.
        form: of its numbers.

    >>> from article10.runs.statistics.forms import POINTS
    >>> format_difference(paired(np.arange(9) > 0, np.arange(9) > 1).row("gain"), "gain", POINTS)
    'not told from zero [-20.2, +43.5] percentage points: about 90 runs would tell +11.1 percentage points'
    """
    if excludes_zero(row, name):
        return interval(row, name, form)
    if row[name + DIFFER] == 0:
        return "alike in every world" + (f" {_ends(row, name, form)}" if row[name + LOW] != row[name + HIGH] else "")
    return Undetected(f"{UNDETECTED} from zero {_ends(row, name, form)}: {runs_needed_text(row, name, form)}")


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
    """How many runs would tell a difference that is not told."""
    needed, size = row[name + NEEDED], form.format(row[name])
    if np.isnan(needed) or not size.strip("+-0.%"):  # zero, as far as it is shown
        return "no size stands out"
    return f"{about(needed)} would tell {size}{_unit(form)}"


def _ends(row: Any, name: str, form: Form) -> str:  # noqa: ANN401 - a row of a table
    low, high = row[name + LOW], row[name + HIGH]
    ends = "[no interval]" if np.isnan(low) else f"[{form.format(low)}, {form.format(high)}]"
    return ends + _unit(form)


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
