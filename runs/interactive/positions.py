"""The positions of a parameter's slider, and the value that each position stands for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from article10.agents.parameter import Declaration

FEWEST = 60
"""Least number of positions of a slider, unless its values are integers."""

FINEST = Decimal("1e-6")
"""The smallest step: front ends round positions to seven decimals."""

Value = bool | int | float | str


@dataclass(frozen=True)
class Positions:
    """The positions of a slider: multiples of a round step, the scenario's own value among them.

    A browser moves a slider to the nearest of its positions as soon as it is shown, and reports that as if a user had
    done it. So the ends and the scenario's own value lie on one grid. A value that does not lie on a round grid, such
    as 2/3, is represented by the position nearest to it.

    Attributes:
        low: the lowest position, within the parameter's bounds.
        high: the highest.
        step: distance from one position to the next: 1, 2 or 5 times a power of ten; 1 for integers.
        own: the position that represents the scenario's own value.
        decimals: digits after the decimal point that distinguish neighbouring positions.
    """

    low: float
    high: float
    step: float
    own: float
    decimals: int

    @classmethod
    def of(cls, declared: Declaration) -> Positions:
        """Positions over the plausible range of a parameter, or over its bounds, widened to include its value.

        >>> from article10.model.scenario import all_declarations
        >>> Positions.of(next(d for d in all_declarations() if d.key == "stance.peer_rate"))
        Positions(low=0.1, high=1.0, step=0.01, own=0.5, decimals=2)
        """
        whole = isinstance(declared.default, int)
        low, high, own = (Decimal(repr(value)) for value in (*_range(declared), declared.default))
        steps = [Decimal(1)] if whole else list(_round_steps(high - low))
        step = min(steps, key=lambda tried: sum(value % tried != 0 for value in (low, high, own)))
        least, most = (None if end is None else Decimal(repr(end)) for end in declared.bounds)
        low = (low / step).to_integral_value(ROUND_FLOOR) * step
        low += step if least is not None and low < least else 0
        high = (high / step).to_integral_value(ROUND_CEILING) * step
        high -= step if most is not None and high > most else 0
        own = min(max(round(own / step) * step, low), high)
        number = int if whole else float
        decimals = max(0, -int(step.normalize().as_tuple().exponent))
        return cls(number(low), number(high), number(step), number(own), decimals)

    def exact(self, reported: float) -> float:
        """The position behind a value with a rounding error, such as 0.6000000000000001; other values unchanged."""
        position = type(self.step)(round(reported / self.step) * Decimal(repr(self.step)))
        return position if math.isclose(position, reported, abs_tol=self.step / 1000) else reported


def _range(declared: Declaration) -> tuple[float, float]:
    low, high = declared.meta.plausible or declared.bounds
    value = declared.default
    low = min(0, 2 * value) if low is None else low
    high = max(1, 2 * value) if high is None else high
    return min(low, value), max(high, value)


def _round_steps(span: Decimal) -> Iterator[Decimal]:
    """Round steps, the largest first, that divide the span into enough positions."""
    largest = max(span / FEWEST, FINEST)
    for power in range(largest.adjusted(), FINEST.adjusted() - 1, -1):
        yield from (step for factor in (5, 2, 1) if (step := Decimal(factor).scaleb(power)) <= largest)


def position_of(declared: Declaration, value: Value) -> Value:
    """The position of a slider that shows a value; a list or a box shows the value itself."""
    return Positions.of(declared).own if _has_slider(declared) and value == declared.default else value


def with_change(changes: Mapping[str, Value], declared: Declaration, position: Value) -> dict[str, Value]:
    """The changes after a parameter has been moved; a move back to the scenario's own value removes its change.

    Args:
        changes: values by full key.
        declared: declaration of the parameter that was moved.
        position: its new position.
    """
    others = {key: value for key, value in changes.items() if key != declared.key}
    if _has_slider(declared):
        positions = Positions.of(declared)
        position = positions.exact(float(position))
        if position == positions.own:
            return others
    return others if position == declared.default else {**others, declared.key: position}


def _has_slider(declared: Declaration) -> bool:
    return isinstance(declared.default, int | float) and not isinstance(declared.default, bool)
