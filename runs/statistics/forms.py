"""How numbers of an answer are written: shares, differences of shares in percentage points, counts of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

PERCENT, NUMBER, SIGNED, COUNT = "{:.1%}", "{:.2f}", "{:+.2f}", "{:,.0f}"
"""Shares, numbers, differences, counts."""

MILLION = 1_000_000
"""Runs from which their number is not written out: nobody makes them."""


class Form(Protocol):
    """What writes a number: a pattern such as ``"{:.1%}"``, or one of those below."""

    def format(self, value: float, /) -> str:
        """The number in words."""


@dataclass(frozen=True)
class Measured:
    """Numbers in a unit that is named once: behind a sentence's interval, or at the head of a column.

    Attributes:
        pattern: of a number.
        scale: how many of the unit make one.
        unit: its name.

    >>> POINTS.format(0.031), unit_of(POINTS), unit_of("{:.1%}")
    ('+3.1', 'percentage points', '')
    """

    pattern: str
    scale: float
    unit: str

    def format(self, value: float, /) -> str:
        """The number in the unit, without its name."""
        return self.pattern.format(self.scale * value + 0.0)


POINTS = Measured("{:+.1f}", 100.0, "percentage points")
SIZE_IN_POINTS = Measured("{:.1f}", 100.0, "percentage points")
"""Differences of shares, and how large they are."""


@dataclass(frozen=True)
class Needed:
    """Numbers of runs that would do, to two digits.

    >>> NEEDED_RUNS.format(1234.0), NEEDED_RUNS.format(6.4e17)
    ('1,200', 'more than a million')
    """

    def format(self, value: float, /) -> str:
        """The number, or that it is beyond reach."""
        return "more than a million" if value > MILLION else f"{float(f'{value:.2g}'):,.0f}"


NEEDED_RUNS = Needed()


def about(runs: float) -> str:
    """About how many runs.

    >>> about(87), about(1e9)
    ('about 87 runs', 'more than a million runs')
    """
    return f"{'' if runs > MILLION else 'about '}{NEEDED_RUNS.format(runs)} runs"


def unit_of(form: Form) -> str:
    """The unit that is to be named beside numbers written so; empty where they name it themselves."""
    return form.unit if isinstance(form, Measured) else ""
