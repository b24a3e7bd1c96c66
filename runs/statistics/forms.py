"""Formats of the numbers in a result: shares, differences in percentage points, counts of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

PERCENT, NUMBER, SIGNED, COUNT = "{:.1%}", "{:.2f}", "{:+.2f}", "{:,.0f}"
"""Shares, numbers, differences, counts."""

MILLION = 1_000_000
"""Number of runs above which a result says only "more than a million": nobody simulates so many."""


class Form(Protocol):
    """Format of a number: a pattern such as ``"{:.1%}"``, or one of the classes below."""

    def format(self, value: float, /) -> str:
        """The number as text."""


@dataclass(frozen=True)
class Measured:
    """Numbers in a unit that is named once: after the interval in a sentence, or in the heading of a column.

    Attributes:
        pattern: format pattern of the number in the unit.
        scale: how many units a value of 1 is.
        unit: name of the unit.

    >>> POINTS.format(0.031), unit_of(POINTS), unit_of("{:.1%}")
    ('+3.1', 'percentage points', '')
    """

    pattern: str
    scale: float
    unit: str

    def format(self, value: float, /) -> str:
        """The number in the unit, without its name; what rounds to zero has the sign of zero.

        >>> POINTS.format(-0.0001)
        '+0.0'
        """
        text = self.pattern.format(self.scale * value)
        return text if text.strip("+-0.") else self.pattern.format(0.0)


POINTS = Measured("{:+.1f}", 100.0, "percentage points")
SIZE_IN_POINTS = Measured("{:.1f}", 100.0, "percentage points")
"""Differences of shares, and absolute sizes of such differences."""


@dataclass(frozen=True)
class Needed:
    """Numbers of runs needed, to two digits.

    >>> NEEDED_RUNS.format(1234.0), NEEDED_RUNS.format(6.4e17)
    ('1,200', 'more than a million')
    """

    def format(self, value: float, /) -> str:
        """The number, or that it is more than a million."""
        return "more than a million" if value > MILLION else f"{float(f'{value:.2g}'):,.0f}"


NEEDED_RUNS = Needed()


def about(runs: float) -> str:
    """A number of runs, rounded, in words.

    >>> about(87), about(1e9)
    ('about 87 runs', 'more than a million runs')
    """
    return f"{'' if runs > MILLION else 'about '}{NEEDED_RUNS.format(runs)} runs"


def unit_of(form: Form) -> str:
    """The unit to name beside numbers in this format; empty where the format names it itself."""
    return form.unit if isinstance(form, Measured) else ""
